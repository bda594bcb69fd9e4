//! A person's account: what is owed for which case, and what each month takes of the bonus (D5, P3, A20 to A24).
//!
//! What happens is reckoned first ([`Account::owe`], [`Account::settle`]) and entered afterwards ([`Account::put`],
//! [`Account::apply`]): what is reckoned stands in an event, and entering it reckons nothing again.

mod correction;
mod settle;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::money::{Currency, Money};
use redress_kernel::refusal::Refusal;
use redress_kernel::time::{Instant, Month};
use serde::{Deserialize, Serialize};

use crate::refusal::{self, BONUS_CHARGED};

pub use settle::{Settlement, Terms};

/// What takes money from a person (A18), in the order in which a month's bonus is charged (A21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// The whole bonus of a month, for a major demerit (D5).
    WholeBonus,
    /// The fine of warnings or minor demerits (D5).
    Fine,
    /// The person's part of a loss (P3).
    Deduction,
}

/// What an item is for. Of each there is one on an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemKey {
    /// Number of the first case of the chain of new forms, as key: a chain has one loss, and one fine (A16).
    pub case: String,
    /// What for.
    pub kind: ItemKind,
}

/// What somebody is to owe for a case: puts an item on the account, or changes the amount of one that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Debt {
    /// What for.
    pub key: ItemKey,
    /// The instant of the decision; the oldest is charged first (A22).
    pub decided_at: Instant,
    /// Number of the case as printed, which orders what was decided at one instant (A22).
    pub number: String,
    /// The month with which it settles: no bonus of an earlier one is charged for it, nor for the rise of an amount
    /// (A20).
    pub month: Month,
    /// How much in all, 0 or more. Of a whole bonus 0: its sum is that of the bonus.
    pub amount: Money,
    /// Whether no bonus is forfeited any more; only of a whole bonus that stands on the account (M9-12, A16).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lifted: bool,
}

/// Something owed on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What for.
    pub key: ItemKey,
    /// The instant of the decision that first put it here.
    pub decided_at: Instant,
    /// The printed number of the case that first put it here.
    pub number: String,
    /// The month with which it first settled.
    pub month: Month,
    /// The month whose closing put it here: that one, or a later one where discipline was decided late.
    pub entered: Month,
    // INVARIANT: once its line is entered, owed = charged − given back + remaining.
    /// How much in all; of a whole bonus what was forfeited, 0 before.
    pub owed: Money,
    /// How much was owed in all from the settlement of each month on; none of a whole bonus.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub amounts: BTreeMap<Month, Money>,
    /// What was charged to bonuses so far.
    pub charged: Money,
    /// What of it was given back (A16).
    pub given_back: Money,
    /// The month whose whole bonus was forfeited for it; only of a whole bonus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forfeited: Option<Month>,
    /// Whether no bonus is forfeited for it any more; only of a whole bonus (M9-12, A16).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lifted: bool,
}

impl Item {
    /// What was charged and not given back.
    pub fn net_charged(&self) -> Money {
        less(self.charged, self.given_back)
    }

    /// What is still to be charged, never below 0; 0 of a whole bonus, whose sum nobody knows beforehand.
    pub fn remaining(&self) -> Money {
        less(self.owed, self.net_charged())
    }

    /// What of it the bonus of a month may pay: no amount that settles with a later month, and no rise of one (A16,
    /// A20). A fall holds for every bonus. 0 of a whole bonus.
    pub fn payable(&self, bonus_month: Month) -> Money {
        let mut amount = Money::zero(self.owed.currency());
        for (month, from_then_on) in &self.amounts {
            if *month <= bonus_month || from_then_on.minor() < amount.minor() {
                amount = *from_then_on;
            }
        }
        less(amount, self.net_charged())
    }

    /// Whether there is still something to charge.
    pub fn is_open(&self) -> bool {
        match self.key.kind {
            ItemKind::WholeBonus => self.forfeited.is_none() && !self.lifted,
            ItemKind::Fine | ItemKind::Deduction => !self.remaining().is_zero(),
        }
    }

    /// Oldest first (A22).
    fn order(&self, other: &Self) -> Ordering {
        self.decided_at
            .cmp(&other.decided_at)
            .then_with(|| serial(&self.number).cmp(&serial(&other.number)))
            .then_with(|| self.key.cmp(&other.key))
    }
}

/// One step on an account with all that explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The month in whose settlement it happened.
    pub settled: Month,
    /// The month whose bonus was charged; none: money was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus_month: Option<Month>,
    /// The month whose bonus turned out smaller than what was charged, so that this was given back of it; none of
    /// anything else (P3, A21).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Month>,
    /// The full bonus of the one month or the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<Money>,
    /// What the item is for.
    pub key: ItemKey,
    /// The printed number of the item's case.
    pub number: String,
    /// What remained to be charged before this step, as far as this month's bonus may pay it.
    pub owed_before: Money,
    /// The most that this step could take; of money given back the most that could be given, of a corrected bonus what
    /// it had paid for the item.
    pub limit: Money,
    /// What it took, or gave back; 0 where something was owed and nothing could be taken.
    pub amount: Money,
    /// What of that remains after it.
    pub remaining: Money,
    /// The clause by which it was taken, or given back.
    pub clause: String,
    /// The entry of a table by which it was taken; of money given back none, but of a corrected bonus that by which it
    /// was charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<TermsApplied>,
}

/// Table, version and row by which a line was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsApplied {
    /// Table: `penalty` or `discipline`.
    pub table: String,
    /// Version of the workflow in force at the closing, which holds it.
    pub version: String,
    /// Its row: `ceiling` of deductions, `fines` of fines and the whole bonus.
    pub row: String,
    /// The most that all deductions together take of the full bonus, in basis points; only of a deduction (P3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<u32>,
}

impl Line {
    /// Whether money was given back rather than charged.
    pub fn is_given_back(&self) -> bool {
        self.bonus_month.is_none()
    }
}

/// A person's account, all in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    currency: Currency,
    // INVARIANT: oldest first (A22), each key once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<Item>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    bonuses: BTreeMap<Month, Money>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    charged_months: BTreeSet<Month>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    corrected: BTreeSet<Month>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left: Option<Month>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    away: BTreeSet<Month>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lines: Vec<Line>,
}

impl Account {
    /// An account on which nothing stands.
    pub fn new(currency: Currency) -> Self {
        Self {
            currency,
            items: Vec::new(),
            bonuses: BTreeMap::new(),
            charged_months: BTreeSet::new(),
            corrected: BTreeSet::new(),
            left: None,
            away: BTreeSet::new(),
            lines: Vec::new(),
        }
    }

    /// The currency of all its figures.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Everything that was ever owed, oldest first (A22).
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// What is owed for a case.
    pub fn item(&self, key: &ItemKey) -> Option<&Item> {
        self.items.iter().find(|item| item.key == *key)
    }

    /// What is still to be charged, oldest first.
    pub fn open_items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.is_open())
    }

    /// Everything that happened, in the order in which it happened.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The bonus of a month, if it is known (A22).
    pub fn bonus(&self, month: Month) -> Option<Money> {
        self.bonuses.get(&month).copied()
    }

    /// The bonuses that are known, by month.
    pub fn bonuses(&self) -> impl Iterator<Item = (Month, Money)> {
        self.bonuses.iter().map(|(month, bonus)| (*month, *bonus))
    }

    /// Whether a month's bonus has been charged, be it for nothing. It is charged once (A20).
    pub fn is_charged(&self, month: Month) -> bool {
        self.charged_months.contains(&month)
    }

    /// The last month in which the person has a bonus; none: still here.
    pub fn left(&self) -> Option<Month> {
        self.left
    }

    /// The months between leaving and coming back, which have no bonus (A24).
    pub fn away(&self) -> &BTreeSet<Month> {
        &self.away
    }

    /// Whether the person works here in a month, and so has a bonus of it, known or not (A24).
    pub fn is_here(&self, month: Month) -> bool {
        self.left.is_none_or(|left| month <= left) && !self.away.contains(&month)
    }

    /// What somebody who has left by the end of a month still owes, oldest first: a claim, which passes to nobody
    /// else (A24). Empty for a person who is still here.
    pub fn claims(&self, month: Month) -> Vec<&Item> {
        if self.left.is_some_and(|left| left <= month) {
            self.open_items().collect()
        } else {
            Vec::new()
        }
    }

    /// Whether a bonus can be entered for a month without correcting what was charged.
    ///
    /// # Errors
    /// `out_of_range` below 0, `mixed_currencies` in another currency than the account's, `bonus_charged` (A20) if
    /// the month's bonus has been charged, another than this.
    pub fn check_bonus(&self, month: Month, bonus: Money) -> Result<(), Refusal> {
        self.check_amount(bonus, "bonus", "A22")?;
        if self.is_charged(month) && self.bonus(month) != Some(bonus) {
            return Err(Refusal::new(BONUS_CHARGED, "A20").with("month", month));
        }
        Ok(())
    }

    /// Reckons what a debt gives back: where the amount falls below what was charged, the difference (A16). What
    /// was charged within the new amount stays charged. Of a whole bonus that is lifted what was forfeited, unless the
    /// same month is forfeited for another case too. `settled` is the month in whose settlement that happens.
    ///
    /// # Errors
    /// `out_of_range` for an amount below 0, `mixed_currencies` in another currency than the account's.
    pub fn owe(&self, debt: &Debt, settled: Month) -> Result<Option<Line>, Refusal> {
        self.check_amount(debt.amount, "amount", "A16")?;
        let item = match debt.key.kind {
            ItemKind::WholeBonus => self.holder(debt),
            ItemKind::Fine | ItemKind::Deduction => self.item(&debt.key),
        };
        Ok(item.and_then(|item| {
            let charged = item.net_charged();
            let amount = less(charged, debt.amount);
            (!amount.is_zero()).then(|| Line {
                settled,
                bonus_month: None,
                corrected: None,
                bonus: None,
                key: item.key.clone(),
                number: item.number.clone(),
                owed_before: item.remaining(),
                limit: charged,
                amount,
                remaining: Money::zero(self.currency),
                clause: "A16".to_owned(),
                applied: None,
            })
        }))
    }

    /// The item on which the bonus stands that a lifted one gives back; none while another still forfeits it (A21: a
    /// month is forfeited once, for however many cases).
    fn holder(&self, debt: &Debt) -> Option<&Item> {
        let month = self.item(&debt.key)?.forfeited.filter(|_| debt.lifted)?;
        let mut same = self.items.iter().filter(|i| i.forfeited == Some(month));
        let is_shared = same.clone().any(|i| i.key != debt.key && !i.lifted);
        same.find(|i| !is_shared && !i.net_charged().is_zero())
    }

    /// Enters that a whole bonus is forfeited no more, or is once more.
    fn lift(&mut self, debt: &Debt) {
        let forfeited = self.item(&debt.key).and_then(|item| item.forfeited);
        for item in self.items.iter_mut().filter(|item| item.key == debt.key) {
            if item.lifted && !debt.lifted && forfeited.is_none() {
                item.month = debt.month;
            }
            item.lifted = debt.lifted;
        }
        let mut same = self.items.iter().filter(|i| i.forfeited == forfeited);
        if same.all(|item| item.lifted) {
            for item in &mut self.items {
                if item.forfeited == forfeited {
                    item.forfeited = None;
                }
            }
        }
    }

    pub(crate) fn check_amount(
        &self,
        amount: Money,
        field: &str,
        clause: &str,
    ) -> Result<(), Refusal> {
        // Adding nothing is how two currencies are found out.
        Money::zero(self.currency)
            .checked_add(amount)
            .map_err(|error| refusal::of_money(&error, field, "account", clause))?;
        if amount.is_negative() {
            return Err(refusal::out_of_range(field, "account", clause));
        }
        Ok(())
    }

    /// Enters a debt with the closing of a month. An item that is here keeps its place, its number and its first month; from the month of the
    /// debt on the amount is the new one. An amount of 0 puts nothing here that was not here.
    pub fn put(&mut self, debt: &Debt, entered: Month) {
        let is_whole = debt.key.kind == ItemKind::WholeBonus;
        if let Some(item) = self.items.iter_mut().find(|item| item.key == debt.key) {
            if is_whole {
                self.lift(debt);
            } else {
                item.owed = debt.amount;
                item.amounts.insert(debt.month, debt.amount);
            }
            return;
        }
        if debt.lifted || !is_whole && debt.amount.is_zero() {
            return;
        }
        let zero = Money::zero(self.currency);
        let (owed, amounts) = if is_whole {
            (zero, BTreeMap::new())
        } else {
            (debt.amount, BTreeMap::from([(debt.month, debt.amount)]))
        };
        let item = Item {
            key: debt.key.clone(),
            decided_at: debt.decided_at,
            number: debt.number.clone(),
            month: debt.month,
            entered,
            owed,
            amounts,
            charged: zero,
            given_back: zero,
            forfeited: None,
            lifted: false,
        };
        let place = self
            .items
            .partition_point(|other| other.order(&item).is_lt());
        self.items.insert(place, item);
    }

    /// Enters a bonus that has become known.
    pub fn put_bonus(&mut self, month: Month, bonus: Money) {
        self.bonuses.insert(month, bonus);
    }

    /// Enters that a bonus that was charged was another in truth. The next settlement gives back what it paid too much
    /// ([`Account::give_back`]).
    pub fn correct_bonus(&mut self, month: Month, bonus: Money) {
        self.bonuses.insert(month, bonus);
        self.corrected.insert(month);
    }

    /// Enters that a month was closed. Its closing charged every bonus up to it that was known, be it for nothing: that
    /// was paid out, and nothing decided later reaches it (A20). Of whoever owed nothing no event of its own says so.
    pub fn put_closed(&mut self, month: Month) {
        let known = self.bonuses.range(..=month);
        self.charged_months.extend(known.map(|(month, _)| *month));
    }

    /// Enters the last month in which the person has a bonus; none: the person is back.
    pub fn put_left(&mut self, left: Option<Month>) {
        self.left = left;
    }

    /// Enters the months in which somebody who came back did not work here: none of them has a bonus.
    pub fn put_away(&mut self, away: BTreeSet<Month>) {
        self.away = away;
    }

    /// Enters one line.
    pub fn apply(&mut self, line: &Line) {
        if let Some(item) = self.items.iter_mut().find(|item| item.key == line.key) {
            enter(item, line);
        }
        self.lines.push(line.clone());
    }

    /// Enters what a settlement reckoned: its lines, and the months that are charged.
    pub fn apply_settlement(&mut self, settlement: &Settlement) {
        for line in &settlement.lines {
            self.apply(line);
        }
        self.charged_months.extend(&settlement.charged);
    }
}

/// Adds a line's amount to its item.
fn enter(item: &mut Item, line: &Line) {
    // No sum here can grow too large: what is charged lies within what is owed, what is given back within that.
    let plus = |sum: Money| sum.checked_add(line.amount).unwrap_or(sum);
    match line.bonus_month {
        None => {
            item.given_back = plus(item.given_back);
            if item.key.kind == ItemKind::WholeBonus {
                item.owed = less(item.owed, line.amount);
            }
        }
        Some(month) => {
            item.charged = plus(item.charged);
            if item.key.kind == ItemKind::WholeBonus {
                item.owed = plus(item.owed);
                item.forfeited = Some(month);
            }
        }
    }
}

/// What is left of a sum of the account's one currency, never below 0.
fn less(sum: Money, taken: Money) -> Money {
    let zero = Money::zero(sum.currency());
    match sum.checked_sub(taken) {
        Ok(left) if !left.is_negative() => left,
        _ => zero,
    }
}

/// A printed number as it is ordered: `26-03-100` after `26-03-99` (A14).
fn serial(number: &str) -> Vec<(bool, usize, &[u8])> {
    number
        .as_bytes()
        .chunk_by(|one, other| one.is_ascii_digit() == other.is_ascii_digit())
        .map(|run| {
            if run.first().is_some_and(u8::is_ascii_digit) {
                let zeros = run.iter().take_while(|digit| **digit == b'0').count();
                let digits = run.get(zeros..).unwrap_or_default();
                (false, digits.len(), digits)
            } else {
                (true, 0, run)
            }
        })
        .collect()
}
