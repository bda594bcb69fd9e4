//! What a query gives back about one case.

use std::sync::Arc;

use redress_core::complaint::Complaint;
use redress_core::event::Event;
use redress_core::regulation::Workflow;
use redress_kernel::actor::Actor;
use redress_kernel::id::{CaseId, StageId};
use redress_kernel::time::Instant;
use redress_kernel::value::Path;

/// A case as it stands, or as it stood.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// Its id.
    pub id: CaseId,
    /// The case, and what the complaint domain knows beyond it.
    pub complaint: Complaint,
    /// The version up to which it is told.
    pub version: u64,
    /// The rules by which it runs: until its acceptance those in force at that moment, then those that it keeps
    /// (M15).
    pub workflow: Arc<Workflow>,
    /// The moment it is told of; none: the present.
    pub as_of: Option<Instant>,
    /// The moment by whose knowledge it is told; none: the present.
    pub known_at: Option<Instant>,
    /// Values that were corrected later than the moment told of: what is shown is the old one.
    pub corrected_later: Vec<Path>,
}

impl CaseView {
    /// The due instant of the case's clock.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let clock = self.complaint.case.clock.as_ref()?;
        Some(clock.deadline.due)
    }

    /// The stage at which it stands.
    #[must_use]
    pub fn stage(&self) -> Option<&StageId> {
        self.complaint.case.open_visit().map(|visit| &visit.stage)
    }

    /// Its number in print.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        let number = self.complaint.case.number.as_ref()?;
        Some(&number.print)
    }
}

/// One event of a case, as its timeline shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Where it stands in the log.
    pub position: u64,
    /// Where it stands in the case.
    pub version: u64,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When it happened.
    pub occurred_at: Instant,
    /// Who did it.
    pub actor: Actor,
    /// The command that it follows from.
    pub command: uuid::Uuid,
    /// Its type.
    pub kind: String,
    /// The schema of its payload, as recorded.
    pub schema: u32,
    /// What happened, as recorded.
    pub payload: serde_json::Value,
    /// What happened, read: by the newest schema, whichever was recorded.
    pub event: Event,
}
