//! Time as a value: instants, dates, months, zones (A1, A6). Nothing here asks what time it is.
//!
//! This folder is the only place of the kernel that knows the date library underneath; everything
//! else speaks of [`Instant`], [`Date`], [`Month`] and [`Zone`].

mod date;
mod error;
mod instant;
mod month;
mod zone;

#[cfg(test)]
mod tests;

pub use date::{Date, Weekday};
pub use error::TimeError;
pub use instant::Instant;
pub use month::Month;
pub use zone::Zone;

/// Seconds of one day of 24 hours.
pub const DAY_SECONDS: i64 = 86_400;

/// First year in which an instant or a date may lie.
pub const FIRST_YEAR: i32 = 1900;

/// Last year in which an instant or a date may lie: four digits, so that text sorts as time does.
pub const LAST_YEAR: i32 = 9999;

/// Serialises a value through its text and reads it back through `FromStr`.
macro_rules! serde_as_text {
    ($name:ty, $expected:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}
pub(crate) use serde_as_text;
