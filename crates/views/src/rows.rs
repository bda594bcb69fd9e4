//! The seam to where rows are kept: keys and bytes, ordered by key.
//!
//! Rows can be thrown away: whatever stands in them is folded from the log and can be folded again.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::ops::ControlFlow;

/// The rows do not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RowsError(pub String);

/// A row put, or deleted where there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Key of the row.
    pub key: Vec<u8>,
    /// Its bytes from now on; none: the row goes.
    pub value: Option<Vec<u8>>,
}

/// What is done with each row of a scan: go on, or stop here.
pub type Visit<'v> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'v;

/// Rows, ordered bytewise by key.
pub trait Rows {
    /// The bytes of a row.
    ///
    /// # Errors
    /// When the rows cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError>;

    /// Shows the rows with `from` ≤ key < `until` in order, until all are seen or the visit stops.
    ///
    /// # Errors
    /// When the rows cannot be read.
    fn scan(&self, from: &[u8], until: &[u8], visit: &mut Visit<'_>) -> Result<(), RowsError>;

    /// Puts and deletes rows in the given order: all of them are seen afterwards, or none.
    ///
    /// # Errors
    /// When the rows cannot be written; then none of the changes is seen.
    fn write(&mut self, changes: Vec<Change>) -> Result<(), RowsError>;
}

/// Rows in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemoryRows(BTreeMap<Vec<u8>, Vec<u8>>);

impl MemoryRows {
    /// Every row, in order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }
}

impl Rows for MemoryRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, from: &[u8], until: &[u8], visit: &mut Visit<'_>) -> Result<(), RowsError> {
        if from >= until {
            return Ok(());
        }
        let range = (Bound::Included(from), Bound::Excluded(until));
        for (key, value) in self.0.range::<[u8], _>(range) {
            if visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn write(&mut self, changes: Vec<Change>) -> Result<(), RowsError> {
        for Change { key, value } in changes {
            match value {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
        Ok(())
    }
}

/// Whether a row says how far the views are. Without it no row is believed: whoever copies rows copies it last.
#[must_use]
pub fn is_checkpoint(key: &[u8]) -> bool {
    key == crate::key::CHECKPOINT
}

/// The first key behind all that begin with the prefix.
pub(crate) fn behind(prefix: &[u8]) -> Vec<u8> {
    let mut key = prefix.to_vec();
    while let Some(last) = key.pop() {
        if let Some(next) = last.checked_add(1) {
            key.push(next);
            return key;
        }
    }
    vec![0xff]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_prefix_nothing_begins_with_it() {
        assert_eq!(behind(b"v/a/"), b"v/a0");
        assert_eq!(behind(&[b'a', 0xff]), b"b");
    }

    #[test]
    fn a_scan_stops_where_the_visit_says() {
        let mut rows = MemoryRows::default();
        let put = |key: &[u8]| Change {
            key: key.to_vec(),
            value: Some(vec![]),
        };
        rows.write(vec![put(b"a"), put(b"b"), put(b"c")]).unwrap();
        let mut seen = Vec::new();
        rows.scan(b"a", b"c", &mut |key, _| {
            seen.push(key.to_vec());
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(seen, [b"a", b"b"]);
        let mut count = 0;
        rows.scan(b"a", b"z", &mut |_, _| {
            count += 1;
            ControlFlow::Break(())
        })
        .unwrap();
        assert_eq!(count, 1);
    }
}
