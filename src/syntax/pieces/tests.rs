use std::{fs, ops::Range, path::Path};

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{PieceKind, pieces};
use crate::{
    source::{Sources, Span},
    syntax::{
        ast::{Body, Command, Condition, RedirectionTarget, Statement, StatementKind},
        parse,
        print::print,
        samples,
    },
};

fn check(text: &str, expected: Expect) {
    let all = pieces(text);
    let mut told: String = all
        .pieces
        .iter()
        .map(|piece| format!("{:?} {}\n", piece.kind, text[piece.range.clone()].escape_debug()))
        .collect();
    told.push_str(&format!("then {:?}\n", all.end));
    expected.assert_eq(&told);
}

#[test]
fn a_word_is_what_the_statement_around_it_makes_of_it() {
    check(
        "$ sudo -E ip link > f 2>&1 && in red { let x = [a b] } # c\nfor n, ns in 1..3 { if not $x == 3 { } else { p } }",
        expect![[r#"
            Prompt $
            Keyword sudo
            Keyword -E
            Word ip
            Word link
            Arrow >
            File f
            Arrow 2>&1
            Operator &&
            Keyword in
            Namespace red
            Open {
            Keyword let
            Name x
            Sign =
            Sign [
            Value a
            Value b
            Sign ]
            Close }
            Comment # c
            End \n
            Keyword for
            Name n
            Sign ,
            Name ns
            Keyword in
            Value 1..3
            Open {
            Keyword if
            Keyword not
            Value $x
            Sign ==
            Value 3
            Open {
            Close }
            Keyword else
            Open {
            Word p
            Close }
            Close }
            then Done
        "#]],
    );
    check(
        "def f(a, b = x, c = [y]) { a |\n\n b; if ok { c } and exists link d { } }",
        expect![[r#"
        Keyword def
        Name f
        Sign (
        Name a
        Sign ,
        Name b
        Sign =
        Value x
        Sign ,
        Name c
        Sign =
        Sign [
        Value y
        Sign ]
        Sign )
        Open {
        Word a
        Operator |
        End \n
        End \n
        Word b
        End ;
        Keyword if
        Keyword ok
        Open {
        Word c
        Close }
        Keyword and
        Keyword exists
        Value link
        Value d
        Open {
        Close }
        Close }
        then Done
    "#]],
    );
}

#[test]
fn what_is_unfinished_says_what_comes_next() {
    let mut told = String::new();
    for text in [
        "",
        "sudo ",
        "ip ",
        "in ",
        "in red ",
        "in red {",
        "in red { } ",
        "let ",
        "let x",
        "let x =",
        "let x = [a",
        "let x = 3 ",
        "for ",
        "for x ",
        "for x in ",
        "for x in a ",
        "def ",
        "def f(",
        "def f(a =",
        "def f() ",
        "if ",
        "if a == ",
        "if a { } ",
        "if a { } else ",
        "if ok { a } ",
        "a >",
        "a && ",
        "a |",
        "a |\n\n",
        "a\n",
        "print \"a b",
        "a # b",
        "a # b\n",
    ] {
        told.push_str(&format!("{text:?}: {:?}\n", pieces(text).end));
    }
    expect![[r#"
        "": Statement
        "sudo ": Governed
        "ip ": Command
        "in ": Namespace
        "in red ": Inside
        "in red {": Statement
        "in red { } ": Done
        "let ": LetName
        "let x": LetSign
        "let x =": Value
        "let x = [a": List
        "let x = 3 ": Done
        "for ": ForName
        "for x ": ForIn
        "for x in ": ForValues
        "for x in a ": Block
        "def ": DefName
        "def f(": Parameters
        "def f(a =": Default
        "def f() ": Block
        "if ": Condition
        "if a == ": Condition
        "if a { } ": Else
        "if a { } else ": Otherwise
        "if ok { a } ": Condition
        "a >": File
        "a && ": Statement
        "a |": Piped
        "a |\n\n": Piped
        "a\n": Statement
        "print \"a b": Nothing
        "a # b": Nothing
        "a # b\n": Statement
    "#]]
    .assert_eq(&told);
}

#[test]
fn what_nothing_can_be_made_of_is_told_as_such() {
    check(
        "a <b 'c d",
        expect![[r#"
        Word a
        Unread <b
        Unread \'c d
        then Nothing
    "#]],
    );
    check(
        "} ${a b} (",
        expect![[r#"
        Unread }
        Word ${a b}
        Word (
        then Command
    "#]],
    );
}

/// The words of commands as the parser has them.
#[derive(Default)]
struct Words(Vec<Range<usize>>);

impl Words {
    fn push(&mut self, span: Span) {
        self.0.push(span.start as usize..span.end as usize);
    }

    fn statements(&mut self, statements: &[Statement]) {
        statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Command(command) => self.command(command),
            StatementKind::Chain { first, rest } => {
                self.statement(first);
                rest.iter().for_each(|(_, statement)| self.statement(statement));
            }
            StatementKind::Pipe(stages) => self.statements(stages),
            StatementKind::In { body: Body::Block(body), .. } => self.statements(body),
            StatementKind::In { body: Body::Single(body), .. } => self.statement(body),
            StatementKind::Let { .. } => {}
            StatementKind::Headed { head, body, .. } => {
                self.command(head);
                self.statements(body);
            }
            StatementKind::For { body, .. } => self.statements(body),
            StatementKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.condition(condition);
                    self.statements(body);
                }
                otherwise.iter().for_each(|body| self.statements(body));
            }
            StatementKind::Include { path } => {
                self.0.push(statement.span.start as usize..statement.span.start as usize + "include".len());
                self.push(path.span);
            }
            StatementKind::Def { function, .. } => self.statements(&function.body),
        }
    }

    fn command(&mut self, command: &Command) {
        command.words.iter().for_each(|word| self.push(word.span));
        for redirection in &command.redirections {
            if let RedirectionTarget::File { path, .. } = &redirection.target {
                self.push(path.span);
            }
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(all) | Condition::Any(all) => all.iter().for_each(|condition| self.condition(condition)),
            Condition::Not(condition) => self.condition(condition),
            Condition::Ok(statements) => self.statements(statements),
            Condition::Compare { .. } | Condition::Value(_) | Condition::Exists { .. } => {}
        }
    }
}

/// Whether the words of commands are those of the tree, and how many there are; a text with errors has none.
fn words_of_commands(text: &str) -> usize {
    let mut sources = Sources::default();
    let id = sources.add("a.nns", text);
    let (script, errors) = parse(sources.get(id));
    if !errors.is_empty() {
        return 0;
    }
    let mut words = Words::default();
    words.statements(&script.statements);
    words.0.sort_by_key(|range| (range.start, range.end));
    // `&> FILE` is two redirections in the tree.
    words.0.dedup();
    let found = pieces(text).pieces.into_iter();
    let found = found.filter(|piece| matches!(piece.kind, PieceKind::Word | PieceKind::File));
    let found: Vec<Range<usize>> = found.map(|piece| piece.range).collect();
    assert_eq!(found, words.0, "{text}");
    found.len()
}

#[test]
fn the_words_of_commands_are_those_of_the_tree() {
    fn files(folder: &Path, found: &mut usize) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "nns") {
                *found += words_of_commands(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut found = 0;
    for folder in ["scripts", "tests/cases"] {
        files(Path::new(folder), &mut found);
    }
    assert!(found > 5000, "{found}");
}

proptest! {
    #[test]
    fn so_they_are_in_any_script(script in samples::script()) {
        words_of_commands(&print(&script));
    }

    #[test]
    fn any_text_has_pieces(text in "([ \\t\\n;|&{}<>=,$\"'\\[\\]()#!\\\\]|\\PC|in |if |for |let |def |else|sudo |ok ){0,40}") {
        let mut end = 0;
        for piece in pieces(&text).pieces {
            prop_assert!(end <= piece.range.start && piece.range.start < piece.range.end, "{piece:?}");
            prop_assert!(text.get(piece.range.clone()).is_some());
            end = piece.range.end;
        }
    }
}
