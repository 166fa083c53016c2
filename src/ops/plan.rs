use super::{NetnsOp, Op};
use crate::{net::NsRef, source::Span};

/// One op and the words that asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The change.
    pub op: Op,
    /// The statement that asked for it.
    pub span: Span,
}

/// Steps with nothing between them whose result the script depends on: they may be sent together.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Segment {
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// All that a script changes, as far as it is known before it runs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Plan {
    /// The segments; between two of them stands a barrier: a ping, a program, something only the kernel knows.
    pub segments: Vec<Segment>,
}

impl Plan {
    /// Whether a change is about the namespace of a process.
    pub fn names_processes(&self) -> bool {
        self.segments.iter().flat_map(|segment| &segment.steps).any(|step| {
            let is_attached = matches!(step.op, Op::Netns(NetnsOp::Attach { .. }));
            is_attached || step.op.touched().into_iter().any(|ns| matches!(ns, NsRef::Process(_)))
        })
    }
}
