//! Amounts as people write them: with their currency, or without where the company's is meant.

use redress::Redress;
use redress_kernel::money::{Currency, Money};

use crate::failure::Failure;
use crate::session::Session;

/// The company's currency.
pub(crate) async fn currency(session: &Session, desk: &Redress) -> Result<Currency, Failure> {
    let rules = crate::commands::rules(session, desk).await?;
    let regulation = rules.regulation.as_ref();
    regulation
        .map(|regulation| regulation.currency)
        .ok_or_else(|| {
            Failure::usage("no_currency", "the workflow in force names no currency")
                .chinese("现行流程未定币种")
        })
}

/// An amount with its currency, or without: then the company's.
pub(crate) fn read(text: &str, currency: Currency) -> Result<Money, String> {
    let text = text.trim();
    let bare = !text.contains(char::is_alphabetic);
    let amount: Result<Money, _> = match bare {
        true => format!("{text} {currency}").parse(),
        false => text.parse(),
    };
    amount.map_err(|e| e.to_string())
}

/// What is no amount, on the command line.
pub(crate) fn wrong(text: &str, reason: impl Into<String>) -> Failure {
    Failure::usage("amount", reason)
        .chinese(format!("`{text}` 不是金额"))
        .help_both(
            "write an amount such as `3000.00` or `3000.00 CNY`",
            "请写金额，如 `3000.00` 或 `3000.00 CNY`",
        )
}
