//! `show`: namespaces at a glance, and all of them in a drawing.

use super::{
    act::{Act, Show},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param},
    value::Value,
};

/// `show [NETNS…]`
pub const SHOW: CommandSpec = CommandSpec {
    noun: "show",
    verb: "",
    aliases: &[],
    summary: "show a namespace on one screen: its links with their addresses, its routes, what it does with packets",
    params: &[Param::positional("netns", &[], Value::Netns, "which; the current one where none is given").repeatable()],
    examples: &["show red", "show", "show red blue host"],
    lower: lower_show,
};

/// `show topology`
pub const TOPOLOGY: CommandSpec = CommandSpec {
    noun: "show",
    verb: "topology",
    aliases: &[],
    summary: "draw all namespaces as boxes, with the cables between them and the bridges that join them",
    params: &[],
    examples: &["show topology"],
    lower: lower_topology,
};

fn lower_topology(_: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Show(Show::Topology))
}

fn lower_show(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let mut of = bound.netns_all("netns")?;
    if of.is_empty() {
        of.push(context.ns.clone());
    }
    Ok(Act::Show(Show::Namespaces { of }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn of_which_namespaces() {
        check(
            &["show", "show red", "show host red", "show ../red", "show --red", "show topology", "show topology red"],
            expect![[r#"
                > show
                Show(Namespaces { of: [Host] })
                > show red
                Show(Namespaces { of: [Named("red")] })
                > show host red
                Show(Namespaces { of: [Host, Named("red")] })
                > show ../red
                bad-value: `/` cannot stand in a namespace's name (`../red`): it is a file name under /run/netns
                  `../red`: wanted: the name of a namespace
                > show --red
                unknown-word: `show` has no `--red`
                  `--red`: no word of `show`
                  help: it is written `show [NETNS…]`
                > show topology
                Show(Topology)
                > show topology red
                usage: `show topology` has no use for `red`
                  `red`: one word too many
                  help: it is written `show topology`
            "#]],
        );
    }
}
