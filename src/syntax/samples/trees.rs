//! Trees, made by chance.

mod words;

use std::rc::Rc;

use proptest::{
    option,
    prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof},
    sample::select,
};

use crate::{
    source::{Sources, Span, Spanned},
    syntax::ast::{
        Body, ChainOperator, Command, Comparison, Condition, Function, Parameter, Part, Redirection, RedirectionTarget,
        Rvalue, Script, Statement, StatementKind, Stream, Word,
    },
};
use words::{Place, name, word};

type Any<T> = BoxedStrategy<T>;

fn vec<T: std::fmt::Debug>(of: impl Strategy<Value = T> + 'static, len: std::ops::Range<usize>) -> Any<Vec<T>> {
    proptest::collection::vec(of, len).boxed()
}

/// The beginning of some source.
fn nowhere() -> Span {
    let mut sources = Sources::default();
    let id = sources.add("", "");
    sources.get(id).span(0, 0)
}

fn spanned(name: String) -> Spanned<String> {
    Spanned::new(name, nowhere())
}

/// A script, with blocks in blocks.
pub fn script() -> impl Strategy<Value = Script> {
    let word = word(Place::Word);
    let item = self::word(Place::List);
    let made = Made { rvalue: rvalue(&word, &item), default: rvalue(&item, &item), word, statements: None };
    let flat = made.statements();
    let nested = Made { statements: Some(flat), ..made };
    let deeper = Made { statements: Some(nested.statements()), ..nested };
    deeper.statements().prop_map(|statements| Script { source: nowhere().source, statements })
}

fn rvalue(word: &Any<Word>, item: &Any<Word>) -> Any<Rvalue> {
    let list = vec(item.clone(), 0..4).prop_map(|items| Rvalue::List { items, span: nowhere() });
    prop_oneof![3 => word.clone().prop_map(Rvalue::Word), 1 => list].boxed()
}

fn make(kind: StatementKind) -> Statement {
    Statement { kind, span: nowhere() }
}

/// What larger things are made of. Each is made once: strategies that make their parts anew grow with every level.
struct Made {
    word: Any<Word>,
    rvalue: Any<Rvalue>,
    /// What may stand behind the `=` of a parameter.
    default: Any<Rvalue>,
    /// What stands in blocks, if there may be some.
    statements: Option<Any<Vec<Statement>>>,
}

impl Made {
    fn statements(&self) -> Any<Vec<Statement>> {
        let simple = self.simple();
        let operator = select(vec![ChainOperator::And, ChainOperator::Or]);
        let chain = (simple.clone(), vec((operator, simple.clone()), 1..3))
            .prop_map(|(first, rest)| make(StatementKind::Chain { first: Box::new(first), rest }));
        vec(prop_oneof![5 => simple, 1 => chain], 0..4)
    }

    /// A link of a chain.
    fn simple(&self) -> Any<Statement> {
        let pipe = vec(self.command(), 2..4).prop_map(StatementKind::Pipe);
        let bind =
            (name(), self.rvalue.clone()).prop_map(|(name, value)| StatementKind::Let { name: spanned(name), value });
        let path = prop_oneof![Just("rooms/red.nns".to_owned()), "\\PC{0,6}"];
        let include = path.prop_map(|path| StatementKind::Include { path: spanned(path) });
        let flat =
            prop_oneof![4 => self.command(), 1 => pipe.prop_map(make), 1 => bind.prop_map(make), 1 => include.prop_map(make)]
                .boxed();
        let single = (self.word.clone(), flat.clone())
            .prop_map(|(namespace, statement)| make(inside(namespace, Body::Single(Box::new(statement)))));
        let Some(statements) = &self.statements else { return prop_oneof![4 => flat, 1 => single].boxed() };
        let block = (self.word.clone(), statements.clone())
            .prop_map(|(namespace, statements)| make(inside(namespace, Body::Block(statements))));
        let control = prop_oneof![
            1 => self.repeat(statements),
            2 => self.branch(statements),
            1 => self.function(statements),
            1 => self.headed(statements),
        ];
        let control = control.prop_map(make).boxed();
        let governed = (self.word.clone(), control.clone())
            .prop_map(|(namespace, statement)| make(inside(namespace, Body::Single(Box::new(statement)))));
        prop_oneof![4 => flat, 1 => single, 2 => block, 3 => control, 1 => governed].boxed()
    }

    fn command(&self) -> Any<Statement> {
        let target = prop_oneof![
            (self.word.clone(), any::<bool>()).prop_map(|(path, append)| RedirectionTarget::File { path, append }),
            Just(RedirectionTarget::Other),
        ];
        let stream = select(vec![Stream::Output, Stream::Errors]);
        let redirection = (stream, target).prop_map(|(stream, target)| Redirection { stream, target, span: nowhere() });
        (vec(self.word.clone(), 1..5), vec(redirection, 0..2))
            .prop_filter("`include` is a word of the language", |(words, _)| words[0].bare() != Some("include"))
            .prop_map(|(words, redirections)| make(StatementKind::Command(Command { words, redirections })))
            .boxed()
    }

    fn repeat(&self, statements: &Any<Vec<Statement>>) -> Any<StatementKind> {
        (option::of(name()), name(), self.rvalue.clone(), statements.clone())
            .prop_map(|(count, name, values, body)| StatementKind::For {
                count: count.map(spanned),
                name: spanned(name),
                values,
                body,
            })
            .boxed()
    }

    fn headed(&self, statements: &Any<Vec<Statement>>) -> Any<StatementKind> {
        let head = select(vec!["switch", "expect"])
            .prop_map(|head| Word { parts: vec![Part::Bare(head.into())], span: nowhere() });
        (head, vec(self.word.clone(), 1..4), statements.clone())
            .prop_map(|(head, words, body)| {
                let words = [head].into_iter().chain(words).collect();
                let head = Command { words, redirections: Vec::new() };
                StatementKind::Headed { head, head_span: nowhere(), body }
            })
            .boxed()
    }

    fn function(&self, statements: &Any<Vec<Statement>>) -> Any<StatementKind> {
        let parameters = vec((name(), option::of(self.default.clone())), 0..4).prop_map(|mut parameters| {
            // Those with a default are last, and no name is there twice.
            parameters.sort_by(|a, b| a.0.cmp(&b.0));
            parameters.dedup_by(|a, b| a.0 == b.0);
            parameters.sort_by_key(|(_, default)| default.is_some());
            let parameter = |(name, default)| Parameter { name: spanned(name), default };
            parameters.into_iter().map(parameter).collect()
        });
        (name(), parameters, statements.clone())
            .prop_map(|(name, parameters, body)| StatementKind::Def {
                name: spanned(name),
                function: Rc::new(Function { parameters, body }),
            })
            .boxed()
    }

    fn branch(&self, statements: &Any<Vec<Statement>>) -> Any<StatementKind> {
        // `or` joins what `and` joins what `not` may stand before.
        let one = self.condition(statements);
        let all = prop_oneof![3 => one.clone(), 1 => vec(one, 2..4).prop_map(Condition::All)].boxed();
        let any = prop_oneof![3 => all.clone(), 1 => vec(all, 2..4).prop_map(Condition::Any)];
        (vec((any, statements.clone()), 1..3), option::of(statements.clone()))
            .prop_map(|(branches, otherwise)| StatementKind::If { branches, otherwise })
            .boxed()
    }

    fn condition(&self, statements: &Any<Vec<Statement>>) -> Any<Condition> {
        let comparison = select(vec![
            Comparison::Equal,
            Comparison::Unequal,
            Comparison::Less,
            Comparison::AtMost,
            Comparison::Greater,
            Comparison::AtLeast,
        ]);
        let keywords = ["and", "or", "not", "exists"];
        let is_keyword = move |value: &Rvalue| matches!(value, Rvalue::Word(word) if word.bare().is_some_and(|w| keywords.contains(&w)));
        let left = self.rvalue.clone().prop_filter("words of conditions", move |value| !is_keyword(value)).boxed();
        let compare = (left.clone(), comparison, self.rvalue.clone())
            .prop_map(|(left, comparison, right)| Condition::Compare { left, comparison, right });
        let words = vec(self.word.clone(), 1..4).prop_filter("`and` and `or` end the words", |words| {
            !words.iter().any(|word| matches!(word.bare(), Some("and" | "or")))
        });
        let positive = prop_oneof![
            3 => compare,
            1 => left.prop_map(Condition::Value),
            1 => words.prop_map(|words| Condition::Exists { words, keyword: nowhere() }),
            1 => statements.clone().prop_map(Condition::Ok),
        ]
        .boxed();
        let not = positive.clone().prop_map(|inner| Condition::Not(Box::new(inner)));
        prop_oneof![2 => positive, 1 => not].boxed()
    }
}

fn inside(namespace: Word, body: Body) -> StatementKind {
    StatementKind::In { namespace, body }
}
