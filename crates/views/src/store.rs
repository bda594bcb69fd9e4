//! Reading rows back.

use std::ops::ControlFlow;

use redress_kernel::id::CaseId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::case_row::{CaseRow, Head};
use crate::error::ViewError;
use crate::key::{CASES, Key};
use crate::rows::{Rows, behind};

/// Rows of one case in the making: keys and bytes.
pub(crate) type Made = Vec<(Vec<u8>, Vec<u8>)>;

/// What is done with a row that is read, and whether to go on.
pub(crate) type Read<'r, T> = dyn FnMut(&[u8], &[u8]) -> Result<T, ViewError> + 'r;

/// The bytes of a row.
pub(crate) fn encode<T: Serialize>(key: &[u8], row: &T) -> Result<Vec<u8>, ViewError> {
    serde_json::to_vec(row).map_err(|e| unreadable(key, &e))
}

/// The row of these bytes.
pub(crate) fn decode<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, ViewError> {
    serde_json::from_slice(bytes).map_err(|e| unreadable(key, &e))
}

pub(crate) fn unreadable(key: &[u8], why: &dyn std::fmt::Display) -> ViewError {
    ViewError::Row {
        key: String::from_utf8_lossy(key).into_owned(),
        why: why.to_string(),
    }
}

/// Shows the rows from a key up to another; the first error ends it.
pub(crate) fn between<R: Rows + ?Sized>(
    rows: &R,
    from: &[u8],
    until: &[u8],
    each: &mut Read<'_, ControlFlow<()>>,
) -> Result<(), ViewError> {
    let mut failed = None;
    rows.scan(from, until, &mut |key, value| match each(key, value) {
        Ok(flow) => flow,
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(()), Err)
}

/// Shows every row whose key begins with a prefix.
pub(crate) fn under<R: Rows + ?Sized>(
    rows: &R,
    prefix: &[u8],
    each: &mut Read<'_, ()>,
) -> Result<(), ViewError> {
    between(rows, prefix, &behind(prefix), &mut |key, value| {
        each(key, value).map(ControlFlow::Continue)
    })
}

/// The first key under a prefix, at or behind another key.
pub(crate) fn first_under<R: Rows + ?Sized>(
    rows: &R,
    from: &[u8],
    prefix: &[u8],
) -> Result<Option<Vec<u8>>, ViewError> {
    let mut found = None;
    between(rows, from, &behind(prefix), &mut |key, _| {
        found = Some(key.to_vec());
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// Where a case's row stands.
pub(crate) fn case_key(case: CaseId) -> Vec<u8> {
    Key::of(CASES, "c").case(case).bytes()
}

/// What is known of a case.
pub(crate) fn case<R: Rows + ?Sized>(rows: &R, case: CaseId) -> Result<Option<CaseRow>, ViewError> {
    let key = case_key(case);
    rows.get(&key)?
        .map(|bytes| decode(&key, &bytes))
        .transpose()
}

/// What the register shows of a case; the rest of the row is passed over.
pub(crate) fn head<R: Rows + ?Sized>(rows: &R, case: CaseId) -> Result<Option<Head>, ViewError> {
    #[derive(Deserialize)]
    struct Only {
        head: Head,
    }
    let key = case_key(case);
    rows.get(&key)?
        .map(|bytes| decode::<Only>(&key, &bytes).map(|only| only.head))
        .transpose()
}
