//! A month that is not closed yet is urged like any deadline (M9-10, M14, A13): a notice when it is due soon, reminders
//! when the tenth has passed, each once.

use redress_kernel::calendar::Reckoning;
use redress_kernel::decide::Context;
use redress_kernel::refusal::Refusal;
use redress_kernel::reminder::{self, Urged, Urgent};
use redress_kernel::time::{Instant, Month};

use super::{MonthEvent, MonthNoticed, MonthReminded, MonthState, due, duties};
use crate::regulation::Regulation;
use crate::tables::MonthTable;

/// Where a month stands before its due instant or behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody opened it.
    Unopened,
    /// There is time.
    Open,
    /// It is due soon (A13).
    DueSoon,
    /// It is overdue (A1).
    Overdue,
    /// It is closed.
    Closed,
}

impl MonthState {
    /// Where it stood at an instant, by what is known of it now.
    pub fn standing(&self, at: Instant) -> Standing {
        let at = at.to_whole_second();
        let closed = self
            .closed
            .as_ref()
            .is_some_and(|(closed, _)| *closed <= at);
        match &self.opened {
            Some((opened, _)) if at < *opened => Standing::Unopened,
            None => Standing::Unopened,
            Some(_) if closed => Standing::Closed,
            Some((_, opened)) if at > opened.due => Standing::Overdue,
            // As with a case: at the due instant itself nothing is due soon any more.
            Some((_, opened)) if opened.notice_at.is_some_and(|n| n <= at) && at < opened.due => {
                Standing::DueSoon
            }
            Some(_) => Standing::Open,
        }
    }

    /// The highest level that was issued by an instant; 0: the notice.
    pub fn level(&self, at: Instant) -> Option<u8> {
        let issued = self.reminders.iter().filter(|issued| issued.at <= at);
        issued.map(|issued| issued.level).max()
    }
}

/// Whether there are rules by which months are kept: by when one is to be closed, and who does it (M9-10).
pub fn is_kept(regulation: &Regulation) -> bool {
    regulation.tables.month.is_some() && regulation.money.is_some()
}

/// From when on a month is due soon: the notice's part of the time from its end to its due instant.
pub(super) fn notice_at(table: &MonthTable, month: Month, ctx: &Context<'_>) -> Option<Instant> {
    let percent = i64::from(ctx.definition.reminders.notice_percent?);
    let (end, due) = (month.end(ctx.zone), due(table, month, ctx.zone));
    let seconds = due.micros().saturating_sub(end.micros()) / 1_000_000;
    Some(end.plus_seconds(seconds.saturating_mul(percent) / 100))
}

/// What the round issues about a month: nothing about one that is not opened, or closed. Addressed are those who keep
/// the month (M9-10). Twice at the same moment gives nothing the second time.
///
/// # Errors
/// `table_not_set` where nobody keeps a month; `beyond_calendar`.
pub fn urge(
    state: &MonthState,
    regulation: &Regulation,
    ctx: &Context<'_>,
) -> Result<Option<MonthEvent>, Refusal> {
    let (Some((_, opened)), None) = (&state.opened, &state.closed) else {
        return Ok(None);
    };
    let issued: Vec<u8> = state.reminders.iter().map(|issued| issued.level).collect();
    let holders: Vec<_> = duties(regulation)?
        .keeps
        .departments
        .iter()
        .cloned()
        .collect();
    let deadline = Urgent {
        due: opened.due,
        notice_at: opened.notice_at,
        holders: &holders,
        issued: &issued,
    };
    let reckoning = Reckoning {
        zone: ctx.zone,
        calendar: ctx.calendar,
        suspended: &[],
    };
    let now = ctx.at.to_whole_second();
    let urged = reminder::urge(&deadline, now, &ctx.definition.reminders, &reckoning)?;
    Ok(urged.map(|urged| event(urged, opened.due)))
}

fn event(urged: Urged, due: Instant) -> MonthEvent {
    let Urged {
        level,
        to,
        overtaken,
    } = urged;
    match level {
        0 => MonthEvent::DueSoonNoticed(MonthNoticed { due, to }),
        level => MonthEvent::ReminderIssued(MonthReminded {
            level,
            due,
            to,
            overtaken,
        }),
    }
}
