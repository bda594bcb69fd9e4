//! A complaint: a case, and what the complaint domain knows beyond it.

use redress_kernel::case::{Case, Meta};
use redress_kernel::id::{CaseId, DepartmentId};
use redress_kernel::time::Instant;

use crate::event::{
    Answered, ComplaintEvent, Decided, Event, ObjectionFiled, ObjectionRuled, ThirdPartyNamed,
};
use crate::regulation::Copy;

/// What is known of a complaint, or of a case of a definition that is data alone (then only `case` is filled).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The case.
    pub case: Case,
    /// The decision.
    pub decision: Option<(Instant, Decided)>,
    /// The recipients of the copies.
    pub copies: Vec<Copy>,
    /// Answers to the customer.
    pub answers: Vec<(Instant, Answered)>,
    /// Petitions, with the department that filed each and the ruling.
    pub objections: Vec<Objection>,
    /// Third parties.
    pub third_parties: Vec<(Instant, ThirdPartyNamed)>,
    /// The case that the customer's refusal opened.
    pub successor: Option<CaseId>,
}

/// A petition and its ruling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// When it was filed.
    pub filed_at: Instant,
    /// The department that filed it.
    pub department: Option<DepartmentId>,
    /// The petition.
    pub filed: ObjectionFiled,
    /// When and how it was ruled on.
    pub ruled: Option<(Instant, ObjectionRuled)>,
}

impl Complaint {
    /// Folds one event into what is known. INVARIANT: it only copies.
    pub fn fold(complaint: Option<Self>, event: &Event, meta: &Meta) -> Option<Self> {
        match (complaint, event) {
            (None, Event::Case(event)) => Case::fold(None, event, meta).map(|case| Self {
                case,
                decision: None,
                copies: Vec::new(),
                answers: Vec::new(),
                objections: Vec::new(),
                third_parties: Vec::new(),
                successor: None,
            }),
            (None, Event::Complaint(_)) => None,
            (Some(complaint), Event::Case(event)) => {
                let Self { case, .. } = complaint;
                Case::fold(Some(case), event, meta).map(|case| Self { case, ..complaint })
            }
            (Some(mut complaint), Event::Complaint(event)) => {
                complaint.case.person_acted(meta);
                complaint.apply(event, meta);
                Some(complaint)
            }
        }
    }

    fn apply(&mut self, event: &ComplaintEvent, meta: &Meta) {
        match event {
            ComplaintEvent::Decided(e) => self.decision = Some((meta.at, e.clone())),
            ComplaintEvent::CopiesDistributed(e) => self.copies.clone_from(&e.copies),
            ComplaintEvent::Answered(e) => self.answers.push((meta.at, e.clone())),
            ComplaintEvent::CustomerRefused(e) => self.successor = Some(e.successor),
            ComplaintEvent::ObjectionFiled(e) => self.objections.push(Objection {
                filed_at: meta.at,
                department: meta.actor.department().cloned(),
                filed: e.clone(),
                ruled: None,
            }),
            ComplaintEvent::ObjectionRuled(e) => {
                if let Some(o) = self
                    .objections
                    .iter_mut()
                    .find(|o| o.filed.objection == e.objection)
                {
                    o.ruled = Some((meta.at, e.clone()));
                }
            }
            ComplaintEvent::ThirdPartyNamed(e) => self.third_parties.push((meta.at, e.clone())),
        }
    }
}
