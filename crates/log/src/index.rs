//! The seam to the index: where in the journal a stream's events are.
//!
//! An index is never believed: every record found by it is read from the journal and
//! compared. It can be thrown away and built anew by reading the journal.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Debug,
    sync::{PoisonError, RwLock},
};

use crate::position::{Position, Version};

/// Where a record's line is. The segment is the one that holds the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The record's position.
    pub position: Position,
    /// Where its line begins in the segment, in bytes.
    pub offset: u64,
    /// How long the line is, without its line break, in bytes.
    pub length: u32,
}

/// A record to be known by the index.
#[derive(Clone, Copy, Debug)]
pub struct Indexed<'a> {
    /// Its stream.
    pub stream: &'a str,
    /// Its version there: the one after the stream's last, unless the journal is damaged between.
    pub version: Version,
    /// Where it is.
    pub entry: Entry,
}

/// The index does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IndexError(pub String);

/// From a stream's versions, and from positions, to places in the journal.
pub trait Index: Send + Sync + Debug {
    /// Adds records, in the order of their positions; all of them are seen, or none.
    ///
    /// # Errors
    /// When the index cannot keep them.
    fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError>;
    /// A stream's last version; 0 when it is not known.
    ///
    /// # Errors
    /// When the index does not answer.
    fn last(&self, stream: &str) -> Result<Version, IndexError>;
    /// A stream's entries from a version on, at most `limit`, in order. A version that the
    /// journal has lost is missing.
    ///
    /// # Errors
    /// When the index does not answer.
    fn entries(
        &self,
        stream: &str,
        from: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Entry)>, IndexError>;
    /// Some record at or before a position, as near as the index knows.
    ///
    /// # Errors
    /// When the index does not answer.
    fn near(&self, position: Position) -> Result<Option<Entry>, IndexError>;
    /// The last position that was added.
    ///
    /// # Errors
    /// When the index does not answer.
    fn reached(&self) -> Result<Position, IndexError>;
}

/// How far apart, in bytes of journal, the entries lie that [`Index::near`] finds.
const WAYMARK_BYTES: u64 = 64 * 1024;

/// An index in memory, built anew at each opening.
#[derive(Debug, Default)]
pub struct MemoryIndex {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Per stream: runs of consecutive versions, by the first of each. A sound journal has one run.
    streams: HashMap<Box<str>, Runs>,
    waymarks: BTreeMap<Position, Entry>,
    last_waymark: Option<Entry>,
    reached: Position,
}

#[derive(Debug, Default)]
struct Runs {
    first: Vec<Entry>,
    /// Runs behind a gap, by their first version.
    later: BTreeMap<Version, Vec<Entry>>,
}

impl Runs {
    fn last(&self) -> Version {
        match self.later.last_key_value() {
            Some((first, run)) => Version(first.0 + run.len() as u64 - 1),
            None => Version(self.first.len() as u64),
        }
    }

    fn push(&mut self, version: Version, entry: Entry) {
        if version != self.last().next() {
            self.later.insert(version, vec![entry]);
        } else if let Some(mut run) = self.later.last_entry() {
            run.get_mut().push(entry);
        } else {
            self.first.push(entry);
        }
    }

    fn from(&self, from: Version) -> impl Iterator<Item = (Version, Entry)> {
        let runs = std::iter::once((Version::FIRST, &self.first))
            .chain(self.later.iter().map(|(first, run)| (*first, run)));
        runs.flat_map(move |(first, run)| {
            let skip = usize::try_from(from.0.saturating_sub(first.0)).unwrap_or(usize::MAX);
            let version = move |i: usize| Version(first.0 + i as u64);
            run.iter()
                .enumerate()
                .skip(skip)
                .map(move |(i, entry)| (version(i), *entry))
        })
    }
}

impl Index for MemoryIndex {
    fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError> {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            match inner.streams.get_mut(record.stream) {
                Some(runs) => runs.push(record.version, record.entry),
                None => {
                    let mut runs = Runs::default();
                    runs.push(record.version, record.entry);
                    inner.streams.insert(record.stream.into(), runs);
                }
            }
            let entry = record.entry;
            // After a gap, and in a new segment, a waymark is due whatever the distance.
            let due = inner.last_waymark.is_none_or(|mark| {
                entry.position != inner.reached.next()
                    || entry.offset < mark.offset
                    || entry.offset - mark.offset >= WAYMARK_BYTES
            });
            if due {
                inner.waymarks.insert(entry.position, entry);
                inner.last_waymark = Some(entry);
            }
            inner.reached = entry.position;
        }
        Ok(())
    }

    fn last(&self, stream: &str) -> Result<Version, IndexError> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        Ok(inner.streams.get(stream).map_or(Version::NONE, Runs::last))
    }

    fn entries(
        &self,
        stream: &str,
        from: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Entry)>, IndexError> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let runs = inner.streams.get(stream);
        Ok(runs
            .map(|runs| runs.from(from).take(limit).collect())
            .unwrap_or_default())
    }

    fn near(&self, position: Position) -> Result<Option<Entry>, IndexError> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        Ok(inner
            .waymarks
            .range(..=position)
            .next_back()
            .map(|(_, entry)| *entry))
    }

    fn reached(&self) -> Result<Position, IndexError> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        Ok(inner.reached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(position: u64) -> Entry {
        Entry {
            position: Position(position),
            offset: position * 1000,
            length: 999,
        }
    }

    fn add(index: &MemoryIndex, stream: &str, version: u64, position: u64) {
        let entry = entry(position);
        index
            .add(&[Indexed {
                stream,
                version: Version(version),
                entry,
            }])
            .unwrap();
    }

    #[test]
    fn a_streams_entries_come_in_order_and_a_lost_version_is_missing() {
        let index = MemoryIndex::default();
        add(&index, "a/1", 1, 1);
        add(&index, "b/1", 1, 2);
        add(&index, "a/1", 2, 3);
        add(&index, "a/1", 5, 9);
        add(&index, "a/1", 6, 10);
        let versions = |from, limit| -> Vec<u64> {
            let entries = index.entries("a/1", Version(from), limit).unwrap();
            entries.into_iter().map(|(version, _)| version.0).collect()
        };
        assert_eq!(versions(1, 9), [1, 2, 5, 6]);
        assert_eq!(versions(2, 2), [2, 5]);
        assert_eq!(versions(6, 9), [6]);
        assert_eq!(versions(7, 9), [0; 0]);
        assert_eq!(index.last("a/1").unwrap(), Version(6));
        assert_eq!(index.last("c/1").unwrap(), Version::NONE);
        assert_eq!(index.reached().unwrap(), Position(10));
    }

    #[test]
    fn a_waymark_is_near_and_never_behind() {
        let index = MemoryIndex::default();
        for position in 1..=500 {
            add(&index, "a/1", position, position);
        }
        add(&index, "a/1", 600, 600);
        for position in 1..=500 {
            let near = index.near(Position(position)).unwrap().unwrap().position.0;
            assert!(near <= position && position - near <= 66);
        }
        assert_eq!(index.near(Position(600)).unwrap(), Some(entry(600)));
        assert_eq!(index.near(Position::NONE).unwrap(), None);
    }
}
