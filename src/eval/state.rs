use std::collections::BTreeMap;

use crate::{
    model::World,
    net::NsRef,
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
    /// The namespaces that were entered and not left, the current one last.
    pub entered: Vec<NsRef>,
    variables: BTreeMap<String, Spanned<String>>,
    /// What variables are to be, whatever the script says, and whether it said anything.
    presets: BTreeMap<String, (String, bool)>,
}

impl State {
    /// Nothing done yet.
    pub fn new(world: World) -> Self {
        Self { world, history: Vec::new(), entered: Vec::new(), variables: BTreeMap::new(), presets: BTreeMap::new() }
    }

    /// `let NAME = VALUE`; a later one replaces an earlier one.
    pub fn define(&mut self, name: &str, value: String, span: Span) {
        let value = match self.presets.get_mut(name) {
            Some((preset, is_used)) => {
                *is_used = true;
                preset.clone()
            }
            None => value,
        };
        self.variables.insert(name.into(), Spanned::new(value, span));
    }

    /// From now on `let NAME = …` gives the variable this value.
    pub fn preset(&mut self, name: &str, value: &str) {
        self.presets.insert(name.into(), (value.into(), false));
    }

    /// Whether the script defined the variable that was preset.
    pub fn is_preset_used(&self, name: &str) -> bool {
        self.presets.get(name).is_some_and(|(_, is_used)| *is_used)
    }

    /// Forgets all variables, and what they were to be.
    pub fn forget_variables(&mut self) {
        self.variables.clear();
        self.presets.clear();
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
