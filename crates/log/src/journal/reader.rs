//! Reading records: by stream by way of the index, or all in order. Every record is checked.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::sync::watch;
use uuid::Uuid;

use super::{
    broken::Broken,
    leaves::Leaves,
    scan::{Progress, ScanError, Tell},
    segment::{Lines, Segment, Segments},
};
use crate::{
    admission::Standing,
    disk::Disk,
    error::{Damage, ReadError},
    event_log::{Filter, LogInfo},
    index::{Entry, Index, IndexError, Indexed, MemoryIndex},
    line::{self, Line, Record},
    position::{Position, Version},
    record::{Page, Recorded},
    stream_id::StreamId,
    tree::{Tree, TreeHead},
};

/// A page ends when it holds so many bytes of lines, whatever the limit.
const PAGE_BYTES: u64 = 16 << 20;
const CHUNK_BYTES: usize = 128 << 10;

/// What writer and readers have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) info: LogInfo,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) index: Arc<dyn Index>,
    pub(crate) segments: Segments,
    pub(crate) head: watch::Sender<Head>,
    /// Held to read while the index is used, to write while it is filled anew.
    gate: RwLock<()>,
    /// The tree over all records that are stored.
    pub(crate) leaves: Leaves,
    /// Damage that was met after opening. It forbids to write as damage found in opening does.
    met: Mutex<Option<Damage>>,
    /// Damage by which records are missing in the index, that opening did not tell of.
    lost: Mutex<Option<Damage>>,
    /// The streams that damaged lines still name: what they end with is not known.
    broken: RwLock<Broken>,
    /// Opening told of damage: whoever reads on knows that records are missing.
    told: AtomicBool,
    tell: Option<Tell>,
    /// How often the index was filled anew.
    fillings: AtomicU64,
    /// Whether the last filling came to no end: then the index is asked nothing before the next one does.
    half_filled: AtomicBool,
}

/// What waiters watch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) position: Position,
    pub(crate) open: bool,
}

impl Shared {
    pub(crate) fn new(
        info: LogInfo,
        disk: Arc<dyn Disk>,
        index: Arc<dyn Index>,
        tell: Option<Tell>,
    ) -> Shared {
        let head = Head {
            position: Position::NONE,
            open: true,
        };
        Shared {
            info,
            disk,
            index,
            segments: Segments::default(),
            head: watch::Sender::new(head),
            gate: RwLock::default(),
            leaves: Leaves::new(None),
            met: Mutex::default(),
            lost: Mutex::default(),
            broken: RwLock::default(),
            told: AtomicBool::new(false),
            fillings: AtomicU64::new(0),
            half_filled: AtomicBool::new(false),
            tell,
        }
    }

    pub(crate) fn head(&self) -> Position {
        self.head.borrow().position
    }

    pub(crate) fn tree_head(&self) -> Option<TreeHead> {
        self.leaves.tree().as_ref().map(Tree::head)
    }

    pub(crate) fn damage_met(&self) -> Option<Damage> {
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        met.clone()
    }

    /// Opening tells of damage, and reading goes on.
    pub(crate) fn told_of_damage(&self) {
        self.told.store(true, Ordering::Relaxed);
    }

    fn meet(&self, damage: &Damage) {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if met.is_none() {
            tracing::error!(%damage, "the journal is damaged: nothing is written any more");
            *met = Some(damage.clone());
        }
    }

    /// Shows the index what was stored.
    pub(crate) fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError> {
        let _using = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        if self.half_filled.load(Ordering::Relaxed) {
            // The next filling reads them from the journal.
            return Ok(());
        }
        // If it was filled anew just now, it has been shown them already.
        let reached = self.index.reached()?;
        let known = records.partition_point(|record| record.entry.position <= reached);
        self.index.add(records.get(known..).unwrap_or_default())
    }

    /// Answers by way of the index. When what it says and what the journal holds do not agree, or it does
    /// not answer at all, it is filled anew from the journal and asked again: then either the index was
    /// wrong, or the journal is damaged.
    fn by_index<T>(&self, ask: impl Fn() -> Result<T, ReadError>) -> Result<T, ReadError> {
        let (asked, fillings) = {
            let _using = self.gate.read().unwrap_or_else(PoisonError::into_inner);
            let half = self.half_filled.load(Ordering::Relaxed);
            let asked = if half { Err(half_filled()) } else { ask() };
            (asked, self.fillings.load(Ordering::Relaxed))
        };
        let Err(error @ (ReadError::Index { .. } | ReadError::Damaged(_))) = asked else {
            return asked;
        };
        if !self.fill_anew(&error, fillings)? {
            if let ReadError::Damaged(damage) = &error {
                self.meet(damage);
            }
            return Err(error);
        }
        let _using = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        ask()
    }

    /// Fills the index from the journal; false if that would bring nothing new. `fillings` is how often it had
    /// been filled anew when it gave the answer that is doubted.
    fn fill_anew(&self, why: &ReadError, fillings: u64) -> Result<bool, ReadError> {
        let _alone = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        if self.fillings.load(Ordering::Relaxed) != fillings {
            // Somebody else met the same, and it has been filled anew meanwhile.
            return Ok(true);
        }
        // A record that is not what the index says: if the journal is damaged, the index is right, and knows of
        // records that it could not be told of again.
        if let ReadError::Damaged(_) = why
            && (self.damage_met().is_some() || self.scan(&MemoryIndex::default())?)
        {
            return Ok(false);
        }
        if !self.index.reset().map_err(unanswered)? {
            return Ok(false);
        }
        tracing::warn!(reason = %why, "the index does not agree with the journal: it is built anew");
        // Until the last record is in it, it answers nothing; if the reading fails, the next question tries again.
        self.half_filled.store(true, Ordering::Relaxed);
        if self.scan(&*self.index)? && !self.told.load(Ordering::Relaxed) {
            self.lose();
        }
        self.index.filled();
        self.half_filled.store(false, Ordering::Relaxed);
        self.fillings.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    /// The index was filled behind opening from a journal that is damaged.
    fn lose(&self) {
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = self.damage_met();
    }

    /// Damage was met in reading on.
    pub(crate) fn lose_by(&self, damage: &Damage) {
        self.meet(damage);
        if !self.told.load(Ordering::Relaxed) {
            self.lose();
        }
    }

    /// Reads the journal through into an index. Whether it is damaged.
    fn scan(&self, index: &dyn Index) -> Result<bool, ReadError> {
        let segments = self.segments.all();
        let total = segments.iter().map(|segment| segment.readable()).sum();
        let mut progress = Progress::start().telling(self.tell.clone(), total);
        for (nth, segment) in segments.iter().enumerate() {
            let is_last = nth + 1 == segments.len();
            progress.enter(segment);
            let read = progress.read(segment, segment.readable(), is_last, &self.info, index);
            read.map_err(|error| match error {
                ScanError::Io(error) => unread(segment, &error),
                ScanError::Index(error) => unanswered(error),
            })?;
        }
        if let Some(damage) = progress.damages.first() {
            self.meet(damage);
        }
        Ok(!progress.damages.is_empty())
    }

    /// Whether a stream ends where the index says so: not if a damaged line names it, and not if the index was filled behind
    /// opening from a journal that is damaged, for the damaged records may be this stream's.
    fn ends(&self, stream: &StreamId) -> Result<(), ReadError> {
        let broken = self.broken.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(damage) = broken.of(stream) {
            return Err(ReadError::Damaged(damage.clone()));
        }
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.clone()
            .map_or(Ok(()), |damage| Err(ReadError::Damaged(damage)))
    }

    /// Takes over which streams damaged lines name.
    pub(super) fn set_broken(&self, progress: &Progress) {
        let mut broken = self.broken.write().unwrap_or_else(PoisonError::into_inner);
        broken.clone_from(&progress.broken);
    }

    /// Waits until this process knows the head to be past a position.
    pub(crate) async fn beyond(&self, position: Position) -> Result<Position, ReadError> {
        let mut head = self.head.subscribe();
        let seen = head
            .wait_for(|head| head.position > position || !head.open)
            .await;
        match seen {
            Ok(head) if head.position > position => Ok(head.position),
            _ => Err(ReadError::Closed),
        }
    }

    pub(crate) fn stream_page(
        &self,
        stream: &StreamId,
        from: Version,
        limit: usize,
    ) -> Result<Page<Version>, ReadError> {
        self.by_index(|| self.stream_page_once(stream, from, limit))
    }

    fn stream_page_once(
        &self,
        stream: &StreamId,
        from: Version,
        limit: usize,
    ) -> Result<Page<Version>, ReadError> {
        let mut next = from.max(Version::FIRST);
        let last = self.index.last(stream.as_str()).map_err(unanswered)?;
        let entries = self
            .index
            .entries(stream.as_str(), next, limit)
            .map_err(unanswered)?;
        let mut records = Vec::with_capacity(entries.len());
        let mut buffer = Vec::new();
        let mut bytes = 0;
        for (version, entry) in entries {
            if version != next {
                if records.is_empty() {
                    return Err(self.missing(stream, next, entry));
                }
                break;
            }
            let record = self.find(&mut buffer, stream, version, entry, |record| {
                record.decode()
            })?;
            records.push(record);
            next = version.next();
            bytes += u64::from(entry.length);
            if bytes >= PAGE_BYTES {
                break;
            }
        }
        if next > last {
            self.ends(stream)?;
        }
        Ok(Page {
            records,
            next,
            end: next > last,
        })
    }

    /// Reads the record that the index names, compares it with what the index says of it.
    fn find<T>(
        &self,
        buffer: &mut Vec<u8>,
        stream: &StreamId,
        version: Version,
        entry: Entry,
        make: impl FnOnce(&Record<'_>) -> Option<T>,
    ) -> Result<T, ReadError> {
        let segment = self
            .segments
            .holding(entry.position)
            .ok_or_else(|| ReadError::Index {
                reason: format!(
                    "it names position {}, which no segment holds",
                    entry.position
                ),
            })?;
        let damaged = |reason: &str| {
            let mut damage = damage(&segment, entry.offset, entry.position, reason);
            damage.wanted = Some((stream.clone(), version));
            ReadError::Damaged(damage)
        };
        let length = usize::try_from(entry.length).unwrap_or(usize::MAX);
        buffer.resize(length.saturating_add(1), 0);
        let read = segment
            .file
            .read_at(buffer, entry.offset)
            .map_err(|e| unread(&segment, &e))?;
        let line = match buffer.split_last() {
            Some((b'\n', line)) if read == buffer.len() => line,
            _ => return Err(damaged("the line does not end where it ended")),
        };
        match line::read(line) {
            Ok(Line::Record(record)) => {
                let place = &record.place;
                let same = (place.position, place.stream, place.version)
                    == (entry.position, stream.as_str(), version);
                if !same {
                    return Err(damaged("another record stands there"));
                }
                make(&record).ok_or_else(|| damaged("not a record as this format writes it"))
            }
            Ok(_) => Err(damaged("another line stands there")),
            Err(reason) => Err(damaged(reason)),
        }
    }

    pub(crate) fn all_page(
        &self,
        from: Position,
        filter: &Filter,
        limit: usize,
    ) -> Result<Page<Position>, ReadError> {
        self.by_index(|| self.all_page_once(from, filter, limit))
    }

    fn all_page_once(
        &self,
        from: Position,
        filter: &Filter,
        limit: usize,
    ) -> Result<Page<Position>, ReadError> {
        let head = self.head();
        let from = from.max(Position::FIRST);
        let mut page = Page {
            records: Vec::new(),
            next: from,
            end: from > head,
        };
        if page.end || limit == 0 {
            return Ok(page);
        }
        let start = self.index.near(from).map_err(unanswered)?;
        let (mut segment, mut offset, mut due) = match start {
            Some(entry) => (
                self.segments.holding(entry.position),
                entry.offset,
                entry.position,
            ),
            None => (self.segments.holding(from), 0, Position::FIRST),
        };
        let mut bytes = 0_u64;
        while let Some(current) = segment {
            let mut lines = Lines::new(&*current.file, offset, current.readable(), CHUNK_BYTES);
            while let Some(raw) = lines.next().map_err(|e| unread(&current, &e))? {
                match self.pass(raw.bytes, due, from, filter) {
                    Ok(Passed::Aside) => continue,
                    Ok(Passed::Record(record)) => {
                        if let Some(record) = record {
                            page.records.push(record);
                            bytes += raw.bytes.len() as u64;
                        }
                        due = due.next();
                    }
                    // What stands before the damage is handed out first; the next page meets it again.
                    Err(_) if !page.records.is_empty() => return Ok(page),
                    Err(reason) => {
                        let at = due.max(from);
                        return Err(ReadError::Damaged(damage(
                            &current, raw.offset, at, &reason,
                        )));
                    }
                }
                page.next = due.max(from);
                page.end = due > head;
                if page.end || page.records.len() >= limit || bytes >= PAGE_BYTES {
                    return Ok(page);
                }
            }
            segment = self.segments.after(current.first);
            offset = 0;
            if segment.is_none() && page.records.is_empty() {
                let reason = "the record is missing";
                return Err(ReadError::Damaged(damage(
                    &current,
                    current.readable(),
                    due.max(from),
                    reason,
                )));
            }
        }
        Ok(page)
    }

    fn pass(
        &self,
        bytes: &[u8],
        due: Position,
        from: Position,
        filter: &Filter,
    ) -> Result<Passed, String> {
        let record = match line::read(bytes)? {
            Line::Record(record) => record,
            Line::Header(_) | Line::Seal(_) => return Ok(Passed::Aside),
        };
        if record.place.position != due {
            return Err(format!(
                "position {} stands where {due} is due",
                record.place.position
            ));
        }
        if due < from {
            return Ok(Passed::Record(None));
        }
        let strange = || "not a record as this format writes it".to_owned();
        let category = record.place.stream.split('/').next().unwrap_or_default();
        let (_, kind) = record.name().ok_or_else(strange)?;
        if !filter.passes(category, kind) {
            return Ok(Passed::Record(None));
        }
        record
            .decode()
            .map(Some)
            .map(Passed::Record)
            .ok_or_else(strange)
    }

    /// The index knows no entry for a version between others: the journal has lost it.
    fn missing(&self, stream: &StreamId, version: Version, behind: Entry) -> ReadError {
        let reason = "the record is lost: damage stands somewhere before this line";
        let mut lost = match self.segments.holding(behind.position) {
            Some(segment) => damage(&segment, behind.offset, behind.position, reason),
            None => {
                return ReadError::Index {
                    reason: reason.into(),
                };
            }
        };
        lost.wanted = Some((stream.clone(), version));
        ReadError::Damaged(lost)
    }
}

enum Passed {
    /// A header or a seal.
    Aside,
    /// The record that is due; `None` when it is not wanted.
    Record(Option<Recorded>),
}

impl Standing for Shared {
    fn count(&self, stream: &StreamId) -> Result<u64, ReadError> {
        self.by_index(|| {
            let last = self.index.last(stream.as_str()).map_err(unanswered)?;
            // An event may not be decided on a stream whose end is not known.
            self.ends(stream)?;
            Ok(last.0)
        })
    }

    fn ids(&self, stream: &StreamId, skip: u64, limit: usize) -> Result<Vec<Uuid>, ReadError> {
        self.by_index(|| {
            let from = Version(skip).next();
            let entries = self
                .index
                .entries(stream.as_str(), from, limit)
                .map_err(unanswered)?;
            let mut buffer = Vec::new();
            let mut id = |(version, entry)| {
                self.find(&mut buffer, stream, version, entry, |record| {
                    record.name().map(|(id, _)| id)
                })
            };
            entries.into_iter().map(&mut id).collect()
        })
    }
}

fn half_filled() -> ReadError {
    let reason = "it could not be filled from the journal".to_owned();
    ReadError::Index { reason }
}

fn unanswered(error: IndexError) -> ReadError {
    ReadError::Index { reason: error.0 }
}

pub(crate) fn unread(segment: &Segment, error: &std::io::Error) -> ReadError {
    ReadError::Io {
        file: segment.path.clone(),
        reason: error.to_string(),
    }
}

/// Damage met in reading. Only then are the lines before it counted.
fn damage(segment: &Segment, offset: u64, position: Position, reason: &str) -> Damage {
    let mut lines = Lines::new(&*segment.file, 0, offset, CHUNK_BYTES);
    let mut line = 1;
    while let Ok(Some(_)) = lines.next() {
        line += 1;
    }
    Damage {
        file: segment.path.clone(),
        line,
        offset,
        position,
        wanted: None,
        reason: reason.to_owned(),
    }
}
