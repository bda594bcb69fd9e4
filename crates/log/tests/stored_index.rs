//! The index in its store: what happens when store and journal part company.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{path::Path, sync::Arc};

use redress_log::{
    AppendError, Backup, EventLog, Expected, Journal, JournalOptions, Position, Restore, Version,
};
use support::{
    append, disk::TestDisk, files, founding, numbers, one, play::now, read_stream, stamp, stream,
    write,
};

fn options() -> JournalOptions {
    JournalOptions::new().tail(1).segment_bytes(4_000)
}

/// A log of sixty records over six streams and several segments, closed with its store.
async fn closed(directory: &Path) {
    let log = options().create(directory, &founding()).unwrap();
    for n in 0..60 {
        let name = format!("case/{}", n % 6);
        log.append(one(&name, n / 6, [n])).await.unwrap();
    }
    log.close().await.unwrap();
    assert!(directory.join("index/closed.json").exists());
}

#[tokio::test]
async fn a_store_that_knows_records_where_no_segment_is_left_forbids_to_write() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("log");
    closed(&directory).await;
    std::fs::remove_dir_all(directory.join("journal")).unwrap();
    for _ in 0..2 {
        let log = options().open(&directory).unwrap();
        let damage = log.damage().unwrap();
        assert_eq!(damage.position, Position(1));
        assert!(damage.reason.contains("60"), "{damage}");
        let refused = log.append(one("case/0", 0, [99])).await.unwrap_err();
        assert_eq!(refused.code(), "read_only");
        assert_eq!(log.tree_head(), None);
    }
    // Nothing was made in its place, and the store is left as it is.
    assert!(
        std::fs::read_dir(directory.join("journal")).map_or(true, |mut dir| dir.next().is_none())
    );
    assert!(directory.join("index/closed.json").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_meet_a_store_that_is_gone_are_all_answered_rightly() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("log");
    closed(&directory).await;
    for round in 0..20_u64 {
        let log = Arc::new(options().open(&directory).unwrap());
        assert!(log.recovery().index_rebuilt.is_none(), "{round}");
        log.distrust_store("the test says so");
        let mut tasks = Vec::new();
        for nth in 0..8 {
            let log = log.clone();
            tasks.push(tokio::spawn(async move {
                let name = format!("case/{}", nth % 6);
                let page = log.stream(&stream(&name), Version(1), 99).await.unwrap();
                let expected: Vec<u128> = (0..10).map(|n| n * 6 + nth % 6).collect();
                assert_eq!(numbers(&page.records)[..10], expected, "{round}");
                // A stale expectation is told as such, and never as a fault of the log.
                let refused = log.append(one(&name, 3, [7])).await.unwrap_err();
                assert_eq!(refused.code(), "conflict", "{round}: {refused}");
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let write = write("case/9", Expected::Count(round), [1_000 + round]);
        log.append(append(vec![write])).await.unwrap();
        log.close().await.unwrap();
        drop(log);
        // It was given up: the next opening says that it was built anew, the one after believes it again.
        let log = options().open(&directory).unwrap();
        assert!(log.recovery().index_rebuilt.is_some(), "{round}");
        assert_eq!(
            read_stream(&log, "case/9").await.records.len() as u64,
            round + 1
        );
        log.close().await.unwrap();
    }
}

#[test]
fn more_appends_by_hand_than_may_wait_at_once_are_never_too_many_in_sum() {
    let disk = TestDisk::new();
    let options = JournalOptions::new().by_hand().queue(4, 1 << 20);
    let log = options.create_on(disk.shared(), &founding()).unwrap();
    for n in 0..50 {
        let answer = log.append(one("case/1", n, [n]));
        assert_eq!(log.drive(), 1);
        assert_eq!(now(answer).unwrap().last, Position(n + 1));
    }
}

#[tokio::test]
async fn a_conflict_is_told_when_what_it_conflicts_with_can_be_read() {
    let disk = TestDisk::new();
    let log = JournalOptions::new()
        .create_on(disk.shared(), &founding())
        .unwrap();
    for n in 0..200 {
        // Two at once: one is stored, and whoever is told of the other finds it there.
        let first = log.append(one("case/1", n, [2 * n]));
        let second = log.append(one("case/1", n, [2 * n + 1]));
        let (first, second) = (first.await, second.await);
        assert!(first.is_ok());
        let Err(AppendError::Conflict { actual, .. }) = second else {
            panic!("{second:?}")
        };
        assert_eq!(read_stream(&log, "case/1").await.last(), Version(actual));
    }
}

/// All files below a directory.
fn below(directory: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut left = vec![directory.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => left.push(path),
                false => files.push((path.clone(), std::fs::read(&path).unwrap())),
            }
        }
    }
    files.sort();
    files
}

#[tokio::test]
async fn behind_damage_no_store_is_begun_and_none_is_put_aside() {
    for keeps_store in [true, false] {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path().join("log");
        closed(&directory).await;
        // The seal of the first segment is cut: the next one's header does not go on from there.
        let mut segments: Vec<_> = std::fs::read_dir(directory.join("journal"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        segments.sort();
        let whole = std::fs::read(&segments[0]).unwrap();
        std::fs::write(&segments[0], &whole[..whole.len() - 20]).unwrap();
        if !keeps_store {
            std::fs::remove_dir_all(directory.join("index")).unwrap();
        }
        let before = below(&directory);
        for _ in 0..2 {
            let log = options().open(&directory).unwrap();
            assert!(log.damage().is_some());
            drop(log);
            assert_eq!(below(&directory), before, "{keeps_store}");
        }
    }
}

#[tokio::test]
async fn whoever_only_reads_is_told_of_records_that_the_store_knows_and_the_journal_lacks() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("log");
    closed(&directory).await;
    let backup = scratch.path().join("backup");
    let take = |to: &Path| Backup::at(stamp(100)).take(&directory, to);
    take(&backup).unwrap();
    assert_eq!(Journal::open_read_only(&directory).unwrap().damage(), None);
    // The last segment is as an older copy has it.
    let last = files::segments(&directory).pop().unwrap();
    let whole = std::fs::read(&last).unwrap();
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    std::fs::write(&last, &whole[..header]).unwrap();
    let before = files::bytes(&backup);
    let log = Journal::open_read_only(&directory).unwrap();
    let damage = log.damage().unwrap();
    assert!(log.head() < Position(60) && damage.position == log.head().next());
    assert!(damage.reason.contains("60"), "{damage}");
    for to in [&backup, &scratch.path().join("new")] {
        assert_eq!(take(to).unwrap_err().code(), "source_damaged");
    }
    assert_eq!(files::bytes(&backup), before);
    let restored = scratch.path().join("restored");
    let refused = Restore::new().make(&directory, &restored).unwrap_err();
    assert_eq!(refused.code(), "source_damaged");
    assert!(refused.to_string().contains("60"), "{refused}");
    // The note of another life says nothing of this one.
    let marker = directory.join("redress.json");
    let text = std::fs::read_to_string(&marker).unwrap();
    std::fs::write(&marker, text.replace("\"epoch\":1", "\"epoch\":2")).unwrap();
    assert_eq!(Journal::open_read_only(&directory).unwrap().damage(), None);
}

#[tokio::test]
async fn a_journal_that_is_gone_is_told_from_a_founding_that_was_cut_short() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("log");
    closed(&directory).await;
    std::fs::remove_dir_all(directory.join("journal")).unwrap();
    let gone = || {
        for log in [
            Journal::open_read_only(&directory),
            options().open(&directory),
        ] {
            let damage = log.unwrap().damage().cloned().unwrap();
            assert!(damage.reason.starts_with("the journal is gone"), "{damage}");
        }
    };
    gone();
    std::fs::remove_file(directory.join("index/closed.json")).unwrap();
    gone();
    std::fs::remove_dir_all(directory.join("index")).unwrap();
    assert_eq!(Journal::open_read_only(&directory).unwrap().damage(), None);
    let marker = directory.join("redress.json");
    let text = std::fs::read_to_string(&marker).unwrap();
    std::fs::write(&marker, text.replace("\"epoch\":1", "\"epoch\":2")).unwrap();
    gone();
}

#[tokio::test]
async fn a_stream_whose_last_record_is_damaged_does_not_end_before_it() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("log");
    closed(&directory).await;
    std::fs::remove_dir_all(directory.join("index")).unwrap();
    let last = files::segments(&directory).pop().unwrap();
    let whole = std::fs::read(&last).unwrap();
    let read = async |log: &Journal, name: &str| log.stream(&stream(name), Version(1), 100).await;
    for name in ["case/4", "case/5"] {
        let key = format!("\"stream\":\"{name}\",\"version\":10,");
        let at = whole
            .windows(key.len())
            .position(|w| w == key.as_bytes())
            .unwrap();
        let mut damaged = whole.clone();
        damaged[at + key.len() + 9] ^= 1;
        std::fs::write(&last, damaged).unwrap();
        for log in [
            Journal::open_read_only(&directory),
            options().open(&directory),
        ] {
            let log = log.unwrap();
            assert!(log.damage().is_some());
            let refused = read(&log, name).await.unwrap_err();
            assert_eq!(refused.code(), "damaged", "{name}: {refused}");
            assert_eq!(read(&log, "case/0").await.unwrap().records.len(), 10);
        }
    }
}
