//! The rules by which a story is played: workflows and calendars, and changes of them for one story.

use std::sync::Arc;

use redress_core::regulation::Workflow;
use redress_kernel::calendar::{Calendar, Span, Unit};
use serde_json::Value;

use crate::fault::{Wrong, wrong};
use crate::sentence::Entry;

/// Workflows and calendars.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Workflows; the last of several with one id is in force.
    pub workflows: Vec<Arc<Workflow>>,
    /// Calendars.
    pub calendars: Vec<Arc<Calendar>>,
}

impl Rules {
    /// The workflows and the calendar that are shipped.
    ///
    /// # Errors
    /// What is wrong with them; nothing in a build whose tests passed.
    pub fn builtin() -> Result<Self, redress_workflow::Faults> {
        let workflows = redress_workflow::builtin()?;
        let calendar = redress_workflow::builtin_calendar()?;
        Ok(Self {
            workflows: workflows.into_iter().map(Arc::new).collect(),
            calendars: vec![Arc::new(calendar)],
        })
    }

    /// The workflow in force by its id.
    pub fn workflow(&self, id: &str) -> Option<&Arc<Workflow>> {
        self.workflows.iter().rev().find(|w| w.definition.id == *id)
    }

    /// A calendar by its id.
    pub fn calendar(&self, id: &str) -> Option<&Arc<Calendar>> {
        self.calendars.iter().rev().find(|c| c.id() == id)
    }
}

/// Applies one change to a workflow.
///
/// `limits in working days` counts each limit of natural days in working ones; `PATH = VALUE` sets one value of the
/// definition (`regulation.…`: of the regulation), list members by their place from 0 or by their id.
pub(crate) fn change(workflow: &Workflow, entry: &Entry) -> Result<Workflow, Wrong> {
    let mut json = serde_json::to_value(workflow)
        .map_err(|e| wrong(e.to_string(), "this is a fault of the casebook"))?;
    let nothing_there = || {
        wrong(
            format!("the workflow has no `{}`", entry.name),
            "name a value such as `stages.investigation.limits.0.span`; list members by place from 0 or by id",
        )
    };
    let mut is_new = false;
    if entry.name == "limits in working days" {
        in_working_days(&mut json);
    } else {
        let path = if entry.name.starts_with("regulation.") {
            entry.name.clone()
        } else {
            format!("definition.{}", entry.name)
        };
        let place;
        (place, is_new) = find_or_make(&mut json, &path).ok_or_else(nothing_there)?;
        *place = match entry.value.as_str() {
            "none" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        };
    }
    serde_json::from_value(json).map_err(|e| match e.to_string() {
        why if is_new && why.starts_with("unknown field") => nothing_there(),
        why => wrong(
            format!("`{} = {}` does not fit: {why}", entry.name, entry.value),
            "write the value as the definition holds it",
        ),
    })
}

/// The place of a value, and whether it is new: one that the workflow leaves out is made, if the table around it is
/// there. Whether that table knows such a value shows when it is read.
fn find_or_make<'v>(json: &'v mut Value, path: &str) -> Option<(&'v mut Value, bool)> {
    let (around, last) = path.rsplit_once('.')?;
    match find(json, around)? {
        Value::Object(members) => {
            let is_new = !members.contains_key(last);
            Some((members.entry(last).or_insert(Value::Null), is_new))
        }
        list => Some((find(list, last)?, false)),
    }
}

fn find<'v>(json: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.').try_fold(json, |place, step| match place {
        Value::Object(members) => members.get_mut(step),
        Value::Array(list) => {
            let index = step.parse::<usize>().ok().or_else(|| {
                list.iter()
                    .position(|m| m.get("id").and_then(Value::as_str) == Some(step))
            })?;
            list.get_mut(index)
        }
        _ => None,
    })
}

fn in_working_days(json: &mut Value) {
    match json {
        Value::String(text) => {
            let span = text.parse::<Span>().ok();
            let working = span
                .filter(|s| s.unit() == Unit::NaturalDay)
                .and_then(|s| Span::of_halves(s.halves(), Unit::WorkingDay).ok());
            if let Some(span) = working {
                *text = span.to_string();
            }
        }
        Value::Array(list) => list.iter_mut().for_each(in_working_days),
        Value::Object(members) => members.values_mut().for_each(in_working_days),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use redress_core::tables::{Grade, Tables, UnitKind};

    use super::*;

    fn changed(name: &str, value: &str) -> Result<Workflow, Wrong> {
        let rules = Rules::builtin().unwrap();
        let entry = Entry {
            line: 1,
            name: name.to_owned(),
            value: value.to_owned(),
        };
        change(rules.workflow("customer-complaint").unwrap(), &entry)
    }

    fn tables(name: &str, value: &str) -> Tables {
        let workflow = changed(name, value).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        workflow.regulation.unwrap().tables
    }

    #[test]
    fn each_table_about_money_can_be_taken_away() {
        for (name, is_set) in [
            ("loss", (|t| t.loss.is_some()) as fn(&Tables) -> bool),
            ("penalty", |t| t.penalty.is_some()),
            ("discipline", |t| t.discipline.is_some()),
            ("month", |t| t.month.is_some()),
        ] {
            let without = tables(&format!("regulation.tables.{name}"), "none");
            assert!(!is_set(&without), "{name}");
            let others = [
                without.loss.is_some(),
                without.penalty.is_some(),
                without.discipline.is_some(),
                without.month.is_some(),
            ];
            assert_eq!(others.iter().filter(|set| **set).count(), 3, "{name}");
        }
    }

    #[test]
    fn each_figure_about_money_can_be_changed() {
        let ceiling = tables("regulation.tables.penalty.ceiling", "4000");
        assert_eq!(ceiling.penalty.unwrap().ceiling, 4000);
        let from = tables("regulation.tables.discipline.rows.1.from", "900.00 CNY");
        let row = &from.discipline.unwrap().rows[1];
        assert_eq!((row.from.minor(), row.grade), (90_000, Grade::Warning));
        let grade = tables("regulation.tables.discipline.rows.1.grade", "major_demerit");
        assert_eq!(grade.discipline.unwrap().rows[1].grade, Grade::MajorDemerit);
        let fine = tables("regulation.tables.discipline.warning", "500.00 CNY");
        assert_eq!(fine.discipline.unwrap().warning.minor(), 50_000);
        let resale = tables("regulation.tables.discipline.resale", "2 month");
        assert_eq!(resale.discipline.unwrap().resale.to_string(), "2 month");
        let part = tables("regulation.tables.penalty.rows.0.charged", "2500");
        assert_eq!(part.penalty.unwrap().rows[0].charged, 2500);
        let day = tables("regulation.tables.month.due_day", "12");
        assert_eq!(day.month.unwrap().due_day, 12);
        let heads = tables("regulation.tables.month.confirmed_by", "[\"quality\"]");
        assert_eq!(heads.month.unwrap().confirmed_by.len(), 1);
        let basis = tables(
            "regulation.tables.loss.rows.0.basis",
            "{\"parts\": [\"paid\", \"freight\"]}",
        );
        let rows = basis.loss.unwrap().rows;
        assert_ne!(rows[0].basis, rows[4].basis);
    }

    #[test]
    fn what_a_row_leaves_out_can_be_set() {
        let carried = tables(
            "regulation.tables.penalty.rows.0.carried_by",
            "[\"person\", \"shift\"]",
        );
        let carried_by = &carried.penalty.unwrap().rows[0].carried_by;
        assert_eq!(*carried_by, [UnitKind::Person, UnitKind::Shift].into());
        let rows = tables(
            "regulation.tables.penalty.rows",
            "[{\"cause\": \"late-delivery\", \"charged\": 5000}, {\"charged\": 10000}]",
        );
        assert_eq!(rows.penalty.unwrap().rows.len(), 2);
    }

    #[test]
    fn what_a_workflow_cannot_hold_is_told() {
        for name in [
            "regulation.tables.penalties",
            "regulation.tables.penalty.ceilling",
            "regulation.tables.discipline.rows.4.from",
            "regulation.tablets.penalty",
            "stages.investigation.limit",
            "nothing",
        ] {
            let why = changed(name, "1").unwrap_err().sentence;
            assert_eq!(why, format!("the workflow has no `{name}`"));
        }
        for (name, value) in [
            ("regulation.tables.penalty.ceiling", "half"),
            ("regulation.tables.penalty.rows.0.carried_by", "team"),
            ("regulation.tables.penalty.rows.0", "{\"chargd\": 1}"),
            ("regulation.tables.discipline.rows.1.from", "900"),
        ] {
            let why = changed(name, value).unwrap_err().sentence;
            assert!(why.contains("does not fit"), "{name}: {why}");
        }
    }
}
