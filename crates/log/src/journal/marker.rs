//! The file that says that a directory is redress's, and of which format.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    bounded::Bounded,
    manifest::{self, Manifest},
    open_error::OpenError,
};
use crate::{
    copying::empty_file,
    disk::{Disk, read_whole},
    event_log::{ClockKind, LogInfo},
};

/// The marker's name.
pub(crate) const NAME: &str = "redress.json";
const UNFINISHED: &str = "redress.json.tmp";
/// The lock's name.
pub(crate) const LOCK: &str = "redress.lock";
/// The format that this code writes and the only one that it reads.
pub(crate) const FORMAT: u32 = 0;

/// What a new log is founded with; it never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    /// The log's id; the caller draws it.
    pub log_id: Uuid,
    /// The company's time zone by its IANA name.
    pub zone: String,
    /// What the instants will be read from.
    pub clock: ClockKind,
}

#[derive(Serialize, Deserialize)]
struct Marker {
    format: u32,
    log: Uuid,
    epoch: u32,
    zone: String,
    clock: ClockKind,
}

/// Reads the marker; says by name why the directory is none of ours.
pub(crate) fn read(disk: &dyn Disk) -> Result<LogInfo, OpenError> {
    let mut found = disk.list("").map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => OpenError::NotFound {
            path: disk.place(""),
        },
        std::io::ErrorKind::NotADirectory => OpenError::NotRedress {
            path: disk.place(""),
            found: vec!["a file".into()],
        },
        _ => OpenError::io(disk, "list", "", &error),
    })?;
    if !found.iter().any(|name| name == NAME) {
        if found.iter().any(|name| name == manifest::NAME) {
            return Err(OpenError::Backup {
                path: disk.place(""),
            });
        }
        found.sort();
        found.truncate(5);
        return Err(OpenError::NotRedress {
            path: disk.place(""),
            found,
        });
    }
    let bytes = disk
        .open_to_read(NAME)
        .and_then(|file| read_whole(&*file))
        .map_err(|error| OpenError::io(disk, "read", NAME, &error))?;
    let broken = |error: serde_json::Error| OpenError::Marker {
        path: disk.place(NAME),
        reason: error.to_string(),
    };
    // The format comes first: what else stands in a marker is that format's business.
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = serde_json::from_slice(&bytes).map_err(broken)?;
    if format != FORMAT {
        return Err(OpenError::Format {
            path: disk.place(""),
            found: format,
            known: FORMAT,
        });
    }
    let Marker {
        format,
        log,
        epoch,
        zone,
        clock,
    } = serde_json::from_slice(&bytes).map_err(broken)?;
    Ok(LogInfo {
        log_id: log,
        epoch,
        format,
        zone,
        clock,
    })
}

/// A directory that is only read: a data directory, or a backup, of which no more is seen than its manifest
/// vouches for.
pub(crate) struct ToRead {
    pub(crate) info: LogInfo,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) manifest: Option<Manifest>,
}

/// Reads the marker of a data directory or the manifest of a backup.
pub(crate) fn read_either(disk: Arc<dyn Disk>) -> Result<ToRead, OpenError> {
    let info = match read(&*disk) {
        Err(OpenError::Backup { .. }) => {
            let manifest = manifest::read(&*disk)?;
            return Ok(ToRead {
                info: manifest.info(),
                disk: Arc::new(Bounded::new(disk, manifest.segment, manifest.bytes)),
                manifest: Some(manifest),
            });
        }
        read => read?,
    };
    Ok(ToRead {
        info,
        disk,
        manifest: None,
    })
}

/// Whether the marker is, byte for byte, the one that would be written.
pub(crate) fn is_spelled(disk: &dyn Disk, info: &LogInfo) -> Result<bool, OpenError> {
    let bytes = disk
        .open_to_read(NAME)
        .and_then(|file| read_whole(&*file))
        .map_err(|error| OpenError::io(disk, "read", NAME, &error))?;
    Ok(bytes == line(info))
}

/// The marker's one line.
fn line(info: &LogInfo) -> Vec<u8> {
    let marker = Marker {
        format: info.format,
        log: info.log_id,
        epoch: info.epoch,
        zone: info.zone.clone(),
        clock: info.clock,
    };
    // Numbers, texts and nothing else: writing them cannot fail.
    let mut bytes = serde_json::to_vec(&marker).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Writes the marker, so that it is not there or there whole.
pub(crate) fn write(disk: &dyn Disk, info: &LogInfo) -> Result<(), OpenError> {
    write_whole(disk, NAME, UNFINISHED, &line(info))
        .map_err(|error| OpenError::io(disk, "write", NAME, &error))
}

/// Writes a small file under another name, makes it durable, and gives it its own.
pub(crate) fn write_whole(
    disk: &dyn Disk,
    name: &str,
    unfinished: &str,
    bytes: &[u8],
) -> std::io::Result<()> {
    // It is not taken away first: that it is there may say something by itself.
    let file = empty_file(disk, unfinished)?;
    file.write_at(bytes, 0)?;
    file.sync_data()?;
    disk.rename(unfinished, name)?;
    disk.sync_dir("")
}

/// Whether a log may be founded in the directory: it is empty but for what a founding leaves.
pub(crate) fn vacant(disk: &dyn Disk) -> Result<(), OpenError> {
    let mut found = disk
        .list("")
        .map_err(|error| OpenError::io(disk, "list", "", &error))?;
    if found.iter().any(|name| name == NAME) {
        return Err(OpenError::Exists {
            path: disk.place(""),
        });
    }
    if found.iter().any(|name| name == manifest::NAME) {
        return Err(OpenError::Backup {
            path: disk.place(""),
        });
    }
    found.retain(|name| name != LOCK && name != UNFINISHED);
    if !found.is_empty() {
        found.sort();
        found.truncate(5);
        return Err(OpenError::NotEmpty {
            path: disk.place(""),
            found,
        });
    }
    Ok(())
}

/// Makes the marker. It comes first, so that a founding that was cut short is taken up by
/// the next opening.
pub(crate) fn found(disk: &dyn Disk, founding: &Founding) -> Result<LogInfo, OpenError> {
    vacant(disk)?;
    let Founding {
        log_id,
        zone,
        clock,
    } = founding.clone();
    if zone.is_empty()
        || zone.len() > 64
        || zone
            .chars()
            .any(|c| c.is_control() || c == '"' || c == '\\')
    {
        return Err(OpenError::Zone { zone });
    }
    let info = LogInfo {
        log_id,
        epoch: 1,
        format: FORMAT,
        zone,
        clock,
    };
    write(disk, &info)?;
    Ok(info)
}
