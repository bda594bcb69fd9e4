//! Deeds beside the route: what acceptance and closing bring with them.

use redress::CaseView;
use redress_core::command::ComplaintCommand;
use redress_core::event::{Means, Outcome};
use redress_kernel::case::Status;
use redress_kernel::command::CaseCommand;
use redress_kernel::time::Instant;
use redress_kernel::value::{Path, Value};

use super::task::{Deed, Lodge, MoneyDeed, Planned, Task, Then};
use super::{Play, Stumble, lost};
use crate::demo::company;
use crate::demo::dice::Dice;
use crate::demo::fate::Fate;
use crate::demo::words;

impl Play<'_> {
    /// What acceptance and closing bring with them beside the route.
    pub(super) fn aside(&mut self, at: Instant, place: usize, view: &CaseView) {
        let case = &view.complaint.case;
        let Some(running) = self.cases.get_mut(place) else {
            return;
        };
        let fate = running.fate.clone();
        let mut dice = running.dice.clone();
        let fault = running.fault.clone();
        let (registered, again) = (running.registered, running.again);
        let closes = !running.closed && matches!(case.status, Status::Closed { .. });
        running.registered |= case.number.is_some();
        running.closed |= closes;
        let complaint = running.complaint;
        if view.workflow.regulation.is_none() {
            return;
        }
        let mut tell = |minutes: (i64, i64), deed: Deed| {
            let minutes = dice.between(minutes.0, minutes.1);
            self.later(at, minutes, Task::Beside(place, deed));
        };
        if case.number.is_some() && !registered {
            if fate.wrong_country {
                tell((60, 600), Deed::CorrectCountry);
            }
            if fate.supplier.is_some() {
                tell((700, 2_400), Deed::NameSupplier);
            }
        }
        if !closes {
            return;
        }
        tell((30, 480), Deed::AnswerCustomer);
        if view.complaint.improvement.is_some() {
            tell((480, 2_400), Deed::Improve);
        }
        if fate.petition {
            tell((480, 1_400), Deed::Petition);
        }
        if fate.inquired {
            let late = case.visits.iter().filter(|visit| {
                visit
                    .ended
                    .as_ref()
                    .is_some_and(|ended| ended.late_seconds > 0)
            });
            for visit in late.take(2) {
                tell((480, 1_440), Deed::Inquire(visit.number));
            }
        }
        if let Some(fault) = fault {
            let minutes = dice.between(300, 1_100);
            if fault.goods.is_some() {
                self.later(at, minutes, Task::Money(place, MoneyDeed::TakeBack));
            } else if fault.disciplined.is_some() {
                self.later(at, minutes, Task::Money(place, MoneyDeed::Propose));
            }
        }
        if fate.customer_refuses && again == 0 {
            if fate.not_established {
                let minutes = dice.between(600, 1_900);
                self.later(at, minutes, Task::Beside(place, Deed::CustomerObjects));
            } else {
                let lodge = Lodge {
                    complaint,
                    follows: Some(place),
                    raised_from: None,
                };
                let minutes = dice.between(960, 2_900);
                self.later(at, minutes, Task::Lodge(lodge));
            }
        }
    }

    /// Does one of them; there may be nothing to do any more.
    pub(super) async fn beside(
        &mut self,
        at: Instant,
        place: usize,
        deed: Deed,
    ) -> Result<Option<Planned>, Stumble> {
        let view = self.look(place).await?;
        let case = &view.complaint.case;
        if matches!(case.status, Status::Withdrawn { .. }) {
            return Ok(None);
        }
        let Some(running) = self.cases.get_mut(place) else {
            return Err(lost(place));
        };
        let fate = running.fate.clone();
        let mut dice = running.dice.clone();
        let sales = company::by(fate.desks.sales)?;
        let office = company::by(fate.desks.office)?;
        match deed {
            Deed::CorrectCountry => {
                let command = CaseCommand::Correct {
                    path: path("opening.country")?,
                    value: Value::text(fate.country),
                    reason: "the order's consignee, not the forwarder, is the customer".to_owned(),
                };
                self.on(at, place, (office, command), Then::Nothing)
            }
            Deed::CompleteQuantities => {
                let mut pending = Vec::new();
                for field in ["opening.defect_quantity", "opening.return_quantity"] {
                    let path = path(field)?;
                    if case.value(&path).is_some_and(Value::is_pending) {
                        pending.push(path);
                    }
                }
                let Some(path) = pending.first().cloned() else {
                    return Ok(None);
                };
                if pending.len() > 1 {
                    self.later(at, 2, Task::Beside(place, deed));
                }
                let value = Value::Integer(fate.defects);
                let command = CaseCommand::Complete { path, value };
                self.on(at, place, (sales, command), Then::Nothing)
            }
            Deed::NameSupplier => {
                let command = ComplaintCommand::NameThirdParty {
                    party: fate.supplier.clone().unwrap_or_default(),
                    reason: "the deviating part was delivered in this state".to_owned(),
                };
                self.on(at, place, (office, command), Then::Nothing)
            }
            Deed::AnswerCustomer => {
                let command = answer(&view, &mut dice);
                self.on(at, place, (sales, command), Then::Nothing)
            }
            Deed::CustomerObjects => {
                let petition = "the customer does not agree that nothing is established".to_owned();
                let command = ComplaintCommand::Object {
                    petition,
                    from_customer: true,
                };
                let number = next_objection(&view);
                self.later(at, 700, Task::Beside(place, Deed::Rule(number)));
                self.on(at, place, (sales, command), Then::Nothing)
            }
            Deed::Petition => {
                let petition = dice.text(words::PETITIONS).to_owned();
                let command = ComplaintCommand::Object {
                    petition,
                    from_customer: false,
                };
                let by = company::by(fate.desks.plant)?;
                let number = next_objection(&view);
                self.later(at, 1_100, Task::Beside(place, Deed::Rule(number)));
                self.on(at, place, (by, command), Then::Nothing)
            }
            Deed::Rule(objection) => {
                let (command, upheld) = rule(&view, objection, &mut dice);
                if upheld && view.complaint.determined().is_some() {
                    self.later(at, 400, Task::Money(place, MoneyDeed::Redetermine));
                }
                let by = company::general_manager(self.away, at)?;
                self.on(at, place, (by, command), Then::Nothing)
            }
            Deed::Inquire(visit) => {
                let number = u32::try_from(case.inquiries.len()).unwrap_or_default() + 1;
                let minutes = dice.between(240, 1_400);
                self.later(
                    at,
                    minutes,
                    Task::Beside(place, Deed::AnswerInquiry(number)),
                );
                self.on(
                    at,
                    place,
                    (office, CaseCommand::Inquire { visit }),
                    Then::Nothing,
                )
            }
            Deed::Improve => self.improve(at, place, &view),
            Deed::AnswerInquiry(inquiry) => {
                let asked = case.inquiries.iter().find(|asked| asked.number == inquiry);
                let Some(asked) = asked else {
                    return Ok(None);
                };
                let by = company::by(colleague(asked.department.as_str(), &fate))?;
                let reason = dice.text(words::EXCUSES).to_owned();
                let command = CaseCommand::AnswerInquiry { inquiry, reason };
                self.on(at, place, (by, command), Then::Nothing)
            }
        }
    }
}

fn path(text: &str) -> Result<Path, Stumble> {
    text.parse()
        .map_err(|what: String| Stumble { what, error: None })
}

/// The ruling on a petition, and whether it is upheld: evidence that nobody knew before always is.
fn rule(view: &CaseView, objection: u32, dice: &mut Dice) -> (ComplaintCommand, bool) {
    let mut petitions = view.complaint.objections.iter().map(|filed| &filed.filed);
    let new = petitions
        .find(|filed| filed.objection == objection)
        .is_some_and(|filed| filed.petition == words::NEW_EVIDENCE);
    let upheld = new || dice.chance(400);
    let ruling = match new {
        true => words::UPHELD,
        false => words::RULINGS
            .get(usize::from(upheld))
            .copied()
            .unwrap_or_default(),
    };
    let command = ComplaintCommand::Rule {
        objection,
        upheld,
        ruling: ruling.to_owned(),
    };
    (command, upheld)
}

pub(super) fn next_objection(view: &CaseView) -> u32 {
    u32::try_from(view.complaint.objections.len()).unwrap_or_default() + 1
}

/// Who works on the case in a department.
pub(super) fn colleague(department: &str, fate: &Fate) -> &'static str {
    match department {
        "sales" => fate.desks.sales,
        "quality" => fate.desks.quality,
        "manufacturing" => fate.desks.plant,
        "rnd" => fate.desks.rnd,
        _ => fate.desks.office,
    }
}

/// The answer to the customer: what was decided, no more (M9-11).
fn answer(view: &CaseView, dice: &mut Dice) -> ComplaintCommand {
    let means = if dice.chance(300) {
        Means::Telephone
    } else {
        Means::Letter
    };
    let decided = view.complaint.decision.as_ref().map(|(_, decided)| decided);
    let granted = decided.filter(|decided| decided.outcome == Outcome::Granted);
    let text = match granted {
        Some(_) => {
            "we regret the trouble; the cause has been found and removed, and we grant what was agreed"
        }
        None => "the parts were examined with care; the complaint could not be established",
    };
    ComplaintCommand::Answer {
        means,
        text: text.to_owned(),
        concedes: granted.map(|decided| decided.amount),
    }
}
