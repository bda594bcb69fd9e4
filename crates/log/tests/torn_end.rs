//! Journals that end in the middle of something, and journals that are damaged.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use redress_log::{
    AppendError, EventLog, Expected, Filter, Journal, JournalOptions, Position, ReadError,
};
use support::{
    append, disk::TestDisk, founding, numbers, one, read_all, read_stream, stream, write,
};

const SEGMENT: &str = "journal/00000000000000000001.jsonl";

fn open(disk: &TestDisk) -> Journal {
    JournalOptions::new().open_on(disk.shared()).unwrap()
}

/// Six appends of one to three records, each in a turn of its own; the last three end at
/// positions 6, 8 and 11. The disk is as the death of the process leaves it.
async fn unclean() -> TestDisk {
    let disk = TestDisk::new();
    let log = JournalOptions::new()
        .create_on(disk.shared(), &founding())
        .unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    log.append(one("case/2", 0, [2, 3])).await.unwrap();
    log.append(one("case/1", 1, [4])).await.unwrap();
    log.append(append(vec![
        write("case/1", Expected::Any, [5]),
        write("case/3", Expected::Any, [6]),
    ]))
    .await
    .unwrap();
    log.append(one("case/3", 1, [7, 8])).await.unwrap();
    let three = vec![
        write("case/4", Expected::Any, [9]),
        write("case/2", Expected::Count(2), [10]),
        write("case/5", Expected::Any, [11]),
    ];
    log.append(append(three)).await.unwrap();
    disk.copy()
}

/// Where each line of the first segment begins; line 0 is the header, line n has position n.
fn starts(disk: &TestDisk) -> Vec<usize> {
    let bytes = disk.bytes(SEGMENT);
    let ends = bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}

/// The journal goes on as if nothing had been: an append, a clean close, a clean opening.
async fn goes_on(disk: &TestDisk, log: Journal, head: u64) {
    assert_eq!(log.head(), Position(head));
    assert_eq!(
        numbers(&read_all(&log).await),
        (1..=u128::from(head)).collect::<Vec<_>>()
    );
    let appended = log
        .append(append(vec![write("case/9", Expected::Count(0), [99])]))
        .await
        .unwrap();
    assert_eq!(appended.first, Position(head + 1));
    log.close().await.unwrap();
    drop(log);
    let log = open(disk);
    assert!(log.recovery().clean, "{:?}", log.recovery());
    assert_eq!(log.head(), Position(head + 1));
    assert_eq!(numbers(&read_stream(&log, "case/9").await.records), [99]);
}

#[tokio::test]
async fn cut_at_every_byte_of_its_last_three_appends_it_opens_to_the_last_whole_one() {
    let whole = unclean().await;
    let bytes = whole.bytes(SEGMENT);
    let starts = starts(&whole);
    let ends = [
        (4, starts[5]),
        (6, starts[7]),
        (8, starts[9]),
        (11, starts[12]),
    ];
    for length in ends[0].1..=bytes.len() {
        let disk = whole.copy();
        disk.tamper(SEGMENT, |file| file.truncate(length));
        let (head, end) = *ends.iter().rfind(|(_, end)| *end <= length).unwrap();
        let before = JournalOptions::new()
            .open_read_only_on(disk.shared())
            .unwrap();
        assert_eq!((before.head(), before.damage()), (Position(head), None));
        assert_eq!(disk.bytes(SEGMENT).len(), length);
        let log = open(&disk);
        assert!(!log.recovery().clean);
        match &log.recovery().cut {
            None => assert_eq!(length, end),
            Some(cut) => {
                assert_eq!(
                    (cut.file.as_str(), cut.position),
                    (SEGMENT, Position(head + 1))
                );
                assert_eq!((cut.offset, cut.bytes), (end as u64, (length - end) as u64));
                assert_eq!(
                    disk.bytes(cut.kept_as.as_ref().unwrap()),
                    bytes[end..length]
                );
            }
        }
        goes_on(&disk, log, head).await;
    }
}

#[tokio::test]
async fn a_torn_end_on_the_real_disk_is_kept_aside_and_told() {
    let whole = unclean().await;
    let bytes = whole.bytes(SEGMENT);
    for missing in [1, 200, 500] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("journal")).unwrap();
        std::fs::write(dir.path().join("redress.json"), whole.bytes("redress.json")).unwrap();
        std::fs::write(dir.path().join(SEGMENT), &bytes[..bytes.len() - missing]).unwrap();
        let log = Journal::open(dir.path()).unwrap();
        assert_eq!(log.head(), Position(8));
        let cut = log.recovery().cut.as_ref().unwrap();
        let kept = std::fs::read(dir.path().join(cut.kept_as.as_ref().unwrap())).unwrap();
        assert_eq!(kept.len() as u64, cut.bytes);
        assert!(bytes[..bytes.len() - missing].ends_with(&kept));
        assert_eq!(
            log.append(one("case/4", 0, [9])).await.unwrap().first,
            Position(9)
        );
    }
}

#[tokio::test]
async fn damage_to_any_byte_of_the_last_turn_is_cut_and_told() {
    let whole = unclean().await;
    let starts = starts(&whole);
    for at in starts[9]..starts[12] {
        let disk = whole.copy();
        disk.tamper(SEGMENT, |file| file[at] ^= 0x01);
        let log = open(&disk);
        assert_eq!(log.head(), Position(8), "byte {at}");
        let cut = log.recovery().cut.clone().unwrap();
        assert_eq!((cut.position, cut.offset), (Position(9), starts[9] as u64));
        let line = starts.iter().filter(|start| **start <= at).count() as u64;
        assert_eq!(cut.line, line, "byte {at}: {}", cut.reason);
        goes_on(&disk, log, 8).await;
    }
}

#[tokio::test]
async fn damage_before_the_last_turn_is_named_and_nothing_is_written() {
    let whole = unclean().await;
    let starts = starts(&whole);
    for at in 0..starts[9] {
        let disk = whole.copy();
        disk.tamper(SEGMENT, |file| file[at] ^= 0x01);
        let before = disk.bytes(SEGMENT);
        let log = open(&disk);
        let line = starts.iter().filter(|start| **start <= at).count() as u64;
        let damage = log
            .damage()
            .unwrap_or_else(|| panic!("byte {at}: {:?}", log.recovery()));
        assert_eq!(
            (damage.file.as_str(), damage.line),
            (SEGMENT, line),
            "byte {at}"
        );
        assert_eq!(damage.position, Position((line - 1).max(1)));
        let refused = log.append(one("case/9", 0, [1])).await.unwrap_err();
        assert_eq!(
            refused,
            AppendError::ReadOnly {
                damage: Some(damage.clone())
            }
        );
        log.close().await.unwrap();
        assert_eq!(disk.bytes(SEGMENT), before);
        assert_eq!(disk.names().len(), 2, "{:?}", disk.names());
    }
}

#[tokio::test]
async fn behind_a_seal_every_damage_is_certain() {
    let whole = unclean().await;
    open(&whole).close().await.unwrap();
    let starts = starts(&whole);
    for at in (0..starts[12]).step_by(3) {
        let disk = whole.copy();
        disk.tamper(SEGMENT, |file| file[at] ^= 0x40);
        assert!(open(&disk).damage().is_some(), "byte {at}");
    }
    // The seal itself is the end: a torn one is cut like anything torn.
    for at in starts[12]..starts[13] {
        let disk = whole.copy();
        disk.tamper(SEGMENT, |file| file[at] ^= 0x01);
        goes_on(&disk, open(&disk), 11).await;
    }
}

#[tokio::test]
async fn around_damage_reading_goes_on() {
    let disk = unclean().await;
    let at = starts(&disk)[5] + 3;
    disk.tamper(SEGMENT, |file| file[at] ^= 0x01);
    for log in [
        open(&disk),
        JournalOptions::new()
            .open_read_only_on(disk.shared())
            .unwrap(),
    ] {
        let everything = Filter::everything();
        assert_eq!(log.head(), Position(11));
        assert_eq!(log.damage().unwrap().position, Position(5));
        // Up to the damage, at it, behind it.
        let page = log.all(Position(1), &everything, 100).await.unwrap();
        assert_eq!(
            (numbers(&page.records), page.next, page.end),
            (vec![1, 2, 3, 4], Position(5), false)
        );
        let Err(ReadError::Damaged(damage)) = log.all(Position(5), &everything, 100).await else {
            panic!("not damaged")
        };
        assert_eq!((damage.line, damage.position), (6, Position(5)));
        let page = log.all(Position(6), &everything, 100).await.unwrap();
        assert_eq!(
            (numbers(&page.records), page.end),
            ((6..=11).collect(), true)
        );
        // Streams that lost nothing are whole; the one that lost its end is short, and known to be.
        assert_eq!(
            numbers(&read_stream(&log, "case/2").await.records),
            [2, 3, 10]
        );
        assert_eq!(
            numbers(&read_stream(&log, "case/3").await.records),
            [6, 7, 8]
        );
    }
    let disk = unclean().await;
    let at = starts(&disk)[7] + 3;
    disk.tamper(SEGMENT, |file| file[at] ^= 0x01);
    let log = open(&disk);
    let page = log
        .stream(&stream("case/3"), redress_log::Version(1), 9)
        .await
        .unwrap();
    assert_eq!((numbers(&page.records), page.end), (vec![6], false));
    let Err(ReadError::Damaged(damage)) = log.stream(&stream("case/3"), page.next, 9).await else {
        panic!("not damaged")
    };
    assert_eq!(
        damage.wanted,
        Some((stream("case/3"), redress_log::Version(2)))
    );
}

#[tokio::test]
async fn what_changes_under_an_open_log_is_noticed_by_the_read_that_meets_it() {
    let disk = TestDisk::new();
    let log = JournalOptions::new()
        .create_on(disk.shared(), &founding())
        .unwrap();
    for n in 0..5 {
        log.append(one("case/1", n, [n])).await.unwrap();
    }
    let third = starts(&disk)[3];
    disk.tamper(SEGMENT, |file| file[third + 20] ^= 0x04);
    let Err(ReadError::Damaged(damage)) = log
        .stream(&stream("case/1"), redress_log::Version(3), 1)
        .await
    else {
        panic!("not damaged")
    };
    assert_eq!(
        (damage.line, damage.position, damage.offset),
        (4, Position(3), third as u64)
    );
    let Err(ReadError::Damaged(damage)) = log
        .all(Position(3), &Filter::everything().kinds(["other"]), 9)
        .await
    else {
        panic!("not damaged")
    };
    assert_eq!((damage.line, damage.position), (4, Position(3)));
}

#[tokio::test]
async fn missing_and_foreign_segments_are_damage() {
    let disk = TestDisk::new();
    let options = || JournalOptions::new().segment_bytes(800);
    let log = options().create_on(disk.shared(), &founding()).unwrap();
    for n in 0..12 {
        log.append(one("case/1", n, [n + 1])).await.unwrap();
    }
    log.close().await.unwrap();
    let names: Vec<String> = disk
        .names()
        .into_iter()
        .filter(|name| name.ends_with(".jsonl"))
        .collect();
    assert!(names.len() > 3, "{names:?}");
    let without = |name: &str| {
        let disk = disk.copy();
        redress_log::Disk::remove(&disk, name).unwrap();
        options().open_on(disk.shared()).unwrap()
    };
    for name in &names[..names.len() - 1] {
        assert!(without(name).damage().is_some(), "{name}");
    }
    let other = TestDisk::new();
    let founding = redress_log::Founding {
        log_id: uuid::Uuid::from_u128(43),
        ..founding()
    };
    options().create_on(other.shared(), &founding).unwrap();
    let foreign = disk.copy();
    foreign.tamper("redress.json", |file| *file = other.bytes("redress.json"));
    let damage = options()
        .open_on(foreign.shared())
        .unwrap()
        .damage()
        .unwrap()
        .clone();
    assert_eq!((damage.line, damage.file.as_str()), (1, names[0].as_str()));
    // A segment that lost its seal, and one that lost its last record with it.
    for lines in [1, 2] {
        let short = disk.copy();
        short.tamper(&names[1], |file| {
            let ends: Vec<usize> = file
                .iter()
                .enumerate()
                .filter(|(_, b)| **b == b'\n')
                .map(|(at, _)| at + 1)
                .collect();
            file.truncate(ends[ends.len() - 1 - lines]);
        });
        let log = options().open_on(short.shared()).unwrap();
        assert_eq!(log.damage().unwrap().file, names[1]);
        assert_eq!(log.head(), Position(12));
    }
}

#[tokio::test]
async fn a_segment_without_a_whole_header_is_damage_and_stays_as_it_is() {
    for left in [0, 1, 60] {
        let disk = unclean().await;
        disk.tamper(SEGMENT, |file| file.truncate(left));
        let log = open(&disk);
        let damage = log.damage().unwrap();
        assert_eq!((damage.line, damage.offset), (1, 0));
        assert!(log.append(one("case/1", 0, [1])).await.is_err());
        assert_eq!(disk.bytes(SEGMENT).len(), left);
    }
}
