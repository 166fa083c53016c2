use std::{collections::BTreeMap, fs::File, os::fd::OwnedFd};

use nix::errno::Errno;

use super::{Backend, BackendError, OpFailure, Queries, SnapshotScope};
use crate::{
    model::{
        KernelNumbers, Ruleset, World,
        query::{IpFamily, LinkRow, NeighbourRow, NetnsRow, RouteRow, RuleRow},
    },
    net::{IfName, NsName, NsRef, SysctlKey},
    ops::Op,
};

/// Fails one op, or all from one on, or dies at one, and passes on the others.
#[derive(Debug)]
pub struct Faulty<B> {
    inner: B,
    left: usize,
    errno: Errno,
    lasting: bool,
    death: Option<Death>,
}

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    Before,
    After,
}

impl<B> Faulty<B> {
    /// The `nth` op from now (1 is the next; 0 is none) is answered with `errno`.
    pub fn new(inner: B, nth: usize, errno: Errno) -> Self {
        Self { inner, left: nth, errno, lasting: false, death: None }
    }

    /// There is a panic at the `nth` op from now, before it is carried out or after.
    pub fn dying(inner: B, nth: usize, after: bool) -> Self {
        let death = if after { Death::After } else { Death::Before };
        Self { death: Some(death), ..Self::new(inner, nth, Errno::EIO) }
    }

    /// All ops behind the one at fault fail as well.
    #[must_use]
    pub fn lasting(self) -> Self {
        Self { lasting: true, ..self }
    }

    /// The backend behind it.
    pub fn inner(&self) -> &B {
        &self.inner
    }
}

impl<B: Backend> Backend for Faulty<B> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn snapshot(&mut self, scope: &SnapshotScope) -> Result<World, BackendError> {
        self.inner.snapshot(scope)
    }

    fn numbers(&mut self, of: &[NsRef]) -> Result<KernelNumbers, BackendError> {
        self.inner.numbers(of)
    }

    /// The op at fault is not carried out, nor are those behind it.
    fn apply(&mut self, ops: &[Op]) -> Vec<Result<(), OpFailure>> {
        if self.left == 0 || ops.len() < self.left {
            self.left = self.left.saturating_sub(ops.len());
            return self.inner.apply(ops);
        }
        let good = self.left - 1;
        match self.death {
            Some(Death::Before) => drop(self.inner.apply(&ops[..good])),
            Some(Death::After) => drop(self.inner.apply(&ops[..=good])),
            None => {}
        }
        assert!(self.death.is_none(), "death was asked for at `{}`", ops[good]);
        self.left = usize::from(self.lasting);
        let mut results = self.inner.apply(&ops[..good]);
        if results.iter().all(Result::is_ok) {
            results.push(Err(OpFailure { errno: self.errno, message: None, attribute: None, outcome: None }));
        }
        results
    }

    fn sysctl(&mut self, ns: &NsRef, key: &SysctlKey) -> Result<Option<String>, BackendError> {
        self.inner.sysctl(ns, key)
    }

    fn chosen_settings(
        &mut self,
        ns: &NsRef,
        link: Option<&IfName>,
    ) -> Result<BTreeMap<SysctlKey, String>, BackendError> {
        self.inner.chosen_settings(ns, link)
    }

    fn sysctl_names(&mut self, group: &[String]) -> Result<Vec<String>, BackendError> {
        self.inner.sysctl_names(group)
    }

    fn has_kind(&mut self, kind: &str) -> Result<bool, BackendError> {
        self.inner.has_kind(kind)
    }

    fn settle(&mut self, ns: &NsRef) {
        self.inner.settle(ns);
    }

    fn monitor(&mut self, ns: &NsRef) -> Result<Vec<OwnedFd>, BackendError> {
        self.inner.monitor(ns)
    }

    fn process_netns(&mut self, pid: u32) -> Result<Option<NsRef>, BackendError> {
        self.inner.process_netns(pid)
    }

    fn revive(&mut self, names: &[NsName]) -> Result<(), BackendError> {
        self.inner.revive(names)
    }

    fn forget_deleted(&mut self) {
        self.inner.forget_deleted();
    }

    fn namespace_file(&mut self, ns: &NsRef) -> Result<Option<File>, BackendError> {
        self.inner.namespace_file(ns)
    }
}

impl<B: Queries> Queries for Faulty<B> {
    fn links(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError> {
        self.inner.links(ns)
    }

    fn addresses(&mut self, ns: &NsRef) -> Result<Vec<LinkRow>, BackendError> {
        self.inner.addresses(ns)
    }

    fn routes(&mut self, ns: &NsRef, family: Option<IpFamily>) -> Result<Vec<RouteRow>, BackendError> {
        self.inner.routes(ns, family)
    }

    fn policy_rules(&mut self, ns: &NsRef, family: IpFamily) -> Result<Vec<RuleRow>, BackendError> {
        self.inner.policy_rules(ns, family)
    }

    fn neighbours(&mut self, ns: &NsRef) -> Result<Vec<NeighbourRow>, BackendError> {
        self.inner.neighbours(ns)
    }

    fn ruleset(&mut self, ns: &NsRef) -> Result<Ruleset, BackendError> {
        self.inner.ruleset(ns)
    }

    fn netns_list(&mut self) -> Result<Vec<NetnsRow>, BackendError> {
        self.inner.netns_list()
    }

    fn netns_name(&mut self, ns: &NsRef) -> Result<Option<String>, BackendError> {
        self.inner.netns_name(ns)
    }

    fn netns_pids(&mut self, ns: &NsRef) -> Result<Vec<u32>, BackendError> {
        self.inner.netns_pids(ns)
    }

    fn forwarding(&mut self, ns: &NsRef, family: IpFamily) -> Result<Option<bool>, BackendError> {
        self.inner.forwarding(ns, family)
    }

    fn world(&mut self) -> Result<World, BackendError> {
        self.inner.world()
    }
}
