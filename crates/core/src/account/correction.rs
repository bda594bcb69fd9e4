//! A bonus that was charged and turns out to have been another: what it paid too much is given back (P3, D5, A19 to A21).

use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::Month;

use super::settle::lesser;
use super::{Account, ItemKey, ItemKind, Line, Terms, less};
use crate::apportionment::part_of;

impl Account {
    /// What the bonus of a month has paid and was not given back, by item in the order in which it was charged: the line
    /// that charged it, and how much is left of that. What a smaller amount gave back (A16) counts as taken of the
    /// bonus charged last.
    pub fn taken_of(&self, month: Month) -> Vec<(&Line, Money)> {
        let mut taken: Vec<(&Line, Money)> = Vec::new();
        for line in &self.lines {
            let is_new = taken.iter().all(|(other, _)| other.key != line.key);
            if line.bonus_month == Some(month) && is_new {
                taken.push((line, self.taken_for(&line.key, month)));
            }
        }
        taken.retain(|(_, sum)| !sum.is_zero());
        taken
    }

    fn taken_for(&self, key: &ItemKey, month: Month) -> Money {
        let mut charges: Vec<(Month, Money)> = Vec::new();
        for line in self.lines.iter().filter(|line| line.key == *key) {
            if let Some(of) = line.bonus_month {
                charges.push((of, line.amount));
                continue;
            }
            let mut back = line.amount;
            for (of, sum) in charges.iter_mut().rev() {
                if line.corrected.is_none_or(|corrected| corrected == *of) {
                    let part = lesser(back, *sum);
                    *sum = less(*sum, part);
                    back = less(back, part);
                }
            }
        }
        let zero = Money::zero(self.currency);
        let of_month = charges.iter().filter(|(of, _)| *of == month);
        // No sum here is more than a bonus.
        of_month.fold(zero, |sum, (_, part)| sum.checked_add(*part).unwrap_or(sum))
    }

    /// Reckons what corrected bonuses give back: of each what it paid beyond what the corrected amount allows, the item
    /// charged last first, so that deductions go before fines. Deductions and fines are owed again and go on with later
    /// bonuses; of a forfeited bonus nothing is. Nothing is entered; entered by [`Account::apply`], nothing is left to
    /// give back a second time.
    ///
    /// A bonus that turned out larger takes nothing more for deductions and fines: it was paid out (A20).
    ///
    /// # Errors
    /// `out_of_range` where the ceiling cannot be reckoned.
    pub fn give_back(&self, settled: Month, terms: &Terms<'_>) -> Result<Vec<Line>, Refusal> {
        let mut lines = Vec::new();
        if self.corrected.is_empty() {
            return Ok(lines);
        }
        let mut after = self.clone();
        for month in &self.corrected {
            let of_month = after.too_much(*month, settled, terms)?;
            for line in &of_month {
                after.apply(line);
            }
            lines.extend(of_month);
        }
        Ok(lines)
    }

    fn too_much(
        &self,
        month: Month,
        settled: Month,
        terms: &Terms<'_>,
    ) -> Result<Vec<Line>, Refusal> {
        let Some(bonus) = self.bonus(month) else {
            return Ok(Vec::new());
        };
        let mut kept = Vec::new();
        let (mut left, mut ceiling) = (bonus, None);
        // As it is charged (A21), within the corrected bonus: the oldest keeps what it took.
        for (line, sum) in self.taken_of(month) {
            let mut limit = left;
            if line.key.kind == ItemKind::Deduction {
                // The ceiling is that by which the month was charged.
                let applied = line.applied.as_ref().and_then(|applied| applied.ceiling);
                let of_bonus = match ceiling {
                    Some(of_bonus) => of_bonus,
                    None => part_of(bonus, applied.unwrap_or(terms.ceiling), &line.clause)?,
                };
                limit = lesser(left, of_bonus);
                ceiling = Some(less(of_bonus, lesser(sum, limit)));
            }
            let amount = lesser(sum, limit);
            left = less(left, amount);
            kept.push((line, sum, less(sum, amount)));
        }
        let newest_first = kept.into_iter().rev();
        Ok(newest_first
            .filter(|(_, _, back)| !back.is_zero())
            .filter_map(|(line, sum, back)| self.returned(line, settled, (month, bonus), sum, back))
            .collect())
    }

    fn returned(
        &self,
        charged: &Line,
        settled: Month,
        (month, bonus): (Month, Money),
        sum: Money,
        back: Money,
    ) -> Option<Line> {
        let item = self.item(&charged.key)?;
        let owed_before = item.remaining();
        let remaining = match item.key.kind {
            ItemKind::WholeBonus => owed_before,
            ItemKind::Fine | ItemKind::Deduction => owed_before.checked_add(back).ok()?,
        };
        Some(Line {
            settled,
            bonus_month: None,
            corrected: Some(month),
            bonus: Some(bonus),
            key: item.key.clone(),
            number: item.number.clone(),
            owed_before,
            limit: sum,
            amount: back,
            remaining,
            clause: charged.clause.clone(),
            applied: charged.applied.clone(),
        })
    }
}
