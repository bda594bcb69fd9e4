//! What every body of the log must do. Each test runs against the log in memory and the journal.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::sync::Arc;

use redress_log::{
    Append, AppendError, ClockKind, EventLog, Expected, Filter, Journal, JournalOptions, Limit,
    MAX_APPEND_BYTES, MAX_APPEND_RECORDS, MAX_LINE_BYTES, MemoryLog, Position, RawJson, ReadError,
    Version,
};
use support::{append, event, founding, numbers, one, read_all, read_stream, stamp, stream, write};
use uuid::Uuid;

/// Makes the log under test; the guard keeps alive what it needs.
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

struct OnDisk;

impl Body for OnDisk {
    type Guard = tempfile::TempDir;
    fn make() -> (Arc<dyn EventLog>, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let log = Journal::create(dir.path(), &founding()).unwrap();
        (Arc::new(log), dir)
    }
}

/// Small segments, so that most pages and appends meet a border.
struct InSmallSegments;

impl Body for InSmallSegments {
    type Guard = tempfile::TempDir;
    fn make() -> (Arc<dyn EventLog>, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let log = JournalOptions::new()
            .segment_bytes(900)
            .create(dir.path(), &founding())
            .unwrap();
        (Arc::new(log), dir)
    }
}

macro_rules! conformance {
    ($($test:ident),* $(,)?) => {
        mod memory { $(#[tokio::test] async fn $test() { super::$test::<super::InMemory>().await; })* }
        mod journal { $(#[tokio::test] async fn $test() { super::$test::<super::OnDisk>().await; })* }
        mod small_segments { $(#[tokio::test] async fn $test() { super::$test::<super::InSmallSegments>().await; })* }
    };
}

conformance!(
    an_empty_log_has_head_0,
    what_is_appended_is_read_back,
    several_streams_are_written_all_or_none,
    a_conflict_names_what_stands,
    a_condition_alone_writes_nothing_and_holds,
    appends_are_decided_in_the_order_of_the_calls,
    recorded_at_never_goes_back,
    pages_join_without_gap,
    a_filter_takes_categories_and_types,
    limits_are_named,
    a_malformed_append_is_refused,
    beyond_wakes_when_the_head_passes,
    a_closed_log_is_read_and_not_written,
    many_tasks_get_consecutive_positions,
    a_dropped_append_is_whole_or_absent,
);

async fn an_empty_log_has_head_0<B: Body>() {
    let (log, _guard) = B::make();
    assert_eq!(log.head(), Position::NONE);
    assert_eq!(log.log_id(), Uuid::from_u128(42));
    assert_eq!(log.info().zone, "Asia/Shanghai");
    assert_eq!(log.info().clock, ClockKind::System);
    let page = log
        .all(Position::NONE, &Filter::everything(), 10)
        .await
        .unwrap();
    assert_eq!(
        (page.records.len(), page.next, page.end),
        (0, Position(1), true)
    );
    let page = read_stream(&*log, "case/1").await;
    assert_eq!(
        (page.records.len(), page.next, page.end, page.last()),
        (0, Version(1), true, Version::NONE)
    );
}

async fn what_is_appended_is_read_back<B: Body>() {
    let (log, _guard) = B::make();
    let appended = log.append(one("case/1", 0, [1, 2])).await.unwrap();
    assert_eq!((appended.first, appended.last), (Position(1), Position(2)));
    assert_eq!(appended.recorded_at, stamp(10));
    assert_eq!(appended.version(&stream("case/1")), Some(Version(2)));
    assert_eq!(log.head(), Position(2));
    let page = read_stream(&*log, "case/1").await;
    assert!(page.end);
    assert_eq!(page.last(), Version(2));
    let [_, second] = &page.records[..] else {
        panic!("two records")
    };
    let given = event(2);
    assert_eq!(second.position, Position(2));
    assert_eq!(second.turn, Position(1));
    assert_eq!((second.part.number.get(), second.part.of.get()), (2, 2));
    assert_eq!(second.stream, stream("case/1"));
    assert_eq!(second.version, Version(2));
    assert_eq!(second.id, given.id);
    assert_eq!(second.kind, given.kind);
    assert_eq!(second.schema, given.schema);
    assert_eq!(
        (second.occurred_at, second.recorded_at),
        (given.occurred_at, stamp(10))
    );
    assert_eq!(second.actor, given.actor);
    assert_eq!(second.command, given.command);
    assert_eq!(second.payload, given.payload);
    assert_eq!(read_all(&*log).await, page.records);
}

async fn several_streams_are_written_all_or_none<B: Body>() {
    let (log, _guard) = B::make();
    log.append(one("case/1", 0, [1])).await.unwrap();
    let both = |count| {
        append(vec![
            write("case/2", Expected::Count(0), [2, 3]),
            write("case/1", Expected::Count(count), [4]),
        ])
    };
    let refused = log.append(both(0)).await.unwrap_err();
    assert_eq!(refused.code(), "conflict");
    assert_eq!(log.head(), Position(1));
    assert!(read_stream(&*log, "case/2").await.records.is_empty());
    let appended = log.append(both(1)).await.unwrap();
    assert_eq!((appended.first, appended.last), (Position(2), Position(4)));
    assert_eq!(
        appended.versions,
        [
            (stream("case/2"), Version(2)),
            (stream("case/1"), Version(2))
        ]
    );
    assert_eq!(numbers(&read_all(&*log).await), [1, 2, 3, 4]);
}

async fn a_conflict_names_what_stands<B: Body>() {
    let (log, _guard) = B::make();
    log.append(one("case/1", 0, [1, 2, 3])).await.unwrap();
    let conflict = |expected, actual, standing: &[u128]| AppendError::Conflict {
        stream: stream("case/1"),
        expected,
        actual,
        standing: standing.iter().map(|id| Uuid::from_u128(*id)).collect(),
    };
    assert_eq!(
        log.append(one("case/1", 0, [1, 2])).await,
        Err(conflict(0, 3, &[1, 2]))
    );
    assert_eq!(
        log.append(one("case/1", 2, [9, 8])).await,
        Err(conflict(2, 3, &[3]))
    );
    assert_eq!(
        log.append(one("case/1", 5, [9])).await,
        Err(conflict(5, 3, &[]))
    );
    // The repeat of an append that is still under way is told the same.
    let first = log.append(one("case/1", 3, [4]));
    let again = log.append(one("case/1", 3, [4]));
    first.await.unwrap();
    assert_eq!(again.await, Err(conflict(3, 4, &[4])));
}

async fn a_condition_alone_writes_nothing_and_holds<B: Body>() {
    let (log, _guard) = B::make();
    log.append(one("month/2024-02", 0, [1])).await.unwrap();
    let conditional = |count| {
        append(vec![
            write("month/2024-02", Expected::Count(count), []),
            write("case/1", Expected::Any, [2]),
        ])
    };
    assert_eq!(
        log.append(conditional(0)).await.unwrap_err().code(),
        "conflict"
    );
    let appended = log.append(conditional(1)).await.unwrap();
    assert_eq!(appended.version(&stream("month/2024-02")), Some(Version(1)));
    assert_eq!((appended.first, appended.last), (Position(2), Position(2)));
    let nothing = log.append(one("month/2024-02", 1, [])).await.unwrap();
    assert_eq!((nothing.first, nothing.last), (Position(3), Position(2)));
    assert_eq!(
        log.append(one("month/2024-02", 2, []))
            .await
            .unwrap_err()
            .code(),
        "conflict"
    );
    assert_eq!(log.head(), Position(2));
    assert_eq!(read_all(&*log).await.len(), 2);
}

async fn appends_are_decided_in_the_order_of_the_calls<B: Body>() {
    let (log, _guard) = B::make();
    let waiting: Vec<_> = (0..100)
        .map(|n| log.append(one("month/2024-02", n, [n + 1])))
        .collect();
    // Awaited from the back: the order of the calls counts.
    for (n, answer) in waiting.into_iter().enumerate().rev() {
        assert_eq!(answer.await.unwrap().first, Position(n as u64 + 1));
    }
    let page = read_stream(&*log, "month/2024-02").await;
    assert_eq!(numbers(&page.records), (1..=100).collect::<Vec<u128>>());
}

async fn recorded_at_never_goes_back<B: Body>() {
    let (log, _guard) = B::make();
    let at = |second, number| Append {
        recorded_at: stamp(second),
        ..one("case/1", number - 1, [number])
    };
    assert_eq!(log.append(at(20, 1)).await.unwrap().recorded_at, stamp(20));
    assert_eq!(log.append(at(5, 2)).await.unwrap().recorded_at, stamp(20));
    assert_eq!(log.append(at(21, 3)).await.unwrap().recorded_at, stamp(21));
    let seconds: Vec<_> = read_all(&*log)
        .await
        .iter()
        .map(|record| record.recorded_at)
        .collect();
    assert_eq!(seconds, [stamp(20), stamp(20), stamp(21)]);
}

async fn pages_join_without_gap<B: Body>() {
    let (log, _guard) = B::make();
    for n in 0..20 {
        log.append(append(vec![
            write("case/1", Expected::Count(n), [3 * n]),
            write("case/2", Expected::Count(2 * n), [3 * n + 1, 3 * n + 2]),
        ]))
        .await
        .unwrap();
    }
    for limit in [1, 7, 20, 59, 60, 61] {
        let mut all = Vec::new();
        let mut from = Position::FIRST;
        loop {
            let page = log.all(from, &Filter::everything(), limit).await.unwrap();
            assert!(page.records.len() <= limit);
            all.extend(numbers(&page.records));
            from = page.next;
            if page.end {
                break;
            }
            assert!(!page.records.is_empty());
        }
        assert_eq!(all, (0..60).collect::<Vec<u128>>(), "limit {limit}");
        assert_eq!(from, Position(61));
        let mut of_stream = Vec::new();
        let mut from = Version::FIRST;
        loop {
            let page = log.stream(&stream("case/1"), from, limit).await.unwrap();
            of_stream.extend(numbers(&page.records));
            from = page.next;
            if page.end {
                break;
            }
        }
        assert_eq!(
            of_stream,
            (0..20).map(|n| 3 * n).collect::<Vec<u128>>(),
            "limit {limit}"
        );
    }
    for from in 1..=61 {
        let page = log
            .all(Position(from), &Filter::everything(), 3)
            .await
            .unwrap();
        let expected: Vec<u128> = (from - 1..60).take(3).map(u128::from).collect();
        assert_eq!(numbers(&page.records), expected);
    }
    let far = log
        .all(Position(1000), &Filter::everything(), 3)
        .await
        .unwrap();
    assert_eq!(
        (far.records.len(), far.next, far.end),
        (0, Position(1000), true)
    );
    let far = log
        .stream(&stream("case/1"), Version(1000), 3)
        .await
        .unwrap();
    assert_eq!(
        (far.records.len(), far.next, far.end),
        (0, Version(1000), true)
    );
    let none = log
        .all(Position(1), &Filter::everything(), 0)
        .await
        .unwrap();
    assert_eq!(
        (none.records.len(), none.next, none.end),
        (0, Position(1), false)
    );
    let none = log.stream(&stream("case/1"), Version(1), 0).await.unwrap();
    assert_eq!(
        (none.records.len(), none.next, none.end),
        (0, Version(1), false)
    );
}

async fn a_filter_takes_categories_and_types<B: Body>() {
    let (log, _guard) = B::make();
    let mut late = write("case/1", Expected::Any, [2]);
    late.events[0].kind = "case.reminded".into();
    log.append(append(vec![write("case/9", Expected::Any, [1]), late]))
        .await
        .unwrap();
    log.append(append(vec![
        write("month/1", Expected::Any, [3]),
        write("cases/1", Expected::Any, [4]),
    ]))
    .await
    .unwrap();
    let found = async |filter: Filter, limit| {
        let page = log.all(Position::FIRST, &filter, limit).await.unwrap();
        (numbers(&page.records), page.next.0, page.end)
    };
    let everything = Filter::everything;
    assert_eq!(
        found(everything().categories(["case"]), 9).await,
        (vec![1, 2], 5, true)
    );
    assert_eq!(
        found(everything().categories(["case", "month"]), 9).await,
        (vec![1, 2, 3], 5, true)
    );
    assert_eq!(
        found(everything().kinds(["case.reminded"]), 9).await,
        (vec![2], 5, true)
    );
    assert_eq!(
        found(everything().kinds(["case.noted"]).categories(["case"]), 9).await,
        (vec![1], 5, true)
    );
    assert_eq!(
        found(everything().kinds(["case.closed"]), 9).await,
        (vec![], 5, true)
    );
    assert_eq!(
        found(everything().categories(["case"]), 1).await,
        (vec![1], 2, false)
    );
}

async fn limits_are_named<B: Body>() {
    let (log, _guard) = B::make();
    let of_bytes = |bytes: u64| {
        let mut wide = event(1);
        let length = usize::try_from(bytes).unwrap();
        wide.payload = RawJson::new(format!("\"{}\"", "x".repeat(length))).unwrap();
        wide
    };
    let with = |events| {
        let mut write = write("case/1", Expected::Any, []);
        write.events = events;
        append(vec![write])
    };
    let too_large = |answer: Result<_, AppendError>| match answer {
        Err(AppendError::TooLarge { what, size, limit }) if size > limit => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        too_large(log.append(with(vec![of_bytes(MAX_LINE_BYTES)])).await),
        Limit::Line
    );
    let records = (0..=MAX_APPEND_RECORDS).map(event).collect();
    assert_eq!(too_large(log.append(with(records)).await), Limit::Records);
    let wide = of_bytes(MAX_LINE_BYTES - 1000);
    let many = usize::try_from(MAX_APPEND_BYTES / MAX_LINE_BYTES + 1).unwrap();
    assert_eq!(
        too_large(log.append(with(vec![wide.clone(); many])).await),
        Limit::Append
    );
    assert_eq!(log.head(), Position::NONE);
    log.append(with(vec![wide; many - 1])).await.unwrap();
    log.append(with((0..MAX_APPEND_RECORDS).map(event).collect()))
        .await
        .unwrap();
    assert_eq!(log.head().0, many as u64 - 1 + MAX_APPEND_RECORDS);
    assert_eq!(read_all(&*log).await.len() as u64, log.head().0);
}

async fn a_malformed_append_is_refused<B: Body>() {
    let (log, _guard) = B::make();
    let invalid =
        async |append| assert_eq!(log.append(append).await.unwrap_err().code(), "invalid");
    invalid(append(vec![])).await;
    invalid(append(vec![
        write("case/1", Expected::Any, [1]),
        write("case/1", Expected::Any, [2]),
    ]))
    .await;
    for kind in ["", "Case", "case noted", "case\"", "案件"] {
        let mut bad = write("case/1", Expected::Any, [1]);
        bad.events[0].kind = kind.into();
        invalid(append(vec![bad])).await;
    }
    assert_eq!(log.head(), Position::NONE);
}

async fn beyond_wakes_when_the_head_passes<B: Body>() {
    let (log, _guard) = B::make();
    let waiter = tokio::spawn({
        let log = log.clone();
        async move { log.beyond(Position(2)).await }
    });
    for n in 0..3 {
        assert!(!waiter.is_finished());
        log.append(one("case/1", n, [n])).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(waiter.await.unwrap(), Ok(Position(3)));
    assert_eq!(log.beyond(Position(0)).await, Ok(Position(3)));
    let waiter = tokio::spawn({
        let log = log.clone();
        async move { log.beyond(Position(3)).await }
    });
    log.close().await.unwrap();
    assert_eq!(waiter.await.unwrap(), Err(ReadError::Closed));
}

async fn a_closed_log_is_read_and_not_written<B: Body>() {
    let (log, _guard) = B::make();
    let waiting = log.append(one("case/1", 0, [1]));
    log.close().await.unwrap();
    waiting.await.unwrap();
    log.close().await.unwrap();
    assert_eq!(
        log.append(one("case/1", 1, [2])).await.unwrap_err().code(),
        "closed"
    );
    assert_eq!(numbers(&read_all(&*log).await), [1]);
}

async fn many_tasks_get_consecutive_positions<B: Body>() {
    let (log, _guard) = B::make();
    let tasks: Vec<_> = (0..64_u64)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move {
                let name = format!("case/{}", n % 8);
                log.append(append(vec![write(
                    &name,
                    Expected::Any,
                    [2 * n, 2 * n + 1],
                )]))
                .await
                .unwrap()
            })
        })
        .collect();
    let mut firsts = Vec::new();
    for task in tasks {
        firsts.push(task.await.unwrap().first.0);
    }
    firsts.sort_unstable();
    assert_eq!(firsts, (0..64).map(|n| 2 * n + 1).collect::<Vec<u64>>());
    let records = read_all(&*log).await;
    for (at, record) in records.iter().enumerate() {
        assert_eq!(record.position, Position(at as u64 + 1));
    }
    for n in 0..8 {
        let page = read_stream(&*log, &format!("case/{n}")).await;
        let versions: Vec<u64> = page.records.iter().map(|record| record.version.0).collect();
        assert_eq!(versions, (1..=16).collect::<Vec<u64>>());
    }
}

async fn a_dropped_append_is_whole_or_absent<B: Body>() {
    let (log, _guard) = B::make();
    drop(log.append(one("case/1", 0, [1, 2])));
    let after = log
        .append(append(vec![write("case/2", Expected::Any, [3])]))
        .await
        .unwrap();
    let stored = read_stream(&*log, "case/1").await.records.len();
    assert!(stored == 0 || stored == 2);
    assert_eq!(after.first.0, stored as u64 + 1);
}
