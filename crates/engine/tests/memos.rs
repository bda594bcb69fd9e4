//! Memos of ten cases, in both languages, as golden texts: `UPDATE_GOLDEN=1` writes them anew, and the difference is
//! reckoned by hand.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::path::Path;
use std::sync::Arc;

use redress::core::sentence::Lang;
use redress::kernel::id::CaseId;
use redress::{Concessions, Consolidation, Countermeasure, HandlingProposal, Review};
use redress::{Explained, HandClock, Redress};
use serde_json::{Value as Json, json};

use support::{at, by, employee, pay};

/// A company and its clock.
struct Company {
    desk: Redress,
    clock: Arc<HandClock>,
}

/// What is told of a company's cases, in both languages.
#[derive(Default)]
struct Told {
    en: String,
    zh: String,
}

impl Company {
    async fn new(start: &str) -> Self {
        let clock = Arc::new(HandClock::at(at(start)));
        let founding = support::founding();
        let desk = support::builder(&clock).memory().found(founding);
        let desk = desk.await.unwrap();
        let workers = ["E1", "E2", "E3", "E4"].map(|id| (id, "manufacturing"));
        let others = [("E-store", "warehouse"), ("E-serve", "service")];
        pay::people(&desk, &[&workers[..], &others].concat()).await;
        pay::heads(&desk, "service", "E-serve").await;
        let members = [("E1", 500), ("E2", 300), ("E3", 200), ("E4", 150)];
        for unit in [("group-3", "group"), ("section-1", "section")] {
            pay::unit(&desk, unit, "2020-01-01", &members).await;
        }
        Self { desk, clock }
    }

    async fn staff(&self, fact: Json) {
        pay::enter(&self.desk, fact).await;
    }

    async fn bonuses(&self, who: &str, bonuses: &[(&str, &str)]) {
        for (month, amount) in bonuses {
            let amount = format!("{amount} CNY");
            pay::bonus(&self.desk, who, month, &amount).await.unwrap();
        }
    }

    async fn say(&self, who: &str, case: CaseId, command: Json) {
        self.clock.advance(600);
        let told = command.to_string();
        let done = pay::say(&self.desk, who, case, command).await;
        done.unwrap_or_else(|error| panic!("{told}: {error}"));
    }

    /// A complaint up to its decision, which is at `decided` if that is given.
    async fn decided(
        &self,
        concessions: Concessions,
        produced: Option<&str>,
        loss: Json,
        shares: Json,
        decided: Option<&str>,
    ) -> CaseId {
        let (desk, clock) = (&self.desk, &self.clock);
        let mut complaint = support::complaint();
        complaint.ship_date = "2026-01-10".parse().unwrap();
        let case = desk.lodge(&by("E-sales"), complaint.into()).await.unwrap();
        clock.advance(600);
        desk.accept(case, &by("E-office")).await.unwrap();
        clock.advance(600);
        desk.report(case, &by("E-quality"), support::investigation())
            .await
            .unwrap();
        clock.advance(600);
        let countermeasure = Countermeasure {
            abnormality_cause: "a worn heater".into(),
            countermeasure: "replace it".into(),
            production_date: produced.map(|day| day.parse().unwrap()),
            ..Countermeasure::default()
        };
        desk.report(case, &by("E-plant"), countermeasure)
            .await
            .unwrap();
        desk.endorse(case, &by("E-plant-head"), "countermeasure", None)
            .await
            .unwrap();
        let review = Review {
            opinion: "agreed".into(),
            technical_opinion: false,
        };
        desk.report(case, &by("E-office"), review).await.unwrap();
        let proposal = HandlingProposal {
            handling: vec![match concessions.allowance {
                Some(_) => "allowance".into(),
                None => "return".into(),
            }],
            negotiation: "accepts".into(),
            concessions,
            exchange_rate: Some("7.1234".into()),
            ..HandlingProposal::default()
        };
        desk.report(case, &by("E-sales"), proposal).await.unwrap();
        desk.endorse(case, &by("E-sales-head"), "handling-proposal", None)
            .await
            .unwrap();
        let opinion = Consolidation {
            opinion: "grant".into(),
        };
        desk.report(case, &by("E-office"), opinion).await.unwrap();
        self.say(
            "E-office",
            case,
            json!({"command": "state_loss", "lines": loss}),
        )
        .await;
        self.say(
            "E-quality",
            case,
            json!({"command": "propose_responsibility", "shares": shares}),
        )
        .await;
        if let Some(decided) = decided {
            clock.set(at(decided));
        }
        let granted = redress::Decision {
            established: true,
            occurred_at_unit: Some("unit:group-3".to_owned()),
            our_fault: Some(redress::OurFault {
                handling: "allowance".to_owned(),
                untracked_because: None,
            }),
            ..redress::Decision::default()
        };
        desk.decide(case, &by("E-sales-head"), granted)
            .await
            .unwrap();
        case
    }

    async fn allowed(&self, loss: &str, party: &str) -> CaseId {
        let loss = json!([{"kind": "allowance", "amounts": {"allowed": format!("{loss} CNY")}}]);
        let shares = json!([{"party": party, "basis_points": 10_000}]);
        let produced = Some("2026-02-11");
        self.decided(allowance("1200.00 CNY"), produced, loss, shares, None)
            .await
    }

    /// Closes a month, at 9 o'clock of a day.
    async fn close(&self, month: &str, day: &str) {
        self.clock.set(at(&format!("{day}T09:00:00+08:00")));
        let mut commands = pay::CLOSING.to_vec();
        commands.insert(5, ("E-serve", "confirm_month service"));
        for (who, command) in commands {
            self.clock.advance(60);
            let done = pay::month(&self.desk, who, command, month).await;
            // Who has nothing to confirm is refused; who has and did not is missed by the next command.
            if !command.starts_with("confirm_month") {
                done.unwrap_or_else(|error| panic!("{command} {month}: {error}"));
            }
        }
    }

    async fn tell(&self, told: &mut Told, heading: &str, case: CaseId, what: Explained) {
        for (lang, page) in [(Lang::En, &mut told.en), (Lang::Zh, &mut told.zh)] {
            let memo = self.desk.explain_figures(case, &what, lang);
            let memo = memo.await.unwrap();
            page.push_str(&format!("## {heading}: {}\n\n", memo.title));
            for (step, number) in memo.steps.iter().zip(1..) {
                let at = step
                    .at
                    .map_or_else(|| "-".to_owned(), |at| self.desk.zone().short(at));
                let (clause, text) = (&step.clause, &step.text);
                page.push_str(&format!("{number:>3}. {clause} | {at} | {text}\n"));
            }
            page.push('\n');
        }
    }
}

fn allowance(amount: &str) -> Concessions {
    Concessions {
        allowance: Some(amount.parse().unwrap()),
        ..Concessions::default()
    }
}

fn of(who: &str) -> Explained {
    Explained::Deduction(Some(employee(who)))
}

const MARCH: &str = "2026-03-02T09:00:00+08:00";

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

    let company = Company::new("2026-01-30T09:00:00+08:00").await;
    let loss = json!([{"kind": "return", "quantity": 200, "unit_price": "40.00 CNY"}]);
    let shares = json!([{"party": "person:E1", "basis_points": 10_000}]);
    let decided = Some("2026-01-31T15:00:00+08:00");
    let case = company
        .decided(allowance("1200.00 CNY"), None, loss, shares, decided)
        .await;
    let returned = json!({"quantity": 200, "grade_a": "50.00 CNY", "actual_loss": "40.00 CNY"});
    company
        .say(
            "E-store",
            case,
            json!({"command": "take_back_goods", "returned": returned}),
        )
        .await;
    company.clock.set(at("2026-02-28T23:49:59+08:00"));
    let resold = json!({"quantity": 120, "proceeds": "4200.00 CNY"});
    company
        .say(
            "E-store",
            case,
            json!({"command": "resell_goods", "resold": resold}),
        )
        .await;
    company.clock.set(at("2026-03-01T00:00:00+08:00"));
    company
        .say("E-office", case, json!({"command": "settle_resale"}))
        .await;
    company
        .say(
            "E-office",
            case,
            json!({"command": "propose_discipline", "employee": "E1"}),
        )
        .await;
    let decision = json!({"command": "decide_discipline", "employee": "E1", "sentence": {"grade": "major_demerit", "count": 1}, "reason": "it was hidden"});
    company.say("E-gm", case, decision).await;
    company
        .say(
            "E-hr",
            case,
            json!({"command": "announce_discipline", "employee": "E1"}),
        )
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
}

#[tokio::test]
async fn memos_of_ten_cases() {
    let mut told = Told::default();
    losses(&mut told).await;
    parties(&mut told).await;
    ledgers(&mut told).await;
    fines(&mut told).await;
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
