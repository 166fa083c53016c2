use rustyline::{DefaultEditor, error::ReadlineError};

use crate::{
    process::interrupt::Interrupt,
    session::{Exit, Machine, Session},
    syntax,
};

/// Reads statements line by line until the end of input. One that fails is put back alone, and does not end the
/// session; the status is that of the last.
pub fn run<B: Machine>(session: &mut Session<B>, interrupt: &Interrupt) -> Exit {
    let mut editor = match DefaultEditor::new() {
        Ok(editor) => editor,
        Err(error) => {
            session.terminal().say(&format!("the terminal cannot be used: {error}\n"));
            return Exit::Refused;
        }
    };
    let mut last = Exit::Done;
    let mut entered = String::new();
    loop {
        let prompt = match (entered.is_empty(), session.inside()) {
            (true, Some(ns)) => format!("nns {ns}> "),
            (true, None) => "nns> ".into(),
            (false, _) => "...> ".into(),
        };
        match editor.readline(&prompt) {
            Ok(line) => {
                entered.push_str(&line);
                entered.push('\n');
                if !syntax::is_complete(entered.trim_end_matches('\n')) {
                    continue;
                }
            }
            Err(ReadlineError::Interrupted) => {
                entered.clear();
                continue;
            }
            // As with a shell in a namespace: it ends, and the one outside goes on.
            Err(ReadlineError::Eof) if session.inside().is_some() => entered = "exit\n".into(),
            Err(ReadlineError::Eof) => return last,
            Err(error) => {
                session.terminal().say(&format!("reading from the terminal: {error}\n"));
                return Exit::Refused;
            }
        }
        let text = std::mem::take(&mut entered);
        match text.trim() {
            "" => continue,
            "exit" if session.inside().is_some() => {}
            "exit" | "quit" => return last,
            statement => {
                // A history that takes no more lines is no reason to refuse the statement.
                editor.add_history_entry(statement).ok();
            }
        }
        let source = session.add("<prompt>", text.trim_end());
        last = session.run(&[source]);
        interrupt.clear();
    }
}
