//! `forwarding`: whether a namespace passes packets on.

use super::{
    act::Act,
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param, exact},
    value::{self, Value},
};
use crate::{
    net::SysctlKey,
    ops::{Op, SysctlOp},
};

/// `forwarding on|off [ipv6]`
pub const FORWARDING: CommandSpec = CommandSpec {
    noun: "forwarding",
    verb: "",
    aliases: &[],
    summary: "pass packets on from one network to another, as a router does",
    params: &[
        Param::flag("ipv6", &[exact("ipv6")], "those of IPv6, not of IPv4"),
        Param::positional("state", &[], Value::OnOff, "whether").required(),
    ],
    examples: &["forwarding on", "forwarding off ipv6"],
    lower: lower_forwarding,
};

fn lower_forwarding(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let on = bound.need("state", value::on_off)?.value;
    let name = if bound.has("ipv6") { "net.ipv6.conf.all.forwarding" } else { "net.ipv4.ip_forward" };
    let key: SysctlKey = name.parse().expect("it is the name of a setting");
    let value = if on { "1" } else { "0" };
    Ok(Act::Change(vec![Op::Sysctl(SysctlOp { ns: context.ns.clone(), key, value: value.into() })]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn forwarding_is_a_setting() {
        check(
            &[
                "forwarding on",
                "forwarding off",
                "forwarding on ipv6",
                "forwarding",
                "forwarding onn",
                "forwarding on ipv4",
            ],
            expect![[r#"
                > forwarding on
                sysctl -qw net.ipv4.ip_forward=1
                > forwarding off
                sysctl -qw net.ipv4.ip_forward=0
                > forwarding on ipv6
                sysctl -qw net.ipv6.conf.all.forwarding=1
                > forwarding
                missing-word: `forwarding` wants `on` or `off`
                  at 10: `on` or `off` is missing
                  help: it is written `forwarding on|off [ipv6]`
                > forwarding onn
                bad-value: `onn` is not `on` or `off`
                  `onn`: wanted: `on` or `off`
                  help: did you mean `on`?
                > forwarding on ipv4
                unknown-word: `forwarding` has no `ipv4`
                  `ipv4`: no word of `forwarding`
                  help: did you mean `ipv6`?
            "#]],
        );
    }
}
