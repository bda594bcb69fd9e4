//! Roles that nobody holds: asked of an organisation at a moment, not of the files alone.

use std::collections::BTreeSet;

use redress_kernel::definition::AddresseeKind;
use redress_kernel::organisation::Organisation;
use redress_kernel::time::Instant;

use super::fault_at;
use crate::fault::{Fault, FaultCode};
use crate::read::Reading;

/// Every office that nobody holds and every department without people, or without the head whom a reminder would
/// address, at that moment. They hinder no case from being opened; it would only get stuck.
#[must_use]
pub fn nobody_holds(reading: &Reading, organisation: &Organisation, at: Instant) -> Vec<Fault> {
    let definition = &reading.workflow.definition;
    let mut faults = Vec::new();
    let mut tell = |path: String, sentence: String, hint: &str| {
        faults.extend(fault_at(
            &reading.spots,
            &path,
            FaultCode::NobodyHolds,
            sentence,
            hint.to_owned(),
        ));
    };
    for office in &definition.offices {
        if organisation.holder(&office.id, at).is_none() {
            tell(
                format!("offices.{}", office.id),
                format!("nobody holds the office `{}`", office.id),
                "appoint somebody: `redress organisation`",
            );
        }
    }
    let peopled: BTreeSet<_> = organisation
        .employees()
        .filter_map(|employee| organisation.department_of(employee, at))
        .collect();
    let acting: BTreeSet<_> = definition
        .stages
        .iter()
        .flat_map(|stage| &stage.departments)
        .chain(&definition.opening.departments)
        .collect();
    let to_heads = definition
        .reminders
        .levels
        .iter()
        .any(|level| level.to == AddresseeKind::Head);
    for department in acting {
        let path = format!("departments.{department}");
        if !peopled.contains(department) {
            tell(
                path,
                format!("nobody belongs to the department `{department}`"),
                "enter its people: `redress organisation`",
            );
        } else if to_heads && organisation.head(department, at).is_none() {
            tell(
                path,
                format!("the department `{department}` has no head to remind"),
                "name its head: `redress organisation`",
            );
        }
    }
    faults
}
