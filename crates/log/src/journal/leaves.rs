//! The Merkle tree of an open journal. Hashing is done behind the writer, by a thread or by whoever asks.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::tree::{Tree, TreeHash};

/// Beyond so many bytes that wait to be hashed, the writer helps.
const MOST_BYTES: usize = 32 << 20;
/// How many emptied buffers are kept for the writer.
const MOST_SPARE: usize = 2;

/// The tree, and what is not in it yet. INVARIANT: tree and waiting turns together are all records that
/// were stored, in order.
#[derive(Debug)]
pub(crate) struct Leaves {
    /// None behind damage, where the tree cannot be known. Held while hashing, so that the order stays.
    tree: Mutex<Option<Tree>>,
    queue: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    turns: VecDeque<Lines>,
    bytes: usize,
    spare: Vec<Lines>,
    closed: bool,
}

/// The lines of a turn: their bytes, and where each begins and how long it is, without its line break.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) bytes: Vec<u8>,
    pub(crate) places: Vec<(usize, usize)>,
}

impl Leaves {
    pub(crate) fn new(tree: Option<Tree>) -> Leaves {
        Leaves {
            tree: Mutex::new(tree),
            queue: Mutex::default(),
            wake: Condvar::new(),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Waiting> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins again with what was read.
    pub(crate) fn set(&self, tree: Option<Tree>) {
        let mut held = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        *held = tree;
    }

    /// Takes the lines of a turn that is stored.
    pub(crate) fn add(&self, lines: Lines) {
        let mut queue = self.queue();
        queue.bytes += lines.bytes.len();
        queue.turns.push_back(lines);
        let help = queue.bytes > MOST_BYTES;
        drop(queue);
        self.wake.notify_one();
        if help {
            self.tree();
        }
    }

    /// Lines to be filled, empty, with the room of earlier ones.
    pub(crate) fn spare(&self) -> Lines {
        self.queue().spare.pop().unwrap_or_default()
    }

    /// The tree over everything that was added.
    pub(crate) fn tree(&self) -> Option<Tree> {
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(lines) = self.next() {
            if let Some(tree) = tree.as_mut() {
                for (start, length) in &lines.places {
                    let line = lines.bytes.get(*start..start.saturating_add(*length));
                    tree.push(TreeHash::leaf(line.unwrap_or_default()));
                }
            }
            self.give_back(lines);
        }
        tree.clone()
    }

    fn next(&self) -> Option<Lines> {
        let mut queue = self.queue();
        let lines = queue.turns.pop_front()?;
        queue.bytes -= lines.bytes.len();
        Some(lines)
    }

    fn give_back(&self, mut lines: Lines) {
        lines.bytes.clear();
        lines.places.clear();
        let mut queue = self.queue();
        if queue.spare.len() < MOST_SPARE {
            queue.spare.push(lines);
        }
    }

    /// Hashes what comes until it is closed.
    pub(crate) fn drive(&self) {
        loop {
            self.tree();
            let mut queue = self.queue();
            while queue.turns.is_empty() {
                if queue.closed {
                    return;
                }
                queue = self
                    .wake
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Lets [`drive`](Self::drive) end.
    pub(crate) fn close(&self) {
        self.queue().closed = true;
        self.wake.notify_all();
    }
}
