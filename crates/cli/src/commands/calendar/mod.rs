//! `redress calendar show|check|due`: which days are worked, and when a limit is reached. Needs no data directory.

mod check;
mod due;
mod show;

use std::path::PathBuf;

use redress_kernel::calendar::{Calendar as WorkCalendar, CalendarFile};

use crate::failure::{Exit, Failure, line_of};
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

/// The calendar that is shipped.
const CHINA: &str = include_str!("../../../../../workflows/calendars/china.toml");

impl Which {
    /// Reads and checks the calendar.
    fn read(&self) -> Result<WorkCalendar, Failure> {
        let (path, text) = match &self.calendar {
            None => (
                "workflows/calendars/china.toml".to_owned(),
                CHINA.to_owned(),
            ),
            Some(path) => {
                let shown = path.display().to_string();
                let text = std::fs::read_to_string(path).map_err(|e| {
                    let exit = match e.kind() {
                        std::io::ErrorKind::NotFound => Exit::NotFound,
                        _ => Exit::InvalidFile,
                    };
                    Failure::new(exit, "file_unreadable", format!("cannot be read: {e}"))
                        .at(&shown, None)
                })?;
                (shown, text)
            }
        };
        read(&path, &text)
    }
}

fn read(path: &str, text: &str) -> Result<WorkCalendar, Failure> {
    let file: CalendarFile = toml::from_str(text).map_err(|e| {
        let line = e.span().map(|span| line_of(text, span.start));
        Failure::new(Exit::InvalidFile, "calendar_invalid", e.message().trim()).at(path, line)
    })?;
    WorkCalendar::try_from(file).map_err(|faults| {
        let code = faults
            .0
            .first()
            .map_or("calendar_invalid", |fault| fault.code());
        Failure::new(Exit::InvalidFile, code, faults.to_string()).at(path, None)
    })
}
