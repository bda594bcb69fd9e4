//! How far the journal had been read, or written, when something was noted beside it.

use serde::{Deserialize, Serialize};

use crate::{position::Position, stamp::Stamp, tree::Tree};

/// A place in the journal behind a seal or a header, from which it can be read on without what is before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The segment, by its first position.
    pub(crate) segment: Position,
    /// The bytes and lines of it that are before the place.
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
    /// When the last record was recorded.
    pub(crate) recorded_at: Option<Stamp>,
    /// The life of the log in which the segment was begun.
    pub(crate) epoch: u32,
    /// The tree over all records before.
    pub(crate) tree: Tree,
}

impl Checkpoint {
    /// The position of the last record before the place.
    #[must_use]
    pub fn position(&self) -> Position {
        self.tree.head().position
    }
}
