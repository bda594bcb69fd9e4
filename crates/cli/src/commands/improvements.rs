//! `redress improvements [--department D] [--overdue]`: the improvements that are tracked and not done, whatever month
//! their case closed in; since when each stands where it does, and for whom it waits (M9-7, M9-10).

use redress::CaseView;
use redress_core::improvement::Improvement;
use redress_kernel::id::DepartmentId;
use redress_kernel::time::Date;

use super::round::name;
use crate::failure::Failure;
use crate::output::{Cell, Listing, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::story::{self, Titles};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Those that wait for this department
    #[arg(long)]
    department: Option<DepartmentId>,
    /// Those with an item that is overdue
    #[arg(long)]
    overdue: bool,
}

/// Prints them.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    if let Some(department) = &args.department {
        let titles = Titles::of(session, &desk).await?;
        titles.must_know(department.as_str())?;
    }
    let now = desk.now().await.map_err(|e| session.failed(&e))?;
    let today = desk.zone().date_of(now);
    let views = desk.improvements().await.map_err(|e| session.failed(&e))?;
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("standing", "状态", "State"),
        column("since", "自", "Since"),
        column("round", "轮次", "Round"),
        column("items", "项目", "Items"),
        column("open", "未完成", "Open"),
        column("overdue", "逾期", "Overdue"),
        column("next_until", "最近期限", "Next due"),
        column("waits_for", "待办部门", "Waits for"),
    ];
    let mut listing = Listing::new("redress/improvements@1", "improvements", columns);
    for view in &views {
        let Some(improvement) = &view.complaint.improvement else {
            continue;
        };
        let waits_for = waits_for(view, improvement);
        let asked = args.department.as_ref();
        let overdue = overdue(improvement, today);
        if asked.is_some_and(|department| !waits_for.contains(department))
            || (args.overdue && overdue == 0)
        {
            continue;
        }
        listing.row(row(
            view,
            improvement,
            (overdue, &waits_for),
            session.output.lang,
        ));
    }
    session.output.listing(&listing, &session.zones())
}

fn waits_for(view: &CaseView, improvement: &Improvement) -> Vec<DepartmentId> {
    let regulation = view.workflow.regulation.as_ref();
    let duties = regulation.and_then(|regulation| regulation.improvement.as_ref());
    duties.map_or_else(Vec::new, |duties| improvement.waits_for(duties))
}

fn overdue(improvement: &Improvement, today: Date) -> usize {
    let items = improvement.open_items();
    items.filter(|item| item.is_overdue(today)).count()
}

fn row(
    view: &CaseView,
    improvement: &Improvement,
    (overdue, waits_for): (usize, &[DepartmentId]),
    lang: Lang,
) -> Vec<Cell> {
    let case = &view.complaint.case;
    let definition = Some(&view.workflow.definition);
    let (standing, since) = improvement.standing();
    let until = improvement.open_items().map(|item| item.item.until).min();
    let departments = waits_for.iter();
    let departments = departments.map(|id| story::department(id, definition, lang));
    vec![
        Cell::text(view.id.to_string()),
        name(case.number.as_ref().map(|number| &number.print), view.id),
        story::standing(standing, lang),
        Cell::Instant(since),
        Cell::count(improvement.round()),
        Cell::count(improvement.items().len()),
        Cell::count(improvement.open_items().count()),
        alarm(overdue),
        Cell::of(until, Cell::Date),
        Cell::words(departments, lang),
    ]
}

/// A count that should be 0.
pub(super) fn alarm(count: impl TryInto<i64>) -> Cell {
    match Cell::count(count) {
        Cell::Integer(0) => Cell::count(0),
        count => Cell::Alarm(Box::new(count)),
    }
}
