//! What can be wrong with a length of time, a calendar file or a reckoning.

use super::{Span, Unit};
use crate::time::{Date, LAST_YEAR};

/// Why a text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpanError {
    /// An amount alone: nobody can tell whether `13` means days, hours or working days.
    #[error("`{text}` has no unit; write `{text} natural_day` or `{text} working_day`")]
    NoUnit {
        /// What was written.
        text: String,
    },
    /// The amount is neither whole nor a half.
    #[error(
        "`{text}` is not a length of time; write `13 natural_day`, `1/2 natural_day` or `1 1/2 working_day`"
    )]
    NotAnAmount {
        /// What was written.
        text: String,
    },
    /// The word is no unit.
    #[error(
        "`{unit}` is not a unit; the units are natural_day, natural_hour, working_day, working_hour, month, civil_day"
    )]
    UnknownUnit {
        /// What was written.
        unit: String,
    },
    /// Half a month has no number of days (A5).
    #[error("half a month is not a length of time; write whole months or days")]
    HalfMonth,
    /// A day of the Civil Code ends at 24:00 and knows no half (A7).
    #[error("half a civil day is not a length of time; write whole days, or natural ones")]
    HalfCivilDay,
    /// Negative, beyond [`Span::MAX_AMOUNT`], or no month at all.
    #[error(
        "`{amount} {unit}` is out of range; a limit is at most {} units, and at least one month",
        Span::MAX_AMOUNT
    )]
    OutOfRange {
        /// The amount.
        amount: String,
        /// The unit.
        unit: Unit,
    },
}

impl SpanError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoUnit { .. } => "span_no_unit",
            Self::NotAnAmount { .. } => "span_not_an_amount",
            Self::UnknownUnit { .. } => "span_unknown_unit",
            Self::HalfMonth => "span_half_month",
            Self::HalfCivilDay => "span_half_civil_day",
            Self::OutOfRange { .. } => "span_out_of_range",
        }
    }
}

/// Why a due instant cannot be reckoned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The limit is reached after the last year that can be written, or never.
    #[error("the limit is not reached before the end of the year {LAST_YEAR}")]
    BeyondLastYear,
    /// The working time is not reached within a hundred years.
    #[error("the working time is not reached within a hundred years by calendar `{calendar}`")]
    TooLong {
        /// The calendar's id.
        calendar: String,
    },
    /// Working time was asked of a calendar without working periods.
    #[error("calendar `{calendar}` has no working hours; add `working_hours` or use natural days")]
    NoWorkingTime {
        /// The calendar's id.
        calendar: String,
    },
    /// Counting by dates needs whole days or months.
    #[error("`{span}` cannot be counted by dates; use whole days or months")]
    NotWholeDays {
        /// The length asked for.
        span: Span,
    },
}

impl CalendarError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BeyondLastYear => "calendar_beyond_last_year",
            Self::TooLong { .. } => "calendar_too_long",
            Self::NoWorkingTime { .. } => "calendar_no_working_time",
            Self::NotWholeDays { .. } => "calendar_not_whole_days",
        }
    }
}

/// One fault of a calendar file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarFault {
    /// The calendar has no id.
    #[error("the calendar has no id")]
    NoId,
    /// A working period is not of the form `08:00-12:00`.
    #[error("`{text}` is not a working period; write `08:00-12:00`, at most until 24:00")]
    NotAPeriod {
        /// What was written.
        text: String,
    },
    /// A working period begins before the one before it has ended.
    #[error("working period `{text}` does not follow the one before it")]
    PeriodsOverlap {
        /// The later period.
        text: String,
    },
    /// A year has two tables.
    #[error("year {year} is listed twice")]
    YearTwice {
        /// The year.
        year: i32,
    },
    /// A year in `published` cannot be written with four digits.
    #[error("`{year}` is not a year")]
    NotAYear {
        /// The year.
        year: i32,
    },
    /// A special day lies outside the year in whose table it stands.
    #[error("{date} is listed under {year}")]
    WrongYear {
        /// The day.
        date: Date,
        /// The year of the table.
        year: i32,
    },
    /// A range of days ends before it begins.
    #[error("the days from {from} to {to} end before they begin")]
    EndsBeforeItBegins {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// A day is both holiday and make-up day, or twice the same.
    #[error("{date} is listed twice")]
    DayTwice {
        /// The day.
        date: Date,
    },
}

impl CalendarFault {
    /// The stable code of this fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoId => "calendar_no_id",
            Self::NotAPeriod { .. } => "calendar_not_a_period",
            Self::PeriodsOverlap { .. } => "calendar_periods_overlap",
            Self::YearTwice { .. } => "calendar_year_twice",
            Self::NotAYear { .. } => "calendar_not_a_year",
            Self::WrongYear { .. } => "calendar_wrong_year",
            Self::EndsBeforeItBegins { .. } => "calendar_ends_before_it_begins",
            Self::DayTwice { .. } => "calendar_day_twice",
        }
    }
}

/// All faults of a calendar file at once; at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct CalendarFaults(pub Vec<CalendarFault>);
