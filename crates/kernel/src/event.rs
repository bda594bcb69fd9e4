//! Events of any case. They carry what was computed, so that a fold only copies.

use serde::{Deserialize, Serialize};

use crate::calendar::Span;
use crate::events;
use crate::id::{CaseId, DefinitionId, DepartmentId, OfficeId, StageId};
use crate::time::{Instant, Month};
use crate::value::{Path, Value, Values};

pub use crate::schema::{EventError, Kind, Upcaster};

events! {
    /// What happened to a case.
    pub enum CaseEvent {
        /// The case was opened.
        Opened(Opened) = "case.opened", 1;
        /// A stage is visited.
        VisitOpened(VisitOpened) = "case.visit_opened", 1;
        /// The report of a stage was entered.
        StageReported(StageReported) = "case.stage_reported", 1;
        /// An office endorsed the report.
        StageEndorsed(StageEndorsed) = "case.stage_endorsed", 1;
        /// The case was sent back to an earlier stage.
        SentBack(SentBack) = "case.sent_back", 1;
        /// A visit ended.
        VisitEnded(VisitEnded) = "case.visit_ended", 1;
        /// A stage was not called for.
        StageSkipped(StageSkipped) = "case.stage_skipped", 1;
        /// The case got its number.
        Numbered(Numbered) = "case.numbered", 1;
        /// The clock of the case started.
        ClockStarted(ClockStarted) = "case.clock_started", 1;
        /// A due instant was reckoned anew.
        DeadlineMoved(DeadlineMoved) = "case.deadline_moved", 1;
        /// The case was closed.
        Closed(Closed) = "case.closed", 1;
        /// The case was withdrawn.
        Withdrawn(Withdrawn) = "case.withdrawn", 1;
        /// A value that was "not yet determined" was entered.
        ValueCompleted(ValueCompleted) = "case.value_completed", 1;
        /// A value was corrected.
        ValueCorrected(ValueCorrected) = "case.value_corrected", 1;
        /// The clocks stand still.
        Suspended(Suspended) = "case.suspended", 1;
        /// The clocks go on.
        Resumed(Resumed) = "case.resumed", 1;
        /// It is due soon.
        DueSoonNoticed(DueSoonNoticed) = "case.due_soon_noticed", 1;
        /// Somebody who is late was reminded (催办单).
        ReminderIssued(ReminderIssued) = "case.reminder_issued", 1;
        /// A department was asked why it was late (洽办单).
        InquiryIssued(InquiryIssued) = "case.inquiry_issued", 1;
        /// The department answered.
        InquiryAnswered(InquiryAnswered) = "case.inquiry_answered", 1;
        /// The case was linked with another.
        Linked(Linked) = "case.linked", 1;
    }
}

/// See [`CaseEvent::Opened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// The workflow.
    pub definition: DefinitionId,
    /// Its version.
    pub version: String,
    /// The form.
    pub values: Values,
    /// Facts known from the form.
    pub facts: Values,
    /// What it is linked with from the beginning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Where it comes from, if it happened before the log began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<Imported>>,
    /// What was due before this instant, that of the import's recording, is not reminded of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders_from: Option<Instant>,
}

/// A historic case as its source gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// Name of the source.
    pub source: String,
    /// The row's key in the source.
    pub row: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// The form that opened it, as far as the source knows it.
    pub values: Values,
    /// The ends of stages that the source records, in order. A stage left out is *not recorded*.
    pub steps: Vec<ImportedStep>,
}

/// The end of a stage, as a source records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedStep {
    /// Stage.
    pub stage: StageId,
    /// When it ended.
    pub ended_at: Instant,
    /// What the source knows of the report.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub values: Values,
}

/// A relation to another case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What the other is to this one, such as `follows`, `joint-inspection`.
    pub relation: String,
    /// The other.
    pub case: CaseId,
}

/// What a deadline or a reminder is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The clock of the case.
    Case,
    /// A visit by its number.
    Visit(u32),
}

/// A limit and the due instant reckoned from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The limit.
    pub limit: Span,
    /// Clause of the limit.
    pub clause: String,
    /// The last instant that is on time (A1).
    pub due: Instant,
    /// When the due-soon notice is to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_at: Option<Instant>,
    /// The years crossed whose holidays were not published when it was reckoned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisional: Vec<i32>,
}

/// See [`CaseEvent::VisitOpened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitOpened {
    /// Number of the visit within the case, from 1.
    pub visit: u32,
    /// Stage.
    pub stage: StageId,
    /// The how-manieth visit of that stage, from 1.
    pub round: u32,
    /// The department that holds it.
    pub department: DepartmentId,
    /// Its deadline; none for a stage without a limit of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
}

/// See [`CaseEvent::StageReported`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageReported {
    /// Visit.
    pub visit: u32,
    /// Stage.
    pub stage: StageId,
    /// The form, as given.
    pub values: Values,
    /// Facts that change with it.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub facts: Values,
}

/// See [`CaseEvent::StageEndorsed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageEndorsed {
    /// Visit.
    pub visit: u32,
    /// Stage.
    pub stage: StageId,
    /// Office that endorsed.
    pub office: OfficeId,
    /// Its instruction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// See [`CaseEvent::SentBack`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentBack {
    /// The visit that ends by it.
    pub visit: u32,
    /// Its stage.
    pub from: StageId,
    /// The stage that is visited anew.
    pub to: StageId,
    /// Why.
    pub reason: String,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    /// By its report, endorsed where the stage asks for it.
    Done,
    /// By sending back.
    SentBack,
    /// With the withdrawal of the case.
    Withdrawn,
}

/// See [`CaseEvent::VisitEnded`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitEnded {
    /// Visit.
    pub visit: u32,
    /// Stage.
    pub stage: StageId,
    /// How.
    pub outcome: VisitOutcome,
    /// Whole seconds after the due instant; 0 on time or without a limit.
    pub late_seconds: i64,
    /// Whole seconds from its opening to its end.
    pub held_seconds: i64,
}

/// See [`CaseEvent::StageSkipped`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageSkipped {
    /// Stage.
    pub stage: StageId,
}

/// See [`CaseEvent::Numbered`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbered {
    /// Series.
    pub series: String,
    /// Month of the series.
    pub period: Month,
    /// Serial within the month, from 1.
    pub serial: u64,
    /// In print: `26-03-07`.
    pub print: String,
    /// As key: `260307`.
    pub key: String,
}

/// See [`CaseEvent::ClockStarted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockStarted {
    /// Version of the rules that the case keeps from now on (M15).
    pub version: String,
    /// Deadline of the case.
    pub deadline: Deadline,
}

/// Why a due instant was reckoned anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveReason {
    /// A fact that decides the limit was corrected (A8).
    FactCorrected,
    /// The holidays of a year were published.
    CalendarPublished,
    /// The case was suspended for a while.
    Resumed,
}

/// See [`CaseEvent::DeadlineMoved`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineMoved {
    /// Whose deadline.
    pub subject: Subject,
    /// The deadline from now on; none: no limit any more.
    pub deadline: Option<Deadline>,
    /// For a subject that has ended: whole seconds after the new due instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_seconds: Option<i64>,
    /// Why.
    pub reason: MoveReason,
}

/// See [`CaseEvent::Closed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// The month in whose statistics it counts (A14).
    pub month: Month,
    /// Whole seconds after the due instant of the case; 0 on time; none without a clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_seconds: Option<i64>,
    /// Whole seconds on the clock of the case, from its start to the closing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_seconds: Option<i64>,
}

/// See [`CaseEvent::Withdrawn`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// Why.
    pub reason: String,
}

/// See [`CaseEvent::ValueCompleted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueCompleted {
    /// Which value.
    pub path: Path,
    /// What it is.
    pub value: Value,
    /// Facts that change with it.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub facts: Values,
}

/// See [`CaseEvent::ValueCorrected`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueCorrected {
    /// Which value.
    pub path: Path,
    /// What it was.
    pub before: Value,
    /// What it is.
    pub value: Value,
    /// Why.
    pub reason: String,
    /// Facts that change with it.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub facts: Values,
}

/// See [`CaseEvent::Suspended`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspended {
    /// Why.
    pub reason: String,
}

/// See [`CaseEvent::Resumed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resumed {}

/// Whom a reminder goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// A department.
    Department(DepartmentId),
    /// The head of a department.
    Head(DepartmentId),
    /// The holder of an office.
    Office(OfficeId),
}

/// See [`CaseEvent::DueSoonNoticed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueSoonNoticed {
    /// What is due soon.
    pub subject: Subject,
    /// When.
    pub due: Instant,
    /// To whom.
    pub to: Vec<Addressee>,
}

/// See [`CaseEvent::ReminderIssued`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderIssued {
    /// What is overdue.
    pub subject: Subject,
    /// Level, from 1.
    pub level: u8,
    /// Since when it was due.
    pub due: Instant,
    /// To whom.
    pub to: Vec<Addressee>,
    /// Lower levels that were passed without having been issued (A13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overtaken: Vec<u8>,
}

/// See [`CaseEvent::InquiryIssued`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InquiryIssued {
    /// Number of the inquiry within the case, from 1.
    pub inquiry: u32,
    /// The overdue visit.
    pub visit: u32,
    /// The department asked.
    pub department: DepartmentId,
    /// How many seconds it was late.
    pub late_seconds: i64,
}

/// See [`CaseEvent::InquiryAnswered`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InquiryAnswered {
    /// Inquiry.
    pub inquiry: u32,
    /// The reason given.
    pub reason: String,
}

/// See [`CaseEvent::Linked`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linked {
    /// The relation.
    pub link: Link,
}
