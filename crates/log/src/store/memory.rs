//! A store that lives as long as the process: for tests, and for reading without writing.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{PoisonError, RwLock},
};

use super::{Store, StoreChange, StoreError, StoreVisit};

/// Rows in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(RwLock<BTreeMap<Vec<u8>, Vec<u8>>>);

impl Store for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(rows.get(key).cloned())
    }

    fn scan(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError> {
        if from >= until {
            return Ok(());
        }
        let rows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let range = (Bound::Included(from), Bound::Excluded(until));
        for (key, value) in rows.range::<[u8], _>(range) {
            if visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn scan_back(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError> {
        if from >= until {
            return Ok(());
        }
        let rows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let range = (Bound::Included(from), Bound::Excluded(until));
        for (key, value) in rows.range::<[u8], _>(range).rev() {
            if visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn write(&self, changes: &[StoreChange]) -> Result<(), StoreError> {
        let mut rows = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for StoreChange { key, value } in changes {
            match value {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        Ok(())
    }
}
