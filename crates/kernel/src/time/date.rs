//! A day of the calendar, without a time and without a zone.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::instant::number;
use super::{FIRST_YEAR, LAST_YEAR, Month, TimeError, serde_as_text};

/// Days from 0000-12-31, from which the date library counts, to 1970-01-01.
const DAYS_TO_1970: i32 = 719_163;

/// A day of the Gregorian calendar between 1900-01-01 and 9999-12-31, written `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// 1 for Monday to 7 for Sunday (ISO 8601).
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Monday => 1,
            Self::Tuesday => 2,
            Self::Wednesday => 3,
            Self::Thursday => 4,
            Self::Friday => 5,
            Self::Saturday => 6,
            Self::Sunday => 7,
        }
    }
}

impl Date {
    /// The first day that can be written: 1900-01-01.
    pub const MIN: Self = Self(-25_567);

    /// The last day that can be written: 9999-12-31.
    pub const MAX: Self = Self(2_932_896);

    /// The day of these figures; months and days count from 1.
    ///
    /// # Errors
    /// [`TimeError::NotADate`] if there is no such day, [`TimeError::OutOfRange`] outside the years
    /// 1900 to 9999.
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self, TimeError> {
        let text = || format!("{year:04}-{month:02}-{day:02}");
        let date = NaiveDate::from_ymd_opt(year, month, day)
            .ok_or_else(|| TimeError::NotADate { text: text() })?;
        if (FIRST_YEAR..=LAST_YEAR).contains(&year) {
            Ok(Self(date.num_days_from_ce() - DAYS_TO_1970))
        } else {
            Err(TimeError::OutOfRange { text: text() })
        }
    }

    fn naive(self) -> NaiveDate {
        // INVARIANT: every value lies between MIN and MAX, all of which the library can express.
        NaiveDate::from_num_days_from_ce_opt(self.0 + DAYS_TO_1970).unwrap_or_default()
    }

    /// The year, 1900 to 9999.
    #[must_use]
    pub fn year(self) -> i32 {
        self.naive().year()
    }

    /// The month that the day lies in.
    #[must_use]
    pub fn month(self) -> Month {
        let date = self.naive();
        Month::of_parts(date.year(), date.month())
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u32 {
        self.naive().day()
    }

    /// The day of the week.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.0 + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days_since_1970(self) -> i32 {
        self.0
    }

    /// The day so many days after 1970-01-01; saturates at the ends of the range.
    pub(crate) fn of_days_saturating(days: i64) -> Self {
        let days = days.clamp(i64::from(Self::MIN.0), i64::from(Self::MAX.0));
        i32::try_from(days).map_or(Self::MAX, Self)
    }

    /// The day `days` later (earlier, if negative), or nothing outside the years 1900 to 9999.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        let days = i64::from(self.0).checked_add(days)?;
        let date = Self::of_days_saturating(days);
        (i64::from(date.0) == days).then_some(date)
    }

    /// Days from `earlier` to this day; negative if `earlier` is the later one.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// The next day; the last day that can be written is its own next.
    #[must_use]
    pub fn succ(self) -> Self {
        Self::of_days_saturating(i64::from(self.0) + 1)
    }

    /// The day before; the first day that can be written is its own predecessor.
    #[must_use]
    pub fn pred(self) -> Self {
        Self::of_days_saturating(i64::from(self.0) - 1)
    }

    /// The date as Chinese forms print it: `2026年3月2日`.
    #[must_use]
    pub fn chinese(self) -> String {
        let date = self.naive();
        format!("{}年{}月{}日", date.year(), date.month(), date.day())
    }

    /// Exactly `YYYY-MM-DD`, of a day that exists.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
            return None;
        };
        let year = i32::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
        let month = u32::try_from(number(&[*m1, *m2])?).ok()?;
        let day = u32::try_from(number(&[*d1, *d2])?).ok()?;
        Self::new(year, month, day).ok()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.naive();
        write!(
            f,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        )
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::read(text.as_bytes()).ok_or_else(|| TimeError::NotADate {
            text: text.to_owned(),
        })
    }
}

serde_as_text!(Date, "a date such as 2026-03-02");
