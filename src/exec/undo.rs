//! The way back, for a run that failed and for one that is no longer wanted.

use super::{Course, snapshot};
use crate::{
    backend::{Backend, BackendError, OpFailure},
    model::{KernelNumbers, Knowledge, Merge, Namespace, Numbers, World, diff_of_same, differences, merge, trace},
    net::{NsName, NsRef},
    ops::{NetnsOp, Op},
};

/// How often the way back is planned anew: what came back late (an address with its link) lets the rest follow.
const ROUNDS: usize = 4;

/// What came of taking a run back.
#[derive(Debug, Default)]
pub struct Undone {
    /// What stays because somebody else changed it since, a line each.
    pub kept: Vec<String>,
    /// What still differs from what it should be, a line each.
    pub left: Vec<String>,
    /// The changes of the last round that were refused.
    pub refused: Vec<(Op, OpFailure)>,
    /// The numbers of the world before the run, if something of it was made again and has others now.
    pub renumbered: Option<KernelNumbers>,
}

/// Takes back what a run did. What others changed since is kept, unless `all` is to go. `note` is told of every change
/// before it is made.
pub fn undo(
    backend: &mut dyn Backend,
    course: &Course,
    all: bool,
    note: &mut dyn FnMut(&Op),
) -> Result<Undone, BackendError> {
    // One namespace under several names, or under a process's: it is put back as a whole.
    let has_names = |world: &World| {
        let mut all = world.namespaces();
        all.any(|(ns, namespace)| namespace.shared || namespace.same_as.is_some() || matches!(ns, NsRef::Process(_)))
    };
    let is_whole = has_names(course.before()) || has_names(course.after());
    let deleted = |ns: &&NsRef| is_whole || course.after().namespace(ns).is_none();
    let names: Vec<NsName> =
        course.before().namespaces().map(|(ns, _)| ns).filter(deleted).filter_map(NsRef::name).cloned().collect();
    // What cannot be had back is made anew.
    let _ = backend.revive(&names);
    let now = look(backend, course)?;
    let (traced, after) = course.against(now);
    let Merge { target, kept, .. } = merge(course.before(), &after, &traced, all);
    let (target, kept) = if is_whole { (course.before().clone(), Vec::new()) } else { (target, kept) };
    let kept = kept.iter().map(ToString::to_string).collect();
    let mut undone = Undone { kept, ..Undone::default() };
    let mut now = traced.clone();
    for _ in 0..ROUNDS {
        undone.left = differences(&now, &target);
        if undone.left.is_empty() {
            break;
        }
        undone.refused.clear();
        for op in diff_of_same(&now, &target) {
            note(&op);
            // One at a time: one that is refused must not keep the others from being tried.
            let results = backend.apply(std::slice::from_ref(&op));
            let refused = results.into_iter().filter_map(Result::err);
            undone.refused.extend(refused.map(|failure| (op.clone(), failure)));
        }
        now = trace(snapshot(backend, &[&target, course.before()])?, &[&target], Numbers::Foretold);
        undone.left = differences(&now, &target);
    }
    if undone.left.is_empty() {
        undone.refused.clear();
    }
    undone.renumbered = course.renumbered(&traced, &now);
    Ok(undone)
}

/// The world as it is, to take a run back. A name that was being given or taken away when the run was killed is a file
/// without a namespace, which would be in the way: it goes.
pub fn look(backend: &mut dyn Backend, course: &Course) -> Result<World, BackendError> {
    let now = snapshot(backend, &[course.before(), course.after()])?;
    let is_bare = |namespace: &Namespace| {
        let Namespace { knowledge, inode, same_as, .. } = namespace;
        *knowledge == Knowledge::Unsure && inode.is_none() && same_as.is_none()
    };
    let is_bare_in = |world: &World, name: &NsName| world.namespace(&NsRef::Named(name.clone())).is_some_and(is_bare);
    let bare = course.names().into_iter().filter(|name| is_bare_in(&now, name) && !is_bare_in(course.before(), name));
    let dels: Vec<Op> = bare.map(|name| NetnsOp::Del { name }.into()).collect();
    if dels.is_empty() {
        return Ok(now);
    }
    for op in dels {
        // If it stays, so does what is told of it at the end.
        let _ = backend.apply(&[op]);
    }
    snapshot(backend, &[course.before(), course.after()])
}
