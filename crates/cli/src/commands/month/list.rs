//! `redress month list`: the months that were opened, until when each is to be closed, how far each has come,
//! whether it is due soon or overdue and what was issued about it.

use crate::failure::Failure;
use crate::output::{Cell, Listing, column};
use crate::session::Session;

/// Prints them.
pub(super) async fn run(session: &Session) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let now = desk.now().await.map_err(|e| session.failed(&e))?;
    let months = desk.opened_months().await.map_err(|e| session.failed(&e))?;
    let columns = vec![
        column("month", "月份", "Month"),
        column("state", "状态", "State"),
        column("due", "期限", "Due"),
        column("cases", "件数", "Cases"),
        column("closed_at", "结账", "Closed"),
        column("late", "逾期", "Late"),
        column("deadline", "期限状况", "Deadline"),
        column("level", "催办级别", "Level"),
    ];
    let mut listing = Listing::new("redress/months@1", "months", columns);
    for month in months {
        let Some(state) = desk.month(month).await.map_err(|e| session.failed(&e))? else {
            continue;
        };
        let due = state.opened.as_ref().map(|(_, opened)| opened.due);
        let late = match &state.closed {
            Some((_, closed)) => closed.late,
            None => due.is_some_and(|due| now.to_whole_second() > due),
        };
        let late = match late {
            true => Cell::Alarm(Box::new(Cell::Boolean(true))),
            false => Cell::Boolean(false),
        };
        let gathered = state.gathered.as_ref();
        listing.row(vec![
            Cell::Month(month),
            super::stands(&state, session.output.lang),
            Cell::of(due, Cell::Instant),
            Cell::of(gathered, |(_, gathered)| Cell::count(gathered.cases.len())),
            Cell::of(state.closed.as_ref(), |(at, _)| Cell::Instant(*at)),
            late,
            super::deadline(&state, now, session.output.lang),
            Cell::of(state.level(now), Cell::count),
        ]);
    }
    session.output.listing(&listing, &session.zones())
}
