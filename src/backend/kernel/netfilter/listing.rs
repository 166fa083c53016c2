//! Reading the rules of a namespace.

use std::{collections::BTreeMap, io};

use nix::errno::Errno;

use super::{
    numbers::{chain, counter, family, hook, msg, rule, table},
    socket::{FAMILY_HEADER, RuleSocket},
};
use crate::{
    backend::kernel::channel::Reply,
    model::{Chain, Counter, RuleEntry, Ruleset, Table},
    netfilter::{
        attr::{self, Attributes, attribute},
        decode,
    },
    ops::{BaseChain, ChainKind, ChainRef, Family, Policy, TableRef},
};

/// How often the rules are read again when they change while they are read.
const ATTEMPTS: u32 = 16;

/// The rules at one moment.
#[derive(Debug, Default)]
pub(in crate::backend::kernel) struct Listed {
    /// Which moment that was.
    pub(super) generation: u32,
    /// The rules.
    pub(in crate::backend::kernel) ruleset: Ruleset,
    /// The kernel's numbers of the rules of each chain, in order.
    pub(super) handles: BTreeMap<ChainRef, Vec<u64>>,
}

/// Reads all rules of a namespace.
pub(in crate::backend::kernel) fn read(socket: &mut RuleSocket) -> io::Result<Listed> {
    for _ in 0..ATTEMPTS {
        let generation = socket.generation()?;
        let listed = read_once(socket, generation)?;
        if socket.generation()? == generation {
            return Ok(listed);
        }
    }
    Err(Errno::EAGAIN.into())
}

fn read_once(socket: &mut RuleSocket, generation: u32) -> io::Result<Listed> {
    let mut listed = Listed { generation, ..Listed::default() };
    for reply in socket.list(msg::GET_TABLE)? {
        listed.ruleset.tables.extend(seen_table(&reply));
    }
    if listed.ruleset.tables.is_empty() {
        return Ok(listed);
    }
    for reply in socket.list(msg::GET_CHAIN)? {
        if let Some((place, chain)) = seen_chain(&reply)
            && let Some(table) = table_of(&mut listed.ruleset, &place)
        {
            table.chains.push(chain);
        }
    }
    for reply in socket.list(msg::GET_RULE)? {
        if let Some((place, handle, entry)) = seen_rule(&reply)
            && let Some(table) = table_of(&mut listed.ruleset, &place.table)
            && let Some(chain) = table.chains.iter_mut().find(|chain| chain.name == place.name)
        {
            chain.rules.push(entry);
            listed.handles.entry(place).or_default().push(handle);
        }
    }
    for (kind, kept) in [(msg::GET_SET, SET), (msg::GET_OBJECT, OBJECT), (msg::GET_FLOW_TABLE, FLOW_TABLE)] {
        for reply in socket.list(kind)? {
            if let Some((place, bytes)) = seen_other(&reply, kind, kept)
                && let Some(table) = table_of(&mut listed.ruleset, &place)
            {
                table.opaque.push(bytes);
            }
        }
    }
    Ok(listed)
}

fn table_of<'a>(ruleset: &'a mut Ruleset, place: &TableRef) -> Option<&'a mut Table> {
    ruleset.tables.iter_mut().find(|table| table.table == *place)
}

/// The family and the attributes of an answer.
fn open(reply: &Reply) -> Option<(Family, Attributes<'_>)> {
    let family = family(*reply.payload.first()?)?;
    Some((family, Attributes::read(reply.payload.get(FAMILY_HEADER..)?)?))
}

fn seen_table(reply: &Reply) -> Option<Table> {
    let (family, mut found) = open(reply)?;
    let table = TableRef { family, name: found.text(table::NAME)? };
    let flags = found.number(table::FLAGS).unwrap_or_default();
    let opaque = found.take(table::USERDATA).map(<[u8]>::to_vec).into_iter().collect();
    Some(Table { table, flags, chains: Vec::new(), opaque })
}

fn seen_chain(reply: &Reply) -> Option<(TableRef, Chain)> {
    let (family, mut found) = open(reply)?;
    let place = TableRef { family, name: found.text(chain::TABLE)? };
    let name = found.text(chain::NAME)?;
    let kind = found.text(chain::TYPE);
    let policy = found.number(chain::POLICY);
    let mut opaque = Vec::new();
    let mut base = None;
    if let Some(bytes) = found.take(chain::HOOK) {
        base = base_chain(family, bytes, kind.as_deref(), policy);
        if base.is_none() {
            opaque.push(attribute(chain::HOOK, bytes));
        }
    }
    let flags = found.number(chain::FLAGS).unwrap_or_default() & !chain::FLAG_BASE;
    if flags != 0 {
        opaque.push(attr::number(chain::FLAGS, flags));
    }
    opaque.extend(found.take(chain::USERDATA).map(|bytes| attribute(chain::USERDATA, bytes)));
    let counter = found.take(chain::COUNTERS).and_then(seen_counter);
    Some((place, Chain { name, base, rules: Vec::new(), counter, opaque: attr::bytes(&opaque) }))
}

/// `None` where there is more to it than a base chain has, as the devices of a `netdev` chain.
fn base_chain(family: Family, bytes: &[u8], kind: Option<&str>, policy: Option<u32>) -> Option<BaseChain> {
    let mut found = Attributes::read(bytes)?;
    let hook = hook(family, found.number(hook::NUMBER)?)?;
    let priority = found.number(hook::PRIORITY)?.cast_signed();
    found.end()?;
    let kind = match kind? {
        "filter" => ChainKind::Filter,
        "nat" => ChainKind::Nat,
        "route" => ChainKind::Route,
        _ => return None,
    };
    let policy = match policy {
        Some(0) => Policy::Drop,
        Some(1) | None => Policy::Accept,
        Some(_) => return None,
    };
    Some(BaseChain { kind, hook, priority, policy })
}

fn seen_counter(bytes: &[u8]) -> Option<Counter> {
    let mut found = Attributes::read(bytes)?;
    let mut number = |kind| Some(u64::from_be_bytes(found.take(kind)?.try_into().ok()?));
    Some(Counter { packets: number(counter::PACKETS)?, bytes: number(counter::BYTES)? })
}

fn seen_rule(reply: &Reply) -> Option<(ChainRef, u64, RuleEntry)> {
    let (family, mut found) = open(reply)?;
    let table = TableRef { family, name: found.text(rule::TABLE)? };
    let place = ChainRef { table, name: found.text(rule::CHAIN)? };
    let handle = u64::from_be_bytes(found.take(rule::HANDLE)?.try_into().ok()?);
    let expressions = found.take(rule::EXPRESSIONS).unwrap_or_default();
    let entry = decode(&place.table, expressions, found.take(rule::USERDATA));
    Some((place, handle, entry))
}

/// What tells a set from others, of `enum nft_set_attributes`: all but its handle and what its elements come to.
const SET: &[u16] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 17, 18];
/// The same for an object, of `enum nft_object_attributes`: what a counter or a quota has seen is not asked.
const OBJECT: &[u16] = &[1, 2, 3];
/// The same for a flow table, of `enum nft_flowtable_attributes`.
const FLOW_TABLE: &[u16] = &[1, 2, 3];

/// Something that is not understood, by its table.
fn seen_other(reply: &Reply, kind: u8, kept: &[u16]) -> Option<(TableRef, Vec<u8>)> {
    let (family, mut found) = open(reply)?;
    // All three have the name of their table first.
    let name = found.take(1)?;
    let place = TableRef { family, name: std::str::from_utf8(name.strip_suffix(&[0])?).ok()?.to_owned() };
    let described = kept[1..].iter().filter_map(|kind| Some(attribute(*kind, found.take(*kind)?)));
    let mut bytes = vec![kind];
    bytes.extend(attr::bytes(&described.collect::<Vec<_>>()));
    Some((place, bytes))
}

/// The rules of a namespace; `None` where they may not be looked at, or where the kernel has none.
pub(in crate::backend::kernel) fn look(socket: Option<&mut RuleSocket>) -> io::Result<Option<Ruleset>> {
    let Some(socket) = socket else { return Ok(None) };
    match read(socket) {
        Ok(listed) => Ok(Some(listed.ruleset)),
        Err(error) => match error.raw_os_error().map(Errno::from_raw) {
            // Without nf_tables nobody listens to its messages.
            Some(Errno::EPERM | Errno::EINVAL | Errno::EOPNOTSUPP | Errno::EPROTONOSUPPORT) => Ok(None),
            _ => Err(error),
        },
    }
}
