use crate::{
    backend::{Backend, BackendError, OpFailure, SnapshotScope},
    model::{World, diff, differences},
    net::{NsName, NsRef, SysctlKey},
    ops::Op,
};

/// How often a rollback looks again: what came back late (an address with its link) lets the rest follow.
const ROUNDS: usize = 4;

/// What came of a rollback.
#[derive(Debug, Default)]
pub struct Restored {
    /// What still differs from what it was, a line each; empty if everything is as before.
    pub left: Vec<String>,
    /// The changes of the last round that were refused.
    pub refused: Vec<(Op, OpFailure)>,
}

/// The world as it is, with the settings that `like` knows.
pub fn snapshot(backend: &mut dyn Backend, like: &World) -> Result<World, BackendError> {
    let mut now = backend.snapshot(&SnapshotScope::All)?;
    let known = like.namespaces().flat_map(|(ns, namespace)| namespace.sysctls.keys().map(move |key| (ns, key)));
    let known: Vec<(NsRef, SysctlKey)> = known.map(|(ns, key)| (ns.clone(), key.clone())).collect();
    for (ns, key) in known {
        let Some(namespace) = now.namespace_mut(&ns) else { continue };
        match backend.sysctl(&ns, &key) {
            Ok(value) => namespace.sysctls.extend(value.map(|value| (key, value))),
            // A program took it away, or left the name alone.
            Err(BackendError::NoSuchNetns(_) | BackendError::NoNamespace(_) | BackendError::NoSuchProcess(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(now)
}

/// Makes the world what it was before, as far as it can be.
pub fn restore(backend: &mut dyn Backend, before: &World) -> Result<Restored, BackendError> {
    let mut restored = Restored::default();
    let names: Vec<NsName> = before.namespaces().filter_map(|(ns, _)| ns.name()).cloned().collect();
    // What cannot be had back is made anew.
    let _ = backend.revive(&names);
    for _ in 0..ROUNDS {
        let now = snapshot(backend, before)?;
        restored.left = differences(&now, before);
        restored.refused.clear();
        if restored.left.is_empty() {
            return Ok(restored);
        }
        for op in diff(&now, before) {
            // One at a time: one that is refused must not keep the others from being tried.
            let results = backend.apply(std::slice::from_ref(&op));
            let refused = results.into_iter().filter_map(Result::err);
            restored.refused.extend(refused.map(|failure| (op.clone(), failure)));
        }
    }
    let now = snapshot(backend, before)?;
    restored.left = differences(&now, before);
    Ok(restored)
}
