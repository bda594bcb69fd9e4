//! What the journal holds, noted while it is read through: what an index in a store is compared with.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Entry, Index, IndexError, Indexed};
use crate::position::{Position, Version};

/// Knows of each stream its last version; and, if it is to keep them, where all records are.
#[derive(Debug)]
pub(crate) struct Ledger {
    keeps: bool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    streams: HashMap<Box<str>, Stream>,
    /// By position: where the line begins and how long it is. INVARIANT: without a gap from the first on.
    places: Vec<(u64, u32)>,
    records: u64,
    reached: Position,
}

#[derive(Debug, Default)]
struct Stream {
    last: Version,
    /// By version.
    positions: Vec<Position>,
}

impl Ledger {
    pub(crate) fn new(keeps: bool) -> Ledger {
        Ledger {
            keeps,
            inner: Mutex::default(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many streams and records there are.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let inner = self.inner();
        (inner.streams.len() as u64, inner.records)
    }

    /// How many streams have a record up to a position.
    pub(crate) fn streams_up_to(&self, position: Position) -> usize {
        let inner = self.inner();
        let begun = inner.streams.values().filter(|stream| {
            let first = stream.positions.first();
            first.is_some_and(|first| *first <= position)
        });
        begun.count()
    }

    /// How many records of a stream there are up to a position.
    pub(crate) fn versions_up_to(&self, stream: &str, position: Position) -> u64 {
        let inner = self.inner();
        inner.streams.get(stream).map_or(0, |stream| {
            stream.positions.partition_point(|p| *p <= position) as u64
        })
    }

    /// Where a version of a stream is.
    pub(crate) fn entry(&self, stream: &str, version: Version) -> Option<Entry> {
        let inner = self.inner();
        let nth = usize::try_from(version.0.checked_sub(1)?).ok()?;
        let position = *inner.streams.get(stream)?.positions.get(nth)?;
        inner.at(position)
    }

    /// Where the record of a position is.
    pub(crate) fn at(&self, position: Position) -> Option<Entry> {
        self.inner().at(position)
    }
}

impl Inner {
    fn at(&self, position: Position) -> Option<Entry> {
        let nth = usize::try_from(position.0.checked_sub(1)?).ok()?;
        let (offset, length) = *self.places.get(nth)?;
        Some(Entry {
            position,
            offset,
            length,
        })
    }
}

impl Index for Ledger {
    fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError> {
        let inner = &mut *self.inner();
        for record in records {
            if !inner.streams.contains_key(record.stream) {
                inner
                    .streams
                    .insert(record.stream.into(), Stream::default());
            }
            if let Some(stream) = inner.streams.get_mut(record.stream) {
                stream.last = record.version;
                if self.keeps {
                    stream.positions.push(record.entry.position);
                }
            }
            if self.keeps && record.entry.position.0 == inner.places.len() as u64 + 1 {
                inner
                    .places
                    .push((record.entry.offset, record.entry.length));
            }
            inner.reached = record.entry.position;
        }
        inner.records += records.len() as u64;
        Ok(())
    }

    fn last(&self, stream: &str) -> Result<Version, IndexError> {
        let inner = self.inner();
        Ok(inner.streams.get(stream).map_or(Version::NONE, |s| s.last))
    }

    fn entries(
        &self,
        stream: &str,
        from: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Entry)>, IndexError> {
        let versions = (from.0.max(1)..).map(Version);
        let known = versions.map_while(|v| self.entry(stream, v).map(|entry| (v, entry)));
        Ok(known.take(limit).collect())
    }

    fn near(&self, position: Position) -> Result<Option<Entry>, IndexError> {
        Ok(self.at(position))
    }

    fn reached(&self) -> Result<Position, IndexError> {
        Ok(self.inner().reached)
    }
}
