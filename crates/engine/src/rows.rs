//! Where the rows of the views live: in memory, or in the store beside the journal.
//!
//! Rows in the store have keys `v/…` and are packed, since they are rewritten whenever their case goes on; the index beside them uses others. A writing into the store is not seen all at
//! once: whoever reads the views holds the desk's lock on them, and so does, alone, whoever brings them up to the
//! head. A process that ends between two rows leaves a store that was not closed, and that is believed by nobody.

use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use redress_log::{Store, StoreChange, StoreError};
use redress_views::rows::{Change, MemoryRows, Rows, RowsError, Visit};
use redress_views::{ViewError, Views};

/// How many rows are copied at once.
const COPIED: usize = 4_096;
/// Shorter rows are not worth packing.
const PACKED_FROM: usize = 128;
/// No row is as long as that.
const LONGEST: usize = 64 << 20;
/// What a row in the store begins with: it stands there as it is, or packed.
const PLAIN: u8 = 0;
const PACKED: u8 = 1;

/// The rows of the views, wherever they live.
#[derive(Clone)]
pub struct Home(Body);

#[derive(Clone)]
enum Body {
    Memory(MemoryRows),
    Store(Arc<dyn Store>),
}

impl Default for Home {
    fn default() -> Self {
        Self(Body::Memory(MemoryRows::default()))
    }
}

impl Home {
    pub(crate) fn store(store: Arc<dyn Store>) -> Self {
        Self(Body::Store(store))
    }

    /// Whether the rows live in the store beside the journal.
    #[must_use]
    pub fn is_store(&self) -> bool {
        matches!(self.0, Body::Store(_))
    }

    /// Whether the rows live in this very store; none: in memory.
    pub(crate) fn is_in(&self, store: Option<&Arc<dyn Store>>) -> bool {
        match (&self.0, store) {
            (Body::Store(own), Some(other)) => {
                std::ptr::addr_eq(Arc::as_ptr(own), Arc::as_ptr(other))
            }
            (Body::Memory(_), None) => true,
            _ => false,
        }
    }

    /// The store in which the rows live.
    pub(crate) fn clone_store(&self) -> Option<Arc<dyn Store>> {
        match &self.0 {
            Body::Store(store) => Some(store.clone()),
            Body::Memory(_) => None,
        }
    }

    /// A copy of every row.
    ///
    /// # Errors
    /// When they do not answer.
    pub fn all(&self) -> Result<MemoryRows, RowsError> {
        let mut rows = MemoryRows::default();
        let mut changes = Vec::new();
        self.scan(b"v/", b"v0", &mut |key, value| {
            changes.push(Change {
                key: key.to_vec(),
                value: Some(value.to_vec()),
            });
            ControlFlow::Continue(())
        })?;
        rows.write(changes)?;
        Ok(rows)
    }
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Home")
            .field("in_store", &self.is_store())
            .finish_non_exhaustive()
    }
}

/// The same rows, wherever they live.
impl PartialEq<MemoryRows> for Home {
    fn eq(&self, other: &MemoryRows) -> bool {
        self.all().is_ok_and(|rows| rows == *other)
    }
}

impl PartialEq<Home> for MemoryRows {
    fn eq(&self, other: &Home) -> bool {
        other == self
    }
}

impl Rows for Home {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        match &self.0 {
            Body::Memory(rows) => rows.get(key),
            Body::Store(store) => {
                let row = store.get(key).map_err(|e| failed(&e))?;
                let row = row.map(|row| {
                    unpacked(&row)
                        .map(Cow::into_owned)
                        .ok_or_else(|| strange(key))
                });
                row.transpose()
            }
        }
    }

    fn scan(&self, from: &[u8], until: &[u8], visit: &mut Visit<'_>) -> Result<(), RowsError> {
        match &self.0 {
            Body::Memory(rows) => rows.scan(from, until, visit),
            Body::Store(store) => {
                let mut wrong = None;
                let seen = store.scan(from, until, &mut |key, row| match unpacked(row) {
                    Some(row) => visit(key, &row),
                    None => {
                        wrong = Some(strange(key));
                        ControlFlow::Break(())
                    }
                });
                seen.map_err(|e| failed(&e))?;
                wrong.map_or(Ok(()), Err)
            }
        }
    }

    fn write(&mut self, changes: Vec<Change>) -> Result<(), RowsError> {
        match &mut self.0 {
            Body::Memory(rows) => rows.write(changes),
            Body::Store(store) => {
                let mut changes: Vec<StoreChange> = changes
                    .into_iter()
                    .map(|Change { key, value }| StoreChange {
                        key,
                        value: value.map(packed),
                    })
                    .collect();
                // Neighbours lie on one page of the store. Changes of one row stay in their order.
                changes.sort_by(|a, b| a.key.cmp(&b.key));
                store.write(&changes).map_err(|e| failed(&e))
            }
        }
    }
}

fn failed(error: &StoreError) -> RowsError {
    RowsError(error.to_string())
}

/// A row as it stands in the store.
fn packed(mut row: Vec<u8>) -> Vec<u8> {
    if row.len() >= PACKED_FROM && row.len() <= LONGEST {
        let mut packed = vec![PACKED];
        packed.extend(lz4_flex::block::compress_prepend_size(&row));
        if packed.len() < row.len() {
            return packed;
        }
    }
    row.insert(0, PLAIN);
    row
}

/// The row that stands in the store; none if it is none.
fn unpacked(row: &[u8]) -> Option<Cow<'_, [u8]>> {
    let (kind, row) = row.split_first()?;
    match *kind {
        PLAIN => Some(Cow::Borrowed(row)),
        PACKED => {
            let (length, packed) = lz4_flex::block::uncompressed_size(row).ok()?;
            let length = Some(length).filter(|length| *length <= LONGEST)?;
            let row = lz4_flex::block::decompress(packed, length).ok()?;
            (row.len() == length).then_some(Cow::Owned(row))
        }
        _ => None,
    }
}

fn strange(key: &[u8]) -> RowsError {
    RowsError(format!("the row `{}` does not read", key.escape_ascii()))
}

/// Views over a store. If they have not begun there, and rows of theirs lie in memory, those are copied.
pub(crate) fn moved(views: &Views<Home>, store: Arc<dyn Store>) -> Result<Views<Home>, ViewError> {
    let there = Views::over(Home::store(store.clone()))?;
    let Body::Memory(rows) = &views.rows().0 else {
        return Ok(there);
    };
    if there.position() > 0 || views.position() == 0 {
        return Ok(there);
    }
    // Until the checkpoint is there as well, which is the last that is written, none of it is believed.
    let mut home = there.into_rows();
    let mut checkpoint = Vec::new();
    let mut changes = Vec::new();
    for (key, value) in rows.iter() {
        let change = Change {
            key: key.to_vec(),
            value: Some(value.to_vec()),
        };
        if redress_views::rows::is_checkpoint(key) {
            checkpoint.push(change);
            continue;
        }
        changes.push(change);
        if changes.len() >= COPIED {
            home.write(std::mem::take(&mut changes))?;
        }
    }
    home.write(changes)?;
    home.write(checkpoint)?;
    Views::over(home)
}
