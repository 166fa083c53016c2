//! What runs there were, and what one of them did.
//!
//! In: the entries of journals, the account of a run. Out: a table with the last run first, the changes of a run as
//! commands, and both as JSON. An age is told in words, as of a time that is given.

use serde::Serialize;

use super::table::{Cell, Grid, Line, Paint, Style, cell};
use crate::exec::journal::{Account, Change, Ending, Entry, Fate, State, Task};

/// The runs as a table. `now` is in seconds since the epoch.
pub fn render(entries: &[Entry], now: u64, style: Style) -> String {
    let mut grid = Grid::new(["RUN", "BEGAN", "STATE", "CHANGES", "SCRIPT"], "no runs are remembered");
    for entry in entries.iter().rev() {
        let began = entry.started.map_or_else(String::new, |started| age(started, now));
        let changes = entry.started.map_or_else(String::new, |_| entry.changes.to_string());
        grid.push([
            cell(entry.number.to_string(), Paint::Name),
            cell(began, Paint::Quiet),
            state_cell(entry, now),
            cell(changes, Paint::Plain),
            cell(title(entry), Paint::Plain),
        ]);
    }
    grid.render(style)
}

/// A run: its line, its changes, and what is left of it.
pub fn render_run(entry: &Entry, account: &Account, now: u64, style: Style) -> String {
    let mut head = vec![Paint::Name.apply(&format!("run {}", entry.number), style)];
    head.extend(entry.started.map(|started| age(started, now)));
    head.push(paint(entry).apply(&state_text(entry, now), style));
    let mut text = format!("{}: {}\n", head.join(", "), title(entry));
    let (back, own): (Vec<&Change>, Vec<&Change>) = account.changes.iter().partition(|change| change.back);
    own.iter().for_each(|change| text += &change_line(change, style));
    if own.is_empty() {
        text += &format!("  {}\n", Paint::Quiet.apply("it changed nothing", style));
    }
    if !back.is_empty() {
        text += "taken back by\n";
        back.iter().for_each(|change| text += &change_line(change, style));
    }
    let left = left(entry);
    if !left.is_empty() {
        text += "left\n";
        left.iter().for_each(|line| text += &format!("  {}\n", Paint::Bad.apply(line, style)));
    }
    text
}

/// The runs for programs, the oldest first: an array of objects.
pub fn render_json(entries: &[Entry]) -> String {
    json(&entries.iter().map(|entry| Row::new(entry, None)).collect::<Vec<_>>())
}

/// A run for programs: its object, with the field `commands`.
pub fn render_run_json(entry: &Entry, account: &Account) -> String {
    json(&Row::new(entry, Some(account)))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers can be written") + "\n"
}

/// A run for programs.
#[derive(Serialize)]
struct Row<'a> {
    run: u32,
    task: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    started: Option<u64>,
    ended: Option<u64>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    changes: usize,
    undoing: bool,
    confirmed: bool,
    unconfirmed: bool,
    left: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    commands: Option<Vec<Command>>,
}

/// A change for programs.
#[derive(Serialize)]
struct Command {
    command: String,
    fate: &'static str,
    back: bool,
}

impl<'a> Row<'a> {
    fn new(entry: &'a Entry, account: Option<&Account>) -> Self {
        let command = |change: &Change| {
            let Change { op, fate, back } = change;
            Command { command: op.to_string(), fate: fate_word(*fate), back: *back }
        };
        let (process, reason) = match &entry.state {
            State::Running { process } => (Some(*process), None),
            State::Damaged(why) => (None, Some(why.as_str())),
            State::CutShort | State::Ended(_) | State::Forgotten | State::Elsewhere => (None, None),
        };
        let (task, path) = match &entry.task {
            Task::Run => ("run", None),
            Task::Apply { path } => ("apply", Some(path.display().to_string())),
            Task::Statement => ("statement", None),
        };
        let until = entry.confirm_until();
        Self {
            run: entry.number,
            task,
            title: &entry.title,
            path,
            started: entry.started,
            ended: entry.ended,
            state: if until.is_some() { "waiting" } else { state_word(&entry.state) },
            until,
            process,
            reason,
            changes: entry.changes,
            undoing: entry.undoing,
            confirmed: entry.confirmed,
            unconfirmed: entry.unconfirmed,
            left: left(entry),
            commands: account.map(|account| account.changes.iter().map(command).collect()),
        }
    }
}

fn change_line(change: &Change, style: Style) -> String {
    let note = match change.fate {
        Fate::Made => String::new(),
        Fate::Refused => Paint::Bad.apply("  [refused]", style),
        Fate::Skipped => Paint::Quiet.apply("  [perhaps not tried]", style),
        Fate::InDoubt => Paint::Warn.apply("  [perhaps made]", style),
    };
    format!("  {}{note}\n", change.op)
}

fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Made => "made",
        Fate::Refused => "refused",
        Fate::Skipped => "perhaps-not-tried",
        Fate::InDoubt => "perhaps-made",
    }
}

/// What was run, in a line.
fn title(entry: &Entry) -> String {
    match &entry.task {
        Task::Run | Task::Statement => brief(&entry.title),
        Task::Apply { path } => format!("apply {}", path.display()),
    }
}

/// A text in one line that is not too long, without what a terminal might take for orders.
fn brief(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: Vec<char> = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    match line.split_at_checked(LONGEST) {
        Some((start, rest)) if !rest.is_empty() => start.iter().chain(&['…']).collect(),
        Some(_) | None => line.iter().collect(),
    }
}

/// How much of a title is shown, in characters.
const LONGEST: usize = 60;

fn state_cell(entry: &Entry, now: u64) -> Cell {
    let line = Line::new(state_text(entry, now), paint(entry));
    let stays = entry.confirmed && !entry.undoing;
    vec![if stays { line.and("(confirmed)", Paint::Quiet) } else { line }]
}

fn state_text(entry: &Entry, now: u64) -> String {
    if let Some(until) = entry.confirm_until() {
        return match until.checked_sub(now) {
            Some(left) => format!("confirm within {left} s"),
            // Whoever was to take it back is gone.
            None => "done, and not confirmed".into(),
        };
    }
    let undone = if entry.unconfirmed { "not confirmed, undone" } else { "undone" };
    let things = |left: &[String]| if left.len() == 1 { "one thing".into() } else { format!("{} things", left.len()) };
    match &entry.state {
        State::Running { process } if entry.undoing => format!("being taken back by process {process}"),
        State::Running { process } => format!("running as process {process}"),
        State::CutShort if entry.undoing => "cut short while it was taken back".into(),
        State::CutShort => "cut short".into(),
        State::Ended(Ending::Done) => "done".into(),
        State::Ended(Ending::PutBack) => "failed, put back".into(),
        State::Ended(Ending::Left(left)) => format!("failed, put back but for {}", things(left)),
        State::Ended(Ending::Kept) => "failed, kept".into(),
        State::Ended(Ending::Undone) => undone.into(),
        State::Ended(Ending::UndoneInPart(left)) => format!("{undone} but for {}", things(left)),
        State::Forgotten => "gone since the machine restarted".into(),
        State::Elsewhere => "of another network namespace".into(),
        State::Damaged(why) => format!("damaged: {why}"),
    }
}

fn paint(entry: &Entry) -> Paint {
    match &entry.state {
        State::Ended(_) if entry.confirm_until().is_some() => Paint::Warn,
        State::Ended(Ending::Done) | State::Running { .. } => Paint::Good,
        State::Ended(Ending::PutBack | Ending::Undone) | State::Forgotten | State::Elsewhere => Paint::Quiet,
        State::Ended(Ending::Kept) => Paint::Warn,
        State::CutShort | State::Damaged(_) | State::Ended(Ending::Left(_) | Ending::UndoneInPart(_)) => Paint::Bad,
    }
}

fn left(entry: &Entry) -> &[String] {
    match &entry.state {
        State::Ended(Ending::Left(left) | Ending::UndoneInPart(left)) => left,
        State::Ended(Ending::Done | Ending::PutBack | Ending::Kept | Ending::Undone)
        | State::Running { .. }
        | State::CutShort
        | State::Forgotten
        | State::Elsewhere
        | State::Damaged(_) => &[],
    }
}

/// The state's word for programs.
fn state_word(state: &State) -> &'static str {
    match state {
        State::Running { .. } => "running",
        State::CutShort => "cut-short",
        State::Ended(Ending::Done) => "done",
        State::Ended(Ending::PutBack) => "put-back",
        State::Ended(Ending::Left(_)) => "put-back-in-part",
        State::Ended(Ending::Kept) => "kept",
        State::Ended(Ending::Undone) => "undone",
        State::Ended(Ending::UndoneInPart(_)) => "undone-in-part",
        State::Forgotten => "forgotten",
        State::Elsewhere => "elsewhere",
        State::Damaged(_) => "damaged",
    }
}

/// How long ago something was.
fn age(then: u64, now: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    // A clock that was set back is no news here.
    let ago = now.saturating_sub(then);
    match ago {
        0..5 => "just now".into(),
        5..MINUTE => format!("{ago} s ago"),
        MINUTE..HOUR => format!("{} min ago", ago / MINUTE),
        HOUR..DAY => format!("{} h ago", ago / HOUR),
        DAY.. if ago / DAY == 1 => "1 day ago".into(),
        DAY.. => format!("{} days ago", ago / DAY),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use expect_test::expect;

    use super::*;
    use crate::{
        exec::journal::{Confirm, Head, Record},
        model::World,
        ops::{NetnsOp, Op},
    };

    const NOW: u64 = 1_000_000;

    fn entry(number: u32, ago: u64, state: State) -> Entry {
        Entry {
            number,
            started: Some(NOW - ago),
            ended: None,
            title: "lab.nns".into(),
            task: Task::Run,
            keep: false,
            changes: 12,
            undoing: false,
            confirm: None,
            confirmed: false,
            unconfirmed: false,
            state,
        }
    }

    fn entries() -> Vec<Entry> {
        let left = || vec!["host: link a is missing".to_owned()];
        let apply = Task::Apply { path: "/srv/lab.nns".into() };
        let damaged = State::Damaged("line 3 is not as it was written".into());
        vec![
            entry(1, 900_000, State::Forgotten),
            Entry { started: None, title: String::new(), changes: 0, ..entry(2, 0, damaged) },
            entry(3, 90_000, State::Elsewhere),
            Entry {
                title: format!("in red {{\n  lo up\u{1b}[31m\n}}\n{}", "x".repeat(50)),
                task: Task::Statement,
                ..entry(4, 7200, State::Ended(Ending::Done))
            },
            Entry {
                task: apply,
                confirmed: true,
                ended: Some(NOW - 7190),
                ..entry(5, 7200, State::Ended(Ending::Done))
            },
            entry(6, 3599, State::Ended(Ending::PutBack)),
            entry(7, 60, State::Ended(Ending::Left([left(), left()].concat()))),
            entry(8, 59, State::Ended(Ending::Kept)),
            Entry { undoing: true, confirmed: true, ..entry(9, 40, State::Ended(Ending::Undone)) },
            Entry { undoing: true, ..entry(10, 30, State::Ended(Ending::UndoneInPart(left()))) },
            Entry { undoing: true, ..entry(11, 20, State::CutShort) },
            entry(12, 10, State::CutShort),
            Entry { undoing: true, ..entry(13, 5, State::Running { process: 4711 }) },
            entry(14, 4, State::Running { process: 42 }),
            Entry {
                confirm: Some(Confirm { within: Duration::from_millis(59_500), when: None }),
                ended: Some(NOW - 18),
                ..entry(15, 20, State::Ended(Ending::Done))
            },
            Entry {
                confirm: Some(Confirm { within: Duration::from_secs(2), when: None }),
                ended: Some(NOW - 3),
                ..entry(16, 4, State::Ended(Ending::Done))
            },
            Entry { unconfirmed: true, undoing: true, ..entry(17, 3, State::Ended(Ending::Undone)) },
        ]
    }

    #[test]
    fn runs_are_a_table() {
        expect![[r#"
            RUN  BEGAN        STATE                                     CHANGES  SCRIPT
            17   just now     not confirmed, undone                     12       lab.nns
            16   just now     done, and not confirmed                   12       lab.nns
            15   20 s ago     confirm within 42 s                       12       lab.nns
            14   just now     running as process 42                     12       lab.nns
            13   5 s ago      being taken back by process 4711          12       lab.nns
            12   10 s ago     cut short                                 12       lab.nns
            11   20 s ago     cut short while it was taken back         12       lab.nns
            10   30 s ago     undone but for one thing                  12       lab.nns
            9    40 s ago     undone                                    12       lab.nns
            8    59 s ago     failed, kept                              12       lab.nns
            7    1 min ago    failed, put back but for 2 things         12       lab.nns
            6    59 min ago   failed, put back                          12       lab.nns
            5    2 h ago      done (confirmed)                          12       apply /srv/lab.nns
            4    2 h ago      done                                      12       in red { lo up[31m } xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
            3    1 day ago    of another network namespace              12       lab.nns
            2                 damaged: line 3 is not as it was written
            1    10 days ago  gone since the machine restarted          12       lab.nns
        "#]]
        .assert_eq(&render(&entries(), NOW, Style::default()));
        expect![[r#"
            no runs are remembered
        "#]]
        .assert_eq(&render(&[], NOW, Style::default()));
        expect![[r#""\u{1b}[2mRUN\u{1b}[0m  \u{1b}[2mBEGAN\u{1b}[0m     \u{1b}[2mSTATE\u{1b}[0m      \u{1b}[2mCHANGES\u{1b}[0m  \u{1b}[2mSCRIPT\u{1b}[0m\n\u{1b}[1m12\u{1b}[0m   \u{1b}[2m10 s ago\u{1b}[0m  \u{1b}[31mcut short\u{1b}[0m  12       lab.nns\n""#]].assert_eq(&format!("{:?}", render(&entries()[11..12], NOW, Style { color: true })));
    }

    #[test]
    fn runs_are_an_array() {
        let json = render_json(&entries());
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value.as_array().unwrap().len(), 17);
        expect![[r#"
            [{"run":1,"task":"run","title":"lab.nns","started":100000,"ended":null,"state":"forgotten","changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":2,"task":"run","title":"","started":null,"ended":null,"state":"damaged","reason":"line 3 is not as it was written","changes":0,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":3,"task":"run","title":"lab.nns","started":910000,"ended":null,"state":"elsewhere","changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":4,"task":"statement","title":"in red {\n  lo up\u001b[31m\n}\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","started":992800,"ended":null,"state":"done","changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":5,"task":"apply","title":"lab.nns","path":"/srv/lab.nns","started":992800,"ended":992810,"state":"done","changes":12,"undoing":false,"confirmed":true,"unconfirmed":false,"left":[]},
            {"run":6,"task":"run","title":"lab.nns","started":996401,"ended":null,"state":"put-back","changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":7,"task":"run","title":"lab.nns","started":999940,"ended":null,"state":"put-back-in-part","changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":["host: link a is missing","host: link a is missing"]},
            {"run":8,"task":"run","title":"lab.nns","started":999941,"ended":null,"state":"kept","changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":9,"task":"run","title":"lab.nns","started":999960,"ended":null,"state":"undone","changes":12,"undoing":true,"confirmed":true,"unconfirmed":false,"left":[]},
            {"run":10,"task":"run","title":"lab.nns","started":999970,"ended":null,"state":"undone-in-part","changes":12,"undoing":true,"confirmed":false,"unconfirmed":false,"left":["host: link a is missing"]},
            {"run":11,"task":"run","title":"lab.nns","started":999980,"ended":null,"state":"cut-short","changes":12,"undoing":true,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":12,"task":"run","title":"lab.nns","started":999990,"ended":null,"state":"cut-short","changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":13,"task":"run","title":"lab.nns","started":999995,"ended":null,"state":"running","process":4711,"changes":12,"undoing":true,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":14,"task":"run","title":"lab.nns","started":999996,"ended":null,"state":"running","process":42,"changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":15,"task":"run","title":"lab.nns","started":999980,"ended":999982,"state":"waiting","until":1000042,"changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":16,"task":"run","title":"lab.nns","started":999996,"ended":999997,"state":"waiting","until":999999,"changes":12,"undoing":false,"confirmed":false,"unconfirmed":false,"left":[]},
            {"run":17,"task":"run","title":"lab.nns","started":999997,"ended":null,"state":"undone","changes":12,"undoing":true,"confirmed":false,"unconfirmed":true,"left":[]}]
        "#]].assert_eq(&json.replace("},{", "},\n{"));
        assert_eq!(render_json(&[]), "[]\n");
    }

    fn netns(name: &str) -> Op {
        NetnsOp::Add { name: name.parse().unwrap() }.into()
    }

    fn account(records: &[Record]) -> Account {
        let head = Head {
            started: NOW - 20,
            title: "lab.nns".into(),
            process: 1,
            boot: String::new(),
            host: None,
            task: Task::Run,
            keep: false,
            confirm: None,
            before: World::fresh(),
        };
        Account::of(&[&[Record::Begun(Box::new(head))], records].concat()).unwrap()
    }

    #[test]
    fn a_run_is_its_changes() {
        let style = Style::default();
        let changes = |names: &[&str]| Record::Changes(names.iter().map(|name| netns(name)).collect());
        let run = account(&[
            changes(&["red", "red", "blue"]),
            Record::Refused { places: vec![1, 2] },
            changes(&["red team"]),
        ]);
        expect![[r#"
            run 12, 10 s ago, cut short: lab.nns
              ip netns add red
              ip netns add red  [refused]
              ip netns add blue  [perhaps not tried]
              ip netns add 'red team'  [perhaps made]
        "#]]
        .assert_eq(&render_run(&entries()[11], &run, NOW, style));
        let undone = account(&[
            changes(&["red"]),
            Record::Undoing { process: 2, at: NOW },
            Record::Changes(vec![NetnsOp::Del { name: "red".parse().unwrap() }.into()]),
            Record::Confirmed,
        ]);
        expect![[r#"
            run 10, 30 s ago, undone but for one thing: lab.nns
              ip netns add red  [perhaps made]
            taken back by
              ip netns del red
            left
              host: link a is missing
        "#]]
        .assert_eq(&render_run(&entries()[9], &undone, NOW, style));
        expect![[r#"
            {"run":10,"task":"run","title":"lab.nns","started":999970,"ended":null,"state":"undone-in-part","changes":12,"undoing":true,"confirmed":false,"unconfirmed":false,"left":["host: link a is missing"],"commands":[{"command":"ip netns add red","fate":"perhaps-made","back":false},{"command":"ip netns del red","fate":"made","back":true}]}
        "#]].assert_eq(&render_run_json(&entries()[9], &undone));
        expect![[r#"
            run 4, 2 h ago, done: in red { lo up[31m } xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
              it changed nothing
        "#]]
        .assert_eq(&render_run(&entries()[3], &account(&[]), NOW, style));
    }
}
