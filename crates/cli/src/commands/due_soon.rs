//! `redress due-soon [--at WHEN]`: what is due soon: the notice's instant is reached, the due instant not passed (A13).
//! Months that are to be closed come last.

use redress_core::month::Standing;
use redress_kernel::id::DepartmentId;

use super::round::name;
use crate::failure::Failure;
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
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let at = session.at(&desk, args.at).await?;
    let rows = desk.due_soon(at).await.map_err(|e| session.failed(&e))?;
    let months = desk.month_deadlines(Standing::DueSoon, at).await;
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
        column("remaining_seconds", "尚余", "Left"),
    ];
    let mut listing = Listing::new("redress/due-soon@1", "due_soon", columns);
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
            Cell::Seconds(row.remaining_seconds),
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
            Cell::Seconds(month.due.whole_seconds() - at.whole_seconds()),
        ]);
    }
    session.output.listing(&listing, &session.zones())
}
