//! What a prompt may know of the network and the session, to help with the line that is typed.

use std::time::{Duration, Instant};

use super::{Machine, Session};
use crate::{complete::Name, model::World, net::NsRef};

/// What nobody who types notices.
const AT_ONCE: Duration = Duration::from_millis(50);

/// What is there beside a line.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The network as it is now.
    pub world: World,
    /// The namespace in which the line begins.
    pub here: NsRef,
    /// What `let` and `def` gave names.
    pub names: Vec<Name>,
    /// What runs beside the statements.
    pub jobs: Vec<String>,
}

impl<B: Machine> Session<B> {
    /// Looks around. What cannot be looked at is as it was last known, and so is what takes long to look at, if the session
    /// `knows` what was changed last.
    pub fn surroundings(&mut self, knows: bool) -> Surroundings {
        let started = Instant::now();
        let seen = if self.is_slow && knows { None } else { self.look().ok() };
        self.is_slow |= seen.is_some() && started.elapsed() > AT_ONCE;
        let world = seen.unwrap_or_else(|| self.state.world.clone());
        let here = self.inside().cloned().unwrap_or(NsRef::Host);
        let variable = |name: &str| {
            let value = self.state.variable(name)?.value.to_string();
            Some(Name::Variable { name: name.into(), value })
        };
        let function = |name: &str| {
            let function = &self.state.function(name)?.function;
            let parameters = function.parameters.iter().map(|parameter| parameter.name.value.clone()).collect();
            Some(Name::Function { name: name.into(), parameters })
        };
        let variables = self.state.variables().filter_map(variable);
        let names = variables.chain(self.state.functions().filter_map(function)).collect();
        Surroundings { world, here, names, jobs: self.state.jobs.keys().cloned().collect() }
    }
}
