//! Money: whole minor units with their currency, never a float.

mod amount;
mod currency;
mod rate;
#[cfg(test)]
mod tests;

pub use amount::Money;
pub use currency::Currency;
pub use rate::Rate;

/// The largest number of minor units, 2^53 − 1: any reader of the log can hold it exactly.
pub const MAX_MINOR: i64 = (1 << 53) - 1;

/// What can be wrong with a sum of money, a currency or a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The code is not in the table of currencies.
    #[error(
        "`{code}` is not a currency known here; known are {}",
        Currency::codes()
    )]
    UnknownCurrency {
        /// What was written.
        code: String,
    },
    /// The text is no sum of money.
    #[error("`{text}` is not a sum of money; write `1234.56 CNY`")]
    NotMoney {
        /// What was written.
        text: String,
    },
    /// More digits after the point than the currency has.
    #[error("`{text}` has more digits after the point than {currency} has ({})", .currency.minor_digits())]
    TooFine {
        /// What was written.
        text: String,
        /// The currency.
        currency: Currency,
    },
    /// The sum has more than 2^53 − 1 minor units.
    #[error("the sum is larger than can be kept exactly")]
    OutOfRange,
    /// Sums of two currencies cannot be added or compared.
    #[error("{one} and {other} cannot be taken together without a rate")]
    CurrenciesDiffer {
        /// The currency of the first.
        one: Currency,
        /// The currency of the second.
        other: Currency,
    },
    /// The text is no rate.
    #[error(
        "`{text}` is not a rate; write a number above 0 with at most 8 digits after the point, such as `7.1234`"
    )]
    NotARate {
        /// What was written.
        text: String,
    },
}

impl MoneyError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownCurrency { .. } => "money_unknown_currency",
            Self::NotMoney { .. } => "money_not_money",
            Self::TooFine { .. } => "money_too_fine",
            Self::OutOfRange => "money_out_of_range",
            Self::CurrenciesDiffer { .. } => "money_currencies_differ",
            Self::NotARate { .. } => "money_not_a_rate",
        }
    }
}
