//! A restored directory is the same log in its next life; one that is not complete is no directory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{fs, path::Path, sync::Arc};

use redress_log::{
    Backup, Doctor, EventLog, Founding, IndexState, Journal, JournalOptions, OpenError, Position,
    RealDisk, Restore, Restored, Verification, Verified,
};
use support::{
    disk::{Keep, TestDisk},
    files::{self, go_on, written},
    founding, stamp,
};

fn verify(path: &Path) -> Verified {
    let verified = Verification::new().read(path).unwrap();
    assert_eq!(verified.findings, [], "{}", path.display());
    verified
}

fn back_up(source: &Path, to: &Path) -> Result<redress_log::BackedUp, redress_log::BackupError> {
    Backup::at(stamp(100)).take(source, to)
}

fn open(path: &Path) -> Journal {
    let options = JournalOptions::new().segment_bytes(4000).tail(1);
    options.open(path).unwrap()
}

#[tokio::test]
async fn a_restored_log_has_the_same_head_and_goes_on_in_its_next_life() {
    let dir = tempfile::tempdir().unwrap();
    let (source, backup) = (dir.path().join("data"), dir.path().join("backup"));
    let heads = written(&source, 20).await;
    fs::create_dir(source.join("personal")).unwrap();
    fs::write(source.join("personal/p1.json"), "one").unwrap();
    back_up(&source, &backup).unwrap();
    let before = files::bytes(&backup);
    let to = dir.path().join("restored");
    let made = Restore::new().make(&backup, &to).unwrap();
    assert_eq!(files::bytes(&backup), before, "the backup was changed");
    assert_eq!(
        (made.head, made.epoch, made.from_epoch),
        (*heads.last().unwrap(), 2, 1)
    );
    assert_eq!(made.taken_at, Some(stamp(100)));
    assert_eq!(Restored::of(&to).unwrap(), Some(made.clone()));
    assert_eq!(Restored::of(&source).unwrap(), None);
    assert_eq!(fs::read(to.join("personal/p1.json")).unwrap(), b"one");
    let verified = verify(&to);
    assert_eq!((verified.head, verified.info.epoch), (Some(made.head), 2));
    assert_eq!(verified.epochs, [(1, Position(1))]);
    assert_eq!(verified.index, IndexState::Absent);
    // Once more, it is what it was.
    assert_eq!(Restore::new().make(&backup, &to).unwrap(), made);
    let log = open(&to);
    assert_eq!(log.tree_head(), Some(made.head));
    assert_eq!(log.recovery().damage, []);
    let after = go_on(&log, 9).await;
    log.close().await.unwrap();
    let verified = verify(&to);
    assert_eq!(verified.head, after.last().copied());
    assert_eq!(
        verified.epochs,
        [(1, Position(1)), (2, made.head.position.next())]
    );
    assert!(matches!(verified.index, IndexState::Sound { .. }));
    // The same backup takes what the restored log has appended; the log that was lost does not go into it any more.
    let next = back_up(&to, &backup).unwrap();
    assert_eq!(
        (next.before, Some(next.head)),
        (Some(made.head.position), verified.head)
    );
    go_on(&open(&source), 3).await;
    assert_eq!(
        back_up(&source, &backup).unwrap_err().code(),
        "backup_diverged"
    );
    let third = dir.path().join("third");
    assert_eq!(Restore::new().make(&backup, &third).unwrap().epoch, 3);
    assert_eq!(verify(&third).head, verified.head);
}

#[tokio::test]
async fn what_was_restored_to_another_state_is_no_answer() {
    let dir = tempfile::tempdir().unwrap();
    let (source, backup) = (dir.path().join("data"), dir.path().join("backup"));
    let heads = written(&source, 20).await;
    back_up(&source, &backup).unwrap();
    let last = heads.last().unwrap().position;
    let to = dir.path().join("restored");
    for from in [&backup, &source] {
        let _ = fs::remove_dir_all(&to);
        let restore = |position: Option<u64>| {
            let restore = Restore::new();
            match position {
                Some(position) => restore.up_to(Position(position)),
                None => restore,
            }
            .make(from, &to)
        };
        let made = restore(Some(5)).unwrap();
        assert_eq!(restore(Some(5)).unwrap(), made);
        for other in [Some(last.0), None] {
            assert_eq!(restore(other).unwrap_err().code(), "log_exists");
        }
        assert_eq!(
            restore(Some(last.0 + 9)).unwrap_err().code(),
            "position_beyond_the_end"
        );
    }
    // The source has gone on meanwhile: everything is more than was restored.
    fs::remove_dir_all(&to).unwrap();
    Restore::new().make(&source, &to).unwrap();
    go_on(&open(&source), 2).await;
    let refused = Restore::new().make(&source, &to).unwrap_err();
    assert_eq!(refused.code(), "log_exists");
}

#[tokio::test]
async fn up_to_a_position_means_up_to_the_last_whole_append_at_or_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let (source, backup) = (dir.path().join("data"), dir.path().join("backup"));
    let heads = written(&source, 20).await;
    back_up(&source, &backup).unwrap();
    let last = heads.last().unwrap().position;
    for (from, name) in [(&backup, "b"), (&source, "s")] {
        for position in 1..=last.0 {
            let to = dir.path().join(format!("{name}{position}"));
            let made = Restore::new()
                .up_to(Position(position))
                .make(from, &to)
                .unwrap();
            let wanted = heads.iter().rfind(|head| head.position.0 <= position);
            assert_eq!(Some(&made.head), wanted, "{position}");
            assert_eq!(verify(&to).head, Some(made.head));
            assert_eq!(made.taken_at.is_some(), from == &backup);
            if position % 7 == 0 {
                let log = open(&to);
                let after = go_on(&log, 2).await;
                log.close().await.unwrap();
                assert_eq!(verify(&to).head, after.last().copied());
                // The backup has more than that.
                let refused = back_up(&to, &backup);
                assert!(refused.is_err() || made.head.position == last, "{position}");
            }
        }
        let to = dir.path().join(format!("{name}-beyond"));
        let beyond = Restore::new().up_to(last.next()).make(from, &to);
        assert_eq!(beyond.unwrap_err().code(), "position_beyond_the_end");
        let nothing = Restore::new().up_to(Position(0)).make(from, &to);
        assert_eq!(nothing.unwrap_err().code(), "nothing_to_restore");
    }
}

#[tokio::test]
async fn what_is_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (source, backup) = (dir.path().join("data"), dir.path().join("backup"));
    written(&source, 10).await;
    back_up(&source, &backup).unwrap();
    let refused = |to: &Path| {
        let before = files::bytes(to);
        let error = Restore::new().make(&backup, to).unwrap_err();
        assert_eq!(files::bytes(to), before, "{error}");
        error.code()
    };
    let photos = dir.path().join("photos");
    fs::create_dir(&photos).unwrap();
    fs::write(photos.join("photo.jpg"), "x").unwrap();
    assert_eq!(refused(&photos), "directory_not_empty");
    assert_eq!(refused(&source), "log_exists");
    assert_eq!(refused(&backup), "is_a_backup");
    let other = dir.path().join("other");
    Restore::new()
        .up_to(Position(3))
        .make(&source, &other)
        .unwrap();
    assert_eq!(
        refused(&other),
        "log_exists",
        "it is what another restore made"
    );
    let error = Restore::new()
        .make(&photos, dir.path().join("x"))
        .unwrap_err();
    assert_eq!(error.code(), "not_a_redress_directory");
    // A damaged backup restores nothing.
    let segment = &files::segments(&backup)[1];
    let whole = fs::read(segment).unwrap();
    let mut changed = whole.clone();
    changed[400] ^= 1;
    fs::write(segment, changed).unwrap();
    let error = Restore::new()
        .make(&backup, dir.path().join("x"))
        .unwrap_err();
    assert_eq!(error.code(), "source_damaged");
    fs::write(segment, &whole[..whole.len() / 2]).unwrap();
    let error = Restore::new()
        .make(&backup, dir.path().join("x"))
        .unwrap_err();
    assert_eq!(error.code(), "source_damaged");
    assert!(Journal::open(dir.path().join("x")).is_err());
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_no_directory_and_is_taken_up_again() {
    let dir = tempfile::tempdir().unwrap();
    let (source, backup) = (dir.path().join("data"), dir.path().join("backup"));
    let heads = written(&source, 10).await;
    back_up(&source, &backup).unwrap();
    let make =
        |to: &TestDisk| Restore::new().make_on(Arc::new(RealDisk::new(&backup)), to.shared());
    let opened = |disk: &TestDisk| JournalOptions::new().open_on(disk.shared());
    let mut unfinished = 0;
    for at in 1.. {
        let disk = TestDisk::new();
        disk.set(|rules| rules.dies_at = Some(at));
        let done = make(&disk).is_ok();
        for keep in [Keep::Nothing, Keep::Some(at), Keep::Everything] {
            let left = disk.power_cut(keep);
            match opened(&left.copy()) {
                Ok(log) => assert_eq!(log.tree_head(), heads.last().copied()),
                Err(OpenError::NotRedress { .. } | OpenError::NotFound { .. }) => unfinished += 1,
                Err(other) => panic!("{at}: {other}"),
            }
            let made = make(&left).unwrap();
            assert_eq!((made.epoch, Some(&made.head)), (2, heads.last()), "{at}");
            let log = opened(&left).unwrap();
            assert_eq!(log.tree_head(), heads.last().copied());
            assert_eq!(log.info().epoch, 2);
        }
        if done {
            break;
        }
    }
    assert!(unfinished > 40, "{unfinished}");
    assert_eq!(founding().log_id, make(&TestDisk::new()).unwrap().log);
}

#[tokio::test]
async fn a_log_that_lost_its_marker_is_no_restore_that_was_cut_short() {
    let dir = tempfile::tempdir().unwrap();
    let (source, backup) = (dir.path().join("data"), dir.path().join("backup"));
    let heads = written(&source, 20).await;
    back_up(&source, &backup).unwrap();
    let other = dir.path().join("other");
    let log = Journal::create(
        &other,
        &Founding {
            log_id: uuid::Uuid::from_u128(9),
            ..founding()
        },
    );
    go_on(&log.unwrap(), 3).await;
    let to = dir.path().join("restored");
    let refused = |from: &Path, position: Option<Position>| {
        let before = files::bytes(&to);
        let restore = match position {
            Some(position) => Restore::new().up_to(position),
            None => Restore::new(),
        };
        let error = restore.make(from, &to).unwrap_err();
        assert_eq!(files::bytes(&to), before, "{error}");
        error.code()
    };
    let sign = || Doctor::new().examine(&to).signs[0].code();
    // Nothing was recorded in it yet: it may be made again, but not as something else.
    let made = Restore::new().make(&backup, &to).unwrap();
    fs::remove_file(to.join("redress.json")).unwrap();
    assert_eq!(sign(), "restore_cut_short");
    assert_eq!(
        refused(&backup, Some(heads[4].position)),
        "other_restore_begun"
    );
    assert_eq!(refused(&other, None), "other_restore_begun");
    back_up(&source, &backup).unwrap();
    assert_eq!(Restore::new().make(&backup, &to).unwrap(), made);
    // Something was: with an index, without one, and where only the note says less than there is.
    let marker = fs::read(to.join("redress.json")).unwrap();
    let log = open(&to);
    go_on(&log, 5).await;
    log.close().await.unwrap();
    fs::remove_file(to.join("redress.json")).unwrap();
    for without_index in [false, true] {
        if without_index {
            fs::remove_dir_all(to.join("index")).unwrap();
        }
        assert_eq!(sign(), "marker_lost");
        for from in [&backup, &other, &source] {
            for position in [None, Some(heads[2].position)] {
                assert_eq!(refused(from, position), "marker_lost");
            }
        }
    }
    // Written again by hand, it goes on as it was.
    fs::write(to.join("redress.json"), marker).unwrap();
    verify(&to);
    let short = dir.path().join("short");
    Restore::new()
        .up_to(heads[4].position)
        .make(&backup, &short)
        .unwrap();
    fs::copy(short.join("restored.json"), to.join("restored.json")).unwrap();
    let last = files::segments(&to).pop().unwrap();
    fs::remove_file(last).unwrap();
    fs::remove_file(to.join("redress.json")).unwrap();
    assert_eq!(refused(&backup, Some(heads[4].position)), "marker_lost");
    assert_eq!(sign(), "marker_lost");
}
