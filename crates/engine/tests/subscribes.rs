//! Following a desk: what a subscriber is told, where it goes on, and beside another's writing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use redress::log::{Filter, ReadError, Recorded};
use redress::{Redress, Subscription};
use support::{at, builder, by, directory, lodge, memory};

fn reminders() -> Filter {
    Filter::everything().kinds(["case.reminder_issued"])
}

/// What the log holds behind a position and is wanted.
async fn recorded(desk: &Redress, after: u64, wanted: &Filter) -> Vec<Recorded> {
    let page = desk.events(after + 1, wanted, usize::MAX).await;
    page.unwrap().records
}

async fn take(subscription: &mut Subscription, count: usize) -> Vec<Recorded> {
    let mut records = Vec::new();
    while records.len() < count {
        let next = tokio::time::timeout(Duration::from_secs(60), subscription.next());
        records.push(next.await.unwrap().unwrap());
    }
    records
}

#[tokio::test]
async fn a_subscriber_is_told_each_reminder_when_a_round_issues_it() {
    let (desk, clock) = memory().await;
    let mut subscription = desk.subscribe(0, reminders());
    let told = tokio::spawn(async move {
        let told = take(&mut subscription, 2).await;
        (told, subscription.position())
    });
    let case = lodge(&desk).await;
    desk.accept(case, &by("E-office")).await.unwrap();
    // The first is a notice, no reminder.
    for moment in [
        "2026-03-03T04:12:00+08:00",
        "2026-03-03T09:00:01+08:00",
        "2026-03-07T15:00:00+08:00",
    ] {
        clock.set(at(moment));
        assert_eq!(desk.round().await.unwrap().issued.len(), 1);
    }
    let (told, stored) = told.await.unwrap();
    assert_eq!(told, recorded(&desk, 0, &reminders()).await);
    // From the stored position on nothing of it comes again, and nothing is left out.
    let mut subscription = desk.subscribe(stored.0, Filter::everything());
    lodge(&desk).await;
    desk.close().await.unwrap();
    let mut positions = Vec::new();
    let end = loop {
        match subscription.next().await {
            Ok(record) => positions.push(record.position.0),
            Err(error) => break error,
        }
    };
    assert_eq!(end, ReadError::Closed);
    assert!(stored.0 < desk.head());
    assert_eq!(positions, (stored.0 + 1..=desk.head()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_desk_that_only_reads_follows_the_one_that_writes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk");
    let (desk, clock) = directory(&path).await;
    let open = || builder(&clock).directory(&path).read_only().open();
    let reader = open().await.unwrap();
    let head = reader.head();
    let wanted = Filter::everything().categories(["complaint"]);
    let mut subscription = reader.subscribe(head, wanted.clone());
    let told = tokio::spawn(async move { take(&mut subscription, 3).await });
    for _ in 0..3 {
        lodge(&desk).await;
    }
    let lodged = recorded(&desk, head, &wanted).await;
    assert_eq!(told.await.unwrap(), lodged[..3]);
    let mut waiting = reader.subscribe(desk.head(), Filter::everything());
    let waiting = tokio::spawn(async move { waiting.next().await });
    reader.close().await.unwrap();
    assert_eq!(waiting.await.unwrap(), Err(ReadError::Closed));
}
