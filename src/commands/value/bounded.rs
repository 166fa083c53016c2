//! Numbers up to a greatest one, some of which have names: what most options of links are.

use super::ValueError;

/// A number up to a greatest one, or a word that stands for one.
#[derive(Debug, PartialEq, Eq)]
pub struct Bounded {
    /// How usage lines write it.
    pub placeholder: &'static str,
    /// What is wanted, with its article.
    pub wanted: &'static str,
    /// The greatest; `None` where only words will do.
    pub max: Option<u32>,
    /// The words.
    pub words: &'static [&'static str],
    /// What they stand for, in the same order.
    pub meanings: &'static [u32],
}

impl Bounded {
    /// The number that a text stands for; as in C, `0x` is hexadecimal.
    pub fn read(&self, text: &str) -> Result<u32, ValueError> {
        let named = self.words.iter().zip(self.meanings).find(|(word, _)| **word == text).map(|(_, number)| *number);
        let number = || super::number(text).ok().filter(|&number| self.max.is_some_and(|max| number <= max));
        named.or_else(number).ok_or_else(|| ValueError::Form { text: text.into(), wanted: self.wanted })
    }
}
