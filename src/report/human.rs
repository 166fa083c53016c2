//! Errors and warnings as people read them, with the line of the script below.
//!
//! In: diagnostics and the sources that they point into. Out: text for standard error. This is the only module that
//! knows miette, which draws the excerpts; what it is shown of a text is looked up in the source's own index of lines,
//! and cut where a line is too long to be read.

use std::{borrow::Cow, fmt, ops::Range};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};

use crate::{
    diag::{Diagnostic, Severity},
    source::{Source, Sources, Span},
};

/// How much of a long line is shown to the left and right of a place, and of a long word, in bytes.
const MAX_SHOWN: usize = 160;
/// How much of a text with a very long word is shown at each end, in bytes.
const MAX_TEXT_END: usize = 240;
/// Columns where nothing is known of the terminal.
const DEFAULT_WIDTH: usize = 100;

/// How reports look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// The columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: DEFAULT_WIDTH }
    }
}

/// All diagnostics, one below the other.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], style: Style) -> String {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false).with_context_lines(1);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let report = Report::new(sources, diagnostic);
        handler.render_report(&mut text, &report).expect("a string takes all text");
        for note in &report.notes {
            paragraph(&mut text, "note", &brief(note));
        }
        if let Some(help) = &diagnostic.help {
            paragraph(&mut text, "help", &brief(help));
        }
        text.push('\n');
    }
    text
}

/// A text without the middle of what is too long to be read: the user's word may be a whole file.
fn brief(text: &str) -> Cow<'_, str> {
    if text.len() <= 4 * MAX_TEXT_END {
        return text.into();
    }
    let head = floor(text, MAX_TEXT_END);
    let tail = floor(text, text.len() - MAX_TEXT_END);
    format!("{} … {}", &text[..head], &text[tail..]).into()
}

/// `  help: …`, the lines behind the first indented as deep.
fn paragraph(text: &mut String, word: &str, what: &str) {
    for (number, line) in what.lines().enumerate() {
        let lead = if number == 0 { format!("  {word}: ") } else { " ".repeat(word.len() + 4) };
        text.push_str(&lead);
        text.push_str(line);
        text.push('\n');
    }
}

/// A diagnostic as miette wants it: about one source. Places in others become notes.
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    excerpt: Option<Excerpt<'a>>,
    labels: Vec<LabeledSpan>,
    notes: Vec<String>,
}

impl<'a> Report<'a> {
    fn new(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Self {
        let excerpt = diagnostic.labels.first().map(|label| Excerpt(sources.get(label.span.source)));
        let mut labels = Vec::new();
        let mut notes = Vec::new();
        for label in &diagnostic.labels {
            let Some(Excerpt(source)) = excerpt.as_ref().filter(|excerpt| excerpt.0.id() == label.span.source) else {
                notes.push(format!("{}: {}", sources.place(label.span), label.text));
                continue;
            };
            let shown = shown(source, label.span);
            let text = (!label.text.is_empty()).then(|| brief(&label.text).into_owned());
            let place = SourceSpan::from((shown.start, shown.len()));
            labels.push(if labels.is_empty() {
                LabeledSpan::new_primary_with_span(text, place)
            } else {
                LabeledSpan::new_with_span(text, place)
            });
        }
        notes.extend(diagnostic.notes.iter().cloned());
        Self { diagnostic, excerpt, labels, notes }
    }
}

/// The part of a span that is underlined: of its first line, and not too much.
fn shown(source: &Source, span: Span) -> Range<usize> {
    let (start, end) = (span.start as usize, span.end as usize);
    let line_end = source.text()[start..end].find('\n').map_or(end, |at| start + at);
    let end = floor(source.text(), line_end.min(start + MAX_SHOWN));
    start..end.max(start)
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&brief(&self.diagnostic.message))
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code.name()))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}

/// A source whose lines are looked up in its index.
struct Excerpt<'a>(&'a Source);

impl SourceCode for Excerpt<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let source = self.0;
        let text = source.text();
        let end = span.offset() + span.len();
        if end > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let line_at = |at: usize| source.line_col(source.span(at, at).start).0;
        // Without context miette asks where the place is, and with context for what to draw: its lines, and no others.
        let lines_only = lines_before + lines_after > 0;
        let (first, last) = (line_at(span.offset()), line_at(end));
        let line_start = source.line_start(first) as usize;
        let line_end = source.line_start(last) as usize + source.line(last).len();
        let from = floor(text, line_start.max(span.offset().saturating_sub(MAX_SHOWN)));
        let from = if lines_only { from } else { span.offset() };
        let to = floor(text, line_end.min(end + MAX_SHOWN)).max(end);
        let column = text[line_start..from].chars().count();
        let contents = MietteSpanContents::new_named(
            source.name().into(),
            &text.as_bytes()[from..to],
            SourceSpan::from((from, to - from)),
            first - 1,
            column,
            last - first + 1,
        );
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Code;

    #[test]
    fn shows_the_place_the_facts_and_what_to_type() {
        let mut sources = Sources::default();
        let id = sources.add("lab.nns", "netns add red\n\n\nnetns add red\n");
        let source = sources.get(id);
        let (second, first) = (source.span(26, 29), source.span(10, 13));
        let diagnostic = Diagnostic::error(Code::KernelRefused, "there is a namespace `red` already")
            .label(second, "this name is taken")
            .label(first, "made here")
            .note("a fact")
            .help("netns del red");
        let text = render(&sources, &[diagnostic], Style::default());
        for part in [
            "kernel-refused",
            "there is a namespace `red` already",
            "lab.nns:4:11",
            "made here",
            "  note: a fact\n",
            "  help: netns del red\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains('\u{1b}'), "no colours");
    }

    #[test]
    fn of_a_long_line_only_the_place_is_shown() {
        let mut sources = Sources::default();
        let id = sources.add("lab.nns", "ä".repeat(100_000));
        let span = sources.get(id).span(100_000, 150_000);
        let text = render(&sources, &[Diagnostic::error(Code::Syntax, "bad").label(span, "here")], Style::default());
        assert!(text.len() < 4000, "{}", text.len());
        assert!(text.contains("here"));
    }
}
