//! Ten thousand power cuts in the midst of seeded work: of what was not synced, any part stays.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use redress_log::{AppendError, Journal, JournalOptions, OpenError};
use support::{
    dice::Dice,
    disk::{Call, Fault, Keep, TestDisk, Way},
    founding,
    model::{Due, Model},
    play::{Answer, Player, appends, close, due, turn, turn_well},
    tree,
};

/// Per size of page.
const WORKS: u64 = 125;
const STEPS: u64 = 20;
const IMAGES_A_STEP: u64 = 1;

fn options() -> JournalOptions {
    JournalOptions::new().by_hand().segment_bytes(2500)
}

/// What is certain, and what may be there besides.
#[derive(Clone, Default)]
struct Known {
    founded: bool,
    model: Model,
    may: Vec<Due>,
}

/// A log at work, until the power is cut.
struct Work {
    dice: Dice,
    disk: TestDisk,
    player: Player,
    known: Known,
    /// What was asked for in this step.
    asked: Vec<Due>,
    /// None while no process has it open.
    log: Option<Journal>,
    case: String,
    /// How often each kind of thing happened.
    seen: Seen,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    images: u64,
    /// Images on which the last turn was there in part, and those where it was there without an answer.
    torn: u64,
    unanswered: u64,
    unfounded: u64,
    turns: u64,
    full: u64,
    unknown: u64,
    closings: u64,
    deaths: u64,
}

impl Work {
    /// Opens the log; what may have been stored is resolved by that.
    fn open(&mut self) {
        let opened = if self.known.founded {
            options().open_on(self.disk.shared())
        } else {
            options().create_on(self.disk.shared(), &founding())
        };
        let log = opened.unwrap_or_else(|error| panic!("{}: {error}", self.case));
        assert_eq!(log.damage(), None, "{}", self.case);
        self.known.founded = true;
        let may = std::mem::take(&mut self.known.may);
        self.known.model.assert_held_with(&log, &may, &self.case);
        self.log = Some(log);
    }

    fn turn(&mut self) {
        let asked = self.player.ask(&self.known.model, 1 + self.dice.choose(4));
        self.known.may = due(&asked);
        self.asked.clone_from(&self.known.may);
        let unknown = |answer: &Answer| matches!(answer, Err(AppendError::Unknown { .. }));
        let closed = |answer: &Answer| matches!(answer, Err(AppendError::Closed { .. }));
        let answers = turn(self.log.as_ref().unwrap(), appends(&asked));
        self.seen.turns += 1;
        if answers.contains(&Err(AppendError::NoSpace)) {
            self.seen.full += 1;
            self.known.may.clear();
        } else if answers.iter().any(unknown) {
            self.seen.unknown += 1;
            self.log = None;
        } else if answers.iter().any(closed) {
            // A sync failed before the turn was written.
            self.known.may.clear();
            self.log = None;
        } else {
            for (due, answer) in std::mem::take(&mut self.known.may).iter().zip(&answers) {
                assert!(Model::agrees(due, answer), "{}: {answer:?}", self.case);
                self.known.model.adopt(due);
            }
        }
    }

    fn fail(&self, call: Call, way: Way) {
        let fault = Fault {
            call,
            nth: 1,
            way,
            lasting: true,
        };
        self.disk.fail(fault);
    }

    /// One thing happens.
    fn step(&mut self) {
        let Some(log) = &self.log else {
            return self.open();
        };
        match self.dice.below(20) {
            0 | 1 => {
                self.seen.closings += 1;
                if self.dice.one_in(3) {
                    self.fail(Call::SyncData, Way::Forgets);
                }
                let _ = close(log);
                self.disk.heal();
                self.log = None;
            }
            2 => {
                self.seen.deaths += 1;
                self.log = None;
            }
            3 | 4 => {
                self.fail(Call::SyncData, Way::Forgets);
                self.turn();
                self.disk.heal();
                // Nothing more comes of this process.
                self.log = None;
            }
            5 => {
                // A disk that promises room and does not keep it: half of the turn is there already.
                self.fail(Call::WriteAt, Way::NoSpace);
                self.turn();
                self.disk.heal();
            }
            6..9 => {
                let room = self.disk.held() + self.dice.choose(900);
                self.disk.set(|rules| rules.room = Some(room));
                self.turn();
                self.disk.set(|rules| rules.room = None);
            }
            _ => self.turn(),
        }
    }

    /// Cuts the power somewhere in the next step, or after it.
    fn step_with_cuts(&mut self) {
        let mut known = self.known.clone();
        self.asked.clear();
        self.disk.picture_in(1 + self.dice.below(7));
        self.step();
        let disk = match self.disk.picture() {
            Some(disk) => {
                // Of a turn that is asked for in this step something may be there before it is answered.
                known.may.append(&mut self.asked);
                disk
            }
            None => {
                known = self.known.clone();
                self.disk.copy()
            }
        };
        for _ in 0..IMAGES_A_STEP {
            let seed = self.dice.below(u64::MAX);
            let case = format!("{}, seed {seed}", self.case);
            self.check(disk.power_cut(Keep::Some(seed)), known.clone(), &case);
        }
    }

    /// What was acknowledged is there, and what else is there may be; the log goes on.
    fn check(&mut self, mut image: TestDisk, known: Known, case: &str) {
        self.seen.images += 1;
        if self.dice.one_in(4) {
            // The power fails again while the opening sets things right.
            image.picture_in(1 + self.dice.below(6));
            drop(options().open_on(image.shared()));
            image = image
                .picture()
                .unwrap_or_else(|| image.copy())
                .power_cut(Keep::Some(self.dice.below(u64::MAX)));
        }
        let full = self.dice.one_in(8);
        if full {
            let room = image.used() + self.dice.choose(300);
            image.set(|rules| rules.room = Some(room));
        }
        let opened = match options().open_on(image.shared()) {
            Err(OpenError::Empty { .. }) if !known.founded => {
                options().found_again_on(image.shared())
            }
            opened => opened,
        };
        let log = match opened {
            Ok(log) => log,
            Err(OpenError::NotFound { .. } | OpenError::NotRedress { .. }) if !known.founded => {
                self.seen.unfounded += 1;
                return;
            }
            // There is no room for the first segment.
            Err(OpenError::Io { kind, .. })
                if full && !known.founded && kind == std::io::ErrorKind::StorageFull =>
            {
                return;
            }
            Err(error) => panic!("{case}: {error}"),
        };
        assert_eq!(log.damage(), None, "{case}");
        let mut model = known.model;
        let certain = model.records.len();
        model.assert_held_with(&log, &known.may, case);
        self.seen.torn += u64::from(log.recovery().cut.is_some());
        self.seen.unanswered += u64::from(model.records.len() > certain);
        if full {
            self.goes_on_full(&log, &mut model, case);
            image.set(|rules| rules.room = None);
        } else if log.recovery().cut.is_none() {
            tree::assert_is_of(log.tree_head(), &image, case);
        }
        if full || self.dice.one_in(3) {
            turn_well(&log, &mut self.player.clone(), &mut model, case);
            drop(log);
            let image = image.power_cut(Keep::Nothing);
            let log = options().open_on(image.shared()).unwrap();
            assert_eq!(log.damage(), None, "{case}");
            model.assert_held(&log, case);
            tree::assert_is_of(log.tree_head(), &image, case);
        }
    }

    /// On a full disk a turn is stored, or refused as a whole for want of room.
    fn goes_on_full(&self, log: &Journal, model: &mut Model, case: &str) {
        let asked = self.player.clone().ask(model, 2);
        let answers = turn(log, appends(&asked));
        if !answers.contains(&Err(AppendError::NoSpace)) {
            for (asked, answer) in asked.iter().zip(answers) {
                assert!(Model::agrees(&asked.due, &answer), "{case}: {answer:?}");
                model.adopt(&asked.due);
            }
        }
        model.assert_held(log, case);
    }
}

/// Seeded works on a disk with pages of so many bytes, the power cut at every step.
fn cut(page_bytes: usize) {
    let mut seen = Seen::default();
    for seed in 0..WORKS {
        let mut work = Work {
            dice: Dice::new(seed * 8192 + page_bytes as u64),
            disk: TestDisk::with_pages(page_bytes),
            player: Player::new(seed),
            known: Known::default(),
            asked: Vec::new(),
            log: None,
            case: String::new(),
            seen,
        };
        for step in 0..STEPS {
            work.case = format!("pages of {page_bytes}, work {seed}, step {step}");
            work.step_with_cuts();
        }
        seen = work.seen;
    }
    assert_eq!(seen.images, WORKS * STEPS * IMAGES_A_STEP);
    let Seen {
        torn,
        unanswered,
        unfounded,
        turns,
        full,
        unknown,
        closings,
        deaths,
        ..
    } = seen;
    let enough = [torn, unanswered, unfounded, full, unknown, closings, deaths];
    assert!(
        turns > 500 && enough.iter().all(|seen| *seen >= 20),
        "{seen:?}"
    );
}

#[test]
fn no_acknowledged_append_is_lost_where_pages_are_shorter_than_a_line() {
    cut(48);
}

#[test]
fn no_acknowledged_append_is_lost_where_a_page_holds_about_a_line() {
    cut(200);
}

#[test]
fn no_acknowledged_append_is_lost_with_pages_of_512_bytes() {
    cut(512);
}

#[test]
fn no_acknowledged_append_is_lost_with_pages_of_4096_bytes() {
    cut(4096);
}
