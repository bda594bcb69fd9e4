//! Guards: small total conditions on what is known of a case. A value that is unknown makes a comparison false.

use serde::{Deserialize, Serialize};

use crate::value::{Path, Value};

/// A condition. Written in a definition as `{ path = "fact.market", is = "domestic" }`,
/// `{ any = [...] }`, `{ all = [...] }`, `{ not = {...} }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Guard {
    /// The value at the path equals this one; a list equals if it contains it.
    Is(Is),
    /// The value at the path is an integer or an amount in minor units of at least this much.
    AtLeast(AtLeast),
    /// A value has been entered and determined at the path.
    Known(Known),
    /// At least one holds. Empty: does not hold.
    Any(Any),
    /// All hold. Empty: holds.
    All(All),
    /// The condition does not hold.
    Not(Not),
}

/// See [`Guard::Is`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Is {
    /// Where the value stands.
    pub path: Path,
    /// What it must equal.
    pub is: Value,
}

/// See [`Guard::AtLeast`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtLeast {
    /// Where the value stands.
    pub path: Path,
    /// The least that holds (以上 includes the figure, A2).
    pub at_least: i64,
}

/// See [`Guard::Known`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Where the value stands.
    pub path: Path,
    /// Whether it must be known or unknown.
    pub known: bool,
}

/// See [`Guard::Any`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Any {
    /// The conditions.
    pub any: Vec<Guard>,
}

/// See [`Guard::All`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct All {
    /// The conditions.
    pub all: Vec<Guard>,
}

/// See [`Guard::Not`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Not {
    /// The condition.
    pub not: Box<Guard>,
}

impl Guard {
    /// Whether the condition holds, given how to look a value up.
    pub fn holds<'a>(&self, look_up: &dyn Fn(&Path) -> Option<&'a Value>) -> bool {
        match self {
            Self::Is(Is { path, is }) => match (look_up(path), is) {
                (Some(Value::List(list)), Value::Text(text)) => list.contains(text),
                (Some(value), is) => value == is,
                (None, _) => false,
            },
            Self::AtLeast(AtLeast { path, at_least }) => match look_up(path) {
                Some(Value::Integer(value)) => value >= at_least,
                Some(Value::Money(money)) => money.minor() >= *at_least,
                _ => false,
            },
            Self::Known(Known { path, known }) => {
                look_up(path).is_some_and(|v| !v.is_pending()) == *known
            }
            Self::Any(Any { any }) => any.iter().any(|g| g.holds(look_up)),
            Self::All(All { all }) => all.iter().all(|g| g.holds(look_up)),
            Self::Not(Not { not }) => !not.holds(look_up),
        }
    }

    /// Every path that the condition reads.
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Is(Is { path, .. })
            | Self::AtLeast(AtLeast { path, .. })
            | Self::Known(Known { path, .. }) => vec![path],
            Self::Any(Any { any: list }) | Self::All(All { all: list }) => {
                list.iter().flat_map(Self::paths).collect()
            }
            Self::Not(Not { not }) => not.paths(),
        }
    }
}
