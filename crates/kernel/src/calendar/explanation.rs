//! Why a deadline lies where it lies: the intervals that add up to its limit.

use serde::{Deserialize, Serialize};

use super::{DayKind, DayName};
use crate::time::Instant;

/// Why an interval counts, or does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It counts.
    Counted,
    /// A working day, outside its hours.
    OutsideHours,
    /// A weekend day.
    Weekend,
    /// A holiday.
    Holiday(DayName),
    /// It counts: working hours of a make-up day (调休).
    MakeUpDay(DayName),
    /// The clock was suspended.
    Suspended,
}

impl Reason {
    /// Whether the time counts towards the limit.
    #[must_use]
    pub const fn counts(&self) -> bool {
        matches!(self, Self::Counted | Self::MakeUpDay(_))
    }

    /// The reasons of a day outside its working periods and within them.
    pub(super) fn of_day(kind: DayKind<'_>) -> (Self, Self) {
        match kind {
            DayKind::Workday => (Self::OutsideHours, Self::Counted),
            DayKind::MakeUpWorkday(name) => (Self::OutsideHours, Self::MakeUpDay(name.clone())),
            DayKind::Weekend => (Self::Weekend, Self::Weekend),
            DayKind::Holiday(name) => (Self::Holiday(name.clone()), Self::Holiday(name.clone())),
        }
    }
}

/// A stretch of time between a start and its due instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Where it begins.
    pub from: Instant,
    /// Where it has ended: the next one's `from`.
    pub to: Instant,
    /// Seconds of it that count towards the limit: all or none.
    pub seconds_counted: i64,
    /// Why it counts, or does not.
    pub reason: Reason,
}
