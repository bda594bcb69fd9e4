//! Currencies and how many digits their minor units have.

use std::fmt;
use std::str::FromStr;

use super::MoneyError;
use crate::time::serde_as_text;

/// A currency of ISO 4217, written by its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    minor_digits: u8,
}

const fn currency(code: &'static str, minor_digits: u8) -> Currency {
    Currency { code, minor_digits }
}

/// The currencies known here. A code that is missing is refused rather than given two digits.
const KNOWN: [Currency; 41] = [
    currency("AED", 2),
    currency("AUD", 2),
    currency("BDT", 2),
    currency("BHD", 3),
    currency("BRL", 2),
    currency("CAD", 2),
    currency("CHF", 2),
    currency("CLP", 0),
    Currency::CNY,
    currency("COP", 2),
    currency("CZK", 2),
    currency("DKK", 2),
    currency("EGP", 2),
    currency("EUR", 2),
    currency("GBP", 2),
    currency("HKD", 2),
    currency("HUF", 2),
    currency("IDR", 2),
    currency("ILS", 2),
    currency("INR", 2),
    currency("JOD", 3),
    currency("JPY", 0),
    currency("KRW", 0),
    currency("KWD", 3),
    currency("MOP", 2),
    currency("MXN", 2),
    currency("MYR", 2),
    currency("NOK", 2),
    currency("NZD", 2),
    currency("PHP", 2),
    currency("PLN", 2),
    currency("RUB", 2),
    currency("SAR", 2),
    currency("SEK", 2),
    currency("SGD", 2),
    currency("THB", 2),
    currency("TRY", 2),
    currency("TWD", 2),
    currency("USD", 2),
    currency("VND", 0),
    currency("ZAR", 2),
];

impl Currency {
    /// Renminbi, in which the tables of the regulation stand.
    pub const CNY: Self = currency("CNY", 2);

    /// The code of ISO 4217.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// Digits after the point: 2 for CNY, 0 for JPY, 3 for KWD.
    #[must_use]
    pub const fn minor_digits(self) -> u8 {
        self.minor_digits
    }

    /// Minor units in one unit: 100 for CNY.
    #[must_use]
    pub(super) const fn minor_per_unit(self) -> i64 {
        10_i64.pow(self.minor_digits as u32)
    }

    /// All codes known here, for messages.
    pub(super) fn codes() -> String {
        KNOWN.map(Self::code).join(", ")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        KNOWN
            .into_iter()
            .find(|known| known.code == code)
            .ok_or_else(|| MoneyError::UnknownCurrency {
                code: code.to_owned(),
            })
    }
}

serde_as_text!(Currency, "the code of a currency such as `CNY`");
