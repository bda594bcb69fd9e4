//! Commands that any case understands.

use serde::{Deserialize, Serialize};

use crate::event::{Imported, Link};
use crate::id::{CaseId, StageId};
use crate::value::{Path, Value, Values};

/// What somebody wants to happen to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum CaseCommand {
    /// Open a case.
    Open {
        /// The form.
        values: Values,
        /// What it is linked with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        links: Vec<Link>,
    },
    /// Enter a historic case.
    Import {
        /// What the source knows.
        record: Box<Imported>,
    },
    /// Enter the report of the stage at which the case stands.
    Report {
        /// Stage.
        stage: StageId,
        /// The visit that is expected to be open; none: whichever is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit: Option<u32>,
        /// The form.
        #[serde(default)]
        values: Values,
    },
    /// Endorse the report.
    Endorse {
        /// Stage.
        stage: StageId,
        /// The visit that is expected to be open; none: whichever is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit: Option<u32>,
        /// An instruction.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remark: Option<String>,
    },
    /// Send the case back to an earlier stage.
    SendBack {
        /// The stage to be visited anew.
        to: StageId,
        /// The visit that is expected to be open; none: whichever is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit: Option<u32>,
        /// Why.
        reason: String,
    },
    /// Enter a value that was "not yet determined".
    Complete {
        /// Which.
        path: Path,
        /// What it is.
        value: Value,
    },
    /// Correct a value.
    Correct {
        /// Which.
        path: Path,
        /// What it is.
        value: Value,
        /// Why.
        reason: String,
    },
    /// Let the clocks stand still.
    Suspend {
        /// Why.
        reason: String,
    },
    /// Let the clocks go on.
    Resume {},
    /// Record that the case is withdrawn.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Ask a department why a visit was late.
    Inquire {
        /// The visit.
        visit: u32,
    },
    /// Answer an inquiry.
    AnswerInquiry {
        /// Which.
        inquiry: u32,
        /// The reason.
        reason: String,
    },
    /// Link the case with another.
    Link {
        /// The relation.
        relation: String,
        /// The other.
        case: CaseId,
    },
    /// The engine's own: issue what is to be issued at this moment, reissue provisional deadlines.
    Round {},
}
