//! Rates of exchange, as a proposal records them (A25).

use std::fmt;
use std::str::FromStr;

use super::{Currency, Money, MoneyError};
use crate::time::serde_as_text;

/// Units of one currency for one unit of another: a number above 0 with at most 8 digits after the
/// point. It keeps the digits it was written with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    mantissa: i64,
    scale: u8,
}

impl Rate {
    /// The most digits after the point.
    pub const MAX_SCALE: u8 = 8;

    /// The rate that is `mantissa` divided by 10 to the power of `scale`; nothing if it is not
    /// above 0, or finer than [`Rate::MAX_SCALE`] digits.
    #[must_use]
    pub const fn new(mantissa: i64, scale: u8) -> Option<Self> {
        if mantissa > 0 && scale <= Self::MAX_SCALE {
            Some(Self { mantissa, scale })
        } else {
            None
        }
    }

    /// The number without its point.
    #[must_use]
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Digits after the point.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The money in the currency `to`, of which one unit of the money's currency buys as many as
    /// the rate says; rounded half up (四舍五入), a half of a negative sum away from 0.
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`].
    pub fn convert_half_up(self, money: Money, to: Currency) -> Result<Money, MoneyError> {
        // At most 2^53 × 2^63 × 10^3: well within 127 bits.
        let product =
            i128::from(money.minor()) * i128::from(self.mantissa) * i128::from(to.minor_per_unit());
        let divisor =
            i128::from(money.currency().minor_per_unit()) * 10_i128.pow(u32::from(self.scale));
        let rounded = (product.abs() * 2 + divisor) / (divisor * 2);
        let minor = i64::try_from(rounded * product.signum());
        Money::new(minor.map_err(|_| MoneyError::OutOfRange)?, to)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_unit = 10_i64.pow(u32::from(self.scale));
        write!(f, "{}", self.mantissa / per_unit)?;
        match usize::from(self.scale) {
            0 => Ok(()),
            digits => write!(f, ".{:0digits$}", self.mantissa % per_unit),
        }
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Rate {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let read = || {
            let (whole, fraction) = match text.split_once('.') {
                Some((_, "")) => return None,
                Some(parts) => parts,
                None => (text, ""),
            };
            let digits = format!("{whole}{fraction}");
            let plain = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let mantissa = plain.then(|| digits.parse().ok()).flatten()?;
            Self::new(mantissa, u8::try_from(fraction.len()).ok()?)
        };
        read().ok_or_else(|| MoneyError::NotARate {
            text: text.to_owned(),
        })
    }
}

serde_as_text!(Rate, "a rate such as `7.1234`");
