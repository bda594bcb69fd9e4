//! The round: each subject and level once, however often it is made, after restarts, with a clock set back, after
//! an outage (A13).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how long it took"
)]

mod support;

use std::collections::BTreeSet;

use redress::kernel::event::Subject;
use redress::log::{Append, Expected, Filter, NewEvent, StreamId};
use redress::{Found, Redress, RoundReport};
use support::{at, builder, by, clock, directory, lodge, memory};

fn levels(report: &RoundReport) -> Vec<(Subject, u8)> {
    report.issued.iter().map(|i| (i.subject, i.level)).collect()
}

#[tokio::test]
async fn what_is_late_is_reminded_of_once_a_level() {
    let (desk, clock) = memory().await;
    let case = lodge(&desk).await;
    desk.accept(case, &by("E-office")).await.unwrap();
    // Investigation opened 03-02 09:00, due 03-03 09:00, notice at 80 %.
    clock.set(at("2026-03-03T04:11:59+08:00"));
    assert_eq!(levels(&desk.round().await.unwrap()), []);
    clock.set(at("2026-03-03T04:12:00+08:00"));
    assert_eq!(
        levels(&desk.round().await.unwrap()),
        [(Subject::Visit(2), 0)]
    );
    clock.set(at("2026-03-03T09:00:00+08:00"));
    assert_eq!(levels(&desk.round().await.unwrap()), []);
    clock.set(at("2026-03-03T09:00:01+08:00"));
    assert_eq!(
        levels(&desk.round().await.unwrap()),
        [(Subject::Visit(2), 1)]
    );
    // An outage of days: the highest level alone.
    clock.set(at("2026-03-07T15:00:00+08:00"));
    assert_eq!(
        levels(&desk.round().await.unwrap()),
        [(Subject::Visit(2), 3)]
    );
    assert_eq!(levels(&desk.round().await.unwrap()), []);
    let entries = desk.reminders(&Default::default()).await.unwrap();
    assert_eq!(entries.len(), 3);
}

#[tokio::test]
async fn fifty_rounds_over_restarts_and_a_clock_set_back_issue_each_level_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk");
    let (mut desk, mut now) = directory(&path).await;
    for _ in 0..5 {
        let case = lodge(&desk).await;
        desk.accept(case, &by("E-office")).await.unwrap();
    }
    let mut seen = BTreeSet::new();
    for nth in 0..50_i64 {
        match nth % 5 {
            // The clock goes on by hours; every fifth time it stands back by a day.
            0..=2 => now.advance(6 * 3600),
            3 => now.advance(-24 * 3600),
            _ => {
                let last = redress::Clock::now(&*now);
                desk.close().await.unwrap();
                drop(desk);
                now = clock();
                now.set(last.plus_seconds(26 * 3600));
                desk = builder(&now).directory(&path).open().await.unwrap();
            }
        }
        let report = desk.round().await.unwrap();
        for issued in &report.issued {
            let new = seen.insert((issued.case, issued.subject, issued.level));
            assert!(new, "{issued:?} a second time");
        }
    }
    assert!(!seen.is_empty());
    let recorded = desk.reminders(&Default::default()).await.unwrap();
    assert_eq!(recorded.len(), seen.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rounds_at_once_by_two_desks_issue_each_level_once() {
    let (one, clock) = memory().await;
    let other = Redress::builder()
        .log(one.log().clone())
        .clock(clock.clone())
        .open()
        .await
        .unwrap();
    for _ in 0..50 {
        let case = lodge(&one).await;
        one.accept(case, &by("E-office")).await.unwrap();
    }
    clock.set(at("2026-03-03T10:00:00+08:00"));
    let mut set = tokio::task::JoinSet::new();
    for desk in [&one, &other, &one, &other] {
        let desk = desk.clone();
        set.spawn(async move { desk.round().await.unwrap().issued.len() });
    }
    let issued: usize = set.join_all().await.into_iter().sum();
    assert_eq!(issued, 50);
}

#[tokio::test]
async fn a_clock_behind_the_log_is_to_be_confirmed() {
    let (desk, clock) = memory().await;
    let case = lodge(&desk).await;
    clock.advance(-299);
    desk.accept(case, &by("E-office")).await.unwrap();
    clock.advance(-10);
    let error = desk.withdraw(case, &by("E-sales"), "mistake").await;
    assert_eq!(error.unwrap_err().code(), "clock_behind");
    assert!(desk.case(case).await.is_ok());
    let confirmed = desk.clock_confirm(&by("E-gm")).await.unwrap();
    assert_eq!(confirmed.found, Found::Behind);
    desk.withdraw(case, &by("E-sales"), "mistake")
        .await
        .unwrap();
    // The log went on meanwhile at the instant that was known; the clock catches up with it.
    clock.advance(86_400);
    let confirmed = desk.clock_confirm(&by("E-gm")).await.unwrap();
    assert_eq!(confirmed.found, Found::InStep);
    let page = desk.events(1, &clock_events(), 9).await.unwrap();
    let payloads: Vec<_> = page.records.iter().map(|r| r.payload.as_str()).collect();
    assert_eq!(
        payloads,
        [
            r#"{"clock":"2026-03-02T00:54:51.000000Z","recorded":"2026-03-02T01:00:00.000000Z","found":"behind"}"#,
            r#"{"clock":"2026-03-03T00:54:51.000000Z","recorded":"2026-03-02T01:00:00.000000Z","found":"in_step"}"#,
        ]
    );
    assert!(page.records.iter().all(|r| r.schema == 2));
}

fn clock_events() -> Filter {
    Filter::everything().categories(["clock"])
}

/// The line is what a build that knew only schema 1 wrote in the scene of the test above.
#[tokio::test]
async fn a_confirmation_of_schema_1_is_honoured_as_before() {
    let place = tempfile::tempdir().unwrap();
    let (desk, clock) = directory(place.path()).await;
    let case = lodge(&desk).await;
    let stamp = |text: &str| redress::log::Stamp::parse(text).unwrap();
    let json = |text: &str| redress::log::RawJson::new(text).unwrap();
    let payload =
        r#"{"clock":"2026-03-02T00:54:51.000000Z","recorded":"2026-03-02T01:00:00.000000Z"}"#;
    let line = NewEvent {
        id: "10ee2739-c412-5733-94ef-6648b379245a".parse().unwrap(),
        kind: "clock.confirmed".to_owned(),
        schema: 1,
        occurred_at: stamp("2026-03-02T01:00:00.000000Z"),
        actor: json(r#"{"kind":"person","employee":"E-gm","department":"gm-office"}"#),
        command: json(
            r#"{"id":"019cac0a-6f78-767d-8511-342c37255fbf","digest":"9a06f794765bfcdd26326c81dbf74b2dcce6bcdb26dc6993e9cba1c1aea95758"}"#,
        ),
        payload: json(payload),
    };
    let append = |line| {
        let stream = StreamId::new("clock", "main").unwrap();
        let at = stamp("2026-03-02T01:00:00.000000Z");
        Append::one(at, stream, Expected::Any, vec![line])
    };
    clock.advance(-309);
    let error = desk.withdraw(case, &by("E-sales"), "mistake").await;
    assert_eq!(error.unwrap_err().code(), "clock_behind");
    desk.log().append(append(line.clone())).await.unwrap();
    desk.close().await.unwrap();

    let desk = builder(&clock)
        .directory(place.path())
        .open()
        .await
        .unwrap();
    clock.advance(-300);
    desk.accept(case, &by("E-office")).await.unwrap();
    clock.advance(-1);
    let error = desk.withdraw(case, &by("E-sales"), "mistake").await;
    assert_eq!(error.unwrap_err().code(), "clock_behind");
    // The recorded bytes stay as they are, and the next confirmation is of the newest schema.
    desk.clock_confirm(&by("E-gm")).await.unwrap();
    let page = desk.events(1, &clock_events(), 9).await.unwrap();
    assert_eq!(page.records[0].payload.as_str(), payload);
    let schemas: Vec<u32> = page.records.iter().map(|r| r.schema).collect();
    assert_eq!(schemas, [1, 2]);

    let (desk, clock) = memory().await;
    let case = lodge(&desk).await;
    desk.log()
        .append(append(NewEvent { schema: 3, ..line }))
        .await
        .unwrap();
    clock.advance(-309);
    let error = desk.withdraw(case, &by("E-sales"), "mistake").await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "`clock.confirmed` is of schema 3; this build knows up to 2: use a newer build"
    );
}

/// A clock of which the steady one beside it knows how much time has really passed.
struct Watched {
    shown: redress::HandClock,
    began: std::time::Instant,
    passed: std::sync::atomic::AtomicU64,
}

impl redress::Clock for Watched {
    fn now(&self) -> redress::kernel::time::Instant {
        self.shown.now()
    }
    fn kind(&self) -> redress::log::ClockKind {
        redress::log::ClockKind::Simulated
    }
    fn steady(&self) -> Option<std::time::Instant> {
        let passed = self.passed.load(std::sync::atomic::Ordering::SeqCst);
        Some(self.began + std::time::Duration::from_secs(passed))
    }
}

#[tokio::test]
async fn a_clock_set_ahead_is_to_be_confirmed() {
    let clock = std::sync::Arc::new(Watched {
        shown: redress::HandClock::at(at(support::START)),
        began: std::time::Instant::now(),
        passed: 0.into(),
    });
    let desk = Redress::builder()
        .clock(clock.clone())
        .memory()
        .found(support::founding())
        .await
        .unwrap();
    let case = lodge(&desk).await;
    // Time passes, and the clock is off by what is bearable.
    clock
        .passed
        .store(3600, std::sync::atomic::Ordering::SeqCst);
    clock.shown.advance(3600 + 300);
    desk.accept(case, &by("E-office")).await.unwrap();
    clock.shown.advance(86_400);
    let error = desk.withdraw(case, &by("E-sales"), "mistake").await;
    assert_eq!(error.unwrap_err().code(), "clock_ahead");
    assert_eq!(desk.round().await.unwrap_err().code(), "clock_ahead");
    assert!(desk.case(case).await.is_ok());
    let confirmed = desk.clock_confirm(&by("E-gm")).await.unwrap();
    assert_eq!(confirmed.found, Found::Ahead);
    desk.withdraw(case, &by("E-sales"), "mistake")
        .await
        .unwrap();
}
