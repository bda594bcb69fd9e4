use redress_kernel::organisation::{Changed, OrganisationCommand, OrganisationEvent};
use redress_kernel::time::Instant;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn unit(unit: &str, kind: UnitKind, department: &str, from: &str) -> StaffCommand {
    StaffCommand::FormUnit {
        unit: unit.parse().unwrap(),
        kind,
        department: department.parse().unwrap(),
        from: day(from),
    }
}

fn points(unit: &str, employee: &str, points: u32, from: &str) -> StaffCommand {
    StaffCommand::SetBasePoints {
        unit: unit.parse().unwrap(),
        employee: employee.parse().unwrap(),
        points,
        from: day(from),
    }
}

fn base_units(employee: &str, units: u32, from: &str) -> StaffCommand {
    StaffCommand::SetBaseUnits {
        employee: employee.parse().unwrap(),
        units,
        from: day(from),
    }
}

fn staff(commands: &[StaffCommand]) -> Staff {
    let mut staff = Staff::default();
    for command in commands {
        let event = staff.decide(command).unwrap();
        let again = StaffEvent::read(event.kind(), event.schema(), &event.payload().unwrap());
        assert_eq!(again.unwrap(), event);
        staff.evolve(&event);
    }
    staff
}

fn of_group() -> Staff {
    staff(&[
        unit("G3", UnitKind::Group, "manufacturing", "2026-01-01"),
        points("G3", "E9", 500, "2026-01-01"),
        points("G3", "E10", 300, "2026-02-01"),
        points("G3", "E9", 550, "2026-03-01"),
        points("G3", "E9", 0, "2026-05-01"),
    ])
}

fn members(staff: &Staff, unit: &str, on: &str) -> Vec<(String, u32)> {
    members_of(staff, &Organisation::default(), unit, on)
}

fn members_of(
    staff: &Staff,
    organisation: &Organisation,
    unit: &str,
    on: &str,
) -> Vec<(String, u32)> {
    let roster = Roster {
        staff,
        organisation,
        zone: &Zone::default(),
        day: day(on),
    };
    let members = roster.members(unit).into_iter();
    members.map(|(id, points)| (id.into(), points)).collect()
}

/// E9 as the organisation knows it: joins and leaves, in the company's zone.
fn organisation(said: &[(&str, &str)]) -> Organisation {
    let mut organisation = Organisation::default();
    let employee: EmployeeId = "E9".parse().unwrap();
    for (what, at) in said {
        let from = Instant::parse_rfc3339(at).unwrap();
        let change = match *what {
            "joins" => OrganisationCommand::Join {
                employee: employee.clone(),
                department: "manufacturing".parse().unwrap(),
                unit: None,
                from,
            },
            _ => OrganisationCommand::Leave {
                employee: employee.clone(),
                from,
            },
        };
        organisation.evolve(&OrganisationEvent::Changed(Changed { change }));
    }
    organisation
}

#[test]
fn members_and_their_points_are_those_of_the_day_by_id() {
    let staff = of_group();
    let of = |on| members(&staff, "G3", on);
    assert_eq!(of("2025-12-31"), []);
    assert_eq!(of("2026-01-31"), [("E9".into(), 500)]);
    assert_eq!(of("2026-02-28"), [("E10".into(), 300), ("E9".into(), 500)]);
    assert_eq!(of("2026-03-01"), [("E10".into(), 300), ("E9".into(), 550)]);
    assert_eq!(of("2026-04-30"), [("E10".into(), 300), ("E9".into(), 550)]);
    // With 0 points nobody is a member any more.
    assert_eq!(of("2026-05-01"), [("E10".into(), 300)]);
    assert_eq!(members(&staff, "G4", "2026-05-01"), []);
}

#[test]
fn who_has_left_is_no_member_whatever_the_list_says() {
    let staff = of_group();
    let gone = |said: &[(&str, &str)], on| {
        let members = members_of(&staff, &organisation(said), "G3", on);
        !members.iter().any(|(employee, _)| employee == "E9")
    };
    let leaves = [
        ("joins", "2026-01-01T00:00:00+08:00"),
        ("leaves", "2026-03-11T00:00:00+08:00"),
    ];
    // The day that ends at midnight was worked.
    assert!(!gone(&leaves, "2026-03-10"));
    assert!(gone(&leaves, "2026-03-11"));
    assert!(gone(&leaves, "2026-04-30"));
    // The company's day is meant, which UTC begins eight hours later.
    let in_the_morning = [leaves[0], ("leaves", "2026-03-11T00:00:01+08:00")];
    assert!(!gone(&in_the_morning, "2026-03-11"));
    assert!(gone(&in_the_morning, "2026-03-12"));
    let back = [leaves[0], leaves[1], ("joins", "2026-04-01T23:59:59+08:00")];
    assert!(gone(&back, "2026-03-31"));
    assert!(!gone(&back, "2026-04-01"));
    // An organisation may be told of somebody only after the first day.
    let late = [("joins", "2026-04-01T00:00:00+08:00")];
    assert!(!gone(&late, "2026-03-11"));
}

#[test]
fn a_departments_members_are_those_of_its_units_with_all_their_points() {
    let mut commands = vec![
        unit("G1", UnitKind::Group, "service", "2026-01-01"),
        unit("G2", UnitKind::Group, "service", "2026-02-01"),
        unit("G3", UnitKind::Group, "sales", "2026-01-01"),
        points("G1", "E1", 100, "2026-01-01"),
        points("G2", "E1", 50, "2026-02-01"),
        points("G2", "E2", 200, "2026-02-01"),
        points("G3", "E3", 300, "2026-01-01"),
    ];
    let of = |staff: &Staff| -> Vec<(String, u32)> {
        let service = "service".parse().unwrap();
        let roster = Roster {
            staff,
            organisation: &Organisation::default(),
            zone: &Zone::default(),
            day: day("2026-03-01"),
        };
        let members = roster.members_of_department(&service);
        members.into_iter().map(|(id, n)| (id.into(), n)).collect()
    };
    assert_eq!(
        of(&staff(&commands)),
        [("E1".into(), 150), ("E2".into(), 200)]
    );
    commands.push(unit(
        "service",
        UnitKind::Department,
        "service",
        "2026-01-01",
    ));
    commands.push(points("service", "E7", 400, "2026-01-01"));
    assert_eq!(of(&staff(&commands)), [("E7".into(), 400)]);
}

#[test]
fn base_units_are_those_of_the_day() {
    let staff = staff(&[
        base_units("E1", 100, "2026-01-01"),
        base_units("E1", 150, "2026-03-01"),
    ]);
    let of = |on| staff.base_units(&"E1".parse().unwrap(), day(on));
    assert_eq!(of("2025-12-31"), None);
    assert_eq!(of("2026-02-28"), Some(100));
    assert_eq!(of("2026-03-01"), Some(150));
}

#[test]
fn what_does_not_fit_what_is_known_is_refused() {
    let staff = of_group();
    for (command, code) in [
        (
            unit("G3", UnitKind::Section, "manufacturing", "2026-01-01"),
            "unit_exists",
        ),
        (
            unit("G3", UnitKind::Group, "service", "2026-01-01"),
            "unit_exists",
        ),
        (
            unit("G3", UnitKind::Group, "manufacturing", "2026-01-01"),
            "nothing_changed",
        ),
        (
            unit("P1", UnitKind::Person, "manufacturing", "2026-01-01"),
            "not_a_choice",
        ),
        (points("G4", "E1", 100, "2026-01-01"), "unknown_unit"),
        (points("G3", "E1", 100, "2025-12-31"), "unknown_unit"),
        (points("G3", "E10", 300, "2026-02-01"), "nothing_changed"),
        (points("G3", "E10", 300, "2026-07-01"), "nothing_changed"),
        (points("G3", "E1", 0, "2026-07-01"), "nothing_changed"),
        (base_units("E1", 0, "2026-01-01"), "out_of_range"),
    ] {
        assert_eq!(
            staff.decide(&command).unwrap_err().code.0,
            code,
            "{command:?}"
        );
    }
}

#[test]
fn nothing_changed_says_what_did_not_change() {
    let refusal = of_group()
        .decide(&points("G3", "E10", 300, "2026-02-01"))
        .unwrap_err();
    assert_eq!(
        refusal.args.get("field").map(String::as_str),
        Some("points")
    );
}

#[test]
fn a_unit_may_be_said_to_exist_from_another_day() {
    let staff = staff(&[
        unit("G3", UnitKind::Group, "manufacturing", "2026-02-01"),
        unit("G3", UnitKind::Group, "manufacturing", "2026-01-01"),
    ]);
    assert!(staff.unit("G3", day("2026-01-01")).is_some());
    assert!(staff.unit("G3", day("2025-12-31")).is_none());
}
