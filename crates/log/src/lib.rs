//! The append-only event log: one trait, a journal on disk, and a log in memory.
//!
//! The log keeps events as they were given and hands them back in order. It knows
//! neither complaints nor calendars: a payload is a piece of JSON text, an instant a
//! text of fixed width. What is on disk is described in `docs/event-log-format.md`.
//!
//! In reading order:
//!
//! - [`EventLog`]: the trait that every body of the log fulfils.
//! - [`Append`], [`StreamWrite`], [`NewEvent`], [`Expected`]: what is handed in.
//! - [`Appended`], [`Recorded`], [`Page`], [`Filter`]: what comes back.
//! - [`Position`], [`Version`], [`StreamId`], [`Stamp`], [`RawJson`]: the words both use.
//! - [`Subscription`]: the events behind a position, and those to come.
//! - [`AppendError`], [`ReadError`], [`Damage`]: what may go wrong.
//! - [`MemoryLog`]: a log that lives as long as the process.
//! - [`Journal`], [`JournalOptions`], [`Founding`], [`Recovery`], [`OpenError`]: the log on disk.
//! - [`Verification`], [`Backup`], [`Restore`], [`Salvage`]: reading everything through, copying it, going on from a
//!   copy, exporting what is whole of what is damaged. [`Doctor`]: what is wrong with a directory.
//! - [`Disk`], [`Index`]: the seams below the journal, and a body for each.
//! - [`Store`], [`Checked`], [`Shelf`]: rows that can be thrown away, and when those on disk are trusted.

mod admission;
mod backup;
mod checkpoint;
mod copying;
mod disk;
mod doctor;
mod error;
mod event_log;
mod index;
mod journal;
mod json;
mod line;
mod memory;
mod position;
mod record;
mod restore;
mod salvage;
mod scratch;
mod stamp;
mod store;
mod stream_id;
mod subscription;
mod tree;
mod verify;
mod write;

pub use backup::{BackedUp, Backup, BackupError};
pub use checkpoint::Checkpoint;
pub use disk::{Disk, DiskFile, DiskLock, LockFailure, RealDisk};
pub use doctor::{Diagnosis, Doctor, Severity, Sign};
pub use error::{AppendError, Damage, Limit, ReadError};
pub use event_log::{BoxFuture, ClockKind, EventLog, Filter, LogInfo};
pub use index::{Entry, Index, IndexError, Indexed, MemoryIndex};
pub use journal::{Cut, Founding, Journal, JournalOptions, OpenError, Recovery, Scanned};
pub use json::{JsonFault, RawJson};
#[doc(hidden)]
pub use line::spell_alone;
pub use memory::MemoryLog;
pub use position::{LARGEST_INTEGER, Position, Version};
pub use record::{Appended, Page, Part, Recorded};
pub use restore::{Restore, RestoreError, Restored};
pub use salvage::{Lost, Salvage, SalvageError, Salvaged};
pub use stamp::{Stamp, StampFault};
pub use store::{
    Checked, ClosingNote, DiskStore, Look, MemoryStore, Shelf, SledStore, Store, StoreChange,
    StoreError, StoreVisit,
};
pub use stream_id::{StreamId, StreamIdFault};
pub use subscription::Subscription;
pub use tree::{TreeHash, TreeHashFault, TreeHead};
pub use verify::{Counts, Finding, FindingKind, IndexState, Verification, Verified};
pub use write::{
    Append, Expected, MAX_APPEND_BYTES, MAX_APPEND_RECORDS, MAX_LINE_BYTES, NewEvent, StreamWrite,
};
