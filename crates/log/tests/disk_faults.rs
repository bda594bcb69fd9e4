//! What the writer does when the disk fails, is full, or loses power.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use redress_log::{AppendError, EventLog, Expected, Journal, JournalOptions, OpenError, Position};
use support::{
    append,
    disk::{Keep, TestDisk},
    founding, numbers, one, read_all, read_stream, write,
};

fn small() -> JournalOptions {
    JournalOptions::new().segment_bytes(1500)
}

fn create(disk: &TestDisk) -> Journal {
    small().create_on(disk.shared(), &founding()).unwrap()
}

fn open(disk: &TestDisk) -> Journal {
    small().open_on(disk.shared()).unwrap()
}

#[tokio::test]
async fn a_failed_sync_leaves_the_outcome_unknown_and_closes_the_log_for_good() {
    let disk = TestDisk::new();
    let log = create(&disk);
    log.append(one("case/1", 0, [1])).await.unwrap();
    disk.set(|rules| rules.next_sync_fails = true);
    assert_eq!(
        log.append(one("case/1", 1, [2])).await.unwrap_err().code(),
        "unknown"
    );
    assert_eq!(
        log.append(one("case/1", 1, [2])).await.unwrap_err().code(),
        "closed"
    );
    assert_eq!(log.head(), Position(1));
    assert_eq!(numbers(&read_all(&log).await), [1]);
    assert!(log.close().await.is_err());
    drop(log);
    // The process goes on: the bytes are in the file, and are synced again before they count.
    let process = disk.copy();
    let log = open(&process);
    assert_eq!(log.recovery().rewritten, Some(Position(2)));
    assert_eq!(log.head(), Position(2));
    assert_eq!(
        numbers(&read_all(&open(&process.power_cut(Keep::Nothing))).await),
        [1, 2]
    );
    // The machine stops: nothing had arrived.
    assert_eq!(open(&disk.power_cut(Keep::Nothing)).head(), Position(1));
}

#[tokio::test]
async fn a_full_disk_refuses_keeps_nothing_and_resumes_when_there_is_room() {
    let disk = TestDisk::new();
    let log = create(&disk);
    // There is never as much room as the log would like to reserve.
    let room = disk.used() + 600;
    disk.set(|rules| rules.room = Some(room));
    log.append(one("case/1", 0, [1])).await.unwrap();
    for extra in [0, 100, 300, 450] {
        let room = disk.used() + extra;
        disk.set(|rules| rules.room = Some(room));
        let before = disk.used();
        assert_eq!(
            log.append(one("case/1", 1, [2, 3])).await,
            Err(AppendError::NoSpace)
        );
        assert_eq!(disk.used(), before);
        assert_eq!(numbers(&read_all(&log).await), [1]);
        for keep in [Keep::Nothing, Keep::Everything, Keep::Some(7)] {
            let log = open(&disk.power_cut(keep));
            assert_eq!(
                (log.head(), log.recovery().cut.as_ref()),
                (Position(1), None)
            );
        }
    }
    let room = disk.used() + 900;
    disk.set(|rules| rules.room = Some(room));
    assert_eq!(
        log.append(one("case/1", 1, [2, 3])).await.unwrap().last,
        Position(3)
    );
    // The same at the border of a segment, where a seal and a header need room too.
    let mut next = 3;
    for _ in 0..6 {
        for extra in (0..900).step_by(60) {
            let room = disk.used() + extra;
            disk.set(|rules| rules.room = Some(room));
            match log.append(one("case/1", next, [next + 1])).await {
                Ok(_) => next += 1,
                Err(error) => assert_eq!(error, AppendError::NoSpace),
            }
        }
    }
    disk.set(|rules| rules.room = None);
    log.append(one("case/1", next, [next + 1])).await.unwrap();
    log.close().await.unwrap();
    let log = open(&disk.copy());
    assert!(log.recovery().clean && log.damage().is_none());
    assert_eq!(
        numbers(&read_all(&log).await),
        (1..=u128::from(next) + 1).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_failed_write_is_cut_back_and_closes_the_log() {
    let disk = TestDisk::new();
    let log = create(&disk);
    log.append(one("case/1", 0, [1])).await.unwrap();
    let before = disk.held();
    disk.set(|rules| rules.next_write_fails = true);
    assert_eq!(
        log.append(one("case/1", 1, [2])).await.unwrap_err().code(),
        "closed"
    );
    assert_eq!(disk.held(), before);
    assert_eq!(
        log.append(one("case/1", 1, [2])).await.unwrap_err().code(),
        "closed"
    );
    drop(log);
    let log = open(&disk);
    assert_eq!(
        log.append(one("case/1", 1, [2])).await.unwrap().last,
        Position(2)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_that_wait_share_a_sync() {
    let disk = TestDisk::new();
    let log = Arc::new(
        JournalOptions::new()
            .create_on(disk.shared(), &founding())
            .unwrap(),
    );
    // While the first is being synced, all others come to wait; then one sync serves them together.
    disk.hold_syncs();
    let before = disk.syncs();
    let first = log.append(one("case/0", 0, [0]));
    disk.until_a_sync_is_held();
    let handed_in = Arc::new(AtomicU64::new(0));
    let mut tasks: Vec<_> = (1..512_u64)
        .map(|n| {
            let (log, handed_in) = (log.clone(), handed_in.clone());
            tokio::spawn(async move {
                let answer = log.append(one(&format!("case/{n}"), 0, [n]));
                handed_in.fetch_add(1, Ordering::SeqCst);
                answer.await.unwrap().first.0
            })
        })
        .collect();
    while handed_in.load(Ordering::SeqCst) < 511 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    disk.release_syncs();
    tasks.push(tokio::spawn(async move { first.await.unwrap().first.0 }));
    let mut positions = Vec::new();
    for task in tasks {
        positions.push(task.await.unwrap());
    }
    positions.sort_unstable();
    assert_eq!(positions, (1..=512).collect::<Vec<u64>>());
    let syncs = disk.syncs() - before;
    assert_eq!(syncs, 2, "for 512 appends");
    let records = read_all(&*log).await;
    let turns: std::collections::BTreeSet<_> = records.iter().map(|record| record.turn).collect();
    assert_eq!(turns.len() as u64, syncs);
}

#[tokio::test]
async fn too_many_waiting_are_told_to_come_again() {
    let disk = TestDisk::new();
    let log = JournalOptions::new()
        .queue(4, 1 << 20)
        .create_on(disk.shared(), &founding())
        .unwrap();
    // One is being synced, four wait, and there is no room for more.
    disk.hold_syncs();
    let ask = |n| log.append(append(vec![write("case/1", Expected::Any, [n])]));
    let mut waiting = vec![ask(0)];
    disk.until_a_sync_is_held();
    waiting.extend((1..64).map(ask));
    disk.release_syncs();
    let mut stored = 0;
    for answer in waiting {
        match answer.await {
            Ok(_) => stored += 1,
            Err(error) => assert_eq!(error, AppendError::Busy),
        }
    }
    assert_eq!(stored, 5);
    assert_eq!(log.head(), Position(stored));
}

/// Appends of one to three records over several segments, with conflicts in between, until
/// the disk dies. Says what was acknowledged: the number of records after each append.
async fn play(disk: &TestDisk) -> (u64, u64) {
    let Ok(log) = small().create_on(disk.shared(), &founding()) else {
        return (0, 0);
    };
    let (mut acknowledged, mut possible) = (0, 0);
    for nth in 0..9 {
        let size = nth % 3 + 1;
        let events = acknowledged + 1..=acknowledged + size;
        let name = format!("case/{}", nth % 2);
        match log
            .append(append(vec![write(&name, Expected::Any, events)]))
            .await
        {
            Ok(appended) => {
                assert_eq!(appended.last.0, acknowledged + size);
                acknowledged += size;
                possible = acknowledged;
            }
            Err(AppendError::Unknown { .. }) => possible = acknowledged + size,
            Err(error) => assert_eq!(error.code(), "closed"),
        }
        let conflict = log
            .append(one("case/0", 1000, [1000]))
            .await
            .unwrap_err()
            .code();
        assert!(["conflict", "closed"].contains(&conflict));
    }
    (acknowledged, possible)
}

#[tokio::test]
async fn wherever_the_disk_dies_what_was_acknowledged_is_there_and_nothing_else() {
    let disk = TestDisk::new();
    let (all, _) = play(&disk).await;
    assert_eq!(all, 18);
    assert!(
        disk.names()
            .iter()
            .filter(|name| name.ends_with(".jsonl"))
            .count()
            > 3
    );
    let calls = disk.calls();
    for dies_at in 1..=calls {
        let disk = TestDisk::new();
        disk.set(|rules| rules.dies_at = Some(dies_at));
        let (acknowledged, possible) = play(&disk).await;
        let seeds = (0..6).map(|seed| Keep::Some(dies_at * 31 + seed));
        for keep in [Keep::Nothing, Keep::Everything].into_iter().chain(seeds) {
            let disk = disk.power_cut(keep);
            // Power may fail again while the first opening sets things right.
            for again_at in [
                None,
                Some(1),
                Some(2),
                Some(3),
                Some(4),
                Some(5),
                Some(7),
                Some(9),
            ] {
                let mut disk = disk.copy();
                if let Some(again_at) = again_at {
                    disk.set(|rules| rules.dies_at = Some(again_at));
                    let _ = small().open_on(disk.shared());
                    disk = disk.power_cut(keep);
                }
                let case = format!("call {dies_at}, {keep:?}, again {again_at:?}");
                let opened = match small().open_on(disk.shared()) {
                    Err(OpenError::Empty { .. }) => {
                        assert_eq!((acknowledged, possible), (0, 0), "{case}");
                        small().found_again_on(disk.shared())
                    }
                    opened => opened,
                };
                let log = match opened {
                    Ok(log) => log,
                    Err(error) => {
                        // Only a founding that was never finished may leave no log behind.
                        assert_eq!((acknowledged, possible), (0, 0), "{case}: {error}");
                        assert!(
                            ["directory_not_found", "not_a_redress_directory"]
                                .contains(&error.code())
                        );
                        continue;
                    }
                };
                assert_eq!(log.damage(), None, "{case}");
                let head = log.head().0;
                assert!(
                    head == acknowledged || head == possible,
                    "{case}: {acknowledged} {possible} {head}"
                );
                assert_eq!(
                    numbers(&read_all(&log).await),
                    (1..=u128::from(head)).collect::<Vec<_>>()
                );
                let after = log
                    .append(append(vec![write("case/9", Expected::Count(0), [99])]))
                    .await;
                assert_eq!(after.unwrap().first.0, head + 1, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn a_turn_cut_short_among_several_appends_keeps_only_whole_ones() {
    let disk = TestDisk::new();
    let log = JournalOptions::new()
        .create_on(disk.shared(), &founding())
        .unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    disk.hold_syncs();
    let first = log.append(one("case/1", 1, [2]));
    disk.until_a_sync_is_held();
    let rest: Vec<_> = (2..30)
        .map(|n| log.append(one("case/1", 2 * n - 2, [2 * n - 1, 2 * n])))
        .collect();
    disk.release_syncs();
    first.await.unwrap();
    for answer in rest {
        answer.await.unwrap();
    }
    // All of `rest` is one turn; half of its sectors may be there, in any order.
    let last_turn = read_all(&log).await.last().unwrap().turn.0;
    assert_eq!(last_turn, 3);
    let file = "journal/00000000000000000001.jsonl";
    let whole = disk.bytes(file);
    let text = String::from_utf8(whole.clone()).unwrap();
    let start = text.find(&format!("{{\"position\":{last_turn},")).unwrap();
    for seed in 0..200_usize {
        let torn = disk.copy();
        torn.tamper(file, |bytes| {
            for (nth, sector) in bytes[start..].chunks_mut(512).enumerate() {
                if (seed * 7919 + nth * 104_729 + nth * seed) % 5 == 0 {
                    sector.fill(0);
                }
            }
        });
        let log = JournalOptions::new().open_on(torn.shared()).unwrap();
        assert_eq!(log.damage(), None, "seed {seed}");
        let head = log.head().0;
        assert!(head + 1 >= last_turn, "seed {seed}: {head}");
        assert!(head == 1 || head.is_multiple_of(2), "seed {seed}: {head}");
        assert_eq!(read_stream(&log, "case/1").await.last().0, head);
    }
}
