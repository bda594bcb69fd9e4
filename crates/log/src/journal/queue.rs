//! The queue before the writer, and who drives it: two threads, or the caller by hand.
//!
//! One thread decides and answers, the other writes and syncs. So the appends that come while a turn is on its
//! way to the disk are decided and spelled out meanwhile.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use super::{
    reader::Shared,
    writer::{Answer, Job, Landing, Write, Writer},
};
use crate::{disk::DiskLock, error::AppendError, write::Append};

/// A turn takes what waits, up to so many bytes: a sync longer than that gains nothing more.
const TURN_BYTES: usize = 16 << 20;
/// While a turn is on its way to the disk, the deciding thread is woken once for so many appends: to be woken
/// for each costs more than to decide it.
const BATCH_APPENDS: usize = 64;

/// Appends in the order in which they were handed in.
#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<Waiting>,
    /// The deciding thread waits on the first, the writing one on the second.
    wake: Condvar,
    wake_disk: Condvar,
    most_appends: usize,
    most_bytes: u64,
    /// Set once the writer has ended.
    pub(crate) ended: watch::Sender<Option<Result<(), AppendError>>>,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: Vec<Job>,
    bytes: u64,
    /// The appends, and the bytes of them, that are in the open turn: they wait too.
    open: (usize, u64),
    closing: bool,
    /// Whether a turn is on its way to the disk.
    flying: bool,
    /// What is to be written, until the writing thread takes it.
    write: Option<Write>,
    /// How it went, until the deciding thread takes it.
    landing: Option<Landing>,
    /// The deciding thread is gone.
    ended: bool,
}

/// What the deciding thread has to do next.
struct Next {
    jobs: Vec<Job>,
    landing: Option<Landing>,
}

impl Queue {
    pub(crate) fn new(most_appends: usize, most_bytes: u64) -> Queue {
        Queue {
            state: Mutex::default(),
            wake: Condvar::new(),
            wake_disk: Condvar::new(),
            most_appends: most_appends.max(1),
            most_bytes,
            ended: watch::Sender::new(None),
        }
    }

    fn state(&self) -> MutexGuard<'_, Waiting> {
        // Between two statements the queue is whole; a poisoned lock tells nothing new.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an append behind those that wait.
    pub(crate) fn push(&self, append: Append) -> Result<oneshot::Receiver<Answer>, AppendError> {
        let bytes = append.check()?;
        let (answer, receiver) = oneshot::channel();
        let mut state = self.state();
        if state.closing {
            return Err(AppendError::Closed {
                reason: "it was closed".into(),
            });
        }
        let (open_jobs, open_bytes) = state.open;
        let waiting = state.jobs.len() + open_jobs;
        let waiting_bytes = state.bytes.saturating_add(open_bytes);
        if waiting >= self.most_appends
            || (waiting > 0 && waiting_bytes.saturating_add(bytes) > self.most_bytes)
        {
            return Err(AppendError::Busy);
        }
        state.bytes += bytes;
        state.jobs.push(Job {
            append,
            bytes,
            answer,
        });
        // With others in front of it, somebody has been woken already, or will be.
        let due = state.jobs.len() == state.due();
        drop(state);
        if due {
            self.wake.notify_one();
        }
        Ok(receiver)
    }

    pub(crate) fn close(&self) {
        self.state().closing = true;
        self.wake.notify_one();
    }

    /// Waits for appends or for a landing; nothing comes back when the queue is closed and empty and nothing is
    /// on its way. `room` is how many bytes the open turn can take.
    fn next(&self, room: usize) -> Option<Next> {
        let mut state = self.state();
        loop {
            let landing = state.landing.take();
            if landing.is_some() || (room > 0 && state.jobs.len() >= state.due()) {
                let jobs = state.take(room);
                return Some(Next { jobs, landing });
            }
            if state.closing && !state.flying && state.jobs.is_empty() {
                return None;
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Drives the writer until the queue is closed, then ends.
    fn decide(&self, mut writer: Writer, lock: Box<dyn DiskLock>, shared: &Shared) {
        let _guard = Guard {
            queue: self,
            shared,
        };
        let room = |writer: &Writer| TURN_BYTES.saturating_sub(writer.open_bytes());
        while let Some(Next { jobs, landing }) = self.next(room(&writer)) {
            writer.admit(jobs);
            if let Some(landed) = landing.and_then(|landing| writer.land(landing)) {
                // Before the next turn leaves: whoever is answered now comes back in time for it. The other way round,
                // half the writers would always miss the turn that is leaving, and turns would be half as large.
                writer.show(landed);
                let back = self.state().take(room(&writer));
                writer.admit(back);
            }
            if !writer.is_flying() {
                let write = writer.submit();
                let mut state = self.state();
                state.open = (0, 0);
                state.flying = write.is_some();
                state.write = write;
                drop(state);
                self.wake_disk.notify_one();
            }
            writer.forget();
        }
        self.end(writer, lock, shared);
    }

    /// Writes what the deciding thread hands over, until that one is gone.
    fn write(&self) {
        loop {
            let write = {
                let mut state = self.state();
                loop {
                    if let Some(write) = state.write.take() {
                        break write;
                    }
                    if state.ended {
                        return;
                    }
                    state = self
                        .wake_disk
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            };
            // Whatever happens in there, whoever waits for the landing is told.
            let mut landing = Land {
                queue: self,
                landing: Some(Landing::lost()),
            };
            landing.landing = Some(write.run());
            drop(landing);
        }
    }

    /// Seals the journal, closes the index, lets the lock go.
    fn end(&self, mut writer: Writer, lock: Box<dyn DiskLock>, shared: &Shared) {
        let closed = writer.close();
        self.state().ended = true;
        self.wake_disk.notify_all();
        shared.leaves.close();
        shared.index.close(closed.as_ref().ok());
        drop(writer);
        drop(lock);
        shared.head.send_modify(|head| head.open = false);
        self.ended.send_replace(Some(closed.map(drop)));
    }
}

/// Tells the deciding thread how the writing went, also when that was a panic.
struct Land<'q> {
    queue: &'q Queue,
    landing: Option<Landing>,
}

impl Drop for Land<'_> {
    fn drop(&mut self) {
        self.queue.state().landing = self.landing.take();
        self.queue.wake.notify_one();
    }
}

/// Lets nobody wait for a deciding thread that panicked.
struct Guard<'q> {
    queue: &'q Queue,
    shared: &'q Shared,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let waiting = {
            let mut state = self.queue.state();
            state.closing = true;
            state.ended = true;
            std::mem::take(&mut state.jobs)
        };
        // Whoever waits for an answer learns that there is none.
        drop(waiting);
        self.queue.wake_disk.notify_all();
        self.shared.leaves.close();
        self.shared.index.close(None);
        self.shared
            .head
            .send_if_modified(|head| std::mem::take(&mut head.open));
        let reason = "the deciding thread panicked".to_owned();
        let ended = Some(Err(AppendError::Unknown { reason }));
        self.queue.ended.send_replace(ended);
    }
}

impl Waiting {
    /// From how many appends on the deciding thread has something to do.
    fn due(&self) -> usize {
        if self.flying { BATCH_APPENDS } else { 1 }
    }

    /// The first appends that wait: as many as have room, at least one if there is any room.
    fn take(&mut self, room: usize) -> Vec<Job> {
        if room == 0 {
            return Vec::new();
        }
        let room = room as u64;
        let mut bytes = 0;
        let fits = |job: &&Job| {
            let fits = bytes == 0 || bytes + job.bytes <= room;
            bytes += if fits { job.bytes } else { 0 };
            fits
        };
        let count = if self.bytes <= room {
            bytes = self.bytes;
            self.jobs.len()
        } else {
            self.jobs.iter().take_while(fits).count()
        };
        let rest = self.jobs.split_off(count);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.open.0 += count;
        self.open.1 += bytes;
        std::mem::replace(&mut self.jobs, rest)
    }
}

/// A writer that the caller drives, so that a simulation needs no thread.
pub(crate) struct ByHand {
    pub(crate) queue: Arc<Queue>,
    /// `None` once it has ended.
    writer: Mutex<Option<(Writer, Box<dyn DiskLock>)>>,
}

impl std::fmt::Debug for ByHand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ByHand").finish_non_exhaustive()
    }
}

impl ByHand {
    pub(crate) fn new(queue: Arc<Queue>, writer: Writer, lock: Box<dyn DiskLock>) -> ByHand {
        ByHand {
            queue,
            writer: Mutex::new(Some((writer, lock))),
        }
    }

    /// Runs what waits, in so many turns: each is decided while the one before is on its way to the disk. Ends
    /// when the queue is closed. How many were answered.
    pub(crate) fn drive(&self, shared: &Shared, turns: usize) -> usize {
        let mut held = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let (jobs, closing) = {
            let mut state = self.queue.state();
            let jobs = state.take(usize::MAX);
            state.open = (0, 0);
            (jobs, state.closing)
        };
        let count = jobs.len();
        if let Some((writer, _)) = held.as_mut() {
            let each = count.div_ceil(turns.max(1)).max(1);
            let mut jobs = jobs.into_iter();
            let mut flying = None;
            loop {
                let turn: Vec<Job> = jobs.by_ref().take(each).collect();
                let done = turn.is_empty();
                writer.admit(turn);
                let landed = flying
                    .take()
                    .and_then(|write: Write| writer.land(write.run()));
                let mut landed = landed;
                if writer.open_bytes() == 0
                    && let Some(landed) = landed.take()
                {
                    writer.show(landed);
                }
                flying = writer.submit();
                if let Some(landed) = landed {
                    writer.show(landed);
                }
                writer.forget();
                if done && flying.is_none() {
                    break;
                }
            }
        }
        shared.index.write_behind();
        if closing && let Some((writer, lock)) = held.take() {
            self.queue.end(writer, lock, shared);
        }
        count
    }
}

/// Closes the queue when the last handle goes, and waits until the writer has sealed.
#[derive(Debug)]
pub(crate) struct WriterThread {
    pub(crate) queue: Arc<Queue>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl WriterThread {
    pub(crate) fn start(
        queue: Arc<Queue>,
        writer: Writer,
        lock: Box<dyn DiskLock>,
        shared: Arc<Shared>,
    ) -> std::io::Result<WriterThread> {
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.into()).spawn(run)
        };
        let index = shared.index.clone();
        let behind = move || {
            while index.wait_behind() {
                index.write_behind();
            }
        };
        let hashed = shared.clone();
        let hashing = move || hashed.leaves.drive();
        let written = queue.clone();
        let writing = move || written.write();
        let decided = queue.clone();
        let deciding = move || decided.decide(writer, lock, &shared);
        // The deciding one first: the others end when it does.
        let mut threads = WriterThread {
            threads: vec![spawn("redress-log", Box::new(deciding))?],
            queue,
        };
        threads
            .threads
            .push(spawn("redress-disk", Box::new(writing))?);
        threads
            .threads
            .push(spawn("redress-tree", Box::new(hashing))?);
        threads
            .threads
            .push(spawn("redress-index", Box::new(behind))?);
        Ok(threads)
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            // A panic in the thread has been told already, and nothing is left to do here.
            let _ = thread.join();
        }
    }
}
