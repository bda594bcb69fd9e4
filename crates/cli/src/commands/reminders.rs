//! `redress reminders [--month M] [--case CASE] [--department D]`: due-soon notices and reminders (催办单) issued;
//! those about months that are to be closed come last.

use redress::views::reminders::ReminderFilter;
use redress_core::month::MonthReminder;
use redress_kernel::event::Addressee;
use redress_kernel::id::{DefinitionId, DepartmentId};
use redress_kernel::time::{Month, Zone};

use super::round::name;
use crate::failure::Failure;
use crate::output::{Cell, Listing, column};
use crate::session::Session;
use crate::story::{self, Titles};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Issued in this month
    #[arg(long)]
    month: Option<Month>,
    /// Of this case
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// About what this department held, or sent to it
    #[arg(long)]
    department: Option<DepartmentId>,
    /// Of this workflow
    #[arg(long)]
    definition: Option<DefinitionId>,
    /// Of this level; 0: due-soon notices
    #[arg(long)]
    level: Option<u8>,
    /// Without the due-soon notices
    #[arg(long)]
    without_notices: bool,
}

impl Args {
    /// Whether what was issued about a month is wanted: it is about no case, and the complaint's rules ask for it.
    fn lets(&self, issued: &MonthReminder, zone: &Zone) -> bool {
        let definition = self.definition.as_ref();
        self.case.is_none()
            && definition.is_none_or(|definition| *definition == "customer-complaint")
            && self
                .month
                .is_none_or(|month| month.contains(issued.at, zone))
            && self.level.is_none_or(|level| level == issued.level)
            && !(self.without_notices && issued.level == 0)
            && self.department.as_ref().is_none_or(|department| {
                issued.to.iter().any(|to| match to {
                    Addressee::Department(to) | Addressee::Head(to) => to == department,
                    Addressee::Office(_) => false,
                })
            })
    }
}

/// Prints them.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let mut filter = match args.month {
        Some(month) => ReminderFilter::month(month, &desk.zone()),
        None => ReminderFilter::default(),
    };
    if let Some(case) = &args.case {
        filter.case = Some(session.find(&desk, case).await?);
    }
    filter.department.clone_from(&args.department);
    filter.definition.clone_from(&args.definition);
    filter.level = args.level;
    filter.without_notices = args.without_notices;
    let rows = desk
        .reminders(&filter)
        .await
        .map_err(|e| session.failed(&e))?;
    let titles = Titles::of(session, &desk).await?;
    let lang = session.output.lang;
    let zones = session.zones();
    let columns = vec![
        column("at", "发出", "Issued"),
        column("case", "案件", "Case").data_only(),
        column("month", "月份", "Month").data_only(),
        column("number", "编号", "Number"),
        column("subject", "事项", "About"),
        column("stage", "阶段", "Stage"),
        column("department", "部门", "Held by"),
        column("level", "级别", "Level"),
        column("due", "到期", "Due"),
        column("to", "发往", "To"),
        column("overtaken", "越过的级别", "Overtaken").data_only(),
        column(
            "overtaken_by_late_entry",
            "迟录所越",
            "Overtaken by a late entry",
        ),
    ];
    let mut listing = Listing::new("redress/reminders@1", "reminders", columns);
    for row in &rows {
        let definition = titles.definition(&row.definition);
        listing.row(vec![
            Cell::Instant(row.at),
            Cell::text(row.case.to_string()),
            Cell::Empty,
            name(row.number.as_ref(), row.case),
            story::subject(row.subject, lang),
            Cell::of(row.stage.as_ref(), |s| story::stage(s, definition, lang)),
            Cell::of(row.department.as_ref(), |d| {
                story::department(d, definition, lang)
            }),
            Cell::count(row.level),
            Cell::Instant(row.due),
            story::addressees(&row.to, definition, lang, &zones),
            Cell::Parts {
                json: serde_json::json!(row.overtaken),
                shown: String::new(),
            },
            Cell::Boolean(row.overtaken_by_late_entry),
        ]);
    }
    let months = desk
        .month_reminders()
        .await
        .map_err(|e| session.failed(&e))?;
    for (month, issued) in months
        .iter()
        .filter(|(_, issued)| args.lets(issued, &desk.zone()))
    {
        listing.row(vec![
            Cell::Instant(issued.at),
            Cell::Empty,
            Cell::Month(*month),
            Cell::Empty,
            super::month::subject(*month, lang),
            Cell::Empty,
            Cell::Empty,
            Cell::count(issued.level),
            Cell::Instant(issued.due),
            story::addressees(&issued.to, titles.complaint(), lang, &zones),
            Cell::Parts {
                json: serde_json::json!(issued.overtaken),
                shown: String::new(),
            },
            Cell::Boolean(false),
        ]);
    }
    listing.member(
        column("count", "件数", "Count"),
        Cell::count(listing.rows.len()),
    );
    session.output.listing(&listing, &zones)
}
