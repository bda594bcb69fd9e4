//! Whose bonus pays: the groups, sections and shifts of manufacturing, its workers, the people of sales and service; their
//! base points and base units as personnel enters them, and their bonuses.

use redress_core::staff::StaffCommand;
use redress_core::tables::UnitKind;
use redress_kernel::id::{DepartmentId, EmployeeId, FieldId, IdError};
use redress_kernel::money::{Currency, Money};
use redress_kernel::time::{Date, Month};

use crate::demo::company;
use crate::demo::dice::Dice;
use crate::demo::play::Stumble;

/// A section (科) with its groups (组).
pub(crate) const SECTIONS: &[(&str, &[&str])] = &[
    ("machining", &["group-1", "group-2", "group-3"]),
    ("assembly", &["group-4", "group-5", "group-6"]),
];
/// Who works at night, of whichever group: a shift (班).
pub(crate) const SHIFT: &str = "night-shift";
/// Departments that are charged as a whole where nobody can be named (P2, P5).
const DEPARTMENTS: &[&str] = &["sales", "service"];
/// Workers of each group, besides its leader.
const WORKERS: usize = 8;
/// The units exist since; production dates go back years.
const FORMED: &str = "2010-01-04";
/// On this day some were given more base points.
const RAISED: &str = "2023-07-01";

/// A worker of manufacturing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worker {
    /// The group.
    pub(crate) group: &'static str,
    /// The section to which it belongs.
    pub(crate) section: &'static str,
    /// The number of the group.
    number: usize,
    /// The place in the group, from 1; 0: its leader, who has a desk too.
    place: usize,
}

impl Worker {
    /// `M34`: group 3, place 4. The leaders are those who handle complaints.
    pub(crate) fn employee(&self) -> Result<EmployeeId, IdError> {
        if self.is_leader() {
            EmployeeId::new(format!("M0{}", self.number + 1))
        } else {
            EmployeeId::new(format!("M{}{}", self.number, self.place))
        }
    }

    /// Whether the group is this one's to lead.
    pub(crate) fn is_leader(&self) -> bool {
        self.place == 0
    }

    /// Whether this one works at night.
    fn at_night(&self) -> bool {
        self.place > WORKERS - 2
    }
}

/// Everybody who works in a group, by group.
pub(crate) fn workers() -> impl Iterator<Item = Worker> {
    let groups = SECTIONS
        .iter()
        .flat_map(|(section, groups)| groups.iter().map(|group| (*section, *group)));
    groups.zip(1..).flat_map(|((section, group), number)| {
        (0..=WORKERS).map(move |place| Worker {
            group,
            section,
            number,
            place,
        })
    })
}

/// Who leaves at the end of February. Where he worked, others go on; what he still owes stays his.
pub(crate) fn leaver(seed: u64) -> Option<Worker> {
    let of_group_2: Vec<Worker> = workers()
        .filter(|worker| worker.number == 2 && !worker.is_leader())
        .collect();
    Dice::new(seed, "who leaves").one(&of_group_2).copied()
}

/// What personnel enters when the desk is founded: units, members with base points, base units.
pub(crate) fn facts(seed: u64) -> Result<Vec<StaffCommand>, Stumble> {
    let formed: Date = FORMED.parse()?;
    let raised: Date = RAISED.parse()?;
    let mut facts = Vec::new();
    let mut form = |unit: &str, kind, department: &str| -> Result<(), IdError> {
        facts.push(StaffCommand::FormUnit {
            unit: FieldId::new(unit)?,
            kind,
            department: DepartmentId::new(department)?,
            from: formed,
        });
        Ok(())
    };
    for (section, groups) in SECTIONS {
        form(section, UnitKind::Section, "manufacturing")?;
        for group in *groups {
            form(group, UnitKind::Group, "manufacturing")?;
        }
    }
    form(SHIFT, UnitKind::Shift, "manufacturing")?;
    for department in DEPARTMENTS {
        form(department, UnitKind::Department, department)?;
    }
    let mut dice = Dice::new(seed, "base points");
    let mut whoever = Vec::new();
    for worker in workers() {
        let employee = worker.employee()?;
        // In halves: 2.0 to 5.0, the leader more.
        let least = if worker.is_leader() { 9 } else { 4 };
        let halves = dice.between(least, least + 6);
        let rise = dice.chance(300).then(|| dice.between(1, 2));
        for unit in units_of(&worker) {
            facts.push(points(unit, &employee, halves, formed)?);
            if let Some(rise) = rise {
                facts.push(points(unit, &employee, halves + rise, raised)?);
            }
        }
        whoever.push(employee);
    }
    for department in DEPARTMENTS {
        for employee in company::everybody(department) {
            let employee = EmployeeId::new(*employee)?;
            let halves = dice.between(6, 12);
            facts.push(points(department, &employee, halves, formed)?);
            whoever.push(employee);
        }
    }
    for employee in whoever {
        let units = hundredths(dice.between(2, 4));
        facts.push(StaffCommand::SetBaseUnits {
            employee,
            units,
            from: formed,
        });
    }
    Ok(facts)
}

/// What personnel enters about somebody who leaves: no member of anything from that day on.
pub(crate) fn leaves(worker: &Worker, from: Date) -> Result<Vec<StaffCommand>, IdError> {
    let employee = worker.employee()?;
    units_of(worker)
        .map(|unit| points(unit, &employee, 0, from))
        .collect()
}

/// The units in which a worker is a member.
fn units_of(worker: &Worker) -> impl Iterator<Item = &'static str> {
    let shift = worker.at_night().then_some(SHIFT);
    [worker.group, worker.section].into_iter().chain(shift)
}

fn points(
    unit: &str,
    employee: &EmployeeId,
    halves: i64,
    from: Date,
) -> Result<StaffCommand, IdError> {
    Ok(StaffCommand::SetBasePoints {
        unit: FieldId::new(unit)?,
        employee: employee.clone(),
        points: hundredths(halves),
        from,
    })
}

/// Halves in hundredths.
fn hundredths(halves: i64) -> u32 {
    u32::try_from(halves.saturating_mul(50)).unwrap_or_default()
}

/// Everybody who has a bonus, by department and group.
pub(crate) fn with_bonus() -> Result<Vec<EmployeeId>, IdError> {
    let workers = workers().map(|worker| worker.employee());
    let others = DEPARTMENTS
        .iter()
        .flat_map(|department| company::everybody(department))
        .map(|employee| EmployeeId::new(*employee));
    workers.chain(others).collect()
}

/// The leaders whose lists for accounting come too late each month: what they hold is not known at the close (A22).
pub(crate) fn list_is_late(employee: &EmployeeId) -> bool {
    matches!(employee.as_str(), "M02" | "M05")
}

/// Somebody's efficiency bonus (效益奖金) of a month, in whole ten yuan.
pub(crate) fn bonus(seed: u64, employee: &EmployeeId, month: Month) -> Option<Money> {
    let mut dice = Dice::new(seed, &format!("bonus of {employee} in {month}"));
    Money::new(dice.between(180, 420) * 1_000, Currency::CNY).ok()
}
