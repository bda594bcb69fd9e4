//! Events of a complaint about money: losses, responsibility, resale, discipline, notices (M9-7, D, P).

use std::collections::BTreeSet;

use redress_kernel::definition::Mark;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::{Date, Instant, Month};
use serde::{Deserialize, Serialize};

use crate::deduction::MemberShare;
use crate::discipline::{Fine, GradeApplied, PartyShare, Sentence};
use crate::loss::{DLoss, Loss, Resold, Returned};
use crate::responsibility::{Carried, ResponsibleShare};
use crate::tables::Grade;

/// The loss was stated by the loss basis (M9-7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossStated {
    /// Number of the statement within the case, from 1; each replaces the one before.
    pub statement: u32,
    /// The lines and their sum.
    pub loss: Loss,
    /// Why it was corrected, behind the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Shares of responsibility were proposed (M9-4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponsibilityProposed {
    /// Number of the proposal within the case, from 1; each replaces the one before.
    pub proposal: u32,
    /// The shares.
    pub shares: Vec<ResponsibleShare>,
}

/// Who carries the loss was determined: with the decision, later by the general manager's office (M9-7, M12), or by a
/// revision of what it rests on: the loss, the production date (A24), the cause (P3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponsibilityDetermined {
    /// Number of the determination within the case, from 1; each corrects the one before.
    pub determination: u32,
    /// The loss that is carried.
    pub loss: Money,
    /// The row of the penalty criteria that applied.
    pub criteria: CriteriaApplied,
    /// Who carries how much.
    pub carried: Vec<Carried>,
    /// Why it was corrected; none for the first, nor where a fact on which it rests was completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Table, version and row of the penalty criteria (P3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriteriaApplied {
    /// Version of the workflow that holds the table.
    pub version: String,
    /// Row, from 1.
    pub row: u32,
    /// What part is charged, in basis points: the row's, or a smaller one that was set.
    pub charged: u32,
    /// The part that was set instead of the row's, by a ruling on a petition (M9-12) or without one (M12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruled: Option<u32>,
    /// Whether the row is the source's or an example.
    pub mark: Mark,
}

/// Goods came back; where discipline was decided, they may be resold for a month (D1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoodsTakenBack {
    /// How many, and what they are worth.
    pub returned: Returned,
    /// When the resale month began: the decision.
    pub from: Instant,
    /// Its last second.
    pub until: Instant,
}

/// Some of them were sold (D1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoodsResold {
    /// How many, for how much.
    pub resold: Resold,
}

/// The D-loss is known: all were sold, or the month has ended (A17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResaleSettled {
    /// The loss by D1.
    pub loss: DLoss,
}

/// The general manager's office proposed discipline by petition (D6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisciplineProposed {
    /// Who.
    pub employee: EmployeeId,
    /// The person's share of the loss (D2).
    pub share: Money,
    /// The loss of which it is a share: the D-loss, or the P-loss where no goods came back (A17).
    pub of: Money,
    /// The determination by whose ratios that loss was shared.
    pub determination: u32,
    /// The day whose members and base points count (A24).
    pub members_on: Date,
    /// The parties with whom the person carries a share: their parts of the loss, each with all its members (D1, D2).
    pub parts: Vec<PartyShare>,
    /// The row of the table of discipline that applied (D3).
    pub applied: GradeApplied,
}

/// The general manager decided discipline (D4, D5, D6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisciplineDecided {
    /// Who.
    pub employee: EmployeeId,
    /// What was proposed.
    pub proposed: Grade,
    /// What was decided.
    pub sentence: Sentence,
    /// What it costs (D5).
    pub fine: Fine,
    /// The person's base units, in hundredths, where the fine goes by them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_units: Option<u32>,
    /// Why another grade than the proposed one, or why it is corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which of the person's sentences on the case it corrects, from 1 (M9-12); none: it is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<u32>,
    /// The month with which it settles.
    pub month: Month,
}

/// Personnel announced it (M12, D6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisciplineAnnounced {
    /// Who.
    pub employee: EmployeeId,
}

/// The penalty notice (奖罚通知单) of a month: what each person is charged for the case (M12, P3, A24).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeIssued {
    /// The month that charges it.
    pub month: Month,
    /// The determination by which it goes.
    pub determination: u32,
    /// The day whose members and base points count.
    pub members_on: Date,
    /// The parties that are charged, each with its members.
    pub parties: Vec<NoticeParty>,
}

/// A party of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeParty {
    /// Who.
    pub party: String,
    /// What is charged to it.
    pub charged: Money,
    /// What each of its members is charged.
    pub members: Vec<MemberShare>,
}

/// A closed month counted the case: it is in that month's frozen figures (A14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Which.
    pub month: Month,
    /// The determination that it counted; none: nobody carried anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub determination: Option<u32>,
    /// Whose discipline it settled.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub disciplined: BTreeSet<EmployeeId>,
}
