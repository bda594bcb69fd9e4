//! Whose directory it is, who holds it, and reading beside the one who writes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::Instant,
};

use redress_log::{
    AppendError, Backup, ClockKind, Doctor, EventLog, Founding, Journal, JournalOptions, OpenError,
    Position, Sign, Verification,
};
use support::{founding, numbers, one, read_all, read_stream};
use uuid::Uuid;

#[tokio::test]
async fn what_a_log_was_founded_with_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/complaints");
    let founding = Founding {
        log_id: Uuid::from_u128(7),
        zone: "Europe/Zürich".into(),
        clock: ClockKind::Simulated,
    };
    let log = Journal::create(&path, &founding).unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    drop(log);
    for log in [
        Journal::open(&path).unwrap(),
        Journal::open_read_only(&path).unwrap(),
    ] {
        assert!(log.recovery().clean);
        assert_eq!(log.log_id(), founding.log_id);
        assert_eq!(
            (log.info().zone.as_str(), log.info().clock),
            ("Europe/Zürich", ClockKind::Simulated)
        );
        assert_eq!((log.info().format, log.info().epoch), (0, 1));
        assert_eq!(log.head(), Position(1));
    }
}

#[test]
fn directories_that_are_not_ours_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    let code =
        |opened: Result<Journal, OpenError>| opened.map(|_| ()).map_err(|error| error.code());
    assert_eq!(code(Journal::open(&path)), Err("directory_not_found"));
    assert_eq!(
        code(Journal::open_read_only(&path)),
        Err("directory_not_found")
    );
    fs::create_dir(&path).unwrap();
    assert_eq!(code(Journal::open(&path)), Err("not_a_redress_directory"));
    fs::write(path.join("photo.jpg"), "x").unwrap();
    let error = Journal::open(&path).unwrap_err();
    assert_eq!(
        error,
        OpenError::NotRedress {
            path: path.clone(),
            found: vec!["photo.jpg".into()]
        }
    );
    assert!(
        error
            .to_string()
            .ends_with("is not a redress directory: it holds photo.jpg")
    );
    assert_eq!(
        code(Journal::create(&path, &founding())),
        Err("directory_not_empty")
    );
    assert_eq!(
        fs::read_dir(&path).unwrap().count(),
        1,
        "nothing is left in another's directory"
    );
    assert_eq!(
        code(Journal::open(path.join("photo.jpg"))),
        Err("not_a_redress_directory")
    );
    let log = dir.path().join("log");
    drop(Journal::create(&log, &founding()).unwrap());
    assert_eq!(code(Journal::create(&log, &founding())), Err("log_exists"));
    let marker = fs::read_to_string(log.join("redress.json")).unwrap();
    fs::write(
        log.join("redress.json"),
        marker.replace("\"format\":0", "\"format\":3"),
    )
    .unwrap();
    let error = Journal::open(&log).unwrap_err();
    assert_eq!(
        error,
        OpenError::Format {
            path: log.clone(),
            found: 3,
            known: 0
        }
    );
    fs::write(log.join("redress.json"), "{").unwrap();
    assert_eq!(code(Journal::open(&log)), Err("marker_damaged"));
    let bad = Founding {
        zone: "a\"b".into(),
        ..founding()
    };
    assert_eq!(
        code(Journal::create(dir.path().join("z"), &bad)),
        Err("zone")
    );
}

#[test]
fn a_second_opener_is_told_who_holds_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let log = Journal::create(dir.path().join("log"), &founding()).unwrap();
    let start = Instant::now();
    let error = Journal::open(dir.path().join("log")).unwrap_err();
    assert!(start.elapsed().as_millis() < 1000);
    let expected = OpenError::Locked {
        path: dir.path().join("log"),
        holder: Some(std::process::id()),
    };
    assert_eq!(error, expected);
    Journal::open_read_only(dir.path().join("log")).unwrap();
    drop(log);
    Journal::open(dir.path().join("log")).unwrap();
}

const HELD: &str = "REDRESS_LOG_TEST_HELD";

/// Run in a process of its own by the test below: writes, holds the directory, and waits to be killed.
#[tokio::test]
#[ignore = "a part of the test of a killed holder"]
async fn hold_a_directory() {
    let Ok(path) = std::env::var(HELD) else {
        return;
    };
    let log = Journal::open(path).unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    println!("\nheld");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[tokio::test]
async fn a_killed_holder_leaves_no_obstacle() {
    let dir = tempfile::tempdir().unwrap();
    drop(Journal::create(dir.path().join("log"), &founding()).unwrap());
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "hold_a_directory", "--nocapture"])
        .env(HELD, dir.path().join("log"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "held"));
    let error = Journal::open(dir.path().join("log")).unwrap_err();
    assert_eq!(
        error,
        OpenError::Locked {
            path: dir.path().join("log"),
            holder: Some(child.id())
        }
    );
    child.kill().unwrap();
    child.wait().unwrap();
    let log = Journal::open(dir.path().join("log")).unwrap();
    assert!(!log.recovery().clean);
    assert_eq!(log.recovery().rewritten, Some(Position(1)));
    assert_eq!(numbers(&read_all(&log).await), [1]);
}

#[tokio::test]
async fn a_reader_beside_the_writer_sees_more_when_it_asks() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    let writer = JournalOptions::new()
        .segment_bytes(1200)
        .create(&path, &founding())
        .unwrap();
    let reader = Journal::open_read_only(&path).unwrap();
    assert_eq!(reader.refresh(), Ok(Position::NONE));
    for n in 0..12 {
        writer
            .append(one("case/1", 2 * n, [2 * n + 1, 2 * n + 2]))
            .await
            .unwrap();
        let head = Position(2 * n + 2);
        assert_eq!(reader.head(), Position(2 * n));
        assert_eq!(reader.refresh(), Ok(head));
        assert_eq!(reader.head(), head);
        assert_eq!(
            read_stream(&reader, "case/1").await,
            read_stream(&writer, "case/1").await
        );
        assert_eq!(Journal::open_read_only(&path).unwrap().head(), head);
    }
    assert!(fs::read_dir(path.join("journal")).unwrap().count() > 3);
    assert_eq!(read_all(&reader).await, read_all(&writer).await);
    assert_eq!(
        reader.append(one("case/1", 24, [25])).await,
        Err(AppendError::ReadOnly { damage: None })
    );
    writer.close().await.unwrap();
    assert_eq!(reader.refresh(), Ok(Position(24)));
    // A clean close lets the directory go, though the handle is still there to read.
    let next = Journal::open(&path).unwrap();
    assert!(next.recovery().clean);
    next.append(one("case/1", 24, [25])).await.unwrap();
    assert_eq!(reader.refresh(), Ok(Position(25)));
}

#[tokio::test]
async fn opening_and_closing_without_a_write_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let log = Journal::create(dir.path().join("log"), &founding()).unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    drop(log);
    let segment = dir.path().join("log/journal/00000000000000000001.jsonl");
    let before = fs::read(&segment).unwrap();
    for _ in 0..3 {
        let log = Journal::open(dir.path().join("log")).unwrap();
        assert!(
            log.recovery().clean
                && log.recovery().cut.is_none()
                && log.recovery().rewritten.is_none()
        );
        log.close().await.unwrap();
        drop(log);
    }
    assert_eq!(fs::read(&segment).unwrap(), before);
    assert_eq!(
        fs::read_dir(dir.path().join("log/journal"))
            .unwrap()
            .count(),
        1
    );
}

#[tokio::test]
async fn a_line_is_json_that_any_tool_reads() {
    let dir = tempfile::tempdir().unwrap();
    let log = Journal::create(dir.path().join("log"), &founding()).unwrap();
    log.append(one("case/1", 0, [1, 2])).await.unwrap();
    drop(log);
    let text =
        fs::read_to_string(dir.path().join("log/journal/00000000000000000001.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["redress"], "segment");
    assert_eq!(lines[2]["part"], "2/2");
    assert_eq!(lines[2]["payload"]["text"], "外观不良\n\"x\"");
    assert_eq!(
        (&lines[3]["redress"], &lines[3]["next"]),
        (&"seal".into(), &3.into())
    );
    let marker: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("log/redress.json")).unwrap())
            .unwrap();
    assert_eq!(marker["format"], 0);
}

#[tokio::test]
async fn a_journal_that_is_gone_is_never_begun_again_by_opening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    let log = Journal::create(&path, &founding()).unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    log.close().await.unwrap();
    let journal = path.join("journal");
    fs::remove_dir_all(&journal).unwrap();
    for _ in 0..2 {
        let refused = Journal::open(&path).unwrap_err();
        assert_eq!(refused, OpenError::Empty { path: path.clone() });
        assert_eq!(refused.code(), "directory_not_founded");
        assert!(refused.to_string().contains("its journal is gone"));
        assert!(!journal.exists());
    }
    // Whoever says that nothing was recorded goes on with the founding.
    let again = JournalOptions::new().found_again(&path).unwrap();
    assert_eq!((again.head(), again.log_id()), (Position(0), log.log_id()));
    drop(again);
    assert_eq!(Journal::open(&path).unwrap().head(), Position(0));
    // In a later epoch something was recorded.
    let marker = path.join("redress.json");
    let text = fs::read_to_string(&marker).unwrap();
    fs::write(&marker, text.replace("\"epoch\":1", "\"epoch\":2")).unwrap();
    fs::remove_dir_all(&journal).unwrap();
    let refused = JournalOptions::new().found_again(&path).unwrap_err();
    assert_eq!(refused.code(), "log_exists");
    assert!(!journal.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_lock_that_is_deleted_lets_no_second_writer_in() {
    let dir = tempfile::tempdir().unwrap();
    let options = || JournalOptions::new().segment_bytes(1000);
    let log = options().create(dir.path(), &founding()).unwrap();
    log.append(one("case/1", 0, [1])).await.unwrap();
    let refused = || {
        fs::remove_file(dir.path().join("redress.lock")).unwrap();
        let opened = options().open(dir.path());
        assert!(
            matches!(opened, Err(OpenError::Locked { .. })),
            "{opened:?}"
        );
        let told = Doctor::new().examine(dir.path());
        let locked = |sign: &Sign| matches!(sign, Sign::Locked { .. });
        assert!(told.signs.iter().any(locked), "{:?}", told.signs);
    };
    refused();
    // Beyond a segment's end, too.
    for n in 1..20 {
        log.append(one("case/1", n, [n + 1])).await.unwrap();
    }
    refused();
    // Who only reads asks for no lock.
    let reading = Journal::open_read_only(dir.path()).unwrap();
    assert_eq!(reading.head(), Position(20));
    assert!(
        Verification::new()
            .read(dir.path())
            .unwrap()
            .findings
            .is_empty()
    );
    Backup::at(support::stamp(100))
        .take(dir.path(), dir.path().join("backup"))
        .unwrap();
    log.close().await.unwrap();
    drop(log);
    assert_eq!(options().open(dir.path()).unwrap().head(), Position(20));
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_waits_for_a_pipe_that_is_named_as_a_segment() {
    let dir = tempfile::tempdir().unwrap();
    drop(Journal::create(dir.path(), &founding()).unwrap());
    let pipe = dir.path().join("journal/00000000000000000009.jsonl");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    for opened in [
        Journal::open(dir.path()),
        Journal::open_read_only(dir.path()),
    ] {
        assert_eq!(opened.unwrap_err().code(), "io");
    }
    assert_eq!(
        Verification::new().read(dir.path()).unwrap_err().code(),
        "io"
    );
}
