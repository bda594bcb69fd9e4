//! Settling a month: whose bonus is charged, for what, how far (A20 to A22).

use std::collections::BTreeSet;

use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::Month;
use serde::{Deserialize, Serialize};

use super::{Account, Item, ItemKind, Line, TermsApplied, enter, less};
use crate::apportionment::part_of;
use crate::tables::{DisciplineTable, PenaltyTable};

/// What the tables say about charging a bonus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The most that all deductions together take of a whole month's bonus, in basis points (P3).
    pub ceiling: u32,
    /// Clause of the ceiling.
    pub ceiling_clause: &'a str,
    /// Clause of fines and of the whole bonus.
    pub fines_clause: &'a str,
    /// Version of the workflow that holds the tables.
    pub version: &'a str,
}

impl<'a> Terms<'a> {
    /// The terms of a company's tables. Without a table of discipline nobody is fined, and D5 is only named.
    pub fn of(
        penalty: &'a PenaltyTable,
        discipline: Option<&'a DisciplineTable>,
        version: &'a str,
    ) -> Self {
        Self {
            ceiling: penalty.ceiling,
            ceiling_clause: &penalty.ceiling_clause,
            fines_clause: discipline.map_or("D5", |table| &table.fines_clause),
            version,
        }
    }
}

/// What the settlement of a month does on one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// The month that is settled.
    pub settled: Month,
    /// What happens, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// The months whose bonus is now charged, the oldest first; also those that had nothing to pay for: their bonus
    /// is paid out, and nothing decided later reaches it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charged: Vec<Month>,
    /// The months whose bonus would have been charged, were it known; reported, and charged once it is (A22).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Month>,
}

impl Settlement {
    /// Whether nothing happens and nothing is to be reported.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.charged.is_empty() && self.unknown.is_empty()
    }
}

impl Account {
    /// Reckons the settlement of a month: each month up to it whose bonus is known and not charged yet is charged,
    /// the oldest first. Nothing is entered. Before that a forfeited bonus that turned out larger is taken as a whole.
    ///
    /// A bonus pays for what settles with its month or an earlier one (A20, [`Item::payable`]), in this order (A21): the whole bonus if
    /// it is forfeited, once, for however many cases; fines; deductions, which together take at most the ceiling,
    /// reckoned on the full bonus. Of each the oldest first (A22). Where a person does not work here, after
    /// leaving and until coming back, there is no bonus to charge, and none to wait for (A24).
    ///
    /// Entered by [`Account::apply_settlement`], it leaves nothing to charge a second time.
    ///
    /// # Errors
    /// `out_of_range` for a bonus below 0, `mixed_currencies` for one in another currency; [`Account::check_bonus`]
    /// keeps both out.
    pub fn settle(&self, settled: Month, terms: &Terms<'_>) -> Result<Settlement, Refusal> {
        let mut items = self.items.clone();
        let mut settlement = Settlement {
            settled,
            lines: Vec::new(),
            charged: Vec::new(),
            unknown: Vec::new(),
        };
        for month in &self.corrected {
            settlement
                .lines
                .extend(self.forfeit_rest(*month, settled, terms));
        }
        let last = self.left.map_or(settled, |left| left.min(settled));
        for month in self.months_to_charge(last) {
            let Some(bonus) = self.bonus(month) else {
                if items.iter().any(|item| is_due(item, month)) {
                    settlement.unknown.push(month);
                }
                continue;
            };
            self.check_amount(bonus, "bonus", "A22")?;
            let charge = Charge {
                settled,
                month,
                bonus,
                terms,
            };
            let lines = charge.lines(&items, self)?;
            for line in &lines {
                if let Some(item) = items.iter_mut().find(|item| item.key == line.key) {
                    enter(item, line);
                }
            }
            settlement.lines.extend(lines);
            settlement.charged.push(month);
        }
        Ok(settlement)
    }

    /// What a forfeited bonus is more than what was taken of it, once it is corrected: the whole of it is forfeited (D5).
    fn forfeit_rest(&self, month: Month, settled: Month, terms: &Terms<'_>) -> Option<Line> {
        let bonus = self.bonus(month)?;
        let mut same = self.items.iter().filter(|i| i.forfeited == Some(month));
        if same.clone().all(|item| item.lifted) {
            return None;
        }
        let taken = self.taken_of(month);
        let holder = same
            .clone()
            .find(|i| taken.iter().any(|(line, _)| line.key == i.key));
        let item = holder.or_else(|| same.find(|item| !item.lifted))?;
        let left = taken.iter().fold(bonus, |left, (_, sum)| less(left, *sum));
        let charge = Charge {
            settled,
            month,
            bonus,
            terms,
        };
        (!left.is_zero()).then(|| charge.line(item, left, left))
    }

    /// The months up to `last` that are not charged yet and have a bonus: those whose bonus is known, and all since the
    /// first for which something is owed.
    fn months_to_charge(&self, last: Month) -> BTreeSet<Month> {
        let mut months: BTreeSet<Month> = self.bonuses.keys().copied().collect();
        if let Some(first) = self.open_items().map(|item| item.month).min() {
            let later = std::iter::successors(Some(first), |month| month.plus_months(1));
            months.extend(later.take_while(|month| *month <= last));
        }
        months.retain(|month| *month <= last && self.is_here(*month) && !self.is_charged(*month));
        months
    }
}

/// The charging of one month's bonus.
struct Charge<'a> {
    settled: Month,
    month: Month,
    bonus: Money,
    terms: &'a Terms<'a>,
}

impl Charge<'_> {
    fn lines(&self, items: &[Item], account: &Account) -> Result<Vec<Line>, Refusal> {
        let due = |kind: ItemKind| {
            items
                .iter()
                .filter(move |item| item.key.kind == kind && is_due(item, self.month))
        };
        let mut lines = Vec::new();
        let mut left = self.bonus;
        for item in due(ItemKind::WholeBonus).filter(|item| self.is_forfeit(item, account)) {
            // The first takes all; the others are settled by the same forfeiture.
            lines.push(self.line(item, left, left));
            left = Money::zero(left.currency());
        }
        for item in due(ItemKind::Fine) {
            let amount = lesser(item.payable(self.month), left);
            lines.push(self.line(item, left, amount));
            left = less(left, amount);
        }
        let mut ceiling = part_of(self.bonus, self.terms.ceiling, self.terms.ceiling_clause)?;
        for item in due(ItemKind::Deduction) {
            let limit = lesser(ceiling, left);
            let amount = lesser(item.payable(self.month), limit);
            lines.push(self.line(item, limit, amount));
            left = less(left, amount);
            ceiling = less(ceiling, amount);
        }
        Ok(lines)
    }

    /// Whether this month's is the bonus that an item forfeits: that of its settlement month or, where the item came
    /// after that one was charged, of the next that is not (A20). It waits for a bonus that is not known yet, and passes
    /// over a month without one (A24). `account` is that of before the settlement: a month of this one has taken what
    /// was due to it.
    fn is_forfeit(&self, item: &Item, account: &Account) -> bool {
        std::iter::successors(Some(item.month), |month| month.plus_months(1))
            .take_while(|month| *month < self.month)
            .all(|month| account.is_charged(month) || !account.is_here(month))
    }

    fn line(&self, item: &Item, limit: Money, amount: Money) -> Line {
        let terms = self.terms;
        let (clause, table, row, ceiling) = match item.key.kind {
            ItemKind::WholeBonus | ItemKind::Fine => {
                (terms.fines_clause, "discipline", "fines", None)
            }
            ItemKind::Deduction => {
                let ceiling = Some(terms.ceiling);
                (terms.ceiling_clause, "penalty", "ceiling", ceiling)
            }
        };
        let payable = item.payable(self.month);
        Line {
            settled: self.settled,
            bonus_month: Some(self.month),
            corrected: None,
            bonus: Some(self.bonus),
            key: item.key.clone(),
            number: item.number.clone(),
            owed_before: payable,
            limit,
            amount,
            remaining: less(payable, amount),
            clause: clause.to_owned(),
            applied: Some(TermsApplied {
                table: table.to_owned(),
                version: terms.version.to_owned(),
                row: row.to_owned(),
                ceiling,
            }),
        }
    }
}

/// Whether the bonus of a month is to pay for an item, were it large enough.
fn is_due(item: &Item, month: Month) -> bool {
    match item.key.kind {
        ItemKind::WholeBonus => item.is_open() && item.month <= month,
        ItemKind::Fine | ItemKind::Deduction => !item.payable(month).is_zero(),
    }
}

/// The smaller of two sums of the account's one currency.
pub(super) fn lesser(one: Money, other: Money) -> Money {
    if one.minor() <= other.minor() {
        one
    } else {
        other
    }
}
