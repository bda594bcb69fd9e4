use super::*;
use crate::staff::{StaffCommand, StaffEvent};
use crate::tables::ChargedDepartment;
use redress_kernel::definition::Mark;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn money(figure: &str) -> Money {
    format!("{figure} CNY").parse().unwrap()
}

/// Manufacturing is charged by group or section, service by person or department (P1, P2).
fn table() -> PenaltyTable {
    let charged = |department: &str, smallest, otherwise, clause: &str| ChargedDepartment {
        department: department.parse().unwrap(),
        smallest,
        otherwise,
        clause: clause.to_owned(),
    };
    let row = |cause: Option<&str>, carried_by: &[UnitKind], charged| PenaltyRow {
        cause: cause.map(ToOwned::to_owned),
        carried_by: carried_by.iter().copied().collect(),
        charged,
    };
    PenaltyTable {
        clause: "P3".to_owned(),
        mark: Mark::Example,
        rows: vec![
            row(Some("loading"), &[UnitKind::Person], 5000),
            row(None, &[], 10_000),
        ],
        charged: vec![
            charged("manufacturing", UnitKind::Group, UnitKind::Section, "P1"),
            charged("service", UnitKind::Person, UnitKind::Department, "P2"),
        ],
        ceiling: 5000,
        ceiling_clause: "P3".to_owned(),
    }
}

fn staff() -> Staff {
    let mut staff = Staff::default();
    for (unit, kind) in [
        ("G3", UnitKind::Group),
        ("S1", UnitKind::Section),
        ("N2", UnitKind::Shift),
        ("plant", UnitKind::Department),
    ] {
        let event: StaffEvent = staff
            .decide(&StaffCommand::FormUnit {
                unit: unit.parse().unwrap(),
                kind,
                department: "manufacturing".parse().unwrap(),
                from: day("2026-01-01"),
            })
            .unwrap();
        staff.evolve(&event);
    }
    staff
}

fn share(party: &str, basis_points: u32, why: Option<&str>) -> ResponsibleShare {
    ResponsibleShare {
        party: party.to_owned(),
        basis_points,
        why_not_smaller: why.map(ToOwned::to_owned),
        department: None,
        kind: None,
    }
}

fn checked(shares: &[ResponsibleShare]) -> Result<Vec<ResponsibleShare>, Refusal> {
    let department_of = |employee: &EmployeeId| {
        let known = [("E17", "service"), ("E1", "manufacturing"), ("R1", "rnd")];
        let found = known.into_iter().find(|(id, _)| *employee == *id);
        found.map(|(_, department)| department.parse().unwrap())
    };
    let known = Known {
        staff: &staff(),
        day: day("2026-03-01"),
        department_of: &department_of,
        is_department: &|department| {
            ["rnd", "service", "manufacturing"].contains(&department.as_str())
        },
    };
    check(&table(), shares, &known)
}

fn refused(shares: &[ResponsibleShare]) -> (String, String) {
    let refusal = checked(shares).unwrap_err();
    (refusal.code.to_string(), refusal.clause)
}

fn refused_alone(party: &str, why: Option<&str>) -> (String, String) {
    refused(&[share(party, 10_000, why)])
}

fn is(code: &str, clause: &str) -> (String, String) {
    (code.to_owned(), clause.to_owned())
}

#[test]
fn departments_and_kinds_are_filled_in_and_parties_stand_by_id() {
    let shares = checked(&[
        share("unit:G3", 4500, None),
        share("supplier:S4", 2200, None),
        share("person:E17", 3300, None),
    ]);
    let told: Vec<_> = shares
        .unwrap()
        .into_iter()
        .map(|s| (s.party, s.department.map(String::from), s.kind))
        .collect();
    assert_eq!(
        told,
        [
            (
                "person:E17".into(),
                Some("service".into()),
                Some(UnitKind::Person)
            ),
            ("supplier:S4".into(), None, None),
            (
                "unit:G3".into(),
                Some("manufacturing".into()),
                Some(UnitKind::Group)
            ),
        ]
    );
}

#[test]
fn shares_that_do_not_add_up_to_the_whole_are_refused() {
    for last in [2999, 3001] {
        let shares = [
            share("unit:G3", 7000, None),
            share("person:E17", last, None),
        ];
        assert_eq!(refused(&shares), is("shares_not_whole", "A23"));
    }
    assert_eq!(refused(&[]), is("missing_field", "M9-7"));
}

#[test]
fn a_share_of_0_and_a_party_named_twice_are_refused() {
    let shares = [share("unit:G3", 10_000, None), share("person:E17", 0, None)];
    assert_eq!(refused(&shares), is("out_of_range", "A23"));
    let shares = [share("unit:G3", 5000, None), share("unit:G3", 5000, None)];
    assert_eq!(refused(&shares), is("repeated", "A23"));
}

#[test]
fn whom_nobody_knows_is_refused() {
    assert_eq!(refused_alone("unit:G9", None), is("unknown_unit", "P1"));
    assert_eq!(
        refused_alone("person:E9", None),
        is("unknown_employee", "M7")
    );
    assert_eq!(
        refused_alone("department:x", None),
        is("unknown_department", "M7")
    );
    for party in ["G3", "group:G3", "section:S1", "unit:", "person:E 1"] {
        assert_eq!(
            refused_alone(party, None),
            is("not_a_responsible_party", "M9-7")
        );
    }
}

#[test]
fn manufacturing_names_the_group_else_the_section_with_the_reason_and_never_the_whole() {
    for smallest in ["unit:G3", "unit:N2", "person:E1"] {
        assert!(
            checked(&[share(smallest, 10_000, None)]).is_ok(),
            "{smallest}"
        );
    }
    assert_eq!(refused_alone("unit:S1", None), is("smaller_unit", "P1"));
    assert_eq!(
        refused_alone("unit:S1", Some(" ")),
        is("smaller_unit", "P1")
    );
    assert!(checked(&[share("unit:S1", 10_000, Some("three groups worked on it"))]).is_ok());
    for whole in ["unit:plant", "department:manufacturing"] {
        assert_eq!(
            refused_alone(whole, Some("all of them")),
            is("unit_too_large", "P1")
        );
    }
}

#[test]
fn service_names_the_person_else_the_department_with_the_reason() {
    assert_eq!(
        refused_alone("department:service", None),
        is("smaller_unit", "P2")
    );
    assert!(checked(&[share("department:service", 10_000, Some("nobody signed"))]).is_ok());
}

#[test]
fn who_is_not_charged_needs_no_smaller_unit() {
    assert!(checked(&[share("department:rnd", 10_000, None)]).is_ok());
}

#[test]
fn a_reason_is_checked_wherever_it_is_given_and_a_blank_one_is_none() {
    let odd = refused_alone("unit:G3", Some("a\u{202e}b"));
    assert_eq!(odd.0, "forbidden_character");
    let blank = checked(&[share("unit:G3", 10_000, Some("  "))]).unwrap();
    assert!(blank.iter().all(|share| share.why_not_smaller.is_none()));
}

fn carried(cause: Option<&str>, loss: &str, parties: &[ResponsibleShare]) -> Vec<Carried> {
    let table = table();
    let (row, _) = row(&table, cause).unwrap();
    let shares = checked(parties).unwrap();
    carry(&table, row, row.charged, money(loss), &shares).unwrap()
}

fn told(carried: &[Carried]) -> Vec<(&str, String, String)> {
    carried
        .iter()
        .map(|c| (c.party.as_str(), c.amount.decimal(), c.charged.decimal()))
        .collect()
}

#[test]
fn a_suppliers_and_another_departments_share_is_counted_and_charged_to_nobody() {
    let carried = carried(
        None,
        "1234.57",
        &[
            share("unit:G3", 4500, None),
            share("person:R1", 3300, None),
            share("supplier:S4", 2200, None),
        ],
    );
    assert_eq!(
        told(&carried),
        [
            ("person:R1", "407.41".into(), "0.00".into()),
            ("supplier:S4", "271.60".into(), "0.00".into()),
            ("unit:G3", "555.56".into(), "555.56".into()),
        ]
    );
    let deducts: Vec<bool> = carried.iter().map(|c| c.deducts).collect();
    assert_eq!(deducts, [false, false, true]);
}

#[test]
fn the_part_that_the_criteria_charge_rounds_down_and_reaches_only_the_kinds_they_name() {
    let parties = [
        share("unit:G3", 5000, None),
        share("person:E17", 5000, None),
    ];
    assert_eq!(
        told(&carried(Some("loading"), "0.06", &parties)),
        [
            ("person:E17", "0.03".into(), "0.01".into()),
            ("unit:G3", "0.03".into(), "0.00".into()),
        ]
    );
}

#[test]
fn the_first_row_that_fits_a_cause_applies_else_the_one_without() {
    let table = table();
    let number = |cause| row(&table, cause).unwrap().1;
    assert_eq!(
        [
            number(Some("loading")),
            number(Some("etching")),
            number(None)
        ],
        [1, 2, 2]
    );
    let mut none = table.clone();
    none.rows.pop();
    let refusal = row(&none, None).unwrap_err();
    assert_eq!((refusal.code.0, &*refusal.clause), ("table_not_set", "P3"));
}

#[test]
fn the_same_parties_carry_another_loss() {
    let before = carried(None, "100.00", &[share("unit:G3", 10_000, None)]);
    let after = carry_again(&before, 2500, money("50.01")).unwrap();
    assert_eq!(told(&after), [("unit:G3", "50.01".into(), "12.50".into())]);
}
