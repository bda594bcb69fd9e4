//! Who may decide, by amount (M11, A2, A25).

use std::cmp::Ordering;

use redress_kernel::definition::Definition;
use redress_kernel::id::OfficeId;
use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;

use crate::event::AuthorityApplied;
use crate::refusal;
use crate::regulation::AuthorityTable;

/// The row that an amount falls into: the first whose bound it does not exceed.
///
/// # Errors
/// `authority_not_set` if no row covers the amount.
pub fn row(
    table: &AuthorityTable,
    amount: Money,
    version: &str,
) -> Result<AuthorityApplied, Refusal> {
    table
        .rows
        .iter()
        .zip(1u32..)
        .find(|(row, _)| {
            row.up_to
                .is_none_or(|up_to| amount.compare(up_to).is_ok_and(Ordering::is_le))
        })
        .map(|(row, number)| AuthorityApplied {
            table: "authority".to_owned(),
            version: version.to_owned(),
            row: number,
            office: row.office.clone(),
            up_to: row.up_to,
            mark: table.mark,
        })
        .ok_or_else(|| Refusal::new(refusal::AUTHORITY_NOT_SET, &table.clause))
}

/// A higher office may decide, a lower is refused (A25). Offices rank as the definition lists them.
///
/// # Errors
/// `beyond_authority`.
pub fn check(
    definition: &Definition,
    row: &AuthorityApplied,
    office: &OfficeId,
    amount: Money,
    clause: &str,
) -> Result<(), Refusal> {
    let rank = |office: &OfficeId| definition.offices.iter().position(|o| o.id == *office);
    if matches!((rank(office), rank(&row.office)), (Some(theirs), Some(needed)) if theirs >= needed)
    {
        Ok(())
    } else {
        Err(Refusal::new(refusal::BEYOND_AUTHORITY, clause)
            .with("amount", amount)
            .with("office", office)
            .with("needed", &row.office))
    }
}
