//! What a script would change, told before it does: all of it for `nns plan`, and what could never be put back for a run.

use super::{Dried, Exit, Machine, Options, Session};
use crate::{
    codes::Code,
    diag::Diagnostic,
    eval::{State, place},
    model::{Cause, Class, Knowledge, World, changes},
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
            return exit;
        }
        self.read_settings(&mut before, &state.world);
        self.tell_changes(&before, &state.world, &state.history[self.state.history.len()..], &[], as_json);
        if !is_exact(&before, &NsRef::Host) {
            self.terminal.say("changes of what is there already are not told: looking at it takes privileges\n");
        }
        if before.namespaces().any(|(ns, _)| !is_exact(&state.world, ns) && is_exact(&before, ns)) {
            self.terminal.say("what programs change is not told, for nobody knows before they run\n");
        }
        Exit::Done
    }

    /// Tells how one world differs from another, with the statements behind it; `numbers` are those of the statements
    /// that were typed.
    pub(super) fn tell_changes(
        &mut self,
        before: &World,
        after: &World,
        steps: &[Step],
        numbers: &[(SourceId, usize)],
        as_json: bool,
    ) {
        let planned: Vec<Planned> = changes(before, after)
            .into_iter()
            .map(|change| {
                // What goes along with a statement of a script may have been done by others in a session.
                let cause = change.cause(steps).filter(|cause| numbers.is_empty() || !cause.goes_along);
                let place = |Cause { span, .. }: Cause| {
                    let typed = numbers.iter().find(|(source, _)| *source == span.source);
                    typed.map_or_else(
                        || Origin::Line {
                            file: self.sources.get(span.source).name().to_owned(),
                            line: self.sources.line_of(span),
                        },
                        |(_, number)| Origin::Statement(*number),
                    )
                };
                Planned { from: cause.map(place), goes_along: cause.is_some_and(|cause| cause.goes_along), change }
            })
            .collect();
        let text = match as_json {
            true => report::plan::render_json(&planned),
            false => report::plan::render(&planned, self.terminal.tables),
        };
        self.terminal.print(&text);
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
