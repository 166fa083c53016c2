//! `capture`: the packets of a link, in a file.

use super::{
    act::{Act, Capture},
    bound::Bound,
    error::UsageError,
    lower::Context,
    spec::{CommandSpec, Param, exact},
    value::{self, Bounded, Value},
};

/// The most bytes of a packet that are kept, and how many are where nothing is said; as with tcpdump.
const MAX_SNAPLEN: u32 = 262_144;

const SNAPLEN: Bounded = Bounded {
    placeholder: "BYTES",
    wanted: "a number of bytes up to 262144",
    max: Some(MAX_SNAPLEN),
    words: &[],
    meanings: &[],
};

/// `capture LINK to FILE [as NAME] [count N] [snaplen BYTES]`
pub const CAPTURE: CommandSpec = CommandSpec {
    noun: "capture",
    verb: "",
    aliases: &[],
    summary: "write the packets that pass a link into a file for tcpdump and wireshark, until the script ends or `kill NAME`",
    params: &[
        Param::positional("link", &[], Value::Link, "of the current namespace").required(),
        Param::keyword("to", &[exact("to")], Value::Path, "the file, which is written anew").required(),
        Param::keyword(
            "as",
            &[exact("as")],
            Value::Job,
            "what it is called, for `kill` and `wait`; otherwise as the link is",
        ),
        Param::keyword("count", &[exact("count")], Value::Number, "it ends after so many packets"),
        Param::keyword(
            "snaplen",
            &[exact("snaplen")],
            Value::Bounded(&SNAPLEN),
            "how much of each packet is kept; 262144 where nothing is said, and for 0",
        ),
    ],
    examples: &[
        "capture veth-red to /tmp/red.pcap",
        "capture veth-red to /tmp/red.pcap as trace",
        "capture lo to /tmp/first.pcap count 10 snaplen 96",
    ],
    lower: lower_capture,
};

fn lower_capture(bound: &Bound<'_>, context: &Context) -> Result<Act, UsageError> {
    let count = bound.get("count", value::number)?;
    if let Some(zero) = count.as_ref().filter(|count| count.value == 0) {
        let problem = value::ValueError::Form { text: "0".into(), wanted: "a number of packets" };
        return Err(UsageError::BadValue {
            kind: Value::Number,
            value: zero.clone().map(|number| number.to_string()),
            problem: Box::new(problem),
        });
    }
    let snaplen = bound.value("snaplen", |text| SNAPLEN.read(text))?;
    Ok(Act::Capture(Capture {
        ns: context.ns.clone(),
        link: bound.need("link", value::link)?,
        file: bound.text("to").cloned().ok_or_else(|| bound.missing("to"))?,
        name: bound.text("as").cloned(),
        count: count.map(|count| count.value),
        snaplen: snaplen.filter(|&bytes| bytes > 0).unwrap_or(MAX_SNAPLEN),
        span: bound.call.span,
    }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn captures() {
        check(
            &[
                "capture veth0 to /tmp/a.pcap",
                "capture veth0 to a.pcap as trace count 10 snaplen 96",
                "capture count 3 to a.pcap veth0 snaplen 0",
                "ip netns exec red capture veth0 to a.pcap",
            ],
            expect![[r#"
                > capture veth0 to /tmp/a.pcap
                Capture(Capture { ns: Host, link: Spanned { value: "veth0", span: 0:8..13 }, file: Spanned { value: "/tmp/a.pcap", span: 0:17..28 }, name: None, count: None, snaplen: 262144, span: 0:0..28 })
                > capture veth0 to a.pcap as trace count 10 snaplen 96
                Capture(Capture { ns: Host, link: Spanned { value: "veth0", span: 0:8..13 }, file: Spanned { value: "a.pcap", span: 0:17..23 }, name: Some(Spanned { value: "trace", span: 0:27..32 }), count: Some(10), snaplen: 96, span: 0:0..52 })
                > capture count 3 to a.pcap veth0 snaplen 0
                Capture(Capture { ns: Host, link: Spanned { value: "veth0", span: 0:26..31 }, file: Spanned { value: "a.pcap", span: 0:19..25 }, name: None, count: Some(3), snaplen: 262144, span: 0:0..41 })
                > ip netns exec red capture veth0 to a.pcap
                InNamespace { ns: Spanned { value: Named("red"), span: 0:14..17 }, skip: 4 }
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "capture",
                "capture veth0",
                "capture to a.pcap",
                "capture veth0 to",
                "capture veth0 a.pcap",
                "capture veth0 to a.pcap as",
                "capture veth0 to a.pcap count 0",
                "capture veth0 to a.pcap count many",
                "capture veth0 to a.pcap snaplen 262145",
                "capture veth0 to a.pcap snaplne 1",
                "capture a-name-that-is-too-long to a.pcap",
            ],
            expect![[r#"
                > capture
                missing-word: `capture` wants the name of a link
                  at 7: the name of a link is missing
                  help: it is written `capture LINK to FILE [as NAME] [count NUMBER] [snaplen BYTES]`
                > capture veth0
                missing-word: `capture` wants the name of a file (`to …`)
                  at 13: the name of a file is missing
                  help: it is written `capture LINK to FILE [as NAME] [count NUMBER] [snaplen BYTES]`
                > capture to a.pcap
                missing-word: `capture` wants the name of a link
                  at 17: the name of a link is missing
                  help: it is written `capture LINK to FILE [as NAME] [count NUMBER] [snaplen BYTES]`
                > capture veth0 to
                missing-word: `to` wants the name of a file behind it
                  at 16: the name of a file is missing
                > capture veth0 a.pcap
                usage: `capture` has no use for `a.pcap`
                  `a.pcap`: one word too many
                  `veth0`: the name of a link stands here already
                  help: it is written `capture LINK to FILE [as NAME] [count NUMBER] [snaplen BYTES]`
                > capture veth0 to a.pcap as
                missing-word: `as` wants a name behind it
                  at 26: a name is missing
                > capture veth0 to a.pcap count 0
                bad-value: `0` is not a number of packets
                  `0`: wanted: a number
                > capture veth0 to a.pcap count many
                bad-value: `many` is not a number
                  `many`: wanted: a number
                > capture veth0 to a.pcap snaplen 262145
                bad-value: `262145` is not a number of bytes up to 262144
                  `262145`: wanted: a number of bytes up to 262144
                > capture veth0 to a.pcap snaplne 1
                unknown-word: `capture` has no `snaplne`
                  `snaplne`: no word of `capture`
                  help: did you mean `snaplen`?
                > capture a-name-that-is-too-long to a.pcap
                bad-value: `a-name-that-is-too-long` has 23 bytes; a link's name has at most 15
                  `a-name-that-is-too-long`: wanted: the name of a link
            "#]],
        );
    }
}
