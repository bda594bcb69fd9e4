//! JSON in which no member stands twice: of two amounts nobody knows which was meant.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

/// Why a text is not taken.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is no JSON.
    Malformed(serde_json::Error),
    /// A member stands twice in one object.
    Twice(String),
}

/// Reads a text.
pub(crate) fn read(text: &str) -> Result<Json, Fault> {
    let twice = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Once(&twice).deserialize(&mut reader);
    let json = read
        .and_then(|json| reader.end().map(|()| json))
        .map_err(Fault::Malformed)?;
    match twice.into_inner() {
        None => Ok(json),
        Some(member) => Err(Fault::Twice(member)),
    }
}

/// Reads any value, and notes the first member that was there before.
#[derive(Clone, Copy)]
struct Once<'t>(&'t RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(member) = members.next_key::<String>()? {
            let value = members.next_value_seed(self)?;
            if object.insert(member.clone(), value).is_some() {
                self.0.borrow_mut().get_or_insert(member);
            }
        }
        Ok(Json::Object(object))
    }
}
