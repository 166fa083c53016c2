//! SIGKILL at any moment of a run, and of the undoing of it.
//!
//! In: the scripts that users copy, and scripts of chance. Out: after a kill, `nns undo` leads to what was there before,
//! and so do one that is killed as well and another behind it, and any other script that is run next.

use std::{
    env, fs,
    path::Path,
    process::Child,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Failed, Trial};
use nix::{
    errno::Errno,
    sys::{
        prctl::set_child_subreaper,
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use nns::exec::journal::{Ending, Here, Journals, State};

use crate::{
    observer::{self, Observation},
    random::Random,
    sandboxed::in_sandbox,
    script,
    shell::{Ended, command, ended, nns, sh},
    without::{PROBES, without},
};

/// As many as take half a minute.
const KILLS: usize = 40;
/// How many of a script that chance wrote.
const OF_A_SCRIPT: usize = 4;
/// How many a sandbox sees, in which namespaces that are gone are still in the kernel's way for a while.
const OF_A_SANDBOX: usize = 20;

/// What came of the kills.
#[derive(Clone, Copy, Default)]
struct Tally {
    kills: usize,
    /// A journal was begun and not ended.
    cut_short: usize,
    /// An undoing was begun and not ended.
    undoing_cut_short: usize,
}

static TOTAL: Mutex<Tally> = Mutex::new(Tally { kills: 0, cut_short: 0, undoing_cut_short: 0 });

/// Half of the kills go to the scripts of users, half to those of chance.
pub fn trials() -> Vec<Trial> {
    let (kills, seed) = (number("NNS_KILLS", KILLS), number("NNS_SEED", 1));
    let scripts = scripts();
    let mut trials: Vec<Trial> = scripts
        .iter()
        .map(|script| {
            let share = (kills / 2).div_ceil(scripts.len());
            trial(format!("killed in {script}"), format!("killed {script} {seed} {share}"))
        })
        .collect();
    let batches = (kills / 2).div_ceil(OF_A_SANDBOX);
    trials.extend((0..batches).map(|batch| {
        let seed = seed + batch * 1000;
        trial(format!("killed in scripts of chance from {seed}"), format!("killed chance {seed} {OF_A_SANDBOX}"))
    }));
    trials
}

/// Says how many of the kills were in the midst of something.
pub fn report() {
    let Tally { kills, cut_short, undoing_cut_short } = *TOTAL.lock().expect("no test panics with it");
    if kills > 0 {
        println!("{kills} runs killed, {cut_short} of them in the midst; {undoing_cut_short} undoings in the midst\n");
    }
}

fn trial(name: String, case: String) -> Trial {
    Trial::test(name, move || -> Result<(), Failed> {
        let printed = in_sandbox(&case)?;
        let numbers: Vec<usize> = printed.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        let [kills, cut_short, undoing_cut_short] = numbers[..] else { return Err(printed.into()) };
        let mut total = TOTAL.lock().expect("no test panics with it");
        total.kills += kills;
        total.cut_short += cut_short;
        total.undoing_cut_short += undoing_cut_short;
        Ok(())
    })
}

fn number(variable: &str, usual: usize) -> usize {
    env::var(variable).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")))
}

fn scripts() -> Vec<String> {
    let mut scripts = Vec::new();
    for folder in ["scripts/labs", "scripts/tutorials", "scripts/worlds"] {
        let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("the folder is there");
        let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a plain name"));
        scripts.extend(names.filter(|name| name.ends_with(".nns")).map(|name| format!("{folder}/{name}")));
    }
    scripts.sort();
    scripts
}

/// In the sandbox: `SCRIPT SEED COUNT`, where the script may be `chance`.
pub fn play(case: &str) {
    let words: Vec<&str> = case.split(' ').collect();
    let [script, seed, count] = words[..] else { panic!("{case}") };
    let (seed, count): (u64, usize) = (seed.parse().expect("a number"), count.parse().expect("a number"));
    // What a killed `nns` leaves behind comes to us.
    set_child_subreaper(true).expect("the kernel knows that");
    let mut tally = Tally::default();
    if script == "chance" {
        sh(script::BEFORE);
        let before = observer::observe();
        for nth in 0..count.div_ceil(OF_A_SCRIPT) as u64 {
            let mut random = Random::new(seed + nth);
            let text = script::generate(&mut random);
            kills(&text, OF_A_SCRIPT, &before, &mut random, &mut tally);
        }
    } else {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let read = |file: &str| without(&PROBES, &fs::read_to_string(root.join(file)).expect("the script is there"));
        if script.contains("tutorials") {
            let built = nns(&["-c", &read("scripts/worlds/lan.nns")]);
            assert_eq!(built.status, Some(0), "{}", built.said);
            sh("rm -r /run/nns");
        }
        kills(&read(script), count, &observer::observe(), &mut Random::new(seed), &mut tally);
    }
    println!("{} {} {}", tally.kills, tally.cut_short, tally.undoing_cut_short);
}

fn kills(text: &str, count: usize, before: &Observation, random: &mut Random, tally: &mut Tally) {
    let told = |what: &str| format!("{what}\nthe script:\n{text}");
    let (whole, run) = timed(&["-c", text]);
    let whole_run = Room { before, told: &told };
    assert!(matches!(run.status, Some(0 | 12)), "{}", told(&format!("{run:?}")));
    let (way_back, _) = whole_run.undone();
    whole_run.is_as_before("after the undoing of a whole run");
    for _ in 0..count {
        let pause = part_of(whole, random);
        let cut_short = killed_after(pause, &["-c", text]);
        let journal = journal();
        let told = |what: &str| told(&format!("killed after {pause:?} of {whole:?}\n{journal}\n{what}"));
        let room = Room { before, told: &told };
        tally.kills += 1;
        tally.cut_short += usize::from(cut_short);
        match random.below(3) {
            0 => {}
            1 => {
                killed_after(part_of(way_back, random), &["undo"]);
                tally.undoing_cut_short += usize::from(is_undoing());
            }
            _ => {
                let next = nns(&["-c", "true"]);
                assert_eq!(next.status, Some(0), "{}", told(&next.said));
                let is_said = next.said.contains("was cut short; it is taken back first");
                assert_eq!(is_said, cut_short, "{}", told(&next.said));
                if cut_short {
                    room.is_as_before(&format!("after another run\n{}", next.said));
                }
            }
        }
        let (_, said) = room.undone();
        room.is_as_before(&format!("after the undoing\n{said}"));
    }
}

struct Room<'a> {
    before: &'a Observation,
    told: &'a dyn Fn(&str) -> String,
}

impl Room<'_> {
    /// All is taken back, if anything is left of it; how long it takes, and what is said.
    fn undone(&self) -> (Duration, String) {
        let (duration, Ended { status, said }) = timed(&["undo"]);
        let is_nothing = status == Some(2) && said.contains("there is nothing to undo");
        assert!(status == Some(0) || is_nothing, "{}", (self.told)(&format!("{status:?} {said}")));
        (duration, said)
    }

    fn is_as_before(&self, what: &str) {
        let differences = observer::compare(self.before, &observer::observe());
        let differences = differences.join("\n");
        assert!(
            differences.is_empty(),
            "{}",
            (self.told)(&format!("{what}\nbefore (-) and after (+):\n{differences}"))
        );
        // Each run is the first one.
        sh("rm -rf /run/nns");
    }
}

/// Somewhere in it, or a little behind its end.
fn part_of(whole: Duration, random: &mut Random) -> Duration {
    let parts = u32::try_from(random.below(1150)).expect("it is small");
    whole * parts / 1000
}

fn timed(arguments: &[&str]) -> (Duration, Ended) {
    let start = Instant::now();
    let ended = nns(arguments);
    (start.elapsed(), ended)
}

/// Runs `nns` and kills it; whether that left a journal without an end.
fn killed_after(pause: Duration, arguments: &[&str]) -> bool {
    let child = command(arguments).spawn().expect("nns can be started");
    thread::sleep(pause);
    end(child);
    states().contains(&State::CutShort)
}

fn end(mut child: Child) {
    child.kill().expect("it is ours");
    let output = child.wait_with_output().expect("it is ours");
    let said = ended(&output).said;
    assert!(!said.contains("panicked"), "{said}");
    reap();
}

/// Programs that it had started may go on for a while; what does not end by itself is ended.
fn reap() {
    let patience = Instant::now() + Duration::from_millis(300);
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::ECHILD) => return,
            Ok(WaitStatus::StillAlive) if Instant::now() < patience => thread::sleep(Duration::from_millis(5)),
            Ok(WaitStatus::StillAlive) => {
                for pid in children() {
                    let _ = kill(pid, Signal::SIGKILL);
                }
                thread::sleep(Duration::from_millis(5));
            }
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn children() -> Vec<Pid> {
    let text = fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    text.split_whitespace().filter_map(|pid| pid.parse().ok().map(Pid::from_raw)).collect()
}

fn states() -> Vec<State> {
    let runs = Journals::at("/run/nns").list(&Here::now()).expect("they can be listed");
    runs.into_iter().map(|entry| entry.state).collect()
}

fn is_undoing() -> bool {
    let runs = Journals::at("/run/nns").list(&Here::now()).expect("they can be listed");
    runs.iter().any(|entry| entry.undoing && entry.state != State::Ended(Ending::Undone))
}

/// What is written down, for whoever looks for what went wrong.
fn journal() -> String {
    let text = |number| fs::read_to_string(format!("/run/nns/{number}.journal")).unwrap_or_default();
    (1..3).map(text).collect()
}
