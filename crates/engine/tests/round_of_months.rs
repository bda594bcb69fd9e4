//! What the round does about months and goods by itself: each month and level, each resale once (M9-10, A6, A13, A17).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::Arc;

use redress::core::month::{MonthCommand, Standing};
use redress::kernel::event::Addressee;
use redress::kernel::id::CaseId;
use redress::kernel::time::{Instant, Month};
use redress::log::Filter;
use redress::{HandClock, Redress, RoundReport};
use serde_json::{Value as Json, json};
use support::{at, builder, by, directory, memory, pay};

/// A case that is closed ten minutes and more behind the clock.
async fn closed(desk: &Redress, clock: &HandClock) -> CaseId {
    let case = support::to_approval(desk, clock).await;
    let granted = support::granted();
    desk.decide(case, &by("E-sales-head"), granted)
        .await
        .unwrap();
    case
}

async fn say(desk: &Redress, who: &str, case: CaseId, command: Json) {
    pay::say(desk, who, case, command).await.unwrap();
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn opened(report: &RoundReport) -> Vec<String> {
    let opened = report.opened.iter();
    opened.map(|opened| opened.month.to_string()).collect()
}

fn urged(report: &RoundReport) -> Vec<(String, u8)> {
    let urged = report.urged.iter();
    urged
        .map(|urged| (urged.month.to_string(), urged.level))
        .collect()
}

fn levels(list: &[(&str, u8)]) -> Vec<(String, u8)> {
    let owned = list
        .iter()
        .map(|(month, level)| ((*month).to_owned(), *level));
    owned.collect()
}

async fn open_by_hand(desk: &Redress, of: &str) -> Result<(), redress::Error> {
    let command = MonthCommand::OpenMonth { month: month(of) };
    let done = desk.do_month(&by("E-office"), command, None).await;
    done.map(|_| ())
}

/// The types of the events that were recorded of months and by the engine of cases, in order.
async fn of_months(desk: &Redress) -> Vec<(String, String)> {
    let filter = Filter::everything().categories(["month"]);
    let page = desk.events(1, &filter, 500).await.unwrap();
    let records = page.records.iter();
    records
        .map(|r| (r.stream.id().to_owned(), r.kind.clone()))
        .collect()
}

#[tokio::test]
async fn where_nothing_was_closed_no_month_is_opened() {
    let (desk, clock) = memory().await;
    support::lodge(&desk).await;
    clock.set(at("2027-01-15T00:00:00+08:00"));
    let report = desk.round().await.unwrap();
    assert_eq!(opened(&report), [""; 0]);
    assert!(of_months(&desk).await.is_empty());
}

#[tokio::test]
async fn a_month_is_opened_when_its_last_second_has_passed() {
    let (desk, clock) = memory().await;
    closed(&desk, &clock).await;
    clock.set(at("2026-03-31T23:59:59+08:00"));
    assert_eq!(opened(&desk.round().await.unwrap()), [""; 0]);
    clock.set(at("2026-04-01T00:00:00+08:00"));
    let report = desk.round().await.unwrap();
    assert_eq!(opened(&report), ["2026-03"]);
    assert_eq!(report.opened[0].due, at("2026-04-10T23:59:59+08:00"));
    assert_eq!(opened(&desk.round().await.unwrap()), [""; 0]);
    // April has no case; it is opened all the same, behind March.
    clock.set(at("2026-05-01T08:00:00+08:00"));
    assert_eq!(opened(&desk.round().await.unwrap()), ["2026-04"]);
}

#[tokio::test]
async fn missed_months_are_caught_up_once_and_in_order_over_a_restart() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("desk");
    let (desk, clock) = directory(&path).await;
    closed(&desk, &clock).await;
    clock.set(at("2026-08-20T09:00:00+08:00"));
    let report = desk.round().await.unwrap();
    let months = ["2026-03", "2026-04", "2026-05", "2026-06", "2026-07"];
    assert_eq!(opened(&report), months);
    // Each is late by more than three days: one slip each, the two below it overtaken.
    assert_eq!(urged(&report), months.map(|month| (month.to_owned(), 3)));
    desk.close().await.unwrap();
    drop(desk);
    let desk = builder(&clock).directory(&path).open().await.unwrap();
    let report = desk.round().await.unwrap();
    assert_eq!((opened(&report), urged(&report)), (vec![], vec![]));
    assert_eq!(of_months(&desk).await.len(), 2 * months.len());
    let state = desk.month(month("2026-03")).await.unwrap().unwrap();
    assert_eq!(state.reminders[0].overtaken, [1, 2]);
}

#[tokio::test]
async fn a_month_that_somebody_opened_out_of_turn_leaves_no_gap() {
    let (desk, clock) = memory().await;
    closed(&desk, &clock).await;
    clock.set(at("2026-06-01T09:00:00+08:00"));
    open_by_hand(&desk, "2026-05").await.unwrap();
    assert_eq!(opened(&desk.round().await.unwrap()), ["2026-03", "2026-04"]);
    assert!(open_by_hand(&desk, "2026-04").await.is_err());
}

#[tokio::test]
async fn an_empty_month_that_was_opened_by_hand_begins_the_row() {
    let (desk, clock) = memory().await;
    clock.set(at("2026-06-01T09:00:00+08:00"));
    open_by_hand(&desk, "2026-03").await.unwrap();
    assert_eq!(opened(&desk.round().await.unwrap()), ["2026-04", "2026-05"]);
}

#[tokio::test]
async fn a_mistyped_month_is_not_opened_and_the_round_opens_none_behind_it() {
    let (desk, clock) = memory().await;
    let case = closed(&desk, &clock).await;
    clock.set(at("2026-04-02T09:00:00+08:00"));
    let refused = async |of: &str| match open_by_hand(&desk, of).await {
        Err(redress::Error::Refused(refusal)) => (refusal.clause, refusal.code.0),
        other => panic!("{other:?}"),
    };
    let before = ("M9-10".to_owned(), "month_before_log");
    assert_eq!(refused("1926-02").await, before);
    assert_eq!(refused("2026-02").await, before);
    assert_eq!(opened(&desk.round().await.unwrap()), ["2026-03"]);
    for (who, command) in [
        ("E-office", json!({"command": "gather_month"})),
        ("E-office", json!({"command": "list_discipline"})),
        ("E-office", json!({"command": "issue_notices"})),
        ("E-gm", json!({"command": "approve_notices"})),
        ("E-office", json!({"command": "close_month"})),
    ] {
        let mut command = command;
        command["month"] = "2026-03".into();
        let command: MonthCommand = serde_json::from_value(command).unwrap();
        desk.do_month(&by(who), command, None).await.unwrap();
    }
    let state = desk.month(month("2026-03")).await.unwrap().unwrap();
    assert!(state.closed.is_some(), "{case}");
    let behind = ("A19".to_owned(), "later_month_closed");
    assert_eq!(refused("2026-02").await, behind);
    assert_eq!(refused("1926-02").await, behind);
    clock.set(at("2026-05-01T09:00:00+08:00"));
    assert_eq!(opened(&desk.round().await.unwrap()), ["2026-04"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rounds_at_once_and_a_person_open_a_month_once() {
    for _ in 0..10 {
        let (one, clock) = memory().await;
        let other = Redress::builder()
            .log(one.log().clone())
            .clock(clock.clone())
            .open()
            .await
            .unwrap();
        closed(&one, &clock).await;
        clock.set(at("2026-06-20T10:00:00+08:00"));
        let mut rounds = tokio::task::JoinSet::new();
        for desk in [&one, &other, &one, &other] {
            let desk = desk.clone();
            rounds.spawn(async move {
                let report = desk.round().await.unwrap();
                assert_eq!(report.skipped_months, []);
                (report.opened.len(), report.urged.len())
            });
        }
        let by_hand = open_by_hand(&other, "2026-04").await.is_ok();
        let (mut opened, mut urged) = (usize::from(by_hand), 0);
        for (o, u) in rounds.join_all().await {
            opened += o;
            urged += u;
        }
        assert_eq!((opened, urged), (3, 3));
        assert_eq!(of_months(&one).await.len(), 6);
    }
}

/// What a level says, to whom.
fn to(report: &RoundReport) -> Vec<String> {
    let to = report.urged.iter().flat_map(|urged| &urged.to);
    to.map(|to| match to {
        Addressee::Department(d) => d.to_string(),
        Addressee::Head(d) => format!("head of {d}"),
        Addressee::Office(o) => o.to_string(),
    })
    .collect()
}

async fn march_opened() -> (Redress, Arc<HandClock>) {
    let (desk, clock) = memory().await;
    closed(&desk, &clock).await;
    clock.set(at("2026-04-01T00:00:00+08:00"));
    assert_eq!(opened(&desk.round().await.unwrap()), ["2026-03"]);
    (desk, clock)
}

async fn round_at(desk: &Redress, clock: &HandClock, when: &str) -> RoundReport {
    clock.set(at(when));
    desk.round().await.unwrap()
}

/// When a round is made, what it issues, to whom.
type Step = (
    &'static str,
    &'static [(&'static str, u8)],
    &'static [&'static str],
);

#[tokio::test]
async fn a_month_is_urged_at_each_threshold_and_not_before() {
    let (desk, clock) = march_opened().await;
    // From 03-31 24:00 to 04-10 24:00 there are ten days: 80 % of them end with 04-08.
    let steps: [Step; 9] = [
        ("2026-04-08T23:59:58+08:00", &[], &[]),
        (
            "2026-04-08T23:59:59+08:00",
            &[("2026-03", 0)],
            &["gm-office"],
        ),
        ("2026-04-10T23:59:59+08:00", &[], &[]),
        (
            "2026-04-11T00:00:00+08:00",
            &[("2026-03", 1)],
            &["gm-office"],
        ),
        ("2026-04-11T23:59:59+08:00", &[], &[]),
        (
            "2026-04-12T00:00:00+08:00",
            &[("2026-03", 2)],
            &["gm-office", "head of gm-office"],
        ),
        ("2026-04-13T23:59:59+08:00", &[], &[]),
        (
            "2026-04-14T00:00:00+08:00",
            &[("2026-03", 3)],
            &["gm-office", "head of gm-office", "general-manager"],
        ),
        ("2026-04-30T00:00:00+08:00", &[], &[]),
    ];
    for (when, issued, addressees) in steps {
        let report = round_at(&desk, &clock, when).await;
        assert_eq!(urged(&report), levels(issued), "{when}");
        assert_eq!(to(&report), addressees, "{when}");
    }
    let state = desk.month(month("2026-03")).await.unwrap().unwrap();
    let issued: Vec<u8> = state.reminders.iter().map(|r| r.level).collect();
    assert_eq!(issued, [0, 1, 2, 3]);
    let overtaken = state.reminders.iter().flat_map(|r| &r.overtaken);
    assert_eq!(overtaken.count(), 0);
    for (when, standing, level) in [
        ("2026-03-31T23:59:59+08:00", Standing::Unopened, None),
        ("2026-04-08T23:59:58+08:00", Standing::Open, None),
        ("2026-04-08T23:59:59+08:00", Standing::DueSoon, Some(0)),
        ("2026-04-10T23:59:59+08:00", Standing::Open, Some(0)),
        ("2026-04-11T00:00:00+08:00", Standing::Overdue, Some(1)),
    ] {
        assert_eq!(state.standing(at(when)), standing, "{when}");
        assert_eq!(state.level(at(when)), level, "{when}");
    }
}

#[tokio::test]
async fn a_round_that_was_missed_issues_the_highest_level_alone() {
    let (desk, clock) = march_opened().await;
    let report = round_at(&desk, &clock, "2026-04-13T12:00:00+08:00").await;
    assert_eq!(urged(&report), levels(&[("2026-03", 2)]));
    // The clock is set back: the log goes on at the last instant that it knows.
    let report = round_at(&desk, &clock, "2026-04-09T12:00:00+08:00").await;
    assert_eq!(urged(&report), []);
    let state = desk.month(month("2026-03")).await.unwrap().unwrap();
    assert_eq!(state.reminders[0].overtaken, [1]);
    let report = round_at(&desk, &clock, "2026-04-20T12:00:00+08:00").await;
    assert_eq!(urged(&report), levels(&[("2026-03", 3)]));
    let state = desk.month(month("2026-03")).await.unwrap().unwrap();
    assert!(state.reminders[1].overtaken.is_empty());
}

async fn resale(desk: &Redress, clock: &HandClock) -> (CaseId, Instant) {
    let case = support::to_approval(desk, clock).await;
    let lines = json!([{"kind": "return", "quantity": 200, "unit_price": "50.00 CNY"}]);
    say(
        desk,
        "E-office",
        case,
        json!({"command": "state_loss", "lines": lines}),
    )
    .await;
    let shares = json!([{"party": "person:E-plant", "basis_points": 10_000}]);
    let proposal = json!({"command": "propose_responsibility", "shares": shares});
    say(desk, "E-quality", case, proposal).await;
    let granted = support::granted();
    desk.decide(case, &by("E-gm"), granted).await.unwrap();
    let store = redress::join("E-store", "warehouse", "2020-01-01T00:00:00+08:00").unwrap();
    desk.organise(&by("E-gm"), store, None).await.unwrap();
    let returned = json!({"quantity": 200, "grade_a": "50.00 CNY", "actual_loss": "40.00 CNY"});
    let back = json!({"command": "take_back_goods", "returned": returned});
    say(desk, "E-store", case, back).await;
    let view = desk.case(case).await.unwrap();
    (case, view.complaint.resale.unwrap().until)
}

#[tokio::test]
async fn goods_that_nobody_bought_are_settled_when_their_last_day_has_ended() {
    let (desk, clock) = memory().await;
    let (case, until) = resale(&desk, &clock).await;
    assert_eq!(until, at("2026-04-02T23:59:59+08:00"));
    let report = round_at(&desk, &clock, "2026-04-02T23:59:59+08:00").await;
    assert_eq!(report.settled, []);
    let report = round_at(&desk, &clock, "2026-04-03T00:00:00+08:00").await;
    assert_eq!(report.settled.len(), 1);
    let settled = &report.settled[0];
    assert_eq!((settled.case, settled.loss.known_at), (case, until));
    assert_eq!(settled.loss.amount, "8000.00 CNY".parse().unwrap());
    assert_eq!(settled.loss.month, month("2026-04"));
    assert_eq!(desk.round().await.unwrap().settled, []);
    let view = desk.case(case).await.unwrap();
    assert!(view.complaint.d_loss.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_are_settled_once_by_rounds_and_a_person_at_once() {
    for _ in 0..10 {
        let (one, clock) = memory().await;
        let other = Redress::builder()
            .log(one.log().clone())
            .clock(clock.clone())
            .open()
            .await
            .unwrap();
        let (case, _) = resale(&one, &clock).await;
        // Long behind the month: the loss is known since its end all the same.
        clock.set(at("2026-06-20T10:00:00+08:00"));
        let mut rounds = tokio::task::JoinSet::new();
        for desk in [&one, &other, &one, &other] {
            let desk = desk.clone();
            rounds.spawn(async move {
                let report = desk.round().await.unwrap();
                assert_eq!(report.skipped, []);
                report.settled.len()
            });
        }
        let command = json!({"command": "settle_resale"});
        let by_hand = pay::say(&other, "E-office", case, command).await;
        let by_hand = usize::from(by_hand.is_ok());
        let settled: usize = rounds.join_all().await.into_iter().sum();
        assert_eq!(settled + by_hand, 1);
        let filter = Filter::everything().kinds(["complaint.resale_settled"]);
        assert_eq!(one.events(1, &filter, 9).await.unwrap().records.len(), 1);
        let view = one.case(case).await.unwrap();
        let (_, loss) = view.complaint.d_loss.unwrap();
        assert_eq!(loss.month, month("2026-04"));
    }
}

#[tokio::test]
async fn what_was_all_sold_is_not_settled_again() {
    let (desk, clock) = memory().await;
    let (case, _) = resale(&desk, &clock).await;
    let resold = json!({"quantity": 200, "proceeds": "7000.00 CNY"});
    let sold = json!({"command": "resell_goods", "resold": resold});
    say(&desk, "E-store", case, sold).await;
    let report = round_at(&desk, &clock, "2026-05-01T00:00:00+08:00").await;
    assert_eq!((report.settled, report.skipped), (vec![], vec![]));
}
