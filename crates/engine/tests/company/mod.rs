//! A company whose cases are told in memos.

use std::sync::Arc;

use redress::core::memo::Ground;
use redress::core::sentence::Lang;
use redress::kernel::id::CaseId;
use redress::{
    Concessions, Consolidation, Countermeasure, HandlingProposal, Review, TimelineEntry,
};
use redress::{Explained, HandClock, Redress};
use serde_json::{Value as Json, json};

use crate::support::{self, at, by, employee, pay};

/// A company and its clock.
pub(crate) struct Company {
    pub(crate) desk: Redress,
    pub(crate) clock: Arc<HandClock>,
}

/// What is told of a company's cases, in both languages.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) en: String,
    pub(crate) zh: String,
}

impl Company {
    pub(crate) async fn new(start: &str) -> Self {
        Self::with(start, &[]).await
    }

    /// One whose rules say something else in places than the shipped ones.
    pub(crate) async fn with(start: &str, changes: &[(&str, &str)]) -> Self {
        let clock = Arc::new(HandClock::at(at(start)));
        let mut founding = support::founding();
        let mut workflows = redress::workflow::builtin_files();
        let files = workflows.get_mut("customer-complaint").unwrap();
        for (shipped, other) in changes {
            let file = files.values_mut().find(|file| file.contains(shipped));
            let file = file.unwrap();
            *file = file.replace(shipped, other);
        }
        founding.workflows = Some(workflows.into_values().collect());
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

    pub(crate) async fn staff(&self, fact: Json) {
        pay::enter(&self.desk, fact).await;
    }

    pub(crate) async fn bonuses(&self, who: &str, bonuses: &[(&str, &str)]) {
        for (month, amount) in bonuses {
            let amount = format!("{amount} CNY");
            pay::bonus(&self.desk, who, month, &amount).await.unwrap();
        }
    }

    /// A bonus that was charged turns out to have been another.
    pub(crate) async fn corrected(&self, who: &str, month: &str, amount: &str) {
        let command = json!({
            "command": "record_bonus", "by": {"employee": "E-books"}, "employee": who,
            "month": month, "amount": amount, "reason": "it was mistyped",
        });
        let done = self.desk.execute_json(&command.to_string()).await;
        done.unwrap();
    }

    pub(crate) async fn say(&self, who: &str, case: CaseId, command: Json) {
        self.clock.advance(600);
        let told = command.to_string();
        let done = pay::say(&self.desk, who, case, command).await;
        done.unwrap_or_else(|error| panic!("{told}: {error}"));
    }

    /// Somebody is disciplined: proposed, decided, announced.
    pub(crate) async fn disciplined(
        &self,
        case: CaseId,
        who: &str,
        sentence: Json,
        reason: Option<&str>,
    ) {
        let proposed = json!({"command": "propose_discipline", "employee": who});
        self.say("E-office", case, proposed).await;
        let mut decided =
            json!({"command": "decide_discipline", "employee": who, "sentence": sentence});
        if let Some(reason) = reason {
            decided["reason"] = json!(reason);
        }
        self.say("E-gm", case, decided).await;
        let announced = json!({"command": "announce_discipline", "employee": who});
        self.say("E-hr", case, announced).await;
    }

    /// A complaint up to its decision, which is at `decided` if that is given.
    pub(crate) async fn decided(
        &self,
        concessions: Concessions,
        produced: Option<&str>,
        loss: Json,
        shares: Json,
        decided: Option<&str>,
    ) -> CaseId {
        let mut complaint = support::complaint();
        complaint.ship_date = "2026-01-10".parse().unwrap();
        let case = self.desk.lodge(&by("E-sales"), complaint.into()).await;
        let case = case.unwrap();
        self.proposed(case, concessions, produced, loss, shares)
            .await;
        if let Some(decided) = decided {
            self.clock.set(at(decided));
        }
        let (manager, granted) = (by("E-sales-head"), support::granted());
        let decision = self.desk.decide(case, &manager, granted);
        decision.await.unwrap();
        case
    }

    /// A lodged complaint up to the stage of its decision.
    pub(crate) async fn proposed(
        &self,
        case: CaseId,
        concessions: Concessions,
        produced: Option<&str>,
        loss: Json,
        shares: Json,
    ) {
        let (desk, clock) = (&self.desk, &self.clock);
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
    }

    pub(crate) async fn allowed(&self, loss: &str, party: &str) -> CaseId {
        let loss = json!([{"kind": "allowance", "amounts": {"allowed": format!("{loss} CNY")}}]);
        let shares = json!([{"party": party, "basis_points": 10_000}]);
        let produced = Some("2026-02-11");
        self.decided(allowance("1200.00 CNY"), produced, loss, shares, None)
            .await
    }

    /// Closes a month, at 9 o'clock of a day.
    pub(crate) async fn close(&self, month: &str, day: &str) {
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

    pub(crate) async fn tell(&self, told: &mut Told, heading: &str, case: CaseId, what: Explained) {
        let timeline = self.desk.timeline(case).await.unwrap();
        for (lang, page) in [(Lang::En, &mut told.en), (Lang::Zh, &mut told.zh)] {
            let memo = self.desk.explain_figures(case, &what, lang);
            let memo = memo.await.unwrap();
            page.push_str(&format!("## {heading}: {}\n\n", memo.title));
            for (step, number) in memo.steps.iter().zip(1..) {
                let at = step
                    .at
                    .map_or_else(|| "-".to_owned(), |at| self.desk.zone().short(at));
                let (clause, text) = (&step.clause, &step.text);
                let event = step.event.as_ref();
                assert_eq!(event.is_some(), step.at.is_some(), "{text}");
                let on = event.map_or_else(String::new, |event| {
                    stands(event, case, &timeline);
                    format!("{} {} | ", event.kind, event.version)
                });
                page.push_str(&format!("{number:>3}. {clause} | {at} | {on}{text}\n"));
            }
            page.push('\n');
        }
    }
}

/// What a step names is an event of the case, or of a ledger.
fn stands(event: &Ground, case: CaseId, timeline: &[TimelineEntry]) {
    if event.kind.starts_with("person.") {
        assert!(event.stream.starts_with("person"), "{event:?}");
        return;
    }
    assert!(event.stream.ends_with(&case.to_string()), "{event:?}");
    let mut there = timeline.iter().filter(|e| e.version == event.version);
    let entry = there.next().unwrap();
    assert_eq!(
        (entry.kind.as_str(), entry.position),
        (event.kind.as_str(), event.position)
    );
}

pub(crate) fn allowance(amount: &str) -> Concessions {
    Concessions {
        allowance: Some(amount.parse().unwrap()),
        ..Concessions::default()
    }
}

/// What is deducted from somebody.
pub(crate) fn of(who: &str) -> Explained {
    Explained::Deduction(Some(employee(who)))
}

pub(crate) const MARCH: &str = "2026-03-02T09:00:00+08:00";
