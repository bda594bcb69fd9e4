//! Opening a journal: reading it through, and setting right what an unclean end left behind.

use std::{io, sync::Arc};

use super::{
    behind::Skipped,
    marker,
    open_error::OpenError,
    reader::Shared,
    scan::{Progress, ScanError, Tell, Torn},
    segment::{self, Segment},
};
use crate::{
    copying::is_there,
    disk::{Disk, DiskLock, LockFailure, is_no_space},
    error::Damage,
    event_log::LogInfo,
    index::Index,
    line::{Header, LONGEST_SEAL_BYTES},
    position::Position,
    store::Shelf,
    tree::Tree,
};

/// What opening found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Whether the last writer closed the log cleanly.
    pub clean: bool,
    /// What stood behind the last whole append.
    pub cut: Option<Cut>,
    /// The turn that was written again in place and synced, because its own sync is not certain.
    pub rewritten: Option<Position>,
    /// Files of a segment's beginning that was cut short; they were removed.
    pub removed: Vec<String>,
    /// Why the index was not believed, if it was not: it was built anew from the journal.
    pub index_rebuilt: Option<String>,
    /// Damage that is no torn end. While there is any, the log is open for reading only.
    pub damage: Vec<Damage>,
}

/// An end that is not a whole append: what was being written when the last writer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cut {
    /// The segment.
    pub file: String,
    /// Where in it the whole appends end, in bytes.
    pub offset: u64,
    /// How many bytes stood behind that.
    pub bytes: u64,
    /// The first position that is not there (any more).
    pub position: Position,
    /// The line on which it was noticed, counted from 1.
    pub line: u64,
    /// What is wrong there.
    pub reason: String,
    /// The file that keeps the bytes; none when the log was opened for reading only: then
    /// they are where they were.
    pub kept_as: Option<String>,
}

/// A journal that has been read through.
pub(crate) struct Opened {
    pub(crate) shared: Shared,
    pub(crate) progress: Progress,
    pub(crate) recovery: Recovery,
    /// The torn end, if the disk was too full to put it aside: that is to be done before anything is written.
    pub(crate) uncut: Option<Cut>,
}

/// What a journal is read with.
pub(crate) struct With {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) info: LogInfo,
    pub(crate) index: Arc<dyn Index>,
    /// What need not be read, because the index knows it.
    pub(crate) skipped: Option<Skipped>,
    /// A position that an index knew, or a backup's manifest; a journal that ends before it has lost records.
    pub(crate) known: Option<Position>,
    pub(crate) tell: Option<Tell>,
}

/// Reads the journal and changes nothing.
pub(crate) fn survey(with: With) -> Result<Opened, OpenError> {
    read_through(with, false).map(|(opened, _)| opened)
}

/// Reads the journal, cuts a torn end and makes sure that what is left is durable. With
/// damage nothing is changed. The first segment is made in founding alone: where it is missing later, so is
/// everything that was acknowledged.
pub(crate) fn recover(with: With, founding: bool) -> Result<Opened, OpenError> {
    let disk = with.disk.clone();
    let failed = |action, path: &str, error: &io::Error| OpenError::io(&*disk, action, path, error);
    let (mut opened, torn) = read_through(with, true)?;
    let Opened {
        shared,
        progress,
        recovery,
        uncut,
    } = &mut opened;
    if !recovery.damage.is_empty() {
        return Ok(opened);
    }
    if shared.segments.last().is_none() && !founding {
        return Err(OpenError::Empty {
            path: disk.place(""),
        });
    }
    match disk.remove(segment::UNFINISHED) {
        Ok(()) => recovery.removed.push(segment::UNFINISHED.to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed("remove", segment::UNFINISHED, &error)),
    }
    if let Some(last) = shared.segments.last() {
        // A writer that died may have left room set apart. What others may need goes back first.
        (last.file.size())
            .and_then(|size| last.file.truncate(size))
            .map_err(|e| failed("cut", &last.path, &e))?;
        if let (Some(_), Some(cut)) = (torn, &mut recovery.cut) {
            match keep_aside(&*disk, &last, cut) {
                Ok(kept) => cut.kept_as = Some(kept),
                Err(error) if is_no_space(&error) => *uncut = Some(cut.clone()),
                Err(error) => return Err(failed("cut", &last.path, &error)),
            }
        }
        recovery.rewritten =
            write_again(&last, progress).map_err(|e| failed("sync", &last.path, &e))?;
    } else {
        let first = create_segment(&*disk, &shared.info, &Tree::default())
            .map_err(|e| failed("make", segment::DIRECTORY, &e))?;
        progress.good_bytes = first.readable();
        progress.good_lines = 1;
        progress.epoch = shared.info.epoch;
        shared.segments.push(first);
    }
    // The last segment's name may have been given just before the end, and the directory's too.
    for dir in [segment::DIRECTORY, ""] {
        disk.sync_dir(dir).map_err(|e| failed("sync", dir, &e))?;
    }
    Ok(opened)
}

fn read_through(with: With, to_write: bool) -> Result<(Opened, Option<Torn>), OpenError> {
    let With {
        disk,
        info,
        index,
        skipped,
        known,
        tell,
    } = with;
    let failed = |action, path: &str, error: &io::Error| OpenError::io(&*disk, action, path, error);
    let mut firsts = segment::listed(&*disk).map_err(|e| failed("list", segment::DIRECTORY, &e))?;
    let shared = Shared::new(info, disk.clone(), index, tell.clone());
    let mut progress = Progress::start();
    let mut torn = None;
    let mut at = None;
    if let Some(skipped) = skipped {
        progress = Progress::at(&skipped.checkpoint);
        firsts.retain(|first| *first >= skipped.checkpoint.segment);
        at = Some(skipped.checkpoint.segment);
        skipped
            .segments
            .into_iter()
            .for_each(|segment| shared.segments.push(segment));
    }
    let mut segments = Vec::with_capacity(firsts.len());
    let mut bytes = 0;
    for (nth, first) in firsts.iter().enumerate() {
        let path = segment::path_of(*first);
        let opened = if to_write && nth + 1 == firsts.len() {
            disk.open(&path)
        } else {
            disk.open_to_read(&path)
        };
        let file = opened.map_err(|error| failed("open", &path, &error))?;
        let size = file.size().map_err(|error| failed("read", &path, &error))?;
        bytes += size;
        segments.push((Arc::new(Segment::new(*first, file, 0)), size));
    }
    progress = progress.telling(tell, bytes);
    for (nth, (segment, size)) in segments.iter().enumerate() {
        if at != Some(segment.first) {
            progress.enter(segment);
        }
        let is_last = nth + 1 == segments.len();
        torn = progress
            .read(segment, *size, is_last, &shared.info, &*shared.index)
            .map_err(|error| match error {
                ScanError::Io(error) => failed("read", &segment.path, &error),
                ScanError::Index(error) => OpenError::Index { reason: error.0 },
            })?;
        segment.set_readable(progress.good_bytes);
        shared.segments.push(segment.clone());
    }
    let head = Position(progress.next.0 - 1);
    match (segments.last(), missing(head, known)) {
        (Some((last, size)), Some(missing)) => {
            progress.note(last, progress.good_lines, *size, head.next(), missing);
        }
        (Some(_), None) => {}
        (None, Some(missing)) => progress.note_missing(format!("the journal is gone: {missing}")),
        (None, None) => {
            if let Some(reason) = gone(&*disk, &shared.info)? {
                progress.note_missing(format!("the journal is gone: {reason}"));
            }
        }
    }
    let recovery = Recovery {
        clean: progress.sealed && torn.is_none(),
        cut: torn.as_ref().map(|torn| cut_of(torn, &progress)),
        damage: progress.damages.clone(),
        ..Recovery::default()
    };
    shared.head.send_modify(|shown| shown.position = head);
    shared.leaves.set(progress.tree.clone());
    shared.set_broken(&progress);
    let opened = Opened {
        shared,
        progress,
        recovery,
        uncut: None,
    };
    Ok((opened, torn))
}

/// What is missing at the end of a journal behind which records are known to have been.
pub(crate) fn missing(head: Position, known: Option<Position>) -> Option<String> {
    let known = known.filter(|known| *known > head)?;
    Some(format!(
        "the journal ends at position {head}, records up to {known} are known to have been there: they were \
         acknowledged and are missing"
    ))
}

/// How a directory without a segment shows that there were some: no founding that was cut short looks like that.
fn gone(disk: &dyn Disk, info: &LogInfo) -> Result<Option<&'static str>, OpenError> {
    if info.epoch > 1 {
        return Ok(Some("in a later epoch something was recorded"));
    }
    let indexed = is_there(disk, Shelf::DIRECTORY)?;
    Ok(indexed.then_some("there is an index of what was recorded"))
}

pub(crate) fn cut_of(torn: &Torn, progress: &Progress) -> Cut {
    Cut {
        file: torn.at.file.clone(),
        offset: progress.good_bytes,
        bytes: torn.bytes,
        position: progress.next,
        line: torn.at.line,
        reason: torn.at.reason.clone(),
        kept_as: None,
    }
}

/// Copies the torn end into a file of its own, durably, and only then cuts it off. When there is no room for
/// that, nothing has changed.
pub(crate) fn keep_aside(disk: &dyn Disk, segment: &Segment, cut: &Cut) -> io::Result<String> {
    let mut path = format!("{}/cut-{:020}", segment::DIRECTORY, cut.position.0);
    let mut copy = 1;
    let file = loop {
        match disk.create(&path) {
            Ok(file) => break file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                copy += 1;
                path = format!("{}/cut-{:020}-{copy}", segment::DIRECTORY, cut.position.0);
            }
            Err(error) => return Err(error),
        }
    };
    let copied = copy_bytes(segment, cut.offset, cut.bytes, |bytes, at| {
        file.write_at(bytes, at - cut.offset)
    });
    let kept = copied
        .and_then(|()| file.sync_data())
        .and_then(|()| disk.sync_dir(segment::DIRECTORY));
    if let Err(error) = kept {
        // Half a copy helps nobody; if it cannot be taken away either, the next try takes another name.
        let _ = disk.remove(&path);
        return Err(error);
    }
    segment
        .file
        .truncate(cut.offset)
        .and_then(|()| segment.file.sync_data())
        .map_err(past_trying)?;
    Ok(path)
}

/// What failed is not to be tried again in this process, even if it was for want of room.
fn past_trying(error: io::Error) -> io::Error {
    if is_no_space(&error) {
        io::Error::other(error)
    } else {
        error
    }
}

/// Writes the last turn again where it stands, or the seal behind it. Its sync may have failed, and then the
/// system may hold pages as clean that never reached the disk.
fn write_again(segment: &Segment, progress: &Progress) -> io::Result<Option<Position>> {
    let end = progress.good_bytes;
    let of_turn = progress.turn >= segment.first && progress.turn_offset < end;
    let (from, turn) = if progress.sealed {
        (last_line(segment, end)?, None)
    } else if of_turn {
        (progress.turn_offset, Some(progress.turn))
    } else {
        (end, None)
    };
    copy_bytes(segment, from, end - from, |bytes, at| {
        segment.file.write_at(bytes, at)
    })?;
    segment.file.sync_data()?;
    Ok(turn)
}

/// Where the header or the seal begins that ends at an offset.
fn last_line(segment: &Segment, end: u64) -> io::Result<u64> {
    let start = end.saturating_sub(LONGEST_SEAL_BYTES);
    let mut bytes = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
    let read = segment.file.read_at(&mut bytes, start)?;
    bytes.truncate(read);
    let before = bytes.strip_suffix(b"\n").unwrap_or_default();
    let line = memchr::memrchr(b'\n', before).map_or(0, |at| at as u64 + 1);
    Ok(start + line)
}

fn copy_bytes(
    segment: &Segment,
    from: u64,
    length: u64,
    mut write: impl FnMut(&[u8], u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 20];
    let mut at = from;
    while at < from + length {
        let want = usize::try_from(from + length - at)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let part = buffer.get_mut(..want).unwrap_or_default();
        if segment.file.read_at(part, at)? < want {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        write(part, at)?;
        at += want as u64;
    }
    Ok(())
}

/// Makes a segment so that it is either not there or there with its header: another name
/// first, sync, rename. It is left to sync the directory.
pub(crate) fn create_segment(
    disk: &dyn Disk,
    info: &LogInfo,
    tree: &Tree,
) -> io::Result<Arc<Segment>> {
    match disk.remove(segment::UNFINISHED) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let header = Header::new(info, tree);
    let (first, header) = (header.first, header.line());
    let file = disk.create(segment::UNFINISHED)?;
    file.write_at(&header, 0)?;
    file.sync_data()?;
    disk.rename(segment::UNFINISHED, &segment::path_of(first))?;
    Ok(Arc::new(Segment::new(first, file, header.len() as u64)))
}

/// Takes the lock of a data directory.
pub(crate) fn lock(disk: &dyn Disk) -> Result<Box<dyn DiskLock>, OpenError> {
    disk.lock(marker::LOCK)
        .map_err(|failure| not_locked(disk, marker::LOCK, failure))
}

/// Takes, to the lock's file, the lock of the journal's directory: the file may be deleted while it is locked, and
/// another would lock the next one of that name. The directory cannot be without the log going with it.
pub(crate) fn lock_journal(
    disk: &dyn Disk,
    lock: Box<dyn DiskLock>,
) -> Result<Box<dyn DiskLock>, OpenError> {
    let journal = disk
        .lock_dir(segment::DIRECTORY)
        .map_err(|failure| not_locked(disk, segment::DIRECTORY, failure))?;
    Ok(Box::new(WriterLock {
        _file: lock,
        _journal: journal,
    }))
}

/// What a writer holds.
#[derive(Debug)]
struct WriterLock {
    _file: Box<dyn DiskLock>,
    _journal: Option<Box<dyn DiskLock>>,
}

impl DiskLock for WriterLock {}

fn not_locked(disk: &dyn Disk, path: &str, failure: LockFailure) -> OpenError {
    match failure {
        LockFailure::Held { holder } => OpenError::Locked {
            path: disk.place(""),
            holder,
        },
        LockFailure::Io(error) => OpenError::io(disk, "lock", path, &error),
    }
}
