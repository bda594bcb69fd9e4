//! Versions of the rules and of calendars in the log, whole: a replay needs no file from outside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::events;
use crate::id::{DefinitionId, EmployeeId};

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
