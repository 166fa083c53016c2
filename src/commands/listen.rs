//! `listen`: small servers for those who test a network.

use super::{
    act::{Act, ListenAt, Transport},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param, exact},
    value::{self, Value},
};
use crate::source::Spanned;

/// `listen tcp PORT udp PORT …`
pub const LISTEN: CommandSpec = CommandSpec {
    noun: "listen",
    verb: "",
    aliases: &[],
    summary: "serve ports of the current namespace until the script ends: what comes in is sent back",
    params: &[
        Param::keyword("tcp", &[exact("tcp")], Value::ListenAt, "accept connections there").repeatable(),
        Param::keyword("udp", &[exact("udp")], Value::ListenAt, "answer datagrams there").repeatable(),
    ],
    examples: &["listen tcp 80", "listen tcp 80 tcp 443 udp 53", "listen udp 192.168.15.2:53 tcp [fd00::2]:80"],
    lower: lower_listen,
};

fn lower_listen(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let mut at = Vec::new();
    for (name, transport) in [("tcp", Transport::Tcp), ("udp", Transport::Udp)] {
        for text in bound.all(name) {
            let (address, port) = value::listen_at(&text.value).map_err(|problem| UsageError::BadValue {
                kind: Value::ListenAt,
                value: text.clone(),
                problem: Box::new(problem),
            })?;
            at.push(Spanned::new(ListenAt { transport, address, port }, text.span));
        }
    }
    if at.is_empty() {
        return Err(bound.missing("tcp"));
    }
    Ok(Act::Listen { ns: context.ns.clone(), at })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn ports_and_addresses() {
        check(
            &[
                "listen tcp 80",
                "listen udp 53 tcp 80 tcp 443",
                "listen tcp 192.168.15.2:80 udp [fe80::1]:53",
                "ip netns exec red listen tcp 80",
            ],
            expect![[r#"
                > listen tcp 80
                Listen { ns: Host, at: [Spanned { value: ListenAt { transport: Tcp, address: None, port: 80 }, span: 0:11..13 }] }
                > listen udp 53 tcp 80 tcp 443
                Listen { ns: Host, at: [Spanned { value: ListenAt { transport: Tcp, address: None, port: 80 }, span: 0:18..20 }, Spanned { value: ListenAt { transport: Tcp, address: None, port: 443 }, span: 0:25..28 }, Spanned { value: ListenAt { transport: Udp, address: None, port: 53 }, span: 0:11..13 }] }
                > listen tcp 192.168.15.2:80 udp [fe80::1]:53
                Listen { ns: Host, at: [Spanned { value: ListenAt { transport: Tcp, address: Some(192.168.15.2), port: 80 }, span: 0:11..26 }, Spanned { value: ListenAt { transport: Udp, address: Some(fe80::1), port: 53 }, span: 0:31..43 }] }
                > ip netns exec red listen tcp 80
                InNamespace { ns: Spanned { value: Named("red"), span: 0:14..17 }, skip: 4 }
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "listen",
                "listen 80",
                "listen tcp",
                "listen tpc 80",
                "listen tcp 0",
                "listen tcp 65536",
                "listen tcp http",
                "listen tcp ::1:80",
                "listen tcp 192.168.15.2",
                "listen tcp 80 443",
                "listen tcp 80 from red",
            ],
            expect![[r#"
                > listen
                missing-word: `listen` wants a port (`tcp …`)
                  at 6: a port is missing
                  help: it is written `listen [tcp [ADDRESS:]PORT…] [udp [ADDRESS:]PORT…]`
                > listen 80
                usage: `listen` has no use for `80`
                  `80`: one word too many
                  help: type `tcp 80`
                > listen tcp
                missing-word: `tcp` wants a port behind it
                  at 10: a port is missing
                > listen tpc 80
                unknown-word: `listen` has no `tpc`
                  `tpc`: no word of `listen`
                  help: did you mean `tcp`?
                > listen tcp 0
                bad-value: `0` is not a port
                  `0`: wanted: a port, such as 80 or 192.168.15.2:80
                > listen tcp 65536
                bad-value: `65536` is not a port
                  `65536`: wanted: a port, such as 80 or 192.168.15.2:80
                > listen tcp http
                bad-value: `http` is not a port
                  `http`: wanted: a port, such as 80 or 192.168.15.2:80
                > listen tcp ::1:80
                bad-value: `::1:80` is not a port
                  `::1:80`: wanted: a port, such as 80 or 192.168.15.2:80
                > listen tcp 192.168.15.2
                bad-value: `192.168.15.2` is not a port
                  `192.168.15.2`: wanted: a port, such as 80 or 192.168.15.2:80
                > listen tcp 80 443
                usage: `listen` has no use for `443`
                  `443`: one word too many
                  help: type `tcp 443`
                > listen tcp 80 from red
                usage: `listen` has no use for `from`
                  `from`: one word too many
                  help: it is written `listen [tcp [ADDRESS:]PORT…] [udp [ADDRESS:]PORT…]`
            "#]],
        );
    }
}
