//! Shares of a sum that add up to it exactly: floors first, then the minor units left, one each to the largest
//! remainders.
//!
//! Every level of a settlement shares so: a loss among parties, a unit's part among its members (A23).

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use redress_kernel::money::Money;
use redress_kernel::refusal::{OUT_OF_RANGE, Refusal};

use crate::refusal;

/// The clause under which sums are shared and a weight of 0 is refused.
const CLAUSE: &str = "A24";

struct Part<K> {
    id: K,
    floor: i128,
    remainder: i128,
}

/// The shares of a sum of 0 or more by weights, sorted by id, bytewise.
///
/// Each gets the floor of its share in minor units; the units left go one each to the largest remainders, of equal
/// ones to the lowest id. So the order of the weights changes nothing. An id that stands twice has both weights
/// and one share; an id of weight 0 gets 0.
///
/// # Errors
/// `out_of_range` (A24) if no weight is above 0, which no command leads to, and for a sum below 0.
pub fn apportion<K: Borrow<str> + Clone>(
    sum: Money,
    weights: &[(K, u64)],
) -> Result<Vec<(K, Money)>, Refusal> {
    let too_large = || refusal::out_of_range("sum", "share", CLAUSE);
    if sum.is_negative() {
        return Err(too_large());
    }
    let mut by_id: BTreeMap<&str, (&K, i128)> = BTreeMap::new();
    for (id, weight) in weights {
        by_id.entry(id.borrow()).or_insert((id, 0)).1 += i128::from(*weight);
    }
    let total: i128 = by_id.values().map(|(_, weight)| weight).sum();
    if total == 0 {
        return Err(Refusal::new(OUT_OF_RANGE, CLAUSE)
            .with("field", "weights")
            .with("form", "share")
            .with("min", 1)
            .with("max", u64::MAX));
    }
    let mut parts = Vec::with_capacity(by_id.len());
    for (id, weight) in by_id.into_values() {
        let product = i128::from(sum.minor())
            .checked_mul(weight)
            .ok_or_else(too_large)?;
        parts.push(Part {
            id: id.clone(),
            floor: product / total,
            remainder: product % total,
        });
    }
    let floors: i128 = parts.iter().map(|part| part.floor).sum();
    let mut left = i128::from(sum.minor()) - floors;
    // The parts stand by id, and the sort is stable: of equal remainders the lowest id comes first.
    let mut order: Vec<&mut Part<K>> = parts.iter_mut().collect();
    order.sort_by_key(|part| Reverse(part.remainder));
    for part in order {
        if left == 0 {
            break;
        }
        part.floor += 1;
        left -= 1;
    }
    parts
        .into_iter()
        .map(|part| {
            let minor = i64::try_from(part.floor).map_err(|_| too_large())?;
            let share = Money::new(minor, sum.currency()).map_err(|_| too_large())?;
            Ok((part.id, share))
        })
        .collect()
}

/// The part of a sum that so many basis points are, rounded down (A23, and A21 of ceilings).
///
/// # Errors
/// `out_of_range` if the part cannot be kept exactly.
pub(crate) fn part_of(sum: Money, basis_points: u32, clause: &str) -> Result<Money, Refusal> {
    let part = (i128::from(sum.minor()) * i128::from(basis_points)).div_euclid(10_000);
    i64::try_from(part)
        .ok()
        .and_then(|minor| Money::new(minor, sum.currency()).ok())
        .ok_or_else(|| refusal::out_of_range("part", "share", clause))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn shares(sum: &str, weights: &[(&str, u64)]) -> Vec<(String, String)> {
        apportion(money(sum), weights)
            .unwrap()
            .into_iter()
            .map(|(id, share)| (id.to_owned(), share.decimal()))
            .collect()
    }

    fn figures(sum: &str, weights: &[(&str, u64)]) -> Vec<String> {
        shares(sum, weights).into_iter().map(|(_, f)| f).collect()
    }

    #[test]
    fn ratios_share_a_loss_and_leave_no_cent_over() {
        assert_eq!(
            figures("10000.00 CNY", &[("a", 7000), ("b", 3000)]),
            ["7000.00", "3000.00"]
        );
        assert_eq!(
            figures("100.00 CNY", &[("a", 3334), ("b", 3333), ("c", 3333)]),
            ["33.34", "33.33", "33.33"]
        );
    }

    #[test]
    fn base_points_share_a_units_loss() {
        assert_eq!(
            figures(
                "1000.00 CNY",
                &[("a", 500), ("b", 300), ("c", 200), ("d", 150)]
            ),
            ["434.78", "260.87", "173.91", "130.44"]
        );
    }

    #[test]
    fn the_units_left_go_to_the_largest_remainders_and_of_equal_ones_to_the_lowest_id() {
        assert_eq!(
            figures(
                "1234.57 CNY",
                &[("group", 4500), ("person", 3300), ("supplier", 2200)]
            ),
            ["555.56", "407.41", "271.60"]
        );
        assert_eq!(
            figures("1234.57 CNY", &[("b", 3750), ("a", 3750), ("c", 2500)]),
            ["462.97", "462.96", "308.64"]
        );
        // Bytewise: capitals before small letters, `10` before `9`.
        assert_eq!(
            shares("0.01 CNY", &[("b", 1), ("B", 1)]),
            [("B".into(), "0.01".into()), ("b".into(), "0.00".into())]
        );
        assert_eq!(
            shares("0.01 CNY", &[("E9", 1), ("E10", 1)]),
            [("E10".into(), "0.01".into()), ("E9".into(), "0.00".into())]
        );
    }

    #[test]
    fn an_id_that_stands_twice_has_both_weights_and_one_share() {
        assert_eq!(
            shares("100.00 CNY", &[("a", 1), ("b", 2), ("a", 1)]),
            [("a".into(), "50.00".into()), ("b".into(), "50.00".into())]
        );
    }

    #[test]
    fn a_weight_of_0_gets_nothing_not_even_a_unit_that_is_left() {
        assert_eq!(
            figures("0.05 CNY", &[("a", 0), ("b", 1), ("c", 1)]),
            ["0.00", "0.03", "0.02"]
        );
        assert_eq!(figures("0 CNY", &[("a", 1), ("b", 3)]), ["0.00", "0.00"]);
        assert_eq!(figures("7 JPY", &[("a", 1), ("b", 1)]), ["4", "3"]);
    }

    #[test]
    fn the_largest_sum_and_weights_are_shared_exactly() {
        let largest = Money::new(redress_kernel::money::MAX_MINOR, "CNY".parse().unwrap()).unwrap();
        let parts = apportion(largest, &[("a", u64::MAX), ("b", u64::MAX), ("c", 1)]).unwrap();
        let sum: i64 = parts.iter().map(|(_, share)| share.minor()).sum();
        assert_eq!(sum, largest.minor());
    }

    #[test]
    fn no_weight_above_0_is_refused() {
        for weights in [&[][..], &[("a", 0), ("b", 0)]] {
            let refusal = apportion(money("1.00 CNY"), weights).unwrap_err();
            assert_eq!((refusal.code, &*refusal.clause), (OUT_OF_RANGE, "A24"));
        }
    }

    #[test]
    fn a_sum_below_0_is_refused() {
        let refusal = apportion(money("-0.01 CNY"), &[("a", 1)]).unwrap_err();
        assert_eq!(refusal.code.0, "out_of_range");
    }

    #[test]
    fn a_part_is_rounded_down() {
        for (sum, basis_points, part) in [
            ("2000.01 CNY", 5000, "1000.00"),
            ("0.99 CNY", 10_000, "0.99"),
            ("1.00 CNY", 0, "0.00"),
            ("0.01 CNY", 9_999, "0.00"),
        ] {
            let got = part_of(money(sum), basis_points, "P3").unwrap();
            assert_eq!(got.decimal(), part, "{sum} {basis_points}");
        }
    }
}
