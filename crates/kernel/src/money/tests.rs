use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn usd() -> Currency {
    "USD".parse().unwrap()
}

#[test]
fn money_is_written_in_one_form_and_read_in_two() {
    let sum = money("1234.56 CNY");
    let json = r#"{"minor":123456,"currency":"CNY"}"#;
    assert_eq!(serde_json::to_string(&sum).unwrap(), json);
    assert_eq!(serde_json::from_str::<Money>(json).unwrap(), sum);
    let turned = r#"{"currency":"CNY","minor":123456}"#;
    assert_eq!(serde_json::from_str::<Money>(turned).unwrap(), sum);
    assert_eq!(
        serde_json::from_str::<Money>("\"1234.56 CNY\"").unwrap(),
        sum
    );
    for wrong in [
        r#"{"minor":1}"#,
        r#"{"currency":"CNY"}"#,
        r#"{"minor":1,"currency":"CNY","note":1}"#,
        r#"{"minor":1,"minor":2,"currency":"CNY"}"#,
        r#"{"minor":1.5,"currency":"CNY"}"#,
        r#"{"minor":9007199254740992,"currency":"CNY"}"#,
        r#"{"minor":1,"currency":"XXX"}"#,
        "1234",
    ] {
        assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn money_is_shown_with_groups_and_the_digits_of_its_currency() {
    for (text, shown, decimal) in [
        ("0 CNY", "0.00 CNY", "0.00"),
        ("0.05 CNY", "0.05 CNY", "0.05"),
        ("-0.05 CNY", "-0.05 CNY", "-0.05"),
        ("999.99 CNY", "999.99 CNY", "999.99"),
        ("1234.5 CNY", "1,234.50 CNY", "1234.50"),
        ("-1234567.89 USD", "-1,234,567.89 USD", "-1234567.89"),
        ("1234567 JPY", "1,234,567 JPY", "1234567"),
        ("1.234 KWD", "1.234 KWD", "1.234"),
        ("100000 TWD", "100,000.00 TWD", "100000.00"),
    ] {
        assert_eq!(money(text).to_string(), shown);
        assert_eq!(money(text).decimal(), decimal);
        assert_eq!(money(shown), money(text));
    }
}

#[test]
fn money_that_nobody_could_mean_is_refused() {
    for wrong in [
        "",
        "12",
        "CNY",
        "12 ",
        " CNY",
        "12. CNY",
        ".5 CNY",
        "1e3 CNY",
        "+1 CNY",
        "--1 CNY",
        "1,2 CNY",
        "1234,567 CNY",
        "1,234,56 CNY",
        ",123 CNY",
        "1 2 CNY",
        "１２ CNY",
        "12 cny",
        "1.-5 CNY",
    ] {
        assert!(wrong.parse::<Money>().is_err(), "{wrong}");
    }
    assert_eq!(
        "1.234 CNY".parse::<Money>().unwrap_err().code(),
        "money_too_fine"
    );
    assert_eq!(
        "1.5 JPY".parse::<Money>().unwrap_err().code(),
        "money_too_fine"
    );
    assert_eq!(
        "1 XYZ".parse::<Money>().unwrap_err().code(),
        "money_unknown_currency"
    );
    let huge = "99999999999999999999 CNY".parse::<Money>();
    assert_eq!(huge.unwrap_err(), MoneyError::OutOfRange);
}

#[test]
fn sums_of_one_currency_are_taken_together_and_never_overflow() {
    let (one, other) = (money("1000.01 CNY"), money("0.99 CNY"));
    assert_eq!(one.checked_add(other).unwrap(), money("1001.00 CNY"));
    assert_eq!(other.checked_sub(one).unwrap(), money("-999.02 CNY"));
    assert_eq!(other.checked_mul(3).unwrap(), money("2.97 CNY"));
    assert_eq!(one.compare(other).unwrap(), Ordering::Greater);
    assert_eq!(
        Money::sum(Currency::CNY, [one, other]).unwrap(),
        money("1001 CNY")
    );
    let dollars = money("1 USD");
    assert_eq!(
        one.checked_add(dollars).unwrap_err().code(),
        "money_currencies_differ"
    );
    assert!(one.compare(dollars).is_err());
    let largest = Money::new(MAX_MINOR, Currency::CNY).unwrap();
    assert_eq!(largest.checked_add(other), Err(MoneyError::OutOfRange));
    assert_eq!(largest.checked_mul(i64::MAX), Err(MoneyError::OutOfRange));
    assert_eq!(
        Money::new(i64::MIN, Currency::CNY),
        Err(MoneyError::OutOfRange)
    );
}

#[test]
fn a_rate_keeps_its_digits_and_converts_half_up() {
    let rate: Rate = "7.1234".parse().unwrap();
    assert_eq!((rate.mantissa(), rate.scale()), (71_234, 4));
    assert_eq!(serde_json::to_string(&rate).unwrap(), "\"7.1234\"");
    assert_eq!("0.0500".parse::<Rate>().unwrap().to_string(), "0.0500");
    for wrong in [
        "",
        "0",
        "0.00",
        "-7",
        "7.",
        ".7",
        "7,1",
        "7.123456789",
        "1e3",
        "7 ",
    ] {
        assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
    }
    let to_cny = |text: &str, rate: &str| {
        let rate: Rate = rate.parse().unwrap();
        rate.convert_half_up(money(text), Currency::CNY)
            .unwrap()
            .decimal()
    };
    assert_eq!(to_cny("1000.00 USD", "7.1234"), "7123.40");
    assert_eq!(to_cny("0.01 USD", "0.5"), "0.01");
    assert_eq!(to_cny("0.01 USD", "0.49999999"), "0.00");
    assert_eq!(to_cny("-0.01 USD", "0.5"), "-0.01");
    assert_eq!(to_cny("10000 JPY", "0.0475"), "475.00");
    assert_eq!(to_cny("1.005 KWD", "23.3"), "23.42");
    let most = Money::new(MAX_MINOR, usd()).unwrap();
    let steep = Rate::new(i64::MAX, 0).unwrap();
    assert_eq!(
        steep.convert_half_up(most, Currency::CNY),
        Err(MoneyError::OutOfRange)
    );
}

proptest! {
    #[test]
    fn every_sum_comes_back_from_its_texts(
        minor in -MAX_MINOR..=MAX_MINOR,
        code in prop::sample::select(vec!["CNY", "JPY", "KWD"]),
    ) {
        let sum = Money::new(minor, code.parse().unwrap()).unwrap();
        prop_assert_eq!(money(&sum.to_string()), sum);
        prop_assert_eq!(money(&format!("{} {code}", sum.decimal())), sum);
        let json = serde_json::to_string(&sum).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), sum);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9,.\\-]{0,24} ?[A-Z]{0,4}") {
        let _ = text.parse::<Money>().map(|sum| sum.to_string());
        let _ = text.parse::<Rate>().map(|rate| rate.to_string());
    }

    #[test]
    fn conversion_is_never_off_by_more_than_half_a_minor_unit(
        minor in -1_000_000_000_i64..1_000_000_000,
        mantissa in 1..1_000_000_i64,
        scale in 0..=8_u8,
    ) {
        let rate = Rate::new(mantissa, scale).unwrap();
        let got = rate.convert_half_up(Money::new(minor, usd()).unwrap(), Currency::CNY).unwrap();
        let divisor = 10_i128.pow(u32::from(scale));
        let off = i128::from(got.minor()) * divisor - i128::from(minor) * i128::from(mantissa);
        prop_assert!(off.abs() * 2 <= divisor);
    }
}
