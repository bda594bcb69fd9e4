//! The files that the journal is made of, named by the first position in them.

use std::{
    io,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    disk::{Disk, DiskFile},
    position::Position,
};

/// The directory of the segments.
pub(crate) const DIRECTORY: &str = "journal";
/// The name that a segment has until its header is durable.
pub(crate) const UNFINISHED: &str = "journal/next.tmp";

/// One file of the journal.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) first: Position,
    /// Its path inside the data directory.
    pub(crate) path: String,
    pub(crate) file: Arc<dyn DiskFile>,
    /// How many bytes readers may look at: whole appends that are durable.
    readable: AtomicU64,
}

impl Segment {
    pub(crate) fn new(first: Position, file: Arc<dyn DiskFile>, readable: u64) -> Segment {
        Segment {
            first,
            path: path_of(first),
            file,
            readable: AtomicU64::new(readable),
        }
    }

    pub(crate) fn readable(&self) -> u64 {
        self.readable.load(Ordering::Acquire)
    }

    /// Shows readers more; what they have been shown stays.
    pub(crate) fn set_readable(&self, bytes: u64) {
        self.readable.fetch_max(bytes, Ordering::AcqRel);
    }
}

pub(crate) fn path_of(first: Position) -> String {
    format!("{DIRECTORY}/{:020}.jsonl", first.0)
}

/// The first positions of the segments among a directory's names, in order.
fn firsts(names: &[String]) -> Vec<Position> {
    let first = |name: &String| {
        let digits = name.strip_suffix(".jsonl")?;
        let sound = digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit());
        sound.then(|| digits.parse().ok().map(Position)).flatten()
    };
    let mut firsts: Vec<Position> = names.iter().filter_map(first).collect();
    firsts.sort_unstable();
    firsts
}

/// The first positions of the segments of a journal, in order; none when there is no journal yet.
pub(crate) fn listed(disk: &dyn Disk) -> io::Result<Vec<Position>> {
    match disk.list(DIRECTORY) {
        Ok(names) => Ok(firsts(&names)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The segments that are open, in order.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    list: RwLock<Vec<Arc<Segment>>>,
}

impl Segments {
    /// Adds the next segment. One that begins where the last begins has taken its place: it held no record.
    pub(crate) fn push(&self, segment: Arc<Segment>) {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        list.pop_if(|last| last.first == segment.first);
        list.push(segment);
    }

    pub(crate) fn all(&self) -> Vec<Arc<Segment>> {
        self.list
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn last(&self) -> Option<Arc<Segment>> {
        self.list
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .last()
            .cloned()
    }

    /// The segment that holds a position.
    pub(crate) fn holding(&self, position: Position) -> Option<Arc<Segment>> {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        let behind = list.partition_point(|segment| segment.first <= position);
        list.get(behind.checked_sub(1)?).cloned()
    }

    /// The segment after the one that begins at a position.
    pub(crate) fn after(&self, first: Position) -> Option<Arc<Segment>> {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        list.get(list.partition_point(|segment| segment.first <= first))
            .cloned()
    }
}

/// A line as it lies in a file.
pub(crate) struct RawLine<'a> {
    pub(crate) offset: u64,
    /// Without its line break.
    pub(crate) bytes: &'a [u8],
    /// Whether there is a line break behind it.
    pub(crate) ended: bool,
}

impl RawLine<'_> {
    /// Where the next line begins.
    pub(crate) fn behind(&self) -> u64 {
        self.offset + self.bytes.len() as u64 + u64::from(self.ended)
    }
}

/// Reads a file line by line, a chunk at a time.
pub(crate) struct Lines<'a> {
    file: &'a dyn DiskFile,
    /// Where to stop, whatever the file grows to.
    size: u64,
    /// The file's offset of the buffer's first byte.
    base: u64,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    chunk: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(file: &'a dyn DiskFile, from: u64, size: u64, chunk: usize) -> Lines<'a> {
        Lines {
            file,
            size,
            base: from,
            buffer: Vec::new(),
            start: 0,
            filled: 0,
            chunk,
        }
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<RawLine<'_>>> {
        let mut searched = self.start;
        loop {
            let unsearched = self.buffer.get(searched..self.filled).unwrap_or_default();
            if let Some(length) = memchr::memchr(b'\n', unsearched) {
                return Ok(Some(self.take(searched + length, true)));
            }
            searched = self.filled - self.start;
            if !self.fill()? {
                let left = self.start < self.filled;
                let end = self.filled;
                return Ok(left.then(|| self.take(end, false)));
            }
        }
    }

    fn take(&mut self, end: usize, ended: bool) -> RawLine<'_> {
        let offset = self.base + self.start as u64;
        let start = std::mem::replace(&mut self.start, end + usize::from(ended));
        RawLine {
            offset,
            bytes: self.buffer.get(start..end).unwrap_or_default(),
            ended,
        }
    }

    /// Moves what is left to the front and reads more behind it; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.base += self.start as u64;
        self.filled -= self.start;
        self.start = 0;
        let left = self.size.saturating_sub(self.base + self.filled as u64);
        let want = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(self.chunk.max(self.filled));
        if want == 0 {
            return Ok(false);
        }
        if self.buffer.len() < self.filled + want {
            self.buffer.resize(self.filled + want, 0);
        }
        let room = self
            .buffer
            .get_mut(self.filled..self.filled + want)
            .unwrap_or_default();
        let read = self.file.read_at(room, self.base + self.filled as u64)?;
        self.filled += read;
        Ok(read > 0)
    }
}
