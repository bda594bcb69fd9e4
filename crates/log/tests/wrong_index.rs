//! An index that is wrong gives no wrong answer: the read that meets it notices, and it is filled anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering},
};

use redress_log::{
    AppendError, Entry, EventLog, Filter, Index, IndexError, Indexed, JournalOptions, MemoryIndex,
    Position, ReadError, Version,
};
use uuid::Uuid;

use support::{
    disk::{Call, Fault, TestDisk, Way},
    founding, numbers, one, read_all, read_stream, stream,
};

/// Answers as a sound index does, but for one lie at a time.
#[derive(Debug, Default)]
struct Liar {
    sound: RwLock<MemoryIndex>,
    lie: AtomicU8,
    /// Whether it goes on lying when it has been filled anew.
    incorrigible: AtomicBool,
    resets: AtomicU32,
}

const OTHER_PLACE: u8 = 1;
const OTHER_LENGTH: u8 = 2;
const OTHER_RECORD: u8 = 3;
const FAR_POSITION: u8 = 4;
const SILENCE: u8 = 5;
const PANIC: u8 = 6;

impl Index for Liar {
    fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError> {
        self.sound.read().unwrap().add(records)
    }

    fn last(&self, stream: &str) -> Result<Version, IndexError> {
        assert_ne!(self.lie.load(Ordering::SeqCst), PANIC, "as the test wants");
        self.sound.read().unwrap().last(stream)
    }

    fn entries(
        &self,
        stream: &str,
        from: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Entry)>, IndexError> {
        let mut entries = self.sound.read().unwrap().entries(stream, from, limit)?;
        match self.lie.load(Ordering::SeqCst) {
            OTHER_PLACE => entries.iter_mut().for_each(|(_, entry)| entry.offset += 1),
            OTHER_LENGTH => entries.iter_mut().for_each(|(_, entry)| entry.length -= 1),
            OTHER_RECORD => entries
                .iter_mut()
                .for_each(|(version, _)| *version = version.next()),
            FAR_POSITION => entries
                .iter_mut()
                .for_each(|(_, entry)| entry.position = Position(1 << 40)),
            SILENCE => return Err(IndexError("the index is gone".into())),
            _ => {}
        }
        Ok(entries)
    }

    fn near(&self, position: Position) -> Result<Option<Entry>, IndexError> {
        let near = self.sound.read().unwrap().near(position)?;
        Ok(near.map(|entry| match self.lie.load(Ordering::SeqCst) {
            OTHER_PLACE => Entry {
                offset: entry.offset + 1,
                ..entry
            },
            OTHER_RECORD => Entry {
                position: entry.position.next(),
                ..entry
            },
            _ => entry,
        }))
    }

    fn reached(&self) -> Result<Position, IndexError> {
        self.sound.read().unwrap().reached()
    }

    fn reset(&self) -> Result<bool, IndexError> {
        *self.sound.write().unwrap() = MemoryIndex::default();
        self.resets.fetch_add(1, Ordering::SeqCst);
        if !self.incorrigible.load(Ordering::SeqCst) {
            self.lie.store(0, Ordering::SeqCst);
        }
        Ok(true)
    }
}

#[tokio::test]
async fn no_answer_is_ever_wrong() {
    let disk = TestDisk::new();
    let index = Arc::new(Liar::default());
    let log = JournalOptions::new()
        .index(index.clone())
        .create_on(disk.shared(), &founding())
        .unwrap();
    for n in 0..4 {
        log.append(one("case/1", 2 * n, [2 * n + 1, 2 * n + 2]))
            .await
            .unwrap();
    }
    let lies = [
        OTHER_PLACE,
        OTHER_LENGTH,
        OTHER_RECORD,
        FAR_POSITION,
        SILENCE,
    ];
    let tell = |lie| index.lie.store(lie, Ordering::SeqCst);
    for lie in lies {
        // Filled anew, it answers rightly, and nobody is told anything else.
        let before = index.resets.load(Ordering::SeqCst);
        tell(lie);
        let read = log.stream(&stream("case/1"), Version(2), 3).await.unwrap();
        assert_eq!(numbers(&read.records), [2, 3, 4], "lie {lie}");
        tell(lie);
        // A conflict needs the ids that stand there.
        match log.append(one("case/1", 3, [9])).await.unwrap_err() {
            AppendError::Conflict { standing, .. } => assert_eq!(standing, [Uuid::from_u128(4)]),
            other => panic!("lie {lie}: {other}"),
        }
        assert_eq!(index.resets.load(Ordering::SeqCst), before + 2, "lie {lie}");
        if lie == OTHER_PLACE || lie == OTHER_RECORD {
            tell(lie);
            let read = log
                .all(Position(2), &Filter::everything(), 3)
                .await
                .unwrap();
            assert_eq!(numbers(&read.records), [2, 3, 4], "lie {lie}");
        }
    }
    // Where even that does not help, there is no answer rather than a wrong one.
    index.incorrigible.store(true, Ordering::SeqCst);
    for lie in lies {
        tell(lie);
        let read = log.stream(&stream("case/1"), Version(2), 3).await;
        assert!(
            matches!(read, Err(ReadError::Damaged(_) | ReadError::Index { .. })),
            "lie {lie}: {read:?}"
        );
        let refused = log.append(one("case/1", 3, [9])).await.unwrap_err();
        assert_eq!(refused.code(), "unreadable", "lie {lie}");
        if lie == OTHER_PLACE || lie == OTHER_RECORD {
            let read = log.all(Position(2), &Filter::everything(), 3).await;
            assert!(
                matches!(read, Err(ReadError::Damaged(_))),
                "lie {lie}: {read:?}"
            );
        }
    }
    tell(0);
    assert_eq!(
        log.append(one("case/1", 8, [9])).await.unwrap().last,
        Position(9)
    );
    assert_eq!(
        numbers(&read_stream(&log, "case/1").await.records),
        (1..=9).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn an_index_that_could_not_be_filled_to_the_end_answers_nothing_until_it_is() {
    let disk = TestDisk::new();
    let index = Arc::new(Liar::default());
    let options = JournalOptions::new().index(index.clone()).by_hand();
    let log = options.create_on(disk.shared(), &founding()).unwrap();
    for n in 0..6 {
        let answer = log.append(one("case/1", n, [n + 1]));
        log.drive();
        answer.await.unwrap();
    }
    index.lie.store(SILENCE, Ordering::SeqCst);
    disk.fail(Fault {
        call: Call::ReadAt,
        nth: 1,
        way: Way::Error,
        lasting: true,
    });
    for _ in 0..3 {
        // The disk does not let it be filled: an error, and no half of a stream.
        let read = log.stream(&stream("case/1"), Version(1), 99).await;
        assert_eq!(read.unwrap_err().code(), "io");
        let answer = log.append(one("case/1", 0, [99]));
        log.drive();
        assert_eq!(answer.await.unwrap_err().code(), "unreadable");
    }
    disk.heal();
    let read = read_stream(&log, "case/1").await;
    assert_eq!(numbers(&read.records), (1..=6).collect::<Vec<_>>());
    let answer = log.append(one("case/1", 6, [7]));
    log.drive();
    assert_eq!(answer.await.unwrap().last, Position(7));
}

#[tokio::test]
async fn a_panic_of_the_hosts_index_leaves_nobody_waiting() {
    let disk = TestDisk::new();
    let index = Arc::new(Liar::default());
    let options = JournalOptions::new().index(index.clone());
    let log = options.create_on(disk.shared(), &founding()).unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    index.lie.store(PANIC, Ordering::SeqCst);
    let waiting: Vec<_> = (0..3)
        .map(|n| log.append(one(&format!("case/{}", 2 + n), 0, [n + 2])))
        .collect();
    for answer in waiting {
        let code = answer.await.unwrap_err().code();
        assert!(["unknown", "closed"].contains(&code), "{code}");
    }
    assert_eq!(log.close().await.unwrap_err().code(), "unknown");
    assert_eq!(
        log.append(one("case/9", 0, [9])).await.unwrap_err().code(),
        "closed"
    );
    drop(log);
    let log = JournalOptions::new().open_on(disk.shared()).unwrap();
    assert_eq!(numbers(&read_all(&log).await), [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_beside_the_writer_see_whole_appends_only() {
    let disk = TestDisk::new();
    let options = JournalOptions::new().segment_bytes(20_000);
    let log = Arc::new(options.create_on(disk.shared(), &founding()).unwrap());
    let reader = tokio::spawn({
        let log = log.clone();
        async move {
            let mut seen = Position::NONE;
            while seen < Position(900) {
                seen = log.beyond(seen).await.unwrap();
                let stored = read_all(&*log).await.len() as u64;
                assert!(stored >= seen.0 && stored.is_multiple_of(3), "{stored}");
                let page = log
                    .stream(&stream("case/1"), Version(1), usize::MAX)
                    .await
                    .unwrap();
                assert!(page.records.len() as u64 >= stored / 3);
                tokio::task::yield_now().await;
            }
        }
    });
    for n in 0..300 {
        let event = |name| support::write(name, redress_log::Expected::Count(n), [n]);
        log.append(support::append(vec![
            event("case/1"),
            event("case/2"),
            event("case/3"),
        ]))
        .await
        .unwrap();
    }
    reader.await.unwrap();
}
