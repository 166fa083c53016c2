use std::{net::IpAddr, time::Duration};

use super::{switch::Switch, topic::Topic};
pub use crate::model::query::IpFamily;
use crate::{
    model::query::RuleFilter,
    net::{Cidr, IfName, Mac, NsName, NsRef, SysctlKey},
    ops::{Book, ChainRef, Op, RouteTable, Rule, SysctlOp, TableRef},
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
    /// Nothing at all (`true`).
    Nothing,
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

/// A listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// `link show`.
    Links {
        /// Whose.
        ns: NsRef,
        /// Only this one.
        link: Option<Spanned<IfName>>,
        /// Only those that are up.
        up: bool,
        /// Only those with that master.
        master: Option<Spanned<IfName>>,
        /// Only those of that kind.
        kind: Option<String>,
        /// How.
        style: ShowStyle,
    },
    /// `addr show`.
    Addresses {
        /// Whose.
        ns: NsRef,
        /// Only this link's.
        link: Option<Spanned<IfName>>,
        /// Only those of links that are up.
        up: bool,
        /// Only those in that prefix.
        to: Option<Cidr>,
        /// Only those of that scope.
        scope: Option<crate::ops::Scope>,
        /// How.
        style: ShowStyle,
    },
    /// `route show`.
    Routes {
        /// Whose.
        ns: NsRef,
        /// Of which table; `None` is all of them.
        table: Option<RouteTable>,
        /// Only those through this link.
        link: Option<Spanned<IfName>>,
        /// Only the one with exactly this destination.
        destination: Option<Cidr>,
        /// Only those over this router.
        gateway: Option<IpAddr>,
        /// How.
        style: ShowStyle,
    },
    /// `rule show`.
    PolicyRules {
        /// Whose.
        ns: NsRef,
        /// Which.
        filter: Box<RuleFilter>,
        /// How.
        style: ShowStyle,
    },
    /// `neigh show`.
    Neighbours {
        /// Whose.
        ns: NsRef,
        /// Only those on this link.
        link: Option<Spanned<IfName>>,
        /// How.
        style: ShowStyle,
    },
    /// `netns list`.
    Netns {
        /// How.
        style: ShowStyle,
    },
    /// `netns identify`: the name of a namespace.
    Identify {
        /// Which.
        ns: NsRef,
    },
    /// `netns pids`: the processes in a namespace.
    Pids {
        /// Which.
        ns: NsRef,
    },
    /// `arp` of net-tools.
    Arp {
        /// Whose.
        ns: NsRef,
        /// Without names (`-n`).
        numeric: bool,
        /// In the BSD layout (`-a`).
        bsd: bool,
    },
    /// `route` of net-tools.
    RouteTable {
        /// Whose.
        ns: NsRef,
        /// Without names (`-n`).
        numeric: bool,
    },
    /// `iptables -L` and `iptables -S`.
    Iptables {
        /// Whose.
        ns: NsRef,
        /// Of which table.
        table: TableRef,
        /// Of which chain; `None` is all.
        chain: Option<Spanned<String>>,
        /// Only the rule of that number, counted from 1.
        rule: Option<u32>,
        /// With counters, and in a table with links (`-v`).
        verbose: bool,
        /// How.
        form: IptablesForm,
    },
    /// `nat show` and `firewall show`.
    Rules {
        /// Whose.
        ns: NsRef,
        /// Which.
        book: Book,
    },
    /// `help`.
    Help {
        /// About what.
        topic: Topic,
    },
    /// `sysctl KEY`.
    Sysctl {
        /// Whose.
        ns: NsRef,
        /// Which.
        key: Spanned<SysctlKey>,
        /// The value alone (`-n`).
        value_only: bool,
    },
}

/// In whose manner a listing is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShowStyle {
    /// A table meant for reading.
    Native,
    /// Byte for byte what `ip` prints.
    Iproute2(IpOptions),
}

/// How `iptables` lists rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IptablesForm {
    /// A line each, as it would be typed (`-S`).
    Commands,
    /// In columns (`-L`).
    Table {
        /// Numbers in place of names (`-n`).
        numeric: bool,
        /// Each rule with its number.
        line_numbers: bool,
        /// Counters to the last digit (`-x`).
        exact: bool,
    },
}

/// The options of `ip` that stand before its object.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct IpOptions {
    /// `-4`, `-6`.
    pub family: Option<IpFamily>,
    /// `-br`.
    pub brief: bool,
    /// `-o`.
    pub oneline: bool,
    /// `-d`.
    pub details: bool,
    /// `-s`, how often it was given.
    pub statistics: u8,
    /// `-j`.
    pub json: bool,
    /// `-p`.
    pub pretty: bool,
    /// `-N`: numbers in place of names of protocols and scopes.
    pub numeric: bool,
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

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Where it is to hold.
    pub ns: NsRef,
    /// `expect no …`: it is not to hold.
    pub negated: bool,
    /// What is claimed.
    pub claim: Claim,
    /// How long it may take to become true; zero is now.
    pub within: Duration,
    /// The whole statement.
    pub span: Span,
}

/// What an expectation claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The target answers echo requests.
    Ping(PingRequest),
    /// Something accepts connections there.
    Tcp(Endpoint),
    /// Something answers datagrams there.
    Udp(Endpoint),
    /// A program ends well.
    Program {
        /// The program and its arguments.
        argv: Vec<String>,
    },
    /// There is such an address.
    Address {
        /// The address.
        cidr: Cidr,
        /// On that link.
        link: Option<Spanned<IfName>>,
    },
    /// There is such a route.
    Route {
        /// Where it leads.
        destination: Cidr,
        /// Over that router.
        gateway: Option<IpAddr>,
        /// Through that link.
        link: Option<Spanned<IfName>>,
        /// In that table.
        table: RouteTable,
    },
    /// There is such a link.
    Link {
        /// Its name.
        link: Spanned<IfName>,
        /// And it is set up, or down.
        up: Option<bool>,
        /// And it has that master.
        master: Option<Spanned<IfName>>,
        /// And that MTU.
        mtu: Option<crate::net::Mtu>,
        /// And it can carry packets.
        carrier: bool,
    },
    /// The hardware address of a neighbour is known.
    Neighbour {
        /// The neighbour.
        address: IpAddr,
        /// On that link.
        link: Option<Spanned<IfName>>,
        /// And it is this one.
        mac: Option<Mac>,
    },
    /// There is such a setting.
    Setting {
        /// Its name.
        key: SysctlKey,
        /// And it has that value.
        value: Option<String>,
    },
    /// There are these rules.
    Rules {
        /// The statement that makes them.
        text: String,
        /// Each with its chain.
        rules: Vec<(ChainRef, Rule)>,
    },
    /// There is such a file.
    File {
        /// Its name.
        path: String,
        /// And it says that.
        says: Option<TextMatch>,
    },
    /// There is such a namespace.
    Netns {
        /// Its name.
        name: NsName,
    },
}

/// What a text is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextMatch {
    /// That is in it.
    Contains(String),
    /// That is all of it, but for blanks at its ends.
    Is(String),
}

impl TextMatch {
    /// Whether a text is so.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Contains(part) => text.contains(part),
            Self::Is(whole) => text.trim() == whole.trim(),
        }
    }
}

/// A claim about what statements print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedOutput {
    /// The text that is to be in it.
    pub text: String,
    /// It is not to be in it.
    pub negated: bool,
    /// How long it may take to become true: until then the statements are run again and again.
    pub within: Duration,
    /// The head of the statement.
    pub span: Span,
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

/// Where a TCP connection is opened to, or a datagram sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The address.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
}
