//! A turn is decided while the one before is on its way to the disk. When that one falls, what was decided on top
//! of it falls with it, and nothing else does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use redress_log::{Append, AppendError, Appended, EventLog, Journal, JournalOptions};
use support::{
    dice::Dice,
    disk::{Call, Fault, Keep, TestDisk, Way},
    founding,
    model::{Due, Model},
    play::{Player, appends, now},
};

fn options() -> JournalOptions {
    JournalOptions::new().by_hand().segment_bytes(2000)
}

fn answers(log: &Journal, turns: usize, asked: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
    let answers: Vec<_> = asked.into_iter().map(|append| log.append(append)).collect();
    log.drive_in_turns(turns);
    answers.into_iter().map(now).collect()
}

/// What a run came to, over all runs.
#[derive(Debug, Default)]
struct Seen {
    stored: u64,
    conflicts: u64,
    no_space: u64,
    after_no_space: u64,
    unknown: u64,
    closed: u64,
}

/// Plays until the log is closed or the appends are used up; every answer must be what the model says, given
/// the answers before it. Gives the appends that may have been stored.
fn play(
    log: &Journal,
    player: &mut Player,
    model: &mut Model,
    case: &str,
    seen: &mut Seen,
) -> Vec<Due> {
    let mut dice = Dice::new(player.dice.below(u64::MAX));
    for _ in 0..12 {
        let asked = appends(&player.ask(model, 1 + dice.choose(8)));
        let turns = 1 + dice.choose(4);
        let mut may = Vec::new();
        let (mut full, mut closed) = (false, false);
        for (append, answer) in asked.iter().zip(answers(log, turns, asked.clone())) {
            let due = model.due(append);
            match answer {
                Ok(_) | Err(AppendError::Conflict { .. }) => {
                    assert!(!closed, "{case}: {answer:?} behind the end");
                    assert!(Model::agrees(&due, &answer), "{case}: {due:?} {answer:?}");
                    seen.after_no_space += u64::from(full);
                    seen.stored += u64::from(answer.is_ok());
                    seen.conflicts += u64::from(answer.is_err());
                    model.adopt(&due);
                }
                Err(AppendError::NoSpace) => {
                    full = true;
                    seen.no_space += 1;
                }
                Err(AppendError::Unknown { .. }) => {
                    closed = true;
                    seen.unknown += 1;
                    may.push(append.clone());
                }
                Err(AppendError::Closed { .. }) => {
                    closed = true;
                    seen.closed += 1;
                }
                Err(other) => panic!("{case}: {other}"),
            }
        }
        model.assert_held(log, case);
        if closed {
            let mut grown = model.clone();
            let dues = may.iter().map(|append| {
                let due = grown.due(append);
                grown.adopt(&due);
                due
            });
            return dues.collect();
        }
    }
    Vec::new()
}

#[test]
fn what_was_decided_on_top_of_a_turn_that_falls_falls_with_it() {
    let mut seen = Seen::default();
    for seed in 0..3 {
        for (call, ways) in [
            (Call::WriteAt, vec![Way::Error, Way::NoSpace, Way::Half]),
            (Call::SyncData, vec![Way::Error, Way::Forgets]),
            (Call::Reserve, vec![Way::NoSpace, Way::Error]),
            (Call::Create, vec![Way::NoSpace]),
        ] {
            for way in ways {
                for nth in 1..12 {
                    let case = format!("seed {seed}, {call:?} {nth}, {way:?}");
                    let disk = TestDisk::new();
                    let log = options().create_on(disk.shared(), &founding()).unwrap();
                    disk.fail(Fault {
                        call,
                        nth,
                        way,
                        lasting: false,
                    });
                    let (mut model, mut player) = (Model::default(), Player::new(seed * 31 + nth));
                    let may = play(&log, &mut player, &mut model, &case, &mut seen);
                    drop(log);
                    for image in [disk.copy(), disk.power_cut(Keep::Some(seed ^ nth))] {
                        let log = options().open_on(image.shared()).unwrap();
                        assert_eq!(log.damage(), None, "{case}");
                        let mut model = model.clone();
                        model.assert_held_with(&log, &may, &case);
                        play(&log, &mut player.clone(), &mut model, &case, &mut seen);
                    }
                }
            }
        }
    }
    println!("{seen:?}");
    let Seen {
        stored,
        conflicts,
        no_space,
        after_no_space,
        unknown,
        closed,
    } = seen;
    for count in [stored, conflicts, no_space, after_no_space, unknown, closed] {
        assert!(count > 50);
    }
}
