use std::{
    collections::BTreeMap,
    fs::File,
    os::fd::OwnedFd,
    time::{Duration, Instant},
};

use super::{Backend, BackendError, OpFailure, Queries, SnapshotScope};
use crate::{
    model::{
        KernelNumbers, Ruleset, World,
        query::{IpFamily, LinkRow, NeighbourRow, NetnsRow, RouteRow, RuleRow},
    },
    net::{IfName, NsName, NsRef, SysctlKey},
    ops::Op,
};

/// Remembers which ops took effect, and how long that took.
#[derive(Debug)]
pub struct Recording<B> {
    inner: B,
    done: Vec<Op>,
    spent: Duration,
}

impl<B> Recording<B> {
    /// Around that backend.
    pub fn new(inner: B) -> Self {
        Self { inner, done: Vec::new(), spent: Duration::ZERO }
    }

    /// The backend behind it.
    pub fn inner(&self) -> &B {
        &self.inner
    }

    /// How long the backend behind it took for all ops so far.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    /// The ops that took effect, in order.
    pub fn done(&self) -> &[Op] {
        &self.done
    }
}

impl<B: Backend> Backend for Recording<B> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn snapshot(&mut self, scope: &SnapshotScope) -> Result<World, BackendError> {
        self.inner.snapshot(scope)
    }

    fn numbers(&mut self, of: &[NsRef]) -> Result<KernelNumbers, BackendError> {
        self.inner.numbers(of)
    }

    fn apply(&mut self, ops: &[Op]) -> Vec<Result<(), OpFailure>> {
        let started = Instant::now();
        let results = self.inner.apply(ops);
        self.spent += started.elapsed();
        self.done.extend(ops.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(op, _)| op.clone()));
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

impl<B: Queries> Queries for Recording<B> {
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
