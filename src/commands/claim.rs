use std::{net::IpAddr, time::Duration};

use super::act::PingRequest;
use crate::{
    net::{Cidr, IfName, Mac, NsName, NsRef, SysctlKey},
    ops::{ChainRef, RouteTable, Rule},
    source::{Span, Spanned},
};

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Where it is to hold.
    pub ns: NsRef,
    /// Where that namespace is named, if it is not the current one.
    pub from: Option<Span>,
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

/// Where a TCP connection is opened to, or a datagram sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The address.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
}
