//! The refusals of the complaint, in order of precedence; those of any case stand in the kernel.

use std::fmt;

use redress_kernel::money::{MAX_MINOR, MoneyError};
use redress_kernel::refusal::{self as kernel, Code, Refusal};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code($text);)*
        /// Every refusal of the complaint, in order of precedence.
        pub const COMPLAINT_CODES: &[Code] = &[$($name),*];
    };
}

codes! {
    /// M3: no loss was caused; it is an abnormality notice.
    NO_LOSS = "no_loss";
    /// A8: a country is two capital letters; any other text would make the customer an overseas one.
    NOT_A_COUNTRY = "not_a_country";
    /// The complaint has not been decided yet.
    NOT_DECIDED = "not_decided";
    /// A25: an amount that the decision grants is still to be determined.
    AMOUNT_UNDETERMINED = "amount_undetermined";
    /// A25: an amount in another currency needs the rate recorded in the proposal.
    RATE_MISSING = "rate_missing";
    /// A25: amounts in two other currencies cannot be summed by one rate.
    MIXED_CURRENCIES = "mixed_currencies";
    /// M11: the authority table is not set; nobody guesses.
    AUTHORITY_NOT_SET = "authority_not_set";
    /// M9-14, A25: what is not established grants nothing.
    GRANTS_NOTHING = "grants_nothing";
    /// M11: the author of a proposal never decides it.
    AUTHOR_DECIDES = "author_decides";
    /// M11: the amount is beyond the office's authority.
    BEYOND_AUTHORITY = "beyond_authority";
    /// A25: what was decided is changed by a new decision, not by a correction.
    DECIDED_ALREADY = "decided_already";
    /// A25: a settlement above the decision needs a new one.
    SETTLEMENT_BEYOND_DECISION = "settlement_beyond_decision";
    /// M9-11, A15: nothing is conceded before the decision.
    CONCESSION_BEFORE_DECISION = "concession_before_decision";
    /// M9-11, A15: nothing is conceded beyond the decision.
    CONCESSION_BEYOND_DECISION = "concession_beyond_decision";
    /// M9-9: the customer's refusal has been filed as a new form already.
    ALREADY_REFILED = "already_refiled";
    /// M9-14: the complaint was established; the customer's objection is a refusal (M9-9).
    ESTABLISHED = "established";
    /// There is no such petition.
    UNKNOWN_OBJECTION = "unknown_objection";
    /// The petition has been ruled on.
    ALREADY_RULED = "already_ruled";
    /// M9-13: a third party is another company or a supplier.
    NOT_A_THIRD_PARTY = "not_a_third_party";
    /// M9-13: the third party has been named already.
    ALREADY_NAMED = "already_named";
    /// A24: the weights by which a sum would be shared add up to 0.
    NOTHING_TO_SHARE = "nothing_to_share";
    /// A20: the month's bonus has been charged; what was charged is not reckoned again.
    BONUS_CHARGED = "bonus_charged";
}

/// A figure that is below 0, or too large to be kept exactly.
pub(crate) fn out_of_range(field: impl fmt::Display, form: &str, clause: &str) -> Refusal {
    Refusal::new(kernel::OUT_OF_RANGE, clause)
        .with("field", field)
        .with("form", form)
        .with("min", 0)
        .with("max", MAX_MINOR)
}

/// What sums that cannot be taken together are refused with.
pub(crate) fn of_money(error: &MoneyError, field: &str, form: &str, clause: &str) -> Refusal {
    match error {
        MoneyError::CurrenciesDiffer { one, other } => Refusal::new(MIXED_CURRENCIES, clause)
            .with("first", one)
            .with("second", other),
        _ => out_of_range(field, form, clause),
    }
}
