//! A story that hurries on: a case goes its ordinary way until a stage is open, everything at one instant.

use redress_core::command::Command;
use redress_kernel::actor::By;
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::Who;
use redress_kernel::definition::Stage;
use redress_kernel::id::{DepartmentId, EmployeeId, OfficeId, StageId};
use redress_kernel::time::Instant;

use super::{Play, Stop};
use crate::fault::{Wrong, wrong};
use crate::sentence::Entry;

/// More steps than any route has.
const MAX_STEPS: usize = 60;

impl Play<'_> {
    pub(super) fn hurry(
        &mut self,
        case: &str,
        until: &StageId,
        entries: &[Entry],
        at: Instant,
    ) -> Result<(), Stop> {
        for entry in entries {
            if !entry.name.contains('.') {
                return Err(wrong(
                    format!("`{}` (line {}) names no form", entry.name, entry.line),
                    "write `opening.FIELD = VALUE` or `STAGE.FIELD = VALUE`",
                )
                .into());
            }
        }
        if self.told(case).is_err() {
            let workflow = self.workflow_at(at)?.clone();
            let by = self.somebody(&workflow.definition.opening.departments, at)?;
            let command = self.opening_as_usual(&workflow, entries)?;
            self.open(case, &workflow, &command, &by, at)?;
        }
        for _ in 0..MAX_STEPS {
            let told = self.told(case)?;
            let open = told.complaint.case.open_visit().cloned();
            let visit = open.ok_or_else(|| {
                wrong(
                    format!("{case} has come to the end of its route before `{until}`"),
                    "name a stage that lies ahead",
                )
            })?;
            if visit.stage == *until && visit.reported.is_none() {
                return Ok(());
            }
            let definition = &told.workflow.definition;
            let stage = definition
                .stage(visit.stage.as_str())
                .cloned()
                .ok_or_else(|| wrong("a stage that is none", "mend the workflow"))?;
            let (by, command) =
                self.usual_step(case, &stage, visit.reported.is_some(), entries, at)?;
            self.decide(case, &command, Who::Person(&by), at)?;
        }
        Err(wrong(
            format!("{case} does not come to `{until}`"),
            "its ordinary way goes in a circle: tell it sentence by sentence",
        )
        .into())
    }

    /// Other cases, lodged and accepted at once.
    pub(super) fn many(&mut self, count: u32, at: Instant) -> Result<(), Stop> {
        let definition = &self.workflow_at(at)?.definition;
        let second = definition
            .stages
            .get(1)
            .map(|stage| stage.id.clone())
            .ok_or_else(|| wrong("the route has one stage", "tell the cases one by one"))?;
        for _ in 0..count {
            let name = format!("{}{}", super::OTHER, self.cases.len());
            self.hurry(&name, &second, &[], at)?;
        }
        Ok(())
    }

    fn opening_as_usual(
        &self,
        workflow: &redress_core::regulation::Workflow,
        entries: &[Entry],
    ) -> Result<Command, Wrong> {
        let definition = &workflow.definition;
        let form = super::command::form(definition, definition.opening.form.as_str())?;
        let values = self.fill(form, &of_form(entries, "opening"), true, &|_| None)?;
        Ok(CaseCommand::Open {
            values,
            links: Vec::new(),
        }
        .into())
    }

    fn usual_step(
        &self,
        case: &str,
        stage: &Stage,
        reported: bool,
        entries: &[Entry],
        at: Instant,
    ) -> Result<(By, Command), Wrong> {
        if let (Some(endorsement), true) = (&stage.endorsement, reported) {
            let by = self.holder(endorsement.offices.iter(), at)?;
            let command = CaseCommand::Endorse {
                stage: stage.id.clone(),
                visit: None,
                remark: None,
            };
            return Ok((by, command.into()));
        }
        let by = if stage.offices.is_empty() {
            self.somebody(&stage.departments, at)?
        } else {
            // The highest office decides whatever the amount.
            self.holder(stage.offices.iter().rev(), at)?
        };
        let entries = of_form(entries, stage.id.as_str());
        Ok((by, self.report(case, &stage.id, None, true, &entries)?))
    }

    /// An ordinary employee of the first of these departments: no head, no holder of an office if it can be helped.
    pub(super) fn somebody(&self, departments: &[DepartmentId], at: Instant) -> Result<By, Wrong> {
        let department = departments
            .first()
            .ok_or_else(|| wrong("every department may do it", "tell who does it"))?;
        let organisation = &self.organisation;
        let people: Vec<&EmployeeId> = organisation
            .employees()
            .filter(|e| organisation.department_of(e, at) == Some(department))
            .collect();
        let plain = people.iter().find(|e| {
            organisation.offices_of(e, at).is_empty() && organisation.heads_of(e, at).is_empty()
        });
        plain
            .or(people.first())
            .map(|e| By::employee((*e).clone()))
            .ok_or_else(|| {
                wrong(
                    format!("nobody works in {department}"),
                    format!("write `2026-01-01 00:00 NAME joins {department}`"),
                )
            })
    }

    /// The first of these offices that is held gives its holder.
    pub(super) fn holder<'o>(
        &self,
        mut offices: impl Iterator<Item = &'o OfficeId> + Clone,
        at: Instant,
    ) -> Result<By, Wrong> {
        let named: Vec<&str> = offices.clone().map(OfficeId::as_str).collect();
        offices
            .find_map(|office| self.organisation.holder(office, at))
            .map(|e| By::employee(e.clone()))
            .ok_or_else(|| {
                wrong(
                    format!("nobody holds one of the offices {}", named.join(", ")),
                    "write `2026-01-01 00:00 NAME holds OFFICE`",
                )
            })
    }
}

/// The entries of one form, without its name.
fn of_form(entries: &[Entry], form: &str) -> Vec<Entry> {
    entries
        .iter()
        .filter_map(|entry| {
            let (of, field) = entry.name.split_once('.')?;
            (of == form).then(|| Entry {
                line: entry.line,
                name: field.to_owned(),
                value: entry.value.clone(),
            })
        })
        .collect()
}
