//! The writer: a state machine that takes the appends that wait and gives their answers.
//! It knows no thread; whoever drives it hands in a turn at a time.

use std::sync::Arc;

use super::{reader::Shared, recovery::create_segment, scan::Progress, segment::Segment};
use crate::{
    admission::{Admission, Admitted},
    disk::is_no_space,
    error::AppendError,
    index::{Entry, Indexed},
    line::{self, Place, Seal},
    position::Position,
    record::Appended,
    stamp::Stamp,
    write::Append,
};

pub(crate) type Answer = Result<Appended, AppendError>;

/// The one that writes. INVARIANT: the segment consists of `synced` bytes of whole appends,
/// all durable, and nothing that is not answered stands behind them, unless `failed`.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    segment: Arc<Segment>,
    synced: u64,
    /// Whether the segment ends with a header or a seal.
    sealed: bool,
    recorded_at: Option<Stamp>,
    segment_bytes: u64,
    /// Why nothing is written any more. It never goes back to `None`.
    failed: Option<String>,
    buffer: Vec<u8>,
    written: Vec<Written>,
}

/// A record in the buffer.
struct Written {
    /// Which append of the turn, which write of it.
    append: usize,
    write: usize,
    version: crate::position::Version,
    entry: Entry,
}

/// Why nothing of a turn is stored; or, with `Unknown`, may not be.
enum Failure {
    NoSpace,
    NotStored(String),
    Unknown(String),
}

impl Writer {
    /// Goes on where the journal ends. `None` without a segment to go on in.
    pub(crate) fn new(
        shared: Arc<Shared>,
        progress: &Progress,
        segment_bytes: u64,
    ) -> Option<Writer> {
        let segment = shared.segments.last()?;
        Some(Writer {
            synced: progress.good_bytes,
            sealed: progress.sealed,
            recorded_at: progress.recorded_at,
            segment,
            shared,
            segment_bytes,
            failed: None,
            buffer: Vec::new(),
            written: Vec::new(),
        })
    }

    /// Decides the appends in order, writes what stands, makes it durable with one sync,
    /// and answers each. An append sees the effects of those before it in the turn.
    pub(crate) fn turn(&mut self, waiting: &[Append]) -> Vec<Answer> {
        if let Some(reason) = &self.failed {
            let closed = || {
                Err(AppendError::Closed {
                    reason: reason.clone(),
                })
            };
            return waiting.iter().map(|_| closed()).collect();
        }
        self.buffer.clear();
        self.written.clear();
        let head = self.shared.head();
        let mut admission = Admission::new(head, self.recorded_at);
        let mut answers = Vec::with_capacity(waiting.len());
        for (nth, append) in waiting.iter().enumerate() {
            let admitted = append
                .check()
                .and_then(|_| admission.admit(append, &*self.shared));
            answers.push(admitted.map(|admitted| {
                self.write_lines(nth, append, &admitted, head.next());
                admitted.appended
            }));
        }
        if self.buffer.is_empty() {
            return answers;
        }
        match self.commit(waiting) {
            Ok(()) => self.recorded_at = admission.recorded_at(),
            Err(failure) => {
                answers = answers
                    .into_iter()
                    .map(|answer| failure.turns(answer))
                    .collect();
                match failure {
                    Failure::NoSpace => {}
                    Failure::NotStored(reason) | Failure::Unknown(reason) => self.fail(reason),
                }
            }
        }
        answers
    }

    /// Marks a clean end.
    pub(crate) fn close(&mut self) -> Result<(), AppendError> {
        if let Some(reason) = &self.failed {
            return Err(AppendError::Closed {
                reason: reason.clone(),
            });
        }
        let sealed = self.seal();
        self.fail("it was closed".into());
        sealed.map_err(|failure| match failure {
            Failure::NoSpace => AppendError::NoSpace,
            Failure::NotStored(reason) | Failure::Unknown(reason) => AppendError::Closed { reason },
        })
    }

    fn fail(&mut self, reason: String) {
        tracing::warn!(%reason, "the log takes no more appends");
        self.failed = Some(reason);
        // Whoever waits for the head to move waits in vain.
        self.shared.head.send_modify(|head| head.open = false);
    }

    fn write_lines(&mut self, nth: usize, append: &Append, admitted: &Admitted, turn: Position) {
        let appended = &admitted.appended;
        let of = u32::try_from(appended.last.0 + 1 - appended.first.0).unwrap_or(u32::MAX);
        let mut number = 1;
        let mut position = appended.first;
        for (w, (write, first)) in append
            .writes
            .iter()
            .zip(&admitted.first_versions)
            .enumerate()
        {
            let mut version = *first;
            for event in &write.events {
                let recorded_at = appended.recorded_at;
                let stream = write.stream.as_str();
                let place = Place {
                    position,
                    turn,
                    number,
                    of,
                    recorded_at,
                    stream,
                    version,
                };
                let start = self.buffer.len();
                line::write_record(&mut self.buffer, &place, event);
                let length = u32::try_from(self.buffer.len() - start - 1).unwrap_or(u32::MAX);
                // The offset counts from the turn's beginning until the turn has its place.
                let entry = Entry {
                    position,
                    offset: start as u64,
                    length,
                };
                self.written.push(Written {
                    append: nth,
                    write: w,
                    version,
                    entry,
                });
                position = position.next();
                version = version.next();
                number += 1;
            }
        }
    }

    fn commit(&mut self, waiting: &[Append]) -> Result<(), Failure> {
        let length = self.buffer.len() as u64;
        let used = self.segment.first <= self.shared.head();
        if used && self.synced + length > self.segment_bytes {
            self.begin_segment()?;
        }
        let buffer = std::mem::take(&mut self.buffer);
        let written = self.write_durably(&buffer);
        self.buffer = buffer;
        written?;
        let start = self.synced;
        self.synced += length;
        self.sealed = false;
        self.publish(waiting, start)
    }

    /// Writes behind what is synced, and syncs. Only a failed sync leaves the outcome open.
    fn write_durably(&self, bytes: &[u8]) -> Result<(), Failure> {
        let file = &self.segment.file;
        if let Err(error) = file.write_at(bytes, self.synced) {
            let cut = file.truncate(self.synced).and_then(|()| file.sync_data());
            return Err(match cut {
                Ok(()) if is_no_space(&error) => Failure::NoSpace,
                Ok(()) => Failure::NotStored(format!("writing failed: {error}")),
                Err(cut) => Failure::Unknown(format!(
                    "writing failed: {error}; cutting back failed: {cut}"
                )),
            });
        }
        // Once a sync has failed, another that succeeds proves nothing.
        file.sync_data()
            .map_err(|error| Failure::Unknown(format!("the sync failed: {error}")))
    }

    /// Shows readers what is durable now.
    fn publish(&mut self, waiting: &[Append], start: u64) -> Result<(), Failure> {
        let indexed: Vec<Indexed<'_>> = self
            .written
            .iter()
            .filter_map(|written| {
                let write = waiting.get(written.append)?.writes.get(written.write)?;
                let entry = Entry {
                    offset: start + written.entry.offset,
                    ..written.entry
                };
                Some(Indexed {
                    stream: write.stream.as_str(),
                    version: written.version,
                    entry,
                })
            })
            .collect();
        self.segment.set_readable(self.synced);
        self.shared
            .index
            .add(&indexed)
            .map_err(|error| Failure::Unknown(format!("stored, but the index failed: {error}")))?;
        if let Some(last) = indexed.last() {
            self.shared
                .head
                .send_modify(|head| head.position = last.entry.position);
        }
        Ok(())
    }

    /// Seals the segment in hand and begins the next. When there is no room for the next,
    /// the sealed one stays in hand.
    fn begin_segment(&mut self) -> Result<(), Failure> {
        self.seal()?;
        let next = self.shared.head().next();
        let made =
            create_segment(&*self.shared.disk, &self.shared.info, next).map_err(|error| {
                if is_no_space(&error) {
                    Failure::NoSpace
                } else {
                    Failure::NotStored(format!("a new segment failed: {error}"))
                }
            })?;
        self.synced = made.readable();
        self.sealed = true;
        self.segment = made.clone();
        self.shared.segments.push(made);
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Failure> {
        if self.sealed {
            return Ok(());
        }
        let seal = Seal::new(self.shared.head().next()).line();
        // The records before are synced; whatever becomes of the seal, no append's outcome is open.
        self.write_durably(&seal).map_err(|failure| match failure {
            Failure::Unknown(reason) => Failure::NotStored(reason),
            other => other,
        })?;
        self.synced += seal.len() as u64;
        self.segment.set_readable(self.synced);
        self.sealed = true;
        Ok(())
    }
}

impl Failure {
    /// What an append is told whose turn was not stored.
    fn turns(&self, answer: Answer) -> Answer {
        let may_be_stored = match &answer {
            Ok(_) => true,
            // It was measured against appends that are not there now.
            Err(AppendError::Conflict { .. }) => false,
            Err(_) => return answer,
        };
        Err(match self {
            Failure::NoSpace => AppendError::NoSpace,
            Failure::Unknown(reason) if may_be_stored => AppendError::Unknown {
                reason: reason.clone(),
            },
            Failure::NotStored(reason) | Failure::Unknown(reason) => AppendError::Closed {
                reason: reason.clone(),
            },
        })
    }
}
