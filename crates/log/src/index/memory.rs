//! The index in memory: filled by reading the journal.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use foldhash::HashMap;

use super::{Entry, Index, IndexError, Indexed};
use crate::position::{Position, Version};

/// How far apart, in bytes of journal, the entries lie that [`Index::near`] finds.
const WAYMARK_BYTES: u64 = 64 * 1024;

/// An index in memory, built anew at each opening.
#[derive(Debug, Default)]
pub struct MemoryIndex {
    places: RwLock<Places>,
}

/// Places in memory, in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Per stream: runs of consecutive versions, by the first of each. A sound journal has one run.
    pub(super) streams: HashMap<Box<str>, Runs>,
    pub(super) waymarks: BTreeMap<Position, Entry>,
    last_waymark: Option<Entry>,
    /// How many were added here.
    pub(super) count: usize,
    pub(super) reached: Position,
}

#[derive(Debug, Default)]
pub(super) struct Runs {
    /// The version with which `first` begins; what is before it is kept elsewhere, or there is none.
    begins: Version,
    first: Vec<Entry>,
    /// Runs behind a gap, by their first version.
    later: BTreeMap<Version, Vec<Entry>>,
}

impl Runs {
    pub(super) fn last(&self) -> Version {
        match self.later.last_key_value() {
            Some((first, run)) => Version(first.0 + run.len() as u64 - 1),
            None => Version(self.begins.0 + self.first.len() as u64 - 1),
        }
    }

    fn new(version: Version, entry: Entry) -> Runs {
        Runs {
            begins: version,
            first: vec![entry],
            later: BTreeMap::new(),
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

    /// The runs, each with its first version.
    pub(super) fn all(&self) -> impl Iterator<Item = (Version, &[Entry])> {
        std::iter::once((self.begins, self.first.as_slice())).chain(
            self.later
                .iter()
                .map(|(first, run)| (*first, run.as_slice())),
        )
    }

    pub(super) fn from(&self, from: Version) -> impl Iterator<Item = (Version, Entry)> {
        self.all().flat_map(move |(first, run)| {
            let skip = usize::try_from(from.0.saturating_sub(first.0)).unwrap_or(usize::MAX);
            let version = move |i: usize| Version(first.0 + i as u64);
            run.iter()
                .enumerate()
                .skip(skip)
                .map(move |(i, entry)| (version(i), *entry))
        })
    }
}

impl Places {
    pub(super) fn add(&mut self, records: &[Indexed<'_>]) {
        for record in records {
            match self.streams.get_mut(record.stream) {
                Some(runs) => runs.push(record.version, record.entry),
                None => {
                    let runs = Runs::new(record.version, record.entry);
                    self.streams.insert(record.stream.into(), runs);
                }
            }
            let entry = record.entry;
            // After a gap, and in a new segment, a waymark is due whatever the distance.
            let due = self.last_waymark.is_none_or(|mark| {
                entry.position != self.reached.next()
                    || entry.offset < mark.offset
                    || entry.offset - mark.offset >= WAYMARK_BYTES
            });
            if due {
                self.waymarks.insert(entry.position, entry);
                self.last_waymark = Some(entry);
            }
            self.reached = entry.position;
        }
        self.count += records.len();
    }

    pub(super) fn last(&self, stream: &str) -> Option<Version> {
        self.streams.get(stream).map(Runs::last)
    }

    pub(super) fn near(&self, position: Position) -> Option<Entry> {
        let before = self.waymarks.range(..=position).next_back();
        before.map(|(_, entry)| *entry)
    }

    /// Places that begin empty where these end.
    pub(super) fn successor(&self) -> Places {
        Places {
            last_waymark: self.last_waymark,
            ..Places::behind(self.reached)
        }
    }

    /// Places that begin empty behind a position.
    pub(super) fn behind(reached: Position) -> Places {
        Places {
            reached,
            ..Places::default()
        }
    }
}

impl Index for MemoryIndex {
    fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError> {
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        places.add(records);
        Ok(())
    }

    fn last(&self, stream: &str) -> Result<Version, IndexError> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        Ok(places.last(stream).unwrap_or(Version::NONE))
    }

    fn entries(
        &self,
        stream: &str,
        from: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Entry)>, IndexError> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        let runs = places.streams.get(stream);
        Ok(runs
            .map(|runs| runs.from(from).take(limit).collect())
            .unwrap_or_default())
    }

    fn near(&self, position: Position) -> Result<Option<Entry>, IndexError> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        Ok(places.near(position))
    }

    fn reached(&self) -> Result<Position, IndexError> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        Ok(places.reached)
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
