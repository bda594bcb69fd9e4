//! `redress bonus record|import`: the efficiency bonus (效益奖金) of a person's month (P3, A22).

mod import;

use redress_core::person::PersonCommand;
use redress_kernel::id::EmployeeId;
use redress_kernel::time::Month;
use uuid::Uuid;

use crate::amount;
use crate::changed;
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Record the bonus of somebody's month; again with another amount: a correction, which needs --reason once it is charged
    Record {
        /// Whose
        employee: EmployeeId,
        /// Of which month
        #[arg(value_name = "YYYY-MM")]
        month: Month,
        /// How much, the whole month's: `3000.00`, or with its currency
        amount: String,
        /// Why; for a bonus that was charged already it has to be said: what it paid too much is given back with the next close
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// The command's own id: sent again under the same id it is done once
        #[arg(long, value_name = "UUID")]
        id: Option<Uuid>,
    },
    /// Record the bonuses of a CSV file: all rows are checked before the first is stored; interrupted, import it again
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
            reason,
            id,
        } => record(session, employee, month, (&amount, reason), id).await,
    }
}

async fn record(
    session: &Session,
    employee: EmployeeId,
    month: Month,
    (amount, reason): (&str, Option<String>),
    id: Option<Uuid>,
) -> Result<(), Failure> {
    let by = session.by()?;
    let desk = session.desk(None).await?;
    let outcome = async {
        let amount = amount::read(amount, amount::currency(session, &desk).await?)
            .map_err(|reason| amount::wrong(amount, reason))?;
        let command = PersonCommand::RecordBonus {
            month,
            amount,
            reason,
        };
        let sending = session.sending(id);
        let done = desk.do_person(&by, &employee, command, sending).await;
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
    record.member(
        changed::tried(session),
        Cell::Boolean(session.settings.dry_run),
    );
    session.output.record(&record, &session.zones())
}
