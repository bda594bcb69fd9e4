//! An instant: microseconds in UTC, written in one form only.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Timelike};

use super::{Date, TimeError, serde_as_text};

const SECOND: i64 = 1_000_000;

/// A point on the UTC time line, in microseconds, between the years 1900 and 9999.
///
/// Its text and its serialised form are exactly `YYYY-MM-DDTHH:MM:SS.ffffffZ`; any RFC 3339 text
/// with any offset is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The first instant that can be written: 1900-01-01T00:00:00.000000Z.
    pub const MIN: Self = Self(-2_208_988_800 * SECOND);

    /// The last instant that can be written: 9999-12-31T23:59:59.999999Z.
    pub const MAX: Self = Self(253_402_300_800 * SECOND - 1);

    /// The instant that lies `micros` microseconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] outside the years 1900 to 9999.
    pub fn from_micros(micros: i64) -> Result<Self, TimeError> {
        if (Self::MIN.0..=Self::MAX.0).contains(&micros) {
            Ok(Self(micros))
        } else {
            Err(TimeError::OutOfRange {
                text: format!("{micros} µs"),
            })
        }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 text with any offset; what is finer than a microsecond is cut.
    ///
    /// # Errors
    /// [`TimeError::NotAnInstant`] for anything else, a leap second included (no limit may depend
    /// on one); [`TimeError::OutOfRange`] outside the years 1900 to 9999.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        if let Some(instant) = read_canonical(text.as_bytes()) {
            return Ok(instant);
        }
        let read = DateTime::parse_from_rfc3339(text)
            .ok()
            .filter(|read| read.nanosecond() < 1_000_000_000)
            .ok_or_else(|| TimeError::NotAnInstant {
                text: text.to_owned(),
            })?;
        Self::from_micros(read.timestamp_micros()).map_err(|_| TimeError::OutOfRange {
            text: text.to_owned(),
        })
    }

    /// The same instant without its fraction of a second: cut, never rounded (A1).
    #[must_use]
    pub const fn to_whole_second(self) -> Self {
        Self(self.0 - self.0.rem_euclid(SECOND))
    }

    /// The instant `seconds` later (earlier, if negative). It saturates at [`Instant::MIN`] and
    /// [`Instant::MAX`]; see [`Instant::checked_plus_seconds`].
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let micros = self.0.saturating_add(seconds.saturating_mul(SECOND));
        Self(micros.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// The instant `seconds` later, or nothing if it lies outside the years 1900 to 9999.
    #[must_use]
    pub fn checked_plus_seconds(self, seconds: i64) -> Option<Self> {
        let micros = self.0.checked_add(seconds.checked_mul(SECOND)?)?;
        Self::from_micros(micros).ok()
    }

    /// Whole seconds from `earlier` to this instant; negative if `earlier` is the later one. The
    /// fraction is cut towards the past.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(SECOND)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, the fraction cut (A1).
    #[must_use]
    pub const fn whole_seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// The instant of so many whole seconds since 1970; saturates at the ends of the range.
    pub(crate) fn from_seconds_saturating(seconds: i64) -> Self {
        Self(
            seconds
                .saturating_mul(SECOND)
                .clamp(Self::MIN.0, Self::MAX.0),
        )
    }
}

/// The canonical form, read without a detour: logs hold millions of them.
fn read_canonical(text: &[u8]) -> Option<Instant> {
    let [
        date @ ..,
        b'T',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
        b'.',
        f1,
        f2,
        f3,
        f4,
        f5,
        f6,
        b'Z',
    ] = text
    else {
        return None;
    };
    let date = Date::read(date)?;
    let hour = number(&[*h1, *h2])?;
    let minute = number(&[*m1, *m2])?;
    let second = number(&[*s1, *s2])?;
    let fraction = number(&[*f1, *f2, *f3, *f4, *f5, *f6])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let of_day = (hour * 60 + minute) * 60 + second;
    let seconds = i64::from(date.days_since_1970()) * super::DAY_SECONDS + of_day;
    Instant::from_micros(seconds * SECOND + fraction).ok()
}

/// A number of nothing but ASCII digits; nothing for an empty text.
pub(super) fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |sum, byte| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + i64::from(byte - b'0'))
    })
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.whole_seconds();
        let date = Date::of_days_saturating(seconds.div_euclid(super::DAY_SECONDS));
        let of_day = seconds.rem_euclid(super::DAY_SECONDS);
        write!(
            f,
            "{date}T{:02}:{:02}:{:02}.{:06}Z",
            of_day / 3600,
            of_day / 60 % 60,
            of_day % 60,
            self.0.rem_euclid(SECOND)
        )
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::parse_rfc3339(text)
    }
}

serde_as_text!(Instant, "an RFC 3339 instant");
