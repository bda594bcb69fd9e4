//! Events of a case's improvement (M9-7).

use serde::{Deserialize, Serialize};

use crate::improvement::Item;

/// The improvement of the case is to be tracked: the decision says so, or a correction of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementTracked {}

/// A correction of the decision says that it need not be tracked after all; nothing had been opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementReleased {}

/// The improvement form was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementOpened {}

/// Its items were drafted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementDrafted {
    /// Number of the round, from 1; the draft of a round replaces one of the same round that was returned.
    pub round: u32,
    /// The items.
    pub items: Vec<Item>,
}

/// The draft was returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementReturned {
    /// Round.
    pub round: u32,
    /// Why.
    pub reason: String,
}

/// The draft was confirmed: its items are to be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementConfirmed {
    /// Round.
    pub round: u32,
}

/// An item was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementCarriedOut {
    /// Which.
    pub item: u32,
    /// What was done.
    pub done: String,
}

/// Its effect was confirmed: the improvement is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementFoundEffective {
    /// Round.
    pub round: u32,
    /// What was found.
    pub finding: String,
}

/// It was found without effect: it is drafted again, in another round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementFoundIneffective {
    /// Round.
    pub round: u32,
    /// What was found.
    pub finding: String,
}
