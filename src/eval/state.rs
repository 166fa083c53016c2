use std::{collections::BTreeMap, rc::Rc};

use crate::{model::World, net::NsRef, ops::Step, source::Span, syntax::ast::Function, value::Value};

/// What one input leaves for the next.
#[derive(Clone, Debug)]
pub struct State {
    /// The world as the statements so far have made it.
    pub world: World,
    /// What was done so far, in order: where messages look up which line made or moved an object.
    pub history: Vec<Step>,
    /// The namespaces that were entered and not left, the current one last.
    pub entered: Vec<NsRef>,
    pub(super) variables: BTreeMap<String, Variable>,
    functions: BTreeMap<String, Named>,
    /// What runs beside the script, by name.
    pub jobs: BTreeMap<String, Job>,
    /// The parameters and variables of the `def`s that are running, the innermost last.
    frames: Vec<BTreeMap<String, Variable>>,
    /// The weight of all variables.
    held: usize,
    /// What variables are to be, whatever the script says, and whether it said anything.
    presets: BTreeMap<String, (String, bool)>,
}

/// What a state knows beside the world, to go back to.
#[derive(Clone, Debug)]
pub struct Names {
    entered: Vec<NsRef>,
    variables: BTreeMap<String, Variable>,
    functions: BTreeMap<String, Named>,
    jobs: BTreeMap<String, Job>,
    held: usize,
    done: usize,
}

impl Names {
    /// Whether both say the same, wherever it was said.
    pub fn is_like(&self, other: &Self) -> bool {
        let values = |names: &Self| -> Vec<(String, Value)> {
            names.variables.iter().map(|(name, variable)| (name.clone(), variable.value.clone())).collect()
        };
        let functions = |names: &Self| -> Vec<(String, Span)> {
            names.functions.iter().map(|(name, named)| (name.clone(), named.span)).collect()
        };
        self.entered == other.entered
            && self.jobs.keys().eq(other.jobs.keys())
            && values(self) == values(other)
            && functions(self) == functions(other)
    }
}

/// A program or a capture that runs beside the script.
#[derive(Clone, Debug)]
pub struct Job {
    /// Where it was started.
    pub span: Span,
    /// It goes on until it is ended: a capture of all packets.
    pub is_endless: bool,
    /// The file that a capture writes.
    pub writes: Option<String>,
}

impl Job {
    /// What it is.
    pub fn noun(&self) -> &'static str {
        if self.writes.is_some() { "a capture" } else { "a program" }
    }
}

/// A `def`, and where it was named.
#[derive(Clone, Debug)]
pub struct Named {
    /// What it does.
    pub function: Rc<Function>,
    /// Its name, where it was defined.
    pub span: Span,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The value.
    pub value: Value,
    /// Where the name was given it.
    pub span: Span,
    /// Whether it is known before the script runs that it has this value.
    pub is_certain: bool,
}

impl State {
    /// Nothing done yet.
    pub fn new(world: World) -> Self {
        Self {
            world,
            history: Vec::new(),
            entered: Vec::new(),
            variables: BTreeMap::new(),
            functions: BTreeMap::new(),
            jobs: BTreeMap::new(),
            frames: Vec::new(),
            held: 0,
            presets: BTreeMap::new(),
        }
    }

    /// What is known beside the world.
    pub fn names(&self) -> Names {
        let Self { entered, variables, functions, jobs, held, history, .. } = self;
        let (entered, variables, functions) = (entered.clone(), variables.clone(), functions.clone());
        Names { entered, variables, functions, jobs: jobs.clone(), held: *held, done: history.len() }
    }

    /// From now on that is known again. What has ended since does not run again.
    pub fn recall(&mut self, names: &Names) {
        let Names { entered, variables, functions, jobs, held, done } = names.clone();
        (self.entered, self.variables, self.functions, self.held) = (entered, variables, functions, held);
        self.jobs.retain(|name, _| jobs.contains_key(name));
        self.history.truncate(done);
    }

    /// `let NAME = VALUE`; a later one replaces an earlier one. In a `def` the name is the def's own.
    pub fn define(&mut self, name: &str, mut value: Value, span: Span) {
        let names = match self.frames.last_mut() {
            Some(frame) => frame,
            None => {
                if let Some((preset, is_used)) = self.presets.get_mut(name) {
                    *is_used = true;
                    value = Value::Text(preset.clone());
                }
                &mut self.variables
            }
        };
        self.held += value.weight();
        if let Some(before) = names.insert(name.into(), Variable { value, span, is_certain: true }) {
            self.held -= before.value.weight();
        }
    }

    /// A `def` begins, with these parameters.
    pub(super) fn enter(&mut self, frame: BTreeMap<String, Variable>) {
        self.held += weight(&frame);
        self.frames.push(frame);
    }

    /// The innermost `def` ends.
    pub(super) fn leave(&mut self) {
        self.held -= self.frames.pop().as_ref().map_or(0, weight);
    }

    /// About how many bytes all variables hold.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// `def NAME(…) { … }`
    pub fn define_function(&mut self, name: &str, function: &Rc<Function>, span: Span) {
        self.functions.insert(name.into(), Named { function: Rc::clone(function), span });
    }

    /// The `def` of that name.
    pub fn function(&self, name: &str) -> Option<&Named> {
        self.functions.get(name)
    }

    /// The names of all `def`s.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }

    /// Whatever was given another value since then may have it, or not.
    pub fn doubt_changed(&mut self, before: &(BTreeMap<String, Variable>, BTreeMap<String, Variable>)) {
        let frame = self.frames.last_mut().into_iter().map(|frame| (frame, &before.1));
        for (now, before) in frame.chain([(&mut self.variables, &before.0)]) {
            for (name, variable) in now {
                variable.is_certain &= before.get(name) == Some(variable);
            }
        }
    }

    /// All variables that can be set here: those outside of all `def`s, and those of the innermost.
    pub fn settable(&self) -> (BTreeMap<String, Variable>, BTreeMap<String, Variable>) {
        (self.variables.clone(), self.frames.last().cloned().unwrap_or_default())
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
        self.held -= weight(&self.variables);
        self.variables.clear();
        self.functions.clear();
        self.presets.clear();
    }

    /// What a name stands for, in the innermost `def` or outside of all.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.frames.last().and_then(|frame| frame.get(name)).or_else(|| self.variables.get(name))
    }

    /// The names of all variables.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.frames.last().into_iter().flat_map(BTreeMap::keys).chain(self.variables.keys()).map(String::as_str)
    }
}

fn weight(variables: &BTreeMap<String, Variable>) -> usize {
    variables.values().map(|variable| variable.value.weight()).sum()
}
