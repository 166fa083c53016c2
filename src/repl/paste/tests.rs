use expect_test::{Expect, expect};

use super::{Piece, Why, is_complete, read};

/// The pieces, a line each.
fn check(text: &str, expected: Expect) {
    let told: Vec<String> = read(text, &["lan"])
        .into_iter()
        .map(|piece| match piece {
            Piece::Command(command) => format!("> {}", command.replace('\n', "\n. ")),
            Piece::Skipped { lines, why } => format!("({})", why.told(lines)),
        })
        .collect();
    expected.assert_eq(&told.join("\n"));
}

#[test]
fn one_line_is_a_command_whatever_it_looks_like() {
    check("nets list", expect!["> nets list"]);
    check("$ ip netns add red", expect!["> ip netns add red"]);
    check("# ip netns add red\n", expect!["> # ip netns add red"]);
    check("user@host:~$", expect![""]);
    check("", expect![""]);
}

#[test]
fn one_statement_of_several_lines_is_one() {
    check(
        "in red {\n  what is this\n\n  $ ip link\n}",
        expect![[r#"
        > in red {
        .   what is this
        . 
        .   $ ip link
        . }"#]],
    );
    check(
        "print 'a\nb'",
        expect![[r#"
        > print 'a
        . b'"#]],
    );
}

#[test]
fn what_stands_behind_prompts_runs_and_nothing_else() {
    check(
        "$ sudo ip netns add red\n$ ip netns list\nred\nblue (id: 0)\n\n# now the cable\n$ ip link add v0 type veth \\\n> peer name v1\n$",
        expect![[r#"
            > sudo ip netns add red
            > ip netns list
            (2 lines of output)
            (1 comment)
            > ip link add v0 type veth \
            . peer name v1"#]],
    );
    check(
        "[root@host ~]# ip netns add red\n[root@host ~]# ip netns exec red ip link\n1: lo: <LOOPBACK> mtu 65536\n    link/loopback 00:00:00:00:00:00",
        expect![[r#"
            > ip netns add red
            > ip netns exec red ip link
            (2 lines of output)"#]],
    );
    check(
        "vagrant@box:~$ sudo -i\nroot@box:~# ip netns add red\n# ip netns add blue\n",
        expect![[r#"
        (a shell of another user: statements are run here)
        > ip netns add red
        > ip netns add blue"#]],
    );
    check(
        "nns> netns add red\nnns [1]> netns list\nNAMESPACE\nred\nnns [1]> ",
        expect![[r#"
        > netns add red
        > netns list
        (2 lines of output)"#]],
    );
}

#[test]
fn the_rest_decides_whether_a_hash_is_a_prompt() {
    check(
        "# ip netns add red\n# ip netns add blue\n \nto list namespaces that we created.\n# ip netns\n",
        expect![[r#"
            > ip netns add red
            > ip netns add blue
            (1 line that is no command)
            > ip netns"#]],
    );
    check(
        "ip netns add red\n# ip netns add blue\nip netns list",
        expect![[r#"
        > ip netns add red
        (1 comment)
        > ip netns list"#]],
    );
    check(
        "# first the namespaces\nip netns add red\n# ip netns del red",
        expect![[r#"
        (1 comment)
        > ip netns add red
        (1 comment)"#]],
    );
    check(
        "# make it\n# ip netns add red\n# and list it\n# ip netns list\nred",
        expect![[r#"
            (1 comment)
            > ip netns add red
            (1 comment)
            > ip netns list
            (1 line that is no command)"#]],
    );
}

#[test]
fn output_may_begin_as_a_command_does() {
    check(
        "brctl show\nbridge name     bridge id               STP enabled     interfaces\nv-net-0  8000.000000000000  no\n\
         ping 10.0.0.1\nping: connect: Network is unreachable\nPING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.",
        expect![[r#"
            > brctl show
            (2 lines that are no commands)
            > ping 10.0.0.1
            (2 lines that are no commands)"#]],
    );
    check(
        "nft list ruleset\n  ip saddr 10.0.0.0/24 masquerade\nip netns list",
        expect![[r#"
            > nft list ruleset
            (1 line that is no command)
            > ip netns list"#]],
    );
}

#[test]
fn of_a_page_only_what_is_set_off_is_typed() {
    check(
        "# Namespaces\n\nLet's see; in the end ip link works.\n\n```bash\nsudo ip netns add net1\nsudo ip netns list\nnet1\n```\n\
         And then:\n```\n$ ip link\n1: lo: <LOOPBACK>\n```\n",
        expect![[r#"
            (2 lines that are no commands)
            > sudo ip netns add net1
            > sudo ip netns list
            (1 line of output)
            (1 line that is no command)
            > ip link
            (1 line of output)"#]],
    );
}

#[test]
fn items_of_a_list_are_commands_if_they_are_nothing_else() {
    check(
        "- Add a namespace\n  - sudo ip netns add red (/var/run/netns/red)\n  - sudo -E ip netns add red\n* $ ip netns add blue\n\
         - ip link\n- ip link is a listing\n- the switch: ip link set v0 up",
        expect![[r#"
            (1 line that is no command)
            > sudo ip netns add red
            > sudo -E ip netns add red
            > ip netns add blue
            > ip link
            (2 lines that are no commands)"#]],
    );
    check(
        "```\nip link\n```\nNow, without a fence:\n\nip netns add red && ip netns list\nip netns is a list\n# ip link",
        expect![[r#"
            > ip link
            (1 line that is no command)
            > ip netns add red && ip netns list
            (2 lines that are no commands)"#]],
    );
}

#[test]
fn a_script_of_nns_is_all_of_it() {
    check(
        "let lan = 10.0.0.0/24\ndef room(ns) {\n  netns add $ns\n}\n\n# two of them\nroom red\nfor ns in [blue green] { room $ns }\n\
         if exists netns red { print yes } else { print no }\nin red { link set lo up }\nin red link show",
        expect![[r#"
            > let lan = 10.0.0.0/24
            > def room(ns) {
            .   netns add $ns
            . }
            (1 comment)
            > room red
            > for ns in [blue green] { room $ns }
            > if exists netns red { print yes } else { print no }
            > in red { link set lo up }
            > in red link show"#]],
    );
}

#[test]
fn what_is_defined_may_be_called() {
    check(
        "netns add red\nlan red 1\nwan red 1",
        expect![[r#"
        > netns add red
        > lan red 1
        (1 line that is no command)"#]],
    );
}

#[test]
fn prose_is_no_statement() {
    check(
        "in the end we need a bridge\nfor all of them\nif nothing helps, restart\nip link add br0 type bridge",
        expect![[r#"
            (3 lines that are no commands)
            > ip link add br0 type bridge"#]],
    );
}

#[test]
fn an_apostrophe_in_what_is_skipped_opens_nothing() {
    assert!(is_complete("$ ip link\nit's up {\n$ ip addr"));
    assert!(!is_complete("$ ip link\n$ in red {\n"));
    assert!(is_complete("$ ip link\n$ in red {\n}\n"));
    assert!(!is_complete("in red {"));
    assert!(is_complete("# it's {"));
    assert_eq!(
        read("$ ip link\nit's up", &[]),
        [Piece::Command("ip link".into()), Piece::Skipped { lines: 1, why: Why::Output }]
    );
}
