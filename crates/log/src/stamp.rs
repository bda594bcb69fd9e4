//! An instant as a text of fixed width. The log compares instants and keeps them; it has no calendar.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An instant in UTC, written `YYYY-MM-DDTHH:MM:SS.ffffffZ`. The order of the texts is
/// the order of the instants. Whether a month has 30 or 31 days is the business of
/// whoever made the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Stamp([u8; Stamp::BYTES]);

/// A text is no instant of the log's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an instant is written `YYYY-MM-DDTHH:MM:SS.ffffffZ`")]
pub struct StampFault;

impl Stamp {
    /// The width of an instant's text.
    pub const BYTES: usize = 27;

    /// Reads an instant.
    ///
    /// # Errors
    /// When the text does not have the one form.
    pub fn parse(text: &str) -> Result<Stamp, StampFault> {
        Stamp::from_bytes(text.as_bytes()).ok_or(StampFault)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Stamp> {
        const FORM: &[u8; Stamp::BYTES] = b"0000-00-00T00:00:00.000000Z";
        let bytes: [u8; Stamp::BYTES] = bytes.try_into().ok()?;
        let formed = bytes.iter().zip(FORM).all(|(have, want)| match want {
            b'0' => have.is_ascii_digit(),
            other => have == other,
        });
        let two = |at: usize| {
            let digit = |i: usize| bytes.get(i).map_or(0, |b| b.wrapping_sub(b'0'));
            digit(at).wrapping_mul(10).wrapping_add(digit(at + 1))
        };
        let sane = formed
            && (1..=12).contains(&two(5))
            && (1..=31).contains(&two(8))
            && two(11) < 24
            && two(14) < 60
            && two(17) < 60;
        sane.then_some(Stamp(bytes))
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Stamp {
    type Err = StampFault;

    fn from_str(text: &str) -> Result<Stamp, StampFault> {
        Stamp::parse(text)
    }
}

impl TryFrom<String> for Stamp {
    type Error = StampFault;

    fn try_from(text: String) -> Result<Stamp, StampFault> {
        Stamp::parse(&text)
    }
}

impl From<Stamp> for String {
    fn from(stamp: Stamp) -> String {
        stamp.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_order_as_instants_do() {
        let early = Stamp::parse("2024-02-03T04:05:06.000007Z").unwrap();
        let late = Stamp::parse("2024-10-01T00:00:00.000000Z").unwrap();
        assert!(early < late);
        assert_eq!(early.to_string(), "2024-02-03T04:05:06.000007Z");
    }

    #[test]
    fn another_form_is_refused() {
        for bad in [
            "",
            "2024-02-03T04:05:06Z",
            "2024-02-03T04:05:06.000007+",
            "2024-13-03T04:05:06.000007Z",
            "2024-00-03T04:05:06.000007Z",
            "2024-02-00T04:05:06.000007Z",
            "2024-02-03T24:05:06.000007Z",
            "2024-02-03T04:60:06.000007Z",
            "2024-02-03T04:05:60.000007Z",
            "2024-02-03 04:05:06.000007Z",
            "２024-02-03T04:05:06.00007Z",
        ] {
            assert_eq!(Stamp::parse(bad), Err(StampFault), "{bad}");
        }
    }
}
