//! The queue before the writer, and who drives it: a thread, or the caller by hand.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{oneshot, watch};

use super::{
    reader::Shared,
    writer::{Answer, Writer},
};
use crate::{disk::DiskLock, error::AppendError, write::Append};

/// A turn takes what waits, up to so many bytes: a sync longer than that gains nothing more.
const TURN_BYTES: u64 = 16 << 20;

/// Appends in the order in which they were handed in.
#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<Waiting>,
    wake: Condvar,
    most_appends: usize,
    most_bytes: u64,
    /// Set once the writer has ended.
    pub(crate) ended: watch::Sender<Option<Result<(), AppendError>>>,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    bytes: u64,
    closing: bool,
}

#[derive(Debug)]
struct Job {
    append: Append,
    bytes: u64,
    answer: oneshot::Sender<Answer>,
}

impl Queue {
    pub(crate) fn new(most_appends: usize, most_bytes: u64) -> Queue {
        Queue {
            state: Mutex::default(),
            wake: Condvar::new(),
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
        let mut state = self.state();
        if state.closing {
            return Err(AppendError::Closed {
                reason: "it was closed".into(),
            });
        }
        let full = state.jobs.len() >= self.most_appends
            || (!state.jobs.is_empty() && state.bytes.saturating_add(bytes) > self.most_bytes);
        if full {
            return Err(AppendError::Busy);
        }
        let (answer, receiver) = oneshot::channel();
        state.bytes += bytes;
        state.jobs.push_back(Job {
            append,
            bytes,
            answer,
        });
        drop(state);
        self.wake.notify_one();
        Ok(receiver)
    }

    pub(crate) fn close(&self) {
        self.state().closing = true;
        self.wake.notify_one();
    }

    /// Waits for work; nothing comes back when the queue is closed and empty.
    fn take(&self) -> Option<Turn> {
        let mut state = self.state();
        while state.jobs.is_empty() {
            if state.closing {
                return None;
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Some(state.turn())
    }
}

/// The appends of a turn, and who waits for their answers.
#[derive(Default)]
struct Turn {
    appends: Vec<Append>,
    answers: Vec<oneshot::Sender<Answer>>,
}

impl Turn {
    fn run(self, writer: &mut Writer) {
        let turn = writer.turn(&self.appends);
        for (answer, sender) in turn.into_iter().zip(self.answers) {
            // Whoever dropped the future does not want to know.
            let _ = sender.send(answer);
        }
    }
}

impl Waiting {
    /// What waits, as much of it as one turn takes.
    fn turn(&mut self) -> Turn {
        let (mut appends, mut answers, mut bytes) = (Vec::new(), Vec::new(), 0);
        while let Some(job) = self
            .jobs
            .pop_front_if(|job| appends.is_empty() || bytes + job.bytes <= TURN_BYTES)
        {
            bytes += job.bytes;
            appends.push(job.append);
            answers.push(job.answer);
        }
        self.bytes = self.bytes.saturating_sub(bytes);
        Turn { appends, answers }
    }
}

impl Queue {
    /// Drives the writer until the queue is closed, then ends.
    fn drive(&self, mut writer: Writer, lock: Box<dyn DiskLock>, shared: &Shared) {
        while let Some(turn) = self.take() {
            turn.run(&mut writer);
        }
        self.end(writer, lock, shared);
    }

    /// Seals the journal, closes the index, lets the lock go.
    fn end(&self, mut writer: Writer, lock: Box<dyn DiskLock>, shared: &Shared) {
        let closed = writer.close();
        shared.leaves.close();
        shared.index.close(closed.as_ref().ok());
        drop(writer);
        drop(lock);
        shared.head.send_modify(|head| head.open = false);
        self.ended.send_replace(Some(closed.map(drop)));
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

    /// Runs one turn with what waits; ends when the queue is closed and empty. How many were answered.
    pub(crate) fn drive(&self, shared: &Shared) -> usize {
        let mut held = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let (turn, closing) = {
            let mut state = self.queue.state();
            (state.turn(), state.closing && state.jobs.is_empty())
        };
        let count = turn.appends.len();
        if let Some((writer, _)) = held.as_mut() {
            turn.run(writer);
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
        let driven = queue.clone();
        let writing = move || driven.drive(writer, lock, &shared);
        // The writer first: the others end when it does.
        let mut threads = WriterThread {
            threads: vec![spawn("redress-log", Box::new(writing))?],
            queue,
        };
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
