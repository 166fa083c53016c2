//! What happened how often, from all processes together.

use std::{fmt, ops::AddAssign};

/// Counts with their names, in the order in which they came first.
#[derive(Default)]
pub struct Counts(Vec<(String, usize)>);

impl Counts {
    /// Adds to a count.
    pub fn add(&mut self, what: &str, count: usize) {
        match self.0.iter_mut().find(|(name, _)| name == what) {
            Some((_, total)) => *total += count,
            None => self.0.push((what.to_owned(), count)),
        }
    }

    /// How often that was.
    pub fn of(&self, what: &str) -> usize {
        self.0.iter().find(|(name, _)| name == what).map_or(0, |(_, count)| *count)
    }

    /// What was printed by another process.
    pub fn read(text: &str) -> Self {
        let mut counts = Self::default();
        for (count, what) in text.lines().filter_map(|line| line.split_once(' ')) {
            if let Ok(count) = count.parse() {
                counts.add(what, count);
            }
        }
        counts
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        for (what, count) in other.0 {
            self.add(&what, count);
        }
    }
}

/// In lines, each a count and its name; [`Counts::read`] reads it.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(what, count)| writeln!(f, "{count} {what}"))
    }
}
