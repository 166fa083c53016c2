use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    model::{KernelNumbers, World},
    net::{NsRef, SysctlKey},
    ops::Op,
};

/// What a journal begins with: the run, and the world that it found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// When the run began, in seconds since the epoch.
    pub started: u64,
    /// What people know it by: the names of its scripts.
    pub title: String,
    /// Its process.
    pub process: u32,
    /// Since when the machine has been up: the kernel's `boot_id`.
    pub boot: String,
    /// The number of the network namespace that it was started in (`st_ino` of its file).
    pub host: Option<u64>,
    /// What it was started for.
    pub task: Task,
    /// A failure is not to be put back.
    pub keep: bool,
    /// It is taken back unless somebody says that it is to stay.
    pub confirm: Option<Confirm>,
    /// The world as it was before.
    pub before: World,
}

/// What has to come for a run to stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    /// For how long it is waited for, from the end of the run on.
    pub within: Duration,
    /// The claim that confirms the run when it holds, as it stands behind `expect`.
    pub when: Option<String>,
}

/// What a run was started for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// To run scripts.
    Run,
    /// To make the world what a file says.
    Apply {
        /// The file, by its canonical path: the owner of what it made.
        path: PathBuf,
    },
    /// To carry out a statement that was typed.
    Statement,
}

/// What a run writes down, each before it does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// It began.
    Begun(Box<Head>),
    /// These are about to be made, in this order.
    Changes(Vec<Op>),
    /// Of the last changes some were not made: the kernel refused them, or was not asked any more.
    Refused {
        /// Which, counted from 0, in order.
        places: Vec<usize>,
    },
    /// A program is about to change nobody knows what.
    Program,
    /// A namespace came into sight of which nobody knows what it was like before.
    Discovered(NsRef),
    /// Settings as they were before the run, found when they were first looked at.
    Settings {
        /// Of which namespace.
        ns: NsRef,
        /// The settings.
        values: BTreeMap<SysctlKey, String>,
    },
    /// The world as it is now, where the model could not tell.
    Seen(Box<World>),
    /// Or it is so: the last change may have been made in part.
    Perhaps(Box<World>),
    /// What the file that was applied has made so far, in this run and in earlier ones.
    Owns {
        /// The world without it.
        before: Box<World>,
        /// The world with it.
        after: Box<World>,
    },
    /// What follows takes back what came before.
    Undoing {
        /// Who does it: the run itself, or an `nns undo`.
        process: u32,
        /// When it began, in seconds since the epoch.
        at: u64,
    },
    /// The numbers of what was changed, at the end.
    Numbered(KernelNumbers),
    /// What was taken back is there again under other numbers: those of the world before, now.
    Renumbered(KernelNumbers),
    /// It is over; what follows, if anything, is its undoing.
    Ended {
        /// How.
        how: Ending,
        /// When, in seconds since the epoch.
        at: u64,
    },
    /// Somebody said that it is to stay.
    Confirmed,
    /// Nobody said so in time: it is going to be taken back.
    Unconfirmed,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// It failed, and everything was put back.
    PutBack,
    /// It failed, and this could not be put back.
    Left(Vec<String>),
    /// It failed, and what was done stays, as it was asked to.
    Kept,
    /// It was taken back later.
    Undone,
    /// It was taken back later, but for this.
    UndoneInPart(Vec<String>),
}
