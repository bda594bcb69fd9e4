//! What holds of money whatever the figures: shares add up, nothing is charged twice, no bonus is overdrawn.

#![expect(
    clippy::unwrap_used,
    reason = "figures that are known to fit, and failures that a test is to show"
)]

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use redress_core::account::{Account, Debt, Item, ItemKey, ItemKind, Line, Terms};
use redress_core::apportionment::apportion;
use redress_core::concession::sum;
use redress_core::event::Granted;
use redress_kernel::money::{Currency, MAX_MINOR, Money};
use redress_kernel::time::{Instant, Month};

/// Enough to meet rare ties; some seconds in a debug build.
const CASES: u32 = 100_000;

/// The same cases on every run: a failure is found again.
fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

fn money(minor: i64) -> Money {
    Money::new(minor, Currency::CNY).unwrap()
}

fn month(number: u32) -> Month {
    Month::new(2026, number).unwrap()
}

/// Weights with few ids, so that some stand twice, and few values, so that remainders tie.
fn weights() -> impl Strategy<Value = Vec<(String, u64)>> {
    let id = (0_u8..12).prop_map(|id| format!("E{id}"));
    let weight = prop_oneof![0_u64..4, 1_u64..2_000, any::<u64>()];
    vec((id, weight), 1..12)
}

fn sums() -> impl Strategy<Value = i64> {
    prop_oneof![0_i64..200, 0_i64..10_000_000, 0_i64..=MAX_MINOR]
}

#[test]
fn a_sum_that_cannot_be_kept_exactly_is_refused_with_the_bound() {
    let granted = |minor| Granted {
        field: "allowance".parse().unwrap(),
        amount: money(minor),
    };
    let lines = [granted(MAX_MINOR), granted(1)];
    let refused = sum(&lines, Currency::CNY, None).unwrap_err();
    assert_eq!(refused.code.0, "out_of_range");
    let bound = refused.args.get("max").map(String::as_str);
    assert_eq!(bound, Some(MAX_MINOR.to_string().as_str()));
}

#[test]
fn shares_add_up_to_the_sum_whatever_the_order_of_the_weights() {
    let cases = (sums(), weights(), any::<prop::sample::Index>());
    let shared = runner(CASES).run(&cases, |(sum, weights, turn)| {
        if weights.iter().all(|(_, weight)| *weight == 0) {
            prop_assert!(apportion(money(sum), &weights).is_err());
            return Ok(());
        }
        let shares = apportion(money(sum), &weights).unwrap();
        let whole: i64 = shares.iter().map(|(_, share)| share.minor()).sum();
        prop_assert_eq!(whole, sum);
        prop_assert!(shares.is_sorted_by(|(one, _), (other, _)| one < other));

        let mut turned = weights.clone();
        turned.rotate_left(turn.index(weights.len()));
        turned.reverse();
        prop_assert_eq!(&apportion(money(sum), &turned).unwrap(), &shares);

        // No share is a whole unit away from the exact one.
        let mut by_id: BTreeMap<&str, i128> = BTreeMap::new();
        for (id, weight) in &weights {
            *by_id.entry(id).or_default() += i128::from(*weight);
        }
        let total: i128 = by_id.values().sum();
        for ((_, share), weight) in shares.iter().zip(by_id.values()) {
            let gap = i128::from(share.minor()) * total - i128::from(sum) * weight;
            prop_assert!(gap.abs() < total);
        }
        Ok(())
    });
    shared.unwrap();
}

/// What happens to one person in a month before it is settled.
#[derive(Debug, Clone)]
enum Event {
    /// Something is owed for a case: kind, number of the case, amount; discipline settles with so many months ago.
    Owes(ItemKind, u8, i64, u32),
    /// A bonus becomes known, of so many months ago; one that was charged is corrected.
    Bonus(u32, i64),
    /// The last month with a bonus.
    Leaves,
}

fn events() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let kind = prop_oneof![
        5 => Just(ItemKind::Deduction),
        3 => Just(ItemKind::Fine),
        1 => Just(ItemKind::WholeBonus),
    ];
    let event = prop_oneof![
        6 => (kind, 0_u8..4, prop_oneof![Just(0_i64), 1_i64..500, 1_i64..300_000], 0_u32..3)
            .prop_map(|(kind, case, amount, ago)| Event::Owes(kind, case, amount, ago)),
        6 => (0_u32..3, prop_oneof![0_i64..300, 0_i64..200_001])
            .prop_map(|(ago, bonus)| Event::Bonus(ago, bonus)),
        1 => Just(Event::Leaves),
    ];
    vec(vec(event, 0..4), 1..6)
}

/// Puts what happened on the account, and says what was given back.
fn happen(account: &mut Account, events: &[Event], of: u32) -> Result<(), TestCaseError> {
    for event in events {
        match *event {
            Event::Owes(kind, case, amount, ago) => {
                let key = ItemKey {
                    case: format!("26010{case}"),
                    kind,
                };
                // Discipline is decided once, late perhaps; a deduction is corrected from then on.
                let is_late = kind != ItemKind::Deduction && account.item(&key).is_none();
                let ago = if is_late { ago } else { 0 };
                let debt = Debt {
                    key,
                    // Some at one instant, so that the number decides.
                    decided_at: Instant::from_micros(i64::from(of / 2) * 1_000_000).unwrap(),
                    number: format!("26-01-0{case}"),
                    month: month(of.saturating_sub(ago).max(1)),
                    amount: money(amount),
                    lifted: false,
                };
                let line = account.owe(&debt, month(of)).unwrap();
                account.put(&debt, month(of));
                if let Some(line) = line {
                    prop_assert!(line.is_given_back() && line.amount.minor() > 0);
                    account.apply(&line);
                }
                check_items(account)?;
            }
            Event::Bonus(ago, bonus) => {
                let past = month(of.saturating_sub(ago).max(1));
                if account.check_bonus(past, money(bonus)).is_ok() {
                    account.put_bonus(past, money(bonus));
                } else {
                    account.correct_bonus(past, money(bonus));
                }
            }
            Event::Leaves => account.put_left(Some(month(of))),
        }
    }
    Ok(())
}

fn check_items(account: &Account) -> Result<(), TestCaseError> {
    for item in account.items() {
        let Item {
            owed,
            charged,
            given_back,
            ..
        } = item;
        let rest = charged.minor() - given_back.minor() + item.remaining().minor();
        prop_assert_eq!(owed.minor(), rest, "{:?}", item);
        prop_assert!(given_back.minor() <= charged.minor());
    }
    Ok(())
}

/// Of one month's bonus: at most all of it, at most the ceiling for deductions.
fn check_month(lines: &[Line], bonus: Money, ceiling: u32) -> Result<(), TestCaseError> {
    let taken = |kind: Option<ItemKind>| -> i64 {
        lines
            .iter()
            .filter(|line| kind.is_none_or(|kind| line.key.kind == kind))
            .map(|line| line.amount.minor())
            .sum()
    };
    prop_assert!(taken(None) <= bonus.minor());
    let most = i128::from(bonus.minor()) * i128::from(ceiling) / 10_000;
    prop_assert!(i128::from(taken(Some(ItemKind::Deduction))) <= most);
    let is_forfeited = lines
        .iter()
        .any(|line| line.key.kind == ItemKind::WholeBonus);
    if is_forfeited {
        prop_assert_eq!(taken(Some(ItemKind::WholeBonus)), bonus.minor());
    }
    for line in lines {
        prop_assert!(line.amount.minor() >= 0 && line.amount.minor() <= line.limit.minor());
        if line.key.kind != ItemKind::WholeBonus {
            let rest = line.owed_before.minor() - line.amount.minor();
            prop_assert_eq!(line.remaining.minor(), rest);
            // It takes all that it can.
            prop_assert!(line.remaining.is_zero() || line.amount == line.limit);
        }
    }
    Ok(())
}

#[test]
fn no_bonus_is_overdrawn_no_item_charged_twice_and_what_is_owed_is_accounted_for() {
    let cases = (events(), 0_u32..=10_000);
    let settled = runner(CASES).run(&cases, |(months, ceiling)| {
        let terms = Terms {
            ceiling,
            ceiling_clause: "P3",
            fines_clause: "D5",
            version: "2026-1",
        };
        let mut account = Account::new(Currency::CNY);
        for (events, of) in months.iter().zip(1_u32..) {
            happen(&mut account, events, of)?;
            for line in account.give_back(month(of), &terms).unwrap() {
                prop_assert!(line.is_given_back() && line.amount.minor() > 0);
                account.apply(&line);
            }
            check_items(&account)?;
            prop_assert!(account.give_back(month(of), &terms).unwrap().is_empty());
            let before = account.clone();
            let settlement = account.settle(month(of), &terms).unwrap();
            prop_assert_eq!(&account, &before);
            account.apply_settlement(&settlement);
            check_items(&account)?;
            for charged in &settlement.charged {
                prop_assert!(!before.is_charged(*charged) && *charged <= month(of));
                prop_assert!(account.left().is_none_or(|left| *charged <= left));
                let of_month = settlement
                    .lines
                    .iter()
                    .filter(|l| l.bonus_month == Some(*charged));
                let lines: Vec<Line> = of_month.cloned().collect();
                check_month(&lines, account.bonus(*charged).unwrap(), ceiling)?;
                for line in &lines {
                    // A20: nothing is charged to a month earlier than that with which it settles.
                    prop_assert!(account.item(&line.key).unwrap().month <= *charged);
                }
            }
            let again = account.settle(month(of), &terms).unwrap();
            prop_assert!(again.lines.is_empty() && again.charged.is_empty());
            // What a later bonus has paid since waits for no earlier one.
            let reported = |month: &Month| settlement.unknown.contains(month);
            prop_assert!(again.unknown.iter().all(reported));
        }
        Ok(())
    });
    settled.unwrap();
}

#[test]
fn an_account_is_the_same_in_whatever_order_its_items_came() {
    let cases = (vec((0_u8..6, 1_i64..100_000), 1..6), 0_i64..200_000);
    let settled = runner(2_000).run(&cases, |(amounts, bonus)| {
        let by_case: BTreeMap<u8, i64> = amounts.into_iter().collect();
        let debts: Vec<Event> = by_case
            .into_iter()
            .map(|(case, amount)| Event::Owes(ItemKind::Deduction, case, amount, 0))
            .collect();
        let terms = Terms {
            ceiling: 5_000,
            ceiling_clause: "P3",
            fines_clause: "D5",
            version: "2026-1",
        };
        let settle = |debts: &[Event]| -> Result<_, TestCaseError> {
            let mut account = Account::new(Currency::CNY);
            happen(&mut account, debts, 3)?;
            account.put_bonus(month(3), money(bonus));
            Ok(account.settle(month(3), &terms).unwrap())
        };
        let turned: Vec<Event> = debts.iter().rev().cloned().collect();
        prop_assert_eq!(settle(&debts)?, settle(&turned)?);
        Ok(())
    });
    settled.unwrap();
}
