//! What the kernel is asked and told of tables, chains and rules.
//!
//! In: names and values of [`crate::ops`]. Out: netlink messages without sequence numbers. The numbers of flags are those
//! of `linux/netlink.h`.

use netlink_packet_core::{
    DefaultNla, NLA_F_NESTED, NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_NONREC, NetlinkHeader, NetlinkMessage,
    NetlinkPayload,
};
use netlink_packet_netfilter::{
    NetfilterHeader, NetfilterMessage, NetfilterMessageInner,
    nftables::{
        ChainAttribute, ChainMessage, GenMessage, Hook as HookAttribute, HookNumber, NfTablesMessage, RuleAttribute,
        RuleMessage, SetMessage, TableAttribute, TableMessage,
    },
    none::ControlMessage,
};

use super::{
    attr::number,
    encode,
    names::{family_number, hook_number},
};
use crate::ops::{BaseChain, ChainRef, Family, Policy, Rule, TableRef};

/// A message to the kernel.
pub type Request = NetlinkMessage<NetfilterMessage>;

/// `NFNL_SUBSYS_NFTABLES`: whom a batch is for.
const NFTABLES: u16 = 10;
/// `NFNL_MSG_BATCH_BEGIN`.
const BATCH_BEGIN: u8 = 16;
/// `NFNL_BATCH_GENID`.
const BATCH_GENERATION: u16 = 1;

/// What can be listed, of all families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Tables.
    Tables,
    /// Chains.
    Chains,
    /// Rules.
    Rules,
    /// Sets and maps.
    Sets,
    /// Counters, quotas and the like that have names.
    Objects,
    /// Flow tables.
    FlowTables,
}

/// Asks for all of a kind.
pub fn list(what: List) -> NetfilterMessage {
    unspecific(match what {
        List::Tables => NfTablesMessage::GetTable(TableMessage { attributes: Vec::new() }),
        List::Chains => NfTablesMessage::GetChain(ChainMessage { attributes: Vec::new() }),
        List::Rules => NfTablesMessage::GetRule(RuleMessage { attributes: Vec::new() }),
        List::Sets => NfTablesMessage::GetSet(SetMessage { attributes: Vec::new() }),
        List::Objects => NfTablesMessage::GetObject(Vec::new()),
        List::FlowTables => NfTablesMessage::GetFlowTable(Vec::new()),
    })
}

/// Asks for the number that grows with each change.
pub fn generation() -> Request {
    with_flags(unspecific(NfTablesMessage::GetGen(GenMessage { attributes: Vec::new() })), 0)
}

/// Begins a transaction; with the generation that it is made for, it is refused (`ERESTART`) when there is another one.
pub fn begin(generation: Option<u32>) -> Request {
    let attributes = generation.map(|generation| number(BATCH_GENERATION, generation)).into_iter().collect();
    control(ControlMessage::Other { message_type: BATCH_BEGIN, attributes })
}

/// Ends a transaction.
pub fn end() -> Request {
    control(ControlMessage::BatchEnd)
}

/// Makes a table, if it is not there.
pub fn add_table(table: &TableRef) -> Request {
    change(table.family, NfTablesMessage::NewTable(of_table(table)), NLM_F_CREATE)
}

/// Takes a table away.
pub fn del_table(table: &TableRef) -> Request {
    change(table.family, NfTablesMessage::DeleteTable(of_table(table)), 0)
}

/// Makes a chain that is not there.
pub fn add_chain(chain: &ChainRef, base: Option<&BaseChain>) -> Request {
    let mut attributes = of_chain(chain);
    if let Some(base) = base {
        attributes.extend(hook(chain.table.family, base));
        attributes.push(policy(base.policy));
    }
    change(chain.table.family, NfTablesMessage::NewChain(ChainMessage { attributes }), NLM_F_CREATE | NLM_F_EXCL)
}

/// Makes a base chain, if it is not there. Without a policy, that of one that is there stays as it is.
pub fn ensure_chain(chain: &ChainRef, base: &BaseChain, new: Option<Policy>) -> Request {
    let mut attributes = of_chain(chain);
    attributes.extend(hook(chain.table.family, base));
    attributes.extend(new.map(policy));
    change(chain.table.family, NfTablesMessage::NewChain(ChainMessage { attributes }), NLM_F_CREATE)
}

/// Changes the policy of a base chain.
pub fn set_policy(chain: &ChainRef, new: Policy) -> Request {
    let mut attributes = of_chain(chain);
    attributes.push(policy(new));
    change(chain.table.family, NfTablesMessage::NewChain(ChainMessage { attributes }), 0)
}

/// Takes a chain away, with its rules or only if it has none.
pub fn del_chain(chain: &ChainRef, with_rules: bool) -> Request {
    let message = ChainMessage { attributes: of_chain(chain) };
    change(chain.table.family, NfTablesMessage::DeleteChain(message), if with_rules { 0 } else { NLM_F_NONREC })
}

/// Takes the rules of a chain away, or those of all chains of a table.
pub fn flush(table: &TableRef, chain: Option<&str>) -> Request {
    let mut attributes = vec![RuleAttribute::Table(table.name.clone())];
    attributes.extend(chain.map(|chain| RuleAttribute::Chain(chain.to_owned())));
    change(table.family, NfTablesMessage::DeleteRule(RuleMessage { attributes }), 0)
}

/// Where a rule goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Behind all others.
    Last,
    /// Before all others.
    First,
    /// Before the one with that handle.
    Before(u64),
}

/// Adds a rule.
pub fn add_rule(chain: &ChainRef, position: Position, rule: &Rule) -> Request {
    let bytes = encode(chain.table.family, rule);
    let mut attributes = of_rule(chain);
    let nested = |kind: u16, value: &[u8]| RuleAttribute::Other(DefaultNla::new(kind | NLA_F_NESTED, value.to_vec()));
    attributes.push(nested(EXPRESSIONS, &bytes.expressions));
    attributes.extend(bytes.compat.map(|compat| nested(COMPAT, &compat)));
    attributes.extend(bytes.userdata.map(RuleAttribute::UserData));
    if let Position::Before(handle) = position {
        attributes.push(RuleAttribute::Position(handle));
    }
    let flags = NLM_F_CREATE | if position == Position::Last { NLM_F_APPEND } else { 0 };
    change(chain.table.family, NfTablesMessage::NewRule(RuleMessage { attributes }), flags)
}

/// `NFTA_RULE_EXPRESSIONS`.
const EXPRESSIONS: u16 = 4;
/// `NFTA_RULE_COMPAT`.
const COMPAT: u16 = 5;

/// Takes a rule away.
pub fn del_rule(chain: &ChainRef, handle: u64) -> Request {
    let mut attributes = of_rule(chain);
    attributes.push(RuleAttribute::Handle(handle));
    change(chain.table.family, NfTablesMessage::DeleteRule(RuleMessage { attributes }), 0)
}

fn of_table(table: &TableRef) -> TableMessage {
    TableMessage { attributes: vec![TableAttribute::Name(table.name.clone())] }
}

fn of_chain(chain: &ChainRef) -> Vec<ChainAttribute> {
    vec![ChainAttribute::Table(chain.table.name.clone()), ChainAttribute::Name(chain.name.clone())]
}

fn of_rule(chain: &ChainRef) -> Vec<RuleAttribute> {
    vec![RuleAttribute::Table(chain.table.name.clone()), RuleAttribute::Chain(chain.name.clone())]
}

/// What makes a chain a base chain, without its policy.
fn hook(family: Family, base: &BaseChain) -> [ChainAttribute; 2] {
    let number = HookNumber::Other(hook_number(family, base.hook));
    let hook = vec![HookAttribute::Number(number), HookAttribute::Priority(base.priority.cast_unsigned())];
    [ChainAttribute::Type(base.kind.to_string()), ChainAttribute::Hook(hook)]
}

fn policy(policy: Policy) -> ChainAttribute {
    ChainAttribute::Policy(u32::from(policy == Policy::Accept))
}

fn unspecific(message: NfTablesMessage) -> NetfilterMessage {
    NetfilterMessage::new(NetfilterHeader::new(0.into(), 0, 0), NetfilterMessageInner::NfTables(message))
}

fn change(family: Family, message: NfTablesMessage, flags: u16) -> Request {
    let header = NetfilterHeader::new(family_number(family).into(), 0, 0);
    with_flags(NetfilterMessage::new(header, NetfilterMessageInner::NfTables(message)), flags)
}

fn control(message: ControlMessage) -> Request {
    let header = NetfilterHeader::new(0.into(), 0, NFTABLES);
    with_flags(NetfilterMessage::new(header, NetfilterMessageInner::None(message)), 0)
}

fn with_flags(message: NetfilterMessage, flags: u16) -> Request {
    let mut header = NetlinkHeader::default();
    header.flags = flags;
    NetlinkMessage::new(header, NetlinkPayload::InnerMessage(message))
}
