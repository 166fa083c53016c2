use super::{
    act::{Act, Show},
    bound::{Bound, Spelling},
    error::UsageError,
    lower::Context,
    nsenter,
    spec::{CommandSpec, Param},
    value::{self, Value},
};
use crate::ops::{NetnsOp, Op};

/// `netns add NAME…`
pub const ADD: CommandSpec = CommandSpec {
    noun: "netns",
    verb: "add",
    aliases: &[],
    summary: "make namespaces, with nothing in them but a loopback device that is down",
    params: &[Param::positional("name", &[], Value::NetnsName, "its name, under /run/netns").required().repeatable()],
    examples: &["ip netns add red", "netns add red blue green"],
    lower: lower_add,
};

/// `netns attach NAME PID`
pub const ATTACH: CommandSpec = CommandSpec {
    noun: "netns",
    verb: "attach",
    aliases: &[],
    summary: "give the namespace of a process a name",
    params: &[
        Param::positional("name", &[], Value::NetnsName, "its name, under /run/netns").required(),
        Param::positional("pid", &[], Value::ProcessId, "the process; 1 is on the host").required(),
    ],
    examples: &["ip netns attach web 4711", "netns attach web 4711"],
    lower: lower_attach,
};

/// `netns del NAME…`
pub const DEL: CommandSpec = CommandSpec {
    noun: "netns",
    verb: "del",
    aliases: &["delete"],
    summary: "take the names of namespaces away, and the namespaces with them",
    params: &[Param::positional("name", &[], Value::NetnsName, "its name").required().repeatable()],
    examples: &["ip netns del red", "netns delete red blue"],
    lower: lower_del,
};

/// `netns exec NETNS COMMAND…`
pub const EXEC: CommandSpec = CommandSpec {
    noun: "netns",
    verb: "exec",
    aliases: &[],
    summary: "carry out a statement, or run a program, in a namespace",
    params: &[
        Param::positional("netns", &[], Value::Netns, "where").required(),
        Param::rest("command", Value::Command, "a statement, or a program and its arguments").required(),
    ],
    examples: &["ip netns exec red ip link", "netns exec red ping -c 1 192.168.15.2"],
    lower: lower_exec,
};

/// `netns identify [PID]`
pub const IDENTIFY: CommandSpec = CommandSpec {
    noun: "netns",
    verb: "identify",
    aliases: &[],
    summary: "print the name of a process's namespace, or of the current one",
    params: &[Param::positional("pid", &[], Value::ProcessId, "the process; 1 is on the host")],
    examples: &["ip netns identify 4711", "netns identify"],
    lower: lower_identify,
};

/// `netns list`
pub const LIST: CommandSpec = CommandSpec {
    noun: "netns",
    verb: "list",
    aliases: &["show", "ls"],
    summary: "list the namespaces that have names",
    params: &[],
    examples: &["ip netns", "netns list"],
    lower: lower_list,
};

/// `netns pids NAME`
pub const PIDS: CommandSpec = CommandSpec {
    noun: "netns",
    verb: "pids",
    aliases: &[],
    summary: "print the ids of the processes in a namespace",
    params: &[Param::positional("netns", &[], Value::Netns, "its name").required()],
    examples: &["ip netns pids red", "netns pids host"],
    lower: lower_pids,
};

fn lower_add(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    changes(bound, |name| NetnsOp::Add { name })
}

fn lower_del(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    changes(bound, |name| NetnsOp::Del { name })
}

fn changes(bound: &Bound<'_>, op: fn(crate::net::NsName) -> NetnsOp) -> Result<Act, UsageError> {
    if let (Spelling::Iproute2(_), Some(second)) = (&bound.call.spelling, bound.all("name").nth(1)) {
        let names: Vec<&str> = bound.all("name").map(|name| name.value.as_str()).collect();
        let fix = format!("{} {}", bound.call.spec.name(), names.join(" "));
        return Err(UsageError::OneName { command: bound.call.title(), second: second.span, fix });
    }
    let mut ops = Vec::new();
    for name in bound.all("name") {
        let name = value::netns_name(&name.value).map_err(|problem| UsageError::BadValue {
            kind: Value::NetnsName,
            value: name.clone(),
            problem: Box::new(problem),
        })?;
        ops.push(Op::Netns(op(name)));
    }
    Ok(Act::Change(ops))
}

fn lower_exec(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let ns = bound.netns("netns")?.ok_or_else(|| bound.missing("netns"))?;
    let sudo = nsenter::sudo_len(bound.rest);
    if sudo == bound.rest.len() {
        return Err(bound.missing("command"));
    }
    Ok(Act::InNamespace { ns, skip: bound.rest_at + sudo })
}

fn lower_attach(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let name = bound.need("name", value::netns_name)?.value;
    let pid = bound.need("pid", value::process_id)?.value;
    Ok(Act::Change(vec![Op::Netns(NetnsOp::Attach { name, pid })]))
}

fn lower_identify(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let process = bound.value("pid", value::process_id)?.map(value::of_process_id);
    Ok(Act::Show(Show::Identify { ns: process.unwrap_or_else(|| context.ns.clone()) }))
}

fn lower_pids(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let ns = bound.netns("netns")?.ok_or_else(|| bound.missing("netns"))?.value;
    Ok(Act::Show(Show::Pids { ns }))
}

fn lower_list(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::Netns { style: bound.style() }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn names_are_made_and_taken_away() {
        check(
            &[
                "ip netns add red",
                "ip net a red",
                "ip netns delete red",
                "ip netns d red",
                "ip netns del 7",
                "netns add red blue green",
                "netns del red blue",
                "netns delete 'a b'",
            ],
            expect![[r#"
                > ip netns add red
                ip netns add red
                > ip net a red
                ip netns add red
                > ip netns delete red
                ip netns del red
                > ip netns d red
                ip netns del red
                > ip netns del 7
                ip netns del 7
                > netns add red blue green
                ip netns add red
                ip netns add blue
                ip netns add green
                > netns del red blue
                ip netns del red
                ip netns del blue
                > netns delete 'a b'
                ip netns del 'a b'
            "#]],
        );
    }

    #[test]
    fn the_command_of_exec_is_found() {
        check(
            &[
                "ip netns exec red ip link",
                "ip netns e red ping -c1 10.0.0.1",
                "ip -4 netns exec red ip netns exec blue true",
                "netns exec host ip link",
                "ip netns exec host ip link",
            ],
            expect![[r#"
                > ip netns exec red ip link
                InNamespace { ns: Spanned { value: Named("red"), span: 0:14..17 }, skip: 4 }
                > ip netns e red ping -c1 10.0.0.1
                InNamespace { ns: Spanned { value: Named("red"), span: 0:11..14 }, skip: 4 }
                > ip -4 netns exec red ip netns exec blue true
                InNamespace { ns: Spanned { value: Named("red"), span: 0:17..20 }, skip: 5 }
                > netns exec host ip link
                InNamespace { ns: Spanned { value: Host, span: 0:11..15 }, skip: 3 }
                > ip netns exec host ip link
                InNamespace { ns: Spanned { value: Named("host"), span: 0:14..18 }, skip: 4 }
            "#]],
        );
    }

    #[test]
    fn processes_and_names() {
        check(
            &[
                "ip netns attach web 4711",
                "ip netns at 7 4711",
                "netns attach web 1",
                "ip netns identify",
                "ip netns i 4711",
                "netns identify 1",
                "ip netns pids red",
                "ip -j net p red",
                "netns pids host",
            ],
            expect![[r#"
                > ip netns attach web 4711
                ip netns attach web 4711
                > ip netns at 7 4711
                ip netns attach 7 4711
                > netns attach web 1
                ip netns attach web 1
                > ip netns identify
                Show(Identify { ns: Host })
                > ip netns i 4711
                Show(Identify { ns: Process(4711) })
                > netns identify 1
                Show(Identify { ns: Host })
                > ip netns pids red
                Show(Pids { ns: Named("red") })
                > ip -j net p red
                Show(Pids { ns: Named("red") })
                > netns pids host
                Show(Pids { ns: Host })
            "#]],
        );
    }

    #[test]
    fn listings() {
        check(
            &["ip netns", "ip netns list", "ip netns ls", "ip netns show", "ip -j netns l", "netns"],
            expect![[r#"
                > ip netns
                Show(Netns { style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip netns list
                Show(Netns { style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip netns ls
                Show(Netns { style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip netns show
                Show(Netns { style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: false, pretty: false, numeric: false }) })
                > ip -j netns l
                Show(Netns { style: Iproute2(IpOptions { family: None, brief: false, oneline: false, details: false, statistics: 0, json: true, pretty: false, numeric: false }) })
                > netns
                Show(Netns { style: Native })
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "ip netns red ip link",
                "netns red ip link",
                "netns red",
                "ip netns add",
                "ip netns add red blue",
                "ip netns add a/b",
                "ip netns exec red",
                "ip netns ad red",
                "ip netns aded red",
                "ip netns attach red",
                "ip netns attach red zsh",
                "netns attach 17 red",
                "ip netns attach red 17 18",
                "ip netns identify self",
                "ip netns identify 0",
                "netns pids",
                "ip netns pids red blue",
                "ip netns set red 17",
                "ip -all netns exec ip link",
            ],
            expect![[r#"
                > ip netns red ip link
                missing-word: `exec` is missing before the namespace `red`
                  `red`: `exec` must stand before it
                  help: type `ip netns exec red ip …`
                > netns red ip link
                missing-word: `exec` is missing before the namespace `red`
                  `red`: `exec` must stand before it
                  help: type `netns exec red ip …`
                > netns red
                unknown-word: `netns` has no command `red`
                  `red`: no command of `netns`
                  help: there are `add`, `attach`, `del`, `exec`, `identify`, `list`, `pids`
                > ip netns add
                missing-word: `ip netns add` wants the name of a namespace
                  at 12: the name of a namespace is missing
                  help: it is written `ip netns add NETNS…`
                > ip netns add red blue
                usage: `ip netns add` takes one name; `ip` ignores the others
                  `blue`: would be ignored
                  help: type `netns add red blue`
                > ip netns add a/b
                bad-value: `/` cannot stand in a namespace's name (`a/b`): it is a file name under /run/netns
                  `a/b`: wanted: the name of a namespace
                > ip netns exec red
                missing-word: `ip netns exec` wants a command
                  at 17: a command is missing
                  help: it is written `ip netns exec NETNS COMMAND…`
                > ip netns ad red
                ip netns add red
                > ip netns aded red
                unknown-word: `ip netns` has no command `aded`
                  `aded`: no command of `ip netns`
                  help: did you mean `add`?
                > ip netns attach red
                missing-word: `ip netns attach` wants the id of a process
                  at 19: the id of a process is missing
                  help: it is written `ip netns attach NETNS PID`
                > ip netns attach red zsh
                bad-value: `zsh` is not the id of a process
                  `zsh`: wanted: the id of a process
                > netns attach 17 red
                bad-value: `red` is not the id of a process
                  `red`: wanted: the id of a process
                > ip netns attach red 17 18
                usage: `ip netns attach` has no use for `18`
                  `18`: one word too many
                  `red`: the name of a namespace stands here already
                  help: it is written `ip netns attach NETNS PID`
                > ip netns identify self
                bad-value: `self` is not the id of a process
                  `self`: wanted: the id of a process
                > ip netns identify 0
                bad-value: `0` is not the id of a process
                  `0`: wanted: the id of a process
                > netns pids
                missing-word: `netns pids` wants the name of a namespace
                  at 10: the name of a namespace is missing
                  help: it is written `netns pids NETNS`
                > ip netns pids red blue
                usage: `ip netns pids` has no use for `blue`
                  `blue`: one word too many
                  `red`: the name of a namespace stands here already
                  help: it is written `ip netns pids NETNS`
                > ip netns set red 17
                not-supported: `ip netns set` is not supported yet
                  `netns set`: known, but not supported yet
                  help: `exec ip netns set …` runs the program
                > ip -all netns exec ip link
                not-supported: the option `-all` of `ip` is not supported yet
                  `-all`: known, but not supported yet
                  help: `exec ip -all …` runs the program
            "#]],
        );
    }
}
