//! `redress bonus record|import`: the efficiency bonus (效益奖金) of a person's month (P3, A22).

mod import;

use redress::Redress;
use redress_core::person::PersonCommand;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::{Currency, Money};
use redress_kernel::time::Month;
use uuid::Uuid;

use super::ledger;
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Record the bonus of somebody's month; again with another amount: a correction, while it is not charged
    Record {
        /// Whose
        employee: EmployeeId,
        /// Of which month
        #[arg(value_name = "YYYY-MM")]
        month: Month,
        /// How much, the whole month's: `3000.00`, or with its currency
        amount: String,
        /// The command's own id: sent again under the same id it is done once
        #[arg(long, value_name = "UUID")]
        id: Option<Uuid>,
    },
    /// Record the bonuses of a CSV file, all or none
    Import(import::Args),
}

/// Runs it.
pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Import(args) => import::run(session, &args).await,
        Command::Record {
            employee,
            month,
            amount,
            id,
        } => record(session, employee, month, &amount, id).await,
    }
}

async fn record(
    session: &Session,
    employee: EmployeeId,
    month: Month,
    amount: &str,
    id: Option<Uuid>,
) -> Result<(), Failure> {
    let by = session.by()?;
    if session.settings.dry_run {
        return Err(
            Failure::usage("no_dry_run", "the recording of a bonus has no dry run")
                .chinese("登记奖金不能试算"),
        );
    }
    let desk = session.desk(None).await?;
    let outcome = async {
        let amount = read(amount, currency(session, &desk).await?).map_err(|reason| {
            Failure::usage("amount", reason)
                .chinese(format!("`{amount}` 不是金额"))
                .help_both(
                    "write an amount such as `3000.00` or `3000.00 CNY`",
                    "请写金额，如 `3000.00` 或 `3000.00 CNY`",
                )
        })?;
        ledger::check_known(session, &desk, &employee).await?;
        let command = PersonCommand::RecordBonus { month, amount };
        let done = desk.do_person(&by, &employee, command, id).await;
        Ok((amount, done.map_err(|e| session.failed(&e))?))
    };
    let outcome = outcome.await;
    session.close(&desk).await?;
    let (amount, done) = outcome?;
    let mut record = Record::new("redress/bonus@1");
    record.member(
        column("employee", "员工", "Employee"),
        Cell::text(done.employee.as_str()),
    );
    record.member(column("month", "月份", "Month"), Cell::Month(month));
    record.member(column("amount", "效益奖金", "Bonus"), Cell::Money(amount));
    record.member(
        column("version", "版本", "Version"),
        Cell::count(done.version),
    );
    record.member(
        column("command", "命令号", "Command").data_only(),
        Cell::text(done.command.to_string()),
    );
    record.member(
        column("repeated", "重复提交", "Done before"),
        Cell::Boolean(done.repeated),
    );
    session.output.record(&record, &session.zones())
}

/// The currency in which bonuses are paid.
async fn currency(session: &Session, desk: &Redress) -> Result<Currency, Failure> {
    let rules = super::month::rules(session, desk).await?;
    let regulation = rules.regulation.as_ref();
    regulation
        .map(|regulation| regulation.currency)
        .ok_or_else(|| {
            Failure::usage("no_currency", "the workflow in force names no currency")
                .chinese("现行流程未定币种")
        })
}

/// An amount with its currency, or without: then the company's.
fn read(text: &str, currency: Currency) -> Result<Money, String> {
    let text = text.trim();
    let bare = !text.contains(char::is_alphabetic);
    let amount: Result<Money, _> = match bare {
        true => format!("{text} {currency}").parse(),
        false => text.parse(),
    };
    amount.map_err(|e| e.to_string())
}
