//! Bytes that are not understood, as they are written into files: two digits a byte. For `#[serde(with = …)]`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Writes bytes.
pub(crate) fn serialize<B: Bytes, S: Serializer>(bytes: &B, serializer: S) -> Result<S::Ok, S::Error> {
    bytes.to_hex().serialize(serializer)
}

/// Reads them.
pub(crate) fn deserialize<'de, B: Bytes, D: Deserializer<'de>>(deserializer: D) -> Result<B, D::Error> {
    let text = B::Text::deserialize(deserializer)?;
    B::from_hex(&text).ok_or_else(|| D::Error::custom("bytes are written as pairs of hexadecimal digits"))
}

/// Bytes, bytes that may be missing, or several of them.
pub(crate) trait Bytes: Sized {
    /// How they are written.
    type Text: Serialize + for<'de> Deserialize<'de>;
    /// Writes them.
    fn to_hex(&self) -> Self::Text;
    /// Reads them; `None` where something else was written.
    fn from_hex(text: &Self::Text) -> Option<Self>;
}

impl Bytes for Vec<u8> {
    type Text = String;

    fn to_hex(&self) -> String {
        let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
        self.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    fn from_hex(text: &String) -> Option<Self> {
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return None;
        }
        pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
    }
}

impl Bytes for Option<Vec<u8>> {
    type Text = Option<String>;

    fn to_hex(&self) -> Self::Text {
        self.as_ref().map(Bytes::to_hex)
    }

    fn from_hex(text: &Self::Text) -> Option<Self> {
        text.as_ref().map_or(Some(None), |text| Bytes::from_hex(text).map(Some))
    }
}

impl Bytes for Vec<Vec<u8>> {
    type Text = Vec<String>;

    fn to_hex(&self) -> Self::Text {
        self.iter().map(Bytes::to_hex).collect()
    }

    fn from_hex(text: &Self::Text) -> Option<Self> {
        text.iter().map(Bytes::from_hex).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(Bytes::from_hex(&all.to_hex()), Some(all));
        assert_eq!([Vec::new(), vec![0, 0xaf]].to_vec().to_hex(), ["", "00af"]);
        for bad in ["a", "0g", "+1", "ü"] {
            assert_eq!(Vec::<u8>::from_hex(&bad.to_owned()), None, "{bad}");
        }
    }
}
