//! What variables hold: integers, text, addresses, prefixes, Ethernet addresses, lists, truth.
//!
//! In: what was written ([`Value::look`]: a bare word is what it looks like), and the values of a calculation. Out:
//! another [`Value`], or a [`ValueError`] that says in a line what is wrong. Invariants: nothing here panics or wraps
//! around; a list holds at most [`MAX_ITEMS`] values; a value that is printed looks like what it was read from.

mod arithmetic;
mod field;

use std::{cmp::Ordering, fmt, net::IpAddr, rc::Rc};

use thiserror::Error;

use crate::net::{Cidr, Mac};

pub use arithmetic::{Operator, calculate, negate};
pub use field::{FIELDS, field, index, subnet};

/// The most values in a list, and so the longest range.
pub const MAX_ITEMS: usize = 1_000_000;

/// The most bytes of a word with variables in it: no program takes longer ones (`MAX_ARG_STRLEN` of the kernel).
pub const MAX_WORD: usize = 128 << 10;

/// The most bytes of text in a list, and of what a statement prints.
pub const MAX_TEXT: usize = 16 << 20;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `3`
    Integer(i64),
    /// `red`, `"a b"`
    Text(String),
    /// `192.168.15.5`, `fe80::1`
    Address(IpAddr),
    /// `192.168.15.0/24`; bits behind the prefix are kept.
    Prefix(Cidr),
    /// `02:00:00:00:00:01`
    Mac(Mac),
    /// `[red blue]`, `1..4`
    List(Rc<[Value]>),
    /// `true`, `false`
    Bool(bool),
}

/// Why there is no such value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    /// An operator between kinds that it does not join.
    #[error("`{operator}` does not join {left} and {right}")]
    Kinds {
        /// The operator.
        operator: &'static str,
        /// The kind before it, with its article.
        left: &'static str,
        /// The kind behind it.
        right: &'static str,
    },
    /// Kinds that are never equal, or have no order.
    #[error("{left} and {right} cannot be compared")]
    Incomparable {
        /// The kind before the operator.
        left: &'static str,
        /// The kind behind it.
        right: &'static str,
    },
    /// Beyond what a number holds.
    #[error("`{what}` is beyond the largest number")]
    Overflow {
        /// The calculation.
        what: String,
    },
    /// `/ 0`
    #[error("`{what}` divides by zero")]
    DivisionByZero {
        /// The calculation.
        what: String,
    },
    /// Beyond the first or the last address there is.
    #[error("`{what}` is beyond the last address there is")]
    AddressOverflow {
        /// The calculation.
        what: String,
    },
    /// `$lan[300]`
    #[error("address {index} lies outside {prefix}, which ends with number {last}")]
    OutsidePrefix {
        /// The number of the address.
        index: i64,
        /// The prefix.
        prefix: Cidr,
        /// The number of its last address.
        last: u128,
    },
    /// `$names[7]`
    #[error("there is no value number {index} in a list of {len}")]
    OutsideList {
        /// The number.
        index: i64,
        /// How many there are.
        len: usize,
    },
    /// An index behind what has no parts.
    #[error("{kind} has no parts that `[…]` could choose from")]
    NotIndexable {
        /// The kind.
        kind: &'static str,
    },
    /// An index that is no number.
    #[error("`[…]` takes a number, and this is {kind}")]
    IndexKind {
        /// The kind.
        kind: &'static str,
    },
    /// A field that this kind does not have.
    #[error("{kind} has no `.{field}`")]
    NoField {
        /// The kind.
        kind: &'static str,
        /// The field.
        field: String,
    },
    /// `.netmask` of an IPv6 prefix and the like.
    #[error("an IPv6 prefix has no `.{field}`")]
    OnlyIpv4 {
        /// The field.
        field: &'static str,
    },
    /// `.subnet(8, 0)` of a `/24`.
    #[error("a subnet of {prefix} has a length between {} and {max}, not {length}", prefix.prefix_len())]
    SubnetLength {
        /// The prefix.
        prefix: Cidr,
        /// 32 or 128.
        max: u8,
        /// What was asked for.
        length: i64,
    },
    /// `.subnet(28, 99)` of a `/24`.
    #[error("{prefix} has no subnet number {number} of length {length}: the last is {last}")]
    SubnetNumber {
        /// The prefix.
        prefix: Cidr,
        /// The length of the subnets.
        length: u8,
        /// What was asked for.
        number: i64,
        /// The last there is.
        last: u128,
    },
    /// `1..10000000000`
    #[error("the range `{text}` holds more than {MAX_ITEMS} numbers")]
    RangeTooLong {
        /// As written.
        text: String,
    },
    /// `$a$a`, again and again.
    #[error("this would be text of more than {most} bytes")]
    TextTooLong {
        /// How many there may be.
        most: usize,
    },
}

impl Value {
    /// What a bare word looks like.
    pub fn look(text: &str) -> Result<Self, ValueError> {
        match text {
            "true" => return Ok(Self::Bool(true)),
            "false" => return Ok(Self::Bool(false)),
            _ => {}
        }
        if let Some(number) = integer(text) {
            return Ok(Self::Integer(number));
        }
        if let Some((first, last)) = text.split_once("..").and_then(|(a, b)| Some((integer(a)?, integer(b)?))) {
            return range(first, last).ok_or_else(|| ValueError::RangeTooLong { text: text.into() });
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        if text.contains('/')
            && let Ok(prefix) = text.parse()
        {
            return Ok(Self::Prefix(prefix));
        }
        let looks_like_mac = text.len() == 17 && text.split(':').all(|byte| byte.len() == 2);
        Ok(match text.parse() {
            Ok(mac) if looks_like_mac => Self::Mac(mac),
            _ => Self::Text(text.into()),
        })
    }

    /// What kind of value it is, with its article.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Integer(_) => "an integer",
            Self::Text(_) => "text",
            Self::Address(_) => "an address",
            Self::Prefix(_) => "a prefix",
            Self::Mac(_) => "an Ethernet address",
            Self::List(_) => "a list",
            Self::Bool(_) => "a truth value",
        }
    }

    /// About how many bytes it takes. The values of a long list are taken to be numbers, as those of ranges are.
    pub fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(values) if values.len() <= 4096 => {
                values.iter().map(|value| size_of::<Self>() + value.weight()).sum()
            }
            Self::List(values) => values.len() * size_of::<Self>(),
            Self::Integer(_) | Self::Address(_) | Self::Prefix(_) | Self::Mac(_) | Self::Bool(_) => 0,
        }
    }

    /// Whether two values are the same. Text is compared with what the other value looks like in writing.
    pub fn same(&self, other: &Self) -> Result<bool, ValueError> {
        match (self, other) {
            (Self::Text(_), Self::List(_)) | (Self::List(_), Self::Text(_)) => Err(self.incomparable(other)),
            (Self::Text(text), value) | (value, Self::Text(text)) => Ok(*text == value.to_string()),
            _ if std::mem::discriminant(self) == std::mem::discriminant(other) => Ok(self == other),
            _ => Err(self.incomparable(other)),
        }
    }

    /// Which of two values comes first; numbers, addresses of one family and Ethernet addresses have an order.
    pub fn order(&self, other: &Self) -> Result<Ordering, ValueError> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Ok(a.cmp(b)),
            (Self::Address(a), Self::Address(b)) if a.is_ipv4() == b.is_ipv4() => Ok(a.cmp(b)),
            (Self::Mac(a), Self::Mac(b)) => Ok(a.0.cmp(&b.0)),
            _ => Err(self.incomparable(other)),
        }
    }

    fn incomparable(&self, other: &Self) -> ValueError {
        ValueError::Incomparable { left: self.kind(), right: other.kind() }
    }
}

/// As a word: a list in its brackets, all else bare.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Address(address) => write!(f, "{address}"),
            Self::Prefix(prefix) => write!(f, "{prefix}"),
            Self::Mac(mac) => write!(f, "{mac}"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::List(values) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at == 0 { "" } else { " " })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A number as it would be printed: `007` and `+1` are text.
fn integer(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| number.to_string() == text)
}

/// Both ends included; backwards it is empty.
fn range(first: i64, last: i64) -> Option<Value> {
    let len = i128::from(last) - i128::from(first) + 1;
    (len <= MAX_ITEMS as i128).then(|| Value::List((first..=last).map(Value::Integer).collect()))
}

#[cfg(test)]
mod tests;
