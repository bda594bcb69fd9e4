//! What the register and the statistics want to know of a case, wherever its forms say it.

use redress_kernel::value::{Value, Values};
use serde::{Deserialize, Serialize};

/// Something that is asked of every case. A workflow names its fields itself; here stands under which names
/// of fields or facts a view finds what it looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    Customer,
    Product,
    Order,
    Item,
    Market,
    Kind,
    Cause,
    Departments,
}

impl Wanted {
    /// Whether a stage may tell it; all else is told by the form that opened the case, or is a fact. A field of a
    /// report that has the same name means something else there: a settlement has a kind too.
    fn is_found_out(self) -> bool {
        matches!(self, Self::Cause | Self::Departments)
    }

    /// A party without its kind, where the kind goes without saying.
    fn plain(self, text: String) -> String {
        let kind = match self {
            Self::Customer => "customer:",
            Self::Departments => "department:",
            _ => return text,
        };
        text.strip_prefix(kind).map_or(text.clone(), str::to_owned)
    }
}

/// The names under which each is found; the first that is filled in counts.
const NAMES: &[(Wanted, &[&str])] = &[
    (Wanted::Customer, &["customer"]),
    (Wanted::Product, &["product"]),
    (Wanted::Order, &["order_no", "order"]),
    (Wanted::Item, &["item_no", "item"]),
    (Wanted::Market, &["market"]),
    (Wanted::Kind, &["kind"]),
    (Wanted::Cause, &["cause", "cause_category"]),
    (
        Wanted::Departments,
        &[
            "responsible_departments",
            "responsible_department",
            "responsible",
        ],
    ),
];

/// The scope of the form that opened the case.
pub(crate) const OPENING: &str = "opening";
/// The scope of facts.
pub(crate) const FACT: &str = "fact";

/// One thing known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    what: Wanted,
    /// Index of the name, so that a correction meets the field that it corrects.
    name: u8,
    /// `opening`, `fact` or a stage.
    from: String,
    is: Vec<String>,
}

/// What is known of what is wanted. A fact comes before what a report says, the latest report before the
/// form that opened the case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Facts(Vec<Known>);

impl Facts {
    /// A whole form: what it says replaces what the same form said before.
    pub(crate) fn form(&mut self, scope: &str, values: &Values) {
        self.0.retain(|known| known.from != scope);
        self.merge(scope, values);
    }

    /// Some values of a form.
    pub(crate) fn merge(&mut self, scope: &str, values: &Values) {
        for (what, names) in NAMES {
            for (name, index) in names.iter().zip(0u8..) {
                if let Some(value) = values.get(*name) {
                    self.put(*what, index, scope, value);
                }
            }
        }
    }

    /// One value of a form.
    pub(crate) fn value(&mut self, scope: &str, field: &str, value: &Value) {
        for (what, names) in NAMES {
            for (_, index) in names.iter().zip(0u8..).filter(|(name, _)| **name == field) {
                self.put(*what, index, scope, value);
            }
        }
    }

    fn put(&mut self, what: Wanted, name: u8, scope: &str, value: &Value) {
        if scope != OPENING && scope != FACT && !what.is_found_out() {
            return;
        }
        let is: Vec<String> = texts(value).into_iter().map(|t| what.plain(t)).collect();
        let place = self
            .0
            .iter()
            .position(|k| k.what == what && k.name == name && k.from == scope);
        match place {
            Some(place) if is.is_empty() => {
                self.0.remove(place);
            }
            Some(place) => {
                if let Some(known) = self.0.get_mut(place) {
                    known.is = is;
                }
            }
            None if is.is_empty() => {}
            None => self.0.push(Known {
                what,
                name,
                from: scope.to_owned(),
                is,
            }),
        }
    }

    /// What is known of it; empty: nothing.
    pub(crate) fn all(&self, what: Wanted) -> &[String] {
        let of = |scope: fn(&str) -> bool| {
            let mut best: Option<&Known> = None;
            for known in self.0.iter().filter(|k| k.what == what && scope(&k.from)) {
                // Of one form the first name counts, of several forms the latest.
                let better = best.is_none_or(|b| b.from != known.from || known.name < b.name);
                if better {
                    best = Some(known);
                }
            }
            best
        };
        of(|scope| scope == FACT)
            .or_else(|| of(|scope| scope != FACT && scope != OPENING))
            .or_else(|| of(|scope| scope == OPENING))
            .map_or(&[], |known| known.is.as_slice())
    }

    /// What is known of it, as one text.
    pub(crate) fn one(&self, what: Wanted) -> Option<String> {
        match self.all(what) {
            [] => None,
            all => Some(all.join(", ")),
        }
    }
}

/// A value as texts; nothing for what is not determined yet.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.clone()],
        Value::List(texts) => texts.clone(),
        Value::Integer(number) => vec![number.to_string()],
        Value::Boolean(truth) => vec![truth.to_string()],
        Value::Money(money) => vec![money.to_string()],
        Value::Shares(shares) => shares.iter().map(|share| share.party.clone()).collect(),
        Value::Pending(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(entries: &[(&str, &str)]) -> Values {
        entries
            .iter()
            .map(|(field, text)| (field.parse().unwrap(), Value::text(*text)))
            .collect()
    }

    #[test]
    fn a_fact_comes_before_a_report_and_a_report_before_the_opening() {
        let mut facts = Facts::default();
        facts.form(
            OPENING,
            &values(&[("market", "overseas"), ("cause", "A"), ("kind", "quality")]),
        );
        facts.form("investigation", &values(&[("cause_category", "B")]));
        facts.merge(FACT, &values(&[("market", "domestic")]));
        assert_eq!(facts.one(Wanted::Market).as_deref(), Some("domestic"));
        assert_eq!(facts.one(Wanted::Cause).as_deref(), Some("B"));
        facts.form("investigation", &values(&[("findings", "none")]));
        assert_eq!(facts.one(Wanted::Cause).as_deref(), Some("A"));
        facts.value(OPENING, "cause", &Value::PENDING);
        assert_eq!(facts.one(Wanted::Cause), None);
        facts.form("settlement", &values(&[("kind", "none")]));
        assert_eq!(facts.one(Wanted::Kind).as_deref(), Some("quality"));
    }
}
