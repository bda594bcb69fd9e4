//! Units, their members with base points (基点, P3), and persons' base units (基数, D5): dated facts of one stream.
//!
//! Base points and base units are hundredths: 5.0 is 500.

use std::collections::BTreeMap;

use redress_kernel::definition::Definition;
use redress_kernel::events;
use redress_kernel::id::{DepartmentId, EmployeeId, FieldId};
use redress_kernel::organisation::Organisation;
use redress_kernel::refusal::{self as kernel, Refusal};
use redress_kernel::time::{Date, Zone};
use serde::{Deserialize, Serialize};

use crate::employment::gone_on;
use crate::refusal;
use crate::tables::UnitKind;

/// What somebody says of units and members. Commands and events are one: what is recorded is what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum StaffCommand {
    /// A group, section or shift exists from a day on.
    FormUnit {
        /// Its id, as parties name it: `unit:ID`.
        unit: FieldId,
        /// Group, section or shift; or department, for the whole of one.
        kind: UnitKind,
        /// Where it belongs.
        department: DepartmentId,
        /// First day.
        from: Date,
    },
    /// Somebody is a member with so many base points from a day on; 0: no member any more.
    SetBasePoints {
        /// Of which unit.
        unit: FieldId,
        /// Who.
        employee: EmployeeId,
        /// Hundredths of a base point.
        points: u32,
        /// First day.
        from: Date,
    },
    /// Somebody has so many base units from a day on.
    SetBaseUnits {
        /// Who.
        employee: EmployeeId,
        /// Hundredths of a base unit, at least 1.
        units: u32,
        /// First day.
        from: Date,
    },
}

impl StaffCommand {
    /// The names of all of them, as the member `command` gives them.
    pub const NAMES: &'static [&'static str] = &["form_unit", "set_base_points", "set_base_units"];

    /// Checks that a fact names a department that one of the definitions knows, and somebody who joined the organisation:
    /// else a slip of the pen would be a unit or a person that no charge ever finds.
    ///
    /// # Errors
    /// `unknown_department`, `unknown_employee`.
    pub fn check_names<'d>(
        &self,
        organisation: &Organisation,
        definitions: impl IntoIterator<Item = &'d Definition>,
    ) -> Result<(), Refusal> {
        match self {
            Self::FormUnit { department, .. } => {
                Organisation::check_department(department, definitions)
            }
            Self::SetBasePoints { employee, from, .. }
            | Self::SetBaseUnits { employee, from, .. } => {
                organisation.check_joined(employee, from)
            }
        }
    }
}

/// One recorded fact, as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// What was said.
    pub fact: StaffCommand,
}

events! {
    /// An event of the stream `staff`.
    pub enum StaffEvent {
        /// A fact about units and members.
        Changed(Said) = "staff.changed", 1;
    }
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Group, section, shift or department.
    pub kind: UnitKind,
    /// Where it belongs.
    pub department: DepartmentId,
    /// First day.
    pub from: Date,
}

/// What is known of units and members.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Staff {
    units: BTreeMap<FieldId, Unit>,
    points: BTreeMap<FieldId, BTreeMap<EmployeeId, BTreeMap<Date, u32>>>,
    base_units: BTreeMap<EmployeeId, BTreeMap<Date, u32>>,
}

impl Staff {
    /// Copies an event into what is known. Said again of the same day, the later word counts.
    pub fn evolve(&mut self, event: &StaffEvent) {
        let StaffEvent::Changed(Said { fact }) = event;
        match fact {
            StaffCommand::FormUnit {
                unit,
                kind,
                department,
                from,
            } => {
                let formed = Unit {
                    kind: *kind,
                    department: department.clone(),
                    from: *from,
                };
                self.units.insert(unit.clone(), formed);
            }
            StaffCommand::SetBasePoints {
                unit,
                employee,
                points,
                from,
            } => {
                let members = self.points.entry(unit.clone()).or_default();
                let days = members.entry(employee.clone()).or_default();
                days.insert(*from, *points);
            }
            StaffCommand::SetBaseUnits {
                employee,
                units,
                from,
            } => {
                let days = self.base_units.entry(employee.clone()).or_default();
                days.insert(*from, *units);
            }
        }
    }

    /// A unit that exists on a day.
    pub fn unit(&self, unit: &str, day: Date) -> Option<&Unit> {
        self.units.get(unit).filter(|unit| unit.from <= day)
    }

    /// The units that exist on a day, by id.
    pub fn units(&self, day: Date) -> impl Iterator<Item = (&FieldId, &Unit)> {
        self.units.iter().filter(move |(_, unit)| unit.from <= day)
    }

    /// Somebody's base units on a day, in hundredths.
    pub fn base_units(&self, employee: &EmployeeId, day: Date) -> Option<u32> {
        latest(self.base_units.get(employee)?, day)
    }

    /// Everybody whose base units are known on a day, in hundredths, by id.
    pub fn all_base_units(&self, day: Date) -> impl Iterator<Item = (&EmployeeId, u32)> {
        let known = self.base_units.iter();
        known.filter_map(move |(employee, days)| Some((employee, latest(days, day)?)))
    }

    /// Decides what somebody says. Whoever calls checks the duty, and [`StaffCommand::check_names`].
    ///
    /// # Errors
    /// `unit_exists` for a unit that has another kind or department already, `unknown_unit`, `out_of_range` for 0
    /// base units, `not_a_choice` for a unit of kind person, `nothing_changed` if it is so on that day already.
    pub fn decide(&self, command: &StaffCommand) -> Result<StaffEvent, Refusal> {
        let unchanged = |field: &'static str| {
            Err(Refusal::new(kernel::NOTHING_CHANGED, "P3").with("field", field))
        };
        match command {
            StaffCommand::FormUnit {
                unit,
                kind,
                department,
                from,
            } => {
                if *kind == UnitKind::Person {
                    return Err(Refusal::new(kernel::NOT_A_CHOICE, "P1")
                        .with("field", "kind")
                        .with("form", "command")
                        .with("value", kind.id())
                        .with("choices", "shift, group, section, department"));
                }
                match self.units.get(unit) {
                    // It exists on that day already; only an earlier first day says something new, or units and members
                    // of the days between would be forgotten.
                    Some(known)
                        if known.kind == *kind
                            && known.department == *department
                            && known.from <= *from =>
                    {
                        return unchanged("unit");
                    }
                    Some(known) if known.kind != *kind || known.department != *department => {
                        return Err(Refusal::new(refusal::UNIT_EXISTS, "P1")
                            .with("unit", unit)
                            .with("kind", known.kind.id())
                            .with("department", &known.department));
                    }
                    _ => {}
                }
            }
            StaffCommand::SetBasePoints {
                unit,
                employee,
                points,
                from,
            } => {
                if self.unit(unit.as_str(), *from).is_none() {
                    return Err(Refusal::new(refusal::UNKNOWN_UNIT, "P1")
                        .with("unit", unit)
                        .with("day", from));
                }
                let known = self
                    .points
                    .get(unit)
                    .and_then(|members| members.get(employee));
                // Who was never a member has 0 points.
                if known.and_then(|days| latest(days, *from)).unwrap_or(0) == *points {
                    return unchanged("points");
                }
            }
            StaffCommand::SetBaseUnits {
                employee,
                units,
                from,
            } => {
                if *units == 0 {
                    return Err(refusal::out_of_range("units", "command", "D5"));
                }
                let known = self.base_units.get(employee);
                if known.and_then(|days| latest(days, *from)) == Some(*units) {
                    return unchanged("units");
                }
            }
        }
        Ok(StaffEvent::Changed(Said {
            fact: command.clone(),
        }))
    }
}

/// Who belongs to which unit on a day (A24): what was said of units and members, without whoever had left by then.
#[derive(Debug, Clone, Copy)]
pub struct Roster<'a> {
    /// Units and their members.
    pub staff: &'a Staff,
    /// Who works here.
    pub organisation: &'a Organisation,
    /// The company's zone, in which the day lies.
    pub zone: &'a Zone,
    /// The day.
    pub day: Date,
}

impl Roster<'_> {
    /// The members of a unit with their base points, by id; nobody with 0 points, and nobody who has left, whether or not
    /// the unit's list says so.
    pub fn members(&self, unit: &str) -> Vec<(EmployeeId, u32)> {
        let members = self.staff.points.get(unit).into_iter().flatten();
        members
            .filter_map(|(employee, days)| Some((employee, latest(days, self.day)?)))
            .filter(|(_, points)| *points > 0)
            .filter(|(employee, _)| !gone_on(self.organisation, self.zone, employee, self.day))
            .map(|(employee, points)| (employee.clone(), points))
            .collect()
    }

    /// The members of a whole department (P2, P5): those of a unit that stands for it, else of all its units; whoever is in
    /// two has both points.
    pub fn members_of_department(&self, department: &DepartmentId) -> Vec<(EmployeeId, u32)> {
        let units = self.staff.units(self.day);
        let theirs: BTreeMap<&FieldId, &Unit> = units
            .filter(|(_, unit)| unit.department == *department)
            .collect();
        let whole = theirs
            .iter()
            .find(|(_, unit)| unit.kind == UnitKind::Department);
        if let Some((whole, _)) = whole {
            return self.members(whole.as_str());
        }
        let mut sums: BTreeMap<EmployeeId, u32> = BTreeMap::new();
        for unit in theirs.keys() {
            for (employee, points) in self.members(unit.as_str()) {
                let sum = sums.entry(employee).or_default();
                *sum = sum.saturating_add(points);
            }
        }
        sums.into_iter().collect()
    }
}

fn latest(days: &BTreeMap<Date, u32>, day: Date) -> Option<u32> {
    days.range(..=day).next_back().map(|(_, value)| *value)
}

#[cfg(test)]
mod tests;
