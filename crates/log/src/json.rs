//! JSON text as the log keeps it: one value in the one spelling that every reader agrees on.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::position::LARGEST_INTEGER;

/// One JSON value as text: no blanks between its parts, no line break, no float, integers
/// within ±(2^53 − 1), no escape for what UTF-8 can say, no key twice in an object. The bytes
/// are what is stored, hashed and handed back; they are never written anew from their meaning.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawJson(Box<str>);

/// Why a text may not be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// The text is not exactly one JSON value without blanks, at this byte.
    #[error("not one JSON value without blanks (byte {at})")]
    Syntax {
        /// The byte, counted from 0.
        at: usize,
    },
    /// A number has a fraction or an exponent, at this byte.
    #[error("a number with a fraction or an exponent (byte {at}): write an integer or a text")]
    Float {
        /// The byte, counted from 0.
        at: usize,
    },
    /// An integer lies outside ±(2^53 − 1), at this byte.
    #[error("an integer outside ±(2^53 − 1) (byte {at}): write a text")]
    Integer {
        /// The byte, counted from 0.
        at: usize,
    },
    /// An escape stands for what UTF-8 says itself, at this byte.
    #[error("an escape for what UTF-8 can say (byte {at})")]
    Escape {
        /// The byte, counted from 0.
        at: usize,
    },
    /// A key stands twice in an object, the second time at this byte.
    #[error("a key that stands twice in an object (byte {at})")]
    Key {
        /// The byte, counted from 0.
        at: usize,
    },
    /// Arrays and objects are nested deeper than 100, at this byte.
    #[error("nested deeper than {} (byte {at})", RawJson::MAX_DEPTH)]
    Depth {
        /// The byte, counted from 0.
        at: usize,
    },
    /// A value could not be written as JSON at all.
    #[error("cannot be written as JSON: {0}")]
    Unwritable(String),
}

impl JsonFault {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            JsonFault::Syntax { .. } => "json_syntax",
            JsonFault::Float { .. } => "json_float",
            JsonFault::Integer { .. } => "json_integer",
            JsonFault::Escape { .. } => "json_escape",
            JsonFault::Key { .. } => "json_key",
            JsonFault::Depth { .. } => "json_depth",
            JsonFault::Unwritable(_) => "json_unwritable",
        }
    }
}

impl RawJson {
    /// How deep arrays and objects may be nested.
    pub const MAX_DEPTH: usize = 100;

    /// Takes a text as it is.
    ///
    /// # Errors
    /// Says where it is not in the one spelling.
    pub fn new(text: impl Into<String>) -> Result<RawJson, JsonFault> {
        let text = text.into();
        RawJson::check(&text)?;
        Ok(RawJson(text.into_boxed_str()))
    }

    /// Whether a text is a value in the one spelling.
    pub(crate) fn check(text: &str) -> Result<(), JsonFault> {
        let mut scanner = Scanner {
            bytes: text.as_bytes(),
            at: 0,
        };
        scanner.value(0)?;
        if scanner.at != text.len() {
            return Err(scanner.syntax());
        }
        Ok(())
    }

    /// Writes a value as JSON and takes that.
    ///
    /// # Errors
    /// When it cannot be written, or holds a float or too large an integer.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<RawJson, JsonFault> {
        let text =
            serde_json::to_string(value).map_err(|e| JsonFault::Unwritable(e.to_string()))?;
        RawJson::new(text)
    }

    /// The value `null`.
    #[must_use]
    pub fn null() -> RawJson {
        RawJson("null".into())
    }

    /// The value `{}`.
    #[must_use]
    pub fn empty() -> RawJson {
        RawJson("{}".into())
    }

    /// Reads the value.
    ///
    /// # Errors
    /// When the text is not of the type asked for.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a text that a checksum vouches for.
    pub(crate) fn trusted(text: &str) -> RawJson {
        RawJson(text.into())
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn syntax(&self) -> JsonFault {
        JsonFault::Syntax { at: self.at }
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn expect(&mut self, literal: &[u8]) -> Result<(), JsonFault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(literal) {
            return Err(self.syntax());
        }
        self.at += literal.len();
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<(), JsonFault> {
        match self.peek() {
            b'{' => self.list(b'}', depth, true),
            b'[' => self.list(b']', depth, false),
            b'"' => self.string(),
            b't' => self.expect(b"true"),
            b'f' => self.expect(b"false"),
            b'n' => self.expect(b"null"),
            b'-' | b'0'..=b'9' => self.integer(),
            _ => Err(self.syntax()),
        }
    }

    /// An array or object inside so many others; an empty one counts as well.
    fn list(&mut self, end: u8, depth: usize, keyed: bool) -> Result<(), JsonFault> {
        if depth >= RawJson::MAX_DEPTH {
            return Err(JsonFault::Depth { at: self.at });
        }
        self.at += 1;
        if self.peek() == end {
            self.at += 1;
            return Ok(());
        }
        let mut keys: Vec<(&'a [u8], usize)> = Vec::new();
        loop {
            if keyed {
                let start = self.at;
                self.string()?;
                keys.push((self.bytes.get(start..self.at).unwrap_or_default(), start));
                self.expect(b":")?;
            }
            self.value(depth + 1)?;
            if self.peek() == end {
                self.at += 1;
                return once_each(keys);
            }
            self.expect(b",")?;
        }
    }

    fn string(&mut self) -> Result<(), JsonFault> {
        self.expect(b"\"")?;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(0x20..) => self.at += 1,
                _ => return Err(self.syntax()),
            }
        }
    }

    /// A quotation mark, a backslash and the control characters need an escape, the short
    /// one where there is one; everything else UTF-8 can say.
    fn escape(&mut self) -> Result<(), JsonFault> {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        match rest {
            [b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
            [b'u', b'0', b'0', high @ (b'0' | b'1'), low, ..] => {
                let short = *high == b'0' && matches!(low, b'8' | b'9' | b'a' | b'c' | b'd');
                if short || !matches!(low, b'0'..=b'9' | b'a'..=b'f') {
                    return Err(JsonFault::Escape { at: self.at });
                }
                self.at += 6;
            }
            [b'u' | b'/', ..] => return Err(JsonFault::Escape { at: self.at }),
            _ => return Err(self.syntax()),
        }
        Ok(())
    }

    fn integer(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        let negative = self.peek() == b'-';
        if negative {
            self.at += 1;
        }
        let first = self.peek();
        let digits_from = self.at;
        let mut value: u64 = 0;
        while let digit @ b'0'..=b'9' = self.peek() {
            value = value
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let digits = self.at - digits_from;
        if matches!(self.peek(), b'.' | b'e' | b'E') {
            return Err(JsonFault::Float { at: start });
        }
        if digits == 0 || (first == b'0' && (digits > 1 || negative)) {
            return Err(JsonFault::Syntax { at: start });
        }
        if value > LARGEST_INTEGER {
            return Err(JsonFault::Integer { at: start });
        }
        Ok(())
    }
}

/// Readers disagree on what a key means that stands twice in an object. A text has one spelling, so
/// equal keys are equal bytes.
fn once_each(mut keys: Vec<(&[u8], usize)>) -> Result<(), JsonFault> {
    keys.sort_unstable();
    let twice = keys.windows(2).find_map(|two| match two {
        [(first, _), (second, at)] if first == second => Some(*at),
        _ => None,
    });
    twice.map_or(Ok(()), |at| Err(JsonFault::Key { at }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_in_the_one_spelling_pass() {
        for good in [
            "null",
            "true",
            "{}",
            "[]",
            "0",
            "-9007199254740991",
            r#"{"a":[1,"投诉",{"b":null}],"c":"x\"\\\n\u001f"}"#,
            "\"\u{7f}\u{2028}\"",
        ] {
            assert_eq!(
                RawJson::new(good).map(|j| j.to_string()),
                Ok(good.to_owned())
            );
        }
    }

    #[test]
    fn another_spelling_is_refused_by_name() {
        let code = |text: &str| RawJson::new(text).map_err(|fault| fault.code());
        for bad in [
            "",
            " 1",
            "1 ",
            "{\"a\": 1}",
            "[1,]",
            "{,}",
            "{1:2}",
            "01",
            "-0",
            "-",
            "1 2",
            "\"a",
            "nul",
            "\"a\nb\"",
            "\"\\x\"",
            "[",
            "{\"a\"}",
            "NaN",
        ] {
            assert_eq!(code(bad), Err("json_syntax"), "{bad}");
        }
        for bad in ["1.0", "1e3", "-0.5", "[2E1]"] {
            assert_eq!(code(bad), Err("json_float"), "{bad}");
        }
        for bad in [
            "9007199254740992",
            "-9007199254740992",
            "99999999999999999999999",
        ] {
            assert_eq!(code(bad), Err("json_integer"), "{bad}");
        }
        for bad in [
            r#""\u0041""#,
            r#""\u6295""#,
            r#""\u000a""#,
            r#""\/""#,
            r#""\u001F""#,
        ] {
            assert_eq!(code(bad), Err("json_escape"), "{bad}");
        }
        for bad in [r#"{"a":1,"b":2,"a":1}"#, r#"[{"":{"\n":0,"\n":1}}]"#] {
            assert_eq!(code(bad), Err("json_key"), "{bad}");
        }
        assert_eq!(code(&"[".repeat(200_000)), Err("json_depth"));
        // What stands innermost makes it no deeper and no flatter.
        for inner in ["", "1", "{}", "\"[\""] {
            let levels = 100 - usize::from(inner == "{}");
            let nested =
                |levels: usize| format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels));
            assert_eq!(code(&nested(levels)).map(|_| ()), Ok(()), "{inner}");
            assert_eq!(code(&nested(levels + 1)), Err("json_depth"), "{inner}");
        }
    }

    proptest! {
        #[test]
        fn every_text_survives(text in any::<String>(), number in -(LARGEST_INTEGER as i64)..=LARGEST_INTEGER as i64) {
            let raw = RawJson::of(&(text.clone(), number)).unwrap();
            prop_assert_eq!(raw.parse::<(String, i64)>().unwrap(), (text, number));
        }

        #[test]
        fn what_passes_is_json(text in "[\\[\\]{}\",:0-9.eE\\\\a-z -]{0,24}") {
            if RawJson::new(text.clone()).is_ok() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            }
        }
    }
}
