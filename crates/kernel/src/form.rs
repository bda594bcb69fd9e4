//! Forms with typed fields, and the check of what was entered against them.

use serde::{Deserialize, Serialize};

use crate::definition::Title;
use crate::guard::Guard;
use crate::id::{FieldId, FormId};
use crate::money::Money;
use crate::refusal::{self, Refusal};
use crate::text;
use crate::time::{Date, Instant};
use crate::value::{Path, Scope, Share, Value, Values};

/// A form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Id.
    pub id: FormId,
    /// Title.
    pub title: Title,
    /// Clause.
    pub clause: String,
    /// Fields, in the order of the form.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Id.
    pub id: FieldId,
    /// Title.
    pub title: Title,
    /// Type.
    pub kind: FieldKind,
    /// Whether it must be filled.
    pub required: Required,
    /// Whether "not yet determined" may be entered and completed later (M9-1).
    pub deferrable: bool,
    /// The fact of the domain that it feeds, such as `concession`.
    pub binds: Option<String>,
    /// Clause.
    pub clause: Option<String>,
}

/// Whether a field must be filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// Always.
    Always,
    /// Never.
    Optional,
    /// If the condition holds; `form.X` reads the form that is being filled.
    When(Guard),
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A text of at most so many characters.
    Text {
        /// Most characters.
        max_chars: u32,
    },
    /// A whole number within bounds, both included.
    Integer {
        /// Least.
        min: i64,
        /// Most.
        max: i64,
    },
    /// Yes or no.
    Boolean,
    /// A date `YYYY-MM-DD`.
    Date,
    /// An instant.
    Instant,
    /// An amount of money of at least so many minor units.
    Money {
        /// Least, in minor units.
        min_minor: i64,
    },
    /// One of a list.
    Choice {
        /// What can be chosen.
        choices: Vec<Choice>,
    },
    /// Several of a list.
    Choices {
        /// What can be chosen.
        choices: Vec<Choice>,
    },
    /// A party: `department:quality`, `person:E17`, `unit:group-3`, `supplier:S4`, `customer:C9`.
    Party,
    /// Several parties.
    Parties,
    /// Shares of a whole in basis points.
    Shares,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Title,
    /// Clause, where the list is the regulation's.
    pub clause: Option<String>,
}

impl FieldKind {
    /// The word for the type that a definition uses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Integer { .. } => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Money { .. } => "money",
            Self::Choice { .. } => "choice",
            Self::Choices { .. } => "choices",
            Self::Party => "party",
            Self::Parties => "parties",
            Self::Shares => "shares",
        }
    }
}

/// A blank text or an empty list is nothing entered.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.trim().is_empty(),
        Value::List(list) => list.is_empty(),
        _ => false,
    }
}

const PARTY_KINDS: &[&str] = &[
    "department",
    "person",
    "unit",
    "section",
    "shift",
    "supplier",
    "customer",
    "company",
];

/// Whether a text names a party: `department:quality`, `supplier:S4`.
pub fn is_party(text: &str) -> bool {
    text.split_once(':').is_some_and(|(kind, id)| {
        PARTY_KINDS.contains(&kind) && crate::id::FieldId::new(id).is_ok()
    })
}

impl Form {
    /// A field by id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == *id)
    }

    /// Checks a filled form and brings each value into its one form (amounts and instants given as text).
    ///
    /// `look_up` gives what is known of the case, for conditions on required fields.
    ///
    /// # Errors
    /// The first refusal, fields in the order of the form; an unknown field first.
    pub fn check<'a>(
        &self,
        values: &'a Values,
        look_up: &dyn Fn(&Path) -> Option<&'a Value>,
    ) -> Result<Values, Refusal> {
        if let Some(id) = values.keys().find(|id| self.field(id.as_str()).is_none()) {
            return Err(Refusal::new(refusal::UNKNOWN_FIELD, &self.clause)
                .with("field", id)
                .with("form", &self.id)
                .with(
                    "fields",
                    self.fields
                        .iter()
                        .map(|f| f.id.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                ));
        }
        let mut checked = Values::new();
        for field in &self.fields {
            if let Some(value) = values.get(&field.id) {
                let value = self.check_field(field, value)?;
                if !is_blank(&value) {
                    checked.insert(field.id.clone(), value);
                }
            }
        }
        // Conditions read what was entered in its one form, as a replay will.
        for field in self
            .fields
            .iter()
            .filter(|field| !checked.contains_key(&field.id))
        {
            let within = |path: &Path| match path.scope {
                Scope::Form => checked.get(&path.field),
                _ => look_up(path),
            };
            let required = match &field.required {
                Required::Always => true,
                Required::Optional => false,
                Required::When(guard) => guard.holds(&within),
            };
            if required {
                return Err(self.refuse(refusal::MISSING_FIELD, field));
            }
        }
        Ok(checked)
    }

    fn refuse(&self, code: refusal::Code, field: &Field) -> Refusal {
        Refusal::new(code, field.clause.as_ref().unwrap_or(&self.clause))
            .with("field", &field.id)
            .with("form", &self.id)
    }

    /// Checks one value against its field and brings it into its one form.
    ///
    /// # Errors
    /// The refusal that names the field and what it wants.
    pub fn check_field(&self, field: &Field, value: &Value) -> Result<Value, Refusal> {
        let wrong_type = || {
            self.refuse(refusal::WRONG_TYPE, field)
                .with("wanted", field.kind.name())
        };
        if let Value::Pending(mark) = value {
            return if field.deferrable && mark.pending {
                Ok(Value::PENDING)
            } else {
                Err(self.refuse(refusal::NOT_DEFERRABLE, field))
            };
        }
        if let Value::List(list) = value
            && let Some((_, twice)) = list
                .iter()
                .enumerate()
                .find(|(n, item)| list.iter().take(*n).any(|i| i == *item))
        {
            let shown: String = twice
                .chars()
                .filter(|c| !text::is_forbidden(*c))
                .take(60)
                .collect();
            return Err(self.refuse(refusal::REPEATED, field).with("value", shown));
        }
        match (&field.kind, value) {
            (FieldKind::Text { max_chars }, Value::Text(text)) => {
                let trimmed = text.trim();
                if trimmed.is_empty() && matches!(field.required, Required::Always) {
                    return Err(self.refuse(refusal::MISSING_FIELD, field));
                }
                let max = usize::try_from(*max_chars).unwrap_or(usize::MAX);
                self.check_text(field, text, max)?;
                Ok(value.clone())
            }
            (FieldKind::Integer { min, max }, Value::Integer(i)) => {
                if i < min || i > max {
                    return Err(self
                        .refuse(refusal::OUT_OF_RANGE, field)
                        .with("min", min)
                        .with("max", max));
                }
                Ok(value.clone())
            }
            (FieldKind::Boolean, Value::Boolean(_)) => Ok(value.clone()),
            (FieldKind::Date, Value::Text(text)) => {
                let date: Date = text.parse().map_err(|_| wrong_type())?;
                Ok(Value::Text(date.to_string()))
            }
            (FieldKind::Instant, Value::Text(text)) => {
                let instant = Instant::parse_rfc3339(text).map_err(|_| wrong_type())?;
                Ok(Value::Text(instant.to_whole_second().to_string()))
            }
            (FieldKind::Money { min_minor }, Value::Money(_) | Value::Text(_)) => {
                let money = match value {
                    Value::Money(money) => *money,
                    Value::Text(text) => text.parse::<Money>().map_err(|_| wrong_type())?,
                    _ => return Err(wrong_type()),
                };
                if money.minor() < *min_minor {
                    return Err(self
                        .refuse(refusal::OUT_OF_RANGE, field)
                        .with("min", min_minor)
                        .with("max", i64::MAX));
                }
                Ok(Value::Money(money))
            }
            (FieldKind::Choice { choices }, Value::Text(text)) => {
                self.check_choice(field, choices, text)?;
                Ok(value.clone())
            }
            (FieldKind::Choices { choices }, Value::List(list)) => {
                for text in list {
                    self.check_choice(field, choices, text)?;
                }
                if list.is_empty() && matches!(field.required, Required::Always) {
                    return Err(self.refuse(refusal::MISSING_FIELD, field));
                }
                Ok(value.clone())
            }
            (FieldKind::Party, Value::Text(text)) if is_party(text) => Ok(value.clone()),
            (FieldKind::Parties, Value::List(list)) if list.iter().all(|t| is_party(t)) => {
                if list.is_empty() && matches!(field.required, Required::Always) {
                    return Err(self.refuse(refusal::MISSING_FIELD, field));
                }
                Ok(value.clone())
            }
            (FieldKind::Shares, Value::Shares(shares)) => {
                self.check_shares(field, shares)?;
                Ok(value.clone())
            }
            _ => Err(wrong_type()),
        }
    }

    fn check_text(&self, field: &Field, text: &str, max: usize) -> Result<(), Refusal> {
        let chars = text.chars().count();
        if chars > max {
            return Err(self
                .refuse(refusal::TEXT_TOO_LONG, field)
                .with("chars", chars)
                .with("max", max));
        }
        if let Some((place, c)) = text::first_forbidden(text) {
            return Err(self
                .refuse(refusal::FORBIDDEN_CHARACTER, field)
                .with("place", place)
                .with("character", format!("U+{:04X}", u32::from(c))));
        }
        Ok(())
    }

    fn check_choice(&self, field: &Field, choices: &[Choice], text: &str) -> Result<(), Refusal> {
        if choices.iter().any(|c| c.id == text) {
            return Ok(());
        }
        let shown: String = text
            .chars()
            .filter(|c| !text::is_forbidden(*c))
            .take(60)
            .collect();
        Err(self
            .refuse(refusal::NOT_A_CHOICE, field)
            .with("value", shown)
            .with(
                "choices",
                choices
                    .iter()
                    .map(|c| c.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            ))
    }

    fn check_shares(&self, field: &Field, shares: &[Share]) -> Result<(), Refusal> {
        let mut seen: Vec<&str> = shares.iter().map(|s| s.party.as_str()).collect();
        seen.sort_unstable();
        seen.dedup();
        let valid = shares
            .iter()
            .all(|s| is_party(&s.party) && (0..=10_000).contains(&s.bp));
        let sum: i64 = shares.iter().map(|s| s.bp.clamp(0, 10_000)).sum();
        if valid && sum == 10_000 && seen.len() == shares.len() {
            Ok(())
        } else {
            Err(self
                .refuse(refusal::SHARES_NOT_WHOLE, field)
                .with("sum", sum))
        }
    }
}

/// Checks a free text that belongs to a command rather than to a form: a reason, a remark.
///
/// # Errors
/// `missing_field` if it is blank, `text_too_long`, `forbidden_character`.
pub fn check_reason(name: &'static str, text: &str, clause: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::new(refusal::MISSING_FIELD, clause)
            .with("field", name)
            .with("form", "command"));
    }
    let chars = text.chars().count();
    let max = usize::try_from(text::DEFAULT_MAX_CHARS).unwrap_or(usize::MAX);
    if chars > max {
        return Err(Refusal::new(refusal::TEXT_TOO_LONG, clause)
            .with("field", name)
            .with("form", "command")
            .with("chars", chars)
            .with("max", max));
    }
    if let Some((place, c)) = text::first_forbidden(text) {
        return Err(Refusal::new(refusal::FORBIDDEN_CHARACTER, clause)
            .with("field", name)
            .with("form", "command")
            .with("place", place)
            .with("character", format!("U+{:04X}", u32::from(c))));
    }
    Ok(())
}
