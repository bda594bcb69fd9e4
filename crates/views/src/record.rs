//! What the views are fed with: records of the log, and which of them they read.

use redress_core::event::{ComplaintEvent, Event};
use redress_kernel::actor::Actor;
use redress_kernel::event::{CaseEvent, EventError};
use redress_kernel::id::CaseId;
use redress_kernel::time::Instant;

use crate::error::ViewError;

/// A record of the log, as the views see it.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Where it stands in the log; the first has 1.
    pub position: u64,
    /// Its stream, `category/id`.
    pub stream: &'a str,
    /// Where it stands in its stream; the first has 1.
    pub version: u64,
    /// Type of the event.
    pub kind: &'a str,
    /// Schema of the payload.
    pub schema: u32,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Who did it.
    pub actor: &'a Actor,
    /// The payload.
    pub payload: &'a str,
}

/// The types of events that the views read. A log may leave all others out; then it tells by
/// [`advance`](crate::Views::advance) how far it went.
pub const WANTED: &[&str] = &[
    "case.opened",
    "case.visit_opened",
    "case.stage_reported",
    "case.visit_ended",
    "case.numbered",
    "case.clock_started",
    "case.deadline_moved",
    "case.closed",
    "case.withdrawn",
    "case.value_completed",
    "case.value_corrected",
    "case.suspended",
    "case.resumed",
    "case.due_soon_noticed",
    "case.reminder_issued",
    "case.inquiry_issued",
    "case.inquiry_answered",
    "case.linked",
    "complaint.decided",
    "complaint.customer_refused",
];

/// Whether the views read events of that type.
#[must_use]
pub fn wants(kind: &str) -> bool {
    WANTED.contains(&kind)
}

impl Record<'_> {
    /// The event, if the views read its type. An unknown type of a case's stream, or a future schema, is refused.
    pub(crate) fn event(&self) -> Result<Option<Event>, ViewError> {
        let failed = |why| ViewError::Event {
            position: self.position,
            why,
        };
        if wants(self.kind) {
            return Event::read(self.kind, self.schema, self.payload)
                .map(Some)
                .map_err(failed);
        }
        let mut kinds = CaseEvent::KINDS.iter().chain(ComplaintEvent::KINDS);
        match kinds.find(|kind| kind.name == self.kind) {
            Some(kind) => kind.check(self.schema).map_err(failed).map(|()| None),
            None if self.kind.starts_with("case.") || self.kind.starts_with("complaint.") => {
                Err(failed(EventError::UnknownType {
                    kind: self.kind.to_owned(),
                }))
            }
            // Numbers, the organisation, rules, months: streams that no view here reads.
            None => Ok(None),
        }
    }

    /// Category and id of the case's stream.
    pub(crate) fn case(&self) -> Result<(&str, CaseId), ViewError> {
        self.stream
            .split_once('/')
            .and_then(|(category, id)| Some((category, id.parse().ok()?)))
            .ok_or_else(|| ViewError::Stream {
                position: self.position,
                stream: self.stream.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_known() {
        for kind in WANTED {
            let mut known = CaseEvent::KINDS.iter().chain(ComplaintEvent::KINDS);
            assert!(known.any(|known| known.name == *kind), "{kind}");
        }
    }
}
