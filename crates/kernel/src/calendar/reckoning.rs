//! Reckoning: from a start and a limit to the instant at which the limit is reached (A4, A5, A13).

use serde::{Deserialize, Serialize};

use super::explanation::Interval;
use super::{Calendar, CalendarError, Reason, Span, Unit};
use crate::time::{Date, Instant, Zone};

/// Seconds of one natural hour.
const HOUR_SECONDS: i64 = 3600;

/// Seconds of one natural day (A4).
const NATURAL_DAY_SECONDS: i64 = 24 * HOUR_SECONDS;

/// Days that are looked through for working time before a limit counts as unreachable.
const MAX_DAYS: i64 = 36_525;

/// When a limit is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last instant that is on time (A1).
    pub at: Instant,
    /// The limit in seconds of reckoned time.
    pub limit_seconds: i64,
    /// The limit as the definition states it.
    pub span: Span,
    /// The years that were crossed although their holidays are not published: until they are, the
    /// instant is provisional. Natural time and months cross nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisional: Vec<i32>,
}

/// One case's way to count time: the company's zone, a calendar, and what was suspended.
///
/// Instants are cut to whole seconds on entry (A1). Suspended intervals may overlap and come in
/// any order; an interval that does not end after its beginning is none.
#[derive(Debug, Clone, Copy)]
pub struct Reckoning<'a> {
    /// The company's zone.
    pub zone: &'a Zone,
    /// The definition's calendar.
    pub calendar: &'a Calendar,
    /// Intervals, from and until, that do not count.
    pub suspended: &'a [(Instant, Instant)],
}

impl Reckoning<'_> {
    /// When a limit that starts at `start` is reached.
    ///
    /// Natural and working time: the earliest instant at which the time counted since the start is
    /// the limit (A4). A month ends with the last second of the same date of the next month, or of
    /// its last day (A5); what is suspended before that moves it by as many seconds.
    ///
    /// # Errors
    /// [`CalendarError::NoWorkingTime`] if working time is asked of a calendar without any,
    /// [`CalendarError::TooLong`] if it is not reached within a hundred years,
    /// [`CalendarError::BeyondLastYear`] past the year 9999.
    pub fn due(&self, start: Instant, span: Span) -> Result<Due, CalendarError> {
        let limit_seconds = self.limit_seconds(start, span)?;
        let at = self.advance(start, limit_seconds, span.unit())?;
        let provisional = if span.unit().is_working() || span.unit() == Unit::CivilDay {
            self.calendar
                .unpublished(self.zone.date_of(start), self.zone.date_of(at))
        } else {
            Vec::new()
        };
        Ok(Due {
            at,
            limit_seconds,
            span,
            provisional,
        })
    }

    /// The limit in seconds of reckoned time; a month's depends on its start.
    ///
    /// # Errors
    /// As for [`Reckoning::due`].
    pub fn limit_seconds(&self, start: Instant, span: Span) -> Result<i64, CalendarError> {
        // Halves of each unit are whole seconds: periods are minutes.
        let of_unit = match span.unit() {
            Unit::NaturalDay => NATURAL_DAY_SECONDS,
            Unit::NaturalHour | Unit::WorkingHour => HOUR_SECONDS,
            Unit::WorkingDay => self.calendar.working_day_seconds(),
            Unit::Month => {
                let date = self.zone.date_of(start);
                let last = months_after(date, span)?;
                let end = self.zone.end_of_day(last);
                return Ok(end.seconds_since(start.to_whole_second()));
            }
            Unit::CivilDay => {
                let last = self.civil_last_day(self.zone.date_of(start), span.halves() / 2)?;
                let end = self.zone.end_of_day(last);
                return Ok(end.seconds_since(start.to_whole_second()));
            }
        };
        Ok(span.halves().saturating_mul(of_unit) / 2)
    }

    /// The earliest instant at which `seconds` of time have been counted since `start`; the start
    /// itself for 0 or less. A month's time is natural time.
    ///
    /// # Errors
    /// As for [`Reckoning::due`].
    pub fn advance(
        &self,
        start: Instant,
        seconds: i64,
        unit: Unit,
    ) -> Result<Instant, CalendarError> {
        let start = start.to_whole_second();
        if unit.is_working() && self.calendar.periods().is_empty() {
            return Err(CalendarError::NoWorkingTime {
                calendar: self.calendar.id().to_owned(),
            });
        }
        if seconds <= 0 {
            return Ok(start);
        }
        let suspended = self.suspensions();
        let mut missing = seconds;
        let mut reached = |from: Instant, until: Instant| {
            let mut found = None;
            unsuspended(&suspended, from, until, |from, until| {
                let counted = until.seconds_since(from);
                if found.is_none() && missing <= counted {
                    found = Some(from.plus_seconds(missing));
                }
                missing -= counted;
            });
            found
        };
        if !unit.is_working() {
            return reached(start, Instant::MAX.to_whole_second())
                .ok_or(CalendarError::BeyondLastYear);
        }
        let first = self.zone.date_of(start);
        for days in 0..=MAX_DAYS {
            let date = first.plus_days(days).ok_or(CalendarError::BeyondLastYear)?;
            for (from, until) in self.working_periods(date) {
                if let Some(at) = reached(from.max(start), until) {
                    return Ok(at);
                }
            }
        }
        Err(CalendarError::TooLong {
            calendar: self.calendar.id().to_owned(),
        })
    }

    /// Seconds of time that count between two instants; 0 if `until` does not lie after `from`.
    #[must_use]
    pub fn held_seconds(&self, from: Instant, until: Instant, unit: Unit) -> i64 {
        let (from, until) = (from.to_whole_second(), until.to_whole_second());
        let suspended = self.suspensions();
        let mut held = 0;
        let mut add = |from: Instant, until: Instant| {
            unsuspended(&suspended, from, until, |from, until| {
                held += until.seconds_since(from);
            });
        };
        if unit.is_working() {
            let mut date = self.zone.date_of(from);
            // One day more: where clocks go back over midnight, a date is shown again after the next.
            let last = self.zone.date_of(until).succ();
            while from < until && date <= last {
                for (start, end) in self.working_periods(date) {
                    add(start.max(from), end.min(until));
                }
                if date == Date::MAX {
                    break;
                }
                date = date.succ();
            }
        } else {
            add(from, until);
        }
        held
    }

    /// The due-soon notice: start + ⌊limit in seconds × percent / 100⌋ of reckoned time (A13). It
    /// lapses at the due instant.
    ///
    /// # Errors
    /// As for [`Reckoning::due`].
    pub fn notice(
        &self,
        start: Instant,
        due: &Due,
        percent: u32,
    ) -> Result<Instant, CalendarError> {
        let seconds = i128::from(due.limit_seconds) * i128::from(percent) / 100;
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        self.advance(start, seconds, due.span.unit())
    }

    /// The instant after which a reminder level is passed: so many days of the case's calendar
    /// after the due instant (A13: level 3 = due + 3 days). `unit` is that of the case's limit.
    ///
    /// # Errors
    /// As for [`Reckoning::due`].
    pub fn level_passed(
        &self,
        due_at: Instant,
        days: u32,
        unit: Unit,
    ) -> Result<Instant, CalendarError> {
        let of_day = if unit.is_working() {
            self.calendar.working_day_seconds()
        } else {
            NATURAL_DAY_SECONDS
        };
        self.advance(due_at, i64::from(days).saturating_mul(of_day), unit)
    }

    /// The date that lies whole days or months after `from`, counted by dates: `from` itself is
    /// not counted, of working days only worked ones are. With it come the years that were crossed
    /// although their holidays are not published. Suspensions are not looked at: they are told in
    /// instants.
    ///
    /// # Errors
    /// [`CalendarError::NotWholeDays`] for hours and halves, otherwise as for [`Reckoning::due`].
    pub fn due_by_date(&self, from: Date, span: Span) -> Result<(Date, Vec<i32>), CalendarError> {
        let not_whole = CalendarError::NotWholeDays { span };
        let days = span.whole().ok_or_else(|| not_whole.clone())?;
        match span.unit() {
            Unit::NaturalHour | Unit::WorkingHour => Err(not_whole),
            Unit::Month => Ok((months_after(from, span)?, Vec::new())),
            Unit::CivilDay => {
                let date = self.civil_last_day(from, days)?;
                Ok((date, self.calendar.unpublished(from, date)))
            }
            Unit::NaturalDay => {
                let date = from.plus_days(days).ok_or(CalendarError::BeyondLastYear)?;
                Ok((date, Vec::new()))
            }
            Unit::WorkingDay => {
                let (mut date, mut missing) = (from, days);
                for _ in 0..=MAX_DAYS {
                    if missing == 0 {
                        return Ok((date, self.calendar.unpublished(from, date)));
                    }
                    date = date.plus_days(1).ok_or(CalendarError::BeyondLastYear)?;
                    missing -= i64::from(self.calendar.is_worked(date));
                }
                Err(CalendarError::TooLong {
                    calendar: self.calendar.id().to_owned(),
                })
            }
        }
    }

    /// The last day of a period of the Civil Code: the start day is not counted; a last day that is not worked gives
    /// way to the next one that is (A7).
    fn civil_last_day(&self, from: Date, days: i64) -> Result<Date, CalendarError> {
        let mut date = from.plus_days(days).ok_or(CalendarError::BeyondLastYear)?;
        for _ in 0..=MAX_DAYS {
            if self.calendar.is_worked(date) {
                return Ok(date);
            }
            date = date.plus_days(1).ok_or(CalendarError::BeyondLastYear)?;
        }
        Err(CalendarError::TooLong {
            calendar: self.calendar.id().to_owned(),
        })
    }

    /// The intervals from `start` to `due` that make up the limit: they follow each other without
    /// a gap, equal neighbours are merged, and their counted seconds add up to the limit exactly.
    ///
    /// # Errors
    /// [`CalendarError::TooLong`] for working time over more than a hundred years.
    pub fn explain(
        &self,
        start: Instant,
        due: Instant,
        span: Span,
    ) -> Result<Vec<Interval>, CalendarError> {
        let (start, due) = (start.to_whole_second(), due.to_whole_second());
        let mut story = Story::new(start, due, self.suspensions());
        if !span.unit().is_working() {
            story.tell(due, &Reason::Counted);
            return Ok(story.intervals);
        }
        let (first, last) = (self.zone.date_of(start), self.zone.date_of(due));
        if last.days_since(first) > MAX_DAYS {
            return Err(CalendarError::TooLong {
                calendar: self.calendar.id().to_owned(),
            });
        }
        // One day more: where clocks go back over midnight, a date is shown again after the next.
        let days = 0..=last.days_since(first) + 1;
        for date in days.filter_map(|days| first.plus_days(days)) {
            let kind = self.calendar.kind_of(date);
            let (outside, inside) = Reason::of_day(kind);
            for (from, until) in self.working_periods(date) {
                story.tell(from, &outside);
                story.tell(until, &inside);
            }
            story.tell(self.zone.instant_of(date, 86_400), &outside);
        }
        Ok(story.intervals)
    }

    /// The working periods of a date as instants; none if the date is not worked.
    fn working_periods(&self, date: Date) -> impl Iterator<Item = (Instant, Instant)> + '_ {
        let worked = self.calendar.is_worked(date);
        let periods = if worked { self.calendar.periods() } else { &[] };
        periods.iter().map(move |period| {
            (
                self.zone.instant_of(date, period.start_second()),
                self.zone.instant_of(date, period.end_second()),
            )
        })
    }

    /// The suspended intervals in whole seconds, ascending, merged.
    fn suspensions(&self) -> Vec<(Instant, Instant)> {
        let mut given: Vec<_> = self
            .suspended
            .iter()
            .map(|(from, until)| (from.to_whole_second(), until.to_whole_second()))
            .filter(|(from, until)| from < until)
            .collect();
        given.sort_unstable();
        let mut merged: Vec<(Instant, Instant)> = Vec::with_capacity(given.len());
        for (from, until) in given {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => merged.push((from, until)),
            }
        }
        merged
    }
}

/// The same date so many months later, or the last day of that month (A5).
fn months_after(date: Date, span: Span) -> Result<Date, CalendarError> {
    let month = date.month().plus_months(span.halves() / 2);
    let month = month.ok_or(CalendarError::BeyondLastYear)?;
    Ok(month.day_or_last(date.day()))
}

/// Gives the parts of an interval that no suspension covers, in order.
fn unsuspended(
    suspended: &[(Instant, Instant)],
    mut from: Instant,
    until: Instant,
    mut part: impl FnMut(Instant, Instant),
) {
    let passed = suspended.partition_point(|(_, end)| *end <= from);
    for &(start, end) in suspended.iter().skip(passed) {
        if start >= until {
            break;
        }
        if from < start {
            part(from, start);
        }
        from = from.max(end);
    }
    if from < until {
        part(from, until);
    }
}

/// Intervals told one after the other, suspensions laid over them.
struct Story {
    told: Instant,
    due: Instant,
    suspended: Vec<(Instant, Instant)>,
    intervals: Vec<Interval>,
}

impl Story {
    const fn new(start: Instant, due: Instant, suspended: Vec<(Instant, Instant)>) -> Self {
        Self {
            told: start,
            due,
            suspended,
            intervals: Vec::new(),
        }
    }

    /// From where the story stands until `until`, but not past the due instant.
    fn tell(&mut self, until: Instant, reason: &Reason) {
        let until = until.min(self.due);
        let suspended = std::mem::take(&mut self.suspended);
        unsuspended(&suspended, self.told, until, |from, until| {
            self.push(from, &Reason::Suspended);
            self.push(until, reason);
        });
        self.push(until, &Reason::Suspended);
        self.suspended = suspended;
    }

    fn push(&mut self, until: Instant, reason: &Reason) {
        if until <= self.told {
            return;
        }
        let from = std::mem::replace(&mut self.told, until);
        let seconds = if reason.counts() {
            until.seconds_since(from)
        } else {
            0
        };
        match self.intervals.last_mut() {
            Some(last) if last.reason == *reason => {
                last.to = until;
                last.seconds_counted += seconds;
            }
            _ => self.intervals.push(Interval {
                from,
                to: until,
                seconds_counted: seconds,
                reason: reason.clone(),
            }),
        }
    }
}
