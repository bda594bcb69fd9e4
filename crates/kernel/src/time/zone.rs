//! A time zone: for showing instants and for calendars, never for storing (A6).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{GapInfo, TZ_VARIANTS, Tz};

use super::{DAY_SECONDS, Date, Instant, TimeError, serde_as_text};

/// A zone of the IANA data base, written by its name. The default is `Asia/Shanghai`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

impl Default for Zone {
    fn default() -> Self {
        Self::SHANGHAI
    }
}

impl Zone {
    /// `Asia/Shanghai`, the zone of the regulation's company.
    pub const SHANGHAI: Self = Self(Tz::Asia__Shanghai);

    /// `UTC`.
    pub const UTC: Self = Self(Tz::UTC);

    /// The zone of an IANA name.
    ///
    /// # Errors
    /// [`TimeError::UnknownZone`], with a name that is nearly the same if there is one.
    pub fn parse(name: &str) -> Result<Self, TimeError> {
        if let Ok(zone) = name.parse::<Tz>() {
            return Ok(Self(zone));
        }
        let wanted = name.trim().replace(' ', "_");
        let near = |zone: &&Tz| {
            let known = zone.name();
            let city = known.rsplit('/').next().unwrap_or(known);
            known.eq_ignore_ascii_case(&wanted) || city.eq_ignore_ascii_case(&wanted)
        };
        Err(TimeError::UnknownZone {
            name: name.to_owned(),
            suggestion: TZ_VARIANTS
                .iter()
                .find(near)
                .map(|zone| zone.name().to_owned()),
        })
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// Seconds by which the zone's clocks were ahead of UTC at the instant.
    #[must_use]
    pub fn offset_seconds(&self, instant: Instant) -> i32 {
        self.0
            .offset_from_utc_datetime(&naive(instant.whole_seconds()))
            .fix()
            .local_minus_utc()
    }

    /// Seconds that the zone's clocks show, counted from 1970-01-01 00:00:00 on those clocks.
    fn clock_seconds(&self, instant: Instant) -> i64 {
        instant.whole_seconds() + i64::from(self.offset_seconds(instant))
    }

    /// The date that the zone's calendar shows. In the outermost hours of the years 1900 and 9999,
    /// where it would lie outside them, it is the first or last date that can be written.
    #[must_use]
    pub fn date_of(&self, instant: Instant) -> Date {
        Date::of_days_saturating(self.clock_seconds(instant).div_euclid(DAY_SECONDS))
    }

    /// Seconds since 00:00:00 that the zone's clocks show, 0 to 86,399; the fraction is cut (A1).
    #[must_use]
    pub fn time_of_day(&self, instant: Instant) -> u32 {
        u32::try_from(self.clock_seconds(instant).rem_euclid(DAY_SECONDS)).unwrap_or_default()
    }

    /// The instant at which the zone's clocks show that second of that date.
    ///
    /// 86,400 is 24:00, the beginning of the next day; more counts as 86,400. A time that the
    /// clocks skip (a gap) gives the first instant after the gap; a time that they show twice (a
    /// fold) gives the earlier one. Outside the years 1900 to 9999 (in UTC) it saturates.
    #[must_use]
    pub fn instant_of(&self, date: Date, second_of_day: u32) -> Instant {
        let second_of_day = i64::from(second_of_day).min(DAY_SECONDS);
        let clock = i64::from(date.days_since_1970()) * DAY_SECONDS + second_of_day;
        let local = naive(clock);
        let seconds = match self.0.offset_from_local_datetime(&local) {
            MappedLocalTime::Single(offset) => clock - i64::from(offset.fix().local_minus_utc()),
            MappedLocalTime::Ambiguous(one, other) => {
                let one = one.fix().local_minus_utc();
                clock - i64::from(one.max(other.fix().local_minus_utc()))
            }
            MappedLocalTime::None => GapInfo::new(&local, &self.0)
                .and_then(|gap| gap.end)
                .map_or(clock, |end| end.timestamp()),
        };
        Instant::from_seconds_saturating(seconds)
    }

    /// The first instant of the date.
    #[must_use]
    pub fn start_of_day(&self, date: Date) -> Instant {
        self.instant_of(date, 0)
    }

    /// The last second of the date: what ends at 24:00 belongs to the day that ends (A5).
    #[must_use]
    pub fn end_of_day(&self, date: Date) -> Instant {
        // Not 23:59:59 as read from a clock: where it is shown twice, the later one ends the day.
        match self.instant_of(date, 86_400) {
            Instant::MAX => Instant::MAX.to_whole_second(),
            next => next.plus_seconds(-1),
        }
    }

    /// RFC 3339 with the zone's offset and whole seconds: `2026-03-02T09:30:00+08:00`.
    ///
    /// Offsets of the time before standard time had seconds, RFC 3339 knows none: the offset is
    /// then cut to a whole minute and the time goes with it, so that the instant stays the same.
    #[must_use]
    pub fn rfc3339(&self, instant: Instant) -> String {
        let minutes = self.offset_seconds(instant).div_euclid(60);
        let clock = naive(instant.whole_seconds() + i64::from(minutes) * 60);
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.unsigned_abs();
        let (hours, minutes) = (minutes / 60, minutes % 60);
        format!(
            "{}{sign}{hours:02}:{minutes:02}",
            clock.format("%Y-%m-%dT%H:%M:%S")
        )
    }

    /// Date and time as the zone's clocks show them, always with seconds: `2026-03-02 09:30:00`.
    #[must_use]
    pub fn short(&self, instant: Instant) -> String {
        naive(self.clock_seconds(instant))
            .format("%Y-%m-%d %H:%M:%S")
            .to_string()
    }

    /// Date and time as Chinese forms print them, to the minute: `2026年3月2日 09:30`.
    #[must_use]
    pub fn chinese(&self, instant: Instant) -> String {
        naive(self.clock_seconds(instant))
            .format("%Y年%-m月%-d日 %H:%M")
            .to_string()
    }
}

/// The library's reading of so many seconds since 1970-01-01 00:00:00.
fn naive(seconds: i64) -> NaiveDateTime {
    // INVARIANT: callers stay within a day of the years 1900 to 9999, all of which exist.
    DateTime::from_timestamp(seconds, 0)
        .unwrap_or_default()
        .naive_utc()
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Zone {
    type Err = TimeError;

    fn from_str(name: &str) -> Result<Self, TimeError> {
        Self::parse(name)
    }
}

serde_as_text!(Zone, "the IANA name of a time zone");
