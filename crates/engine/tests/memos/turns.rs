//! Cases that take the turns of which a memo seldom has to tell.

use redress::kernel::command::CaseCommand;
use redress::kernel::id::CaseId;
use redress::kernel::organisation::{OrganisationCommand, Period};
use redress::kernel::value::Value;
use redress::{Concessions, Explained, Lodging, Request};
use serde_json::{Value as Json, json};

use super::company::{Company, MARCH, Told, allowance, of};
use super::support::{self, at, by, employee, pay};

pub(super) async fn all(told: &mut Told) {
    begun(told).await;
    decisions(told).await;
    notices(told).await;
    petitions(told).await;
    goods(told).await;
    grounds(told).await;
    deputies(told).await;
    chains(told).await;
    ledgers(told).await;
    other_rules(told).await;
}

fn fine(who: &str) -> Explained {
    Explained::Fine(employee(who))
}

fn allowed(amount: &str) -> Json {
    json!([{"kind": "allowance", "amounts": {"allowed": amount}}])
}

fn whole(party: &str) -> Json {
    json!([{"party": party, "basis_points": 10_000}])
}

fn determined(party: &str, reason: &str) -> Json {
    json!({"command": "determine_responsibility", "shares": whole(party), "reason": reason})
}

fn warning() -> Json {
    json!({"grade": "warning", "count": 1})
}

/// Nothing has been stated, determined, decided, proposed.
async fn begun(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.lodged().await;
    let every = [
        Explained::Loss,
        Explained::Decision,
        Explained::Deduction(None),
        fine("E1"),
    ];
    for what in every {
        company.tell(told, "just lodged", case, what).await;
    }
    company.desk.accept(case, &by("E-office")).await.unwrap();
    let stated =
        json!({"command": "state_loss", "lines": allowed("100.00 CNY"), "reason": "by telephone"});
    company.say("E-office", case, stated).await;
    let heading = "a first statement with a reason";
    company.tell(told, heading, case, Explained::Loss).await;
}

/// A complaint that is not established, one above every bound, goods worth more than they cost, a customer's share.
async fn decisions(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = support::to_approval(&company.desk, &company.clock).await;
    let refused = redress::Decision {
        established: false,
        ..redress::Decision::default()
    };
    let decided = company.desk.decide(case, &by("E-gm"), refused).await;
    decided.unwrap();
    let heading = "not established";
    company.tell(told, heading, case, Explained::Decision).await;

    let case = company.lodged().await;
    let loss = json!([{"kind": "return", "quantity": 2, "unit_price": "40.00 CNY", "proceeds": "90.00 CNY"}]);
    let shares = json!([
        {"party": "customer:C1", "basis_points": 2500},
        {"party": "unit:group-3", "basis_points": 7500},
    ]);
    let large = allowance("50000.01 CNY");
    company.proposed(case, large, None, loss, shares).await;
    let granted = support::granted();
    let decided = company.desk.decide(case, &by("E-gm"), granted).await;
    decided.unwrap();
    let heading = "above every bound";
    for what in [
        Explained::Loss,
        Explained::Decision,
        Explained::Deduction(None),
    ] {
        company.tell(told, heading, case, what).await;
    }
}

/// A notice issued again, with the same figures and with others; who is charged twice in it, and who not at all.
async fn notices(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let shares = json!([
        {"party": "unit:group-3", "basis_points": 5000},
        {"party": "person:E1", "basis_points": 5000},
    ]);
    let case = company
        .decided(
            allowance("1200.00 CNY"),
            Some("2026-02-11"),
            allowed("2300.00 CNY"),
            shares,
            None,
        )
        .await;
    company.clock.set(at("2026-04-02T09:00:00+08:00"));
    let issued = "issue_notices";
    for (who, command) in pay::CLOSING.iter().take(7) {
        pay::month(&company.desk, who, command, "2026-03")
            .await
            .unwrap();
    }
    company.clock.advance(60);
    pay::month(&company.desk, "E-office", issued, "2026-03")
        .await
        .unwrap();
    let heading = "a notice issued again";
    company.tell(told, heading, case, of("E1")).await;
    company.staff(json!({"command": "set_base_points", "unit": "group-3", "employee": "E4", "points": 300, "from": "2020-01-01"})).await;
    company.clock.advance(60);
    pay::month(&company.desk, "E-office", issued, "2026-03")
        .await
        .unwrap();
    let heading = "a notice with other base points";
    company.tell(told, heading, case, of("E1")).await;
    company.tell(told, heading, case, of("E-serve")).await;
}

/// A minor demerit at the least that its base units allow, not announced yet; a new petition after a ruling; a closing that
/// was recorded late.
async fn petitions(told: &mut Told) {
    let company = Company::new(MARCH).await;
    company.staff(json!({"command": "set_base_units", "employee": "E1", "units": 33, "from": "2020-01-01"})).await;
    let case = company.allowed("6000.00", "person:E1").await;
    let petition = || json!({"command": "propose_discipline", "employee": "E1"});
    company.say("E-office", case, petition()).await;
    let minor = json!({"grade": "minor_demerit", "count": 1, "rate": "800.01 CNY"});
    let decided = json!({"command": "decide_discipline", "employee": "E1", "sentence": minor});
    company.say("E-gm", case, decided).await;
    company
        .tell(told, "not announced yet", case, fine("E1"))
        .await;
    company.upheld(case, "it was too hard").await;
    company.say("E-office", case, petition()).await;
    company.tell(told, "a new petition", case, fine("E1")).await;

    let company = Company::new(MARCH).await;
    let lodged = company.lodged().await;
    let (loss, shares) = (allowed("2000.00 CNY"), whole("person:E1"));
    company
        .proposed(lodged, allowance("1200.00 CNY"), None, loss, shares)
        .await;
    company.close("2026-03", "2026-04-01").await;
    let report = json!({"command": "report", "stage": "approval", "values": {
        "outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": true,
        "handling": "allowance", "improvement_tracked": true, "allowance": "1200.00 CNY",
    }});
    let report: CaseCommand = serde_json::from_value(report).unwrap();
    let late = Request::new(by("E-gm"), report).on(lodged);
    let late = late.occurred_at(at("2026-03-31T23:00:00+08:00"));
    company.desk.execute(late).await.unwrap();
    company.disciplined(lodged, "E1", warning(), None).await;
    company.close("2026-04", "2026-05-02").await;
    let heading = "a closing recorded behind its month's";
    company.tell(told, heading, lodged, fine("E1")).await;
}

/// Goods that come back when a person has been sentenced: pending, then known.
async fn goods(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let loss = json!([{"kind": "return", "quantity": 200, "unit_price": "50.00 CNY"}]);
    let concessions = Concessions {
        return_quantity: Some(200),
        return_unit_price: Some("5.00 CNY".parse().unwrap()),
        ..Concessions::default()
    };
    let case = company
        .decided(concessions, None, loss, whole("person:E1"), None)
        .await;
    company
        .disciplined(case, "E1", warning(), Some("the first time"))
        .await;
    let returned = json!({"quantity": 200, "grade_a": "50.00 CNY", "actual_loss": "40.00 CNY"});
    let taken = json!({"command": "take_back_goods", "returned": returned});
    company.say("E-store", case, taken).await;
    let heading = "goods came back behind the decision";
    company.tell(told, heading, case, fine("E1")).await;
    company
        .bonuses("E1", &[("2026-03", "3000.00"), ("2026-04", "3000.00")])
        .await;
    company.close("2026-03", "2026-04-01").await;
    let resold = json!({"quantity": 200, "proceeds": "8000.00 CNY"});
    let resold = json!({"command": "resell_goods", "resold": resold});
    company.clock.set(at("2026-04-01T12:00:00+08:00"));
    company.say("E-store", case, resold).await;
    company.close("2026-04", "2026-05-02").await;
    let heading = "goods sold behind the decision";
    company.tell(told, heading, case, fine("E1")).await;
}

/// A share that is another by now: within the grade, so that nothing waits.
async fn grounds(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("2000.00", "person:E1").await;
    company.disciplined(case, "E1", warning(), None).await;
    let stated = json!({"command": "state_loss", "lines": allowed("1500.00 CNY"), "reason": "a slip of the pen"});
    company.say("E-office", case, stated).await;
    company.close("2026-03", "2026-04-02").await;
    let heading = "another loss within the same grade";
    company.tell(told, heading, case, fine("E1")).await;
}

/// A part that a deputy set, in the name of another.
async fn deputies(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("2000.00", "person:E1").await;
    let deputise = OrganisationCommand::Deputise {
        principal: employee("E-gm"),
        deputy: employee("E-quality"),
        period: Period {
            from: at(MARCH),
            until: None,
        },
    };
    let organised = company.desk.organise(&by("E-gm"), deputise, None).await;
    organised.unwrap();
    let mut set = determined("person:E1", "he reported it himself");
    set["charged"] = json!(5000);
    set["case"] = json!(case);
    set["by"] = json!({"employee": "E-quality", "for": "E-gm"});
    company.clock.advance(600);
    let set = company.desk.execute_json(&set.to_string()).await;
    set.unwrap();
    company
        .tell(told, "a part that a deputy set", case, of("E1"))
        .await;
}

/// A new form: what the old one and the new one say of each other.
async fn chains(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let old = company.allowed("2000.00", "person:E-serve").await;
    company.disciplined(old, "E-serve", warning(), None).await;
    company
        .bonuses("E-serve", &[("2026-03", "3000.00"), ("2026-04", "3000.00")])
        .await;
    company.close("2026-03", "2026-04-02").await;
    company.clock.advance(600);
    let lodging: Lodging = support::complaint().into();
    let new = company
        .desk
        .lodge(&by("E-sales"), lodging.follows(old))
        .await;
    let new = new.unwrap();
    let heading = "a new form, not determined yet";
    company.tell(told, heading, new, of("E-serve")).await;
    let heading = "an old form whose new one goes on";
    company.tell(told, heading, old, of("E-serve")).await;
    let shares = whole("supplier:S4");
    company
        .proposed(
            new,
            allowance("1200.00 CNY"),
            None,
            allowed("2000.00 CNY"),
            shares,
        )
        .await;
    let decision = company
        .desk
        .decide(new, &by("E-sales-head"), support::granted())
        .await;
    decision.unwrap();
    let none = json!({"grade": "none", "count": 0});
    company.proposed_none(new, "E-serve", none).await;
    company.close("2026-04", "2026-05-02").await;
    let heading = "a new form that frees";
    company.tell(told, heading, new, fine("E-serve")).await;
    company.tell(told, heading, old, fine("E-serve")).await;
    company.tell(told, heading, old, of("E-serve")).await;
}

/// Given back twice; a fine decided behind the closing; a corrected bonus of somebody who left.
async fn ledgers(told: &mut Told) {
    let company = Company::new(MARCH).await;
    let case = company.allowed("1000.00", "person:E1").await;
    let bonuses = [("2026-03", "3000.00"), ("2026-04", "3000.00")];
    company.bonuses("E1", &bonuses).await;
    company.close("2026-03", "2026-04-02").await;
    let half = json!([
        {"party": "person:E1", "basis_points": 5000},
        {"party": "supplier:S4", "basis_points": 5000},
    ]);
    let halved = json!({"command": "determine_responsibility", "shares": half, "reason": "the resin was bad"});
    company.say("E-office", case, halved).await;
    company.close("2026-04", "2026-05-02").await;
    company
        .say("E-office", case, determined("supplier:S4", "all of it"))
        .await;
    company.close("2026-05", "2026-06-02").await;
    company.tell(told, "given back twice", case, of("E1")).await;

    let company = Company::new(MARCH).await;
    let case = company.allowed("2000.00", "person:E1").await;
    company.close("2026-03", "2026-04-02").await;
    company.disciplined(case, "E1", warning(), None).await;
    company
        .bonuses("E1", &[("2026-03", "3000.00"), ("2026-04", "3000.00")])
        .await;
    company.close("2026-04", "2026-05-02").await;
    company
        .tell(told, "a fine decided behind the closing", case, fine("E1"))
        .await;

    let company = Company::new(MARCH).await;
    let case = company.allowed("1000.00", "person:E4").await;
    company.bonuses("E4", &[("2026-03", "3000.00")]).await;
    company.close("2026-03", "2026-04-02").await;
    let left = OrganisationCommand::Leave {
        employee: employee("E4"),
        from: at("2026-04-01T00:00:00+08:00"),
    };
    company
        .desk
        .organise(&by("E-gm"), left, None)
        .await
        .unwrap();
    company.corrected("E4", "2026-03", "300.00 CNY").await;
    company.close("2026-04", "2026-05-02").await;
    company
        .tell(told, "a smaller bonus of somebody who left", case, of("E4"))
        .await;
}

/// Criteria that go by the cause, and a least fine that does not come out even.
async fn other_rules(told: &mut Told) {
    let rules = [
        (
            "  { charged_bp = 10000 },",
            "  { cause = \"storage\", carried_by = [\"person\"], charged_bp = 3000 },\n  { charged_bp = 10000 },",
        ),
        (
            "minor_demerit = \"800.00 CNY\"",
            "minor_demerit = \"800.01 CNY\"",
        ),
    ];
    let company = Company::with(MARCH, &rules).await;
    company.staff(json!({"command": "set_base_units", "employee": "E1", "units": 33, "from": "2020-01-01"})).await;
    let case = company.allowed("6000.00", "person:E1").await;
    let minor = json!({"grade": "minor_demerit", "count": 1});
    company.disciplined(case, "E1", minor, None).await;
    let heading = "a least fine by other rules";
    company.tell(told, heading, case, fine("E1")).await;
    let mut set = determined("person:E1", "half is enough");
    set["charged"] = json!(5000);
    company.say("E-office", case, set).await;
    company.caused(case, "storage").await;
    let heading = "a cause that charges less";
    company.tell(told, heading, case, of("E1")).await;
    company
        .say("E-office", case, determined("unit:group-3", "all of them"))
        .await;
    let heading = "a cause that groups do not carry";
    company.tell(told, heading, case, of("E1")).await;
}

impl Company {
    async fn caused(&self, case: CaseId, cause: &str) {
        self.clock.advance(600);
        let path = "investigation.cause_category".parse().unwrap();
        let quality = by("E-quality");
        let named = self
            .desk
            .complete(case, &quality, path, Value::text(cause))
            .await;
        named.unwrap();
    }

    async fn lodged(&self) -> CaseId {
        let complaint = support::complaint();
        let lodged = self.desk.lodge(&by("E-sales"), complaint.into()).await;
        lodged.unwrap()
    }

    /// Somebody whom an earlier form of the chain sentenced is sentenced to nothing.
    async fn proposed_none(&self, case: CaseId, who: &str, none: Json) {
        let proposed = json!({"command": "propose_discipline", "employee": who});
        self.say("E-office", case, proposed).await;
        let decided = json!({"command": "decide_discipline", "employee": who, "sentence": none});
        self.say("E-gm", case, decided).await;
    }
}
