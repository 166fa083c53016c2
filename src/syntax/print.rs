//! Tree to text: a [`Script`] as a careful author would write it, from the tree alone.
//!
//! In: a tree as [`parse`](super::parse) makes it; its spans are not looked at. Out: a text. Invariant: the text parses
//! back to the same tree, but for the spans. So two texts mean the same if and only if their trees print the same.
//!
//! Blocks are broken over lines, but for those of `ok { … }`; everything else stands on one line.

mod formula;
mod word;

use super::{
    ast::{
        Body, ChainOperator, Command, Comparison, Condition, Function, RedirectionTarget, Rvalue, Script, Statement,
        StatementKind, Stream, Word,
    },
    reserved,
    shell::{is_plain, prompt_len},
};

/// The text of a script.
pub fn print(script: &Script) -> String {
    let mut printer = Printer { text: String::new(), indent: Some(0) };
    printer.lines(&script.statements);
    printer.text
}

struct Printer {
    text: String,
    /// How many blocks are open; `None` where all stands on one line.
    indent: Option<usize>,
}

impl Printer {
    /// Statements, each on a line of its own.
    fn lines(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.indentation();
            let start = self.text.len();
            self.statement(statement);
            // At the beginning of a line a prompt is dropped: with one more in front the first word is none.
            if prompt_len(&self.text[start..]).is_some() {
                self.text.insert_str(start, "$ ");
            }
            self.text.push('\n');
        }
    }

    fn indentation(&mut self) {
        let indent = self.indent.unwrap_or_default();
        self.text.extend(std::iter::repeat_n("  ", indent));
    }

    /// ` { … }`, or ` {` and lines up to a `}`.
    fn block(&mut self, statements: &[Statement]) {
        self.text.push_str(" {");
        match self.indent {
            Some(indent) if !statements.is_empty() => {
                self.text.push('\n');
                self.indent = Some(indent + 1);
                self.lines(statements);
                self.indent = Some(indent);
                self.indentation();
            }
            _ => {
                for (index, statement) in statements.iter().enumerate() {
                    self.text.push_str(if index == 0 { " " } else { "; " });
                    self.statement(statement);
                }
                self.text.push(' ');
            }
        }
        self.text.push('}');
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Command(command) => self.command(command),
            StatementKind::Headed { head, body, .. } => {
                self.command(head);
                self.block(body);
            }
            StatementKind::Chain { first, rest } => {
                self.statement(first);
                for (operator, link) in rest {
                    self.text.push_str(match operator {
                        ChainOperator::And => " && ",
                        ChainOperator::Or => " || ",
                    });
                    self.statement(link);
                }
            }
            StatementKind::Pipe(stages) => {
                for (index, stage) in stages.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { " | " });
                    self.statement(stage);
                }
            }
            StatementKind::In { namespace, body } => {
                self.text.push_str("in ");
                self.word(namespace);
                match body {
                    Body::Block(statements) => self.block(statements),
                    Body::Single(statement) => {
                        self.text.push(' ');
                        self.statement(statement);
                    }
                }
            }
            StatementKind::Let { name, value } => {
                self.text.push_str(&format!("let {} = ", name.value));
                self.rvalue(value);
            }
            StatementKind::For { count, name, values, body } => {
                self.text.push_str("for ");
                if let Some(count) = count {
                    self.text.push_str(&format!("{}, ", count.value));
                }
                self.text.push_str(&format!("{} in ", name.value));
                self.rvalue(values);
                self.block(body);
            }
            StatementKind::If { branches, otherwise } => {
                for (index, (condition, body)) in branches.iter().enumerate() {
                    self.text.push_str(if index == 0 { "if " } else { " else if " });
                    self.branch(condition, body);
                }
                if let Some(body) = otherwise {
                    self.text.push_str(" else");
                    self.block(body);
                }
            }
            StatementKind::Include { path } => {
                let is_bare =
                    !path.value.is_empty() && !path.value.starts_with('#') && path.value.chars().all(is_plain);
                let word = if is_bare { path.value.clone() } else { word::quoted(&path.value) };
                self.text.push_str(&format!("include {word}"));
            }
            StatementKind::Def { name, function } => self.function(&name.value, function),
        }
    }

    /// `def NAME(PARAMETERS) { … }`
    fn function(&mut self, name: &str, function: &Function) {
        self.text.push_str(&format!("def {name}("));
        for (index, parameter) in function.parameters.iter().enumerate() {
            self.text.push_str(if index == 0 { "" } else { ", " });
            self.text.push_str(&parameter.name.value);
            if let Some(default) = &parameter.default {
                self.text.push_str(" = ");
                self.rvalue(default);
            }
        }
        self.text.push(')');
        self.block(&function.body);
    }

    fn command(&mut self, command: &Command) {
        let mut words = command.words.iter();
        if let Some(first) = words.next() {
            let first = word::text(first);
            // `""` in front: a word that looks like a keyword and is none, or like a mark of the file's encoding.
            let is_itself = reserved::begins_command(&first) && !first.starts_with('\u{feff}');
            let guard = if is_itself { "" } else { "\"\"" };
            self.text.push_str(&format!("{guard}{first}"));
        }
        for word in words {
            self.text.push(' ');
            self.word(word);
        }
        for redirection in &command.redirections {
            let stream = match redirection.stream {
                Stream::Output => "",
                Stream::Errors => "2",
            };
            match &redirection.target {
                RedirectionTarget::File { path, append } => {
                    let arrow = if *append { ">>" } else { ">" };
                    let blank = if stream.is_empty() { " " } else { "" };
                    self.text.push_str(&format!(" {stream}{arrow}{blank}{}", word::text(path)));
                }
                RedirectionTarget::Other => {
                    self.text.push_str(match redirection.stream {
                        Stream::Output => " >&2",
                        Stream::Errors => " 2>&1",
                    });
                }
            }
        }
    }

    /// A condition and what it governs.
    fn branch(&mut self, condition: &Condition, body: &[Statement]) {
        let start = self.text.len();
        let indent = self.indent.take();
        self.condition(condition);
        self.indent = indent;
        // What begins with `[` would be the shell's test.
        if self.text[start..].starts_with('[') {
            self.text.insert_str(start, "not not ");
        }
        self.block(body);
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(all) => self.conditions(all, " and "),
            Condition::Any(any) => self.conditions(any, " or "),
            Condition::Not(inner) => {
                self.text.push_str("not ");
                self.condition(inner);
            }
            Condition::Compare { left, comparison, right } => {
                self.operand(left);
                self.text.push_str(match comparison {
                    Comparison::Equal => " == ",
                    Comparison::Unequal => " != ",
                    Comparison::Less => " < ",
                    Comparison::AtMost => " <= ",
                    Comparison::Greater => " > ",
                    Comparison::AtLeast => " >= ",
                });
                self.operand(right);
            }
            Condition::Value(value) => self.operand(value),
            Condition::Exists { words, .. } => {
                self.text.push_str("exists");
                for word in words {
                    self.text.push(' ');
                    self.operand_word(word);
                }
            }
            Condition::Ok(statements) => {
                self.text.push_str("ok");
                self.block(statements);
            }
        }
    }

    fn conditions(&mut self, conditions: &[Condition], joined: &str) {
        for (index, condition) in conditions.iter().enumerate() {
            self.text.push_str(if index == 0 { "" } else { joined });
            self.condition(condition);
        }
    }

    fn operand(&mut self, value: &Rvalue) {
        match value {
            Rvalue::Word(word) => self.operand_word(word),
            Rvalue::List { .. } => self.rvalue(value),
        }
    }

    /// A word that is not to be taken for a comparison, for `ok { … }` or for a list.
    fn operand_word(&mut self, word: &Word) {
        let word = word::text(word);
        let is_other = word == "ok" || ["==", "!=", "["].iter().any(|start| word.starts_with(start));
        self.text.push_str(if is_other { "\"\"" } else { "" });
        self.text.push_str(&word);
    }

    fn rvalue(&mut self, value: &Rvalue) {
        match value {
            Rvalue::Word(word) => {
                let word = word::text(word);
                self.text.push_str(if word.starts_with('[') { "\"\"" } else { "" });
                self.text.push_str(&word);
            }
            Rvalue::List { items, .. } => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { " " });
                    self.word(item);
                }
                self.text.push(']');
            }
        }
    }

    fn word(&mut self, word: &Word) {
        self.text.push_str(&word::text(word));
    }
}

#[cfg(test)]
mod tests;
