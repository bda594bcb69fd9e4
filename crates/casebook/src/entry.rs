//! Values as a story writes them, brought into the type that a form's field wants.

use redress_kernel::form::{Field, FieldKind, Form, Required};
use redress_kernel::time::Zone;
use redress_kernel::value::{Path, Scope, Share, Value, Values};

use crate::sentence::hundredths;
use crate::when;

/// A value that is written out.
///
/// What does not fit its field is handed on as the text that it is: the rules refuse it, not the reader.
pub(crate) fn value(kind: Option<&FieldKind>, text: &str, zone: &Zone) -> Value {
    if text == "not yet determined" {
        return Value::PENDING;
    }
    if text.starts_with('"')
        && let Ok(text) = serde_json::from_str::<String>(text)
    {
        return Value::Text(text);
    }
    if let Some(text) = text_of_length(text) {
        return Value::Text(text);
    }
    let as_text = || Value::text(text);
    let list = || Value::List(text.split(',').map(|t| t.trim().to_owned()).collect());
    match kind {
        Some(FieldKind::Integer { .. }) => text.parse().map_or_else(|_| as_text(), Value::Integer),
        Some(FieldKind::Boolean) => yes_or_no(text).map_or_else(as_text, Value::Boolean),
        Some(FieldKind::Choices { .. } | FieldKind::Parties) if text == "(none)" => {
            Value::List(Vec::new())
        }
        Some(FieldKind::Choices { .. } | FieldKind::Parties) => list(),
        Some(FieldKind::Shares) => shares(text).map_or_else(as_text, Value::Shares),
        Some(FieldKind::Instant) => text
            .split_once(' ')
            .and_then(|(date, time)| when::instant(date, time, zone).ok())
            .map_or_else(as_text, |at| Value::Text(at.to_string())),
        Some(_) => as_text(),
        None => yes_or_no(text)
            .map(Value::Boolean)
            .or_else(|| text.parse().ok().map(Value::Integer))
            .unwrap_or_else(as_text),
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// `text of 201 characters`: a bound is tried without writing it out.
fn text_of_length(text: &str) -> Option<String> {
    let count: usize = text
        .strip_prefix("text of ")?
        .strip_suffix(" characters")?
        .parse()
        .ok()?;
    Some("字".repeat(count.min(100_000)))
}

/// `unit:group-3 45 %, person:E17 55 %`; two decimals at most.
fn shares(text: &str) -> Option<Vec<Share>> {
    text.split(',')
        .map(|part| {
            let (party, percent) = part.trim().split_once(' ')?;
            Some(Share {
                party: party.to_owned(),
                bp: percent_of(percent)?.into(),
            })
        })
        .collect()
}

/// `45 %`, `33.34 %`, in basis points.
pub(crate) fn percent_of(text: &str) -> Option<u32> {
    hundredths(text.trim().strip_suffix('%')?.trim())
}

/// Fills what a form requires and the story leaves to the ordinary course of things.
///
/// `look_up` gives what is known of the case.
pub(crate) fn fill_as_usual<'c>(
    form: &Form,
    given: &mut Values,
    left_out: &[String],
    look_up: &dyn Fn(&Path) -> Option<&'c Value>,
    zone: &Zone,
) {
    for field in &form.fields {
        if given.contains_key(&field.id) || left_out.iter().any(|name| field.id == **name) {
            continue;
        }
        let required = match &field.required {
            Required::Always => true,
            Required::Optional => false,
            Required::When(guard) => guard.holds(&|path| match path.scope {
                // What the form holds so far outlives the guard, not the case.
                Scope::Form => None,
                _ => look_up(path),
            }),
        };
        // A condition on the form itself is read from a copy: it cannot be lent to the case's look-up.
        let required = required
            || match &field.required {
                Required::When(guard) => {
                    let copy = given.clone();
                    guard.holds(&|path| match path.scope {
                        Scope::Form => copy.get(&path.field),
                        _ => None,
                    })
                }
                _ => false,
            };
        let known = USUAL
            .iter()
            .find(|(name, _)| field.id == **name)
            .map(|(_, text)| value(Some(&field.kind), text, zone));
        match (required, known) {
            (_, Some(known)) if required || is_usual(field) => {
                given.insert(field.id.clone(), known);
            }
            (true, _) => {
                given.insert(field.id.clone(), ordinary(field));
            }
            _ => {}
        }
    }
}

/// Values of an ordinary complaint, by field; what stands here need not be written in a story.
const USUAL: &[(&str, &str)] = &[
    ("customer", "customer:K7"),
    ("country", "CN"),
    ("product", "PCB, four layers"),
    ("order_no", "A-2602-17"),
    ("item_no", "PCB-40"),
    ("quantity", "500"),
    ("ship_date", "2026-02-10"),
    ("loss_caused", "yes"),
    ("kind", "quality"),
    ("demand", "allowance"),
    ("reasons", "blistered after soldering"),
    ("findings", "too little copper in the bath"),
    ("responsible_departments", "department:manufacturing"),
    ("abnormality_cause", "bath not analysed on two days"),
    ("countermeasure", "analyse the bath each shift"),
    ("handling", "allowance"),
    ("allowance", "500.00 CNY"),
    ("negotiation", "the customer asks for an allowance"),
    ("outcome", "granted"),
    ("occurred_at_unit", "unit:group-3"),
    ("our_fault", "yes"),
    ("improvement_tracked", "yes"),
    ("evidence", "allowance-certificate"),
    ("attends", "yes"),
    ("who", "person:quinn"),
    ("technician", "person:vera"),
    ("address", "Renmin Road 8"),
    ("telephone", "3825 4471"),
    ("model", "WM-6"),
];

/// Fields that an ordinary form fills although it need not.
fn is_usual(field: &Field) -> bool {
    matches!(field.id.as_str(), "country")
}

/// A plain value of a type.
fn ordinary(field: &Field) -> Value {
    match &field.kind {
        FieldKind::Text { .. } => Value::text("as usual"),
        FieldKind::Integer { min, max } => Value::Integer(1i64.clamp(*min, *max)),
        FieldKind::Boolean => Value::Boolean(false),
        FieldKind::Date => Value::text("2026-02-10"),
        FieldKind::Instant => Value::text("2026-02-10T01:00:00Z"),
        FieldKind::Money { .. } => Value::text("100.00 CNY"),
        FieldKind::Choice { choices } => {
            Value::text(choices.first().map_or("-", |c| c.id.as_str()))
        }
        FieldKind::Choices { choices } => {
            Value::List(choices.first().map(|c| c.id.clone()).into_iter().collect())
        }
        FieldKind::Party => Value::text("customer:K7"),
        FieldKind::Parties => Value::List(vec!["department:manufacturing".to_owned()]),
        FieldKind::Shares => Value::Shares(vec![Share {
            party: "department:manufacturing".to_owned(),
            bp: 10_000,
        }]),
    }
}

/// A value as tables show it.
pub(crate) fn show(value: &Value) -> String {
    match value {
        Value::Boolean(true) => "yes".to_owned(),
        Value::Boolean(false) => "no".to_owned(),
        Value::Integer(i) => i.to_string(),
        Value::Text(text) if text.chars().count() > 60 => {
            let start: String = text.chars().take(20).collect();
            format!("{start}… ({} characters)", text.chars().count())
        }
        Value::Text(text) => text.clone(),
        Value::List(list) if list.is_empty() => "(none)".to_owned(),
        Value::List(list) => list.join(", "),
        Value::Shares(shares) => shares
            .iter()
            .map(|s| format!("{} {}.{:02} %", s.party, s.bp / 100, s.bp % 100))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Money(money) => money.to_string(),
        Value::Pending(_) => "not yet determined".to_owned(),
    }
}
