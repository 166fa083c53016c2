//! Text as the user wrote it, and places in it.
//!
//! In: the bytes of files, of `-c` arguments and of prompt lines. Out: [`Span`]s that every later stage carries along,
//! so that a refusal by the kernel can point at a word of the script. Invariant: a [`Span`] lies inside its source, on
//! character boundaries; there is no "unknown" span.

mod file;

pub use file::read_file;

use std::fmt;

/// Which of the session's [`Sources`] a span belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A half-open range of bytes in one source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source that the range is in.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span that covers both; they must be of one source.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        debug_assert_eq!(self.source, other.source);
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span behind this one: where something is missing.
    #[must_use]
    pub fn after(self) -> Self {
        Self { start: self.end, ..self }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.source.0, self.start, self.end)
    }
}

/// A value together with the place where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Pairs a value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place, with another view of the value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

/// One text with a name that people recognise (`lab.nns`, `-c`, `<stdin>`), and an index of its lines.
#[derive(Debug)]
pub struct Source {
    id: SourceId,
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

impl Source {
    /// The number that spans of this source carry.
    pub fn id(&self) -> SourceId {
        self.id
    }

    /// The name shown in front of line numbers.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span of this source.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// The same source with blanks in place of all that stands outside of a span, so that its places stay what they are.
    #[must_use]
    pub fn part(&self, span: Span) -> Self {
        let text = " ".repeat(span.start as usize) + self.slice(span);
        Self { id: self.id, name: self.name.clone(), text, line_starts: vec![0] }
    }

    /// A span of this source.
    pub fn span(&self, start: usize, end: usize) -> Span {
        debug_assert!(start <= end && end <= self.text.len());
        Span { source: self.id, start: offset(start), end: offset(end) }
    }

    /// Line (from 1) and column in characters (from 1) of a byte offset, in time logarithmic in the number of lines.
    pub fn line_col(&self, at: u32) -> (usize, usize) {
        let line = self.line_starts.partition_point(|&start| start <= at);
        let start = self.line_starts[line - 1] as usize;
        (line, self.text[start..at as usize].chars().count() + 1)
    }

    /// How many lines there are; a text without a newline has one.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The text of a line (from 1) without its newline.
    pub fn line(&self, line: usize) -> &str {
        let start = self.line_starts[line - 1] as usize;
        let end = self.line_starts.get(line).map_or(self.text.len(), |&next| next as usize);
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    /// The byte offset at which a line (from 1) begins.
    pub fn line_start(&self, line: usize) -> u32 {
        self.line_starts[line - 1]
    }
}

/// The name of texts that were typed at the prompt.
pub const PROMPT: &str = "<prompt>";

/// All texts of a session, so that a span can be shown long after its statement ran.
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Takes a text in. Texts are at most 4 GiB ([`Span`] counts in 32 bits); the caller refuses larger ones.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let text = text.into();
        let id = SourceId(offset(self.0.len()));
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| offset(newline + 1))).collect();
        self.0.push(Source { id, name: name.into(), text, line_starts });
        id
    }

    /// The source with that number.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// The text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).slice(span)
    }

    /// `name:line:column` of the beginning of a span.
    pub fn locate(&self, span: Span) -> String {
        let source = self.get(span.source);
        let (line, column) = source.line_col(span.start);
        format!("{}:{line}:{column}", source.name())
    }

    /// Where a span is, for somebody who reads of it elsewhere: `name:line:column`, and for what was typed at the prompt,
    /// where no line has a number, the line itself.
    pub fn place(&self, span: Span) -> String {
        let source = self.get(span.source);
        let line = source.line(source.line_col(span.start).0).trim();
        if source.name() == PROMPT { format!("`{line}`") } else { self.locate(span) }
    }

    /// The line (from 1) on which a span begins.
    pub fn line_of(&self, span: Span) -> usize {
        self.get(span.source).line_col(span.start).0
    }
}

/// A byte that is no UTF-8, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotUtf8 {
    /// The byte.
    pub byte: u8,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
}

/// The text of a file's bytes, or the first of them that is no UTF-8.
pub fn decode(bytes: Vec<u8>) -> Result<String, NotUtf8> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line_start = valid.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        NotUtf8 {
            byte: error.as_bytes()[valid.len()],
            line: valid.iter().filter(|&&byte| byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&valid[line_start..]).chars().count() + 1,
        }
    })
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("sources are at most 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let mut sources = Sources::default();
        let id = sources.add("a.nns", "über\nx y\n");
        let source = sources.get(id);
        assert_eq!(source.line_col(0), (1, 1));
        assert_eq!(source.line_col(2), (1, 2), "ü is two bytes and one column");
        assert_eq!(source.line_col(6), (2, 1));
        assert_eq!(source.line(2), "x y");
        assert_eq!(source.line_count(), 3);
        assert_eq!(sources.locate(source.span(8, 9)), "a.nns:2:3");
    }

    #[test]
    fn decoding_tells_the_first_bad_byte() {
        assert_eq!(decode("ü\n".into()), Ok("ü\n".to_owned()));
        assert_eq!(decode(b"a\n\xc3\xbcx\xff\n\xfe".into()), Err(NotUtf8 { byte: 0xff, line: 2, column: 3 }));
        assert_eq!(decode(b"a\xc3".into()), Err(NotUtf8 { byte: 0xc3, line: 1, column: 2 }));
    }
}
