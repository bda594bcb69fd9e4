//! A scenario in the engine's own types.

use std::collections::{BTreeMap, BTreeSet};

use redress_core::complaint::Complaint;
use redress_core::event::{AuthorityApplied, Decided, Outcome};
use redress_core::loss::LossEntry;
use redress_core::regulation::Regulation;
use redress_core::staff::{Said, Staff, StaffCommand, StaffEvent};
use redress_core::tables::{
    ChargedDepartment, DisciplineRow, Grade, LossBasis, LossRow, LossTable, PenaltyRow, UnitKind,
};
use redress_kernel::actor::Actor;
use redress_kernel::case::{Case, Status};
use redress_kernel::definition::{Mark, Title};
use redress_kernel::event::Numbered;
use redress_kernel::id::{FieldId, StageId};
use redress_kernel::money::{Currency, Money};
use redress_kernel::organisation::{Changed, Organisation, OrganisationCommand, OrganisationEvent};
use redress_kernel::time::{Instant, Month, Zone};
use redress_kernel::value::Value;

use crate::scenario::{self, Basis, Scenario};

pub(crate) const HOME: Currency = Currency::CNY;

pub(crate) fn money(minor: i64) -> Money {
    Money::new(minor, HOME).unwrap()
}

pub(crate) fn foreign(minor: i64) -> Money {
    Money::new(minor, "USD".parse().unwrap()).unwrap()
}

pub(crate) fn instant(local: &str) -> Instant {
    format!("{local}+08:00").parse().unwrap()
}

pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub(crate) fn grade(word: &str) -> Grade {
    match word {
        "none" => Grade::None,
        "warning" => Grade::Warning,
        "minor" => Grade::MinorDemerit,
        "major" => Grade::MajorDemerit,
        other => panic!("{other}"),
    }
}

pub(crate) fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::None => "none",
        Grade::Warning => "warning",
        Grade::MinorDemerit => "minor",
        Grade::MajorDemerit => "major",
    }
}

pub(crate) fn kind(word: &str) -> UnitKind {
    let found = UnitKind::ALL.into_iter().find(|kind| kind.id() == word);
    found.unwrap()
}

/// `26-03-07` as a key.
pub(crate) fn key(print: &str) -> String {
    print.replace('-', "")
}

/// `26-03-07` as numbers sort: by the period, then by the serial as a number (A14).
pub(crate) fn place(print: &str) -> Vec<u32> {
    print.split('-').map(|part| part.parse().unwrap()).collect()
}

pub(crate) fn regulation(shipped: &Regulation, scenario: &Scenario) -> Regulation {
    let mut regulation = shipped.clone();
    let tables = &mut regulation.tables;
    tables.loss = Some(loss_table());
    let penalty = tables.penalty.as_mut().unwrap();
    penalty.ceiling = scenario.tables.ceiling_bp;
    penalty.rows = vec![PenaltyRow {
        cause: None,
        carried_by: BTreeSet::new(),
        charged: 10_000,
    }];
    let departments = &scenario.tables.deducted_departments;
    penalty.charged = departments
        .iter()
        .map(|department| ChargedDepartment {
            department: id(department),
            smallest: UnitKind::Person,
            otherwise: UnitKind::Department,
            clause: "P2".to_owned(),
        })
        .collect();
    let discipline = tables.discipline.as_mut().unwrap();
    discipline.warning = money(scenario.tables.warning);
    discipline.minor_demerit = money(scenario.tables.minor);
    let rows = scenario.tables.discipline.iter();
    discipline.rows = rows
        .map(|row| DisciplineRow {
            from: money(row.from),
            grade: grade(row.grade),
        })
        .collect();
    regulation
}

/// A kind for each basis of a scenario: an amount, goods that came back, sums of one part to three.
fn loss_table() -> LossTable {
    let row = |kind: &str, basis| LossRow {
        kind: id(kind),
        title: Title {
            zh: kind.to_owned(),
            en: kind.to_owned(),
        },
        basis,
        mark: Mark::Example,
    };
    let parts = |parts: &[&str]| LossBasis::Parts(parts.iter().map(|part| id(part)).collect());
    LossTable {
        clause: "M9-7".to_owned(),
        mark: Mark::Example,
        rows: vec![
            row("amount", parts(&["amount"])),
            row("returned", LossBasis::Returned),
            row("sum-1", parts(&["part-0"])),
            row("sum-2", parts(&["part-0", "part-1"])),
            row("sum-3", parts(&["part-0", "part-1", "part-2"])),
        ],
    }
}

pub(crate) fn entry(line: &scenario::Line) -> LossEntry {
    let of = |minor| {
        if line.foreign {
            foreign(minor)
        } else {
            money(minor)
        }
    };
    let mut entry = LossEntry {
        kind: id("amount"),
        amounts: BTreeMap::new(),
        quantity: None,
        unit_price: None,
        proceeds: None,
    };
    match &line.basis {
        Basis::Amount { amount } => {
            entry.amounts.insert(id("amount"), of(*amount));
        }
        Basis::Returned {
            quantity,
            unit_price,
            proceeds,
        } => {
            entry.kind = id("returned");
            entry.quantity = Some(*quantity);
            entry.unit_price = Some(of(*unit_price));
            entry.proceeds = Some(of(*proceeds));
        }
        Basis::Sum { parts } => {
            entry.kind = id(&format!("sum-{}", parts.len()));
            let parts = parts.iter().enumerate();
            entry.amounts = parts
                .map(|(nth, part)| (id(&format!("part-{nth}")), of(*part)))
                .collect();
        }
    }
    entry
}

/// Units and members as somebody says them, in the order of the scenario; who leaves a unit and comes back on one day
/// has left before.
pub(crate) fn staff(scenario: &Scenario) -> Staff {
    let mut staff = Staff::default();
    let mut say = |fact| staff.evolve(&StaffEvent::Changed(Said { fact }));
    for (unit, told) in &scenario.units {
        say(StaffCommand::FormUnit {
            unit: id(unit),
            kind: kind(told.kind),
            department: id(&told.department),
            from: id("2019-01-01"),
        });
    }
    let points = |member: &scenario::Member, points, from: &str| StaffCommand::SetBasePoints {
        unit: id(&member.unit),
        employee: id(&member.employee),
        points,
        from: id(from),
    };
    for member in &scenario.members {
        if let Some(until) = &member.until {
            say(points(member, 0, until));
        }
    }
    for member in &scenario.members {
        say(points(member, member.points, &member.from));
    }
    staff
}

/// Everybody who may owe something works here; who leaves does so at 24:00 of the last day.
pub(crate) fn organisation(scenario: &Scenario, zone: &Zone) -> Organisation {
    let mut organisation = Organisation::default();
    let mut say = |change| organisation.evolve(&OrganisationEvent::Changed(Changed { change }));
    let members = scenario.members.iter().map(|member| &member.employee);
    let bonuses = scenario.bonuses.iter().map(|bonus| &bonus.employee);
    let cases = scenario.cases.iter();
    let disciplined = cases.clone().flat_map(|case| &case.discipline);
    let parties = cases.flat_map(|case| &case.parties);
    let everybody: BTreeSet<&str> = members
        .chain(bonuses)
        .chain(scenario.gone.keys())
        .chain(disciplined.map(|decided| &decided.employee))
        .map(String::as_str)
        .chain(parties.filter_map(|party| party.party.strip_prefix("person:")))
        .collect();
    for employee in everybody {
        say(OrganisationCommand::Join {
            employee: id(employee),
            department: id("manufacturing"),
            unit: None,
            from: id::<Month>("2019-01").start(zone),
        });
        for gone in scenario.gone.get(employee).into_iter().flatten() {
            say(OrganisationCommand::Leave {
                employee: id(employee),
                from: zone.start_of_day(id(&gone.from)),
            });
            // Whoever comes back works the last second of that day.
            if let Some(until) = &gone.until {
                say(OrganisationCommand::Join {
                    employee: id(employee),
                    department: id("manufacturing"),
                    unit: None,
                    from: zone.end_of_day(id(until)),
                });
            }
        }
    }
    organisation
}

pub(crate) fn complaint(
    told: &scenario::Case,
    month: Month,
    report: Option<(StageId, FieldId, Value)>,
) -> Complaint {
    let at = instant(&told.decided_at);
    let (period, serial) = told.number.rsplit_once('-').unwrap();
    let reports = report.map(|(stage, field, value)| (stage, BTreeMap::from([(field, value)])));
    let case = Case {
        definition: id("customer-complaint"),
        version: "1".to_owned(),
        opened_at: at,
        opened_by: Actor::Engine,
        opening: BTreeMap::new(),
        reports: reports.into_iter().collect(),
        revised_by: BTreeMap::new(),
        facts: BTreeMap::new(),
        visits: Vec::new(),
        skipped: Vec::new(),
        clock: None,
        number: Some(Numbered {
            series: "complaint".to_owned(),
            period: id(&format!("20{period}")),
            serial: serial.parse().unwrap(),
            print: told.number.clone(),
            key: key(&told.number),
        }),
        status: Status::Closed { at, month },
        suspensions: Vec::new(),
        reminders: Vec::new(),
        inquiries: Vec::new(),
        links: Vec::new(),
        imported: None,
        reminders_from: None,
        last_person_at: None,
    };
    Complaint {
        case,
        decision: None,
        copies: Vec::new(),
        answers: Vec::new(),
        objections: Vec::new(),
        third_parties: Vec::new(),
        successor: None,
        losses: Vec::new(),
        proposals: Vec::new(),
        determinations: Vec::new(),
        resale: None,
        d_loss: None,
        petitions: Vec::new(),
        petitioners: BTreeMap::new(),
        sentences: Vec::new(),
        grounds: BTreeMap::new(),
        contested: BTreeSet::new(),
        settled: BTreeMap::new(),
        announced: BTreeMap::new(),
        notices: Vec::new(),
        counted: Vec::new(),
        improvement: None,
    }
}

pub(crate) fn decision(amount: Money) -> Decided {
    Decided {
        outcome: Outcome::Granted,
        granted: Vec::new(),
        amount,
        rate: None,
        office: id("general-manager"),
        authority: AuthorityApplied {
            table: "authority".to_owned(),
            office: id("general-manager"),
            version: "1".to_owned(),
            row: 1,
            up_to: None,
            mark: Mark::Example,
        },
        proposed_by: Vec::new(),
    }
}
