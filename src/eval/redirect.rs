use super::{Outside, Sink, Sinks, Trouble};
use crate::syntax::ast::Stream;

/// A redirection whose words are already expanded.
#[derive(Clone)]
pub struct Redirected {
    /// Which output.
    pub stream: Stream,
    /// Where it goes.
    pub target: Target,
}

/// Where an output goes.
#[derive(Clone)]
pub enum Target {
    /// A file, and whether it is appended to.
    File(String, bool),
    /// Where the other output goes now.
    Other,
    /// What is open already: a pipe.
    Open(Sink),
}

/// Where the outputs, which go to `sinks`, go after the redirections were obeyed in order, as a shell does.
pub fn sinks(mut sinks: Sinks, redirections: &[Redirected], outside: &mut impl Outside) -> Result<Sinks, Trouble> {
    for redirection in redirections {
        let target = match (&redirection.target, redirection.stream) {
            (Target::File(path, append), _) => outside.open(path, *append)?,
            (Target::Open(sink), _) => sink.clone(),
            (Target::Other, Stream::Output) => sinks.errors.clone(),
            (Target::Other, Stream::Errors) => sinks.output.clone(),
        };
        match redirection.stream {
            Stream::Output => sinks.output = target,
            Stream::Errors => sinks.errors = target,
        }
    }
    Ok(sinks)
}

/// The setting that output is written to with `> /proc/sys/…`, if it is one.
pub fn setting(redirections: &[Redirected]) -> Option<&str> {
    let to_file = redirections.iter().rev().find(|redirection| redirection.stream == Stream::Output)?;
    match &to_file.target {
        Target::File(path, _) if path.starts_with("/proc/sys/") => Some(path),
        Target::File(..) | Target::Other | Target::Open(_) => None,
    }
}

impl Sink {
    /// Whether text that goes there reaches nobody who reads along.
    pub fn is_silent(&self) -> bool {
        match self {
            Self::Output | Self::Errors => false,
            Self::Nowhere | Self::File(_) => true,
        }
    }
}
