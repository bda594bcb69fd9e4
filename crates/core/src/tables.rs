//! The tables by which losses, responsibility, discipline and deductions are reckoned (M9-7, D, P). Data of a workflow.
//!
//! Each stands alone: a company may set one and leave out another. What needs a table that is not set is refused.

use std::collections::BTreeSet;

use redress_kernel::calendar::Span;
use redress_kernel::definition::{Mark, Title};
use redress_kernel::id::{DepartmentId, FieldId, OfficeId};
use redress_kernel::money::Money;
use serde::{Deserialize, Serialize};

/// The tables of a regulation about money; none: not set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// What counts as a loss (M9-7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<LossTable>,
    /// Who carries a loss, and what part of it is charged (P1 to P3, M12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<PenaltyTable>,
    /// Grades by a person's share (D3), and their fines (D5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discipline: Option<DisciplineTable>,
    /// When a month is due, and until when goods may be resold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<MonthTable>,
}

/// The loss basis (M9-7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossTable {
    /// Clause.
    pub clause: String,
    /// Whether its rows are the source's or an example.
    pub mark: Mark,
    /// Rows.
    pub rows: Vec<LossRow>,
}

/// One kind of loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossRow {
    /// Its id: `allowance`, `return`, `rework`.
    pub kind: FieldId,
    /// What it is called.
    pub title: Title,
    /// How it is reckoned.
    pub basis: LossBasis,
    /// Whether this row is the source's or an example.
    pub mark: Mark,
}

/// How a kind of loss is reckoned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossBasis {
    /// The sum of these parts, each an amount of money: `labour`, `material`.
    Parts(Vec<FieldId>),
    /// Quantity × unit price − what the goods fetch or are worth, never below 0.
    Returned,
}

/// The penalty criteria (P3), with the smallest units of P1 and P2 and the departments of M12.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenaltyTable {
    /// Clause.
    pub clause: String,
    /// Whether its rows are the source's or an example.
    pub mark: Mark,
    /// Rows by cause; the first that fits applies, the last is without a cause.
    pub rows: Vec<PenaltyRow>,
    /// The departments whose people are charged, each with its smallest unit (M12, P1, P2).
    pub charged: Vec<ChargedDepartment>,
    /// The most that deductions take of a whole month's bonus, in basis points (P3).
    pub ceiling: u32,
    /// Clause of the ceiling.
    pub ceiling_clause: String,
}

/// The penalty criteria for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenaltyRow {
    /// The cause of the case, as the field bound to `cause` names it; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Which kinds of unit carry the loss; empty: every kind.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub carried_by: BTreeSet<UnitKind>,
    /// What part of it is charged, in basis points.
    pub charged: u32,
}

/// A department whose people are charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargedDepartment {
    /// Which.
    pub department: DepartmentId,
    /// The smallest unit, which needs no reason: group (P1) or person (P2).
    pub smallest: UnitKind,
    /// The unit that is charged where no smaller one can be named: that needs the reason why.
    pub otherwise: UnitKind,
    /// Clause.
    pub clause: String,
}

/// What kind of party carries a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// One person.
    Person,
    /// A shift (班).
    Shift,
    /// A group (组).
    Group,
    /// A section (科).
    Section,
    /// A whole department.
    Department,
}

impl UnitKind {
    /// Every kind, the smallest first.
    pub const ALL: [Self; 5] = [
        Self::Person,
        Self::Shift,
        Self::Group,
        Self::Section,
        Self::Department,
    ];

    /// The word by which files and events know it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Shift => "shift",
            Self::Group => "group",
            Self::Section => "section",
            Self::Department => "department",
        }
    }
}

/// A grade of discipline (D5), the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// No discipline.
    None,
    /// Warning (警告).
    Warning,
    /// Minor demerit (小过).
    MinorDemerit,
    /// Major demerit (大过) or above.
    MajorDemerit,
}

impl Grade {
    /// Every grade, the mildest first.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::Warning,
        Self::MinorDemerit,
        Self::MajorDemerit,
    ];

    /// The word by which files and events know it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Warning => "warning",
            Self::MinorDemerit => "minor_demerit",
            Self::MajorDemerit => "major_demerit",
        }
    }
}

/// Grades by a person's share in money (D3), and fines (D5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisciplineTable {
    /// Clause.
    pub clause: String,
    /// Whether its rows are the source's or an example.
    pub mark: Mark,
    /// Rows by ascending share; the first begins at 0.
    pub rows: Vec<DisciplineRow>,
    /// The least fine of a warning, each (D5).
    pub warning: Money,
    /// The least fine of a minor demerit, per base unit, each (D5).
    pub minor_demerit: Money,
    /// Clause of the fines.
    pub fines_clause: String,
    /// How long goods may be resold before the loss is settled (D1).
    pub resale: Span,
    /// Clause of the resale month.
    pub resale_clause: String,
}

/// A row of the table of discipline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisciplineRow {
    /// The lowest share of the row, included (A2).
    pub from: Money,
    /// The grade that is proposed.
    pub grade: Grade,
}

/// When a month is to be closed (M9-10, M12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthTable {
    /// Clause.
    pub clause: String,
    /// Whether the day is the source's.
    pub mark: Mark,
    /// The day of the next month by whose end a month is closed (A6).
    pub due_day: u32,
    /// The departments whose heads confirm every month, besides those concerned (M9-10).
    pub confirmed_by: Vec<DepartmentId>,
    /// The offices of which one confirms for a department that nobody heads; without any such a month waits until somebody
    /// does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_head: Vec<OfficeId>,
}
