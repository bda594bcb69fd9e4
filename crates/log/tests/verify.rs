//! A directory is what was written, or it is told where it is not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{fs, path::Path, sync::Arc, sync::atomic::AtomicBool, sync::atomic::Ordering};

use redress_log::{
    Append, EventLog, FindingKind, IndexState, Journal, JournalOptions, Look, Position, RawJson,
    Shelf, Store as _, StoreChange, TreeHead, Verification, Verified,
};
use support::{
    files::{self, Seeded, written},
    founding, one,
};

fn verify(path: &Path) -> Verified {
    Verification::new().read(path).unwrap()
}

fn kinds(verified: &Verified) -> Vec<FindingKind> {
    verified.findings.iter().map(|f| f.kind).collect()
}

#[tokio::test]
async fn a_whole_directory_is_whole_and_its_heads_are_those_that_were_printed() {
    let dir = tempfile::tempdir().unwrap();
    let heads = written(dir.path(), 40).await;
    let before = files::bytes(dir.path());
    let last = *heads.last().unwrap();
    for head in &heads {
        let verified = Verification::new()
            .up_to(head.position)
            .read(dir.path())
            .unwrap();
        assert_eq!(verified.findings, []);
        assert_eq!(verified.head_at, Some(*head));
        assert_eq!(verified.head, Some(last));
    }
    let verified = verify(dir.path());
    assert_eq!(verified.position, last.position);
    assert_eq!(verified.epochs, [(1, Position(1))]);
    assert_eq!(
        verified.index,
        IndexState::Sound {
            position: last.position
        }
    );
    assert!(verified.counts.segments > 3, "{:?}", verified.counts);
    assert_eq!(verified.counts.records, last.position.0);
    assert_eq!(verified.counts.streams, 3);
    let beyond = Verification::new()
        .up_to(last.position.next())
        .read(dir.path())
        .unwrap();
    assert_eq!((beyond.head_at, beyond.findings), (None, vec![]));
    assert_eq!(files::bytes(dir.path()), before, "something was changed");
}

#[tokio::test]
async fn every_flipped_bit_is_found_in_journal_index_and_marker() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 24).await;
    let mut seeded = Seeded(0x5EED);
    let mut flips = 0;
    let mut changes = |path: &Path, bytes: &[u8]| -> Vec<(usize, u8)> {
        let is_journal = path.starts_with("journal");
        let places = if is_journal { 120 } else { 60 };
        let mut changes: Vec<(usize, u8)> = (0..places.min(bytes.len()))
            .map(|_| (seeded.below(bytes.len()), 1 << seeded.below(8)))
            .collect();
        if is_journal {
            // The ends of lines and of the file are places of their own.
            let ends = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n');
            changes.extend(ends.map(|(at, _)| (at, 1 << seeded.below(8))));
        }
        changes
    };
    for (file, bytes) in files::bytes(dir.path()) {
        let path = dir.path().join(&file);
        // What a lock file says is a help for people.
        if file == Path::new("redress.lock") {
            continue;
        }
        for (at, flip) in changes(&file, &bytes) {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            fs::write(&path, &changed).unwrap();
            let read = Verification::new().read(dir.path());
            let told = format!("{} byte {at} ^ {flip:#x}", file.display());
            if file == Path::new("redress.json") {
                // A marker may say that a later life begins: that is not told from a restore.
                let later = String::from_utf8_lossy(&changed).contains("\"epoch\":1,");
                assert!(
                    !later || read.is_err() || !read.unwrap().findings.is_empty(),
                    "{told}"
                );
                continue;
            }
            let verified = read.unwrap();
            assert!(!verified.findings.is_empty(), "{told}");
            let named = verified.findings.iter().any(|finding| {
                Path::new(&finding.file) == file
                    || (finding.file == "index" && file.starts_with("index"))
            });
            assert!(named, "{told}: {:?}", verified.findings);
            flips += 1;
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert!(flips > 600, "{flips}");
    assert_eq!(verify(dir.path()).findings, []);
}

#[tokio::test]
async fn who_recomputes_a_checksum_is_found_by_the_tree() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 12).await;
    let path = &files::segments(dir.path())[0];
    let text = fs::read_to_string(path).unwrap();
    let forged: Vec<Vec<u8>> = text
        .lines()
        .map(|line| files::resealed(line.replace("工号7", "工号8").as_bytes()))
        .collect();
    fs::write(path, [forged.join(&b'\n'), b"\n".to_vec()].concat()).unwrap();
    let verified = verify(dir.path());
    assert!(kinds(&verified).contains(&FindingKind::Damage));
    let first = &verified.findings[0];
    assert!(first.what.contains("tree head"), "{first:?}");
    assert_eq!(verified.head, None);
    // A content that JSON would understand and this format does not write.
    let loose = text.replacen("\"number\":1,", "\"number\":1.0,", 1);
    let loose: Vec<Vec<u8>> = loose
        .lines()
        .map(|line| files::resealed(line.as_bytes()))
        .collect();
    fs::write(path, [loose.join(&b'\n'), b"\n".to_vec()].concat()).unwrap();
    let verified = verify(dir.path());
    assert_eq!(verified.findings[0].position, Some(Position(1)));
    assert!(
        verified.findings[0].what.contains("content"),
        "{:?}",
        verified.findings
    );
}

#[tokio::test]
async fn a_torn_end_is_a_finding_of_its_own_kind_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 12).await;
    let last = files::segments(dir.path()).pop().unwrap();
    let whole = fs::read(&last).unwrap();
    let seal = whole
        .windows(16)
        .rposition(|w| w == b"{\"redress\":\"seal")
        .unwrap();
    fs::write(&last, &whole[..seal - 3]).unwrap();
    let before = files::bytes(dir.path());
    let verified = verify(dir.path());
    assert_eq!(verified.findings[0].kind, FindingKind::Torn);
    // The index was closed behind what is torn now: that is told, too.
    assert!(kinds(&verified).contains(&FindingKind::Ahead));
    assert!(matches!(verified.index, IndexState::Ahead { .. }));
    assert_eq!(files::bytes(dir.path()), before);
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    let verified = verify(dir.path());
    assert_eq!(kinds(&verified), [FindingKind::Torn]);
    assert!(verified.head.is_some(), "up to there everything is known");
    drop(Journal::open(dir.path()).unwrap());
    let verified = verify(dir.path());
    assert_eq!(verified.findings, []);
    assert_eq!(verified.leftovers.len(), 1, "{:?}", verified.leftovers);
    assert!(verified.leftovers[0].starts_with("journal/cut-"));
}

/// Changes a closed store's rows and closes it again, with files that agree with their note.
fn tamper(path: &Path, change: impl FnOnce(&mut Vec<(Vec<u8>, Vec<u8>)>) -> StoreChange) {
    let shelf = Shelf::new(path);
    let Look::Closed(note) = shelf.look::<serde_json::Value>() else {
        panic!("no closed store");
    };
    let (log, epoch, checkpoint) = (note.log, note.epoch, note.checkpoint.clone());
    let store = shelf.open(note).unwrap();
    let mut rows = Vec::new();
    store
        .scan(b"", b"\xff", &mut |key, value| {
            rows.push((key.to_vec(), value.to_vec()));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    store.write(&[change(&mut rows)]).unwrap();
    shelf.close(&store, log, epoch, &checkpoint).unwrap();
}

#[tokio::test]
async fn an_index_that_lies_is_found_row_by_row() {
    let dir = tempfile::tempdir().unwrap();
    let heads = written(dir.path(), 24).await;
    let sound = IndexState::Sound {
        position: heads.last().unwrap().position,
    };
    let row = |rows: &[(Vec<u8>, Vec<u8>)], start: &[u8]| {
        rows.iter()
            .find(|(key, _)| key.starts_with(start))
            .unwrap()
            .clone()
    };
    let put = |key: Vec<u8>, value| StoreChange { key, value };
    type Change = Box<dyn FnOnce(&mut Vec<(Vec<u8>, Vec<u8>)>) -> StoreChange>;
    let changes: Vec<(&str, Change)> = vec![
        (
            "a run is gone",
            Box::new(move |rows| put(row(rows, b"i\0").0, None)),
        ),
        (
            "an entry names another place",
            Box::new(move |rows| {
                let (key, mut value) = row(rows, b"i\0");
                value[1] ^= 2;
                put(key, Some(value))
            }),
        ),
        (
            "a run is cut short",
            Box::new(move |rows| {
                let (key, mut value) = row(rows, b"i\0");
                value.truncate(value.len() - 3);
                put(key, Some(value))
            }),
        ),
        (
            "a stream that is not there",
            Box::new(move |rows| {
                let (_, value) = row(rows, b"i\0");
                put(b"i\0case/9\0\0\0\0\0\0\0\0\x01".to_vec(), Some(value))
            }),
        ),
        (
            "a waymark names another place",
            Box::new(move |rows| {
                let (key, mut value) = row(rows, b"w\0");
                value[1] ^= 2;
                put(key, Some(value))
            }),
        ),
        (
            "it reaches less far",
            Box::new(move |_| put(b"r".to_vec(), Some(vec![0, 0, 0, 0, 0, 0, 0, 3]))),
        ),
    ];
    for (name, change) in changes {
        let copy = tempfile::tempdir().unwrap();
        files::copy(dir.path(), copy.path());
        assert_eq!(verify(copy.path()).index, sound);
        tamper(copy.path(), change);
        let verified = verify(copy.path());
        assert_eq!(kinds(&verified), [FindingKind::Index], "{name}");
        assert!(matches!(verified.index, IndexState::Wrong { .. }), "{name}");
    }
    // Rows that are not the index's are not its business.
    tamper(dir.path(), |_| StoreChange {
        key: b"v/register/1/x".to_vec(),
        value: Some(b"row".to_vec()),
    });
    assert_eq!(verify(dir.path()).index, sound);
}

#[tokio::test]
async fn an_index_of_another_log_and_one_that_was_not_closed_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    written(dir.path(), 12).await;
    written(other.path(), 18).await;
    fs::remove_file(dir.path().join("index/closed.json")).unwrap();
    let verified = verify(dir.path());
    assert_eq!(
        (verified.index, verified.findings),
        (IndexState::Unclosed, vec![])
    );
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    let verified = verify(dir.path());
    assert_eq!(
        (verified.index, verified.findings),
        (IndexState::Absent, vec![])
    );
    // The same log's, that went on elsewhere.
    files::copy(&other.path().join("index"), &dir.path().join("index"));
    fs::create_dir_all(dir.path().join("index/sled/blobs")).unwrap();
    let verified = verify(dir.path());
    assert_eq!(kinds(&verified), [FindingKind::Ahead], "{verified:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_a_running_writer_nothing_is_found_and_the_prefix_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let options = JournalOptions::new().segment_bytes(30_000).tail(1);
    let log = Arc::new(options.create(dir.path(), &founding()).unwrap());
    log.append(one("case/1", 0, [1])).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (log, done) = (log.clone(), done.clone());
        async move {
            let mut n = 1;
            while !done.load(Ordering::SeqCst) {
                log.append(one("case/1", n, [n + 1, n + 2])).await.unwrap();
                n += 2;
            }
            n
        }
    });
    let path = dir.path().to_owned();
    let mut positions = Vec::new();
    for _ in 0..8 {
        let path = path.clone();
        let verified = tokio::task::spawn_blocking(move || verify(&path))
            .await
            .unwrap();
        let torn = kinds(&verified)
            .iter()
            .all(|kind| *kind == FindingKind::Torn);
        assert!(torn, "{:?}", verified.findings);
        assert!(verified.position.0 % 2 == 1, "an append was seen in part");
        positions.push(verified.position);
        log.beyond(verified.position).await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    assert!(writer.await.unwrap() >= positions.last().unwrap().0);
    assert!(
        positions.is_sorted_by(|before, after| before < after),
        "{positions:?}"
    );
    log.close().await.unwrap();
    assert_eq!(verify(dir.path()).findings, []);
}

/// How the records of these tests state a head: in words of their own.
fn stating() -> Verification {
    Verification::new().stating(["month.closed"], |recorded| {
        let said: serde_json::Value =
            serde_json::from_str(recorded.payload.as_str()).map_err(|error| error.to_string())?;
        let Some(root) = said["root"].as_str() else {
            return Ok(None);
        };
        let hash = root.parse().map_err(|_| format!("`{root}`"))?;
        let position = Position(said["size"].as_u64().unwrap_or(0));
        Ok(Some(TreeHead { position, hash }))
    })
}

/// An append of one record that states a head.
fn states(payload: &str) -> Append {
    let mut append = one("month/1", 0, [900]);
    append.writes[0].expected = redress_log::Expected::Any;
    append.writes[0].events[0].kind = "month.closed".to_owned();
    append.writes[0].events[0].payload = RawJson::new(payload).unwrap();
    append
}

fn payload(size: u64, root: &str) -> String {
    format!(r#"{{"size":{size},"root":"{root}"}}"#)
}

/// A log of some events, a record that states the head over them or another, and some events more.
async fn with_statement(path: &Path, first: u64, statement: Option<&str>) -> TreeHead {
    let options = JournalOptions::new().segment_bytes(4000).tail(1);
    let log = options.create(path, &founding()).unwrap();
    for number in 0..30 {
        let number = if number == 7 { first } else { number };
        let append = one(&format!("case/{}", number % 3), 0, [number]);
        let writes = append.writes.into_iter().map(|mut write| {
            write.expected = redress_log::Expected::Any;
            write
        });
        let append = support::append(writes.collect());
        log.append(append).await.unwrap();
    }
    let head = log.tree_head().unwrap();
    let own = payload(head.position.0, &head.hash.to_string());
    log.append(states(statement.unwrap_or(&own))).await.unwrap();
    log.append(one("case/9", 0, [99])).await.unwrap();
    log.close().await.unwrap();
    head
}

#[tokio::test]
async fn a_head_that_a_record_states_is_compared_with_what_stands_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let honest = dir.path().join("honest");
    let head = with_statement(&honest, 7, None).await;
    assert_eq!(stating().read(&honest).unwrap().findings, []);

    // Everything before was written anew, with checksums, headers, seals and index that agree; only what was printed
    // and recorded at the month's close is as it was.
    let own = payload(head.position.0, &head.hash.to_string());
    let forged = dir.path().join("forged");
    let other = with_statement(&forged, 10, Some(&own)).await;
    assert_ne!(other.hash, head.hash);
    assert_eq!(verify(&forged).findings, []);
    let verified = stating().read(&forged).unwrap();
    assert_eq!(kinds(&verified), [FindingKind::Head]);
    let finding = &verified.findings[0];
    assert_eq!(finding.position, Some(head.position.next()));
    assert!(finding.file.starts_with("journal/"), "{finding:?}");
    for part in [
        "month/1",
        &head.position.to_string(),
        &head.hash.to_string(),
        &other.hash.to_string(),
    ] {
        assert!(finding.what.contains(part), "{part}: {}", finding.what);
    }
}

#[tokio::test]
async fn a_statement_that_cannot_be_so_is_told() {
    let root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
    let cases = [
        (payload(30, root), "another head"),
        (payload(0, root), "a head over nothing"),
        (payload(31, root), "a head over itself"),
        (payload(5000, root), "a head over what is not"),
        (payload(30, "5dc9"), "no head"),
    ];
    for (payload, told) in cases {
        let dir = tempfile::tempdir().unwrap();
        with_statement(dir.path(), 7, Some(&payload)).await;
        let verified = stating().read(dir.path()).unwrap();
        assert_eq!(kinds(&verified), [FindingKind::Head], "{told}");
    }
    let dir = tempfile::tempdir().unwrap();
    with_statement(dir.path(), 7, Some(r#"{"size":30}"#)).await;
    assert_eq!(stating().read(dir.path()).unwrap().findings, []);
}

#[tokio::test]
async fn a_log_in_memory_has_the_head_of_a_journal_with_the_same_records() {
    let dir = tempfile::tempdir().unwrap();
    let head = with_statement(dir.path(), 7, None).await;
    let journal = JournalOptions::new().open_read_only(dir.path()).unwrap();
    let memory = redress_log::MemoryLog::new(
        journal.info().log_id,
        journal.info().zone.clone(),
        journal.info().clock,
    );
    assert_eq!(EventLog::tree_head(&memory).unwrap().position, Position(0));
    for record in support::read_all(&journal).await {
        let write = redress_log::StreamWrite {
            stream: record.stream.clone(),
            expected: redress_log::Expected::Any,
            events: vec![redress_log::NewEvent {
                id: record.id,
                kind: record.kind.clone(),
                schema: record.schema,
                occurred_at: record.occurred_at,
                actor: record.actor.clone(),
                command: record.command.clone(),
                payload: record.payload.clone(),
            }],
        };
        let append = Append {
            recorded_at: record.recorded_at,
            writes: vec![write],
        };
        memory.append(append).await.unwrap();
        if record.position == head.position {
            assert_eq!(EventLog::tree_head(&memory), Some(head));
        }
    }
    assert_eq!(EventLog::tree_head(&memory), journal.tree_head());
}
