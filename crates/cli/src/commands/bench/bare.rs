//! The yardstick: a bare file, one writer, one sync for all that wait, and nothing else.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use tokio::sync::oneshot;

type Waiting = VecDeque<(Vec<u8>, oneshot::Sender<()>)>;

#[derive(Default)]
struct Queue {
    waiting: Mutex<(Waiting, bool)>,
    wake: Condvar,
}

/// A file to which many may append at once.
pub(super) struct Bare {
    queue: Arc<Queue>,
    writer: Option<std::thread::JoinHandle<io::Result<()>>>,
}

impl Bare {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let mut file = File::create(path)?;
        let queue = Arc::new(Queue::default());
        let driven = queue.clone();
        let write = move || {
            let mut buffer = Vec::new();
            while let Some(turn) = driven.take() {
                buffer.clear();
                turn.iter()
                    .for_each(|(line, _)| buffer.extend_from_slice(line));
                file.write_all(&buffer)?;
                file.sync_data()?;
                for (_, answer) in turn {
                    let _gone = answer.send(());
                }
            }
            Ok(())
        };
        let writer = std::thread::Builder::new()
            .name("bench-bare".into())
            .spawn(write)?;
        Ok(Self {
            queue,
            writer: Some(writer),
        })
    }

    /// Hands in a line; the answer comes when it is durable.
    pub(super) fn append(&self, line: Vec<u8>) -> oneshot::Receiver<()> {
        let (answer, receiver) = oneshot::channel();
        let mut state = self
            .queue
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.0.push_back((line, answer));
        drop(state);
        self.queue.wake.notify_one();
        receiver
    }

    /// Ends the writer and says how it fared.
    pub(super) fn close(mut self) -> io::Result<()> {
        self.queue.close();
        match self.writer.take().map(std::thread::JoinHandle::join) {
            Some(Ok(ended)) => ended,
            _ => Err(io::Error::other("the writer panicked")),
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Queue {
    fn take(&self) -> Option<Waiting> {
        let mut state = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while state.0.is_empty() {
            if state.1 {
                return None;
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Some(std::mem::take(&mut state.0))
    }

    fn close(&self) {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1 = true;
        self.wake.notify_one();
    }
}
