//! What the views know of one case: the row from which all other rows of the case follow.
//!
//! INVARIANT: the fold only copies. It keeps how things stood at each moment, where the kernel's keeps how
//! they stand: past moments are asked about, and a deadline that was moved counted until it was.

use redress_core::event::{ComplaintEvent, Event, Outcome};
use redress_kernel::event::{
    Addressee, CaseEvent, Deadline, Link, Numbered, Opened, Subject, VisitOutcome,
};
use redress_kernel::id::{DefinitionId, DepartmentId, EmployeeId, OfficeId, StageId};
use redress_kernel::money::Money;
use redress_kernel::time::Month;
use redress_kernel::value::Scope;
use serde::{Deserialize, Serialize};

use crate::facts::{FACT, Facts, OPENING};
use crate::key::Micros;
use crate::record::Record;

/// Whether a case goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// It goes on.
    Open,
    /// Closed; its settlement may still be open.
    Closed,
    /// Withdrawn.
    Withdrawn,
}

/// Everything that is known of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseRow {
    pub(crate) head: Head,
    pub(crate) visits: Vec<VisitRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<ClockRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) suspensions: Vec<(Micros, Option<Micros>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) reminders: Vec<ReminderRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) inquiries: Vec<InquiryRow>,
}

/// What the register shows; it stands first in the row, and is read alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) category: String,
    pub(crate) definition: DefinitionId,
    pub(crate) version: String,
    pub(crate) status: CaseStatus,
    pub(crate) lodged_at: Micros,
    pub(crate) facts: Facts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<Numbered>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) accepted_at: Option<Micros>,
    /// Number of the visit that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) holder: Option<Holder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Micros>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) provisional: Vec<i32>,
    /// When it was closed or withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<Micros>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) month: Option<Month>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) late_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) taken_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decided: Option<DecidedRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) links: Vec<Link>,
    /// The new form by which the customer's refusal was filed (M9-9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) successor: Option<redress_kernel::id::CaseId>,
    /// Name of the source of an import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) imported: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) suspended: bool,
}

/// The visit at which the case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    pub(crate) visit: u32,
    pub(crate) stage: StageId,
    pub(crate) department: DepartmentId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Micros>,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DecidedRow {
    pub(crate) at: Micros,
    pub(crate) outcome: Outcome,
    pub(crate) amount: Money,
    pub(crate) office: OfficeId,
}

/// A deadline as it stood from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DueRow {
    pub(crate) from: Micros,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Micros>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notice_at: Option<Micros>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) provisional: Vec<i32>,
}

/// A deadline through time; each stands until the next one's instant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Dues(pub(crate) Vec<DueRow>);

/// A visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VisitRow {
    pub(crate) number: u32,
    pub(crate) stage: StageId,
    pub(crate) round: u32,
    pub(crate) department: DepartmentId,
    pub(crate) opened_at: Micros,
    pub(crate) dues: Dues,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reported_at: Option<Micros>,
    /// Who reported it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) authors: Vec<EmployeeId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<EndedRow>,
}

/// The end of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EndedRow {
    pub(crate) at: Micros,
    /// Where it stands in the case's stream.
    pub(crate) version: u64,
    pub(crate) outcome: VisitOutcome,
    pub(crate) late_seconds: i64,
    pub(crate) held_seconds: i64,
}

/// The clock of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClockRow {
    pub(crate) started_at: Micros,
    pub(crate) dues: Dues,
    /// When it stopped, and where that stands in the case's stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stopped: Option<(Micros, u64)>,
}

/// A notice (level 0) or reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReminderRow {
    pub(crate) version: u64,
    pub(crate) subject: Subject,
    pub(crate) level: u8,
    pub(crate) at: Micros,
    pub(crate) recorded_at: Micros,
    pub(crate) due: Micros,
    pub(crate) to: Vec<Addressee>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) overtaken: Vec<u8>,
}

/// An inquiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InquiryRow {
    pub(crate) number: u32,
    pub(crate) visit: u32,
    pub(crate) department: DepartmentId,
    pub(crate) issued_at: Micros,
    pub(crate) late_seconds: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answered: Option<(Micros, String)>,
}

impl Dues {
    fn first(from: Micros, deadline: Option<&Deadline>) -> Self {
        let mut dues = Self::default();
        dues.moved(from, deadline);
        dues
    }

    /// The deadline from an instant on. What would have begun to count later counts no more.
    fn moved(&mut self, from: Micros, deadline: Option<&Deadline>) {
        self.0.retain(|due| due.from < from);
        self.0.push(DueRow {
            from,
            due: deadline.map(|d| d.due.into()),
            notice_at: deadline.and_then(|d| d.notice_at).map(Into::into),
            provisional: deadline.map(|d| d.provisional.clone()).unwrap_or_default(),
        });
    }

    /// The deadline as it stands.
    pub(crate) fn latest(&self) -> Option<&DueRow> {
        self.0.last()
    }

    /// The due instant as it stands.
    pub(crate) fn due(&self) -> Option<Micros> {
        self.latest().and_then(|latest| latest.due)
    }
}

impl CaseRow {
    /// The row of a case that was just opened.
    pub(crate) fn opened(category: &str, e: &Opened, record: &Record<'_>) -> Self {
        let mut facts = Facts::default();
        facts.form(OPENING, &e.values);
        facts.merge(FACT, &e.facts);
        Self {
            head: Head {
                category: category.to_owned(),
                definition: e.definition.clone(),
                version: e.version.clone(),
                status: CaseStatus::Open,
                lodged_at: record.occurred_at.into(),
                facts,
                number: None,
                accepted_at: None,
                holder: None,
                due: None,
                provisional: Vec::new(),
                ended_at: None,
                month: None,
                late_seconds: None,
                taken_seconds: None,
                decided: None,
                links: e.links.clone(),
                successor: None,
                imported: e.imported.as_ref().map(|record| record.source.clone()),
                suspended: false,
            },
            visits: Vec::new(),
            clock: None,
            suspensions: Vec::new(),
            reminders: Vec::new(),
            inquiries: Vec::new(),
        }
    }

    /// Copies one event into what is known.
    pub(crate) fn apply(&mut self, event: &Event, record: &Record<'_>) {
        match event {
            Event::Case(event) => self.case_event(event, record),
            Event::Complaint(ComplaintEvent::Decided(e)) => {
                self.head.decided = Some(DecidedRow {
                    at: record.occurred_at.into(),
                    outcome: e.outcome,
                    amount: e.amount,
                    office: e.office.clone(),
                });
            }
            Event::Complaint(ComplaintEvent::CustomerRefused(e)) => {
                self.head.successor = Some(e.successor);
            }
            Event::Complaint(_) => {}
        }
    }

    fn case_event(&mut self, event: &CaseEvent, record: &Record<'_>) {
        let at = Micros::from(record.occurred_at);
        match event {
            CaseEvent::VisitOpened(e) => self.visits.push(VisitRow {
                number: e.visit,
                stage: e.stage.clone(),
                round: e.round,
                department: e.department.clone(),
                opened_at: at,
                dues: Dues::first(at, e.deadline.as_ref()),
                reported_at: None,
                authors: Vec::new(),
                ended: None,
            }),
            CaseEvent::StageReported(e) => {
                self.head.facts.form(e.stage.as_str(), &e.values);
                self.head.facts.merge(FACT, &e.facts);
                if let Some(visit) = self.visit_mut(e.visit) {
                    visit.reported_at = Some(at);
                    visit.authors = record.actor.persons().cloned().collect();
                }
            }
            CaseEvent::VisitEnded(e) => {
                if let Some(visit) = self.visit_mut(e.visit) {
                    visit.ended = Some(EndedRow {
                        at,
                        version: record.version,
                        outcome: e.outcome,
                        late_seconds: e.late_seconds,
                        held_seconds: e.held_seconds,
                    });
                }
            }
            CaseEvent::Numbered(e) => {
                self.head.number = Some(e.clone());
                self.head.accepted_at = Some(at);
            }
            CaseEvent::ClockStarted(e) => {
                self.head.version.clone_from(&e.version);
                self.head.accepted_at = self.head.accepted_at.or(Some(at));
                self.clock = Some(ClockRow {
                    started_at: at,
                    dues: Dues::first(at, Some(&e.deadline)),
                    stopped: None,
                });
            }
            CaseEvent::DeadlineMoved(e) => {
                self.deadline_moved(at, e.subject, e.deadline.as_ref(), e.late_seconds);
            }
            CaseEvent::Closed(e) => {
                self.ended(CaseStatus::Closed, at, record.version);
                self.head.month = Some(e.month);
                self.head.late_seconds = e.late_seconds;
                self.head.taken_seconds = e.taken_seconds;
            }
            CaseEvent::Withdrawn(_) => self.ended(CaseStatus::Withdrawn, at, record.version),
            CaseEvent::ValueCompleted(e) => {
                self.value(&e.path.scope, e.path.field.as_str(), &e.value);
                self.head.facts.merge(FACT, &e.facts);
            }
            CaseEvent::ValueCorrected(e) => {
                self.value(&e.path.scope, e.path.field.as_str(), &e.value);
                self.head.facts.merge(FACT, &e.facts);
            }
            CaseEvent::Suspended(_) => self.suspensions.push((at, None)),
            CaseEvent::Resumed(_) => {
                if let Some(last) = self.suspensions.last_mut() {
                    last.1 = Some(at);
                }
            }
            CaseEvent::DueSoonNoticed(e) => {
                self.reminded(e.subject, 0, e.due.into(), &e.to, &[], record);
            }
            CaseEvent::ReminderIssued(e) => {
                self.reminded(
                    e.subject,
                    e.level,
                    e.due.into(),
                    &e.to,
                    &e.overtaken,
                    record,
                );
            }
            CaseEvent::InquiryIssued(e) => self.inquiries.push(InquiryRow {
                number: e.inquiry,
                visit: e.visit,
                department: e.department.clone(),
                issued_at: at,
                late_seconds: e.late_seconds,
                answered: None,
            }),
            CaseEvent::InquiryAnswered(e) => {
                if let Some(inquiry) = self.inquiries.iter_mut().find(|i| i.number == e.inquiry) {
                    inquiry.answered = Some((at, e.reason.clone()));
                }
            }
            CaseEvent::Linked(e) => self.head.links.push(e.link.clone()),
            CaseEvent::Opened(_)
            | CaseEvent::StageEndorsed(_)
            | CaseEvent::SentBack(_)
            | CaseEvent::StageSkipped(_) => {}
        }
    }

    fn deadline_moved(
        &mut self,
        at: Micros,
        subject: Subject,
        deadline: Option<&Deadline>,
        late_seconds: Option<i64>,
    ) {
        match subject {
            Subject::Case => {
                if let (Some(clock), Some(_)) = (self.clock.as_mut(), deadline) {
                    clock.dues.moved(at, deadline);
                    if let (Some(_), Some(late)) = (clock.stopped, late_seconds) {
                        self.head.late_seconds = Some(late);
                    }
                }
            }
            Subject::Visit(number) => {
                if let Some(visit) = self.visit_mut(number) {
                    visit.dues.moved(at, deadline);
                    if let (Some(ended), Some(late)) = (visit.ended.as_mut(), late_seconds) {
                        ended.late_seconds = late;
                    }
                }
            }
        }
    }

    fn ended(&mut self, status: CaseStatus, at: Micros, version: u64) {
        self.head.status = status;
        self.head.ended_at = Some(at);
        if let Some(clock) = self.clock.as_mut() {
            clock.stopped = Some((at, version));
        }
    }

    fn value(&mut self, scope: &Scope, field: &str, value: &redress_kernel::value::Value) {
        let scope = match scope {
            Scope::Opening => OPENING,
            Scope::Stage(stage) => stage.as_str(),
            Scope::Fact => FACT,
            Scope::Form => return,
        };
        self.head.facts.value(scope, field, value);
    }

    fn reminded(
        &mut self,
        subject: Subject,
        level: u8,
        due: Micros,
        to: &[Addressee],
        overtaken: &[u8],
        record: &Record<'_>,
    ) {
        self.reminders.push(ReminderRow {
            version: record.version,
            subject,
            level,
            at: record.occurred_at.into(),
            recorded_at: record.recorded_at.into(),
            due,
            to: to.to_vec(),
            overtaken: overtaken.to_vec(),
        });
    }

    /// Brings up to date where the case stands, for the register; before the row is written.
    pub(crate) fn stands(&mut self) {
        self.head.holder = self.open_visit().map(|visit| Holder {
            visit: visit.number,
            stage: visit.stage.clone(),
            department: visit.department.clone(),
            due: visit.dues.due(),
        });
        let latest = self.clock.as_ref().and_then(|clock| clock.dues.latest());
        self.head.due = latest.and_then(|latest| latest.due);
        self.head.provisional = latest.map(|l| l.provisional.clone()).unwrap_or_default();
        self.head.suspended = self
            .suspensions
            .last()
            .is_some_and(|(_, until)| until.is_none());
    }

    /// The visit that is open, if any.
    pub(crate) fn open_visit(&self) -> Option<&VisitRow> {
        self.visits.iter().rev().find(|v| v.ended.is_none())
    }

    /// A visit by its number.
    pub(crate) fn visit(&self, number: u32) -> Option<&VisitRow> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.visits.get(place)
    }

    fn visit_mut(&mut self, number: u32) -> Option<&mut VisitRow> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.visits.get_mut(place)
    }

    /// The visit that was open at an instant: the last opened of those.
    pub(crate) fn holder_at(&self, at: Micros) -> Option<&VisitRow> {
        self.visits
            .iter()
            .rev()
            .find(|v| v.opened_at <= at && v.ended.as_ref().is_none_or(|ended| at < ended.at))
    }
}

impl Head {
    /// The number in print, once given.
    pub(crate) fn print(&self) -> Option<String> {
        self.number.as_ref().map(|number| number.print.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_moved_as_of_earlier_counts_from_then_on() {
        let deadline = |due: &str| Deadline {
            limit: "1 natural_day".parse().unwrap(),
            clause: "R2".to_owned(),
            due: due.parse().unwrap(),
            notice_at: None,
            provisional: Vec::new(),
        };
        let mut dues = Dues::first(Micros(0), Some(&deadline("2026-03-03T00:00:00Z")));
        dues.moved(Micros(20), Some(&deadline("2026-03-04T00:00:00Z")));
        // Entered later, but as of before: what was moved in between counts no more.
        dues.moved(Micros(10), Some(&deadline("2026-03-05T00:00:00Z")));
        let from: Vec<i64> = dues.0.iter().map(|due| due.from.0).collect();
        assert_eq!(from, [0, 10]);
        let last: Micros = deadline("2026-03-05T00:00:00Z").due.into();
        assert_eq!(dues.due(), Some(last));
    }
}
