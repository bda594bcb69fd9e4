//! The versions of workflows and calendars that the log holds, and which of them is in force (M15).

use std::collections::BTreeMap;
use std::sync::Arc;

use redress_core::regulation::Workflow;
use redress_kernel::adoption::{self, CalendarAdopted, RulesEvent, WorkflowAdopted};
use redress_kernel::calendar::Calendar;
use redress_kernel::case::Case;
use redress_kernel::definition::Definition;
use redress_kernel::event::Imported;
use redress_kernel::id::{DefinitionId, EmployeeId};
use redress_kernel::time::Instant;
use redress_log::Recorded;

use crate::error::Error;
use crate::frame;
use crate::held::Held;

pub use redress_workflow::Files;

/// A version of a workflow in the log.
#[derive(Debug, Clone)]
pub struct AdoptedWorkflow {
    /// From when it serves new cases; the first version serves older ones too.
    pub adopted_at: Instant,
    /// Who approved it.
    pub approved_by: EmployeeId,
    /// The workflow.
    pub workflow: Arc<Workflow>,
    /// The files from which it was read.
    pub files: Arc<Files>,
}

/// What the stream `rules/main` says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    workflows: BTreeMap<DefinitionId, Vec<AdoptedWorkflow>>,
    calendars: BTreeMap<String, Arc<Calendar>>,
}

impl Rules {
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), Error> {
        let event = RulesEvent::read(&recorded.kind, recorded.schema, recorded.payload.as_str())?;
        match event {
            RulesEvent::WorkflowAdopted(adopted) => {
                let workflow = read_workflow(&adopted.files)?;
                let adopted_at = frame::instant(recorded.occurred_at)?;
                self.workflows
                    .entry(adopted.definition)
                    .or_default()
                    .push(AdoptedWorkflow {
                        adopted_at,
                        approved_by: adopted.approved_by,
                        workflow: Arc::new(workflow),
                        files: Arc::new(adopted.files),
                    });
            }
            RulesEvent::CalendarAdopted(adopted) => {
                let calendar = read_calendar(&adopted.file)?;
                self.calendars.insert(adopted.calendar, Arc::new(calendar));
            }
        }
        Ok(())
    }

    pub(crate) fn versions(&self) -> impl Iterator<Item = &AdoptedWorkflow> {
        self.workflows.values().flatten()
    }

    /// The version in force for what begins at an instant; the first serves older instants too.
    pub(crate) fn in_force(
        &self,
        definition: &DefinitionId,
        at: Instant,
    ) -> Result<&AdoptedWorkflow, Error> {
        let versions = self.of(definition)?;
        versions
            .iter()
            .rev()
            .find(|v| v.adopted_at <= at)
            .or(versions.first())
            .ok_or_else(|| unknown(definition))
    }

    /// The definitions in force at an instant that go by a calendar.
    pub(crate) fn going_by(
        &self,
        calendar: &str,
        at: Instant,
    ) -> impl Iterator<Item = &Definition> {
        self.workflows
            .keys()
            .filter_map(move |id| self.in_force(id, at).ok())
            .map(|adopted| &adopted.workflow.definition)
            .filter(move |definition| definition.calendar == calendar)
    }

    /// The version that decides a command on a case at an instant: until its acceptance that in force, then the
    /// one that it keeps (M15).
    pub(crate) fn of_case(&self, held: &Held, at: Instant) -> Result<Arc<Workflow>, Error> {
        self.of_state(&held.complaint.case, &held.workflow, at)
    }

    /// As [`Rules::of_case`], for a state of a case and the workflow of its version.
    pub(crate) fn of_state(
        &self,
        case: &Case,
        own: &Arc<Workflow>,
        at: Instant,
    ) -> Result<Arc<Workflow>, Error> {
        let in_force = &self.in_force(&case.definition, at)?.workflow;
        // A case lies in the streams of the category in which it was opened.
        let follows = in_force.definition.category == own.definition.category
            && adoption::goes_by_version_in_force(case, &own.definition, &in_force.definition);
        Ok(if follows { in_force } else { own }.clone())
    }

    /// The version that decides a historic case: that in force when the recorded step ended with which its clock
    /// starts; without that step, or with a clock that starts at once, when it was opened (M15).
    pub(crate) fn of_import(
        &self,
        definition: &DefinitionId,
        record: &Imported,
    ) -> Result<&AdoptedWorkflow, Error> {
        let opened = self.in_force(definition, record.opened_at)?;
        let clock = opened.workflow.definition.clock.as_ref();
        let stage = clock.and_then(|clock| clock.starts_at_end_of.as_ref());
        match record.steps.iter().find(|s| Some(&s.stage) == stage) {
            Some(step) => self.in_force(definition, step.ended_at),
            None => Ok(opened),
        }
    }

    pub(crate) fn version(
        &self,
        definition: &DefinitionId,
        version: &str,
    ) -> Result<&AdoptedWorkflow, Error> {
        self.of(definition)?
            .iter()
            .find(|v| v.workflow.definition.version == version)
            .ok_or_else(|| Error::NotFound {
                what: "workflow",
                name: format!("{definition} {version}"),
            })
    }

    fn of(&self, definition: &DefinitionId) -> Result<&[AdoptedWorkflow], Error> {
        self.workflows
            .get(definition)
            .map(Vec::as_slice)
            .ok_or_else(|| unknown(definition))
    }

    pub(crate) fn calendar(&self, id: &str) -> Result<&Arc<Calendar>, Error> {
        self.calendars
            .get(id)
            .ok_or_else(|| Error::CalendarMissing {
                calendar: id.to_owned(),
            })
    }

    pub(crate) fn calendars(&self) -> impl Iterator<Item = &Arc<Calendar>> {
        self.calendars.values()
    }

    /// The categories of streams that hold cases.
    pub(crate) fn categories(&self) -> Vec<String> {
        let mut list: Vec<String> = self
            .versions()
            .map(|v| v.workflow.definition.category.clone())
            .collect();
        list.sort();
        list.dedup();
        list
    }
}

fn unknown(definition: &DefinitionId) -> Error {
    Error::NotFound {
        what: "workflow",
        name: definition.to_string(),
    }
}

/// The adopting event of a workflow's files.
pub(crate) fn adoption(
    files: Files,
    approved_by: &EmployeeId,
) -> Result<(Workflow, RulesEvent), Error> {
    let workflow = read_workflow(&files)?;
    let event = RulesEvent::WorkflowAdopted(WorkflowAdopted {
        definition: workflow.definition.id.clone(),
        version: workflow.definition.version.clone(),
        hash: workflow.hash.clone(),
        files,
        approved_by: approved_by.clone(),
    });
    Ok((workflow, event))
}

/// The adopting event of a calendar's file.
pub(crate) fn calendar_adoption(file: String) -> Result<(Calendar, RulesEvent), Error> {
    let calendar = read_calendar(&file)?;
    let event = RulesEvent::CalendarAdopted(CalendarAdopted {
        calendar: calendar.id().to_owned(),
        hash: redress_workflow::calendar_hash(&file),
        file,
    });
    Ok((calendar, event))
}

pub(crate) fn read_workflow(files: &Files) -> Result<Workflow, Error> {
    redress_workflow::read(files).map_err(|faults| Error::Rules { faults })
}

pub(crate) fn read_calendar(file: &str) -> Result<Calendar, Error> {
    redress_workflow::read_calendar("calendar.toml", file).map_err(|faults| Error::Rules { faults })
}

/// The files of the workflows that are shipped.
pub(crate) fn built_in_workflows() -> Vec<Files> {
    redress_workflow::builtin_files().into_values().collect()
}

/// The files of the calendars that are shipped.
pub(crate) fn built_in_calendars() -> Vec<String> {
    vec![redress_workflow::CHINA.to_owned()]
}
