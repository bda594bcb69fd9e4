//! A length of time with its unit, as a definition's limits state it: `1/2 natural_day`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::SpanError;
use crate::time::serde_as_text;

/// What a limit is counted in (A4, A5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 24 hours exactly, whatever the clocks show.
    NaturalDay,
    /// 60 minutes exactly.
    NaturalHour,
    /// The sum of a calendar's working periods.
    WorkingDay,
    /// 60 minutes of working time.
    WorkingHour,
    /// Until the last second of the same date of the next month, or of its last day (A5).
    Month,
    /// By the Civil Code (arts. 201–203): the start day is not counted, the end is the last second of the last
    /// day, moved past days that are not worked (A7). No halves.
    CivilDay,
}

impl Unit {
    /// Every unit, in the order in which errors list them.
    pub const ALL: [Self; 6] = [
        Self::NaturalDay,
        Self::NaturalHour,
        Self::WorkingDay,
        Self::WorkingHour,
        Self::Month,
        Self::CivilDay,
    ];

    /// The word that definitions use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NaturalDay => "natural_day",
            Self::NaturalHour => "natural_hour",
            Self::WorkingDay => "working_day",
            Self::WorkingHour => "working_hour",
            Self::Month => "month",
            Self::CivilDay => "civil_day",
        }
    }

    /// Whether only working time counts.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::WorkingDay | Self::WorkingHour)
    }

    /// The day of the same kind: in it reminder levels are counted (A13).
    #[must_use]
    pub const fn day(self) -> Self {
        if self.is_working() {
            Self::WorkingDay
        } else {
            Self::NaturalDay
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Unit {
    type Err = SpanError;

    fn from_str(word: &str) -> Result<Self, SpanError> {
        Self::ALL
            .into_iter()
            .find(|unit| unit.word() == word)
            .ok_or_else(|| SpanError::UnknownUnit {
                unit: word.to_owned(),
            })
    }
}

/// A length of time in halves of a unit; never negative, months whole and at least one.
///
/// Its text and its serialised form are the amount and the unit's word: `13 natural_day`,
/// `1/2 natural_day`, `1 1/2 working_day`. An amount without a unit is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    halves: i64,
    unit: Unit,
}

impl Span {
    /// The largest amount of any unit; what is longer is no limit for a case.
    pub const MAX_AMOUNT: i64 = 1_000_000;

    /// So many halves of the unit.
    ///
    /// # Errors
    /// [`SpanError::OutOfRange`] below 0 or above [`Span::MAX_AMOUNT`] units, and for 0 months;
    /// [`SpanError::HalfMonth`], [`SpanError::HalfCivilDay`] for an odd number of halves of these.
    pub fn of_halves(halves: i64, unit: Unit) -> Result<Self, SpanError> {
        let month = unit == Unit::Month;
        let whole_only = month || unit == Unit::CivilDay;
        if halves < 0 || halves / 2 > Self::MAX_AMOUNT || (month && halves == 0) {
            Err(SpanError::OutOfRange {
                amount: amount(halves),
                unit,
            })
        } else if whole_only && halves % 2 != 0 {
            Err(if month {
                SpanError::HalfMonth
            } else {
                SpanError::HalfCivilDay
            })
        } else {
            Ok(Self { halves, unit })
        }
    }

    /// So many whole units.
    ///
    /// # Errors
    /// [`SpanError::OutOfRange`] as for [`Span::of_halves`].
    pub fn of_whole(amount: i64, unit: Unit) -> Result<Self, SpanError> {
        Self::of_halves(amount.saturating_mul(2), unit)
    }

    /// The amount in halves of the unit: 26 for `13 natural_day`.
    #[must_use]
    pub const fn halves(self) -> i64 {
        self.halves
    }

    /// The amount in whole units, if it is whole.
    #[must_use]
    pub const fn whole(self) -> Option<i64> {
        if self.halves % 2 == 0 {
            Some(self.halves / 2)
        } else {
            None
        }
    }

    /// The unit.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }
}

fn amount(halves: i64) -> String {
    match (halves / 2, halves % 2) {
        (whole, 0) => whole.to_string(),
        (0, half) => format!("{half}/2"),
        (whole, half) => format!("{whole} {}/2", half.abs()),
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", amount(self.halves), self.unit)
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let not_an_amount = || SpanError::NotAnAmount {
            text: text.to_owned(),
        };
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let (unit, amount) = words.split_last().ok_or_else(not_an_amount)?;
        if unit.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            return Err(SpanError::NoUnit {
                text: text.to_owned(),
            });
        }
        let unit: Unit = unit.parse()?;
        let whole = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number = plain.then(|| digits.parse().ok()).flatten();
            number.map(|number: i64| number.saturating_mul(2))
        };
        let halves = match amount {
            ["1/2"] => Some(1),
            [digits] => whole(digits),
            [digits, "1/2"] => whole(digits).map(|halves| halves.saturating_add(1)),
            _ => None,
        };
        Self::of_halves(halves.ok_or_else(not_an_amount)?, unit)
    }
}

serde_as_text!(Span, "a length of time such as `13 natural_day`");
