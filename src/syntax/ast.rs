//! The tree of a script. It owns its text; every node that a message can point at carries its span.
//!
//! The tree knows shapes, not meanings: a command is a list of words, and whether `link set eth0 up` makes sense is for
//! the command table to say.

use std::rc::Rc;

use crate::{
    source::{SourceId, Span, Spanned},
    value::Operator,
};

/// All statements of one source, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The source it was parsed from.
    pub source: SourceId,
    /// Its statements.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// From its first to its last word, without the blanks behind it.
    pub span: Span,
}

/// The shapes of statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// `WORD …`, with redirections.
    Command(Command),
    /// `A && B || C`: each link runs depending on the status of what ran before it. At least one link.
    Chain {
        /// The first statement.
        first: Box<Statement>,
        /// The others, each with the operator before it.
        rest: Vec<(ChainOperator, Statement)>,
    },
    /// `A | B | C`: commands, each of which reads what the one before it prints. At least two.
    Pipe(Vec<Statement>),
    /// `in NAMESPACE { … }` or `in NAMESPACE STATEMENT`.
    In {
        /// The word behind `in`.
        namespace: Word,
        /// What acts there.
        body: Body,
    },
    /// `let NAME = VALUE`.
    Let {
        /// The name.
        name: Spanned<String>,
        /// The value.
        value: Rvalue,
    },
    /// A command that governs statements: `switch NAME { … }`, `expect "TEXT" { … }`.
    Headed {
        /// Its words.
        head: Command,
        /// From the first to the last of them.
        head_span: Span,
        /// What stands in the braces.
        body: Vec<Statement>,
    },
    /// `for NAME in VALUES { … }`, `for COUNT, NAME in VALUES { … }`.
    For {
        /// The name that counts from 1.
        count: Option<Spanned<String>>,
        /// The name of the value.
        name: Spanned<String>,
        /// What it goes through.
        values: Rvalue,
        /// What is repeated.
        body: Vec<Statement>,
    },
    /// `if CONDITION { … } else if CONDITION { … } else { … }`.
    If {
        /// The conditions and what each governs. At least one.
        branches: Vec<(Condition, Vec<Statement>)>,
        /// The last `else`.
        otherwise: Option<Vec<Statement>>,
    },
    /// `include "FILE"`: the statements of the file, here.
    Include {
        /// Its name, as written: from the folder of the including file.
        path: Spanned<String>,
    },
    /// `def NAME(PARAMETERS) { … }`.
    Def {
        /// The name.
        name: Spanned<String>,
        /// What it takes.
        function: Rc<Function>,
    },
}

/// What a `def` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// What it takes, in order; those with a default come last.
    pub parameters: Vec<Parameter>,
    /// What it does.
    pub body: Vec<Statement>,
}

/// What a `def` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: Spanned<String>,
    /// Its value where none is given.
    pub default: Option<Rvalue>,
}

/// What an `if` asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `A and B`
    All(Vec<Condition>),
    /// `A or B`
    Any(Vec<Condition>),
    /// `not A`
    Not(Box<Condition>),
    /// `A == B`
    Compare {
        /// Before the operator.
        left: Rvalue,
        /// The operator.
        comparison: Comparison,
        /// Behind it.
        right: Rvalue,
    },
    /// A truth value.
    Value(Rvalue),
    /// `exists link NAME`: the words behind `exists`.
    Exists {
        /// At least one.
        words: Vec<Word>,
        /// `exists` itself.
        keyword: Span,
    },
    /// `ok { … }`
    Ok(Vec<Statement>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// A word, or a list of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rvalue {
    /// One.
    Word(Word),
    /// `[red blue]`
    List {
        /// What stands in the brackets.
        items: Vec<Word>,
        /// With the brackets.
        span: Span,
    },
}

impl Rvalue {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Self::Word(word) => word.span,
            Self::List { span, .. } => *span,
        }
    }
}

/// What a statement such as `in` governs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Statements in braces.
    Block(Vec<Statement>),
    /// One statement on the same line.
    Single(Box<Statement>),
}

impl Body {
    /// The statements, whichever way they were written.
    pub fn statements(&self) -> &[Statement] {
        match self {
            Self::Block(statements) => statements,
            Self::Single(statement) => std::slice::from_ref(statement),
        }
    }
}

/// How a link of a chain depends on what ran before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainOperator {
    /// `&&`: runs if that succeeded.
    And,
    /// `||`: runs if that failed.
    Or,
}

/// Words and where their output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// At least one; `sudo` and prompts in front are already dropped.
    pub words: Vec<Word>,
    /// `> FILE` and the like, in the order written.
    pub redirections: Vec<Redirection>,
}

/// `> FILE`, `>> FILE`, `2> FILE`, `2>&1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// Which output: 1 (results) or 2 (complaints).
    pub stream: Stream,
    /// Where it goes.
    pub target: RedirectionTarget,
    /// From the operator to the end of the file's name.
    pub span: Span,
}

/// One of the two outputs of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Results, `1>` or `>`.
    Output,
    /// Complaints, `2>`.
    Errors,
}

/// Where a redirected output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectionTarget {
    /// `> FILE`, or `>> FILE` when it is appended to.
    File {
        /// Its name.
        path: Word,
        /// Whether it is appended to.
        append: bool,
    },
    /// `2>&1` or `>&2`: where the other output goes now.
    Other,
}

/// A word: parts that stand together without a blank, such as `veth-$ns` or `"a b"$x`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The parts; an empty list is the empty string `""`.
    pub parts: Vec<Part>,
    /// From the first to the last character, quotes included.
    pub span: Span,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Bare text.
    Bare(String),
    /// Text from within quotes, escapes resolved: never a keyword, never split.
    Quoted(String),
    /// `$name`, `$lan[5].ip`, `${ i + 1 }`.
    Value(Expr),
}

/// A value that is worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// How.
    pub kind: ExprKind,
    /// Where it was written; `$` and braces included.
    pub span: Span,
}

/// The shapes of expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A name, and which part of its value is meant.
    Variable {
        /// The name.
        name: Spanned<String>,
        /// `[5]`, `.ip`, in order.
        accesses: Vec<Access>,
    },
    /// Text in quotes.
    Text(String),
    /// What it looks like: `3`, `10.0.0.1`, `true`.
    Literal(String),
    /// `-X`
    Negative(Box<Expr>),
    /// `A + B - C`: operators of one rank, from the left.
    Operations {
        /// The first value.
        first: Box<Expr>,
        /// The others, each with the operator before it.
        rest: Vec<(Operator, Expr)>,
    },
}

/// Which part of a value is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// `[5]`
    Index {
        /// The number.
        index: Expr,
        /// With its brackets.
        span: Span,
    },
    /// `.ip`, `.subnet(28, 3)`. In a word, behind a value that has no such field, it is text.
    Field {
        /// The name.
        name: String,
        /// What stands in the parentheses.
        arguments: Vec<Expr>,
        /// With its dot.
        span: Span,
    },
}

impl Word {
    /// The text of a word that has no values in it; `None` where it has some.
    pub fn literal(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Bare(text) | Part::Quoted(text) => Some(text.as_str()),
                Part::Value(_) => None,
            })
            .collect()
    }

    /// The text of a word that is one piece of bare text: what may be a keyword.
    pub fn bare(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Bare(text)] => Some(text),
            _ => None,
        }
    }
}
