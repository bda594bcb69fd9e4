//! What the complaint regulation sets beyond the route: authority, copies, who rules on objections. Data of a workflow.

use redress_kernel::definition::{Definition, Duty, Mark};
use redress_kernel::id::{DepartmentId, OfficeId, StageId};
use redress_kernel::money::{Currency, Money};
use serde::{Deserialize, Serialize};

use crate::tables::Tables;

/// A workflow as it is in force: the definition, and the regulation if its domain is the complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// The definition.
    pub definition: Definition,
    /// The regulation; none for a definition that is data alone.
    pub regulation: Option<Regulation>,
    /// SHA-256 over the files it was read from, hexadecimal.
    pub hash: String,
}

/// The regulation of customer complaints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regulation {
    /// The stage whose report proposes the handling.
    pub proposal_stage: StageId,
    /// The stage whose report is the decision and closes the case (M9-8).
    pub decision_stage: StageId,
    /// The stage whose report is the settlement (M13).
    pub settlement_stage: StageId,
    /// The currency of the authority table.
    pub currency: Currency,
    /// Who may decide, by amount (M11); none: not set, and nothing is decided.
    pub authority: Option<AuthorityTable>,
    /// The copies of the form and their recipients (M9-8).
    pub copies: Vec<Copy>,
    /// Who may answer the customer (M9-11).
    pub answer: Duty,
    /// Who files the customer's refusal as a new form (M9-9).
    pub refusal_by_customer: Duty,
    /// Who may file a petition against a resolution (M9-12), and who rules on it.
    pub objection: RuledDuty,
    /// Who files the customer's objection to "not established" (M9-14), and who rules on it.
    pub customer_objection: RuledDuty,
    /// Who names third parties (M9-13).
    pub third_party: Duty,
    /// Who does what about money (M9-7, M12, D); none: not set.
    #[serde(default)]
    pub money: Option<MoneyDuties>,
    /// Who does what about improvements (M9-7); none: not set.
    #[serde(default)]
    pub improvement: Option<ImprovementDuties>,
    /// The tables about money (M9-7, D, P).
    #[serde(default)]
    pub tables: Tables,
}

/// Who does what about losses, responsibility, discipline and the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyDuties {
    /// Who states losses, determines responsibility, proposes discipline and keeps the month (M9-7, M9-10, M12).
    pub keeps: Duty,
    /// Who proposes responsibility (M9-4).
    pub proposes: Duty,
    /// Who records goods that came back and were resold (D1).
    pub goods: Duty,
    /// The offices that decide discipline and approve penalty notices (D6, M12).
    pub decides: DecidingDuty,
    /// Who announces discipline (M12).
    pub announces: Duty,
    /// Who enters units, base points, base units and bonuses (P3).
    pub pay: Duty,
}

/// Who does what about the improvement of a case (M9-7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementDuties {
    /// Who opens the improvement form.
    pub opens: Duty,
    /// Who drafts its items.
    pub drafts: Duty,
    /// Who confirms or returns the draft.
    pub confirms: Duty,
    /// The departments that an item may name, each of which carries out its own; empty: every one.
    pub carries_out: Duty,
    /// Who judges the effect.
    pub judges: Duty,
}

/// What an office decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidingDuty {
    /// The offices, the lowest first.
    pub offices: Vec<OfficeId>,
    /// Clause.
    pub clause: String,
}

/// Something that one duty files and an office rules on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuledDuty {
    /// The departments that may file; empty: every one.
    pub departments: Vec<DepartmentId>,
    /// The offices that rule, the lowest first.
    pub ruled_by: Vec<OfficeId>,
    /// Clause.
    pub clause: String,
}

/// The table of authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityTable {
    /// Clause.
    pub clause: String,
    /// Whether its figures are the source's or an example.
    pub mark: Mark,
    /// Rows, the lowest office first; the last has no bound.
    pub rows: Vec<AuthorityRow>,
}

/// A row of the table of authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRow {
    /// The highest amount that the office decides, included (A2); none: any amount.
    pub up_to: Option<Money>,
    /// The office.
    pub office: OfficeId,
}

/// One copy of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// Number of the copy.
    pub number: u8,
    /// Who receives it.
    pub department: DepartmentId,
}
