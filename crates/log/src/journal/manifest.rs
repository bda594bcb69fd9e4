//! The file that a backup has instead of the marker: what it is a backup of, and up to where.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{marker, open_error::OpenError};
use crate::{
    disk::{Disk, read_whole},
    event_log::{ClockKind, LogInfo},
    line,
    position::Position,
    stamp::Stamp,
    tree::{TreeHash, TreeHead},
};

/// The manifest's name.
pub(crate) const NAME: &str = "backup.json";
/// Its name while it is written.
pub(crate) const UNFINISHED: &str = "backup.json.tmp";
const VERSION: u32 = 1;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    redress: String,
    version: u32,
    pub(crate) format: u32,
    pub(crate) log: Uuid,
    pub(crate) epoch: u32,
    pub(crate) zone: String,
    pub(crate) clock: ClockKind,
    /// The last position in it.
    pub(crate) position: Position,
    /// The head of the tree over all its records.
    pub(crate) tree: TreeHash,
    /// Where it ends: the segment, by its first position, and the bytes of it.
    pub(crate) segment: Position,
    pub(crate) bytes: u64,
    pub(crate) taken_at: Stamp,
    /// The directories beside the journal that were copied too.
    pub(crate) beside: Vec<String>,
}

impl Manifest {
    pub(crate) fn new(
        info: &LogInfo,
        head: TreeHead,
        (segment, bytes): (Position, u64),
        taken_at: Stamp,
        beside: Vec<String>,
    ) -> Manifest {
        Manifest {
            redress: "backup".into(),
            version: VERSION,
            format: info.format,
            log: info.log_id,
            epoch: info.epoch,
            zone: info.zone.clone(),
            clock: info.clock,
            position: head.position,
            tree: head.hash,
            segment,
            bytes,
            taken_at,
            beside,
        }
    }

    /// What the log was founded with.
    pub(crate) fn info(&self) -> LogInfo {
        LogInfo {
            log_id: self.log,
            epoch: self.epoch,
            format: self.format,
            zone: self.zone.clone(),
            clock: self.clock,
        }
    }

    pub(crate) fn head(&self) -> TreeHead {
        TreeHead {
            position: self.position,
            hash: self.tree,
        }
    }

    /// Writes it, so that the one before stays until this one is there whole.
    pub(crate) fn write(&self, disk: &dyn Disk) -> Result<(), OpenError> {
        marker::write_whole(disk, NAME, UNFINISHED, &note_line(self))
            .map_err(|error| OpenError::io(disk, "write", NAME, &error))
    }
}

/// Reads the manifest of a backup.
pub(crate) fn read(disk: &dyn Disk) -> Result<Manifest, OpenError> {
    // The format comes first: what else stands in a manifest is that format's business.
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = read_note(disk, NAME)?;
    if format != marker::FORMAT {
        return Err(OpenError::Format {
            path: disk.place(""),
            found: format,
            known: marker::FORMAT,
        });
    }
    let manifest: Manifest = read_note(disk, NAME)?;
    if manifest.redress != "backup" || manifest.version != VERSION {
        return Err(OpenError::Marker {
            path: disk.place(NAME),
            reason: format!("not a backup's manifest of version {VERSION}"),
        });
    }
    Ok(manifest)
}

/// One line of JSON with a checksum, as the lines of the journal have it.
pub(crate) fn note_line(note: &impl Serialize) -> Vec<u8> {
    // Numbers, texts and nothing else: writing them cannot fail.
    let mut line = serde_json::to_vec(note).unwrap_or_default();
    line.pop();
    line::finish(&mut line, 0);
    line
}

/// Reads a file of one such line.
pub(crate) fn read_note<T: DeserializeOwned>(disk: &dyn Disk, name: &str) -> Result<T, OpenError> {
    let bytes = disk
        .open_to_read(name)
        .and_then(|file| read_whole(&*file))
        .map_err(|error| OpenError::io(disk, "read", name, &error))?;
    let read = || -> Result<T, String> {
        let line = bytes.strip_suffix(b"\n").ok_or("not a whole line")?;
        let body = line::checked(line)?;
        serde_json::from_slice(&[body, b"}"].concat()).map_err(|error| error.to_string())
    };
    read().map_err(|reason| OpenError::Marker {
        path: disk.place(name),
        reason,
    })
}
