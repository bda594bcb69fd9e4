//! The queue before the writer, and the thread that drives it.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{oneshot, watch};

use super::writer::{Answer, Writer};
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
    fn take(&self) -> Option<(Vec<Append>, Vec<oneshot::Sender<Answer>>)> {
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
        let (mut appends, mut answers, mut bytes) = (Vec::new(), Vec::new(), 0);
        while let Some(job) = state
            .jobs
            .pop_front_if(|job| appends.is_empty() || bytes + job.bytes <= TURN_BYTES)
        {
            bytes += job.bytes;
            appends.push(job.append);
            answers.push(job.answer);
        }
        state.bytes = state.bytes.saturating_sub(bytes);
        Some((appends, answers))
    }

    /// Drives the writer until the queue is closed, then seals and lets the lock go.
    pub(crate) fn drive(
        &self,
        mut writer: Writer,
        lock: Box<dyn DiskLock>,
        shown: &super::reader::Shared,
    ) {
        while let Some((appends, answers)) = self.take() {
            let turn = writer.turn(&appends);
            for (answer, sender) in turn.into_iter().zip(answers) {
                // Whoever dropped the future does not want to know.
                let _ = sender.send(answer);
            }
        }
        let closed = writer.close();
        drop(writer);
        drop(lock);
        shown.head.send_modify(|head| head.open = false);
        self.ended.send_replace(Some(closed));
    }
}

/// Closes the queue when the last handle goes, and waits until the writer has sealed.
#[derive(Debug)]
pub(crate) struct WriterThread {
    pub(crate) queue: Arc<Queue>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl WriterThread {
    pub(crate) fn start(
        queue: Arc<Queue>,
        writer: Writer,
        lock: Box<dyn DiskLock>,
        shown: Arc<super::reader::Shared>,
    ) -> std::io::Result<WriterThread> {
        let driven = queue.clone();
        let thread = std::thread::Builder::new()
            .name("redress-log".into())
            .spawn(move || driven.drive(writer, lock, &shown))?;
        Ok(WriterThread {
            queue,
            thread: Some(thread),
        })
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // A panic in the thread has been told already, and nothing is left to do here.
            let _ = thread.join();
        }
    }
}
