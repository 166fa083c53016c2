use super::{
    act::Act,
    bound::Bound,
    error::{UsageError, runs_program},
    lower::{Arg, Context},
    spec::{CommandSpec, Param},
    value::{self, Value, ValueError},
};
use crate::{
    net::NsRef,
    source::{Span, Spanned},
    syntax::is_sudo_flags,
};

/// `nsenter --net=FILE COMMAND…`
pub const NSENTER: CommandSpec = CommandSpec {
    noun: "nsenter",
    verb: "",
    aliases: &[],
    summary: "carry out a statement, or run a program, in a namespace, as `netns exec` does",
    params: &[Param::rest("options", Value::Options, "`--net=FILE`, or `-t PID -n`, and a command")],
    examples: &[
        "nsenter --net=/run/netns/red ip link",
        "nsenter --net=/var/run/netns/red -- ping -c 1 192.168.15.2",
        "nsenter -t 4711 -n ip link",
    ],
    lower: lower_nsenter,
};

/// `enter NETNS`
pub const ENTER: CommandSpec = CommandSpec {
    noun: "enter",
    verb: "",
    aliases: &[],
    summary: "act in a namespace from the next line on, until `exit` or the end of the file",
    params: &[Param::positional("netns", &[], Value::Netns, "where").required()],
    examples: &["enter red", "enter host"],
    lower: lower_enter,
};

/// The options as far as they were read.
#[derive(Default)]
struct Options {
    /// The file of the namespace.
    file: Option<Spanned<String>>,
    /// Where the network namespace is asked for.
    net: Option<Spanned<String>>,
    /// Whose namespaces.
    process: Option<Spanned<u32>>,
}

fn lower_nsenter(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    let mut options = Options::default();
    let mut at = 0;
    while let Some(word) = bound.rest.get(at).filter(|word| word.text.starts_with('-') && word.text.len() > 1) {
        at += 1;
        if word.text == "--" {
            break;
        }
        at += options.read(word, bound.rest.get(at))?;
    }
    let ns = options.namespace(bound.call.span)?;
    at += sudo_len(&bound.rest[at..]);
    if at == bound.rest.len() {
        // As nsenter(1) does it, which starts a shell.
        return Ok(Act::Enter { ns });
    }
    Ok(Act::InNamespace { ns, skip: bound.rest_at + at })
}

fn lower_enter(bound: &Bound<'_>, _: &Context) -> Result<Act, UsageError> {
    Ok(Act::Enter { ns: bound.netns("netns")?.ok_or_else(|| bound.missing("netns"))? })
}

/// How many words are `sudo` and its options, which mean nothing.
pub fn sudo_len(words: &[Arg]) -> usize {
    match words.first() {
        Some(first) if first.text == "sudo" => {
            1 + words[1..].iter().take_while(|word| is_sudo_flags(&word.text)).count()
        }
        Some(_) | None => 0,
    }
}

impl Options {
    /// One word of options; says how many words behind it belong to it.
    fn read(&mut self, word: &Arg, next: Option<&Arg>) -> Result<usize, UsageError> {
        if let Some(long) = word.text.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            return match name {
                "net" => Ok(self.net(word, value.unwrap_or_default(), next)),
                "target" => self.target(word, value.unwrap_or_default(), next),
                "no-fork" => Ok(0),
                _ => Err(not_here(word.text.clone(), word.span)),
            };
        }
        for (at, letter) in word.text.char_indices().skip(1) {
            let attached = word.text[at + letter.len_utf8()..].trim_start_matches('=');
            match letter {
                'n' => return Ok(self.net(word, attached, next)),
                't' => return self.target(word, attached, next),
                'F' => {}
                other => return Err(not_here(format!("-{other}"), word.span)),
            }
        }
        Ok(0)
    }

    /// The file is attached to the option; one in a word of its own is understood where it can be nothing else.
    fn net(&mut self, word: &Arg, attached: &str, next: Option<&Arg>) -> usize {
        self.net = Some(word.spanned());
        let is_file = |next: &&Arg| {
            let text = next.text.as_str();
            text.starts_with("/run/netns/") || text.starts_with("/var/run/netns/") || text.ends_with("/ns/net")
        };
        match next.filter(is_file) {
            Some(file) if attached.is_empty() => {
                self.file = Some(file.spanned());
                1
            }
            Some(_) | None => {
                if !attached.is_empty() {
                    self.file = Some(Spanned::new(attached.into(), word.span));
                }
                0
            }
        }
    }

    fn target(&mut self, word: &Arg, attached: &str, next: Option<&Arg>) -> Result<usize, UsageError> {
        let (pid, len) = match next {
            _ if !attached.is_empty() => (Spanned::new(attached.to_owned(), word.span), 0),
            Some(next) => (next.spanned(), 1),
            None => return Err(UsageError::MissingValue { option: word.spanned(), wanted: Value::ProcessId.wanted() }),
        };
        match value::process_id(&pid.value) {
            Ok(id) => self.process = Some(Spanned::new(id, pid.span)),
            Err(problem) => return Err(bad(Value::ProcessId, pid, problem)),
        }
        Ok(len)
    }

    fn namespace(self, statement: Span) -> Result<Spanned<NsRef>, UsageError> {
        let wanted = "a network namespace";
        match (self.file, self.process, self.net) {
            (Some(file), _, _) if !file.value.contains('/') => {
                let wanted = "the path of a file, such as /run/netns/red";
                let problem = ValueError::Form { text: file.value.clone(), wanted };
                Err(bad(Value::NetnsTarget, file, problem))
            }
            (Some(file), _, _) => match value::netns_target(&file.value) {
                Ok(ns) => Ok(Spanned::new(ns, file.span)),
                Err(problem) => Err(bad(Value::NetnsTarget, file, problem)),
            },
            (None, Some(process), Some(_)) => Ok(process.map(value::of_process_id)),
            (None, None, Some(net)) => Err(missing("a file or a process", Some("-t PID"), net.span.after())),
            (None, Some(process), None) => Err(missing(wanted, Some("-n"), process.span.after())),
            (None, None, None) => Err(missing(wanted, Some("--net=/run/netns/NAME"), statement.after())),
        }
    }
}

/// Options that lead elsewhere than into a network namespace.
fn not_here(option: String, span: Span) -> UsageError {
    UsageError::NotYet { what: format!("`{option}` of `nsenter`"), span, instead: Some(runs_program("nsenter")) }
}

fn bad(kind: Value, value: Spanned<String>, problem: ValueError) -> UsageError {
    UsageError::BadValue { kind, value, problem: Box::new(problem) }
}

fn missing(wanted: &'static str, word: Option<&'static str>, at: Span) -> UsageError {
    let usage = "nsenter --net=/run/netns/NAME COMMAND…".into();
    UsageError::MissingParameter { command: "nsenter".into(), word, wanted, at, usage }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::commands::testing::check;

    #[test]
    fn options() {
        check(
            &[
                "nsenter --net=/run/netns/red ip link",
                "nsenter --net=/var/run/netns/red -- ip link",
                "nsenter --net /run/netns/red ip link",
                "nsenter -n/run/netns/red ip link",
                "nsenter -n=/run/netns/red ip link",
                "nsenter -t 4711 -n ip link",
                "nsenter -Ft4711 --net ip link",
                "nsenter --target=4711 --no-fork -n -- ip -br link",
                "nsenter -n -t 1 sudo -n ip link",
                "nsenter --net=/proc/4711/ns/net cat -n",
                "ip netns exec red sudo -E ip link",
                "nsenter --net=/run/netns/red",
                "enter red",
                "enter host",
                "enter",
                "enter red blue",
            ],
            expect![[r#"
                > nsenter --net=/run/netns/red ip link
                InNamespace { ns: Spanned { value: Named("red"), span: 0:8..28 }, skip: 2 }
                > nsenter --net=/var/run/netns/red -- ip link
                InNamespace { ns: Spanned { value: Named("red"), span: 0:8..32 }, skip: 3 }
                > nsenter --net /run/netns/red ip link
                InNamespace { ns: Spanned { value: Named("red"), span: 0:14..28 }, skip: 3 }
                > nsenter -n/run/netns/red ip link
                InNamespace { ns: Spanned { value: Named("red"), span: 0:8..24 }, skip: 2 }
                > nsenter -n=/run/netns/red ip link
                InNamespace { ns: Spanned { value: Named("red"), span: 0:8..25 }, skip: 2 }
                > nsenter -t 4711 -n ip link
                InNamespace { ns: Spanned { value: Process(4711), span: 0:11..15 }, skip: 4 }
                > nsenter -Ft4711 --net ip link
                InNamespace { ns: Spanned { value: Process(4711), span: 0:8..15 }, skip: 3 }
                > nsenter --target=4711 --no-fork -n -- ip -br link
                InNamespace { ns: Spanned { value: Process(4711), span: 0:8..21 }, skip: 5 }
                > nsenter -n -t 1 sudo -n ip link
                InNamespace { ns: Spanned { value: Host, span: 0:14..15 }, skip: 6 }
                > nsenter --net=/proc/4711/ns/net cat -n
                InNamespace { ns: Spanned { value: Process(4711), span: 0:8..31 }, skip: 2 }
                > ip netns exec red sudo -E ip link
                InNamespace { ns: Spanned { value: Named("red"), span: 0:14..17 }, skip: 6 }
                > nsenter --net=/run/netns/red
                Enter { ns: Spanned { value: Named("red"), span: 0:8..28 } }
                > enter red
                Enter { ns: Spanned { value: Named("red"), span: 0:6..9 } }
                > enter host
                Enter { ns: Spanned { value: Host, span: 0:6..10 } }
                > enter
                missing-word: `enter` wants the name of a namespace
                  at 5: the name of a namespace is missing
                  help: it is written `enter NETNS`
                > enter red blue
                usage: `enter` has no use for `blue`
                  `blue`: one word too many
                  `red`: the name of a namespace stands here already
                  help: it is written `enter NETNS`
            "#]],
        );
    }

    #[test]
    fn mistakes() {
        check(
            &[
                "nsenter",
                "nsenter ip link",
                "ip netns exec red sudo -n",
                "nsenter --net=red ip link",
                "nsenter --net=/tmp/red ip link",
                "nsenter -n ip link",
                "nsenter -t 4711 ip link",
                "nsenter -t red -n ip link",
                "nsenter -n -t",
                "nsenter -t 4711 -a ip link",
                "nsenter -t 4711 --mount ip link",
                "nsenter -t 4711 -n -m ip link",
            ],
            expect![[r#"
                > nsenter
                missing-word: `nsenter` wants a network namespace (`--net=/run/netns/NAME …`)
                  at 7: a network namespace is missing
                  help: it is written `nsenter --net=/run/netns/NAME COMMAND…`
                > nsenter ip link
                missing-word: `nsenter` wants a network namespace (`--net=/run/netns/NAME …`)
                  at 15: a network namespace is missing
                  help: it is written `nsenter --net=/run/netns/NAME COMMAND…`
                > ip netns exec red sudo -n
                missing-word: `ip netns exec` wants a command
                  at 25: a command is missing
                  help: it is written `ip netns exec NETNS COMMAND…`
                > nsenter --net=red ip link
                bad-value: `red` is not the path of a file, such as /run/netns/red
                  `--net=red`: wanted: the name of a namespace
                > nsenter --net=/tmp/red ip link
                bad-value: `/` cannot stand in a namespace's name (`/tmp/red`): it is a file name under /run/netns
                  `--net=/tmp/red`: wanted: the name of a namespace
                > nsenter -n ip link
                missing-word: `nsenter` wants a file or a process (`-t PID …`)
                  at 10: a file or a process is missing
                  help: it is written `nsenter --net=/run/netns/NAME COMMAND…`
                > nsenter -t 4711 ip link
                missing-word: `nsenter` wants a network namespace (`-n …`)
                  at 15: a network namespace is missing
                  help: it is written `nsenter --net=/run/netns/NAME COMMAND…`
                > nsenter -t red -n ip link
                bad-value: `red` is not the id of a process
                  `red`: wanted: the id of a process
                > nsenter -n -t
                missing-word: `-t` wants the id of a process behind it
                  at 13: the id of a process is missing
                > nsenter -t 4711 -a ip link
                not-supported: `-a` of `nsenter` is not supported yet
                  `-a`: known, but not supported yet
                  help: `exec nsenter …` runs the program
                > nsenter -t 4711 --mount ip link
                not-supported: `--mount` of `nsenter` is not supported yet
                  `--mount`: known, but not supported yet
                  help: `exec nsenter …` runs the program
                > nsenter -t 4711 -n -m ip link
                not-supported: `-m` of `nsenter` is not supported yet
                  `-m`: known, but not supported yet
                  help: `exec nsenter …` runs the program
            "#]],
        );
    }
}
