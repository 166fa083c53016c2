//! `capture`: packets of a link, written into a file beside the script.
//!
//! In: which link, which file. Out: a job of a name. A check finds what is not there: the link, the folder of the file.

use super::{Evaluator, Failure, FailureKind, Mode, Outside, Status, refusal::no_such_link, state::Job};
use crate::{codes::Code, commands::Capture, diag::Diagnostic, model::Knowledge};

impl<O: Outside> Evaluator<'_, O> {
    /// `capture LINK to FILE`
    pub(super) fn capture(&mut self, capture: &Capture) -> Result<Status, Failure> {
        let name = self.name_of_job(capture.link.value.as_str(), capture.name.as_ref())?;
        self.flush()?;
        let writes = Some(capture.file.value.clone());
        let job = Job { span: capture.span, is_endless: capture.count.is_none(), writes };
        if self.policy.mode == Mode::Check {
            // Even if it fails, what is said of it later is no mistake.
            self.state.jobs.insert(name.clone(), job.clone());
        }
        self.has_link_to_capture(capture)?;
        self.may_write(capture, &name)?;
        let ended = self.outside.capture(capture, &name);
        ended.map_err(|trouble| Failure::from_trouble(trouble, capture.span))?;
        self.state.jobs.insert(name, job);
        Ok(Status::Success)
    }

    fn has_link_to_capture(&mut self, capture: &Capture) -> Result<(), Failure> {
        let Capture { ns, link, .. } = capture;
        let is_missing = |evaluator: &Self| {
            let world = &evaluator.state.world;
            let ns = world.known_as(ns);
            let is_known = world.namespace(ns).is_some_and(|found| found.knowledge == Knowledge::Exact);
            is_known && world.find_link(ns, &link.value).is_none() && !evaluator.doubt.has_word(link.value.as_str())
        };
        if is_missing(self) && self.policy.mode == Mode::Run {
            // A program that runs may have made it.
            let refreshed = self.outside.refresh(&mut self.state.world);
            refreshed.map_err(|trouble| Failure::from_trouble(trouble, capture.span))?;
        }
        if is_missing(self) {
            let diagnostic = no_such_link(ns, &link.value, link.span, &self.scene());
            return Err(Failure::new(FailureKind::Refused, diagnostic));
        }
        Ok(())
    }

    fn may_write(&mut self, capture: &Capture, name: &str) -> Result<(), Failure> {
        let file = &capture.file;
        self.outside.may_write(&file.value).map_err(|trouble| Failure::from_trouble(trouble, file.span))?;
        let other =
            self.state.jobs.iter().find(|(other, job)| *other != name && job.writes.as_ref() == Some(&file.value));
        let Some((other, job)) = other.filter(|_| !file.value.starts_with("/dev/")) else { return Ok(()) };
        let diagnostic =
            Diagnostic::error(Code::Usage, format!("the capture `{other}` writes `{}` already", file.value))
                .label(file.span, "the file is taken")
                .label(job.span, "started here")
                .help(format!("choose another file, or end that one first: `kill {other}`"));
        Err(Failure::new(FailureKind::Words, diagnostic))
    }
}
