//! A calendar as it is written down: the shape of `workflows/calendars/*.toml` and of the log.
//!
//! ```toml
//! id = "china"
//! title = { zh = "中国大陆工作日历", en = "Mainland China" }
//! clause = "A4"
//! working_hours = ["08:00-12:00", "13:00-17:00"]
//! published = [2018]
//!
//! [[years]]
//! year = 2018
//! holidays = [
//!     { from = "2018-01-01", zh = "元旦", en = "New Year's Day" },
//!     { from = "2018-02-15", to = "2018-02-21", zh = "春节", en = "Spring Festival" },
//! ]
//! make_up_workdays = [{ from = "2018-02-11", zh = "春节", en = "Spring Festival" }]
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::DayName;
use crate::time::{Date, Weekday};

/// A calendar file; [`Calendar::try_from`](super::Calendar) checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// The id by which definitions name the calendar.
    pub id: String,
    /// The title in both languages.
    pub title: DayName,
    /// The clause that it stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// The working periods of a day, `08:00-12:00`, ascending; none if only natural time is used.
    #[serde(default)]
    pub working_hours: Vec<String>,
    /// The days of the week that are not worked; Saturday and Sunday if left out.
    #[serde(default = "saturday_and_sunday")]
    pub weekend: BTreeSet<Weekday>,
    /// The years whose holidays have been published.
    #[serde(default)]
    pub published: BTreeSet<i32>,
    /// Holidays and make-up days, a table each year.
    #[serde(default)]
    pub years: Vec<YearFile>,
}

fn saturday_and_sunday() -> BTreeSet<Weekday> {
    BTreeSet::from([Weekday::Saturday, Weekday::Sunday])
}

/// The special days of one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearFile {
    /// The year in which all days of the table lie.
    pub year: i32,
    /// Days that are not worked.
    #[serde(default)]
    pub holidays: Vec<NamedDays>,
    /// Weekend days that are worked (调休), named after the holiday that they make up for.
    #[serde(default)]
    pub make_up_workdays: Vec<NamedDays>,
}

impl YearFile {
    /// A table without days.
    #[must_use]
    pub const fn new(year: i32) -> Self {
        Self {
            year,
            holidays: Vec::new(),
            make_up_workdays: Vec::new(),
        }
    }
}

/// One day, or several that follow each other, under one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedDays {
    /// The first day.
    pub from: Date,
    /// The last day; the first alone if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// The name in Chinese.
    pub zh: String,
    /// The name in English.
    pub en: String,
}

impl NamedDays {
    pub(super) fn is_continued_by(&self, date: Date, name: &DayName) -> bool {
        let last = self.to.unwrap_or(self.from);
        date.days_since(last) == 1 && self.zh == name.zh && self.en == name.en
    }
}
