//! The company of the demo: made up, with just enough people that everybody has a desk.

use redress_kernel::actor::By;
use redress_kernel::calendar::{Calendar, CalendarFile};
use redress_kernel::id::{DepartmentId, EmployeeId, IdError, OfficeId};
use redress_kernel::organisation::{OrganisationCommand, Period};
use redress_kernel::time::Instant;

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
        &[PLANT_MANAGER, "M02", "M03", "M04", "M05", "M06"],
    ),
    ("rnd", &["R01", "R02", "R03"]),
    ("service", &["V01", "V02"]),
    ("accounting", &["A01"]),
    ("warehouse", &["W01"]),
    ("hr", &["H01"]),
];

/// Office and holder.
const OFFICES: &[(&str, &str)] = &[
    ("sales-manager", SALES_MANAGER),
    ("plant-manager", PLANT_MANAGER),
    ("deputy-general-manager", DEPUTY),
    ("general-manager", GENERAL_MANAGER),
];

/// The groups in which manufacturing works; a section where no group can be named (P1).
pub(crate) const UNITS: &[&str] = &[
    "unit:group-1",
    "unit:group-2",
    "unit:group-3",
    "unit:group-4",
    "section:assembly",
];

/// Who does the daily work of a department.
pub(crate) fn staff(department: &str) -> &'static [&'static str] {
    let Some((_, people)) = PEOPLE.iter().find(|(id, _)| *id == department) else {
        return &[];
    };
    match department {
        "gm-office" => people.get(1..3).unwrap_or(people),
        "sales" | "quality" | "manufacturing" | "rnd" => people.get(1..).unwrap_or(people),
        _ => people,
    }
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
        for (place, employee) in people.iter().enumerate() {
            let unit = (department.as_str() == "manufacturing" && place > 0)
                .then(|| format!("group-{}", place.min(4)));
            changes.push(OrganisationCommand::Join {
                employee: EmployeeId::new(*employee)?,
                department: department.clone(),
                unit,
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

/// A person in no particular office.
pub(crate) fn by(employee: &str) -> Result<By, IdError> {
    Ok(By::employee(EmployeeId::new(employee)?))
}
