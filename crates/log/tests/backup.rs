//! A backup is a prefix of whole appends, whatever happens meanwhile; it is extended, and never mistaken for a directory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use redress_log::{
    BackedUp, Backup, BackupError, EventLog, FindingKind, Founding, Journal, JournalOptions,
    OpenError, Position, Restore, TreeHead, Verification,
};
use support::{
    disk::{Keep, TestDisk},
    files::{self, go_on, written},
    founding, one, stamp,
};
use uuid::Uuid;

fn back_up(source: &Path, to: &Path) -> Result<BackedUp, BackupError> {
    Backup::at(stamp(100)).take(source, to)
}

fn open(path: &Path) -> Journal {
    let options = JournalOptions::new().segment_bytes(4000).tail(1);
    options.open(path).unwrap()
}

/// What a backup holds, read as an auditor does: everything is verified.
fn verified_head(path: &Path) -> TreeHead {
    let verified = Verification::new().read(path).unwrap();
    assert_eq!(verified.findings, [], "{}", path.display());
    assert!(verified.is_backup);
    verified.head.unwrap()
}

#[tokio::test]
async fn round_after_round_only_what_is_new_is_copied() {
    let dir = tempfile::tempdir().unwrap();
    let (source, to) = (dir.path().join("data"), dir.path().join("deep/backup"));
    let mut heads = written(&source, 20).await;
    fs::create_dir(source.join("personal")).unwrap();
    fs::write(source.join("personal/p1.json"), "one").unwrap();
    fs::write(source.join("personal/p2.json"), "two").unwrap();
    let before = files::bytes(&source);
    let first = back_up(&source, &to).unwrap();
    assert_eq!(files::bytes(&source), before, "the source was changed");
    assert_eq!((first.head, first.before), (*heads.last().unwrap(), None));
    assert_eq!((first.segments_kept, first.beside_copied), (0, 2));
    assert_eq!(verified_head(&to), first.head);
    for name in files::segments(&source) {
        let copy = to.join(name.strip_prefix(&source).unwrap());
        assert_eq!(fs::read(name).unwrap(), fs::read(copy).unwrap());
    }
    // Nothing new: nothing is copied.
    let again = back_up(&source, &to).unwrap();
    assert_eq!((again.bytes_copied, again.segments_copied), (0, 0));
    assert_eq!(again.before, Some(first.head.position));
    let mut last = first.head;
    for round in 0..4 {
        let log = open(&source);
        heads.extend(go_on(&log, 3 + 9 * (round % 2)).await);
        // Taken while it is open, and once more when it is sealed.
        let open = back_up(&source, &to).unwrap();
        log.close().await.unwrap();
        let closed = back_up(&source, &to).unwrap();
        assert_eq!(open.head, *heads.last().unwrap());
        assert_eq!((open.before, closed.head), (Some(last.position), open.head));
        assert!(open.segments_kept >= 1 && open.segments_copied >= 1);
        assert!(closed.bytes_copied < 300, "a seal and no more: {closed:?}");
        assert_eq!(verified_head(&to), open.head);
        last = open.head;
    }
    // What was erased is erased in the backup.
    fs::remove_file(source.join("personal/p1.json")).unwrap();
    fs::write(source.join("personal/p2.json"), "TWO").unwrap();
    let erased = back_up(&source, &to).unwrap();
    assert_eq!((erased.beside_copied, erased.beside_erased), (1, 1));
    assert!(!to.join("personal/p1.json").exists());
    assert_eq!(fs::read(to.join("personal/p2.json")).unwrap(), b"TWO");
}

#[tokio::test]
async fn what_lies_beside_is_left_out_only_where_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let (source, to) = (dir.path().join("data"), dir.path().join("backup"));
    written(&source, 5).await;
    let personal = source.join("personal");
    fs::create_dir(&personal).unwrap();
    fs::write(personal.join("p1.json"), "one").unwrap();
    back_up(&source, &to).unwrap();
    // All of it is erased: in the backup too, and no restore brings it back.
    fs::remove_dir_all(&personal).unwrap();
    let erased = back_up(&source, &to).unwrap();
    assert_eq!((erased.beside_copied, erased.beside_erased), (0, 1));
    assert!(!to.join("personal/p1.json").exists());
    fs::write(to.join("personal/p1.json"), "one").unwrap();
    let restored = dir.path().join("restored");
    Restore::new().make(&to, &restored).unwrap();
    assert!(!restored.join("personal").exists());
    // It cannot be listed: that is no reason to leave it out.
    fs::write(&personal, "no directory").unwrap();
    let refused = back_up(&source, &to).unwrap_err();
    assert!(refused.to_string().contains("list"), "{refused}");
}

#[tokio::test]
async fn a_backup_is_read_by_auditors_and_written_to_by_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (source, to) = (dir.path().join("data"), dir.path().join("backup"));
    let heads = written(&source, 10).await;
    back_up(&source, &to).unwrap();
    let before = files::bytes(&to);
    let refused = Journal::open(&to).unwrap_err();
    assert_eq!(refused, OpenError::Backup { path: to.clone() });
    assert_eq!(refused.code(), "is_a_backup");
    assert!(refused.to_string().contains("restore it first"));
    let refused = Journal::create(&to, &founding()).unwrap_err();
    assert_eq!(refused.code(), "is_a_backup");
    let refused = back_up(&to, &dir.path().join("other")).unwrap_err();
    assert_eq!(refused.code(), "is_a_backup");
    let log = Journal::open_read_only(&to).unwrap();
    assert_eq!(log.tree_head(), heads.last().copied());
    assert_eq!(
        support::read_all(&log).await,
        support::read_all(&Journal::open_read_only(&source).unwrap()).await
    );
    assert_eq!(files::bytes(&to), before);
}

#[tokio::test]
async fn a_destination_that_is_something_else_is_refused_by_name_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("data");
    written(&source, 10).await;
    let refused = |to: &Path| {
        let before = files::bytes(to);
        let error = back_up(&source, to).unwrap_err();
        assert_eq!(files::bytes(to), before, "{error}");
        error.code()
    };
    let photos = dir.path().join("photos");
    fs::create_dir(&photos).unwrap();
    fs::write(photos.join("photo.jpg"), "x").unwrap();
    assert_eq!(refused(&photos), "destination_occupied");
    let journal = dir.path().join("journal-only");
    fs::create_dir_all(journal.join("journal")).unwrap();
    fs::write(journal.join("journal/x"), "x").unwrap();
    assert_eq!(refused(&journal), "destination_occupied");
    let other = dir.path().join("other");
    written(&other, 3).await;
    assert_eq!(refused(&other), "destination_occupied");
    assert_eq!(refused(&source), "destination_occupied");
    let mut another = founding();
    another.log_id = Uuid::from_u128(43);
    let elsewhere = dir.path().join("elsewhere");
    let log = Journal::create(&elsewhere, &Founding { ..another }).unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    drop(log);
    let of_another = dir.path().join("of-another");
    back_up(&elsewhere, &of_another).unwrap();
    assert_eq!(refused(&of_another), "backup_of_another_log");
    let empty = dir.path().join("empty");
    drop(Journal::create(&empty, &founding()).unwrap());
    let error = back_up(&empty, &dir.path().join("of-nothing")).unwrap_err();
    assert_eq!(error.code(), "nothing_to_back_up");
}

#[tokio::test]
async fn a_backup_that_holds_more_than_the_source_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let (source, to) = (dir.path().join("data"), dir.path().join("backup"));
    let older = dir.path().join("older");
    written(&source, 10).await;
    files::copy(&source, &older);
    go_on(&open(&source), 5).await;
    let taken = back_up(&source, &to).unwrap();
    // Behind it: an older copy.
    let error = back_up(&older, &to).unwrap_err();
    assert_eq!(error.code(), "backup_diverged", "{error}");
    // As far as it, and with other records.
    let log = open(&older);
    while log.head() <= taken.head.position {
        log.append(support::append(vec![support::write(
            "other/1",
            redress_log::Expected::Any,
            [7],
        )]))
        .await
        .unwrap();
    }
    drop(log);
    assert_eq!(back_up(&older, &to).unwrap_err().code(), "backup_diverged");
    assert_eq!(verified_head(&to), taken.head);
}

#[tokio::test]
async fn a_damaged_source_is_refused_and_a_torn_one_is_backed_up_to_its_last_whole_append() {
    let dir = tempfile::tempdir().unwrap();
    let (source, to) = (dir.path().join("data"), dir.path().join("backup"));
    let heads = written(&source, 12).await;
    let first = &files::segments(&source)[0];
    let whole = fs::read(first).unwrap();
    let mut changed = whole.clone();
    changed[700] ^= 4;
    fs::write(first, changed).unwrap();
    match back_up(&source, &to).unwrap_err() {
        BackupError::SourceDamaged { damage, .. } => {
            assert_eq!(damage.file, "journal/00000000000000000001.jsonl");
        }
        other => panic!("{other}"),
    }
    fs::write(first, whole).unwrap();
    // Torn in the midst of the last append, which has three records: its writer died, and closed no index.
    fs::remove_file(source.join("index/closed.json")).unwrap();
    let last = files::segments(&source).pop().unwrap();
    let text = fs::read_to_string(&last).unwrap();
    let at = text.rfind("\"part\":\"3/3\"").unwrap();
    fs::write(&last, &text[..at]).unwrap();
    let taken = back_up(&source, &to).unwrap();
    assert_eq!(taken.head, heads[heads.len() - 2]);
    assert!(taken.torn.is_some());
    assert_eq!(verified_head(&to), taken.head);
}

#[tokio::test]
async fn damage_in_the_backup_itself_is_noticed_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let (source, to) = (dir.path().join("data"), dir.path().join("backup"));
    written(&source, 20).await;
    back_up(&source, &to).unwrap();
    for segment in files::segments(&to) {
        let whole = fs::read(&segment).unwrap();
        let mut changed = whole.clone();
        changed[500] ^= 1;
        fs::write(&segment, &changed).unwrap();
        let error = back_up(&source, &to).unwrap_err();
        assert_eq!(error.code(), "backup_damaged", "{error}");
        fs::remove_file(&segment).unwrap();
        let error = back_up(&source, &to).unwrap_err();
        assert_eq!(error.code(), "backup_damaged", "{error}");
        let found = Verification::new().read(&to).unwrap();
        assert!(!found.findings.is_empty());
        fs::write(&segment, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(back_up(&source, &to).unwrap_err().code(), "backup_damaged");
        fs::write(&segment, &whole).unwrap();
    }
    let manifest = to.join("backup.json");
    let whole = fs::read(&manifest).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&manifest, changed).unwrap();
        let refused = Verification::new().read(&to).unwrap_err().code();
        assert!(
            ["marker_damaged", "other_format"].contains(&refused),
            "{at}"
        );
        assert!(back_up(&source, &to).is_err(), "{at}");
    }
    fs::write(&manifest, whole).unwrap();
    back_up(&source, &to).unwrap();
    // A manifest of another moment does not vouch for these records.
    fs::copy(&manifest, dir.path().join("early")).unwrap();
    go_on(&open(&source), 30).await;
    back_up(&source, &to).unwrap();
    let early = Verification::new();
    fs::copy(dir.path().join("early"), &manifest).unwrap();
    assert_eq!(
        early.read(&to).unwrap().findings,
        [],
        "an early end is an end"
    );
    fs::remove_file(files::segments(&to).pop().unwrap()).unwrap();
    let earlier = files::segments(&to);
    fs::remove_file(&earlier[2]).unwrap();
    let found = Verification::new().read(&to).unwrap().findings;
    assert!(found.iter().any(|f| f.kind == FindingKind::Damage));
}

/// Interrupts what changes a disk at each of its calls in turn, with a power cut; until it is done in full.
fn interrupted(fresh: &TestDisk, mut run: impl FnMut(&TestDisk) -> bool) -> Vec<TestDisk> {
    let mut left = Vec::new();
    for at in 1.. {
        let disk = fresh.copy();
        disk.set(|rules| rules.dies_at = Some(at));
        let done = run(&disk);
        left.push(disk.power_cut(Keep::Nothing));
        left.push(disk.power_cut(Keep::Some(at)));
        left.push(disk.power_cut(Keep::Everything));
        if done {
            return left;
        }
    }
    left
}

#[tokio::test]
async fn a_backup_that_was_cut_short_leaves_the_one_before_and_is_taken_up_again() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("data");
    written(&source, 6).await;
    let from = || Arc::new(redress_log::RealDisk::new(&source));
    let take = |to: &TestDisk| Backup::at(stamp(9)).take_on(from(), to.shared());
    let head_of = |disk: &TestDisk| {
        let options = JournalOptions::new();
        let log = options.open_read_only_on(disk.shared())?;
        assert_eq!(log.damage(), None);
        Ok::<_, OpenError>(log.tree_head().unwrap())
    };
    // The first.
    let mut first = None;
    let left = interrupted(&TestDisk::new(), |to| {
        take(to).inspect(|b| first = Some(b.head)).is_ok()
    });
    let first = first.unwrap();
    assert!(left.len() > 40);
    for disk in &left {
        if let Ok(head) = head_of(disk) {
            assert_eq!(head, first);
        }
        assert_eq!(take(disk).unwrap().head, first, "{:?}", disk.names());
        assert_eq!(head_of(disk).unwrap(), first);
    }
    // The next.
    let complete = TestDisk::new();
    take(&complete).unwrap();
    go_on(&open(&source), 20).await;
    let mut next = None;
    let left = interrupted(&complete, |to| {
        take(to).inspect(|b| next = Some(b.head)).is_ok()
    });
    let next = next.unwrap();
    assert!(left.len() > 40);
    let mut seen = [0, 0];
    for disk in &left {
        let head = head_of(disk).unwrap();
        assert!(head == first || head == next);
        seen[usize::from(head == next)] += 1;
        assert_eq!(take(disk).unwrap().head, next, "{:?}", disk.names());
        assert_eq!(head_of(disk).unwrap(), next);
    }
    assert!(seen[0] > 30 && seen[1] > 0, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_writer_appends_at_full_speed_each_round_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (source, to) = (dir.path().join("data"), dir.path().join("backup"));
    let options = JournalOptions::new().segment_bytes(3000).tail(1);
    let log = Arc::new(options.create(&source, &founding()).unwrap());
    log.append(one("case/1", 0, [1])).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (log, done) = (log.clone(), done.clone());
        async move {
            let mut n = 1;
            while !done.load(Ordering::SeqCst) {
                log.append(one("case/1", n, [n + 1, n + 2, n + 3]))
                    .await
                    .unwrap();
                n += 3;
            }
        }
    });
    let mut heads = Vec::new();
    for _ in 0..8 {
        let (source, to) = (source.clone(), to.clone());
        let taken = tokio::task::spawn_blocking(move || back_up(&source, &to));
        let taken = taken.await.unwrap().unwrap();
        assert_eq!(taken.head.position.0 % 3, 1, "an append was taken in part");
        assert_eq!(
            verified_head(dir.path().join("backup").as_path()),
            taken.head
        );
        heads.push(taken.head);
        log.beyond(taken.head.position).await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    writer.await.unwrap();
    log.close().await.unwrap();
    assert!(heads.is_sorted_by(|a, b| a.position < b.position));
    assert!(files::segments(&to).len() > 2, "segments changed meanwhile");
    for head in heads {
        let verified = Verification::new().up_to(head.position).read(&source);
        assert_eq!(verified.unwrap().head_at, Some(head));
    }
}

const WRITES: &str = "REDRESS_TEST_WRITES";

/// Not a test by itself: the process that the next one starts.
#[tokio::test]
#[ignore = "is run by another test, as a process of its own"]
async fn writes_until_it_is_killed() {
    let Ok(path) = std::env::var(WRITES) else {
        panic!("no directory is named");
    };
    let options = JournalOptions::new().segment_bytes(50_000).tail(1);
    let log = options.create(path, &founding()).unwrap();
    for n in 0.. {
        log.append(one("case/1", 2 * n, [2 * n + 1, 2 * n + 2]))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_writer_in_another_process_is_backed_up_and_what_it_had_written_can_be_restored() {
    let dir = tempfile::tempdir().unwrap();
    let (source, to) = (dir.path().join("data"), dir.path().join("backup"));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "writes_until_it_is_killed"])
        .env(WRITES, &source)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut heads: Vec<TreeHead> = Vec::new();
    for _ in 0..2000 {
        std::thread::sleep(std::time::Duration::from_millis(10));
        if let Ok(taken) = back_up(&source, &to)
            && heads
                .last()
                .is_none_or(|last| last.position < taken.head.position)
        {
            heads.push(taken.head);
        }
        if heads.len() == 5 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(heads.len(), 5, "the writer did not get ahead");
    let restored = dir.path().join("restored");
    let made = Restore::new().make(&to, &restored).unwrap();
    assert_eq!(made.head, heads[4]);
    assert_eq!(made.head.position.0 % 2, 0);
    assert!(Position(0) < heads[0].position);
}
