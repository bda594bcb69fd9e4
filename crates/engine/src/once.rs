//! JSON in which no member stands twice: of two amounts nobody knows which was meant.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Why a text is not taken.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It is no JSON.
    #[error("{0}")]
    Malformed(serde_json::Error),
    /// A member stands twice in one object.
    #[error("the member `{0}` stands twice")]
    Twice(String),
}

/// Reads a text.
///
/// # Errors
/// [`JsonError`].
pub fn read_json(text: &str) -> Result<Value, JsonError> {
    let twice = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Once(&twice).deserialize(&mut reader);
    read.and_then(|()| reader.end())
        .map_err(JsonError::Malformed)?;
    match twice.into_inner() {
        // What a number becomes depends on serde_json's features, which are for it to know.
        None => serde_json::from_str(text).map_err(JsonError::Malformed),
        Some(member) => Err(JsonError::Twice(member)),
    }
}

/// Reads any value, and notes the first member that was there before.
#[derive(Clone, Copy)]
struct Once<'t>(&'t RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut known = BTreeSet::new();
        while let Some(member) = members.next_key::<String>()? {
            members.next_value_seed(self)?;
            if known.contains(&member) {
                self.0.borrow_mut().get_or_insert(member);
            } else {
                known.insert(member);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_stands() {
        let text = r#"{"a":[1,-2,3.5,true,null,"x",{"a":1}],"b":{"a":1,"c":[]}}"#;
        let read = read_json(text).unwrap();
        assert_eq!(read, serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_member_that_stands_twice_is_named() {
        for text in [
            r#"{"a":1,"b":2,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"[{"c":{"a":1,"b":{},"a":[]}}]"#,
        ] {
            let refused = read_json(text).unwrap_err();
            assert_eq!(refused.to_string(), "the member `a` stands twice", "{text}");
        }
    }

    #[test]
    fn what_is_no_json_or_more_than_one_is_not_taken() {
        for text in ["", "{", "{} {}", "{\"a\":}", "nothing"] {
            let refused = read_json(text).unwrap_err();
            assert!(matches!(refused, JsonError::Malformed(_)), "{text}");
        }
    }
}
