//! Cases in memory: folded once, read on when they are needed again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use redress_core::complaint::Complaint;
use redress_core::event::Event;
use redress_core::regulation::Workflow;
use redress_kernel::case::Meta;
use redress_kernel::event::CaseEvent;
use redress_kernel::id::CaseId;
use redress_log::StreamId;

use crate::error::Error;
use crate::frame::Mark;
use crate::request::{Answer, EventSummary};
use crate::rules::Rules;

/// A case as far as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) id: CaseId,
    pub(crate) stream: StreamId,
    pub(crate) version: u64,
    pub(crate) complaint: Complaint,
    /// The version that it was opened by, or keeps since its clock started; see [`Rules::of_case`].
    pub(crate) workflow: Arc<Workflow>,
    done: Vec<Done>,
}

/// A command that was done on it.
#[derive(Debug, Clone)]
struct Done {
    mark: Mark,
    position: u64,
    number: Option<String>,
    events: Vec<EventSummary>,
}

impl Held {
    /// Folds one event; `None` becomes a case by its first.
    pub(crate) fn fold(
        held: Option<Self>,
        id: CaseId,
        stream: &StreamId,
        rules: &Rules,
        (event, meta): (&Event, &Meta),
        (mark, version, position): (&Mark, u64, u64),
    ) -> Result<Self, Error> {
        let broken = || Error::Integrity {
            reason: format!("`{stream}` does not begin with the opening of a case"),
        };
        let mut held = match held {
            Some(mut held) => {
                held.complaint =
                    Complaint::fold(Some(held.complaint), event, meta).ok_or_else(broken)?;
                let case = &held.complaint.case;
                if held.workflow.definition.version != case.version {
                    held.workflow = rules
                        .version(&case.definition, &case.version)?
                        .workflow
                        .clone();
                }
                held
            }
            None => {
                let complaint = Complaint::fold(None, event, meta).ok_or_else(broken)?;
                let case = &complaint.case;
                let workflow = rules
                    .version(&case.definition, &case.version)?
                    .workflow
                    .clone();
                Self {
                    id,
                    stream: stream.clone(),
                    version: 0,
                    complaint,
                    workflow,
                    done: Vec::new(),
                }
            }
        };
        held.version = version;
        held.note(mark, event, meta, version, position);
        Ok(held)
    }

    fn note(&mut self, mark: &Mark, event: &Event, meta: &Meta, version: u64, position: u64) {
        if self.done.last().is_none_or(|done| done.mark != *mark) {
            self.done.push(Done {
                mark: mark.clone(),
                position,
                number: None,
                events: Vec::new(),
            });
        }
        let Some(done) = self.done.last_mut() else {
            return;
        };
        done.position = position;
        if let Event::Case(CaseEvent::Numbered(numbered)) = event {
            done.number = Some(numbered.print.clone());
        }
        done.events.push(EventSummary {
            kind: event.kind().to_owned(),
            version,
            occurred_at: meta.at,
        });
    }

    /// The answer that a command was given, if it was done.
    pub(crate) fn answer(&self, mark: &Mark) -> Result<Option<Answer>, Error> {
        let Some(done) = self.done.iter().find(|done| done.mark.id == mark.id) else {
            return Ok(None);
        };
        if done.mark.digest != mark.digest {
            return Err(Error::OtherContent { command: mark.id });
        }
        Ok(Some(Answer {
            command: mark.id,
            case: self.id,
            version: done.events.last().map_or(0, |event| event.version),
            position: done.position,
            number: done.number.clone(),
            events: done.events.clone(),
            repeated: true,
        }))
    }
}

/// Recent cases, bounded in number.
#[derive(Debug)]
pub(crate) struct Cases {
    room: usize,
    inner: Mutex<Recent>,
}

#[derive(Debug, Default)]
struct Recent {
    turn: u64,
    cases: HashMap<CaseId, (u64, Arc<Held>)>,
}

impl Cases {
    pub(crate) fn new(room: usize) -> Self {
        Self {
            room: room.max(1),
            inner: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, id: CaseId) -> Option<Arc<Held>> {
        let mut recent = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        recent.turn += 1;
        let turn = recent.turn;
        let (used, held) = recent.cases.get_mut(&id)?;
        *used = turn;
        Some(held.clone())
    }

    /// Keeps the newer of what is held and what is given.
    pub(crate) fn keep(&self, held: Held) -> Arc<Held> {
        let mut recent = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        recent.turn += 1;
        let turn = recent.turn;
        if let Some((used, known)) = recent.cases.get_mut(&held.id) {
            *used = turn;
            if known.version < held.version {
                *known = Arc::new(held);
            }
            return known.clone();
        }
        if recent.cases.len() >= self.room {
            recent.make_room(self.room / 8 + 1);
        }
        let held = Arc::new(held);
        recent.cases.insert(held.id, (turn, held.clone()));
        held
    }
}

impl Recent {
    /// Lets go of the cases that were not used for longest.
    fn make_room(&mut self, count: usize) {
        let mut used: Vec<u64> = self.cases.values().map(|(used, _)| *used).collect();
        used.sort_unstable();
        let limit = used.get(count.min(used.len()).saturating_sub(1)).copied();
        self.cases
            .retain(|_, (used, _)| limit.is_some_and(|limit| *used > limit));
    }
}
