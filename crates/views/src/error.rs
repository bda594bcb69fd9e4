//! What can go wrong with views.

use redress_kernel::event::EventError;

use crate::rows::RowsError;

/// Why the views cannot take a record, or cannot answer. After an error in taking records the views stand at
/// [`position`](crate::Views::position); go on from there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ViewError {
    /// A record cannot be read; it is never passed over.
    #[error("the record at position {position} cannot be read: {why}")]
    Event {
        /// Where it stands in the log.
        position: u64,
        /// Why.
        why: EventError,
    },
    /// An event of a case stands in a stream that is not a case's.
    #[error(
        "the record at position {position} stands in `{stream}`, which is not the stream of a case"
    )]
    Stream {
        /// Where it stands in the log.
        position: u64,
        /// The stream.
        stream: String,
    },
    /// The rows do not answer.
    #[error("the rows of the views do not answer: {0}")]
    Rows(#[from] RowsError),
    /// A row is not what this build writes: the views must be rebuilt.
    #[error("the row `{key}` does not read ({why}): rebuild the views from the log")]
    Row {
        /// Key of the row.
        key: String,
        /// What is wrong.
        why: String,
    },
}
