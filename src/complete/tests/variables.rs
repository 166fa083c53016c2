//! What the text itself calls by a name says what it was given there.

use expect_test::expect;

use super::check;

#[test]
fn what_let_gives_a_name_is_known_behind_it() {
    check(
        &[
            "let x = red; in $x link set v|",
            "let x = red && in $x link set v|",
            "let x = 'red'; ip -n $x link set v|",
            "let l = v-net-0; addr del dev $l| 19",
            "let l = v-net-0; addr del 1| dev $l",
            "let x = red; let x = blue; in $x link set v|",
            "in host { let x = red; in $x link set v|",
            "let ns = blue; in $ns link set v|",
            "let ns = blue; print $n|",
        ],
        expect![[r#"
            > let x = red; in $x link set v|
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
            > let x = red && in $x link set v|
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
            > let x = 'red'; ip -n $x link set v|
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
            > let l = v-net-0; addr del dev $l| 19
                $lan               = 192.168.15.0/24
                $l                 = v-net-0
            > let l = v-net-0; addr del 1| dev $l
                192.168.15.5/24    dev v-net-0
            > let x = red; let x = blue; in $x link set v|
                veth-blue          veth to veth-blue-br in host, down, 192.168.15.2/24, fd00::2/64
            > in host { let x = red; in $x link set v|
                veth-red           veth to veth-red-br in host, up, 192.168.15.1/24
            > let ns = blue; in $ns link set v|
                veth-blue          veth to veth-blue-br in host, down, 192.168.15.2/24, fd00::2/64
            > let ns = blue; print $n|
                $ns                = blue
        "#]],
    );
}

#[test]
fn what_it_may_be_is_not_known() {
    check(
        &[
            "let x = [red blue]; in $x link set v|",
            "let x = 1..4; print $x|",
            "let x = $ns; in $x link set v|",
            "let x = red; if true { let x = blue }; in $x link set v|",
            "for x in [red blue] { in $x link set v|",
            "let x = red; for x in [red blue] { in $x link set v|",
            "let x = red; def f(x) { in $x link set v|",
            "let x = |",
            "let x = red; let x =|",
        ],
        expect![[r#"
            > let x = [red blue]; in $x link set v|
            > let x = 1..4; print $x|
                $x                 defined here
            > let x = $ns; in $x link set v|
            > let x = red; if true { let x = blue }; in $x link set v|
            > for x in [red blue] { in $x link set v|
            > let x = red; for x in [red blue] { in $x link set v|
            > let x = red; def f(x) { in $x link set v|
            > let x = |
            > let x = red; let x =|
        "#]],
    );
}
