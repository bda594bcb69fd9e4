//! A month of the calendar: the period of numbers, gatherings and settlements (M8, M9-10, A14).

use std::fmt;
use std::str::FromStr;

use super::instant::number;
use super::{Date, FIRST_YEAR, Instant, LAST_YEAR, TimeError, Zone, serde_as_text};

/// A month between 1900-01 and 9999-12, written `YYYY-MM`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month of these figures; months count from 1.
    ///
    /// # Errors
    /// [`TimeError::NotAMonth`] outside 1 to 12, [`TimeError::OutOfRange`] outside the years 1900
    /// to 9999.
    pub fn new(year: i32, month: u32) -> Result<Self, TimeError> {
        let text = || format!("{year:04}-{month:02}");
        if !(1..=12).contains(&month) {
            Err(TimeError::NotAMonth { text: text() })
        } else if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            Err(TimeError::OutOfRange { text: text() })
        } else {
            Ok(Self { year, month })
        }
    }

    /// Only for figures taken from a [`Date`], which are in range.
    pub(super) const fn of_parts(year: i32, month: u32) -> Self {
        Self { year, month }
    }

    /// The month in which the instant lies in that zone (A6).
    #[must_use]
    pub fn of(instant: Instant, zone: &Zone) -> Self {
        zone.date_of(instant).month()
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.year
    }

    /// The month in the year, 1 to 12.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.month
    }

    /// The month `months` later (earlier, if negative), or nothing outside 1900-01 to 9999-12.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Option<Self> {
        let index = i64::from(self.year) * 12 + i64::from(self.month) - 1;
        let index = index.checked_add(months)?;
        let year = i32::try_from(index.div_euclid(12)).ok()?;
        let month = u32::try_from(index.rem_euclid(12)).ok()? + 1;
        Self::new(year, month).ok()
    }

    /// The next month; the last month that can be written is its own next.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus_months(1).unwrap_or(self)
    }

    /// The month before; the first month that can be written is its own predecessor.
    #[must_use]
    pub fn prev(self) -> Self {
        self.plus_months(-1).unwrap_or(self)
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month, 1).unwrap_or(Date::MIN)
    }

    /// The last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        (28..=31)
            .rev()
            .find_map(|day| Date::new(self.year, self.month, day).ok())
            .unwrap_or(Date::MAX)
    }

    /// That day of the month, or its last day if the month is shorter (A5). Days count from 1.
    #[must_use]
    pub fn day_or_last(self, day: u32) -> Date {
        Date::new(self.year, self.month, day.max(1)).unwrap_or_else(|_| self.last_day())
    }

    /// Number of days, 28 to 31.
    #[must_use]
    pub fn days(self) -> u32 {
        self.last_day().day()
    }

    /// The first instant of the month in that zone.
    #[must_use]
    pub fn start(self, zone: &Zone) -> Instant {
        zone.start_of_day(self.first_day())
    }

    /// The last second of the month in that zone: what happens in it still belongs to the month.
    #[must_use]
    pub fn end(self, zone: &Zone) -> Instant {
        zone.end_of_day(self.last_day())
    }

    /// Whether the instant lies in the month in that zone.
    #[must_use]
    pub fn contains(self, instant: Instant, zone: &Zone) -> bool {
        Self::of(instant, zone) == self
    }

    /// The month as Chinese forms print it: `2026年3月`.
    #[must_use]
    pub fn chinese(self) -> String {
        format!("{}年{}月", self.year, self.month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Month {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let read = || {
            let [y1, y2, y3, y4, b'-', m1, m2] = text.as_bytes() else {
                return None;
            };
            let year = i32::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
            let month = u32::try_from(number(&[*m1, *m2])?).ok()?;
            Self::new(year, month).ok()
        };
        read().ok_or_else(|| TimeError::NotAMonth {
            text: text.to_owned(),
        })
    }
}

serde_as_text!(Month, "a month such as 2026-03");
