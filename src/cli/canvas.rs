//! What drawings are drawn on: the terminal, as far as it can be asked.

use std::{env, ffi::OsString, os::fd::AsFd};

use terminal_size::{Width, terminal_size_of};

use crate::report::topology::Canvas;

/// The narrowest drawing, in characters: with less nothing can be told any more.
const NARROW: u16 = 20;

/// What there is where that output leads.
pub fn of(output: &impl AsFd) -> Canvas {
    let usual = Canvas::default();
    let width = terminal_size_of(output).map_or(usual.width, |(Width(width), _)| usize::from(width.max(NARROW)));
    Canvas { width, is_ascii: is_ascii(|name| env::var_os(name)) }
}

/// Whether the terminal or the locale has nothing but ASCII. A locale that nobody chose is no reason to think so.
fn is_ascii(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let told = |name: &str| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(told);
    let is_utf8 = |locale: OsString| {
        let locale = locale.to_string_lossy().to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    told("TERM").is_some_and(|term| term == "dumb") || locale.is_some_and(|locale| !is_utf8(locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> bool {
        is_ascii(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_terminal_and_the_locale_say_what_can_be_drawn() {
        assert!(!with(&[]));
        assert!(!with(&[("LANG", "en_US.UTF-8"), ("TERM", "xterm")]));
        assert!(!with(&[("LC_ALL", "C.utf8")]));
        assert!(with(&[("LANG", "en_US.UTF-8"), ("TERM", "dumb")]));
        assert!(with(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")]));
        assert!(!with(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "")]));
    }
}
