//! What can be wrong with a time that somebody wrote down.

use super::{FIRST_YEAR, LAST_YEAR};

/// Why a text or a figure is no instant, date, month or zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The text is no RFC 3339 instant.
    #[error("`{text}` is not an instant; write 2026-03-02T09:30:00+08:00 or 2026-03-02T01:30:00Z")]
    NotAnInstant {
        /// What was written.
        text: String,
    },
    /// The text or the figures name no day.
    #[error("`{text}` is not a date; write 2026-03-02")]
    NotADate {
        /// What was written.
        text: String,
    },
    /// The text or the figures name no month.
    #[error("`{text}` is not a month; write 2026-03")]
    NotAMonth {
        /// What was written.
        text: String,
    },
    /// The value lies outside the years that can be written with four digits here.
    #[error("`{text}` lies outside the years {FIRST_YEAR} to {LAST_YEAR}")]
    OutOfRange {
        /// What was written.
        text: String,
    },
    /// No zone of that name is known.
    #[error("`{name}` is not a time zone{}", hint(.suggestion))]
    UnknownZone {
        /// What was written.
        name: String,
        /// A zone of nearly the same name, if there is one.
        suggestion: Option<String>,
    },
}

fn hint(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(name) => format!("; did you mean `{name}`?"),
        None => "; write an IANA name such as `Asia/Shanghai`".to_owned(),
    }
}

impl TimeError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAnInstant { .. } => "time_not_an_instant",
            Self::NotADate { .. } => "time_not_a_date",
            Self::NotAMonth { .. } => "time_not_a_month",
            Self::OutOfRange { .. } => "time_out_of_range",
            Self::UnknownZone { .. } => "time_unknown_zone",
        }
    }
}
