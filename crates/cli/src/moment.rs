//! Moments as people write them: with an offset, or as the company's clocks show them.

use std::str::FromStr;

use redress_kernel::time::{Date, Instant, Zone};

/// A moment, perhaps still without the zone that makes it an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// RFC 3339 with an offset.
    Instant(Instant),
    /// Date and second of the day, by the company's clocks.
    Local(Date, u32),
    /// A date alone.
    Date(Date),
}

impl Moment {
    /// The instant that is meant; a date alone means its last second, so that a report about a day has the whole day.
    pub(crate) fn instant(self, zone: &Zone) -> Instant {
        match self {
            Self::Instant(instant) => instant,
            Self::Local(date, second) => zone.instant_of(date, second),
            Self::Date(date) => zone.end_of_day(date),
        }
    }

    /// The first instant that is meant; a date alone means its beginning, as for what holds from a day on.
    pub(crate) fn beginning(self, zone: &Zone) -> Instant {
        match self {
            Self::Date(date) => zone.start_of_day(date),
            other => other.instant(zone),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(instant) = Instant::parse_rfc3339(text) {
            return Ok(Self::Instant(instant));
        }
        if let Ok(date) = Date::from_str(text) {
            return Ok(Self::Date(date));
        }
        local(text).ok_or_else(|| {
            "write `2026-03-02T09:30:00+08:00`, `2026-03-02 09:30` by the company's clocks, or `2026-03-02`".to_owned()
        })
    }
}

fn local(text: &str) -> Option<Moment> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let date = Date::from_str(date).ok()?;
    let mut parts = time.split(':');
    let number = |part: Option<&str>, most: u32| {
        let part = part?;
        let plain = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        let number: u32 = plain.then(|| part.parse().ok()).flatten()?;
        (number <= most).then_some(number)
    };
    let hour = number(parts.next(), 23)?;
    let minute = number(parts.next(), 59)?;
    let second = match parts.next() {
        None => 0,
        second => number(second, 59)?,
    };
    match parts.next() {
        None => Some(Moment::Local(date, hour * 3600 + minute * 60 + second)),
        Some(_) => None,
    }
}
