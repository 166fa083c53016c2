//! All topics as one page of Markdown, `docs/reference.md`.

use super::page::Page;
use crate::codes::Code;
use crate::commands::{
    guide::GUIDES,
    table::SPECS,
    topic::{Topic, WORDS},
};

/// The whole reference.
pub fn render_reference() -> String {
    let mut text = String::from(
        "# Reference\n\n<!-- Generated from the command tables: `UPDATE_EXPECT=1 cargo test --test help` writes it. -->\n\n\
         What `nns help` tells, on one page. In usage lines, what stands in `[…]` may be left away, words in capitals are\n\
         to be replaced, and `…` says that more of the same may follow.\n",
    );
    text += "\n## To begin with\n";
    for guide in GUIDES {
        text += &format!("\n### {}\n", guide.word);
        text += &body(&Page::of(Topic::Guide(guide)));
    }
    text += "\n## Commands\n";
    for specs in SPECS.chunk_by(|a, b| a.noun == b.noun) {
        text += &format!("\n### {}\n", specs[0].noun);
        for spec in specs {
            let page = Page::of(Topic::Command { noun: spec.noun, verb: spec.verb });
            if !spec.verb.is_empty() {
                text += &format!("\n#### {}\n", page.title);
            }
            text += &body(&page);
        }
    }
    text += "\n## Words of the language\n";
    for word in WORDS {
        text += &format!("\n### {}\n", code(word.word));
        text += &body(&Page::of(Topic::Word(word)));
    }
    text += "\n## Codes of errors\n";
    for known in Code::ALL {
        text += &format!("\n### {}\n", known.name());
        text += &body(&Page::of(Topic::Code(*known)));
    }
    text
}

fn body(page: &Page) -> String {
    let mut text = String::new();
    if !page.usage.is_empty() {
        let lines: Vec<String> = page.usage.iter().map(|parts| parts.join(" ")).collect();
        text += &format!("\n```text\n{}\n```\n", lines.join("\n"));
    }
    for paragraph in &page.text {
        text += &format!("\n{}\n", prose(paragraph));
    }
    if !page.parameters.is_empty() {
        text += "\n| parameter | what it is for |\n|---|---|\n";
        for (form, help) in &page.parameters {
            text += &format!("| {} | {} |\n", in_table(&code(form)), in_table(&prose(help)));
        }
    }
    if !page.examples.is_empty() {
        text += &format!("\n```nns\n{}\n```\n", page.examples.join("\n"));
    }
    if !page.see_also.is_empty() {
        let links: Vec<String> = page.see_also.iter().map(|topic| code(topic)).collect();
        text += &format!("\nSee also: {}.\n", links.join(", "));
    }
    text
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Text in which Markdown may see nothing but what stands in backticks.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(n, part)| {
        if n % 2 == 1 { part.to_owned() } else { part.replace('_', "\\_").replace('*', "\\*").replace('<', "\\<") }
    });
    parts.collect::<Vec<_>>().join("`")
}

/// A `|` ends a cell, in code too.
fn in_table(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_no_marks() {
        assert_eq!(prose("`a_b` and c_d * <e>"), "`a_b` and c\\_d \\* \\<e>");
        assert_eq!(in_table("`on|off`"), "`on\\|off`");
    }
}
