//! A disk that is full, at whatever point: a clear error, reading goes on, and so does writing once
//! there is room.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use redress_log::{AppendError, Journal, JournalOptions, OpenError, Position};
use support::{
    disk::{Call, Fault, Keep, TestDisk, Way},
    founding,
    model::Model,
    play::{Player, appends, close, due, turn, turn_well},
    tree,
};

const SEGMENT: &str = "journal/00000000000000000001.jsonl";

fn options() -> JournalOptions {
    JournalOptions::new().by_hand().segment_bytes(2000)
}

fn open(disk: &TestDisk) -> Journal {
    options().open_on(disk.shared()).unwrap()
}

fn leave_room(disk: &TestDisk, bytes: usize) {
    let room = disk.used() + bytes;
    disk.set(|rules| rules.room = Some(room));
}

/// A turn on a disk that may be full: stored, or refused as a whole. Whether it was stored.
fn turn_if_room(log: &Journal, player: &mut Player, model: &mut Model, case: &str) -> bool {
    let asked = player.ask(model, 2);
    let answers = turn(log, appends(&asked));
    if answers.contains(&Err(AppendError::NoSpace)) {
        let refused = Err(AppendError::NoSpace);
        assert!(
            answers.iter().all(|answer| *answer == refused),
            "{case}: {answers:?}"
        );
        return false;
    }
    for (asked, answer) in asked.iter().zip(answers) {
        assert!(Model::agrees(&asked.due, &answer), "{case}: {answer:?}");
        model.adopt(&asked.due);
    }
    true
}

#[test]
fn with_any_room_at_all_a_turn_is_stored_or_refused_and_reading_goes_on() {
    let (mut stored, mut refused, mut unsealed) = (0, 0, 0);
    for room in 0..1500 {
        let case = format!("room for {room}");
        let (disk, mut model) = (TestDisk::new(), Model::default());
        // Where in a segment it happens differs from room to room.
        let mut player = Player::new(room % 7);
        let log = options().create_on(disk.shared(), &founding()).unwrap();
        leave_room(&disk, 1000);
        while turn_if_room(&log, &mut player, &mut model, &case) {}
        let before = model.records.len();
        leave_room(&disk, usize::try_from(room).unwrap());
        for _ in 0..4 {
            let was = disk.used();
            if turn_if_room(&log, &mut player, &mut model, &case) {
                stored += 1;
            } else {
                refused += 1;
                let seal_and_header = 700;
                assert!(disk.used() <= was + seal_and_header, "{case}");
            }
            model.assert_held(&log, &case);
        }
        assert!(room > 400 || model.records.len() < before + 8, "{case}");
        match room % 3 {
            // Another process finds the disk as full as it is.
            0 => {
                drop(log);
                let log = open(&disk);
                assert_eq!(log.damage(), None, "{case}");
                model.assert_held(&log, &case);
                turn_if_room(&log, &mut player, &mut model, &case);
                model.assert_held(&log, &case);
                disk.set(|rules| rules.room = None);
                turn_well(&log, &mut player, &mut model, &case);
            }
            // So does one after a power cut.
            1 => {
                drop(log);
                let cut = disk.power_cut(Keep::Some(room));
                leave_room(&cut, 0);
                let log = open(&cut);
                model.assert_held(&log, &case);
                cut.set(|rules| rules.room = None);
                turn_well(&log, &mut player, &mut model, &case);
            }
            // Closing needs room too, and without it is no clean one.
            _ => {
                let closed = close(&log);
                drop(log);
                let log = open(&disk);
                assert_eq!(closed.is_ok(), log.recovery().clean, "{case}");
                if closed != Ok(()) {
                    assert_eq!(closed, Err(AppendError::NoSpace), "{case}");
                    unsealed += 1;
                }
                model.assert_held(&log, &case);
                disk.set(|rules| rules.room = None);
                turn_well(&log, &mut player, &mut model, &case);
                close(&log).unwrap();
                assert_eq!(disk.used(), disk.held(), "{case}: reserved");
            }
        }
    }
    assert!(
        stored > 300 && refused > 300 && unsealed > 20,
        "{stored} {refused} {unsealed}"
    );
}

#[test]
fn writing_goes_on_in_the_turn_after_there_is_room_and_in_no_earlier_one() {
    let (disk, mut model, mut player) = (TestDisk::new(), Model::default(), Player::new(5));
    let log = options().create_on(disk.shared(), &founding()).unwrap();
    for round in 0..60 {
        let case = format!("round {round}");
        leave_room(&disk, 0);
        let mut turns = 0;
        // What was reserved before is used up, or given back with a segment's end.
        while turn_if_room(&log, &mut player, &mut model, &case) {
            turns += 1;
            leave_room(&disk, 0);
            assert!(turns < 100, "{case}");
        }
        for _ in 0..3 {
            assert!(
                !turn_if_room(&log, &mut player, &mut model, &case),
                "{case}"
            );
            model.assert_held(&log, &case);
        }
        leave_room(&disk, 5000);
        assert!(turn_if_room(&log, &mut player, &mut model, &case), "{case}");
    }
    close(&log).unwrap();
    tree::assert_is_of(log.tree_head(), &disk, "closed");
}

#[test]
fn a_founding_without_room_is_refused_and_is_taken_up_when_there_is_some() {
    for room in 0..600 {
        let disk = TestDisk::new();
        disk.set(|rules| rules.room = Some(room));
        let mut founded = options().create_on(disk.shared(), &founding());
        if let Err(error) = &founded {
            let OpenError::Io { kind, .. } = error else {
                panic!("room for {room}: {error}")
            };
            assert_eq!(*kind, std::io::ErrorKind::StorageFull, "room for {room}");
            disk.set(|rules| rules.room = None);
            founded = match options().open_on(disk.shared()) {
                Err(OpenError::NotRedress { .. }) => {
                    options().create_on(disk.shared(), &founding())
                }
                Err(OpenError::Empty { .. }) => options().found_again_on(disk.shared()),
                opened => opened,
            };
        }
        let log = founded.unwrap();
        disk.set(|rules| rules.room = None);
        turn_well(&log, &mut Player::new(1), &mut Model::default(), "founded");
    }
}

/// A journal whose process died in the midst of writing a turn of some appends, and what it had
/// acknowledged. The disk is full from then on.
fn died_in_a_write(seed: u64, cut_off: usize) -> (TestDisk, Model, Vec<support::model::Due>) {
    let (disk, mut model, mut player) = (TestDisk::new(), Model::default(), Player::new(seed));
    let log = JournalOptions::new()
        .by_hand()
        .create_on(disk.shared(), &founding())
        .unwrap();
    for _ in 0..3 {
        turn_well(&log, &mut player, &mut model, "before");
    }
    let asked = player.ask(&model, 3);
    turn(&log, appends(&asked));
    let died = disk.copy();
    died.tamper(SEGMENT, |bytes| {
        let length = bytes.len() - cut_off;
        bytes.truncate(length);
    });
    (died, model, due(&asked))
}

#[test]
fn a_torn_end_that_cannot_be_put_aside_waits_until_there_is_room() {
    let (mut waited, mut at_once) = (0, 0);
    for seed in 0..6 {
        for (cut_off, room) in (1..120).step_by(7).zip((0..).step_by(70)) {
            let case = format!("seed {seed}, {cut_off} bytes short, room for {room}");
            let (disk, mut model, may) = died_in_a_write(seed, cut_off);
            let torn = disk.bytes(SEGMENT);
            leave_room(&disk, room);
            let log = JournalOptions::new()
                .by_hand()
                .open_on(disk.shared())
                .unwrap();
            assert_eq!(log.damage(), None, "{case}");
            model.assert_held_with(&log, &may, &case);
            let cut = log.recovery().cut.clone().unwrap();
            let torn = &torn[usize::try_from(cut.offset).unwrap()..];
            assert_eq!(cut.bytes, torn.len() as u64, "{case}");
            assert_eq!(
                cut.position,
                Position(model.records.len() as u64 + 1),
                "{case}"
            );
            let kept = |disk: &TestDisk| {
                let mut names = disk.names().into_iter();
                names.find(|name| name.starts_with("journal/cut-"))
            };
            let mut player = Player::new(seed + 100);
            if room < torn.len() {
                // There it stays: it is neither thrown away nor written over.
                waited += 1;
                assert_eq!((&cut.kept_as, kept(&disk)), (&None, None), "{case}");
                for _ in 0..2 {
                    assert!(
                        !turn_if_room(&log, &mut player, &mut model, &case),
                        "{case}"
                    );
                    model.assert_held(&log, &case);
                    assert!(disk.bytes(SEGMENT).ends_with(torn), "{case}");
                    assert_eq!(kept(&disk), None, "{case}");
                }
                // The process dies, or closes, and the next finds it so.
                if seed % 2 == 0 {
                    assert_eq!(close(&log), Err(AppendError::NoSpace), "{case}");
                }
                drop(log);
                let log = JournalOptions::new()
                    .by_hand()
                    .open_on(disk.shared())
                    .unwrap();
                model.assert_held(&log, &case);
                assert!(
                    !turn_if_room(&log, &mut player, &mut model, &case),
                    "{case}"
                );
                leave_room(&disk, torn.len() + 2000);
                assert!(turn_if_room(&log, &mut player, &mut model, &case), "{case}");
                model.assert_held(&log, &case);
            } else {
                at_once += 1;
                assert_eq!(cut.kept_as, kept(&disk), "{case}");
                turn_if_room(&log, &mut player, &mut model, &case);
                model.assert_held(&log, &case);
                disk.set(|rules| rules.room = None);
                turn_well(&log, &mut player, &mut model, &case);
            }
            assert_eq!(disk.bytes(&kept(&disk).unwrap()), torn, "{case}");
            // All of it is durable.
            let cut = disk.power_cut(Keep::Nothing);
            let log = JournalOptions::new()
                .by_hand()
                .open_on(cut.shared())
                .unwrap();
            model.assert_held(&log, &case);
            assert_eq!(cut.bytes(&kept(&cut).unwrap()), torn, "{case}");
            tree::assert_is_of(log.tree_head(), &cut, &case);
        }
    }
    assert!(waited > 20 && at_once > 20, "{waited} {at_once}");
}

#[test]
fn while_a_torn_end_waits_each_failing_call_leaves_it_or_its_copy() {
    let calls = [
        Call::Create,
        Call::WriteAt,
        Call::SyncData,
        Call::SyncDir,
        Call::Truncate,
        Call::Remove,
        Call::ReadAt,
    ];
    for call in calls {
        for &way in call.ways() {
            for nth in 1..=3 {
                let case = format!("{call:?} {nth}, {way:?}");
                let (disk, mut model, may) = died_in_a_write(1, 10);
                let torn = disk.bytes(SEGMENT);
                leave_room(&disk, 0);
                let log = JournalOptions::new()
                    .by_hand()
                    .open_on(disk.shared())
                    .unwrap();
                model.assert_held_with(&log, &may, &case);
                let torn = torn
                    [usize::try_from(log.recovery().cut.as_ref().unwrap().offset).unwrap()..]
                    .to_vec();
                disk.set(|rules| rules.room = None);
                let lasting = way == Way::NoSpace;
                disk.fail(Fault {
                    call,
                    nth,
                    way,
                    lasting,
                });
                let mut player = Player::new(9);
                let asked = player.ask(&model, 1);
                let mut may = due(&asked);
                for _ in 0..3 {
                    let answer = turn(&log, appends(&asked)).remove(0);
                    // The copy was synced, the cut itself was not: that is past trying again.
                    let past_trying = (call, nth) == (Call::SyncData, 2);
                    match answer {
                        Err(AppendError::NoSpace) if past_trying => panic!("{case}"),
                        Ok(_) => {
                            model.adopt(&may[0]);
                            may.clear();
                            break;
                        }
                        Err(AppendError::NoSpace) => assert_eq!(way, Way::NoSpace, "{case}"),
                        Err(error) => {
                            assert!(
                                ["closed", "unknown"].contains(&error.code()),
                                "{case}: {error}"
                            );
                        }
                    }
                    model.assert_held(&log, &case);
                }
                drop(log);
                let copies = |disk: &TestDisk| {
                    let names = disk.names().into_iter();
                    let kept = names.filter(|name| name.starts_with("journal/cut-"));
                    kept.map(|name| disk.bytes(&name)).collect::<Vec<_>>()
                };
                // At most one that was cut short, or is there without having been cut off.
                assert!(copies(&disk).len() <= 2, "{case}: {:?}", disk.names());
                let disk = disk.power_cut(Keep::Some(nth));
                let log = JournalOptions::new()
                    .by_hand()
                    .open_on(disk.shared())
                    .unwrap();
                assert_eq!(log.damage(), None, "{case}");
                model.assert_held_with(&log, &may, &case);
                assert!(copies(&disk).contains(&torn), "{case}: {:?}", disk.names());
                turn_well(&log, &mut player, &mut model, &case);
            }
        }
    }
}

#[test]
fn what_a_writer_that_died_had_reserved_is_given_back_by_the_next_opening() {
    let (disk, mut model, mut player) = (TestDisk::new(), Model::default(), Player::new(3));
    let log = options().create_on(disk.shared(), &founding()).unwrap();
    turn_well(&log, &mut player, &mut model, "before");
    drop(log);
    assert!(disk.used() > disk.held() + 1_000_000);
    let log = open(&disk);
    assert_eq!(disk.used(), disk.held());
    // A clean close gives back what the writer itself had reserved, in every segment.
    for _ in 0..12 {
        turn_well(&log, &mut player, &mut model, "after");
        let reserved = disk.used() - disk.held();
        assert!(reserved <= 5_000_000, "{reserved}");
    }
    close(&log).unwrap();
    assert!(disk.names().len() > 4);
    assert_eq!(disk.used(), disk.held());
}
