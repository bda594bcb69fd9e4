//! The writer: a state machine that takes the appends that wait and gives their answers.
//! It knows no thread; whoever drives it hands in a turn at a time.

use std::sync::Arc;

use super::{
    reader::Shared,
    recovery::{Cut, create_segment, keep_aside},
    scan::Progress,
    segment::{self, Segment},
};
use crate::{
    admission::{Admission, Admitted},
    checkpoint::Checkpoint,
    disk::is_no_space,
    error::AppendError,
    index::{Entry, Indexed},
    line::{self, Place, Seal},
    position::Position,
    record::Appended,
    tree::TreeHash,
    write::Append,
};

pub(crate) type Answer = Result<Appended, AppendError>;

/// How much room is reserved at a time behind what is written.
const RESERVE_BYTES: u64 = 4 << 20;

/// The one that writes. INVARIANT: the segment consists of `end.bytes` bytes of whole appends,
/// all durable, and nothing that is not answered stands behind them, unless `failed` or `uncut`.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    segment: Arc<Segment>,
    /// Where the journal ends, durably.
    end: Checkpoint,
    /// Whether the segment ends with a header or a seal.
    sealed: bool,
    /// Up to where the disk has promised room.
    reserved: u64,
    /// Whether the disk may hold room behind the end, promised or not.
    set_apart: bool,
    segment_bytes: u64,
    /// The torn end that a full disk kept from being put aside. It must go before anything is written.
    uncut: Option<Cut>,
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
    /// Goes on where the journal ends. `None` without a segment to go on in, or behind damage.
    pub(crate) fn new(
        shared: Arc<Shared>,
        progress: &Progress,
        uncut: Option<Cut>,
        segment_bytes: u64,
    ) -> Option<Writer> {
        let segment = shared.segments.last()?;
        let end = Checkpoint {
            segment: segment.first,
            bytes: progress.good_bytes,
            lines: progress.good_lines,
            recorded_at: progress.recorded_at,
            epoch: progress.epoch,
            tree: progress.tree.clone()?,
        };
        shared.set_tree(Some(end.tree.clone()));
        Some(Writer {
            reserved: end.bytes,
            set_apart: false,
            end,
            sealed: progress.sealed,
            segment,
            shared,
            segment_bytes,
            uncut,
            failed: None,
            buffer: Vec::new(),
            written: Vec::new(),
        })
    }

    /// Decides the appends in order, writes what stands, makes it durable with one sync,
    /// and answers each. An append sees the effects of those before it in the turn.
    pub(crate) fn turn(&mut self, waiting: &[Append]) -> Vec<Answer> {
        if let Some(refusal) = self.refusal() {
            return waiting.iter().map(|_| Err(refusal.clone())).collect();
        }
        self.buffer.clear();
        self.written.clear();
        let head = self.shared.head();
        let mut admission = Admission::new(head, self.end.recorded_at);
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
            Ok(()) => self.end.recorded_at = admission.recorded_at(),
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

    /// Why no append is taken now.
    fn refusal(&mut self) -> Option<AppendError> {
        if let Some(damage) = self.shared.damage_met() {
            if self.failed.is_none() {
                self.fail(format!("damage was met in reading: {damage}"));
            }
            return Some(AppendError::ReadOnly {
                damage: Some(damage),
            });
        }
        if let Some(reason) = &self.failed {
            return Some(AppendError::Closed {
                reason: reason.clone(),
            });
        }
        let cut = self.uncut.as_ref()?;
        match keep_aside(&*self.shared.disk, &self.segment, cut) {
            Ok(kept) => {
                tracing::warn!(file = %kept, "there is room again: the torn end was put aside");
                self.uncut = None;
                None
            }
            Err(error) if is_no_space(&error) => Some(AppendError::NoSpace),
            Err(error) => {
                let reason = format!("cutting off the torn end failed: {error}");
                self.fail(reason.clone());
                Some(AppendError::Closed { reason })
            }
        }
    }

    /// Marks a clean end, and says where it is.
    pub(crate) fn close(&mut self) -> Result<Checkpoint, AppendError> {
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        let sealed = self.seal().and_then(|()| self.release());
        self.fail("it was closed".into());
        sealed.map_err(|failure| match failure {
            Failure::NoSpace => AppendError::NoSpace,
            Failure::NotStored(reason) | Failure::Unknown(reason) => AppendError::Closed { reason },
        })?;
        Ok(self.end.clone())
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
        let full = used && self.end.bytes + length > self.segment_bytes;
        // A restored log goes on in a segment of its new life.
        if full || self.end.epoch < self.shared.info.epoch {
            self.begin_segment()?;
        }
        let buffer = std::mem::take(&mut self.buffer);
        let written = self.write_durably(&buffer);
        self.buffer = buffer;
        written?;
        let start = self.end.bytes;
        self.end.bytes += length;
        self.end.lines += self.written.len() as u64;
        self.sealed = false;
        self.publish(waiting, start)
    }

    /// Asks the disk for room up to an offset, and for more than that, so that it is not asked each time.
    fn reserve(&mut self, until: u64) -> Result<(), Failure> {
        if until <= self.reserved {
            return Ok(());
        }
        for size in [until + RESERVE_BYTES, until] {
            self.set_apart = true;
            match self.segment.file.reserve(self.end.bytes, size) {
                Ok(()) => {
                    self.reserved = size;
                    return Ok(());
                }
                // Nothing was written. What the disk set apart all the same goes back: others need it too.
                Err(error) if is_no_space(&error) => self.release()?,
                // A promise is a convenience. Whether the bytes can be written, writing tells.
                Err(error) => {
                    tracing::debug!(%error, "no room could be reserved");
                    return Ok(());
                }
            }
        }
        Err(Failure::NoSpace)
    }

    /// Gives back the room behind the end.
    fn release(&mut self) -> Result<(), Failure> {
        if !self.set_apart {
            return Ok(());
        }
        self.reserved = self.end.bytes;
        let given_back = self.segment.file.truncate(self.end.bytes);
        given_back.map_err(|error| Failure::NotStored(format!("cutting back failed: {error}")))?;
        self.set_apart = false;
        Ok(())
    }

    /// Writes behind what is synced, and syncs. Only a failed sync leaves the outcome open.
    fn write_durably(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.reserve(self.end.bytes + bytes.len() as u64)?;
        let file = &self.segment.file;
        if let Err(error) = file.write_at(bytes, self.end.bytes) {
            let cut = file
                .truncate(self.end.bytes)
                .and_then(|()| file.sync_data());
            self.reserved = self.end.bytes;
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
        for written in &self.written {
            let start = usize::try_from(written.entry.offset).unwrap_or(usize::MAX);
            let length = usize::try_from(written.entry.length).unwrap_or(usize::MAX);
            let line = self.buffer.get(start..start.saturating_add(length));
            self.end.tree.push(TreeHash::leaf(line.unwrap_or_default()));
        }
        self.segment.set_readable(self.end.bytes);
        self.shared
            .add(&indexed)
            .map_err(|error| Failure::Unknown(format!("stored, but the index failed: {error}")))?;
        self.shared.set_tree(Some(self.end.tree.clone()));
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
        self.release()?;
        let failed = |error| Failure::NotStored(format!("a new segment failed: {error}"));
        let disk = &*self.shared.disk;
        let made = match create_segment(disk, &self.shared.info, &self.end.tree) {
            Err(error) if is_no_space(&error) => return Err(Failure::NoSpace),
            made => made.map_err(failed)?,
        };
        // It has its name now: going on in the segment before it would be damage, for whatever reason.
        disk.sync_dir(segment::DIRECTORY).map_err(failed)?;
        self.end.segment = made.first;
        self.end.bytes = made.readable();
        self.end.lines = 1;
        self.end.epoch = self.shared.info.epoch;
        self.reserved = self.end.bytes;
        self.set_apart = false;
        self.sealed = true;
        self.segment = made.clone();
        self.shared.segments.push(made);
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Failure> {
        if self.sealed {
            return Ok(());
        }
        let seal = Seal::new(&self.end.tree).line();
        // The records before are synced; whatever becomes of the seal, no append's outcome is open.
        self.write_durably(&seal).map_err(|failure| match failure {
            Failure::Unknown(reason) => Failure::NotStored(reason),
            other => other,
        })?;
        self.end.bytes += seal.len() as u64;
        self.end.lines += 1;
        self.segment.set_readable(self.end.bytes);
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
