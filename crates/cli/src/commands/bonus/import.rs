//! `redress bonus import FILE.csv`: the bonuses of many persons, columns `employee,month,amount`.
//!
//! All rows are read and checked before the first is stored. A row is one command whose id follows from what it says: the
//! file may be imported again, after an interruption or by mistake, and changes nothing twice.

use std::collections::BTreeMap;
use std::path::PathBuf;

use redress::Redress;
use redress_core::account::Account;
use redress_core::person::{self, PersonCommand};
use redress_kernel::actor::By;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::{Currency, Money};
use redress_kernel::time::Month;

use crate::amount;
use crate::failure::Failure;
use crate::session::Session;
use crate::sheet::{self, File, Outcome, Row, Sheet};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The table: CSV, UTF-8, the columns employee, month, amount named on its first line
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// A row that was read.
struct Bonus {
    employee: EmployeeId,
    month: Month,
    amount: Money,
}

impl Bonus {
    fn command(&self) -> PersonCommand {
        PersonCommand::RecordBonus {
            month: self.month,
            amount: self.amount,
            // A list corrects nothing that was charged.
            reason: None,
        }
    }
}

/// Runs it.
pub(super) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let file = File {
        path: &args.file,
        must: &["employee", "month", "amount"],
        may: &[],
        schema: "redress/bonus-import@1",
    };
    let enter = async |desk: &Redress, by: &By, bonus: Bonus| {
        let (month, amount) = (bonus.month.to_string(), bonus.amount.to_string());
        let id = sheet::id(&["bonus", bonus.employee.as_str(), &month, &amount]);
        let command = bonus.command();
        let sending = session.sending(Some(id));
        let done = desk
            .do_person(by, &bonus.employee, command, sending)
            .await?;
        Ok(done.repeated)
    };
    let check = async |desk: &Redress, sheet: &Sheet, outcome: &mut Outcome| {
        check(session, desk, sheet, outcome).await
    };
    sheet::import(session, file, check, enter).await
}

/// The rows that say something new; those that cannot be taken are put aside.
async fn check(
    session: &Session,
    desk: &Redress,
    sheet: &Sheet,
    outcome: &mut Outcome,
) -> Result<Vec<(u64, Bonus)>, Failure> {
    let currency = amount::currency(session, desk).await?;
    let organisation = desk.organisation().await.map_err(|e| session.failed(&e))?;
    let mut seen: BTreeMap<(EmployeeId, Month), u64> = BTreeMap::new();
    let mut new = Vec::new();
    for (line, cells) in &sheet.rows {
        let read = sheet.row(cells).and_then(|row| of_row(&row, currency));
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
        let command = bonus.command();
        if let Err(refusal) = command.check_person(&organisation, &bonus.employee) {
            let failure = Failure::refused(&refusal, &desk.zone());
            outcome.bad.push((*line, failure));
            continue;
        }
        let account = desk.account(&bonus.employee).await;
        let account = account.map_err(|e| session.failed(&e))?;
        let account = account.unwrap_or_else(|| Account::new(currency));
        if account.bonus(bonus.month) == Some(bonus.amount) {
            outcome.unchanged += 1;
        } else if let Err(refusal) = person::decide(&account, &bonus.employee, &command) {
            let failure = Failure::refused(&refusal, &desk.zone());
            outcome.bad.push((*line, failure));
        } else {
            new.push((*line, bonus));
        }
    }
    Ok(new)
}

fn of_row(row: &Row<'_>, currency: Currency) -> Result<Bonus, Failure> {
    Ok(Bonus {
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
