//! What the round does about cases: who is late is reminded, each subject and level once (M14, A13).

use redress_core::event::Event;
use redress_kernel::actor::Actor;
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::{Dated, Who};
use redress_kernel::event::{Addressee, CaseEvent, Subject};
use redress_kernel::id::CaseId;
use redress_kernel::reminder;
use uuid::Uuid;

use super::{ATTEMPTS, Issued, Moved, RoundReport};
use crate::desk::Redress;
use crate::error::Error;
use crate::execute::{Ask, Author, Begun, Present, Share, Waiting};
use crate::frame::Mark;

/// How many cases are on their way to the log at once.
const ON_THEIR_WAY: usize = 256;

impl Redress {
    /// Deadlines of cases: reckoned anew where holidays were published, noticed, reminded of.
    pub(super) async fn round_of_cases(&self, report: &mut RoundReport) -> Result<(), Error> {
        let (candidates, rules) = self.candidates(report.at).await?;
        for cases in candidates.chunks(ON_THEIR_WAY) {
            let mut waiting = Vec::with_capacity(cases.len());
            for case in cases {
                if let Some(begun) = self.round_on(*case, report).await? {
                    waiting.push((*case, begun));
                }
            }
            for (case, begun) in waiting {
                self.arrived(case, begun, report).await?;
            }
        }
        self.looked_at(rules).await;
        Ok(())
    }

    async fn arrived(
        &self,
        case: CaseId,
        begun: (Vec<Dated<Event>>, Box<Waiting>),
        report: &mut RoundReport,
    ) -> Result<(), Error> {
        let mut begun = Some(begun);
        for _ in 0..ATTEMPTS {
            let Some((events, waiting)) = begun else {
                return Ok(());
            };
            if self.finish(*waiting).await?.is_some() {
                return self.tell(case, &events, report).await;
            }
            begun = self.round_on(case, report).await?;
        }
        Err(Error::Busy)
    }

    /// Decides the round on a case and hands its append to the log.
    async fn round_on(
        &self,
        case: CaseId,
        report: &mut RoundReport,
    ) -> Result<Option<(Vec<Dated<Event>>, Box<Waiting>)>, Error> {
        let present = self.present().await?;
        let Some(held) = self.load(case, &present.rules.state).await? else {
            return Ok(None);
        };
        let workflow = present.rules.state.of_case(&held, present.now)?;
        let ctx = self.context(&present, &workflow, Who::Engine, present.now, None)?;
        let decision = match reminder::round(&held.complaint.case, &ctx) {
            Ok(decision) => decision,
            Err(refusal) => {
                report.skipped.push((case, refusal.code.0.to_owned()));
                return Ok(None);
            }
        };
        let events: Vec<Dated<Event>> = decision
            .events
            .into_iter()
            .map(|dated| Dated {
                at: dated.at,
                event: Event::Case(dated.event),
            })
            .collect();
        if events.is_empty() {
            return Ok(None);
        }
        let ids: Vec<Uuid> = events
            .iter()
            .map(|dated| issue_id(case, &dated.event))
            .collect();
        let command = ids
            .iter()
            .fold(case.0, |id, event| Uuid::new_v5(&id, event.as_bytes()));
        let share = Share {
            id: case,
            stream: held.stream.clone(),
            held: Some(held),
            actor: Actor::Engine,
            events: events.clone(),
            ids: Some(ids.clone()),
        };
        let ask = engine_ask(case, Mark::of(command, &("round", &ids))?);
        Ok(match self.issue(&ask, share, &present)? {
            Begun::Waiting(waiting) => Some((events, waiting)),
            Begun::Answered(_) => None,
        })
    }

    fn issue(&self, ask: &Ask, share: Share, present: &Present) -> Result<Begun, Error> {
        self.hand_in(ask, vec![share], None, None, present)
    }

    async fn tell(
        &self,
        id: CaseId,
        events: &[Dated<Event>],
        report: &mut RoundReport,
    ) -> Result<(), Error> {
        let rules = self.rules().await?;
        let held = self.must_load(id, &rules.state).await?;
        let case = &held.complaint.case;
        let number = case.number.as_ref().map(|number| number.print.clone());
        let stage = case.open_visit().map(|visit| visit.stage.clone());
        let issued = |subject, level, due, to: &[Addressee]| Issued {
            case: id,
            number: number.clone(),
            subject,
            stage: stage.clone(),
            level,
            due,
            to: to.to_vec(),
        };
        for dated in events {
            let Event::Case(event) = &dated.event else {
                continue;
            };
            match event {
                CaseEvent::DueSoonNoticed(e) => {
                    report.issued.push(issued(e.subject, 0, e.due, &e.to));
                }
                CaseEvent::ReminderIssued(e) => {
                    report.issued.push(issued(e.subject, e.level, e.due, &e.to));
                }
                CaseEvent::DeadlineMoved(e) => report.moved.push(Moved {
                    case: id,
                    subject: e.subject,
                    due: e.deadline.as_ref().map(|deadline| deadline.due),
                }),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The id of what the engine issues: from the case, the subject and the level alone, so that it happens once.
fn issue_id(case: CaseId, event: &Event) -> Uuid {
    let subject = |subject: &Subject| match subject {
        Subject::Case => "case".to_owned(),
        Subject::Visit(number) => format!("visit {number}"),
    };
    let name = match event {
        Event::Case(CaseEvent::DueSoonNoticed(e)) => format!("{} level 0", subject(&e.subject)),
        Event::Case(CaseEvent::ReminderIssued(e)) => {
            format!("{} level {}", subject(&e.subject), e.level)
        }
        Event::Case(CaseEvent::DeadlineMoved(e)) => {
            let due = e.deadline.as_ref().map(|deadline| deadline.due.to_string());
            format!("{} due {}", subject(&e.subject), due.unwrap_or_default())
        }
        event => event.kind().to_owned(),
    };
    Uuid::new_v5(&case.0, name.as_bytes())
}

fn engine_ask(case: CaseId, mark: Mark) -> Ask {
    Ask {
        mark,
        author: Author::Engine,
        case,
        opens: None,
        at: None,
        expect: None,
        dry_run: false,
        command: CaseCommand::Round {}.into(),
    }
}
