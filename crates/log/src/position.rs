//! Where an event stands: in the whole log (position) and in its stream (version).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The largest integer that every reader of JSON agrees on: 2^53 − 1 (jq reads doubles).
pub const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// Where an event stands in the whole log. The first event has position 1; as a head,
/// 0 means that the log is empty.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// The place before the first event.
    pub const NONE: Position = Position(0);
    /// The first event's position.
    pub const FIRST: Position = Position(1);

    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Position {
        Position(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an event stands in its stream. The first event has version 1; as the last
/// version of a stream, 0 means that the stream is empty.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The last version of a stream without events.
    pub const NONE: Version = Version(0);
    /// The first event's version.
    pub const FIRST: Version = Version(1);

    /// The version after this one.
    #[must_use]
    pub fn next(self) -> Version {
        Version(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
