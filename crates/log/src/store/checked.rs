//! A checksum with every row, whatever the body below.

use super::{Store, StoreChange, StoreError, StoreVisit};
use std::ops::ControlFlow;

/// CRC-32C, four bytes behind the value, the lowest first.
const SUM_BYTES: usize = 4;

/// A store whose rows carry a checksum, compared on every read.
///
/// It covers the key, so that a value that came to stand under another key is noticed too. A row
/// that is gone cannot be noticed here: that is what the sums of the files are for.
#[derive(Debug, Default)]
pub struct Checked<S> {
    body: S,
}

impl<S: Store> Checked<S> {
    /// Puts checksums around a body.
    pub fn new(body: S) -> Checked<S> {
        Checked { body }
    }

    /// The body, whose values end with their checksums.
    pub fn body(&self) -> &S {
        &self.body
    }
}

/// Over the key's length, the key, the value: no byte can move from one to the other unnoticed.
fn sum(key: &[u8], value: &[u8]) -> [u8; SUM_BYTES] {
    let length = (key.len() as u64).to_le_bytes();
    let crc = crc32c::crc32c_append(crc32c::crc32c(&length), key);
    crc32c::crc32c_append(crc, value).to_le_bytes()
}

/// The value without its checksum, if it agrees.
fn value<'a>(key: &[u8], stored: &'a [u8]) -> Result<&'a [u8], StoreError> {
    stored
        .split_last_chunk::<SUM_BYTES>()
        .filter(|(value, stands)| **stands == sum(key, value))
        .map(|(value, _)| value)
        .ok_or_else(|| StoreError::Wrong { key: key.to_vec() })
}

/// Runs a scan of the body, showing values without their checksums.
fn shown(
    visit: &mut StoreVisit<'_>,
    scan: impl FnOnce(&mut StoreVisit<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut wrong = None;
    scan(&mut |key, stored| match value(key, stored) {
        Ok(value) => visit(key, value),
        Err(error) => {
            wrong = Some(error);
            ControlFlow::Break(())
        }
    })?;
    wrong.map_or(Ok(()), Err)
}

impl<S: Store> Store for Checked<S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(mut stored) = self.body.get(key)? else {
            return Ok(None);
        };
        let length = value(key, &stored)?.len();
        stored.truncate(length);
        Ok(Some(stored))
    }

    fn scan(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError> {
        shown(visit, |visit| self.body.scan(from, until, visit))
    }

    fn scan_back(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError> {
        shown(visit, |visit| self.body.scan_back(from, until, visit))
    }

    fn write(&self, changes: &[StoreChange]) -> Result<(), StoreError> {
        let summed: Vec<StoreChange> = changes
            .iter()
            .map(|StoreChange { key, value }| StoreChange {
                key: key.clone(),
                value: value
                    .as_ref()
                    .map(|value| [value.as_slice(), &sum(key, value)].concat()),
            })
            .collect();
        self.body.write(&summed)
    }
}
