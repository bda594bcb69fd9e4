//! The play follows from its seed, and nothing in it is more than the engine allows.

use std::sync::Arc;

use redress::{Founding, HandClock, Redress};
use redress_kernel::id::EmployeeId;
use redress_kernel::organisation::Period;
use redress_kernel::time::{Instant, Zone};
use redress_log::{Filter, Position};

use crate::demo::company;
use crate::demo::hours::Hours;
use crate::demo::play::{Play, Stage};
use crate::demo::source::complaints;

fn at(text: &str) -> Instant {
    Instant::parse_rfc3339(text).unwrap()
}

/// Everything that stands in the log after a play of a few complaints, ids of the founding aside.
async fn played(seed: u64) -> Vec<String> {
    let clock = Arc::new(HandClock::at(at("2024-01-31T17:00:00+08:00")));
    let away = Period {
        from: at("2024-02-20T00:00:00+08:00"),
        until: Some(at("2024-02-23T00:00:00+08:00")),
    };
    let organisation = company::organisation(at("2024-01-01T00:00:00+08:00"), away).unwrap();
    let founding = Founding::by(EmployeeId::new(company::GENERAL_MANAGER).unwrap());
    let desk = Redress::builder()
        .memory()
        .clock(clock.clone())
        .found(founding.organisation(organisation).simulated())
        .await
        .unwrap();
    let list = complaints().unwrap();
    let play = Play::new(Stage {
        desk: &desk,
        clock,
        hours: Hours::new(company::calendar().unwrap(), Zone::SHANGHAI),
        complaints: &list[..40],
        seed,
        away,
        first: "2024-02-01".parse().unwrap(),
        until: at("2024-03-15T18:00:00+08:00"),
    });
    let tally = play.run(|_| {}).await.unwrap();
    assert!(tally.commands > 300, "{}", tally.commands);
    let all = Filter::everything();
    let page = desk
        .log()
        .all(Position::FIRST, &all, 100_000)
        .await
        .unwrap();
    page.records
        .iter()
        .filter(|record| record.stream.as_str().starts_with("complaint/"))
        .map(|record| {
            let (stream, kind) = (record.stream.as_str(), &record.kind);
            let (at, payload) = (record.occurred_at.as_str(), record.payload.as_str());
            format!("{} {stream} {kind} {at} {payload}", record.position)
        })
        .collect()
}

#[tokio::test]
async fn the_same_seed_plays_the_same_and_another_another() {
    let (first, again, other) = (played(7).await, played(7).await, played(8).await);
    assert_eq!(first, again);
    assert_ne!(first, other);
}
