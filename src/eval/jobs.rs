//! What runs beside the script: `spawn`, `wait`, `kill`.
//!
//! In: what is to run, or the name of what runs. Out: a status. Names are known before anything runs, so that a misspelt
//! one is found by a check.

use std::time::Duration;

use super::{
    Evaluator, Failure, FailureKind, Mode, Outside, Sink, Sinks, Status,
    change::Wording,
    redirect::{self, Redirected},
    state::Job,
};
use crate::{
    codes::Code,
    commands::Spawn,
    diag::{Diagnostic, nearest},
    source::{Span, Spanned},
};

impl<O: Outside> Evaluator<'_, O> {
    /// `spawn COMMAND… as NAME`
    pub(super) fn spawn(
        &mut self,
        spawn: &Spawn,
        wording: &Wording,
        redirections: &[Redirected],
    ) -> Result<Status, Failure> {
        self.may_run(&spawn.argv, wording)?;
        let own = spawn.argv[0].rsplit('/').next().unwrap_or_default();
        let name = self.name_of_job(own, spawn.name.as_ref())?;
        self.flush()?;
        let trouble = |trouble| Failure::from_trouble(trouble, spawn.span);
        let log = if spawn.detach { Sink::Nowhere } else { self.outside.keep().map_err(trouble)? };
        let base = Sinks { output: log.clone(), errors: log.clone() };
        let sinks = redirect::sinks(base, redirections, self.outside).map_err(trouble)?;
        let ns = self.ns.clone();
        self.outside.spawn(&ns, spawn, &name, &sinks, &log).map_err(trouble)?;
        if !spawn.detach {
            self.state.jobs.insert(name, Job { span: spawn.span, is_endless: false, writes: None });
        }
        if self.policy.mode == Mode::Check {
            self.doubt.everything();
        }
        self.outside.refresh(&mut self.state.world).map_err(trouble)?;
        Ok(Status::Success)
    }

    /// What a program or a capture is called: what the script says, or else its own name or that of the link, with a
    /// number if that is taken.
    pub(super) fn name_of_job(&self, own: &str, name: Option<&Spanned<String>>) -> Result<String, Failure> {
        let Some(name) = name else {
            let numbered = (2..).map(|number| format!("{own}-{number}"));
            let mut names = [own.to_owned()].into_iter().chain(numbered);
            return Ok(names.find(|name| !self.state.jobs.contains_key(name)).unwrap_or_default());
        };
        let Some(earlier) = self.state.jobs.get(&name.value) else { return Ok(name.value.clone()) };
        let diagnostic =
            Diagnostic::error(Code::Usage, format!("{} called `{}` runs already", earlier.noun(), name.value))
                .label(name.span, "the name is taken")
                .label(earlier.span, "started here")
                .help(format!("choose another name, or end that one first: `kill {}`", name.value));
        Err(Failure::new(FailureKind::Words, diagnostic))
    }

    /// `wait NAME`
    pub(super) fn wait(
        &mut self,
        name: Option<&Spanned<String>>,
        within: Option<Duration>,
        span: Span,
    ) -> Result<Status, Failure> {
        self.flush()?;
        let names = match name {
            Some(name) => {
                let job = self.running_job(name)?;
                if within.is_none() {
                    self.has_an_end(&job, name.span)?;
                }
                vec![job]
            }
            // Nobody would wait for what does not end.
            None => self.state.jobs.iter().filter(|(_, job)| !job.is_endless).map(|(name, _)| name.clone()).collect(),
        };
        let trouble = |trouble| Failure::from_trouble(trouble, span);
        let mut last = Status::Success;
        for name in names {
            let Some(status) = self.outside.wait_for(&name, within).map_err(trouble)? else {
                let limit = within.unwrap_or_default().as_secs_f32();
                let message = format!("`{name}` still runs after {limit} s");
                let diagnostic = Diagnostic::error(Code::ExpectationFailed, message).label(span, "waited here");
                return Err(Failure::new(FailureKind::Expectation, diagnostic));
            };
            self.state.jobs.remove(&name);
            last = status;
        }
        self.outside.refresh(&mut self.state.world).map_err(trouble)?;
        Ok(last)
    }

    /// `kill NAME`
    pub(super) fn kill(&mut self, name: &Spanned<String>) -> Result<Status, Failure> {
        self.flush()?;
        let job = self.running_job(name)?;
        self.outside.end(&job).map_err(|trouble| Failure::from_trouble(trouble, name.span))?;
        self.state.jobs.remove(&job);
        Ok(Status::Success)
    }

    /// Whether it ends by itself some time.
    fn has_an_end(&self, name: &str, at: Span) -> Result<(), Failure> {
        let Some(job) = self.state.jobs.get(name).filter(|job| job.is_endless) else { return Ok(()) };
        let diagnostic = Diagnostic::error(Code::Usage, format!("the capture `{name}` does not end by itself"))
            .label(at, "this would wait for ever")
            .label(job.span, "it goes on until it is ended")
            .help(format!("end it with `kill {name}`, or say after how many packets: `capture … count 10`"));
        Err(Failure::new(FailureKind::Words, diagnostic))
    }

    fn running_job(&self, name: &Spanned<String>) -> Result<String, Failure> {
        if self.state.jobs.contains_key(&name.value) {
            return Ok(name.value.clone());
        }
        let message = format!("no program or capture called `{}` was started", name.value);
        let diagnostic = Diagnostic::error(Code::NotFound, message).label(name.span, "unknown, or ended already");
        let names = self.state.jobs.keys().map(String::as_str);
        let help = match nearest(&name.value, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.state.jobs.is_empty() => format!("start it first: `spawn COMMAND as {}`", name.value),
            None => format!("there are {}", names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
        };
        Err(Failure::new(FailureKind::Words, diagnostic.help(help)))
    }
}
