//! What a check does not come by: the statements of `def`s that nobody calls, and of branches that are not taken.
//!
//! In: all scripts. Out: what is wrong with them in themselves, whatever the world is like: names that nothing gives a
//! value, calls with too few or too many arguments, words that no command takes, what stands behind an `exit`. Words that
//! hold values are left alone: nobody knows them.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{Evaluator, Failure, FailureKind, Outside, State};
use crate::{
    commands::{self, Act, Arg, Context, UsageError},
    net::NsRef,
    source::Span,
    syntax::{
        ast::{Command, Condition, Part, Script, Statement, StatementKind, Word},
        names::Names,
    },
};

/// Where statements stand.
#[derive(Clone, Copy)]
struct Place {
    /// In braces of any kind, where `exit` ends the script.
    in_block: bool,
    /// Where they may never be evaluated.
    perhaps: bool,
}

impl<O: Outside> Evaluator<'_, O> {
    /// Tells of all that is wrong wherever it stands.
    pub(super) fn look_everywhere(&mut self, scripts: &[Script]) {
        let mut names = Names::default();
        for script in scripts {
            names.statements(&script.statements);
        }
        let included = self.included;
        let mut seen = BTreeSet::new();
        let mut others = Vec::new();
        while let Some(file) = names.included.pop() {
            // A file that is included twice is one script.
            if let Some(script) = included.get(&file).filter(|script| seen.insert(script.source)) {
                names.statements(&script.statements);
                others.push(&**script);
            }
        }
        let given: BTreeSet<&str> = names.given.iter().copied().chain(self.state.variables()).collect();
        let unknown = names.used.iter().filter(|name| !given.contains(name.value.as_str()));
        let mut failures: Vec<Failure> = unknown.map(|name| self.no_variable(name, given.iter().copied())).collect();
        let top = Place { in_block: false, perhaps: false };
        let mut functions = Functions::default();
        for script in scripts.iter().chain(others.iter().copied()) {
            functions.of(&script.statements);
        }
        let functions = functions.once(self.state);
        for script in scripts.iter().chain(others) {
            self.unseen(&script.statements, top, &functions, &mut failures);
        }
        failures.into_iter().for_each(|failure| self.record(failure));
    }

    fn unseen(&self, statements: &[Statement], place: Place, functions: &Functions<'_>, found: &mut Vec<Failure>) {
        let inside = Place { in_block: true, ..place };
        let perhaps = Place { in_block: true, perhaps: true };
        for (at, statement) in statements.iter().enumerate() {
            match &statement.kind {
                StatementKind::Command(command) => {
                    if let (true, Some(behind)) = (place.in_block, statements.get(at + 1)) {
                        found.extend(super::evaluator::never_reached(statement, behind));
                    }
                    if place.perhaps {
                        found.extend(self.unseen_command(command, statement.span, functions));
                    }
                }
                // Only the first command of a pipe is a statement.
                StatementKind::Pipe(stages) => self.unseen(&stages[..1], place, functions, found),
                StatementKind::Chain { first, rest } => {
                    self.unseen(std::slice::from_ref(first), place, functions, found);
                    for (_, link) in rest {
                        self.unseen(std::slice::from_ref(link), perhaps, functions, found);
                    }
                }
                StatementKind::In { body, .. } => self.unseen(body.statements(), inside, functions, found),
                StatementKind::For { body, .. } => self.unseen(body, perhaps, functions, found),
                StatementKind::If { branches, otherwise } => {
                    for (condition, body) in branches {
                        self.unseen_condition(condition, functions, found);
                        self.unseen(body, perhaps, functions, found);
                    }
                    otherwise.iter().for_each(|body| self.unseen(body, perhaps, functions, found));
                }
                StatementKind::Def { function, .. } => self.unseen(&function.body, perhaps, functions, found),
                StatementKind::Headed { head, body, .. } => {
                    // What stands in a switch are ports.
                    if head.words[0].bare() != Some("switch") {
                        self.unseen(body, inside, functions, found);
                    }
                }
                StatementKind::Let { .. } | StatementKind::Include { .. } => {}
            }
        }
    }

    fn unseen_condition(&self, condition: &Condition, functions: &Functions<'_>, found: &mut Vec<Failure>) {
        match condition {
            Condition::All(all) | Condition::Any(all) => {
                all.iter().for_each(|condition| self.unseen_condition(condition, functions, found));
            }
            Condition::Not(inner) => self.unseen_condition(inner, functions, found),
            Condition::Ok(statements) => {
                self.unseen(statements, Place { in_block: true, perhaps: true }, functions, found);
            }
            Condition::Compare { .. } | Condition::Value(_) | Condition::Exists { .. } => {}
        }
    }

    /// What is wrong with the words of a command that may never be evaluated.
    fn unseen_command(&self, command: &Command, span: Span, functions: &Functions<'_>) -> Option<Failure> {
        if let Some(name) = command.words[0].bare()
            && let Some(named) = functions.0.get(name)
        {
            let [(function, defined)] = named.as_slice() else { return None };
            return self.wrong_count((function, *defined), &command.words[1..], span);
        }
        let is_value = |word: &Word| word.parts.iter().any(|part| matches!(part, Part::Value(_)));
        if command.words.iter().any(is_value) {
            return None;
        }
        let words = self.expand_all(&command.words).ok()?;
        let error = self.unseen_words(&words)?;
        Some(Failure::new(FailureKind::Words, error.to_diagnostic()))
    }

    fn unseen_words(&self, words: &Rc<[Arg]>) -> Option<UsageError> {
        if self.command_of_shell(words).is_some() {
            return None;
        }
        match commands::lower(words, &Context { ns: NsRef::Host }) {
            Ok(Act::InNamespace { skip, .. }) => {
                let inner: Rc<[Arg]> = words[skip..].into();
                let is_statement = inner.first().is_some_and(|first| commands::is_statement(&first.text));
                if is_statement { self.unseen_words(&inner) } else { None }
            }
            // What cannot be done yet does no harm where it is not done; a program may be there by then.
            Ok(_) | Err(UsageError::NotYet { .. } | UsageError::UnknownWord { .. }) => None,
            Err(error) => Some(error),
        }
    }
}

/// The `def`s of all scripts, by name.
#[derive(Default)]
struct Functions<'s>(BTreeMap<&'s str, Vec<(&'s Rc<crate::syntax::ast::Function>, Span)>>);

impl<'s> Functions<'s> {
    fn of(&mut self, statements: &'s [Statement]) {
        for statement in statements {
            match &statement.kind {
                StatementKind::Def { name, function } => {
                    self.0.entry(&name.value).or_default().push((function, name.span));
                    self.of(&function.body);
                }
                StatementKind::Chain { first, rest } => {
                    self.of(std::slice::from_ref(first));
                    rest.iter().for_each(|(_, link)| self.of(std::slice::from_ref(link)));
                }
                StatementKind::In { body, .. } => self.of(body.statements()),
                StatementKind::For { body, .. } | StatementKind::Headed { body, .. } => self.of(body),
                StatementKind::If { branches, otherwise } => {
                    branches.iter().map(|(_, body)| body).chain(otherwise).for_each(|body| self.of(body));
                }
                StatementKind::Command(_)
                | StatementKind::Pipe(_)
                | StatementKind::Let { .. }
                | StatementKind::Include { .. } => {}
            }
        }
    }

    /// Without those of which an earlier input has one, too: which is meant shows when it is called.
    fn once(mut self, state: &State) -> Self {
        for name in state.functions() {
            if let Some(named) = self.0.get_mut(name) {
                named.clear();
            }
        }
        self
    }
}
