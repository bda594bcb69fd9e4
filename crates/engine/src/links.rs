//! Links between cases. When a case is opened, and when the customer refuses, both ends are told in one append; a
//! link that is entered later is told to the case on which it is entered.

use redress_core::command::{Command, ComplaintCommand};
use redress_kernel::case::Case;
use redress_kernel::command::CaseCommand;
use redress_kernel::event::Link;
use redress_kernel::id::CaseId;
use redress_kernel::refusal::{self, Refusal};

/// The new case carries on a closed one whose conclusion the customer does not accept (M9-9).
pub const FOLLOWS: &str = "follows";
/// The other side of [`FOLLOWS`], which the closed case knows as its successor.
const FOLLOWED_BY: &str = "followed-by";
/// The joint inspection that came before the case (M9-2).
pub const JOINT_INSPECTION: &str = "joint-inspection";
/// The abnormality notice that the case was raised from (M3).
pub const RAISED_FROM: &str = "raised-from";
/// The complaint that an abnormality notice was raised to (M3).
pub const RAISED_TO: &str = "raised-to";

/// The case that one carries on as its new form, if it is one (M9-9).
pub(crate) fn follows(case: &Case) -> Option<CaseId> {
    let mut links = case.links.iter();
    links
        .find(|link| link.relation == FOLLOWS)
        .map(|link| link.case)
}

/// What a command on a case has others told: those that a new case names, and the successor that carries on a case
/// whose conclusion the customer does not accept (M9-9).
pub(crate) fn told_to_others(command: &Command, case: CaseId) -> Vec<(Link, Command)> {
    match command {
        Command::Case(CaseCommand::Open { links, .. }) => links
            .iter()
            .map(|link| (link.clone(), counterpart(link, case)))
            .collect(),
        Command::Complaint(ComplaintCommand::CustomerRefuses { successor }) => {
            let link = Link {
                relation: FOLLOWED_BY.to_owned(),
                case: *successor,
            };
            vec![(link, linked(FOLLOWS.to_owned(), case))]
        }
        _ => Vec::new(),
    }
}

/// Whether a successor names the case already: it may have been linked before the refusal is entered.
pub(crate) fn knows(told: &Case, command: &Command) -> bool {
    matches!(
        command,
        Command::Case(CaseCommand::Link { relation, case })
            if relation == FOLLOWS
                && told.links.iter().any(|l| l.relation == FOLLOWS && l.case == *case)
    )
}

/// A notice is raised to one complaint (M3).
pub(crate) fn check_raised_once(told: &Case, command: &Command) -> Result<(), Refusal> {
    let raised = told.links.iter().find(|link| link.relation == RAISED_TO);
    match (command, raised) {
        (Command::Case(CaseCommand::Link { relation, .. }), Some(link))
            if relation == RAISED_TO =>
        {
            Err(Refusal::new(refusal::ALREADY_LINKED, "M3")
                .with("relation", &link.relation)
                .with("case", link.case))
        }
        _ => Ok(()),
    }
}

/// What the other case is told when a new case names it.
fn counterpart(link: &Link, new: CaseId) -> Command {
    match link.relation.as_str() {
        FOLLOWS => Command::Complaint(ComplaintCommand::CustomerRefuses { successor: new }),
        RAISED_FROM => linked(RAISED_TO.to_owned(), new),
        other => linked(format!("{other}-of"), new),
    }
}

fn linked(relation: String, case: CaseId) -> Command {
    Command::Case(CaseCommand::Link { relation, case })
}
