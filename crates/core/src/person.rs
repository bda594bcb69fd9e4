//! A person's bonus ledger: a stream of its own, `person/EMPLOYEE`.
//!
//! Bonuses come in as commands. What is owed, taken and given back comes from months as they are closed; each month
//! that concerns a person is one event, with every line and the numbers from which it follows.

use redress_kernel::events;
use redress_kernel::form::check_reason;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::{Currency, Money};
use redress_kernel::organisation::Organisation;
use redress_kernel::refusal::{self as kernel_refusal, Refusal};
use redress_kernel::time::Month;
use serde::{Deserialize, Serialize};

use crate::account::{Account, Debt, Line, Settlement};
use crate::refusal;

events! {
    /// An event of a person's stream.
    pub enum PersonEvent {
        /// The bonus of a month became known.
        BonusRecorded(BonusRecorded) = "person.bonus_recorded", 1;
        /// A month was closed: what it added to what is owed, and what it took.
        Settled(PersonSettled) = "person.settled", 1;
    }
}

/// See [`PersonEvent::BonusRecorded`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BonusRecorded {
    /// Whose.
    pub employee: EmployeeId,
    /// Of which month.
    pub month: Month,
    /// How much: the whole month's efficiency bonus (效益奖金).
    pub amount: Money,
    /// The amount that it corrects, where that had been charged (A20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Money>,
    /// Why it is recorded so; never missing where it corrects what was charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// See [`PersonEvent::Settled`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonSettled {
    /// Which month was closed.
    pub month: Month,
    /// The currency of the ledger.
    pub currency: Currency,
    /// What is owed from now on, where it is new or changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub debts: Vec<Debt>,
    /// What was given back, because less is owed than was charged (A16), or because a bonus that was charged turned out
    /// smaller (P3, A21).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given_back: Vec<Line>,
    /// What was charged.
    pub settlement: Settlement,
}

/// What somebody asks of a person's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum PersonCommand {
    /// Record the bonus of a month (P3); again, with another amount: a correction, which needs a reason once it has been
    /// charged. What it paid too much is then given back with the month that is closed next.
    RecordBonus {
        /// Of which month.
        month: Month,
        /// How much.
        amount: Money,
        /// Why; for what was charged already it has to be said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl PersonCommand {
    /// The names of all of them, as the member `command` gives them.
    pub const NAMES: &'static [&'static str] = &["record_bonus"];

    /// Checks that the person whom it concerns joined the organisation, at any time: a bonus of somebody unknown would
    /// never be charged.
    ///
    /// # Errors
    /// `unknown_employee`.
    pub fn check_person(
        &self,
        organisation: &Organisation,
        employee: &EmployeeId,
    ) -> Result<(), Refusal> {
        let Self::RecordBonus { month, .. } = self;
        organisation.check_joined(employee, month)
    }
}

/// Folds an event. INVARIANT: it only copies.
pub fn evolve(account: &mut Account, event: &PersonEvent) {
    match event {
        PersonEvent::BonusRecorded(e) if e.corrects.is_some() => {
            account.correct_bonus(e.month, e.amount);
        }
        PersonEvent::BonusRecorded(e) => account.put_bonus(e.month, e.amount),
        PersonEvent::Settled(e) => {
            for debt in &e.debts {
                account.put(debt, e.month);
            }
            for line in &e.given_back {
                account.apply(line);
            }
            account.apply_settlement(&e.settlement);
        }
    }
}

/// Decides a command. Whoever calls checks the duty, and [`PersonCommand::check_person`].
///
/// # Errors
/// `bonus_currency` for another currency than the ledger's, `bonus_charged` for a bonus that has been charged already
/// (A20) where no reason is given, `nothing_changed`, `out_of_range` below 0, `missing_field` and the like for a reason
/// that says nothing.
pub fn decide(
    account: &Account,
    employee: &EmployeeId,
    command: &PersonCommand,
) -> Result<PersonEvent, Refusal> {
    let PersonCommand::RecordBonus {
        month,
        amount,
        reason,
    } = command;
    if amount.currency() != account.currency() {
        return Err(Refusal::new(refusal::BONUS_CURRENCY, "P3")
            .with("given", amount.currency())
            .with("currency", account.currency()));
    }
    match reason {
        None => account.check_bonus(*month, *amount)?,
        Some(reason) => {
            check_reason("reason", reason, "A20")?;
            account.check_amount(*amount, "bonus", "A22")?;
        }
    }
    let recorded = account.bonus(*month);
    if recorded == Some(*amount) {
        return Err(Refusal::new(kernel_refusal::NOTHING_CHANGED, "P3").with("field", "bonus"));
    }
    Ok(PersonEvent::BonusRecorded(BonusRecorded {
        employee: employee.clone(),
        month: *month,
        amount: *amount,
        corrects: recorded.filter(|_| account.is_charged(*month)),
        reason: reason.clone(),
    }))
}
