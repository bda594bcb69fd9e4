//! What every subscription does, whatever the body of the log: nothing is skipped, nothing told twice.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{
    future::poll_fn,
    num::NonZeroUsize,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_core::Stream;
use redress_log::{
    ClockKind, EventLog, Expected, Filter, JournalOptions, MemoryLog, Position, ReadError,
    Recorded, Subscription,
};
use support::{
    append, disk::TestDisk, event, founding, hesitant::Hesitant, next_seed, one, poll_once,
    read_all, write,
};

trait Body {
    type Guard;
    fn make() -> (Arc<dyn EventLog>, Self::Guard);
}

struct InMemory;

impl Body for InMemory {
    type Guard = ();
    fn make() -> (Arc<dyn EventLog>, ()) {
        let log = MemoryLog::new(founding().log_id, founding().zone, ClockKind::System);
        (Arc::new(log), ())
    }
}

/// Segments of a few records, so that every subscriber goes over many borders.
struct InSmallSegments;

impl Body for InSmallSegments {
    type Guard = tempfile::TempDir;
    fn make() -> (Arc<dyn EventLog>, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let log = JournalOptions::new()
            .segment_bytes(8_000)
            .create(dir.path(), &founding())
            .unwrap();
        (Arc::new(log), dir)
    }
}

macro_rules! both_bodies {
    ($($test:ident),* $(,)?) => {
        mod memory { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() { super::$test::<super::InMemory>().await; })* }
        mod journal { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() { super::$test::<super::InSmallSegments>().await; })* }
    };
}

both_bodies!(
    sixteen_writers_lose_no_subscriber_an_event,
    categories_and_types_are_filtered,
    the_position_moves_on_while_nothing_passes,
    resumed_from_any_stored_position_it_gives_exactly_the_rest,
    pages_hold_what_is_at_hand_and_no_more_than_was_said,
    a_dropped_wait_loses_nothing,
    what_is_left_comes_before_the_end,
    a_failure_that_passes_is_gone_on_from,
    a_stream_says_what_next_says,
    it_begins_where_nothing_is_yet,
);

fn subscribe(log: &Arc<dyn EventLog>, after: u64) -> Subscription {
    Subscription::new(log.clone(), Position(after), Filter::everything())
}

fn pages(records: usize) -> NonZeroUsize {
    NonZeroUsize::new(records).unwrap()
}

/// What comes until the log is closed.
async fn rest(subscription: &mut Subscription) -> Vec<Recorded> {
    let mut records = Vec::new();
    loop {
        match subscription.next().await {
            Ok(record) => {
                assert_eq!(subscription.position(), record.position);
                records.push(record);
            }
            Err(error) => {
                assert_eq!(error, ReadError::Closed);
                return records;
            }
        }
    }
}

/// Nine events: positions 1 to 9 in turn of streams `case/1`, `rules/1`, `case/2`; every second a `case.closed`.
async fn nine(log: &Arc<dyn EventLog>) {
    for n in 1..=9 {
        let name = ["case/2", "case/1", "rules/1"][usize::try_from(n % 3).unwrap()];
        let mut write = write(name, Expected::Any, [n]);
        if n % 2 == 0 {
            write.events[0].kind = "case.closed".into();
        }
        log.append(append(vec![write])).await.unwrap();
    }
}

/// Twenty-five appends of one to four events to two streams.
async fn write_much(log: Arc<dyn EventLog>, writer: u64) {
    let mut seed = writer;
    for nth in 0..25 {
        seed = next_seed(seed);
        let own = write(&format!("case/{writer}"), Expected::Any, 0..=seed >> 60 & 1);
        let common = write("case/common", Expected::Any, 0..(seed >> 50) % 3);
        let appended = log.append(append(vec![own, common])).await.unwrap();
        assert!(appended.first <= appended.last, "append {nth} is empty");
    }
}

async fn sixteen_writers_lose_no_subscriber_an_event<B: Body>() {
    let (log, _guard) = B::make();
    write_much(log.clone(), 100).await;
    let before = log.head().0;
    let follow = |after| {
        let log = log.clone();
        tokio::spawn(async move {
            let mut subscription = subscribe(&log, after).pages_of(pages(7));
            let mut seen = Vec::new();
            loop {
                match subscription.next().await {
                    Ok(record) => {
                        // All parts of its append can be read from the moment that one is handed out.
                        let last = record.position.0 + u64::from(record.part.of.get())
                            - u64::from(record.part.number.get());
                        assert!(log.head().0 >= last, "{} is torn", record.position);
                        if record.position.0 != last {
                            let last = log.all(Position(last), &Filter::everything(), 1).await;
                            assert_eq!(last.unwrap().records[0].part.number, record.part.of);
                        }
                        seen.push(record);
                    }
                    Err(error) => {
                        assert_eq!(error, ReadError::Closed);
                        return (after, subscription.position(), seen);
                    }
                }
            }
        })
    };
    let mut subscribers = vec![follow(0), follow(before / 2), follow(before)];
    let writers: Vec<_> = (0..16)
        .map(|n| tokio::spawn(write_much(log.clone(), n)))
        .collect();
    // One more begins wherever the writers are by then.
    log.beyond(Position(before)).await.unwrap();
    subscribers.push(follow(log.head().0));
    for writer in writers {
        writer.await.unwrap();
    }
    log.close().await.unwrap();
    let all = read_all(&*log).await;
    assert_eq!(all.len() as u64, log.head().0);
    assert!(all.len() >= 17 * 25);
    for subscriber in subscribers {
        let (after, position, seen) = subscriber.await.unwrap();
        assert_eq!(position, log.head());
        let positions: Vec<u64> = seen.iter().map(|record| record.position.0).collect();
        assert_eq!(positions, (after + 1..=log.head().0).collect::<Vec<_>>());
        assert_eq!(seen, all[usize::try_from(after).unwrap()..]);
    }
}

async fn categories_and_types_are_filtered<B: Body>() {
    let (log, _guard) = B::make();
    nine(&log).await;
    log.close().await.unwrap();
    let wanted = [
        (
            Filter::everything().categories(["case"]),
            vec![1, 3, 4, 6, 7, 9],
        ),
        (
            Filter::everything().kinds(["case.closed"]),
            vec![2, 4, 6, 8],
        ),
        (
            Filter::everything()
                .categories(["case"])
                .kinds(["case.closed"]),
            vec![4, 6],
        ),
        (
            Filter::everything().categories(["rules", "case"]),
            (1..=9).collect(),
        ),
        (Filter::everything().kinds(["case.opened"]), vec![]),
    ];
    for (filter, wanted) in wanted {
        let mut subscription =
            Subscription::new(log.clone(), Position::NONE, filter.clone()).pages_of(pages(2));
        let mut seen = Vec::new();
        while let Ok(record) = subscription.next().await {
            seen.push(record.position.0);
        }
        assert_eq!(seen, wanted, "{filter:?}");
        assert_eq!(subscription.position(), Position(9), "{filter:?}");
    }
}

async fn the_position_moves_on_while_nothing_passes<B: Body>() {
    let (log, _guard) = B::make();
    let filter = Filter::everything().kinds(["case.opened"]);
    let mut subscription = Subscription::new(log.clone(), Position::NONE, filter);
    assert!(poll_once(subscription.next()).is_none());
    assert_eq!(subscription.position(), Position::NONE);
    for n in 1..=20 {
        log.append(append(vec![write("case/1", Expected::Any, [n, n])]))
            .await
            .unwrap();
        assert!(poll_once(subscription.next()).is_none());
        assert_eq!(subscription.position(), Position(2 * n));
    }
    let mut write = write("case/1", Expected::Any, [1, 2, 3]);
    write.events[1].kind = "case.opened".into();
    log.append(append(vec![write])).await.unwrap();
    assert_eq!(subscription.next().await.unwrap().position, Position(42));
    assert!(poll_once(subscription.next()).is_none());
    assert_eq!(subscription.position(), Position(43));
}

async fn resumed_from_any_stored_position_it_gives_exactly_the_rest<B: Body>() {
    let (log, _guard) = B::make();
    nine(&log).await;
    nine(&log).await;
    log.close().await.unwrap();
    for filter in [
        Filter::everything(),
        Filter::everything().categories(["rules"]),
        Filter::everything().kinds(["case.closed"]),
    ] {
        let begin = |after| Subscription::new(log.clone(), after, filter.clone());
        let mut subscription = begin(Position::NONE).pages_of(pages(4));
        let mut stored = vec![subscription.position()];
        let mut records = Vec::new();
        while let Ok(record) = subscription.next().await {
            records.push(record);
            stored.push(subscription.position());
        }
        assert!(records.len() >= 6);
        for (handed_out, position) in stored.into_iter().enumerate() {
            let mut again = begin(position);
            assert_eq!(again.position(), position);
            let mut left = Vec::new();
            while let Ok(record) = again.next().await {
                left.push(record);
            }
            assert_eq!(left, records[handed_out..], "from {position}");
        }
    }
}

async fn pages_hold_what_is_at_hand_and_no_more_than_was_said<B: Body>() {
    let (log, _guard) = B::make();
    nine(&log).await;
    let mut subscription = subscribe(&log, 1).pages_of(pages(3));
    let mut seen = Vec::new();
    for (length, position) in [(3, 4), (3, 7), (2, 9)] {
        let page = subscription.next_page().await.unwrap();
        assert_eq!(page.len(), length);
        assert_eq!(subscription.position(), Position(position));
        seen.extend(page);
    }
    assert!(poll_once(subscription.next_page()).is_none());
    log.append(one("case/9", 0, [10, 11, 12])).await.unwrap();
    // What one of the two ways has handed out, the other does not hand out again.
    seen.push(subscription.next().await.unwrap());
    let page = subscription.next_page().await.unwrap();
    assert_eq!(page.len(), 2);
    seen.extend(page);
    assert_eq!(seen, read_all(&*log).await[1..]);
    log.close().await.unwrap();
    assert_eq!(subscription.next_page().await, Err(ReadError::Closed));
}

async fn a_dropped_wait_loses_nothing<B: Body>() {
    for seed in 0..40 {
        let (body, _guard) = B::make();
        let log: Arc<dyn EventLog> = Hesitant::new(body.clone(), seed);
        let mut subscription = subscribe(&log, 0).pages_of(pages(3));
        let (mut chance, mut seen, mut dropped) = (seed, Vec::new(), 0);
        let mut appended = 0;
        while appended < 12 || seen.len() < 24 {
            // A task that never yields would be kept waiting for ever.
            tokio::task::yield_now().await;
            chance = next_seed(chance);
            match chance >> 61 {
                0 | 1 if appended < 12 => {
                    let write = write("case/1", Expected::Any, [appended, appended]);
                    body.append(append(vec![write])).await.unwrap();
                    appended += 1;
                }
                2 => match poll_once(subscription.next_page()) {
                    Some(page) => seen.extend(page.unwrap()),
                    None => dropped += 1,
                },
                _ => match poll_once(subscription.next()) {
                    Some(record) => seen.push(record.unwrap()),
                    None => dropped += 1,
                },
            }
            let told = seen.last().map_or(0, |record| record.position.0);
            assert_eq!(subscription.position(), Position(told), "seed {seed}");
        }
        assert!(dropped > 0, "seed {seed}");
        assert_eq!(seen, read_all(&*body).await, "seed {seed}");
    }
}

async fn what_is_left_comes_before_the_end<B: Body>() {
    let (log, _guard) = B::make();
    let mut late = subscribe(&log, 0).pages_of(pages(2));
    let mut waiting = subscribe(&log, 0);
    assert!(poll_once(waiting.next()).is_none());
    nine(&log).await;
    log.close().await.unwrap();
    for subscription in [&mut late, &mut waiting] {
        assert_eq!(rest(subscription).await, read_all(&*log).await);
        // It stays so.
        assert_eq!(subscription.next().await, Err(ReadError::Closed));
        assert_eq!(subscription.next_page().await, Err(ReadError::Closed));
        assert_eq!(subscription.position(), Position(9));
    }
}

async fn a_failure_that_passes_is_gone_on_from<B: Body>() {
    let (body, _guard) = B::make();
    nine(&body).await;
    let failing = Hesitant::new(body.clone(), 7);
    let log: Arc<dyn EventLog> = failing.clone();
    let mut subscription = subscribe(&log, 0).pages_of(pages(4));
    let mut seen = Vec::new();
    let mut errors = 0;
    while seen.len() < 18 {
        if seen.len() == 9 && body.head() == Position(9) {
            nine(&body).await;
        }
        // A page that was read already is handed out all the same.
        failing.failing.store(2, Ordering::SeqCst);
        let before = subscription.position();
        loop {
            match subscription.next().await {
                Ok(record) => break seen.push(record),
                Err(error) => {
                    assert_eq!(error.code(), "io");
                    assert_eq!(subscription.position(), before);
                    errors += 1;
                }
            }
        }
    }
    assert!(errors >= 8, "{errors}");
    assert_eq!(seen, read_all(&*body).await);
}

async fn a_stream_says_what_next_says<B: Body>() {
    let (body, _guard) = B::make();
    nine(&body).await;
    body.close().await.unwrap();
    let failing = Hesitant::new(body.clone(), 3);
    failing.failing.store(1, Ordering::SeqCst);
    let mut subscription = Subscription::new(failing, Position(2), Filter::everything());
    let mut next = async || poll_fn(|cx| Pin::new(&mut subscription).poll_next(cx)).await;
    assert_eq!(next().await.unwrap().unwrap_err().code(), "io");
    let mut seen = Vec::new();
    while let Some(record) = next().await {
        seen.push(record.unwrap());
    }
    assert_eq!(seen, read_all(&*body).await[2..]);
    assert!(next().await.is_none());
}

async fn it_begins_where_nothing_is_yet<B: Body>() {
    let (log, _guard) = B::make();
    let mut subscription = subscribe(&log, 4);
    let mut never = subscribe(&log, u64::MAX);
    assert!(poll_once(subscription.next()).is_none());
    assert!(poll_once(never.next()).is_none());
    assert_eq!(subscription.position(), Position(4));
    assert_eq!(never.position(), Position(u64::MAX));
    nine(&log).await;
    log.close().await.unwrap();
    let positions: Vec<u64> = rest(&mut subscription)
        .await
        .iter()
        .map(|record| record.position.0)
        .collect();
    assert_eq!(positions, [5, 6, 7, 8, 9]);
    assert_eq!(rest(&mut never).await, []);
}

/// One letter of position 6's line becomes another.
fn damage(disk: &TestDisk) {
    for path in disk.names() {
        disk.tamper(&path, |bytes| {
            let line = br#"{"position":6,"#;
            if let Some(at) = bytes.windows(line.len()).position(|part| part == line) {
                let end = at + bytes[at..].iter().position(|b| *b == b'\n').unwrap();
                let text = bytes[at..end]
                    .windows(6)
                    .position(|part| part == b"\"text\"");
                bytes[at + text.unwrap() + 1] = b'T';
            }
        });
    }
}

#[tokio::test]
async fn damage_is_met_again_and_never_skipped() {
    let disk = TestDisk::new();
    let log = JournalOptions::new()
        .segment_bytes(1_500)
        .create_on(disk.shared(), &founding())
        .unwrap();
    let log: Arc<dyn EventLog> = Arc::new(log);
    nine(&log).await;
    damage(&disk);
    let others = Filter::everything().categories(["rules"]);
    for (filter, wanted, position) in [
        (Filter::everything(), vec![1, 2, 3, 4, 5], 5),
        // Position 6 is a case's: left out by the filter, its damage is met all the same.
        (others, vec![2, 5], 5),
    ] {
        let mut subscription =
            Subscription::new(log.clone(), Position::NONE, filter).pages_of(pages(4));
        let mut seen = Vec::new();
        let error = loop {
            match subscription.next().await {
                Ok(record) => seen.push(record.position.0),
                Err(error) => break error,
            }
        };
        let ReadError::Damaged(damage) = &error else {
            panic!("{error}")
        };
        assert_eq!(damage.position, Position(6));
        assert_eq!(seen, wanted);
        for _ in 0..3 {
            assert_eq!(subscription.next().await, Err(error.clone()));
            assert_eq!(subscription.next_page().await, Err(error.clone()));
            let next = poll_fn(|cx| Pin::new(&mut subscription).poll_next(cx)).await;
            assert_eq!(next, Some(Err(error.clone())));
            assert_eq!(subscription.position(), Position(position));
        }
    }
}

#[tokio::test]
async fn a_closed_log_s_damage_is_no_end() {
    let disk = TestDisk::new();
    let log = JournalOptions::new()
        .create_on(disk.shared(), &founding())
        .unwrap();
    let log: Arc<dyn EventLog> = Arc::new(log);
    nine(&log).await;
    log.close().await.unwrap();
    damage(&disk);
    let mut subscription = subscribe(&log, 5);
    let next = poll_fn(|cx| Pin::new(&mut subscription).poll_next(cx)).await;
    assert_eq!(next.unwrap().unwrap_err().code(), "damaged");
}

#[tokio::test]
async fn one_page_is_held_and_no_more_is_read() {
    let disk = TestDisk::new();
    let log = JournalOptions::new()
        .create_on(disk.shared(), &founding())
        .unwrap();
    let log: Arc<dyn EventLog> = Arc::new(log);
    nine(&log).await;
    let mut subscription = subscribe(&log, 0).pages_of(pages(5));
    assert_eq!(subscription.next().await.unwrap().id, event(1).id);
    // Had it read ahead, what is damaged now would be in hand already.
    damage(&disk);
    for n in 2..=5 {
        assert_eq!(subscription.next().await.unwrap().id, event(n).id);
    }
    assert_eq!(subscription.next().await.unwrap_err().code(), "damaged");
}

#[tokio::test]
async fn who_catches_up_lets_others_run() {
    for log in [InMemory::make().0, InSmallSegments::make().0] {
        log.append(one("case/1", 0, 0..1000)).await.unwrap();
        let seen = Arc::new(AtomicU64::new(0));
        let reader = tokio::spawn({
            let seen = seen.clone();
            async move {
                let mut subscription = subscribe(&log, 0);
                for _ in 0..1000 {
                    subscription.next().await.unwrap();
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        // On the one thread it is queued behind the reader.
        let other = tokio::spawn(async move { seen.load(Ordering::SeqCst) });
        reader.await.unwrap();
        let seen = other.await.unwrap();
        assert!(0 < seen && seen < 1000, "{seen}");
    }
}
