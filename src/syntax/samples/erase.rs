//! Trees without places: each span is that of the beginning. The fuzz target uses it, too.

use std::rc::Rc;

use crate::{
    source::{Source, Span},
    syntax::ast::{
        Access, Body, Command, Condition, Expr, ExprKind, Part, RedirectionTarget, Rvalue, Script, Statement,
        StatementKind, Word,
    },
};

/// The same tree as of the beginning of a source.
pub fn without_spans(mut script: Script, source: &Source) -> Script {
    script.source = source.id();
    let beginning = source.span(0, 0);
    each_span(&mut script.statements, |span| *span = beginning);
    script
}

/// Every place that a tree names.
pub fn each_span(statements: &mut [Statement], each: impl FnMut(&mut Span)) {
    Spans(each).statements(statements);
}

struct Spans<F>(F);

impl<F: FnMut(&mut Span)> Spans<F> {
    fn statements(&mut self, statements: &mut [Statement]) {
        statements.iter_mut().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &mut Statement) {
        (self.0)(&mut statement.span);
        match &mut statement.kind {
            StatementKind::Command(command) => self.command(command),
            StatementKind::Headed { head, head_span, body } => {
                self.command(head);
                (self.0)(head_span);
                self.statements(body);
            }
            StatementKind::Chain { first, rest } => {
                self.statement(first);
                rest.iter_mut().for_each(|(_, link)| self.statement(link));
            }
            StatementKind::Pipe(stages) => self.statements(stages),
            StatementKind::In { namespace, body } => {
                self.word(namespace);
                match body {
                    Body::Block(statements) => self.statements(statements),
                    Body::Single(statement) => self.statement(statement),
                }
            }
            StatementKind::Let { name, value } => {
                (self.0)(&mut name.span);
                self.rvalue(value);
            }
            StatementKind::For { count, name, values, body } => {
                count.iter_mut().chain([name]).for_each(|name| (self.0)(&mut name.span));
                self.rvalue(values);
                self.statements(body);
            }
            StatementKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.condition(condition);
                    self.statements(body);
                }
                otherwise.iter_mut().for_each(|body| self.statements(body));
            }
            StatementKind::Include { path } => (self.0)(&mut path.span),
            StatementKind::Def { name, function } => {
                (self.0)(&mut name.span);
                let function = Rc::make_mut(function);
                for parameter in &mut function.parameters {
                    (self.0)(&mut parameter.name.span);
                    parameter.default.iter_mut().for_each(|default| self.rvalue(default));
                }
                self.statements(&mut function.body);
            }
        }
    }

    fn command(&mut self, command: &mut Command) {
        command.words.iter_mut().for_each(|word| self.word(word));
        for redirection in &mut command.redirections {
            (self.0)(&mut redirection.span);
            if let RedirectionTarget::File { path, .. } = &mut redirection.target {
                self.word(path);
            }
        }
    }

    fn condition(&mut self, condition: &mut Condition) {
        match condition {
            Condition::All(all) | Condition::Any(all) => all.iter_mut().for_each(|one| self.condition(one)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Compare { left, right, .. } => {
                self.rvalue(left);
                self.rvalue(right);
            }
            Condition::Value(value) => self.rvalue(value),
            Condition::Exists { words, keyword } => {
                (self.0)(keyword);
                words.iter_mut().for_each(|word| self.word(word));
            }
            Condition::Ok(statements) => self.statements(statements),
        }
    }

    fn rvalue(&mut self, value: &mut Rvalue) {
        match value {
            Rvalue::Word(word) => self.word(word),
            Rvalue::List { items, span } => {
                (self.0)(span);
                items.iter_mut().for_each(|word| self.word(word));
            }
        }
    }

    fn word(&mut self, word: &mut Word) {
        (self.0)(&mut word.span);
        for part in &mut word.parts {
            if let Part::Value(expr) = part {
                self.expr(expr);
            }
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        (self.0)(&mut expr.span);
        match &mut expr.kind {
            ExprKind::Variable { name, accesses } => {
                (self.0)(&mut name.span);
                for access in accesses {
                    match access {
                        Access::Index { index, span } => {
                            (self.0)(span);
                            self.expr(index);
                        }
                        Access::Field { arguments, span, .. } => {
                            (self.0)(span);
                            arguments.iter_mut().for_each(|expr| self.expr(expr));
                        }
                    }
                }
            }
            ExprKind::Text(_) | ExprKind::Literal(_) => {}
            ExprKind::Negative(inner) => self.expr(inner),
            ExprKind::Operations { first, rest } => {
                self.expr(first);
                rest.iter_mut().for_each(|(_, expr)| self.expr(expr));
            }
        }
    }
}
