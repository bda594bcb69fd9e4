//! The seam to the index: where in the journal a stream's events are.
//!
//! An index is never believed: every record found by it is read from the journal and
//! compared. It can be thrown away and built anew by reading the journal.

mod compare;
mod ledger;
mod memory;
mod stored;

use std::{fmt::Debug, sync::Arc};

pub(crate) use compare::{difference, each_run};
pub(crate) use ledger::Ledger;
pub use memory::MemoryIndex;
pub(crate) use stored::StoredIndex;

use crate::{
    checkpoint::Checkpoint,
    position::{Position, Version},
    store::Store,
};

/// Where a record's line is. The segment is the one that holds the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The record's position.
    pub position: Position,
    /// Where its line begins in the segment, in bytes.
    pub offset: u64,
    /// How long the line is, without its line break, in bytes.
    pub length: u32,
}

/// A record to be known by the index.
#[derive(Clone, Copy, Debug)]
pub struct Indexed<'a> {
    /// Its stream.
    pub stream: &'a str,
    /// Its version there: the one after the stream's last, unless the journal is damaged between.
    pub version: Version,
    /// Where it is.
    pub entry: Entry,
}

/// The index does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IndexError(pub String);

/// From a stream's versions, and from positions, to places in the journal.
pub trait Index: Send + Sync + Debug {
    /// Adds records, in the order of their positions; all of them are seen, or none.
    ///
    /// # Errors
    /// When the index cannot keep them.
    fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError>;
    /// A stream's last version; 0 when it is not known.
    ///
    /// # Errors
    /// When the index does not answer.
    fn last(&self, stream: &str) -> Result<Version, IndexError>;
    /// A stream's entries from a version on, at most `limit`, in order. A version that the
    /// journal has lost is missing.
    ///
    /// # Errors
    /// When the index does not answer.
    fn entries(
        &self,
        stream: &str,
        from: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Entry)>, IndexError>;
    /// Some record at or before a position, as near as the index knows.
    ///
    /// # Errors
    /// When the index does not answer.
    fn near(&self, position: Position) -> Result<Option<Entry>, IndexError>;
    /// The last position that was added.
    ///
    /// # Errors
    /// When the index does not answer.
    fn reached(&self) -> Result<Position, IndexError>;
    /// Forgets everything, because an answer did not agree with the journal, or none came: it is about to be
    /// filled anew. False, and nothing is forgotten, if it was filled from the journal in this process: what it
    /// says is what the journal said.
    ///
    /// # Errors
    /// When the index does not answer.
    fn reset(&self) -> Result<bool, IndexError> {
        Ok(false)
    }
    /// After a reset: everything has been added again.
    fn filled(&self) {}
    /// Moves what was added to where it is kept, if there is enough of it; whether there was.
    fn write_behind(&self) -> bool {
        false
    }
    /// Waits until there is something to write behind; false once it is closed.
    fn wait_behind(&self) -> bool {
        false
    }
    /// Takes leave: the journal ends, cleanly, at a checkpoint. None: it does not end cleanly.
    fn close(&self, _end: Option<&Checkpoint>) {}
    /// What stands in the store was found wrong by whoever keeps rows there: it is not used any more, not even by
    /// the next opening. The index is filled anew when it is asked.
    fn distrust(&self, _reason: &str) {}
    /// Where views may keep their rows beside the index, if there is such a place now.
    fn store(&self) -> Option<Arc<dyn Store>> {
        None
    }
}
