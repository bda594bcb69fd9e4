//! The tree heads that closed months state: an audit compares them with what stands before (design: integrity).

use redress_core::month::MonthEvent;
use redress_log::{Position, Recorded, TreeHead, Verification};

/// The type of the event by which a month is closed.
const CLOSED: &str = "month.closed";

/// A verification of a directory that also compares the tree heads that closed months state.
#[must_use]
pub fn verification() -> Verification {
    Verification::new().stating([CLOSED], stated)
}

/// The head that a closing states; none if the log that it was decided on kept no tree.
fn stated(recorded: &Recorded) -> Result<Option<TreeHead>, String> {
    let payload = recorded.payload.as_str();
    let event = MonthEvent::read(&recorded.kind, recorded.schema, payload);
    let MonthEvent::Closed(closed) = event.map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let Some(head) = closed.tree_head else {
        return Ok(None);
    };
    let hash = head.root.parse().map_err(|_| {
        format!(
            "`{}` is not written as 64 lower-case hexadecimal digits",
            head.root
        )
    })?;
    Ok(Some(TreeHead {
        position: Position(head.size),
        hash,
    }))
}
