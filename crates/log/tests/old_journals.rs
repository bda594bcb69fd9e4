//! Journals of several lives and segments in which one line does not belong: certain damage, named.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use redress_log::{Damage, Journal, JournalOptions};
use support::{
    disk::TestDisk,
    founding,
    model::{Model, read_all},
    play::{Player, close, turn_well},
    tree,
};

const MARKER: &str = "redress.json";

fn options() -> JournalOptions {
    JournalOptions::new().by_hand().segment_bytes(2000)
}

fn open(disk: &TestDisk) -> Journal {
    options().open_on(disk.shared()).unwrap()
}

fn segments(disk: &TestDisk) -> Vec<String> {
    let names = disk.names().into_iter();
    names.filter(|name| name.ends_with(".jsonl")).collect()
}

fn lines(disk: &TestDisk, name: &str) -> Vec<String> {
    let text = String::from_utf8(disk.bytes(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Spells one line otherwise, with a checksum that agrees.
fn respell(disk: &TestDisk, name: &str, line: usize, from: &str, to: &str) {
    let mut lines = lines(disk, name);
    let (body, _) = lines[line].split_once(",\"crc\":").unwrap();
    assert!(body.contains(from), "{body}");
    let body = body.replacen(from, to, 1);
    let crc = crc32c::crc32c(body.as_bytes());
    lines[line] = format!("{body},\"crc\":\"{crc:08x}\"}}");
    disk.put(name, (lines.join("\n") + "\n").into_bytes());
}

/// A restored backup that goes on is a new epoch.
fn set_epoch(disk: &TestDisk, epoch: u32) {
    disk.tamper(MARKER, |bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let (before, rest) = text.split_once("\"epoch\":").unwrap();
        let (_, after) = rest.split_once(',').unwrap();
        *bytes = format!("{before}\"epoch\":{epoch},{after}").into_bytes();
    });
}

/// A log with two lives in each of the epochs 1, 2 and 3, closed cleanly; every life has a seal of its own.
fn old() -> (TestDisk, Model) {
    let (disk, mut model, mut player) = (TestDisk::new(), Model::default(), Player::new(11));
    drop(options().create_on(disk.shared(), &founding()).unwrap());
    for epoch in [1, 1, 2, 2, 3, 3] {
        set_epoch(&disk, epoch);
        let log = open(&disk);
        for _ in 0..3 {
            turn_well(&log, &mut player, &mut model, "old");
        }
        close(&log).unwrap();
    }
    let log = open(&disk);
    assert_eq!(log.damage(), None);
    model.assert_held(&log, "old");
    tree::assert_is_of(log.tree_head(), &disk, "old");
    (disk, model)
}

/// The damage that forbids to write. The writer changes nothing, and a reader says the same.
fn damage(disk: &TestDisk) -> Damage {
    let log = open(disk);
    let damage = log.damage().unwrap().clone();
    assert!(log.is_read_only());
    assert_eq!(log.tree_head(), None);
    assert_eq!(log.recovery().cut, None);
    let reader = options().open_read_only_on(disk.shared()).unwrap();
    assert_eq!(reader.damage(), Some(&damage));
    damage
}

fn epoch_of(disk: &TestDisk, name: &str) -> u32 {
    let header: serde_json::Value = serde_json::from_str(&lines(disk, name)[0]).unwrap();
    u32::try_from(header["epoch"].as_u64().unwrap()).unwrap()
}

#[test]
fn each_epoch_begins_in_a_segment_of_its_own() {
    let (disk, _) = old();
    let epochs: Vec<u32> = segments(&disk)
        .iter()
        .map(|name| epoch_of(&disk, name))
        .collect();
    assert!(
        epochs.is_sorted() && epochs[0] == 1 && epochs[epochs.len() - 1] == 3,
        "{epochs:?}"
    );
    for epoch in 1..=3 {
        assert!(
            epochs.iter().filter(|found| **found == epoch).count() > 1,
            "{epochs:?}"
        );
    }
}

/// Another hash than the one that stands there.
fn other_hash(line: &str) -> (String, String) {
    let (_, hash) = line.split_once("\"tree\":\"").unwrap();
    let mark = format!("\"tree\":\"{}", &hash[..1]);
    let other = if hash.starts_with('0') { '1' } else { '0' };
    (mark, format!("\"tree\":\"{other}"))
}

#[test]
fn a_header_or_a_seal_over_other_records_is_damage_wherever_it_stands() {
    let (old, model) = old();
    let (mut headers, mut seals) = (0, 0);
    for name in segments(&old) {
        for (at, line) in lines(&old, &name).iter().enumerate() {
            if !line.starts_with("{\"redress\":") {
                continue;
            }
            let disk = old.copy();
            let (from, to) = other_hash(line);
            respell(&disk, &name, at, &from, &to);
            let case = format!("{name} line {}", at + 1);
            let damage = damage(&disk);
            assert_eq!(
                (damage.file.as_str(), damage.line),
                (name.as_str(), at as u64 + 1),
                "{case}"
            );
            assert!(
                damage.reason.starts_with("the tree head does not agree"),
                "{case}: {}",
                damage.reason
            );
            // The records themselves can be read.
            assert_eq!(
                read_all(&open(&disk)).unwrap().len(),
                model.records.len(),
                "{case}"
            );
            if at == 0 { headers += 1 } else { seals += 1 }
        }
    }
    assert!(headers >= 6 && seals >= 8, "{headers} {seals}");
}

#[test]
fn a_record_that_was_written_over_is_told_by_the_next_seal() {
    let (old, _) = old();
    for name in segments(&old) {
        let all = lines(&old, &name);
        for (at, line) in all.iter().enumerate() {
            if !line.starts_with("{\"position\":") {
                continue;
            }
            let disk = old.copy();
            // A whole line with a checksum that agrees: only the tree can tell.
            respell(&disk, &name, at, "\"actor\":0", "\"actor\":7");
            let damage = damage(&disk);
            let seal = all[at..]
                .iter()
                .position(|line| line.starts_with("{\"redress\":"))
                .unwrap();
            assert_eq!(
                (damage.file.as_str(), damage.line),
                (name.as_str(), (at + seal) as u64 + 1)
            );
            assert!(
                damage
                    .reason
                    .contains("a record before is not the one that was written")
            );
        }
    }
}

#[test]
fn a_segment_of_an_epoch_that_the_marker_does_not_know_is_damage() {
    let (old, _) = old();
    for name in segments(&old) {
        let disk = old.copy();
        let epoch = epoch_of(&disk, &name);
        respell(
            &disk,
            &name,
            0,
            &format!("\"epoch\":{epoch}"),
            "\"epoch\":4",
        );
        let damage = damage(&disk);
        assert_eq!(
            (damage.file.as_str(), damage.line, damage.offset),
            (name.as_str(), 1, 0)
        );
        assert_eq!(
            damage.reason,
            "the segment is of epoch 4, the directory of epoch 3"
        );
    }
    // The same when it is the marker that went back: every segment of the later life is named.
    let disk = old.copy();
    set_epoch(&disk, 2);
    let log = open(&disk);
    let later: Vec<String> = segments(&disk)
        .into_iter()
        .filter(|name| epoch_of(&disk, name) == 3)
        .collect();
    let named: Vec<String> = log
        .recovery()
        .damage
        .iter()
        .map(|damage| damage.file.clone())
        .collect();
    assert_eq!(named, later);
    assert!(
        log.damage()
            .unwrap()
            .reason
            .contains("epoch 3, the directory of epoch 2")
    );
}

#[test]
fn epochs_that_go_down_are_damage() {
    let (old, _) = old();
    let names = segments(&old);
    for (before, name) in names.iter().zip(&names[1..]) {
        let (of_before, epoch) = (epoch_of(&old, before), epoch_of(&old, name));
        if of_before == 1 {
            continue;
        }
        let disk = old.copy();
        let below = of_before - 1;
        respell(
            &disk,
            name,
            0,
            &format!("\"epoch\":{epoch}"),
            &format!("\"epoch\":{below}"),
        );
        let damage = damage(&disk);
        assert_eq!((damage.file.as_str(), damage.line), (name.as_str(), 1));
        let reason = format!("the segment is of epoch {below}, one before it of epoch {of_before}");
        assert_eq!(damage.reason, reason);
    }
}

#[test]
fn a_segment_of_another_log_zone_clock_or_place_is_told_apart() {
    let (old, _) = old();
    let name = &segments(&old)[2];
    let first = name
        .trim_start_matches("journal/")
        .trim_end_matches(".jsonl")
        .trim_start_matches('0');
    let strangers = [
        (
            "00000000002a",
            "00000000002b",
            "the segment belongs to another log",
        ),
        (
            "\"format\":0",
            "\"format\":9",
            "the segment has format 9, the directory format 0",
        ),
        (
            "Asia/Shanghai",
            "Asia/Tokyo",
            "the segment's zone or clock is not the directory's",
        ),
        (
            "\"system\"",
            "\"simulated\"",
            "the segment's zone or clock is not the directory's",
        ),
        (
            &format!("\"first\":{first}"),
            "\"first\":9999",
            "the segment says that it begins at position 9999, its name says",
        ),
    ];
    for (from, to, reason) in strangers {
        let disk = old.copy();
        respell(&disk, name, 0, from, to);
        let damage = damage(&disk);
        assert_eq!(
            (damage.file.as_str(), damage.line),
            (name.as_str(), 1),
            "{reason}"
        );
        assert!(damage.reason.starts_with(reason), "{}", damage.reason);
    }
}

#[test]
fn behind_an_index_that_is_believed_epochs_are_looked_at_too() {
    let (old, model) = old();
    // On the real disk the index is beside the journal, and what it knows is not read again.
    let dir = tempfile::tempdir().unwrap();
    let put = |disk: &TestDisk| {
        std::fs::create_dir_all(dir.path().join("journal")).unwrap();
        for name in disk.names() {
            std::fs::write(dir.path().join(&name), disk.bytes(&name)).unwrap();
        }
    };
    let open = || options().tail(1).open(dir.path()).unwrap();
    put(&old);
    for _ in 0..2 {
        let log = open();
        model.assert_held(&log, "indexed");
        log.drive();
        close(&log).unwrap();
    }
    let names = segments(&old);
    let lowered = names
        .iter()
        .rfind(|name| epoch_of(&old, name) == 2)
        .unwrap();
    let disk = old.copy();
    respell(&disk, lowered, 0, "\"epoch\":2", "\"epoch\":1");
    put(&disk);
    let log = open();
    let damage = log.damage().unwrap();
    assert_eq!((&damage.file, damage.line), (lowered, 1));
    assert!(damage.reason.contains("epoch"), "{}", damage.reason);
    drop(log);
    put(&old);
    let log = open();
    assert_eq!(log.damage(), None);
    model.assert_held(&log, "put right");
}
