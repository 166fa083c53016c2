//! Usage lines, generated from the table.

use super::spec::{CommandSpec, Param, Place};

/// How a command is written, in one line: `link del [dev] LINK [type KIND …]`. What is not supported yet is left out.
pub fn usage(spec: &CommandSpec) -> String {
    let mut line = spec.name();
    for param in spec.params.iter().filter(|param| param.supported) {
        line.push(' ');
        line.push_str(&form(param));
    }
    line
}

fn form(param: &Param) -> String {
    let placeholder = param.value.placeholder();
    let word = param.words.first().map_or("", |keyword| keyword.text);
    let text = match param.place {
        Place::Positional if word.is_empty() => placeholder.to_string(),
        Place::Positional => format!("[{word}] {placeholder}"),
        Place::Keyword => format!("{word} {placeholder}"),
        Place::Flag => word.to_string(),
        Place::Tail => format!("{word} {placeholder} …"),
        Place::Letter => format!("-{} {placeholder}", param.name).trim_end().to_string(),
        Place::Rest => format!("{placeholder}…"),
    };
    let text = if param.repeatable { format!("{text}…") } else { text };
    if param.required { text } else { format!("[{text}]") }
}
