//! `redress staff import FILE.csv`: units, members and base units of a whole company.
//!
//! Columns: `unit,kind,department,employee,points,base_units,from`; those that a file does not need may be left out. A row
//! says as much as it has: with kind and department that the unit exists, with employee and points that somebody is its
//! member, with employee and base units how many somebody has. All rows are checked before the first is stored, and the
//! file imported again changes nothing.

use std::path::PathBuf;

use redress::Redress;
use redress_core::staff::StaffCommand;
use redress_core::tables::UnitKind;
use redress_kernel::actor::By;
use redress_kernel::id::{DepartmentId, EmployeeId, FieldId};
use redress_kernel::refusal::NOTHING_CHANGED;
use redress_kernel::time::Date;

use crate::failure::Failure;
use crate::hundredths;
use crate::session::Session;
use crate::sheet::{self, File, Outcome, Row, Sheet};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The table: CSV, UTF-8, of the columns unit, kind, department, employee, points, base_units, from
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// First day of rows that name none [default: today]
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
}

const COLUMNS: &[&str] = &[
    "unit",
    "kind",
    "department",
    "employee",
    "points",
    "base_units",
    "from",
];

/// Runs it.
pub(super) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let file = File {
        path: &args.file,
        must: &[],
        may: COLUMNS,
        schema: "redress/staff-import@1",
    };
    let enter = async |desk: &Redress, by: &By, fact: StaffCommand| {
        let said = serde_json::to_string(&fact).unwrap_or_default();
        let id = sheet::id(&["staff", &said]);
        let done = desk
            .enter_staff(by, fact, session.sending(Some(id)))
            .await?;
        Ok(done.repeated)
    };
    let check = async |desk: &Redress, sheet: &Sheet, outcome: &mut Outcome| {
        check(session, desk, args, sheet, outcome).await
    };
    sheet::import(session, file, check, enter).await
}

/// The facts that are new, each decided behind those before it; rows that cannot be taken are put aside.
async fn check(
    session: &Session,
    desk: &Redress,
    args: &Args,
    sheet: &Sheet,
    outcome: &mut Outcome,
) -> Result<Vec<(u64, StaffCommand)>, Failure> {
    let from = match args.from {
        Some(from) => from,
        None => super::today(session, desk).await?,
    };
    let organisation = desk.organisation().await.map_err(|e| session.failed(&e))?;
    let workflows = desk.workflows().await.map_err(|e| session.failed(&e))?;
    let mut staff = desk.staff().await.map_err(|e| session.failed(&e))?;
    let mut new = Vec::new();
    for (line, cells) in &sheet.rows {
        let facts = match sheet.row(cells).and_then(|row| of_row(&row, from)) {
            Ok(facts) => facts,
            Err(failure) => {
                outcome.bad.push((*line, failure));
                continue;
            }
        };
        for fact in facts {
            let definitions = workflows.iter().map(|version| &version.workflow.definition);
            if let Err(refusal) = fact.check_names(&organisation, definitions) {
                let failure = Failure::refused(&refusal, &desk.zone());
                outcome.bad.push((*line, failure));
                break;
            }
            // A unit that is there as the row says keeps its first day: each of its members names it.
            if let StaffCommand::FormUnit {
                unit,
                kind,
                department,
                from,
            } = &fact
                && let Some(there) = staff.unit(unit.as_str(), *from)
                && (there.kind, &there.department) == (*kind, department)
            {
                continue;
            }
            match staff.decide(&fact) {
                Ok(event) => {
                    staff.evolve(&event);
                    new.push((*line, fact));
                }
                Err(refusal) if refusal.code == NOTHING_CHANGED => outcome.unchanged += 1,
                Err(refusal) => {
                    let failure = Failure::refused(&refusal, &desk.zone());
                    outcome.bad.push((*line, failure));
                    break;
                }
            }
        }
    }
    Ok(new)
}

/// What a row says.
fn of_row(row: &Row<'_>, from: Date) -> Result<Vec<StaffCommand>, Failure> {
    let unit = row.may("unit", |text| FieldId::new(text).map_err(|e| e.to_string()))?;
    let kind = row.may("kind", kind)?;
    let department = row.may("department", |text| {
        DepartmentId::new(text).map_err(|e| e.to_string())
    })?;
    let employee = row.may("employee", |text| {
        EmployeeId::new(text).map_err(|e| e.to_string())
    })?;
    let points = row.may("points", hundredths::read)?;
    let units = row.may("base_units", hundredths::read)?;
    let day = |text: &str| {
        let read = text.parse();
        read.map_err(|_| format!("`{text}` is no date such as 2026-03-01"))
    };
    let from = row.may("from", day)?.unwrap_or(from);
    let incomplete = |english: &str, chinese: &str| sheet::bad("incomplete_row", english, chinese);
    let mut facts = Vec::new();
    match (&unit, kind, department) {
        (_, None, None) => {}
        (Some(unit), Some(kind), Some(department)) => facts.push(StaffCommand::FormUnit {
            unit: unit.clone(),
            kind,
            department,
            from,
        }),
        _ => {
            return Err(incomplete(
                "a unit is told by `unit`, `kind` and `department` together",
                "单位须同时填 unit、kind、department",
            ));
        }
    }
    match (unit, &employee, points) {
        (_, _, None) => {}
        (Some(unit), Some(employee), Some(points)) => facts.push(StaffCommand::SetBasePoints {
            unit,
            employee: employee.clone(),
            points,
            from,
        }),
        _ => {
            return Err(incomplete(
                "base points need `unit` and `employee`",
                "基点须同时填 unit、employee",
            ));
        }
    }
    match (employee, units) {
        (_, None) => {}
        (Some(employee), Some(units)) => facts.push(StaffCommand::SetBaseUnits {
            employee,
            units,
            from,
        }),
        (None, Some(_)) => {
            return Err(incomplete(
                "base units need `employee`",
                "基数须填 employee",
            ));
        }
    }
    if facts.is_empty() {
        return Err(incomplete("the row says nothing", "此行没有内容"));
    }
    Ok(facts)
}

fn kind(text: &str) -> Result<UnitKind, String> {
    let found = UnitKind::ALL.into_iter().find(|kind| kind.id() == text);
    found.ok_or_else(|| format!("`{text}` is no kind of unit: shift, group, section, department"))
}
