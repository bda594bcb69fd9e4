//! What stands in the fields of a form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{FieldId, StageId};
use crate::money::Money;

/// One entered value. Dates and instants are texts in their one form; the field's kind tells which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text, a choice, a party, a date or an instant.
    Text(String),
    /// Several choices or parties.
    List(Vec<String>),
    /// Shares of a whole, in basis points.
    Shares(Vec<Share>),
    /// An amount of money.
    Money(Money),
    /// "Not yet determined" (M9-1): completed later.
    Pending(Pending),
}

/// The mark of a value that cannot be known yet: `{"pending":true}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// Always true.
    pub pending: bool,
}

/// One party's share of a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Who carries it, such as `unit:group-3`, `person:E17`, `supplier:S4`, `customer`.
    pub party: String,
    /// Basis points; all shares of a whole add up to 10,000.
    pub bp: i64,
}

impl Value {
    /// The mark "not yet determined".
    pub const PENDING: Self = Self::Pending(Pending { pending: true });

    /// Whether the value is still to be determined.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Pending(_))
    }
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The truth value, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(b) => Some(*b),
            _ => None,
        }
    }
    /// The amount, where it is one.
    pub fn as_money(&self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(*money),
            _ => None,
        }
    }
}

/// A filled form.
pub type Values = BTreeMap<FieldId, Value>;

/// Which form of a case a field stands in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The form that opened the case.
    Opening,
    /// The latest report of a stage.
    Stage(StageId),
    /// The form that is being filled (only in a field's own condition).
    Form,
    /// The facts of the case, bound or derived.
    Fact,
}

/// The address of a value within a case: `opening.country`, `investigation.cause`, `fact.market`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path {
    /// The form.
    pub scope: Scope,
    /// The field, or the fact.
    pub field: FieldId,
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scope = match &self.scope {
            Scope::Opening => "opening",
            Scope::Form => "form",
            Scope::Fact => "fact",
            Scope::Stage(stage) => stage.as_str(),
        };
        write!(f, "{scope}.{}", self.field)
    }
}

impl std::str::FromStr for Path {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (scope, field) = text.split_once('.').ok_or_else(|| {
            format!(
                "`{text}` names no form: write `opening.{text}`, `fact.{text}` or `STAGE.{text}`"
            )
        })?;
        let scope = match scope {
            "opening" => Scope::Opening,
            "form" => Scope::Form,
            "fact" => Scope::Fact,
            stage => Scope::Stage(
                stage
                    .parse()
                    .map_err(|e: crate::id::IdError| e.to_string())?,
            ),
        };
        let field = field
            .parse()
            .map_err(|e: crate::id::IdError| e.to_string())?;
        Ok(Self { scope, field })
    }
}

impl TryFrom<String> for Path {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}
