//! Claims, looked at on the machine until they hold or their time is over.
//!
//! In: an expectation. Out: a verdict. What the network has to answer is asked of the network; everything else is looked
//! at again when the kernel tells of a change.

use std::{
    io,
    path::Path,
    time::{Duration, Instant},
};

use super::{
    Machine,
    live::{Live, trouble},
    probe,
    watch::Watch,
};
use crate::{
    backend::BackendError,
    commands::{Claim, Expectation},
    eval::{
        Outside, Trouble, Verdict, judge, judge_addresses, judge_carrier, judge_file, judge_neighbours, judge_routes,
        judge_setting,
    },
    model::World,
    source,
};

/// How often a setting is looked at again: the kernel tells of few of them.
const TICK: Duration = Duration::from_millis(20);

/// What a file says; of a device or a pipe it is only known that it is there.
fn content(path: &str) -> io::Result<Vec<u8>> {
    source::read_file(Path::new(path)).map(Option::unwrap_or_default)
}

impl<B: Machine> Live<'_, B> {
    /// Looks whether a claim holds, or waits for it as long as it says.
    pub(super) fn verify_claim(&mut self, expectation: &Expectation, world: &mut World) -> Result<Verdict, Trouble> {
        match &expectation.claim {
            Claim::Ping(request) => {
                let ns = self.probed(&request.ns)?;
                return probe::verify_ping(request, expectation, ns.as_ref(), self.interrupt);
            }
            Claim::Tcp(target) => {
                let ns = self.probed(&expectation.ns)?;
                return probe::verify_tcp(target, expectation, ns.as_ref(), self.interrupt);
            }
            Claim::Udp(target) => {
                let ns = self.probed(&expectation.ns)?;
                return probe::verify_udp(target, expectation, ns.as_ref(), self.interrupt);
            }
            // The evaluator runs it as any program.
            Claim::Program { .. } => return Ok(Verdict::Unknown),
            _ => {}
        }
        let deadline = Instant::now() + expectation.within;
        let mut watch = if expectation.within.is_zero() { None } else { Some(self.watch_of(expectation)?) };
        loop {
            let verdict = self.look_at(expectation, world)?;
            if verdict == Verdict::Holds || Instant::now() >= deadline {
                return Ok(verdict);
            }
            let Some(watch) = &mut watch else { return Ok(verdict) };
            if !watch.wait(deadline, self.interrupt)? {
                return Ok(verdict);
            }
        }
    }

    fn look_at(&mut self, expectation: &Expectation, world: &mut World) -> Result<Verdict, Trouble> {
        let ns = &expectation.ns;
        match &expectation.claim {
            Claim::Neighbour { .. } => {
                let rows = self.rows(|machine| machine.neighbours(ns))?;
                Ok(judge_neighbours(expectation, &rows))
            }
            Claim::Address { .. } => {
                let rows = self.rows(|machine| machine.addresses(ns))?;
                Ok(judge_addresses(expectation, &rows))
            }
            Claim::Route { .. } => {
                let rows = self.rows(|machine| machine.routes(ns, None))?;
                Ok(judge_routes(expectation, &rows))
            }
            Claim::Setting { key, .. } => {
                let value = self.machine.sysctl(ns, key).map_err(trouble)?;
                Ok(judge_setting(expectation, value.as_deref()))
            }
            Claim::File { path, .. } => Ok(judge_file(expectation, &content(path))),
            _ => {
                self.refresh(world)?;
                let verdict = judge(expectation, world).unwrap_or(Verdict::Unknown);
                let is_so = (verdict == Verdict::Holds) != expectation.negated;
                if !matches!(expectation.claim, Claim::Link { carrier: true, .. }) || !is_so {
                    return Ok(verdict);
                }
                self.machine.settle(ns);
                let rows = self.machine.links(ns).map_err(trouble)?;
                Ok(judge_carrier(expectation, &rows))
            }
        }
    }

    /// Rows of a listing; of a namespace that is not there, none.
    fn rows<T>(&mut self, list: impl FnOnce(&mut B) -> Result<Vec<T>, BackendError>) -> Result<Vec<T>, Trouble> {
        match list(self.machine) {
            Err(BackendError::NoSuchNetns(_)) => Ok(Vec::new()),
            rows => rows.map_err(trouble),
        }
    }

    /// What tells that the claim may hold now.
    fn watch_of(&mut self, expectation: &Expectation) -> Result<Watch, Trouble> {
        if let Claim::File { path, .. } = &expectation.claim {
            return Watch::file(path);
        }
        let descriptors = match self.machine.monitor(&expectation.ns) {
            // Its name may yet come.
            Err(BackendError::NoSuchNetns(_)) => self.machine.monitor(&crate::net::NsRef::Host),
            descriptors => descriptors,
        };
        let watch = Watch::new(descriptors.map_err(trouble)?)?;
        Ok(if matches!(expectation.claim, Claim::Setting { .. }) { watch.with_tick(TICK) } else { watch })
    }
}
