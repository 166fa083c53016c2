//! What a script cannot do without.

use super::{Evaluator, Failure, FailureKind, Outside, Status};
use crate::{codes::Code, commands::Requirement, diag::Diagnostic, source::Span};

impl<O: Outside> Evaluator<'_, O> {
    /// Ends the script where something is missing. Nothing was done so far, for the check asks first; without a check,
    /// what stands before it is put back.
    pub(super) fn require(&mut self, requirement: &Requirement, span: Span) -> Result<Status, Failure> {
        let missing = self.outside.missing(requirement).map_err(|trouble| Failure::from_trouble(trouble, span))?;
        match missing {
            None => Ok(Status::Success),
            Some(why) => {
                let diagnostic =
                    Diagnostic::error(Code::RequirementNotMet, why).label(span, "the script cannot do without it");
                Err(Failure::new(FailureKind::Requirement, diagnostic))
            }
        }
    }
}
