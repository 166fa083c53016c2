//! The parameters of a command, in the order in which binding takes them.

use super::{Follower, Next, NextWord, Role, Wanted, Word};
use crate::commands::{
    link,
    reference::form,
    spec::{CommandSpec, Param, Place},
    value::Value,
};

impl Follower<'_> {
    /// The words behind a command's name, and what can follow them: of that only what is shown.
    pub(super) fn params(&mut self, spec: &'static CommandSpec, params: &[&'static Param], shown: &[&'static Param]) {
        // What is given to the far end of a cable was not given before.
        let from = self.out.given.len();
        let has_letters = params.iter().any(|param| param.place == Place::Letter);
        let mut options_end = false;
        while let Some(word) = self.peek() {
            if has_letters && !options_end && word.text.len() > 1 && word.text.starts_with('-') {
                if word.text == "--" {
                    options_end = true;
                    self.take(Role::Option);
                    continue;
                }
                match self.letters(spec, params, word) {
                    Some(true) => continue,
                    Some(false) => return,
                    None => {}
                }
            }
            let is_it =
                |param: &&&'static Param| word.bare && param.place != Place::Letter && param.is(word.text, self.is_ip);
            if let Some(&param) = params.iter().find(is_it) {
                if !self.announced(spec, param) {
                    return;
                }
                continue;
            }
            if let Some(param) = self.slot(params, from) {
                let wanted = self.wanted(spec, param);
                self.value(wanted);
                self.behind(spec, param, word);
                continue;
            }
            match params.iter().find(|param| param.place == Place::Rest) {
                Some(param) => return self.rest(spec, param),
                None => self.take(Role::Unknown),
            }
        }
        self.next_params(spec, params, shown, from);
    }

    /// The next parameter that a word without an announcement is.
    fn slot(&self, params: &[&'static Param], from: usize) -> Option<&'static Param> {
        let is_free = |param: &&&'static Param| {
            param.place == Place::Positional && (param.repeatable || !self.has(param.name, from))
        };
        params.iter().find(is_free).copied()
    }

    fn has(&self, name: &str, from: usize) -> bool {
        self.out.given[from..].iter().any(|given| given.wanted.param == name)
    }

    /// A word that announces a parameter, and the value of it. Says whether there may be more.
    fn announced(&mut self, spec: &'static CommandSpec, param: &'static Param) -> bool {
        let wanted = self.wanted(spec, param);
        match param.place {
            Place::Flag => {
                self.out.given.push(super::Given { wanted, at: self.at() });
                self.take(if param.supported { Role::Option } else { Role::Unknown });
                true
            }
            Place::Positional
            | Place::Keyword
            | Place::Pair
            | Place::Tail
            | Place::Letter
            | Place::Rest
            | Place::Block => {
                self.take(if param.supported { Role::Option } else { Role::Unknown });
                // Behind its word it must stand.
                let wanted = Wanted { required: true, ..wanted };
                let Some(word) = self.peek() else {
                    self.out.next.push(Next::Value(wanted));
                    return false;
                };
                let two = if param.place == Place::Pair { 2 } else { 1 };
                for _ in 0..two {
                    // Both together are one value to the table.
                    let wanted = if two == 2 { Wanted { value: Value::Number, ..wanted } } else { wanted };
                    if !self.value(wanted) {
                        return false;
                    }
                }
                self.behind(spec, param, word);
                if param.place == Place::Tail {
                    self.tail(spec, word);
                    return false;
                }
                true
            }
        }
    }

    /// What a value changes for the words behind it.
    fn behind(&mut self, spec: &'static CommandSpec, param: &Param, word: Word<'_>) {
        let is_netns_exec = spec.noun == "netns" && spec.verb == "exec" && param.value == Value::Netns;
        let is_of_claim = spec.noun == "expect" && param.value == Value::Netns;
        if is_netns_exec || is_of_claim {
            self.acts_in(word, !self.is_ip);
        }
    }

    /// What stands behind `type KIND`.
    fn tail(&mut self, spec: &'static CommandSpec, kind: Word<'_>) {
        if spec.noun != "link" || spec.verb != "add" {
            // Nobody looks at them.
            return self.take_all(Role::Text);
        }
        let of_kind = link::words_of_kinds().into_iter().find(|(name, _)| name.split(' ').next() == Some(kind.text));
        let Some((name, params)) = of_kind else { return };
        if let Some((_, announcing)) = name.split_once(' ') {
            match self.peek_bare() {
                Some(word) if word == announcing => self.take(Role::Option),
                Some(_) => return,
                None if self.peek().is_none() => return self.next_word(announcing, "the far end of the cable"),
                None => return,
            }
            let all: Vec<&'static Param> = link::params_of_far_end().iter().collect();
            return self.params(spec, &all, &params);
        }
        self.params(spec, &params, &params);
    }

    /// A word of letters behind a dash. `None` where the command takes such a word as it is; else whether there may be
    /// more.
    fn letters(&mut self, spec: &'static CommandSpec, params: &[&'static Param], word: Word<'_>) -> Option<bool> {
        for (index, letter) in word.text.char_indices().skip(1) {
            let is_it = |param: &&&'static Param| param.place == Place::Letter && param.name.chars().eq([letter]);
            let Some(&param) = params.iter().find(is_it) else {
                if params.iter().any(|param| param.place == Place::Rest) {
                    return None;
                }
                self.take(Role::Unknown);
                return Some(true);
            };
            let wanted = self.wanted(spec, param);
            if param.value == Value::Nothing {
                self.out.given.push(super::Given { wanted, at: self.at() });
                continue;
            }
            self.take(if param.supported { Role::Option } else { Role::Unknown });
            let is_attached = index + letter.len_utf8() < word.text.len();
            return Some(is_attached || self.value(wanted));
        }
        self.take(Role::Option);
        Some(true)
    }

    /// What can follow the last word.
    fn next_params(
        &mut self,
        spec: &'static CommandSpec,
        params: &[&'static Param],
        shown: &[&'static Param],
        from: usize,
    ) {
        // A link that is made is named once, with a word in front or without.
        let has_name = spec.noun == "link" && self.has("name", from);
        let is_named = |param: &Param| has_name && param.name == "dev";
        if let Some(param) = self.slot(params, from).filter(|param| !is_named(param)) {
            let required = param.required && !self.has(param.name, from);
            let wanted = Wanted { required, ..self.wanted(spec, param) };
            self.out.next.push(Next::Value(wanted));
        } else if let Some(param) = params.iter().find(|param| param.place == Place::Rest) {
            self.rest(spec, param);
        }
        // What the command makes no sense without stands first.
        let is_wanted = |param: &Param| param.required && param.place != Place::Positional;
        let (wanted, others): (Vec<&Param>, Vec<&Param>) = shown.iter().copied().partition(|param| is_wanted(param));
        for param in wanted.into_iter().chain(others) {
            let is_open = param.supported && (param.repeatable || !self.has(param.name, from));
            let without: Vec<&'static str> =
                params.iter().filter(|other| param.excludes(other)).map(|other| other.name).collect();
            if !is_open || is_named(param) || without.iter().any(|other| self.has(other, from)) {
                continue;
            }
            let word = match param.place {
                Place::Positional | Place::Keyword | Place::Pair | Place::Flag | Place::Tail => {
                    let Some(first) = param.words.first() else { continue };
                    first.text.to_owned()
                }
                Place::Letter => format!("-{}", param.name),
                Place::Rest | Place::Block => continue,
            };
            // A positional one is wanted by itself, and not by its word.
            let is_positional = param.place == Place::Positional;
            self.out.next.push(Next::Keyword(NextWord {
                text: word,
                others: param.words.iter().skip(1).map(|keyword| keyword.text).collect(),
                help: param.help.into(),
                usage: form(param).trim_end_matches(" …").into(),
                required: param.required && !is_positional && !self.has(param.name, from),
                is_verb: false,
                without,
            }));
        }
    }
}
