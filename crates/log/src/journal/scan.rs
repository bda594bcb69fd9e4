//! Reading the journal from front to back: what is whole, what is torn, what is damaged.

use std::{fmt, io, sync::Arc};

use super::{
    broken::Broken,
    examine::{End, Examining},
    segment::{self, Lines, Segment},
};
use crate::{
    checkpoint::Checkpoint,
    error::Damage,
    event_log::LogInfo,
    index::{Entry, Index, IndexError, Indexed},
    line::{self, Header, Line, Place, RECORD_START, Record, SEAL_START},
    position::{Position, Version},
    stamp::Stamp,
    tree::{Tree, TreeHash},
};

const CHUNK_BYTES: usize = 1 << 20;
/// How many bytes are read between two words of it.
const TELL_BYTES: u64 = 16 << 20;

/// How far the journal has been read through, in opening or to build the index anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scanned {
    /// The last position that was read.
    pub position: Position,
    /// How many bytes were read.
    pub bytes: u64,
    /// How many there are to read.
    pub of_bytes: u64,
}

/// Who is told how far the reading is.
#[derive(Clone)]
pub(crate) struct Tell(pub(crate) Arc<dyn Fn(Scanned) + Send + Sync>);

impl fmt::Debug for Tell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tell")
    }
}

/// What is told, and when next.
#[derive(Clone, Debug)]
struct Telling {
    tell: Tell,
    of_bytes: u64,
    /// The bytes of the segments before.
    before: u64,
    next: u64,
}

impl Telling {
    fn at(&mut self, bytes: u64, next: Position) {
        let bytes = self.before + bytes;
        if bytes >= self.next || bytes == self.of_bytes {
            self.next = bytes + TELL_BYTES;
            let position = Position(next.0.saturating_sub(1));
            let of_bytes = self.of_bytes;
            (self.tell.0)(Scanned {
                position,
                bytes,
                of_bytes,
            });
        }
    }
}
/// After so many damaged places one knows enough.
const MOST_DAMAGES: usize = 64;

/// How far the journal has been read. It can be taken up again when the journal has grown.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// The position after the last whole append.
    pub(crate) next: Position,
    /// The last turn, and where it begins in its segment.
    pub(crate) turn: Position,
    pub(crate) turn_offset: u64,
    pub(crate) recorded_at: Option<Stamp>,
    /// Whether the last line is a header or a seal: nothing behind it may be unsynced.
    pub(crate) sealed: bool,
    /// Whether the last line is a seal, as a segment's must be that has another behind it.
    seal_last: bool,
    /// The end of the last line up to `good_bytes`: its checksum, the quotation mark and the brace behind it.
    pub(crate) good_end: [u8; 10],
    /// Up to where the segment in hand consists of whole appends, in bytes and in lines.
    pub(crate) good_bytes: u64,
    pub(crate) good_lines: u64,
    /// The life of the log in which the segment in hand was begun.
    pub(crate) epoch: u32,
    /// The tree over all records before; none behind damage, where it cannot be known.
    pub(crate) tree: Option<Tree>,
    pub(crate) damages: Vec<Damage>,
    /// How many damaged places more there are than are told.
    pub(crate) untold: u64,
    /// The streams that damaged lines still name.
    pub(crate) broken: Broken,
    telling: Option<Telling>,
    /// Set when the journal is examined rather than opened.
    pub(crate) examining: Option<Box<Examining>>,
}

/// What stands behind the last whole append of the last segment.
#[derive(Clone, Debug)]
pub(crate) struct Torn {
    /// The place where it was noticed, and what is wrong there.
    pub(crate) at: Damage,
    /// How many bytes are not part of a whole append.
    pub(crate) bytes: u64,
}

/// What the reader of a journal fails with.
#[derive(Debug)]
pub(crate) enum ScanError {
    Io(io::Error),
    Index(IndexError),
}

impl From<io::Error> for ScanError {
    fn from(error: io::Error) -> ScanError {
        ScanError::Io(error)
    }
}

impl From<IndexError> for ScanError {
    fn from(error: IndexError) -> ScanError {
        ScanError::Index(error)
    }
}

/// Records of an append whose last part has not been seen yet.
#[derive(Default)]
struct Pending {
    records: Vec<(String, Version, Entry)>,
    leaves: Vec<TreeHash>,
    turn: Position,
    of: u32,
    recorded_at: Option<Stamp>,
}

/// What is wrong with a line.
struct Fault {
    reason: String,
    /// Whether it cannot come from a write that was cut short.
    certain: bool,
}

impl Fault {
    fn torn(reason: impl Into<String>) -> Fault {
        Fault {
            reason: reason.into(),
            certain: false,
        }
    }

    fn certain(reason: impl Into<String>) -> Fault {
        Fault {
            reason: reason.into(),
            certain: true,
        }
    }
}

enum Step {
    Fine,
    Fault(Fault),
}

impl Progress {
    pub(crate) fn start() -> Progress {
        Progress {
            next: Position::FIRST,
            turn: Position::NONE,
            turn_offset: 0,
            recorded_at: None,
            sealed: true,
            seal_last: false,
            good_end: [0; 10],
            good_bytes: 0,
            good_lines: 0,
            epoch: 1,
            tree: Some(Tree::default()),
            damages: Vec::new(),
            untold: 0,
            broken: Broken::default(),
            telling: None,
            examining: None,
        }
    }

    /// Tells how far the reading is, of so many bytes.
    pub(crate) fn telling(mut self, tell: Option<Tell>, of_bytes: u64) -> Progress {
        self.telling = tell.map(|tell| Telling {
            tell,
            of_bytes,
            before: 0,
            next: TELL_BYTES,
        });
        self
    }

    /// Goes on behind a checkpoint, in the segment that it names.
    pub(crate) fn at(checkpoint: &Checkpoint) -> Progress {
        Progress {
            next: checkpoint.position().next(),
            recorded_at: checkpoint.recorded_at,
            seal_last: true,
            good_bytes: checkpoint.bytes,
            good_lines: checkpoint.lines,
            epoch: checkpoint.epoch,
            tree: Some(checkpoint.tree.clone()),
            ..Progress::start()
        }
    }

    /// Begins with a segment.
    pub(crate) fn enter(&mut self, segment: &Segment) {
        if let Some(telling) = &mut self.telling {
            telling.before += self.good_bytes;
        }
        self.good_bytes = 0;
        self.good_lines = 0;
        self.seal_last = false;
        if segment.first != self.next {
            let reason = format!(
                "the segment begins at position {}, {} is due",
                segment.first, self.next
            );
            self.note(segment, 1, 0, self.next, reason);
            self.next = self.next.max(segment.first);
        }
    }

    /// Reads a segment on from where this stands, up to `size`. In the last segment, what is
    /// behind the last whole append comes back; anywhere else it is damage.
    pub(crate) fn read(
        &mut self,
        segment: &Segment,
        size: u64,
        is_last: bool,
        info: &LogInfo,
        index: &dyn Index,
    ) -> Result<Option<Torn>, ScanError> {
        if size == 0 {
            let reason = "the segment is empty".to_owned();
            self.note(segment, 1, 0, self.next, reason);
            return Ok(None);
        }
        let mut lines = Lines::new(&*segment.file, self.good_bytes, size, CHUNK_BYTES);
        let mut pending = Pending::default();
        let mut number = self.good_lines;
        while let Some(raw) = lines.next()? {
            number += 1;
            let (offset, behind) = (raw.offset, raw.behind());
            let due = self.due(&pending);
            let step = if raw.ended {
                self.take(segment, raw.bytes, offset, info, index, &mut pending)?
            } else if offset == 0 {
                // A segment is not there, or there with its header.
                Step::Fault(Fault::certain("the segment has no whole header"))
            } else {
                Step::Fault(Fault::torn("the line is not ended"))
            };
            let Step::Fault(fault) = step else {
                if pending.records.is_empty() {
                    self.good_bytes = behind;
                    self.good_lines = number;
                    self.good_end = raw.bytes.last_chunk().copied().unwrap_or_default();
                    self.examine_end(segment);
                    if let Some(telling) = &mut self.telling {
                        telling.at(behind, self.next);
                    }
                }
                continue;
            };
            let lenient = !self.damages.is_empty();
            let damaged =
                fault.certain || !is_last || lenient || later(segment, offset, size, due)?;
            if !damaged {
                let at = damage(segment, number, offset, due, fault.reason);
                return Ok(Some(Torn {
                    at,
                    bytes: size - self.good_bytes,
                }));
            }
            self.note(segment, number, offset, due, fault.reason);
            // From here on every record that is whole is taken by itself: reading goes on.
            self.rescue(&mut pending, index)?;
            if !lenient && raw.ended {
                self.take(segment, raw.bytes, offset, info, index, &mut pending)?;
            }
            if let Some(damage) = self.damages.last() {
                self.broken.note(raw.bytes, damage, index)?;
            }
            self.good_bytes = behind;
            self.good_lines = number;
        }
        if !pending.records.is_empty() {
            let due = self.due(&pending);
            let reason = "the append's last parts are missing".to_owned();
            if is_last && self.damages.is_empty() {
                let at = damage(segment, number + 1, size, due, reason);
                return Ok(Some(Torn {
                    at,
                    bytes: size - self.good_bytes,
                }));
            }
            self.note(segment, number + 1, size, due, reason);
            self.rescue(&mut pending, index)?;
        }
        if !is_last && !self.seal_last {
            self.note(
                segment,
                number + 1,
                size,
                self.next,
                "the segment has no seal at its end".into(),
            );
        }
        Ok(None)
    }

    fn due(&self, pending: &Pending) -> Position {
        Position(self.next.0 + pending.records.len() as u64)
    }

    fn take(
        &mut self,
        segment: &Segment,
        bytes: &[u8],
        offset: u64,
        info: &LogInfo,
        index: &dyn Index,
        pending: &mut Pending,
    ) -> Result<Step, ScanError> {
        let read = line::read(bytes);
        let fault = match read {
            // A write that was cut short leaves no line whose checksum agrees.
            Err(reason) if offset == 0 || line::checked(bytes).is_ok() => {
                Some(Fault::certain(reason))
            }
            Err(reason) => Some(Fault::torn(reason)),
            Ok(Line::Header(header)) if offset == 0 => {
                self.sealed = true;
                let strange = self.strangeness(&header, segment, info);
                self.epoch = self.epoch.max(header.epoch).min(info.epoch);
                if let Some(examining) = &mut self.examining {
                    examining.enter(header.epoch, header.first);
                }
                match strange {
                    Some(reason) => Some(Fault::certain(reason)),
                    None => self.disowns(header.tree),
                }
            }
            Ok(Line::Header(_)) => Some(Fault::certain("a header in the middle of a segment")),
            Ok(_) if offset == 0 => Some(Fault::certain("the segment has no header")),
            Ok(Line::Seal(seal)) if pending.records.is_empty() && seal.next == self.next => {
                self.sealed = true;
                self.seal_last = true;
                self.disowns(seal.tree)
            }
            Ok(Line::Seal(seal)) if !self.damages.is_empty() && seal.next >= self.next => {
                // Behind damage the seal says how many records there were.
                self.sealed = true;
                self.seal_last = true;
                self.next = seal.next;
                None
            }
            Ok(Line::Seal(seal)) => {
                let due = self.due(pending);
                Some(Fault::certain(format!(
                    "the seal says that {} is next; {due} is",
                    seal.next
                )))
            }
            Ok(Line::Record(record)) if self.examining.is_some() && !record.is_sound() => {
                Some(Fault::certain("the content is not what this format writes"))
            }
            Ok(Line::Record(record)) => {
                if let Some(examining) = &mut self.examining {
                    examining.state(&record, segment);
                }
                let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                let entry = Entry {
                    position: record.place.position,
                    offset,
                    length,
                };
                return self.take_record(&record.place, bytes, entry, index, pending);
            }
        };
        Ok(fault.map_or(Step::Fine, Step::Fault))
    }

    /// Why a segment with this header does not belong here.
    fn strangeness(&self, header: &Header, segment: &Segment, info: &LogInfo) -> Option<String> {
        if header.log != info.log_id {
            return Some("the segment belongs to another log".into());
        }
        if header.format != info.format {
            let (format, due) = (header.format, info.format);
            return Some(format!(
                "the segment has format {format}, the directory format {due}"
            ));
        }
        if header.first != segment.first {
            return Some(format!(
                "the segment says that it begins at position {}, its name says {}",
                header.first, segment.first
            ));
        }
        if (&header.zone, header.clock) != (&info.zone, info.clock) {
            return Some("the segment's zone or clock is not the directory's".into());
        }
        if header.epoch > info.epoch {
            let (epoch, due) = (header.epoch, info.epoch);
            return Some(format!(
                "the segment is of epoch {epoch}, the directory of epoch {due}"
            ));
        }
        if header.epoch < self.epoch {
            let (epoch, before) = (header.epoch, self.epoch);
            return Some(format!(
                "the segment is of epoch {epoch}, one before it of epoch {before}"
            ));
        }
        None
    }

    /// Whether a header or a seal was written over other records than those before it.
    fn disowns(&self, stated: TreeHash) -> Option<Fault> {
        let tree = self.tree.as_ref()?;
        let reason =
            "the tree head does not agree: a record before is not the one that was written";
        (tree.hash() != stated).then(|| Fault::certain(reason))
    }

    fn take_record(
        &mut self,
        place: &Place<'_>,
        line: &[u8],
        entry: Entry,
        index: &dyn Index,
        pending: &mut Pending,
    ) -> Result<Step, ScanError> {
        if !self.damages.is_empty() {
            return self.take_alone(place, entry, index);
        }
        let due = self.due(pending);
        let last = match pending.records.last() {
            Some((stream, version, _)) if stream == place.stream => *version,
            _ => index.last(place.stream)?,
        };
        if let Some(fault) = self.disagrees(place, due, last, pending) {
            return Ok(Step::Fault(fault));
        }
        if place.number == 1 && place.turn != self.turn {
            self.turn = place.turn;
            self.turn_offset = entry.offset;
        }
        self.sealed = false;
        self.seal_last = false;
        if place.of == 1 {
            index.add(&[Indexed {
                stream: place.stream,
                version: place.version,
                entry,
            }])?;
            self.next = due.next();
            self.recorded_at = Some(place.recorded_at);
            self.grow(TreeHash::leaf(line));
            return Ok(Step::Fine);
        }
        pending.turn = place.turn;
        pending.of = place.of;
        pending.recorded_at = Some(place.recorded_at);
        pending
            .records
            .push((place.stream.to_owned(), place.version, entry));
        pending.leaves.push(TreeHash::leaf(line));
        if place.number == place.of {
            self.recorded_at = pending.recorded_at;
            self.rescue(pending, index)?;
        }
        Ok(Step::Fine)
    }

    /// What a whole record says that cannot be so. At its own place that is certain damage;
    /// at another's place it may be the remains of a turn that was cut short.
    fn disagrees(
        &self,
        place: &Place<'_>,
        due: Position,
        last: Version,
        pending: &Pending,
    ) -> Option<Fault> {
        if place.position != due {
            let reason = format!("position {} stands where {due} is due", place.position);
            return Some(if place.turn > due {
                Fault::certain(reason)
            } else {
                Fault::torn(reason)
            });
        }
        let within = !pending.records.is_empty();
        let turn_fits = if within {
            place.turn == pending.turn
        } else {
            place.turn == due || (place.turn == self.turn && !self.sealed)
        };
        let part_fits = u64::from(place.number) == pending.records.len() as u64 + 1
            && (!within || place.of == pending.of);
        let instant_fits = if within {
            pending.recorded_at == Some(place.recorded_at)
        } else {
            self.recorded_at
                .is_none_or(|last| last <= place.recorded_at)
        };
        if !turn_fits {
            return Some(Fault::certain(format!(
                "the record's turn {} cannot be",
                place.turn
            )));
        }
        if !part_fits {
            return Some(Fault::certain(format!(
                "part {}/{} is not due here",
                place.number, place.of
            )));
        }
        if !instant_fits {
            return Some(Fault::certain("recorded before the record in front of it"));
        }
        if place.version != last.next() {
            let reason = format!(
                "version {} of `{}` stands where {} is due",
                place.version,
                place.stream,
                last.next()
            );
            return Some(Fault::certain(reason));
        }
        None
    }

    /// Behind damage: a whole record stands for itself.
    fn take_alone(
        &mut self,
        place: &Place<'_>,
        entry: Entry,
        index: &dyn Index,
    ) -> Result<Step, ScanError> {
        if place.position < self.next || place.version <= index.last(place.stream)? {
            return Ok(Step::Fault(Fault::certain(
                "the record stands behind later ones",
            )));
        }
        index.add(&[Indexed {
            stream: place.stream,
            version: place.version,
            entry,
        }])?;
        self.next = place.position.next();
        self.turn = place.turn;
        self.sealed = false;
        self.seal_last = false;
        self.recorded_at = self.recorded_at.max(Some(place.recorded_at));
        Ok(Step::Fine)
    }

    /// Hands the pending records to the index.
    fn rescue(&mut self, pending: &mut Pending, index: &dyn Index) -> Result<(), ScanError> {
        let pending = std::mem::take(pending);
        let records: Vec<Indexed<'_>> = pending
            .records
            .iter()
            .map(|(stream, version, entry)| Indexed {
                stream,
                version: *version,
                entry: *entry,
            })
            .collect();
        index.add(&records)?;
        self.next = Position(self.next.0 + records.len() as u64);
        pending.leaves.into_iter().for_each(|leaf| self.grow(leaf));
        Ok(())
    }

    /// Adds the leaf of the next record to the tree.
    fn grow(&mut self, leaf: TreeHash) {
        let Some(tree) = &mut self.tree else {
            return;
        };
        tree.push(leaf);
        if let Some(examining) = &mut self.examining {
            examining.grown(tree, leaf);
        }
    }

    /// Notes that the segment consists of whole appends up to here.
    fn examine_end(&mut self, segment: &Segment) {
        let (Some(examining), Some(tree)) = (&mut self.examining, &self.tree) else {
            return;
        };
        let position = Position(self.next.0.saturating_sub(1));
        // A segment without a record is no end: the next one may take its place.
        if examining.wants_end(position) && segment.first <= position {
            examining.end = Some(End {
                segment: segment.first,
                bytes: self.good_bytes,
                tree: tree.clone(),
            });
        }
    }

    /// There is no segment, and there should be one.
    pub(crate) fn note_missing(&mut self, reason: String) {
        self.tree = None;
        self.damages.push(Damage {
            file: segment::path_of(Position::FIRST),
            line: 1,
            offset: 0,
            position: Position::FIRST,
            wanted: None,
            reason,
        });
    }

    pub(crate) fn note(
        &mut self,
        segment: &Segment,
        line: u64,
        offset: u64,
        due: Position,
        reason: String,
    ) {
        self.tree = None;
        let most = self
            .examining
            .as_ref()
            .map_or(MOST_DAMAGES, |examining| examining.most_damages);
        if self.damages.len() < most {
            self.damages
                .push(damage(segment, line, offset, due, reason));
        } else {
            self.untold += 1;
        }
    }
}

fn damage(segment: &Segment, line: u64, offset: u64, position: Position, reason: String) -> Damage {
    Damage {
        file: segment.path.clone(),
        line,
        offset,
        position,
        wanted: None,
        reason,
    }
}

/// Whether something stands at or behind `from` that was written only after what is due at `from` was synced:
/// then what is wrong there is no torn write. That is a whole record of a turn that began after `due`; the very
/// record that is due, so that a seal must have stood before it; or a seal.
/// A damaged line break joins two lines, so a record is looked for inside lines too.
fn later(segment: &Segment, from: u64, size: u64, due: Position) -> io::Result<bool> {
    let mut lines = Lines::new(&*segment.file, from, size, CHUNK_BYTES);
    while let Some(raw) = lines.next()? {
        if !raw.ended {
            break;
        }
        let starts = memchr::memmem::find_iter(raw.bytes, RECORD_START)
            .chain(memchr::memmem::find_iter(raw.bytes, SEAL_START));
        for start in starts {
            match line::read(raw.bytes.get(start..).unwrap_or_default()) {
                Ok(Line::Record(Record { place, .. }))
                    if place.turn > due || (place.turn, place.position) == (due, due) =>
                {
                    return Ok(true);
                }
                Ok(Line::Seal(seal)) if seal.next >= due => return Ok(true),
                _ => {}
            }
        }
    }
    Ok(false)
}
