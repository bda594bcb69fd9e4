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
    let members = staff.members(unit, day(on)).into_iter();
    members.map(|(id, points)| (id.into(), points)).collect()
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
        let members = staff.members_of_department(&service, day("2026-03-01"));
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
