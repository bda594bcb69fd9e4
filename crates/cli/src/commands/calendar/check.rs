//! `redress calendar check [--calendar FILE] [--year Y]`: whether a calendar file is in order, and a year published.
//!
//! Exit code 3 for a faulty file, 9 for a year whose holidays are not published.

use super::Which;
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A year that is needed
    #[arg(long)]
    year: Option<i32>,
    #[command(flatten)]
    which: Which,
}

/// Checks it.
pub(crate) fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let calendar = args.which.read(session)?;
    let years: Vec<String> = calendar
        .published()
        .iter()
        .map(ToString::to_string)
        .collect();
    if let Some(year) = args
        .year
        .filter(|year| !calendar.published().contains(year))
    {
        let until = years.last().cloned().unwrap_or_default();
        return Err(Failure::new(
            Exit::CalendarNotPublished,
            "calendar_not_published",
            format!(
                "calendar `{}` does not have the holidays of {year}",
                calendar.id()
            ),
        )
        .chinese(format!(
            "日历 `{}` 尚无 {year} 年的节假日安排",
            calendar.id()
        ))
        .clause("A4")
        .help_both(
            format!(
                "it is published until {until}; add the year to the calendar file and adopt it"
            ),
            format!("已公布至 {until} 年；请在日历文件中补入该年并采用"),
        ));
    }
    let mut record = Record::new("redress/calendar-check@1");
    record.member(
        column("calendar", "日历", "Calendar"),
        Cell::text(calendar.id()),
    );
    record.member(
        column("published", "已公布年份", "Published years"),
        Cell::List(years),
    );
    record.member(
        column("special_days", "特殊日", "Special days"),
        Cell::count(calendar.special_days().len()),
    );
    session.output.record(&record, &session.zones())
}
