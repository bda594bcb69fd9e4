mod bonuses;
mod corrections;

use super::*;

const TERMS: Terms<'_> = Terms {
    ceiling: 5000,
    ceiling_clause: "P3",
    fines_clause: "D5",
    version: "2026-1",
};

fn money(figure: &str) -> Money {
    format!("{figure} CNY").parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn account() -> Account {
    Account::new(Currency::CNY)
}

fn key(kind: ItemKind, case: &str) -> ItemKey {
    ItemKey {
        case: case.to_owned(),
        kind,
    }
}

fn debt(kind: ItemKind, case: &str, day: &str, figure: &str) -> Debt {
    Debt {
        key: key(kind, case),
        decided_at: format!("{day}T10:00:00+08:00").parse().unwrap(),
        number: case.to_owned(),
        month: month(day.get(..7).unwrap()),
        amount: money(figure),
        lifted: false,
    }
}

fn deduction(case: &str, day: &str, figure: &str) -> Debt {
    debt(ItemKind::Deduction, case, day, figure)
}

fn fine(case: &str, day: &str, figure: &str) -> Debt {
    debt(ItemKind::Fine, case, day, figure)
}

fn whole_bonus(case: &str, day: &str) -> Debt {
    debt(ItemKind::WholeBonus, case, day, "0")
}

/// Owes as a settlement would: what is given back is entered.
fn owe(account: &mut Account, debt: &Debt, settled: &str) -> Option<String> {
    let line = account.owe(debt, month(settled)).unwrap();
    account.put(debt, month(settled));
    line.map(|line| {
        account.apply(&line);
        assert!(line.is_given_back());
        line.amount.decimal()
    })
}

fn bonus(account: &mut Account, of: &str, figure: &str) {
    account.put_bonus(month(of), money(figure));
}

/// Settles a month, enters it, and says what happened: `2026-04 deduction A 1000.00`.
fn settle(account: &mut Account, of: &str) -> Vec<String> {
    let settlement = account.settle(month(of), &TERMS).unwrap();
    account.apply_settlement(&settlement);
    let again = account.settle(month(of), &TERMS).unwrap();
    assert!(again.lines.is_empty() && again.charged.is_empty());
    let unknown = settlement.unknown.iter().map(|m| format!("{m} unknown"));
    let lines = settlement.lines.iter().map(|line| {
        let kind = match line.key.kind {
            ItemKind::WholeBonus => "whole bonus",
            ItemKind::Fine => "fine",
            ItemKind::Deduction => "deduction",
        };
        let of = line.bonus_month.unwrap();
        format!("{of} {kind} {} {}", line.number, line.amount.decimal())
    });
    lines.chain(unknown).collect()
}

fn remaining(account: &Account) -> Vec<String> {
    account
        .open_items()
        .map(|i| i.remaining().decimal())
        .collect()
}

#[test]
fn what_is_above_the_ceiling_is_deducted_in_the_following_months() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-20", "2300"),
        "2026-03",
    );
    for (of, figure) in [
        ("2026-03", "3000"),
        ("2026-04", "1000"),
        ("2026-05", "2000"),
    ] {
        bonus(&mut account, of, figure);
    }
    assert_eq!(
        settle(&mut account, "2026-03"),
        ["2026-03 deduction A 1500.00"]
    );
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-04 deduction A 500.00"]
    );
    assert_eq!(
        settle(&mut account, "2026-05"),
        ["2026-05 deduction A 300.00"]
    );
    assert!(remaining(&account).is_empty());
}

#[test]
fn one_ceiling_holds_for_all_cases_together_and_the_oldest_comes_first() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-04-03", "1200"),
        "2026-04",
    );
    owe(
        &mut account,
        &deduction("B", "2026-04-20", "900.01"),
        "2026-04",
    );
    bonus(&mut account, "2026-04", "2000.01");
    bonus(&mut account, "2026-05", "1600");
    bonus(&mut account, "2026-06", "1500");
    bonus(&mut account, "2026-07", "900");
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-04 deduction A 1000.00", "2026-04 deduction B 0.00"]
    );
    owe(
        &mut account,
        &deduction("C", "2026-05-06", "500"),
        "2026-05",
    );
    assert_eq!(
        settle(&mut account, "2026-05"),
        [
            "2026-05 deduction A 200.00",
            "2026-05 deduction B 600.00",
            "2026-05 deduction C 0.00"
        ]
    );
    assert_eq!(
        settle(&mut account, "2026-06"),
        ["2026-06 deduction B 300.01", "2026-06 deduction C 449.99"]
    );
    assert_eq!(
        settle(&mut account, "2026-07"),
        ["2026-07 deduction C 50.01"]
    );
    assert!(remaining(&account).is_empty());
}

#[test]
fn a_forfeited_bonus_pays_nothing_else_and_an_unknown_one_is_reported_and_charged_later() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-04-03", "1500"),
        "2026-04",
    );
    bonus(&mut account, "2026-04", "2000");
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-04 deduction A 1000.00"]
    );
    owe(&mut account, &whole_bonus("B", "2026-05-11"), "2026-05");
    bonus(&mut account, "2026-05", "1800");
    assert_eq!(
        settle(&mut account, "2026-05"),
        ["2026-05 whole bonus B 1800.00", "2026-05 deduction A 0.00"]
    );
    assert_eq!(settle(&mut account, "2026-06"), ["2026-06 unknown"]);
    bonus(&mut account, "2026-06", "600");
    bonus(&mut account, "2026-07", "1000");
    assert_eq!(
        settle(&mut account, "2026-07"),
        ["2026-06 deduction A 300.00", "2026-07 deduction A 200.00"]
    );
    assert!(remaining(&account).is_empty());
}

#[test]
fn fines_come_before_deductions_and_are_not_under_the_ceiling() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-04-03", "1000"),
        "2026-04",
    );
    owe(&mut account, &fine("B", "2026-04-20", "400"), "2026-04");
    bonus(&mut account, "2026-04", "700");
    bonus(&mut account, "2026-05", "1000");
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-04 fine B 400.00", "2026-04 deduction A 300.00"]
    );
    assert_eq!(
        settle(&mut account, "2026-05"),
        ["2026-05 deduction A 500.00"]
    );
    assert_eq!(remaining(&account), ["200.00"]);
}

#[test]
fn an_unpaid_fine_carries_over_and_comes_first_next_month() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-01", "100"),
        "2026-03",
    );
    owe(&mut account, &fine("B", "2026-03-20", "800"), "2026-03");
    bonus(&mut account, "2026-03", "500");
    bonus(&mut account, "2026-04", "1000");
    assert_eq!(
        settle(&mut account, "2026-03"),
        ["2026-03 fine B 500.00", "2026-03 deduction A 0.00"]
    );
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-04 fine B 300.00", "2026-04 deduction A 100.00"]
    );
}

#[test]
fn each_line_says_what_it_could_take_at_most_and_by_which_clause() {
    let mut account = account();
    owe(&mut account, &fine("B", "2026-04-20", "400"), "2026-04");
    owe(
        &mut account,
        &deduction("A", "2026-04-03", "1000"),
        "2026-04",
    );
    bonus(&mut account, "2026-04", "700.01");
    let settlement = account.settle(month("2026-04"), &TERMS).unwrap();
    let [fine, deduction] = &settlement.lines[..] else {
        panic!("{settlement:?}");
    };
    assert_eq!((fine.limit, &*fine.clause), (money("700.01"), "D5"));
    // Half of 700.01 rounds down to 350.00; only 300.01 are left.
    assert_eq!(
        (deduction.limit, &*deduction.clause),
        (money("300.01"), "P3")
    );
    assert_eq!(deduction.owed_before, money("1000"));
    assert_eq!(deduction.remaining, money("699.99"));
    assert_eq!(deduction.bonus, Some(money("700.01")));
}

#[test]
fn a_months_bonus_is_forfeited_once_for_however_many_cases() {
    let mut account = account();
    owe(&mut account, &whole_bonus("B", "2026-04-20"), "2026-04");
    owe(&mut account, &whole_bonus("A", "2026-04-03"), "2026-04");
    bonus(&mut account, "2026-04", "700");
    bonus(&mut account, "2026-05", "900");
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-04 whole bonus A 700.00", "2026-04 whole bonus B 0.00"]
    );
    assert!(settle(&mut account, "2026-05").is_empty());
}

#[test]
fn a_forfeiture_that_comes_after_its_month_was_charged_takes_the_next_that_is_not() {
    let mut account = account();
    bonus(&mut account, "2026-04", "700");
    bonus(&mut account, "2026-05", "900");
    assert!(settle(&mut account, "2026-05").is_empty());
    owe(&mut account, &whole_bonus("A", "2026-04-03"), "2026-06");
    // June is not known yet: July's bonus does not stand in for it.
    bonus(&mut account, "2026-07", "1100");
    assert_eq!(settle(&mut account, "2026-07"), ["2026-06 unknown"]);
    bonus(&mut account, "2026-06", "1000");
    assert_eq!(
        settle(&mut account, "2026-08"),
        ["2026-06 whole bonus A 1000.00"]
    );
}

#[test]
fn a_lifted_forfeiture_is_given_back_once_no_case_forfeits_the_month_any_more() {
    let lifted = |case: &str, day: &str| Debt {
        lifted: true,
        ..whole_bonus(case, day)
    };
    let mut account = account();
    owe(&mut account, &whole_bonus("A", "2026-04-03"), "2026-04");
    owe(&mut account, &whole_bonus("B", "2026-04-20"), "2026-04");
    bonus(&mut account, "2026-04", "700.00");
    settle(&mut account, "2026-04");
    assert_eq!(
        owe(&mut account, &lifted("A", "2026-05-01"), "2026-05"),
        None
    );
    let back = owe(&mut account, &lifted("B", "2026-06-01"), "2026-06");
    assert_eq!(back.as_deref(), Some("700.00"));
    assert!(account.open_items().next().is_none());
    // Decided once more, it forfeits the month of that decision.
    owe(&mut account, &whole_bonus("A", "2026-07-01"), "2026-07");
    bonus(&mut account, "2026-07", "900.00");
    assert_eq!(
        settle(&mut account, "2026-07"),
        ["2026-07 whole bonus A 900.00"]
    );
}

#[test]
fn a_forfeiture_lifted_before_its_bonus_is_known_takes_nothing() {
    let mut account = account();
    owe(&mut account, &whole_bonus("A", "2026-04-03"), "2026-04");
    settle(&mut account, "2026-04");
    let lifted = Debt {
        lifted: true,
        ..whole_bonus("A", "2026-05-01")
    };
    assert_eq!(owe(&mut account, &lifted, "2026-05"), None);
    bonus(&mut account, "2026-04", "700.00");
    assert!(settle(&mut account, "2026-05").is_empty());
}

#[test]
fn a_bonus_is_never_charged_for_what_settles_with_a_later_month() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-03", "100"),
        "2026-03",
    );
    assert_eq!(settle(&mut account, "2026-03"), ["2026-03 unknown"]);
    owe(
        &mut account,
        &deduction("B", "2026-04-03", "100"),
        "2026-04",
    );
    bonus(&mut account, "2026-03", "1000");
    bonus(&mut account, "2026-04", "1000");
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-03 deduction A 100.00", "2026-04 deduction B 100.00"]
    );
}

#[test]
fn who_leaves_keeps_the_rest_as_a_claim() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-03", "1000"),
        "2026-03",
    );
    bonus(&mut account, "2026-03", "1000");
    bonus(&mut account, "2026-04", "1000");
    account.put_left(Some(month("2026-03")));
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-03 deduction A 500.00"]
    );
    assert!(account.claims(month("2026-02")).is_empty());
    let claims = account.claims(month("2026-04"));
    assert_eq!(claims.first().unwrap().remaining(), money("500"));
    // No bonus is missed that the person does not have.
    assert!(settle(&mut account, "2026-05").is_empty());
}

#[test]
fn whoever_comes_back_owes_the_next_bonus_and_none_is_waited_for_of_the_months_between() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-04-03", "1000"),
        "2026-04",
    );
    bonus(&mut account, "2026-04", "1000");
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-04 deduction A 500.00"]
    );
    account.put_left(Some(month("2026-04")));
    owe(&mut account, &whole_bonus("B", "2026-05-13"), "2026-05");
    assert!(settle(&mut account, "2026-05").is_empty());
    assert!(settle(&mut account, "2026-06").is_empty());
    account.put_left(None);
    account.put_away([month("2026-05"), month("2026-06")].into());
    // A bonus entered for a month of absence spends no forfeiture.
    bonus(&mut account, "2026-05", "0");
    assert_eq!(settle(&mut account, "2026-07"), ["2026-07 unknown"]);
    bonus(&mut account, "2026-07", "4000");
    bonus(&mut account, "2026-08", "3000");
    assert_eq!(
        settle(&mut account, "2026-08"),
        [
            "2026-07 whole bonus B 4000.00",
            "2026-07 deduction A 0.00",
            "2026-08 deduction A 500.00"
        ]
    );
}

#[test]
fn a_month_before_the_absence_whose_bonus_is_unknown_holds_a_forfeiture_back() {
    let mut account = account();
    owe(&mut account, &whole_bonus("B", "2026-04-13"), "2026-04");
    account.put_away([month("2026-05")].into());
    bonus(&mut account, "2026-06", "900");
    assert_eq!(settle(&mut account, "2026-06"), ["2026-04 unknown"]);
    bonus(&mut account, "2026-04", "700");
    assert_eq!(
        settle(&mut account, "2026-07"),
        ["2026-04 whole bonus B 700.00"]
    );
}

#[test]
fn what_was_decided_at_one_instant_is_ordered_by_number() {
    let mut account = account();
    for case in ["26-03-100", "26-03-99", "26-03-07"] {
        account.put(&fine(case, "2026-03-20", "1"), month("2026-03"));
    }
    let order: Vec<_> = account.items().iter().map(|i| i.number.as_str()).collect();
    assert_eq!(order, ["26-03-07", "26-03-99", "26-03-100"]);
}

#[test]
fn a_bonus_of_0_is_charged_and_explains_why_nothing_was_taken() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-03", "1000"),
        "2026-03",
    );
    bonus(&mut account, "2026-03", "0");
    assert_eq!(
        settle(&mut account, "2026-03"),
        ["2026-03 deduction A 0.00"]
    );
    assert!(account.is_charged(month("2026-03")));
}

#[test]
fn a_line_says_by_which_row_of_which_rules_it_was_taken() {
    let mut account = account();
    owe(&mut account, &fine("A", "2026-03-20", "400"), "2026-03");
    owe(
        &mut account,
        &deduction("A", "2026-03-20", "2300"),
        "2026-03",
    );
    bonus(&mut account, "2026-03", "3000");
    settle(&mut account, "2026-03");
    let applied = |line: &Line| line.applied.clone().unwrap();
    let told: Vec<_> = account.lines().iter().map(applied).collect();
    let of = |table: &str, row: &str, ceiling| TermsApplied {
        table: table.to_owned(),
        version: "2026-1".to_owned(),
        row: row.to_owned(),
        ceiling,
    };
    assert_eq!(
        told,
        [
            of("discipline", "fines", None),
            of("penalty", "ceiling", Some(5000)),
        ]
    );
}
