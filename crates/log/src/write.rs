//! What is handed in: events for some streams, all or none.

use uuid::Uuid;

use crate::{
    error::{AppendError, Limit},
    json::RawJson,
    position::Version,
    stamp::Stamp,
    stream_id::StreamId,
};

/// The longest line, in bytes, counted with the widest numbers it may need.
pub const MAX_LINE_BYTES: u64 = 1 << 20;
/// The largest append, in bytes of its lines.
pub const MAX_APPEND_BYTES: u64 = 128 << 20;
/// The most records in one append.
pub const MAX_APPEND_RECORDS: u64 = 50_000;

/// An event before it has a place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The event's own id; the caller makes it out of the command's, so that a repeat is known.
    pub id: Uuid,
    /// The event's type, `case.stage_reported`: `a-z`, `0-9`, `_`, `-`, `.`; at most 100 bytes.
    pub kind: String,
    /// Which shape of that type the payload has.
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

/// How many events a stream must hold for a write to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Exactly so many; 0 means that the stream does not exist.
    Count(u64),
    /// However many.
    Any,
}

impl From<Version> for Expected {
    fn from(last: Version) -> Expected {
        Expected::Count(last.0)
    }
}

/// One stream's share of an append. Without events it is a condition alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamWrite {
    /// The stream.
    pub stream: StreamId,
    /// What the stream must hold before.
    pub expected: Expected,
    /// What is added to it.
    pub events: Vec<NewEvent>,
}

/// Writes that are all stored, or none, at consecutive positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// What the caller's clock says; the log takes the later of this and its last `recorded_at`.
    pub recorded_at: Stamp,
    /// At least one; each stream at most once.
    pub writes: Vec<StreamWrite>,
}

impl Append {
    /// An append to one stream.
    #[must_use]
    pub fn one(
        recorded_at: Stamp,
        stream: StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Append {
        Append {
            recorded_at,
            writes: vec![StreamWrite {
                stream,
                expected,
                events,
            }],
        }
    }

    /// Checks what can be checked without looking at the log, and measures the lines.
    pub(crate) fn check(&self) -> Result<u64, AppendError> {
        let invalid = |reason: &str| {
            Err(AppendError::Invalid {
                reason: reason.to_owned(),
            })
        };
        if self.writes.is_empty() {
            return invalid("an append without writes");
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut records = 0_u64;
        let mut bytes = 0_u64;
        for write in &self.writes {
            // Most appends have one write, and nothing to compare it with.
            if self.writes.len() > 1 && !seen.insert(&write.stream) {
                return invalid(&format!("stream `{}` twice in one append", write.stream));
            }
            for event in &write.events {
                if !kind_is_sound(&event.kind) {
                    return invalid(&format!("`{}` is no event type", event.kind.escape_debug()));
                }
                let line = line_bound(&write.stream, event);
                Limit::Line.hold(line, MAX_LINE_BYTES)?;
                bytes = bytes.saturating_add(line);
                records += 1;
            }
        }
        Limit::Records.hold(records, MAX_APPEND_RECORDS)?;
        Limit::Append.hold(bytes, MAX_APPEND_BYTES)?;
        Ok(bytes)
    }
}

pub(crate) fn kind_is_sound(kind: &str) -> bool {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b);
    kind.len() <= 100
        && kind.starts_with(|c: char| c.is_ascii_lowercase())
        && kind.bytes().all(word)
}

/// How long the event's line is at most, whatever its numbers turn out to be.
fn line_bound(stream: &StreamId, event: &NewEvent) -> u64 {
    // The fixed keys, three numbers of at most 16 digits, `part` with two of 5, the schema with 10,
    // two instants, the id, the checksum and the line break come to less than this.
    const FRAME: usize = 400;
    let texts = stream.as_str().len()
        + event.kind.len()
        + event.actor.as_str().len()
        + event.command.as_str().len()
        + event.payload.as_str().len();
    u64::try_from(texts.saturating_add(FRAME)).unwrap_or(u64::MAX)
}
