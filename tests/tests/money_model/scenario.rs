//! A scenario as the reference model reads it, and its answer as the model gives it (`tests/model/README.md`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Scenario {
    pub(crate) tables: Tables,
    pub(crate) units: BTreeMap<String, Unit>,
    pub(crate) members: Vec<Member>,
    pub(crate) cases: Vec<Case>,
    pub(crate) bonuses: Vec<Bonus>,
    pub(crate) gone: BTreeMap<String, Vec<Gone>>,
    pub(crate) months: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tables {
    pub(crate) discipline: Vec<GradeRow>,
    pub(crate) warning: i64,
    pub(crate) minor: i64,
    pub(crate) ceiling_bp: u32,
    pub(crate) deducted_departments: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct GradeRow {
    pub(crate) from: i64,
    pub(crate) grade: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Unit {
    pub(crate) kind: &'static str,
    pub(crate) department: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Member {
    pub(crate) unit: String,
    pub(crate) employee: String,
    pub(crate) points: u32,
    pub(crate) from: String,
    pub(crate) until: Option<String>,
}

/// Days in which somebody did not work here.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Gone {
    pub(crate) from: String,
    pub(crate) until: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Case {
    pub(crate) number: String,
    pub(crate) chain: String,
    pub(crate) month: String,
    pub(crate) decided_at: String,
    pub(crate) production_date: Option<String>,
    pub(crate) lines: Vec<Line>,
    pub(crate) rate: Option<Rate>,
    pub(crate) parties: Vec<Party>,
    pub(crate) charged_bp: u32,
    pub(crate) discipline: Vec<Sentence>,
    pub(crate) resale: Option<Resale>,
    pub(crate) changes: Vec<Change>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    #[serde(flatten)]
    pub(crate) basis: Basis,
    pub(crate) foreign: bool,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub(crate) enum Basis {
    Amount {
        amount: i64,
    },
    Returned {
        quantity: i64,
        unit_price: i64,
        proceeds: i64,
    },
    Sum {
        parts: Vec<i64>,
    },
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Rate {
    pub(crate) mantissa: i64,
    pub(crate) scale: u8,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Party {
    pub(crate) party: String,
    pub(crate) bp: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sentence {
    pub(crate) employee: String,
    pub(crate) grade: &'static str,
    pub(crate) count: u32,
    pub(crate) rate: i64,
    pub(crate) base_units: u32,
    pub(crate) month: String,
    pub(crate) known: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Resale {
    pub(crate) decided_at: String,
    pub(crate) quantity: i64,
    pub(crate) grade_a: i64,
    pub(crate) actual_loss: i64,
    pub(crate) sales: Vec<Sale>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sale {
    pub(crate) at: String,
    pub(crate) quantity: i64,
    pub(crate) proceeds: i64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Change {
    pub(crate) month: String,
    pub(crate) charged_bp: u32,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bonus {
    pub(crate) employee: String,
    pub(crate) month: String,
    pub(crate) minor: i64,
    pub(crate) known: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) corrected: Vec<Corrected>,
}

/// What a bonus turned out to be.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Corrected {
    pub(crate) minor: i64,
    pub(crate) known: String,
}

/// What follows from a scenario, or the clause that refuses it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<String>,
    #[serde(default)]
    pub(crate) cases: BTreeMap<String, CaseAnswer>,
    #[serde(default)]
    pub(crate) months: BTreeMap<String, MonthSums>,
    #[serde(default)]
    pub(crate) persons: BTreeMap<String, Vec<Step>>,
    #[serde(default)]
    pub(crate) owing: BTreeMap<String, Vec<Owed>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseAnswer {
    pub(crate) loss: i64,
    pub(crate) parties: BTreeMap<String, i64>,
    pub(crate) charged: BTreeMap<String, i64>,
    pub(crate) d_loss: Option<DLoss>,
    pub(crate) graded: BTreeMap<String, Graded>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MonthSums {
    pub(crate) loss: i64,
    pub(crate) charged: i64,
    pub(crate) recovered: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DLoss {
    pub(crate) minor: i64,
    pub(crate) settles: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Graded {
    pub(crate) share: i64,
    pub(crate) grade: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) settled: String,
    pub(crate) bonus: Option<String>,
    pub(crate) kind: String,
    pub(crate) case: String,
    pub(crate) minor: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owed {
    pub(crate) kind: String,
    pub(crate) case: String,
    pub(crate) minor: i64,
}

impl Answer {
    /// In which order the corrections of one settlement give back what is not owed, no clause says; a refusal is compared
    /// by its clause.
    pub(crate) fn in_one_order(mut self) -> Self {
        for steps in self.persons.values_mut() {
            for month in steps.chunk_by_mut(|a, b| {
                (&a.settled, &a.kind, &a.bonus) == (&b.settled, &b.kind, &b.bonus)
                    && (a.kind.as_str(), &a.bonus) == ("given_back", &None)
            }) {
                if month.len() > 1 {
                    month.sort_by(|a, b| a.case.cmp(&b.case));
                }
            }
        }
        for owed in self.owing.values_mut() {
            owed.sort_by(|a, b| (&a.kind, &a.case).cmp(&(&b.kind, &b.case)));
        }
        let clause = |told: String| told.split(':').next().map(ToOwned::to_owned);
        self.refused = self.refused.and_then(clause);
        self
    }
}
