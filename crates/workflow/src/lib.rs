//! Reads workflow and calendar files; every fault with its file, line, sentence and hint.
//!
//! - [`read`], [`study`], [`read_dir`]: from files to a workflow, or all faults at once.
//! - [`builtin`], [`builtin_files`]: the workflows that are shipped.
//! - [`read_calendar`], [`builtin_calendar`]: calendars.
//! - [`check`], [`show`], [`diff`], [`schema`](schema()): a workflow examined, as a page, against another version, as JSON Schema.
//! - [`budgets`]: what the stages use of the case clock.
//! - [`nobody_holds`]: roles that an organisation leaves open.
//! - [`Fault`], [`Faults`], [`FaultCode`]: what can be wrong.

mod budget;
mod builtin;
mod calendar;
mod check;
mod diff;
mod fault;
mod files;
mod leaves;
mod read;
mod report;
mod schema;
mod show;
mod tree;
mod words;

pub use budget::{Budget, budgets};
pub use builtin::{builtin, builtin_files, builtin_workflow};
pub use calendar::{CHINA, builtin_calendar, calendar_hash, read_calendar};
pub use check::nobody_holds;
pub use diff::{Change, diff};
pub use fault::{Fault, FaultCode, Faults};
pub use files::{Files, MOST_BYTES, MOST_FILES, files_of_dir, hash};
pub use leaves::Leaf;
pub use read::{Reading, read, study};
pub use report::{Report, check};
pub use schema::{form_schema, schema};
pub use show::show;

/// Reads the workflow of a directory.
///
/// # Errors
/// All [`Faults`] at once.
pub fn read_dir(directory: &std::path::Path) -> Result<redress_core::regulation::Workflow, Faults> {
    read(&files_of_dir(directory)?)
}
