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

/// Takes back what a run did that has just failed. Where it had to do with one namespace under several names, or under a
/// process's, all is put back as it was before: what was done under which name is then not to be told apart.
pub fn put_back(backend: &mut dyn Backend, course: &Course, note: &mut dyn FnMut(&Op)) -> Result<Undone, BackendError> {
    if !course.has_aliases() {
        return undo(backend, course, false, note);
    }
    revive(backend, course, |_| true);
    let (now, _) = course.against(look(backend, course)?);
    lead(backend, course, (now, course.before()), note)
}

/// Takes back what a run did. What others changed since is kept, unless `all` is to go. `note` is told of every change
/// before it is made.
pub fn undo(
    backend: &mut dyn Backend,
    course: &Course,
    all: bool,
    note: &mut dyn FnMut(&Op),
) -> Result<Undone, BackendError> {
    revive(backend, course, |ns| course.after().namespace(ns).is_none());
    let (now, after) = course.against(look(backend, course)?);
    let Merge { target, kept, .. } = merge(course.before(), &after, &now, all);
    let undone = lead(backend, course, (now, &target), note)?;
    Ok(Undone { kept: kept.iter().map(ToString::to_string).collect(), ..undone })
}

/// Gives names back. What cannot be had back is made anew.
fn revive(backend: &mut dyn Backend, course: &Course, is_meant: impl Fn(&NsRef) -> bool) {
    let meant = course.before().namespaces().map(|(ns, _)| ns).filter(|ns| is_meant(ns));
    let names: Vec<NsName> = meant.filter_map(NsRef::name).cloned().collect();
    let _ = backend.revive(&names);
}

/// Leads from the world as it is to the one that is wanted.
fn lead(
    backend: &mut dyn Backend,
    course: &Course,
    (there, target): (World, &World),
    note: &mut dyn FnMut(&Op),
) -> Result<Undone, BackendError> {
    let mut undone = Undone::default();
    let mut now = there.clone();
    for _ in 0..ROUNDS {
        undone.left = differences(&now, target);
        if undone.left.is_empty() {
            break;
        }
        undone.refused.clear();
        for op in diff_of_same(&now, target) {
            note(&op);
            // One at a time: one that is refused must not keep the others from being tried.
            let results = backend.apply(std::slice::from_ref(&op));
            let refused = results.into_iter().filter_map(Result::err);
            undone.refused.extend(refused.map(|failure| (op.clone(), failure)));
        }
        now = trace(snapshot(backend, &[target, course.before()])?, &[target], Numbers::Foretold);
        undone.left = differences(&now, target);
    }
    if undone.left.is_empty() {
        undone.refused.clear();
    }
    undone.renumbered = course.renumbered(&there, &now);
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
