//! What comes back: events with their place in the log.

use std::num::NonZeroU32;

use uuid::Uuid;

use crate::{
    json::RawJson,
    position::{Position, Version},
    stamp::Stamp,
    stream_id::StreamId,
};

/// Which record of its append this is: `number` of `of`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Counted from 1.
    pub number: NonZeroU32,
    /// How many records the append has.
    pub of: NonZeroU32,
}

/// An event as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Where it stands in the whole log.
    pub position: Position,
    /// Where the turn began that stored it: the appends that one sync made durable together.
    pub turn: Position,
    /// Which record of its append it is.
    pub part: Part,
    /// When the log took it; never earlier than the record before.
    pub recorded_at: Stamp,
    /// Its stream.
    pub stream: StreamId,
    /// Where it stands in its stream.
    pub version: Version,
    /// Its own id.
    pub id: Uuid,
    /// Its type.
    pub kind: String,
    /// Which shape of the type the payload has.
    pub schema: u32,
    /// When the fact happened.
    pub occurred_at: Stamp,
    /// Who did it.
    pub actor: RawJson,
    /// Which command it follows from.
    pub command: RawJson,
    /// What happened.
    pub payload: RawJson,
}

/// Some records, and where to go on. `At` is [`Version`] in a stream, [`Position`] in the whole log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<At> {
    /// In order. Empty only at the end (or when none were asked for).
    pub records: Vec<Recorded>,
    /// Where the next page begins; records that a filter left out are behind it.
    pub next: At,
    /// Whether everything that was there when the page was read has been seen.
    pub end: bool,
}

impl Page<Version> {
    /// The last version seen: at the end of a stream, how many events it holds.
    #[must_use]
    pub fn last(&self) -> Version {
        Version(self.next.0.saturating_sub(1))
    }
}

/// What an append came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The first record's position. For conditions alone: the position the next record will have.
    pub first: Position,
    /// The last record's position. For conditions alone: one less than `first`.
    pub last: Position,
    /// The instant the records carry.
    pub recorded_at: Stamp,
    /// Each stream of the append, in its order, with its last version now.
    pub versions: Vec<(StreamId, Version)>,
}

impl Appended {
    /// The version of the first record that a write of the append added; the write is the `nth`, of so many
    /// records.
    pub(crate) fn first_version(&self, nth: usize, records: usize) -> Version {
        let last = self.versions.get(nth).map_or(0, |(_, last)| last.0);
        Version((last + 1).saturating_sub(records as u64))
    }

    /// The last version of a stream of the append.
    #[must_use]
    pub fn version(&self, stream: &StreamId) -> Option<Version> {
        self.versions
            .iter()
            .find(|(id, _)| id == stream)
            .map(|(_, version)| *version)
    }
}
