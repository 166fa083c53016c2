//! What there is help about: commands, nouns, words of the language, codes.
//!
//! In: the words behind `help`. Out: a [`Topic`], or [`UnknownTopic`] with what was probably meant.

use thiserror::Error;

use super::{
    guide::{GUIDES, Guide},
    spec::CommandSpec,
    table::{self, SPECS},
};
use crate::{codes::Code, diag::nearest};

/// Something that there is help about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Everything, in brief.
    Overview,
    /// The commands of a noun.
    Noun(&'static str),
    /// A command.
    Command {
        /// Its noun.
        noun: &'static str,
        /// Its verb; empty for commands of one word.
        verb: &'static str,
    },
    /// A word of the language itself.
    Word(&'static LanguageWord),
    /// A matter, told from the beginning.
    Guide(&'static Guide),
    /// A kind of problem.
    Code(Code),
}

/// A word of the language, which takes statements or values where commands take options.
#[derive(Debug, PartialEq, Eq)]
pub struct LanguageWord {
    /// The word.
    pub word: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Lines of a script.
    pub examples: &'static [&'static str],
}

/// The words of the language, sorted.
pub const WORDS: &[LanguageWord] = &[
    LanguageWord {
        word: "&&",
        usage: "STATEMENT && STATEMENT",
        summary: "carry out the second statement if the first succeeds",
        examples: &["link add br0 type bridge && link set br0 up"],
    },
    LanguageWord {
        word: ">",
        usage: "STATEMENT > FILE",
        summary: "write what a statement prints to a file; `>>` behind what is there, `2>` its complaints",
        examples: &["link show > links.txt", "echo 1 > /proc/sys/net/ipv4/ip_forward", "netns del red 2>/dev/null"],
    },
    LanguageWord {
        word: "def",
        usage: "def NAME(PARAMETER…) { STATEMENTS }",
        summary: "give statements a name, by which they are called like a command; parameters may have a value (`n = 1`)",
        examples: &["def lan(ns, n) { in $ns addr add 10.0.0.$n/24 dev eth0 }\nlan red 1"],
    },
    LanguageWord {
        word: "for",
        usage: "for NAME in LIST { STATEMENTS }, for NUMBER,NAME in LIST { STATEMENTS }",
        summary: "do the same for each of `[red blue]` or `1..4`; the number counts from 1",
        examples: &["for ns in [red blue] { netns add $ns }", "for i in 1..4 { netns add ns$i }"],
    },
    LanguageWord {
        word: "if",
        usage: "if CONDITION { STATEMENTS } else { STATEMENTS }",
        summary: "choose by a comparison, `exists link NAME` or `ok { STATEMENT }`, with `and`, `or` and `not`",
        examples: &[
            "if not exists netns red { netns add red }",
            "if ok { exec test -e /etc/hosts } { print yes } else { print no }",
        ],
    },
    LanguageWord {
        word: "in",
        usage: "in NETNS STATEMENT, in NETNS { STATEMENTS }",
        summary: "act in a namespace; `host` is the one that the script began in",
        examples: &["in red link set lo up", "in red { link set lo up; addr show }"],
    },
    LanguageWord {
        word: "include",
        usage: "include \"FILE\"",
        summary: "take the statements of another file in; its folder is looked for from that of this file",
        examples: &["include \"rooms.nns\""],
    },
    LanguageWord {
        word: "ip",
        usage: "ip [OPTIONS] OBJECT COMMAND …",
        summary: "the statements of netns, link, addr, route, rule and neigh as iproute2 abbreviates and prints them",
        examples: &["ip -n red -br a", "ip netns exec red ip r", "ip l s lo up"],
    },
    LanguageWord {
        word: "let",
        usage: "let NAME = VALUE",
        summary: "give a value a name; `$NAME` is the value from there on",
        examples: &["let switch = br0; link add $switch type bridge"],
    },
    LanguageWord {
        word: "sudo",
        usage: "sudo STATEMENT",
        summary: "nothing: it may stand there because tutorials write it",
        examples: &["sudo ip netns list"],
    },
    LanguageWord {
        word: "|",
        usage: "STATEMENT | PROGRAM",
        summary: "run a program on what a statement prints; the status is the program's",
        examples: &["ip route | grep default"],
    },
    LanguageWord {
        word: "||",
        usage: "STATEMENT || STATEMENT",
        summary: "carry out the second statement if the first fails, which then stops nothing",
        examples: &["netns del red || true"],
    },
];

/// Nothing is known by that name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no help about `{text}`")]
pub struct UnknownTopic {
    /// What was asked for.
    pub text: String,
    /// What to type.
    pub help: String,
}

/// The topic that words name. What a tutorial writes before a statement may stand before it.
pub fn find(words: &[String]) -> Result<Topic, UnknownTopic> {
    let mut words: Vec<&str> = words.iter().flat_map(|word| word.split_whitespace()).collect();
    while words.len() > 1 && matches!(words[0], "ip" | "sudo") {
        words.remove(0);
    }
    let topic = match *words {
        [] => Some(Topic::Overview),
        [word] => about_word(word),
        ["expect", "no", verb] => about_command("expect", verb),
        [noun, verb] => about_command(noun, verb),
        _ => None,
    };
    topic.ok_or_else(|| unknown(&words))
}

/// All topics but the overview, in the order in which a reader wants them.
pub fn all() -> impl Iterator<Item = Topic> {
    // The `route` of net-tools is told of where the noun is.
    let commands = SPECS.iter().filter(|spec| !spec.verb.is_empty() || table::verbs(spec.noun).next().is_none());
    let commands = commands.map(|spec| Topic::Command { noun: spec.noun, verb: spec.verb });
    let guides = GUIDES.iter().map(Topic::Guide);
    guides.chain(commands).chain(WORDS.iter().map(Topic::Word)).chain(Code::ALL.iter().copied().map(Topic::Code))
}

/// What a reader of a command's help may want to see next, as topics.
pub fn see_also(spec: &CommandSpec) -> Vec<String> {
    let siblings = SPECS.iter().filter(|other| other.noun == spec.noun && other.verb != spec.verb);
    let siblings = siblings.map(|other| other.name());
    let related = RELATED.iter().find(|(noun, _)| *noun == spec.noun).map_or(&[][..], |(_, topics)| *topics);
    siblings.chain(related.iter().map(|topic| (*topic).to_owned())).collect()
}

/// What belongs to a noun, sorted by noun.
const RELATED: &[(&str, &[&str])] = &[
    ("addr", &["addresses", "link", "route"]),
    ("arp", &["neigh"]),
    ("capture", &["spawn", "kill", "wait"]),
    ("echo", &["print", "sysctl", ">"]),
    ("exec", &["netns exec", "expect exec"]),
    ("expect", &["ping", "listen"]),
    ("false", &["true", "||"]),
    ("firewall", &["filters", "nat", "iptables"]),
    ("forwarding", &["nat", "sysctl"]),
    ("ip6tables", &["iptables"]),
    ("iptables", &["ip6tables", "nat", "firewall"]),
    ("link", &["cables", "bridges", "addr", "netns"]),
    ("listen", &["expect tcp", "expect udp"]),
    ("nat", &["translation", "firewall", "forwarding", "iptables"]),
    ("neigh", &["arp", "ping"]),
    ("netns", &["namespaces", "in", "link set"]),
    ("ping", &["expect ping"]),
    ("print", &["echo"]),
    ("requires", &["expect"]),
    ("route", &["routing", "addr", "rule", "expect route"]),
    ("rule", &["route", "addr"]),
    ("show", &["link show", "addr show", "route show", "firewall show"]),
    ("sysctl", &["forwarding", "echo"]),
    ("true", &["false", "||"]),
    ("watch", &["show", "settle", "capture"]),
];

fn about_word(word: &str) -> Option<Topic> {
    let code = || Code::ALL.iter().copied().find(|code| code.name() == word).map(Topic::Code);
    let language = || WORDS.iter().find(|known| known.word == word).map(Topic::Word);
    let noun = table::noun(word).map(|noun| match table::find(noun, "") {
        Some(spec) if table::verbs(noun).next().is_none() => Topic::Command { noun, verb: spec.verb },
        _ => Topic::Noun(noun),
    });
    let guide = || GUIDES.iter().find(|guide| guide.word == word).map(Topic::Guide);
    noun.or_else(language).or_else(guide).or_else(code)
}

fn about_command(noun: &str, verb: &str) -> Option<Topic> {
    let noun = table::noun(noun)?;
    let spec = SPECS.iter().find(|spec| {
        spec.noun == noun && !spec.verb.is_empty() && (spec.verb == verb || spec.aliases.contains(&verb))
    })?;
    Some(Topic::Command { noun, verb: spec.verb })
}

fn unknown(words: &[&str]) -> UnknownTopic {
    let text = words.join(" ");
    let help = match *words {
        [word, ..] if table::LATER.iter().any(|(later, _)| *later == word) => {
            let instead = table::LATER.iter().find(|(later, _)| *later == word).map_or("", |(_, instead)| instead);
            format!("`{word}` is not supported yet; {instead}")
        }
        [noun, verb, ..] if table::noun(noun).is_some() => {
            let noun = table::noun(noun).unwrap_or_default();
            match table::verbs(noun).find(|known| *known == verb).or_else(|| nearest(verb, table::verbs(noun))) {
                Some(near) => format!("did you mean `help {noun} {near}`?"),
                None => format!("`help {noun}` tells what there is"),
            }
        }
        _ => {
            let topics: Vec<String> = all().map(Topic::name).collect();
            let nouns = table::first_words();
            let candidates = nouns.iter().copied().chain(topics.iter().map(String::as_str));
            match nearest(&text, candidates).or_else(|| nearest(words.first()?, nouns.iter().copied())) {
                Some(near) => format!("did you mean `help {near}`?"),
                None => "`help` alone lists all that there is help about".into(),
            }
        }
    };
    UnknownTopic { text, help }
}

impl Topic {
    /// What to type behind `help`.
    pub fn name(self) -> String {
        match self {
            Self::Overview => String::new(),
            Self::Noun(noun) | Self::Command { noun, verb: "" } => noun.into(),
            Self::Command { noun, verb } => format!("{noun} {verb}"),
            Self::Word(word) => word.word.into(),
            Self::Guide(guide) => guide.word.into(),
            Self::Code(code) => code.name().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{source::Sources, syntax};

    fn about(text: &str) -> Result<Topic, String> {
        find(&[text.to_owned()]).map_err(|unknown| format!("{unknown}: {}", unknown.help))
    }

    #[test]
    fn every_topic_is_found_by_its_name() {
        for topic in all() {
            assert_eq!(about(&topic.name()), Ok(topic));
        }
        assert_eq!(about(""), Ok(Topic::Overview));
        assert_eq!(about("link"), Ok(Topic::Noun("link")));
        assert_eq!(about("ping"), Ok(Topic::Command { noun: "ping", verb: "" }));
        assert_eq!(about("sudo ip address del"), Ok(Topic::Command { noun: "addr", verb: "del" }));
        assert_eq!(about("expect no ping"), Ok(Topic::Command { noun: "expect", verb: "ping" }));
        assert_eq!(find(&["link".into(), "add".into()]), Ok(Topic::Command { noun: "link", verb: "add" }));
    }

    #[test]
    fn unknown_topics_lead_to_those_that_were_meant() {
        let told = |text: &str| about(text).unwrap_err();
        assert_eq!(told("lnk"), "there is no help about `lnk`: did you mean `help link`?");
        assert_eq!(told("lnk add"), "there is no help about `lnk add`: did you mean `help link add`?");
        assert_eq!(told("link ad"), "there is no help about `link ad`: did you mean `help link add`?");
        assert_eq!(told("link frob"), "there is no help about `link frob`: `help link` tells what there is");
        assert_eq!(told("link add mtu"), "there is no help about `link add mtu`: did you mean `help link add`?");
        assert_eq!(told("not-fuond"), "there is no help about `not-fuond`: did you mean `help not-found`?");
        assert_eq!(told("tc"), "there is no help about `tc`: `tc` is not supported yet; `exec tc …` runs the program");
        assert_eq!(
            told("quux-quux"),
            "there is no help about `quux-quux`: `help` alone lists all that there is help about"
        );
    }

    #[test]
    fn what_is_told_of_leads_somewhere() {
        assert!(WORDS.is_sorted_by_key(|word| word.word));
        assert!(RELATED.is_sorted_by_key(|(noun, _)| noun));
        for (noun, topics) in RELATED {
            assert!(table::noun(noun).is_some(), "{noun}");
            for topic in *topics {
                assert!(about(topic).is_ok(), "{topic}");
            }
        }
    }

    #[test]
    fn guides_lead_somewhere_and_are_short() {
        for guide in GUIDES {
            assert!(guide.see_also.iter().all(|topic| about(topic).is_ok()), "{}", guide.word);
            assert!(guide.text.len() <= 3 && guide.script.len() <= 14, "{}", guide.word);
        }
    }

    #[test]
    fn examples_of_the_language_are_statements() {
        for example in WORDS.iter().flat_map(|word| word.examples) {
            let mut sources = Sources::default();
            let source = sources.add("example", *example);
            let (script, diagnostics) = syntax::parse(sources.get(source));
            assert!(diagnostics.is_empty() && !script.statements.is_empty(), "{example}: {diagnostics:?}");
        }
    }
}
