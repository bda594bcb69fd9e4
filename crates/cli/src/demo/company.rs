//! The company of the demo: made up, with just enough people that everybody has a desk.

use redress_kernel::actor::By;
use redress_kernel::calendar::{Calendar, CalendarFile};
use redress_kernel::id::{DepartmentId, EmployeeId, IdError, OfficeId};
use redress_kernel::organisation::{OrganisationCommand, Period};
use redress_kernel::time::Instant;

use crate::demo::staff;

const CHINA: &str = include_str!("../../../../workflows/calendars/china.toml");

/// The calendar by which its people keep office hours.
pub(crate) fn calendar() -> Result<Calendar, String> {
    let file: CalendarFile = toml::from_str(CHINA).map_err(|e| e.to_string())?;
    Calendar::try_from(file).map_err(|e| e.to_string())
}

/// The general manager.
pub(crate) const GENERAL_MANAGER: &str = "D01";
/// Who acts for the general manager while he travels.
pub(crate) const DEPUTY: &str = "D02";
/// The sales manager.
pub(crate) const SALES_MANAGER: &str = "S01";
/// The manager of manufacturing.
pub(crate) const PLANT_MANAGER: &str = "M01";

/// Who enters bonuses.
pub(crate) const ACCOUNTING: &str = "A01";
/// Who takes goods back, and sells them.
pub(crate) const WAREHOUSE: &str = "W01";
/// Who keeps units and members, and announces discipline.
pub(crate) const PERSONNEL: &str = "H01";

/// Department, head first, then everybody else who works there.
const PEOPLE: &[(&str, &[&str])] = &[
    ("gm-office", &["G01", "G02", "G03", GENERAL_MANAGER, DEPUTY]),
    (
        "sales",
        &[
            SALES_MANAGER,
            "S02",
            "S03",
            "S04",
            "S05",
            "S06",
            "S07",
            "S08",
        ],
    ),
    ("quality", &["Q01", "Q02", "Q03", "Q04", "Q05"]),
    (
        "manufacturing",
        &[PLANT_MANAGER, "M02", "M03", "M04", "M05", "M06", "M07"],
    ),
    ("rnd", &["R01", "R02", "R03"]),
    ("service", &["V01", "V02", "V03"]),
    ("accounting", &[ACCOUNTING]),
    ("warehouse", &[WAREHOUSE]),
    ("hr", &[PERSONNEL]),
];

/// Office and holder.
const OFFICES: &[(&str, &str)] = &[
    ("sales-manager", SALES_MANAGER),
    ("plant-manager", PLANT_MANAGER),
    ("deputy-general-manager", DEPUTY),
    ("general-manager", GENERAL_MANAGER),
];

/// Everybody who works in a department, its head first; without the workers of manufacturing.
pub(crate) fn everybody(department: &str) -> &'static [&'static str] {
    let found = PEOPLE.iter().find(|(id, _)| *id == department);
    found.map_or(&[], |(_, people)| people)
}

/// Who does the daily work of a department.
pub(crate) fn staff(department: &str) -> &'static [&'static str] {
    let people = everybody(department);
    match department {
        "gm-office" => people.get(1..3).unwrap_or(people),
        "sales" | "quality" | "manufacturing" | "rnd" => people.get(1..).unwrap_or(people),
        _ => people,
    }
}

/// Who heads a department.
pub(crate) fn head(department: &str) -> Option<&'static str> {
    everybody(department).first().copied()
}

/// Who holds an office.
pub(crate) fn holder(office: &str) -> Option<&'static str> {
    OFFICES
        .iter()
        .find(|(id, _)| *id == office)
        .map(|(_, holder)| *holder)
}

/// The founding facts of the organisation. The general manager travels for a fortnight: then his deputy decides for him.
pub(crate) fn organisation(
    from: Instant,
    away: Period,
) -> Result<Vec<OrganisationCommand>, IdError> {
    let mut changes = Vec::new();
    for (department, people) in PEOPLE {
        let department = DepartmentId::new(*department)?;
        for employee in *people {
            changes.push(OrganisationCommand::Join {
                employee: EmployeeId::new(*employee)?,
                department: department.clone(),
                unit: None,
                from,
            });
        }
        if let Some(head) = people.first() {
            changes.push(OrganisationCommand::Head {
                department,
                employee: EmployeeId::new(*head)?,
                from,
            });
        }
    }
    for worker in staff::workers() {
        changes.push(OrganisationCommand::Join {
            employee: worker.employee()?,
            department: DepartmentId::new("manufacturing")?,
            unit: Some(worker.group.to_owned()),
            from,
        });
    }
    for (office, employee) in OFFICES {
        changes.push(OrganisationCommand::HoldOffice {
            office: OfficeId::new(*office)?,
            employee: EmployeeId::new(*employee)?,
            from,
        });
    }
    changes.push(OrganisationCommand::Deputise {
        principal: EmployeeId::new(GENERAL_MANAGER)?,
        deputy: EmployeeId::new(DEPUTY)?,
        period: away,
    });
    Ok(changes)
}

/// The general manager at a moment, or who acts for him while he is away.
pub(crate) fn general_manager(away: Period, at: Instant) -> Result<By, IdError> {
    let away = away.holds(at);
    Ok(By {
        employee: EmployeeId::new(if away { DEPUTY } else { GENERAL_MANAGER })?,
        office: Some(OfficeId::new("general-manager")?),
        principal: away.then(|| EmployeeId::new(GENERAL_MANAGER)).transpose()?,
    })
}

/// A person in no particular office.
pub(crate) fn by(employee: &str) -> Result<By, IdError> {
    Ok(By::employee(EmployeeId::new(employee)?))
}
