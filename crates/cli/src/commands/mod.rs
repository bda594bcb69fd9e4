//! The commands, one file each, its manual at the head.

mod calendar;
mod completions;
mod demo;
mod import;
mod man;

use crate::failure::Failure;
use crate::session::Session;

/// A command.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Calendars: which days are worked, and when a limit is reached
    #[command(subcommand)]
    Calendar(calendar::Calendar),
    /// Play a company that handles real complaints, on a simulated clock
    Demo(demo::Args),
    /// Enter historic cases from a CSV file
    Import(import::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the manual page, or write those of all commands into a directory
    Man(man::Args),
}

/// Runs a command.
pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Calendar(command) => calendar::run(session, command),
        Command::Demo(args) => demo::run(session, args).await,
        Command::Import(args) => import::run(session, args).await,
        Command::Completions(args) => completions::run(session, &args),
        Command::Man(args) => man::run(session, &args),
    }
}
