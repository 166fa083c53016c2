use expect_test::{Expect, expect};

use proptest::prelude::*;

use super::{Acts, Followed, Next, Role, Word, follow};
use crate::commands::{act::Act, spec::CommandSpec, table::SPECS, testing::lowered};

fn followed(line: &str) -> Followed {
    let words: Vec<&str> = line.split_whitespace().collect();
    let words: Vec<Word<'_>> = words.into_iter().map(|text| Word { text, bare: true, is_known: true }).collect();
    follow(&words)
}

/// The examples of all commands, up to their blocks.
fn examples() -> impl Iterator<Item = (&'static CommandSpec, &'static str)> {
    let examples = SPECS.iter().flat_map(|spec| spec.examples.iter().map(move |example| (*spec, *example)));
    examples
        .filter(|(_, example)| !example.contains(['"', '\'']))
        .map(|(spec, example)| (spec, example.split(" {").next().unwrap_or_default()))
}

#[test]
fn every_word_of_the_examples_is_known() {
    for (spec, example) in examples() {
        let followed = followed(example);
        assert_eq!(followed.roles.len(), example.split_whitespace().count(), "{example}");
        assert!(!followed.roles.contains(&Role::Unknown), "{example}: {:?}", followed.roles);
        let is_it = followed.spec.is_some_and(|found| found.name() == spec.name());
        assert!(is_it || ["netns exec", "nsenter"].contains(&spec.name().as_str()), "{example}: {:?}", followed.spec);
    }
}

#[test]
fn every_word_of_the_examples_comes_next() {
    for (_, example) in examples() {
        let words: Vec<&str> = example.split_whitespace().collect();
        let roles = followed(example).roles;
        for at in 1..words.len() {
            let next = followed(&words[..at].join(" ")).next;
            let has = |word: &str| {
                next.iter().any(|next| match next {
                    Next::Keyword(known) => known.text == word || known.others.contains(&word),
                    Next::Statement => true,
                    Next::Value(_) => false,
                })
            };
            let is_there = match roles[at] {
                // Letters in one word, abbreviations, options with their value.
                Role::Option if words[at].starts_with('-') && !has(words[at]) => {
                    let stem = &words[at][..words[at].len().min(2)];
                    next.iter().any(|next| match next {
                        Next::Keyword(known) => known.text.starts_with(stem),
                        Next::Value(wanted) => wanted.noun == "nsenter",
                        Next::Statement => false,
                    })
                }
                Role::Option => has(words[at]),
                Role::Command => {
                    let is_beginning = |next: &Next| match next {
                        Next::Keyword(known) => {
                            known.text.starts_with(words[at])
                                || known.others.iter().any(|other| other.starts_with(words[at]))
                        }
                        Next::Statement => true,
                        Next::Value(_) => false,
                    };
                    next.iter().any(is_beginning)
                }
                Role::Value(_) | Role::Text | Role::Program => !next.is_empty(),
                Role::Unknown => false,
            };
            assert!(is_there, "{example}: `{}` does not come next: {next:?}", words[at]);
        }
    }
}

/// An example with words more or less: some of its own command, some of others.
fn line() -> impl Strategy<Value = String> {
    let mut vocabulary: Vec<&'static str> = SPECS.iter().flat_map(|spec| [spec.noun, spec.verb]).collect();
    vocabulary.extend([
        "v0",
        "red",
        "1",
        "10.0.0.1/24",
        "10.0.0.1",
        "fd00::1",
        "veth",
        "bridge",
        "default",
        "2s",
        "host",
    ]);
    vocabulary.extend(["-n", "-c1", "--", "no", "peer", "on", "tcp", "!", "-j", "ACCEPT", "within", "as", "up", "dev"]);
    vocabulary.retain(|word| !word.is_empty());
    let word = proptest::sample::select(vocabulary);
    let examples: Vec<_> = examples().collect();
    let changes = proptest::collection::vec((word, any::<usize>(), 0..3), 0..3);
    (proptest::sample::select(examples), any::<bool>(), changes, any::<usize>()).prop_map(
        |((spec, example), has_own, changes, own)| {
            let mut words: Vec<&str> = example.split_whitespace().collect();
            let keywords: Vec<&str> =
                spec.params.iter().flat_map(|param| param.words).map(|keyword| keyword.text).collect();
            if has_own && !keywords.is_empty() {
                words.insert(own % words.len() + 1, keywords[own % keywords.len()]);
            }
            for (word, at, how) in changes {
                let at = at % words.len();
                match how {
                    0 => words.insert(at + 1, word),
                    1 => words[at] = word,
                    _ if words.len() > 1 => drop(words.remove(at)),
                    _ => {}
                }
            }
            words.join(" ")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_binds_is_known_to_the_last_word(line in line()) {
        // What stands behind `exec NETNS` is looked at when it is carried out.
        let act = lowered(&line).ok().filter(|act| !matches!(act, Act::InNamespace { .. }));
        if act.is_some() {
            let followed = followed(&line);
            prop_assert!(!followed.roles.contains(&Role::Unknown), "{line}: {:?}", followed.roles);
        }
    }
}

#[test]
fn commands_in_commands_are_followed_so_far() {
    let line = "netns exec red ".repeat(10_000);
    let followed = followed(&line);
    assert_eq!(followed.roles.len(), 30_000);
    assert_eq!(followed.roles.last(), Some(&Role::Unknown));
}

fn check(lines: &[&str], expected: Expect) {
    let mut told = String::new();
    for line in lines {
        let followed = followed(line);
        told.push_str(&format!("> {line}\n"));
        for (word, role) in line.split_whitespace().zip(&followed.roles) {
            let role = match role {
                Role::Value(wanted) => format!("{} {} {}: {:?}", wanted.noun, wanted.verb, wanted.param, wanted.value),
                role => format!("{role:?}"),
            };
            told.push_str(&format!("  {word}: {role}\n"));
        }
        if followed.acts != Acts::Here {
            told.push_str(&format!("  acts {:?}\n", followed.acts));
        }
        let next = followed.next.iter().map(|next| match next {
            Next::Statement => "STATEMENT".to_owned(),
            Next::Keyword(word) => word.usage.clone(),
            Next::Value(wanted) => wanted.placeholder().to_owned(),
        });
        told.push_str(&format!("  next: {}\n", next.collect::<Vec<_>>().join(", ")));
    }
    expected.assert_eq(&told);
}

#[test]
fn words_are_followed_through_other_commands() {
    check(
        &[
            "ip -n red l s veth0",
            "ip netns exec red sudo ip netns exec blue link del",
            "nsenter --net=/run/netns/red ping",
            "link add a type veth peer name b",
            "expect no nat masquerade 10.0.0.0/8 within",
            "spawn sleep 60 as nap",
            "wire red:a 10.0.0.1/24 --",
            "iptables -t nat -A",
            "iptables -t nat -A POSTROUTING ! -o eth0 -j",
            "curl http://10.0.0.1",
            "brctl addbr x",
            "lnk set x",
            "link set veth0 upp mtu",
            "link add a type dummy",
        ],
        expect![[r#"
            > ip -n red l s veth0
              ip: Command
              -n: Option
              red: ip  option: NetnsName
              l: Command
              s: Command
              veth0: link set dev: Link
              acts In(Named("red"))
              next: up, down, name LINK, address MAC, mtu BYTES, netns NETNS, master LINK, nomaster
            > ip netns exec red sudo ip netns exec blue link del
              ip: Command
              netns: Command
              exec: Command
              red: netns exec netns: Netns
              sudo: Command
              ip: Command
              netns: Command
              exec: Command
              blue: netns exec netns: Netns
              link: Command
              del: Command
              acts In(Named("blue"))
              next: LINK, type KIND, [dev] LINK
            > nsenter --net=/run/netns/red ping
              nsenter: Command
              --net=/run/netns/red: Option
              ping: Command
              acts In(Named("red"))
              next: ADDRESS, -c NUMBER, -i SECONDS, -W SECONDS, -w SECONDS, -s NUMBER, -I TEXT, -q, -n, -4, -6
            > link add a type veth peer name b
              link: Command
              add: Command
              a: link add dev: Link
              type: Option
              veth: link add type: Kind
              peer: Option
              name: Option
              b: link add name: Link
              next: address MAC, mtu BYTES, netns NETNS
            > expect no nat masquerade 10.0.0.0/8 within
              expect: Command
              no: Command
              nat: Command
              masquerade: Command
              10.0.0.0/8: nat masquerade prefix: Network
              within: Option
              next: TIME
            > spawn sleep 60 as nap
              spawn: Command
              sleep: Program
              60: Text
              as: Option
              nap: spawn  as: Job
              next: 
            > wire red:a 10.0.0.1/24 --
              wire: Command
              red:a: wire  ends: End
              10.0.0.1/24: wire  ends: Cidr
              --: Option
              next: [NETNS:]LINK
            > iptables -t nat -A
              iptables: Command
              -t: Option
              nat: iptables  TABLE: Text
              -A: Option
              next: PREROUTING, INPUT, OUTPUT, POSTROUTING, CHAIN
            > iptables -t nat -A POSTROUTING ! -o eth0 -j
              iptables: Command
              -t: Option
              nat: iptables  TABLE: Text
              -A: Option
              POSTROUTING: iptables  CHAIN: Text
              !: Option
              -o: Option
              eth0: iptables  : LinkPattern
              -j: Option
              next: ACCEPT, DNAT, DROP, MASQUERADE, REDIRECT, REJECT, RETURN, SNAT, TARGET
            > curl http://10.0.0.1
              curl: Program
              http://10.0.0.1: Text
              next: FILE
            > brctl addbr x
              brctl: Unknown
              addbr: Text
              x: Text
              next: 
            > lnk set x
              lnk: Program
              set: Text
              x: Text
              next: FILE
            > link set veth0 upp mtu
              link: Command
              set: Command
              veth0: link set dev: Link
              upp: Unknown
              mtu: Option
              next: BYTES
            > link add a type dummy
              link: Command
              add: Command
              a: link add dev: Link
              type: Option
              dummy: Unknown
              next: 
        "#]],
    );
}
