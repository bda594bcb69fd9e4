//! Forms with their fields.

use redress_kernel::form::{Choice, Field, FieldKind, Form, Required};
use redress_kernel::text::DEFAULT_MAX_CHARS;
use toml::de::DeValue;

use super::guards;
use crate::fault::FaultCode;
use crate::tree::{Node, Table};

/// The largest whole number that every reader of the log can hold exactly.
const LARGEST: i64 = 9_007_199_254_740_991;

/// Reads a form.
pub(crate) fn form(node: &Node<'_>) -> Option<Form> {
    let mut table = node.table()?;
    let (id, title, clause) = (table.id("id"), table.title(), table.clause());
    let mark = table.mark();
    let fields = table.each("fields", field);
    table.finish();
    mark?;
    Some(Form {
        id: id?,
        title: title?,
        clause: clause?,
        fields: fields?,
    })
}

fn field(node: &Node<'_>) -> Option<Field> {
    let mut table = node.table()?;
    let (id, title, mark) = (table.id("id"), table.title(), table.mark());
    let kind = kind(&mut table);
    let required = required(&mut table);
    let deferrable = match table.take("deferrable") {
        Some(node) => node.boolean(),
        None => Some(false),
    };
    let binds = match table.take("binds") {
        Some(node) => node.text().map(Some),
        None => Some(None),
    };
    let clause = match table.take("clause") {
        Some(node) => node.text().map(Some),
        None => Some(None),
    };
    table.finish();
    mark?;
    Some(Field {
        id: id?,
        title: title?,
        kind: kind?,
        required: required?,
        deferrable: deferrable?,
        binds: binds?,
        clause: clause?,
    })
}

/// `required = true`, or `required = { path = …, is = … }`.
fn required(table: &mut Table<'_>) -> Option<Required> {
    match table.take("required") {
        None => Some(Required::Optional),
        Some(node) if matches!(node.value, DeValue::Table(_)) => {
            guards::guard(&node).map(Required::When)
        }
        Some(node) => node.boolean().map(|required| {
            if required {
                Required::Always
            } else {
                Required::Optional
            }
        }),
    }
}

#[derive(Clone, Copy)]
enum Word {
    Text,
    Integer,
    Boolean,
    Date,
    Instant,
    Money,
    Choice,
    Choices,
    Party,
    Parties,
    Shares,
}

const KINDS: &[(&str, Word)] = &[
    ("text", Word::Text),
    ("integer", Word::Integer),
    ("boolean", Word::Boolean),
    ("date", Word::Date),
    ("instant", Word::Instant),
    ("money", Word::Money),
    ("choice", Word::Choice),
    ("choices", Word::Choices),
    ("party", Word::Party),
    ("parties", Word::Parties),
    ("shares", Word::Shares),
];

fn kind(table: &mut Table<'_>) -> Option<FieldKind> {
    let Some(word) = table.need("kind").and_then(|node| node.word(KINDS)) else {
        // Which of these belong to the field is not known; none of them is told unknown.
        for key in ["max_chars", "min", "max", "min_minor", "choices"] {
            table.take(key);
        }
        return None;
    };
    Some(match word {
        Word::Text => {
            let most = i64::from(DEFAULT_MAX_CHARS);
            let max = bound(table, "max_chars", 1, most, most)?;
            FieldKind::Text {
                max_chars: u32::try_from(max).ok()?,
            }
        }
        Word::Integer => {
            let min = bound(table, "min", -LARGEST, LARGEST, 0)?;
            let max = bound(table, "max", min, LARGEST, LARGEST)?;
            FieldKind::Integer { min, max }
        }
        Word::Money => FieldKind::Money {
            min_minor: bound(table, "min_minor", -LARGEST, LARGEST, 0)?,
        },
        Word::Choice => FieldKind::Choice {
            choices: choices(table)?,
        },
        Word::Choices => FieldKind::Choices {
            choices: choices(table)?,
        },
        Word::Boolean => FieldKind::Boolean,
        Word::Date => FieldKind::Date,
        Word::Instant => FieldKind::Instant,
        Word::Party => FieldKind::Party,
        Word::Parties => FieldKind::Parties,
        Word::Shares => FieldKind::Shares,
    })
}

fn bound(
    table: &mut Table<'_>,
    key: &'static str,
    least: i64,
    most: i64,
    otherwise: i64,
) -> Option<i64> {
    match table.take(key) {
        Some(node) => node.integer(least, most),
        None => Some(otherwise),
    }
}

fn choices(table: &mut Table<'_>) -> Option<Vec<Choice>> {
    let node = table.need("choices")?;
    let choices: Vec<_> = node.list()?.iter().map(choice).collect();
    if choices.is_empty() {
        node.fault(
            FaultCode::EmptyList,
            "there is nothing to choose from",
            "list at least one choice",
        );
        return None;
    }
    choices.into_iter().collect()
}

fn choice(node: &Node<'_>) -> Option<Choice> {
    let mut table = node.table()?;
    let id: Option<redress_kernel::id::FieldId> = table.id("id");
    let (title, mark) = (table.title(), table.mark());
    let clause = match table.take("clause") {
        Some(node) => node.text().map(Some),
        None => Some(None),
    };
    table.finish();
    mark?;
    Some(Choice {
        id: id?.to_string(),
        title: title?,
        clause: clause?,
    })
}
