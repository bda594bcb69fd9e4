//! Versions of the rules and of calendars in the log, whole: a replay needs no file from outside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, By};
use crate::case::Case;
use crate::definition::Definition;
use crate::events;
use crate::id::{DefinitionId, EmployeeId};
use crate::organisation::Organisation;
use crate::refusal::{self, Refusal};
use crate::time::Instant;

/// A version of a workflow took effect (M15).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowAdopted {
    /// The workflow.
    pub definition: DefinitionId,
    /// Its version.
    pub version: String,
    /// SHA-256 over the files, hexadecimal.
    pub hash: String,
    /// The files by name, whole.
    pub files: BTreeMap<String, String>,
    /// Who approved it, as holder of the office that must.
    pub approved_by: EmployeeId,
}

/// A calendar took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarAdopted {
    /// Id of the calendar.
    pub calendar: String,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
    /// The file, whole.
    pub file: String,
}

events! {
    /// An event of the stream `rules`.
    pub enum RulesEvent {
        /// A version of a workflow took effect.
        WorkflowAdopted(WorkflowAdopted) = "rules.workflow_adopted", 1;
        /// A calendar took effect.
        CalendarAdopted(CalendarAdopted) = "rules.calendar_adopted", 1;
    }
}

/// Checks that a version of the rules is approved by the holder of the office that must (M15). Which office that is,
/// the version in force says; only the first version says it of itself.
///
/// # Errors
/// `approval_missing` if somebody else adopts it, or no version names an office; those of [`Organisation::resolve`].
pub fn approve(
    in_force: Option<&Definition>,
    definition: &Definition,
    organisation: &Organisation,
    by: &By,
    at: Instant,
) -> Result<Actor, Refusal> {
    let missing = |clause: &str, office: &str| {
        Refusal::new(refusal::APPROVAL_MISSING, clause)
            .with("office", office)
            .with("definition", &definition.id)
            .with("version", &definition.version)
    };
    let duty = in_force
        .and_then(|d| d.approved_by.as_ref())
        .or(definition.approved_by.as_ref())
        .ok_or_else(|| missing("M15", "-"))?;
    let actor = organisation.resolve(by, std::slice::from_ref(&duty.office), at)?;
    if actor.office() == Some(&duty.office) {
        return Ok(actor);
    }
    Err(missing(&duty.clause, duty.office.as_str()))
}

/// Whether a case goes by the version in force instead of its own (M15). It keeps the version in force at its
/// acceptance, when its clock starts; before, a command on it is decided by the version in force at that instant.
/// Cases whose clock starts with their opening keep their version from there on; so does one that stands at a stage
/// which the version in force does not know before the start of its clock, since it could not go on.
pub fn goes_by_version_in_force(case: &Case, own: &Definition, in_force: &Definition) -> bool {
    let Some(visit) = case.open_visit().filter(|_| case.is_open()) else {
        return false;
    };
    let accepts = |definition: &Definition| {
        let clock = definition.clock.as_ref().filter(|c| !c.limits.is_empty())?;
        let starts = clock.starts_at_end_of.as_ref()?;
        let stands = definition.stage_index(visit.stage.as_str())?;
        Some(stands <= definition.stage_index(starts.as_str())?)
    };
    case.clock.is_none() && accepts(own) == Some(true) && accepts(in_force) == Some(true)
}
