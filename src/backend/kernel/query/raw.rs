use netlink_packet_core::Nla;

/// An attribute as its number and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawAttribute {
    kind: u16,
    value: Vec<u8>,
}

/// The attributes of a nest in raw form.
pub(super) struct RawAttributes(Vec<RawAttribute>);

impl RawAttributes {
    /// The flags `NLA_F_NESTED` and `NLA_F_NET_BYTEORDER` of `linux/netlink.h`, which are no part of the number.
    const TYPE_MASK: u16 = 0x3fff;

    pub(super) fn of<N: Nla>(attributes: &[N]) -> Self {
        Self(attributes.iter().map(Self::one).collect())
    }

    fn one<N: Nla>(attribute: &N) -> RawAttribute {
        let mut value = vec![0; attribute.value_len()];
        attribute.emit_value(&mut value);
        RawAttribute { kind: attribute.kind() & Self::TYPE_MASK, value }
    }

    /// The bytes of an attribute.
    pub(super) fn bytes(&self, kind: u16) -> Option<&[u8]> {
        self.0.iter().find(|attribute| attribute.kind == kind).map(|attribute| attribute.value.as_slice())
    }

    /// An attribute of one to eight bytes in the machine's order.
    pub(super) fn number(&self, kind: u16) -> Option<u64> {
        match *self.bytes(kind)? {
            [a] => Some(a.into()),
            [a, b] => Some(u16::from_ne_bytes([a, b]).into()),
            [a, b, c, d] => Some(u32::from_ne_bytes([a, b, c, d]).into()),
            [a, b, c, d, e, f, g, h] => Some(u64::from_ne_bytes([a, b, c, d, e, f, g, h])),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::DefaultNla;

    use super::*;

    #[test]
    fn reads_numbers_of_every_width_whatever_the_flags() {
        let nest = RawAttributes::of(&[
            DefaultNla::new(1, vec![7]),
            DefaultNla::new(2 | 0x8000, 300u16.to_ne_bytes().into()),
            DefaultNla::new(3, 70_000u32.to_ne_bytes().into()),
            DefaultNla::new(4, vec![1, 2, 3]),
        ]);
        assert_eq!([nest.number(1), nest.number(2), nest.number(3)], [Some(7), Some(300), Some(70_000)]);
        assert_eq!([nest.number(4), nest.number(5)], [None, None]);
    }
}
