//! The words behind `ip`: its options, its objects and their commands, abbreviated or in full.

use super::{Follower, Next, NextWord, Role, Wanted};
use crate::commands::{
    ip::{self, OBJECTS, Object},
    table,
    value::Value,
};

impl Follower<'_> {
    pub(super) fn ip(&mut self) {
        self.take(Role::Command);
        while let Some(word) = self.peek().filter(|word| word.text.starts_with('-')) {
            if word.text == "--" {
                self.take(Role::Option);
                break;
            }
            self.take(if ip::is_option(word.text) { Role::Option } else { Role::Unknown });
            let Some(value) = ip::value_of(word.text) else { continue };
            let Some(netns) = self.peek() else { return self.next_of_option(value) };
            self.value(of_option(value));
            if value == Value::NetnsName {
                self.acts_in(netns, false);
            }
        }
        let Some(word) = self.peek() else { return self.next_objects() };
        let is_it = |object: &&Object| !word.text.is_empty() && object.word.starts_with(word.text);
        let object = OBJECTS.iter().find(is_it).filter(|_| word.bare);
        let Some((object, noun)) = object.and_then(|object| Some((object, object.noun?))) else {
            return self.take(Role::Unknown);
        };
        self.take(Role::Command);
        self.is_ip = true;
        let spec = match self.peek() {
            None => {
                self.next_verbs(object, noun);
                self.out.spec = table::find(noun, object.silent);
                return;
            }
            Some(verb) if !verb.text.starts_with('-') => {
                let known = object.verbs.iter().find(|(keyword, _)| verb.bare && keyword.is(verb.text, true));
                let spec = known.and_then(|(_, verb)| table::find(noun, verb));
                self.take(if spec.is_some() { Role::Command } else { Role::Unknown });
                spec
            }
            Some(_) => table::find(noun, object.silent),
        };
        if let Some(spec) = spec {
            self.command(spec);
        }
    }

    fn next_of_option(&mut self, value: Value) {
        if value == Value::Text {
            self.next_word("inet", "IPv4");
            self.next_word("inet6", "IPv6");
        } else {
            self.out.next.push(Next::Value(of_option(value)));
        }
    }

    fn next_objects(&mut self) {
        let mut seen = Vec::new();
        for object in OBJECTS {
            let Some(noun) = object.noun.filter(|noun| !seen.contains(noun)) else { continue };
            seen.push(noun);
            let verbs: Vec<&str> = table::verbs(noun).collect();
            let others = OBJECTS.iter().filter(|other| other.noun == Some(noun) && other.word != noun);
            self.out.next.push(Next::Keyword(NextWord {
                text: noun.into(),
                others: others.map(|object| object.word).collect(),
                help: verbs.join(", "),
                usage: noun.into(),
                is_verb: true,
                ..NextWord::default()
            }));
        }
        for (option, help) in ip::OPTION_HELP {
            self.next_word(option, help);
        }
    }

    fn next_verbs(&mut self, object: &'static Object, noun: &'static str) {
        for spec in table::SPECS.iter().filter(|spec| spec.noun == noun) {
            let words: Vec<&'static str> =
                object.verbs.iter().filter(|(_, verb)| *verb == spec.verb).map(|(keyword, _)| keyword.text).collect();
            if words.is_empty() {
                continue;
            }
            let others: Vec<&'static str> = words.into_iter().filter(|word| *word != spec.verb).collect();
            self.next_verb(spec.verb, &others, spec.summary);
        }
    }
}

fn of_option(value: Value) -> Wanted {
    let help = if value == Value::NetnsName { "where" } else { "a number" };
    Wanted { value, noun: "ip", verb: "", param: "option", help, required: true, is_native: false }
}
