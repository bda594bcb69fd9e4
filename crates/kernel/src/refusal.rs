//! A refusal: what a rule says when it says no. It carries no prose; the sentences stand in one table.

use std::collections::BTreeMap;
use std::fmt;

/// The stable name of a refusal. A code is never reused for another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A command refused by a rule. Nothing of the command is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused, {clause}: {code}")]
pub struct Refusal {
    /// Which refusal.
    pub code: Code,
    /// The clause that refuses, such as `M11` or `A12`.
    pub clause: String,
    /// What the sentence needs: names, limits, instants, each as it is to be shown.
    pub args: BTreeMap<&'static str, String>,
}

impl Refusal {
    /// A refusal by a clause.
    pub fn new(code: Code, clause: impl Into<String>) -> Self {
        Self {
            code,
            clause: clause.into(),
            args: BTreeMap::new(),
        }
    }

    /// Adds something that the sentence names.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.insert(name, value.to_string());
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code($text);)*
        /// Every refusal of the kernel, in order of precedence.
        pub const KERNEL_CODES: &[Code] = &[$($name),*];
    };
}

codes! {
    /// The instant at which it is said to have happened lies after the moment of recording.
    OCCURRED_IN_FUTURE = "occurred_in_future";
    /// It is said to have happened before the last deed that a person recorded on the case.
    BEFORE_LAST_EVENT = "before_last_event";
    /// It is said to have happened further back than the definition lets entries go.
    TOO_FAR_BACK = "too_far_back";
    /// The command is the engine's or an import's own; no person gives it.
    ENGINE_ONLY = "engine_only";
    /// Nobody of that id works here at that moment.
    UNKNOWN_EMPLOYEE = "unknown_employee";
    /// The actor is no deputy of the person in whose name he acts.
    NOT_DEPUTY = "not_deputy";
    /// The actor does not hold the office in which he acts.
    OFFICE_NOT_HELD = "office_not_held";
    /// The case has been opened already.
    ALREADY_OPEN = "already_open";
    /// The case has not been opened.
    NOT_OPENED = "not_opened";
    /// The case is closed; the command belongs to an open one.
    CASE_CLOSED = "case_closed";
    /// The case was withdrawn.
    CASE_WITHDRAWN = "case_withdrawn";
    /// The case is not closed yet; the command belongs to a closed one.
    CASE_NOT_CLOSED = "case_not_closed";
    /// The definition knows no such stage.
    UNKNOWN_STAGE = "unknown_stage";
    /// The case stands at another stage.
    WRONG_STAGE = "wrong_stage";
    /// The command expects another visit than the one that is open.
    STALE_VISIT = "stale_visit";
    /// The report is in; the visit waits for its endorsement.
    AWAITS_ENDORSEMENT = "awaits_endorsement";
    /// There is no report to endorse, or the stage has no endorsement.
    NOTHING_TO_ENDORSE = "nothing_to_endorse";
    /// Nobody endorses a report of his own.
    AUTHOR_ENDORSES = "author_endorses";
    /// The clocks of the case stand still; resume it first.
    CASE_SUSPENDED = "case_suspended";
    /// The case is not suspended.
    NOT_SUSPENDED = "not_suspended";
    /// The command belongs to another department.
    WRONG_DEPARTMENT = "wrong_department";
    /// The command belongs to an office.
    WRONG_OFFICE = "wrong_office";
    /// The definition lets no case be suspended, withdrawn, inquired into or corrected.
    NOT_PROVIDED = "not_provided";
    /// The form has no such field.
    UNKNOWN_FIELD = "unknown_field";
    /// A field that the form requires is missing.
    MISSING_FIELD = "missing_field";
    /// The value is of another type than the field.
    WRONG_TYPE = "wrong_type";
    /// The number lies outside of the field's bounds.
    OUT_OF_RANGE = "out_of_range";
    /// The value is none of the field's choices.
    NOT_A_CHOICE = "not_a_choice";
    /// The list names something twice.
    REPEATED = "repeated";
    /// The text is longer than the field allows.
    TEXT_TOO_LONG = "text_too_long";
    /// The text holds a control character or one that turns the direction of writing.
    FORBIDDEN_CHARACTER = "forbidden_character";
    /// The shares do not add up to the whole.
    SHARES_NOT_WHOLE = "shares_not_whole";
    /// The field cannot be left "not yet determined".
    NOT_DEFERRABLE = "not_deferrable";
    /// The field is determined already; it can be corrected, not completed.
    NOT_PENDING = "not_pending";
    /// The correction changes nothing.
    NOTHING_CHANGED = "nothing_changed";
    /// The field was never entered on this case.
    NOT_ENTERED = "not_entered";
    /// A fact that decides a limit is not known.
    FACT_UNKNOWN = "fact_unknown";
    /// A9: the visit has no limit of its own; the case's presses it.
    NO_LIMIT = "no_limit";
    /// A case goes back to an earlier stage only, and only to one that can be visited anew.
    NOT_AN_EARLIER_STAGE = "not_an_earlier_stage";
    /// Only an overdue visit is inquired into.
    NOT_OVERDUE = "not_overdue";
    /// There has been an inquiry into this visit already.
    INQUIRY_EXISTS = "inquiry_exists";
    /// The case has no such visit.
    UNKNOWN_VISIT = "unknown_visit";
    /// The case has no such inquiry.
    UNKNOWN_INQUIRY = "unknown_inquiry";
    /// The inquiry has been answered.
    INQUIRY_ANSWERED = "inquiry_answered";
    /// The two are linked that way already.
    ALREADY_LINKED = "already_linked";
    /// The deadline lies beyond what the calendar can reckon.
    BEYOND_CALENDAR = "beyond_calendar";
    /// The number of the case has not been handed to the rule.
    NUMBER_NOT_RESERVED = "number_not_reserved";
    /// A version of the rules needs the recorded approval of the office named.
    APPROVAL_MISSING = "approval_missing";
    /// The employee is known already.
    EMPLOYEE_EXISTS = "employee_exists";
    /// The definition knows no such department.
    UNKNOWN_DEPARTMENT = "unknown_department";
    /// The definition knows no such office.
    UNKNOWN_OFFICE = "unknown_office";
    /// A period that ends before it begins.
    PERIOD_REVERSED = "period_reversed";
    /// The imported steps are not in the order of the route or of time.
    IMPORT_OUT_OF_ORDER = "import_out_of_order";
}
