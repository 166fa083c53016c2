use crate::{codes::Code, diag::Diagnostic, source::Span};

use super::Trouble;

/// A statement that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What that means for the script.
    pub kind: FailureKind,
    /// What to say about it.
    pub diagnostic: Box<Diagnostic>,
    /// The statement's complaints are redirected: where the failure is handled, nobody wants to hear of it.
    pub silent: bool,
}

/// What a failure means for the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The words make no sense: nothing handles that.
    Words,
    /// The change is impossible, or something outside went wrong; `||` handles it.
    Refused,
    /// A claim does not hold; `||` handles it.
    Expectation,
    /// The machine does not have what the script cannot do without.
    Requirement,
    /// The script takes too many steps, or calls itself too often: nothing handles that.
    Endless,
    /// `exit`: the script ends here, and nothing failed.
    Exit(u8),
    /// A capability is missing.
    NotPermitted,
    /// The user asked to stop.
    Interrupted,
}

impl FailureKind {
    /// Whether `A || B` goes on with B.
    pub fn can_be_handled(self) -> bool {
        match self {
            Self::Refused | Self::Expectation => true,
            Self::Words
            | Self::Requirement
            | Self::Endless
            | Self::Exit(_)
            | Self::NotPermitted
            | Self::Interrupted => false,
        }
    }

    /// Whether `--keep-going` goes on.
    pub fn can_be_passed_over(self) -> bool {
        match self {
            Self::Refused | Self::Expectation | Self::Words => true,
            Self::Requirement | Self::Endless | Self::Exit(_) | Self::NotPermitted | Self::Interrupted => false,
        }
    }
}

impl Failure {
    /// A failure with that to say about it.
    pub fn new(kind: FailureKind, diagnostic: Diagnostic) -> Self {
        Self { kind, diagnostic: Box::new(diagnostic), silent: false }
    }

    /// The outside could not do its part of the statement at `span`.
    pub fn from_trouble(trouble: Trouble, span: Span) -> Self {
        match trouble {
            Trouble::NotPermitted { doing } => {
                let message = format!("{doing}: not permitted");
                Self::new(FailureKind::NotPermitted, not_permitted(message).label(span, "this needs a capability"))
            }
            Trouble::Interrupted => {
                let diagnostic = Diagnostic::error(Code::Interrupted, "interrupted").label(span, "stopped here");
                Self::new(FailureKind::Interrupted, diagnostic)
            }
            Trouble::Failed { code, message, notes, help } => {
                let mut diagnostic = Diagnostic::error(code, message).label(span, "");
                diagnostic.notes = notes;
                diagnostic.help = help;
                Self::new(FailureKind::Refused, diagnostic)
            }
        }
    }
}

/// An error about missing capabilities, with what would work.
pub fn not_permitted(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::NotPermitted, message)
        .help("run it in a sandbox with `nns --sandbox …`, which needs no privileges, or as root with `sudo nns …`")
}
