//! What may go wrong, by whom it must be mended: the request, the rules, the directory, the machine.

use std::path::PathBuf;

use redress_kernel::event::EventError;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::Instant;
use redress_log::{AppendError, JsonFault, OpenError, ReadError};
use uuid::Uuid;

/// Why a command or a query has no answer. Of a command that failed nothing is stored, but for [`Error::Unknown`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule says no.
    #[error("{0}")]
    Refused(Refusal),
    /// The case is at another version than was expected.
    #[error("`{stream}` is at version {actual}, {expected} was expected")]
    Conflict {
        /// The stream.
        stream: String,
        /// The expected version.
        expected: u64,
        /// The version at which it is.
        actual: u64,
    },
    /// The request cannot be understood.
    #[error("{what} (at {place})")]
    Invalid {
        /// What is wrong, as a sentence.
        what: String,
        /// Where: a member of the request, a file and line.
        place: String,
        /// What to do.
        hint: String,
    },
    /// A workflow or calendar file has faults.
    #[error("{faults}")]
    Rules {
        /// Every fault, with its place.
        faults: redress_workflow::Faults,
    },
    /// The id was used for another command.
    #[error("the command id {command} was used for another command")]
    OtherContent {
        /// The id.
        command: Uuid,
    },
    /// Too much is waiting; try again.
    #[error("too many commands are waiting: try again")]
    Busy,
    /// Whether it is stored is known only after opening again; the same command, sent again, resolves it.
    #[error("whether the command {command} is stored is unknown: {reason}")]
    Unknown {
        /// The command.
        command: Uuid,
        /// What the disk said.
        reason: String,
    },
    /// The store takes no commands, or does not answer.
    #[error("{reason}")]
    Unavailable {
        /// Why.
        reason: String,
    },
    /// The directory is open for reading only.
    #[error("open for reading only{}", holder.map(|pid| format!(": process {pid} writes to it")).unwrap_or_default())]
    ReadOnly {
        /// The process that writes to it, if known.
        holder: Option<u32>,
    },
    /// There is no such thing.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// What was looked for: `case`, `definition`, `directory`, `employee`.
        what: &'static str,
        /// By what name.
        name: String,
    },
    /// A short name fits several cases.
    #[error("`{name}` is the beginning of {count} cases' ids")]
    Ambiguous {
        /// The short name.
        name: String,
        /// How many it fits.
        count: usize,
    },
    /// Another process writes to the directory.
    #[error("`{}` is locked{}", path.display(), holder.map(|pid| format!(" by process {pid}")).unwrap_or_default())]
    Locked {
        /// The directory.
        path: PathBuf,
        /// The process.
        holder: Option<u32>,
    },
    /// The directory is none, or not one that this build opens.
    #[error("{reason}")]
    Directory {
        /// A stable name of the fault.
        code: &'static str,
        /// A sentence.
        reason: String,
    },
    /// What is recorded cannot be trusted or not be read.
    #[error("{reason}")]
    Integrity {
        /// What was found, and where.
        reason: String,
    },
    /// An event of a type or schema that this build does not know: what is recorded is whole, and a later build wrote it.
    #[error("{reason}")]
    LaterBuild {
        /// Which event, and what this build knows.
        reason: String,
    },
    /// The calendar that a definition reckons by has not been adopted.
    #[error("the calendar `{calendar}` has not been adopted")]
    CalendarMissing {
        /// Its id.
        calendar: String,
    },
    /// The clock is more than five minutes behind the log.
    #[error(
        "the clock says {clock}, the log was last written at {recorded}: set the clock right, or confirm it"
    )]
    ClockBehind {
        /// What the clock says.
        clock: Instant,
        /// What the log says.
        recorded: Instant,
    },
    /// The clock was set ahead by more than five minutes since the desk was opened.
    #[error(
        "the clock says {clock}, by the time that has passed it is {expected}: set the clock right, or confirm it"
    )]
    ClockAhead {
        /// What the clock says.
        clock: Instant,
        /// What it would say if nobody had set it.
        expected: Instant,
    },
    /// The log was restored, and that is not recorded yet: it comes before anything else.
    #[error("the log was restored and is in life {epoch}; that is not recorded yet")]
    RestoreUnrecorded {
        /// The life in which it is.
        epoch: u32,
    },
    /// The directory was founded with another kind of clock.
    #[error("the directory is kept by a {} clock", founded.as_str())]
    OtherClock {
        /// The kind with which it was founded.
        founded: redress_log::ClockKind,
    },
}

impl Error {
    /// A stable name for programs. That of a refusal is the rule's.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code.0,
            Self::Conflict { .. } => "conflict",
            Self::Invalid { .. } => "invalid",
            Self::Rules { .. } => "rules_faulty",
            Self::OtherContent { .. } => "other_content",
            Self::Busy => "busy",
            Self::Unknown { .. } => "unknown",
            Self::Unavailable { .. } => "unavailable",
            Self::ReadOnly { .. } => "read_only",
            Self::NotFound { .. } => "not_found",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Locked { .. } => "locked",
            Self::Directory { code, .. } => code,
            Self::Integrity { .. } => "integrity",
            Self::LaterBuild { .. } => "later_build",
            Self::CalendarMissing { .. } => "calendar_missing",
            Self::ClockBehind { .. } => "clock_behind",
            Self::ClockAhead { .. } => "clock_ahead",
            Self::RestoreUnrecorded { .. } => "restore_unrecorded",
            Self::OtherClock { .. } => "other_clock",
        }
    }

    /// The refusal, if a rule said no.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    pub(crate) fn invalid(
        what: impl Into<String>,
        place: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::Invalid {
            what: what.into(),
            place: place.into(),
            hint: hint.into(),
        }
    }

    pub(crate) fn unknown_case(name: impl ToString) -> Self {
        Self::NotFound {
            what: "case",
            name: name.to_string(),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Damaged(_) => Self::Integrity {
                reason: error.to_string(),
            },
            _ => Self::Unavailable {
                reason: error.to_string(),
            },
        }
    }
}

impl From<EventError> for Error {
    fn from(error: EventError) -> Self {
        let reason = error.to_string();
        match error.is_of_later_build() {
            true => Self::LaterBuild { reason },
            false => Self::Integrity { reason },
        }
    }
}

impl From<JsonFault> for Error {
    fn from(error: JsonFault) -> Self {
        Self::invalid(
            error.to_string(),
            "command",
            "integers lie within ±(2^53 − 1); fractions are written as text",
        )
    }
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotFound { path } => Self::NotFound {
                what: "directory",
                name: path.display().to_string(),
            },
            OpenError::Locked { path, holder } => Self::Locked { path, holder },
            OpenError::Marker { .. } => Self::Integrity {
                reason: error.to_string(),
            },
            OpenError::Io { .. } | OpenError::Index { .. } => Self::Unavailable {
                reason: error.to_string(),
            },
            _ => Self::Directory {
                code: error.code(),
                reason: error.to_string(),
            },
        }
    }
}

/// An append's failure, told of the command that it carried.
pub(crate) fn of_append(error: AppendError, command: Uuid) -> Error {
    match error {
        AppendError::Conflict {
            stream,
            expected,
            actual,
            ..
        } => Error::Conflict {
            stream: stream.as_str().to_owned(),
            expected,
            actual,
        },
        AppendError::Busy => Error::Busy,
        AppendError::Unknown { reason } => Error::Unknown { command, reason },
        AppendError::ReadOnly { damage: Some(d) } => Error::Integrity {
            reason: d.to_string(),
        },
        AppendError::ReadOnly { damage: None } => Error::ReadOnly { holder: None },
        AppendError::Invalid { .. } | AppendError::TooLarge { .. } => Error::invalid(
            error.to_string(),
            "command",
            "say the same in fewer or shorter fields",
        ),
        AppendError::Unreadable(read) => read.into(),
        _ => Error::Unavailable {
            reason: error.to_string(),
        },
    }
}
