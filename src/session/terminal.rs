use std::{
    io::{self, ErrorKind, Write},
    rc::Rc,
};

use crate::{
    codes::Code,
    diag::Diagnostic,
    eval::{Sink, Trouble},
    report::{human, table, topology::Canvas},
    source::Sources,
};

/// The two outputs, wherever they lead.
pub struct Terminal {
    output: Box<dyn Write>,
    errors: Box<dyn Write>,
    /// How listings look.
    pub tables: table::Style,
    /// How errors look.
    pub reports: human::Style,
    /// How much there is to draw on.
    pub canvas: Canvas,
    /// What was told last, if it was a single thing.
    told: Option<Diagnostic>,
}

impl Terminal {
    /// Outputs that lead there, without colours.
    pub fn new(output: impl Write + 'static, errors: impl Write + 'static) -> Self {
        Self {
            output: Box::new(output),
            errors: Box::new(errors),
            tables: table::Style::default(),
            reports: human::Style::default(),
            canvas: Canvas::default(),
            told: None,
        }
    }

    /// Writes text and sees that it gets there before whatever happens next.
    pub fn write(&mut self, sink: &Sink, text: &str) -> Result<(), Trouble> {
        self.write_while_read(sink, text).map(drop)
    }

    /// The same; whether anybody reads it.
    pub fn write_while_read(&mut self, sink: &Sink, text: &str) -> Result<bool, Trouble> {
        let (written, what) = match sink {
            Sink::Output => (write_all(&mut self.output, text), "standard output"),
            Sink::Errors => (write_all(&mut self.errors, text), "standard error"),
            Sink::Nowhere => (Ok(()), "nowhere"),
            Sink::File(file) => (write_all(&mut Rc::clone(file).as_ref(), text), "a file"),
        };
        match written {
            Ok(()) => Ok(true),
            // Whoever read along has seen enough (`nns lab.nns | head`); that is no reason to stop a script.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(Trouble::failed(Code::Input, format!("writing to {what}: {error}"))),
        }
    }

    /// Tells of errors and warnings.
    pub fn report(&mut self, sources: &Sources, diagnostics: &[Diagnostic]) {
        if let Some(first) = diagnostics.first() {
            self.told = Some(first.clone()).filter(|_| diagnostics.len() == 1);
        }
        let text = human::render(sources, diagnostics, self.reports);
        self.say(&text);
    }

    /// The single thing that was told last; then it is forgotten.
    pub fn take_told(&mut self) -> Option<Diagnostic> {
        self.told.take()
    }

    /// A remark on standard error. Nobody can be told that it cannot be written.
    pub fn say(&mut self, text: &str) {
        write_all(&mut self.errors, text).ok();
    }

    /// Text for standard output, where it is all the same whether somebody reads it.
    pub fn print(&mut self, text: &str) {
        write_all(&mut self.output, text).ok();
    }
}

fn write_all(to: &mut dyn Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}
