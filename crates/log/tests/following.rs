//! A journal that is only read follows the one that writes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use redress_log::{
    EventLog, Expected, Filter, Journal, JournalOptions, Position, ReadError, Recorded,
    Subscription,
};
use support::{append, disk::TestDisk, founding, one, poll_once, read_all, write};

fn options() -> JournalOptions {
    JournalOptions::new().segment_bytes(2_000)
}

/// A journal that writes, and one that reads what lies there.
fn both(disk: &TestDisk) -> (Journal, Arc<Journal>) {
    let writer = options().create_on(disk.shared(), &founding()).unwrap();
    let reader = options().open_read_only_on(disk.shared()).unwrap();
    (writer, Arc::new(reader))
}

fn subscribe(log: &Arc<Journal>, after: Position) -> Subscription {
    Subscription::new(log.clone(), after, Filter::everything())
}

async fn take(subscription: &mut Subscription, count: usize) -> Vec<Recorded> {
    let mut records = Vec::new();
    while records.len() < count {
        records.push(subscription.next().await.unwrap());
    }
    records
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_follows_a_writer_over_segments() {
    let disk = TestDisk::new();
    let (writer, reader) = both(&disk);
    let follow = |after| {
        let mut subscription = subscribe(&reader, Position(after));
        let count = 120 - usize::try_from(after).unwrap();
        tokio::spawn(async move { take(&mut subscription, count).await })
    };
    let early = [follow(0), follow(60)];
    for n in 0..40 {
        let three = vec![
            write("case/1", Expected::Any, [n, n]),
            write("case/2", Expected::Any, [n]),
        ];
        writer.append(append(three)).await.unwrap();
    }
    let segments = disk
        .names()
        .iter()
        .filter(|name| name.ends_with(".jsonl"))
        .count();
    assert!(segments > 5, "{segments}");
    let all = read_all(&writer).await;
    for (after, subscriber) in [0, 60].into_iter().zip(early) {
        assert_eq!(subscriber.await.unwrap(), all[after..]);
    }
    // Closed in the middle of a wait; what is at hand comes first.
    let mut subscription = subscribe(&reader, Position(118));
    assert_eq!(take(&mut subscription, 2).await, all[118..]);
    let waiting = tokio::spawn(async move { subscription.next().await });
    reader.close().await.unwrap();
    assert_eq!(waiting.await.unwrap(), Err(ReadError::Closed));
    // A writer that ends is no end: another may come.
    writer.close().await.unwrap();
    drop(writer);
    let again = Arc::new(options().open_read_only_on(disk.shared()).unwrap());
    let mut subscription = subscribe(&again, Position(120));
    assert!(poll_once(subscription.next()).is_none());
    let writer = options().open_on(disk.shared()).unwrap();
    writer.append(one("case/3", 0, [7])).await.unwrap();
    assert_eq!(take(&mut subscription, 1).await[0].position, Position(121));
}

#[tokio::test]
async fn only_whole_appends_are_followed() {
    let disk = TestDisk::new();
    let (writer, reader) = both(&disk);
    writer.append(one("case/1", 0, [1, 2, 3])).await.unwrap();
    let path = disk
        .names()
        .into_iter()
        .rfind(|n| n.ends_with(".jsonl"))
        .unwrap();
    let whole = disk.bytes(&path);
    let second = whole
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .nth(2)
        .unwrap()
        .0
        + 1;
    let mut subscription = subscribe(&reader, Position::NONE);
    for length in [second, second + 20, whole.len() - 1] {
        disk.tamper(&path, |bytes| bytes.truncate(length));
        assert_eq!(reader.refresh().unwrap(), Position::NONE);
        assert!(poll_once(subscription.next()).is_none());
        assert_eq!(subscription.position(), Position::NONE);
        disk.tamper(&path, |bytes| bytes.clone_from(&whole));
    }
    assert_eq!(take(&mut subscription, 3).await, read_all(&writer).await);
}

#[tokio::test]
async fn a_wait_that_nobody_polls_holds_up_nobody() {
    let disk = TestDisk::new();
    let (writer, reader) = both(&disk);
    let mut left = subscribe(&reader, Position::NONE);
    assert!(poll_once(left.next()).is_none());
    let mut other = subscribe(&reader, Position::NONE);
    for n in 0..3 {
        writer.append(one("case/1", n, [n])).await.unwrap();
        assert_eq!(take(&mut other, 1).await[0].position, Position(n + 1));
    }
    assert_eq!(take(&mut left, 3).await, read_all(&writer).await);
}

#[test]
fn no_timer_of_the_runtime_is_needed() {
    let disk = TestDisk::new();
    let (writer, reader) = both(&disk);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut subscription = subscribe(&reader, Position::NONE);
        assert!(poll_once(subscription.next()).is_none());
        writer.append(one("case/1", 0, [1])).await.unwrap();
        assert_eq!(take(&mut subscription, 1).await, read_all(&writer).await);
    });
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future without any runtime.
fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn no_runtime_is_needed() {
    let disk = TestDisk::new();
    let (writer, reader) = both(&disk);
    let mut subscription = subscribe(&reader, Position::NONE);
    let reading = thread::spawn(move || block_on(take(&mut subscription, 2)));
    block_on(writer.append(one("case/1", 0, [1]))).unwrap();
    block_on(writer.append(one("case/1", 1, [2]))).unwrap();
    assert_eq!(reading.join().unwrap(), block_on(read_all(&writer)));
}

#[tokio::test]
async fn a_journal_cut_back_behind_its_reader_is_an_error_each_time() {
    let disk = TestDisk::new();
    let (writer, reader) = both(&disk);
    writer.append(one("case/1", 0, [1])).await.unwrap();
    let mut subscription = subscribe(&reader, Position::NONE);
    assert_eq!(take(&mut subscription, 1).await.len(), 1);
    let path = disk
        .names()
        .into_iter()
        .rfind(|n| n.ends_with(".jsonl"))
        .unwrap();
    let whole = disk.bytes(&path);
    disk.tamper(&path, |bytes| bytes.truncate(100));
    for _ in 0..3 {
        assert_eq!(subscription.next().await.unwrap_err().code(), "io");
        assert_eq!(subscription.position(), Position(1));
    }
    disk.tamper(&path, |bytes| *bytes = whole);
    writer.append(one("case/1", 1, [2])).await.unwrap();
    assert_eq!(take(&mut subscription, 1).await[0].position, Position(2));
}

#[tokio::test]
async fn a_journal_cut_back_and_written_on_behind_its_reader_is_an_error_too() {
    let disk = TestDisk::new();
    let (writer, reader) = both(&disk);
    for n in 0..3 {
        writer.append(one("case/1", n, [n])).await.unwrap();
    }
    assert_eq!(reader.refresh().unwrap(), Position(3));
    // In another history the third is another event, and there are more of them.
    let other = disk.copy();
    drop(writer);
    let segment = "journal/00000000000000000001.jsonl";
    other.tamper(segment, |bytes| {
        let third = String::from_utf8(bytes.clone())
            .unwrap()
            .find("{\"position\":3,")
            .unwrap();
        bytes.truncate(third);
    });
    let log = options().open_on(other.shared()).unwrap();
    for n in 2..9 {
        log.append(one("case/1", n, [100 + n])).await.unwrap();
    }
    let written = other.bytes(segment);
    disk.tamper(segment, |bytes| *bytes = written);
    for _ in 0..2 {
        assert_eq!(reader.refresh().unwrap_err().code(), "io");
        assert_eq!(reader.head(), Position(3));
    }
}
