//! The store: its rows against a map, its checksums, and when the one on disk is trusted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test says so by failing"
)]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader},
    ops::{Bound, ControlFlow},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use proptest::prelude::*;
use redress_log::{
    Checked, ClosingNote, Look, MemoryStore, Shelf, SledStore, Store, StoreChange, StoreError,
};
use serde_json::{Value, json};
use uuid::Uuid;

const LOG: Uuid = Uuid::from_u128(7);

fn put(key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> StoreChange {
    StoreChange {
        key: key.as_ref().to_vec(),
        value: Some(value.as_ref().to_vec()),
    }
}

fn key(number: u64) -> Vec<u8> {
    [b"row/".as_slice(), &number.to_be_bytes()].concat()
}

/// A data directory, its shelf, and a closed store with some rows.
fn closed_store(rows: u64) -> (tempfile::TempDir, Shelf) {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(dir.path());
    let store = shelf.begin().unwrap();
    fill(&store, rows);
    close(&shelf, &store);
    (dir, shelf)
}

fn fill(store: &impl Store, rows: u64) {
    let changes: Vec<StoreChange> = (0..rows)
        .map(|row| put(key(row), vec![row.to_le_bytes()[0]; 100]))
        .collect();
    store.write(&changes).unwrap();
}

fn close(shelf: &Shelf, store: &Checked<SledStore>) {
    shelf
        .close(
            store,
            LOG,
            3,
            &json!({"position": 17, "views": ["register"]}),
        )
        .unwrap();
}

fn look(shelf: &Shelf) -> Look<Value> {
    shelf.look()
}

fn noted(shelf: &Shelf) -> ClosingNote<Value> {
    match look(shelf) {
        Look::Closed(note) => note,
        other => panic!("not closed: {other:?}"),
    }
}

fn wrong(shelf: &Shelf) -> String {
    match look(shelf) {
        Look::Wrong { reason } => reason,
        other => panic!("not wrong: {other:?}"),
    }
}

/// Every file below a directory, and its bytes.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    found
}

fn rows(store: &impl Store, from: &[u8], until: &[u8], back: bool) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut seen = Vec::new();
    let mut visit = |key: &[u8], value: &[u8]| {
        seen.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    };
    if back {
        store.scan_back(from, until, &mut visit).unwrap();
    } else {
        store.scan(from, until, &mut visit).unwrap();
    }
    seen
}

#[derive(Clone, Debug)]
enum Deed {
    Write(Vec<(Vec<u8>, Option<Vec<u8>>)>),
    Get(Vec<u8>),
    Scan(Vec<u8>, Vec<u8>),
    Reopen,
}

fn keys() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(0), Just(b'a'), Just(b'b'), Just(0xfe), Just(0xff)];
    proptest::collection::vec(byte, 0..5)
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let length = prop_oneof![8 => 0_usize..40, 1 => 3000_usize..9000];
    let value = (any::<u8>(), length).prop_map(|(byte, length)| vec![byte; length]);
    let change = (keys(), proptest::option::weighted(0.7, value));
    let deed = prop_oneof![
        6 => proptest::collection::vec(change, 0..60).prop_map(Deed::Write),
        4 => keys().prop_map(Deed::Get),
        4 => (keys(), keys()).prop_map(|(from, until)| Deed::Scan(from, until)),
        1 => Just(Deed::Reopen),
    ];
    proptest::collection::vec(deed, 1..40)
}

/// Does the deeds to a store and to a map and compares what both say.
fn does_as_a_map<S: Store>(mut store: S, deeds: Vec<Deed>, mut reopen: impl FnMut(S) -> S) -> S {
    let mut map = BTreeMap::<Vec<u8>, Vec<u8>>::new();
    for deed in deeds {
        match deed {
            Deed::Write(changes) => {
                let mut written = Vec::new();
                for (key, value) in changes {
                    match value.clone() {
                        Some(value) => map.insert(key.clone(), value),
                        None => map.remove(&key),
                    };
                    written.push(StoreChange { key, value });
                }
                store.write(&written).unwrap();
            }
            Deed::Get(key) => assert_eq!(store.get(&key).unwrap(), map.get(&key).cloned()),
            Deed::Scan(from, until) => {
                let mut expected = Vec::new();
                if from < until {
                    let range = (
                        Bound::Included(from.clone()),
                        Bound::Excluded(until.clone()),
                    );
                    expected.extend(map.range(range).map(|(k, v)| (k.clone(), v.clone())));
                }
                assert_eq!(rows(&store, &from, &until, false), expected);
                expected.reverse();
                assert_eq!(rows(&store, &from, &until, true), expected);
            }
            Deed::Reopen => store = reopen(store),
        }
    }
    let all: Vec<_> = map.into_iter().collect();
    assert_eq!(rows(&store, &[], &[0xff; 8], false), all);
    store
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_body_does_as_a_map(deeds in deeds()) {
        does_as_a_map(Checked::new(MemoryStore::default()), deeds.clone(), |store| store);
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(dir.path());
        let store = does_as_a_map(shelf.begin().unwrap(), deeds, |store| {
            close(&shelf, &store);
            shelf.open(noted(&shelf)).unwrap()
        });
        close(&shelf, &store);
        noted(&shelf);
    }
}

#[test]
fn a_scan_stops_where_the_visit_says() {
    let (_dir, shelf) = closed_store(100);
    let on_disk = shelf.open(noted(&shelf)).unwrap();
    let memory = Checked::new(MemoryStore::default());
    fill(&memory, 100);
    for store in [&on_disk as &dyn Store, &memory] {
        for back in [false, true] {
            let mut seen = Vec::new();
            let mut visit = |key: &[u8], _: &[u8]| {
                seen.push(key.to_vec());
                if seen.len() == 2 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            if back {
                store.scan_back(&key(3), &key(9), &mut visit).unwrap();
                assert_eq!(seen, [key(8), key(7)]);
            } else {
                store.scan(&key(3), &key(9), &mut visit).unwrap();
                assert_eq!(seen, [key(3), key(4)]);
            }
        }
    }
}

#[test]
fn every_flipped_bit_of_a_row_is_noticed() {
    let store = Checked::new(MemoryStore::default());
    store
        .write(&[put("a", ""), put("b", "value"), put("c", [0; 70])])
        .unwrap();
    for name in ["a", "b", "c"] {
        let stands = store.body().get(name.as_bytes()).unwrap().unwrap();
        let wrong = Err(StoreError::Wrong { key: name.into() });
        let is_noticed = |raw: &[u8]| {
            store.body().write(&[put(name, raw)]).unwrap();
            assert_eq!(store.get(name.as_bytes()).map(|_| ()), wrong);
            let mut go_on = |_: &[u8], _: &[u8]| ControlFlow::Continue(());
            assert_eq!(store.scan(b"a", b"d", &mut go_on), wrong);
            assert_eq!(store.scan_back(b"a", b"d", &mut go_on), wrong);
        };
        for bit in 0..stands.len() * 8 {
            let mut flipped = stands.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            is_noticed(&flipped);
        }
        for length in 0..stands.len() {
            is_noticed(&stands[..length]);
        }
        store.body().write(&[put(name, &stands)]).unwrap();
        assert!(store.get(name.as_bytes()).unwrap().is_some());
    }
    // A value under another's key, though every byte of it is as it was written.
    let moved = store.body().get(b"b").unwrap().unwrap();
    store.body().write(&[put("c", moved)]).unwrap();
    assert_eq!(
        store.get(b"c").map_err(|error| error.code()),
        Err("wrong_row")
    );
}

#[test]
fn a_closed_store_answers_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(dir.path());
    let store = shelf.begin().unwrap();
    fill(&store, 10);
    close(&shelf, &store);
    let closed = StoreError::Failed("closed".into());
    let mut visit = |_: &[u8], _: &[u8]| panic!("a row");
    assert_eq!(store.get(b"a"), Err(closed.clone()));
    assert_eq!(store.scan(b"a", b"z", &mut visit), Err(closed.clone()));
    assert_eq!(store.scan_back(b"a", b"z", &mut visit), Err(closed.clone()));
    assert_eq!(store.write(&[put("a", "b")]), Err(closed.clone()));
    assert_eq!(shelf.close(&store, LOG, 3, &json!(null)), Err(closed));
    noted(&shelf);
}

#[test]
fn rows_written_again_and_again_take_little_more_room() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(dir.path());
    let store = shelf.begin().unwrap();
    for round in 0..20 {
        let changes: Vec<_> = (0..1000)
            .map(|row| put(key(row * 7919 % 1000), [round; 2000]))
            .collect();
        store.write(&changes).unwrap();
    }
    close(&shelf, &store);
    // 2 MB of rows, written twenty times.
    let bytes = noted(&shelf).bytes;
    assert!(bytes < 20_000_000, "{bytes}");
}

#[test]
fn what_was_noted_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(dir.path());
    assert_eq!(look(&shelf), Look::Absent);
    let store = shelf.begin().unwrap();
    assert_eq!(look(&shelf), Look::Unclosed);
    fill(&store, 1000);
    close(&shelf, &store);
    let line = fs::read_to_string(dir.path().join("index/closed.json")).unwrap();
    let start = concat!(
        r#"{"redress":"index","version":1,"log":"00000000-0000-0000-0000-000000000007","epoch":3,"#,
        r#""checkpoint":{"position":17,"views":["register"]},"files":[{"name":"sled/conf","bytes":"#
    );
    assert!(line.starts_with(start), "{line}");
    let (body, crc) = line.rsplit_once(",\"crc\":\"").unwrap();
    assert_eq!(
        crc,
        format!("{:08x}\"}}\n", crc32c::crc32c(body.as_bytes()))
    );
    let note = noted(&shelf);
    assert_eq!((note.log, note.epoch), (LOG, 3));
    assert_eq!(note.checkpoint["position"], 17);
    assert!(note.bytes > 100_000);
    let store = shelf.open(note).unwrap();
    assert_eq!(
        look(&shelf),
        Look::Unclosed,
        "the note is gone while it is open"
    );
    assert_eq!(rows(&store, b"row/", b"row0", false).len(), 1000);
    // A checkpoint of another shape is no checkpoint.
    close(&shelf, &store);
    assert!(matches!(shelf.look::<u64>(), Look::Wrong { .. }));
}

/// Closes and opens again and again; nothing is written behind the closing.
fn closes_for_good(rounds: u64) {
    let (_dir, shelf) = closed_store(3000);
    for round in 0..rounds {
        let store = Arc::new(shelf.open(noted(&shelf)).unwrap());
        // A reader on another thread, which may have the tree in hand while it is closed.
        let reader = std::thread::spawn({
            let store = Arc::clone(&store);
            move || while store.get(&key(5)).is_ok() {}
        });
        let changes: Vec<_> = (0..3000)
            .filter(|row| (row + round) % 3 == 0)
            .map(|row| put(key(row), vec![round.to_le_bytes()[0]; 150]))
            .collect();
        store.write(&changes).unwrap();
        close(&shelf, &store);
        noted(&shelf);
        reader.join().unwrap();
        std::thread::sleep(Duration::from_millis(round % 8));
    }
    let store = shelf.open(noted(&shelf)).unwrap();
    assert_eq!(rows(&store, b"row/", b"row0", true).len(), 3000);
}

#[test]
fn nothing_is_written_behind_a_closing() {
    closes_for_good(100);
}

#[test]
fn nothing_is_written_behind_a_closing_on_a_busy_machine() {
    let stop = Arc::new(AtomicBool::new(false));
    let load: Vec<_> = (0..4)
        .map(|_| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || while !stop.load(Ordering::Relaxed) {})
        })
        .collect();
    closes_for_good(100);
    stop.store(true, Ordering::Relaxed);
    load.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn one_flipped_bit_anywhere_is_noticed() {
    let (dir, shelf) = closed_store(300);
    let before = files(dir.path());
    let places: Vec<(&PathBuf, usize)> = before
        .iter()
        .flat_map(|(path, bytes)| (0..bytes.len()).map(move |at| (path, at)))
        .collect();
    let note = dir.path().join("index/closed.json");
    // All of the note, and seeded places of everything.
    let in_note = (0..before[&note].len() * 8).map(|bit| (&note, bit / 8, bit % 8));
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let anywhere = (0..2000).map(|_| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let (path, at) = places[(seed >> 8) as usize % places.len()];
        (path, at, (seed & 7) as usize)
    });
    for (path, at, bit) in in_note.chain(anywhere) {
        let mut bytes = before[path].clone();
        bytes[at] ^= 1 << bit;
        fs::write(path, &bytes).unwrap();
        wrong(&shelf);
        fs::write(path, &before[path]).unwrap();
    }
    assert_eq!(files(dir.path()), before, "looking changes nothing");
    noted(&shelf);
}

#[test]
fn a_file_that_is_missing_or_empty_or_cut_or_longer_is_noticed() {
    let (dir, shelf) = closed_store(500);
    let before = files(dir.path());
    assert!(before.len() >= 3, "{:?}", before.keys());
    for (path, bytes) in &before {
        let is_note = path.ends_with("closed.json");
        fs::remove_file(path).unwrap();
        if is_note {
            assert_eq!(look(&shelf), Look::Unclosed);
        } else {
            assert!(wrong(&shelf).contains("is missing"));
        }
        for length in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            fs::write(path, &bytes[..length]).unwrap();
            wrong(&shelf);
        }
        fs::write(path, [bytes.as_slice(), b"\0"].concat()).unwrap();
        wrong(&shelf);
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
        wrong(&shelf);
        fs::remove_dir(path).unwrap();
        fs::write(path, bytes).unwrap();
        noted(&shelf);
    }
    for extra in [
        "more",
        "sled/more",
        "sled/blobs/12",
        "sled/snap.00000000FFFFFFFF",
    ] {
        let path = dir.path().join("index").join(extra);
        fs::write(&path, "").unwrap();
        assert!(wrong(&shelf).contains("is not in the note"));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(wrong(&shelf).contains("does not belong there"));
        fs::remove_dir(&path).unwrap();
    }
    noted(&shelf);
}

#[test]
fn another_logs_store_is_told_apart() {
    let (dir, shelf) = closed_store(500);
    let other = tempfile::tempdir().unwrap();
    let theirs = Shelf::new(other.path());
    let store = theirs.begin().unwrap();
    fill(&store, 500);
    theirs
        .close(&store, Uuid::from_u128(8), 1, &json!(17))
        .unwrap();
    // Its files under our note.
    for file in ["sled/db", "sled/conf"] {
        let path = dir.path().join("index").join(file);
        let ours = fs::read(&path).unwrap();
        let their = fs::read(other.path().join("index").join(file)).unwrap();
        fs::write(&path, &their).unwrap();
        if ours == their {
            noted(&shelf);
        } else {
            wrong(&shelf);
        }
        fs::write(&path, &ours).unwrap();
    }
    // All of it: sound, and not ours; the caller compares.
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    fs::rename(other.path().join("index"), dir.path().join("index")).unwrap();
    assert_eq!(noted(&shelf).log, Uuid::from_u128(8));
}

#[test]
fn a_note_opens_no_other_store() {
    let (_dir, shelf) = closed_store(5);
    let (_other, theirs) = closed_store(5);
    let opened = theirs.open(noted(&shelf));
    assert_eq!(
        opened.map(|_| ()).map_err(|error| error.code()),
        Err("failed")
    );
    noted(&shelf);
    noted(&theirs);
}

#[test]
fn what_is_not_a_store_is_set_aside_too() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(dir.path());
    let index = dir.path().join("index");
    let aside = dir.path().join("index-aside");
    assert_eq!(shelf.set_aside(), Ok(None));
    fs::write(&index, "a file").unwrap();
    wrong(&shelf);
    assert_eq!(shelf.set_aside(), Ok(Some(aside.clone())));
    assert_eq!(fs::read(&aside).unwrap(), b"a file");
    fs::create_dir(&index).unwrap();
    assert_eq!(look(&shelf), Look::Unclosed);
    assert_eq!(shelf.set_aside(), Ok(Some(aside.clone())));
    // A store, twice; the one before goes.
    for rows in [3, 4] {
        let store = shelf.begin().unwrap();
        fill(&store, rows);
        close(&shelf, &store);
        assert_eq!(shelf.set_aside(), Ok(Some(aside.clone())));
        assert_eq!(look(&shelf), Look::Absent);
    }
    // One that is open: its process goes on writing into what lies aside.
    let store = shelf.begin().unwrap();
    assert_eq!(shelf.set_aside(), Ok(Some(aside)));
    fill(&store, 10);
    assert_eq!(look(&shelf), Look::Absent);
    let new = shelf.begin().unwrap();
    fill(&new, 10);
    close(&shelf, &new);
    noted(&shelf);
}

#[cfg(unix)]
#[test]
fn links_and_what_cannot_be_read_are_wrong() {
    let (dir, shelf) = closed_store(5);
    let index = dir.path().join("index");
    for file in ["closed.json", "sled/db"] {
        let path = index.join(file);
        let away = dir.path().join("away");
        fs::rename(&path, &away).unwrap();
        std::os::unix::fs::symlink(&away, &path).unwrap();
        wrong(&shelf);
        fs::remove_file(&path).unwrap();
        fs::rename(&away, &path).unwrap();
        noted(&shelf);
    }
    shelf.set_aside().unwrap();
    std::os::unix::fs::symlink(dir.path().join("nowhere"), &index).unwrap();
    assert_eq!(look(&shelf), Look::Unclosed);
    assert!(shelf.set_aside().unwrap().is_some());
    assert_eq!(look(&shelf), Look::Absent);
    shelf.begin().unwrap();
}

#[test]
fn a_copy_is_opened_and_the_original_stays_closed() {
    let (dir, shelf) = closed_store(2000);
    let before = files(dir.path());
    let other = tempfile::tempdir().unwrap();
    let copy = shelf.copy_to(other.path()).unwrap();
    let store = copy.open(noted(&copy)).unwrap();
    assert_eq!(rows(&store, b"row/", b"row0", false).len(), 2000);
    fill(&store, 3000);
    drop(store);
    assert_eq!(files(dir.path()), before);
    noted(&shelf);
    assert!(shelf.copy_to(other.path()).is_err(), "there is one already");
}

const CHILD_WRITES_IN: &str = "REDRESS_TEST_STORE_DIRECTORY";

/// Not a test: what the process does that is killed below.
#[test]
#[ignore = "the part of another process; the test below starts it"]
fn child_writes() {
    let Ok(directory) = std::env::var(CHILD_WRITES_IN) else {
        return;
    };
    let shelf = Shelf::new(directory);
    let store = match look(&shelf) {
        Look::Closed(note) => shelf.open(note).unwrap(),
        _ => shelf.begin().unwrap(),
    };
    for round in 0.. {
        fill(&store, 5000 + round);
        eprintln!("round {round}");
    }
}

#[test]
fn a_killed_process_leaves_an_unclosed_store() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(dir.path());
    for rounds in [1, 3, 5] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_writes", "--ignored", "--nocapture"])
            .env(CHILD_WRITES_IN, dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let heard = said.lines().map_while(Result::ok);
        assert_eq!(heard.take(rounds).count(), rounds, "the child writes");
        assert_eq!(look(&shelf), Look::Unclosed);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(look(&shelf), Look::Unclosed);
        // Half of the rounds begin with a closed store.
        if rounds > 1 {
            let store = shelf.begin().unwrap();
            fill(&store, 5000);
            close(&shelf, &store);
        }
    }
    let store = shelf.begin().unwrap();
    assert_eq!(rows(&store, b"row/", b"row0", false), []);
}

/// A small disk in memory, unmounted at the end; none where that is not allowed.
#[cfg(target_os = "linux")]
struct SmallDisk(PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(at: &Path, megabytes: u32) -> Option<SmallDisk> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(SmallDisk(at.to_path_buf()));
        }
        eprintln!("left out: a small disk cannot be mounted here");
        None
    }

    fn fill(&self) {
        let mut file = fs::File::create(self.0.join("ballast")).unwrap();
        while std::io::Write::write_all(&mut file, &[1; 4096]).is_ok() {}
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_a_closed_store_closed_and_begins_none() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(dir.path(), 80) else {
        return;
    };
    let shelf = Shelf::new(dir.path());
    assert!(shelf.has_room());
    let store = shelf.begin().unwrap();
    fill(&store, 3000);
    close(&shelf, &store);
    disk.fill();
    assert!(!shelf.has_room());
    assert_eq!(
        shelf.open(noted(&shelf)).map(|_| ()),
        Err(StoreError::NoRoom)
    );
    assert_eq!(shelf.begin().map(|_| ()), Err(StoreError::NoRoom));
    noted(&shelf);
    assert!(shelf.set_aside().unwrap().is_some());
    assert_eq!(look(&shelf), Look::Absent);
    fs::rename(dir.path().join("index-aside"), dir.path().join("index")).unwrap();
    fs::create_dir(dir.path().join("index-aside")).unwrap();
    assert!(shelf.set_aside().unwrap().is_some());
    assert_eq!(shelf.set_aside(), Ok(None));
}

#[cfg(target_os = "linux")]
#[test]
fn a_store_whose_note_finds_no_room_stays_unclosed() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(dir.path(), 80) else {
        return;
    };
    let shelf = Shelf::new(dir.path());
    let store = shelf.begin().unwrap();
    fill(&store, 3000);
    disk.fill();
    let closed = shelf.close(&store, LOG, 1, &"x".repeat(100_000));
    assert_eq!(closed.map_err(|error| error.code()), Err("failed"));
    assert_eq!(look(&shelf), Look::Unclosed);
    assert!(shelf.set_aside().unwrap().is_some());
    fs::remove_file(dir.path().join("ballast")).unwrap();
    shelf.begin().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn what_lies_aside_and_cannot_be_deleted_is_left() {
    let (dir, shelf) = closed_store(5);
    let aside = dir.path().join("index-aside");
    fs::create_dir(&aside).unwrap();
    let Some(_disk) = SmallDisk::mount(&aside, 1) else {
        return;
    };
    for _ in 0..2 {
        let second = dir.path().join("index-aside-2");
        assert_eq!(shelf.set_aside(), Ok(Some(second)));
        shelf.begin().unwrap();
    }
}
