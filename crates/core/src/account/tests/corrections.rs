//! Amounts that change, and what is refused.

use super::*;

#[test]
fn an_amount_that_falls_below_what_was_charged_gives_the_difference_back() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-03", "1000"),
        "2026-03",
    );
    bonus(&mut account, "2026-03", "1200");
    assert_eq!(
        settle(&mut account, "2026-03"),
        ["2026-03 deduction A 600.00"]
    );
    // Still above what was charged: only what remains is less.
    let less = deduction("A", "2026-04-03", "700");
    assert_eq!(owe(&mut account, &less, "2026-04"), None);
    assert_eq!(remaining(&account), ["100.00"]);
    let less = deduction("A", "2026-04-03", "250");
    assert_eq!(
        owe(&mut account, &less, "2026-04").as_deref(),
        Some("350.00")
    );
    assert!(remaining(&account).is_empty());
    // And once more upwards: what was given back is owed again.
    assert_eq!(
        owe(
            &mut account,
            &deduction("A", "2026-05-03", "300"),
            "2026-05"
        ),
        None
    );
    assert_eq!(remaining(&account), ["50.00"]);
    let item = account.item(&key(ItemKind::Deduction, "A")).unwrap();
    assert_eq!(
        (item.charged, item.given_back),
        (money("600"), money("350"))
    );
    // It kept its place and its month.
    assert_eq!(item.month, month("2026-03"));
}

#[test]
fn a_bonus_is_never_charged_for_the_rise_of_a_later_month() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-03", "100"),
        "2026-03",
    );
    owe(
        &mut account,
        &deduction("A", "2026-04-03", "300"),
        "2026-04",
    );
    bonus(&mut account, "2026-03", "1000");
    assert_eq!(
        settle(&mut account, "2026-04"),
        ["2026-03 deduction A 100.00", "2026-04 unknown"]
    );
    bonus(&mut account, "2026-04", "1000");
    assert_eq!(
        settle(&mut account, "2026-05"),
        ["2026-04 deduction A 200.00"]
    );
}

#[test]
fn a_fall_holds_for_the_bonuses_of_earlier_months_too() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-03", "300"),
        "2026-03",
    );
    owe(
        &mut account,
        &deduction("A", "2026-04-03", "100"),
        "2026-04",
    );
    owe(
        &mut account,
        &deduction("A", "2026-05-03", "200"),
        "2026-05",
    );
    bonus(&mut account, "2026-03", "1000");
    bonus(&mut account, "2026-04", "1000");
    bonus(&mut account, "2026-05", "1000");
    assert_eq!(
        settle(&mut account, "2026-05"),
        ["2026-03 deduction A 100.00", "2026-05 deduction A 100.00"]
    );
}

#[test]
fn a_debt_of_0_puts_nothing_on_the_account_that_was_not_there() {
    let mut account = account();
    owe(&mut account, &deduction("A", "2026-03-03", "0"), "2026-03");
    assert!(account.items().is_empty());
    owe(&mut account, &deduction("A", "2026-04-03", "5"), "2026-04");
    let item = account.item(&key(ItemKind::Deduction, "A")).unwrap();
    assert_eq!(item.month, month("2026-04"));
}

#[test]
fn an_amount_or_bonus_below_0_or_in_another_currency_is_refused() {
    let mut account = account();
    let code = |refusal: Refusal| refusal.code.0;
    let of = month("2026-03");
    let below = deduction("A", "2026-03-03", "-0.01");
    assert_eq!(account.owe(&below, of).map_err(code), Err("out_of_range"));
    let mut foreign = deduction("A", "2026-03-03", "1");
    foreign.amount = "1.00 USD".parse().unwrap();
    assert_eq!(
        account.owe(&foreign, of).map_err(code),
        Err("mixed_currencies")
    );
    assert_eq!(
        account.check_bonus(of, money("-1")).map_err(code),
        Err("out_of_range")
    );
    account.put_bonus(of, foreign.amount);
    assert_eq!(
        account.settle(of, &TERMS).map_err(code),
        Err("mixed_currencies")
    );
}

#[test]
fn a_bonus_that_was_charged_is_not_changed() {
    let mut account = account();
    bonus(&mut account, "2026-03", "1000");
    settle(&mut account, "2026-03");
    let refusal = account
        .check_bonus(month("2026-03"), money("999"))
        .unwrap_err();
    assert_eq!((refusal.code, &*refusal.clause), (BONUS_CHARGED, "A20"));
    assert!(account.check_bonus(month("2026-03"), money("1000")).is_ok());
    assert!(account.check_bonus(month("2026-04"), money("999")).is_ok());
}

#[test]
fn an_account_is_read_back_as_it_was_written() {
    let mut account = account();
    owe(
        &mut account,
        &deduction("A", "2026-03-03", "1000"),
        "2026-03",
    );
    owe(&mut account, &whole_bonus("B", "2026-04-03"), "2026-04");
    bonus(&mut account, "2026-03", "1000");
    bonus(&mut account, "2026-04", "1000");
    account.put_left(Some(month("2026-04")));
    settle(&mut account, "2026-04");
    let text = serde_json::to_string(&account).unwrap();
    assert_eq!(serde_json::from_str::<Account>(&text).unwrap(), account);
    assert!(serde_json::from_str::<Account>(r#"{"currency":"CNY","extra":1}"#).is_err());
}
