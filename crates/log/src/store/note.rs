//! The note that a store was closed: what its files were, byte by byte.

use std::path::PathBuf;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::Shelf;
use crate::{
    checkpoint::Checkpoint,
    disk::{Disk, read_whole},
    event_log::LogInfo,
    line,
    position::Position,
};

/// The note's name in the store's directory.
pub(super) const NOTE: &str = "closed.json";
/// A note is a few lines' worth; what is longer is none.
pub(super) const MAX_NOTE_BYTES: u64 = 16 << 20;
const VERSION: u32 = 1;

/// One file of a closed store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileSum {
    /// Its path inside the shelf, with `/`.
    pub(super) name: String,
    pub(super) bytes: u64,
    /// CRC-32C of all its bytes, eight lower-case hexadecimal digits.
    pub(super) crc: String,
}

/// What stands in the note.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written<C> {
    redress: String,
    version: u32,
    pub(super) log: Uuid,
    pub(super) epoch: u32,
    pub(super) checkpoint: C,
    pub(super) files: Vec<FileSum>,
}

impl<C> Written<C> {
    pub(super) fn new(log: Uuid, epoch: u32, checkpoint: C, files: Vec<FileSum>) -> Written<C> {
        Written {
            redress: "index".into(),
            version: VERSION,
            log,
            epoch,
            checkpoint,
            files,
        }
    }
}

impl<C: Serialize> Written<C> {
    /// The line, with its line break.
    pub(super) fn line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.pop();
        line::finish(&mut line, 0);
        Ok(line)
    }
}

impl<C: DeserializeOwned> Written<C> {
    /// Reads a note's bytes; says what is wrong otherwise.
    pub(super) fn read(bytes: &[u8]) -> Result<Written<C>, String> {
        let line = bytes
            .strip_suffix(b"\n")
            .ok_or("the note is not a whole line")?;
        let body = line::checked(line).map_err(|wrong| format!("the note: {wrong}"))?;
        let note: Written<C> = serde_json::from_slice(&[body, b"}"].concat())
            .map_err(|error| format!("the note: {error}"))?;
        if note.redress != "index" || note.version != VERSION {
            return Err(format!(
                "the note is `{}` version {}, not `index` version {VERSION}",
                note.redress, note.version
            ));
        }
        Ok(note)
    }
}

/// Up to where a store beside the journal reached when it was closed, by its note alone; none where there is no note of
/// this life of the log that can be read. The note is written behind the journal's seal: whoever reads it before the
/// journal finds at least as much there.
pub(crate) fn closed_at(disk: &dyn Disk, info: &LogInfo) -> Option<Position> {
    let path = format!("{}/{NOTE}", Shelf::DIRECTORY);
    let file = disk.open_to_read(&path).ok()?;
    if file.size().ok()? > MAX_NOTE_BYTES {
        return None;
    }
    let written = Written::<Checkpoint>::read(&read_whole(&*file).ok()?).ok()?;
    let ours = (written.log, written.epoch) == (info.log_id, info.epoch);
    (ours && written.checkpoint.tree.is_sound()).then(|| written.checkpoint.position())
}

/// Proof that a store was closed and every byte of its files is as it was then.
///
/// Only [`Shelf::look`](super::Shelf::look) gives one, and opening uses it up.
#[derive(Debug, PartialEq, Eq)]
pub struct ClosingNote<C> {
    /// Where the store stands; the note opens no other.
    pub(super) place: PathBuf,
    /// The log that the store was built from.
    pub log: Uuid,
    /// The log's epoch then.
    pub epoch: u32,
    /// What the one who closed it gave: how far in the log it reaches, and whatever else.
    pub checkpoint: C,
    /// How long all files are together, in bytes.
    pub bytes: u64,
}
