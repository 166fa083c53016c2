use crate::{
    backend::{Backend, BackendError, SnapshotScope},
    model::World,
    net::{NsRef, SysctlKey},
};

/// The world as it is, with the settings that any of `likes` knows.
pub fn snapshot(backend: &mut dyn Backend, likes: &[&World]) -> Result<World, BackendError> {
    let mut now = backend.snapshot(&SnapshotScope::All)?;
    let known = likes.iter().flat_map(|like| like.namespaces());
    let known = known.flat_map(|(ns, namespace)| namespace.sysctls.keys().map(move |key| (ns, key)));
    let mut known: Vec<(NsRef, SysctlKey)> = known.map(|(ns, key)| (ns.clone(), key.clone())).collect();
    known.sort();
    known.dedup();
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
