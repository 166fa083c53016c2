//! A room as it is drawn: a box with a line or more for each link, and leads out of its floor.

use super::{
    super::table::Paint,
    paper::{Paper, Place},
    scene::{Entry, Room},
};

/// How wide the text of a room is before a line ends, in characters.
const TEXT: usize = 28;
/// What stands before the text of a room and behind it.
const WALLS: usize = 4;
/// What stands around a title.
const CORNERS: usize = 6;
/// How far the lines of a link below the first are indented.
const INDENT: usize = 2;

/// Pieces of text that stay together.
type Token = Vec<(String, Paint)>;

/// A room with its measures.
pub(super) struct Layout {
    title: String,
    lines: Vec<Line>,
    /// Its leads, from left to right.
    pub(super) leads: Vec<Lead>,
    /// In characters.
    pub(super) width: usize,
}

/// A line of a room.
struct Line {
    /// Whether it is the first of a link that leads somewhere.
    begins_lead: bool,
    pieces: Token,
}

/// What comes out of a room's floor.
#[derive(Clone, Debug)]
pub(super) struct Lead {
    /// The wire that it is plugged into.
    pub(super) wire: usize,
    /// What that leads to, in words.
    pub(super) far: String,
    pub(super) paint: Paint,
}

impl Layout {
    /// The room in boxes of at most that width. Where there are too many leads for it, there are none, and words in
    /// their place.
    pub(super) fn new(room: &Room, limit: usize) -> Self {
        let title = if chars(&room.title) + CORNERS > limit {
            let kept: String = room.title.chars().take(limit.saturating_sub(CORNERS + 1).max(1)).collect();
            format!("{kept}…")
        } else {
            room.title.clone()
        };
        let full = (title != room.title).then_some(room.title.as_str());
        let with_leads = Self::with(room, &title, full, true, TEXT.min(limit.saturating_sub(WALLS)));
        if with_leads.width <= limit || with_leads.leads.is_empty() {
            return with_leads;
        }
        let gutter = 2 * with_leads.leads.len();
        let narrow = Self::with(room, &title, full, true, TEXT.min(limit.saturating_sub(WALLS + gutter)));
        if narrow.width <= limit {
            return narrow;
        }
        Self::with(room, &title, full, false, TEXT.min(limit.saturating_sub(WALLS)))
    }

    fn with(room: &Room, title: &str, full: Option<&str>, has_leads: bool, text: usize) -> Self {
        let mut lines = Vec::new();
        let mut leads = Vec::new();
        if let Some(full) = full {
            let all: Vec<char> = full.chars().collect();
            let chunks = all.chunks(text.max(1)).map(|chunk| vec![(chunk.iter().collect(), Paint::Name)]);
            lines.extend(chunks.map(|pieces| Line { begins_lead: false, pieces }));
        }
        for entry in &room.entries {
            let plug = entry.plug.as_ref();
            if let Some(plug) = plug.filter(|_| has_leads) {
                leads.push(Lead { wire: plug.wire, far: plug.far.clone(), paint: entry.mark.1 });
            }
            let words = plug.filter(|_| !has_leads).map(|plug| format!("→ {}", plug.far));
            for (at, pieces) in wrap(tokens(entry, words), text).into_iter().enumerate() {
                lines.push(Line { begins_lead: at == 0 && has_leads && plug.is_some(), pieces });
            }
        }
        if room.entries.is_empty() && room.remarks.is_empty() {
            lines.push(Line { begins_lead: false, pieces: vec![("nothing but lo".into(), Paint::Quiet)] });
        }
        let remarks = room.remarks.join(", ");
        let words = remarks.split(' ').filter(|word| !word.is_empty());
        let remarks: Vec<Token> = words.map(|word| vec![(word.to_owned(), Paint::Warn)]).collect();
        lines.extend(wrap(remarks, text).into_iter().map(|pieces| Line { begins_lead: false, pieces }));
        let widest = lines.iter().map(|line| width(&line.pieces)).max().unwrap_or(0);
        let width = (2 * leads.len() + widest + WALLS).max(chars(title) + CORNERS);
        Self { title: title.to_owned(), lines, leads, width }
    }

    /// In lines.
    pub(super) fn height(&self) -> usize {
        self.lines.len() + 2
    }

    /// The column of a lead, from the room's left wall.
    pub(super) fn column(lead: usize) -> usize {
        2 + 2 * lead
    }

    /// Draws it from that place down.
    pub(super) fn draw(&self, paper: &mut Paper, (left, top): Place) {
        let (right, floor) = (left + self.width - 1, top + self.height() - 1);
        for row in [top, floor] {
            paper.line((left, row), (right, row), Paint::Quiet);
        }
        for column in [left, right] {
            paper.line((column, top), (column, floor), Paint::Quiet);
        }
        for (corner, text) in [((left, top), "┌"), ((right, top), "┐"), ((left, floor), "└"), ((right, floor), "┘")]
        {
            paper.text(corner, text, Paint::Quiet);
        }
        paper.text((left + 2, top), &format!(" {} ", self.title), Paint::Name);
        let text = left + 2 + 2 * self.leads.len();
        let mut begun = 0;
        for (row, line) in (top + 1..).zip(&self.lines) {
            if let Some(lead) = self.leads.get(begun).filter(|_| line.begins_lead) {
                let column = left + Self::column(begun);
                paper.line((column, row), (text - 1, row), lead.paint);
                paper.line((column, row), (column, floor), lead.paint);
                begun += 1;
            }
            let mut column = text;
            for (piece, paint) in &line.pieces {
                paper.text((column, row), piece, *paint);
                column += chars(piece);
            }
        }
    }
}

/// What is said of a link.
fn tokens(entry: &Entry, far: Option<String>) -> Vec<Token> {
    let (mark, paint) = entry.mark;
    let name = vec![(mark.to_string(), paint), (" ".into(), Paint::Plain), (entry.name.clone(), Paint::Name)];
    let one = |text: String, paint| vec![(text, paint)];
    let port = entry.port.iter().map(|port| one(format!("─ {port}"), Paint::Quiet));
    let state = entry.state.iter().map(|word| one((*word).to_owned(), paint));
    let words = entry.words.iter().chain(&far).flat_map(|words| words.split(' '));
    let words = words.map(|word| one(word.to_owned(), Paint::Quiet));
    let addresses = entry.addresses.iter().map(|address| one(address.clone(), Paint::Address));
    [name].into_iter().chain(port).chain(state).chain(words).chain(addresses).collect()
}

/// Tokens with blanks between them, in lines as long as that where it can be; those behind the first are indented.
fn wrap(tokens: Vec<Token>, limit: usize) -> Vec<Token> {
    let mut lines: Vec<Token> = Vec::new();
    for token in tokens {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(&token) <= limit => {
                line.push((" ".into(), Paint::Plain));
                line.extend(token);
            }
            Some(_) => {
                let indent = INDENT.min(limit.saturating_sub(width(&token)));
                lines.push([(" ".repeat(indent), Paint::Plain)].into_iter().chain(token).collect());
            }
            None => lines.push(token),
        }
    }
    lines
}

fn width(token: &Token) -> usize {
    token.iter().map(|(text, _)| chars(text)).sum()
}

fn chars(text: &str) -> usize {
    text.chars().count()
}
