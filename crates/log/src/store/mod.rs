//! The seam to the store: keys and values, ordered by key, that can be thrown away and built anew.
//!
//! A store is the home of the index and of the views' rows. Nothing in it is a truth: whatever
//! stands in it is folded from the journal. What it hands out is checked all the same, row by
//! row ([`Checked`]), and a store on disk is let near its library only after every byte of its
//! files was found as it was at closing ([`Shelf`]).

mod checked;
mod memory;
mod note;
mod shelf;
mod sled;

use std::{fmt::Debug, ops::ControlFlow};

pub(crate) use self::note::closed_at;
pub use self::sled::SledStore;
pub use self::{
    checked::Checked,
    memory::MemoryStore,
    note::ClosingNote,
    shelf::{Look, Shelf},
};

/// The store on disk: every row of it is checked.
pub type DiskStore = Checked<SledStore>;

/// A row put, or deleted where there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreChange {
    /// The row's key.
    pub key: Vec<u8>,
    /// Its value from now on; none: the row goes.
    pub value: Option<Vec<u8>>,
}

impl StoreChange {
    /// A row put.
    pub(crate) fn put(key: Vec<u8>, value: Vec<u8>) -> StoreChange {
        let value = Some(value);
        StoreChange { key, value }
    }
}

/// What is done with each row of a scan: go on, or stop here.
pub type StoreVisit<'v> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'v;

/// Why a store gives no answer. After any of them but `NoRoom` the store is set aside and rebuilt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A row is not what was written.
    #[error("the row `{}` is not what was written", .key.escape_ascii())]
    Wrong {
        /// The row's key, as the store gave it.
        key: Vec<u8>,
    },
    /// There is too little room on the disk to begin or open a store. Nothing was touched.
    #[error("too little room on the disk for a store")]
    NoRoom,
    /// The store does not do it; the reason is for whoever looks after the machine.
    #[error("the store failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::Wrong { .. } => "wrong_row",
            StoreError::NoRoom => "no_room",
            StoreError::Failed(_) => "failed",
        }
    }

    /// A failure, and what was being done.
    fn failed(doing: &str, what: impl std::fmt::Display) -> StoreError {
        StoreError::Failed(format!("{doing}: {what}"))
    }
}

/// Rows, ordered bytewise by key.
pub trait Store: Send + Sync + Debug {
    /// A row's value.
    ///
    /// # Errors
    /// When the row is wrong or the store does not answer.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Shows the rows with `from` ≤ key < `until` in order, until all are seen or the visit stops.
    ///
    /// # Errors
    /// When a row is wrong or the store does not answer; rows before it may have been shown.
    fn scan(&self, from: &[u8], until: &[u8], visit: &mut StoreVisit<'_>)
    -> Result<(), StoreError>;

    /// Shows the rows with `from` ≤ key < `until` from the last to the first.
    ///
    /// # Errors
    /// When a row is wrong or the store does not answer; rows before it may have been shown.
    fn scan_back(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError>;

    /// Puts and deletes rows in the given order. A reader sees all of it or none only if it
    /// takes a lock of the caller's that is held meanwhile.
    ///
    /// # Errors
    /// When the store does not take them; then any part of them may be seen, and the store is
    /// to be set aside.
    fn write(&self, changes: &[StoreChange]) -> Result<(), StoreError>;
}
