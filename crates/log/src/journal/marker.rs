//! The file that says that a directory is redress's, and of which format.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::open_error::OpenError;
use crate::{
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
    let marker = Marker {
        format: FORMAT,
        log: log_id,
        epoch: 1,
        zone: zone.clone(),
        clock,
    };
    let mut bytes = serde_json::to_vec(&marker).map_err(|error| OpenError::Marker {
        path: disk.place(NAME),
        reason: error.to_string(),
    })?;
    bytes.push(b'\n');
    let write = || {
        match disk.remove(UNFINISHED) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = disk.create(UNFINISHED)?;
        file.write_at(&bytes, 0)?;
        file.sync_data()?;
        disk.rename(UNFINISHED, NAME)?;
        disk.sync_dir("")
    };
    (write)().map_err(|error| OpenError::io(disk, "write", NAME, &error))?;
    Ok(LogInfo {
        log_id,
        epoch: 1,
        format: FORMAT,
        zone,
        clock,
    })
}
