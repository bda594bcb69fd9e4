//! The tree heads that closed months and restores state: an audit compares them with what stands before (design:
//! integrity).

use redress_core::month::MonthEvent;
use redress_log::{Position, Recorded, TreeHead, Verification};

use crate::lives::LogEvent;

/// The type of the event by which a month is closed.
const CLOSED: &str = "month.closed";
/// The type of the event with which a restored log goes on.
const RESTORED: &str = "log.restored";

/// A verification of a directory that also compares the tree heads that closed months and restores state.
#[must_use]
pub fn verification() -> Verification {
    Verification::new().stating([CLOSED, RESTORED], stated)
}

/// The head that a record states; none if the log that it was decided on kept no tree.
fn stated(recorded: &Recorded) -> Result<Option<TreeHead>, String> {
    let payload = recorded.payload.as_str();
    if recorded.kind == RESTORED {
        let event = LogEvent::read(&recorded.kind, recorded.schema, payload);
        let LogEvent::Restored(restored) = event.map_err(|error| error.to_string())?;
        return of(restored.position, &restored.tree).map(Some);
    }
    let event = MonthEvent::read(&recorded.kind, recorded.schema, payload);
    let MonthEvent::Closed(closed) = event.map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let Some(head) = closed.tree_head else {
        return Ok(None);
    };
    of(head.size, &head.root).map(Some)
}

fn of(position: u64, root: &str) -> Result<TreeHead, String> {
    let hash = root
        .parse()
        .map_err(|_| format!("`{root}` is not written as 64 lower-case hexadecimal digits"))?;
    Ok(TreeHead {
        position: Position(position),
        hash,
    })
}
