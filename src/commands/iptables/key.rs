//! What the options of `iptables` are to `nns`, and which of them go together.

/// What an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Append,
    Insert,
    Delete,
    Replace,
    Check,
    Flush,
    New,
    DeleteChain,
    Policy,
    List,
    ListRules,
    Table,
    Source,
    Destination,
    In,
    Out,
    Protocol,
    Module,
    Jump,
    Goto,
    Numeric,
    Verbose,
    Exact,
    Wait,
    LineNumbers,
    SourcePort,
    DestinationPort,
    IcmpType,
    CtState,
    State,
    Comment,
    RejectWith,
    ToPorts,
    ToSource,
    ToDestination,
}

impl Key {
    /// Whether it says what is to be done.
    pub fn is_command(self) -> bool {
        match self {
            Self::Append
            | Self::Insert
            | Self::Delete
            | Self::Replace
            | Self::Check
            | Self::Flush
            | Self::New
            | Self::DeleteChain
            | Self::Policy
            | Self::List
            | Self::ListRules => true,
            Self::Table
            | Self::Source
            | Self::Destination
            | Self::In
            | Self::Out
            | Self::Protocol
            | Self::Module
            | Self::Jump
            | Self::Goto
            | Self::Numeric
            | Self::Verbose
            | Self::Exact
            | Self::Wait
            | Self::LineNumbers
            | Self::SourcePort
            | Self::DestinationPort
            | Self::IcmpType
            | Self::CtState
            | Self::State
            | Self::Comment
            | Self::RejectWith
            | Self::ToPorts
            | Self::ToSource
            | Self::ToDestination => false,
        }
    }

    /// Whether a rule belongs to it, which has so many words behind it.
    pub fn takes_rule(self, values: usize) -> bool {
        match self {
            Self::Append | Self::Insert | Self::Replace | Self::Check => true,
            Self::Delete => values == 1,
            _ => false,
        }
    }

    /// Whether it says something of a rule.
    pub fn is_of_rule(self) -> bool {
        let is_apart =
            matches!(self, Self::Table | Self::Numeric | Self::Verbose | Self::Exact | Self::Wait | Self::LineNumbers);
        !self.is_command() && !is_apart
    }

    /// Whether the two cannot both stand there: one thing is done, and to one place a packet goes on.
    pub fn excludes(self, other: Self) -> bool {
        let says_where = |key| key == Self::Jump || key == Self::Goto;
        self != other && (self.is_command() && other.is_command() || says_where(self) && says_where(other))
    }
}
