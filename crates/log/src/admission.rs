//! Whether an append may stand, and which places its events get. Both bodies decide here.

use std::collections::HashMap;

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

/// The appends of one turn, each seeing the effects of those before it.
pub(crate) struct Admission {
    next: Position,
    recorded_at: Option<Stamp>,
    touched: HashMap<StreamId, Touched>,
}

#[derive(Default)]
struct Touched {
    /// How many events the stream held before the turn.
    stored: u64,
    /// The ids that the turn adds, in order.
    added: Vec<Uuid>,
}

impl Touched {
    fn count(&self) -> u64 {
        self.stored.saturating_add(self.added.len() as u64)
    }
}

/// The places an append got.
pub(crate) struct Admitted {
    pub(crate) appended: Appended,
    /// Each write's first new version.
    pub(crate) first_versions: Vec<Version>,
}

impl Admission {
    pub(crate) fn new(head: Position, recorded_at: Option<Stamp>) -> Admission {
        Admission {
            next: head.next(),
            recorded_at,
            touched: HashMap::new(),
        }
    }

    /// Decides one append, which [`Append::check`] has passed.
    pub(crate) fn admit(
        &mut self,
        append: &Append,
        standing: &dyn Standing,
    ) -> Result<Admitted, AppendError> {
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
        let mut first_versions = Vec::with_capacity(append.writes.len());
        let mut versions = Vec::with_capacity(append.writes.len());
        for write in &append.writes {
            let touched = self.touched.entry(write.stream.clone()).or_default();
            first_versions.push(Version(touched.count()).next());
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
        Ok(Admitted {
            appended: Appended {
                first,
                last,
                recorded_at,
                versions,
            },
            first_versions,
        })
    }

    fn agree(&mut self, write: &StreamWrite, standing: &dyn Standing) -> Result<(), AppendError> {
        if !self.touched.contains_key(&write.stream) {
            let stored = standing.count(&write.stream)?;
            self.touched.insert(
                write.stream.clone(),
                Touched {
                    stored,
                    added: Vec::new(),
                },
            );
        }
        let Some(touched) = self.touched.get(&write.stream) else {
            return Ok(());
        };
        let actual = touched.count();
        let expected = match write.expected {
            Expected::Any => return Ok(()),
            Expected::Count(expected) if expected == actual => return Ok(()),
            Expected::Count(expected) => expected,
        };
        let wanted = write.events.len();
        let mut ids = standing.ids(&write.stream, expected, wanted)?;
        let skip = usize::try_from(expected.saturating_sub(touched.stored)).unwrap_or(usize::MAX);
        ids.extend(
            touched
                .added
                .iter()
                .skip(skip)
                .take(wanted.saturating_sub(ids.len())),
        );
        Err(AppendError::Conflict {
            stream: write.stream.clone(),
            expected,
            actual,
            standing: ids,
        })
    }

    /// The last `recorded_at` after what was admitted so far.
    pub(crate) fn recorded_at(&self) -> Option<Stamp> {
        self.recorded_at
    }
}
