//! The names in a script: which ones it gives values, and which ones it uses.
//!
//! In: statements. Out: names with their places, in the order of the text. Nothing is evaluated: what stands in a `def`
//! that nobody calls, or in a branch that is not taken, is seen as well.

use super::ast::{
    Access, Body, Command, Condition, Expr, ExprKind, Part, RedirectionTarget, Rvalue, Statement, StatementKind, Word,
};
use crate::source::{Span, Spanned};

/// The names in statements.
#[derive(Debug, Default)]
pub struct Names<'s> {
    /// Those that `let`, `for` and parameters give values.
    pub given: Vec<&'s str>,
    /// Those that are used.
    pub used: Vec<&'s Spanned<String>>,
    /// The places where files are named whose names belong here too.
    pub included: Vec<Span>,
}

impl<'s> Names<'s> {
    /// Adds those of statements.
    pub fn statements(&mut self, statements: &'s [Statement]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'s Statement) {
        match &statement.kind {
            StatementKind::Command(command) => self.command(command),
            StatementKind::Headed { head, body, .. } => {
                self.command(head);
                self.statements(body);
            }
            StatementKind::Pipe(stages) => self.statements(stages),
            StatementKind::Chain { first, rest } => {
                self.statement(first);
                rest.iter().for_each(|(_, link)| self.statement(link));
            }
            StatementKind::In { namespace, body } => {
                self.word(namespace);
                match body {
                    Body::Block(statements) => self.statements(statements),
                    Body::Single(statement) => self.statement(statement),
                }
            }
            StatementKind::Let { name, value } => {
                self.given.push(&name.value);
                self.rvalue(value);
            }
            StatementKind::For { count, name, values, body } => {
                self.given.extend(count.iter().chain([name]).map(|name| name.value.as_str()));
                self.rvalue(values);
                self.statements(body);
            }
            StatementKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.condition(condition);
                    self.statements(body);
                }
                otherwise.iter().for_each(|body| self.statements(body));
            }
            StatementKind::Def { function, .. } => {
                for parameter in &function.parameters {
                    self.given.push(&parameter.name.value);
                    parameter.default.iter().for_each(|default| self.rvalue(default));
                }
                self.statements(&function.body);
            }
            StatementKind::Include { path } => self.included.push(path.span),
        }
    }

    fn command(&mut self, command: &'s Command) {
        command.words.iter().for_each(|word| self.word(word));
        for redirection in &command.redirections {
            if let RedirectionTarget::File { path, .. } = &redirection.target {
                self.word(path);
            }
        }
    }

    fn condition(&mut self, condition: &'s Condition) {
        match condition {
            Condition::All(all) | Condition::Any(all) => all.iter().for_each(|condition| self.condition(condition)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Compare { left, right, .. } => {
                self.rvalue(left);
                self.rvalue(right);
            }
            Condition::Value(value) => self.rvalue(value),
            Condition::Exists { words, .. } => words.iter().for_each(|word| self.word(word)),
            Condition::Ok(statements) => self.statements(statements),
        }
    }

    fn rvalue(&mut self, value: &'s Rvalue) {
        match value {
            Rvalue::Word(word) => self.word(word),
            Rvalue::List { items, .. } => items.iter().for_each(|word| self.word(word)),
        }
    }

    fn word(&mut self, word: &'s Word) {
        for part in &word.parts {
            if let Part::Value(expr) = part {
                self.expr(expr);
            }
        }
    }

    fn expr(&mut self, expr: &'s Expr) {
        match &expr.kind {
            ExprKind::Variable { name, accesses } => {
                self.used.push(name);
                for access in accesses {
                    match access {
                        Access::Index { index, .. } => self.expr(index),
                        Access::Field { arguments, .. } => arguments.iter().for_each(|expr| self.expr(expr)),
                    }
                }
            }
            ExprKind::Text(_) | ExprKind::Literal(_) => {}
            ExprKind::Negative(inner) => self.expr(inner),
            ExprKind::Operations { first, rest } => {
                self.expr(first);
                rest.iter().for_each(|(_, expr)| self.expr(expr));
            }
        }
    }
}
