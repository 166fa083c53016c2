//! Attributes of netlink: a kind, a value, and room up to the next multiple of four bytes.

use netlink_packet_core::{DefaultNla, Emitable, NLA_F_NESTED, NLA_HEADER_SIZE, NLA_TYPE_MASK, NlaBuffer};

/// An attribute.
pub fn attribute(kind: u16, value: &[u8]) -> DefaultNla {
    DefaultNla::new(kind, value.to_vec())
}

/// A number; nf_tables has them in network order.
pub fn number(kind: u16, value: u32) -> DefaultNla {
    attribute(kind, &value.to_be_bytes())
}

/// A text that ends with a NUL.
pub fn text(kind: u16, value: &str) -> DefaultNla {
    attribute(kind, &[value.as_bytes(), &[0]].concat())
}

/// Attributes inside an attribute.
pub fn nest(kind: u16, inside: &[DefaultNla]) -> DefaultNla {
    DefaultNla::new(kind | NLA_F_NESTED, bytes(inside))
}

/// The bytes of a run of attributes.
pub fn bytes(attributes: &[DefaultNla]) -> Vec<u8> {
    let mut bytes = vec![0; attributes.buffer_len()];
    attributes.emit(&mut bytes);
    bytes
}

/// The attributes of a run of bytes, in order: kind with its flags, and value. `None` when they are no attributes.
pub fn read(mut bytes: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let length = usize::from(NlaBuffer::new_checked(bytes).ok()?.length());
        let kind = u16::from_ne_bytes(bytes.get(2..4)?.try_into().ok()?);
        found.push((kind, bytes.get(NLA_HEADER_SIZE..length)?));
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(found)
}

/// The attributes of a run by their kinds; each kind is taken once.
pub struct Attributes<'a>(Vec<(u16, &'a [u8])>);

impl<'a> Attributes<'a> {
    /// `None` when the bytes are no attributes.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        Some(Self(read(bytes)?.into_iter().map(|(kind, value)| (kind & NLA_TYPE_MASK, value)).collect()))
    }

    /// Takes a value out.
    pub fn take(&mut self, kind: u16) -> Option<&'a [u8]> {
        let at = self.0.iter().position(|(candidate, _)| *candidate == kind)?;
        Some(self.0.remove(at).1)
    }

    /// Takes a number out.
    pub fn number(&mut self, kind: u16) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(kind)?.try_into().ok()?))
    }

    /// Takes a number out that must be that one.
    pub fn is(&mut self, kind: u16, value: u32) -> Option<()> {
        (self.number(kind)? == value).then_some(())
    }

    /// Takes a text out.
    pub fn text(&mut self, kind: u16) -> Option<String> {
        let value = self.take(kind)?;
        let value = value.strip_suffix(&[0]).unwrap_or(value);
        std::str::from_utf8(value).ok().map(String::from)
    }

    /// Takes out what `NFTA_DATA_VALUE` says inside.
    pub fn data(&mut self, kind: u16) -> Option<Vec<u8>> {
        let mut inside = Self::read(self.take(kind)?)?;
        let value = inside.take(1)?;
        inside.end()?;
        Some(value.to_vec())
    }

    /// Nothing must be left.
    pub fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
