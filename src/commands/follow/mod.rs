//! The words of a statement that may not be finished: what each is, and what can stand behind the last.
//!
//! In: words. Out: [`Followed`]: a [`Role`] for each word, and what can come [`Next`]. It goes by the same tables as
//! binding, in the same order; but where binding stops at the first word that is wrong, this goes on, for it is for
//! those who are still typing.

mod ip;
mod params;
mod rest;
#[cfg(test)]
mod tests;

use super::{
    lower::native_spec,
    spec::{CommandSpec, Param},
    table,
    value::{self, Value},
};
use crate::{
    net::NsRef,
    syntax::{MAX_DEPTH, is_sudo_flags},
};

/// A word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// What it says; where it has variables, what was written.
    pub text: &'a str,
    /// Not quoted and without variables: it may be a keyword.
    pub bare: bool,
    /// Whether the text is what it says.
    pub is_known: bool,
}

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Part of a command's name: `ip`, `link`, `add`.
    Command,
    /// A word that the command knows: `dev`, `up`, `-c`.
    Option,
    /// A value.
    Value(Wanted),
    /// A program.
    Program,
    /// Taken as it is.
    Text,
    /// It fits nowhere.
    Unknown,
}

/// What a value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What kind of value it is.
    pub value: Value,
    /// The noun of the command.
    pub noun: &'static str,
    /// The verb of the command.
    pub verb: &'static str,
    /// The parameter.
    pub param: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Whether the command makes no sense without it.
    pub required: bool,
    /// Whether it is written without `ip`, so that `host` is a namespace.
    pub is_native: bool,
}

impl Wanted {
    /// How a usage line writes it.
    pub fn placeholder(&self) -> &'static str {
        // `iptables` has words of its own, which the table knows as text.
        let is_named = self.noun == "iptables" && self.value == Value::Text && !self.param.is_empty();
        if is_named { self.param } else { self.value.placeholder() }
    }
}

/// What can stand behind the last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A statement.
    Statement,
    /// One of the words of a command.
    Keyword(NextWord),
    /// A value.
    Value(Wanted),
}

/// A word that can come next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextWord {
    /// The word.
    pub text: String,
    /// Other words for it.
    pub others: Vec<&'static str>,
    /// What it is for.
    pub help: String,
    /// How it is written, with what stands behind it.
    pub usage: String,
    /// Whether the command makes no sense without it.
    pub required: bool,
    /// Whether it is the verb of a command.
    pub is_verb: bool,
    /// The parameters that it cannot stand beside.
    pub without: Vec<&'static str>,
}

/// Where a statement acts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Acts {
    /// Where it stands.
    #[default]
    Here,
    /// In that namespace.
    In(NsRef),
    /// Somewhere that its words do not tell.
    Somewhere,
}

/// A parameter that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// What it is.
    pub wanted: Wanted,
    /// Its word; of a flag the flag itself.
    pub at: usize,
}

/// What is known of words.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// What each word is.
    pub roles: Vec<Role>,
    /// What can come next, in the order in which it is shown.
    pub next: Vec<Next>,
    /// The parameters that were given.
    pub given: Vec<Given>,
    /// Where it acts.
    pub acts: Acts,
    /// The command, as far as it is known.
    pub spec: Option<&'static CommandSpec>,
}

/// Follows the words of a statement; `sudo` and `in NAMESPACE` in front of it are already dropped.
pub fn follow(words: &[Word<'_>]) -> Followed {
    let mut follower = Follower { words, is_ip: false, depth: 0, out: Followed::default() };
    follower.statement();
    let left = words.len().saturating_sub(follower.out.roles.len());
    follower.out.roles.extend(std::iter::repeat_n(Role::Unknown, left));
    follower.out
}

/// Goes over words. How many have a role is where it is.
struct Follower<'w> {
    words: &'w [Word<'w>],
    /// Whether abbreviations hold.
    is_ip: bool,
    /// How many commands there are around this one.
    depth: usize,
    out: Followed,
}

impl<'w> Follower<'w> {
    fn at(&self) -> usize {
        self.out.roles.len()
    }

    fn peek(&self) -> Option<Word<'w>> {
        self.words.get(self.at()).copied()
    }

    /// The next word if it may be a keyword.
    fn peek_bare(&self) -> Option<&'w str> {
        self.peek().filter(|word| word.bare).map(|word| word.text)
    }

    fn take(&mut self, role: Role) {
        self.out.roles.push(role);
    }

    fn take_all(&mut self, role: Role) {
        while self.peek().is_some() {
            self.take(role);
        }
    }

    fn next_word(&mut self, text: &str, help: &str) {
        let word = NextWord { text: text.into(), help: help.into(), usage: text.into(), ..NextWord::default() };
        self.out.next.push(Next::Keyword(word));
    }

    fn wanted(&self, spec: &'static CommandSpec, param: &Param) -> Wanted {
        Wanted {
            value: param.value,
            noun: spec.noun,
            verb: spec.verb,
            param: param.name,
            help: param.help,
            required: param.required,
            is_native: !self.is_ip,
        }
    }

    /// Takes the value that a word wants, or says that it comes next. Says whether it was there.
    fn value(&mut self, wanted: Wanted) -> bool {
        let Some(word) = self.peek() else {
            self.out.next.push(Next::Value(wanted));
            return false;
        };
        self.out.given.push(Given { wanted, at: self.at() });
        let is_right = !word.is_known || wanted.value.check(word.text).is_ok();
        self.take(if is_right { Role::Value(wanted) } else { Role::Unknown });
        true
    }

    fn acts_in(&mut self, word: Word<'_>, is_native: bool) {
        self.out.acts = match value::netns_target(word.text).ok().filter(|_| word.is_known) {
            Some(NsRef::Named(name)) if is_native && name.as_str() == "host" => Acts::In(NsRef::Host),
            Some(ns) => Acts::In(ns),
            None => Acts::Somewhere,
        };
    }

    fn statement(&mut self) {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return;
        }
        // Behind `netns exec` it is a word.
        while self.peek_bare() == Some("sudo") {
            self.take(Role::Command);
            while self.peek_bare().is_some_and(is_sudo_flags) {
                self.take(Role::Option);
            }
        }
        self.is_ip = false;
        let Some(word) = self.peek() else { return self.out.next.push(Next::Statement) };
        match table::noun(word.text).filter(|_| word.bare) {
            _ if word.bare && word.text == "ip" => self.ip(),
            Some(noun) => self.native(noun),
            None if table::LATER.iter().any(|(later, _)| *later == word.text) => {
                self.take(Role::Unknown);
                self.take_all(Role::Text);
            }
            None => self.program(),
        }
    }

    /// A program and its arguments, which may be files.
    fn program(&mut self) {
        self.take(Role::Program);
        self.take_all(Role::Text);
        let file = Wanted {
            value: Value::Path,
            noun: "exec",
            verb: "",
            param: "command",
            help: "a file",
            required: false,
            is_native: true,
        };
        self.out.next.push(Next::Value(file));
    }

    /// A command in our own words.
    fn native(&mut self, noun: &'static str) {
        self.take(Role::Command);
        let is_negated = noun == "expect" && self.peek_bare() == Some("no");
        if is_negated {
            self.take(Role::Command);
        }
        let verb = self.peek();
        let specs = || table::SPECS.iter().copied().filter(move |spec| spec.noun == noun);
        if verb.is_none() {
            let verbs = specs().filter(|spec| !spec.verb.is_empty());
            for spec in verbs {
                self.next_verb(spec.verb, spec.aliases, spec.summary);
            }
            if noun == "expect" && !is_negated {
                self.next_verb("no", &[], "the contrary");
            }
            match specs().find(|spec| spec.verb.is_empty()) {
                Some(spec) => self.command(spec),
                None => self.out.spec = native_spec(noun, None).map(|(spec, _)| spec),
            }
            return;
        }
        let is_text = noun == "expect" && verb.is_some_and(|word| !word.bare);
        match native_spec(noun, verb) {
            Some((spec, verbs)) => {
                if verbs > 0 {
                    self.take(Role::Command);
                }
                self.command(spec);
            }
            None if is_text => {
                if let Some(spec) = table::find("expect", "output") {
                    self.command(spec);
                }
            }
            None => self.take(Role::Unknown),
        }
    }

    fn next_verb(&mut self, verb: &str, others: &[&'static str], help: &str) {
        self.out.next.push(Next::Keyword(NextWord {
            text: verb.into(),
            others: others.to_vec(),
            help: help.into(),
            usage: verb.into(),
            is_verb: true,
            ..NextWord::default()
        }));
    }

    /// What stands behind the name of a command.
    fn command(&mut self, spec: &'static CommandSpec) {
        self.out.spec = Some(spec);
        let params: Vec<&'static Param> = spec.params.iter().collect();
        self.params(spec, &params, &params);
    }
}
