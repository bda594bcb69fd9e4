//! A calendar: which days are worked, and at which hours (A4).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CalendarFault, CalendarFaults, CalendarFile, NamedDays, YearFile};
use crate::time::{Date, FIRST_YEAR, LAST_YEAR, Weekday, serde_as_text};

/// A stretch of working time within a day, `08:00-12:00`; 24:00 may end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    start_minute: u16,
    end_minute: u16,
}

impl Period {
    /// The period between two minutes of the day, the second after the first and at most 1,440.
    #[must_use]
    pub fn new(start_minute: u16, end_minute: u16) -> Option<Self> {
        (start_minute < end_minute && end_minute <= 1440).then_some(Self {
            start_minute,
            end_minute,
        })
    }

    /// Second of the day at which the period begins.
    #[must_use]
    pub fn start_second(self) -> u32 {
        u32::from(self.start_minute) * 60
    }

    /// Second of the day at which the period has ended.
    #[must_use]
    pub fn end_second(self) -> u32 {
        u32::from(self.end_minute) * 60
    }

    /// Its length in seconds, as the clocks show it.
    #[must_use]
    pub fn seconds(self) -> i64 {
        i64::from(self.end_second()) - i64::from(self.start_second())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (self.start_minute, self.end_minute);
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            start / 60,
            start % 60,
            end / 60,
            end % 60
        )
    }
}

impl FromStr for Period {
    type Err = CalendarFault;

    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let clock = |text: &str| -> Option<u16> {
            let (hour, minute) = text.split_once(':')?;
            let two = |digits: &str| {
                let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
                plain.then(|| digits.parse::<u16>().ok()).flatten()
            };
            let (hour, minute) = (two(hour)?, two(minute)?);
            (minute < 60).then_some(hour * 60 + minute)
        };
        text.split_once('-')
            .and_then(|(start, end)| Period::new(clock(start)?, clock(end)?))
            .ok_or_else(|| CalendarFault::NotAPeriod {
                text: text.to_owned(),
            })
    }
}

serde_as_text!(Period, "a working period such as `08:00-12:00`");

/// What a day is called, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayName {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A day on which the week's rhythm does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpecialDay {
    /// Not worked, whatever day of the week it is.
    Holiday(DayName),
    /// Worked although a weekend day (调休), for the holiday named.
    MakeUpWorkday(DayName),
}

/// What a calendar says of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// An ordinary working day.
    Workday,
    /// A weekend day.
    Weekend,
    /// A holiday.
    Holiday(&'a DayName),
    /// A make-up day (调休), worked.
    MakeUpWorkday(&'a DayName),
}

impl DayKind<'_> {
    /// Whether the day is worked.
    #[must_use]
    pub const fn is_worked(self) -> bool {
        matches!(self, Self::Workday | Self::MakeUpWorkday(_))
    }
}

/// Working hours, weekend, holidays and make-up days. It knows no zone: the company's is applied
/// by a [`Reckoning`](super::Reckoning).
///
/// It is serialised as a [`CalendarFile`], in the log as in a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CalendarFile", into = "CalendarFile")]
pub struct Calendar {
    id: String,
    title: DayName,
    clause: Option<String>,
    // INVARIANT: ascending and without overlap.
    periods: Vec<Period>,
    weekend: BTreeSet<Weekday>,
    special_days: BTreeMap<Date, SpecialDay>,
    published: BTreeSet<i32>,
}

impl Calendar {
    /// The id by which definitions name the calendar.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The title in both languages.
    #[must_use]
    pub fn title(&self) -> &DayName {
        &self.title
    }

    /// The clause that the calendar stands on, if the file names one.
    #[must_use]
    pub fn clause(&self) -> Option<&str> {
        self.clause.as_deref()
    }

    /// The working periods of a day, ascending.
    #[must_use]
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// Holidays and make-up days.
    #[must_use]
    pub fn special_days(&self) -> &BTreeMap<Date, SpecialDay> {
        &self.special_days
    }

    /// The years whose holidays have been published. In any other year only weekends are known,
    /// and a deadline that crosses it is provisional.
    #[must_use]
    pub fn published(&self) -> &BTreeSet<i32> {
        &self.published
    }

    /// Seconds of one working day: the sum of its periods (A4).
    #[must_use]
    pub fn working_day_seconds(&self) -> i64 {
        self.periods.iter().map(|period| period.seconds()).sum()
    }

    /// What the calendar says of the date.
    #[must_use]
    pub fn kind_of(&self, date: Date) -> DayKind<'_> {
        match self.special_days.get(&date) {
            Some(SpecialDay::Holiday(name)) => DayKind::Holiday(name),
            Some(SpecialDay::MakeUpWorkday(name)) => DayKind::MakeUpWorkday(name),
            None if self.weekend.contains(&date.weekday()) => DayKind::Weekend,
            None => DayKind::Workday,
        }
    }

    /// Whether the date is worked.
    #[must_use]
    pub fn is_worked(&self, date: Date) -> bool {
        self.kind_of(date).is_worked()
    }

    /// The years from `first` to `last` whose holidays are not published, ascending.
    #[must_use]
    pub fn unpublished(&self, first: Date, last: Date) -> Vec<i32> {
        (first.year()..=last.year())
            .filter(|year| !self.published.contains(year))
            .collect()
    }
}

impl TryFrom<CalendarFile> for Calendar {
    type Error = CalendarFaults;

    /// Checks the file and reports all its faults at once.
    fn try_from(file: CalendarFile) -> Result<Self, CalendarFaults> {
        let mut faults = Vec::new();
        if file.id.trim().is_empty() {
            faults.push(CalendarFault::NoId);
        }
        let mut periods: Vec<Period> = Vec::new();
        for text in &file.working_hours {
            match text.parse::<Period>() {
                Err(fault) => faults.push(fault),
                Ok(period) => {
                    let before = periods.last().map_or(0, |last| last.end_minute);
                    if period.start_minute < before {
                        faults.push(CalendarFault::PeriodsOverlap { text: text.clone() });
                    }
                    periods.push(period);
                }
            }
        }
        let not_a_year = |year: &&i32| !(FIRST_YEAR..=LAST_YEAR).contains(*year);
        for &year in file.published.iter().filter(not_a_year) {
            faults.push(CalendarFault::NotAYear { year });
        }
        let mut years = BTreeSet::new();
        let mut special_days = BTreeMap::new();
        for table in file.years {
            if !years.insert(table.year) {
                faults.push(CalendarFault::YearTwice { year: table.year });
            }
            let holidays = table.holidays.into_iter().map(|days| (days, true));
            let make_up = table.make_up_workdays.into_iter().map(|days| (days, false));
            for (days, holiday) in holidays.chain(make_up) {
                let (from, to) = (days.from, days.to.unwrap_or(days.from));
                if to < from {
                    faults.push(CalendarFault::EndsBeforeItBegins { from, to });
                    continue;
                }
                // Checked before the days are walked: a range of centuries is one fault.
                if let Some(&date) = [from, to].iter().find(|date| date.year() != table.year) {
                    let year = table.year;
                    faults.push(CalendarFault::WrongYear { date, year });
                    continue;
                }
                let name = DayName {
                    zh: days.zh,
                    en: days.en,
                };
                for date in (0..=to.days_since(from)).filter_map(|days| from.plus_days(days)) {
                    let day = if holiday {
                        SpecialDay::Holiday(name.clone())
                    } else {
                        SpecialDay::MakeUpWorkday(name.clone())
                    };
                    if special_days.insert(date, day).is_some() {
                        faults.push(CalendarFault::DayTwice { date });
                    }
                }
            }
        }
        if faults.is_empty() {
            Ok(Self {
                id: file.id,
                title: file.title,
                clause: file.clause,
                periods,
                weekend: file.weekend,
                special_days,
                published: file.published,
            })
        } else {
            Err(CalendarFaults(faults))
        }
    }
}

impl From<Calendar> for CalendarFile {
    fn from(calendar: Calendar) -> Self {
        let mut years: Vec<YearFile> = Vec::new();
        for (date, day) in calendar.special_days {
            if years.last().is_none_or(|table| table.year != date.year()) {
                years.push(YearFile::new(date.year()));
            }
            let Some(table) = years.last_mut() else {
                continue;
            };
            let (days, name) = match day {
                SpecialDay::Holiday(name) => (&mut table.holidays, name),
                SpecialDay::MakeUpWorkday(name) => (&mut table.make_up_workdays, name),
            };
            match days.last_mut() {
                Some(last) if last.is_continued_by(date, &name) => last.to = Some(date),
                _ => days.push(NamedDays {
                    from: date,
                    to: None,
                    zh: name.zh,
                    en: name.en,
                }),
            }
        }
        Self {
            id: calendar.id,
            title: calendar.title,
            clause: calendar.clause,
            working_hours: calendar.periods.iter().map(ToString::to_string).collect(),
            weekend: calendar.weekend,
            published: calendar.published,
            years,
        }
    }
}
