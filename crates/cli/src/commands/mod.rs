//! The commands, one file each, its manual at the head.

mod audit;
mod backup;
mod bench;
mod bonus;
mod calendar;
mod case;
mod clock;
mod completions;
mod demo;
mod do_;
mod doctor;
mod due_soon;
mod explain;
mod import;
mod improvements;
mod init;
mod inquire;
mod inquiries;
mod ledger;
mod man;
mod month;
mod organisation;
mod overdue;
mod reminders;
mod restore;
mod round;
mod schema;
mod staff;
mod statistics;
mod workflow;
mod worklist;

use std::sync::Arc;

use redress::Redress;
use redress_core::regulation::Workflow;
use redress_kernel::id::DefinitionId;

use crate::failure::{Exit, Failure};
use crate::session::Session;

/// A command.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Found a data directory
    Init(init::Args),
    /// Do commands given as JSON lines on standard input, one JSON answer a line
    Do(do_::Args),
    /// Print the JSON Schema of commands
    Schema(schema::Args),
    /// Cases: what happens to them, and what is known of them
    #[command(subcommand)]
    Case(case::Command),
    /// Explain a deadline, a number, or a figure step by step
    Explain(explain::Args),
    /// List what a department or a person has to do
    Worklist(worklist::Args),
    /// List what is overdue at a moment
    Overdue(overdue::Args),
    /// List what is due soon
    DueSoon(due_soon::Args),
    /// List reminders and due-soon notices issued
    Reminders(reminders::Args),
    /// List inquiries, or what may be inquired into
    Inquiries(inquiries::Args),
    /// List the improvements that are tracked and not done, and for whom each waits
    Improvements(improvements::Args),
    /// Ask a department why a visit was late
    Inquire(inquire::Args),
    /// Make the round: remind who is late, each once
    Round(round::Args),
    /// Count the closed cases of a month
    Statistics(statistics::Args),
    /// The month: gather its closed cases, confirm, notify, charge, close
    #[command(subcommand)]
    Month(month::Command),
    /// Show a person's bonus ledger: what was charged for which case, and what is still owed
    Ledger(ledger::Args),
    /// Efficiency bonuses, from which deductions and fines are taken
    #[command(subcommand)]
    Bonus(bonus::Command),
    /// Units, their members with base points, and persons' base units
    #[command(subcommand)]
    Staff(staff::Command),
    /// Who works where, who holds an office, who heads a department
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// Calendars: which days are worked, and when a limit is reached
    #[command(subcommand)]
    Calendar(calendar::Calendar),
    /// Workflows: check, show, compare, adopt
    #[command(subcommand)]
    Workflow(workflow::Command),
    /// Confirm a clock that is behind the log
    #[command(subcommand)]
    Clock(clock::Command),
    /// Whether what is stored is what was written
    #[command(subcommand)]
    Audit(audit::Command),
    /// Copy the log into another directory, or what was appended since into the backup there
    Backup(backup::Args),
    /// Make a data directory of a backup
    Restore(restore::Args),
    /// Say what is wrong with the data directory, and what to do
    Doctor(doctor::Args),
    /// Play a company that handles real complaints, on a simulated clock
    Demo(demo::Args),
    /// Enter historic cases from a CSV file
    Import(import::Args),
    /// Measure how fast the log is on this machine
    #[command(subcommand)]
    Bench(bench::Command),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the manual page, or write those of all commands into a directory
    Man(man::Args),
}

/// Runs a command.
pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Init(args) => init::run(session, &args).await,
        Command::Do(args) => do_::run(session, &args).await,
        Command::Schema(args) => schema::run(session, &args).await,
        Command::Case(command) => case::run(session, command).await,
        Command::Explain(args) => explain::run(session, &args).await,
        Command::Worklist(args) => worklist::run(session, &args).await,
        Command::Overdue(args) => overdue::run(session, &args).await,
        Command::DueSoon(args) => due_soon::run(session, &args).await,
        Command::Reminders(args) => reminders::run(session, &args).await,
        Command::Inquiries(args) => inquiries::run(session, &args).await,
        Command::Improvements(args) => improvements::run(session, &args).await,
        Command::Inquire(args) => inquire::run(session, &args).await,
        Command::Round(args) => round::run(session, &args).await,
        Command::Statistics(args) => statistics::run(session, &args).await,
        Command::Month(command) => month::run(session, command).await,
        Command::Ledger(args) => ledger::run(session, &args).await,
        Command::Bonus(command) => bonus::run(session, command).await,
        Command::Staff(command) => staff::run(session, command).await,
        Command::Organisation(command) => organisation::run(session, command).await,
        Command::Calendar(command) => calendar::run(session, command),
        Command::Workflow(command) => workflow::run(session, command).await,
        Command::Clock(command) => clock::run(session, &command).await,
        Command::Audit(command) => audit::run(session, &command).await,
        Command::Backup(args) => backup::run(session, &args),
        Command::Restore(args) => restore::run(session, &args).await,
        Command::Doctor(args) => doctor::run(session, &args).await,
        Command::Demo(args) => demo::run(session, args).await,
        Command::Import(args) => import::run(session, args).await,
        Command::Bench(command) => bench::run(session, &command).await,
        Command::Completions(args) => completions::run(session, &args),
        Command::Man(args) => man::run(session, &args),
    }
}

/// The rules about complaints in force.
pub(crate) async fn rules(session: &Session, desk: &Redress) -> Result<Arc<Workflow>, Failure> {
    let complaint = DefinitionId::new("customer-complaint")
        .map_err(|e| Failure::new(Exit::Failure, "workflow", e.to_string()))?;
    let adopted = desk.workflow(&complaint, None).await;
    Ok(adopted.map_err(|e| session.failed(&e))?.workflow)
}
