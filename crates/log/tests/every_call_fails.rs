//! Each call of a run of 300 appends fails in turn, in each way in which it can.
//!
//! The run goes through ten journals one after another, so that a trial need not read long histories.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test says so by failing"
)]

mod support;

use redress_log::{AppendError, Appended, EventLog, Journal, JournalOptions, OpenError, Version};
use support::{
    disk::{Call, Counts, Fault, Keep, TestDisk, Way},
    founding,
    model::{Due, Model, read_all},
    play::{Asked, Player, appends, close, due, now, turn, turn_well},
    stream, tree,
};

const JOURNALS: u64 = 10;
/// How often each is opened and closed again.
const LIVES: usize = 3;
/// So many appends between an opening and the next.
const LIFE_APPENDS: usize = 10;

fn options() -> JournalOptions {
    JournalOptions::new().by_hand().segment_bytes(2000)
}

/// Opens the log, or founds it where nothing was founded yet.
fn open(disk: &TestDisk) -> Result<Journal, OpenError> {
    match options().open_on(disk.shared()) {
        Err(OpenError::NotFound { .. } | OpenError::NotRedress { .. }) => {
            options().create_on(disk.shared(), &founding())
        }
        Err(OpenError::Empty { .. }) => options().found_again_on(disk.shared()),
        opened => opened,
    }
}

/// The time between an opening and the next.
#[derive(Clone)]
struct Life {
    disk: TestDisk,
    model: Model,
    player: Player,
    /// The calls that were made in it when nothing failed.
    counts: Counts,
}

/// The run in which nothing fails.
fn lives() -> Vec<Life> {
    let (mut lives, mut segments, mut conflicts) = (Vec::new(), 0, 0);
    for seed in 0..JOURNALS {
        let (mut disk, mut model, mut player) =
            (TestDisk::new(), Model::default(), Player::new(seed));
        for _ in 0..LIVES {
            let (start, before, player_before) = (disk.copy(), model.clone(), player.clone());
            let log = open(&disk).unwrap();
            let mut left = LIFE_APPENDS;
            while left > 0 {
                let asked = next_turn(&mut player, &model, left);
                left -= asked.len();
                for (asked, answer) in asked.iter().zip(turn(&log, appends(&asked))) {
                    assert!(Model::agrees(&asked.due, &answer), "{answer:?}");
                    conflicts += usize::from(matches!(asked.due, Due::Conflict));
                    model.adopt(&asked.due);
                }
                look(&model, &log);
            }
            close(&log).unwrap();
            lives.push(Life {
                disk: start,
                model: before,
                player: player_before,
                counts: disk.counts(),
            });
            disk = disk.copy();
        }
        segments += disk.names().len() - 1;
        model.assert_held(&open(&disk).unwrap(), "the run in which nothing fails");
    }
    assert!(segments >= 40 && conflicts >= 20, "{segments} {conflicts}");
    lives
}

/// One to four appends.
fn next_turn(player: &mut Player, model: &Model, most: usize) -> Vec<Asked> {
    let appends = 1 + player.dice.choose(4);
    player.ask(model, appends.min(most))
}

/// The last events of a stream can be read, unless reading itself is what fails.
fn look(model: &Model, log: &Journal) {
    let count = model.count("a/0");
    let from = Version(count.saturating_sub(1).max(1));
    match now(log.stream(&stream("a/0"), from, 9)) {
        Ok(page) => assert_eq!(page.records.len() as u64, count.min(2)),
        Err(error) => assert_eq!(error.code(), "io"),
    }
}

/// What became of a turn.
enum Settled {
    /// Each append was answered as was due.
    AsDue,
    /// There was no room, and nothing is stored.
    NoSpace,
    /// The log is closed; those of the turn may be stored, or none is.
    Closed { unknown: bool },
}

/// A life in which a call fails.
struct Trial<'a> {
    disk: TestDisk,
    model: Model,
    player: Player,
    fault: Fault,
    case: &'a str,
}

impl Trial<'_> {
    /// Whether the writer was in the midst of ending a segment, or of beginning one.
    fn at_a_border(&self) -> bool {
        let names = self.disk.names();
        let last = names.iter().rfind(|name| name.ends_with(".jsonl")).unwrap();
        let bytes = self.disk.bytes(last);
        let line = bytes.trim_ascii_end().rsplit(|byte| *byte == b'\n').next();
        names.iter().any(|name| name == "journal/next.tmp")
            || line.unwrap().starts_with(b"{\"redress\":")
    }

    /// Whether an error is the one that this fault must come to.
    fn is_right(&self, code: &str) -> bool {
        match (self.fault.call, self.fault.way) {
            (Call::ReadAt, _) => code == "unreadable",
            (Call::SyncData, Way::NoSpace) if self.at_a_border() => {
                // A beginning that failed for want of room stays until there is some; turns that are short
                // enough go into the segment before.
                ["no_space", "closed"].contains(&code) || (code == "unknown" && self.fault.lasting)
            }
            (Call::SyncData, _) if !self.at_a_border() => code == "unknown",
            (Call::SyncDir, _) => code == "closed",
            (Call::Reserve, way) => code == "no_space" && way == Way::NoSpace,
            (_, Way::NoSpace) => code == "no_space",
            _ => code == "closed",
        }
    }

    fn settle(&mut self, asked: &[Asked], answers: &[Result<Appended, AppendError>]) -> Settled {
        let case = self.case;
        let code = |answer: &Result<_, AppendError>| answer.as_ref().err().map(AppendError::code);
        let unreadable = |asked: &Asked, answer| {
            matches!(asked.due, Due::Conflict) && code(answer) == Some("unreadable")
        };
        let as_due = asked.iter().zip(answers).all(|(asked, answer)| {
            Model::agrees(&asked.due, answer)
                || (self.fault.call == Call::ReadAt && unreadable(asked, answer))
        });
        if as_due {
            asked.iter().for_each(|asked| self.model.adopt(&asked.due));
            return Settled::AsDue;
        }
        assert!(self.disk.counts().failed > 0, "{case}: {answers:?}");
        let stored = asked.iter().zip(answers);
        let stored: Vec<_> = stored
            .filter(|(asked, _)| matches!(asked.due, Due::Stored(_)))
            .map(|(_, answer)| code(answer))
            .collect();
        let why = stored
            .first()
            .copied()
            .flatten()
            .unwrap_or_else(|| panic!("{case}: {answers:?}"));
        assert!(
            stored.iter().all(|code| *code == Some(why)),
            "{case}: {answers:?}"
        );
        assert!(self.is_right(why), "{case}: {why}");
        // A conflict with what is not stored after all is none.
        for (asked, answer) in asked.iter().zip(answers) {
            if matches!(asked.due, Due::Conflict) {
                let told = if why == "unknown" { "closed" } else { why };
                assert_eq!(code(answer), Some(told), "{case}");
            }
        }
        match why {
            "no_space" => Settled::NoSpace,
            "unknown" => Settled::Closed { unknown: true },
            _ => Settled::Closed { unknown: false },
        }
    }

    /// Reading gives what is acknowledged, unless reading itself is what fails.
    fn reads(&self, log: &Journal) {
        match read_all(log) {
            Err(error) if self.fault.call == Call::ReadAt => assert_eq!(error.code(), "io"),
            _ => self.model.assert_held(log, self.case),
        }
    }

    fn run(mut self) {
        self.disk.fail(self.fault);
        let log = match open(&self.disk) {
            Ok(log) => log,
            Err(error) => {
                self.is_io(&error);
                return self.after(&[]);
            }
        };
        let mut left = LIFE_APPENDS;
        let mut refused = 0;
        while left > 0 {
            let asked = next_turn(&mut self.player, &self.model, left);
            left -= asked.len();
            let answers = turn(&log, appends(&asked));
            match self.settle(&asked, &answers) {
                Settled::AsDue => look(&self.model, &log),
                Settled::NoSpace => {
                    self.reads(&log);
                    refused += 1;
                    // Room comes back.
                    if refused == 3 {
                        self.disk.heal();
                    }
                    assert!(refused <= 3, "{}", self.case);
                }
                Settled::Closed { unknown } => {
                    self.reads(&log);
                    self.stays_closed(&log);
                    let may = if unknown { due(&asked) } else { Vec::new() };
                    return self.after(&may);
                }
            }
        }
        match close(&log) {
            Ok(()) => {
                assert_eq!(
                    self.disk.used(),
                    self.disk.held(),
                    "{}: reserved",
                    self.case
                );
            }
            Err(error) => {
                assert!(self.disk.counts().failed > 0, "{}", self.case);
                let code = error.code();
                assert!(
                    ["closed", "no_space"].contains(&code),
                    "{}: {code}",
                    self.case
                );
            }
        }
        self.reads(&log);
        self.after(&[]);
    }

    fn is_io(&self, error: &OpenError) {
        assert!(self.disk.counts().failed > 0, "{}: {error}", self.case);
        let OpenError::Io { kind, .. } = error else {
            panic!("{}: {error}", self.case)
        };
        let full = *kind == std::io::ErrorKind::StorageFull;
        assert_eq!(
            full,
            self.fault.way == Way::NoSpace,
            "{}: {error}",
            self.case
        );
    }

    /// No repair of the disk opens it again.
    fn stays_closed(&mut self, log: &Journal) {
        self.disk.heal();
        for _ in 0..2 {
            let asked = self.player.ask(&self.model, 2);
            for answer in turn(log, appends(&asked)) {
                assert_eq!(answer.unwrap_err().code(), "closed", "{}", self.case);
            }
        }
        assert_eq!(close(log).unwrap_err().code(), "closed", "{}", self.case);
        assert_eq!(
            log.head().0,
            self.model.records.len() as u64,
            "{}",
            self.case
        );
    }

    /// What another process finds, on the running machine and after a power cut; in opening, a call fails.
    fn after(&mut self, may: &[Due]) {
        let seed = self.fault.nth * 31 + self.fault.way as u64;
        let images = [self.disk.copy(), self.disk.power_cut(Keep::Some(seed))];
        for (nth, image) in images.into_iter().enumerate() {
            let case = format!("{}, image {nth}", self.case);
            let call = Call::ALL[(seed as usize + nth) % Call::ALL.len()];
            let ways = call.ways();
            image.fail(Fault {
                call,
                nth: 1 + seed / 15 % 3,
                way: ways[seed as usize % ways.len()],
                lasting: false,
            });
            match open(&image) {
                Ok(log) => assert_eq!(log.damage(), None, "{case}"),
                Err(error) => assert_eq!(error.code(), "io", "{case}: {error}"),
            }
            let image = image.copy();
            let (mut model, mut player) = (self.model.clone(), self.player.clone());
            let log = open(&image).unwrap_or_else(|error| panic!("{case}: {error}"));
            assert_eq!(log.damage(), None, "{case}");
            model.assert_held_with(&log, may, &case);
            tree::assert_is_of(log.tree_head(), &image, &case);
            turn_well(&log, &mut player, &mut model, &case);
            if nth == 0 {
                close(&log).unwrap();
                assert_eq!(image.used(), image.held(), "{case}: reserved");
            }
            drop(log);
            // What this process has acknowledged is durable, whatever the one before left unsynced.
            let image = image.power_cut(Keep::Nothing);
            let log = open(&image).unwrap_or_else(|error| panic!("{case}: {error}"));
            assert_eq!(log.damage(), None, "{case}");
            assert!(log.recovery().clean || nth == 1, "{case}");
            model.assert_held(&log, &case);
        }
    }
}

/// Lets the 1st, 2nd, 3rd … call of each of the kinds fail, until a run is clean. Each trial goes from the
/// opening before the call to the closing after it.
fn each_fails(calls: &[Call]) {
    let lives = lives();
    for &call in calls {
        let mut trials = 0;
        for (nth, life) in lives.iter().enumerate() {
            for at in 1..=life.counts.of(call) {
                for &way in call.ways() {
                    // Where the log closes, it makes no difference whether more would fail.
                    let lasts = way == Way::NoSpace || call.only_looks();
                    for lasting in [false, true].into_iter().take(1 + usize::from(lasts)) {
                        let case = format!("life {nth}, {call:?} {at}, {way:?}, lasting {lasting}");
                        let trial = Trial {
                            disk: life.disk.copy(),
                            model: life.model.clone(),
                            player: life.player.clone(),
                            fault: Fault {
                                call,
                                nth: at,
                                way,
                                lasting,
                            },
                            case: &case,
                        };
                        let disk = trial.disk.clone();
                        trial.run();
                        assert!(disk.counts().failed > 0, "{case}: nothing failed");
                        trials += 1;
                    }
                }
            }
        }
        assert!(trials >= 20, "{call:?}: {trials}");
    }
}

#[test]
fn whichever_write_or_reservation_fails_nothing_acknowledged_is_lost() {
    each_fails(&[Call::WriteAt, Call::Reserve, Call::Truncate]);
}

#[test]
fn whichever_sync_fails_nothing_acknowledged_is_lost() {
    each_fails(&[Call::SyncData, Call::SyncDir]);
}

#[test]
fn whichever_name_cannot_be_given_nothing_acknowledged_is_lost() {
    each_fails(&[Call::CreateDir, Call::Create, Call::Rename, Call::Remove]);
}

#[test]
fn whichever_look_at_the_disk_fails_nothing_acknowledged_is_lost() {
    each_fails(&[
        Call::List,
        Call::OpenToRead,
        Call::Open,
        Call::Lock,
        Call::Size,
        Call::ReadAt,
    ]);
}
