//! What comes out of texts: trees here, the text of every error in `errors`, what holds for all texts in `properties`.

mod errors;
mod language;
mod properties;

use expect_test::{Expect, expect};

use super::{
    Access, Body, ChainOperator, Command, Diagnostic, Expr, ExprKind, Part, RedirectionTarget, Rvalue, Script,
    Statement, StatementKind, Stream, Word, parse,
};
use crate::{source::Sources, syntax::ast::Condition};

fn parsed(text: &str) -> (Sources, Script, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add("a.nns", text);
    let (script, diagnostics) = parse(sources.get(id));
    (sources, script, diagnostics)
}

/// A tree in one line: `(…)` is a command, `|` parts its words' parts, `'…'` is quoted text.
fn show(statements: &[Statement]) -> String {
    statements.iter().map(show_statement).collect::<Vec<_>>().join(" ; ")
}

fn show_command(command: &Command) -> String {
    let words = command.words.iter().map(show_word);
    let redirections = command.redirections.iter().map(|redirection| {
        let stream = match redirection.stream {
            Stream::Output => 1,
            Stream::Errors => 2,
        };
        match &redirection.target {
            RedirectionTarget::File { path, append: false } => format!("{stream}>{}", show_word(path)),
            RedirectionTarget::File { path, append: true } => format!("{stream}>>{}", show_word(path)),
            RedirectionTarget::Other => format!("{stream}>&{}", 3 - stream),
        }
    });
    format!("({})", words.chain(redirections).collect::<Vec<_>>().join(" "))
}

fn show_statement(statement: &Statement) -> String {
    match &statement.kind {
        StatementKind::Command(command) => show_command(command),
        StatementKind::Headed { head, body, .. } => format!("{} {{ {} }}", show_command(head), show(body)),
        StatementKind::Pipe(stages) => {
            format!("[{}]", stages.iter().map(show_statement).collect::<Vec<_>>().join(" | "))
        }
        StatementKind::Chain { first, rest } => {
            let rest = rest.iter().map(|(operator, statement)| match operator {
                ChainOperator::And => format!(" && {}", show_statement(statement)),
                ChainOperator::Or => format!(" || {}", show_statement(statement)),
            });
            format!("<{}{}>", show_statement(first), rest.collect::<String>())
        }
        StatementKind::In { namespace, body: Body::Block(statements) } => {
            format!("in {} {{ {} }}", show_word(namespace), show(statements))
        }
        StatementKind::In { namespace, body: Body::Single(statement) } => {
            format!("in {} {}", show_word(namespace), show_statement(statement))
        }
        StatementKind::For { count, name, values, body } => {
            let count = count.as_ref().map_or_else(String::new, |count| format!("{}, ", count.value));
            format!("for {count}{} in {} {{ {} }}", name.value, show_rvalue(values), show(body))
        }
        StatementKind::If { branches, otherwise } => {
            let branches = branches
                .iter()
                .map(|(condition, body)| format!("if {} {{ {} }}", show_condition(condition), show(body)));
            let otherwise = otherwise.iter().map(|body| format!("{{ {} }}", show(body)));
            branches.chain(otherwise).collect::<Vec<_>>().join(" else ")
        }
        StatementKind::Def { name, function } => {
            let parameters = function.parameters.iter().map(|parameter| match &parameter.default {
                Some(default) => format!("{} = {}", parameter.name.value, show_rvalue(default)),
                None => parameter.name.value.clone(),
            });
            let parameters = parameters.collect::<Vec<_>>().join(", ");
            format!("def {}({parameters}) {{ {} }}", name.value, show(&function.body))
        }
        StatementKind::Include { path } => format!("include <{}>", path.value),
        StatementKind::Let { name, value } => format!("let {} = {}", name.value, show_rvalue(value)),
    }
}

fn show_word(word: &Word) -> String {
    let parts = word.parts.iter().map(|part| match part {
        Part::Bare(text) => text.clone(),
        Part::Quoted(text) => format!("'{}'", text.escape_debug()),
        Part::Value(expr) => format!("${}", show_expr(expr)),
    });
    parts.collect::<Vec<_>>().join("|")
}

fn show_condition(condition: &Condition) -> String {
    let joined = |all: &[Condition], word: &str| all.iter().map(show_condition).collect::<Vec<_>>().join(word);
    match condition {
        Condition::All(all) => format!("({})", joined(all, " and ")),
        Condition::Any(any) => format!("({})", joined(any, " or ")),
        Condition::Not(inner) => format!("not {}", show_condition(inner)),
        Condition::Compare { left, comparison, right } => {
            format!("({} {comparison:?} {})", show_rvalue(left), show_rvalue(right))
        }
        Condition::Value(value) => show_rvalue(value),
        Condition::Exists { words, .. } => {
            format!("(exists {})", words.iter().map(show_word).collect::<Vec<_>>().join(" "))
        }
        Condition::Ok(statements) => format!("ok {{ {} }}", show(statements)),
    }
}

fn show_rvalue(value: &Rvalue) -> String {
    match value {
        Rvalue::Word(word) => show_word(word),
        Rvalue::List { items, .. } => format!("[{}]", items.iter().map(show_word).collect::<Vec<_>>().join(" ")),
    }
}

/// An expression with a pair of parentheses for each rank of operators.
fn show_expr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Variable { name, accesses } => {
            let accesses = accesses.iter().map(|access| match access {
                Access::Index { index, .. } => format!("[{}]", show_expr(index)),
                Access::Field { name, arguments, .. } if arguments.is_empty() => format!(".{name}"),
                Access::Field { name, arguments, .. } => {
                    format!(".{name}({})", arguments.iter().map(show_expr).collect::<Vec<_>>().join(", "))
                }
            });
            format!("{}{}", name.value, accesses.collect::<String>())
        }
        ExprKind::Text(text) => format!("'{text}'"),
        ExprKind::Literal(text) => format!("<{text}>"),
        ExprKind::Negative(inner) => format!("-{}", show_expr(inner)),
        ExprKind::Operations { first, rest } => {
            let rest = rest.iter().map(|(operator, expr)| format!(" {} {}", operator.sign(), show_expr(expr)));
            format!("({}{})", show_expr(first), rest.collect::<String>())
        }
    }
}

/// The tree of a text without errors.
fn tree(text: &str) -> String {
    let (_, script, diagnostics) = parsed(text);
    assert_eq!(diagnostics, [], "{text:?}");
    show(&script.statements)
}

#[expect(clippy::needless_pass_by_value, reason = "`expect![]` makes values")]
fn check_trees(texts: &[&str], expected: Expect) {
    expected.assert_eq(&texts.iter().map(|text| format!("{}\n", tree(text))).collect::<String>());
}

#[test]
fn words() {
    check_trees(
        &[
            "ip link set veth0 up",
            "a$x.b d${i}e \"$ns-br\"f",
            r#"print "a \" \\ \$x \n \t \. \`" 'a $x \n' '' "" x"" "#,
            r"a\ b \; \$x \'",
            "iptables -A FORWARD ! -i eth0 --dport 80",
            "curl http://h/?a=1&b=2",
            "print $ a$ $/x a$. \"5$\" \"$ x\" \"$'\"",
            "print a#b # c",
            "link \\\n  show wo\\\nrd \\\r\n x",
            "print \"two\nlines\" 'and\nmore' \"jo\\\nined\"",
            "sysctl net.ipv4.ip_forward=1 in let sudo for",
            "addr add fe80::1/64 dev ünïcode [a] (b) 1..4 %x",
            "netns list \\",
        ],
        expect![[r#"
            (ip link set veth0 up)
            (a|$x|.b d|$i|e $ns|'-br'|f)
            (print 'a \" \\ $x \n \t \\. `' 'a $x \\n'   x)
            (a|' '|b ';' '$'|x '\'')
            (iptables -A FORWARD ! -i eth0 --dport 80)
            (curl http://h/?a=1&b=2)
            (print $ a$ $/x a$. '5$' '$ x' '$\'')
            (print a#b)
            (link show word x)
            (print 'two\nlines' 'and\nmore' 'joined')
            (sysctl net.ipv4.ip_forward=1 in let sudo for)
            (addr add fe80::1/64 dev ünïcode [a] (b) 1..4 %x)
            (netns list)
        "#]],
    );
}

#[test]
fn values() {
    check_trees(
        &[
            "let x = [red $a 'b c' 1..4]; let y=[]; let z = [ a ]",
            "print $lan[5].ip $lan[n] $l[n + 1].x eth$i.10 $ns.pcap $a.ip.b $a.ipx $a.subnet(28, 3)/x $a.subnet",
            "print \"$lan.first-$x.y ${ i+1 }\" ${x} ${ lan[l[0]].subnet(24 + 1, (2)).len }",
            "print ${ 1 + 2 * -(3 - i) % 4 - 5 } ${ 10.0.0.1 + 1 } ${ fe80::1 + 2 } ${ 10.0.0.0/24 } ${ true }",
            "print ${ 'a b' } ${$x + 1} $x[$y] ${x}[1]",
        ],
        expect![[r#"
            let x = [red $a 'b c' 1..4] ; let y = [] ; let z = [a]
            (print $lan[<5>].ip $lan[n] $l[(n + <1>)]|.x eth|$i|.10 $ns|.pcap $a.ip|.b $a|.ipx $a.subnet(<28>, <3>)|/x $a|.subnet)
            (print $lan.first|'-'|$x|'.y '|$(i + <1>) $x $lan[l[<0>]].subnet((<24> + <1>), <2>).len)
            (print $(<1> + (<2> * -(<3> - i) % <4>) - <5>) $(<10.0.0.1> + <1>) $(<fe80::1> + <2>) $<10.0.0.0/24> $<true>)
            (print $'a b' $(x + <1>) $x[y] $x|[1])
        "#]],
    );
}

#[test]
fn control() {
    check_trees(
        &[
            "for x in [red blue] { a $x }\nfor n,x in 1..$m {\n a }\nin red for x in $l { in y b }",
            "for x in $l { for y in 1..2 { a } }",
            "if $x == red { a }",
            "if $i<3 and not $b or $c >= $d { a } else if exists link eth0 and ok { ping x } { b } else {\n c\n}\nd",
            "if not not not true { } else if $l == [a b] { }; if not exists addr 10.0.0.1/24 dev x {}",
            "in red if ok { in blue { a }; b || c } { d } && e",
            "def f() { a }; def attach(ns, n = 1, l=[a b]) {\n in $ns { a } }\nf; attach red [x y] $n",
            "include a.nns; in red { include \"b c\" }",
            "switch br0 10.0.0.1/24 {\n red $a gateway # one\n for n in [b] { $n }\n}",
            "switch br0; switch br0 { }; expect \"64 bytes\" within 2s { ping x }; in red expect no x {a} && b",
            "expect ping x; switcheroo; sudo expect a | b",
            "iffy; format x; define y; print if else for ok",
        ],
        expect![[r#"
            for x in [red blue] { (a $x) } ; for n, x in 1..|$m { (a) } ; in red for x in $l { in y (b) }
            for x in $l { for y in 1..2 { (a) } }
            if ($x Equal red) { (a) }
            if ((($i Less 3) and not $b) or ($c AtLeast $d)) { (a) } else if ((exists link eth0) and ok { (ping x) }) { (b) } else { (c) } ; (d)
            if not true {  } else if ($l Equal [a b]) {  } ; if not (exists addr 10.0.0.1/24 dev x) {  }
            <in red if ok { in blue { (a) } ; <(b) || (c)> } { (d) } && (e)>
            def f() { (a) } ; def attach(ns, n = 1, l = [a b]) { in $ns { (a) } } ; (f) ; (attach red [x y] $n)
            include <a.nns> ; in red { include <b c> }
            (switch br0 10.0.0.1/24) { (red $a gateway) ; for n in [b] { ($n) } }
            (switch br0) ; (switch br0) {  } ; (expect '64 bytes' within 2s) { (ping x) } ; <in red (expect no x) { (a) } && (b)>
            (expect ping x) ; (switcheroo) ; [(expect a) | (b)]
            (iffy) ; (format x) ; (define y) ; (print if else for ok)
        "#]],
    );
}

#[test]
fn statements() {
    check_trees(
        &[
            "",
            "\u{feff}#!/usr/bin/nns\n\n ; ;\n# x",
            "a; b;\r\nc\r\n",
            "a && b || c&&d",
            "a &&\n\n # why\n b ||\r\n c",
            "let gw = 10.0.0.1\nlet x=$gw\nlet y = \"a b\"",
            "in red link set lo up",
            "in red { a; b }\nin blue {\n  a # }\n\n  b\n}",
            "in red{a}",
            "in $ns in \"b c\" { in red in blue { a } }",
            "in red a && in blue { b } || c",
            "in red let x = 1",
            "a | b; a|b 2>&1 |c > f && d | e || f",
            "a | in'x' | let\"y\"",
            "in red a | b && c; sudo a |\n # why\n\n sudo -n b",
            "inside x; lets x; sudoku; input",
            "sudo -n ip link; sudo -nE -H -- ip link; a && sudo -i b; sudo -- in red x; sudo \\\n -E \\\n a; sudo-n a",
            "sudo ip link; sudo -E ip link; in red sudo ip link; sudo in red x; a && sudo b",
            "$ ip link\n me@host:~$ ip addr\n$\nme@h:/etc$ \nin red {\n $ a\n}",
        ],
        expect![[r#"


            (a) ; (b) ; (c)
            <(a) && (b) || (c) && (d)>
            <(a) && (b) || (c)>
            let gw = 10.0.0.1 ; let x = $gw ; let y = 'a b'
            in red (link set lo up)
            in red { (a) ; (b) } ; in blue { (a) ; (b) }
            in red { (a) }
            in $ns in 'b c' { in red in blue { (a) } }
            <in red (a) && in blue { (b) } || (c)>
            in red let x = 1
            [(a) | (b)] ; <[(a) | (b 2>&1) | (c 1>f)] && [(d) | (e)] || (f)>
            [(a) | (in|'x') | (let|'y')]
            <in red [(a) | (b)] && (c)> ; [(a) | (b)]
            (inside x) ; (lets x) ; (sudoku) ; (input)
            (ip link) ; (ip link) ; <(a) && (b)> ; in red (x) ; (a) ; (sudo-n a)
            (ip link) ; (ip link) ; in red (ip link) ; in red (x) ; <(a) && (b)>
            (ip link) ; (ip addr) ; in red { (a) }
        "#]],
    );
}

#[test]
fn redirections() {
    check_trees(
        &[
            "a >f b",
            "a > f >> g 1>h 1>>i 2>j 2>> k",
            "a >/dev/null 2>&1",
            "a 1>&2; a >&2",
            "a &> f; a &>>f",
            "echo 1 > /proc/sys/net/ipv4/ip_forward",
            "echo 2 >f a2>g",
            "a \"x\">$f",
            "in red { a > f }",
        ],
        expect![[r#"
            (a b 1>f)
            (a 1>f 1>>g 1>h 1>>i 2>j 2>>k)
            (a 1>/dev/null 2>&1)
            (a 1>&2) ; (a 1>&2)
            (a 1>f 2>&1) ; (a 1>>f 2>&1)
            (echo 1 1>/proc/sys/net/ipv4/ip_forward)
            (echo 2 a2 1>f 1>g)
            (a 'x' 1>$f)
            in red { (a 1>f) }
        "#]],
    );
}

#[test]
fn spans_reach_from_the_first_to_the_last_word() {
    let text = "  sudo ip  link   # x\nin red  { a  ;  b }  ; a  &&  b  > f  \n";
    let (sources, script, _) = parsed(text);
    let spans: Vec<_> = script.statements.iter().map(|statement| sources.slice(statement.span)).collect();
    assert_eq!(spans, ["ip  link", "in red  { a  ;  b }", "a  &&  b  > f"]);
}
