use redress_kernel::organisation::Organisation;
use redress_kernel::time::Zone;

use super::*;
use crate::staff::{Staff, StaffCommand};
use crate::tables::{DisciplineRow, UnitKind};

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn table() -> DisciplineTable {
    let row = |from: &str, grade| DisciplineRow {
        from: money(from),
        grade,
    };
    DisciplineTable {
        clause: "D3".into(),
        mark: Mark::Example,
        rows: vec![
            row("0.00 CNY", Grade::None),
            row("1000.00 CNY", Grade::Warning),
            row("5000.00 CNY", Grade::MinorDemerit),
            row("20000.00 CNY", Grade::MajorDemerit),
        ],
        warning: money("400.00 CNY"),
        minor_demerit: money("800.00 CNY"),
        fines_clause: "D5".into(),
        resale: "1 month".parse().unwrap(),
        resale_clause: "D1".into(),
    }
}

#[test]
fn a_bound_belongs_to_its_row() {
    let grade = |share: &str| grade(&table(), money(share), "1").unwrap().grade;
    assert_eq!(grade("0.00 CNY"), Grade::None);
    assert_eq!(grade("999.99 CNY"), Grade::None);
    assert_eq!(grade("1000.00 CNY"), Grade::Warning);
    assert_eq!(grade("4999.99 CNY"), Grade::Warning);
    assert_eq!(grade("5000.00 CNY"), Grade::MinorDemerit);
    assert_eq!(grade("19999.99 CNY"), Grade::MinorDemerit);
    assert_eq!(grade("20000.00 CNY"), Grade::MajorDemerit);
}

fn cost(grade: Grade, count: u32, rate: Option<&str>, units: Option<u32>) -> Result<Fine, Refusal> {
    let rate = rate.map(money);
    fine(
        &table(),
        &Sentence { grade, count, rate },
        (&"E1".parse().unwrap(), units),
    )
}

#[test]
fn fines_are_at_least_the_floors_and_add_up() {
    let sum = |text: &str| Ok(Fine::Sum(money(text)));
    assert_eq!(cost(Grade::Warning, 1, None, None), sum("400.00 CNY"));
    assert_eq!(
        cost(Grade::Warning, 3, Some("500.00 CNY"), None),
        sum("1500.00 CNY")
    );
    assert_eq!(
        cost(Grade::MinorDemerit, 1, None, Some(150)),
        sum("1200.00 CNY")
    );
    assert_eq!(
        cost(Grade::MinorDemerit, 2, None, Some(33)),
        sum("528.00 CNY")
    );
    // 800.01 × 1.33 = 1,064.0133, rounded down.
    assert_eq!(
        cost(Grade::MinorDemerit, 1, Some("800.01 CNY"), Some(133)),
        sum("1064.01 CNY")
    );
    assert_eq!(
        cost(Grade::MajorDemerit, 1, None, None),
        Ok(Fine::WholeBonus)
    );
    assert_eq!(cost(Grade::None, 0, None, None), Ok(Fine::None));
}

#[test]
fn what_does_not_fit_is_refused() {
    let code = |grade, count, rate, units| cost(grade, count, rate, units).unwrap_err().code;
    let below = refusal::BELOW_FLOOR;
    assert_eq!(code(Grade::Warning, 1, Some("399.99 CNY"), None), below);
    assert_eq!(
        code(Grade::MinorDemerit, 1, Some("799.99 CNY"), Some(100)),
        below
    );
    assert_eq!(
        code(Grade::MinorDemerit, 1, None, None),
        refusal::BASE_UNITS_UNKNOWN
    );
    assert_eq!(code(Grade::Warning, 0, None, None), kernel::OUT_OF_RANGE);
    assert_eq!(
        code(Grade::MajorDemerit, 2, None, None),
        kernel::OUT_OF_RANGE
    );
    assert_eq!(
        code(Grade::None, 0, Some("400.00 CNY"), None),
        refusal::NO_RATE
    );
}

#[test]
fn a_grade_names_the_row_by_which_it_was_found() {
    let applied = grade(&table(), money("5000.00 CNY"), "7").unwrap();
    assert_eq!(
        (applied.row, applied.from, &*applied.version),
        (3, money("5000.00 CNY"), "7")
    );
    assert_eq!(applied.mark, Mark::Example);
}

#[test]
fn a_share_that_no_row_covers_is_refused() {
    let mut table = table();
    table.rows.remove(0);
    let refusal = grade(&table, money("999.99 CNY"), "1").unwrap_err();
    assert_eq!(
        (refusal.code, &*refusal.clause),
        (refusal::TABLE_NOT_SET, "D3")
    );
    let refusal = grade(&table, money("1.00 USD"), "1").unwrap_err();
    assert_eq!(refusal.code, refusal::MIXED_CURRENCIES);
}

#[test]
fn a_demerit_never_costs_less_than_the_floor_times_the_base_units() {
    let mut table = table();
    table.minor_demerit = money("800.01 CNY");
    let sentence = Sentence {
        grade: Grade::MinorDemerit,
        count: 1,
        rate: None,
    };
    // 800.01 × 0.33 = 264.0033: 264.00 would lie below it.
    let cost = fine(&table, &sentence, (&"E1".parse().unwrap(), Some(33))).unwrap();
    assert_eq!(cost, Fine::Sum(money("264.01 CNY")));
}

#[test]
fn a_fine_below_the_floor_names_both() {
    let refusal = cost(Grade::Warning, 1, Some("399.99 CNY"), None).unwrap_err();
    assert_eq!(refusal.clause, "D5");
    let arg = |name| refusal.args.get(name).map(String::as_str);
    assert_eq!(arg("rate"), Some("399.99 CNY"));
    assert_eq!(arg("floor"), Some("400.00 CNY"));
}

fn staff() -> Staff {
    let mut staff = Staff::default();
    let unit = || "G3".parse().unwrap();
    let from = "2026-01-01".parse().unwrap();
    let mut said = vec![StaffCommand::FormUnit {
        unit: unit(),
        kind: UnitKind::Shift,
        department: "manufacturing".parse().unwrap(),
        from,
    }];
    for (employee, points) in [("E1", 500), ("E2", 300)] {
        said.push(StaffCommand::SetBasePoints {
            unit: unit(),
            employee: employee.parse().unwrap(),
            points,
            from,
        });
    }
    for fact in said {
        let event = staff.decide(&fact).unwrap();
        staff.evolve(&event);
    }
    staff
}

fn party(party: &str, basis_points: u32, kind: Option<UnitKind>) -> Carried {
    Carried {
        party: party.to_owned(),
        basis_points,
        amount: money("0 CNY"),
        charged: money("0 CNY"),
        deducts: false,
        why_not_smaller: None,
        department: kind.map(|_| party.rsplit(':').next().unwrap().parse().unwrap()),
        kind,
    }
}

fn graded(carried: &[Carried]) -> Result<Vec<(String, String)>, Refusal> {
    let roster = Roster {
        staff: &staff(),
        organisation: &Organisation::default(),
        zone: &Zone::default(),
        day: "2026-03-31".parse().unwrap(),
    };
    let parts = party_shares(money("1000.00 CNY"), carried, roster)?;
    let shares = personal_shares(&parts)?.into_iter();
    Ok(shares
        .map(|share| (share.employee.into(), share.amount.decimal()))
        .collect())
}

#[test]
fn a_person_is_graded_by_all_that_reaches_him_whoever_is_charged() {
    let carried = [
        party("unit:G3", 4000, Some(UnitKind::Shift)),
        party("person:E2", 3000, Some(UnitKind::Person)),
        party("person:R1", 1000, Some(UnitKind::Person)),
        party("supplier:S4", 2000, None),
    ];
    let told = [("E1", "250.00"), ("E2", "450.00"), ("R1", "100.00")];
    let told = told.map(|(id, figure)| (id.to_owned(), figure.to_owned()));
    assert_eq!(graded(&carried).unwrap(), told);
}

#[test]
fn a_whole_department_without_base_points_has_nobody_to_grade() {
    let whole = party("department:rnd", 10_000, Some(UnitKind::Department));
    assert_eq!(graded(&[whole]), Ok(Vec::new()));
    let unit = party("unit:G4", 10_000, Some(UnitKind::Group));
    assert_eq!(graded(&[unit]).unwrap_err().code, refusal::NO_BASE_POINTS);
}
