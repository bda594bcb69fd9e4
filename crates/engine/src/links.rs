//! Links between cases: both ends are told in one append.

use redress_core::command::{Command, ComplaintCommand};
use redress_kernel::command::CaseCommand;
use redress_kernel::event::Link;
use redress_kernel::id::CaseId;

/// The new case carries on a closed one whose conclusion the customer does not accept (M9-9).
pub const FOLLOWS: &str = "follows";
/// The joint inspection that came before the case (M9-2).
pub const JOINT_INSPECTION: &str = "joint-inspection";
/// The abnormality notice that the case was raised from (M3).
pub const RAISED_FROM: &str = "raised-from";
/// The complaint that an abnormality notice was raised to (M3).
pub const RAISED_TO: &str = "raised-to";

/// What the other case is told when a new case names it.
pub(crate) fn counterpart(link: &Link, new: CaseId) -> Command {
    match link.relation.as_str() {
        FOLLOWS => Command::Complaint(ComplaintCommand::CustomerRefuses { successor: new }),
        RAISED_FROM => linked(RAISED_TO.to_owned(), new),
        other => linked(format!("{other}-of"), new),
    }
}

fn linked(relation: String, case: CaseId) -> Command {
    Command::Case(CaseCommand::Link { relation, case })
}
