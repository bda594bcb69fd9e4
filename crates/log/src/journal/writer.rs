//! The writer: a state machine that takes the appends that wait, hands out what is to be written, is told how
//! that went, and answers. It knows no thread: whoever drives it writes for it.
//!
//! A turn goes through four steps: it is *open* while appends are admitted to it; it is *submitted*, to be
//! written and synced in one piece; it has *landed* when that is done; it is *shown* when readers see it
//! and its appends are answered. While one is being written, the next is open already; it is submitted only
//! when the one before has landed well.

use std::{io, sync::Arc};

use tokio::sync::oneshot;

use super::{
    leaves::Lines,
    reader::Shared,
    recovery::{Cut, create_segment, keep_aside},
    scan::Progress,
    segment::{self, Segment},
};
use crate::{
    admission::Admission,
    checkpoint::Checkpoint,
    disk::{DiskFile, is_no_space},
    error::AppendError,
    index::{Entry, Indexed},
    line::{self, Place, Seal},
    position::{Position, Version},
    record::Appended,
    stamp::Stamp,
    tree::Tree,
    write::Append,
};

pub(crate) type Answer = Result<Appended, AppendError>;

/// How much room is reserved at a time behind what is written.
const RESERVE_BYTES: u64 = 4 << 20;

/// An append that was checked, and who waits for its answer.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) append: Append,
    /// How many bytes its lines have at most.
    pub(crate) bytes: u64,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// The one that writes. INVARIANT: the segment consists of `bytes` bytes of whole appends, all durable,
/// and nothing that is not answered stands behind them but the turn that is flying, unless `failed` or `uncut`.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    segment: Arc<Segment>,
    /// Where the segment ends, durably, in bytes and in lines.
    bytes: u64,
    lines: u64,
    /// The position after the last durable record.
    next: Position,
    recorded_at: Option<Stamp>,
    /// The life of the log in which the segment was begun.
    epoch: u32,
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
    admission: Admission,
    open: Turn,
    flying: Option<Turn>,
    /// Appends that were answered, until there is time to let them go.
    answered: Vec<Append>,
}

/// Appends that are written together.
#[derive(Default)]
struct Turn {
    jobs: Vec<Job>,
    /// What each is told if all goes well.
    answers: Vec<Answer>,
    written: Vec<Written>,
    lines: Lines,
    /// The last record's, once something was admitted.
    recorded_at: Option<Stamp>,
    next: Position,
}

/// A record of a turn.
struct Written {
    /// Which append of the turn, which write of it.
    append: usize,
    write: usize,
    version: Version,
    /// Its offset counts from the turn's beginning until the turn has its place.
    entry: Entry,
}

/// Bytes to be written in one piece and synced.
#[derive(Debug)]
pub(crate) struct Write {
    file: Arc<dyn DiskFile>,
    lines: Lines,
    offset: u64,
}

/// How that went.
#[derive(Debug)]
pub(crate) struct Landing {
    lines: Lines,
    outcome: Result<(), WriteFailure>,
}

#[derive(Debug)]
enum WriteFailure {
    Written(io::Error),
    Synced(io::Error),
}

/// A turn that is durable and not shown yet.
pub(crate) struct Landed {
    turn: Turn,
    segment: Arc<Segment>,
    start: u64,
    end: u64,
}

/// Why nothing of a turn is stored; or, with `Unknown`, may not be.
#[derive(Clone)]
enum Failure {
    NoSpace,
    NotStored(String),
    Unknown(String),
}

impl Landing {
    /// Nobody can say how it went.
    pub(crate) fn lost() -> Landing {
        Landing {
            lines: Lines::default(),
            outcome: Err(WriteFailure::Synced(io::Error::other(
                "the writing thread panicked",
            ))),
        }
    }
}

impl Write {
    /// Writes and syncs; this is where the time goes.
    pub(crate) fn run(self) -> Landing {
        let Write {
            file,
            lines,
            offset,
        } = self;
        let outcome = write_and_sync(&*file, &lines.bytes, offset);
        Landing { lines, outcome }
    }
}

fn write_and_sync(file: &dyn DiskFile, bytes: &[u8], offset: u64) -> Result<(), WriteFailure> {
    file.write_at(bytes, offset)
        .map_err(WriteFailure::Written)?;
    file.sync_data().map_err(WriteFailure::Synced)
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
        progress.tree.as_ref()?;
        let admission = Admission::new(shared.head(), progress.recorded_at);
        Some(Writer {
            bytes: progress.good_bytes,
            lines: progress.good_lines,
            next: admission.next(),
            recorded_at: progress.recorded_at,
            epoch: progress.epoch,
            reserved: progress.good_bytes,
            set_apart: false,
            sealed: progress.sealed,
            segment,
            shared,
            segment_bytes,
            uncut,
            failed: None,
            admission,
            open: Turn::default(),
            flying: None,
            answered: Vec::new(),
        })
    }

    /// Whether a turn was submitted and has not landed.
    pub(crate) fn is_flying(&self) -> bool {
        self.flying.is_some()
    }

    /// How many bytes are in the open turn.
    pub(crate) fn open_bytes(&self) -> usize {
        self.open.lines.bytes.len()
    }

    /// Decides appends in order and adds them to the open turn. Each sees the effects of those before it.
    pub(crate) fn admit(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        if let Some(refusal) = self.refusal() {
            for job in jobs {
                job.tell(Err(refusal.clone()));
            }
            return;
        }
        if self.open.jobs.is_empty() {
            self.open.lines = self.shared.leaves.spare();
            self.open.next = self.admission.next();
        }
        let first = self.open.next;
        for job in jobs {
            let admitted = self.admission.admit(&job.append, &*self.shared);
            let answer = admitted.inspect(|appended| self.open.write(&job.append, appended, first));
            self.open.answers.push(answer);
            self.open.jobs.push(job);
        }
        self.open.recorded_at = self.admission.recorded_at();
    }

    /// Closes the open turn and says what is to be written for it. Nothing when there is nothing to write: then
    /// its appends are answered already. To be called only when nothing is flying.
    pub(crate) fn submit(&mut self) -> Option<Write> {
        if self.open.jobs.is_empty() || self.is_flying() {
            return None;
        }
        let mut turn = std::mem::take(&mut self.open);
        self.admission.fly();
        if turn.lines.bytes.is_empty() {
            turn.tell_all(|answer| answer);
            return None;
        }
        // Damage may have been met in deciding, when the index was asked.
        let sound = match self.shared.damage_met() {
            Some(damage) => Err(Failure::NotStored(format!("damage was met: {damage}"))),
            None => self.make_room(turn.lines.bytes.len() as u64),
        };
        if let Err(failure) = sound {
            self.fall(turn, &failure);
            return None;
        }
        let write = Write {
            file: self.segment.file.clone(),
            lines: std::mem::take(&mut turn.lines),
            offset: self.bytes,
        };
        self.flying = Some(turn);
        Some(write)
    }

    /// Takes note of how the writing went. When it went well, the turn is to be shown.
    pub(crate) fn land(&mut self, landing: Landing) -> Option<Landed> {
        let mut turn = self.flying.take()?;
        turn.lines = landing.lines;
        if let Err(failure) = landing.outcome {
            let failure = self.undo(failure);
            self.fall(turn, &failure);
            return None;
        }
        let start = self.bytes;
        self.bytes += turn.lines.bytes.len() as u64;
        self.lines += turn.written.len() as u64;
        self.next = Position(self.next.0 + turn.written.len() as u64);
        self.recorded_at = turn.recorded_at;
        self.sealed = false;
        // The tree is behind what is durable, not behind what is shown: a seal may come next.
        self.shared.leaves.add(std::mem::take(&mut turn.lines));
        Some(Landed {
            turn,
            segment: self.segment.clone(),
            start,
            end: self.bytes,
        })
    }

    /// Shows readers what is durable now, and answers.
    pub(crate) fn show(&mut self, landed: Landed) {
        let Landed {
            turn,
            segment,
            start,
            end,
        } = landed;
        let indexed: Vec<Indexed<'_>> = turn
            .written
            .iter()
            .filter_map(|written| {
                let append = &turn.jobs.get(written.append)?.append;
                let entry = Entry {
                    offset: start + written.entry.offset,
                    ..written.entry
                };
                Some(Indexed {
                    stream: append.writes.get(written.write)?.stream.as_str(),
                    version: written.version,
                    entry,
                })
            })
            .collect();
        segment.set_readable(end);
        let last = indexed.last().map(|last| last.entry.position);
        if let Err(error) = self.shared.add(&indexed) {
            let failure = Failure::Unknown(format!("stored, but the index failed: {error}"));
            self.fall(turn, &failure);
            return;
        }
        if let Some(last) = last {
            self.shared
                .head
                .send_modify(|head| head.position = head.position.max(last));
        }
        self.answered.reserve(turn.jobs.len());
        for (job, answer) in turn.jobs.into_iter().zip(turn.answers) {
            self.answered.push(job.tell(answer));
        }
    }

    /// Lets go of the appends that were answered. To free them takes as long as to answer them, so it is done while the
    /// next turn is on its way to the disk.
    pub(crate) fn forget(&mut self) {
        self.answered.clear();
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
        self.failed = Some("it was closed".into());
        sealed.map_err(|failure| match failure {
            Failure::NoSpace => AppendError::NoSpace,
            Failure::NotStored(reason) | Failure::Unknown(reason) => AppendError::Closed { reason },
        })?;
        Ok(Checkpoint {
            segment: self.segment.first,
            bytes: self.bytes,
            lines: self.lines,
            recorded_at: self.recorded_at,
            epoch: self.epoch,
            tree: self.tree(),
        })
    }

    /// The tree over everything that is durable; while there is a writer, it is known.
    fn tree(&self) -> Tree {
        self.shared.leaves.tree().unwrap_or_default()
    }

    fn fail(&mut self, reason: String) {
        tracing::warn!(%reason, "the log takes no more appends");
        self.failed = Some(reason);
        // Whoever waits for the head to move waits in vain.
        self.shared.head.send_modify(|head| head.open = false);
    }

    /// A turn is not stored, or may not be: tells its appends and those of the open turn, which was decided on
    /// top of it, and begins anew behind what is durable.
    fn fall(&mut self, turn: Turn, failure: &Failure) {
        turn.tell_all(|answer| failure.tell(answer, true));
        let open = std::mem::take(&mut self.open);
        open.tell_all(|answer| failure.tell(answer, false));
        self.admission = Admission::new(Position(self.next.0 - 1), self.recorded_at);
        match failure {
            Failure::NoSpace => {}
            Failure::NotStored(reason) | Failure::Unknown(reason) => self.fail(reason.clone()),
        }
    }

    /// Sees to it that a turn finds room: in the segment or in the next, and on the disk.
    fn make_room(&mut self, length: u64) -> Result<(), Failure> {
        let used = self.segment.first < self.next;
        let full = used && self.bytes + length > self.segment_bytes;
        // A restored log goes on in a segment of its new life.
        if full || self.epoch < self.shared.info.epoch {
            self.begin_segment()?;
        }
        self.reserve(self.bytes + length)
    }

    /// Asks the disk for room up to an offset, and for more than that, so that it is not asked each time.
    fn reserve(&mut self, until: u64) -> Result<(), Failure> {
        if until <= self.reserved {
            return Ok(());
        }
        for size in [until + RESERVE_BYTES, until] {
            self.set_apart = true;
            match self.segment.file.reserve(self.bytes, size) {
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
        self.reserved = self.bytes;
        let given_back = self.segment.file.truncate(self.bytes);
        given_back.map_err(|error| Failure::NotStored(format!("cutting back failed: {error}")))?;
        self.set_apart = false;
        Ok(())
    }

    /// Cuts back what a write left behind. Only a failed sync leaves the outcome open: once a sync has failed,
    /// another that succeeds proves nothing.
    fn undo(&mut self, failure: WriteFailure) -> Failure {
        let error = match failure {
            WriteFailure::Synced(error) => {
                return Failure::Unknown(format!("the sync failed: {error}"));
            }
            WriteFailure::Written(error) => error,
        };
        let file = &self.segment.file;
        let cut = file.truncate(self.bytes).and_then(|()| file.sync_data());
        self.reserved = self.bytes;
        match cut {
            Ok(()) if is_no_space(&error) => Failure::NoSpace,
            Ok(()) => Failure::NotStored(format!("writing failed: {error}")),
            Err(cut) => Failure::Unknown(format!(
                "writing failed: {error}; cutting back failed: {cut}"
            )),
        }
    }

    /// Seals the segment in hand and begins the next. When there is no room for the next,
    /// the sealed one stays in hand.
    fn begin_segment(&mut self) -> Result<(), Failure> {
        self.seal()?;
        self.release()?;
        let failed = |error| Failure::NotStored(format!("a new segment failed: {error}"));
        let disk = &*self.shared.disk;
        let made = match create_segment(disk, &self.shared.info, &self.tree()) {
            Err(error) if is_no_space(&error) => return Err(Failure::NoSpace),
            made => made.map_err(failed)?,
        };
        // It has its name now: going on in the segment before it would be damage, for whatever reason.
        disk.sync_dir(segment::DIRECTORY).map_err(failed)?;
        self.bytes = made.readable();
        self.lines = 1;
        self.epoch = self.shared.info.epoch;
        self.reserved = self.bytes;
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
        let seal = Seal::new(&self.tree()).line();
        self.reserve(self.bytes + seal.len() as u64)?;
        if let Err(failure) = write_and_sync(&*self.segment.file, &seal, self.bytes) {
            // The records before are synced; whatever becomes of the seal, no append's outcome is open.
            return Err(match self.undo(failure) {
                Failure::Unknown(reason) => Failure::NotStored(reason),
                other => other,
            });
        }
        self.bytes += seal.len() as u64;
        self.lines += 1;
        self.segment.set_readable(self.bytes);
        self.sealed = true;
        Ok(())
    }
}

impl Job {
    /// Answers; the append is over.
    fn tell(self, answer: Answer) -> Append {
        // Whoever dropped the future does not want to know.
        let _ = self.answer.send(answer);
        self.append
    }
}

impl Turn {
    fn tell_all(self, make: impl Fn(Answer) -> Answer) {
        for (job, answer) in self.jobs.into_iter().zip(self.answers) {
            job.tell(make(answer));
        }
    }

    /// Adds the lines of an append that was admitted; `turn` is the first position of this turn.
    fn write(&mut self, append: &Append, appended: &Appended, turn: Position) {
        let of = u32::try_from(appended.last.0 + 1 - appended.first.0).unwrap_or(u32::MAX);
        let mut number = 1;
        let mut position = appended.first;
        for (nth, write) in append.writes.iter().enumerate() {
            let mut version = appended.first_version(nth, write.events.len());
            for event in &write.events {
                let place = Place {
                    position,
                    turn,
                    number,
                    of,
                    recorded_at: appended.recorded_at,
                    stream: write.stream.as_str(),
                    version,
                };
                let start = self.lines.bytes.len();
                line::write_record(&mut self.lines.bytes, &place, event);
                let length = self.lines.bytes.len() - start - 1;
                self.lines.places.push((start, length));
                self.written.push(Written {
                    append: self.jobs.len(),
                    write: nth,
                    version,
                    entry: Entry {
                        position,
                        offset: start as u64,
                        length: u32::try_from(length).unwrap_or(u32::MAX),
                    },
                });
                position = position.next();
                version = version.next();
                number += 1;
            }
        }
    }
}

impl Failure {
    /// What an append is told whose turn was not stored. Whether it was being written, or only decided.
    fn tell(&self, answer: Answer, written: bool) -> Answer {
        let may_be_stored = match &answer {
            Ok(_) => written,
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
