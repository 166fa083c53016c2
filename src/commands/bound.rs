use super::{
    act::{IpOptions, ShowStyle},
    error::UsageError,
    lower::Arg,
    reference::usage,
    spec::{CommandSpec, Param, Place},
    value::{self, Value, ValueError},
};
use crate::{
    net::NsRef,
    source::{Span, Spanned},
};

/// How a command was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// The objects' words, in full.
    Native,
    /// Behind `ip` and its options, with its abbreviations.
    Iproute2(IpOptions),
}

impl Spelling {
    /// Whether a beginning of a keyword stands for it.
    pub fn abbreviations(&self) -> bool {
        match self {
            Self::Native => false,
            Self::Iproute2(_) => true,
        }
    }

    /// `ip ` or nothing: what stands before the noun.
    pub fn lead(&self) -> &'static str {
        match self {
            Self::Native => "",
            Self::Iproute2(_) => "ip ",
        }
    }
}

/// One use of a command: which, how it was written, where.
#[derive(Clone, Debug)]
pub struct Call {
    /// The command.
    pub spec: &'static CommandSpec,
    /// How it was written.
    pub spelling: Spelling,
    /// `expect no …`.
    pub negated: bool,
    /// The whole statement.
    pub span: Span,
    /// How many words of the statement stand before those that are bound.
    pub words_before: usize,
}

impl Call {
    /// The command as it is to be typed: `ip link set`, `link set`.
    pub fn title(&self) -> String {
        format!("{}{}", self.spelling.lead(), self.spec.name())
    }

    /// Its usage line.
    pub fn usage(&self) -> String {
        format!("{}{}", self.spelling.lead(), usage(self.spec))
    }
}

/// A parameter that was given.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Which.
    pub param: &'static Param,
    /// The word that announced it; for a positional one its value.
    pub word: Spanned<String>,
    /// Its value; empty for flags.
    pub value: Spanned<String>,
}

/// The words of a command, sorted into its parameters. All values were checked to be of their kind.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    /// Of which command.
    pub call: Call,
    pub(super) params: &'static [Param],
    pub(super) entries: Vec<Entry>,
    /// The words that belong to a tail, or are taken as they are.
    pub rest: &'a [Arg],
    /// How many words of the statement stand before `rest`.
    pub rest_at: usize,
}

impl Bound<'_> {
    /// Where a parameter was given, if it was. Of several the last.
    pub fn span_of(&self, name: &str) -> Option<Span> {
        self.entry(name).map(|entry| entry.word.span)
    }

    /// Whether it was given.
    pub fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// The text of a parameter's value.
    pub fn text(&self, name: &str) -> Option<&Spanned<String>> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The values of a repeatable parameter.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Spanned<String>> {
        self.entries.iter().filter(move |entry| entry.param.name == name).map(|entry| &entry.value)
    }

    /// A parameter's value, read.
    pub fn get<T>(
        &self,
        name: &'static str,
        read: fn(&str) -> Result<T, ValueError>,
    ) -> Result<Option<Spanned<T>>, UsageError> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        match read(&entry.value.value) {
            Ok(value) => Ok(Some(Spanned::new(value, entry.value.span))),
            Err(problem) => Err(self.bad_value(entry.param, &entry.value, problem)),
        }
    }

    /// A parameter's value, read, without its place.
    pub fn value<T>(
        &self,
        name: &'static str,
        read: fn(&str) -> Result<T, ValueError>,
    ) -> Result<Option<T>, UsageError> {
        Ok(self.get(name, read)?.map(|spanned| spanned.value))
    }

    /// The value of a parameter that must be there.
    pub fn need<T>(
        &self,
        name: &'static str,
        read: fn(&str) -> Result<T, ValueError>,
    ) -> Result<Spanned<T>, UsageError> {
        self.get(name, read)?.ok_or_else(|| self.missing(name))
    }

    /// The values of a repeatable parameter, read.
    pub fn read_all<T>(
        &self,
        name: &'static str,
        read: fn(&str) -> Result<T, ValueError>,
    ) -> Result<Vec<T>, UsageError> {
        let entries = self.entries.iter().filter(|entry| entry.param.name == name);
        let read = |entry: &Entry| {
            read(&entry.value.value).map_err(|problem| self.bad_value(entry.param, &entry.value, problem))
        };
        entries.map(read).collect()
    }

    /// The complaint that a word is one too many.
    pub fn surplus(&self, word: &Arg) -> UsageError {
        UsageError::Surplus {
            command: self.call.title(),
            word: word.spanned(),
            taken: None,
            help: format!("it is written `{}`", self.call.usage()),
        }
    }

    /// The complaint about two parameters that cannot both stand there, if there are two.
    pub fn exclusive(&self) -> Result<(), UsageError> {
        for (at, second) in self.entries.iter().enumerate() {
            if let Some(first) = self.entries[..at].iter().find(|first| first.param.excludes(second.param)) {
                let called = |entry: &Entry| {
                    let first = entry.param.words.first();
                    let word = first.map_or_else(|| entry.word.value.clone(), |word| word.text.to_owned());
                    Spanned::new(word, entry.word.span)
                };
                return Err(UsageError::Exclusive { first: called(first), second: called(second) });
            }
        }
        Ok(())
    }

    /// A namespace that a command acts on: natively `host` is where `nns` was started; to `ip` it is a name like any.
    pub fn netns(&self, name: &'static str) -> Result<Option<Spanned<NsRef>>, UsageError> {
        match (&self.call.spelling, self.text(name)) {
            (Spelling::Native, Some(text)) if text.value == "host" => Ok(Some(Spanned::new(NsRef::Host, text.span))),
            _ => Ok(self.get(name, value::netns_name)?.map(|name| name.map(NsRef::Named))),
        }
    }

    /// The namespaces of a repeatable parameter of a native command.
    pub fn netns_all(&self, name: &'static str) -> Result<Vec<NsRef>, UsageError> {
        let named =
            |text: &str| if text == "host" { Ok(NsRef::Host) } else { value::netns_name(text).map(NsRef::Named) };
        self.read_all(name, named)
    }

    /// A namespace that a link is put into.
    pub fn netns_target(&self, name: &'static str) -> Result<Option<Spanned<NsRef>>, UsageError> {
        match (&self.call.spelling, self.text(name)) {
            (Spelling::Native, Some(text)) if text.value == "host" => Ok(Some(Spanned::new(NsRef::Host, text.span))),
            _ => self.get(name, value::netns_target),
        }
    }

    /// In whose manner its output is printed.
    pub fn style(&self) -> ShowStyle {
        match &self.call.spelling {
            Spelling::Native => ShowStyle::Native,
            Spelling::Iproute2(options) => ShowStyle::Iproute2(options.clone()),
        }
    }

    /// The options of `ip`, if it was written so.
    pub fn ip_options(&self) -> IpOptions {
        match &self.call.spelling {
            Spelling::Native => IpOptions::default(),
            Spelling::Iproute2(options) => options.clone(),
        }
    }

    /// The complaint that a parameter is not there.
    pub fn missing(&self, name: &'static str) -> UsageError {
        let param = self.params.iter().find(|param| param.name == name);
        UsageError::MissingParameter {
            command: self.call.title(),
            word: param
                .filter(|param| param.place != Place::Positional)
                .and_then(|param| param.words.first())
                .map(|word| word.text),
            wanted: param.map_or(Value::Text, |param| param.value).wanted(),
            at: self.call.span.after(),
            usage: self.call.usage(),
        }
    }

    pub(super) fn bad_value(&self, param: &'static Param, value: &Spanned<String>, problem: ValueError) -> UsageError {
        UsageError::BadValue { kind: param.value, value: value.clone(), problem: Box::new(problem) }
    }

    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        debug_assert!(self.params.iter().any(|param| param.name == name), "there is no parameter {name}");
        self.entries.iter().rev().find(|entry| entry.param.name == name)
    }
}
