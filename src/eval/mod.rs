//! From a tree to what it does.
//!
//! In: a [`Script`](crate::syntax::ast::Script), the [`State`] that earlier inputs left, and the [`Outside`] that
//! changes, probes and programs act on. Out: [`Ended`]: how it ended, and everything there is to say about it.
//!
//! Check and run are the same act: one [`Evaluator`] walks the tree, turns words into acts and applies every change to
//! the model. [`Mode::Check`] walks with the [`Dry`] outside, which does nothing and remembers the plan, and goes on
//! after a failure to find the others; [`Mode::Run`] walks with a real one, which the session supplies, and in doubt
//! believes the kernel.

mod capture;
mod chains;
mod change;
mod claims;
mod command;
mod condition;
mod control;
mod converge;
mod doubt;
mod dry;
mod enter;
mod evaluator;
mod expectation;
mod failure;
mod headed;
mod history;
mod jobs;
mod outside;
mod pipe;
mod policy;
mod process;
mod prompt;
mod redirect;
mod refusal;
mod requirement;
mod rules;
mod settings;
mod settings_file;
mod shell;
mod state;
mod unseen;
mod values;

pub use claims::{judge, judge_addresses, judge_carrier, judge_file, judge_neighbours, judge_routes, judge_setting};
pub use converge::{Converge, Foreseen};
pub use dry::{Dry, Facts};
pub use evaluator::{Ended, Evaluator, Included, MAX_STEPS, Mode, Policy};
pub use failure::{Failure, FailureKind};
pub use outside::{Outside, Sink, Sinks, Status, StepFailure, Trouble, Verdict};
pub use refusal::{Scene, WAS_THERE, explain, place};
pub use settings::settings_that_change_with;
pub use state::{Names, State};
