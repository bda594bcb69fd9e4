//! Bonuses that were charged and turned out to have been others.

use super::*;

/// Gives back as a settlement would, and says what: `2026-03 deduction A 7500.00`.
fn back(account: &mut Account, settled: &str) -> Vec<String> {
    let lines = account.give_back(month(settled), &TERMS).unwrap();
    let told = lines.iter().map(|line| {
        assert!(line.is_given_back());
        account.apply(line);
        let kind = match line.key.kind {
            ItemKind::WholeBonus => "whole bonus",
            ItemKind::Fine => "fine",
            ItemKind::Deduction => "deduction",
        };
        let of = line.corrected.unwrap();
        format!("{of} {kind} {} {}", line.number, line.amount.decimal())
    });
    let told = told.collect();
    assert!(
        account
            .give_back(month(settled), &TERMS)
            .unwrap()
            .is_empty()
    );
    told
}

fn correct(account: &mut Account, of: &str, figure: &str) {
    account.correct_bonus(month(of), money(figure));
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn what_a_smaller_bonus_paid_above_its_ceiling_is_given_back_and_owed_again() {
    let mut account = account();
    let nine_thousand = deduction("A", "2026-03-20", "9000");
    owe(&mut account, &nine_thousand, "2026-03");
    bonus(&mut account, "2026-03", "30000");
    settle(&mut account, "2026-03");
    correct(&mut account, "2026-03", "3000.01");
    let lines = account.give_back(month("2026-04"), &TERMS).unwrap();
    let [line] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!((line.bonus, &*line.clause), (Some(money("3000.01")), "P3"));
    assert_eq!((line.limit, line.amount), (money("9000"), money("7500")));
    assert_eq!(
        (line.owed_before, line.remaining),
        (money("0"), money("7500"))
    );
    assert_eq!(
        back(&mut account, "2026-04"),
        ["2026-03 deduction A 7500.00"]
    );
    bonus(&mut account, "2026-04", "20000");
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-04 deduction A 7500.00"]
    );
    assert!(remaining(&account).is_empty());
}

#[test]
fn deductions_are_given_back_before_fines_and_the_newest_first() {
    let mut account = account();
    owe(&mut account, &fine("A", "2026-03-01", "400"), "2026-03");
    owe(&mut account, &fine("B", "2026-03-05", "100"), "2026-03");
    let items = [("A", "2026-03-01", "200"), ("B", "2026-03-05", "300")];
    for (case, day, figure) in items {
        owe(&mut account, &deduction(case, day, figure), "2026-03");
    }
    bonus(&mut account, "2026-03", "2000");
    settle(&mut account, "2026-03");
    // Half of 640.00 would be 320.00; the fines leave 140.00.
    correct(&mut account, "2026-03", "640");
    assert_eq!(
        back(&mut account, "2026-04"),
        ["2026-03 deduction B 300.00", "2026-03 deduction A 60.00"]
    );
    correct(&mut account, "2026-03", "390");
    assert_eq!(
        back(&mut account, "2026-05"),
        [
            "2026-03 deduction A 140.00",
            "2026-03 fine B 100.00",
            "2026-03 fine A 10.00"
        ]
    );
    assert_eq!(remaining(&account), ["10.00", "200.00", "100.00", "300.00"]);
}

#[test]
fn a_larger_bonus_takes_nothing_more_of_its_month() {
    let mut account = account();
    let debt = deduction("A", "2026-03-20", "9000");
    owe(&mut account, &debt, "2026-03");
    bonus(&mut account, "2026-03", "3000");
    settle(&mut account, "2026-03");
    correct(&mut account, "2026-03", "30000");
    assert_eq!(back(&mut account, "2026-04"), none());
    assert_eq!(settle(&mut account, "2026-04"), ["2026-04 unknown"]);
    assert_eq!(remaining(&account), ["7500.00"]);
}

#[test]
fn a_forfeited_bonus_that_was_another_is_forfeited_as_it_was() {
    let mut account = account();
    owe(&mut account, &whole_bonus("A", "2026-03-03"), "2026-03");
    owe(&mut account, &whole_bonus("B", "2026-03-20"), "2026-03");
    bonus(&mut account, "2026-03", "700");
    settle(&mut account, "2026-03");
    correct(&mut account, "2026-03", "600");
    assert_eq!(
        back(&mut account, "2026-04"),
        ["2026-03 whole bonus A 100.00"]
    );
    assert!(settle(&mut account, "2026-04").is_empty());
    correct(&mut account, "2026-03", "650");
    assert_eq!(back(&mut account, "2026-05"), none());
    assert_eq!(
        settle(&mut account, "2026-05"),
        ["2026-03 whole bonus A 50.00"]
    );
    let item = account.item(&key(ItemKind::WholeBonus, "A")).unwrap();
    assert_eq!(
        (item.owed, item.net_charged()),
        (money("650"), money("650"))
    );
    // Lifted for both, all of it comes back.
    for (case, expected) in [("A", None), ("B", Some("650.00"))] {
        let lifted = Debt {
            lifted: true,
            ..whole_bonus(case, "2026-06-01")
        };
        assert_eq!(owe(&mut account, &lifted, "2026-06").as_deref(), expected);
    }
    correct(&mut account, "2026-03", "900");
    assert_eq!(back(&mut account, "2026-06"), none());
    assert!(settle(&mut account, "2026-06").is_empty());
}

#[test]
fn what_a_smaller_amount_gave_back_is_not_given_back_again_by_the_bonus() {
    let mut account = account();
    let debt = |figure| deduction("A", "2026-03-20", figure);
    owe(&mut account, &debt("3000"), "2026-03");
    bonus(&mut account, "2026-03", "4000");
    bonus(&mut account, "2026-04", "4000");
    settle(&mut account, "2026-03");
    settle(&mut account, "2026-04");
    // 1,200.00 back: all that April paid, 1,000.00, then 200.00 of March.
    let less = owe(&mut account, &debt("1800"), "2026-05");
    assert_eq!(less.as_deref(), Some("1200.00"));
    let taken = |account: &Account, of: &str| {
        let taken = account.taken_of(month(of)).into_iter();
        taken.map(|(_, sum)| sum.decimal()).collect::<Vec<_>>()
    };
    assert_eq!(taken(&account, "2026-03"), ["1800.00"]);
    assert_eq!(taken(&account, "2026-04"), none());
    correct(&mut account, "2026-03", "3000");
    correct(&mut account, "2026-04", "0");
    assert_eq!(
        back(&mut account, "2026-05"),
        ["2026-03 deduction A 300.00"]
    );
}

#[test]
fn a_month_is_judged_by_the_ceiling_by_which_it_was_charged() {
    let mut account = account();
    let debt = deduction("A", "2026-03-20", "2000");
    owe(&mut account, &debt, "2026-03");
    bonus(&mut account, "2026-03", "4000");
    settle(&mut account, "2026-03");
    correct(&mut account, "2026-03", "3000");
    let terms = Terms {
        ceiling: 2000,
        version: "2026-2",
        ..TERMS
    };
    let lines = account.give_back(month("2026-04"), &terms).unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|l| (l.amount, &*l.applied.as_ref().unwrap().version))
        .collect();
    assert_eq!(told, [(money("500"), "2026-1")]);
}
