//! `watch`: what happens, as it happens.

use super::{
    act::{Act, PromptWord, Show},
    bound::Bound,
    error::UsageError,
    listing::Watch,
    lower::Context,
    spec::{CommandSpec, Param, exact},
    value::{self, Value},
};
use crate::net::NsRef;

/// `watch [NETNS…] [for TIME]`
pub const WATCH: CommandSpec = CommandSpec {
    noun: "watch",
    verb: "",
    aliases: &[],
    summary: "tell what happens to links, addresses, routes, neighbours and rules, in all namespaces, until Ctrl-C",
    params: &[
        Param::keyword("for", &[exact("for")], Value::Duration, "how long; until Ctrl-C if nothing is said"),
        Param::flag("off", &[exact("off")], "at the prompt: tell nothing any more"),
        Param::positional("netns", &[], Value::Netns, "of these alone; inside of `in`, of that namespace").repeatable(),
    ],
    examples: &["watch", "watch for 5s", "watch red blue", "watch 5s", "watch off"],
    lower: lower_watch,
};

fn lower_watch(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    if bound.has("off") {
        return Ok(Act::Prompt { word: PromptWord::WatchOff, span: bound.call.span });
    }
    let mut within = bound.value("for", value::duration)?;
    let mut of = bound.netns_all("netns")?;
    // `watch 5s`: a namespace of that name is watched by `in`.
    of.retain(|ns| match ns.name().and_then(|name| value::duration(name.as_str()).ok()) {
        Some(time) if within.is_none() => {
            within = Some(time);
            false
        }
        Some(_) | None => true,
    });
    if of.is_empty() && context.ns != NsRef::Host {
        of.push(context.ns.clone());
    }
    Ok(Act::Show(Show::Watch(Watch { of, within })))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn whom_and_how_long() {
        check(
            &[
                "watch",
                "watch 5s",
                "watch red for 500ms",
                "watch red host",
                "watch for",
                "watch off",
                "ip monitor",
                "ip netns monitor",
            ],
            expect![[r#"
                > watch
                Show(Watch(Watch { of: [], within: None }))
                > watch 5s
                Show(Watch(Watch { of: [], within: Some(5s) }))
                > watch red for 500ms
                Show(Watch(Watch { of: [Named("red")], within: Some(500ms) }))
                > watch red host
                Show(Watch(Watch { of: [Named("red"), Host], within: None }))
                > watch for
                missing-word: `for` wants a time behind it
                  at 9: a time is missing
                > watch off
                Prompt { word: WatchOff, span: 0:0..9 }
                > ip monitor
                not-supported: `ip monitor` is not supported yet
                  `monitor`: known, but not supported yet
                  help: `watch` tells what happens, in all namespaces
                > ip netns monitor
                not-supported: `ip netns monitor` is not supported yet
                  `netns monitor`: known, but not supported yet
                  help: `watch` tells what happens, in all namespaces
            "#]],
        );
    }
}
