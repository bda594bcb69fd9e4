//! Deeds about money on a case: what was lost and who carries it, goods that come back, discipline, and the correction
//! that follows when a petition is upheld.

use redress::CaseView;
use redress_core::command::ComplaintCommand;
use redress_core::discipline::Sentence;
use redress_core::responsibility::ResponsibleShare;
use redress_core::tables::Grade;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::{Currency, Money};
use redress_kernel::time::Instant;

use super::beside::next_objection;
use super::task::{Deed, MoneyDeed, Planned, Task, Then};
use super::{Play, Stumble, lost};
use crate::demo::company::{self, WAREHOUSE};
use crate::demo::dice::Dice;
use crate::demo::fault::share;
use crate::demo::words;

impl Play<'_> {
    /// Before the general manager's office consolidates, it states the loss and drafts who carries it (M9-7); with the
    /// decision both count. None where nothing is left to draft.
    pub(super) fn drafted(
        &mut self,
        at: Instant,
        place: usize,
        view: &CaseView,
    ) -> Result<Option<Planned>, Stumble> {
        let running = self.cases.get(place).ok_or_else(|| lost(place))?;
        let Some(fault) = running.fault.clone() else {
            return Ok(None);
        };
        let command = if view.complaint.loss().is_none() {
            ComplaintCommand::StateLoss {
                lines: fault.lines.clone(),
                reason: None,
            }
        } else if view.complaint.proposals.is_empty() {
            ComplaintCommand::ProposeResponsibility {
                shares: fault.shares.clone(),
            }
        } else {
            return Ok(None);
        };
        let by = company::by(running.fate.desks.office)?;
        self.on(at, place, (by, command), Then::Again(place))
    }

    /// Does one of the deeds; there may be nothing to do any more.
    pub(super) async fn money(
        &mut self,
        at: Instant,
        place: usize,
        deed: MoneyDeed,
    ) -> Result<Option<Planned>, Stumble> {
        let view = self.look(place).await?;
        let running = self.cases.get(place).ok_or_else(|| lost(place))?;
        let (fate, fault) = (running.fate.clone(), running.fault.clone());
        let Some(fault) = fault else {
            return Ok(None);
        };
        let office = company::by(fate.desks.office)?;
        let mut dice = self.dice(&format!("{} {deed:?}", running.name));
        match deed {
            MoneyDeed::TakeBack => {
                let Some(goods) = &fault.goods else {
                    return Ok(None);
                };
                let minutes = dice.between(900, 2_900);
                self.later(at, minutes, Task::Money(place, MoneyDeed::Resell(0)));
                let command = ComplaintCommand::TakeBackGoods {
                    returned: goods.returned.clone(),
                };
                let by = company::by(WAREHOUSE)?;
                self.on(at, place, (by, command), Then::Nothing)
            }
            MoneyDeed::Resell(lot) => {
                let lots = fault.goods.as_ref().map(|goods| &goods.sold);
                let Some(resold) = lots.and_then(|lots| lots.get(lot)) else {
                    self.later(at, 240, Task::Money(place, MoneyDeed::SettleResale));
                    return Ok(None);
                };
                let minutes = dice.between(900, 2_900);
                self.later(at, minutes, Task::Money(place, MoneyDeed::Resell(lot + 1)));
                let command = ComplaintCommand::ResellGoods {
                    resold: resold.clone(),
                };
                let by = company::by(WAREHOUSE)?;
                self.on(at, place, (by, command), Then::Nothing)
            }
            MoneyDeed::SettleResale => self.settle_resale(at, place, &view),
            MoneyDeed::Propose => {
                let Some(employee) = fault.disciplined.clone() else {
                    return Ok(None);
                };
                let minutes = dice.between(400, 1_300);
                self.later(at, minutes, Task::Money(place, MoneyDeed::Decide));
                let command = ComplaintCommand::ProposeDiscipline { employee };
                self.on(at, place, (office, command), Then::Nothing)
            }
            MoneyDeed::Decide => {
                let Some(command) = decided(&view, fault.disciplined.as_ref(), &mut dice) else {
                    return Ok(None);
                };
                let by = company::general_manager(self.away, at)?;
                self.on(at, place, (by, command), Then::Nothing)
            }
            MoneyDeed::NewEvidence => {
                let rule = Task::Beside(place, Deed::Rule(next_objection(&view)));
                self.later(at, 900, rule);
                let command = ComplaintCommand::Object {
                    petition: words::NEW_EVIDENCE.to_owned(),
                    from_customer: false,
                };
                let by = company::by(fate.desks.plant)?;
                self.on(at, place, (by, command), Then::Nothing)
            }
            MoneyDeed::Redetermine => {
                let supplier = format!("supplier:S{:02}", dice.between(1, 12));
                let command = ComplaintCommand::DetermineResponsibility {
                    shares: shared_with(&view, &supplier),
                    charged: None,
                    reason: Some(words::SHARED.to_owned()),
                };
                self.on(at, place, (office, command), Then::Nothing)
            }
        }
    }

    /// D1, A17: what is not sold within the month counts with its actual loss. The round may have been first.
    fn settle_resale(
        &mut self,
        at: Instant,
        place: usize,
        view: &CaseView,
    ) -> Result<Option<Planned>, Stumble> {
        let Some(resale) = &view.complaint.resale else {
            return Ok(None);
        };
        if view.complaint.d_loss.is_some() {
            self.later(at, 120, Task::Money(place, MoneyDeed::Propose));
            return Ok(None);
        }
        if at <= resale.until {
            let settle = Task::Money(place, MoneyDeed::SettleResale);
            self.later(resale.until.plus_seconds(1), 60, settle);
            return Ok(None);
        }
        self.later(at, 120, Task::Money(place, MoneyDeed::Propose));
        let running = self.cases.get(place).ok_or_else(|| lost(place))?;
        let by = company::by(running.fate.desks.office)?;
        let command = ComplaintCommand::SettleResale {};
        self.on(at, place, (by, command), Then::Nothing)
    }
}

/// What the general manager decides: mostly what the petition proposes, now and then something milder, with the reason.
fn decided(
    view: &CaseView,
    employee: Option<&EmployeeId>,
    dice: &mut Dice,
) -> Option<ComplaintCommand> {
    let employee = employee?;
    let proposed = view.complaint.petition_of(employee)?.applied.grade;
    let milder = dice.chance(300);
    let (grade, count) = match proposed {
        Grade::None => (Grade::None, 0),
        Grade::Warning => (Grade::Warning, 1),
        Grade::MinorDemerit if milder => (Grade::Warning, 2),
        Grade::MajorDemerit if milder => (Grade::MinorDemerit, 2),
        Grade::MinorDemerit => (Grade::MinorDemerit, 1),
        Grade::MajorDemerit => (Grade::MajorDemerit, 1),
    };
    // More than the least that the regulation allows (D5).
    let dearer = grade == Grade::Warning && dice.chance(300);
    let rate = dearer.then(|| Money::new(50_000, Currency::CNY).ok());
    Some(ComplaintCommand::DecideDiscipline {
        employee: employee.clone(),
        sentence: Sentence {
            grade,
            count,
            rate: rate.flatten(),
        },
        reason: (grade != proposed).then(|| words::MILDER.to_owned()),
    })
}

/// The shares as they stand, with half of what our people are charged for given to a supplier: the one that is there, or
/// this one.
fn shared_with(view: &CaseView, supplier: &str) -> Vec<ResponsibleShare> {
    let carried = view.complaint.determined().map(|stands| &stands.carried);
    let mut shares = Vec::new();
    let (mut moved, mut known) = (0, None);
    for carried in carried.into_iter().flatten() {
        let half = if carried.deducts {
            carried.basis_points / 2
        } else {
            0
        };
        moved += half;
        if carried.party.starts_with("supplier:") {
            known = Some(shares.len());
        }
        shares.push(share(carried.party.clone(), carried.basis_points - half));
    }
    match known.and_then(|place| shares.get_mut(place)) {
        Some(theirs) => theirs.basis_points += moved,
        None if moved > 0 => shares.push(share(supplier.to_owned(), moved)),
        None => {}
    }
    shares
}
