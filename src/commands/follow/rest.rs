//! Words that a command takes as they come, and what they are to those commands that read them.

use super::{Follower, Next, NextWord, Role, Wanted};
use crate::commands::{
    iptables,
    lower::native_spec,
    spec::{CommandSpec, Param},
    value::{self, Value},
};

/// The commands that run programs and no statements.
const RUN_PROGRAMS: &[&str] = &["exec", "expect"];

impl Follower<'_> {
    pub(super) fn rest(&mut self, spec: &'static CommandSpec, param: &'static Param) {
        match param.value {
            Value::Command if RUN_PROGRAMS.contains(&spec.noun) && self.peek().is_some() => self.program(),
            Value::Command if !RUN_PROGRAMS.contains(&spec.noun) => self.statement(),
            Value::Background => self.background(spec, param),
            Value::Statement if spec.noun == "expect" => self.claimed(spec),
            Value::Statement => self.statement(),
            Value::Options if spec.noun == "nsenter" => self.nsenter(spec, param),
            Value::Options => iptables::follow::follow(self.words, &mut self.out),
            Value::Ends => self.ends(spec, param),
            _ => {
                let is_file = spec.noun == "sysctl" && self.out.given.iter().any(|given| given.wanted.param == "p");
                let value = if is_file { Value::Path } else { param.value };
                let wanted = Wanted { value, ..self.wanted(spec, param) };
                while self.value(wanted) {}
            }
        }
    }

    /// A program, and what it is called.
    fn background(&mut self, spec: &'static CommandSpec, param: &'static Param) {
        if self.peek().is_none() {
            let wanted = self.wanted(spec, param);
            return self.out.next.push(Next::Value(wanted));
        }
        let is_as = |at: usize| self.words.get(at).is_some_and(|word| word.bare && word.text == "as");
        let count = self.words.len();
        let name = self.at() + 1 < count && (is_as(count - 1) || is_as(count.saturating_sub(2)));
        if !name {
            self.program();
            return self.next_word("as", "what it is called, for `kill` and `wait`");
        }
        self.take(Role::Program);
        let at = if is_as(count - 1) { count - 1 } else { count - 2 };
        while self.at() < at {
            self.take(Role::Text);
        }
        if self.peek().is_some() {
            self.take(Role::Option);
            let wanted = Wanted { value: Value::Job, param: "as", ..self.wanted(spec, param) };
            self.value(wanted);
        }
    }

    /// `expect nat …`: the statement that makes the rule, and perhaps `within TIME`.
    fn claimed(&mut self, spec: &'static CommandSpec) {
        // Elsewhere it is the name of a chain, or of a link.
        let all = self.words;
        let is_within = |at: &usize| all.get(*at).is_some_and(|word| word.bare && word.text == "within");
        let ends = [all.len().saturating_sub(2), all.len().saturating_sub(1)];
        let within = ends.into_iter().filter(|at| *at >= self.at()).find(is_within);
        let end = within.unwrap_or(all.len());
        self.words = &all[..end];
        if spec.verb == "iptables" {
            iptables::follow::follow(self.words, &mut self.out);
        } else {
            self.verb_of(spec.verb);
        }
        while self.at() < end {
            self.take(Role::Unknown);
        }
        self.words = all;
        if within.is_none() {
            return self.next_word("within", "how long it may take");
        }
        self.out.next.clear();
        self.take(Role::Option);
        self.value(Wanted {
            value: Value::Duration,
            noun: "expect",
            verb: spec.verb,
            param: "within",
            help: "how long it may take",
            required: true,
            is_native: true,
        });
    }

    fn verb_of(&mut self, noun: &'static str) {
        let Some(verb) = self.peek() else {
            for spec in super::table::SPECS.iter().filter(|spec| spec.noun == noun && makes_a_rule(spec)) {
                self.next_verb(spec.verb, spec.aliases, spec.summary);
            }
            return;
        };
        match native_spec(noun, Some(verb)) {
            Some((spec, 1)) => {
                self.take(Role::Command);
                let params: Vec<&'static Param> = spec.params.iter().collect();
                self.params(spec, &params, &params);
            }
            Some(_) | None => self.take(Role::Unknown),
        }
    }

    /// The options of `nsenter`, and the statement behind them.
    fn nsenter(&mut self, spec: &'static CommandSpec, param: &'static Param) {
        let wanted = self.wanted(spec, param);
        let process = Wanted { value: Value::ProcessId, help: "a process in the namespace", ..wanted };
        let (mut is_told, mut is_ended) = (false, false);
        while let Some(word) = self.peek().filter(|word| word.text.starts_with('-') && word.text.len() > 1) {
            let file = word.text.strip_prefix("--net=").or_else(|| word.text.strip_prefix("-n"));
            if let Some(file) = file.filter(|file| !file.is_empty()) {
                self.acts_in(super::Word { text: file.trim_start_matches('='), ..word }, false);
                is_told = true;
            }
            self.take(Role::Option);
            match word.text {
                "--" => {
                    (is_told, is_ended) = (true, true);
                    break;
                }
                "-t" => {
                    let Some(pid) = self.peek() else { return self.out.next.push(Next::Value(process)) };
                    self.value(process);
                    let pid = value::process_id(pid.text).ok().map(value::of_process_id);
                    self.out.acts = pid.map_or(super::Acts::Somewhere, super::Acts::In);
                }
                "-n" | "--net" => is_told = true,
                _ => {}
            }
        }
        if self.peek().is_none() && !is_told {
            self.out.next.push(Next::Value(wanted));
            if self.out.acts != super::Acts::Here {
                self.next_word("-n", "its network namespace");
            }
            return;
        }
        if self.peek().is_none() && !is_ended {
            self.next_word("--", "the statement follows");
        }
        self.statement();
    }

    /// Both ends of a cable.
    fn ends(&mut self, spec: &'static CommandSpec, param: &'static Param) {
        let end = Wanted { value: Value::End, help: "one end of the cable", ..self.wanted(spec, param) };
        let address = Wanted { value: Value::Cidr, help: "an address of that end", required: false, ..end };
        let mut ends = 0;
        loop {
            if !self.value(end) {
                return;
            }
            ends += 1;
            while self.peek().is_some_and(|word| !(word.bare && word.text == "--")) {
                self.value(address);
            }
            if self.peek().is_none() {
                self.out.next.push(Next::Value(address));
                if ends == 1 {
                    self.out.next.push(Next::Keyword(NextWord {
                        text: "--".into(),
                        help: "the other end of the cable follows".into(),
                        usage: "-- [NETNS:]LINK".into(),
                        required: true,
                        ..NextWord::default()
                    }));
                }
                return;
            }
            self.take(if ends == 1 { Role::Option } else { Role::Unknown });
        }
    }
}

/// Whether a statement makes a rule that can be claimed.
fn makes_a_rule(spec: &CommandSpec) -> bool {
    !["del", "flush", "show", "policy"].contains(&spec.verb)
}
