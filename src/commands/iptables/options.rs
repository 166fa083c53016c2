//! The options of `iptables`, as a table: usage, did-you-mean and the reading of words come from it.

use super::key::Key;

/// What an option wants behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A word.
    One(&'static str),
    /// A chain.
    Chain,
    /// A chain, or nothing.
    ChainPerhaps,
    /// A chain and perhaps a number.
    ChainAndNumber,
    /// A chain and one more word.
    ChainAnd(&'static str),
    /// A number, or nothing.
    NumberPerhaps,
}

/// An option.
#[derive(Debug)]
pub struct Opt {
    /// Its letter.
    pub short: Option<char>,
    /// Its words.
    pub long: &'static [&'static str],
    /// What it is to us; `None` is what `nns` cannot do yet.
    pub key: Option<Key>,
    /// What stands behind it.
    pub takes: Takes,
    /// Whether `!` may stand before it.
    pub negatable: bool,
}

const fn opt(short: char, long: &'static [&'static str], key: Key, takes: Takes) -> Opt {
    Opt { short: Some(short), long, key: Some(key), takes, negatable: false }
}

const fn condition(short: char, long: &'static [&'static str], key: Key, wanted: &'static str) -> Opt {
    Opt { short: Some(short), long, key: Some(key), takes: Takes::One(wanted), negatable: true }
}

/// An option of a match or a target.
const fn module(long: &'static [&'static str], key: Key, wanted: &'static str, negatable: bool) -> Opt {
    Opt { short: None, long, key: Some(key), takes: Takes::One(wanted), negatable }
}

const fn later(short: Option<char>, long: &'static [&'static str]) -> Opt {
    Opt { short, long, key: None, takes: Takes::Nothing, negatable: true }
}

/// All options that are known.
pub const OPTIONS: &[Opt] = &[
    opt('A', &["append"], Key::Append, Takes::Chain),
    opt('I', &["insert"], Key::Insert, Takes::ChainAndNumber),
    opt('D', &["delete"], Key::Delete, Takes::ChainAndNumber),
    opt('R', &["replace"], Key::Replace, Takes::ChainAnd("the number of a rule")),
    opt('C', &["check"], Key::Check, Takes::Chain),
    opt('F', &["flush"], Key::Flush, Takes::ChainPerhaps),
    opt('N', &["new-chain"], Key::New, Takes::Chain),
    opt('X', &["delete-chain"], Key::DeleteChain, Takes::ChainPerhaps),
    opt('P', &["policy"], Key::Policy, Takes::ChainAnd("`ACCEPT` or `DROP`")),
    opt('L', &["list"], Key::List, Takes::ChainPerhaps),
    opt('S', &["list-rules"], Key::ListRules, Takes::ChainPerhaps),
    opt('t', &["table"], Key::Table, Takes::One("a table")),
    condition('s', &["source", "src"], Key::Source, "an address or a prefix"),
    condition('d', &["destination", "dst"], Key::Destination, "an address or a prefix"),
    condition('i', &["in-interface"], Key::In, "a link"),
    condition('o', &["out-interface"], Key::Out, "a link"),
    condition('p', &["protocol", "proto"], Key::Protocol, "a protocol"),
    opt('m', &["match"], Key::Module, Takes::One("a match")),
    opt('j', &["jump"], Key::Jump, Takes::One("a target")),
    opt('g', &["goto"], Key::Goto, Takes::One("a chain")),
    opt('n', &["numeric"], Key::Numeric, Takes::Nothing),
    opt('v', &["verbose"], Key::Verbose, Takes::Nothing),
    opt('x', &["exact"], Key::Exact, Takes::Nothing),
    opt('w', &["wait"], Key::Wait, Takes::NumberPerhaps),
    Opt { short: None, long: &["line-numbers"], key: Some(Key::LineNumbers), takes: Takes::Nothing, negatable: false },
    module(&["sport", "source-port"], Key::SourcePort, "a port", true),
    module(&["dport", "destination-port"], Key::DestinationPort, "a port", true),
    module(&["icmp-type", "icmpv6-type"], Key::IcmpType, "a type of ICMP message", true),
    module(&["ctstate"], Key::CtState, "a state, such as `ESTABLISHED`", true),
    module(&["state"], Key::State, "a state, such as `ESTABLISHED`", true),
    module(&["comment"], Key::Comment, "a remark", false),
    module(&["reject-with"], Key::RejectWith, "what the sender is told", false),
    module(&["to-ports", "to-port"], Key::ToPorts, "a port", false),
    module(&["to-source"], Key::ToSource, "an address", false),
    module(&["to-destination"], Key::ToDestination, "an address", false),
    later(Some('Z'), &["zero"]),
    later(Some('E'), &["rename-chain"]),
    later(Some('V'), &["version"]),
    later(Some('h'), &["help"]),
    later(Some('f'), &["fragment"]),
    later(Some('c'), &["set-counters"]),
    later(Some('M'), &["modprobe"]),
    later(Some('W'), &["wait-interval"]),
    later(Some('4'), &["ipv4"]),
    later(Some('6'), &["ipv6"]),
    later(None, &["syn", "tcp-flags", "tcp-option"]),
    later(None, &["random", "random-fully", "persistent"]),
    later(None, &["dports", "sports", "ports", "destination-ports", "source-ports"]),
    later(None, &["limit", "limit-burst", "mark", "set-mark", "set-xmark", "and-mark", "or-mark"]),
    later(None, &["log-prefix", "log-level", "log-tcp-options", "log-ip-options", "log-uid"]),
    later(None, &["ctproto", "ctorigsrc", "ctorigdst", "ctreplsrc", "ctrepldst", "ctstatus", "ctexpire", "ctdir"]),
    later(None, &["mac-source", "src-type", "dst-type", "src-range", "dst-range", "length", "probability", "every"]),
    later(None, &["mode", "packet", "uid-owner", "gid-owner", "set-mss", "clamp-mss-to-pmtu", "invert", "loose"]),
    later(None, &["physdev-in", "physdev-out", "physdev-is-bridged", "match-set", "string", "algo", "notrack"]),
];

/// The matches that `nns` understands.
pub const MODULES: &[&str] = &["comment", "conntrack", "icmp", "icmp6", "icmpv6", "sctp", "state", "tcp", "udp"];

/// Those that `iptables` knows besides.
pub const OTHER_MODULES: &[&str] = &[
    "addrtype",
    "ah",
    "bpf",
    "cgroup",
    "cluster",
    "connbytes",
    "connlabel",
    "connlimit",
    "connmark",
    "cpu",
    "dccp",
    "devgroup",
    "dscp",
    "ecn",
    "esp",
    "hashlimit",
    "helper",
    "iprange",
    "ipvs",
    "length",
    "limit",
    "mac",
    "mark",
    "multiport",
    "nfacct",
    "osf",
    "owner",
    "physdev",
    "pkttype",
    "policy",
    "quota",
    "rateest",
    "realm",
    "recent",
    "rpfilter",
    "set",
    "socket",
    "statistic",
    "string",
    "tcpmss",
    "time",
    "tos",
    "ttl",
    "u32",
];

/// The targets that `nns` understands.
pub const TARGETS: &[&str] = &["ACCEPT", "DNAT", "DROP", "MASQUERADE", "REDIRECT", "REJECT", "RETURN", "SNAT"];

/// Those that `iptables` knows besides.
pub const OTHER_TARGETS: &[&str] = &[
    "AUDIT",
    "CHECKSUM",
    "CLASSIFY",
    "CLUSTERIP",
    "CONNMARK",
    "CONNSECMARK",
    "CT",
    "DNPT",
    "DSCP",
    "ECN",
    "HL",
    "HMARK",
    "IDLETIMER",
    "LED",
    "LOG",
    "MARK",
    "NETMAP",
    "NFLOG",
    "NFQUEUE",
    "NOTRACK",
    "QUEUE",
    "RATEEST",
    "SECMARK",
    "SET",
    "SNPT",
    "SYNPROXY",
    "TCPMSS",
    "TCPOPTSTRIP",
    "TEE",
    "TOS",
    "TPROXY",
    "TRACE",
    "TTL",
    "ULOG",
];

/// The tables, with their chains in the order in which they are listed.
pub const TABLES: &[(&str, &[&str])] = &[
    ("filter", &["INPUT", "FORWARD", "OUTPUT"]),
    ("nat", &["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]),
    ("mangle", &["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]),
    ("raw", &["PREROUTING", "OUTPUT"]),
    ("security", &["INPUT", "FORWARD", "OUTPUT"]),
];

/// The option of that letter.
pub fn by_letter(letter: char) -> Option<&'static Opt> {
    OPTIONS.iter().find(|option| option.short == Some(letter))
}

/// The option of that word, or of the one word that begins so (`getopt_long(3)`).
pub fn by_word(word: &str) -> Option<&'static Opt> {
    let all = || OPTIONS.iter().flat_map(|option| option.long.iter().map(move |long| (*long, option)));
    if let Some((_, option)) = all().find(|(long, _)| *long == word) {
        return Some(option);
    }
    let begun = |own: bool| {
        let begins = move |(long, option): &(&str, &Opt)| option.short.is_some() == own && long.starts_with(word);
        all().filter(begins).map(|(_, option)| option)
    };
    // The options of matches and targets are known only where these are named.
    for own in [true, false] {
        let mut begun = begun(own).filter(|_| word.len() > 1);
        if let Some(first) = begun.next() {
            return begun.all(|other| std::ptr::eq(first, other)).then_some(first);
        }
    }
    None
}

/// All words with two dashes.
pub fn long_words() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().flat_map(|option| option.long).copied()
}

/// How a statement is written, in one line.
pub fn usage(program: &str) -> String {
    let form = |option: &Opt| {
        let word = match (option.short, option.long) {
            (Some(letter), _) => format!("-{letter}"),
            (None, [long, ..]) => format!("--{long}"),
            (None, []) => String::new(),
        };
        let value = match option.takes {
            Takes::Nothing | Takes::NumberPerhaps => "",
            Takes::One(_) => " …",
            Takes::Chain | Takes::ChainAnd(_) => " CHAIN",
            Takes::ChainPerhaps => " [CHAIN]",
            Takes::ChainAndNumber => " CHAIN [NUMBER]",
        };
        format!("{word}{value}")
    };
    let supported = || OPTIONS.iter().filter(|option| option.key.is_some());
    let commands: Vec<String> =
        supported().filter(|option| option.key.is_some_and(Key::is_command)).map(form).collect();
    let others =
        supported().filter(|option| !option.key.is_some_and(Key::is_command) && option.key != Some(Key::Table));
    let others: Vec<String> = others.map(|option| format!("[{}]", form(option))).collect();
    format!("{program} [-t TABLE] {} {}", commands.join("|"), others.join(" "))
}
