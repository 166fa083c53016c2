use super::{Machine, live, program, requirement};
use crate::{
    commands::Requirement,
    eval::{Facts, Trouble},
    net::NsRef,
};

/// What a check can ask a machine.
pub struct MachineFacts<'a, B>(pub &'a mut B);

impl<B: Machine> Facts for MachineFacts<'_, B> {
    fn has_program(&self, name: &str) -> bool {
        program::is_there(name)
    }

    fn missing(&mut self, requirement: &Requirement) -> Result<Option<String>, Trouble> {
        requirement::missing(self.0, requirement)
    }

    fn setting_names(&mut self, group: &[String]) -> Result<Vec<String>, Trouble> {
        self.0.sysctl_names(group).map_err(live::trouble)
    }

    fn process(&mut self, pid: u32) -> Result<Option<NsRef>, Trouble> {
        self.0.process_netns(pid).map_err(live::trouble)
    }
}
