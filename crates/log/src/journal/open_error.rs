//! Why a directory cannot be opened.

use std::{io, path::PathBuf};

use crate::disk::Disk;

/// Why a journal cannot be opened or founded. Nothing in the directory was changed, unless
/// the disk failed in the midst of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such directory.
    #[error("`{}` does not exist", path.display())]
    NotFound {
        /// The directory.
        path: PathBuf,
    },
    /// There is no redress log in the directory.
    #[error("`{}` is not a redress directory{}", path.display(), holds(found))]
    NotRedress {
        /// The directory.
        path: PathBuf,
        /// Some of what is in it.
        found: Vec<String>,
    },
    /// The directory is named as a log's, and there is no segment in it.
    #[error("`{}` holds no records: its founding was cut off, or its journal is gone", path.display())]
    Empty {
        /// The directory.
        path: PathBuf,
    },
    /// A new log was asked for where there is one.
    #[error("`{}` holds a redress log already", path.display())]
    Exists {
        /// The directory.
        path: PathBuf,
    },
    /// A new log was asked for where there is something else.
    #[error("`{}` is not empty{}", path.display(), holds(found))]
    NotEmpty {
        /// The directory.
        path: PathBuf,
        /// Some of what is in it.
        found: Vec<String>,
    },
    /// The directory is a backup, and was to be written to.
    #[error("`{}` is a backup: restore it first", path.display())]
    Backup {
        /// The directory.
        path: PathBuf,
    },
    /// The directory has another format.
    #[error("`{}` has format {found}; this program knows format {known}", path.display())]
    Format {
        /// The directory.
        path: PathBuf,
        /// The format it states.
        found: u32,
        /// The format that this program writes.
        known: u32,
    },
    /// The file that names the directory's format cannot be understood.
    #[error("`{}` is damaged: {reason}", path.display())]
    Marker {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The zone is no zone's name.
    #[error("`{}` is no time zone's name", zone.escape_debug())]
    Zone {
        /// What was given.
        zone: String,
    },
    /// Another process writes to the directory.
    #[error("`{}` is locked by {}", path.display(), holder.map_or("another process".into(), |pid| format!("process {pid}")))]
    Locked {
        /// The directory.
        path: PathBuf,
        /// The process's id, when it has said so.
        holder: Option<u32>,
    },
    /// The index does not answer.
    #[error("the index does not answer: {reason}")]
    Index {
        /// What it said.
        reason: String,
    },
    /// The disk does not do what it is asked.
    #[error("cannot {action} `{}`: {reason}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried: a verb.
        action: &'static str,
        /// What the disk said.
        reason: String,
        /// What kind of error it was.
        kind: io::ErrorKind,
    },
}

impl OpenError {
    pub(crate) fn io(
        disk: &dyn Disk,
        action: &'static str,
        path: &str,
        error: &io::Error,
    ) -> OpenError {
        OpenError::Io {
            path: disk.place(path),
            action,
            reason: error.to_string(),
            kind: error.kind(),
        }
    }

    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            OpenError::NotFound { .. } => "directory_not_found",
            OpenError::NotRedress { .. } => "not_a_redress_directory",
            OpenError::Empty { .. } => "directory_not_founded",
            OpenError::Exists { .. } => "log_exists",
            OpenError::NotEmpty { .. } => "directory_not_empty",
            OpenError::Backup { .. } => "is_a_backup",
            OpenError::Format { .. } => "other_format",
            OpenError::Marker { .. } => "marker_damaged",
            OpenError::Zone { .. } => "zone",
            OpenError::Locked { .. } => "locked",
            OpenError::Index { .. } => "index",
            OpenError::Io { .. } => "io",
        }
    }
}

fn holds(found: &[String]) -> String {
    if found.is_empty() {
        ": it is empty".into()
    } else {
        format!(": it holds {}", found.join(", "))
    }
}
