//! Queries: the past, the rebuilt views, commands recovered from recorded histories, reading beside a writer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how long it took"
)]

mod support;

use redress::core::complaint::Complaint;
use redress::core::decide::{command_of, decide};
use redress::core::event::Event;
use redress::kernel::actor::{Actor, By};
use redress::kernel::case::Meta;
use redress::kernel::decide::{Context, Dated, Who};
use redress::kernel::event::CaseEvent;
use redress::kernel::event::Subject;
use redress::kernel::id::{DefinitionId, StageId};
use redress::kernel::value::{Path, Value, Values};
use redress::{Decision, Error, Redress, TimelineEntry};
use support::{at, builder, by, clock, directory, historic, lodge, memory, to_approval};

#[tokio::test]
async fn a_correction_counts_from_its_own_instant() {
    let (desk, clock) = memory().await;
    let case = lodge(&desk).await;
    clock.advance(60);
    desk.accept(case, &by("E-office")).await.unwrap();
    clock.advance(3600);
    let path: Path = "opening.country".parse().unwrap();
    desk.correct(
        case,
        &by("E-office"),
        path.clone(),
        Value::text("DE"),
        "moved",
    )
    .await
    .unwrap();
    let now = desk.case(case).await.unwrap();
    assert_eq!(now.complaint.case.value(&path), Some(&Value::text("DE")));
    assert!(now.corrected_later.is_empty());
    let then = desk
        .case(case)
        .as_of(at("2026-03-02T09:30:00+08:00"))
        .await
        .unwrap();
    assert_eq!(then.complaint.case.value(&path), Some(&Value::text("CN")));
    assert_eq!(then.corrected_later, [path]);
    // A8: overseas now, so the case is due after 17 days; it was due after 13.
    let due = |view: &redress::CaseView| view.complaint.case.clock.as_ref().unwrap().deadline.due;
    assert_eq!(due(&now), at("2026-03-19T09:01:00+08:00"));
    assert_eq!(due(&then), at("2026-03-15T09:01:00+08:00"));
    let explained = desk.explain_deadline(case, Subject::Case).await.unwrap();
    let sum: i64 = explained.intervals.iter().map(|i| i.seconds_counted).sum();
    assert_eq!(sum, explained.limit_seconds);
    let unknown = desk.case_as_of(case, Some(at("2026-03-01T00:00:00Z")), None);
    assert_eq!(unknown.await.unwrap_err().code(), "not_found");
}

#[tokio::test]
async fn what_was_entered_later_was_not_known_before() {
    let (desk, clock) = memory().await;
    let case = lodge(&desk).await;
    clock.set(at("2026-03-02T18:00:00+08:00"));
    let request = redress::Request::new(
        by("E-office"),
        redress::kernel::command::CaseCommand::Report {
            stage: StageId::new("acceptance").unwrap(),
            visit: None,
            values: Values::new(),
        },
    );
    let early = request
        .on(case)
        .occurred_at(at("2026-03-02T12:00:00+08:00"));
    desk.execute(early).await.unwrap();
    let noon = Some(at("2026-03-02T13:00:00+08:00"));
    let by_events = desk.case_as_of(case, noon, None).await.unwrap();
    assert!(by_events.complaint.case.number.is_some());
    let by_knowledge = desk.case_as_of(case, noon, noon).await.unwrap();
    assert!(by_knowledge.complaint.case.number.is_none());
}

/// The events of one command each, in order.
fn commands(timeline: Vec<TimelineEntry>) -> Vec<Vec<TimelineEntry>> {
    let mut groups: Vec<Vec<TimelineEntry>> = Vec::new();
    for entry in timeline {
        match groups.last_mut() {
            Some(group) if group[0].command == entry.command => group.push(entry),
            _ => groups.push(vec![entry]),
        }
    }
    groups
}

#[tokio::test]
async fn recorded_histories_follow_from_their_commands() {
    let (desk, clock) = memory().await;
    let case = to_approval(&desk, &clock).await;
    clock.set(at("2026-03-20T09:00:00+08:00"));
    desk.round().await.unwrap();
    let granted = Decision {
        established: true,
        occurred_at_unit: Some("unit:group-3".to_owned()),
        ..Decision::default()
    };
    desk.decide(case, &by("E-dgm"), granted).await.unwrap();
    let organisation = desk.organisation().await.unwrap();
    let calendar = desk.calendar("china").await.unwrap();
    let zone = desk.zone();
    let view = desk.case(case).await.unwrap();
    let mut complaint: Option<Complaint> = None;
    for group in commands(desk.timeline(case).await.unwrap()) {
        let events: Vec<Event> = group.iter().map(|e| e.event.clone()).collect();
        let command = command_of(&events).unwrap();
        let person = match &group[0].actor {
            Actor::Person {
                employee,
                office,
                principal,
                ..
            } => Some(By {
                employee: employee.clone(),
                office: office.clone(),
                principal: principal.clone(),
            }),
            _ => None,
        };
        let ctx = Context {
            definition: &view.workflow.definition,
            calendar: &calendar,
            zone: &zone,
            organisation: &organisation,
            who: person.as_ref().map_or(Who::Engine, Who::Person),
            at: group[0].occurred_at,
            now: group[0].recorded_at,
            serial: events.iter().find_map(|e| match e {
                Event::Case(CaseEvent::Numbered(n)) => Some(n.serial),
                _ => None,
            }),
        };
        let decision = decide(
            &view.workflow,
            complaint.as_ref(),
            &command,
            &ctx,
            &redress::core::decide::Beside {
                staff: &redress::core::staff::Staff::default(),
                successor_withdrawn: false,
                sentenced_before: &std::collections::BTreeSet::new(),
            },
        )
        .unwrap();
        let again: Vec<Event> = decision.events.iter().map(|d| d.event.clone()).collect();
        assert_eq!(again, events, "{command:?}");
        for Dated { at, event } in decision.events {
            let meta = Meta {
                at,
                actor: group[0].actor.clone(),
            };
            complaint = Complaint::fold(complaint, &event, &meta);
        }
    }
    assert_eq!(complaint, Some(view.complaint));
}

#[tokio::test]
async fn rebuilt_views_are_those_that_grew() {
    let (desk, clock) = memory().await;
    for _ in 0..5 {
        to_approval(&desk, &clock).await;
        clock.advance(86_400);
        desk.round().await.unwrap();
        desk.overdue(desk.now().await.unwrap()).await.unwrap();
    }
    let rebuilt = desk.views_rebuilt().await.unwrap();
    let grown = desk.views().await.unwrap();
    assert_eq!(grown.position(), desk.head());
    assert!(grown.rows() == rebuilt.rows());
}

#[tokio::test]
async fn a_directory_is_opened_again_and_read_beside_its_writer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk");
    let (desk, now) = directory(&path).await;
    let case = to_approval(&desk, &now).await;
    let locked = Redress::open(&path).await.unwrap_err();
    assert_eq!(locked.code(), "locked", "{locked}");
    let reader = Redress::builder()
        .directory(&path)
        .read_only()
        .open()
        .await
        .unwrap();
    let view = reader.case("26-03-01").await.unwrap();
    assert_eq!(view.complaint, desk.case(case).await.unwrap().complaint);
    desk.withdraw(case, &by("E-sales"), "the customer withdrew")
        .await
        .unwrap();
    let read = reader.case(case).await.unwrap();
    assert!(!read.complaint.case.is_open());
    let refused = reader.withdraw(case, &by("E-sales"), "again").await;
    assert_eq!(refused.unwrap_err().code(), "read_only");
    desk.close().await.unwrap();
    drop(desk);
    // Opened without a clock, a log of a simulated one stands where it was left.
    let again = Redress::open(&path).await.unwrap();
    assert_eq!(again.case(case).await.unwrap().complaint, read.complaint);
    let withdrawn = again.withdraw(case, &by("E-sales"), "again").await;
    assert_eq!(withdrawn.unwrap_err().code(), "case_withdrawn");
    drop(again);
    let other = Redress::builder()
        .clock(std::sync::Arc::new(redress::SystemClock))
        .directory(&path)
        .open()
        .await
        .unwrap_err();
    assert!(matches!(other, Error::OtherClock { .. }));
    let exists = builder(&clock())
        .directory(&path)
        .found(support::founding())
        .await;
    assert_eq!(exists.unwrap_err().code(), "log_exists");
}

#[tokio::test]
async fn a_desk_that_keeps_one_case_in_memory_answers_like_one_that_keeps_all() {
    let worked = |cases: usize| async move {
        let clock = clock();
        let builder = builder(&clock).memory().cases_in_memory(cases);
        let desk = builder.found(support::founding()).await.unwrap();
        let mut cases = Vec::new();
        for _ in 0..3 {
            cases.push(to_approval(&desk, &clock).await);
        }
        // Each in turn, so that none of them is the one that is kept.
        clock.advance(60);
        for case in &cases {
            let decision = support::granted();
            desk.decide(*case, &by("E-gm"), decision).await.unwrap();
        }
        let mut told = Vec::new();
        for case in &cases {
            let view = desk.case(*case).await.unwrap();
            told.push((view.complaint, view.version));
        }
        (told, desk.head())
    };
    assert_eq!(worked(1).await, worked(4096).await);
}

#[tokio::test]
async fn a_second_import_does_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, _) = directory(&dir.path().join("desk")).await;
    let definition = DefinitionId::new("customer-complaint").unwrap();
    let mut bad = historic(1001);
    bad.steps.reverse();
    let rows = || (0..1000).map(historic).chain([bad.clone()]);
    let watch = std::time::Instant::now();
    let mut done = 0;
    let report = desk
        .import_all(rows(), &definition, |rows| done = rows)
        .await
        .unwrap();
    println!("1,000 imports on disk: {:?}", watch.elapsed());
    assert_eq!((done, report.imported, report.repeated), (1001, 1000, 0));
    assert_eq!(report.refused.len(), 1);
    assert_eq!(report.refused[0].1.code(), "import_out_of_order");
    let head = desk.head();
    let again = desk.import_all(rows(), &definition, |_| ()).await.unwrap();
    assert_eq!((again.imported, again.repeated), (0, 1000));
    assert_eq!(desk.head(), head);
    let mut other = historic(0);
    other.steps.pop();
    let error = desk.import(other, &definition).await.unwrap_err();
    assert_eq!(error.code(), "other_content");
    // What was due before the import is not reminded of.
    assert_eq!(desk.round().await.unwrap().issued, []);
}

#[tokio::test]
async fn a_reader_sees_what_its_writer_records_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk");
    let (desk, clock) = directory(&path).await;
    let reader = builder(&clock)
        .directory(&path)
        .read_only()
        .open()
        .await
        .unwrap();
    assert!(reader.organisation().await.is_ok());
    let head = reader.head();
    let following = tokio::spawn({
        let reader = reader.clone();
        async move { reader.beyond(head).await }
    });
    tokio::task::yield_now().await;
    desk.organise(
        &by("E-gm"),
        redress::join("E-new", "sales", "2026-01-01T00:00:00Z").unwrap(),
        None,
    )
    .await
    .unwrap();
    assert_eq!(following.await.unwrap().unwrap(), desk.head());
    let known = reader.organisation().await.unwrap();
    assert!(known.employees().any(|e| e.as_str() == "E-new"));
    let waiting = tokio::spawn({
        let reader = reader.clone();
        async move { reader.beyond(u64::MAX).await }
    });
    reader.close().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap_err().code(), "unavailable");
}
