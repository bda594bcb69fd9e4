//! What was lost: by the loss basis (P-loss, M9-7), and on goods that may be resold for a month (D-loss, D1, A17).

use std::collections::BTreeMap;

use redress_kernel::definition::Mark;
use redress_kernel::id::FieldId;
use redress_kernel::money::{Currency, Money};
use redress_kernel::refusal::{self as kernel, Refusal};
use redress_kernel::time::{Instant, Month, Zone};
use serde::{Deserialize, Serialize};

use crate::concession::{self, RecordedRate};
use crate::event::Granted;
use crate::refusal::{self, of_money, out_of_range};
use crate::tables::{LossBasis, LossRow, LossTable};

/// A loss as somebody enters it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossEntry {
    /// Which kind, as the loss basis names it.
    pub kind: FieldId,
    /// The parts of which the kind is the sum.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub amounts: BTreeMap<FieldId, Money>,
    /// How many pieces came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// What each was sold for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Money>,
    /// What they fetch or are worth now, all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proceeds: Option<Money>,
}

/// A loss as the loss basis reckons it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossLine {
    /// What was entered.
    pub entry: LossEntry,
    /// What it comes to, in the currency in which it was entered.
    pub amount: Money,
    /// The row of the loss basis, from 1.
    pub row: u32,
    /// Whether that row is the source's or an example.
    pub mark: Mark,
}

/// The loss of a case (P-loss).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// Its lines.
    pub lines: Vec<LossLine>,
    /// Their sum in the company's currency.
    pub amount: Money,
    /// The rate by which another currency was converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<RecordedRate>,
    /// Version of the workflow that holds the loss basis.
    pub version: String,
}

/// Reckons one entry by the loss basis (M9-7).
///
/// # Errors
/// `unknown_loss_kind`, `loss_part_missing`, `loss_part_unknown`, `out_of_range` for a figure below 0, `mixed_currencies`
/// within a line.
pub fn line(table: &LossTable, entry: &LossEntry) -> Result<LossLine, Refusal> {
    let clause = table.clause.as_str();
    let mut rows = table.rows.iter().zip(1u32..);
    let (row, number) = rows
        .find(|(row, _)| row.kind == entry.kind)
        .ok_or_else(|| {
            let kinds: Vec<&str> = table.rows.iter().map(|row| row.kind.as_str()).collect();
            Refusal::new(refusal::UNKNOWN_LOSS_KIND, clause)
                .with("kind", &entry.kind)
                .with("kinds", kinds.join(", "))
        })?;
    let amount = match &row.basis {
        LossBasis::Parts(parts) => sum_of_parts(row, parts, entry, clause)?,
        LossBasis::Returned => returned(row, entry, clause)?,
    };
    Ok(LossLine {
        entry: entry.clone(),
        amount,
        row: number,
        mark: row.mark,
    })
}

fn missing(row: &LossRow, part: impl std::fmt::Display, clause: &str) -> Refusal {
    Refusal::new(refusal::LOSS_PART_MISSING, clause)
        .with("kind", &row.kind)
        .with("part", part)
}

fn unknown(row: &LossRow, part: impl std::fmt::Display, clause: &str) -> Refusal {
    Refusal::new(refusal::LOSS_PART_UNKNOWN, clause)
        .with("kind", &row.kind)
        .with("part", part)
}

fn sum_of_parts(
    row: &LossRow,
    parts: &[FieldId],
    entry: &LossEntry,
    clause: &str,
) -> Result<Money, Refusal> {
    if let Some(part) = entry.amounts.keys().find(|part| !parts.contains(part)) {
        return Err(unknown(row, part, clause));
    }
    let strays = [
        ("quantity", entry.quantity.is_some()),
        ("unit_price", entry.unit_price.is_some()),
        ("proceeds", entry.proceeds.is_some()),
    ];
    if let Some((part, _)) = strays.iter().find(|(_, given)| *given) {
        return Err(unknown(row, part, clause));
    }
    let mut sum: Option<Money> = None;
    for part in parts {
        let amount = entry
            .amounts
            .get(part)
            .ok_or_else(|| missing(row, part, clause))?;
        not_below_zero(*amount, part, clause)?;
        sum = Some(match sum {
            None => *amount,
            Some(sum) => sum
                .checked_add(*amount)
                .map_err(|error| of_money(&error, part.as_str(), "loss", clause))?,
        });
    }
    sum.ok_or_else(|| missing(row, "amount", clause))
}

fn returned(row: &LossRow, entry: &LossEntry, clause: &str) -> Result<Money, Refusal> {
    if let Some(part) = entry.amounts.keys().next() {
        return Err(unknown(row, part, clause));
    }
    let quantity = entry
        .quantity
        .ok_or_else(|| missing(row, "quantity", clause))?;
    let price = entry
        .unit_price
        .ok_or_else(|| missing(row, "unit_price", clause))?;
    if quantity < 0 {
        return Err(out_of_range("quantity", "loss", clause));
    }
    not_below_zero(price, "unit_price", clause)?;
    let value = price
        .checked_mul(quantity)
        .map_err(|error| of_money(&error, "unit_price", "loss", clause))?;
    let proceeds = entry.proceeds.unwrap_or(Money::zero(value.currency()));
    not_below_zero(proceeds, "proceeds", clause)?;
    above_zero(value, proceeds, "proceeds", clause)
}

fn not_below_zero(
    amount: Money,
    field: impl std::fmt::Display,
    clause: &str,
) -> Result<(), Refusal> {
    if amount.is_negative() {
        return Err(out_of_range(field, "loss", clause));
    }
    Ok(())
}

/// What is left of a value, never below 0: goods that fetch more than they cost are no gain to anybody.
fn above_zero(value: Money, less: Money, field: &str, clause: &str) -> Result<Money, Refusal> {
    let rest = value
        .checked_sub(less)
        .map_err(|error| of_money(&error, field, "loss", clause))?;
    Ok(if rest.is_negative() {
        Money::zero(rest.currency())
    } else {
        rest
    })
}

/// Reckons the loss of a case in the company's currency `home`. What is in another currency is added up first and
/// converted once, rounded half up, at the rate that the proposal records (A25).
///
/// # Errors
/// Those of [`line()`]; `missing_field` without entries; `rate_missing`, `mixed_currencies`.
pub fn loss(
    table: &LossTable,
    entries: &[LossEntry],
    home: Currency,
    rate: Option<&RecordedRate>,
    version: &str,
) -> Result<Loss, Refusal> {
    if entries.is_empty() {
        return Err(Refusal::new(kernel::MISSING_FIELD, &table.clause)
            .with("field", "lines")
            .with("form", "command"));
    }
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        lines.push(line(table, entry)?);
    }
    let sums: Vec<Granted> = lines
        .iter()
        .map(|line| Granted {
            field: line.entry.kind.clone(),
            amount: line.amount,
        })
        .collect();
    let (amount, rate) = concession::sum(&sums, home, rate)?;
    Ok(Loss {
        lines,
        amount,
        rate,
        version: version.to_owned(),
    })
}

/// Goods that came back (D1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    /// How many pieces, at least 1.
    pub quantity: i64,
    /// What one is worth as grade A.
    pub grade_a: Money,
    /// What is lost on one that is not sold.
    pub actual_loss: Money,
}

/// Pieces that were sold (D1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resold {
    /// How many, at least 1.
    pub quantity: i64,
    /// For how much, all together.
    pub proceeds: Money,
}

/// Goods that came back, and what was sold of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resale {
    /// When the resale month began.
    pub from: Instant,
    /// Its last second (A5).
    pub until: Instant,
    /// What came back.
    pub returned: Returned,
    /// What was sold, with the instants, in the order in which it was entered.
    pub sales: Vec<(Instant, Resold)>,
}

impl Resale {
    /// How many pieces were sold, whenever.
    pub fn sold(&self) -> i64 {
        pieces(self.sales.iter().map(|(_, resold)| resold))
    }
}

/// The loss on goods that came back (D-loss, A17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DLoss {
    /// Pieces sold within the month.
    pub sold: i64,
    /// For how much.
    pub proceeds: Money,
    /// Their loss: value as grade A − proceeds, never below 0.
    pub sold_loss: Money,
    /// Pieces not sold.
    pub unsold: i64,
    /// Their loss: the actual one.
    pub unsold_loss: Money,
    /// Both together.
    pub amount: Money,
    /// The instant at which it was known: the last sale, or the month's last second.
    pub known_at: Instant,
    /// The month with which it settles.
    pub month: Month,
}

/// Checks goods that came back.
///
/// # Errors
/// `out_of_range`, `mixed_currencies`.
pub fn check_returned(returned: &Returned, home: Currency) -> Result<(), Refusal> {
    if returned.quantity < 1 {
        return Err(out_of_range("quantity", "resale", "D1"));
    }
    for (field, amount) in [
        ("grade_a", returned.grade_a),
        ("actual_loss", returned.actual_loss),
    ] {
        of_home(amount, home, field)?;
        amount
            .checked_mul(returned.quantity)
            .map_err(|error| of_money(&error, field, "resale", "D1"))?;
    }
    Ok(())
}

fn of_home(amount: Money, home: Currency, field: &str) -> Result<(), Refusal> {
    Money::zero(home)
        .checked_add(amount)
        .map_err(|error| of_money(&error, field, "resale", "D1"))?;
    if amount.is_negative() {
        return Err(out_of_range(field, "resale", "D1"));
    }
    Ok(())
}

/// Checks a sale of goods that came back.
///
/// # Errors
/// `out_of_range` for a quantity below 1 or above what is left; `mixed_currencies`.
pub fn check_resold(resold: &Resold, resale: &Resale, home: Currency) -> Result<(), Refusal> {
    let left = resale.returned.quantity.saturating_sub(resale.sold());
    if resold.quantity < 1 || resold.quantity > left {
        return Err(Refusal::new(kernel::OUT_OF_RANGE, "D1")
            .with("field", "quantity")
            .with("form", "resale")
            .with("min", 1)
            .with("max", left));
    }
    of_home(resold.proceeds, home, "proceeds")
}

fn pieces<'r>(sales: impl Iterator<Item = &'r Resold>) -> i64 {
    sales
        .map(|resold| resold.quantity)
        .fold(0, i64::saturating_add)
}

/// The loss on the goods as far as an instant tells: none while some may still be sold. A sale in the last second of
/// the month counts, a later one does not (A5).
///
/// # Errors
/// `out_of_range` if a sum cannot be kept exactly.
pub fn d_loss(resale: &Resale, at: Instant, zone: &Zone) -> Result<Option<DLoss>, Refusal> {
    let clause = "A17";
    let at = at.to_whole_second();
    let last_second = at.min(resale.until);
    let sales = || {
        let in_time = move |when: &Instant| when.to_whole_second() <= last_second;
        resale.sales.iter().filter(move |(when, _)| in_time(when))
    };
    let sold = pieces(sales().map(|(_, resold)| resold));
    let unsold = resale.returned.quantity.saturating_sub(sold).max(0);
    let known_at = match sales().map(|(when, _)| *when).max() {
        Some(last) if unsold == 0 => last,
        _ if at > resale.until => resale.until,
        _ => return Ok(None),
    };
    let times = |amount: Money, pieces: i64| {
        amount
            .checked_mul(pieces)
            .map_err(|error| of_money(&error, "quantity", "resale", clause))
    };
    let currency = resale.returned.grade_a.currency();
    let proceeds = Money::sum(currency, sales().map(|(_, resold)| resold.proceeds))
        .map_err(|error| of_money(&error, "proceeds", "resale", clause))?;
    let value = times(resale.returned.grade_a, sold)?;
    let sold_loss = above_zero(value, proceeds, "proceeds", clause)?;
    let unsold_loss = times(resale.returned.actual_loss, unsold)?;
    let amount = sold_loss
        .checked_add(unsold_loss)
        .map_err(|error| of_money(&error, "amount", "resale", clause))?;
    Ok(Some(DLoss {
        sold,
        proceeds,
        sold_loss,
        unsold,
        unsold_loss,
        amount,
        known_at,
        month: Month::of(known_at, zone),
    }))
}

#[cfg(test)]
mod tests;
