//! The log on real disks, written by real processes that are stopped, killed, read beside and left without room.
//!
//! What needs root, a loop device or strace says so and is left out where it is not to be had; with
//! `REDRESS_FULL=1`, as `./test --full` sets it, what is missing is a failure.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test says so by failing"
)]
#![cfg(target_os = "linux")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use redress_log::{Append, AppendError, EventLog, Expected, Journal, JournalOptions, Recorded};
use support::{append, founding, read_all, write};
use uuid::Uuid;

const DIRECTORY: &str = "REDRESS_TEST_WRITE_TO";
const FROM: &str = "REDRESS_TEST_WRITE_FROM";
const MOST: &str = "REDRESS_TEST_WRITE_MOST";
const WRITERS: u64 = 16;

/// An append of three records to three streams; its number is the id of the first.
fn three(number: u64) -> Append {
    let stream = |kind: u64| format!("case/{}-{kind}", number % 97);
    let writes = (0..3).map(|nth| write(&stream(nth), Expected::Any, [number * 4 + nth]));
    append(writes.collect())
}

fn options() -> JournalOptions {
    // Small, so that segments change and the index moves into its store all the time.
    JournalOptions::new().segment_bytes(300_000).tail(500)
}

#[test]
#[ignore = "the child of the tests below, which start it"]
fn write_and_tell() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let number = |name| -> u64 { std::env::var(name).unwrap().parse().unwrap() };
    let (from, most) = (number(FROM), number(MOST));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let log = Arc::new(options().open(directory).unwrap());
        let mut tasks = Vec::new();
        for task in 0..WRITERS {
            let log = log.clone();
            tasks.push(tokio::spawn(async move {
                for number in (0..most / WRITERS).map(|nth| from + nth * WRITERS + task) {
                    log.append(three(number)).await.unwrap();
                    // One write a line, so that no line is cut in two.
                    let line = format!("\nack {number}\n");
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        log.close().await.unwrap();
    });
}

/// A process that appends as fast as it can, and what it says it has stored.
struct Writer {
    child: Child,
    acks: mpsc::Receiver<u64>,
    acknowledged: BTreeSet<u64>,
}

fn start(mut command: Command, directory: &Path, from: u64, most: u64) -> Writer {
    let mut child = command
        .args(["--ignored", "--exact", "write_and_tell", "--nocapture"])
        .env(DIRECTORY, directory)
        .env(FROM, from.to_string())
        .env(MOST, most.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let output: ChildStdout = child.stdout.take().unwrap();
    let (told, acks) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(number) = line.strip_prefix("ack ") {
                let _ = told.send(number.parse().unwrap());
            }
        }
    });
    Writer {
        child,
        acks,
        acknowledged: BTreeSet::new(),
    }
}

fn myself() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

impl Writer {
    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// What was acknowledged up to now; a stopped process says nothing new, so what it said is all here soon.
    fn heard(&mut self) -> &BTreeSet<u64> {
        while let Ok(number) = self.acks.recv_timeout(Duration::from_millis(20)) {
            self.acknowledged.insert(number);
        }
        &self.acknowledged
    }

    fn wait_for(&mut self, count: usize) {
        while self.acknowledged.len() < count {
            let number = self.acks.recv_timeout(Duration::from_secs(60)).unwrap();
            self.acknowledged.insert(number);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Checks that appends are there whole, in order, each once, and gives their numbers.
fn whole_appends(records: &[Recorded], case: &str) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    let mut versions: BTreeMap<&str, u64> = BTreeMap::new();
    assert!(records.len().is_multiple_of(3), "{case}: {}", records.len());
    for (nth, record) in (1..).zip(records) {
        assert_eq!(record.position.0, nth, "{case}");
        let version = versions.entry(record.stream.as_str()).or_default();
        *version += 1;
        assert_eq!(record.version.0, *version, "{case}: {}", record.stream);
    }
    for append in records.chunks(3) {
        let number = u64::try_from(append.first().unwrap().id.as_u128()).unwrap() / 4;
        for (part, record) in (0..).zip(append) {
            let id = Uuid::from_u128(u128::from(number * 4 + part));
            let parts = (u64::from(record.part.number.get()), record.part.of.get());
            assert_eq!((record.id, parts), (id, (part + 1, 3)), "{case}");
        }
        assert!(numbers.insert(number), "{case}: {number} twice");
    }
    numbers
}

fn read(log: &Journal) -> Vec<Recorded> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(read_all(log))
}

fn found(directory: &Path) {
    let log = options().create(directory, &founding()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(log.close()).unwrap();
}

/// Whether this is the long run, in which nothing may be left out.
fn in_full() -> bool {
    std::env::var("REDRESS_FULL").is_ok()
}

/// Whether something can be done here; in the long run it has to be.
fn is_to_be_had(what: &str, tried: bool) -> bool {
    if !tried {
        assert!(!in_full(), "{what} is needed here and not to be had");
        println!("left out: {what} is not to be had here");
    }
    tried
}

fn run(program: &str, arguments: &[&std::ffi::OsStr]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A file system that is mounted as long as this lives.
struct Mounted(PathBuf);

impl Mounted {
    fn tmpfs(at: &Path, size: &str) -> Option<Mounted> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={size}");
        let arguments = ["-t", "tmpfs", "-o", &options, "tmpfs"].map(std::ffi::OsStr::new);
        let arguments = [&arguments[..], &[at.as_os_str()]].concat();
        run("mount", &arguments).then(|| Mounted(at.to_owned()))
    }

    fn image(image: &Path, at: &Path) -> Option<Mounted> {
        std::fs::create_dir_all(at).unwrap();
        let arguments = ["-o", "loop"].map(std::ffi::OsStr::new);
        let arguments = [&arguments[..], &[image.as_os_str(), at.as_os_str()]].concat();
        run("mount", &arguments).then(|| Mounted(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A killed process may hold it a moment longer.
        for _ in 0..50 {
            if run("umount", &[self.0.as_os_str()]) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        run("umount", &["-l".as_ref(), self.0.as_os_str()]);
    }
}

#[test]
fn readers_in_another_process_see_whole_appends_while_a_writer_runs_at_full_load() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("log");
    found(&directory);
    let mut writer = start(myself(), &directory, 1, 60_000);
    writer.wait_for(100);
    let mut before = BTreeSet::new();
    let followed = JournalOptions::new().open_read_only(&directory).unwrap();
    for nth in 0..if in_full() { 12 } else { 4 } {
        // What was acknowledged before the opening is there; what is there is whole.
        let acknowledged = writer.heard().clone();
        let log = JournalOptions::new().open_read_only(&directory).unwrap();
        assert_eq!(log.damage(), None, "{nth}");
        let numbers = whole_appends(&read(&log), &format!("opening {nth}"));
        assert!(acknowledged.is_subset(&numbers), "{nth}");
        assert!(before.is_subset(&numbers), "{nth}");
        followed.refresh().unwrap();
        let seen = whole_appends(&read(&followed), &format!("refresh {nth}"));
        assert!(numbers.is_subset(&seen), "{nth}");
        before = seen;
    }
    assert!(before.len() > 1_000, "{}: no load", before.len());
}

#[test]
fn images_of_a_disk_under_a_stopped_writer_hold_what_was_acknowledged() {
    let images = if std::env::var("REDRESS_FULL").is_ok() {
        100
    } else {
        8
    };
    let scratch = tempfile::tempdir().unwrap();
    let (image, copy) = (scratch.path().join("image"), scratch.path().join("copy"));
    std::fs::File::create(&image)
        .unwrap()
        .set_len(96 << 20)
        .unwrap();
    let made = run("mkfs.ext4", &["-q".as_ref(), image.as_os_str()]);
    let mounted = Mounted::image(&image, &scratch.path().join("disk")).filter(|_| made);
    if !is_to_be_had("a loop mount of ext4", mounted.is_some()) {
        return;
    }
    let mounted = mounted.unwrap();
    let mut taken = 0;
    for life in 0.. {
        // The disk is small: a new log now and then.
        let directory = mounted.0.join(format!("log-{life}"));
        found(&directory);
        let mut writer = start(myself(), &directory, 1, 1_000_000);
        writer.wait_for(50);
        for _ in 0..10 {
            std::thread::sleep(Duration::from_millis(7 + (taken * 37) % 60));
            writer.signal("-STOP");
            let acknowledged = writer.heard().clone();
            std::fs::copy(&image, &copy).unwrap();
            writer.signal("-CONT");
            let case = format!("image {taken}");
            let looked_at = Mounted::image(&copy, &scratch.path().join("copied"));
            let looked_at = looked_at.unwrap_or_else(|| panic!("{case}: does not mount"));
            let log = options()
                .open(looked_at.0.join(format!("log-{life}")))
                .unwrap();
            assert_eq!(log.damage(), None, "{case}");
            let numbers = whole_appends(&read(&log), &case);
            assert!(acknowledged.is_subset(&numbers), "{case}: lost");
            drop(log);
            taken += 1;
        }
        drop(writer);
        std::fs::remove_dir_all(&directory).unwrap();
        if taken >= images {
            break;
        }
    }
    println!("{taken} images");
}

#[test]
fn each_acknowledged_turn_has_a_sync_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("log");
    found(&directory);
    let trace = scratch.path().join("trace");
    if !is_to_be_had("strace", run("strace", &["-V".as_ref()])) {
        return;
    }
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "trace=fdatasync", "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap());
    let mut writer = start(command, &directory, 1, 3_200);
    writer.wait_for(3_200);
    assert!(writer.child.wait().unwrap().success());
    let log = JournalOptions::new().open_read_only(&directory).unwrap();
    let records = read(&log);
    assert_eq!(whole_appends(&records, "traced").len(), 3_200);
    let turns: BTreeSet<u64> = records.iter().map(|record| record.turn.0).collect();
    let syncs = std::fs::read_to_string(&trace).unwrap();
    let syncs = syncs
        .lines()
        .filter(|line| line.contains("fdatasync("))
        .count();
    println!("{} turns, {syncs} syncs", turns.len());
    assert!(syncs >= turns.len());
    assert!(turns.len() > 200, "turns of {WRITERS} writers at most");
}

#[test]
fn on_a_full_disk_writing_waits_for_room_and_reading_does_not() {
    let scratch = tempfile::tempdir().unwrap();
    // One with no room for a store, and one with.
    for (size, tail) in [("3m", 20_000), ("48m", 50)] {
        let at = scratch.path().join(size);
        let Some(disk) = Mounted::tmpfs(&at, size) else {
            is_to_be_had("a mount of tmpfs", false);
            return;
        };
        let options = || options().tail(tail);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let directory = disk.0.join("log");
        let mut log = options().create(&directory, &founding()).unwrap();
        let mut stored = 0;
        let store = |log: &Journal, stored: &mut u64| loop {
            match runtime.block_on(log.append(three(*stored + 1))) {
                Ok(_) => *stored += 1,
                Err(error) => return error,
            }
        };
        for _ in 0..200 {
            runtime.block_on(log.append(three(stored + 1))).unwrap();
            stored += 1;
        }
        // Small steps of room, so that it ends at many places of a turn, of a seal and of a header.
        let trials = if in_full() { 16 } else { 4 };
        for (nth, room) in (0..trials).map(|nth| (nth, 1 + nth * 7_919)) {
            let case = format!("{size}, {nth}");
            // What is given back after the trial is 64 KiB at least.
            let ballast = disk.0.join("ballast");
            fill(&ballast, room);
            assert_eq!(store(&log, &mut stored), AppendError::NoSpace, "{case}");
            assert_eq!(store(&log, &mut stored), AppendError::NoSpace, "{case}");
            assert_eq!(
                whole_appends(&read(&log), &case).len() as u64,
                stored,
                "{case}"
            );
            if nth % 4 == 3 {
                // Opening works on the full disk; after a clean end and, every other time, after none.
                if nth % 8 == 3 {
                    let _ = runtime.block_on(log.close());
                }
                drop(log);
                log = options().open(&directory).unwrap();
                assert_eq!(log.damage(), None, "{case}");
                assert_eq!(store(&log, &mut stored), AppendError::NoSpace, "{case}");
                assert_eq!(
                    whole_appends(&read(&log), &case).len() as u64,
                    stored,
                    "{case}"
                );
            }
            std::fs::remove_file(&ballast).unwrap();
            let again = Instant::now();
            runtime.block_on(log.append(three(stored + 1))).unwrap();
            stored += 1;
            assert!(again.elapsed() < Duration::from_secs(5), "{case}");
        }
        runtime.block_on(log.close()).unwrap();
        drop(log);
        let log = options().open(&directory).unwrap();
        assert!(log.recovery().clean);
        assert_eq!(whole_appends(&read(&log), size).len() as u64, stored);
    }
}

/// Fills the disk but for some room.
fn fill(ballast: &Path, room: u64) {
    let mut file = std::fs::File::create(ballast).unwrap();
    let block = vec![0; 4096];
    let mut size = 0;
    while file.write_all(&block).is_ok() {
        size += 4096;
    }
    file.set_len(u64::saturating_sub(size, room)).unwrap();
}
