//! The route: whoever has the case on the desk does the next thing.

use redress::CaseView;
use redress_core::authority;
use redress_kernel::command::CaseCommand;
use redress_kernel::id::{OfficeId, StageId};
use redress_kernel::time::Instant;

use super::task::{Planned, Task, Then};
use super::{Play, Stumble, lost};
use crate::demo::company;
use crate::demo::fate::Fate;
use crate::demo::forms::{self, Desk};
use crate::demo::words;

impl Play<'_> {
    /// Enters who does the next thing on a case, and when.
    pub(super) async fn next(&mut self, at: Instant, place: usize) -> Result<(), Stumble> {
        let view = self.look(place).await?;
        let case = &view.complaint.case;
        let Some(running) = self.cases.get_mut(place) else {
            return Err(lost(place));
        };
        let fate = running.fate.clone();
        if let Some(visit) = case.open_visit() {
            // What the customer does not accept is not carried out.
            let refused = visit.stage.as_str() == "settlement"
                && fate.customer_refuses
                && !fate.not_established;
            if !refused {
                let endorsing = visit.reported.is_some();
                let minutes = fate.minutes(&mut running.dice, visit.stage.as_str(), endorsing);
                self.later(at, minutes, Task::Work(place));
            }
        }
        self.aside(at, place, &view);
        Ok(())
    }

    /// Whoever has the case on the desk does the next thing.
    pub(super) async fn work(
        &mut self,
        at: Instant,
        place: usize,
    ) -> Result<Option<Planned>, Stumble> {
        let view = self.look(place).await?;
        let case = &view.complaint.case;
        let Some(visit) = case.open_visit() else {
            return Ok(None);
        };
        if visit.stage.as_str() == "consolidation"
            && let Some(draft) = self.drafted(at, place, &view)?
        {
            return Ok(Some(draft));
        }
        let stage = visit.stage.clone();
        let decides = authority_for(&view, self.cases.get(place).map(|running| &*running.fate));
        let Some(running) = self.cases.get_mut(place) else {
            return Err(lost(place));
        };
        let fate = running.fate.clone();
        let received = self
            .complaints
            .get(running.complaint)
            .ok_or_else(|| lost(place))?;
        let dice = &mut running.dice;
        let name = stage.as_str();
        if visit.reported.is_some() {
            let (by, remark) = forms::endorsement(name, dice)?;
            let command = CaseCommand::Endorse {
                stage,
                visit: None,
                remark,
            };
            return self.on(at, place, (by, command), Then::Next(place));
        }
        if fate.withdrawn_at == Some(name) && view.workflow.regulation.is_some() {
            let reason = dice.text(words::WITHDRAWALS).to_owned();
            let by = company::by(fate.desks.sales)?;
            let command = CaseCommand::Withdraw { reason };
            return self.on(at, place, (by, command), Then::Nothing);
        }
        let desk = Desk {
            received,
            fate: &fate,
            round: visit.round,
            decides,
            away: self.away,
            at,
        };
        let Some((by, values)) = forms::report(name, &desk, dice)? else {
            return Ok(None);
        };
        let command = match fate.sent_back {
            Some((from, to)) if from == name && !running.sent_back => {
                running.sent_back = true;
                let reason = dice.text(words::SENT_BACK).to_owned();
                CaseCommand::SendBack {
                    to: StageId::new(to)?,
                    visit: None,
                    reason,
                }
            }
            _ => CaseCommand::Report {
                stage,
                visit: None,
                values,
            },
        };
        self.on(at, place, (by, command), Then::Next(place))
    }
}

/// The office that may decide what this fate is going to cost (M11), told by the rules' own table.
fn authority_for(view: &CaseView, fate: Option<&Fate>) -> Option<OfficeId> {
    let table = view.workflow.regulation.as_ref()?.authority.as_ref()?;
    let row = authority::row(table, fate?.cost()?, &view.workflow.definition.version).ok()?;
    Some(row.office)
}
