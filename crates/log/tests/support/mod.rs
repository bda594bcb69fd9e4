//! What the tests of the log share: small events, small appends.

#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod dice;
pub(crate) mod disk;
pub(crate) mod files;
pub(crate) mod hesitant;
pub(crate) mod model;
pub(crate) mod play;
pub(crate) mod tree;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use redress_log::{
    Append, ClockKind, EventLog, Expected, Filter, Founding, NewEvent, Page, Position, RawJson,
    Recorded, Stamp, StreamId, StreamWrite, Version,
};
use uuid::Uuid;

pub(crate) fn stamp(second: u32) -> Stamp {
    Stamp::parse(&format!(
        "2024-02-03T04:{:02}:{:02}.000000Z",
        second / 60,
        second % 60
    ))
    .unwrap()
}

pub(crate) fn stream(name: &str) -> StreamId {
    StreamId::parse(name).unwrap()
}

pub(crate) fn founding() -> Founding {
    Founding {
        log_id: Uuid::from_u128(42),
        zone: "Asia/Shanghai".into(),
        clock: ClockKind::System,
    }
}

/// An event whose id and payload say its number.
pub(crate) fn event(number: u64) -> NewEvent {
    NewEvent {
        id: Uuid::from_u128(u128::from(number)),
        kind: "case.noted".into(),
        schema: 1,
        occurred_at: stamp(0),
        actor: RawJson::new(r#"{"employee":"工号7"}"#).unwrap(),
        command: RawJson::new(r#"{"id":"c"}"#).unwrap(),
        payload: RawJson::new(format!(r#"{{"number":{number},"text":"外观不良\n\"x\""}}"#))
            .unwrap(),
    }
}

pub(crate) fn write(
    name: &str,
    expected: Expected,
    numbers: impl IntoIterator<Item = u64>,
) -> StreamWrite {
    StreamWrite {
        stream: stream(name),
        expected,
        events: numbers.into_iter().map(event).collect(),
    }
}

pub(crate) fn append(writes: Vec<StreamWrite>) -> Append {
    Append {
        recorded_at: stamp(10),
        writes,
    }
}

/// An append to one stream that must hold `count` events.
pub(crate) fn one(name: &str, count: u64, numbers: impl IntoIterator<Item = u64>) -> Append {
    append(vec![write(name, Expected::Count(count), numbers)])
}

pub(crate) async fn read_stream(log: &dyn EventLog, name: &str) -> Page<Version> {
    log.stream(&stream(name), Version::FIRST, usize::MAX)
        .await
        .unwrap()
}

pub(crate) async fn read_all(log: &dyn EventLog) -> Vec<Recorded> {
    let everything = Filter::everything();
    let mut records = Vec::new();
    let mut from = Position::FIRST;
    loop {
        let page = log.all(from, &everything, 100).await.unwrap();
        records.extend(page.records);
        if page.end {
            return records;
        }
        from = page.next;
    }
}

pub(crate) fn numbers(records: &[Recorded]) -> Vec<u128> {
    records.iter().map(|record| record.id.as_u128()).collect()
}

/// The next number of a sequence that looks like chance; its high bits do.
pub(crate) fn next_seed(seed: u64) -> u64 {
    seed.wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}

/// Polls a future once, with a waker that wakes nobody, and drops it.
pub(crate) fn poll_once<F: Future>(future: F) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
