//! Memos of cases, in both languages, as golden texts: `UPDATE_GOLDEN=1` writes them anew, and the difference is
//! reckoned by hand.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod company;
mod support;
#[path = "memos/turns.rs"]
mod turns;

use std::path::Path;

use redress::core::account::ItemKind;
use redress::kernel::id::CaseId;
use redress::kernel::organisation::OrganisationCommand;
use redress::kernel::value::Value;
use redress::{Concessions, Explained};
use serde_json::json;

use company::{Company, MARCH, Told, allowance, of};
use support::{at, by, employee};

async fn losses(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("1200.00", "unit:group-3").await;
    company
        .tell(told, "allowance only", case, Explained::Loss)
        .await;
    company
        .tell(told, "allowance only", case, Explained::Decision)
        .await;

    let concessions = Concessions {
        return_quantity: Some(200),
        return_unit_price: Some("12.34 CNY".parse().unwrap()),
        ..Concessions::default()
    };
    let loss = json!([{"kind": "return", "quantity": 200, "unit_price": "12.34 CNY", "proceeds": "468.55 CNY"}]);
    let whole = |party: &str| json!([{"party": party, "basis_points": 10_000}]);
    let case = company
        .decided(concessions, None, loss, whole("department:rnd"), None)
        .await;
    company
        .tell(told, "returned goods", case, Explained::Loss)
        .await;
    company
        .tell(told, "returned goods", case, Explained::Decision)
        .await;
    company
        .tell(told, "returned goods", case, Explained::Deduction(None))
        .await;

    let loss = json!([
        {"kind": "allowance", "amounts": {"allowed": "150.05 USD"}},
        {"kind": "freight", "amounts": {"paid": "20.00 USD"}},
        {"kind": "rework", "amounts": {"labour": "100.10 CNY", "material": "23.45 CNY"}},
    ]);
    let case = company
        .decided(
            allowance("150.05 USD"),
            None,
            loss,
            whole("unit:group-3"),
            None,
        )
        .await;
    company
        .tell(told, "foreign currency", case, Explained::Loss)
        .await;
    company
        .tell(told, "foreign currency", case, Explained::Decision)
        .await;
}

async fn parties(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let loss = json!([{"kind": "allowance", "amounts": {"allowed": "1234.57 CNY"}}]);
    let shares = json!([
        {"party": "unit:group-3", "basis_points": 4500},
        {"party": "person:E-serve", "basis_points": 3300},
        {"party": "supplier:S4", "basis_points": 2200},
    ]);
    let case = company
        .decided(
            allowance("1200.00 CNY"),
            Some("2026-02-11"),
            loss,
            shares,
            None,
        )
        .await;
    for who in ["E1", "E2", "E3", "E4", "E-serve"] {
        company.bonuses(who, &[("2026-03", "1000.00")]).await;
    }
    company.close("2026-03", "2026-04-08").await;
    company
        .tell(
            told,
            "three parties with a supplier",
            case,
            Explained::Deduction(None),
        )
        .await;
    company
        .tell(told, "three parties with a supplier", case, of("E2"))
        .await;
    company
        .tell(told, "a person alone in service", case, of("E-serve"))
        .await;

    let company = Company::new(MARCH).await;
    let loss = json!([{"kind": "allowance", "amounts": {"allowed": "1000.00 CNY"}}]);
    let shares = json!([{"party": "unit:section-1", "basis_points": 10_000, "why_not_smaller": "both groups worked on the lot"}]);
    let case = company
        .decided(allowance("1000.00 CNY"), None, loss, shares, None)
        .await;
    company.close("2026-03", "2026-04-08").await;
    company
        .tell(
            told,
            "a section without a group",
            case,
            Explained::Deduction(None),
        )
        .await;
    company
        .tell(told, "a section without a group", case, of("E4"))
        .await;
}

async fn ledgers(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("2300.00", "person:E-serve").await;
    let bonuses = [
        ("2026-03", "3000.00"),
        ("2026-04", "1000.00"),
        ("2026-05", "2000.00"),
    ];
    company.bonuses("E-serve", &bonuses).await;
    company.close("2026-03", "2026-04-08").await;
    company.close("2026-04", "2026-05-08").await;
    company
        .tell(told, "instalments, two months on", case, of("E-serve"))
        .await;
    company.close("2026-05", "2026-06-08").await;
    company
        .tell(told, "instalments over months", case, of("E-serve"))
        .await;

    let company = Company::new(MARCH).await;
    let case = company.allowed("1150.00", "unit:group-3").await;
    company.bonuses("E1", &[("2026-03", "1500.00")]).await;
    company.close("2026-03", "2026-04-08").await;
    let shares = json!([{"party": "unit:group-3", "basis_points": 5000}, {"party": "supplier:S4", "basis_points": 5000}]);
    let corrected = json!({"command": "determine_responsibility", "shares": shares, "reason": "the resin was bad"});
    company.say("E-office", case, corrected).await;
    company.close("2026-04", "2026-05-08").await;
    company
        .tell(told, "a correction gives back", case, of("E1"))
        .await;
}

async fn fines(told: &mut Told) {
    let company = Company::new(MARCH).await;
    company.staff(json!({"command": "set_base_units", "employee": "E1", "units": 125, "from": "2020-01-01"})).await;
    let case = company.allowed("6000.00", "person:E1").await;
    company
        .say(
            "E-office",
            case,
            json!({"command": "propose_discipline", "employee": "E1"}),
        )
        .await;
    let sentence = json!({"grade": "minor_demerit", "count": 2, "rate": "801.01 CNY"});
    company
        .say(
            "E-gm",
            case,
            json!({"command": "decide_discipline", "employee": "E1", "sentence": sentence}),
        )
        .await;
    company
        .say(
            "E-hr",
            case,
            json!({"command": "announce_discipline", "employee": "E1"}),
        )
        .await;
    company.bonuses("E1", &[("2026-03", "2500.01")]).await;
    company.close("2026-03", "2026-04-08").await;
    let fine = || Explained::Fine(employee("E1"));
    company.tell(told, "a minor demerit", case, fine()).await;
    company.tell(told, "a minor demerit", case, of("E1")).await;

    let company = Company::new(MARCH).await;
    let case = company.allowed("6000.00", "unit:group-3").await;
    let petition = json!({"command": "propose_discipline", "employee": "E1"});
    company.say("E-office", case, petition).await;
    // The petition stands on what was known when it was filed.
    company.staff(json!({"command": "set_base_points", "unit": "group-3", "employee": "E1", "points": 900, "from": "2020-01-01"})).await;
    company
        .tell(told, "base points corrected later", case, fine())
        .await;
}

/// Worked example 9: 200 pieces came back; some are sold, each time so many for so much.
async fn resale(sold: &[(&str, i64, &str)]) -> (Company, CaseId) {
    let company = Company::new("2026-01-30T09:00:00+08:00").await;
    let loss = json!([{"kind": "return", "quantity": 200, "unit_price": "40.00 CNY"}]);
    let shares = json!([{"party": "person:E1", "basis_points": 10_000}]);
    let decided = Some("2026-01-31T15:00:00+08:00");
    let case = company
        .decided(allowance("1200.00 CNY"), None, loss, shares, decided)
        .await;
    let returned = json!({"quantity": 200, "grade_a": "50.00 CNY", "actual_loss": "40.00 CNY"});
    let taken = json!({"command": "take_back_goods", "returned": returned});
    company.say("E-store", case, taken).await;
    for (when, quantity, proceeds) in sold {
        company.clock.set(at(when));
        let resold = json!({"quantity": quantity, "proceeds": proceeds});
        let resold = json!({"command": "resell_goods", "resold": resold});
        company.say("E-store", case, resold).await;
    }
    company.clock.set(at("2026-03-01T00:00:00+08:00"));
    (company, case)
}

async fn resales(told: &mut Told) {
    let fine = || Explained::Fine(employee("E1"));
    let sold = [("2026-02-28T23:49:59+08:00", 120, "4200.00 CNY")];
    let (company, case) = resale(&sold).await;
    company
        .say("E-office", case, json!({"command": "settle_resale"}))
        .await;
    let major = json!({"grade": "major_demerit", "count": 1});
    company
        .disciplined(case, "E1", major, Some("it was hidden"))
        .await;
    company
        .bonuses("E1", &[("2026-01", "900.00"), ("2026-02", "1800.00")])
        .await;
    company.close("2026-01", "2026-03-05").await;
    company.close("2026-02", "2026-03-08").await;
    company
        .tell(told, "a major demerit with resale", case, fine())
        .await;
    company
        .tell(told, "a major demerit with resale", case, of("E1"))
        .await;

    let sold = [
        ("2026-02-10T10:00:00+08:00", 120, "4200.00 CNY"),
        ("2026-02-20T10:00:00+08:00", 80, "2800.00 CNY"),
    ];
    let (company, case) = resale(&sold).await;
    let warning = json!({"grade": "warning", "count": 1});
    company.disciplined(case, "E1", warning, None).await;
    company.tell(told, "everything resold", case, fine()).await;
}

/// Worked examples 6, 7 and 8.
async fn worked_examples(told: &mut Told) {
    let company = Company::new("2026-04-03T08:00:00+08:00").await;
    company.allowed("1200.00", "person:E-serve").await;
    company.clock.set(at("2026-04-20T08:00:00+08:00"));
    let second = company.allowed("900.01", "person:E-serve").await;
    let bonuses = [
        ("2026-04", "2000.01"),
        ("2026-05", "1600.00"),
        ("2026-06", "1500.00"),
        ("2026-07", "900.00"),
    ];
    company.bonuses("E-serve", &bonuses).await;
    company.close("2026-04", "2026-05-02").await;
    company.clock.set(at("2026-05-06T08:00:00+08:00"));
    let third = company.allowed("500.00", "person:E-serve").await;
    company.close("2026-05", "2026-06-02").await;
    company.close("2026-06", "2026-07-02").await;
    company.close("2026-07", "2026-08-02").await;
    for case in [second, third] {
        company
            .tell(told, "worked example 6", case, of("E-serve"))
            .await;
    }

    let company = Company::new("2026-04-03T08:00:00+08:00").await;
    let case = company.allowed("1500.00", "person:E-serve").await;
    company.bonuses("E-serve", &[("2026-04", "2000.00")]).await;
    company.close("2026-04", "2026-05-02").await;
    company.clock.set(at("2026-05-06T08:00:00+08:00"));
    let grave = company.allowed("20000.00", "person:E-serve").await;
    let shares = json!([{"party": "person:E-serve", "basis_points": 10_000}]);
    let ruled = json!({"command": "determine_responsibility", "shares": shares, "charged": 0, "reason": "ruled that nothing is charged"});
    company.say("E-office", grave, ruled).await;
    let major = json!({"grade": "major_demerit", "count": 1});
    company.disciplined(grave, "E-serve", major, None).await;
    company.bonuses("E-serve", &[("2026-05", "1800.00")]).await;
    company.close("2026-05", "2026-06-02").await;
    company.close("2026-06", "2026-07-02").await;
    let heading = "worked example 7, the bonus of June unknown";
    company.tell(told, heading, case, of("E-serve")).await;
    company
        .bonuses("E-serve", &[("2026-06", "600.00"), ("2026-07", "1000.00")])
        .await;
    company.close("2026-07", "2026-08-02").await;
    let heading = "worked example 7, a forfeited month";
    company.tell(told, heading, case, of("E-serve")).await;
    let fine = || Explained::Fine(employee("E-serve"));
    company.tell(told, heading, grave, fine()).await;
    company.tell(told, heading, grave, of("E-serve")).await;

    let company = Company::new("2026-04-03T08:00:00+08:00").await;
    let case = company.allowed("1000.00", "person:E-serve").await;
    let warning = json!({"grade": "warning", "count": 1});
    company.disciplined(case, "E-serve", warning, None).await;
    company
        .bonuses("E-serve", &[("2026-04", "700.00"), ("2026-05", "1000.00")])
        .await;
    company.close("2026-04", "2026-05-02").await;
    company.close("2026-05", "2026-06-02").await;
    let heading = "worked example 7, the fine first";
    company.tell(told, heading, case, fine()).await;
    company.tell(told, heading, case, of("E-serve")).await;

    let company = Company::new(MARCH).await;
    let loss = json!([{"kind": "allowance", "amounts": {"allowed": "1234.57 CNY"}}]);
    let shares = json!([
        {"party": "person:E2", "basis_points": 3750},
        {"party": "person:E1", "basis_points": 3750},
        {"party": "supplier:S4", "basis_points": 2500},
    ]);
    let produced = Some("2026-02-11");
    let case = company
        .decided(allowance("1200.00 CNY"), produced, loss, shares, None)
        .await;
    company
        .tell(
            told,
            "worked example 8, a tie",
            case,
            Explained::Deduction(None),
        )
        .await;
}

async fn late_and_gone(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("20000.00", "person:E-serve").await;
    let bonuses = [("2026-03", "3000.00"), ("2026-04", "2000.00")];
    company.bonuses("E-serve", &bonuses).await;
    company.close("2026-03", "2026-04-02").await;
    let major = json!({"grade": "major_demerit", "count": 1});
    company.disciplined(case, "E-serve", major, None).await;
    company.close("2026-04", "2026-05-02").await;
    let fine = Explained::Fine(employee("E-serve"));
    company
        .tell(told, "decided behind the closing", case, fine)
        .await;

    let company = Company::new(MARCH).await;
    let case = company.allowed("1500.00", "person:E4").await;
    let bonuses = [("2026-03", "1000.00"), ("2026-04", "600.00")];
    company.bonuses("E4", &bonuses).await;
    company.close("2026-03", "2026-04-02").await;
    company.clock.set(at("2026-04-20T18:00:00+08:00"));
    let leave = OrganisationCommand::Leave {
        employee: employee("E4"),
        from: at("2026-04-20T18:00:00+08:00"),
    };
    let left = company.desk.organise(&by("E-gm"), leave, None).await;
    left.unwrap();
    company.close("2026-04", "2026-05-02").await;
    company
        .tell(told, "somebody who left", case, of("E4"))
        .await;

    company.close("2026-05", "2026-06-02").await;
    company.close("2026-06", "2026-07-02").await;
    company.clock.set(at("2026-07-10T08:00:00+08:00"));
    let join = OrganisationCommand::Join {
        employee: employee("E4"),
        department: "manufacturing".parse().unwrap(),
        unit: None,
        from: at("2026-07-10T08:00:00+08:00"),
    };
    company
        .desk
        .organise(&by("E-gm"), join, None)
        .await
        .unwrap();
    company.bonuses("E4", &[("2026-07", "900.00")]).await;
    company.close("2026-07", "2026-08-02").await;
    company
        .tell(told, "somebody who came back", case, of("E4"))
        .await;
}

impl Company {
    async fn produced(&self, case: CaseId, day: &str) {
        self.clock.advance(600);
        let path = "countermeasure.production_date".parse().unwrap();
        let value = Value::Text(day.to_owned());
        let office = by("E-office");
        let corrected = self.desk.correct(case, &office, path, value, "another lot");
        corrected.await.unwrap();
    }

    /// A petition against the resolution is upheld.
    pub(crate) async fn upheld(&self, case: CaseId, ruling: &str) {
        let filed = json!({"command": "object", "petition": "it is too hard"});
        self.say("E-plant", case, filed).await;
        let ruled = json!({"command": "rule", "objection": 1, "upheld": true, "ruling": ruling});
        self.say("E-gm", case, ruled).await;
    }
}

/// What a notice says of its day, after the production date was corrected or named late (A24).
async fn production_dates(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("1150.00", "unit:group-3").await;
    company.close("2026-03", "2026-04-08").await;
    company.produced(case, "2026-02-10").await;
    company.close("2026-04", "2026-05-08").await;
    company.produced(case, "2026-02-09").await;
    let heading = "a production date corrected";
    company.tell(told, heading, case, of("E2")).await;

    let company = Company::new(MARCH).await;
    let loss = json!([{"kind": "allowance", "amounts": {"allowed": "1150.00 CNY"}}]);
    let shares = json!([{"party": "unit:group-3", "basis_points": 10_000}]);
    let case = company
        .decided(allowance("1200.00 CNY"), None, loss, shares, None)
        .await;
    company.close("2026-03", "2026-04-08").await;
    let path = "countermeasure.production_date".parse().unwrap();
    let value = Value::Text("2026-02-11".to_owned());
    let plant = by("E-plant");
    let named = company.desk.complete(case, &plant, path, value);
    named.await.unwrap();
    let heading = "a production date named late";
    company.tell(told, heading, case, of("E2")).await;
}

/// A loss that is stated anew before the decision needs no reason, and is told as replaced all the same (M9-7).
async fn restated(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let complaint = support::complaint();
    let lodged = company.desk.lodge(&by("E-sales"), complaint.into()).await;
    let case = lodged.unwrap();
    company.desk.accept(case, &by("E-office")).await.unwrap();
    for amount in ["1200.00 CNY", "1100.00 CNY"] {
        let loss = json!([{"kind": "allowance", "amounts": {"allowed": amount}}]);
        let stated = json!({"command": "state_loss", "lines": loss});
        company.say("E-office", case, stated).await;
    }
    let heading = "a loss stated anew";
    company.tell(told, heading, case, Explained::Loss).await;
}

/// Who set a part below that of the row, with a petition behind it or without one (M9-12, M12).
async fn parts(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("100.01", "person:E-serve").await;
    let shares = json!([{"party": "person:E-serve", "basis_points": 10_000}]);
    let set = |reason: &str| json!({"command": "determine_responsibility", "shares": shares, "charged": 5000, "reason": reason});
    company
        .say("E-office", case, set("he reported it himself"))
        .await;
    let whole = || Explained::Deduction(None);
    let heading = "a part that the office set";
    company.tell(told, heading, case, whole()).await;
    company.upheld(case, "half is enough").await;
    company.say("E-office", case, set("as it was ruled")).await;
    let loss = json!([{"kind": "allowance", "amounts": {"allowed": "200.01 CNY"}}]);
    let corrected = json!({"command": "state_loss", "lines": loss, "reason": "a slip of the pen"});
    company.say("E-office", case, corrected).await;
    let heading = "a part that stood when the loss was corrected";
    company.tell(told, heading, case, whole()).await;
}

/// A month is forfeited once, for however many cases: one of two is undone, then the other (A21, M9-12).
async fn two_forfeitures(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let major = || json!({"grade": "major_demerit", "count": 1});
    let first = company.allowed("25000.00", "person:E-serve").await;
    company.disciplined(first, "E-serve", major(), None).await;
    let second = company.allowed("25000.00", "person:E-serve").await;
    company.disciplined(second, "E-serve", major(), None).await;
    let bonuses = [
        ("2026-03", "3000.00"),
        ("2026-04", "2000.00"),
        ("2026-05", "2000.00"),
    ];
    company.bonuses("E-serve", &bonuses).await;
    company.close("2026-03", "2026-04-02").await;
    let none = || json!({"grade": "none", "count": 0});
    let fine = || Explained::Fine(employee("E-serve"));
    let why = Some("it was nobody's fault");
    company.upheld(first, "no fault").await;
    company.disciplined(first, "E-serve", none(), why).await;
    company.close("2026-04", "2026-05-02").await;
    let heading = "two major demerits, the first undone";
    company.tell(told, heading, first, fine()).await;
    company.tell(told, heading, second, fine()).await;
    company.upheld(second, "no fault").await;
    company.disciplined(second, "E-serve", none(), why).await;
    company.close("2026-05", "2026-06-02").await;
    let heading = "two major demerits, both undone";
    company.tell(told, heading, first, fine()).await;
    company.tell(told, heading, second, fine()).await;
    let account = company.desk.account(&employee("E-serve")).await.unwrap();
    let forfeits: Vec<_> = account
        .unwrap()
        .items()
        .iter()
        .filter(|item| item.key.kind == ItemKind::WholeBonus)
        .map(|item| [item.charged, item.given_back, item.owed].map(|m| m.decimal()))
        .collect();
    let first = ["3000.00", "3000.00", "0.00"].map(ToOwned::to_owned);
    let second = ["0.00", "0.00", "0.00"].map(ToOwned::to_owned);
    assert_eq!(forfeits, [first, second]);
}

/// With which bonus a deduction goes on, where a bonus became known late (A22).
async fn a_late_bonus(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("20000.00", "person:E-serve").await;
    company.bonuses("E-serve", &[("2026-04", "1000.00")]).await;
    company.close("2026-03", "2026-04-02").await;
    company.close("2026-04", "2026-05-02").await;
    let heading = "a bonus that is not known waits";
    company.tell(told, heading, case, of("E-serve")).await;
    let late = [("2026-03", "2000.00"), ("2026-05", "1000.00")];
    company.bonuses("E-serve", &late).await;
    company.close("2026-05", "2026-06-02").await;
    let heading = "a bonus that became known late";
    company.tell(told, heading, case, of("E-serve")).await;
}

/// Bonuses that were charged and turned out to have been others.
async fn other_bonuses(told: &mut Told) {
    let fine = || Explained::Fine(employee("E-serve"));
    let company = Company::new(MARCH).await;
    let case = company.allowed("9000.00", "person:E-serve").await;
    let warning = json!({"grade": "warning", "count": 1});
    let reason = Some("the first time");
    company.disciplined(case, "E-serve", warning, reason).await;
    let bonuses = [("2026-03", "30000.00"), ("2026-04", "4000.00")];
    company.bonuses("E-serve", &bonuses).await;
    company.close("2026-03", "2026-04-08").await;
    company.corrected("E-serve", "2026-03", "300.01 CNY").await;
    company.close("2026-04", "2026-05-08").await;
    company
        .tell(told, "a bonus that was smaller", case, of("E-serve"))
        .await;
    company
        .tell(told, "a bonus that was smaller", case, fine())
        .await;

    let company = Company::new(MARCH).await;
    let case = company.allowed("20000.00", "person:E-serve").await;
    let major = json!({"grade": "major_demerit", "count": 1});
    company.disciplined(case, "E-serve", major, None).await;
    company.bonuses("E-serve", &[("2026-03", "3000.00")]).await;
    company.close("2026-03", "2026-04-08").await;
    company.corrected("E-serve", "2026-03", "2400.00 CNY").await;
    company.close("2026-04", "2026-05-08").await;
    company.corrected("E-serve", "2026-03", "2500.00 CNY").await;
    company.close("2026-05", "2026-06-08").await;
    company
        .tell(told, "a forfeited bonus that was another", case, fine())
        .await;
}

#[tokio::test]
async fn memos_in_both_languages() {
    let mut told = Told::default();
    losses(&mut told).await;
    parties(&mut told).await;
    ledgers(&mut told).await;
    fines(&mut told).await;
    resales(&mut told).await;
    worked_examples(&mut told).await;
    late_and_gone(&mut told).await;
    production_dates(&mut told).await;
    restated(&mut told).await;
    parts(&mut told).await;
    two_forfeitures(&mut told).await;
    a_late_bonus(&mut told).await;
    other_bonuses(&mut told).await;
    turns::all(&mut told).await;
    for (name, text) in [("memos.en.txt", &told.en), ("memos.zh.txt", &told.zh)] {
        for fault in ["not in agreement", "cannot be", "不一致", "无法"] {
            assert!(!text.contains(fault), "{text}");
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let path = path.join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            continue;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            *text, expected,
            "{name} differs; UPDATE_GOLDEN=1 writes it anew"
        );
    }
}

/// What no history leads to: a figure that does not follow from what is recorded.
const FAULTS: [&str; 3] = [
    "; recorded {recorded}, reckoned {reckoned}: not in agreement",
    "; recorded {recorded}, which cannot be reckoned",
    "{sum} cannot be shared by these ratios",
];

/// A sentence that no case here leads to may say anything, and nobody would read it before it is believed.
#[test]
fn every_sentence_of_a_memo_is_told_of_a_case() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let memos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/memo");
    for (nth, golden) in ["memos.en.txt", "memos.zh.txt"].into_iter().enumerate() {
        let golden = std::fs::read_to_string(tests.join(golden)).unwrap();
        let lines: Vec<&str> = golden.lines().collect();
        let mut all = 0;
        for source in [&memos, &memos.join("ledger")]
            .into_iter()
            .flat_map(|dir| std::fs::read_dir(dir).unwrap())
        {
            let path = source.unwrap().path();
            if path.extension().is_none_or(|e| e != "rs") {
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            for sentence in sentences(&code)
                .into_iter()
                .filter(|s| !FAULTS.contains(&s[0].as_str()))
            {
                all += 1;
                let told = lines.iter().any(|line| tells(line, &sentence[nth]));
                assert!(
                    told,
                    "{}: no case leads to: {}",
                    path.display(),
                    sentence[nth]
                );
            }
        }
        assert!(all > 100, "{all} sentences");
    }
}

/// What `say!` is given in both languages, wherever it is called.
fn sentences(code: &str) -> Vec<[String; 2]> {
    let calls = code.split("say!(").skip(1);
    let texts = calls.filter_map(|call| {
        let mut texts = call.split('"').skip(1).step_by(2);
        let mut next = || Some(texts.next()?.replace("\\\n", ""));
        Some([next()?, next()?])
    });
    texts
        .map(|both| both.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect()
}

/// Whether a line has all that a sentence says around its figures, in order.
fn tells(line: &str, sentence: &str) -> bool {
    let mut rest = line;
    let around = sentence
        .split('{')
        .map(|part| part.split_once('}').map_or(part, |(_, text)| text));
    for part in around {
        let Some((_, behind)) = rest.split_once(part) else {
            return false;
        };
        rest = behind;
    }
    true
}
