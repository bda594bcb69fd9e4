//! The trait that every body of the log fulfils.

use std::collections::BTreeSet;

pub use futures_core::future::BoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::{AppendError, ReadError},
    position::{Position, Version},
    record::{Appended, Page},
    stream_id::StreamId,
    tree::TreeHead,
    write::Append,
};

/// An append-only log of events in streams.
///
/// Only what is durable is ever read: a record is visible to `stream`, `all` and `head`
/// before its append is answered, and never before it is on disk.
pub trait EventLog: Send + Sync {
    /// Stores all writes, or none, at consecutive positions, durably.
    ///
    /// The append takes its place in the queue **when this is called**, before the future is
    /// polled: appends called one after the other are decided in that order, each seeing the
    /// ones before. Dropping the future does not take the append back.
    ///
    /// # Errors
    /// See [`AppendError`]; all but `Unknown` mean that nothing was stored.
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>>;

    /// A stream's events from a version on, at most `limit`. A stream that does not exist is empty.
    ///
    /// # Errors
    /// When a record is damaged or the disk does not answer.
    fn stream<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Version>, ReadError>>;

    /// All events from a position on that pass the filter, at most `limit`.
    ///
    /// # Errors
    /// When a record is damaged (passed by the filter or not) or the disk does not answer.
    fn all<'a>(
        &'a self,
        from: Position,
        filter: &'a Filter,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Position>, ReadError>>;

    /// The last position that can be read; 0 when the log is empty.
    fn head(&self) -> Position;

    /// Waits until the head is past a position, then says the head.
    ///
    /// # Errors
    /// `Closed` when the log closes before.
    fn beyond(&self, position: Position) -> BoxFuture<'_, Result<Position, ReadError>>;

    /// The head of the Merkle tree over all records that are durable, with the last of their positions; none where the
    /// log keeps no tree, or behind damage.
    fn tree_head(&self) -> Option<TreeHead> {
        None
    }

    /// What the log was founded with.
    fn info(&self) -> &LogInfo;

    /// The log's id.
    fn log_id(&self) -> Uuid {
        self.info().log_id
    }

    /// Takes no more appends, finishes those that wait, seals what is stored. Reading goes on.
    /// Closing twice is no error.
    ///
    /// # Errors
    /// When what waits cannot be finished or the seal cannot be written.
    fn close(&self) -> BoxFuture<'_, Result<(), AppendError>>;
}

/// What a log was founded with; it never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogInfo {
    /// The log's id.
    pub log_id: Uuid,
    /// Counts the lives of a log: a restored backup that goes on is a new epoch.
    pub epoch: u32,
    /// The version of the format on disk.
    pub format: u32,
    /// The company's time zone by its IANA name; the log only keeps it.
    pub zone: String,
    /// What the instants were read from.
    pub clock: ClockKind,
}

/// What a log's instants were read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockKind {
    /// The machine's clock.
    System,
    /// A clock moved by hand, as in a demonstration: nothing in the log happened.
    Simulated,
}

impl ClockKind {
    /// The word on disk.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ClockKind::System => "system",
            ClockKind::Simulated => "simulated",
        }
    }
}

/// Which events are wanted. It is applied before a payload is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    categories: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

impl Filter {
    /// Every event.
    #[must_use]
    pub fn everything() -> Filter {
        Filter::default()
    }

    /// Only events of streams of these categories (further calls add to them).
    #[must_use]
    pub fn categories(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Filter {
        self.categories.extend(names.into_iter().map(Into::into));
        self
    }

    /// Only events of these types (further calls add to them).
    #[must_use]
    pub fn kinds(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Filter {
        self.kinds.extend(names.into_iter().map(Into::into));
        self
    }

    /// Whether an event passes.
    #[must_use]
    pub fn passes(&self, category: &str, kind: &str) -> bool {
        (self.categories.is_empty() || self.categories.contains(category))
            && (self.kinds.is_empty() || self.kinds.contains(kind))
    }
}
