//! `redress calendar show|check|due`: which days are worked, and when a limit is reached. Needs no data directory.

mod check;
mod due;
mod show;

use std::path::{Path, PathBuf};

use redress_kernel::calendar::Calendar as WorkCalendar;

use super::workflow::faulty;
use crate::failure::Failure;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Calendar {
    /// Show holidays and make-up days of a year
    Show(show::Args),
    /// Check a calendar file, and whether a year's holidays are published
    Check(check::Args),
    /// Reckon when a limit is reached
    Due(due::Args),
}

/// Runs it.
pub(crate) fn run(session: &Session, command: Calendar) -> Result<(), Failure> {
    match command {
        Calendar::Show(args) => show::run(session, &args),
        Calendar::Check(args) => check::run(session, &args),
        Calendar::Due(args) => due::run(session, &args),
    }
}

/// Which calendar is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Which {
    /// A calendar file instead of the built-in calendar of mainland China
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
}

impl Which {
    /// Reads and checks the calendar.
    fn read(&self, session: &Session) -> Result<WorkCalendar, Failure> {
        let Some(path) = &self.calendar else {
            return redress_workflow::builtin_calendar()
                .map_err(|faults| faulty(session, Path::new("workflows"), &faults));
        };
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| Failure::unreadable(path, &e))?;
        redress_workflow::read_calendar(&shown, &text)
            .map_err(|faults| faulty(session, Path::new(""), &faults))
    }
}
