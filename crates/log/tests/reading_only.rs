//! A journal that is opened for reading changes nothing, whatever state it is in.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use redress_log::{AppendError, EventLog, JournalOptions, Position};
use support::{
    disk::{Call, Fault, Keep, TestDisk, Way},
    founding,
    model::{Model, read_all, read_stream},
    one,
    play::{Player, appends, close, now, turn, turn_well},
    tree,
};

fn options() -> JournalOptions {
    JournalOptions::new().by_hand().segment_bytes(2000)
}

/// A journal of several segments, and what it holds; its writer has died.
fn unclosed() -> (TestDisk, Model) {
    let (disk, mut model, mut player) = (TestDisk::new(), Model::default(), Player::new(4));
    let log = options().create_on(disk.shared(), &founding()).unwrap();
    for _ in 0..8 {
        turn_well(&log, &mut player, &mut model, "written");
    }
    (disk.copy(), model)
}

fn last_segment(disk: &TestDisk) -> String {
    let mut names = disk.names().into_iter();
    names.rfind(|name| name.ends_with(".jsonl")).unwrap()
}

/// Opens, reads, looks for more, tries to write, closes. The disk fails the test if it is to change.
fn only_read(disk: &TestDisk, case: &str) -> (Vec<u128>, bool, bool) {
    let disk = disk.copy();
    let files = |disk: &TestDisk| -> Vec<_> {
        let names = disk.names().into_iter();
        names.map(|name| (disk.bytes(&name), name)).collect()
    };
    let before = files(&disk);
    disk.set(|rules| rules.read_only = true);
    let log = options().open_read_only_on(disk.shared()).unwrap();
    assert!(log.is_read_only(), "{case}");
    let held = read_all(&log);
    assert!(held.is_ok() || log.damage().is_some(), "{case}");
    for stream in ["a/0", "a/1", "a/2", "a/3", "a/4"] {
        let _ = read_stream(&log, stream);
    }
    let head = log.head();
    let refreshed = log.refresh();
    if log.damage().is_none() {
        assert_eq!(refreshed, Ok(head), "{case}");
    }
    assert_eq!(log.drive(), 0, "{case}");
    let refused = now(log.append(one("a/9", 0, [1]))).unwrap_err();
    let damage = log.damage().cloned();
    assert_eq!(refused, AppendError::ReadOnly { damage }, "{case}");
    close(&log).unwrap();
    assert_eq!(files(&disk), before, "{case}");
    assert_eq!(disk.calls(), 0, "{case}");
    let recovery = log.recovery();
    let cut = recovery.cut.as_ref();
    assert!(cut.is_none_or(|cut| cut.kept_as.is_none()), "{case}");
    assert_eq!(
        (recovery.rewritten, &recovery.removed),
        (None, &Vec::new()),
        "{case}"
    );
    let held = held
        .unwrap_or_default()
        .iter()
        .map(|record| record.id.as_u128())
        .collect();
    (held, cut.is_some(), recovery.clean)
}

fn numbers(model: &Model) -> Vec<u128> {
    model.records.iter().map(|record| record.number).collect()
}

#[test]
fn a_whole_journal_is_read_as_it_is() {
    let (disk, model) = unclosed();
    assert_eq!(
        only_read(&disk, "unclosed"),
        (numbers(&model), false, false)
    );
    let log = options().open_on(disk.shared()).unwrap();
    // Beside the writer too, and without its lock.
    assert_eq!(only_read(&disk, "beside the writer").0, numbers(&model));
    close(&log).unwrap();
    drop(log);
    assert_eq!(only_read(&disk, "closed"), (numbers(&model), false, true));
    // The beginning of a segment that was never finished is not ours to take away.
    disk.put("journal/next.tmp", b"{".to_vec());
    assert_eq!(only_read(&disk, "next.tmp"), (numbers(&model), false, true));
    let log = options().open_read_only_on(disk.shared()).unwrap();
    tree::assert_is_of(log.tree_head(), &disk, "read");
}

#[test]
fn a_torn_journal_is_read_to_its_last_whole_append() {
    let (whole, model) = unclosed();
    let last = last_segment(&whole);
    let bytes = whole.bytes(&last);
    let mut torn = 0;
    for length in 0..bytes.len() {
        let disk = whole.copy();
        disk.tamper(&last, |file| file.truncate(length));
        let case = format!("{length} bytes");
        let log = options().open_read_only_on(disk.shared()).unwrap();
        if log.damage().is_some() {
            // The header is durable before the segment has its name.
            assert_eq!(
                (log.damage().unwrap().line, log.damage().unwrap().offset),
                (1, 0)
            );
            continue;
        }
        let (held, cut, _) = only_read(&disk, &case);
        assert_eq!(held, numbers(&model)[..held.len()], "{case}");
        assert_eq!(log.head(), Position(held.len() as u64), "{case}");
        torn += usize::from(cut);
        // A writer keeps the same.
        let written = options().open_on(disk.shared()).unwrap();
        assert_eq!(read_all(&written).unwrap().len(), held.len(), "{case}");
    }
    assert!(torn > 200, "{torn}");
}

#[test]
fn a_damaged_journal_is_read_around_the_damage() {
    let (disk, _) = unclosed();
    let log = options().open_on(disk.shared()).unwrap();
    close(&log).unwrap();
    drop(log);
    for name in disk.names() {
        if !name.ends_with(".jsonl") {
            continue;
        }
        let length = disk.bytes(&name).len();
        let mut damaged = 0;
        for at in (0..length).step_by(17) {
            let copy = disk.copy();
            copy.tamper(&name, |file| file[at] ^= 0x08);
            let log = options().open_read_only_on(copy.shared()).unwrap();
            damaged += u32::from(log.damage().is_some());
            only_read(&copy, &format!("{name} byte {at}"));
        }
        assert!(damaged > 5, "{name}: {damaged}");
    }
}

#[test]
fn an_empty_journal_is_read_as_empty() {
    let disk = TestDisk::new();
    options().create_on(disk.shared(), &founding()).unwrap();
    assert_eq!(only_read(&disk, "founded"), (vec![], false, true));
    redress_log::Disk::remove(&disk, &last_segment(&disk)).unwrap();
    assert_eq!(only_read(&disk, "no segment"), (vec![], false, true));
    let disk = TestDisk::new();
    let fault = Fault {
        call: Call::CreateDir,
        nth: 2,
        way: Way::Error,
        lasting: true,
    };
    disk.fail(fault);
    assert!(options().create_on(disk.shared(), &founding()).is_err());
    assert_eq!(only_read(&disk, "no directory"), (vec![], false, true));
}

#[test]
fn what_a_power_cut_left_is_read_as_a_writer_would_set_it_right() {
    for seed in 0..300 {
        let (disk, mut model) = unclosed();
        let log = options().open_on(disk.shared()).unwrap();
        let asked = Player::new(seed).ask(&model, 3);
        disk.picture_in(1 + seed % 5);
        turn(&log, appends(&asked));
        let cut = disk
            .picture()
            .unwrap_or_else(|| disk.copy())
            .power_cut(Keep::Some(seed));
        let case = format!("seed {seed}");
        let (held, ..) = only_read(&cut, &case);
        let written = options().open_on(cut.shared()).unwrap();
        for asked in &asked {
            if model.records.len() < held.len() {
                model.adopt(&asked.due);
            }
        }
        model.assert_held(&written, &case);
        assert_eq!(numbers(&model), held, "{case}");
    }
}
