//! What the words of lines are.

use expect_test::{Expect, expect};

use super::with_scene;
use crate::complete::highlight;

/// Each line, and below it what its pieces are.
fn check(text: &str, expected: Expect) {
    let mut told = String::new();
    for (range, class) in with_scene(|scene| highlight(scene, text)) {
        told.push_str(&format!("{:<10} {}\n", format!("{class:?}"), &text[range]));
    }
    expected.assert_eq(&told);
}

#[test]
fn a_script() {
    check(
        r#"let lan = 10.8.0.0/24  # a prefix
for ns in [red blue] { in $ns link set lo up && print "it is ${ns}up" > /dev/null }
if exists link eth0 and $lan.len == 24 { room red } else { include 'x.nns' }"#,
        expect![[r#"
            Keyword    let
            New        lan
            Operator   =
            Value      10.8.0.0/24
            Comment    # a prefix
            Keyword    for
            New        ns
            Keyword    in
            Operator   [
            Value      red
            Value      blue
            Operator   ]
            Operator   {
            Keyword    in
            Variable   $ns
            Command    link
            Command    set
            Value      lo
            Option     up
            Operator   &&
            Command    print
            Text       "it is 
            Variable   ${ns}
            Text       up"
            Operator   >
            Text       /dev/null
            Operator   }
            Keyword    if
            Keyword    exists
            Option     link
            Value      eth0
            Keyword    and
            Variable   $lan.len
            Operator   ==
            Value      24
            Operator   {
            Command    room
            Text       red
            Operator   }
            Keyword    else
            Operator   {
            Keyword    include
            Text       'x.nns'
            Operator   }
        "#]],
    );
}

#[test]
fn names_that_there_are_and_are_not() {
    check(
        "link set veth-red up; in red link set veth-red up; link set v-net-0 master veth-red-br",
        expect![[r#"
        Command    link
        Command    set
        Missing    veth-red
        Option     up
        Operator   ;
        Keyword    in
        Known      red
        Command    link
        Command    set
        Known      veth-red
        Option     up
        Operator   ;
        Command    link
        Command    set
        Known      v-net-0
        Option     master
        Known      veth-red-br
    "#]],
    );
    check(
        "in green { link set x up }; netns add green; netns del green pink",
        expect![[r#"
        Keyword    in
        Known      green
        Operator   {
        Command    link
        Command    set
        Missing    x
        Option     up
        Operator   }
        Operator   ;
        Command    netns
        Command    add
        New        green
        Operator   ;
        Command    netns
        Command    del
        Known      green
        Missing    pink
    "#]],
    );
    check(
        "ip -n red addr add 10.0.0.1/24 dev veth-rad; in $who link set a up; in $ns link set lo netns 1",
        expect![[r#"
            Command    ip
            Option     -n
            Known      red
            Command    addr
            Command    add
            Value      10.0.0.1/24
            Option     dev
            Missing    veth-rad
            Operator   ;
            Keyword    in
            Variable   $who
            Command    link
            Command    set
            Value      a
            Option     up
            Operator   ;
            Keyword    in
            Variable   $ns
            Command    link
            Command    set
            Known      lo
            Option     netns
            Value      1
        "#]],
    );
}

#[test]
fn what_is_wrong() {
    check(
        "lnk set x; link sot x; link set v-net-0 upp; addr add 10.0.0.1/99 dev v-net-0; brctl show",
        expect![[r#"
            Unknown    lnk
            Text       set
            Text       x
            Operator   ;
            Command    link
            Unknown    sot
            Unknown    x
            Operator   ;
            Command    link
            Command    set
            Known      v-net-0
            Unknown    upp
            Operator   ;
            Command    addr
            Command    add
            Unknown    10.0.0.1/99
            Option     dev
            Known      v-net-0
            Operator   ;
            Unknown    brctl
            Text       show
        "#]],
    );
    check(
        "print 'a; link set",
        expect![[r#"
        Command    print
        Text       'a; link set
    "#]],
    );
    check(
        "a <b } $(x) é",
        expect![[r#"
            Unknown    a
            Unknown    <b
            Unknown    }
            Unknown    $(x)
            Text       é
        "#]],
    );
}

#[test]
fn commands_in_other_commands() {
    check(
        "sudo ip netns exec red ping -c1 192.168.15.2",
        expect![[r#"
        Keyword    sudo
        Command    ip
        Command    netns
        Command    exec
        Known      red
        Command    ping
        Option     -c1
        Value      192.168.15.2
    "#]],
    );
    check(
        "switch br0 10.9.0.5/24 { red 10.9.0.1/24 gateway; blue:eth9 port b9; pink; red gatewax }",
        expect![[r#"
        Command    switch
        New        br0
        Value      10.9.0.5/24
        Operator   {
        Known      red
        Value      10.9.0.1/24
        Option     gateway
        Operator   ;
        Known      blue:eth9
        Option     port
        New        b9
        Operator   ;
        Missing    pink
        Operator   ;
        Known      red
        Unknown    gatewax
        Operator   }
    "#]],
    );
    check(
        "iptables -t nat -A POSTROUTING -s 10.0.0.0/8 ! -o eth0 -j MASQUERADE --frob; wire red:a 10.0.0.1/24 -- b",
        expect![[r#"
            Command    iptables
            Option     -t
            Value      nat
            Option     -A
            Value      POSTROUTING
            Option     -s
            Value      10.0.0.0/8
            Option     !
            Option     -o
            Value      eth0
            Option     -j
            Value      MASQUERADE
            Unknown    --frob
            Operator   ;
            Command    wire
            New        red:a
            Value      10.0.0.1/24
            Option     --
            New        b
        "#]],
    );
    check(
        "spawn tcpdump -i veth0 as trace; kill trace; kill nap; expect no nat masquerade 10.0.0.0/8 within 2s",
        expect![[r#"
            Command    spawn
            Command    tcpdump
            Text       -i
            Text       veth0
            Option     as
            New        trace
            Operator   ;
            Command    kill
            Known      trace
            Operator   ;
            Command    kill
            Missing    nap
            Operator   ;
            Command    expect
            Command    no
            Command    nat
            Command    masquerade
            Value      10.0.0.0/8
            Option     within
            Value      2s
        "#]],
    );
}
