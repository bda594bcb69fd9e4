//! `redress staff list [--on DATE]`: units, their members and base units as they are on a day. Who has left is no member
//! (A24).

use redress_core::staff::Roster;
use redress_core::tables::UnitKind;
use redress_kernel::time::Date;

use crate::failure::Failure;
use crate::hundredths;
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::story;

const SCHEMA: &str = "redress/staff@1";

/// Prints them.
pub(super) async fn run(session: &Session, on: Option<Date>) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let day = match on {
        Some(day) => day,
        None => super::today(session, &desk).await?,
    };
    let staff = desk.staff().await.map_err(|e| session.failed(&e))?;
    let organisation = desk.organisation().await;
    let organisation = organisation.map_err(|e| session.failed(&e))?;
    let zone = desk.zone();
    let roster = Roster {
        staff: &staff,
        organisation: &organisation,
        zone: &zone,
        day,
    };
    let rules = crate::commands::rules(session, &desk).await?;
    let lang = session.output.lang;
    let mut record = Record::new(SCHEMA);
    record.member(column("on", "日期", "On"), Cell::Date(day));
    let columns = vec![
        column("unit", "单位", "Unit"),
        column("kind", "类别", "Kind"),
        column("department", "部门", "Department"),
        column("from", "自", "From"),
        column("members", "人数", "Members"),
    ];
    let mut units = Listing::new(SCHEMA, "units", columns);
    let columns = vec![
        column("unit", "单位", "Unit"),
        column("employee", "员工", "Employee"),
        column("points", "基点", "Base points"),
    ];
    let mut members = Listing::new(SCHEMA, "members", columns);
    for (id, unit) in staff.units(day) {
        let theirs = roster.members(id.as_str());
        units.row(vec![
            Cell::text(id.as_str()),
            kind(unit.kind, lang),
            story::department(&unit.department, Some(&rules.definition), lang),
            Cell::Date(unit.from),
            Cell::count(theirs.len()),
        ]);
        for (employee, points) in theirs {
            members.row(vec![
                Cell::text(id.as_str()),
                Cell::text(employee.as_str()),
                Cell::text(hundredths::shown(points)),
            ]);
        }
    }
    let columns = vec![
        column("employee", "员工", "Employee"),
        column("units", "基数", "Base units"),
    ];
    let mut base_units = Listing::new(SCHEMA, "base_units", columns);
    for (employee, units) in staff.all_base_units(day) {
        base_units.row(vec![
            Cell::text(employee.as_str()),
            Cell::text(hundredths::shown(units)),
        ]);
    }
    record.part("units", units);
    record.part("members", members);
    record.part("base_units", base_units);
    session.output.record(&record, &session.zones())
}

fn kind(kind: UnitKind, lang: Lang) -> Cell {
    let (zh, en) = match kind {
        UnitKind::Person => ("个人", "person"),
        UnitKind::Shift => ("班", "shift"),
        UnitKind::Group => ("组", "group"),
        UnitKind::Section => ("科", "section"),
        UnitKind::Department => ("部门", "department"),
    };
    Cell::word(kind.id(), lang.pick(zh, en))
}
