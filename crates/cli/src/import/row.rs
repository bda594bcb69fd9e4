//! What a row means as a historic case, or why it means none.

use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::definition::Definition;
use redress_kernel::event::{Imported, ImportedStep};
use redress_kernel::form::{FieldKind, Form};
use redress_kernel::id::{FieldId, StageId};
use redress_kernel::time::Instant;
use redress_kernel::value::{Value, Values};
use toml::Spanned;

use crate::import::map::{Detailed, Fixed, Map, Source};
use crate::import::moment;
use crate::import::table::Cells;

/// A row that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct BadRow {
    /// Its first line in the file, from 1.
    pub(crate) line: u64,
    /// Its key, if it has one.
    pub(crate) row: Option<String>,
    /// A stable name of the reason.
    pub(crate) code: String,
    /// The clause, where it is a rule that says no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clause: Option<String>,
    /// Why it is not taken.
    pub(crate) reason: String,
}

/// Reads rows by a map. Keeps the keys that it met: a key stands for one case.
pub(crate) struct Rows<'a> {
    map: &'a Map,
    definition: &'a Definition,
    places: BTreeMap<&'a str, usize>,
    keys: BTreeMap<String, u64>,
}

impl<'a> Rows<'a> {
    /// A reader of the rows of a table with these columns; the map has been checked against them.
    pub(crate) fn new(map: &'a Map, definition: &'a Definition, columns: &'a [String]) -> Self {
        let places = columns
            .iter()
            .enumerate()
            .map(|(place, name)| (name.as_str(), place))
            .collect();
        Self {
            map,
            definition,
            places,
            keys: BTreeMap::new(),
        }
    }

    /// The case that a row tells of.
    pub(crate) fn read(
        &mut self,
        line: u64,
        cells: Result<&Cells, &String>,
    ) -> Result<Imported, BadRow> {
        let bad = |row: Option<&str>, code: &str, reason: String| BadRow {
            line,
            row: row.map(ToOwned::to_owned),
            code: code.to_owned(),
            clause: None,
            reason,
        };
        let cells = cells.map_err(|reason| bad(None, "malformed_row", reason.clone()))?;
        let Some(key) = self.cell(cells, self.map.key.get_ref()) else {
            let reason = format!("the column `{}` gives no key", self.map.key.get_ref());
            return Err(bad(None, "missing_key", reason));
        };
        if let Some(first) = self.keys.get(key) {
            let reason = format!("the key stands already on line {first}");
            return Err(bad(Some(key), "repeated_key", reason));
        }
        self.keys.insert(key.to_owned(), line);
        self.case(key, cells)
            .map_err(|reason| bad(Some(key), "unreadable_value", reason))
    }

    fn cell<'c>(&self, cells: &'c Cells, column: &str) -> Option<&'c str> {
        cells.at(*self.places.get(column)?)
    }

    fn case(&self, key: &str, cells: &Cells) -> Result<Imported, String> {
        let map = self.map;
        let opened_at = self
            .instant(cells, map.opened_at.get_ref())?
            .ok_or_else(|| format!("the column `{}` is empty", map.opened_at.get_ref()))?;
        let observed: Option<BTreeSet<&str>> = map.observed.as_ref().map(|observed| {
            self.cell(cells, observed.column.get_ref())
                .unwrap_or_default()
                .split(observed.separator.as_str())
                .map(str::trim)
                .collect()
        });
        let mut steps = Vec::new();
        for step in &map.steps {
            let real = match (&step.observed_as, &observed) {
                (Some(name), Some(observed)) => observed.contains(name.get_ref().as_str()),
                _ => true,
            };
            let Some(ended_at) = self
                .instant(cells, step.ended_at.get_ref())?
                .filter(|_| real)
            else {
                continue;
            };
            let stage = StageId::new(step.stage.get_ref().as_str()).map_err(|e| e.to_string())?;
            let form = self
                .definition
                .stage(stage.as_str())
                .and_then(|stage| self.definition.form(stage.form.as_str()));
            steps.push(ImportedStep {
                values: self.values(cells, form, &step.values)?,
                stage,
                ended_at,
            });
        }
        let form = self.definition.form(self.definition.opening.form.as_str());
        Ok(Imported {
            source: map.source.clone(),
            row: key.to_owned(),
            opened_at,
            values: self.values(cells, form, &map.opening)?,
            steps,
        })
    }

    fn instant(&self, cells: &Cells, column: &str) -> Result<Option<Instant>, String> {
        self.cell(cells, column)
            .map(|text| {
                moment::instant(text, self.map.zone, self.map.time_of_day)
                    .map_err(|reason| format!("column `{column}`: {reason}"))
            })
            .transpose()
    }

    fn values(
        &self,
        cells: &Cells,
        form: Option<&Form>,
        sources: &BTreeMap<Spanned<String>, Source>,
    ) -> Result<Values, String> {
        let mut values = Values::new();
        for (field, source) in sources {
            let id = FieldId::new(field.get_ref().as_str()).map_err(|e| e.to_string())?;
            let Some(kind) = form
                .and_then(|form| form.field(id.as_str()))
                .map(|field| &field.kind)
            else {
                continue;
            };
            let value = match source {
                Source::Column(column) => self
                    .cell(cells, column)
                    .map(|text| value_of(text, kind, None))
                    .transpose(),
                Source::Detailed(detailed) => self.detailed(cells, kind, detailed),
            }
            .map_err(|reason| format!("field `{id}`: {reason}"))?;
            if let Some(value) = value {
                values.insert(id, value);
            }
        }
        Ok(values)
    }

    fn detailed(
        &self,
        cells: &Cells,
        kind: &FieldKind,
        detailed: &Detailed,
    ) -> Result<Option<Value>, String> {
        if let Some(fixed) = &detailed.value {
            return Ok(Some(fixed_value(fixed)));
        }
        let Some(text) = detailed
            .column
            .as_ref()
            .and_then(|column| self.cell(cells, column))
        else {
            return Ok(None);
        };
        if let Some(words) = &detailed.words {
            return words
                .get(text)
                .map(|fixed| Some(fixed_value(fixed)))
                .ok_or_else(|| {
                    let known: Vec<_> = words.keys().map(String::as_str).collect();
                    format!(
                        "`{}` is none of the map's words: {}",
                        shown(text),
                        known.join(", ")
                    )
                });
        }
        let text = format!("{}{text}{}", detailed.prefix, detailed.suffix);
        value_of(&text, kind, detailed.separator.as_deref()).map(Some)
    }
}

fn fixed_value(fixed: &Fixed) -> Value {
    match fixed {
        Fixed::Boolean(yes) => Value::Boolean(*yes),
        Fixed::Integer(number) => Value::Integer(*number),
        Fixed::Text(text) => Value::Text(text.clone()),
    }
}

/// A cell as the field wants it. Whether the value may stand there the form says.
fn value_of(text: &str, kind: &FieldKind, separator: Option<&str>) -> Result<Value, String> {
    match kind {
        FieldKind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "1" | "是" => Ok(Value::Boolean(true)),
            "false" | "no" | "n" | "0" | "否" => Ok(Value::Boolean(false)),
            _ => Err(format!("`{}` is neither yes nor no", shown(text))),
        },
        FieldKind::Integer { .. } => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| format!("`{}` is no whole number", shown(text))),
        FieldKind::Choices { .. } | FieldKind::Parties => Ok(Value::List(
            text.split(separator.unwrap_or(";"))
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(ToOwned::to_owned)
                .collect(),
        )),
        FieldKind::Shares => Err("shares cannot be imported from a cell".to_owned()),
        FieldKind::Text { .. }
        | FieldKind::Date
        | FieldKind::Instant
        | FieldKind::Money { .. }
        | FieldKind::Choice { .. }
        | FieldKind::Party => Ok(Value::text(text)),
    }
}

/// A text of the table as it can be shown in a sentence.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|c| !redress_kernel::text::is_forbidden(*c))
        .take(60)
        .collect()
}
