//! A case: what is known of it, folded from its events.

mod evolve;
mod view;

use std::collections::BTreeMap;

use crate::actor::Actor;
use crate::event::{Deadline, Imported, Link, Numbered, Subject, VisitOutcome};
use crate::id::{DefinitionId, DepartmentId, EmployeeId, OfficeId, StageId};
use crate::time::{Instant, Month};
use crate::value::Values;

/// The frame of an event: when it happened and who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// When it happened.
    pub at: Instant,
    /// Who did it.
    pub actor: Actor,
}

/// What is known of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The workflow.
    pub definition: DefinitionId,
    /// Its version: that of the opening, and from the start of the clock on the one that it keeps (M15).
    pub version: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// By whom.
    pub opened_by: Actor,
    /// The form that opened it, corrected and completed.
    pub opening: Values,
    /// The latest report of each stage.
    pub reports: BTreeMap<StageId, Values>,
    /// Who completed or corrected the latest report of a stage.
    pub revised_by: BTreeMap<StageId, Vec<EmployeeId>>,
    /// Bound and derived facts.
    pub facts: Values,
    /// Visits in order; number n stands at place n − 1.
    pub visits: Vec<Visit>,
    /// Stages that were not called for, with the instant.
    pub skipped: Vec<(StageId, Instant)>,
    /// The clock of the case, once started.
    pub clock: Option<Clock>,
    /// Its number, once given.
    pub number: Option<Numbered>,
    /// Open, closed or withdrawn.
    pub status: Status,
    /// Times during which the clocks stood still; the last may not have ended.
    pub suspensions: Vec<(Instant, Option<Instant>)>,
    /// Notices and reminders issued.
    pub reminders: Vec<Reminder>,
    /// Inquiries issued.
    pub inquiries: Vec<Inquiry>,
    /// Links with other cases.
    pub links: Vec<Link>,
    /// Where it comes from, if it was imported.
    pub imported: Option<Box<Imported>>,
    /// What was due before this instant is not reminded of (imports).
    pub reminders_from: Option<Instant>,
    /// When a person last did something on it.
    pub last_person_at: Option<Instant>,
}

/// Whether a case goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It goes on.
    Open,
    /// Closed; stages behind the closing may still be open.
    Closed {
        /// When.
        at: Instant,
        /// The month in whose statistics it counts.
        month: Month,
    },
    /// Withdrawn.
    Withdrawn {
        /// When.
        at: Instant,
    },
}

/// One visit of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Number within the case, from 1.
    pub number: u32,
    /// Stage.
    pub stage: StageId,
    /// The how-manieth visit of that stage, from 1.
    pub round: u32,
    /// The version of the workflow that the case had when it opened.
    pub version: String,
    /// The department that holds it.
    pub department: DepartmentId,
    /// When it opened.
    pub opened_at: Instant,
    /// Its deadline.
    pub deadline: Option<Deadline>,
    /// When and by whom it was reported.
    pub reported: Option<Done>,
    /// When and by whom it was endorsed.
    pub endorsed: Option<(Done, OfficeId)>,
    /// How it ended.
    pub ended: Option<Ended>,
}

/// A deed on a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: Actor,
}

/// The end of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Instant,
    /// How.
    pub outcome: VisitOutcome,
    /// Whole seconds after the due instant; 0 on time.
    pub late_seconds: i64,
    /// Whole seconds that it was open.
    pub held_seconds: i64,
}

/// The clock of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// When it started.
    pub started_at: Instant,
    /// Its deadline.
    pub deadline: Deadline,
    /// When it stopped, and how many seconds late.
    pub stopped: Option<(Instant, i64)>,
}

/// A notice (level 0) or a reminder that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// About what.
    pub subject: Subject,
    /// 0: due soon; from 1: overdue.
    pub level: u8,
    /// When.
    pub at: Instant,
}

/// An inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// Number within the case, from 1.
    pub number: u32,
    /// The visit.
    pub visit: u32,
    /// The department asked.
    pub department: DepartmentId,
    /// When.
    pub issued_at: Instant,
    /// When it was answered, and the reason.
    pub answered: Option<(Instant, String)>,
}

impl Visit {
    /// The persons who reported it.
    pub fn authors(&self) -> impl Iterator<Item = &EmployeeId> {
        self.reported.iter().flat_map(|done| done.by.persons())
    }
}
