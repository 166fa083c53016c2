use crate::{
    codes::Code,
    commands::{
        CommandSpec,
        guide::Guide,
        reference, table,
        topic::{self, LanguageWord, Topic},
    },
};

/// What there is to know about one topic, in the order in which a reader wants it.
pub(super) struct Page {
    /// Its name.
    pub title: String,
    /// How it is written, each in parts between which a line may end.
    pub usage: Vec<Vec<String>>,
    /// What it does, in paragraphs.
    pub text: Vec<String>,
    /// What it takes: how that is written, and what it is for.
    pub parameters: Vec<(String, String)>,
    /// Lines of a script.
    pub examples: Vec<String>,
    /// Other topics.
    pub see_also: Vec<String>,
}

impl Page {
    /// The page of a topic; one that has several pages has an empty one.
    pub(super) fn of(topic: Topic) -> Self {
        match topic {
            Topic::Command { noun, verb } => match table::find(noun, verb) {
                Some(spec) => Self::of_command(spec),
                None => Self::empty(topic),
            },
            Topic::Word(word) => Self::of_word(word),
            Topic::Guide(guide) => Self::of_guide(guide),
            Topic::Code(code) => Self::of_code(code),
            Topic::Overview | Topic::Noun(_) => Self::empty(topic),
        }
    }

    fn of_command(spec: &CommandSpec) -> Self {
        let mut text = vec![sentence(spec.summary)];
        if !spec.aliases.is_empty() {
            let names: Vec<String> = spec.aliases.iter().map(|verb| format!("`{} {verb}`", spec.noun)).collect();
            text.push(format!("Also written {}.", names.join(", ")));
        }
        if table::is_of_ip(spec) {
            let words = spec.name();
            text.push(format!("With `ip` in front (`ip {words} …`) all that iproute2 abbreviates may be abbreviated."));
        }
        Self {
            title: spec.name(),
            usage: [reference::usage_parts(spec)].into_iter().chain(reference::kind_usages(spec)).collect(),
            text,
            parameters: reference::parameters(spec),
            examples: spec.examples.iter().map(|example| (*example).into()).collect(),
            see_also: topic::see_also(spec),
        }
    }

    fn of_word(word: &'static LanguageWord) -> Self {
        Self {
            usage: word.usage.split(", ").map(|usage| vec![usage.to_owned()]).collect(),
            text: vec![sentence(word.summary)],
            examples: word.examples.iter().map(|example| (*example).into()).collect(),
            ..Self::empty(Topic::Word(word))
        }
    }

    fn of_guide(guide: &'static Guide) -> Self {
        Self {
            title: format!("{}: {}", guide.word, guide.summary),
            text: guide.text.iter().map(|paragraph| (*paragraph).into()).collect(),
            examples: guide.script.iter().map(|line| (*line).into()).collect(),
            see_also: guide.see_also.iter().map(|topic| (*topic).into()).collect(),
            ..Self::empty(Topic::Guide(guide))
        }
    }

    fn of_code(code: Code) -> Self {
        let text = code.explanation().split_whitespace().collect::<Vec<_>>().join(" ");
        Self { text: vec![text], ..Self::empty(Topic::Code(code)) }
    }

    fn empty(topic: Topic) -> Self {
        Self {
            title: topic.name(),
            usage: Vec::new(),
            text: Vec::new(),
            parameters: Vec::new(),
            examples: Vec::new(),
            see_also: Vec::new(),
        }
    }
}

/// A summary as a sentence: a capital in front, a stop behind.
pub(super) fn sentence(summary: &str) -> String {
    let mut letters = summary.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
