//! Whether an append may stand, and which places its events get. Both bodies decide here.

use std::collections::hash_map;

use foldhash::HashMap;
use smallvec::SmallVec;
use uuid::Uuid;

use crate::{
    error::{AppendError, ReadError},
    position::{LARGEST_INTEGER, Position, Version},
    record::Appended,
    stamp::Stamp,
    stream_id::StreamId,
    write::{Append, Expected, StreamWrite},
};

/// What is stored already.
pub(crate) trait Standing {
    /// How many events a stream holds.
    fn count(&self, stream: &StreamId) -> Result<u64, ReadError>;
    /// The ids of a stream's events after the first `skip`, at most `limit`.
    fn ids(&self, stream: &StreamId, skip: u64, limit: usize) -> Result<Vec<Uuid>, ReadError>;
}

/// Appends, each seeing the effects of those before it: of those in the turn that is open, of those in the
/// one that is being written, of what is stored.
pub(crate) struct Admission {
    next: Position,
    recorded_at: Option<Stamp>,
    open: HashMap<StreamId, Touched>,
    flying: HashMap<StreamId, Touched>,
}

/// What a turn does to a stream. INVARIANT: `before` and `added` are the whole stream up to the turn's end,
/// whether or not the turn is stored by now.
#[derive(Default)]
struct Touched {
    /// How many events the stream held before the turn.
    before: u64,
    /// The ids that the turn adds, in order. Most often there is one.
    added: SmallVec<[Uuid; 2]>,
}

impl Touched {
    fn count(&self) -> u64 {
        self.before.saturating_add(self.added.len() as u64)
    }
}

impl Admission {
    /// Begins behind what is stored.
    pub(crate) fn new(head: Position, recorded_at: Option<Stamp>) -> Admission {
        Admission {
            next: head.next(),
            recorded_at,
            open: HashMap::default(),
            flying: HashMap::default(),
        }
    }

    /// The position that the next record will have.
    pub(crate) fn next(&self) -> Position {
        self.next
    }

    /// The last `recorded_at` after what was admitted so far.
    pub(crate) fn recorded_at(&self) -> Option<Stamp> {
        self.recorded_at
    }

    /// The open turn is being written, a new one is open. What was being written before is stored.
    pub(crate) fn fly(&mut self) {
        std::mem::swap(&mut self.open, &mut self.flying);
        self.open.clear();
    }

    /// Decides one append, which [`Append::check`] has passed, and gives its records their places.
    pub(crate) fn admit(
        &mut self,
        append: &Append,
        standing: &dyn Standing,
    ) -> Result<Appended, AppendError> {
        for write in &append.writes {
            self.agree(write, standing)?;
        }
        let records: u64 = append
            .writes
            .iter()
            .map(|write| write.events.len() as u64)
            .sum();
        let first = self.next;
        if first.0.saturating_add(records) > LARGEST_INTEGER {
            return Err(AppendError::Invalid {
                reason: "the log has no positions left".into(),
            });
        }
        let recorded_at = self
            .recorded_at
            .map_or(append.recorded_at, |t| t.max(append.recorded_at));
        let mut versions = Vec::with_capacity(append.writes.len());
        for write in &append.writes {
            // It was put there when the write was agreed to.
            let Some(touched) = self.open.get_mut(&write.stream) else {
                continue;
            };
            touched
                .added
                .extend(write.events.iter().map(|event| event.id));
            versions.push((write.stream.clone(), Version(touched.count())));
        }
        if records > 0 {
            self.recorded_at = Some(recorded_at);
            self.next = Position(first.0 + records);
        }
        let last = Position(first.0 + records - 1);
        Ok(Appended {
            first,
            last,
            recorded_at,
            versions,
        })
    }

    fn agree(&mut self, write: &StreamWrite, standing: &dyn Standing) -> Result<(), AppendError> {
        let stream = &write.stream;
        let actual = match self.open.entry(stream.clone()) {
            hash_map::Entry::Occupied(touched) => touched.get().count(),
            hash_map::Entry::Vacant(place) => {
                let before = match self.flying.get(stream) {
                    Some(touched) => touched.count(),
                    None => standing.count(stream)?,
                };
                let added = SmallVec::new();
                place.insert(Touched { before, added }).count()
            }
        };
        let expected = match write.expected {
            Expected::Any => return Ok(()),
            Expected::Count(expected) if expected == actual => return Ok(()),
            Expected::Count(expected) => expected,
        };
        Err(AppendError::Conflict {
            stream: stream.clone(),
            expected,
            actual,
            standing: self.ids(stream, expected, write.events.len(), standing)?,
        })
    }

    /// The ids of a stream's events after the first `skip`, at most `limit`, the ones not stored yet among them.
    fn ids(
        &self,
        stream: &StreamId,
        skip: u64,
        limit: usize,
        standing: &dyn Standing,
    ) -> Result<Vec<Uuid>, ReadError> {
        let turns = || {
            [self.flying.get(stream), self.open.get(stream)]
                .into_iter()
                .flatten()
        };
        // What is stored may be a part of the turn already that is being written: only what was before it counts.
        let stored = turns().next().map_or(0, |touched| touched.before);
        let left = usize::try_from(stored.saturating_sub(skip)).unwrap_or(usize::MAX);
        let mut ids = if left == 0 || limit == 0 {
            Vec::new()
        } else {
            standing.ids(stream, skip, limit.min(left))?
        };
        for touched in turns() {
            let next = skip.saturating_add(ids.len() as u64);
            let known = usize::try_from(next.saturating_sub(touched.before)).unwrap_or(usize::MAX);
            let room = limit.saturating_sub(ids.len());
            ids.extend(touched.added.iter().skip(known).take(room));
        }
        Ok(ids)
    }
}
