use super::{Failure, FailureKind};
use crate::{codes::Code, commands::PromptWord, diag::Diagnostic, source::Span};

/// A word of the prompt in a script, or among other statements.
pub fn refused(word: &PromptWord, span: Span) -> Failure {
    let instead = match word {
        PromptWord::Undo { .. } => "in the shell: `nns undo`; what a script that fails has done is put back anyway",
        PromptWord::Redo => "in the shell: run the script again",
        PromptWord::Save { .. } => "a script is a file already; only what is typed at the prompt has to become one",
        PromptWord::Changes => "in the shell: `nns plan FILE` before a run, `nns log` after it",
        PromptWord::Watch { .. } | PromptWord::WatchOff => "in a script `watch for 5s` ends by itself",
        PromptWord::Quit => "a script ends with its last line, or with `exit`",
    };
    let diagnostic = Diagnostic::error(Code::Usage, format!("`{}` is a word of the prompt", word.name()))
        .label(span, "only there, on a line of its own")
        .help(instead);
    Failure::new(FailureKind::Words, diagnostic)
}
