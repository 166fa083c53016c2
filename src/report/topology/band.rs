//! A row of rooms, and the wires below them.

use std::collections::BTreeMap;

use super::{
    super::table::Paint,
    paper::Paper,
    room::Layout,
    scene::{Scene, Wire},
};

/// Between two rooms, in characters.
pub(super) const GAP: usize = 2;

/// Where something comes down from a room: its column, how it is, and what it leads to.
type Tap = (usize, Paint, String);

/// What is drawn below rooms, and where it is plugged in.
struct Strand {
    /// From left to right.
    taps: Vec<(usize, Paint)>,
    what: What,
}

enum What {
    /// A cable between two links of this row.
    Cable(Paint),
    /// A bridge.
    Bus { label: String, is_up: bool },
    /// A cable to another row.
    Stub { far: String, paint: Paint },
}

impl Strand {
    /// Its first column and its last.
    fn span(&self) -> (usize, usize) {
        let column = |tap: Option<&(usize, Paint)>| tap.map_or(0, |(column, _)| *column);
        (column(self.taps.first()), column(self.taps.last()))
    }
}

/// Labels that have no room where they belong, and the numbers that stand there.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    /// A number in place of a label.
    fn number(&mut self, label: String) -> String {
        self.0.push(label);
        format!("({})", self.0.len())
    }
}

/// Draws a row of rooms.
pub(super) fn draw(scene: &Scene, rooms: &[Layout], limit: usize) -> Paper {
    let mut paper = Paper::default();
    let height = rooms.iter().map(Layout::height).max().unwrap_or(0);
    let mut taps: BTreeMap<usize, Vec<Tap>> = BTreeMap::new();
    let mut left = 0;
    for room in rooms {
        room.draw(&mut paper, (left, height - room.height()));
        for (number, lead) in room.leads.iter().enumerate() {
            let tap = (left + Layout::column(number), lead.paint, lead.far.clone());
            taps.entry(lead.wire).or_default().push(tap);
        }
        left += room.width + GAP;
    }
    let mut all: Vec<usize> = taps.values().flatten().map(|(column, _, _)| *column).collect();
    all.sort_unstable();
    let floor = height.saturating_sub(1);
    let mut notes = Notes::default();
    let mut lines: Vec<Vec<(usize, usize)>> = Vec::new();
    for strand in strands(scene, &taps) {
        let (first, last) = strand.span();
        let label = match &strand.what {
            What::Cable(_) => None,
            What::Bus { label, .. } => Some(labelled(label.clone(), last, &all, limit, &mut notes)),
            // Nothing goes down any more to the right of the last one.
            What::Stub { far, .. } => Some(labelled(far.clone(), last, &[], limit, &mut notes)),
        };
        let end = label.as_ref().map_or(last, |(at, text)| at + text.chars().count());
        let is_crowded = all.contains(&first.saturating_sub(2));
        let hangs_over = matches!(strand.what, What::Bus { .. }) && !is_crowded;
        let begin = if hangs_over { first.saturating_sub(1) } else { first };
        let at = match strand.what {
            // Each below those to its right, which have come to their end by then.
            What::Stub { .. } => lines.len(),
            What::Cable(_) | What::Bus { .. } => free_line(&lines, begin, end),
        };
        if lines.len() <= at {
            lines.resize(at + 1, Vec::new());
        }
        lines[at].push((begin, end));
        let row = floor + 1 + at;
        for (column, paint) in &strand.taps {
            paper.line((*column, floor), (*column, row), *paint);
        }
        match &strand.what {
            What::Cable(paint) => paper.line((first, row), (last, row), *paint),
            What::Bus { is_up, .. } => {
                let to = label.as_ref().map_or(last + 1, |(at, _)| at.saturating_sub(2));
                paper.bus((begin, row), (to, row), if *is_up { Paint::Plain } else { Paint::Bad });
            }
            What::Stub { paint, .. } => paper.line((first, row), (first + 1, row), *paint),
        }
        if let Some((at, text)) = label {
            paper.text((at, row), &text, Paint::Name);
        }
    }
    let mut row = floor + 1 + lines.len();
    for (number, note) in (1..).zip(&notes.0) {
        let note: Vec<char> = format!("({number}) {note}").chars().collect();
        for part in note.chunks(limit.max(1)) {
            paper.text((0, row), &part.iter().collect::<String>(), Paint::Quiet);
            row += 1;
        }
    }
    paper
}

/// What is to be drawn below the rooms, in that order: cables, short ones first; bridges; what leads to other rows, from
/// right to left.
fn strands(scene: &Scene, taps: &BTreeMap<usize, Vec<Tap>>) -> Vec<Strand> {
    let mut strands = Vec::new();
    for (&wire, taps) in taps {
        // The worse of both ends tells of the cable.
        let paint = taps.iter().map(|(_, paint, _)| *paint).find(|paint| *paint != Paint::Good);
        let what = match (&scene.wires[wire], taps.as_slice()) {
            (Wire::Bus { label, is_up }, _) => What::Bus { label: label.clone(), is_up: *is_up },
            (Wire::Cable, [(_, paint, far)]) => What::Stub { far: far.clone(), paint: *paint },
            (Wire::Cable, _) => What::Cable(paint.unwrap_or(Paint::Good)),
        };
        strands.push(Strand { taps: taps.iter().map(|(column, paint, _)| (*column, *paint)).collect(), what });
    }
    strands.sort_by_key(|strand| {
        let (first, last) = strand.span();
        match strand.what {
            What::Cable(_) => (0, last - first, first),
            What::Bus { .. } => (1, first, last),
            What::Stub { .. } => (2, usize::MAX - first, 0),
        }
    });
    strands
}

/// The first line where nothing is between two columns.
fn free_line(lines: &[Vec<(usize, usize)>], begin: usize, end: usize) -> usize {
    let is_free = |line: &Vec<(usize, usize)>| line.iter().all(|(from, to)| *to + 1 < begin || end + 1 < *from);
    lines.iter().position(is_free).unwrap_or(lines.len())
}

/// Where a label stands to the right of a column, so that no wire goes through it and it ends before the paper does;
/// where there is no such place, that of a number in its stead.
fn labelled(label: String, last: usize, all: &[usize], limit: usize, notes: &mut Notes) -> (usize, String) {
    let length = label.chars().count();
    match place(length, last, all, limit) {
        Some(at) => (at, label),
        None => {
            let number = notes.number(label);
            let at = place(number.chars().count(), last, all, limit).unwrap_or(last + 3);
            (at, number)
        }
    }
}

fn place(length: usize, last: usize, all: &[usize], limit: usize) -> Option<usize> {
    let mut at = last + 3;
    for &column in all.iter().filter(|column| **column > last) {
        if at + length < column {
            break;
        }
        at = column + 3;
    }
    (at + length <= limit).then_some(at)
}
