//! The refusals of the complaint, in order of precedence; those of any case stand in the kernel.

use std::fmt;

use redress_kernel::money::{MAX_MINOR, MoneyError};
use redress_kernel::refusal::{self as kernel, Code, Refusal};

macro_rules! codes {
    ($(#[$list:meta])* $all:ident: $($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code($text);)*
        $(#[$list])*
        pub const $all: &[Code] = &[$($name),*];
    };
}

codes! {
    /// Every refusal of the complaint, in order of precedence; those about money follow.
    COMPLAINT_CODES:
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

codes! {
    /// Every refusal about losses, responsibility, discipline and months, in order of precedence.
    MONEY_CODES:
    /// A table or a duty that is needed is not set; nobody guesses.
    TABLE_NOT_SET = "table_not_set";
    /// The complaint has not been accepted yet.
    NOT_ACCEPTED = "not_accepted";
    /// M9-7: the loss basis knows no such kind of loss.
    UNKNOWN_LOSS_KIND = "unknown_loss_kind";
    /// M9-7: a part has no place in a loss of that kind.
    LOSS_PART_UNKNOWN = "loss_part_unknown";
    /// M9-7: a part of which a loss is reckoned is missing.
    LOSS_PART_MISSING = "loss_part_missing";
    /// M9-7: no such party can carry a share.
    NOT_A_RESPONSIBLE_PARTY = "not_a_responsible_party";
    /// P1: no such unit exists on that day.
    UNKNOWN_UNIT = "unknown_unit";
    /// P1: a unit keeps its kind and its department.
    UNIT_EXISTS = "unit_exists";
    /// P1, P2: no unit larger than the one that the clause names is charged.
    UNIT_TOO_LARGE = "unit_too_large";
    /// P1, P2: a larger unit needs the reason why no smaller one can be named.
    SMALLER_UNIT = "smaller_unit";
    /// M9-7: nothing has been stated as the loss.
    LOSS_NOT_STATED = "loss_not_stated";
    /// P3: no ruling charges more than the penalty criteria.
    CHARGED_BEYOND_CRITERIA = "charged_beyond_criteria";
    /// D1: the goods that came back have been recorded.
    TAKEN_BACK_ALREADY = "taken_back_already";
    /// D1: no goods came back.
    NOTHING_TAKEN_BACK = "nothing_taken_back";
    /// D1: the month to resell begins with the decision; what was sold before is no part of it.
    RESALE_NOT_BEGUN = "resale_not_begun";
    /// D1: the month in which goods may be resold has ended, or all are sold.
    RESALE_OVER = "resale_over";
    /// D6: discipline is decided on a petition.
    NOT_PROPOSED = "not_proposed";
    /// D2, D6: the loss, or who carries it, is not what the petition rests on any more.
    PETITION_OUTDATED = "petition_outdated";
    /// D6: the general manager has decided.
    DISCIPLINE_DECIDED = "discipline_decided";
    /// A17: the loss is not known before everything is sold or the month has ended.
    LOSS_PENDING = "loss_pending";
    /// D2: who carries the loss has not been determined.
    RESPONSIBILITY_NOT_DETERMINED = "responsibility_not_determined";
    /// A24: a unit without base points cannot be charged.
    NO_BASE_POINTS = "no_base_points";
    /// D2: the person carries no share.
    NOT_RESPONSIBLE = "not_responsible";
    /// D5: the grade has no fine of its own.
    NO_RATE = "no_rate";
    /// D5: a fine lies below the regulation's floor.
    BELOW_FLOOR = "below_floor";
    /// D5: a minor demerit is fined per base unit, and the person's are not known.
    BASE_UNITS_UNKNOWN = "base_units_unknown";
    /// M12: no discipline was decided.
    NOTHING_TO_ANNOUNCE = "nothing_to_announce";
    /// M12: the discipline has been announced.
    ANNOUNCED_ALREADY = "announced_already";
    /// M9-10: the month has been opened.
    MONTH_OPENED_ALREADY = "month_opened_already";
    /// M9-10: a month is settled once it is over.
    MONTH_NOT_OVER = "month_not_over";
    /// A19: months are closed in order; one before the last closed is not opened any more.
    LATER_MONTH_CLOSED = "later_month_closed";
    /// M9-10: the month had ended when the log began.
    MONTH_BEFORE_LOG = "month_before_log";
    /// M9-10: the month has not been opened.
    MONTH_NOT_OPENED = "month_not_opened";
    /// A19: a closed month is frozen.
    MONTH_CLOSED = "month_closed";
    /// A19: months are closed in order.
    EARLIER_MONTH_OPEN = "earlier_month_open";
    /// M9-10: the head of the department confirms.
    NOT_THE_HEAD = "not_the_head";
    /// M9-10: nobody heads the department; an office confirms for it.
    HEAD_VACANT = "head_vacant";
    /// M9-10: the month's cases have not been gathered.
    NOT_GATHERED = "not_gathered";
    /// A19: something was corrected, or replaced by a new form, since the month was gathered or noticed.
    GATHERING_OUTDATED = "gathering_outdated";
    /// A14: a case of the month was closed, or its closing recorded, since the month was gathered.
    CLOSED_SINCE = "closed_since";
    /// A19: a notice for an unconfirmed case is refused.
    UNCONFIRMED = "unconfirmed";
    /// A19: the list of discipline comes before the notices.
    DISCIPLINE_NOT_LISTED = "discipline_not_listed";
    /// M12: discipline was decided since the list was drawn up.
    DISCIPLINE_OUTDATED = "discipline_outdated";
    /// D3: a share by which somebody was graded is another by now, and so is its grade.
    SENTENCE_OUTDATED = "sentence_outdated";
    /// M12: no penalty notices have been issued.
    NO_NOTICES = "no_notices";
    /// M12: the general manager approves the notices.
    NOTICES_NOT_APPROVED = "notices_not_approved";
    /// M12: discipline is announced before it costs anything.
    NOT_ANNOUNCED = "not_announced";
    /// P3: a bonus is in the company's currency.
    BONUS_CURRENCY = "bonus_currency";
    /// A20: the month's bonus has been charged; another amount corrects that, and needs a reason.
    BONUS_CHARGED = "bonus_charged";
}

codes! {
    /// Every refusal about improvements (M9-7), in order of precedence.
    IMPROVEMENT_CODES:
    /// The decision does not want the improvement tracked, or was corrected so.
    IMPROVEMENT_NOT_TRACKED = "improvement_not_tracked";
    /// The effect is confirmed: nothing more is to be done.
    IMPROVEMENT_DONE = "improvement_done";
    /// The improvement form has been opened.
    IMPROVEMENT_OPENED_ALREADY = "improvement_opened_already";
    /// The improvement form has not been opened.
    IMPROVEMENT_NOT_OPENED = "improvement_not_opened";
    /// A draft waits to be confirmed, or its items are being carried out or judged.
    IMPROVEMENT_DRAFTED_ALREADY = "improvement_drafted_already";
    /// No draft waits to be confirmed.
    NO_DRAFT_TO_CONFIRM = "no_draft_to_confirm";
    /// Nothing is confirmed that could be carried out or judged.
    IMPROVEMENT_NOT_CONFIRMED = "improvement_not_confirmed";
    /// A draft has no item, or too many.
    NUMBER_OF_ITEMS = "number_of_items";
    /// A department carries out no items.
    CARRIES_OUT_NOTHING = "carries_out_nothing";
    /// An item would be due before it is drafted.
    DATE_PASSED = "date_passed";
    /// The round in hand has no such item.
    UNKNOWN_ITEM = "unknown_item";
    /// The item has been carried out.
    CARRIED_OUT_ALREADY = "carried_out_already";
    /// The effect is judged when every item is carried out.
    ITEMS_OUTSTANDING = "items_outstanding";
}
