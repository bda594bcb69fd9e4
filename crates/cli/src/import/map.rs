//! The column map: which column of a table means what. A TOML file that somebody writes once for each source.

use std::collections::BTreeMap;

use redress_kernel::definition::Definition;
use redress_kernel::form::Form;
use redress_kernel::id::{FieldId, StageId};
use redress_kernel::time::Zone;
use serde::Deserialize;
use toml::Spanned;

use crate::import::moment::TimeOfDay;

/// A column map.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Map {
    /// Name of the source; with the row's key it makes a case known again, so that it is imported once.
    pub(crate) source: String,
    /// The workflow of the cases; customer complaints if left out.
    pub(crate) definition: Option<String>,
    /// The column whose text is the row's own key in the source.
    pub(crate) key: Spanned<String>,
    /// The column of the instant at which the case was opened.
    pub(crate) opened_at: Spanned<String>,
    /// The zone in which instants without an offset are meant.
    pub(crate) zone: Option<Zone>,
    /// The time of day that a bare date means, such as `17:00`.
    pub(crate) time_of_day: Option<TimeOfDay>,
    /// The column that names the steps whose instants are real.
    pub(crate) observed: Option<Observed>,
    /// The form that opened the case: field → column or fixed value.
    #[serde(default)]
    pub(crate) opening: BTreeMap<Spanned<String>, Source>,
    /// The ends of stages, in the order of the route.
    #[serde(default, rename = "step")]
    pub(crate) steps: Vec<Step>,
}

/// The column that names what was observed; everything else was put in by somebody's reckoning.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Observed {
    /// The column.
    pub(crate) column: Spanned<String>,
    /// What stands between two names.
    pub(crate) separator: String,
}

/// The end of a stage.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// The stage.
    pub(crate) stage: Spanned<String>,
    /// The column of the instant at which it ended. An empty cell: not recorded.
    pub(crate) ended_at: Spanned<String>,
    /// Taken only if the source names this among what was observed; left out: taken always.
    pub(crate) observed_as: Option<Spanned<String>>,
    /// Its report, as far as the source knows it.
    #[serde(default)]
    pub(crate) values: BTreeMap<Spanned<String>, Source>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Source {
    /// The cell of a column as it stands.
    Column(String),
    /// More than that.
    Detailed(Detailed),
}

/// A value that is fixed, or made out of a cell.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Detailed {
    /// The column.
    pub(crate) column: Option<String>,
    /// The fixed value, the same in each row.
    pub(crate) value: Option<Fixed>,
    /// Put before the cell's text.
    #[serde(default)]
    pub(crate) prefix: String,
    /// Put behind the cell's text.
    #[serde(default)]
    pub(crate) suffix: String,
    /// What the source's words mean; a word that is not here spoils the row.
    pub(crate) words: Option<BTreeMap<String, Fixed>>,
    /// What stands between several choices in one cell; a semicolon if left out.
    pub(crate) separator: Option<String>,
}

/// A fixed value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Fixed {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text; an amount is one such as `"12.50 CNY"`.
    Text(String),
}

impl Source {
    /// The column, if it has one.
    pub(crate) fn column(&self) -> Option<&String> {
        match self {
            Self::Column(column) => Some(column),
            Self::Detailed(detailed) => detailed.column.as_ref(),
        }
    }
}

/// What is wrong with a map, and on which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MapFault {
    /// Line, from 1, if it is at one.
    pub(crate) line: Option<usize>,
    /// A sentence.
    pub(crate) message: String,
}

/// The workflow of a map that names none.
const COMPLAINT: &str = "customer-complaint";

impl Map {
    /// Reads a map.
    pub(crate) fn read(text: &str) -> Result<Self, MapFault> {
        let map: Self = toml::from_str(text).map_err(|e| MapFault {
            line: e.span().map(|span| line_of(text, span.start)),
            message: e.message().trim().to_owned(),
        })?;
        let fault = |line, message: String| Err(MapFault { line, message });
        if map.source.trim().is_empty() || map.source.chars().count() > 64 {
            return fault(
                Some(1),
                "`source` names the source in 1 to 64 characters".to_owned(),
            );
        }
        for (field, source) in map
            .opening
            .iter()
            .chain(map.steps.iter().flat_map(|step| &step.values))
        {
            let Source::Detailed(detailed) = source else {
                continue;
            };
            if detailed.column.is_some() == detailed.value.is_some() {
                return fault(
                    Some(line_of(text, field.span().start)),
                    format!(
                        "`{}` needs a `column` or a fixed `value`, one of the two",
                        field.get_ref()
                    ),
                );
            }
        }
        for step in &map.steps {
            if let (Some(observed_as), None) = (&step.observed_as, &map.observed) {
                return fault(
                    Some(line_of(text, observed_as.span().start)),
                    "`observed_as` needs the table `[observed]` with the column that names what was observed".to_owned(),
                );
            }
        }
        Ok(map)
    }

    /// The workflow of the cases.
    pub(crate) fn definition_id(&self) -> &str {
        self.definition.as_deref().unwrap_or(COMPLAINT)
    }

    /// Checks the map against the workflow and the table's columns: what is wrong once is not said of each row.
    pub(crate) fn check(
        &self,
        text: &str,
        definition: &Definition,
        columns: &[String],
    ) -> Result<(), MapFault> {
        for (place, column) in self.columns() {
            if !columns.contains(column) {
                return Err(MapFault {
                    line: Some(line_of(text, place)),
                    message: format!(
                        "the table has no column `{column}`; it has {}",
                        columns.join(", ")
                    ),
                });
            }
        }
        check_fields(
            text,
            definition.form(definition.opening.form.as_str()),
            &self.opening,
        )?;
        let mut last = None;
        for step in &self.steps {
            let line = Some(line_of(text, step.stage.span().start));
            let stages = || {
                definition
                    .stages
                    .iter()
                    .map(|s| s.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let Some((index, stage)) =
                StageId::new(step.stage.get_ref().as_str())
                    .ok()
                    .and_then(|id| {
                        Some((
                            definition.stage_index(id.as_str())?,
                            definition.stage(id.as_str())?,
                        ))
                    })
            else {
                return Err(MapFault {
                    line,
                    message: format!(
                        "the workflow has no stage `{}`; it has {}",
                        step.stage.get_ref(),
                        stages()
                    ),
                });
            };
            if last.is_some_and(|last| index <= last) {
                return Err(MapFault {
                    line,
                    message: format!(
                        "`{}` stands before an earlier stage: steps go in the order of the route, {}",
                        stage.id,
                        stages()
                    ),
                });
            }
            last = Some(index);
            check_fields(text, definition.form(stage.form.as_str()), &step.values)?;
        }
        Ok(())
    }

    /// Every column that the map names, with the place where it does.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (usize, &String)> {
        let direct = [&self.key, &self.opened_at]
            .into_iter()
            .chain(self.observed.iter().map(|o| &o.column))
            .chain(self.steps.iter().map(|s| &s.ended_at))
            .map(|column| (column.span().start, column.get_ref()));
        self.opening
            .iter()
            .chain(self.steps.iter().flat_map(|s| &s.values))
            .filter_map(|(field, source)| Some((field.span().start, source.column()?)))
            .chain(direct)
    }
}

fn check_fields(
    text: &str,
    form: Option<&Form>,
    values: &BTreeMap<Spanned<String>, Source>,
) -> Result<(), MapFault> {
    for field in values.keys() {
        let known = FieldId::new(field.get_ref().as_str())
            .ok()
            .and_then(|id| form?.field(id.as_str()));
        if known.is_none() {
            let (id, fields) = form.map_or(("none", String::new()), |form| {
                let fields: Vec<_> = form.fields.iter().map(|f| f.id.as_str()).collect();
                (form.id.as_str(), fields.join(", "))
            });
            return Err(MapFault {
                line: Some(line_of(text, field.span().start)),
                message: format!(
                    "the form `{id}` has no field `{}`; it has {fields}",
                    field.get_ref()
                ),
            });
        }
    }
    Ok(())
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

#[cfg(test)]
mod tests {
    use super::Map;

    #[test]
    fn a_fault_is_told_with_its_line() {
        let read = |text: &str| Map::read(text).map(|_| ()).unwrap_err();
        let fault = read("source = \"x\"\nkey = \"id\"\nopened_at = \"at\"\ncolour = 1\n");
        assert_eq!(fault.line, Some(4));
        assert!(fault.message.contains("colour"), "{}", fault.message);
        let fault = read(
            "source = \"x\"\nkey = \"id\"\nopened_at = \"at\"\n[opening]\nproduct = { prefix = \"p\" }\n",
        );
        assert_eq!(fault.line, Some(5));
        let fault = read(
            "source = \"x\"\nkey = \"id\"\nopened_at = \"at\"\n[[step]]\nstage = \"s\"\nended_at = \"e\"\nobserved_as = \"o\"\n",
        );
        assert_eq!(fault.line, Some(7));
        assert_eq!(
            read("source = \" \"\nkey = \"id\"\nopened_at = \"at\"\n").line,
            Some(1)
        );
    }
}
