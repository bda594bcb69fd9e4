//! A month that is not closed yet is urged like any deadline (M9-10, M14, A13): a notice when it is due soon, reminders
//! when the tenth has passed, each once.

use std::collections::BTreeSet;

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

/// The months that the round opens: those that are over, of which `last` is the last, and were never opened (M9-10).
///
/// Behind the last closed month all are opened, those without a case too: their statistics exist, and are confirmed as
/// empty. Where none is closed, they begin with the first that was opened or that a case waits for; where there is
/// neither, none is opened. Among those before the last closed one only what a case waits for is opened: without it that
/// case would never be counted (A14).
pub fn to_open(
    opened: &BTreeSet<Month>,
    closed: &BTreeSet<Month>,
    awaited: &BTreeSet<Month>,
    last: Month,
) -> BTreeSet<Month> {
    let begins = match closed.last() {
        Some(closed) => Some(closed.next()),
        None => opened.iter().chain(awaited).min().copied(),
    };
    let mut months = awaited.clone();
    let mut next = begins.filter(|month| *month <= last);
    while let Some(month) = next {
        months.insert(month);
        next = Some(month.next()).filter(|after| month < *after && *after <= last);
    }
    months.retain(|month| *month <= last && !opened.contains(month));
    months
}

/// From when on a month is due soon: the notice's part of the time from its end to its due instant.
pub(super) fn notice_at(table: &MonthTable, month: Month, ctx: &Context<'_>) -> Option<Instant> {
    let percent = i64::from(ctx.definition.reminders.notice_percent?);
    let (end, due) = (month.end(ctx.zone), due(table, month, ctx.zone));
    let seconds = due.whole_seconds() - end.whole_seconds();
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
    let holders = &duties(regulation)?.keeps.departments;
    let deadline = Urgent {
        due: opened.due,
        notice_at: opened.notice_at,
        holders,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn months(text: &str) -> BTreeSet<Month> {
        let months = text.split_whitespace();
        months.map(|month| month.parse().unwrap()).collect()
    }

    fn opens(opened: &str, closed: &str, awaited: &str) -> BTreeSet<Month> {
        let last = "2026-06".parse().unwrap();
        to_open(&months(opened), &months(closed), &months(awaited), last)
    }

    #[test]
    fn without_a_case_and_a_month_none_is_opened() {
        assert_eq!(opens("", "", ""), months(""));
        assert_eq!(opens("", "", "2026-07"), months(""));
    }

    #[test]
    fn missed_months_are_opened_from_the_first_that_has_a_case() {
        assert_eq!(opens("", "", "2026-06"), months("2026-06"));
        let missed = "2025-11 2025-12 2026-01 2026-02 2026-03 2026-04 2026-05 2026-06";
        assert_eq!(opens("", "", "2026-02 2025-11"), months(missed));
    }

    #[test]
    fn behind_what_was_opened_or_closed_no_month_is_left_out() {
        assert_eq!(opens("2026-03", "", ""), months("2026-04 2026-05 2026-06"));
        assert_eq!(
            opens("2026-03", "2026-03", ""),
            months("2026-04 2026-05 2026-06")
        );
        assert_eq!(
            opens("2026-03 2026-05", "2026-03", ""),
            months("2026-04 2026-06")
        );
        assert_eq!(opens("2026-05", "", "2026-04"), months("2026-04 2026-06"));
        assert_eq!(opens("2026-06", "2026-06", ""), months(""));
    }

    #[test]
    fn before_the_last_closed_month_only_what_a_case_waits_for_is_opened() {
        let opened = "2026-01 2026-05";
        assert_eq!(opens(opened, opened, ""), months("2026-06"));
        assert_eq!(opens(opened, opened, "2026-03"), months("2026-03 2026-06"));
    }
}
