use super::{Outside, Sink, Sinks, Trouble};
use crate::syntax::ast::Stream;

/// A redirection whose words are already expanded.
#[derive(Clone)]
pub struct Redirected {
    /// Which output.
    pub stream: Stream,
    /// The file and whether it is appended to; `None` is where the other output goes now.
    pub file: Option<(String, bool)>,
}

/// Where the outputs go after the redirections were obeyed in order, as a shell does.
pub fn sinks(redirections: &[Redirected], outside: &mut impl Outside) -> Result<Sinks, Trouble> {
    let mut sinks = Sinks::default();
    for redirection in redirections {
        let target = match (&redirection.file, redirection.stream) {
            (Some((path, append)), _) => outside.open(path, *append)?,
            (None, Stream::Output) => sinks.errors.clone(),
            (None, Stream::Errors) => sinks.output.clone(),
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
    let (path, _) = to_file.file.as_ref()?;
    path.starts_with("/proc/sys/").then_some(path.as_str())
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
