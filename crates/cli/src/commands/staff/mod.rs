//! `redress staff list|unit|points|base-units|import`: units, their members with base points (基点, P3), and persons' base
//! units (基数, D5): dated facts.

mod import;
mod list;

use redress_core::staff::StaffCommand;
use redress_core::tables::UnitKind;
use redress_kernel::id::{DepartmentId, EmployeeId, FieldId};
use redress_kernel::time::Date;
use uuid::Uuid;

use crate::changed;
use crate::failure::Failure;
use crate::hundredths;
use crate::output::Cell;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List units, members with base points, and base units on a day
    List {
        /// The day [default: today]
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// A group, section or shift exists, or a unit stands for a whole department
    Unit {
        /// Its id, as shares name it: `unit:ID`
        #[arg(value_name = "ID")]
        unit: FieldId,
        /// What it is
        #[arg(value_enum)]
        kind: Kind,
        /// Where it belongs
        department: DepartmentId,
        #[command(flatten)]
        since: Since,
    },
    /// Somebody is a member of a unit with so many base points; 0: no member any more (P3)
    Points {
        /// Which unit
        unit: FieldId,
        /// Who
        employee: EmployeeId,
        /// Base points, at most two decimals
        #[arg(value_parser = hundredths::read)]
        points: u32,
        #[command(flatten)]
        since: Since,
    },
    /// Somebody has so many base units (D5)
    BaseUnits {
        /// Who
        employee: EmployeeId,
        /// Base units, at most two decimals
        #[arg(value_parser = hundredths::read)]
        units: u32,
        #[command(flatten)]
        since: Since,
    },
    /// Enter units, members and base units from a CSV file: all rows are checked before the first is stored; interrupted,
    /// import it again
    Import(import::Args),
}

/// From when, and under which id.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Since {
    /// First day [default: today]
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The command's own id: sent again under the same id it is done once
    #[arg(long, value_name = "UUID")]
    id: Option<Uuid>,
}

/// What a unit can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    Shift,
    Group,
    Section,
    Department,
}

impl From<Kind> for UnitKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Shift => Self::Shift,
            Kind::Group => Self::Group,
            Kind::Section => Self::Section,
            Kind::Department => Self::Department,
        }
    }
}

/// Runs it.
pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    let since = match &command {
        Command::List { on } => return list::run(session, *on).await,
        Command::Import(args) => return import::run(session, args).await,
        Command::Unit { since, .. }
        | Command::Points { since, .. }
        | Command::BaseUnits { since, .. } => since.clone(),
    };
    let by = session.by()?;
    let desk = session.desk(None).await?;
    let outcome = async {
        let from = match since.from {
            Some(from) => from,
            None => today(session, &desk).await?,
        };
        let Some(fact) = fact(command, from) else {
            return Ok(None);
        };
        let sending = session.sending(since.id);
        let done = desk.enter_staff(&by, fact, sending).await;
        Ok(Some((from, done.map_err(|e| session.failed(&e))?)))
    };
    let outcome = outcome.await;
    session.close(&desk).await?;
    match outcome? {
        Some((from, done)) => {
            changed::say(session, "redress/staff-change@1", &done, Cell::Date(from))
        }
        None => Ok(()),
    }
}

fn fact(command: Command, from: Date) -> Option<StaffCommand> {
    Some(match command {
        Command::Unit {
            unit,
            kind,
            department,
            ..
        } => StaffCommand::FormUnit {
            unit,
            kind: kind.into(),
            department,
            from,
        },
        Command::Points {
            unit,
            employee,
            points,
            ..
        } => StaffCommand::SetBasePoints {
            unit,
            employee,
            points,
            from,
        },
        Command::BaseUnits {
            employee, units, ..
        } => StaffCommand::SetBaseUnits {
            employee,
            units,
            from,
        },
        Command::List { .. } | Command::Import(_) => return None,
    })
}

/// The present day by the company's clocks.
async fn today(session: &Session, desk: &redress::Redress) -> Result<Date, Failure> {
    let now = desk.now().await.map_err(|e| session.failed(&e))?;
    Ok(desk.zone().date_of(now))
}
