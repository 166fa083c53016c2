//! The parts of a value: `$lan[5]`, `$lan.netmask`, `$names.len`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Value, ValueError, arithmetic::moved};
use crate::net::Cidr;

/// All fields. After a value of a kind that does not have it, a dot and the name are text.
pub const FIELDS: &[&str] = &["ip", "network", "broadcast", "netmask", "len", "first", "last", "size", "subnet"];

/// `VALUE[INDEX]`: an address of a prefix, with the prefix's length; a value of a list.
pub fn index(value: &Value, number: &Value) -> Result<Value, ValueError> {
    if !matches!(value, Value::Prefix(_) | Value::List(_)) {
        return Err(ValueError::NotIndexable { kind: value.kind() });
    }
    let Value::Integer(index) = *number else { return Err(ValueError::IndexKind { kind: number.kind() }) };
    if let Value::List(values) = value {
        let found = usize::try_from(index).ok().and_then(|index| values.get(index));
        return found.cloned().ok_or(ValueError::OutsideList { index, len: values.len() });
    }
    let Value::Prefix(prefix) = *value else { return Err(ValueError::NotIndexable { kind: value.kind() }) };
    let prefix = prefix.network();
    let last = last_number(prefix);
    let outside = || ValueError::OutsidePrefix { index, prefix, last };
    if u128::try_from(index).map_err(|_| outside())? > last {
        return Err(outside());
    }
    let address = moved(prefix.addr(), index.into()).ok_or_else(outside)?;
    Cidr::new(address, prefix.prefix_len()).map(Value::Prefix).map_err(|_| outside())
}

/// `VALUE.FIELD`; `None` where values of this kind have no such field, so that the dot is text.
pub fn field(value: &Value, name: &str) -> Option<Result<Value, ValueError>> {
    let prefix = match (value, name) {
        // A list holds at most `MAX_ITEMS` values.
        (Value::List(values), "len") => return Some(Ok(Value::Integer(values.len() as i64))),
        (Value::Prefix(prefix), _) => *prefix,
        _ => return None,
    };
    let network = prefix.network().addr();
    Some(match name {
        "ip" => Ok(Value::Address(prefix.addr())),
        "network" => Ok(Value::Prefix(prefix.network())),
        "len" => Ok(Value::Integer(prefix.prefix_len().into())),
        "broadcast" if prefix.is_ipv6() => Err(ValueError::OnlyIpv4 { field: "broadcast" }),
        "broadcast" => Ok(Value::Address(joined(network, last_number(prefix)))),
        "netmask" => match network {
            IpAddr::V4(_) => {
                let host_bits = 32 - u32::from(prefix.prefix_len());
                let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
                Ok(Value::Address(Ipv4Addr::from_bits(mask).into()))
            }
            IpAddr::V6(_) => Err(ValueError::OnlyIpv4 { field: "netmask" }),
        },
        "first" => Ok(Value::Address(joined(network, u128::from(has_ends(prefix))))),
        "last" => {
            let broadcast = u128::from(has_ends(prefix) && !prefix.is_ipv6());
            Ok(Value::Address(joined(network, last_number(prefix) - broadcast)))
        }
        "size" => count(last_number(prefix)),
        _ => return None,
    })
}

/// `PREFIX.subnet(LENGTH, NUMBER)`: the subnets of that length are counted from 0.
pub fn subnet(value: &Value, length: &Value, number: &Value) -> Option<Result<Value, ValueError>> {
    let Value::Prefix(prefix) = *value else { return None };
    let (Value::Integer(length), Value::Integer(number)) = (length, number) else {
        let kind = if matches!(length, Value::Integer(_)) { number.kind() } else { length.kind() };
        return Some(Err(ValueError::IndexKind { kind }));
    };
    Some(numbered_subnet(prefix.network(), *length, *number))
}

fn numbered_subnet(prefix: Cidr, length: i64, number: i64) -> Result<Value, ValueError> {
    let max = bits(prefix);
    let bad_length = || ValueError::SubnetLength { prefix, max, length };
    let len = u8::try_from(length).map_err(|_| bad_length())?;
    if !(prefix.prefix_len()..=max).contains(&len) {
        return Err(bad_length());
    }
    let last = all_ones(len - prefix.prefix_len());
    let no_such = || ValueError::SubnetNumber { prefix, length: len, number, last };
    let which = u128::try_from(number).ok().filter(|which| *which <= last).ok_or_else(no_such)?;
    let offset = which.checked_shl(u32::from(max - len)).unwrap_or(0);
    let address = joined(prefix.addr(), offset);
    Cidr::new(address, len).map(Value::Prefix).map_err(|_| bad_length())
}

/// Whether the first and the last address are set apart: not in a `/31`, `/32`, `/127`, `/128`.
fn has_ends(prefix: Cidr) -> bool {
    prefix.prefix_len() + 1 < bits(prefix)
}

fn bits(prefix: Cidr) -> u8 {
    if prefix.is_ipv6() { 128 } else { 32 }
}

/// The number of the last address, counted from 0.
fn last_number(prefix: Cidr) -> u128 {
    all_ones(bits(prefix) - prefix.prefix_len())
}

fn all_ones(bits: u8) -> u128 {
    1_u128.checked_shl(bits.into()).map_or(u128::MAX, |power| power - 1)
}

/// The number that follows a last number.
fn count(last: u128) -> Result<Value, ValueError> {
    let size = last.checked_add(1).and_then(|size| i64::try_from(size).ok());
    size.map(Value::Integer).ok_or_else(|| ValueError::Overflow { what: format!("{last} + 1") })
}

/// A network's address with bits of its host part; they never overlap.
fn joined(network: IpAddr, offset: u128) -> IpAddr {
    match network {
        IpAddr::V4(network) => Ipv4Addr::from_bits(network.to_bits() | offset as u32).into(),
        IpAddr::V6(network) => Ipv6Addr::from_bits(network.to_bits() | offset).into(),
    }
}
