//! The name of a stream: `category/id`.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

/// The name of a stream, `category/id`: at most 200 bytes; the category is made of
/// `a-z`, `0-9`, `-` and `_` and begins with a letter; the id is made of letters and digits
/// of any script and `-`, `_`, `.`, `:`, `~`, `@`, `+`. So a name never needs an escape in JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamId(Arc<str>);

/// Why a text is no stream name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamIdFault {
    /// There is no `/` between category and id.
    #[error("a stream is named `category/id`; there is no `/`")]
    NoSlash,
    /// The category is empty, or holds a character that it may not.
    #[error("a stream's category is made of a-z, 0-9, `-`, `_` and begins with a letter")]
    Category,
    /// The id is empty, or holds a character that it may not.
    #[error("a stream's id is made of letters, digits and `-_.:~@+`")]
    Id,
    /// The name is longer than 200 bytes.
    #[error("a stream's name has at most {} bytes", StreamId::MAX_BYTES)]
    TooLong,
}

impl StreamId {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 200;

    /// The stream of a category with an id.
    ///
    /// # Errors
    /// Says what is wrong with either.
    pub fn new(category: &str, id: &str) -> Result<StreamId, StreamIdFault> {
        StreamId::parse(&format!("{category}/{id}"))
    }

    /// Reads a name.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<StreamId, StreamIdFault> {
        check(text)?;
        Ok(StreamId(text.into()))
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the slash.
    #[must_use]
    pub fn category(&self) -> &str {
        self.0.split_once('/').map_or("", |(category, _)| category)
    }

    /// What stands after the slash.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, id)| id)
    }
}

/// Checks a name without keeping it.
pub(crate) fn check(text: &str) -> Result<(), StreamIdFault> {
    if text.len() > StreamId::MAX_BYTES {
        return Err(StreamIdFault::TooLong);
    }
    let (category, id) = text.split_once('/').ok_or(StreamIdFault::NoSlash)?;
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if !category.starts_with(|c: char| c.is_ascii_lowercase()) || !category.bytes().all(word) {
        return Err(StreamIdFault::Category);
    }
    let allowed = |c: char| c.is_alphanumeric() || "-_.:~@+".contains(c);
    if id.is_empty() || !id.chars().all(allowed) {
        return Err(StreamIdFault::Id);
    }
    Ok(())
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for StreamId {
    type Err = StreamIdFault;

    fn from_str(text: &str) -> Result<StreamId, StreamIdFault> {
        StreamId::parse(text)
    }
}

impl TryFrom<String> for StreamId {
    type Error = StreamIdFault;

    fn try_from(text: String) -> Result<StreamId, StreamIdFault> {
        check(&text)?;
        Ok(StreamId(text.into()))
    }
}

impl From<StreamId> for String {
    fn from(stream: StreamId) -> String {
        stream.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_category_and_an_id() {
        let stream = StreamId::parse("complaint/0191-a.b").unwrap();
        assert_eq!((stream.category(), stream.id()), ("complaint", "0191-a.b"));
        assert_eq!(StreamId::new("person", "工号7").unwrap().id(), "工号7");
    }

    #[test]
    fn a_name_that_would_need_an_escape_is_refused() {
        assert_eq!(StreamId::parse("complaint"), Err(StreamIdFault::NoSlash));
        assert_eq!(StreamId::parse("Case/1"), Err(StreamIdFault::Category));
        assert_eq!(StreamId::parse("/1"), Err(StreamIdFault::Category));
        for bad in [
            "c/",
            "c/a b",
            "c/a\"b",
            "c/a\\b",
            "c/a/b",
            "c/a\nb",
            "c/\u{202e}a",
        ] {
            assert_eq!(StreamId::parse(bad), Err(StreamIdFault::Id), "{bad:?}");
        }
        let long = format!("c/{}", "x".repeat(199));
        assert_eq!(StreamId::parse(&long), Err(StreamIdFault::TooLong));
    }
}
