//! Trees without places: each span is that of the beginning.

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
    Eraser(source.span(0, 0)).statements(&mut script.statements);
    script
}

struct Eraser(Span);

impl Eraser {
    fn statements(&self, statements: &mut [Statement]) {
        statements.iter_mut().for_each(|statement| self.statement(statement));
    }

    fn statement(&self, statement: &mut Statement) {
        statement.span = self.0;
        match &mut statement.kind {
            StatementKind::Command(command) => self.command(command),
            StatementKind::Headed { head, head_span, body } => {
                self.command(head);
                *head_span = self.0;
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
                name.span = self.0;
                self.rvalue(value);
            }
            StatementKind::For { count, name, values, body } => {
                count.iter_mut().chain([name]).for_each(|name| name.span = self.0);
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
            StatementKind::Include { path } => path.span = self.0,
            StatementKind::Def { name, function } => {
                name.span = self.0;
                let function = Rc::make_mut(function);
                for parameter in &mut function.parameters {
                    parameter.name.span = self.0;
                    parameter.default.iter_mut().for_each(|default| self.rvalue(default));
                }
                self.statements(&mut function.body);
            }
        }
    }

    fn command(&self, command: &mut Command) {
        command.words.iter_mut().for_each(|word| self.word(word));
        for redirection in &mut command.redirections {
            redirection.span = self.0;
            if let RedirectionTarget::File { path, .. } = &mut redirection.target {
                self.word(path);
            }
        }
    }

    fn condition(&self, condition: &mut Condition) {
        match condition {
            Condition::All(all) | Condition::Any(all) => all.iter_mut().for_each(|one| self.condition(one)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Compare { left, right, .. } => {
                self.rvalue(left);
                self.rvalue(right);
            }
            Condition::Value(value) => self.rvalue(value),
            Condition::Exists { words, keyword } => {
                *keyword = self.0;
                words.iter_mut().for_each(|word| self.word(word));
            }
            Condition::Ok(statements) => self.statements(statements),
        }
    }

    fn rvalue(&self, value: &mut Rvalue) {
        match value {
            Rvalue::Word(word) => self.word(word),
            Rvalue::List { items, span } => {
                *span = self.0;
                items.iter_mut().for_each(|word| self.word(word));
            }
        }
    }

    fn word(&self, word: &mut Word) {
        word.span = self.0;
        for part in &mut word.parts {
            if let Part::Value(expr) = part {
                self.expr(expr);
            }
        }
    }

    fn expr(&self, expr: &mut Expr) {
        expr.span = self.0;
        match &mut expr.kind {
            ExprKind::Variable { name, accesses } => {
                name.span = self.0;
                for access in accesses {
                    match access {
                        Access::Index { index, span } => {
                            *span = self.0;
                            self.expr(index);
                        }
                        Access::Field { arguments, span, .. } => {
                            *span = self.0;
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
