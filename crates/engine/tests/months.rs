//! A month from its first complaint to the frozen figures, and what is corrected behind the closing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use redress::Redress;
use redress::core::month::{MonthCommand, MonthState};
use redress::core::person::PersonCommand;
use redress::core::refusal;
use redress::kernel::command::CaseCommand;
use redress::kernel::id::CaseId;
use redress::kernel::refusal::Code;
use redress::kernel::time::Month;
use redress::log::Filter;
use redress::{Error, HandClock, Request};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use support::pay::{self, bonus, month, say};
use support::{at, by, employee};

/// The company of the other tests, with the heads, personnel and accounting that a month needs.
async fn staffed(desk: &Redress) {
    pay::people(desk, &[("E-worker", "manufacturing")]).await;
    let members = [("E-plant", 500), ("E-worker", 300)];
    pay::unit(desk, ("group-3", "group"), "2026-01-01", &members).await;
}

/// A complaint whose loss and responsibility are determined with its decision.
async fn decided(desk: &Redress, clock: &HandClock, loss: &str, shares: Json) -> CaseId {
    let case = support::to_approval(desk, clock).await;
    let lines = json!([{"kind": "allowance", "amounts": {"allowed": loss}}]);
    say(
        desk,
        "E-office",
        case,
        json!({"command": "state_loss", "lines": lines}),
    )
    .await
    .unwrap();
    let proposal = json!({"command": "propose_responsibility", "shares": shares});
    say(desk, "E-quality", case, proposal).await.unwrap();
    let granted = support::granted();
    desk.decide(case, &by("E-sales-head"), granted)
        .await
        .unwrap();
    case
}

/// Everything from the opening to the closing.
async fn close(desk: &Redress, of: &str) {
    for (who, command) in pay::CLOSING {
        let done = month(desk, who, command, of).await;
        done.unwrap_or_else(|error| panic!("{command} {of}: {error}"));
    }
}

async fn state(desk: &Redress, of: &str) -> MonthState {
    desk.month(of.parse().unwrap()).await.unwrap().unwrap()
}

/// What somebody paid and got back, line by line.
async fn lines(desk: &Redress, who: &str) -> Vec<(String, String)> {
    let account = desk.account(&employee(who)).await.unwrap().unwrap();
    let line = |line: &redress::core::account::Line| {
        let sign = if line.is_given_back() { "-" } else { "" };
        let amount = format!("{sign}{}", line.amount.decimal());
        (line.settled.to_string(), amount)
    };
    account.lines().iter().map(line).collect()
}

fn refused(code: Code) -> impl Fn(Error) -> bool {
    move |error| matches!(error, Error::Refused(refusal) if refusal.code == code)
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    list.iter().map(owned).collect()
}

#[tokio::test]
async fn an_id_holds_within_one_stream() {
    let (desk, _) = support::memory().await;
    staffed(&desk).await;
    let id = Uuid::from_u128(7);
    let amount = "1000.00 CNY".parse().unwrap();
    let command = PersonCommand::RecordBonus {
        month: "2026-03".parse().unwrap(),
        amount,
        reason: None,
    };
    for repeated in [false, true] {
        for who in ["E-plant", "E-worker"] {
            let sent = desk
                .do_person(&by("E-books"), &employee(who), command.clone(), Some(id))
                .await;
            assert_eq!(sent.unwrap().repeated, repeated, "{who}");
        }
    }
    let filter = Filter::everything().categories(["person"]);
    let page = desk.events(1, &filter, 10).await.unwrap();
    let [one, other] = page.records.as_slice() else {
        panic!("{page:?}");
    };
    assert_eq!(one.id, other.id);
    assert!(one.position < other.position && one.stream != other.stream);
}

#[tokio::test]
async fn a_department_that_no_workflow_knows_confirms_nothing() {
    let (desk, clock) = support::memory().await;
    staffed(&desk).await;
    clock.set(at("2026-04-08T09:00:00+08:00"));
    month(&desk, "E-office", "open_month", "2026-03")
        .await
        .unwrap();
    let command = MonthCommand::ConfirmMonth {
        month: "2026-03".parse().unwrap(),
        department: "nosuch".parse().unwrap(),
    };
    for who in ["E-gm", "E-office"] {
        let Err(Error::Refused(refusal)) = desk.do_month(&by(who), command.clone(), None).await
        else {
            panic!("{who}");
        };
        assert_eq!(
            (refusal.code.0, refusal.clause.as_str()),
            ("unknown_department", "M7")
        );
    }
}

#[tokio::test]
async fn a_month_is_charged_frozen_and_corrected_in_the_next() {
    let place = tempfile::tempdir().unwrap();
    let (desk, clock) = support::directory(place.path()).await;
    staffed(&desk).await;
    bonus(&desk, "E-plant", "2026-03", "1000.00 CNY")
        .await
        .unwrap();
    bonus(&desk, "E-worker", "2026-03", "600.00 CNY")
        .await
        .unwrap();
    let case = decided(
        &desk,
        &clock,
        "800.00 CNY",
        json!([{"party": "unit:group-3", "basis_points": 10_000}]),
    )
    .await;
    assert!(
        month(&desk, "E-office", "open_month", "2026-03")
            .await
            .is_err_and(refused(refusal::MONTH_NOT_OVER))
    );
    clock.set(at("2026-04-08T09:00:00+08:00"));
    close(&desk, "2026-03").await;
    // 800.00 by 5.0 and 3.0: 500.00 and 300.00; half of each bonus.
    assert_eq!(
        lines(&desk, "E-plant").await,
        pairs(&[("2026-03", "500.00")])
    );
    assert_eq!(
        lines(&desk, "E-worker").await,
        pairs(&[("2026-03", "300.00")])
    );
    let frozen = state(&desk, "2026-03").await;
    let (_, closed) = frozen.closed.clone().unwrap();
    assert_eq!(
        (closed.cases, closed.deducted.decimal()),
        (1, "800.00".to_owned())
    );
    assert!(!closed.late);

    // Behind the closing: a petition is upheld, half of it was the supplier's. What was taken too much comes back in April.
    let shares = json!([{"party": "unit:group-3", "basis_points": 5000}, {"party": "supplier:S4", "basis_points": 5000}]);
    let corrected = json!({"command": "determine_responsibility", "shares": shares, "reason": "the resin was bad"});
    say(&desk, "E-office", case, corrected).await.unwrap();
    assert!(
        bonus(&desk, "E-plant", "2026-03", "9.00 CNY")
            .await
            .is_err_and(refused(refusal::BONUS_CHARGED))
    );
    let again = month(&desk, "E-office", "gather_month", "2026-03").await;
    assert!(again.is_err_and(refused(refusal::MONTH_CLOSED)));
    clock.set(at("2026-05-11T00:00:00+08:00"));
    close(&desk, "2026-04").await;
    assert_eq!(
        lines(&desk, "E-plant").await,
        pairs(&[("2026-03", "500.00"), ("2026-04", "-250.00")])
    );
    assert_eq!(
        lines(&desk, "E-worker").await,
        pairs(&[("2026-03", "300.00"), ("2026-04", "-150.00")])
    );
    let april = state(&desk, "2026-04").await;
    let (_, gathered) = april.gathered.clone().unwrap();
    assert!(gathered.cases[0].again);
    assert!(april.closed.unwrap().1.late, "the 10th has passed");
    assert_eq!(
        state(&desk, "2026-03").await,
        frozen,
        "what is frozen stays"
    );

    // The next process reads the same books out of the journal.
    desk.close().await.unwrap();
    drop(desk);
    let desk = support::builder(&clock)
        .directory(place.path())
        .open()
        .await
        .unwrap();
    assert_eq!(state(&desk, "2026-03").await, frozen);
    assert_eq!(lines(&desk, "E-plant").await.len(), 2);
    let months: Vec<String> = desk
        .opened_months()
        .await
        .unwrap()
        .iter()
        .map(Month::to_string)
        .collect();
    assert_eq!(months, ["2026-03", "2026-04"]);
}

#[tokio::test]
async fn a_command_on_a_month_is_done_once_and_in_order() {
    let (desk, clock) = support::memory().await;
    staffed(&desk).await;
    decided(
        &desk,
        &clock,
        "800.00 CNY",
        json!([{"party": "unit:group-3", "basis_points": 10_000}]),
    )
    .await;
    clock.set(at("2026-04-01T00:00:00+08:00"));
    let open = MonthCommand::OpenMonth {
        month: "2026-03".parse().unwrap(),
    };
    let id = Some(Uuid::from_u128(7));
    let first = desk
        .do_month(&by("E-office"), open.clone(), id)
        .await
        .unwrap();
    let outsider = month(&desk, "E-sales", "gather_month", "2026-03").await;
    assert!(outsider.is_err_and(refused(redress::kernel::refusal::WRONG_DEPARTMENT)));
    let early = month(&desk, "E-office", "issue_notices", "2026-03").await;
    assert!(early.is_err_and(refused(refusal::NOT_GATHERED)));
    month(&desk, "E-office", "gather_month", "2026-03")
        .await
        .unwrap();
    let unconfirmed = month(&desk, "E-office", "list_discipline", "2026-03").await;
    assert!(unconfirmed.is_err_and(refused(refusal::UNCONFIRMED)));
    let stranger = month(&desk, "E-plant", "confirm_month manufacturing", "2026-03").await;
    assert!(stranger.is_err_and(refused(refusal::NOT_THE_HEAD)));
    // Much came after it: the answer is the first one's.
    let second = desk.do_month(&by("E-office"), open, id).await.unwrap();
    assert!(!first.repeated && second.repeated);
    assert_eq!(first.version, second.version);
}

/// A14: a decision of the month's last evening that is recorded behind the gathering counts in it all the same.
#[tokio::test]
async fn a_closing_recorded_behind_the_gathering_has_the_month_gathered_again() {
    let (desk, clock) = support::memory().await;
    staffed(&desk).await;
    let case = support::to_approval(&desk, &clock).await;
    clock.set(at("2026-04-01T09:00:00+08:00"));
    for (who, command) in pay::CLOSING.iter().take(5) {
        let done = month(&desk, who, command, "2026-03").await;
        // There is nothing to confirm.
        assert!(done.is_ok() || command.starts_with("confirm"), "{command}");
    }
    let decision =
        json!({"command": "report", "stage": "approval", "values": {"outcome": "not_established"}});
    let decision: CaseCommand = serde_json::from_value(decision).unwrap();
    let request = Request::new(by("E-gm"), decision).on(case);
    let request = request.occurred_at(at("2026-03-31T23:00:00+08:00"));
    desk.execute(request).await.unwrap();
    for command in ["list_discipline", "issue_notices", "close_month"] {
        let early = month(&desk, "E-office", command, "2026-03").await;
        assert!(
            early.is_err_and(refused(refusal::CLOSED_SINCE)),
            "{command}"
        );
    }
    let again = month(&desk, "E-office", "gather_month", "2026-03").await;
    again.unwrap();
    month(&desk, "E-office", "list_discipline", "2026-03")
        .await
        .unwrap();
    let gathered = state(&desk, "2026-03").await.gathered.unwrap().1;
    assert_eq!(gathered.cases[0].case, case);
}

/// Whoever owes nothing has no event of the closing: the fold knows all the same what was paid out (A20).
#[tokio::test]
async fn a_bonus_that_was_known_when_its_month_was_closed_is_paid_out() {
    let (desk, clock) = support::memory().await;
    staffed(&desk).await;
    // Another owes something.
    let shares = json!([{"party": "person:E-worker", "basis_points": 10_000}]);
    decided(&desk, &clock, "800.00 CNY", shares).await;
    bonus(&desk, "E-plant", "2026-03", "100.00 CNY")
        .await
        .unwrap();
    bonus(&desk, "E-plant", "2026-04", "100.00 CNY")
        .await
        .unwrap();
    clock.set(at("2026-04-01T09:00:00+08:00"));
    close(&desk, "2026-03").await;
    let account = desk.account(&employee("E-plant")).await.unwrap().unwrap();
    let charged = ["2026-03", "2026-04"].map(|month| account.is_charged(month.parse().unwrap()));
    assert_eq!(charged, [true, false]);
    let later = bonus(&desk, "E-plant", "2026-03", "120.00 CNY").await;
    assert!(later.is_err_and(refused(refusal::BONUS_CHARGED)));
    bonus(&desk, "E-plant", "2026-04", "120.00 CNY")
        .await
        .unwrap();
}

/// Two processes' worth of bonuses at once: each is stored once, none is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bonuses_that_come_at_once_are_all_recorded() {
    let (desk, _clock) = support::memory().await;
    staffed(&desk).await;
    let mut tasks = Vec::new();
    for month in 1..=12 {
        let desk = desk.clone();
        tasks.push(tokio::spawn(async move {
            bonus(&desk, "E-plant", &format!("2026-{month:02}"), "100.00 CNY").await
        }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let account = desk.account(&employee("E-plant")).await.unwrap().unwrap();
    let known = (1..=12).filter(|month| {
        let month: Month = format!("2026-{month:02}").parse().unwrap();
        account.bonus(month).is_some()
    });
    assert_eq!(known.count(), 12);
}

/// Closes March in a directory, and gives its state.
async fn march(place: &std::path::Path) -> (Redress, MonthState) {
    let (desk, clock) = support::directory(place).await;
    staffed(&desk).await;
    let shares = json!([{"party": "unit:group-3", "basis_points": 10_000}]);
    decided(&desk, &clock, "800.00 CNY", shares).await;
    clock.set(at("2026-04-08T09:00:00+08:00"));
    close(&desk, "2026-03").await;
    let state = state(&desk, "2026-03").await;
    (desk, state)
}

#[tokio::test]
async fn a_closing_states_the_head_of_the_log_and_an_audit_compares_it() {
    let place = tempfile::tempdir().unwrap();
    let (desk, state) = march(place.path()).await;
    let (_, closed) = state.closed.clone().unwrap();
    let stated = closed.tree_head.clone().unwrap();
    // Founding and everything up to the approval is before it; the figures and the closing are behind.
    let filter = redress::log::Filter::everything().kinds(["month.closed"]);
    let page = desk.events(1, &filter, 9).await.unwrap();
    let position = page.records[0].position.0;
    assert_eq!(stated.size + u64::from(closed.pages) + 1, position);
    // The clock stands where the closing was recorded; a closing of February is fabricated behind it.
    let mut wrong = closed.clone();
    let mut root = stated.root.clone();
    let digit = if root.starts_with('0') { "1" } else { "0" };
    root.replace_range(..1, digit);
    wrong.tree_head = Some(redress::core::month::TreeHead {
        size: stated.size,
        root,
    });
    let event = redress::core::month::MonthEvent::Closed(wrong);
    desk.close().await.unwrap();
    let verified = redress::verification().read(place.path()).unwrap();
    assert_eq!(verified.findings, []);
    assert_eq!(
        redress::log::Verification::new()
            .up_to(redress::log::Position(stated.size))
            .read(place.path())
            .unwrap()
            .head_at
            .unwrap()
            .hash
            .to_string(),
        stated.root
    );
    drop(desk);

    let options = redress::log::JournalOptions::new();
    let log = options.open(place.path()).unwrap();
    let line = redress::log::NewEvent {
        id: Uuid::from_u128(1),
        kind: event.kind().to_owned(),
        schema: event.schema(),
        payload: redress::log::RawJson::new(event.payload().unwrap()).unwrap(),
        occurred_at: page.records[0].occurred_at,
        actor: page.records[0].actor.clone(),
        command: page.records[0].command.clone(),
    };
    let stream = redress::log::StreamId::new("month", "2026-02").unwrap();
    let append = redress::log::Append::one(
        page.records[0].recorded_at,
        stream,
        redress::log::Expected::Count(0),
        vec![line],
    );
    redress::log::EventLog::append(&log, append).await.unwrap();
    redress::log::EventLog::close(&log).await.unwrap();
    drop(log);
    let verified = redress::verification().read(place.path()).unwrap();
    let told: Vec<&str> = verified.findings.iter().map(|f| f.what.as_str()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("month/2026-02"), "{told:?}");
    assert!(
        told[0].contains(&stated.root),
        "the one that stands: {told:?}"
    );
}

/// M9-12: a sentence that a month settled is corrected to nothing; the next month takes the case again and gives the fine
/// back, and no later one takes it once more.
#[tokio::test]
async fn a_sentence_that_is_corrected_to_nothing_is_given_back_once() {
    let (desk, clock) = support::memory().await;
    staffed(&desk).await;
    let shares = json!([{"party": "person:E-worker", "basis_points": 10_000}]);
    let case = decided(&desk, &clock, "1000.00 CNY", shares).await;
    bonus(&desk, "E-worker", "2026-03", "400.00 CNY")
        .await
        .unwrap();
    let of = |command: &str| json!({"command": command, "employee": "E-worker"});
    let sentence = |grade: &str, count: u32, reason: Json| {
        let sentence = json!({"grade": grade, "count": count});
        json!({"command": "decide_discipline", "employee": "E-worker", "sentence": sentence, "reason": reason})
    };
    for (who, command) in [
        ("E-office", of("propose_discipline")),
        ("E-gm", sentence("warning", 1, Json::Null)),
        ("E-hr", of("announce_discipline")),
    ] {
        say(&desk, who, case, command).await.unwrap();
    }
    clock.set(at("2026-04-08T09:00:00+08:00"));
    close(&desk, "2026-03").await;
    let fined = pairs(&[("2026-03", "400.00"), ("2026-03", "0.00")]);
    assert_eq!(lines(&desk, "E-worker").await, fined);

    let again = say(&desk, "E-gm", case, sentence("none", 0, json!("so ruled"))).await;
    assert!(again.is_err_and(refused(refusal::DISCIPLINE_DECIDED)));
    for (who, command) in [
        (
            "E-plant",
            json!({"command": "object", "petition": "the order was wrong"}),
        ),
        (
            "E-gm",
            json!({"command": "rule", "objection": 1, "upheld": true, "ruling": "it was"}),
        ),
        ("E-gm", sentence("none", 0, json!("so ruled"))),
        ("E-hr", of("announce_discipline")),
    ] {
        say(&desk, who, case, command).await.unwrap();
    }
    clock.set(at("2026-05-08T09:00:00+08:00"));
    close(&desk, "2026-04").await;
    let back = [fined, pairs(&[("2026-04", "-400.00")])].concat();
    assert_eq!(lines(&desk, "E-worker").await, back);
    clock.set(at("2026-06-08T09:00:00+08:00"));
    for command in ["open_month", "gather_month"] {
        month(&desk, "E-office", command, "2026-05").await.unwrap();
    }
    let (_, gathered) = state(&desk, "2026-05").await.gathered.unwrap();
    assert!(gathered.cases.is_empty());
}
