//! `redress bonus import FILE.csv`: the bonuses of many persons, columns `employee,month,amount`.
//!
//! All rows are read and checked before the first is stored. A row is one command whose id follows from what it says: the
//! file may be imported again, after an interruption or by mistake, and changes nothing twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use redress::{Error, Redress};
use redress_core::account::Account;
use redress_core::person::{self, PersonCommand};
use redress_kernel::id::EmployeeId;
use redress_kernel::money::{Currency, Money};
use redress_kernel::time::Month;

use super::ledger;
use crate::amount;
use crate::failure::Failure;
use crate::session::Session;
use crate::sheet::{self, Outcome, Row, Sheet};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The table: CSV, UTF-8, the columns employee, month, amount named on its first line
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// A row that was read.
struct Bonus {
    line: u64,
    employee: EmployeeId,
    month: Month,
    amount: Money,
}

/// Runs it.
pub(super) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    session.by()?;
    let sheet = Sheet::read(&args.file, &["employee", "month", "amount"], &[])?;
    let desk = session.desk(None).await?;
    let outcome = import(session, &desk, args, &sheet).await;
    session.close(&desk).await?;
    outcome?.say(session, "redress/bonus-import@1")
}

async fn import(
    session: &Session,
    desk: &Redress,
    args: &Args,
    sheet: &Sheet,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome {
        rows: sheet.rows.len(),
        ..Outcome::default()
    };
    let bonuses = check(session, desk, sheet, &mut outcome).await?;
    if !outcome.bad.is_empty() {
        return Ok(outcome);
    }
    if session.settings.dry_run {
        outcome.recorded = bonuses.len();
        return Ok(outcome);
    }
    let by = session.by()?;
    for bonus in bonuses {
        let (month, amount) = (bonus.month, bonus.amount);
        let id = sheet::id(&[
            "bonus",
            bonus.employee.as_str(),
            &month.to_string(),
            &amount.to_string(),
        ]);
        let command = PersonCommand::RecordBonus { month, amount };
        let done = desk
            .do_person(&by, &bonus.employee, command, Some(id))
            .await;
        match done {
            Ok(done) if !done.repeated => outcome.recorded += 1,
            // It was imported before, perhaps by somebody else, and is not so any more.
            Ok(_) | Err(Error::OtherContent { .. }) => {
                sheet::changed_since(session, bonus.line);
                outcome.unchanged += 1;
            }
            Err(e) => return Err(sheet::midway(session.failed(&e), &args.file, bonus.line)),
        }
    }
    Ok(outcome)
}

/// The rows that say something new; those that cannot be taken are put aside.
async fn check(
    session: &Session,
    desk: &Redress,
    sheet: &Sheet,
    outcome: &mut Outcome,
) -> Result<Vec<Bonus>, Failure> {
    let currency = amount::currency(session, desk).await?;
    let organisation = desk.organisation().await.map_err(|e| session.failed(&e))?;
    let known: BTreeSet<&EmployeeId> = organisation.employees().collect();
    let mut seen: BTreeMap<(EmployeeId, Month), u64> = BTreeMap::new();
    let mut new = Vec::new();
    for (line, cells) in &sheet.rows {
        let read = sheet
            .row(cells)
            .and_then(|row| of_row(&row, *line, currency));
        let bonus = match read {
            Ok(bonus) => bonus,
            Err(failure) => {
                outcome.bad.push((*line, failure));
                continue;
            }
        };
        let key = (bonus.employee.clone(), bonus.month);
        if let Some(first) = seen.insert(key, *line) {
            let english = format!("this person's month stands already on line {first}");
            let chinese = format!("此人此月已见于第 {first} 行");
            let failure = sheet::bad("repeated_row", &english, &chinese);
            outcome.bad.push((*line, failure));
            continue;
        }
        if !known.contains(&bonus.employee) {
            outcome.bad.push((*line, ledger::unknown(&bonus.employee)));
            continue;
        }
        let account = desk.account(&bonus.employee).await;
        let account = account.map_err(|e| session.failed(&e))?;
        let account = account.unwrap_or_else(|| Account::new(currency));
        let command = PersonCommand::RecordBonus {
            month: bonus.month,
            amount: bonus.amount,
        };
        if account.bonus(bonus.month) == Some(bonus.amount) {
            outcome.unchanged += 1;
        } else if let Err(refusal) = person::decide(&account, &bonus.employee, &command) {
            let failure = Failure::refused(&refusal, &desk.zone());
            outcome.bad.push((*line, failure));
        } else {
            new.push(bonus);
        }
    }
    Ok(new)
}

fn of_row(row: &Row<'_>, line: u64, currency: Currency) -> Result<Bonus, Failure> {
    Ok(Bonus {
        line,
        employee: row.must("employee", |text| {
            EmployeeId::new(text).map_err(|e| e.to_string())
        })?,
        month: row.must("month", |text| {
            text.parse()
                .map_err(|_| format!("`{text}` is no month such as 2026-03"))
        })?,
        amount: row.must("amount", |text| amount::read(text, currency))?,
    })
}
