//! The fold. INVARIANT: it only copies what events carry; no rule runs here.

use crate::case::{Case, Clock, Done, Ended, Inquiry, Meta, Reminder, Status, Visit};
use crate::event::{CaseEvent, Subject};
use crate::value::{Path, Scope, Value, Values};

impl Case {
    /// Folds one event into what is known; the first must be the opening, others before it are passed over.
    pub fn fold(case: Option<Self>, event: &CaseEvent, meta: &Meta) -> Option<Self> {
        match (case, event) {
            (None, CaseEvent::Opened(opened)) => Some(Self {
                definition: opened.definition.clone(),
                version: opened.version.clone(),
                opened_at: meta.at,
                opened_by: meta.actor.clone(),
                opening: opened.values.clone(),
                reports: std::collections::BTreeMap::new(),
                facts: opened.facts.clone(),
                visits: Vec::new(),
                skipped: Vec::new(),
                clock: None,
                number: None,
                status: Status::Open,
                suspensions: Vec::new(),
                reminders: Vec::new(),
                inquiries: Vec::new(),
                links: opened.links.clone(),
                imported: opened.imported.clone(),
                reminders_from: opened.reminders_from,
                last_person_at: meta.actor.holds_back().then_some(meta.at),
                revised_by: std::collections::BTreeMap::new(),
            }),
            (Some(mut case), event) => {
                case.apply(event, meta);
                Some(case)
            }
            (None, _) => None,
        }
    }

    /// Copies one event of an open case into what is known.
    pub(crate) fn apply(&mut self, event: &CaseEvent, meta: &Meta) {
        self.person_acted(meta);
        match event {
            CaseEvent::Opened(_) => {}
            CaseEvent::VisitOpened(e) => self.visits.push(Visit {
                number: e.visit,
                stage: e.stage.clone(),
                round: e.round,
                version: self.version.clone(),
                department: e.department.clone(),
                opened_at: meta.at,
                deadline: e.deadline.clone(),
                reported: None,
                endorsed: None,
                ended: None,
            }),
            CaseEvent::StageReported(e) => {
                self.reports.insert(e.stage.clone(), e.values.clone());
                self.revised_by.remove(&e.stage);
                self.merge_facts(&e.facts);
                if let Some(visit) = self.visit_mut(e.visit) {
                    visit.reported = Some(Done {
                        at: meta.at,
                        by: meta.actor.clone(),
                    });
                }
            }
            CaseEvent::StageEndorsed(e) => {
                if let Some(visit) = self.visit_mut(e.visit) {
                    let done = Done {
                        at: meta.at,
                        by: meta.actor.clone(),
                    };
                    visit.endorsed = Some((done, e.office.clone()));
                }
            }
            CaseEvent::SentBack(_) => {}
            CaseEvent::VisitEnded(e) => {
                if let Some(visit) = self.visit_mut(e.visit) {
                    visit.ended = Some(Ended {
                        at: meta.at,
                        outcome: e.outcome,
                        late_seconds: e.late_seconds,
                        held_seconds: e.held_seconds,
                    });
                }
            }
            CaseEvent::StageSkipped(e) => self.skipped.push((e.stage.clone(), meta.at)),
            CaseEvent::Numbered(e) => self.number = Some(e.clone()),
            CaseEvent::ClockStarted(e) => {
                self.version.clone_from(&e.version);
                self.clock = Some(Clock {
                    started_at: meta.at,
                    deadline: e.deadline.clone(),
                    stopped: None,
                });
            }
            CaseEvent::DeadlineMoved(e) => match e.subject {
                Subject::Case => {
                    if let (Some(clock), Some(deadline)) = (self.clock.as_mut(), &e.deadline) {
                        clock.deadline = deadline.clone();
                        if let (Some(stopped), Some(late)) =
                            (clock.stopped.as_mut(), e.late_seconds)
                        {
                            stopped.1 = late;
                        }
                    }
                }
                Subject::Visit(number) => {
                    if let Some(visit) = self.visit_mut(number) {
                        visit.deadline = e.deadline.clone();
                        if let (Some(ended), Some(late)) = (visit.ended.as_mut(), e.late_seconds) {
                            ended.late_seconds = late;
                        }
                    }
                }
            },
            CaseEvent::Closed(e) => {
                self.status = Status::Closed {
                    at: meta.at,
                    month: e.month,
                };
                self.stop_clock(meta, e.late_seconds.unwrap_or(0));
            }
            CaseEvent::Withdrawn(_) => {
                self.status = Status::Withdrawn { at: meta.at };
                self.stop_clock(meta, 0);
            }
            CaseEvent::ValueCompleted(e) => {
                self.revise(&e.path, &e.value, meta);
                self.merge_facts(&e.facts);
            }
            CaseEvent::ValueCorrected(e) => {
                self.revise(&e.path, &e.value, meta);
                self.merge_facts(&e.facts);
            }
            CaseEvent::Suspended(_) => self.suspensions.push((meta.at, None)),
            CaseEvent::Resumed(_) => {
                if let Some(last) = self.suspensions.last_mut() {
                    last.1 = Some(meta.at);
                }
            }
            CaseEvent::DueSoonNoticed(e) => {
                self.reminders.push(Reminder {
                    subject: e.subject,
                    level: 0,
                    at: meta.at,
                });
            }
            CaseEvent::ReminderIssued(e) => {
                self.reminders.push(Reminder {
                    subject: e.subject,
                    level: e.level,
                    at: meta.at,
                });
            }
            CaseEvent::InquiryIssued(e) => self.inquiries.push(Inquiry {
                number: e.inquiry,
                visit: e.visit,
                department: e.department.clone(),
                issued_at: meta.at,
                answered: None,
            }),
            CaseEvent::InquiryAnswered(e) => {
                if let Some(inquiry) = self.inquiries.iter_mut().find(|i| i.number == e.inquiry) {
                    inquiry.answered = Some((meta.at, e.reason.clone()));
                }
            }
            CaseEvent::Linked(e) => self.links.push(e.link.clone()),
        }
    }

    /// Notes that a person did something; a domain calls it for its own events.
    pub fn person_acted(&mut self, meta: &Meta) {
        if meta.actor.holds_back() {
            self.last_person_at = Some(
                self.last_person_at
                    .map_or(meta.at, |last| last.max(meta.at)),
            );
        }
    }

    fn stop_clock(&mut self, meta: &Meta, late_seconds: i64) {
        if let Some(clock) = self.clock.as_mut() {
            clock.stopped = Some((meta.at, late_seconds));
        }
    }

    fn visit_mut(&mut self, number: u32) -> Option<&mut Visit> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.visits.get_mut(place)
    }

    fn merge_facts(&mut self, facts: &Values) {
        for (name, value) in facts {
            self.facts.insert(name.clone(), value.clone());
        }
    }

    fn revise(&mut self, path: &Path, value: &Value, meta: &Meta) {
        if let Scope::Stage(stage) = &path.scope {
            let revisers = self.revised_by.entry(stage.clone()).or_default();
            revisers.extend(meta.actor.persons().cloned());
        }
        let form = match &path.scope {
            Scope::Opening => Some(&mut self.opening),
            Scope::Stage(stage) => self.reports.get_mut(stage),
            Scope::Fact => Some(&mut self.facts),
            Scope::Form => None,
        };
        if let Some(form) = form {
            form.insert(path.field.clone(), value.clone());
        }
    }
}
