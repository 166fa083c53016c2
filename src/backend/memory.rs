use std::{collections::BTreeMap, fs::File, os::fd::OwnedFd};

use nix::errno::Errno;

use super::{Backend, BackendError, OpFailure, Queries, SnapshotScope};
use crate::{
    model::{
        KernelNumbers, Outcome, Reason, Ruleset, World, apply,
        query::{IpFamily, LinkRow, NeighbourRow, NetnsRow, RouteRow, RuleRow},
        setting_names,
    },
    net::{IfName, NsName, NsRef, SysctlKey},
    ops::Op,
};

/// A machine that is nothing but a model, and strict: what the model refuses or cannot tell fails.
#[derive(Clone, Debug)]
pub struct Memory {
    world: World,
}

impl Memory {
    /// A machine that is as `world` says.
    pub fn new(world: World) -> Self {
        Self { world }
    }

    /// What it is now.
    pub fn world(&self) -> &World {
        &self.world
    }
}

impl Backend for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn snapshot(&mut self, _scope: &SnapshotScope) -> Result<World, BackendError> {
        Ok(self.world.clone())
    }

    /// All that there are.
    fn numbers(&mut self, _of: &[NsRef]) -> Result<KernelNumbers, BackendError> {
        Ok(self.world.numbers())
    }

    fn apply(&mut self, ops: &[Op]) -> Vec<Result<(), OpFailure>> {
        let mut results = Vec::new();
        for op in ops {
            let result = failure_of(apply(&mut self.world, op));
            let failed = result.is_err();
            results.push(result);
            if failed {
                break;
            }
        }
        results
    }

    fn sysctl(&mut self, ns: &NsRef, key: &SysctlKey) -> Result<Option<String>, BackendError> {
        match self.world.namespace(ns) {
            Some(namespace) => Ok(namespace.sysctls.get(key).cloned()),
            None => Err(BackendError::NoSuchNetns(ns.clone())),
        }
    }

    /// There are none but those that are known anyway.
    fn chosen_settings(
        &mut self,
        _ns: &NsRef,
        _link: Option<&IfName>,
    ) -> Result<BTreeMap<SysctlKey, String>, BackendError> {
        Ok(BTreeMap::new())
    }

    fn sysctl_names(&mut self, group: &[String]) -> Result<Vec<String>, BackendError> {
        Ok(setting_names(&self.world, group))
    }

    /// There is no kernel that a kind could be missing from.
    fn has_kind(&mut self, _kind: &str) -> Result<bool, BackendError> {
        Ok(true)
    }

    fn settle(&mut self, _ns: &NsRef) {}

    fn monitor(&mut self, _ns: &NsRef) -> Result<Vec<OwnedFd>, BackendError> {
        Ok(Vec::new())
    }

    /// A model has no processes but the first.
    fn process_netns(&mut self, pid: u32) -> Result<Option<NsRef>, BackendError> {
        Ok((pid == 1).then_some(NsRef::Host))
    }

    /// What is deleted is gone.
    fn revive(&mut self, _names: &[NsName]) -> Result<(), BackendError> {
        Ok(())
    }

    fn forget_deleted(&mut self) {}

    fn namespace_file(&mut self, _ns: &NsRef) -> Result<Option<File>, BackendError> {
        Ok(None)
    }
}

fn failure_of(outcome: Outcome) -> Result<(), OpFailure> {
    let (errno, message) = match &outcome {
        Outcome::Done => return Ok(()),
        Outcome::Refused(refusal) => {
            let message = if let Reason::Kernel { message } = &refusal.reason { message.clone() } else { None };
            (refusal.errno, message)
        }
        Outcome::Unknown => (Errno::EOPNOTSUPP, Some("the model cannot tell".into())),
    };
    Err(OpFailure { errno, message, attribute: None, outcome: Some(Box::new(outcome)) })
}

/// A modelled machine lists what the model holds.
impl Queries for Memory {
    fn links(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError> {
        Queries::links(&mut self.world, ns)
    }

    fn addresses(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError> {
        self.world.addresses(ns)
    }

    fn routes(&mut self, ns: &NsRef, family: Option<IpFamily>) -> Result<Vec<RouteRow>, BackendError> {
        self.world.routes(ns, family)
    }

    fn policy_rules(&mut self, ns: &NsRef, family: IpFamily) -> Result<Vec<RuleRow>, BackendError> {
        self.world.policy_rules(ns, family)
    }

    fn neighbours(&mut self, ns: &NsRef) -> Result<Vec<NeighbourRow>, BackendError> {
        self.world.neighbours(ns)
    }

    fn ruleset(&mut self, ns: &NsRef) -> Result<Ruleset, BackendError> {
        self.world.ruleset(ns)
    }

    fn netns_list(&mut self) -> Result<Vec<NetnsRow>, BackendError> {
        self.world.netns_list()
    }

    fn netns_name(&mut self, ns: &NsRef) -> Result<Option<String>, BackendError> {
        self.world.netns_name(ns)
    }

    fn netns_pids(&mut self, ns: &NsRef) -> Result<Vec<u32>, BackendError> {
        self.world.netns_pids(ns)
    }

    fn forwarding(&mut self, ns: &NsRef, family: IpFamily) -> Result<Option<bool>, BackendError> {
        self.world.forwarding(ns, family)
    }

    fn world(&mut self) -> Result<World, BackendError> {
        Ok(self.world.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::NetnsOp;

    #[test]
    fn stops_at_the_first_op_that_the_model_refuses() {
        let add = |name: &str| Op::Netns(NetnsOp::Add { name: name.parse().unwrap() });
        let mut memory = Memory::new(World::fresh());
        let results = memory.apply(&[add("red"), add("red"), add("blue")]);
        assert_eq!(results.len(), 2);
        assert_eq!(results[0], Ok(()));
        assert_eq!(results[1].as_ref().unwrap_err().errno, Errno::EEXIST);
        assert!(memory.world().namespace(&NsRef::Named("blue".parse().unwrap())).is_none());
    }
}
