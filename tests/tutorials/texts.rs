//! The texts of the tutorials, and the commands in them.

use std::{
    env, fs,
    io::{self, Write},
    path::PathBuf,
};

/// The commands that a text shows behind a root prompt, `# `, at the start of a line or within it.
pub fn typed(text: &str) -> Vec<String> {
    text.lines()
        .flat_map(|line| line.match_indices("# ").map(move |(at, prompt)| (&line[..at], &line[at + prompt.len()..])))
        .filter(|(before, command)| (before.is_empty() || before.ends_with(char::is_whitespace)) && is_command(command))
        .map(|(_, command)| one_line(command))
        .collect()
}

/// The commands between ``` and ```, behind any prompt, without `sudo`.
pub fn fenced(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            let command = line.split_once("$ ").map_or(line, |(_, command)| command);
            let command = without_sudo(command);
            if is_command(command) || command.starts_with("ing ") {
                commands.push(one_line(command));
            }
        }
    }
    assert!(!inside, "a fence is open at the end");
    commands
}

/// The commands that are items of lists, perhaps behind a few words and a colon, and before some in brackets.
pub fn listed(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim_start().strip_prefix("- "))
        .map(|item| item.trim_matches('`'))
        .filter_map(|item| {
            let behind_colon = item.split_once(": ").map_or("", |(_, command)| command);
            [item, behind_colon].into_iter().map(without_sudo).find(|command| is_command(command))
        })
        .map(|command| one_line(command.split_once(" (").map_or(command, |(command, _)| command)))
        .collect()
}

/// The lines, from that one on, that are commands.
pub fn bare(text: &str, from: &str) -> Vec<String> {
    let (_, text) = text.split_once(from).unwrap_or_else(|| panic!("the tutorial does not say: {from}"));
    text.lines().filter(|line| is_command(line)).map(one_line).collect()
}

/// Whether a line begins with a word that the tutorials use as a command.
pub fn is_command(words: &str) -> bool {
    let all = ["cat", "chroot", "docker", "echo", "ls", "mkdir", "mount", "sysctl", "tar", "umount", "unshare"];
    is_network_command(words) || words.split_whitespace().next().is_some_and(|word| all.contains(&word))
}

/// Whether a line begins with a word of the tools for networks.
pub fn is_network_command(words: &str) -> bool {
    matches!(words.split_whitespace().next(), Some("ip" | "iptables" | "arp" | "route" | "ping"))
}

fn without_sudo(command: &str) -> &str {
    command.strip_prefix("sudo ").unwrap_or(command)
}

/// A text without its markup: tags are dropped, `[[page|label]]` is the label, and what is red stands in `‹…›`.
pub fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    let mut open_spans = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("[[") && !rest.starts_with("[[[") {
            let (link, behind) = rest[2..].split_once("]]").expect("wiki links are closed");
            plain += link.split_once('|').map_or(link, |(_, label)| label);
            rest = behind;
        } else if first == '<' {
            let (tag, behind) = rest[1..].split_once('>').expect("tags are closed");
            if tag.starts_with("span") {
                let red = tag.contains("color:red");
                open_spans.push(red);
                plain += if red { "‹" } else { "" };
            } else if tag == "/span" && open_spans.pop() == Some(true) {
                plain.push('›');
            }
            rest = behind;
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    plain
}

/// The words with one blank between them.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of the tutorial whose file's name begins like that, if the texts are there.
pub fn tutorial(prefix: &str) -> Option<String> {
    let shared = env::var_os("NNS_SHARED").map_or_else(|| crate::project().join("../shared"), PathBuf::from);
    let directory = shared.join("tutorials");
    let file = fs::read_dir(&directory).ok().and_then(|entries| {
        entries
            .map(|entry| entry.unwrap().path())
            .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
    });
    if let Some(file) = file {
        return Some(fs::read_to_string(file).unwrap());
    }
    let message = format!("there is no tutorial {prefix}* in {}", directory.display());
    let required = ["NNS_REQUIRE_SHARED", "CI"].iter().any(|name| env::var_os(name).is_some());
    assert!(!required, "{message}");
    #[expect(clippy::explicit_write, reason = "what `eprintln!` says is shown only of tests that fail")]
    writeln!(io::stderr(), "skipped: {message}").unwrap();
    None
}
