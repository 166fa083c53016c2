use std::collections::BTreeMap;

use crate::{
    model::World,
    ops::Step,
    source::{Span, Spanned},
};

/// What one input leaves for the next.
#[derive(Clone, Debug)]
pub struct State {
    /// The world as the statements so far have made it.
    pub world: World,
    /// What was done so far, in order: where messages look up which line made or moved an object.
    pub history: Vec<Step>,
    variables: BTreeMap<String, Spanned<String>>,
}

impl State {
    /// Nothing done yet.
    pub fn new(world: World) -> Self {
        Self { world, history: Vec::new(), variables: BTreeMap::new() }
    }

    /// `let NAME = VALUE`; a later one replaces an earlier one.
    pub fn define(&mut self, name: &str, value: String, span: Span) {
        self.variables.insert(name.into(), Spanned::new(value, span));
    }

    /// The text of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|variable| variable.value.as_str())
    }

    /// The names of all variables.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
}
