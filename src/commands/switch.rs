//! `switch`: a bridge with its ports, a line each.
//!
//! In: its name and addresses, and for each port a namespace, the addresses there, and whether the switch is its way out.
//! Out: the changes of the statements that these stand for, in their order.

use super::{
    act::Act,
    bound::Bound,
    error::UsageError,
    lower::{Arg, Context},
    spec::{CommandSpec, Param},
    value::{self, Value},
    wire::{self, End},
};
use crate::{
    diag::nearest,
    net::{Cidr, IfName, NsRef},
    ops::{LinkChanges, LinkKind, LinkOp, LinkSpec, Master, Op, RouteMode, RouteOp, RouteSpec},
    source::Spanned,
};

/// `switch NAME [ADDRESS/LENGTH…] { PORTS }`
pub const SWITCH: CommandSpec = CommandSpec {
    noun: "switch",
    verb: "",
    aliases: &[],
    summary: "build a switch: a bridge that is up, its addresses, and in the block a port a line",
    params: &[
        Param::positional("name", &[], Value::Link, "the bridge").required(),
        Param::positional("addresses", &[], Value::Cidr, "its addresses").repeatable(),
        Param::block(
            "ports",
            Value::SwitchPort,
            "its ports, a line each; the link in `red` is `veth-red` if none is named",
        ),
    ],
    examples: &[
        "switch v-net-0 192.168.15.5/24 { red 192.168.15.1/24 gateway; blue 192.168.15.2/24 gateway }",
        "switch br0 { red:eth0; blue:eth0 port to-blue }",
        "switch br0 10.0.0.1/24",
    ],
    lower: lower_switch,
};

/// A switch that is being built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its namespace.
    pub ns: NsRef,
    /// The bridge.
    pub bridge: IfName,
    /// Its addresses.
    pub addresses: Vec<Cidr>,
}

impl Switch {
    /// The bridge, its addresses, up.
    pub fn ops(&self) -> Vec<Op> {
        let spec = LinkSpec::new(self.bridge.clone(), LinkKind::Bridge);
        let mut ops = vec![Op::Link(LinkOp::Add { ns: self.ns.clone(), spec })];
        let end = End { ns: self.ns.clone(), link: self.bridge.clone(), addresses: self.addresses.clone() };
        ops.extend(wire::addressed(&end));
        ops.push(wire::up(&self.ns, &self.bridge));
        ops
    }

    /// A line of the block: the cable from the namespace to the switch, its near end a port, the addresses of its far
    /// end, both ends up, and the way out.
    pub fn port(&self, words: &[Arg]) -> Result<Vec<Op>, UsageError> {
        let Some((place, rest)) = words.split_first() else { return Ok(Vec::new()) };
        let Port { far, near, gateway } = self.read(place, rest)?;
        let near = match near {
            Some(near) => near,
            None => name(place, &far.ns, "-br")?,
        };
        let end = End { ns: self.ns.clone(), link: near.clone(), addresses: Vec::new() };
        let master = Some(Master::Is(self.bridge.clone()));
        let changes = LinkChanges { master, up: Some(true), ..LinkChanges::default() };
        let mut ops =
            vec![wire::cable(&far, &end, &self.ns), Op::Link(LinkOp::Set { ns: self.ns.clone(), link: near, changes })];
        ops.extend(wire::addressed(&far));
        ops.push(wire::up(&far.ns, &far.link));
        if let Some(word) = gateway {
            ops.extend(self.ways_out(&far, word)?);
        }
        Ok(ops)
    }

    fn read<'w>(&self, place: &Arg, rest: &'w [Arg]) -> Result<Port<'w>, UsageError> {
        let (ns, link) = match place.text.split_once(':') {
            Some(_) => wire::end(place, &Context { ns: self.ns.clone() })?,
            None => {
                let ns = value::netns_name(&place.text).map_err(|problem| UsageError::BadValue {
                    kind: Value::NetnsName,
                    value: place.spanned(),
                    problem: Box::new(problem),
                })?;
                let ns = if ns.as_str() == "host" { NsRef::Host } else { NsRef::Named(ns) };
                let link = name(place, &ns, "")?;
                (ns, link)
            }
        };
        let mut port = Port { far: End { ns, link, addresses: Vec::new() }, near: None, gateway: None };
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            match word.text.as_str() {
                "gateway" if word.bare => port.gateway = Some(word),
                "port" if word.bare => {
                    let Some(name) = rest.next() else {
                        return Err(UsageError::MissingValue { option: word.spanned(), wanted: Value::Link.wanted() });
                    };
                    let read = value::link(&name.text).map_err(|problem| UsageError::BadValue {
                        kind: Value::Link,
                        value: name.spanned(),
                        problem: Box::new(problem),
                    })?;
                    port.near = Some(read);
                }
                _ => match (wire::address(word), nearest(&word.text, ["gateway", "port"])) {
                    (Err(_), near @ Some(_)) => {
                        return Err(UsageError::UnknownOption {
                            command: "switch".into(),
                            word: word.spanned(),
                            near,
                            usage: format!("{} {{ {} }}", SWITCH.name(), Value::SwitchPort.placeholder()),
                        });
                    }
                    (address, _) => port.far.addresses.push(address?),
                },
            }
        }
        Ok(port)
    }

    /// A default route over the switch for each family that both have.
    fn ways_out(&self, far: &End, word: &Arg) -> Result<Vec<Op>, UsageError> {
        let mut ops = Vec::new();
        for default in [Cidr::any_v4(), Cidr::any_v6()] {
            let of_family = |cidr: &&Cidr| cidr.is_ipv6() == default.is_ipv6();
            let gateway = self.addresses.iter().find(of_family);
            if let (Some(gateway), Some(_)) = (gateway, far.addresses.iter().find(of_family)) {
                let route = RouteSpec { gateway: Some(gateway.addr()), ..RouteSpec::new(default) };
                ops.push(Op::Route(RouteOp::Add { ns: far.ns.clone(), mode: RouteMode::Add, route }));
            }
        }
        if ops.is_empty() {
            return Err(UsageError::NoGateway { word: word.span, bridge: self.bridge.to_string() });
        }
        Ok(ops)
    }
}

/// A port as it is written.
struct Port<'w> {
    far: End,
    near: Option<IfName>,
    gateway: Option<&'w Arg>,
}

/// `veth-NETNS`, and what the near end is called.
fn name(place: &Arg, ns: &NsRef, suffix: &str) -> Result<IfName, UsageError> {
    let name = format!("veth-{ns}{suffix}");
    value::link(&name).map_err(|_| UsageError::PortName {
        place: Spanned::new(place.text.clone(), place.span),
        fix: match suffix {
            "" => format!("{}:eth0 … port NAME", place.text),
            _ => format!("{} … port NAME", place.text),
        },
        name,
    })
}

fn lower_switch(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let addresses = bound.read_all("addresses", value::cidr)?;
    let bridge = bound.need("name", value::link)?.value;
    Ok(Act::Switch(Switch { ns: context.ns.clone(), bridge, addresses }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        commands::testing::{args, lowered},
        source::Sources,
    };

    #[test]
    fn is_its_long_form() {
        let mut text = String::new();
        let Ok(Act::Switch(switch)) = lowered("switch v-net-0 192.168.15.5/24 fd00::5/64") else { panic!() };
        let ports = ["red 192.168.15.1/24", "blue:eth0 192.168.15.2/24 fd00::2/64 gateway", "green port p3", "host:v0"];
        text.extend(switch.ops().iter().map(|op| format!("{op}\n")));
        for port in ports {
            let mut sources = Sources::default();
            let id = sources.add("test", port);
            text.push_str(&format!("> {port}\n"));
            let ops = switch.port(&args(sources.get(id))).unwrap_or_else(|error| panic!("{error}"));
            text.extend(ops.iter().map(|op| format!("{op}\n")));
        }
        expect![[r#"
            ip link add name v-net-0 type bridge
            ip addr add 192.168.15.5/24 dev v-net-0
            ip addr add fd00::5/64 dev v-net-0
            ip link set dev v-net-0 up
            > red 192.168.15.1/24
            ip link add name veth-red netns red type veth peer name veth-red-br
            ip link set dev veth-red-br master v-net-0 up
            ip -n red addr add 192.168.15.1/24 dev veth-red
            ip -n red link set dev veth-red up
            > blue:eth0 192.168.15.2/24 fd00::2/64 gateway
            ip link add name eth0 netns blue type veth peer name veth-blue-br
            ip link set dev veth-blue-br master v-net-0 up
            ip -n blue addr add 192.168.15.2/24 dev eth0
            ip -n blue addr add fd00::2/64 dev eth0
            ip -n blue link set dev eth0 up
            ip -n blue route add default via 192.168.15.5
            ip -n blue -6 route add default via fd00::5
            > green port p3
            ip link add name veth-green netns green type veth peer name p3
            ip link set dev p3 master v-net-0 up
            ip -n green link set dev veth-green up
            > host:v0
            ip link add name v0 type veth peer name veth-host-br
            ip link set dev veth-host-br master v-net-0 up
            ip link set dev v0 up
        "#]]
        .assert_eq(&text);
    }
}
