//! `+ - * / %` and the minus sign.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Value, ValueError};
use crate::net::Mac;

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl Operator {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// `LEFT OPERATOR RIGHT`: numbers, and an address plus or minus a number.
pub fn calculate(left: &Value, operator: Operator, right: &Value) -> Result<Value, ValueError> {
    let what = || format!("{left} {} {right}", operator.sign());
    let Value::Integer(number) = *right else { return Err(kinds(left, operator, right)) };
    let offset = match operator {
        Operator::Add => Some(i128::from(number)),
        Operator::Subtract => Some(-i128::from(number)),
        Operator::Multiply | Operator::Divide | Operator::Remainder => None,
    };
    match (left, offset) {
        (Value::Integer(left), _) => integers(*left, operator, number, what).map(Value::Integer),
        (Value::Address(address), Some(offset)) => {
            moved(*address, offset).map(Value::Address).ok_or_else(|| ValueError::AddressOverflow { what: what() })
        }
        (Value::Mac(mac), Some(offset)) => {
            moved_mac(*mac, offset).map(Value::Mac).ok_or_else(|| ValueError::AddressOverflow { what: what() })
        }
        _ => Err(kinds(left, operator, right)),
    }
}

/// `-VALUE`
pub fn negate(value: &Value) -> Result<Value, ValueError> {
    match value {
        Value::Integer(number) => {
            let negative = number.checked_neg().ok_or_else(|| ValueError::Overflow { what: format!("-{number}") });
            negative.map(Value::Integer)
        }
        _ => Err(kinds(&Value::Integer(0), Operator::Subtract, value)),
    }
}

fn kinds(left: &Value, operator: Operator, right: &Value) -> ValueError {
    ValueError::Kinds { operator: operator.sign(), left: left.kind(), right: right.kind() }
}

fn integers(left: i64, operator: Operator, right: i64, what: impl Fn() -> String) -> Result<i64, ValueError> {
    let divides = matches!(operator, Operator::Divide | Operator::Remainder);
    if divides && right == 0 {
        return Err(ValueError::DivisionByZero { what: what() });
    }
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => left.checked_div(right),
        Operator::Remainder => left.checked_rem(right),
    };
    result.ok_or_else(|| ValueError::Overflow { what: what() })
}

/// The address so many further on.
pub(super) fn moved(address: IpAddr, offset: i128) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => {
            let number = i128::from(address.to_bits()).checked_add(offset)?;
            Some(Ipv4Addr::from_bits(u32::try_from(number).ok()?).into())
        }
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits().checked_add_signed(offset)?).into()),
    }
}

fn moved_mac(mac: Mac, offset: i128) -> Option<Mac> {
    let number = mac.0.iter().fold(0_i128, |number, byte| number << 8 | i128::from(*byte));
    let bytes = u64::try_from(number.checked_add(offset)?).ok()?.to_be_bytes();
    let [0, 0, six @ ..] = bytes else { return None };
    Some(Mac(six))
}
