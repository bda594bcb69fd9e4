//! Ids given twice, and ids that name nothing.

use std::collections::BTreeMap;
use std::fmt::Display;

use redress_kernel::definition::{AddresseeKind, Definition, Duty};
use redress_kernel::form::{Field, FieldKind};
use redress_kernel::id::{DepartmentId, FormId, OfficeId, StageId};

use super::Check;
use crate::fault::FaultCode;
use crate::tree::suggestion;

impl<'a> Check<'a> {
    pub(super) fn names(&mut self) {
        self.doubles();
        self.reserved();
        let definition = self.definition;
        self.forms_and_departments_of_opening(definition);
        self.stages_name(definition);
        for (path, stage) in anchors(definition) {
            self.stage(&path, stage);
        }
        for (level, number) in definition.reminders.levels.iter().zip(1usize..) {
            if let AddresseeKind::Office(office) = &level.to {
                self.office(&format!("reminders.levels.{number}.office"), office);
            }
        }
        let duties = [
            ("duties.inquiry", &definition.inquiry),
            ("duties.suspension", &definition.suspension),
            ("duties.withdrawal", &definition.withdrawal),
            ("duties.correction", &definition.correction),
        ];
        for (path, duty) in duties {
            if let Some(duty) = duty {
                self.duty(path, duty);
            }
        }
        if let Some(approval) = &definition.approved_by {
            self.office("approved_by.office", &approval.office);
        }
        self.regulation_names();
    }

    fn regulation_names(&mut self) {
        let workflow = self.workflow;
        let Some(regulation) = &workflow.regulation else {
            return;
        };
        self.stage("regulation.proposal_stage", &regulation.proposal_stage);
        self.stage("regulation.decision_stage", &regulation.decision_stage);
        self.stage("regulation.settlement_stage", &regulation.settlement_stage);
        self.duty("regulation.answer", &regulation.answer);
        self.duty(
            "regulation.refusal_by_customer",
            &regulation.refusal_by_customer,
        );
        self.duty("regulation.third_party", &regulation.third_party);
        for (path, ruled) in [
            ("regulation.objection", &regulation.objection),
            (
                "regulation.customer_objection",
                &regulation.customer_objection,
            ),
        ] {
            self.departments(&format!("{path}.departments"), &ruled.departments);
            self.some_offices(&format!("{path}.ruled_by"), &ruled.ruled_by);
        }
        if let Some(money) = &regulation.money {
            for (name, duty) in [
                ("keeps", &money.keeps),
                ("proposes", &money.proposes),
                ("goods", &money.goods),
                ("announces", &money.announces),
                ("pay", &money.pay),
            ] {
                self.duty(&format!("regulation.money.{name}"), duty);
            }
            self.some_offices("regulation.money.decides.offices", &money.decides.offices);
        }
        if let Some(improvement) = &regulation.improvement {
            for (name, duty) in [
                ("opens", &improvement.opens),
                ("drafts", &improvement.drafts),
                ("confirms", &improvement.confirms),
                ("carries_out", &improvement.carries_out),
                ("judges", &improvement.judges),
            ] {
                self.duty(&format!("regulation.improvement.{name}"), duty);
            }
        }
        let rows = regulation.authority.iter().flat_map(|table| &table.rows);
        for (row, number) in rows.zip(1usize..) {
            self.office(&format!("authority.rows.{number}.office"), &row.office);
        }
        for (copy, number) in regulation.copies.iter().zip(1usize..) {
            self.department(&format!("copies.{number}.department"), &copy.department);
        }
    }

    fn forms_and_departments_of_opening(&mut self, definition: &'a Definition) {
        self.form("opening.form", &definition.opening.form);
        self.departments("opening.departments", &definition.opening.departments);
    }

    fn stages_name(&mut self, definition: &'a Definition) {
        for stage in &definition.stages {
            let path = format!("stages.{}", stage.id);
            self.form(&format!("{path}.form"), &stage.form);
            if stage.departments.is_empty() {
                self.fault(
                    &format!("{path}.departments"),
                    FaultCode::EmptyList,
                    format!("stage `{}` has no department that holds it", stage.id),
                    "list at least one; the first holds the visit and gets the reminders",
                );
            }
            self.departments(&format!("{path}.departments"), &stage.departments);
            for (office, number) in stage.offices.iter().zip(1usize..) {
                self.office(&format!("{path}.offices.{number}"), office);
            }
            if let Some(endorsement) = &stage.endorsement {
                self.some_offices(&format!("{path}.endorsement.offices"), &endorsement.offices);
            }
        }
    }

    fn doubles(&mut self) {
        let definition = self.definition;
        self.twice("departments", definition.departments.iter().map(|d| &d.id));
        self.twice("offices", definition.offices.iter().map(|o| &o.id));
        self.twice("stages", definition.stages.iter().map(|s| &s.id));
        self.twice("facts", definition.facts.iter().map(|f| &f.id));
        self.twice("forms", definition.forms.iter().map(|f| &f.id));
        for form in &definition.forms {
            let path = format!("forms.{}.fields", form.id);
            self.twice(&path, form.fields.iter().map(|f| &f.id));
            for field in &form.fields {
                if let Some(choices) = choices(field) {
                    let path = format!("{path}.{}.choices", field.id);
                    self.twice(&path, choices.iter());
                }
            }
        }
    }

    pub(super) fn twice<T: Display>(&mut self, list: &str, ids: impl Iterator<Item = T>) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for id in ids {
            let count = seen.entry(id.to_string()).or_default();
            *count += 1;
            if *count > 1 {
                let path = format!("{list}.{id}#{count}.id");
                self.fault(
                    &path,
                    FaultCode::DuplicateId,
                    format!("`{id}` is listed twice"),
                    "give each its own id",
                );
            }
        }
    }

    /// A path is read up to its first point, and three words of it are taken.
    fn reserved(&mut self) {
        let definition = self.definition;
        for stage in &definition.stages {
            let id = stage.id.as_str();
            if matches!(id, "opening" | "form" | "fact") || id.contains('.') {
                self.fault(
                    &format!("stages.{id}.id"),
                    FaultCode::BadId,
                    format!("`{id}` cannot name a stage"),
                    "`opening`, `form`, `fact` and points have a meaning of their own in paths",
                );
            }
        }
    }

    fn unknown<'n>(
        &mut self,
        path: &str,
        code: FaultCode,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let known: Vec<&str> = known.collect();
        self.fault(
            path,
            code,
            format!("there is no {what} `{name}`"),
            suggestion(name, &known),
        );
    }

    pub(super) fn department(&mut self, path: &str, id: &DepartmentId) {
        let definition = self.definition;
        if definition.department(id.as_str()).is_none() {
            let known = definition.departments.iter().map(|d| d.id.as_str());
            self.unknown(
                path,
                FaultCode::UnknownDepartment,
                "department",
                id.as_str(),
                known,
            );
        }
    }

    pub(super) fn departments(&mut self, path: &str, ids: &[DepartmentId]) {
        for (id, number) in ids.iter().zip(1usize..) {
            self.department(&format!("{path}.{number}"), id);
        }
    }

    fn duty(&mut self, path: &str, duty: &Duty) {
        self.departments(&format!("{path}.departments"), &duty.departments);
    }

    pub(super) fn office(&mut self, path: &str, id: &OfficeId) {
        let definition = self.definition;
        if definition.office(id.as_str()).is_none() {
            let known = definition.offices.iter().map(|o| o.id.as_str());
            self.unknown(path, FaultCode::UnknownOffice, "office", id.as_str(), known);
        }
    }

    fn some_offices(&mut self, path: &str, ids: &[OfficeId]) {
        if ids.is_empty() {
            self.fault(
                path,
                FaultCode::EmptyList,
                "no office is named, so nobody could do it",
                "list at least one office, the lowest first",
            );
        }
        for (id, number) in ids.iter().zip(1usize..) {
            self.office(&format!("{path}.{number}"), id);
        }
    }

    fn form(&mut self, path: &str, id: &FormId) {
        let definition = self.definition;
        if definition.form(id.as_str()).is_none() {
            let known = definition.forms.iter().map(|f| f.id.as_str());
            self.unknown(path, FaultCode::UnknownForm, "form", id.as_str(), known);
        }
    }

    fn stage(&mut self, path: &str, id: &StageId) {
        let definition = self.definition;
        if definition.stage(id.as_str()).is_none() {
            let known = definition.stages.iter().map(|s| s.id.as_str());
            self.unknown(path, FaultCode::UnknownStage, "stage", id.as_str(), known);
        }
    }
}

/// Every place that names a stage, with its path.
fn anchors(definition: &Definition) -> Vec<(String, &StageId)> {
    let mut anchors = vec![("closes_at_end_of".to_owned(), &definition.closes_at_end_of)];
    for stage in &definition.stages {
        if let Some(detour) = &stage.detour {
            anchors.push((format!("stages.{}.detour.to", stage.id), &detour.to));
        }
        if let Some(from) = &stage.counts_from {
            anchors.push((format!("stages.{}.counts_from", stage.id), from));
        }
    }
    if let Some(stage) = definition
        .clock
        .as_ref()
        .and_then(|c| c.starts_at_end_of.as_ref())
    {
        anchors.push(("clock.starts_at_end_of".to_owned(), stage));
    }
    if let Some(stage) = definition
        .numbering
        .as_ref()
        .and_then(|n| n.at_end_of.as_ref())
    {
        anchors.push(("numbering.at_end_of".to_owned(), stage));
    }
    for fact in &definition.facts {
        if let Some(stage) = &fact.needed_at_end_of {
            anchors.push((format!("facts.{}.needed_at_end_of", fact.id), stage));
        }
    }
    anchors
}

/// The ids that a field lets one choose from.
pub(super) fn choices(field: &Field) -> Option<Vec<&str>> {
    match &field.kind {
        FieldKind::Choice { choices } | FieldKind::Choices { choices } => {
            Some(choices.iter().map(|c| c.id.as_str()).collect())
        }
        _ => None,
    }
}
