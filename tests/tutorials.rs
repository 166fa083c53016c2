//! The scripts in `scripts/tutorials/` hold every command of the tutorials that they follow, in the tutorials' order.
//!
//! In: the text of a tutorial and its script. A command of the text is found again either as a statement or, where it
//! does not work, in a comment `# tutorial: WORDS — REASON` with what works in the lines below. The texts themselves are
//! not part of this repository: they are looked for in `../shared/tutorials` (or in the directory that `NNS_SHARED`
//! names), and a test that misses them says `skipped`, or fails if `NNS_REQUIRE_SHARED` or `CI` is set.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

const SWITCH_BY_HAND: &str = "switch-by-hand.nns";
const NAMESPACES_CKA: &str = "namespaces-cka.nns";

/// Each script, and how the name of its tutorial's file begins.
const SCRIPTS: [(&str, &str); 2] = [(NAMESPACES_CKA, "002_"), (SWITCH_BY_HAND, "004_")];

/// What file 002 says, and what its script makes of it. The whole commands of that file are in pictures; its text names
/// them, in red, which stands between `‹` and `›` here. Where a name means one command for each namespace, both are
/// listed.
const CARDS: &[(&str, &[&str])] = &[
    ("the ‹arp› command manipulates", &["arp"]),
    (
        "install `net-tools` in order to get this ‹arp› command",
        &["install `net-tools` in order to get this arp command"],
    ),
    ("run the ‹ip netns add› command", &["ip netns add red", "ip netns add blue"]),
    ("run the ‹ip netns› command", &["ip netns"]),
    ("run the ‹ip link› command", &["ip link"]),
    (
        "prefix the ‹ip link› command with the ‹ip netns exec› command",
        &["ip netns exec red ip link", "ip netns exec blue ip link"],
    ),
    (
        "add the \"‹-n›\" option followed by the network namespace name to the ‹ip link› command",
        &["ip -n red link", "ip -n blue link"],
    ),
    ("If you run the ‹arp› command on the host", &["arp"]),
    ("if you run the same command inside of the container", &["ip netns exec red arp"]),
    ("If you run the ‹route› command on the host", &["route"]),
    ("if run inside of the container", &["ip netns exec red route"]),
    (
        "run the ‹ip link add› command with the type set to veth",
        &["ip link add veth-red type veth peer name veth-blue"],
    ),
    (
        "using the ‹ip link set› command followed by the name of the interface and the name of the network namespace",
        &["ip link set veth-red netns red", "ip link set veth-blue netns blue"],
    ),
    (
        "use the ‹ip addr add› command to assign the interfaces IP addresses within the namespace",
        &["ip -n red addr add 192.168.15.1/24 dev veth-red", "ip -n blue addr add 192.168.15.2/24 dev veth-blue"],
    ),
    (
        "using the ‹ip link set up› command for each device",
        &["ip link set up", "ip -n red link set veth-red up", "ip -n blue link set veth-blue up"],
    ),
    ("try to ping from one namespace to reach the other", &["ip netns exec red ping 192.168.15.2"]),
    ("look at the ARP table of each namespace", &["ip netns exec red arp", "ip netns exec blue arp"]),
    ("using the ‹ip link add› command with type set to bridge", &["ip link add v-net-0 type bridge"]),
    ("appears in the output of the ‹ip link› command", &["ip link"]),
    ("Use the ‹ip link set dev [device name] up› command", &["ip link set dev v-net-0 up"]),
    ("use the ‹ip link del› command", &["ip -n red link del veth-red"]),
    (
        "run the ‹ip link add› command again",
        &[
            "ip link add veth-red type veth peer name veth-red-br",
            "ip link add veth-blue type veth peer name veth-blue-br",
        ],
    ),
    (
        "use the ‹ip link set [interface name] netns [network namespace name]› command",
        &["ip link set veth-red netns red", "ip link set veth-blue netns blue"],
    ),
    (
        "run the ‹ip link set› command on the bridge and specify the master for it as the virutal network",
        &[
            "run the ip link set command on the bridge and specify the master for it as the virutal network",
            "ip link set veth-red-br master v-net-0",
            "ip link set veth-blue-br master v-net-0",
        ],
    ),
    (
        "Set the IP addresses for the interfaces to turn them to UP",
        &[
            "Set the IP addresses for the interfaces to turn them to UP",
            "ip -n red addr add 192.168.15.1/24 dev veth-red",
            "ip -n blue addr add 192.168.15.2/24 dev veth-blue",
            "ip -n red link set veth-red up",
            "ip -n blue link set veth-blue up",
            "ip link set veth-red-br up",
            "ip link set veth-blue-br up",
        ],
    ),
    ("using the ‹ip addr add› command", &["ip addr add 192.168.15.5/24 dev v-net-0"]),
];

#[test]
fn switch_by_hand_has_every_command_of_its_tutorial_in_order() {
    let Some(text) = tutorial("004_") else { return };
    let commands = typed_commands(&text);
    assert!(!commands.is_empty(), "no command is found in the tutorial");
    assert_in_order(&commands, &script(SWITCH_BY_HAND));
}

#[test]
fn namespaces_cka_has_every_command_of_its_tutorial_in_order() {
    let Some(text) = tutorial("002_") else { return };
    let mut rest = one_line(&plain_text(&text));
    let mut commands = Vec::new();
    for (words, meant) in CARDS {
        let (before, behind) = rest.split_once(words).unwrap_or_else(|| panic!("the tutorial does not say: {words}"));
        assert!(!before.contains('‹'), "a command is named before “{words}” and listed nowhere: {before}");
        commands.extend(meant.iter().map(ToString::to_string));
        rest = behind.to_owned();
    }
    assert!(!rest.contains('‹'), "a command is named at the end and listed nowhere: {rest}");
    assert_in_order(&commands, &script(NAMESPACES_CKA));
}

#[test]
fn quotes_are_word_for_word_and_in_order() {
    for (name, prefix) in SCRIPTS {
        let Some(text) = tutorial(prefix) else { return };
        let text = one_line(&plain_text(&text).replace(['‹', '›'], ""));
        let mut rest = text.as_str();
        for (line, entry) in script(name) {
            let Entry::Quote { words, .. } = entry else { continue };
            let found = rest.split_once(&words);
            rest = found.unwrap_or_else(|| panic!("{name}:{line}: the tutorial does not go on with: {words}")).1;
        }
    }
}

#[test]
fn quotes_give_a_reason() {
    for (name, _) in SCRIPTS {
        let entries = script(name);
        assert!(entries.iter().any(|(_, entry)| matches!(entry, Entry::Quote { .. })), "{name} has no quote");
        for (line, entry) in entries {
            if let Entry::Quote { words, reason } = entry {
                assert!(!words.is_empty(), "{name}:{line}: nothing is quoted");
                assert!(
                    reason.split(' ').count() >= 3,
                    "{name}:{line}: no reason is given: `# tutorial: {words} — WHY`"
                );
            }
        }
    }
}

#[test]
fn what_works_stands_right_below_a_quoted_command() {
    for (name, _) in SCRIPTS {
        let mut quoted = Vec::new();
        for (line, entry) in script(name) {
            match entry {
                Entry::Quote { words, .. } if is_command(&words) => quoted.push(words),
                Entry::Quote { .. } => {}
                Entry::Statement(statement) if !quoted.is_empty() => {
                    let wrong = quoted.remove(0);
                    assert!(corrects(&statement, &wrong), "{name}:{line}: `{statement}` stands for `{wrong}`");
                }
                Entry::Statement(_) => {}
            }
        }
        assert!(quoted.is_empty(), "{name}: nothing stands for {quoted:?}");
    }
}

#[test]
fn scripts_end_in_expectations_and_are_all_tested() {
    let mut found: Vec<String> = fs::read_dir(project().join("scripts/tutorials"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, SCRIPTS.map(|(name, _)| name));
    for (name, _) in SCRIPTS {
        let entries = script(name);
        let Some((_, Entry::Statement(last))) = entries.last() else { panic!("{name} does not end in a statement") };
        assert!(last.split(' ').any(|word| word == "expect"), "{name} ends in `{last}`");
    }
}

#[test]
fn commands_are_found_behind_prompts_only() {
    let text =
        "a# Network\n# ip  netns add red\n to list: # arp \nprefix the ip link command\n#route\n# router\n# route\n";
    assert_eq!(typed_commands(text), ["ip netns add red", "arp", "route"]);
}

#[test]
fn markup_leaves_the_words_and_marks_what_is_red() {
    let text = r#"<b><span style="color:#d46644">a</span></b> <span style="color:red">ip [[[0 - C|if]] x] <i><span style="color:#d46644">ns</span></i></span> [[Pods ✅|pods]]"#;
    assert_eq!(plain_text(text), "a ‹ip [if x] ns› pods");
}

/// What matters of a line of a script.
enum Entry {
    /// A statement, without the comment behind it.
    Statement(String),
    /// `# tutorial: WORDS — REASON`.
    Quote { words: String, reason: String },
}

/// The entries of a script, each with its line.
fn script(name: &str) -> Vec<(usize, Entry)> {
    let text = fs::read_to_string(project().join("scripts/tutorials").join(name)).unwrap();
    let mut entries = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(quote) = line.strip_prefix("# tutorial:") {
            let (words, reason) = quote.split_once(" — ").unwrap_or((quote, ""));
            entries.push((index + 1, Entry::Quote { words: one_line(words), reason: one_line(reason) }));
        } else if let Some(continued) = line.strip_prefix("#   ") {
            let Some((_, Entry::Quote { reason, .. })) = entries.last_mut() else { continue };
            *reason = format!("{reason} {continued}");
        } else if !line.is_empty() && !line.starts_with('#') {
            let statement = line.split_once(" #").map_or(line, |(before, _)| before);
            entries.push((index + 1, Entry::Statement(one_line(statement))));
        }
    }
    entries
}

/// Looks for each command behind the place where the one before it was found.
fn assert_in_order(commands: &[String], entries: &[(usize, Entry)]) {
    let mut rest = entries.iter();
    let mut last = 0;
    for (index, command) in commands.iter().enumerate() {
        let place = rest.find(|(_, entry)| match entry {
            Entry::Statement(statement) => statement == command,
            Entry::Quote { words, .. } => words == command,
        });
        let Some((line, _)) = place else { panic!("command {} is not behind line {last}: {command}", index + 1) };
        last = *line;
    }
}

/// The commands that a text shows behind a root prompt, `# `, at the start of a line or within it.
fn typed_commands(text: &str) -> Vec<String> {
    text.lines()
        .flat_map(|line| line.match_indices("# ").map(move |(at, prompt)| (&line[..at], &line[at + prompt.len()..])))
        .filter(|(before, command)| (before.is_empty() || before.ends_with(char::is_whitespace)) && is_command(command))
        .map(|(_, command)| one_line(command))
        .collect()
}

fn is_command(words: &str) -> bool {
    matches!(words.split_whitespace().next(), Some("ip" | "arp" | "route"))
}

/// Whether a statement has all words of a wrong one, or what was meant by them: `192.168.15.1/24` for `192.168.15.1`,
/// `netns` for `nets`.
fn corrects(statement: &str, wrong: &str) -> bool {
    let meant =
        |wrong: &str| statement.split(' ').any(|word| word.starts_with(wrong) || strsim::levenshtein(word, wrong) <= 1);
    statement != wrong && wrong.split(' ').all(meant)
}

/// A text without its markup: tags are dropped, `[[page|label]]` is the label, and what is red stands in `‹…›`.
fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    let mut open_spans = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("[[") && !rest.starts_with("[[[") {
            let (link, behind) = rest[2..].split_once("]]").expect("wiki links are closed");
            plain += link.split_once('|').map_or(link, |(_, label)| label);
            rest = behind;
        } else if first == '<' {
            let (tag, behind) = rest[1..].split_once('>').expect("tags are closed");
            if tag.starts_with("span") {
                let red = tag.contains("color:red");
                open_spans.push(red);
                plain += if red { "‹" } else { "" };
            } else if tag == "/span" && open_spans.pop() == Some(true) {
                plain.push('›');
            }
            rest = behind;
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    plain
}

/// The words with one blank between them.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of the tutorial whose file's name begins like that, if the texts are there.
fn tutorial(prefix: &str) -> Option<String> {
    let shared = env::var_os("NNS_SHARED").map_or_else(|| project().join("../shared"), PathBuf::from);
    let directory = shared.join("tutorials");
    let file = fs::read_dir(&directory).ok().and_then(|entries| {
        entries
            .map(|entry| entry.unwrap().path())
            .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
    });
    if let Some(file) = file {
        return Some(fs::read_to_string(file).unwrap());
    }
    let message = format!("there is no tutorial {prefix}* in {}", directory.display());
    let required = ["NNS_REQUIRE_SHARED", "CI"].iter().any(|name| env::var_os(name).is_some());
    assert!(!required, "{message}");
    #[expect(clippy::explicit_write, reason = "what `eprintln!` says is shown only of tests that fail")]
    writeln!(io::stderr(), "skipped: {message}").unwrap();
    None
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
