//! `wire`: a cable with its addresses, in one line.
//!
//! In: both ends, each with the addresses it gets. Out: the changes of the statements that it stands for, in their order:
//! the veth pair with both ends in place, the addresses, both ends up.

use super::{
    act::Act,
    bound::Bound,
    error::UsageError,
    lower::{Arg, Context},
    spec::{CommandSpec, Param},
    value::{self, Value, ValueError},
};
use crate::{
    net::{Cidr, IfName, NsRef},
    ops::{AddrOp, AddressSpec, LinkChanges, LinkKind, LinkOp, LinkSpec, Op, PeerSpec},
    source::Spanned,
};

/// `wire [NETNS:]LINK [ADDRESS/LENGTH…] -- [NETNS:]LINK [ADDRESS/LENGTH…]`
pub const WIRE: CommandSpec = CommandSpec {
    noun: "wire",
    verb: "",
    aliases: &[],
    summary: "lay a cable between two namespaces: a veth pair, the addresses of its ends, both ends up",
    params: &[Param::rest("ends", Value::Ends, "both ends with their addresses").required()],
    examples: &[
        "wire red:veth-red 192.168.15.1/24 -- blue:veth-blue 192.168.15.2/24",
        "wire veth0 10.0.0.1/24 fd00::1/64 -- red:eth0 10.0.0.2/24 fd00::2/64",
        "wire red:a -- blue:b",
    ],
    lower: lower_wire,
};

/// One end of a cable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Its namespace.
    pub ns: NsRef,
    /// Its name.
    pub link: IfName,
    /// What it gets.
    pub addresses: Vec<Cidr>,
}

fn lower_wire(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let mut ends = Vec::new();
    for words in bound.rest.split(|arg| arg.bare && arg.text == "--") {
        // Nothing before, or nothing behind the dashes.
        let Some((name, addresses)) = words.split_first() else { return Err(another_end(bound)) };
        if ends.len() == 2 {
            return Err(bound.surplus(name));
        }
        let (ns, link) = end(name, context)?;
        let addresses = addresses.iter().map(address).collect::<Result<_, _>>()?;
        ends.push(End { ns, link, addresses });
    }
    let Ok([near, far]) = <[End; 2]>::try_from(ends) else { return Err(another_end(bound)) };
    let mut ops = vec![cable(&near, &far, &context.ns)];
    for end in [&near, &far] {
        ops.extend(addressed(end));
    }
    ops.extend([&near, &far].map(|end| up(&end.ns, &end.link)));
    Ok(Act::Change(ops))
}

/// `link add LINK netns NETNS type veth peer name LINK netns NETNS`; a namespace that the command acts in anyway is not
/// named.
pub(super) fn cable(near: &End, far: &End, current: &NsRef) -> Op {
    let elsewhere = |end: &End| (end.ns != *current).then(|| end.ns.clone());
    let peer = PeerSpec { name: Some(far.link.clone()), netns: elsewhere(far), ..PeerSpec::default() };
    let mut spec = LinkSpec::new(near.link.clone(), LinkKind::Veth { peer });
    spec.netns = elsewhere(near);
    Op::Link(LinkOp::Add { ns: current.clone(), spec })
}

/// `addr add ADDRESS/LENGTH dev LINK`, for each address.
pub(super) fn addressed(end: &End) -> impl Iterator<Item = Op> {
    end.addresses.iter().map(|cidr| {
        let address = AddressSpec::new(*cidr);
        Op::Addr(AddrOp::Add { ns: end.ns.clone(), link: end.link.clone(), address })
    })
}

/// `link set LINK up`
pub(super) fn up(ns: &NsRef, link: &IfName) -> Op {
    let changes = LinkChanges { up: Some(true), ..LinkChanges::default() };
    Op::Link(LinkOp::Set { ns: ns.clone(), link: link.clone(), changes })
}

/// `[NETNS:]LINK`; without a namespace it is the current one.
pub(super) fn end(word: &Arg, context: &Context) -> Result<(NsRef, IfName), UsageError> {
    let bad = |problem: ValueError| bad_value(word, Value::End, problem);
    match word.text.split_once(':') {
        None => Ok((context.ns.clone(), value::link(&word.text).map_err(bad)?)),
        Some(("host", link)) => Ok((NsRef::Host, value::link(link).map_err(bad)?)),
        Some((ns, link)) => {
            let ns = value::netns_name(ns).map_err(bad)?;
            Ok((NsRef::Named(ns), value::link(link).map_err(bad)?))
        }
    }
}

/// `ADDRESS/LENGTH`
pub(super) fn address(word: &Arg) -> Result<Cidr, UsageError> {
    value::cidr(&word.text).map_err(|problem| bad_value(word, Value::Cidr, problem))
}

fn bad_value(word: &Arg, kind: Value, problem: ValueError) -> UsageError {
    UsageError::BadValue { kind, value: Spanned::new(word.text.clone(), word.span), problem: Box::new(problem) }
}

fn another_end(bound: &Bound<'_>) -> UsageError {
    UsageError::MissingParameter {
        command: bound.call.title(),
        word: Some("--"),
        wanted: "the other end of the cable",
        at: bound.call.span.after(),
        usage: bound.call.usage(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn is_its_long_form() {
        check(
            &[
                "wire red:veth-red 192.168.15.1/24 -- blue:veth-blue 192.168.15.2/24",
                "wire v0 10.0.0.1/24 fd00::1/64 -- host:v1",
                "wire host:v0 -- red:eth0",
            ],
            expect![[r#"
                > wire red:veth-red 192.168.15.1/24 -- blue:veth-blue 192.168.15.2/24
                ip link add name veth-red netns red type veth peer name veth-blue netns blue
                ip -n red addr add 192.168.15.1/24 dev veth-red
                ip -n blue addr add 192.168.15.2/24 dev veth-blue
                ip -n red link set dev veth-red up
                ip -n blue link set dev veth-blue up
                > wire v0 10.0.0.1/24 fd00::1/64 -- host:v1
                ip link add name v0 type veth peer name v1
                ip addr add 10.0.0.1/24 dev v0
                ip addr add fd00::1/64 dev v0
                ip link set dev v0 up
                ip link set dev v1 up
                > wire host:v0 -- red:eth0
                ip link add name v0 type veth peer name eth0 netns red
                ip link set dev v0 up
                ip -n red link set dev eth0 up
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "wire",
                "wire red:v0",
                "wire red:v0 --",
                "wire -- red:v0",
                "wire a -- b -- c",
                "wire red:v0 192.168.15.1/24 blue:v1 192.168.15.2/24",
                "wire red:v0 192.168.15.1/33 -- blue:v1",
                "wire 192.168.15.1/24 -- blue:v1",
                "wire red: -- blue:v1",
                "wire red:far-too-long-a-name -- blue:v1",
                "wire ../x:v0 -- blue:v1",
                "ip wire a -- b",
            ],
            expect![[r#"
                > wire
                missing-word: `wire` wants the first end of a cable
                  at 4: the first end of a cable is missing
                  help: it is written `wire [NETNS:]LINK [ADDRESS/LENGTH…] -- [NETNS:]LINK [ADDRESS/LENGTH…]`
                > wire red:v0
                missing-word: `wire` wants the other end of the cable (`-- …`)
                  at 11: the other end of the cable is missing
                  help: it is written `wire [NETNS:]LINK [ADDRESS/LENGTH…] -- [NETNS:]LINK [ADDRESS/LENGTH…]`
                > wire red:v0 --
                missing-word: `wire` wants the other end of the cable (`-- …`)
                  at 14: the other end of the cable is missing
                  help: it is written `wire [NETNS:]LINK [ADDRESS/LENGTH…] -- [NETNS:]LINK [ADDRESS/LENGTH…]`
                > wire -- red:v0
                missing-word: `wire` wants the other end of the cable (`-- …`)
                  at 14: the other end of the cable is missing
                  help: it is written `wire [NETNS:]LINK [ADDRESS/LENGTH…] -- [NETNS:]LINK [ADDRESS/LENGTH…]`
                > wire a -- b -- c
                usage: `wire` has no use for `c`
                  `c`: one word too many
                  help: it is written `wire [NETNS:]LINK [ADDRESS/LENGTH…] -- [NETNS:]LINK [ADDRESS/LENGTH…]`
                > wire red:v0 192.168.15.1/24 blue:v1 192.168.15.2/24
                bad-value: `blue:v1` is no IP address
                  `blue:v1`: wanted: an address with a prefix length, such as 192.168.15.1/24
                > wire red:v0 192.168.15.1/33 -- blue:v1
                bad-value: `/33` is no prefix length: an IPv4 prefix has 0 to 32 bits
                  `192.168.15.1/33`: wanted: an address with a prefix length, such as 192.168.15.1/24
                > wire 192.168.15.1/24 -- blue:v1
                bad-value: `/` cannot stand in a link's name (`192.168.15.1/24`)
                  `192.168.15.1/24`: wanted: a link, perhaps with its namespace, such as `veth0` or `red:veth0`
                > wire red: -- blue:v1
                bad-value: a link's name cannot be empty
                  `red:`: wanted: a link, perhaps with its namespace, such as `veth0` or `red:veth0`
                > wire red:far-too-long-a-name -- blue:v1
                bad-value: `far-too-long-a-name` has 19 bytes; a link's name has at most 15
                  `red:far-too-long-a-name`: wanted: a link, perhaps with its namespace, such as `veth0` or `red:veth0`
                > wire ../x:v0 -- blue:v1
                bad-value: `/` cannot stand in a namespace's name (`../x`): it is a file name under /run/netns
                  `../x:v0`: wanted: a link, perhaps with its namespace, such as `veth0` or `red:veth0`
                > ip wire a -- b
                unknown-word: `ip` has no object `wire`
                  `wire`: no object of `ip`
                  help: there are `addr`, `link`, `neigh`, `netns`, `route`, `rule`
            "#]],
        );
    }
}
