//! What a parameter wants behind its word, and how that is read.
//!
//! In: the text of a word. Out: a value of [`crate::net`] or [`crate::ops`], or a [`ValueError`] that says what form
//! is wanted. Binding checks each value with [`Value::check`]; lowering reads it with the same functions.

mod bounded;
mod filter;
mod read;

pub use bounded::Bounded;
pub use filter::{
    filter_chain, ip_protocol, link_pattern, nat_target, network, policy, port, port_protocol, ports, states,
};
pub use read::{
    Broadcast, Destination, address, broadcast, cidr, destination, duration, endpoint, link, listen_at, mac, mark, mtu,
    netns_name, netns_target, number, of_process_id, on_off, ping_target, port_range, process_id, protocol, route_type,
    scope, seconds, service, setting, table, table_or_all,
};

use thiserror::Error;

use super::link::kind;
use crate::net::{Cidr, CidrError, IfNameError, MacError, MtuError, NsNameError, SysctlKeyError};

/// The kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// None: the word says it all.
    Nothing,
    /// A link.
    Link,
    /// A namespace by name; natively also `host`.
    Netns,
    /// A name under `/run/netns`.
    NetnsName,
    /// Where a link goes: a namespace by name, by path or by a process in it; `1` is the host.
    NetnsTarget,
    /// The id of a process.
    ProcessId,
    /// An address with its prefix length.
    Cidr,
    /// A prefix, or `default`.
    Destination,
    /// An address alone.
    Address,
    /// An address alone, or an IPv6 address with its link (`fe80::1%veth0`).
    PingTarget,
    /// An IPv4 address, or `+` or `-` for the last and the first of the prefix.
    Broadcast,
    /// An Ethernet address.
    Mac,
    /// A number of bytes.
    Mtu,
    /// A number of 32 bits.
    Number,
    /// `on` or `off`.
    OnOff,
    /// How far something is valid.
    Scope,
    /// A routing table.
    Table,
    /// A routing table, or `all`.
    TableOrAll,
    /// A mark of packets, perhaps with the bits of it that count.
    Mark,
    /// A type of service.
    Service,
    /// Who made a route.
    Protocol,
    /// What happens to packets.
    RouteType,
    /// A kind of link that can be made.
    Kind,
    /// A kind of link that there can be.
    AnyKind,
    /// A time such as `2s`.
    Duration,
    /// A number of seconds, with or without a fraction.
    Seconds,
    /// An address and a port.
    Endpoint,
    /// A port, or an address and a port.
    ListenAt,
    /// The name of a kernel setting, or `NAME=VALUE`.
    Setting,
    /// Anything.
    Text,
    /// A command.
    Command,
    /// A prefix without bits behind it.
    Network,
    /// A link, or the beginning of names and `*`.
    LinkPattern,
    /// A protocol whose ports are translated.
    PortProtocol,
    /// A protocol above IP.
    IpProtocol,
    /// A port.
    Port,
    /// A port, or a range of them.
    Ports,
    /// Where packets are sent instead.
    NatTarget,
    /// Where in a packet's way a rule stands.
    FilterChain,
    /// What becomes of packets in the end.
    Policy,
    /// What a conversation is known to be.
    States,
    /// Options in the manner of another program.
    Options,
    /// A link, perhaps with its namespace.
    End,
    /// Both ends of a cable.
    Ends,
    /// A port of a switch.
    SwitchPort,
    /// A statement.
    Statement,
    /// The name of a file.
    Path,
    /// A program or a capture in the background, by its name.
    Job,
    /// A command and what it is called.
    Background,
    /// Statements in braces.
    Statements,
    /// A number up to a greatest one, or a word for one.
    Bounded(&'static Bounded),
    /// Two numbers of ports, behind one word.
    PortRange,
}

/// Why a text is no such value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    /// No name for a link.
    #[error(transparent)]
    Link(#[from] IfNameError),
    /// No name for a namespace.
    #[error(transparent)]
    Netns(#[from] NsNameError),
    /// No address.
    #[error(transparent)]
    Cidr(#[from] CidrError),
    /// No Ethernet address.
    #[error(transparent)]
    Mac(#[from] MacError),
    /// No MTU.
    #[error(transparent)]
    Mtu(#[from] MtuError),
    /// No kernel setting of a namespace.
    #[error(transparent)]
    Sysctl(#[from] SysctlKeyError),
    /// A kind that iproute2 knows.
    #[error("links of kind `{text}` are not supported yet")]
    KindNotYet {
        /// What was written.
        text: String,
    },
    /// Bits are set behind the prefix.
    #[error("`{prefix}` is an address, not a network: bits behind the prefix are set")]
    HostBits {
        /// What was written.
        prefix: Cidr,
    },
    /// Not of the form that is wanted.
    #[error("`{text}` is not {wanted}")]
    Form {
        /// What was written.
        text: String,
        /// What is wanted, with its article.
        wanted: &'static str,
    },
}

impl Value {
    /// How usage lines write it.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Link => "LINK",
            Self::Netns | Self::NetnsName | Self::NetnsTarget => "NETNS",
            Self::ProcessId => "PID",
            Self::Cidr => "ADDRESS/LENGTH",
            Self::Destination => "PREFIX",
            Self::Address | Self::PingTarget => "ADDRESS",
            Self::Broadcast => "BROADCAST",
            Self::Mac => "MAC",
            Self::Mtu => "BYTES",
            Self::Number => "NUMBER",
            Self::OnOff => "on|off",
            Self::Scope => "SCOPE",
            Self::Table | Self::TableOrAll => "TABLE",
            Self::Mark => "MARK[/MASK]",
            Self::Service => "TOS",
            Self::Protocol => "PROTOCOL",
            Self::RouteType => "TYPE",
            Self::Kind | Self::AnyKind => "KIND",
            Self::Duration => "TIME",
            Self::Seconds => "SECONDS",
            Self::Endpoint => "ADDRESS:PORT",
            Self::ListenAt => "[ADDRESS:]PORT",
            Self::Setting => "KEY[=VALUE]",
            Self::Text => "TEXT",
            Self::Command => "COMMAND",
            Self::Network => "PREFIX",
            Self::LinkPattern => "LINK",
            Self::PortProtocol => "tcp|udp",
            Self::IpProtocol => "PROTOCOL",
            Self::Port => "PORT",
            Self::Ports => "PORTS",
            Self::NatTarget => "ADDRESS[:PORT]",
            Self::FilterChain => "input|forward|output",
            Self::Policy => "accept|drop",
            Self::States => "STATE,…",
            Self::Options => "OPTION",
            Self::End => "[NETNS:]LINK",
            Self::Ends => "[NETNS:]LINK [ADDRESS/LENGTH…] -- [NETNS:]LINK [ADDRESS/LENGTH…]",
            Self::SwitchPort => "NETNS[:LINK] [ADDRESS/LENGTH…] [gateway] [port LINK]",
            Self::Statements => "STATEMENTS",
            Self::Job => "NAME",
            Self::Background => "COMMAND… [as NAME]",
            Self::Statement => "STATEMENT",
            Self::Path => "FILE",
            Self::Bounded(bounded) => bounded.placeholder,
            Self::PortRange => "MIN MAX",
        }
    }

    /// What is wanted, with its article.
    pub fn wanted(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Link => "the name of a link",
            Self::Netns | Self::NetnsName | Self::NetnsTarget => "the name of a namespace",
            Self::ProcessId => "the id of a process",
            Self::Cidr => "an address with a prefix length",
            Self::Destination => "a prefix or `default`",
            Self::Address | Self::PingTarget => "an IP address",
            Self::Broadcast => "an IPv4 address or `+`",
            Self::Mac => "an Ethernet address",
            Self::Mtu => "a number of bytes",
            Self::Number => "a number",
            Self::OnOff => "`on` or `off`",
            Self::Scope => "a scope",
            Self::Table | Self::TableOrAll => "a routing table",
            Self::Mark => "a mark",
            Self::Service => "a type of service",
            Self::Protocol => "a routing protocol",
            Self::RouteType => "a type of route",
            Self::Kind | Self::AnyKind => "a kind of link",
            Self::Duration => "a time",
            Self::Seconds => "a number of seconds",
            Self::Endpoint => "an address and a port",
            Self::ListenAt => "a port",
            Self::Setting => "a kernel setting",
            Self::Text => "a word",
            Self::Command => "a command",
            Self::Network => "a network",
            Self::LinkPattern => "a link",
            Self::PortProtocol => "`tcp` or `udp`",
            Self::IpProtocol => "a protocol",
            Self::Port => "a port",
            Self::Ports => "a port or a range of them",
            Self::NatTarget => "an address, and perhaps a port",
            Self::FilterChain => "`input`, `forward` or `output`",
            Self::Policy => "`accept` or `drop`",
            Self::States => "a list of states",
            Self::Options => "options",
            Self::End => "a link, perhaps with its namespace",
            Self::Ends => "the first end of a cable",
            Self::SwitchPort => "a port",
            Self::Statements => "statements in braces",
            Self::Job => "a name",
            Self::Background => "a command",
            Self::Statement => "a statement",
            Self::Path => "the name of a file",
            Self::Bounded(bounded) => bounded.wanted,
            Self::PortRange => "two ports with the lesser first",
        }
    }

    /// How such a value looks, where that is not plain.
    pub fn example(self) -> Option<&'static str> {
        match self {
            Self::Cidr => Some("192.168.15.1/24"),
            Self::Destination => Some("192.168.15.0/24"),
            Self::Address | Self::PingTarget => Some("192.168.15.1 or fe80::1"),
            Self::Mac => Some("02:00:00:00:00:01"),
            Self::Scope => Some("`global`, `link` or `host`"),
            Self::Table => Some("`main`, `local` or a number"),
            Self::TableOrAll => Some("`main`, `local`, `all` or a number"),
            Self::Mark => Some("0x10 or 0x10/0xff"),
            Self::Service => Some("0x10 or `AF11`"),
            Self::Protocol => Some("`static` or a number up to 255"),
            Self::RouteType => Some("`unicast` or `blackhole`"),
            Self::Kind | Self::AnyKind => Some("`veth` or `bridge`"),
            Self::Duration => Some("2s or 500ms"),
            Self::Endpoint => Some("192.168.15.2:80 or [fe80::1]:80"),
            Self::ListenAt => Some("80 or 192.168.15.2:80"),
            Self::Network => Some("192.168.15.0/24"),
            Self::IpProtocol => Some("`tcp`, `udp` or `icmp`"),
            Self::Port => Some("80 or `http`"),
            Self::Ports => Some("80 or 8000-8080"),
            Self::NatTarget => Some("192.168.15.2:80 or [fd00::2]:80"),
            Self::States => Some("`established,related`"),
            Self::Setting => Some("net.ipv4.ip_forward=1"),
            Self::End => Some("`veth0` or `red:veth0`"),
            Self::Nothing
            | Self::Link
            | Self::Netns
            | Self::NetnsName
            | Self::NetnsTarget
            | Self::ProcessId
            | Self::Broadcast
            | Self::Mtu
            | Self::Number
            | Self::OnOff
            | Self::Seconds
            | Self::Text
            | Self::Command
            | Self::LinkPattern
            | Self::PortProtocol
            | Self::FilterChain
            | Self::Policy
            | Self::Bounded(_)
            | Self::PortRange
            | Self::Options
            | Self::Ends
            | Self::SwitchPort
            | Self::Statement
            | Self::Path
            | Self::Job
            | Self::Background
            | Self::Statements => None,
        }
    }

    /// The words that are wanted, where there are only a few.
    pub fn choices(self) -> &'static [&'static str] {
        match self {
            Self::OnOff => &["on", "off"],
            Self::Scope => &["global", "host", "link", "site"],
            Self::Table => &["default", "local", "main"],
            Self::TableOrAll => &["all", "default", "local", "main"],
            Self::Kind | Self::AnyKind => kind::SUPPORTED,
            Self::Destination => &["default"],
            Self::PortProtocol => &["tcp", "udp"],
            Self::IpProtocol => &["icmp", "sctp", "tcp", "udp"],
            Self::FilterChain => &["input", "forward", "output"],
            Self::Policy => &["accept", "drop"],
            Self::States => &["invalid", "established", "related", "new", "untracked"],
            Self::Bounded(bounded) => bounded.words,
            Self::Nothing
            | Self::Link
            | Self::Netns
            | Self::NetnsName
            | Self::NetnsTarget
            | Self::ProcessId
            | Self::Cidr
            | Self::Address
            | Self::PingTarget
            | Self::Broadcast
            | Self::Mac
            | Self::Mtu
            | Self::Number
            | Self::Mark
            | Self::Service
            | Self::Protocol
            | Self::RouteType
            | Self::Duration
            | Self::Seconds
            | Self::Endpoint
            | Self::ListenAt
            | Self::Setting
            | Self::Text
            | Self::Command
            | Self::Network
            | Self::LinkPattern
            | Self::Port
            | Self::Ports
            | Self::NatTarget
            | Self::PortRange
            | Self::Options
            | Self::End
            | Self::Ends
            | Self::SwitchPort
            | Self::Statement
            | Self::Path
            | Self::Job
            | Self::Background
            | Self::Statements => &[],
        }
    }

    /// Whether the text is such a value.
    pub fn check(self, text: &str) -> Result<(), ValueError> {
        match self {
            Self::Nothing
            | Self::Text
            | Self::Command
            | Self::Options
            | Self::End
            | Self::Ends
            | Self::SwitchPort
            | Self::Statement
            | Self::Path
            | Self::Job
            | Self::Background
            | Self::Statements => Ok(()),
            Self::Link => link(text).map(drop),
            Self::Netns | Self::NetnsName => netns_name(text).map(drop),
            Self::NetnsTarget => netns_target(text).map(drop),
            Self::ProcessId => process_id(text).map(drop),
            Self::Cidr => cidr(text).map(drop),
            Self::Destination => destination(text).map(drop),
            Self::Address => address(text).map(drop),
            Self::PingTarget => ping_target(text).map(drop),
            Self::Broadcast => broadcast(text).map(drop),
            Self::Mac => mac(text).map(drop),
            Self::Mtu => mtu(text).map(drop),
            Self::Number => number(text).map(drop),
            Self::OnOff => on_off(text).map(drop),
            Self::Scope => scope(text).map(drop),
            Self::Table => table(text).map(drop),
            Self::TableOrAll => table_or_all(text).map(drop),
            Self::Mark => mark(text).map(drop),
            Self::Service => service(text).map(drop),
            Self::Protocol => protocol(text).map(drop),
            Self::RouteType => route_type(text).map(drop),
            Self::Kind => kind::read(text).map(drop),
            Self::AnyKind => kind::read_any(text).map(drop),
            Self::Duration => duration(text).map(drop),
            Self::Seconds => seconds(text).map(drop),
            Self::Endpoint => endpoint(text).map(drop),
            Self::ListenAt => listen_at(text).map(drop),
            Self::Setting => setting(text).map(drop),
            Self::Network => network(text).map(drop),
            Self::LinkPattern => link_pattern(text).map(drop),
            Self::PortProtocol => port_protocol(text).map(drop),
            Self::IpProtocol => ip_protocol(text).map(drop),
            Self::Port => port(text).map(drop),
            Self::Ports => ports(text).map(drop),
            Self::NatTarget => nat_target(text).map(drop),
            Self::FilterChain => filter_chain(text).map(drop),
            Self::Policy => policy(text).map(drop),
            Self::States => states(text).map(drop),
            Self::Bounded(bounded) => bounded.read(text).map(drop),
            Self::PortRange => port_range(text).map(drop),
        }
    }
}
