//! Scripts, run on the kernel as the command runs them.

use std::{cell::RefCell, io, rc::Rc};

use nns::{
    backend::KernelBackend,
    process::interrupt::Interrupt,
    session::{Exit, Options, Session, Terminal},
};

/// A session and what it prints.
pub struct Prompt {
    session: Session<KernelBackend>,
    output: Page,
    errors: Page,
}

impl Prompt {
    pub fn new(options: Options, interrupt: Interrupt) -> Self {
        let (output, errors) = (Page::default(), Page::default());
        let terminal = Terminal::new(output.clone(), errors.clone());
        let session = Session::new(KernelBackend::new().unwrap(), options, terminal, interrupt);
        Self { session, output, errors }
    }

    /// How a script ended and what it printed, errors behind the rest.
    pub fn run(&mut self, script: &str) -> (Exit, String) {
        let source = self.session.add("lab.nns", script);
        let exit = self.session.run(&[source]);
        let bytes = [self.output.0.take(), self.errors.0.take()].concat();
        (exit, String::from_utf8(bytes).unwrap())
    }
}

/// A writer whose text can be looked at.
#[derive(Clone, Default)]
struct Page(Rc<RefCell<Vec<u8>>>);

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A script in a session of its own.
pub fn run_with(options: Options, script: &str) -> (Exit, String) {
    Prompt::new(options, Interrupt::never()).run(script)
}

pub fn run(script: &str) -> (Exit, String) {
    run_with(Options::default(), script)
}

/// What a script prints that ends well.
#[track_caller]
pub fn done(script: &str) -> String {
    let (exit, text) = run(script);
    assert_eq!(exit, Exit::Done, "{text}");
    text
}

/// A script that fails at its end; everything must be put back.
#[track_caller]
pub fn put_back(script: &str) {
    let (exit, text) = run(&format!("{script}\nexpect netns of-which-there-is-none"));
    assert_eq!(exit, Exit::Expectation, "{text}");
    assert!(text.contains("everything is as it was before"), "{text}");
}
