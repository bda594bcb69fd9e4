//! `redress overdue [--at WHEN] [--exit-code]`: what is, or was, overdue at a moment (A1), months that are not
//! closed among it. At the due instant it is on time. With `--exit-code` the exit code is 10 if anything is overdue.

use redress_core::month::Standing;
use redress_kernel::id::DepartmentId;

use super::round::name;
use crate::failure::{Exit, Failure};
use crate::moment::Moment;
use crate::output::{Cell, Listing, column};
use crate::session::Session;
use crate::story::{self, Titles};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The moment [default: now]
    #[arg(long, value_name = "WHEN")]
    at: Option<Moment>,
    /// Held by this department
    #[arg(long)]
    department: Option<DepartmentId>,
    /// End with exit code 10 if anything is overdue
    #[arg(long)]
    exit_code: bool,
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let at = session.at(&desk, args.at).await?;
    let rows = desk.overdue(at).await.map_err(|e| session.failed(&e))?;
    let months = desk.month_deadlines(Standing::Overdue, at).await;
    let months = months.map_err(|e| session.failed(&e))?;
    let months = months.iter().filter(|month| {
        let wanted = args.department.as_ref();
        wanted.is_none_or(|department| month.departments.contains(department))
    });
    let titles = Titles::of(session, &desk).await?;
    let lang = session.output.lang;
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("month", "月份", "Month").data_only(),
        column("number", "编号", "Number"),
        column("subject", "事项", "What"),
        column("stage", "阶段", "Stage"),
        column("department", "部门", "Held by"),
        column("due", "到期", "Due"),
        column("late_seconds", "逾期", "Late by"),
    ];
    let mut listing = Listing::new("redress/overdue@1", "overdue", columns);
    listing.member(column("at", "截至", "At"), Cell::Instant(at));
    for row in rows
        .iter()
        .filter(|row| args.department.is_none() || row.department == args.department)
    {
        let definition = titles.definition(&row.definition);
        listing.row(vec![
            Cell::text(row.case.to_string()),
            Cell::Empty,
            name(row.number.as_ref(), row.case),
            story::subject(row.subject, lang),
            Cell::of(row.stage.as_ref(), |s| story::stage(s, definition, lang)),
            Cell::of(row.department.as_ref(), |d| {
                story::department(d, definition, lang)
            }),
            Cell::Instant(row.due),
            story::late(row.late_seconds),
        ]);
    }
    for month in months {
        listing.row(vec![
            Cell::Empty,
            Cell::Month(month.month),
            Cell::Empty,
            super::month::subject(month.month, lang),
            Cell::Empty,
            Cell::of(month.departments.first(), |d| {
                story::department(d, titles.complaint(), lang)
            }),
            Cell::Instant(month.due),
            story::late(at.whole_seconds() - month.due.whole_seconds()),
        ]);
    }
    listing.member(
        column("count", "件数", "Count"),
        Cell::count(listing.rows.len()),
    );
    let printed = session.output.listing(&listing, &session.zones());
    let found = match args.exit_code && !listing.rows.is_empty() {
        true => Err(Failure::silent(Exit::Overdue)),
        false => Ok(()),
    };
    Failure::after(printed, found)
}
