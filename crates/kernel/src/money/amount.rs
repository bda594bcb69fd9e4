//! A sum of money.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{Currency, MAX_MINOR, MoneyError};

/// A sum of money in whole minor units (fen, cents) of its currency; it may be negative.
///
/// Serialised it is `{"minor":123456,"currency":"CNY"}`; the text `1234.56 CNY` is read as well.
/// Shown it is `1,234.56 CNY`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    // INVARIANT: within ±MAX_MINOR.
    minor: i64,
    currency: Currency,
}

impl Money {
    /// So many minor units.
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`] beyond ±(2^53 − 1).
    pub const fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor > MAX_MINOR || minor < -MAX_MINOR {
            Err(MoneyError::OutOfRange)
        } else {
            Ok(Self { minor, currency })
        }
    }

    /// Nothing, in that currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is 0.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is below 0.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum of both.
    ///
    /// # Errors
    /// [`MoneyError::CurrenciesDiffer`], [`MoneyError::OutOfRange`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::new(self.minor + other.minor, self.currency)
    }

    /// What is left when `other` is taken away; negative if `other` is larger.
    ///
    /// # Errors
    /// [`MoneyError::CurrenciesDiffer`], [`MoneyError::OutOfRange`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::new(self.minor - other.minor, self.currency)
    }

    /// So many times the sum.
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`].
    pub fn checked_mul(self, times: i64) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(times);
        Self::new(minor.ok_or(MoneyError::OutOfRange)?, self.currency)
    }

    /// The sum of all; 0 for none.
    ///
    /// # Errors
    /// [`MoneyError::CurrenciesDiffer`], [`MoneyError::OutOfRange`].
    pub fn sum(
        currency: Currency,
        sums: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        sums.into_iter()
            .try_fold(Self::zero(currency), Self::checked_add)
    }

    /// Which of two sums of one currency is larger.
    ///
    /// # Errors
    /// [`MoneyError::CurrenciesDiffer`].
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrenciesDiffer {
                one: self.currency,
                other: other.currency,
            })
        }
    }

    /// The figure alone, without grouping: `1234.56`.
    #[must_use]
    pub fn decimal(self) -> String {
        let (whole, fraction) = self.parts();
        format!("{}{whole}{fraction}", self.sign())
    }

    const fn sign(self) -> &'static str {
        if self.minor < 0 { "-" } else { "" }
    }

    /// Whole units, and the point with the digits after it.
    fn parts(self) -> (String, String) {
        let per_unit = self.currency.minor_per_unit().unsigned_abs();
        let minor = self.minor.unsigned_abs();
        let whole = (minor / per_unit).to_string();
        match usize::from(self.currency.minor_digits()) {
            0 => (whole, String::new()),
            digits => (whole, format!(".{:0digits$}", minor % per_unit)),
        }
    }

    /// Reads the figure of `text`; commas, if any, must group by thousands.
    fn read(text: &str, figure: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not_money = || MoneyError::NotMoney {
            text: text.to_owned(),
        };
        let (negative, figure) = match figure.strip_prefix('-') {
            Some(figure) => (true, figure),
            None => (false, figure),
        };
        let (whole, fraction) = match figure.split_once('.') {
            Some((_, "")) => return Err(not_money()),
            Some(parts) => parts,
            None => (figure, ""),
        };
        let digits = ungrouped(whole).ok_or_else(not_money)?;
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(not_money());
        }
        let places = usize::from(currency.minor_digits());
        if fraction.len() > places {
            return Err(MoneyError::TooFine {
                text: text.to_owned(),
                currency,
            });
        }
        let minor: i64 = format!("{digits}{fraction:0<places$}")
            .parse()
            .map_err(|_| MoneyError::OutOfRange)?;
        Self::new(if negative { -minor } else { minor }, currency)
    }
}

/// The digits of `1234` or `1,234`; nothing for anything else.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let well = digits(first)
        && (!grouped || first.len() <= 3)
        && groups.all(|group| group.len() == 3 && digits(group));
    well.then(|| whole.replace(',', ""))
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = self.parts();
        f.write_str(self.sign())?;
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, "{fraction} {}", self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `1234.56 CNY`, also `1,234.56 CNY` and `1234 CNY`.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (figure, code) = text.split_once(' ').ok_or_else(|| MoneyError::NotMoney {
            text: text.to_owned(),
        })?;
        Self::read(text, figure, code.parse()?)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut money = serializer.serialize_struct("Money", 2)?;
        money.serialize_field("minor", &self.minor)?;
        money.serialize_field("currency", &self.currency)?;
        money.end()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MoneyVisitor)
    }
}

struct MoneyVisitor;

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Minor,
    Currency,
}

impl<'de> Visitor<'de> for MoneyVisitor {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a sum of money such as `1234.56 CNY` or {\"minor\":123456,\"currency\":\"CNY\"}",
        )
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Money, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Money, A::Error> {
        let mut minor: Option<i64> = None;
        let mut currency: Option<Currency> = None;
        while let Some(field) = map.next_key()? {
            match field {
                Field::Minor if minor.is_some() => {
                    return Err(de::Error::duplicate_field("minor"));
                }
                Field::Currency if currency.is_some() => {
                    return Err(de::Error::duplicate_field("currency"));
                }
                Field::Minor => minor = Some(map.next_value()?),
                Field::Currency => currency = Some(map.next_value()?),
            }
        }
        let minor = minor.ok_or_else(|| de::Error::missing_field("minor"))?;
        let currency = currency.ok_or_else(|| de::Error::missing_field("currency"))?;
        Money::new(minor, currency).map_err(de::Error::custom)
    }
}
