//! The views' rows in the store beside the journal: whatever becomes of its files, no answer is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use redress::log::{
    Entry, Index, IndexError, Indexed, JournalOptions, MemoryIndex, MemoryStore, Position, Store,
    StoreChange, StoreError, StoreVisit, Version,
};
use redress::views::rows::Rows;
use redress::{Builder, Error, HandClock, Progress, Redress};
use support::questions::{Answered, ask, ask_views, cases, company, small};
use support::{at, builder, by, clock, founding, lodge, to_approval};

fn opening(path: &Path) -> Builder {
    let clock = Arc::new(HandClock::at(at("2026-03-25T12:00:00+08:00")));
    builder(&clock).directory(path).journal(small())
}

async fn open(path: &Path) -> Redress {
    opening(path).open().await.unwrap()
}

/// A closed directory and what it answers.
struct Closed {
    below: tempfile::TempDir,
    cases: Vec<redress::kernel::id::CaseId>,
    answers: Vec<Answered>,
}

impl Closed {
    async fn new() -> Self {
        let below = tempfile::tempdir().unwrap();
        let (desk, _) = company(&below.path().join("whole")).await;
        let cases = cases(&desk).await;
        let answers = ask(&desk, &cases).await;
        desk.close().await.unwrap();
        Self {
            below,
            cases,
            answers,
        }
    }

    /// A copy of the directory.
    fn copy(&self) -> PathBuf {
        let whole = self.below.path().join("whole");
        let copy = self.below.path().join("copy");
        let _ = fs::remove_dir_all(&copy);
        copy_directory(&whole, &copy);
        copy
    }

    async fn holds(&self, desk: &Redress, what: &str) {
        same(&self.answers, &ask(desk, &self.cases).await, what);
        let rebuilt = desk.views_rebuilt().await.unwrap();
        assert!(
            rebuilt.rows() == desk.views().await.unwrap().rows(),
            "{what}"
        );
    }
}

fn copy_directory(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_directory(&path, &copy);
        } else {
            fs::copy(&path, &copy).unwrap();
        }
    }
}

fn same(was: &[Answered], is: &[Answered], what: &str) {
    assert_eq!(was.len(), is.len());
    for (was, is) in was.iter().zip(is) {
        assert_eq!(was, is, "{what}");
    }
}

async fn in_store(desk: &Redress) -> bool {
    desk.views().await.unwrap().rows().is_store()
}

#[tokio::test]
async fn a_store_opened_again_answers_as_memory_does() {
    let closed = Closed::new().await;
    let path = closed.copy();
    let told = Arc::new(AtomicU64::new(0));
    let views = told.clone();
    let count = move |progress| {
        if matches!(progress, Progress::Views { .. }) {
            views.fetch_add(1, Ordering::Relaxed);
        }
    };
    let desk = opening(&path).progress(count).open().await.unwrap();
    assert_eq!(desk.recovery().index_rebuilt, None);
    closed.holds(&desk, "from the store").await;
    assert!(in_store(&desk).await);
    // The rows were there: no record was read for them.
    assert_eq!(told.load(Ordering::Relaxed), 0);
    // Read by another beside it, who has no store.
    let beside = opening(&path).read_only().open().await.unwrap();
    closed.holds(&beside, "beside the writer").await;
    assert!(!in_store(&beside).await);
    let second = opening(&path).open().await.unwrap_err();
    assert_eq!(second.code(), "locked");
    desk.close().await.unwrap();
    closed.holds(&desk, "after closing").await;
    assert!(!in_store(&desk).await);
    let desk = open(&path).await;
    closed.holds(&desk, "opened once more").await;
    assert_eq!(desk.recovery().index_rebuilt, None);
}

#[tokio::test]
async fn views_that_nobody_asked_are_brought_up_in_closing() {
    let below = tempfile::tempdir().unwrap();
    let path = below.path().join("desk");
    let clock = clock();
    let desk = builder(&clock)
        .directory(&path)
        .journal(small())
        .found(founding())
        .await
        .unwrap();
    to_approval(&desk, &clock).await;
    desk.close().await.unwrap();
    let head = desk.head();
    drop(desk);
    let desk = open(&path).await;
    let store = desk.journal().unwrap().store().unwrap();
    let checkpoint = store.get(b"v/checkpoint").unwrap().unwrap();
    let checkpoint = String::from_utf8_lossy(&checkpoint).into_owned();
    assert!(
        checkpoint.contains(&format!("{{\"position\":{head},")),
        "{checkpoint}"
    );
}

#[tokio::test]
async fn views_move_into_a_store_that_appears() {
    let below = tempfile::tempdir().unwrap();
    let clock = clock();
    let desk = builder(&clock)
        .directory(below.path().join("desk"))
        .journal(JournalOptions::new().tail(60))
        .found(founding())
        .await
        .unwrap();
    to_approval(&desk, &clock).await;
    let lists = ask_views(&desk).await;
    assert!(!in_store(&desk).await);
    to_approval(&desk, &clock).await;
    // The index is moved behind by a thread of the journal's.
    while desk.journal().unwrap().store().is_none() {
        std::thread::yield_now();
    }
    assert!(in_store(&desk).await);
    assert_ne!(lists, ask_views(&desk).await);
    let rebuilt = desk.views_rebuilt().await.unwrap();
    assert!(rebuilt.rows() == desk.views().await.unwrap().rows());
}

/// What is done to a file.
type Deed = fn(&Path);

#[tokio::test]
async fn whatever_becomes_of_the_stores_files_is_told_and_built_anew() {
    let closed = Closed::new().await;
    let files = support::flips::files(&closed.copy(), &closed.copy().join("index"));
    let files: Vec<PathBuf> = files.into_iter().map(|(path, _)| path).collect();
    assert!(files.len() >= 3, "{files:?}");
    let deeds: [(&str, Deed); 5] = [
        ("deleted", |file| fs::remove_file(file).unwrap()),
        ("emptied", |file| fs::write(file, []).unwrap()),
        ("cut", |file| {
            let bytes = fs::read(file).unwrap();
            fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("flipped", |file| {
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            fs::write(file, bytes).unwrap();
        }),
        ("a directory instead", |file| {
            fs::remove_file(file).unwrap();
            fs::create_dir(file).unwrap();
        }),
    ];
    for file in &files {
        for (name, deed) in deeds {
            let path = closed.copy();
            let what = format!("{} {name}", file.display());
            deed(&path.join(file));
            let told = Arc::new(AtomicBool::new(false));
            let journal = told.clone();
            let note = move |progress| {
                if matches!(progress, Progress::Journal(_)) {
                    journal.store(true, Ordering::Relaxed);
                }
            };
            let desk = opening(&path).progress(note).open().await.unwrap();
            assert!(desk.recovery().index_rebuilt.is_some(), "{what}");
            assert!(told.load(Ordering::Relaxed), "{what}");
            closed.holds(&desk, &what).await;
        }
    }
    let path = closed.copy();
    fs::remove_dir_all(path.join("index")).unwrap();
    let desk = open(&path).await;
    closed.holds(&desk, "all gone").await;
}

/// Puts the store of one directory into another.
fn put_store(from: &Path, into: &Path) {
    fs::remove_dir_all(into.join("index")).unwrap();
    copy_directory(&from.join("index"), &into.join("index"));
}

#[tokio::test]
async fn a_store_of_another_time_or_another_log_gives_no_wrong_answer() {
    let closed = Closed::new().await;
    let below = tempfile::tempdir().unwrap();
    // Another company, with as many events.
    let other = below.path().join("other");
    let (desk, _) = company(&other).await;
    desk.close().await.unwrap();
    drop(desk);
    let path = closed.copy();
    put_store(&other, &path);
    let desk = open(&path).await;
    assert!(desk.recovery().index_rebuilt.is_some());
    closed.holds(&desk, "another log's").await;
    drop(desk);
    // The same log's of before: the journal has gone on since.
    let path = closed.copy();
    let desk = open(&path).await;
    lodge(&desk).await;
    let cases = cases(&desk).await;
    let answers = ask(&desk, &cases).await;
    desk.close().await.unwrap();
    drop(desk);
    let newer = below.path().join("newer");
    copy_directory(&path, &newer);
    put_store(&closed.below.path().join("whole"), &path);
    let desk = open(&path).await;
    same(&answers, &ask(&desk, &cases).await, "an older one");
    drop(desk);
    // The same log's of later: the journal was put back to a copy of before.
    let path = closed.copy();
    put_store(&newer, &path);
    let desk = opening(&path).open().await.unwrap();
    let damage = desk.recovery().damage.first().unwrap().to_string();
    for position in ["134", "136"] {
        assert!(damage.contains(position), "{damage}");
    }
    assert!(desk.is_read_only());
    let refused = desk
        .lodge(&by("E-sales"), support::complaint().into())
        .await;
    assert!(matches!(refused, Err(Error::Integrity { reason }) if reason.contains("136")));
    for (question, answer) in ask_views(&desk).await {
        let was = closed.answers.iter().find(|(other, _)| *other == question);
        assert_eq!(was.unwrap().1, answer, "{question}");
    }
}

#[tokio::test]
async fn a_journal_cut_back_behind_a_closed_store_is_only_read() {
    let closed = Closed::new().await;
    let path = closed.copy();
    let segments = support::flips::files(&path, &path.join("journal"));
    let (last, bytes) = segments.last().unwrap();
    // The last record and the seal.
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    fs::write(path.join(last), lines[..lines.len() - 3].concat()).unwrap();
    let desk = open(&path).await;
    let damage = desk.recovery().damage.first().unwrap().to_string();
    assert!(
        damage.contains("ends at position 132") && damage.contains("up to 134"),
        "{damage}"
    );
    let refused = desk
        .lodge(&by("E-sales"), support::complaint().into())
        .await;
    assert_eq!(refused.unwrap_err().code(), "integrity");
    assert_eq!(
        desk.register(&Default::default()).await.unwrap().len(),
        closed.cases.len() - 1
    );
}

#[tokio::test]
async fn a_record_lost_behind_the_store_is_an_error_and_not_a_shorter_case() {
    let closed = Closed::new().await;
    let path = closed.copy();
    let segments = support::flips::files(&path, &path.join("journal"));
    let (last, bytes) = segments.last().unwrap();
    // The last record of the case that was lodged last, and of another segment's.
    let mut bytes = bytes.clone();
    let seal = bytes
        .windows(9)
        .rposition(|part| part == b"{\"redress")
        .unwrap();
    bytes[seal - 40] ^= 1;
    fs::write(path.join(last), bytes).unwrap();
    let desk = open(&path).await;
    let mut failed = 0;
    for ((question, was), (_, is)) in closed.answers.iter().zip(ask(&desk, &closed.cases).await) {
        match is {
            Err(error) if was.is_ok() => {
                assert!(
                    error.starts_with("integrity") && error.contains("134"),
                    "{question}: {error}"
                );
                failed += 1;
            }
            is => assert_eq!(*was, is, "{question}"),
        }
    }
    assert!(failed >= 2, "{failed}");
    // Not even when it is asked again.
    let again = desk.timeline(closed.cases[closed.cases.len() - 1]).await;
    let elsewhere = desk.timeline(closed.cases[0]).await;
    assert!(again.is_err() || elsewhere.is_err());
    let refused = desk
        .lodge(&by("E-sales"), support::complaint().into())
        .await;
    assert!(refused.is_err());
}

/// A store that fails when it is told to: 1: it does not answer; 2: rows are wrong; 3: rows do not read; 4: it does
/// not take what is written.
#[derive(Debug, Default)]
struct Moody {
    rows: MemoryStore,
    mood: AtomicU8,
}

impl Moody {
    fn answer(&self, key: &[u8]) -> Result<(), StoreError> {
        match self.mood.load(Ordering::Relaxed) {
            1 => Err(StoreError::Failed("it went away".into())),
            2 => Err(StoreError::Wrong { key: key.to_vec() }),
            _ => Ok(()),
        }
    }
}

impl Store for Moody {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.answer(key)?;
        let row = self.rows.get(key)?;
        let garbled = self.mood.load(Ordering::Relaxed) == 3;
        Ok(row.map(|row| if garbled { b"{".to_vec() } else { row }))
    }

    fn scan(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError> {
        let garbled = self.mood.load(Ordering::Relaxed) == 3;
        let mut shown = 0;
        self.rows.scan(from, until, &mut |key, row| {
            shown += 1;
            visit(key, if garbled { b"{" } else { row })
        })?;
        // Only behind the rows, as a store may that finds out late.
        self.answer(from)
    }

    fn scan_back(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError> {
        self.answer(from)?;
        self.rows.scan_back(from, until, visit)
    }

    fn write(&self, changes: &[StoreChange]) -> Result<(), StoreError> {
        if self.mood.load(Ordering::Relaxed) == 4 {
            // Half of it.
            self.rows.write(&changes[..changes.len() / 2])?;
            return Err(StoreError::Failed("it is full".into()));
        }
        self.rows.write(changes)
    }
}

/// An index in memory beside which views may keep rows in a store of the test's.
#[derive(Debug, Default)]
struct Beside {
    index: MemoryIndex,
    store: Arc<Moody>,
    distrusted: AtomicBool,
}

impl Index for Beside {
    fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError> {
        self.index.add(records)
    }
    fn last(&self, stream: &str) -> Result<Version, IndexError> {
        self.index.last(stream)
    }
    fn entries(
        &self,
        stream: &str,
        from: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Entry)>, IndexError> {
        self.index.entries(stream, from, limit)
    }
    fn near(&self, position: Position) -> Result<Option<Entry>, IndexError> {
        self.index.near(position)
    }
    fn reached(&self) -> Result<Position, IndexError> {
        self.index.reached()
    }
    fn distrust(&self, _reason: &str) {
        self.distrusted.store(true, Ordering::Relaxed);
    }
    fn store(&self) -> Option<Arc<dyn Store>> {
        Some(self.store.clone())
    }
}

#[tokio::test]
async fn a_store_that_fails_while_it_is_used_is_left_and_the_query_answered() {
    let closed = Closed::new().await;
    for mood in 1..=4 {
        // Found by a question, or, with a new event, by bringing the views up.
        for written in [false, true] {
            if mood == 4 && !written {
                continue;
            }
            let path = closed.copy();
            let index = Arc::new(Beside::default());
            let options = JournalOptions::new().index(index.clone());
            let desk = opening(&path).journal(options).open().await.unwrap();
            same(&closed.answers, &ask(&desk, &closed.cases).await, "before");
            assert!(in_store(&desk).await);
            let mut expected = closed.answers.clone();
            let mut cases = closed.cases.clone();
            if written {
                lodge(&desk).await;
                let beside = opening(&path).read_only().open().await.unwrap();
                cases = support::questions::cases(&beside).await;
                expected = ask(&beside, &cases).await;
            }
            index.store.mood.store(mood, Ordering::Relaxed);
            let what = format!("mood {mood}, written {written}");
            same(&expected, &ask(&desk, &cases).await, &what);
            assert!(!in_store(&desk).await, "{what}");
            assert!(index.distrusted.load(Ordering::Relaxed), "{what}");
            // A round and a close go on.
            desk.round().await.unwrap();
            desk.close().await.unwrap();
            same(&expected, &ask(&desk, &cases).await, &what);
        }
    }
}

#[tokio::test]
async fn a_store_that_fails_before_it_is_used_is_not_used() {
    let closed = Closed::new().await;
    for mood in [1, 2, 4] {
        let path = closed.copy();
        let index = Arc::new(Beside::default());
        index.store.mood.store(mood, Ordering::Relaxed);
        let options = JournalOptions::new().index(index.clone());
        let desk = opening(&path).journal(options).open().await.unwrap();
        closed.holds(&desk, &format!("mood {mood}")).await;
        assert!(!in_store(&desk).await);
    }
    // Rows that know more than the log holds are not this log's.
    let path = closed.copy();
    let index = Arc::new(Beside::default());
    let desk = open(&path).await;
    let mut changes = Vec::new();
    let rows = desk.views().await.unwrap().rows().all().unwrap();
    for (key, value) in rows.iter() {
        let text = String::from_utf8(value.to_vec()).unwrap();
        let later = text.replace("{\"position\":134,", "{\"position\":135,");
        changes.push(StoreChange {
            key: key.to_vec(),
            value: Some([b"\0", later.as_bytes()].concat()),
        });
    }
    drop(desk);
    index.store.write(&changes).unwrap();
    let options = JournalOptions::new().index(index.clone());
    let desk = opening(&path).journal(options).open().await.unwrap();
    closed.holds(&desk, "ahead of the log").await;
    assert!(!in_store(&desk).await);
    assert!(index.distrusted.load(Ordering::Relaxed));
}

#[tokio::test]
async fn a_store_distrusted_under_way_is_built_anew_the_next_time() {
    let closed = Closed::new().await;
    let path = closed.copy();
    let desk = open(&path).await;
    assert!(in_store(&desk).await);
    desk.journal().unwrap().distrust_store("a test says so");
    closed.holds(&desk, "distrusted").await;
    assert!(!in_store(&desk).await);
    lodge(&desk).await;
    let cases = cases(&desk).await;
    let answers = ask(&desk, &cases).await;
    desk.close().await.unwrap();
    same(&answers, &ask(&desk, &cases).await, "closed");
    drop(desk);
    let desk = open(&path).await;
    assert!(desk.recovery().index_rebuilt.is_some());
    same(&answers, &ask(&desk, &cases).await, "opened again");
    assert!(in_store(&desk).await);
}

#[tokio::test]
async fn a_damaged_log_with_a_store_is_read_on() {
    let closed = Closed::new().await;
    let path = closed.copy();
    // The store is not believed, so that the journal is read, and its first case is damaged.
    fs::remove_file(path.join("index/closed.json")).unwrap();
    let segments = support::flips::files(&path, &path.join("journal"));
    let (segment, bytes) = &segments[1];
    let mut bytes = bytes.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path.join(segment), bytes).unwrap();
    let desk = open(&path).await;
    assert!(!desk.recovery().damage.is_empty());
    // What is not near the damage is answered; views, which need all, are not.
    let mut answered = 0;
    for ((question, was), (_, is)) in closed.answers.iter().zip(ask(&desk, &closed.cases).await) {
        if is.is_ok() && question != "head" {
            assert_eq!(*was, is, "{question}");
            answered += 1;
        }
    }
    assert!(answered > 10, "{answered}");
    assert!(desk.register(&Default::default()).await.is_err());
}

#[tokio::test]
async fn clearing_is_done_piece_by_piece() {
    let closed = Closed::new().await;
    let desk = open(&closed.copy()).await;
    let views = desk.views().await.unwrap();
    let mut again = views.rows().all().unwrap();
    let more = (0..10_000).map(|n| redress::views::rows::Change {
        key: format!("v/cases/1/c/{n:05}").into_bytes(),
        value: Some(Vec::new()),
    });
    again.write(more.collect()).unwrap();
    let mut many = redress::views::Views::over(again).unwrap();
    assert_eq!(many.position(), views.position());
    many.clear().unwrap();
    assert_eq!(many.position(), 0);
    assert_eq!(many.rows().iter().count(), 0);
}
