//! Who carries a loss: shares that add up to the whole, at the smallest unit that can be named (P1, P2, M9-13, A23).

use std::collections::BTreeSet;

use redress_kernel::form::{check_reason, is_party};
use redress_kernel::id::{DepartmentId, EmployeeId};
use redress_kernel::money::Money;
use redress_kernel::refusal::{self as kernel, Refusal};
use redress_kernel::time::Date;
use serde::{Deserialize, Serialize};

use crate::apportionment::{apportion, part_of};
use crate::refusal;
use crate::staff::Staff;
use crate::tables::{PenaltyRow, PenaltyTable, UnitKind};

/// The whole, in basis points.
const WHOLE: u32 = 10_000;

/// A party's share of responsibility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponsibleShare {
    /// Who: `unit:group-3`, `person:E17`, `department:rnd`, `supplier:S4`, `customer:K7`, `company:X`.
    pub party: String,
    /// Of 10,000.
    pub basis_points: u32,
    /// Why no smaller unit can be named (P1, P2); only of a larger one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not_smaller: Option<String>,
    /// The department of a person, a unit or itself; filled in by the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// What kind of unit it is; filled in by the rules. None: an outside party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<UnitKind>,
}

/// What a party carries of a loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// Who.
    pub party: String,
    /// Of 10,000.
    pub basis_points: u32,
    /// Its share of the loss.
    pub amount: Money,
    /// What of it is charged to people (P3); 0 where nobody's bonus is deducted.
    pub charged: Money,
    /// Whether people are charged: those of the departments of M12 alone.
    pub deducts: bool,
    /// Why no smaller unit could be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not_smaller: Option<String>,
    /// The department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// What kind of unit; none: an outside party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<UnitKind>,
}

impl Carried {
    /// Whether it is one of us rather than a supplier, a customer or another company.
    pub fn is_ours(&self) -> bool {
        self.kind.is_some()
    }

    /// The share behind it.
    pub fn share(&self) -> ResponsibleShare {
        ResponsibleShare {
            party: self.party.clone(),
            basis_points: self.basis_points,
            why_not_smaller: self.why_not_smaller.clone(),
            department: self.department.clone(),
            kind: self.kind,
        }
    }

    /// What stands behind the colon.
    pub fn id(&self) -> &str {
        self.party.split_once(':').map_or("", |(_, id)| id)
    }
}

/// What the rules of responsibility look up.
pub struct Known<'a> {
    /// Units and members.
    pub staff: &'a Staff,
    /// The day on which they count.
    pub day: Date,
    /// The department in which somebody works, or worked last.
    pub department_of: &'a dyn Fn(&EmployeeId) -> Option<DepartmentId>,
    /// Whether the workflow knows a department.
    pub is_department: &'a dyn Fn(&DepartmentId) -> bool,
}

/// Checks shares and fills in departments and kinds; sorted by party.
///
/// # Errors
/// `missing_field` without shares, `repeated`, `out_of_range` for a share of 0, `shares_not_whole`, `not_a_responsible_party`
/// for a party that cannot carry a share, `unknown_unit`, `unknown_employee`, `unknown_department`, `unit_too_large`, and
/// `smaller_unit` where the reason for a larger unit is missing (P1, P2).
pub fn check(
    table: &PenaltyTable,
    shares: &[ResponsibleShare],
    known: &Known<'_>,
) -> Result<Vec<ResponsibleShare>, Refusal> {
    if shares.is_empty() {
        return Err(Refusal::new(kernel::MISSING_FIELD, "M9-7")
            .with("field", "shares")
            .with("form", "command"));
    }
    let mut seen = BTreeSet::new();
    let mut sum = 0_u64;
    let mut checked = Vec::with_capacity(shares.len());
    for share in shares {
        if !seen.insert(&share.party) {
            return Err(Refusal::new(kernel::REPEATED, "A23")
                .with("field", "shares")
                .with("form", "command")
                .with("value", &share.party));
        }
        if share.basis_points == 0 || share.basis_points > WHOLE {
            return Err(Refusal::new(kernel::OUT_OF_RANGE, "A23")
                .with("field", &share.party)
                .with("form", "command")
                .with("min", 1)
                .with("max", WHOLE));
        }
        sum += u64::from(share.basis_points);
        checked.push(of_party(table, share, known)?);
    }
    if sum != u64::from(WHOLE) {
        return Err(Refusal::new(kernel::SHARES_NOT_WHOLE, "A23")
            .with("field", "shares")
            .with("form", "command")
            .with("sum", sum));
    }
    checked.sort_by(|a, b| a.party.cmp(&b.party));
    Ok(checked)
}

fn of_party(
    table: &PenaltyTable,
    share: &ResponsibleShare,
    known: &Known<'_>,
) -> Result<ResponsibleShare, Refusal> {
    let cannot =
        || Refusal::new(refusal::NOT_A_RESPONSIBLE_PARTY, "M9-7").with("party", &share.party);
    let (sort, id) = share.party.split_once(':').ok_or_else(cannot)?;
    if !is_party(&share.party) {
        return Err(cannot());
    }
    let (department, kind) = match sort {
        "supplier" | "customer" | "company" => (None, None),
        "person" => {
            let employee = id.parse().map_err(|_| cannot())?;
            let department = (known.department_of)(&employee).ok_or_else(|| {
                Refusal::new(kernel::UNKNOWN_EMPLOYEE, "M7")
                    .with("employee", &employee)
                    .with("at", known.day)
            })?;
            (Some(department), Some(UnitKind::Person))
        }
        "unit" => {
            let unit = known.staff.unit(id, known.day).ok_or_else(|| {
                Refusal::new(refusal::UNKNOWN_UNIT, "P1")
                    .with("unit", id)
                    .with("day", known.day)
            })?;
            (Some(unit.department.clone()), Some(unit.kind))
        }
        "department" => {
            let department: DepartmentId = id.parse().map_err(|_| cannot())?;
            if !(known.is_department)(&department) {
                return Err(
                    Refusal::new(kernel::UNKNOWN_DEPARTMENT, "M7").with("department", &department)
                );
            }
            (Some(department), Some(UnitKind::Department))
        }
        _ => return Err(cannot()),
    };
    if let Some(reason) = reason(share) {
        check_reason("why_not_smaller", reason, &table.clause)?;
    }
    if let (Some(department), Some(kind)) = (&department, kind) {
        check_smallest(table, share, department, kind)?;
    }
    Ok(ResponsibleShare {
        party: share.party.clone(),
        basis_points: share.basis_points,
        why_not_smaller: reason(share).map(ToOwned::to_owned),
        department,
        kind,
    })
}

/// The reason why no smaller unit can be named; a blank one is none.
fn reason(share: &ResponsibleShare) -> Option<&str> {
    let reason = share.why_not_smaller.as_deref();
    reason.filter(|reason| !reason.trim().is_empty())
}

/// P1, P2: a department's smallest unit needs no reason, nor does anything smaller; the larger one that the clause names
/// needs the reason why no smaller one can be named; anything larger still is refused. A shift counts as a group.
fn check_smallest(
    table: &PenaltyTable,
    share: &ResponsibleShare,
    department: &DepartmentId,
    kind: UnitKind,
) -> Result<(), Refusal> {
    let charged = table.charged.iter().find(|c| c.department == *department);
    let Some(rule) = charged else {
        return Ok(());
    };
    if kind <= rule.smallest {
        return Ok(());
    }
    let too_large = kind > rule.otherwise;
    if too_large {
        return Err(Refusal::new(refusal::UNIT_TOO_LARGE, &rule.clause)
            .with("party", &share.party)
            .with("smallest", rule.smallest.id())
            .with("otherwise", rule.otherwise.id()));
    }
    if reason(share).is_none() {
        return Err(Refusal::new(refusal::SMALLER_UNIT, &rule.clause)
            .with("party", &share.party)
            .with("smallest", rule.smallest.id()));
    }
    Ok(())
}

/// The row of the penalty criteria for a cause, and its number from 1: the first that fits.
///
/// # Errors
/// `table_not_set` if none does.
pub fn row<'t>(
    table: &'t PenaltyTable,
    cause: Option<&str>,
) -> Result<(&'t PenaltyRow, u32), Refusal> {
    let mut rows = table.rows.iter().zip(1u32..);
    let found = rows.find(|(row, _)| match (&row.cause, cause) {
        (None, _) => true,
        (Some(of), Some(cause)) => of == cause,
        (Some(_), None) => false,
    });
    found
        .ok_or_else(|| Refusal::new(refusal::TABLE_NOT_SET, &table.clause).with("table", "penalty"))
}

/// What each party carries of a loss; `charged` is the part that is charged, in basis points. Only people of the
/// departments of M12 are charged, and only where the criteria let that kind of unit carry the loss.
///
/// # Errors
/// `out_of_range` for a loss below 0.
pub fn carry(
    table: &PenaltyTable,
    row: &PenaltyRow,
    charged: u32,
    loss: Money,
    shares: &[ResponsibleShare],
) -> Result<Vec<Carried>, Refusal> {
    let mut carried = Vec::with_capacity(shares.len());
    for share in shares {
        let ours = share.department.as_ref();
        let charges = ours.is_some_and(|d| table.charged.iter().any(|c| c.department == *d));
        let carries = share
            .kind
            .is_some_and(|kind| row.carried_by.is_empty() || row.carried_by.contains(&kind));
        carried.push(Carried {
            party: share.party.clone(),
            basis_points: share.basis_points,
            amount: Money::zero(loss.currency()),
            charged: Money::zero(loss.currency()),
            deducts: charges && carries,
            why_not_smaller: share.why_not_smaller.clone(),
            department: share.department.clone(),
            kind: share.kind,
        });
    }
    carry_again(&carried, charged, loss)
}

/// The same parties with another loss.
///
/// # Errors
/// `out_of_range` for a loss below 0.
pub fn carry_again(before: &[Carried], charged: u32, loss: Money) -> Result<Vec<Carried>, Refusal> {
    let weights: Vec<(String, u64)> = before
        .iter()
        .map(|carried| (carried.party.clone(), u64::from(carried.basis_points)))
        .collect();
    let amounts = apportion(loss, &weights)?;
    let mut after = Vec::with_capacity(before.len());
    for carried in before {
        let amount = amounts.iter().find(|(party, _)| *party == carried.party);
        let amount = amount.map_or(Money::zero(loss.currency()), |(_, amount)| *amount);
        let part = if carried.deducts {
            part_of(amount, charged, "A23")?
        } else {
            Money::zero(loss.currency())
        };
        after.push(Carried {
            amount,
            charged: part,
            ..carried.clone()
        });
    }
    after.sort_by(|a, b| a.party.cmp(&b.party));
    Ok(after)
}

#[cfg(test)]
mod tests;
