//! What may go wrong while a log is open.

use std::fmt;

use uuid::Uuid;

use crate::{
    position::{Position, Version},
    stream_id::StreamId,
};

/// Which limit an append went past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// One line, in bytes.
    Line,
    /// All lines of an append, in bytes.
    Append,
    /// The records of an append.
    Records,
}

impl Limit {
    pub(crate) fn hold(self, size: u64, limit: u64) -> Result<(), AppendError> {
        if size > limit {
            return Err(AppendError::TooLarge {
                what: self,
                size,
                limit,
            });
        }
        Ok(())
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Line => "bytes in one event",
            Limit::Append => "bytes in one append",
            Limit::Records => "events in one append",
        })
    }
}

/// Why an append was not stored, or may not have been.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// A stream holds another number of events than expected. Nothing is stored.
    #[error("stream `{stream}` holds {actual} events, {expected} were expected")]
    Conflict {
        /// The stream.
        stream: StreamId,
        /// How many were expected.
        expected: u64,
        /// How many there are.
        actual: u64,
        /// The ids that stand where this append's events of that stream would have gone, in
        /// order and as far as there are any: the same ids mean that it was stored before.
        standing: Vec<Uuid>,
    },
    /// The append itself is not well-formed. Nothing is stored.
    #[error("not an append that a log can take: {reason}")]
    Invalid {
        /// What is wrong.
        reason: String,
    },
    /// The append is too large. Nothing is stored.
    #[error("{size} {what}, at most {limit}")]
    TooLarge {
        /// Which limit.
        what: Limit,
        /// What it came to.
        size: u64,
        /// What it may come to.
        limit: u64,
    },
    /// Too many appends are waiting. Nothing is stored; try again.
    #[error("too many appends are waiting: try again")]
    Busy,
    /// The disk is full. Nothing is stored; reading goes on, and so does writing when there is room.
    #[error("no space left on the disk: nothing was stored")]
    NoSpace,
    /// The log takes no appends any more: it was closed, or a failure closed it. Nothing is stored.
    #[error("the log is closed: {reason}")]
    Closed {
        /// Why.
        reason: String,
    },
    /// Whether the append is stored will be known only when the log is opened again: the disk
    /// failed while it was made durable. The command's id resolves it.
    #[error("whether it was stored is unknown until the log is opened again: {reason}")]
    Unknown {
        /// What the disk said.
        reason: String,
    },
    /// The log was opened for reading, or damage forbids to write. Nothing is stored.
    #[error("the log is open for reading only{}", .damage.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    ReadOnly {
        /// The damage that forbids it.
        damage: Option<Damage>,
    },
    /// The log could not look up what it needed. Nothing is stored.
    #[error("the log could not be read: {0}")]
    Unreadable(#[from] ReadError),
}

impl AppendError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            AppendError::Conflict { .. } => "conflict",
            AppendError::Invalid { .. } => "invalid",
            AppendError::TooLarge { .. } => "too_large",
            AppendError::Busy => "busy",
            AppendError::NoSpace => "no_space",
            AppendError::Closed { .. } => "closed",
            AppendError::Unknown { .. } => "unknown",
            AppendError::ReadOnly { .. } => "read_only",
            AppendError::Unreadable(_) => "unreadable",
        }
    }
}

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A record is not what was written.
    #[error("damaged: {0}")]
    Damaged(Damage),
    /// The index does not answer.
    #[error("the index does not answer: {reason}")]
    Index {
        /// What it said.
        reason: String,
    },
    /// The disk does not answer.
    #[error("cannot read `{file}`: {reason}")]
    Io {
        /// The file.
        file: String,
        /// What the disk said.
        reason: String,
    },
    /// The log is closed: what is waited for will not come.
    #[error("the log is closed")]
    Closed,
}

impl ReadError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            ReadError::Damaged(_) => "damaged",
            ReadError::Index { .. } => "index",
            ReadError::Io { .. } => "io",
            ReadError::Closed => "closed",
        }
    }
}

/// A place where the journal is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file, as its path inside the data directory.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// Where the line begins, in bytes.
    pub offset: u64,
    /// The position that should stand there.
    pub position: Position,
    /// The stream and version that were looked for, when it was met by way of the index.
    pub wanted: Option<(StreamId, Version)>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} line {}, position {}: {}",
            self.file, self.line, self.position, self.reason
        )?;
        if let Some((stream, version)) = &self.wanted {
            write!(f, " (looking for `{stream}` version {version})")?;
        }
        Ok(())
    }
}
