//! Whole lines in a file of which anything may be damaged.

use memchr::memmem;

use crate::{
    line::{self, CRC_BYTES, CRC_KEY, HEADER_START, Line, RECORD_START, SEAL_START},
    position::{Position, Version},
};

/// What was found in a file.
#[derive(Debug, Default)]
pub(super) struct Swept {
    pub(super) records: Vec<Found>,
    /// The stream and version of each record.
    pub(super) versions: Vec<(Box<str>, Version)>,
    pub(super) damaged: Vec<Stretch>,
    /// The last position that a record, a seal or a header tells of.
    pub(super) reaches: Position,
}

/// A whole record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) position: Position,
    /// Which file, where in it, how long without the line break.
    pub(super) file: u32,
    pub(super) offset: u64,
    pub(super) length: u32,
    /// Its place in its append.
    pub(super) number: u32,
    pub(super) of: u32,
}

/// Bytes that are part of no whole line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) offset: u64,
    pub(super) end: u64,
    pub(super) reason: &'static str,
}

/// Finds every whole line of a file's bytes.
pub(super) fn sweep(bytes: &[u8], file: u32) -> Swept {
    let mut swept = Swept::default();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        let behind = (at + length + 1).min(bytes.len());
        if let Err(reason) = swept.take(line, at, file) {
            swept.inside(line, at, behind, file, reason);
        }
        at = behind;
    }
    swept
}

impl Swept {
    /// Takes a line if it is whole; says what is wrong otherwise.
    fn take(&mut self, line: &[u8], at: usize, file: u32) -> Result<(), &'static str> {
        match line::read(line)? {
            Line::Record(record) if record.is_sound() => {
                let place = &record.place;
                self.reaches = self.reaches.max(place.position);
                self.versions.push((place.stream.into(), place.version));
                self.records.push(Found {
                    position: place.position,
                    file,
                    offset: at as u64,
                    length: u32::try_from(line.len()).unwrap_or(u32::MAX),
                    number: place.number,
                    of: place.of,
                });
            }
            Line::Record(_) => return Err("the content is not what this format writes"),
            Line::Header(header) => self.reaches = self.reaches.max(before(header.first)),
            Line::Seal(seal) => self.reaches = self.reaches.max(before(seal.next)),
        }
        Ok(())
    }

    /// Looks for whole lines inside one that is damaged: where a line break was lost, two are joined.
    fn inside(&mut self, line: &[u8], at: usize, behind: usize, file: u32, reason: &'static str) {
        let starts = starts(line);
        let mut damaged_from = 0;
        for (nth, start) in starts.iter().enumerate() {
            // No whole line holds the beginning of another, so it ends before the next at the latest.
            let limit = starts.get(nth + 1).copied().unwrap_or(line.len());
            let Some(piece) = line.get(*start..limit) else {
                continue;
            };
            let taken = memmem::find_iter(piece, CRC_KEY).find_map(|key| {
                let whole = piece.get(..key + CRC_BYTES)?;
                let taken = self.take(whole, at + start, file);
                taken.ok().map(|()| whole.len())
            });
            if let Some(length) = taken {
                self.damaged(at + damaged_from, at + start, reason);
                damaged_from = start + length;
            }
        }
        // What is left reaches over the line break, unless nothing is left.
        let left = damaged_from < line.len() || line.is_empty();
        let end = if left { behind } else { at + line.len() };
        self.damaged(at + damaged_from, end, reason);
    }

    fn damaged(&mut self, from: usize, end: usize, reason: &'static str) {
        if from >= end {
            return;
        }
        let (offset, end) = (from as u64, end as u64);
        match self.damaged.last_mut() {
            Some(last) if last.end == offset => last.end = end,
            _ => self.damaged.push(Stretch {
                offset,
                end,
                reason,
            }),
        }
    }
}

/// Where a line may begin inside a damaged one. What stands as a value inside a record follows a colon, a comma or a
/// bracket, and is none.
fn starts(line: &[u8]) -> Vec<usize> {
    let mut starts: Vec<usize> = [RECORD_START, SEAL_START, HEADER_START]
        .into_iter()
        .flat_map(|start| memmem::find_iter(line, start))
        .filter(|start| {
            let before = start.checked_sub(1).and_then(|before| line.get(before));
            !matches!(before, Some(b':' | b',' | b'['))
        })
        .collect();
    starts.sort_unstable();
    starts
}

fn before(next: Position) -> Position {
    Position(next.0.saturating_sub(1))
}
