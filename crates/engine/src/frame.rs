//! Between events and the records of the log: who, when, by which command.

use std::collections::BTreeMap;

use redress_core::event::Event;
use redress_kernel::actor::Actor;
use redress_kernel::case::Meta;
use redress_kernel::decide::Dated;
use redress_kernel::time::Instant;
use redress_log::{NewEvent, RawJson, Recorded, Stamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::Error;

/// The command that an event follows from: its id, and a digest of its content, so that another command under
/// the same id is known as such.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    pub(crate) id: Uuid,
    pub(crate) digest: String,
}

impl Mark {
    /// The mark of a command by its content.
    pub(crate) fn of(id: Uuid, content: &impl Serialize) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(content).map_err(|e| {
            Error::invalid(e.to_string(), "command", "enter values that JSON can say")
        })?;
        Ok(Self {
            id,
            digest: hex(&Sha256::digest(bytes)),
        })
    }

    /// The id of the command's event of a place, from 0.
    pub(crate) fn event_id(&self, index: usize) -> Uuid {
        Uuid::new_v5(&self.id, index.to_string().as_bytes())
    }
}

/// The commands that were done on a stream, each with the version behind its last event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Done(BTreeMap<Uuid, (String, u64)>);

impl Done {
    /// Takes note of a record's command.
    pub(crate) fn note(&mut self, recorded: &Recorded) -> Result<(), Error> {
        let mark = mark(recorded)?;
        self.0.insert(mark.id, (mark.digest, recorded.version.0));
        Ok(())
    }

    /// The version behind a command that was done; under the same id with another content it is refused.
    pub(crate) fn version(&self, mark: &Mark) -> Result<Option<u64>, Error> {
        match self.0.get(&mark.id) {
            Some((digest, version)) if *digest == mark.digest => Ok(Some(*version)),
            Some(_) => Err(Error::OtherContent { command: mark.id }),
            None => Ok(None),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn stamp(instant: Instant) -> Result<Stamp, Error> {
    Stamp::parse(&instant.to_string()).map_err(|e| Error::Integrity {
        reason: format!("`{instant}`: {e}"),
    })
}

pub(crate) fn instant(stamp: Stamp) -> Result<Instant, Error> {
    Instant::parse_rfc3339(stamp.as_str()).map_err(|e| Error::Integrity {
        reason: e.to_string(),
    })
}

/// An event as the log takes it.
pub(crate) fn record(
    id: Uuid,
    (kind, schema, payload): (&str, u32, Result<String, serde_json::Error>),
    at: Instant,
    actor: &Actor,
    mark: &Mark,
) -> Result<NewEvent, Error> {
    let payload = payload.map_err(|e| Error::Integrity {
        reason: format!("`{kind}` cannot be written: {e}"),
    })?;
    Ok(NewEvent {
        id,
        kind: kind.to_owned(),
        schema,
        occurred_at: stamp(at)?,
        actor: RawJson::of(actor)?,
        command: RawJson::of(mark)?,
        payload: RawJson::new(payload)?,
    })
}

/// The events of a command on a case as the log takes them; `first` counts the command's events before them.
pub(crate) fn of_case(
    events: &[Dated<Event>],
    actor: &Actor,
    mark: &Mark,
    first: usize,
) -> Result<Vec<NewEvent>, Error> {
    let mut list = Vec::with_capacity(events.len());
    for (dated, index) in events.iter().zip(first..) {
        let event = &dated.event;
        let parts = (event.kind(), event.schema(), event.payload());
        list.push(record(mark.event_id(index), parts, dated.at, actor, mark)?);
    }
    Ok(list)
}

/// An event of a case as it was read back.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) event: Event,
    pub(crate) meta: Meta,
    pub(crate) mark: Mark,
}

pub(crate) fn mark(recorded: &Recorded) -> Result<Mark, Error> {
    parse(recorded, "command", recorded.command.as_str())
}

pub(crate) fn actor(recorded: &Recorded) -> Result<Actor, Error> {
    parse(recorded, "actor", recorded.actor.as_str())
}

pub(crate) fn entry(recorded: &Recorded) -> Result<Entry, Error> {
    Ok(Entry {
        event: Event::read(&recorded.kind, recorded.schema, recorded.payload.as_str())?,
        meta: Meta {
            at: instant(recorded.occurred_at)?,
            actor: actor(recorded)?,
        },
        mark: mark(recorded)?,
    })
}

fn parse<'t, T: Deserialize<'t>>(
    recorded: &Recorded,
    what: &str,
    text: &'t str,
) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|e| Error::Integrity {
        reason: format!(
            "position {}: `{what}` does not read: {e}",
            recorded.position
        ),
    })
}
