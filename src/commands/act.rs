use std::{net::IpAddr, time::Duration};

use super::switch::Switch;
pub use super::{
    claim::{Claim, Endpoint, Expectation, ExpectedOutput, TextMatch},
    listing::{IpFamily, IpOptions, IptablesForm, Show, ShowStyle, Watch},
};
use crate::{
    net::{IfName, NsRef},
    ops::{ChainRef, Op, Rule, SysctlOp, TableRef},
    source::{Span, Spanned},
};

/// What a command comes down to, once its words are understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Changes, in order.
    Change(Vec<Op>),
    /// Kernel settings, read and written in order, as sysctl(8) does.
    Settings(Vec<Setting>),
    /// The same, from the lines of files.
    SettingsFiles {
        /// Whose.
        ns: NsRef,
        /// Which; none is the machine's own.
        files: Vec<Spanned<String>>,
        /// What is written is not told (`-q`).
        quiet: bool,
        /// It is told without its name (`-n`).
        value_only: bool,
    },
    /// A bridge, and what its block makes of it.
    Switch(Switch),
    /// A listing.
    Show(Show),
    /// Echo requests.
    Ping(PingRequest),
    /// A claim about the world that stops the script when it does not hold.
    Expect(Expectation),
    /// A claim about what statements print.
    ExpectOutput(ExpectedOutput),
    /// The network is waited for.
    Settle {
        /// How long at most.
        within: Duration,
        /// The whole statement.
        span: Span,
    },
    /// Ports to be served until the script ends.
    Listen {
        /// Whose.
        ns: NsRef,
        /// Which.
        at: Vec<Spanned<ListenAt>>,
    },
    /// A command to be evaluated in another namespace: `ip netns exec red ip link`. The index of its first word.
    InNamespace {
        /// The namespace.
        ns: Spanned<NsRef>,
        /// How many words stand before the command.
        skip: usize,
    },
    /// From now on the current namespace.
    Enter {
        /// Which.
        ns: Spanned<NsRef>,
    },
    /// The end of the script.
    Exit {
        /// Its exit status.
        status: u32,
        /// Where the status was written, or the statement where it was not.
        span: Span,
    },
    /// A program to be run in the current namespace.
    Program {
        /// The program and its arguments.
        argv: Vec<String>,
    },
    /// A program to be started in the current namespace.
    Spawn(Spawn),
    /// Packets of a link to be written into a file.
    Capture(Capture),
    /// The end of programs and captures that were started is waited for.
    Wait {
        /// Which; `None` is all.
        name: Option<Spanned<String>>,
        /// How long at most.
        within: Option<Duration>,
    },
    /// A program or a capture that was started is ended.
    Kill {
        /// Which.
        name: Spanned<String>,
    },
    /// Takes all chains of a table away that are not built in (`iptables -X`).
    DelChains {
        /// Whose.
        ns: NsRef,
        /// The table.
        table: TableRef,
    },
    /// Takes all policy rules of a family away but those of priority 0 (`ip rule flush`).
    FlushRules {
        /// Whose.
        ns: NsRef,
        /// Of IPv6.
        ipv6: bool,
    },
    /// Whether there are such rules (`iptables -C`).
    HasRules {
        /// Where.
        ns: NsRef,
        /// In which chain.
        chain: ChainRef,
        /// As which there must be one each.
        rules: Vec<Rule>,
    },
    /// Something that the script cannot do without.
    Require(Requirement),
    /// A line of output.
    Print(String),
    /// Something that only the prompt can do.
    Prompt {
        /// What.
        word: PromptWord,
        /// The whole statement.
        span: Span,
    },
    /// Nothing at all (`true`).
    Nothing,
}

/// What only the prompt can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptWord {
    /// Statements are taken back.
    Undo {
        /// The state that is gone back to; the one before the last if that is not said.
        to: Option<u32>,
        /// Also what others changed since.
        all: bool,
    },
    /// What was taken back last is done again.
    Redo,
    /// What was done becomes a script.
    Save {
        /// Its file.
        file: Spanned<String>,
        /// One that is there is written over.
        force: bool,
    },
    /// What has changed is listed.
    Changes,
    /// What happens is told while something else is typed.
    Watch {
        /// Of which namespaces; none is all.
        of: Vec<NsRef>,
    },
    /// Nothing is told any more.
    WatchOff,
    /// The prompt is left.
    Quit,
}

impl PromptWord {
    /// As it is typed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Undo { .. } => "undo",
            Self::Redo => "redo",
            Self::Watch { .. } => "watch",
            Self::WatchOff => "watch off",
            Self::Save { .. } => "save",
            Self::Changes => "show changes",
            Self::Quit => "quit",
        }
    }
}

/// What a script cannot do without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Links of that kind.
    Kind(String),
    /// A program.
    Program(String),
    /// IPv6.
    Ipv6,
}

/// A kernel setting that is read, or written with a word about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Its value is printed.
    Read(Show),
    /// It gets another value.
    Write {
        /// The change.
        op: SysctlOp,
        /// The line that is printed after it; `None` is none (`-q`).
        told: Option<String>,
    },
}

impl Setting {
    /// A change, told as sysctl(8) does unless it is to be quiet.
    pub fn write(op: SysctlOp, quiet: bool, value_only: bool) -> Self {
        let line = if value_only { format!("{}\n", op.value) } else { format!("{} = {}\n", op.key, op.value) };
        Self::Write { op, told: (!quiet).then_some(line) }
    }
}

/// Echo requests to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingRequest {
    /// From where.
    pub ns: NsRef,
    /// To whom.
    pub target: Spanned<IpAddr>,
    /// How many.
    pub count: u32,
    /// The time from one to the next.
    pub interval: Duration,
    /// How long an answer is waited for.
    pub timeout: Duration,
    /// Bytes of payload.
    pub size: u16,
    /// The link or address to send from.
    pub from: Option<String>,
    /// Only the summary is printed (`-q`).
    pub quiet: bool,
    /// The first answer is enough (an expectation; nothing is printed).
    pub until_answer: bool,
}

/// A program that runs in the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spawn {
    /// The program and its arguments. At least one.
    pub argv: Vec<String>,
    /// What it is called.
    pub name: Option<Spanned<String>>,
    /// It goes on when the script has ended.
    pub detach: bool,
    /// The whole statement.
    pub span: Span,
}

/// Packets of a link that are written into a file in the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Whose link.
    pub ns: NsRef,
    /// The link.
    pub link: Spanned<IfName>,
    /// The file.
    pub file: Spanned<String>,
    /// What it is called.
    pub name: Option<Spanned<String>>,
    /// How many packets; then it ends.
    pub count: Option<u32>,
    /// How many bytes of each.
    pub snaplen: u32,
    /// The whole statement.
    pub span: Span,
}

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Connections.
    Tcp,
    /// Datagrams.
    Udp,
}

/// A port that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAt {
    /// What is spoken there.
    pub transport: Transport,
    /// Of this address alone.
    pub address: Option<IpAddr>,
    /// The port.
    pub port: u16,
}
