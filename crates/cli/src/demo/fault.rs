//! What our fault costs, and whom: the lines of the loss, the shares of responsibility, whose discipline it becomes.

use std::collections::BTreeMap;

use redress_core::loss::{LossEntry, Resold, Returned};
use redress_core::responsibility::ResponsibleShare;
use redress_kernel::id::{EmployeeId, FieldId, IdError};
use redress_kernel::money::{Currency, Money};

use crate::demo::company::staff;
use crate::demo::dice::Dice;
use crate::demo::fate::{Fate, Handling};
use crate::demo::staff::{SECTIONS, Worker, workers};
use crate::demo::words;

/// From here on, in CNY, a supplier carries most of it: a group could not pay so much in years.
const DEAR: i64 = 1_000_000;

/// What is drawn about a complaint that is our fault.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// What was lost, by the loss basis (M9-7).
    pub(crate) lines: Vec<LossEntry>,
    /// Who carries it.
    pub(crate) shares: Vec<ResponsibleShare>,
    /// Whose discipline is petitioned for (D6): somebody who is named.
    pub(crate) disciplined: Option<EmployeeId>,
    /// Goods that come back and may be resold for a month (D1).
    pub(crate) goods: Option<Goods>,
}

/// Goods that come back.
#[derive(Debug, Clone)]
pub(crate) struct Goods {
    /// What comes back.
    pub(crate) returned: Returned,
    /// What is sold of it, lot by lot.
    pub(crate) sold: Vec<Resold>,
}

impl Fault {
    /// Draws it; none where the fault is not ours, or nothing was granted.
    pub(crate) fn draw(seed: u64, name: &str, fate: &Fate) -> Result<Option<Self>, IdError> {
        if !fate.our_fault || fate.not_established {
            return Ok(None);
        }
        let mut dice = Dice::new(seed, &format!("loss of {name}"));
        let dice = &mut dice;
        let lines = lines(fate, dice)?;
        let goods = goods(fate, dice);
        let (shares, named) = shares(fate, goods.is_some(), dice)?;
        let goods = goods.filter(|_| named.is_some());
        let disciplined = named.filter(|_| goods.is_some() || dice.chance(750));
        Ok(Some(Self {
            lines,
            shares,
            disciplined,
            goods,
        }))
    }
}

fn entry(kind: &str, amounts: &[(&str, Money)]) -> Result<LossEntry, IdError> {
    let mut parts = BTreeMap::new();
    for (part, amount) in amounts {
        parts.insert(FieldId::new(*part)?, *amount);
    }
    Ok(LossEntry {
        kind: FieldId::new(kind)?,
        amounts: parts,
        quantity: None,
        unit_price: None,
        proceeds: None,
    })
}

/// What was lost: what the customer got, but for returned goods what they are still worth; and what it took to find out.
fn lines(fate: &Fate, dice: &mut Dice) -> Result<Vec<LossEntry>, IdError> {
    let amount = fate.amount;
    let part = |percent: i64| percent_of(amount, percent);
    let mut lines = vec![match fate.handling {
        Handling::Allowance => entry("allowance", &[("allowed", amount)])?,
        Handling::Compensation => entry("compensation", &[("paid", amount)])?,
        Handling::Rework => {
            let labour = part(dice.between(30, 70));
            let material = amount.checked_sub(labour).unwrap_or(amount);
            entry("rework", &[("labour", labour), ("material", material)])?
        }
        Handling::Replacement => {
            let cost = part(dice.between(55, 85));
            entry(
                "replacement",
                &[("cost", cost), ("freight", part(dice.between(2, 9)))],
            )?
        }
        Handling::Return => {
            let value = amount.checked_mul(fate.defects).unwrap_or(amount);
            LossEntry {
                quantity: Some(fate.defects),
                unit_price: Some(amount),
                proceeds: Some(percent_of(value, dice.between(45, 85))),
                ..entry("return", &[])?
            }
        }
    }];
    for (kind, chance, most) in [("travel", 250, 120_000), ("sorting", 150, 90_000)] {
        if dice.chance(chance) {
            let paid = yuan(dice.between(15_000, most));
            lines.push(entry(kind, &[("paid", paid)])?);
        }
    }
    Ok(lines)
}

/// Who carries it, and whoever of ours is named; where goods come back somebody always is.
fn shares(
    fate: &Fate,
    goods_back: bool,
    dice: &mut Dice,
) -> Result<(Vec<ResponsibleShare>, Option<EmployeeId>), IdError> {
    let (party, named) = match fate.slip {
        Some("order-entered-wrongly" | "requirement-not-passed-on") => {
            person_or(dice, "sales", fate.desks.sales)
        }
        Some("storage-or-transport" | "misdelivery") => {
            let somebody = dice.text(staff("service"));
            person_or(dice, "service", somebody)
        }
        _ => (format!("unit:{}", fate.unit), None),
    };
    let mut sharing = Sharing::default();
    let dear = fate.cost().is_some_and(|cost| cost.minor() >= DEAR);
    match &fate.supplier {
        Some(supplier) => sharing.give(supplier.clone(), dice.between(60, 85)),
        None if dear => {
            let supplier = format!("supplier:S{:02}", dice.between(1, 12));
            sharing.give(supplier, dice.between(70, 85));
        }
        // Goods were handled wrongly by the customer too.
        None if dice.chance(120) => sharing.give(fate.customer.clone(), dice.between(15, 35)),
        None => {}
    }
    // The inspection let it pass. That department's share is told, and deducted from nobody (M12).
    if fate.slip.is_none() && dice.chance(200) {
        sharing.give("department:quality".to_owned(), dice.between(5, 10));
    }
    // Of a group somebody may be named, who carries more of it than the others.
    let slipped = party.starts_with("unit:group-") && (goods_back || dice.chance(350));
    let worker = slipped.then(|| worker_of(fate.unit, dice)).flatten();
    let person = match worker {
        Some(worker) => {
            let employee = worker.employee()?;
            let left = sharing.left();
            let percent = dice.between(left / 5, left / 2);
            sharing.give(format!("person:{employee}"), percent);
            Some(employee)
        }
        None => named,
    };
    Ok((sharing.whole(party), person))
}

/// Shares on their way to the whole.
#[derive(Debug, Default)]
struct Sharing {
    /// Party and hundredths.
    given: Vec<(String, i64)>,
}

impl Sharing {
    fn give(&mut self, party: String, percent: i64) {
        self.given.push((party, percent));
    }

    /// Hundredths that nobody has yet.
    fn left(&self) -> i64 {
        100 - self.given.iter().map(|(_, percent)| percent).sum::<i64>()
    }

    /// The shares, the first party with all that is left.
    fn whole(self, first: String) -> Vec<ResponsibleShare> {
        let left = self.left();
        let all = std::iter::once((first, left)).chain(self.given);
        all.map(|(party, percent)| {
            let points = u32::try_from(percent * 100).unwrap_or_default();
            share(party, points)
        })
        .collect()
    }
}

/// Somebody of sales or service; now and then nobody can be named (P2).
fn person_or(dice: &mut Dice, department: &str, person: &str) -> (String, Option<EmployeeId>) {
    if dice.chance(250) {
        return (format!("department:{department}"), None);
    }
    (format!("person:{person}"), EmployeeId::new(person).ok())
}

fn worker_of(group: &str, dice: &mut Dice) -> Option<Worker> {
    let theirs: Vec<Worker> = workers().filter(|worker| worker.group == group).collect();
    dice.one(&theirs).copied()
}

/// A share, with the reason where a larger unit stands for a smaller one (P1, P2).
pub(crate) fn share(party: String, basis_points: u32) -> ResponsibleShare {
    let id = party.rsplit(':').next().unwrap_or_default();
    let why = if SECTIONS.iter().any(|(section, _)| *section == id) {
        Some(words::NO_GROUP)
    } else if matches!(party.as_str(), "department:sales" | "department:service") {
        Some(words::NOBODY)
    } else {
        None
    };
    ResponsibleShare {
        party,
        basis_points,
        why_not_smaller: why.map(ToOwned::to_owned),
        department: None,
        kind: None,
    }
}

/// Goods that come back, reckoned in CNY; half of the time all of them are sold before the month is over.
fn goods(fate: &Fate, dice: &mut Dice) -> Option<Goods> {
    if fate.handling != Handling::Return || fate.overseas() {
        return None;
    }
    let returned = Returned {
        quantity: fate.defects,
        grade_a: fate.amount,
        actual_loss: percent_of(fate.amount, dice.between(60, 90)),
    };
    let lot = fate.defects / 2;
    let rest = if dice.chance(500) {
        fate.defects - lot
    } else {
        0
    };
    let sold = [lot, rest]
        .into_iter()
        .filter(|pieces| *pieces > 0)
        .filter_map(|quantity| {
            let value = fate.amount.checked_mul(quantity).ok()?;
            let proceeds = percent_of(value, dice.between(40, 80));
            Some(Resold { quantity, proceeds })
        })
        .collect();
    Some(Goods { returned, sold })
}

/// So many hundredths of a sum, rounded down.
fn percent_of(amount: Money, percent: i64) -> Money {
    let minor = i128::from(amount.minor()) * i128::from(percent) / 100;
    i64::try_from(minor)
        .ok()
        .and_then(|minor| Money::new(minor, amount.currency()).ok())
        .unwrap_or(amount)
}

fn yuan(minor: i64) -> Money {
    Money::new(minor, Currency::CNY).unwrap_or(Money::zero(Currency::CNY))
}
