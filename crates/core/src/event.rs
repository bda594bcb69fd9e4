//! Events of a complaint beyond those of any case.

pub mod improvement;
pub mod money;

use redress_kernel::definition::Mark;
use redress_kernel::event::{CaseEvent, EventError};
use redress_kernel::events;
use redress_kernel::id::{CaseId, EmployeeId, FieldId, OfficeId};
use redress_kernel::money::Money;
use serde::{Deserialize, Serialize};

use self::improvement::{
    ImprovementCarriedOut, ImprovementConfirmed, ImprovementDrafted, ImprovementFoundEffective,
    ImprovementFoundIneffective, ImprovementOpened, ImprovementReleased, ImprovementReturned,
    ImprovementTracked,
};
use self::money::{
    Counted, DisciplineAnnounced, DisciplineDecided, DisciplineProposed, GoodsResold,
    GoodsTakenBack, LossStated, NoticeIssued, ResaleSettled, ResponsibilityDetermined,
    ResponsibilityProposed,
};
use crate::concession::RecordedRate;
use crate::regulation::Copy;

/// An event of a case's stream: the kernel's or the complaint's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Any case knows it.
    Case(CaseEvent),
    /// Only a complaint knows it.
    Complaint(ComplaintEvent),
}

impl Event {
    /// The type under which it is recorded.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Case(e) => e.kind(),
            Self::Complaint(e) => e.kind(),
        }
    }
    /// The schema of its payload.
    pub fn schema(&self) -> u32 {
        match self {
            Self::Case(e) => e.schema(),
            Self::Complaint(e) => e.schema(),
        }
    }
    /// The payload as the one JSON text that is recorded.
    ///
    /// # Errors
    /// If a value has no JSON form; no event of this crate is such.
    pub fn payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Case(e) => e.payload(),
            Self::Complaint(e) => e.payload(),
        }
    }
    /// Reads an event back.
    ///
    /// # Errors
    /// An unknown type, a future schema, a payload that does not fit.
    pub fn read(kind: &str, schema: u32, payload: &str) -> Result<Self, EventError> {
        if kind.starts_with("complaint.") {
            ComplaintEvent::read(kind, schema, payload).map(Self::Complaint)
        } else {
            CaseEvent::read(kind, schema, payload).map(Self::Case)
        }
    }
}

impl From<CaseEvent> for Event {
    fn from(event: CaseEvent) -> Self {
        Self::Case(event)
    }
}

impl From<ComplaintEvent> for Event {
    fn from(event: ComplaintEvent) -> Self {
        Self::Complaint(event)
    }
}

events! {
    /// What happened to a complaint.
    pub enum ComplaintEvent {
        /// The decision by authority.
        Decided(Decided) = "complaint.decided", 1;
        /// The copies of the form went out.
        CopiesDistributed(CopiesDistributed) = "complaint.copies_distributed", 1;
        /// The customer was answered.
        Answered(Answered) = "complaint.answered", 1;
        /// The customer did not accept the conclusion; a new form was filed.
        CustomerRefused(CustomerRefused) = "complaint.customer_refused", 1;
        /// A petition against the resolution was filed.
        ObjectionFiled(ObjectionFiled) = "complaint.objection_filed", 1;
        /// The petition was ruled on.
        ObjectionRuled(ObjectionRuled) = "complaint.objection_ruled", 1;
        /// A third party may be responsible.
        ThirdPartyNamed(ThirdPartyNamed) = "complaint.third_party_named", 1;
        /// The loss was stated.
        LossStated(LossStated) = "complaint.loss_stated", 1;
        /// Shares of responsibility were proposed.
        ResponsibilityProposed(ResponsibilityProposed) = "complaint.responsibility_proposed", 1;
        /// Who carries the loss was determined, or corrected.
        ResponsibilityDetermined(ResponsibilityDetermined) = "complaint.responsibility_determined", 1;
        /// Goods came back.
        GoodsTakenBack(GoodsTakenBack) = "complaint.goods_taken_back", 1;
        /// Some of them were sold.
        GoodsResold(GoodsResold) = "complaint.goods_resold", 1;
        /// The loss on them is known.
        ResaleSettled(ResaleSettled) = "complaint.resale_settled", 1;
        /// Discipline was proposed.
        DisciplineProposed(DisciplineProposed) = "complaint.discipline_proposed", 1;
        /// Discipline was decided.
        DisciplineDecided(DisciplineDecided) = "complaint.discipline_decided", 1;
        /// Discipline was announced.
        DisciplineAnnounced(DisciplineAnnounced) = "complaint.discipline_announced", 1;
        /// The penalty notice of a month went out.
        NoticeIssued(NoticeIssued) = "complaint.notice_issued", 1;
        /// A closed month counted it.
        Counted(Counted) = "complaint.counted", 1;
        /// The improvement is to be tracked.
        ImprovementTracked(ImprovementTracked) = "complaint.improvement_tracked", 1;
        /// It need not be tracked after all.
        ImprovementReleased(ImprovementReleased) = "complaint.improvement_released", 1;
        /// The improvement form was opened.
        ImprovementOpened(ImprovementOpened) = "complaint.improvement_opened", 1;
        /// Its items were drafted.
        ImprovementDrafted(ImprovementDrafted) = "complaint.improvement_drafted", 1;
        /// The draft was returned.
        ImprovementReturned(ImprovementReturned) = "complaint.improvement_returned", 1;
        /// The draft was confirmed.
        ImprovementConfirmed(ImprovementConfirmed) = "complaint.improvement_confirmed", 1;
        /// An item was carried out.
        ImprovementCarriedOut(ImprovementCarriedOut) = "complaint.improvement_carried_out", 1;
        /// The effect was confirmed.
        ImprovementFoundEffective(ImprovementFoundEffective) = "complaint.improvement_found_effective", 1;
        /// No effect was found.
        ImprovementFoundIneffective(ImprovementFoundIneffective) = "complaint.improvement_found_ineffective", 1;
    }
}

/// What a decision comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The customer gets something, or the complaint is upheld with nothing to give.
    Granted,
    /// The complaint is not established (M9-14).
    NotEstablished,
}

/// See [`ComplaintEvent::Decided`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Outcome.
    pub outcome: Outcome,
    /// What the customer gets, line by line.
    pub granted: Vec<Granted>,
    /// The sum in the currency of the authority table (A25).
    pub amount: Money,
    /// The exchange rate recorded in the proposal, if one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<RecordedRate>,
    /// The office that decided.
    pub office: OfficeId,
    /// The row of the authority table that applied.
    pub authority: AuthorityApplied,
    /// The authors of the proposal, none of whom decided it.
    pub proposed_by: Vec<EmployeeId>,
}

/// One thing that the customer gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// The field of the proposal or the decision that grants it.
    pub field: FieldId,
    /// How much.
    pub amount: Money,
}

/// Table, version and row by which a decision was due to an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityApplied {
    /// Table.
    pub table: String,
    /// Version of the workflow that holds it.
    pub version: String,
    /// Row, from 1.
    pub row: u32,
    /// The office that the row names.
    pub office: OfficeId,
    /// The bound of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Money>,
    /// Whether the row is the source's or an example.
    pub mark: Mark,
}

/// See [`ComplaintEvent::CopiesDistributed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiesDistributed {
    /// The copies and their recipients.
    pub copies: Vec<Copy>,
}

/// How the customer was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// By letter.
    Letter,
    /// By telephone.
    Telephone,
}

/// See [`ComplaintEvent::Answered`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// How.
    pub means: Means,
    /// What was said.
    pub text: String,
    /// What was promised or conceded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concedes: Option<Money>,
}

/// See [`ComplaintEvent::CustomerRefused`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerRefused {
    /// The new case.
    pub successor: CaseId,
}

/// See [`ComplaintEvent::ObjectionFiled`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectionFiled {
    /// Number within the case, from 1.
    pub objection: u32,
    /// Whether it is the customer's (M9-14), filed by sales.
    pub from_customer: bool,
    /// The petition.
    pub petition: String,
}

/// See [`ComplaintEvent::ObjectionRuled`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectionRuled {
    /// Which.
    pub objection: u32,
    /// Whether it was upheld.
    pub upheld: bool,
    /// The ruling.
    pub ruling: String,
}

/// See [`ComplaintEvent::ThirdPartyNamed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThirdPartyNamed {
    /// Who: `supplier:S4`, `company:X`.
    pub party: String,
    /// Why.
    pub reason: String,
}
