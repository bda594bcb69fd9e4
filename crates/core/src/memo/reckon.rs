//! Shares of a sum, with what is left over and who gets it (A23), reckoned in the open.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use redress_kernel::money::Money;

/// One share.
pub(super) struct Part {
    pub(super) id: String,
    pub(super) weight: i128,
    pub(super) floor: Money,
    pub(super) remainder: i128,
    /// Its place by the size of the remainder, from 1.
    pub(super) rank: usize,
    pub(super) share: Money,
}

/// A sum that is shared.
pub(super) struct Shared {
    pub(super) total: i128,
    pub(super) floors: Money,
    /// Minor units that the floors leave.
    pub(super) left: usize,
    pub(super) parts: Vec<Part>,
}

impl Shared {
    pub(super) fn of(&self, id: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }

    /// Who gets a minor unit that is left, the largest remainder first.
    pub(super) fn lucky(&self) -> Vec<&Part> {
        let mut lucky: Vec<&Part> = self.parts.iter().filter(|p| p.rank <= self.left).collect();
        lucky.sort_by_key(|part| part.rank);
        lucky
    }
}

/// Floors, then the minor units left to the largest remainders, ties by id. None where nothing can be shared.
pub(super) fn share(sum: Money, weights: &[(String, u64)]) -> Option<Shared> {
    let currency = sum.currency();
    let mut by_id: BTreeMap<&str, i128> = BTreeMap::new();
    for (id, weight) in weights {
        *by_id.entry(id).or_default() += i128::from(*weight);
    }
    let total: i128 = by_id.values().sum();
    if total == 0 || sum.is_negative() {
        return None;
    }
    let money = |minor: i128| Money::new(i64::try_from(minor).ok()?, currency).ok();
    let mut parts = Vec::with_capacity(by_id.len());
    for (id, weight) in by_id {
        let product = i128::from(sum.minor()).checked_mul(weight)?;
        let floor = money(product / total)?;
        parts.push(Part {
            id: id.to_owned(),
            weight,
            floor,
            remainder: product % total,
            rank: 0,
            share: floor,
        });
    }
    let floors = Money::sum(currency, parts.iter().map(|part| part.floor)).ok()?;
    let left = usize::try_from(sum.minor().checked_sub(floors.minor())?).ok()?;
    let mut order: Vec<&mut Part> = parts.iter_mut().collect();
    order.sort_by_key(|part| Reverse(part.remainder));
    for (part, rank) in order.into_iter().zip(1_usize..) {
        part.rank = rank;
        if rank <= left {
            part.share = money(i128::from(part.floor.minor()) + 1)?;
        }
    }
    Some(Shared {
        total,
        floors,
        left,
        parts,
    })
}

/// The part of a sum that so many basis points are, rounded down (A23).
pub(super) fn part(sum: Money, basis_points: u32) -> Option<Money> {
    let minor = i128::from(sum.minor()).checked_mul(i128::from(basis_points))? / 10_000;
    Money::new(i64::try_from(minor).ok()?, sum.currency()).ok()
}
