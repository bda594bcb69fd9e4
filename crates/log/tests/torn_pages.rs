//! A last turn of several appends and pages of which some were lost, and what proves that a turn was synced.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use redress_log::{EventLog, Filter, Journal, JournalOptions, Position};
use support::{
    disk::TestDisk,
    founding,
    model::{Due, Model},
    numbers, one,
    play::{self, Player},
};

const SEGMENT: &str = "journal/00000000000000000001.jsonl";

fn open(disk: &TestDisk) -> Journal {
    JournalOptions::new().open_on(disk.shared()).unwrap()
}

/// A journal whose last turn, of several appends, was written and not acknowledged.
struct LastTurn {
    disk: TestDisk,
    /// What was acknowledged.
    model: Model,
    /// The appends of the last turn, each with where it ends in the file.
    appends: Vec<(Due, usize)>,
    /// Where the turn begins in the file.
    start: usize,
    /// The lines of a turn that stood at the same place before, and was cut.
    cut_before: Vec<u8>,
}

/// The last turn has so many appends.
fn last_turn(seed: u64, appends: usize) -> LastTurn {
    let (disk, mut model, mut player) = (TestDisk::new(), Model::default(), Player::new(seed));
    let by_hand = || JournalOptions::new().by_hand();
    let log = by_hand().create_on(disk.shared(), &founding()).unwrap();
    for _ in 0..4 {
        play::turn_well(&log, &mut player, &mut model, "before");
    }
    play::close(&log).unwrap();
    let log = by_hand().open_on(disk.shared()).unwrap();
    let sealed = model.records.len();
    while model.records.len() == sealed {
        play::turn_well(&log, &mut player, &mut model, "before");
    }
    let acknowledged = disk.copy();
    let start = disk.bytes(SEGMENT).len();
    let write = |asked: Vec<play::Asked>| {
        let disk = acknowledged.copy();
        let log = by_hand().open_on(disk.shared()).unwrap();
        play::turn(&log, play::appends(&asked));
        drop(log);
        (disk, play::due(&asked))
    };
    let (before, _) = write(player.ask(&model, appends));
    let (disk, due) = write(player.ask(&model, appends));
    let bytes = disk.bytes(SEGMENT);
    let mut breaks = (start..bytes.len()).filter(|at| bytes[*at] == b'\n');
    let appends = due
        .into_iter()
        .filter_map(|due| {
            let Due::Stored(records) = &due else {
                return None;
            };
            let end = breaks.nth(records.len() - 1).unwrap() + 1;
            Some((due, end))
        })
        .collect();
    LastTurn {
        disk,
        model,
        appends,
        start,
        cut_before: before.bytes(SEGMENT)[start..].to_vec(),
    }
}

impl LastTurn {
    /// Opened after a change to the file, the journal holds what was acknowledged and the appends that
    /// end before the first byte that is not as it was; the rest is kept aside. It goes on. How many stay.
    fn assert_cut(&self, change: impl FnOnce(&mut Vec<u8>), case: &str) -> usize {
        let disk = self.disk.copy();
        disk.tamper(SEGMENT, change);
        let (before, after) = (self.disk.bytes(SEGMENT), disk.bytes(SEGMENT));
        let first = before.iter().zip(&after).position(|(old, new)| old != new);
        let first = first.unwrap_or(before.len());
        let reader = JournalOptions::new()
            .open_read_only_on(disk.shared())
            .unwrap();
        assert_eq!(reader.damage(), None, "{case}");
        let log = JournalOptions::new()
            .by_hand()
            .open_on(disk.shared())
            .unwrap();
        assert_eq!(log.damage(), None, "{case}");
        assert_eq!(log.head(), reader.head(), "{case}");
        let mut model = self.model.clone();
        let whole = self.appends.iter().filter(|(_, end)| *end <= first);
        let mut offset = self.start;
        let mut stay = 0;
        for (due, end) in whole {
            model.adopt(due);
            offset = *end;
            stay += 1;
        }
        model.assert_held(&log, case);
        match log.recovery().cut.as_ref() {
            None => assert_eq!(offset, after.len(), "{case}"),
            Some(cut) => {
                let kept = disk.bytes(cut.kept_as.as_ref().unwrap());
                assert_eq!(kept, after[offset..], "{case}");
                assert_eq!(cut.position, log.head().next(), "{case}");
            }
        }
        play::turn_well(&log, &mut Player::new(1_000_000), &mut model, case);
        play::close(&log).unwrap();
        let log = open(&disk);
        assert!(log.recovery().clean, "{case}");
        model.assert_held(&log, case);
        stay
    }
}

#[test]
fn of_the_pages_of_the_last_turn_any_may_be_lost() {
    // Pages of 512 bytes, and of 4096 with a turn that is as much longer.
    for (page, appends) in [(512, 5), (4096, 30)] {
        let (mut cut_to, mut pages_of_turn) = (std::collections::BTreeSet::new(), 0);
        for seed in 0..3 {
            let turn = last_turn(seed, appends);
            let length = turn.disk.bytes(SEGMENT).len();
            let pages: Vec<usize> = (turn.start / page..length.div_ceil(page)).collect();
            pages_of_turn = pages.len().max(pages_of_turn);
            let subsets = 1 << pages.len().min(8);
            for lost in 0..subsets {
                // The first page lost and the third kept is among them. What is lost is zero, or what stands
                // in front of the turn.
                for old in ["zeros", "older lines"] {
                    let case = format!("pages of {page}, seed {seed}, lost {lost:b}, {old}");
                    let stays = turn.assert_cut(
                        |file| {
                            let whole = file.clone();
                            for (nth, at) in pages.iter().enumerate() {
                                if nth >= 8 || lost >> nth & 1 == 0 {
                                    continue;
                                }
                                // What is before the turn in its first page is durable.
                                let from = (at * page).max(turn.start);
                                let to = ((at + 1) * page).min(length);
                                for at in from..to {
                                    let older = whole[(at - turn.start + 7) % turn.start];
                                    file[at] = if old == "zeros" { 0 } else { older };
                                }
                            }
                        },
                        &case,
                    );
                    cut_to.insert(stays);
                }
            }
        }
        assert!(pages_of_turn >= 4, "{pages_of_turn}");
        assert!(cut_to.len() >= 4, "{cut_to:?}");
    }
}

#[test]
fn where_another_turn_shows_through_a_lost_page_nothing_acknowledged_is_lost() {
    // A disk that gives back what was cut off long ago breaks its word. What is whole then, and fits, cannot be
    // told from what was written; what does not fit is damage; what was acknowledged is there.
    let (mut damaged, mut opened) = (0, 0);
    for seed in 0..6 {
        let turn = last_turn(seed, 5);
        let whole = turn.disk.bytes(SEGMENT);
        for from in (turn.start..whole.len()).step_by(97) {
            for to in (from + 1..whole.len() + 1).step_by(301) {
                let disk = turn.disk.copy();
                disk.tamper(SEGMENT, |file| {
                    for (at, byte) in file.iter_mut().enumerate().take(to).skip(from) {
                        let before = turn.cut_before.get(at - turn.start);
                        *byte = before.copied().unwrap_or(0);
                    }
                });
                let log = open(&disk);
                let held = now_all(&log, turn.model.records.len());
                let acknowledged = turn.model.records.iter().map(|known| known.number);
                assert!(
                    held.into_iter().eq(acknowledged),
                    "seed {seed}, {from}..{to}"
                );
                match log.damage() {
                    Some(_) => damaged += 1,
                    None => opened += 1,
                }
            }
        }
    }
    assert!(damaged > 20 && opened > 20, "{damaged} {opened}");
}

#[test]
fn a_turn_whose_middle_append_is_lost_keeps_what_is_before_it() {
    for seed in 0..8 {
        let turn = last_turn(seed, 6);
        for nth in 0..turn.appends.len() {
            let from = if nth == 0 {
                turn.start
            } else {
                turn.appends[nth - 1].1
            };
            let to = turn.appends[nth].1;
            let case = format!("seed {seed}, append {nth}");
            let zeros = turn.assert_cut(|file| file[from..to].fill(0), &case);
            // Lost to the byte, as if it had never been written: only its position tells.
            let line_breaks = turn.assert_cut(|file| file[from..to].fill(b'\n'), &case);
            assert_eq!((zeros, line_breaks), (nth, nth), "{case}");
        }
    }
}

#[test]
fn damage_to_any_byte_of_a_last_turn_of_several_pages_is_cut() {
    let turn = last_turn(2, 30);
    let length = turn.disk.bytes(SEGMENT).len();
    assert!(length - turn.start > 3 * 4096);
    for at in (turn.start..length).step_by(11) {
        turn.assert_cut(|file| file[at] ^= 0x01, &format!("byte {at}"));
    }
}

/// The file, line, position and reason of the damage; the journal is not written to, and is read on.
fn damage_of(disk: &TestDisk, case: &str) -> (u64, u64, String) {
    let before = (disk.names(), disk.bytes(SEGMENT));
    let log = open(disk);
    let damage = log
        .damage()
        .unwrap_or_else(|| panic!("{case}: {:?}", log.recovery()));
    assert_eq!(damage.file, SEGMENT, "{case}");
    assert_eq!((disk.names(), disk.bytes(SEGMENT)), before, "{case}");
    (damage.line, damage.position.0, damage.reason.clone())
}

#[test]
fn a_whole_record_of_a_later_turn_or_a_seal_behind_the_damage_makes_it_certain() {
    let turn = last_turn(4, 5);
    // The last turn was synced: another followed it, or a seal.
    let followed = turn.disk.copy();
    let log = JournalOptions::new()
        .by_hand()
        .open_on(followed.shared())
        .unwrap();
    let mut model = turn.model.clone();
    turn.appends.iter().for_each(|(due, _)| model.adopt(due));
    play::turn_well(&log, &mut Player::new(1_000_000), &mut model, "later");
    drop(log);
    let sealed = turn.disk.copy();
    open_by_hand_and_close(&sealed);
    for (name, disk) in [("a later turn", &followed), ("a seal", &sealed)] {
        let end = turn.appends.last().unwrap().1;
        let due = turn.model.records.len() as u64 + 1;
        for (from, to) in [
            (turn.start, end),
            (turn.start, turn.start + 512),
            (turn.start, turn.start + 1),
        ] {
            let torn = disk.copy();
            torn.tamper(SEGMENT, |file| file[from..to.min(end)].fill(0));
            let case = format!("{name} behind {from}..{to}");
            let (line, position, _) = damage_of(&torn, &case);
            let lines = disk.bytes(SEGMENT)[..from]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            assert_eq!((line, position), (lines as u64 + 1, due), "{case}");
            let log = open(&torn);
            let held = now_all(&log, turn.model.records.len());
            assert_eq!(
                held,
                turn.model
                    .records
                    .iter()
                    .map(|known| known.number)
                    .collect::<Vec<_>>()
            );
        }
    }
}

fn open_by_hand_and_close(disk: &TestDisk) {
    let log = JournalOptions::new()
        .by_hand()
        .open_on(disk.shared())
        .unwrap();
    play::close(&log).unwrap();
}

fn now_all(log: &Journal, limit: usize) -> Vec<u128> {
    let everything = Filter::everything();
    let page = play::now(log.all(Position::FIRST, &everything, limit)).unwrap();
    numbers(&page.records)
}

#[test]
fn a_damaged_seal_in_front_of_the_last_turn_is_certain() {
    // The seal was durable before the turn behind it was written, so it is not the turn's torn beginning; to
    // cut there would take away a turn that may be acknowledged.
    let disk = TestDisk::new();
    let by_hand = || JournalOptions::new().by_hand();
    let log = by_hand().create_on(disk.shared(), &founding()).unwrap();
    let (mut model, mut player) = (Model::default(), Player::new(8));
    play::turn_well(&log, &mut player, &mut model, "first");
    play::close(&log).unwrap();
    let sealed = disk.bytes(SEGMENT);
    let log = by_hand().open_on(disk.shared()).unwrap();
    play::turn_well(&log, &mut player, &mut model, "acknowledged");
    drop(log);
    let seal = sealed[..sealed.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    for at in seal..sealed.len() {
        let damaged = disk.copy();
        damaged.tamper(SEGMENT, |file| file[at] ^= 0x01);
        let case = format!("byte {at}");
        damage_of(&damaged, &case);
        let log = open(&damaged);
        assert_eq!(log.head().0, model.records.len() as u64, "{case}");
    }
}

#[test]
fn what_an_index_knew_is_no_torn_end() {
    let dir = tempfile::tempdir().unwrap();
    let options = || JournalOptions::new().by_hand().tail(1);
    let (mut model, mut player) = (Model::default(), Player::new(6));
    let log = options().create(dir.path(), &founding()).unwrap();
    for _ in 0..4 {
        play::turn_well(&log, &mut player, &mut model, "indexed");
    }
    play::close(&log).unwrap();
    drop(log);
    let file = dir.path().join(SEGMENT);
    let whole = std::fs::read(&file).unwrap();
    let known = model.records.len() as u64;
    // The seal and the last record are gone, are zero, or are rubbish: by the journal alone a torn end.
    let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    let last_record = ends[ends.len() - 3] + 1;
    let mut short = whole.clone();
    short.truncate(last_record);
    let mut zero = whole.clone();
    zero[last_record..].fill(0);
    let mut rubbish = whole.clone();
    rubbish[last_record..].fill(b'x');
    for (name, bytes) in [("short", short), ("zero", zero), ("rubbish", rubbish)] {
        std::fs::write(&file, &bytes).unwrap();
        let log = options().open(dir.path()).unwrap();
        let damage = log
            .damage()
            .unwrap_or_else(|| panic!("{name}: {:?}", log.recovery()));
        assert!(
            damage.reason.contains(&format!("records up to {known}")),
            "{name}: {damage}"
        );
        assert!(
            damage.reason.contains(&format!("position {}", log.head())),
            "{name}: {damage}"
        );
        assert!(log.head().0 < known, "{name}");
        let refused = play::now(log.append(one("case/1", 0, [1]))).unwrap_err();
        assert_eq!(refused.code(), "read_only", "{name}");
        drop(log);
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "{name}");
    }
    // The index has lost nothing by it.
    std::fs::write(&file, &whole).unwrap();
    let log = options().open(dir.path()).unwrap();
    assert_eq!((log.damage(), &log.recovery().index_rebuilt), (None, &None));
    model.assert_held(&log, "put right");
}
