//! The scripts in `scripts/tutorials/` hold every command of the tutorials that they follow, in the tutorials' order.
//!
//! In: the text of a tutorial and its script. A command of the text is found again either as a statement or, where it
//! does not work, in a comment `# tutorial: WORDS — REASON` with what works in the lines below, or, where nothing is
//! needed in its place, in a comment `# left out: WORDS — REASON`. The texts themselves are
//! not part of this repository: they are looked for in `../shared/tutorials` (or in the directory that `NNS_SHARED`
//! names), and a test that misses them says `skipped`, or fails if `NNS_REQUIRE_SHARED` or `CI` is set.

mod script;
mod texts;

use std::{fs, path::Path};

use script::{Entry, assert_in_order, script};
use texts::{bare, fenced, is_network_command, listed, one_line, plain_text, tutorial, typed};

const BRIDGE_TO_THE_LAN: &str = "bridge-to-the-lan.nns";
const CONTAINER_BY_HAND: &str = "container-by-hand.nns";
const NAMESPACES_CKA: &str = "namespaces-cka.nns";
const SWITCH_BY_HAND: &str = "switch-by-hand.nns";
const SWITCH_NAT_AND_PORTS: &str = "switch-nat-and-ports.nns";

/// Each script, and how the name of its tutorial's file begins.
const SCRIPTS: [(&str, &str); 5] = [
    (BRIDGE_TO_THE_LAN, "000_"),
    (CONTAINER_BY_HAND, "003_"),
    (NAMESPACES_CKA, "002_"),
    (SWITCH_BY_HAND, "004_"),
    (SWITCH_NAT_AND_PORTS, "001_"),
];

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

/// How many commands are found, so that none is lost when the ways to find them change.
#[track_caller]
fn has_every_command(name: &str, count: usize, find: impl Fn(&str) -> Vec<String>) {
    let prefix = SCRIPTS.iter().find(|(script, _)| *script == name).unwrap().1;
    let Some(text) = tutorial(prefix) else { return };
    let commands = find(&text);
    assert_eq!(commands.len(), count, "{commands:#?}");
    assert_in_order(&commands, &script(name));
}

#[test]
fn bridge_to_the_lan_has_every_command_of_its_tutorial_in_order() {
    has_every_command(BRIDGE_TO_THE_LAN, 44, fenced);
}

#[test]
fn container_by_hand_has_every_command_of_its_tutorial_in_order() {
    has_every_command(CONTAINER_BY_HAND, 28, |text| bare(text, "# get namespaces of init process"));
}

#[test]
fn switch_by_hand_has_every_command_of_its_tutorial_in_order() {
    has_every_command(SWITCH_BY_HAND, 39, typed);
}

#[test]
fn switch_nat_and_ports_has_every_command_of_its_tutorial_in_order() {
    has_every_command(SWITCH_NAT_AND_PORTS, 50, listed);
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
        let text = if name == NAMESPACES_CKA { plain_text(&text).replace(['‹', '›'], "") } else { text };
        let text = one_line(&text);
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
            if let Entry::Quote { words, reason, .. } = entry {
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
                Entry::Quote { words, replaced: true, .. } if is_network_command(&words) => quoted.push(words),
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
    assert_eq!(typed(text), ["ip netns add red", "arp", "route"]);
}

#[test]
fn commands_are_found_in_fences_lists_and_lines_of_their_own() {
    let text = "ip a\n```\n$ sudo ip  netns add n\nme@box:~$ ping 10.0.0.1\nPING 10.0.0.1\n```\nip b\n";
    assert_eq!(fenced(text), ["ip netns add n", "ping 10.0.0.1"]);
    let text = "ip a\n- sudo ip -n red link (the same)\n  - attach it: ip link set a master b\n- `ip addr show weave`\n- IP a\n- so: it is\n";
    assert_eq!(listed(text), ["ip -n red link", "ip link set a master b", "ip addr show weave"]);
    assert_eq!(bare("ip a\nhere\nip b\n# ip c\numount d\nipv6\n", "here"), ["ip b", "umount d"]);
}

#[test]
fn markup_leaves_the_words_and_marks_what_is_red() {
    let text = r#"<b><span style="color:#d46644">a</span></b> <span style="color:red">ip [[[0 - C|if]] x] <i><span style="color:#d46644">ns</span></i></span> [[Pods ✅|pods]]"#;
    assert_eq!(plain_text(text), "a ‹ip [if x] ns› pods");
}

/// Whether a statement has all words of a wrong one, or what was meant by them: `192.168.15.1/24` for `192.168.15.1`,
/// `netns` for `nets`; or all but one, with another in its place; or fewer, and no others.
fn corrects(statement: &str, wrong: &str) -> bool {
    let words: Vec<&str> = statement.split(' ').collect();
    let is_meant =
        |wrong: &&str| words.iter().any(|word| word.starts_with(wrong) || strsim::levenshtein(word, wrong) <= 1);
    let wrongs: Vec<&str> = wrong.split(' ').collect();
    let others = wrongs.iter().filter(|wrong| !is_meant(wrong)).count();
    let is_fewer = words.iter().all(|word| wrongs.contains(word));
    statement != wrong && (others == 0 || is_fewer || (others == 1 && words.len() == wrongs.len()))
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
