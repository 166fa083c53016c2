//! What a prompt may know of the network and the session, to help with the line that is typed.

use super::{Machine, Session};
use crate::{complete::Name, model::World, net::NsRef};

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
    /// Looks around. What cannot be looked at is as it was last known.
    pub fn surroundings(&mut self) -> Surroundings {
        let world = self.look().unwrap_or_else(|_| self.state.world.clone());
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
