//! What a script would change, told before it does: all of it for `nns plan`, and what could never be put back for a run.

use super::{Dried, Exit, Machine, Options, Session};
use crate::{
    codes::Code,
    diag::Diagnostic,
    eval::{State, place},
    model::{Cause, Change, Class, Knowledge, Sign, World, changes, with_identities},
    net::NsRef,
    ops::Step,
    report::{
        self,
        plan::{Origin, Planned},
    },
    source::SourceId,
};

impl<B: Machine> Session<B> {
    /// Tells what would change, as a list or as JSON; changes nothing.
    pub fn plan(&mut self, sources: &[SourceId], as_json: bool) -> Exit {
        let Ok(scripts) = self.parse(sources) else { return Exit::Refused };
        self.tell_cut_short();
        let mut before = match self.look() {
            Ok(world) => world,
            Err(error) => return self.unreadable(error),
        };
        self.state.world = before.clone();
        let Dried { ended, state, .. } = self.dry_run(&scripts);
        self.terminal.report(&self.sources, &ended.diagnostics);
        let exit = Exit::of_check(&ended.failures);
        if exit != Exit::Done {
            self.tell_in_the_way(&scripts, &ended.diagnostics);
            return exit;
        }
        self.read_settings(&mut before, &state.world);
        self.tell_changes(&before, &state.world, &state.history[self.state.history.len()..], as_json);
        if !is_exact(&before, &NsRef::Host) {
            self.terminal.say("changes of what is there already are not told: looking at it takes privileges\n");
        }
        if before.namespaces().any(|(ns, _)| !is_exact(&state.world, ns) && is_exact(&before, ns)) {
            self.terminal.say("what programs change is not told, for nobody knows before they run\n");
        }
        Exit::Done
    }

    /// Tells how one world differs from another, with the statements behind it.
    pub(super) fn tell_changes(&mut self, before: &World, after: &World, steps: &[Step], as_json: bool) {
        let planned: Vec<Planned> = changes(before, after)
            .into_iter()
            .map(|change| Planned { from: self.origin(change.cause(steps)), change })
            .collect();
        let text = match as_json {
            true => report::plan::render_json(&planned),
            false => report::plan::render(&planned, self.terminal.tables),
        };
        self.terminal.print(&text);
    }

    /// Tells what `apply` would change: what of it is a change of the script, too, has its statement behind it.
    pub(super) fn tell_made_so(&mut self, (now, base): (&World, &World), desired: &World, steps: &[Step]) {
        let of_the_script = changes(base, desired);
        let is_same = |one: &Change, other: &Change| {
            let is_gone = |one: &Change| one.sign == Sign::Removed;
            let same_text = !is_gone(one) || one.text == other.text;
            one.ns == other.ns && one.subject == other.subject && is_gone(one) == is_gone(other) && same_text
        };
        let from = |change: &Change| match of_the_script.iter().any(|one| is_same(change, one)) {
            true => self.origin(change.cause(steps)),
            false if change.sign == Sign::Added => Origin::Before,
            false => Origin::NoLongerWritten,
        };
        let all = changes(now, &with_identities(now, desired));
        let planned: Vec<Planned> = all.into_iter().map(|change| Planned { from: from(&change), change }).collect();
        let text = report::plan::render(&planned, self.terminal.tables);
        self.terminal.print(&text);
    }

    /// Tells what is other since a session began, with the statements behind it by number; who did the rest is not known.
    pub(super) fn tell_typed(&mut self, begun: &World, now: &World, typed: &[(SourceId, usize)]) {
        let number = |source: SourceId| typed.iter().find(|(of, _)| *of == source).map(|(_, number)| *number);
        let is_done = |step: &&Step| number(step.span.source).is_some();
        let steps: Vec<Step> = self.state.history.iter().filter(is_done).cloned().collect();
        let from = |change: &Change| {
            // What goes along with a statement of a script may have been done by others here.
            let cause = change.cause(&steps).filter(|cause| !cause.goes_along);
            cause.and_then(|cause| number(cause.span.source)).map_or(Origin::Unknown, Origin::Statement)
        };
        let all = changes(begun, now);
        let planned: Vec<Planned> = all.into_iter().map(|change| Planned { from: from(&change), change }).collect();
        self.terminal.print(&report::plan::render(&planned, self.terminal.tables));
    }

    fn origin(&self, cause: Option<Cause>) -> Origin {
        let Some(Cause { span, goes_along }) = cause else { return Origin::Unknown };
        let file = self.sources.get(span.source).name().to_owned();
        Origin::Line { file, line: self.sources.line_of(span), goes_along }
    }

    /// Looks up what the settings are now that are others in a world that may be.
    pub(super) fn read_settings(&mut self, now: &mut World, then: &World) {
        for (ns, namespace) in then.namespaces() {
            for key in namespace.sysctls.keys() {
                let is_there = |link: &str| link.parse().is_ok_and(|name| now.find_link(ns, &name).is_some());
                // Those of links that are to come are nobody's yet.
                if key.link().is_some_and(|link| !is_there(link)) {
                    continue;
                }
                let Some(known) = now.namespace_mut(ns).filter(|known| !known.sysctls.contains_key(key)) else {
                    continue;
                };
                // One that cannot be read is told without what it was.
                if let Ok(Some(value)) = self.machine.sysctl(ns, key) {
                    known.sysctls.insert(key.clone(), value);
                }
            }
        }
    }

    /// What of the script's changes could not be taken back, where that matters.
    pub(super) fn lost(&self, then: &State) -> Vec<Diagnostic> {
        self.lost_between(&self.state.world, &then.world, &then.history[self.state.history.len()..])
    }

    /// What of the changes from one world to another could not be taken back, where that matters.
    pub(super) fn lost_between(&self, now: &World, then: &World, steps: &[Step]) -> Vec<Diagnostic> {
        let Options { allow_lost, keep, keep_going, .. } = self.options;
        if allow_lost || keep || keep_going {
            return Vec::new();
        }
        let all = changes(now, then);
        let lost = all.iter().filter(|change| change.class == Class::Lost);
        lost.map(|change| {
            let what = report::plan::what(change);
            let message = format!("this cannot be taken back: {what} in {}", place(&change.ns));
            let diagnostic = Diagnostic::error(Code::CannotUndo, message)
                .help("`--allow-lost` runs the script all the same; `--sandbox` tries it where it does no harm");
            match change.cause(steps) {
                Some(cause) => diagnostic.label(cause.span, "takes it away"),
                None => diagnostic,
            }
        })
        .collect()
    }
}

fn is_exact(world: &World, ns: &NsRef) -> bool {
    world.namespace(ns).is_some_and(|namespace| namespace.knowledge == Knowledge::Exact)
}
