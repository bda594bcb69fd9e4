//! Discipline: the grade by a person's share of the loss (D2, D3), and what it costs (D5, A28).

use std::collections::BTreeMap;

use redress_kernel::definition::Mark;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::refusal::{self as kernel, Refusal};
use serde::{Deserialize, Serialize};

use crate::apportionment::apportion;
use crate::deduction::{self, MemberShare};
use crate::refusal::{self, of_money};
use crate::responsibility::Carried;
use crate::staff::Roster;
use crate::tables::{DisciplineTable, Grade};

/// The row of the table of discipline into which a share falls (D3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeApplied {
    /// Version of the workflow that holds the table.
    pub version: String,
    /// Row, from 1.
    pub row: u32,
    /// The lowest share of the row.
    pub from: Money,
    /// The grade that it proposes.
    pub grade: Grade,
    /// Whether the row is the source's or an example.
    pub mark: Mark,
}

/// The grade by a share in money: the last row whose bound it reaches, the bound included (A2).
///
/// # Errors
/// `table_not_set` if no row covers the share, `mixed_currencies`.
pub fn grade(
    table: &DisciplineTable,
    share: Money,
    version: &str,
) -> Result<GradeApplied, Refusal> {
    let mut found = None;
    for (row, number) in table.rows.iter().zip(1u32..) {
        let reached = share
            .compare(row.from)
            .map_err(|error| of_money(&error, "share", "discipline", &table.clause))?;
        if reached.is_ge() {
            found = Some((row, number));
        }
    }
    let (row, number) = found.ok_or_else(|| {
        Refusal::new(refusal::TABLE_NOT_SET, &table.clause).with("table", "discipline")
    })?;
    Ok(GradeApplied {
        version: version.to_owned(),
        row: number,
        from: row.from,
        grade: row.grade,
        mark: table.mark,
    })
}

/// A person's share of a loss, by which discipline is graded; it is not itself deducted (A18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalShare {
    /// Who.
    pub employee: EmployeeId,
    /// How much, over all parties to which the person belongs.
    pub amount: Money,
}

/// A party's part of a loss with what of it falls to each of its people (D1, D2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyShare {
    /// Who.
    pub party: String,
    /// Its part.
    pub amount: Money,
    /// Its people, by id.
    pub members: Vec<MemberShare>,
}

/// Each party's part of a loss: over the same ratios as it is carried by, a unit's part to its members by base points (D1).
/// What the penalty criteria charge plays no role: every department's people are graded. A whole department in which
/// nobody has base points keeps its part; there is nobody to grade.
///
/// # Errors
/// `no_base_points`, `out_of_range`.
pub fn party_shares(
    of: Money,
    carried: &[Carried],
    roster: Roster<'_>,
) -> Result<Vec<PartyShare>, Refusal> {
    let weights: Vec<(String, u64)> = carried
        .iter()
        .map(|carried| (carried.party.clone(), u64::from(carried.basis_points)))
        .collect();
    let parts: BTreeMap<String, Money> = apportion(of, &weights)?.into_iter().collect();
    let mut shares = Vec::new();
    for carried in carried.iter().filter(|carried| carried.is_ours()) {
        let Some(part) = parts.get(&carried.party) else {
            continue;
        };
        let members = if carried.party.starts_with("department:") {
            deduction::people_of(carried, roster)?
        } else {
            deduction::members_of(carried, roster)?
        };
        if members.is_empty() {
            continue;
        }
        shares.push(PartyShare {
            party: carried.party.clone(),
            amount: *part,
            members: deduction::shares(*part, &members)?,
        });
    }
    Ok(shares)
}

/// Each person's share of a loss (D2), over all parties to which the person belongs. Sorted by id.
///
/// # Errors
/// `out_of_range`, `mixed_currencies`.
pub fn personal_shares(parts: &[PartyShare]) -> Result<Vec<PersonalShare>, Refusal> {
    let mut shares: BTreeMap<EmployeeId, Money> = BTreeMap::new();
    for member in parts.iter().flat_map(|part| &part.members) {
        let sum = shares
            .entry(member.employee.clone())
            .or_insert(Money::zero(member.amount.currency()));
        *sum = sum
            .checked_add(member.amount)
            .map_err(|error| of_money(&error, "share", "discipline", "D2"))?;
    }
    let share = |(employee, amount)| PersonalShare { employee, amount };
    Ok(shares.into_iter().map(share).collect())
}

/// Somebody's share of it; none of whoever carries nothing.
///
/// # Errors
/// As [`personal_shares`].
pub fn share_of(parts: &[PartyShare], employee: &EmployeeId) -> Result<Option<Money>, Refusal> {
    let mut shares = personal_shares(parts)?.into_iter();
    let theirs = shares.find(|share| share.employee == *employee);
    Ok(theirs.map(|share| share.amount))
}

/// What the general manager decides about a person (D4, D5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// The grade.
    pub grade: Grade,
    /// How often: several warnings or minor demerits add up. 1 for a major demerit; 0 for none.
    pub count: u32,
    /// The fine of each, for a minor demerit per base unit; none: the least that the regulation allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Money>,
}

/// What discipline costs (D5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fine {
    /// Nothing.
    None,
    /// A sum.
    Sum(Money),
    /// The whole bonus of the month with which it settles.
    WholeBonus,
}

/// What a decided grade costs somebody. `base_units` (基数) are hundredths; only a minor demerit needs them.
///
/// # Errors
/// `below_floor` for a rate below the regulation's, `out_of_range` for a count that does not fit the grade,
/// `base_units_unknown`, `mixed_currencies`.
pub fn fine(
    table: &DisciplineTable,
    sentence: &Sentence,
    (employee, base_units): (&EmployeeId, Option<u32>),
) -> Result<Fine, Refusal> {
    let clause = table.fines_clause.as_str();
    let (least, most) = match sentence.grade {
        Grade::None => (0, 0),
        Grade::MajorDemerit => (1, 1),
        Grade::Warning | Grade::MinorDemerit => (1, u32::MAX),
    };
    if sentence.count < least || sentence.count > most {
        return Err(Refusal::new(kernel::OUT_OF_RANGE, clause)
            .with("field", "count")
            .with("form", "discipline")
            .with("min", least)
            .with("max", most));
    }
    let floor = match sentence.grade {
        Grade::None | Grade::MajorDemerit => {
            if let Some(rate) = sentence.rate {
                return Err(Refusal::new(refusal::NO_RATE, clause)
                    .with("grade", sentence.grade.id())
                    .with("rate", rate));
            }
            return Ok(match sentence.grade {
                Grade::MajorDemerit => Fine::WholeBonus,
                _ => Fine::None,
            });
        }
        Grade::Warning => table.warning,
        Grade::MinorDemerit => table.minor_demerit,
    };
    let rate = sentence.rate.unwrap_or(floor);
    let below = rate
        .compare(floor)
        .map_err(|error| of_money(&error, "rate", "discipline", clause))?;
    if below.is_lt() {
        return Err(Refusal::new(refusal::BELOW_FLOOR, clause)
            .with("grade", sentence.grade.id())
            .with("rate", rate)
            .with("floor", floor));
    }
    let each = match sentence.grade {
        Grade::MinorDemerit => {
            let units = base_units.ok_or_else(|| {
                Refusal::new(refusal::BASE_UNITS_UNKNOWN, clause).with("employee", employee)
            })?;
            per_base_unit(rate, floor, units, clause)?
        }
        _ => rate,
    };
    let sum = each
        .checked_mul(i64::from(sentence.count))
        .map_err(|error| of_money(&error, "count", "discipline", clause))?;
    Ok(Fine::Sum(sum))
}

/// Rate × base units, rounded down, never below the floor × base units (A28): so where that is no whole number of minor
/// units, it is rounded up.
fn per_base_unit(
    rate: Money,
    floor: Money,
    hundredths: u32,
    clause: &str,
) -> Result<Money, Refusal> {
    let product = |each: Money| i128::from(each.minor()) * i128::from(hundredths);
    let minor = product(rate).div_euclid(100);
    let least = (product(floor) + 99).div_euclid(100);
    i64::try_from(minor.max(least))
        .ok()
        .and_then(|minor| Money::new(minor, rate.currency()).ok())
        .ok_or_else(|| refusal::out_of_range("rate", "discipline", clause))
}

#[cfg(test)]
mod tests;
