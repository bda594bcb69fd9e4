//! What is asked of the desk, and what it answers.

use redress_core::command::Command;
use redress_kernel::actor::By;
use redress_kernel::id::{CaseId, DefinitionId};
use redress_kernel::time::Instant;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A command with who, when and on which case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The command's own id; sent again under the same id it is done once. None: a new one is drawn.
    pub id: Option<Uuid>,
    /// Who asks.
    pub by: By,
    /// The case; none for a command that opens one.
    pub case: Option<CaseId>,
    /// The workflow of a case to be opened; none: `customer-complaint`.
    pub definition: Option<DefinitionId>,
    /// When it happened; none: now.
    pub occurred_at: Option<Instant>,
    /// The version at which the case must be; none: whichever.
    pub expect: Option<u64>,
    /// Decide, and store nothing.
    pub dry_run: bool,
    /// What is asked.
    pub command: Command,
}

impl Request {
    /// A command by a person, now.
    #[must_use]
    pub fn new(by: By, command: impl Into<Command>) -> Self {
        Self {
            id: None,
            by,
            case: None,
            definition: None,
            occurred_at: None,
            expect: None,
            dry_run: false,
            command: command.into(),
        }
    }

    /// Names the case.
    #[must_use]
    pub fn on(mut self, case: CaseId) -> Self {
        self.case = Some(case);
        self
    }

    /// Gives the command's id.
    #[must_use]
    pub fn id(mut self, id: Uuid) -> Self {
        self.id = Some(id);
        self
    }

    /// Names the workflow of a case to be opened.
    #[must_use]
    pub fn of(mut self, definition: DefinitionId) -> Self {
        self.definition = Some(definition);
        self
    }

    /// Says when it happened.
    #[must_use]
    pub fn occurred_at(mut self, at: Instant) -> Self {
        self.occurred_at = Some(at);
        self
    }

    /// Says at which version the case must be.
    #[must_use]
    pub fn expect(mut self, version: u64) -> Self {
        self.expect = Some(version);
        self
    }

    /// Asks only what would follow.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }
}

/// What a command came to. A command that is sent again gets the same answer: two answers to it are equal, in JSON too,
/// whichever came first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// The command's id.
    pub command: Uuid,
    /// The case.
    pub case: CaseId,
    /// The case's version behind the command's last event.
    pub version: u64,
    /// Where that event stands in the log; 0 if nothing was stored.
    pub position: u64,
    /// The number that the command gave the case, in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The events that followed on the case.
    pub events: Vec<EventSummary>,
    /// Whether it had been done before, and this is what came of it then. It tells of the asking, so it is no part of
    /// the answer.
    #[serde(skip)]
    pub repeated: bool,
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        let whole = |answer: &Self| (answer.command, answer.case, answer.version, answer.position);
        whole(self) == whole(other) && self.number == other.number && self.events == other.events
    }
}

impl Eq for Answer {}

/// An event in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSummary {
    /// Its type, such as `case.stage_reported`.
    pub kind: String,
    /// Its version in the case.
    pub version: u64,
    /// When it happened.
    pub occurred_at: Instant,
}

/// How a case is named: by id, by number, by the beginning of its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseRef {
    /// By id.
    Id(CaseId),
    /// By number (`26-03-07`, `260307`), id or the beginning of one.
    Text(String),
}

impl From<CaseId> for CaseRef {
    fn from(id: CaseId) -> Self {
        Self::Id(id)
    }
}
impl From<Uuid> for CaseRef {
    fn from(id: Uuid) -> Self {
        Self::Id(CaseId(id))
    }
}
impl From<&str> for CaseRef {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for CaseRef {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for CaseRef {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
