//! The yardstick: a bare file, one writer, one sync for all that wait, and nothing else. It is handed appends, and
//! numbers and spells their lines as the journal does, so that its bytes are the same; or it is handed the lines.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use redress_log::{Append, Expected, Position, Version, spell_alone};
use tokio::sync::oneshot;

/// What is handed in.
pub(super) enum Piece {
    /// One event, whose expected version is believed.
    Append(Append),
    Line(Vec<u8>),
}

type Waiting = VecDeque<(Piece, oneshot::Sender<()>)>;

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
            let mut position = Position::NONE;
            while let Some(turn) = driven.take() {
                buffer.clear();
                let first = position.next();
                for (piece, _) in &turn {
                    position = position.next();
                    match piece {
                        Piece::Append(append) => {
                            spell_alone(&mut buffer, position, first, version(append), append);
                        }
                        Piece::Line(line) => buffer.extend_from_slice(line),
                    }
                }
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

    /// Hands in a piece; the answer comes when it is durable.
    pub(super) fn append(&self, piece: Piece) -> oneshot::Receiver<()> {
        let (answer, receiver) = oneshot::channel();
        let mut state = self
            .queue
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.0.push_back((piece, answer));
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

fn version(append: &Append) -> Version {
    let expected = append.writes.first().map(|write| write.expected);
    match expected {
        Some(Expected::Count(count)) => Version(count).next(),
        _ => Version::FIRST,
    }
}
