//! What need not be read in opening: the part of the journal that a closed store has indexed.

use std::{io, sync::Arc};

use super::segment::{self, Segment};
use crate::{
    checkpoint::Checkpoint,
    disk::{Disk, DiskFile},
    event_log::LogInfo,
    line::{self, Header, LONGEST_SEAL_BYTES, Line, Seal},
    position::Position,
    tree::TreeHash,
};

/// The segments up to a checkpoint, opened, and not read.
#[derive(Debug)]
pub(crate) struct Skipped {
    pub(crate) checkpoint: Checkpoint,
    /// Those before the one that the checkpoint is in.
    pub(crate) segments: Vec<Arc<Segment>>,
}

/// How a checkpoint and a journal stand to each other.
#[derive(Debug)]
pub(crate) enum Stand {
    /// The journal was there when the checkpoint was made.
    Behind(Skipped),
    /// The journal ends before it.
    Ahead,
    /// The checkpoint is not of this journal, or the journal is not sound.
    Other(String),
}

/// Looks whether the journal has, at the checkpoint, the seal that was written there: its tree head covers
/// everything before. Of the segments before, header and seal are looked at.
pub(crate) fn stand(disk: &dyn Disk, info: &LogInfo, checkpoint: Checkpoint) -> io::Result<Stand> {
    let firsts = segment::listed(disk)?;
    let other = |reason: &str| Ok(Stand::Other(reason.to_owned()));
    if firsts.last().is_none_or(|last| *last < checkpoint.segment) {
        return Ok(Stand::Ahead);
    }
    if !firsts.contains(&checkpoint.segment) {
        return other("its segment is missing");
    }
    let mut due = (Position::FIRST, TreeHash::of_nothing());
    let mut epoch = 0;
    let mut segments = Vec::new();
    for first in firsts
        .into_iter()
        .take_while(|first| *first <= checkpoint.segment)
    {
        let file = disk.open_to_read(&segment::path_of(first))?;
        let size = file.size()?;
        let Some(header) = header(&*file)? else {
            return other("a segment has no header");
        };
        let ours = (header.log, header.first) == (info.log_id, first)
            && (header.first, header.tree) == due
            && (epoch..=info.epoch).contains(&header.epoch);
        if !ours {
            return other("a segment does not go on where the one before ends");
        }
        epoch = header.epoch;
        if first == checkpoint.segment {
            if size < checkpoint.bytes {
                return Ok(Stand::Ahead);
            }
            let end = if checkpoint.lines == 1 {
                Some((header.first, header.tree))
            } else {
                seal(&*file, checkpoint.bytes)?.map(|seal| (seal.next, seal.tree))
            };
            let noted = (checkpoint.position().next(), checkpoint.tree.hash());
            if end != Some(noted) || header.epoch != checkpoint.epoch {
                return other("the journal has other records than the index");
            }
            break;
        }
        let Some(seal) = seal(&*file, size)? else {
            return other("a segment has no seal");
        };
        due = (seal.next, seal.tree);
        segments.push(Arc::new(Segment::new(first, file, size)));
    }
    Ok(Stand::Behind(Skipped {
        checkpoint,
        segments,
    }))
}

/// The header in front of a segment.
pub(crate) fn header(file: &dyn DiskFile) -> io::Result<Option<Header>> {
    let bytes = read(file, 0, LONGEST_SEAL_BYTES)?;
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    Ok(match line::read(line) {
        Ok(Line::Header(header)) => Some(header),
        _ => None,
    })
}

/// The seal that ends at an offset.
fn seal(file: &dyn DiskFile, end: u64) -> io::Result<Option<Seal>> {
    let start = end.saturating_sub(LONGEST_SEAL_BYTES);
    let bytes = read(file, start, end - start)?;
    let line = bytes.strip_suffix(b"\n").unwrap_or_default();
    let line = line
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    Ok(match line::read(line) {
        Ok(Line::Seal(seal)) => Some(seal),
        _ => None,
    })
}

fn read(file: &dyn DiskFile, from: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    let read = file.read_at(&mut bytes, from)?;
    bytes.truncate(read);
    Ok(bytes)
}
