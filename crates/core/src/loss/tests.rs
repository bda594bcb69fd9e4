use super::*;
use redress_kernel::definition::Title;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// Worked example 9: discipline decided 2026-01-31 15:00, the month ends 02-28 24:00.
fn loss_of(sales: &[(&str, i64, &str)], asked: &str) -> Option<DLoss> {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let resale = Resale {
        from: at("2026-01-31T15:00:00+08:00"),
        until: at("2026-02-28T23:59:59+08:00"),
        returned: Returned {
            quantity: 200,
            grade_a: money("50.00 CNY"),
            actual_loss: money("40.00 CNY"),
        },
        sales: sales
            .iter()
            .map(|(when, quantity, proceeds)| {
                let proceeds = money(proceeds);
                let quantity = *quantity;
                (at(when), Resold { quantity, proceeds })
            })
            .collect(),
    };
    d_loss(&resale, at(asked), &zone).unwrap()
}

#[test]
fn worked_example_9() {
    let behind = "2026-03-01T00:00:00+08:00";
    let figure = |sales: &[(&str, i64, &str)]| loss_of(sales, behind).unwrap().amount.decimal();
    let sale = "2026-02-28T23:59:59+08:00";
    assert_eq!(figure(&[(sale, 120, "4200.00 CNY")]), "5000.00");
    assert_eq!(figure(&[(sale, 120, "4200.01 CNY")]), "4999.99");
    assert_eq!(figure(&[(sale, 200, "7000.00 CNY")]), "3000.00");
    assert_eq!(figure(&[]), "8000.00");
    let month = loss_of(&[], behind).unwrap().month;
    assert_eq!(month.to_string(), "2026-02");
}

#[test]
fn it_is_pending_until_everything_is_sold_or_the_month_has_ended() {
    let last = "2026-02-28T23:59:59+08:00";
    assert_eq!(loss_of(&[], last), None);
    let sale = "2026-02-10T10:00:00+08:00";
    let all = loss_of(&[(sale, 200, "12000.00 CNY")], sale).unwrap();
    assert_eq!((all.amount.minor(), all.known_at), (0, at(sale)));
    assert_eq!(loss_of(&[(sale, 199, "1.00 CNY")], sale), None);
}

#[test]
fn a_sale_in_the_last_second_of_the_month_counts_and_one_behind_it_does_not() {
    let behind = "2026-03-01T00:00:00+08:00";
    let all = |when: &str| loss_of(&[(when, 200, "7000.00 CNY")], behind).unwrap();
    let last = all("2026-02-28T23:59:59+08:00");
    assert_eq!((last.sold, last.unsold), (200, 0));
    assert_eq!(last.month.to_string(), "2026-02");
    let late = all(behind);
    assert_eq!((late.sold, late.amount), (0, money("8000.00 CNY")));
    // Fractions of a second are cut.
    assert_eq!(all("2026-02-28T23:59:59.9+08:00").sold, 200);
    assert_eq!(loss_of(&[], "2026-02-28T23:59:59.9+08:00"), None);
}

#[test]
fn a_sale_after_the_instant_that_is_asked_for_is_not_known_yet() {
    let sale = ("2026-02-20T10:00:00+08:00", 200, "7000.00 CNY");
    assert_eq!(loss_of(&[sale], "2026-02-19T10:00:00+08:00"), None);
}

#[test]
fn what_is_sold_above_its_value_takes_nothing_from_the_loss_on_the_rest() {
    let behind = "2026-03-01T00:00:00+08:00";
    let sale = ("2026-02-20T10:00:00+08:00", 100, "9999.99 CNY");
    let loss = loss_of(&[sale], behind).unwrap();
    assert_eq!(
        (loss.sold_loss, loss.amount),
        (money("0 CNY"), money("4000.00 CNY"))
    );
}

#[test]
fn goods_and_sales_that_nobody_could_mean_are_refused() {
    let code = |refusal: Refusal| refusal.code.0;
    let returned = |quantity, grade_a: &str| Returned {
        quantity,
        grade_a: money(grade_a),
        actual_loss: money("40.00 CNY"),
    };
    let checked = |of: Returned| check_returned(&of, Currency::CNY).map_err(code);
    assert_eq!(checked(returned(1, "50.00 CNY")), Ok(()));
    assert_eq!(checked(returned(0, "50.00 CNY")), Err("out_of_range"));
    assert_eq!(checked(returned(1, "-0.01 CNY")), Err("out_of_range"));
    assert_eq!(
        checked(returned(i64::MAX, "50.00 CNY")),
        Err("out_of_range")
    );
    assert_eq!(checked(returned(1, "50.00 USD")), Err("mixed_currencies"));
    let resale = Resale {
        from: at("2026-01-31T15:00:00+08:00"),
        until: at("2026-02-28T23:59:59+08:00"),
        returned: returned(200, "50.00 CNY"),
        sales: vec![(
            at("2026-02-01T15:00:00+08:00"),
            Resold {
                quantity: 150,
                proceeds: money("1.00 CNY"),
            },
        )],
    };
    for (quantity, proceeds, wanted) in [
        (50, "1.00 CNY", Ok(())),
        (51, "1.00 CNY", Err("out_of_range")),
        (0, "1.00 CNY", Err("out_of_range")),
        (50, "-1.00 CNY", Err("out_of_range")),
        (50, "1.00 USD", Err("mixed_currencies")),
    ] {
        let resold = Resold {
            quantity,
            proceeds: money(proceeds),
        };
        let got = check_resold(&resold, &resale, Currency::CNY).map_err(code);
        assert_eq!(got, wanted, "{quantity} {proceeds}");
    }
}

fn table() -> LossTable {
    let row = |kind: &str, basis, mark| LossRow {
        kind: kind.parse().unwrap(),
        title: Title {
            zh: String::new(),
            en: kind.to_owned(),
        },
        basis,
        mark,
    };
    let part = |id: &str| id.parse().unwrap();
    LossTable {
        clause: "M9-7".to_owned(),
        mark: Mark::Example,
        rows: vec![
            row(
                "allowance",
                LossBasis::Parts(vec![part("allowed")]),
                Mark::Recovered,
            ),
            row("return", LossBasis::Returned, Mark::Example),
            row(
                "rework",
                LossBasis::Parts(vec![part("labour"), part("material")]),
                Mark::Example,
            ),
        ],
    }
}

fn of_parts(kind: &str, parts: &[(&str, &str)]) -> LossEntry {
    LossEntry {
        kind: kind.parse().unwrap(),
        amounts: parts
            .iter()
            .map(|(part, amount)| (part.parse().unwrap(), money(amount)))
            .collect(),
        quantity: None,
        unit_price: None,
        proceeds: None,
    }
}

fn goods(quantity: i64, price: &str, proceeds: Option<&str>) -> LossEntry {
    LossEntry {
        quantity: Some(quantity),
        unit_price: Some(money(price)),
        proceeds: proceeds.map(money),
        ..of_parts("return", &[])
    }
}

#[test]
fn a_line_is_the_sum_of_its_parts_and_names_its_row() {
    let entry = of_parts(
        "rework",
        &[("labour", "100.50 CNY"), ("material", "0.01 CNY")],
    );
    let reckoned = line(&table(), &entry).unwrap();
    assert_eq!((reckoned.amount, reckoned.row), (money("100.51 CNY"), 3));
    assert_eq!((reckoned.entry, reckoned.mark), (entry, Mark::Example));
}

#[test]
fn goods_that_came_back_cost_their_price_less_what_they_fetch_and_never_less_than_0() {
    let figure = |entry| line(&table(), &entry).unwrap().amount.decimal();
    assert_eq!(figure(goods(10, "5.00 CNY", Some("9.00 CNY"))), "41.00");
    assert_eq!(figure(goods(10, "5.00 CNY", None)), "50.00");
    assert_eq!(figure(goods(10, "5.00 CNY", Some("50.01 CNY"))), "0.00");
}

#[test]
fn an_entry_that_does_not_fit_its_kind_is_refused() {
    let mut stray = of_parts("allowance", &[("allowed", "1.00 CNY")]);
    stray.quantity = Some(1);
    let mut priceless = goods(1, "1.00 CNY", None);
    priceless.unit_price = None;
    let mut both = goods(1, "1.00 CNY", None);
    both.amounts
        .insert("labour".parse().unwrap(), money("1.00 CNY"));
    for (entry, code) in [
        (of_parts("gift", &[]), "unknown_loss_kind"),
        (
            of_parts("rework", &[("labour", "1.00 CNY")]),
            "loss_part_missing",
        ),
        (
            of_parts("allowance", &[("labour", "1.00 CNY")]),
            "loss_part_unknown",
        ),
        (stray, "loss_part_unknown"),
        (priceless, "loss_part_missing"),
        (both, "loss_part_unknown"),
        (
            of_parts("allowance", &[("allowed", "-0.01 CNY")]),
            "out_of_range",
        ),
        (goods(-1, "1.00 CNY", None), "out_of_range"),
        (goods(1, "-1.00 CNY", None), "out_of_range"),
        (goods(1, "1.00 CNY", Some("-1.00 CNY")), "out_of_range"),
        (goods(i64::MAX, "1.00 CNY", None), "out_of_range"),
        (goods(1, "1.00 CNY", Some("1.00 USD")), "mixed_currencies"),
        (
            of_parts(
                "rework",
                &[("labour", "1.00 CNY"), ("material", "1.00 USD")],
            ),
            "mixed_currencies",
        ),
    ] {
        let refusal = line(&table(), &entry).unwrap_err();
        assert_eq!(
            (refusal.code.0, &*refusal.clause),
            (code, "M9-7"),
            "{entry:?}"
        );
    }
    let refusal = line(&table(), &of_parts("gift", &[])).unwrap_err();
    let kinds = refusal.args.get("kinds").map(String::as_str);
    assert_eq!(kinds, Some("allowance, return, rework"));
}

#[test]
fn lines_in_another_currency_are_added_up_and_converted_once_half_up() {
    let entries = [
        of_parts("allowance", &[("allowed", "1.00 CNY")]),
        of_parts("allowance", &[("allowed", "0.01 USD")]),
        of_parts("allowance", &[("allowed", "0.01 USD")]),
    ];
    let rate = RecordedRate {
        from: "USD".parse().unwrap(),
        rate: "7.25".to_owned(),
    };
    let of = |rate: Option<&RecordedRate>| loss(&table(), &entries, Currency::CNY, rate, "3");
    // Each alone would come to 0.07; both are 0.145, which is 0.15.
    let reckoned = of(Some(&rate)).unwrap();
    assert_eq!(reckoned.amount, money("1.15 CNY"));
    assert_eq!(
        (reckoned.rate, reckoned.version.as_str()),
        (Some(rate), "3")
    );
    assert_eq!(of(None).unwrap_err().code.0, "rate_missing");
    let none = loss(&table(), &[], Currency::CNY, None, "3").unwrap_err();
    assert_eq!(none.code.0, "missing_field");
}

#[test]
fn an_entry_is_read_back_as_it_was_written_and_nothing_else_is_read() {
    let entry = goods(10, "5.00 CNY", Some("9.00 CNY"));
    let text = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<LossEntry>(&text).unwrap(), entry);
    assert!(serde_json::from_str::<LossEntry>(r#"{"kind":"return","note":1}"#).is_err());
}
