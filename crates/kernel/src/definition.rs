//! A definition: a workflow as data. The numbers of a regulation stand here, each with its clause, never in the rules.

use serde::{Deserialize, Serialize};

use crate::calendar::Span;
use crate::form::Form;
use crate::guard::Guard;
use crate::id::{DefinitionId, DepartmentId, FieldId, FormId, OfficeId, StageId};
use crate::value::{Path, Value};

/// A title in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The regulation says so.
    #[default]
    Source,
    /// The source lost it; a fuller public copy has it.
    Recovered,
    /// Neither has it: our choice, which a company can change.
    Default,
    /// A table whose real figures are lost: an example.
    Example,
}

/// A workflow: its route, forms, clocks and duties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Name of the workflow.
    pub id: DefinitionId,
    /// Version of this text of the rules, such as `2026-1`.
    pub version: String,
    /// Title.
    pub title: Title,
    /// Category of the event streams of its cases, such as `complaint`.
    pub category: String,
    /// The domain that knows more of these cases than the kernel; none for a definition that is data alone.
    pub domain: Option<String>,
    /// Departments that take part.
    pub departments: Vec<Department>,
    /// Offices that decide or endorse, the lowest first.
    pub offices: Vec<Office>,
    /// How a case is opened.
    pub opening: Opening,
    /// Facts derived from fields.
    pub facts: Vec<Fact>,
    /// Forms.
    pub forms: Vec<Form>,
    /// The route, in order.
    pub stages: Vec<Stage>,
    /// The end of this stage closes the case. Stages behind it follow the closing.
    pub closes_at_end_of: StageId,
    /// The clock of the whole case.
    pub clock: Option<CaseClock>,
    /// How cases are numbered.
    pub numbering: Option<Numbering>,
    /// The ladder of reminders.
    pub reminders: Reminders,
    /// Who may inquire into overdue visits after closing.
    pub inquiry: Option<Duty>,
    /// Who may suspend and resume the clocks.
    pub suspension: Option<Duty>,
    /// Who may record that a case is withdrawn.
    pub withdrawal: Option<Duty>,
    /// Who may correct or complete what was entered.
    pub correction: Option<Duty>,
    /// How far back an entry may reach; none: any distance.
    pub max_backdating: Option<Span>,
    /// Id of the calendar that it reckons by.
    pub calendar: String,
    /// The office whose recorded approval a version needs to take effect.
    pub approved_by: Option<ApprovalDuty>,
}

/// A department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Id.
    pub id: DepartmentId,
    /// Title.
    pub title: Title,
}

/// An office that decides or endorses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Id.
    pub id: OfficeId,
    /// Title.
    pub title: Title,
}

/// A duty: which departments may do something, and the clause that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// The departments; empty: every one.
    pub departments: Vec<DepartmentId>,
    /// Clause.
    pub clause: String,
}

/// The office that must approve a version, and the clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalDuty {
    /// The office.
    pub office: OfficeId,
    /// Clause.
    pub clause: String,
}

/// How a case is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The form that opens it.
    pub form: FormId,
    /// The departments that may; empty: every one.
    pub departments: Vec<DepartmentId>,
    /// Clause.
    pub clause: String,
}

/// A fact derived from a field by a table of cases: the market from the customer's country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Name of the fact; read as `fact.NAME`.
    pub id: FieldId,
    /// The first of these paths with a value gives the fact as it stands.
    pub given_by: Vec<Path>,
    /// Else this path is looked up in `cases`.
    pub derived_from: Option<Path>,
    /// Value at `derived_from` → value of the fact.
    pub cases: Vec<FactCase>,
    /// What every other value gives.
    pub otherwise: Option<Value>,
    /// The end of this stage is refused while the fact is unknown.
    pub needed_at_end_of: Option<StageId>,
    /// Clause.
    pub clause: String,
}

/// One row of a derived fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactCase {
    /// If the field holds this,
    pub from: Value,
    /// the fact is this.
    pub to: Value,
}

/// One stage of the route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Id.
    pub id: StageId,
    /// Title.
    pub title: Title,
    /// Clause.
    pub clause: String,
    /// Whether it is the source's or ours.
    pub mark: Mark,
    /// The departments that may report; the first holds the visit.
    pub departments: Vec<DepartmentId>,
    /// If not empty, only the holder of one of these offices reports, the lowest first.
    pub offices: Vec<OfficeId>,
    /// The form of its report.
    pub form: FormId,
    /// Its limits: the first whose condition holds applies; none: no limit of its own (A9).
    pub limits: Vec<Limit>,
    /// Its limits count from when the latest visit of this earlier stage opened; none: from its own opening (A3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_from: Option<StageId>,
    /// Visited only if this holds; else recorded as not called for (A11).
    pub called_for: Option<Guard>,
    /// After its report, if the condition holds, the route goes on from an earlier stage anew.
    pub detour: Option<Detour>,
    /// The office that endorses the report; the visit ends with the endorsement (A16a).
    pub endorsement: Option<Endorsement>,
    /// Whether a case may be sent back to this stage (A12).
    pub revisitable: bool,
    /// Whether this stage may send a case back (A12).
    pub sends_back: bool,
}

/// A limit with the condition under which it applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Applies if this holds; none: always.
    pub when: Option<Guard>,
    /// The span.
    pub span: Span,
    /// Clause.
    pub clause: String,
    /// Whether it is the source's or ours.
    pub mark: Mark,
}

impl Limit {
    /// The span with its clause.
    pub(crate) fn told(&self) -> (Span, &str) {
        (self.span, &self.clause)
    }
}

/// A way back along the route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detour {
    /// If this holds after the report,
    pub when: Guard,
    /// the route goes on from here.
    pub to: StageId,
    /// Clause.
    pub clause: String,
}

/// An office reads or instructs inside a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endorsement {
    /// The offices that may endorse, the lowest first.
    pub offices: Vec<OfficeId>,
    /// Clause.
    pub clause: String,
}

/// The clock of the whole case: it starts and stops with the ends of two stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseClock {
    /// Starts at the end of this stage; the first stage's opening if none.
    pub starts_at_end_of: Option<StageId>,
    /// Its limits: the first whose condition holds applies.
    pub limits: Vec<Limit>,
    /// Clause.
    pub clause: String,
}

/// How cases are numbered: gap-free serials of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbering {
    /// Name of the series, part of the id of the stream that counts it.
    pub series: String,
    /// The number is given at the end of this stage; none: at the opening.
    pub at_end_of: Option<StageId>,
    /// Least number of digits of the serial.
    pub digits: u8,
    /// What stands before the number, `N` for `N26-03-01`.
    pub prefix: String,
    /// Clause.
    pub clause: String,
}

/// The ladder of reminders (M14, A13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    /// The due-soon notice comes when this part of the limit has passed, in percent; none: no notice.
    pub notice_percent: Option<u8>,
    /// Levels, the first first; level 1 is the first.
    pub levels: Vec<ReminderLevel>,
    /// Clause.
    pub clause: String,
}

/// One level of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderLevel {
    /// Passed when now lies later than the due instant plus this; none: than the due instant itself.
    pub after: Option<Span>,
    /// To whom it goes, besides the addressees of the levels below.
    pub to: AddresseeKind,
    /// Whether it is the source's or ours.
    pub mark: Mark,
}

/// Whom a level addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddresseeKind {
    /// The department that holds the visit.
    Department,
    /// The head of that department.
    Head,
    /// The holder of an office.
    Office(OfficeId),
}

impl Definition {
    /// A stage by id.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|s| s.id == *id)
    }
    /// The place of a stage in the route, from 0.
    pub fn stage_index(&self, id: &str) -> Option<usize> {
        self.stages.iter().position(|s| s.id == *id)
    }
    /// A form by id.
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|f| f.id == *id)
    }
    /// A department by id.
    pub fn department(&self, id: &str) -> Option<&Department> {
        self.departments.iter().find(|d| d.id == *id)
    }
    /// An office by id.
    pub fn office(&self, id: &str) -> Option<&Office> {
        self.offices.iter().find(|o| o.id == *id)
    }
    /// Whether the stage lies behind the closing.
    pub fn follows_closing(&self, id: &str) -> bool {
        match (
            self.stage_index(id),
            self.stage_index(self.closes_at_end_of.as_str()),
        ) {
            (Some(stage), Some(closing)) => stage > closing,
            _ => false,
        }
    }
}
