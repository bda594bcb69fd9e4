//! Types of events and their schemas: how one is declared, written, and read back also when it is of an earlier day.

use serde::de::DeserializeOwned;

/// Why a recorded event cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// No event of that type is known.
    #[error("no event of the type `{kind}` is known")]
    UnknownType {
        /// The type as recorded.
        kind: String,
    },
    /// The event was written by a later schema than this build knows.
    #[error("`{kind}` is of schema {schema}; this build knows up to {known}: use a newer build")]
    FutureSchema {
        /// Type.
        kind: String,
        /// Schema as recorded.
        schema: u32,
        /// Newest known schema.
        known: u32,
    },
    /// The event names a schema that never was: they are counted from 1.
    #[error("`{kind}` has no schema {schema}: they are counted from 1")]
    NoSuchSchema {
        /// Type.
        kind: String,
        /// Schema as recorded.
        schema: u32,
    },
    /// The payload of an earlier schema does not become one of the next.
    #[error("the payload of `{kind}`, schema {schema}, does not read as schema {}: {why}", .schema + 1)]
    Upcast {
        /// Type.
        kind: String,
        /// The schema that was being read; the recorded one, or one on the way from it.
        schema: u32,
        /// What is wrong.
        why: String,
    },
    /// The payload is not what the type says.
    #[error("the payload of `{kind}` does not read: {why}")]
    Payload {
        /// Type.
        kind: String,
        /// What is wrong.
        why: String,
    },
}

impl EventError {
    /// Whether the event is whole, and only written by a build that knows more than this one.
    #[must_use]
    pub fn is_of_later_build(&self) -> bool {
        matches!(self, Self::UnknownType { .. } | Self::FutureSchema { .. })
    }
}

/// Reads a payload of one schema as the next: pure, and frozen like the payloads that it reads. So it names no type
/// that the next schema may change, and writes out what it gives.
pub type Upcaster = fn(serde_json::Value) -> Result<serde_json::Value, String>;

/// One type of event: its name, its newest schema, and how the earlier ones are read.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The type as recorded.
    pub name: &'static str,
    /// The newest schema, counted from 1.
    pub schema: u32,
    // INVARIANT: one for each earlier schema, the first reads schema 1.
    upcasters: &'static [Upcaster],
}

impl Kind {
    /// A type of event. In a constant, as `events!` makes them, a wrong number of upcasters does not compile.
    #[must_use]
    pub const fn new(name: &'static str, schema: u32, upcasters: &'static [Upcaster]) -> Self {
        assert!(schema >= 1, "schemas are counted from 1");
        assert!(
            upcasters.len() as u64 + 1 == schema as u64,
            "each schema but the newest needs its upcaster"
        );
        Self {
            name,
            schema,
            upcasters,
        }
    }

    /// Whether this build reads a schema of it.
    ///
    /// # Errors
    /// A future schema, and 0.
    pub fn check(&self, schema: u32) -> Result<(), EventError> {
        if schema > self.schema {
            return Err(EventError::FutureSchema {
                kind: self.name.to_owned(),
                schema,
                known: self.schema,
            });
        }
        if schema == 0 {
            return Err(EventError::NoSuchSchema {
                kind: self.name.to_owned(),
                schema,
            });
        }
        Ok(())
    }

    /// Reads a payload of any schema up to the newest. What the upcasters give is read as text, as a recorded payload
    /// is: one way of reading, whatever serde_json is told to do with numbers or the order of keys.
    ///
    /// # Errors
    /// A future schema, and 0; a payload that does not fit.
    pub fn read<T: DeserializeOwned>(&self, schema: u32, payload: &str) -> Result<T, EventError> {
        self.check(schema)?;
        let failed = |why: serde_json::Error| EventError::Payload {
            kind: self.name.to_owned(),
            why: why.to_string(),
        };
        if schema == self.schema {
            return serde_json::from_str(payload).map_err(failed);
        }
        let mut value: serde_json::Value = serde_json::from_str(payload).map_err(failed)?;
        let steps = (schema..).zip(self.upcasters.iter().skip(schema as usize - 1));
        for (from, upcaster) in steps {
            value = upcaster(value).map_err(|why| EventError::Upcast {
                kind: self.name.to_owned(),
                schema: from,
                why,
            })?;
        }
        let text = serde_json::to_string(&value).map_err(failed)?;
        serde_json::from_str(&text).map_err(failed)
    }
}

/// Declares an enum of events with the type and the newest schema under which each is recorded.
///
/// A schema behind the first names an [`Upcaster`] for each one before it, in order:
///
/// ```
/// # use serde_json::{Value, json};
/// #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
/// pub struct Seen {
///     by: String,
/// }
///
/// fn seen_1_to_2(_: Value) -> Result<Value, String> {
///     Ok(json!({ "by": "nobody said" }))
/// }
///
/// redress_kernel::events! {
///     /// An event.
///     pub enum Event {
///         /// It was seen.
///         Seen(Seen) = "test.seen", 2, from [seen_1_to_2];
///     }
/// }
/// # assert!(Event::read("test.seen", 1, "{}").is_ok());
/// ```
///
/// With one too few, or too many, it does not compile:
///
/// ```compile_fail,E0080
/// # #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
/// # pub struct Seen {
/// #     by: String,
/// # }
/// redress_kernel::events! {
///     /// An event.
///     pub enum Event {
///         /// It was seen.
///         Seen(Seen) = "test.seen", 2;
///     }
/// }
/// ```
///
/// Nor does schema 0:
///
/// ```compile_fail,E0080
/// # #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
/// # pub struct Seen {
/// #     by: String,
/// # }
/// redress_kernel::events! {
///     /// An event.
///     pub enum Event {
///         /// It was seen.
///         Seen(Seen) = "test.seen", 0;
///     }
/// }
/// ```
#[macro_export]
macro_rules! events {
    ($(#[$doc:meta])* pub enum $name:ident {
        $(
            $(#[$vdoc:meta])*
            $variant:ident($body:ty) = $kind:literal, $schema:literal $(, from [$($upcaster:path),+ $(,)?])?;
        )*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant($body),)* }

        impl $name {
            /// Every type of event.
            pub const KINDS: &'static [$crate::event::Kind] =
                &[$($crate::event::Kind::new($kind, $schema, &[$($($upcaster),+)?])),*];

            /// The type under which it is recorded.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)* }
            }
            /// The schema of its payload: the newest, since no other is written.
            pub fn schema(&self) -> u32 {
                match self { $(Self::$variant(_) => $schema,)* }
            }
            /// The payload as the one JSON text that is recorded.
            ///
            /// # Errors
            /// If a value has no JSON form; no event of this crate is such.
            pub fn payload(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$variant(body) => serde_json::to_string(body),)* }
            }
            /// Reads an event back, of the newest schema or an earlier one.
            ///
            /// # Errors
            /// An unknown type, a future schema, a payload that does not fit.
            pub fn read(kind: &str, schema: u32, payload: &str) -> Result<Self, $crate::event::EventError> {
                match kind {
                    $($kind => {
                        const KIND: $crate::event::Kind =
                            $crate::event::Kind::new($kind, $schema, &[$($($upcaster),+)?]);
                        KIND.read(schema, payload).map(Self::$variant)
                    })*
                    _ => Err($crate::event::EventError::UnknownType { kind: kind.to_owned() }),
                }
            }
        }
    };
}

#[cfg(test)]
#[expect(
    unreachable_pub,
    reason = "`events!` declares what others read; here nobody does"
)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    /// Schema 1 was `{"grams"}`, 2 `{"milligrams"}`, 3 has `unit` beside it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Weighed {
        milligrams: u64,
        unit: String,
    }

    fn weighed_1_to_2(payload: Value) -> Result<Value, String> {
        let grams = payload.get("grams").and_then(Value::as_u64);
        let milligrams = grams.and_then(|grams| grams.checked_mul(1000));
        let milligrams = milligrams.ok_or("no whole `grams` stand in it")?;
        Ok(json!({ "milligrams": milligrams }))
    }

    fn weighed_2_to_3(mut payload: Value) -> Result<Value, String> {
        let members = payload.as_object_mut().ok_or("it is no object")?;
        members.insert("unit".to_owned(), json!("mg"));
        Ok(payload)
    }

    crate::events! {
        /// An event of the tests.
        pub enum Weighing {
            /// Something was weighed.
            Weighed(Weighed) = "test.weighed", 3, from [weighed_1_to_2, weighed_2_to_3];
        }
    }

    fn read(schema: u32, payload: &str) -> Result<String, String> {
        let event = Weighing::read("test.weighed", schema, payload).map_err(|e| e.to_string())?;
        Ok(event.payload().unwrap())
    }

    #[test]
    fn each_earlier_schema_is_read_through_every_step_behind_it() {
        let now = r#"{"milligrams":7000,"unit":"mg"}"#;
        for (schema, payload) in [
            (1, r#"{"grams":7}"#),
            (2, r#"{"milligrams":7000}"#),
            (3, now),
        ] {
            assert_eq!(read(schema, payload).as_deref(), Ok(now), "schema {schema}");
        }
        let event = Weighing::read("test.weighed", 1, r#"{"grams":7}"#).unwrap();
        assert_eq!((event.kind(), event.schema()), ("test.weighed", 3));
        let known = Weighing::KINDS.first().unwrap();
        assert_eq!((known.name, known.schema), ("test.weighed", 3));
    }

    #[test]
    fn the_largest_integer_of_the_log_passes_every_step_unchanged() {
        let now = r#"{"milligrams":9007199254740991,"unit":"mg"}"#;
        assert_eq!(
            read(2, r#"{"milligrams":9007199254740991}"#).as_deref(),
            Ok(now)
        );
    }

    #[test]
    fn a_future_schema_is_refused_by_name_and_so_is_0() {
        assert_eq!(
            read(4, "{}").unwrap_err(),
            "`test.weighed` is of schema 4; this build knows up to 3: use a newer build"
        );
        assert_eq!(
            read(0, "{}").unwrap_err(),
            "`test.weighed` has no schema 0: they are counted from 1"
        );
    }

    #[test]
    fn a_payload_is_read_by_the_schema_that_it_names_and_no_other() {
        assert_eq!(
            read(1, r#"{"milligrams":7000}"#).unwrap_err(),
            "the payload of `test.weighed`, schema 1, does not read as schema 2: no whole `grams` stand in it"
        );
        assert_eq!(
            read(2, "7").unwrap_err(),
            "the payload of `test.weighed`, schema 2, does not read as schema 3: it is no object"
        );
        let of_none = [(1, "{"), (2, r#"{"grams":7}"#), (3, r#"{"grams":7}"#)];
        for (schema, payload) in of_none {
            let why = read(schema, payload).unwrap_err();
            assert!(
                why.starts_with("the payload of `test.weighed` does not read: "),
                "{why}"
            );
        }
    }
}
