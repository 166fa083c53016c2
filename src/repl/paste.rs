//! What of a text that was copied from somewhere is to be run.
//!
//! In: lines of a tutorial, of a terminal, of a script. Out: its commands without their prompts, and what lies between
//! them, in order. Invariants: nothing is looked up and nothing is run; a text of one line, and one that is a single
//! statement, is a command whatever it looks like; no line that is not blank is left out without a word.

use super::prompts::{Mark, mark};
use crate::{
    commands::{self, Arg, Context},
    net::NsRef,
    source::Sources,
    syntax::{
        self,
        ast::{Statement, StatementKind, Word},
    },
};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A statement, which may have several lines.
    Command(String),
    /// So many lines of something else.
    Skipped {
        /// How many.
        lines: usize,
        /// What they are.
        why: Why,
    },
}

/// What lines are that are not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// What commands printed.
    Output,
    /// `# …`
    Comment,
    /// Words for readers.
    Text,
    /// `sudo -i` and the like, which only matter to a shell.
    Privileges,
}

impl Why {
    /// So many of them.
    pub fn told(self, lines: usize) -> String {
        let plural = if lines == 1 { "" } else { "s" };
        match self {
            Self::Output => format!("{lines} line{plural} of output"),
            Self::Comment => format!("{lines} comment{plural}"),
            Self::Text if lines == 1 => "1 line that is no command".into(),
            Self::Text => format!("{lines} lines that are no commands"),
            Self::Privileges => "a shell of another user: statements are run here".into(),
        }
    }
}

/// Programs that tutorials use, which are commands even where no prompt stands before them.
const TOOLS: [&str; 22] = [
    "cat",
    "conntrack",
    "curl",
    "dig",
    "ethtool",
    "grep",
    "host",
    "iperf",
    "iperf3",
    "ls",
    "mkdir",
    "mtr",
    "nc",
    "ncat",
    "nft",
    "nslookup",
    "python3",
    "ss",
    "tcpdump",
    "telnet",
    "traceroute",
    "wget",
];

/// Words that begin a statement and are no commands.
const KEYWORDS: [&str; 6] = ["def", "for", "if", "in", "include", "let"];

/// Ways to become somebody else, or to get a shell.
const SHELLS: [&str; 8] = ["sudo -i", "sudo -s", "sudo su", "sudo su -", "sudo bash", "su", "su -", "su root"];

/// Reads a text, in which `functions` may be called.
pub fn read(text: &str, functions: &[&str]) -> Vec<Piece> {
    let lines: Vec<&str> = text.lines().map(|line| line.trim_end()).collect();
    let mut pieces = Vec::new();
    if lines.iter().filter(|line| !line.trim().is_empty()).count() <= 1 || is_one_statement(text) {
        let line = text.trim();
        match mark(line) {
            Mark::Prompt(command) if !command.is_empty() => push(&mut pieces, Piece::Command(command.into())),
            Mark::Prompt(_) => {}
            Mark::Plain if line.is_empty() => {}
            Mark::Hash(_) | Mark::Plain => push(&mut pieces, Piece::Command(line.into())),
        }
        return pieces;
    }
    if !lines.iter().any(|line| is_fence(line)) {
        block(&lines, false, functions, &mut pieces);
        return pieces;
    }
    // Of a page what is set off is to be typed, and else only what cannot be anything but a command.
    for (at, part) in lines.split(|line| is_fence(line)).enumerate() {
        if at % 2 == 1 {
            block(part, true, functions, &mut pieces);
        } else {
            part.iter().for_each(|line| prose(line, &mut pieces));
        }
    }
    pieces
}

/// A line among words for readers.
fn prose(line: &str, pieces: &mut Vec<Piece>) {
    let command = item(line).unwrap_or(line).trim();
    match mark(command) {
        Mark::Prompt(command) if !command.is_empty() => push(pieces, Piece::Command(command.into())),
        Mark::Plain => match [command, without_remark(command)].into_iter().find(|command| is_whole_command(command)) {
            Some(command) => push(pieces, Piece::Command(command.into())),
            None => skip(pieces, line, Why::Text),
        },
        Mark::Prompt(_) | Mark::Hash(_) => skip(pieces, line, Why::Text),
    }
}

/// Whether nothing in a text is open at its end: another line can only be another command.
pub fn is_complete(text: &str) -> bool {
    match read(text, &[]).last() {
        Some(Piece::Command(command)) => syntax::is_complete(command),
        Some(Piece::Skipped { .. }) | None => true,
    }
}

/// One block: what stands before its commands is decided by the whole of it.
fn block(lines: &[&str], is_set_off: bool, functions: &[&str], pieces: &mut Vec<Piece>) {
    let is_prompt = |line: &&&str| matches!(mark(line), Mark::Prompt(_));
    let prompts = lines.iter().filter(is_prompt).count();
    let hashes = lines.iter().filter(|line| matches!(mark(line), Mark::Hash(behind) if is_command(behind))).count();
    let bare = lines.iter().filter(|line| mark(line) == Mark::Plain && is_command(line)).count();
    let mut style = match (prompts > 0, hashes > bare) {
        (true, _) => Style { has_prompts: true, is_root: false },
        (false, is_root) => Style { has_prompts: is_root, is_root },
    };
    let functions: Vec<&str> = defined(lines).into_iter().chain(functions.iter().copied()).collect();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        let (command, has_prompt) = match mark(line) {
            _ if line.trim().is_empty() => continue,
            Mark::Prompt("") => continue,
            Mark::Prompt(command) => (command, true),
            Mark::Hash("") => continue,
            Mark::Hash(command) if style.is_root && is_command(command) => (command, true),
            Mark::Hash(_) => {
                skip(pieces, line, Why::Comment);
                continue;
            }
            Mark::Plain if item(line).is_some() => {
                prose(line, pieces);
                continue;
            }
            Mark::Plain => (line, false),
        };
        if is_shell(command) {
            push(pieces, Piece::Skipped { lines: 1, why: Why::Privileges });
            // From there on the prompt is that of root.
            style.is_root |= style.has_prompts;
            continue;
        }
        let is_meant = if style.has_prompts { has_prompt } else { is_command(command) || calls(command, &functions) };
        if !is_meant {
            let is_output = prompts > 0 || is_set_off;
            skip(pieces, line, if is_output { Why::Output } else { Why::Text });
            continue;
        }
        let mut whole = String::from(command);
        while !syntax::is_complete(&whole) && at < lines.len() && !matches!(mark(lines[at]), Mark::Prompt(_)) {
            whole.push('\n');
            // As a shell asks for more.
            let next = if style.has_prompts { lines[at].strip_prefix("> ").unwrap_or(lines[at]) } else { lines[at] };
            whole.push_str(next);
            at += 1;
        }
        push(pieces, Piece::Command(whole));
    }
}

/// How the commands of a block are told from the rest.
#[derive(Clone, Copy, Debug)]
struct Style {
    /// Something stands before each.
    has_prompts: bool,
    /// `# ` does.
    is_root: bool,
}

/// Whether a text is one statement of several lines, and not several.
fn is_one_statement(text: &str) -> bool {
    let mut open = String::new();
    let mut lines = text.trim().lines().peekable();
    while let Some(line) = lines.next() {
        open.push_str(line);
        open.push('\n');
        if lines.peek().is_some() && syntax::is_complete(&open) {
            return false;
        }
    }
    matches!(mark(text.trim()), Mark::Plain) && syntax::is_complete(text)
}

/// Whether a line is a command by its first word.
fn is_command(line: &str) -> bool {
    let line = line.trim();
    let (line, is_sudo) = line.strip_prefix("sudo ").map_or((line, false), |behind| (behind, true));
    let mut words = line.split_whitespace().skip_while(|word| is_sudo && word.starts_with('-'));
    let (Some(first), second) = (words.next(), words.next()) else { return false };
    let first = first.trim_end_matches(';');
    if is_listing(first, second) {
        return false;
    }
    if KEYWORDS.contains(&first) || first.starts_with('}') {
        return is_parsed(line);
    }
    let is_later = commands::table::LATER.iter().any(|(word, _)| *word == first);
    commands::is_statement(first) || is_later || TOOLS.contains(&first)
}

/// What tools print can begin with the name of one.
fn is_listing(first: &str, second: Option<&str>) -> bool {
    let Some(second) = second else { return false };
    match first {
        "bridge" => second == "name",
        "ip" | "ip6" => matches!(second, "saddr" | "daddr" | "protocol" | "nexthdr") || second.starts_with("command"),
        _ => false,
    }
}

/// Prose may begin with `in` and `for`, too.
fn is_parsed(line: &str) -> bool {
    !syntax::is_complete(line) || statements(line).is_some_and(|statements| statements.iter().all(knows))
}

/// Whether a line of prose is a command and nothing else.
fn is_whole_command(line: &str) -> bool {
    statements(line).is_some_and(|statements| !statements.is_empty() && statements.iter().all(binds))
}

fn statements(line: &str) -> Option<Vec<Statement>> {
    let mut sources = Sources::default();
    let source = sources.add("<paste>", line);
    let (script, wrong) = syntax::parse(sources.get(source));
    wrong.is_empty().then_some(script.statements)
}

/// Whether the words of a statement are known.
fn knows(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::In { body, .. } => body.statements().iter().all(knows),
        StatementKind::Command(command) => {
            command.words.first().and_then(Word::bare).is_some_and(commands::is_statement)
        }
        StatementKind::Chain { .. }
        | StatementKind::Def { .. }
        | StatementKind::For { .. }
        | StatementKind::Headed { .. }
        | StatementKind::If { .. }
        | StatementKind::Include { .. }
        | StatementKind::Let { .. }
        | StatementKind::Pipe(_) => true,
    }
}

/// Whether the words of a statement mean something together.
fn binds(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Command(command) => {
            let words: Option<Vec<Arg>> = command.words.iter().map(Arg::plain).collect();
            words.is_some_and(|words| commands::lower(&words, &Context { ns: NsRef::Host }).is_ok())
        }
        StatementKind::Chain { first, rest } => binds(first) && rest.iter().all(|(_, statement)| binds(statement)),
        StatementKind::Pipe(stages) => stages.first().is_some_and(binds),
        StatementKind::In { body, .. } => body.statements().iter().all(binds),
        StatementKind::Def { .. }
        | StatementKind::For { .. }
        | StatementKind::Headed { .. }
        | StatementKind::If { .. }
        | StatementKind::Include { .. }
        | StatementKind::Let { .. } => false,
    }
}

/// `ip netns add red (a room)`
fn without_remark(line: &str) -> &str {
    line.strip_suffix(')').and_then(|line| line.rsplit_once(" (")).map_or(line, |(line, _)| line)
}

/// What stands behind the mark of an item of a list.
fn item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).map(str::trim)
}

/// The names that lines define: whoever uses them means them.
fn defined<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let name = |line: &&'a str| line.trim().strip_prefix("def ")?.split(['(', ' ']).next();
    lines.iter().filter_map(name).collect()
}

fn calls(line: &str, functions: &[&str]) -> bool {
    line.split_whitespace().next().is_some_and(|first| functions.contains(&first))
}

fn is_shell(command: &str) -> bool {
    SHELLS.contains(&command.trim())
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~")
}

fn skip(pieces: &mut Vec<Piece>, line: &str, why: Why) {
    if !line.trim().is_empty() {
        push(pieces, Piece::Skipped { lines: 1, why });
    }
}

/// Lines of the same sort are told together.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (Some(Piece::Skipped { lines, why }), Piece::Skipped { lines: more, why: same })
            if *why == same && same != Why::Privileges =>
        {
            *lines += more;
        }
        (_, piece) => pieces.push(piece),
    }
}

#[cfg(test)]
mod tests;
