use expect_test::expect;
use proptest::prelude::{prop_assert_eq, proptest};

use super::{Script, print};
use crate::{
    source::Sources,
    syntax::{parse, samples},
};

/// The tree of a text without errors, and without places.
fn tree(text: &str) -> Script {
    let mut sources = Sources::default();
    let id = sources.add("a.nns", text);
    let (script, diagnostics) = parse(sources.get(id));
    assert_eq!(diagnostics, [], "{text}");
    samples::without_spans(script, sources.get(id))
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_the_same(script in samples::script()) {
        prop_assert_eq!(tree(&print(&script)), script);
    }
}

#[test]
fn a_script_as_one_would_write_it() {
    let text = r#"let x=192.168.15.0/24
        in red{link set lo up;   addr add $x[ n+1 ] dev 'a b'"$n.x"c >f 2>/dev/null 2>&1}
        for n,ns in [ red  'blue' ] { a $ns && b || c | d } # no comment
        if not $x==3 and exists link eth0 or ok { ping x; in red { y } } { } else if $y<[a b] { a } else { b }
        def f(a,b=[x y], c=1) { in $a in b print ${ (1+2)*-x.subnet(28,3) } }
        include a.nns; include 'b c'; sudo ip link; print ${x}y ${x}.ip $x.pcap 'it''s' "two
lines" '' a\ b"#;
    expect![[r#"
        let x = 192.168.15.0/24
        in red {
          link set lo up
          addr add $x[n + 1] dev "a b$n.x"c > f 2>/dev/null 2>&1
        }
        for n, ns in [red "blue"] {
          a $ns && b || c | d
        }
        if not $x==3 and exists link eth0 or ok { ping x; in red { y } } { } else if $y < [a b] {
          a
        } else {
          b
        }
        def f(a, b = [x y], c = 1) {
          in $a in b print ${ (1 + 2) * -x.subnet(28, 3) }
        }
        include a.nns
        include "b c"
        ip link
        print ${x}y ${x}.ip $x.pcap "its" "two\nlines" "" a" "b
    "#]]
    .assert_eq(&print(&tree(text)));
}

/// Where words would be something else, `""` says that they are not; and a prompt in front of what looks like one.
#[test]
fn words_that_look_like_something_else() {
    let texts = [
        "\"\"in red",
        "\"\"x=1",
        "\"\"#a",
        "\"\"&a",
        "$ $ a",
        "a@b:c$ x\n",
        "; $ x",
        "if a == \"\"ok { }",
        "if \"\"[a { }",
        "if not not [a] == $x { }",
        "a$\\\n\"b\"",
        "a$\\b",
        "$x[a[b[0]]]\"\"[c]",
        "print ${ $true } $true ${true}",
    ];
    let printed: String = texts.iter().map(|text| print(&tree(text))).collect();
    expect![[r##"
        ""in red
        ""x=1
        ""#a
        ""&a
        $ $ a
        x
        $ $ x
        if a == ""ok { }
        if ""[a { }
        if not not [a] == $x { }
        a$\
        "b"
        a$\
        "b"
        $x[a[b[0]]]""[c]
        print $true $true ${ true }
    "##]]
    .assert_eq(&printed);
}
