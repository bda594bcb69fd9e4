//! What a definition calls things: fields, choices, parties, lengths of time. Data keeps the ids; people read titles.

use redress_kernel::calendar::{Span, Unit};
use redress_kernel::definition::Definition;
use redress_kernel::form::{Choice, Field, FieldKind};
use redress_kernel::id::DepartmentId;
use redress_kernel::value::{Path, Scope, Value};

use crate::output::Cell;
use crate::settings::Lang;
use crate::story;

/// The field at a path; that of a fact is the first field that gives it.
pub(crate) fn field<'d>(definition: &'d Definition, path: &Path) -> Option<&'d Field> {
    let form = match &path.scope {
        Scope::Opening => definition.form(definition.opening.form.as_str()),
        Scope::Stage(stage) => definition.form(definition.stage(stage.as_str())?.form.as_str()),
        Scope::Fact => {
            let fact = definition.facts.iter().find(|f| f.id == path.field)?;
            let given = fact.given_by.iter().filter(|p| p.scope != Scope::Fact);
            return given.filter_map(|path| field(definition, path)).next();
        }
        Scope::Form => None,
    }?;
    form.field(path.field.as_str())
}

/// What a path is called; the path itself where nothing names it.
pub(crate) fn path(path: &Path, definition: Option<&Definition>, lang: Lang) -> String {
    definition
        .and_then(|definition| field(definition, path))
        .map_or_else(
            || path.to_string(),
            |field| story::title(&field.title, lang),
        )
}

/// What stands at a path: choices and parties by their titles.
pub(crate) fn value(
    value: &Value,
    path: &Path,
    definition: Option<&Definition>,
    lang: Lang,
) -> Cell {
    let kind = definition
        .and_then(|definition| field(definition, path))
        .map(|field| &field.kind);
    match (value, kind) {
        (Value::Text(id), Some(FieldKind::Choice { choices })) => choice(id, choices, lang),
        (Value::List(ids), Some(FieldKind::Choices { choices })) => {
            Cell::words(ids.iter().map(|id| choice(id, choices, lang)), lang)
        }
        (Value::Text(id), Some(FieldKind::Party)) => party(id, definition, lang),
        (Value::List(ids), Some(FieldKind::Parties)) => {
            Cell::words(ids.iter().map(|id| party(id, definition, lang)), lang)
        }
        _ => story::value(value, lang),
    }
}

/// A stable word that a view gives, by the title that the field at a path has for it.
pub(crate) fn word(id: &str, at: &str, definition: Option<&Definition>, lang: Lang) -> Cell {
    match at.parse() {
        Ok(path) => value(&Value::text(id), &path, definition, lang),
        Err(_) => Cell::text(id),
    }
}

fn choice(id: &str, choices: &[Choice], lang: Lang) -> Cell {
    let found = choices.iter().find(|choice| choice.id == id);
    let title = found.map_or_else(|| id.to_owned(), |c| story::title(&c.title, lang));
    Cell::word(id, title)
}

/// A department by its title; any other party has none.
fn party(id: &str, definition: Option<&Definition>, lang: Lang) -> Cell {
    let department = id
        .strip_prefix("department:")
        .and_then(|name| name.parse::<DepartmentId>().ok());
    let found = department.and_then(|d| definition.and_then(|known| known.department(d.as_str())));
    let title = found.map_or_else(|| id.to_owned(), |d| story::title(&d.title, lang));
    Cell::word(id, title)
}

/// A length of time: `13 natural_day` as data, 13 days or 13 天 to people.
pub(crate) fn span(span: Span, lang: Lang) -> Cell {
    Cell::word(span.to_string(), length(span.halves(), span.unit(), lang))
}

/// So many halves of a unit in words.
pub(crate) fn length(halves: i64, unit: Unit, lang: Lang) -> String {
    let half = if halves % 2 == 0 { "" } else { ".5" };
    let sign = if halves < 0 { "-" } else { "" };
    let amount = format!("{sign}{}{half}", halves.abs() / 2);
    let name = match unit {
        Unit::NaturalDay => ("天", "day"),
        Unit::NaturalHour => ("小时", "hour"),
        Unit::WorkingDay => ("个工作日", "working day"),
        Unit::WorkingHour => ("个工作小时", "working hour"),
        Unit::Month => ("个月", "month"),
        Unit::CivilDay => ("日（民法典）", "civil day"),
    };
    match lang {
        Lang::Zh => format!("{amount} {}", name.0),
        Lang::En if halves.abs() <= 2 => format!("{amount} {}", name.1),
        Lang::En => format!("{amount} {}s", name.1),
    }
}
