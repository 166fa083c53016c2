use expect_test::{Expect, expect};

use super::{Operator, Value, calculate, field, index, subnet};

fn look(text: &str) -> Value {
    Value::look(text).unwrap()
}

fn shown(result: Result<Value, super::ValueError>) -> String {
    result.map_or_else(|error| format!("error: {error}"), |value| format!("{value} ({})", value.kind()))
}

#[expect(clippy::needless_pass_by_value, reason = "`expect![]` makes values")]
fn check(lines: impl IntoIterator<Item = String>, expected: Expect) {
    expected.assert_eq(&lines.into_iter().map(|line| line + "\n").collect::<String>());
}

#[test]
fn a_bare_word_is_what_it_looks_like() {
    let words = [
        "3",
        "-3",
        "007",
        "+1",
        "9223372036854775808",
        "1.5",
        "red",
        "",
        "true",
        "192.168.15.5",
        "fe80::1",
        "300.1.1.1",
        "192.168.15.0/24",
        "fd00::/64",
        "a/b",
        "10.0.0.0/33",
        "02:00:00:00:00:01",
        "2:0:0:0:0:1",
        "1..4",
        "4..1",
        "1..x",
        "0..99999999",
    ];
    check(
        words.map(|word| format!("{word} → {}", shown(Value::look(word)))),
        expect![[r#"
        3 → 3 (an integer)
        -3 → -3 (an integer)
        007 → 007 (text)
        +1 → +1 (text)
        9223372036854775808 → 9223372036854775808 (text)
        1.5 → 1.5 (text)
        red → red (text)
         →  (text)
        true → true (a truth value)
        192.168.15.5 → 192.168.15.5 (an address)
        fe80::1 → fe80::1 (an address)
        300.1.1.1 → 300.1.1.1 (text)
        192.168.15.0/24 → 192.168.15.0/24 (a prefix)
        fd00::/64 → fd00::/64 (a prefix)
        a/b → a/b (text)
        10.0.0.0/33 → 10.0.0.0/33 (text)
        02:00:00:00:00:01 → 02:00:00:00:00:01 (an Ethernet address)
        2:0:0:0:0:1 → 2:0:0:0:0:1 (text)
        1..4 → [1 2 3 4] (a list)
        4..1 → [] (a list)
        1..x → 1..x (text)
        0..99999999 → error: the range `0..99999999` holds more than 1000000 numbers
    "#]],
    );
}

#[test]
fn calculations() {
    let all = [
        ("7", Operator::Divide, "2"),
        ("7", Operator::Remainder, "0"),
        ("-9223372036854775808", Operator::Divide, "-1"),
        ("9223372036854775807", Operator::Add, "1"),
        ("10.0.0.255", Operator::Add, "1"),
        ("10.0.0.5", Operator::Subtract, "6"),
        ("255.255.255.255", Operator::Add, "1"),
        ("fe80::ffff", Operator::Add, "1"),
        ("::", Operator::Subtract, "1"),
        ("02:00:00:00:00:ff", Operator::Add, "1"),
        ("ff:ff:ff:ff:ff:ff", Operator::Add, "1"),
        ("10.0.0.1", Operator::Multiply, "2"),
        ("1", Operator::Add, "red"),
        ("10.0.0.0/8", Operator::Add, "1"),
    ];
    check(
        all.map(|(a, operator, b)| {
            format!("{a} {} {b} → {}", operator.sign(), shown(calculate(&look(a), operator, &look(b))))
        }),
        expect![[r#"
            7 / 2 → 3 (an integer)
            7 % 0 → error: `7 % 0` divides by zero
            -9223372036854775808 / -1 → error: `-9223372036854775808 / -1` is beyond the largest number
            9223372036854775807 + 1 → error: `9223372036854775807 + 1` is beyond the largest number
            10.0.0.255 + 1 → 10.0.1.0 (an address)
            10.0.0.5 - 6 → 9.255.255.255 (an address)
            255.255.255.255 + 1 → error: `255.255.255.255 + 1` is beyond the last address there is
            fe80::ffff + 1 → fe80::1:0 (an address)
            :: - 1 → error: `:: - 1` is beyond the last address there is
            02:00:00:00:00:ff + 1 → 02:00:00:00:01:00 (an Ethernet address)
            ff:ff:ff:ff:ff:ff + 1 → error: `ff:ff:ff:ff:ff:ff + 1` is beyond the last address there is
            10.0.0.1 * 2 → error: `*` does not join an address and an integer
            1 + red → error: `+` does not join an integer and text
            10.0.0.0/8 + 1 → error: `+` does not join a prefix and an integer
        "#]],
    );
}

#[test]
fn parts() {
    let of = |value: &str, name: &str| match field(&look(value), name) {
        Some(result) => format!("{value}.{name} → {}", shown(result)),
        None => format!("{value}.{name} is text"),
    };
    let fields = ["ip", "network", "broadcast", "netmask", "len", "first", "last", "size", "subnet"];
    let values = ["192.168.15.7/24", "10.0.0.0/31", "0.0.0.0/0", "fd00::5/64", "1..4", "red"];
    let fields = values.iter().flat_map(|value| fields.map(|name| of(value, name)));
    let indexed = [
        ("192.168.15.7/24", "5"),
        ("10.0.0.0/24", "256"),
        ("10.0.0.0/24", "-1"),
        ("::/0", "5"),
        ("1..4", "0"),
        ("1..4", "4"),
        ("red", "1"),
        ("1..4", "x"),
    ];
    let indexed = indexed.map(|(value, at)| format!("{value}[{at}] → {}", shown(index(&look(value), &look(at)))));
    let nets = [
        ("192.168.15.0/24", "28", "3"),
        ("10.0.0.0/24", "28", "16"),
        ("10.0.0.0/24", "8", "0"),
        ("fd00::/48", "64", "1"),
        ("::/0", "128", "7"),
        ("::/0", "0", "0"),
        ("10.0.0.0/24", "x", "1"),
    ];
    let nets = nets.map(|(value, length, number)| {
        format!(
            "{value}.subnet({length}, {number}) → {}",
            shown(subnet(&look(value), &look(length), &look(number)).unwrap())
        )
    });
    check(
        fields.chain(indexed).chain(nets),
        expect![[r#"
        192.168.15.7/24.ip → 192.168.15.7 (an address)
        192.168.15.7/24.network → 192.168.15.0/24 (a prefix)
        192.168.15.7/24.broadcast → 192.168.15.255 (an address)
        192.168.15.7/24.netmask → 255.255.255.0 (an address)
        192.168.15.7/24.len → 24 (an integer)
        192.168.15.7/24.first → 192.168.15.1 (an address)
        192.168.15.7/24.last → 192.168.15.254 (an address)
        192.168.15.7/24.size → 256 (an integer)
        192.168.15.7/24.subnet is text
        10.0.0.0/31.ip → 10.0.0.0 (an address)
        10.0.0.0/31.network → 10.0.0.0/31 (a prefix)
        10.0.0.0/31.broadcast → 10.0.0.1 (an address)
        10.0.0.0/31.netmask → 255.255.255.254 (an address)
        10.0.0.0/31.len → 31 (an integer)
        10.0.0.0/31.first → 10.0.0.0 (an address)
        10.0.0.0/31.last → 10.0.0.1 (an address)
        10.0.0.0/31.size → 2 (an integer)
        10.0.0.0/31.subnet is text
        0.0.0.0/0.ip → 0.0.0.0 (an address)
        0.0.0.0/0.network → 0.0.0.0/0 (a prefix)
        0.0.0.0/0.broadcast → 255.255.255.255 (an address)
        0.0.0.0/0.netmask → 0.0.0.0 (an address)
        0.0.0.0/0.len → 0 (an integer)
        0.0.0.0/0.first → 0.0.0.1 (an address)
        0.0.0.0/0.last → 255.255.255.254 (an address)
        0.0.0.0/0.size → 4294967296 (an integer)
        0.0.0.0/0.subnet is text
        fd00::5/64.ip → fd00::5 (an address)
        fd00::5/64.network → fd00::/64 (a prefix)
        fd00::5/64.broadcast → error: an IPv6 prefix has no `.broadcast`
        fd00::5/64.netmask → error: an IPv6 prefix has no `.netmask`
        fd00::5/64.len → 64 (an integer)
        fd00::5/64.first → fd00::1 (an address)
        fd00::5/64.last → fd00::ffff:ffff:ffff:ffff (an address)
        fd00::5/64.size → error: `18446744073709551615 + 1` is beyond the largest number
        fd00::5/64.subnet is text
        1..4.ip is text
        1..4.network is text
        1..4.broadcast is text
        1..4.netmask is text
        1..4.len → 4 (an integer)
        1..4.first is text
        1..4.last is text
        1..4.size is text
        1..4.subnet is text
        red.ip is text
        red.network is text
        red.broadcast is text
        red.netmask is text
        red.len is text
        red.first is text
        red.last is text
        red.size is text
        red.subnet is text
        192.168.15.7/24[5] → 192.168.15.5/24 (a prefix)
        10.0.0.0/24[256] → error: address 256 lies outside 10.0.0.0/24, which ends with number 255
        10.0.0.0/24[-1] → error: address -1 lies outside 10.0.0.0/24, which ends with number 255
        ::/0[5] → ::5/0 (a prefix)
        1..4[0] → 1 (an integer)
        1..4[4] → error: there is no value number 4 in a list of 4
        red[1] → error: text has no parts that `[…]` could choose from
        1..4[x] → error: `[…]` takes a number, and this is text
        192.168.15.0/24.subnet(28, 3) → 192.168.15.48/28 (a prefix)
        10.0.0.0/24.subnet(28, 16) → error: 10.0.0.0/24 has no subnet number 16 of length 28: the last is 15
        10.0.0.0/24.subnet(8, 0) → error: a subnet of 10.0.0.0/24 has a length between 24 and 32, not 8
        fd00::/48.subnet(64, 1) → fd00:0:0:1::/64 (a prefix)
        ::/0.subnet(128, 7) → ::7/128 (a prefix)
        ::/0.subnet(0, 0) → ::/0 (a prefix)
        10.0.0.0/24.subnet(x, 1) → error: `[…]` takes a number, and this is text
    "#]],
    );
}

#[test]
fn comparisons() {
    let pairs = [
        ("1", "1"),
        ("1", "2"),
        ("1", "red"),
        ("10.0.0.9", "10.0.0.10"),
        ("10.0.0.1", "::1"),
        ("10.0.0.1", "10.0.0.1/32"),
        ("1..2", "1..2"),
        ("red", "blue"),
        ("true", "1"),
    ];
    let told = |result: Result<String, super::ValueError>| result.unwrap_or_else(|error| error.to_string());
    check(
        pairs.map(|(a, b)| {
            let same = told(look(a).same(&look(b)).map(|same| same.to_string()));
            let order = told(look(a).order(&look(b)).map(|order| format!("{order:?}")));
            format!("{a} {b}: same {same}; order {order}")
        }),
        expect![[r#"
            1 1: same true; order Equal
            1 2: same false; order Less
            1 red: same false; order an integer and text cannot be compared
            10.0.0.9 10.0.0.10: same false; order Less
            10.0.0.1 ::1: same false; order an address and an address cannot be compared
            10.0.0.1 10.0.0.1/32: same an address and a prefix cannot be compared; order an address and a prefix cannot be compared
            1..2 1..2: same true; order a list and a list cannot be compared
            red blue: same false; order text and text cannot be compared
            true 1: same a truth value and an integer cannot be compared; order a truth value and an integer cannot be compared
        "#]],
    );
}
