//! Whether an index in a store says what the journal holds: every row against it, and nothing missing.

use std::ops::ControlFlow;

use super::{
    Entry, Ledger, StoredIndex,
    stored::{WAYMARKS, decode, encode, number_of, tail_of},
};
use crate::{
    position::{Position, Version},
    store::{Store, StoreError},
};

const RUNS: &[u8] = b"i\0";
const NUMBER_BYTES: usize = 8;

/// The first difference between the index in a store and the journal up to a position, both ways; none if
/// they agree.
pub(crate) fn difference(
    store: &dyn Store,
    ledger: &Ledger,
    position: Position,
) -> Result<Option<String>, StoreError> {
    let reached = StoredIndex::reached_in(store)?;
    if reached != position {
        return Ok(Some(format!(
            "it says that it reaches {reached}, its note {position}"
        )));
    }
    let mut runs = Runs::new(ledger, position);
    let mut found = None;
    store.scan(RUNS, b"i\x01", &mut |key, value| {
        found = runs.take(key, value);
        stop_at(&found)
    })?;
    found = found.or_else(|| runs.end());
    if found.is_some() {
        return Ok(found);
    }
    store.scan(WAYMARKS, b"w\x01", &mut |key, value| {
        found = waymark(ledger, position, key, value);
        stop_at(&found)
    })?;
    Ok(found)
}

/// Shows each stream's runs in order, by the last version of each.
pub(crate) fn each_run(
    store: &dyn Store,
    show: &mut dyn FnMut(&str, Version),
) -> Result<(), StoreError> {
    store.scan(RUNS, b"i\x01", &mut |key, value| {
        if let Some((stream, first)) = stream_of(key) {
            let count = decode(value).len() as u64;
            show(stream, Version((first.0 + count).saturating_sub(1)));
        }
        ControlFlow::Continue(())
    })
}

fn stop_at(found: &Option<String>) -> ControlFlow<()> {
    match found {
        Some(_) => ControlFlow::Break(()),
        None => ControlFlow::Continue(()),
    }
}

/// The runs as they come: by stream, in order of version.
struct Runs<'l> {
    ledger: &'l Ledger,
    position: Position,
    stream: String,
    next: Version,
    streams: usize,
}

impl<'l> Runs<'l> {
    fn new(ledger: &'l Ledger, position: Position) -> Runs<'l> {
        Runs {
            ledger,
            position,
            stream: String::new(),
            next: Version::FIRST,
            streams: 0,
        }
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> Option<String> {
        let Some((stream, first)) = stream_of(key) else {
            return Some(format!("the row `{}` is none of its", key.escape_ascii()));
        };
        if stream != self.stream {
            if let Some(missing) = self.missing() {
                return Some(missing);
            }
            self.stream = stream.to_owned();
            self.next = Version::FIRST;
            self.streams += 1;
        }
        let entries = decode(value);
        if first != self.next || entries.is_empty() || encode(&entries) != value {
            return Some(format!(
                "a run of `{stream}` begins at version {first}, {} is due",
                self.next
            ));
        }
        for entry in entries {
            let held = self.ledger.entry(stream, self.next);
            if held != Some(entry) || entry.position > self.position {
                return Some(format!(
                    "it has version {} of `{stream}` at position {}, offset {}; there it is not",
                    self.next, entry.position, entry.offset
                ));
            }
            self.next = self.next.next();
        }
        None
    }

    /// Whether the stream in hand has more in the journal.
    fn missing(&self) -> Option<String> {
        if self.stream.is_empty() {
            return None;
        }
        let held = self.ledger.versions_up_to(&self.stream, self.position);
        (held + 1 != self.next.0).then(|| {
            format!(
                "of `{}` it lacks the versions from {} on",
                self.stream, self.next
            )
        })
    }

    fn end(&self) -> Option<String> {
        let held = self.ledger.streams_up_to(self.position);
        self.missing().or_else(|| {
            (held != self.streams).then(|| {
                format!(
                    "it knows {} streams, the journal holds {held}",
                    self.streams
                )
            })
        })
    }
}

fn stream_of(key: &[u8]) -> Option<(&str, Version)> {
    let name = key
        .strip_prefix(RUNS)?
        .get(..key.len().checked_sub(RUNS.len() + NUMBER_BYTES)?)?
        .strip_suffix(b"\0")?;
    let stream = std::str::from_utf8(name).ok().filter(|s| !s.is_empty())?;
    Some((stream, Version(number_of(tail_of(key)))))
}

fn waymark(ledger: &Ledger, position: Position, key: &[u8], value: &[u8]) -> Option<String> {
    let stated = Position(number_of(tail_of(key)));
    let entries: Vec<Entry> = decode(value);
    let held = ledger.at(stated).filter(|_| stated <= position);
    let sound = key.len() == WAYMARKS.len() + NUMBER_BYTES && entries.len() == 1;
    (!sound || held != entries.first().copied())
        .then(|| format!("its waymark of position {stated} is not where that record is"))
}
