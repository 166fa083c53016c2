//! Work inside another network namespace.
//!
//! In: a handle of the namespace and what to do there. Out: what it came to. Only a thread that ends with the work
//! ever enters the namespace, so no other code can run there by accident; nothing may be awaited inside.

use std::{fs::File, io, panic::resume_unwind, thread};

use nix::sched::{CloneFlags, setns};

/// Runs `work` on a short-lived thread inside the network namespace `ns`; with `None`, right here. A socket that is
/// opened there belongs to that namespace for good and can be used from anywhere.
///
/// Fails where the namespace cannot be entered: `EPERM` without CAP_SYS_ADMIN (in its user namespace and in ours).
pub fn inside<T: Send>(ns: Option<&File>, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    let Some(ns) = ns else { return Ok(work()) };
    thread::scope(|scope| {
        let visit = move || -> io::Result<T> {
            setns(ns, CloneFlags::CLONE_NEWNET)?;
            Ok(work())
        };
        let visitor = thread::Builder::new().name("netns".into()).spawn_scoped(scope, visit)?;
        visitor.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_namespace_it_stays_on_the_thread() {
        let here = thread::current().id();
        assert_eq!(inside(None, || thread::current().id()).unwrap(), here);
    }

    #[test]
    fn what_is_no_namespace_is_an_error() {
        let file = tempfile::tempfile().unwrap();
        assert!(inside(Some(&file), || ()).is_err());
    }
}
