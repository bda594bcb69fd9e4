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
    if entry.name == "limits in working days" {
        in_working_days(&mut json);
    } else {
        let path = if entry.name.starts_with("regulation.") {
            entry.name.clone()
        } else {
            format!("definition.{}", entry.name)
        };
        let place = find(&mut json, &path).ok_or_else(|| {
            wrong(
                format!("the workflow has no `{}`", entry.name),
                "name a value such as `stages.investigation.limits.0.span`; list members by place from 0 or by id",
            )
        })?;
        *place = match entry.value.as_str() {
            "none" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        };
    }
    serde_json::from_value(json).map_err(|e| {
        wrong(
            format!("`{} = {}` does not fit: {e}", entry.name, entry.value),
            "write the value as the definition holds it",
        )
    })
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
