//! Deadlines: which limit applies, when it is reached, and how that instant comes about (A1, A3, A4, A8).

use crate::calendar::{Interval, Reckoning, Span};
use crate::case::Case;
use crate::decide::Context;
use crate::definition::{Limit, Stage};
use crate::event::{Deadline, Subject};
use crate::refusal::{self, Refusal};
use crate::time::Instant;

/// A deadline with the intervals that add up to its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whose deadline.
    pub subject: Subject,
    /// From when it is reckoned.
    pub from: Instant,
    /// The deadline.
    pub deadline: Deadline,
    /// The limit in seconds of reckoned time.
    pub limit_seconds: i64,
    /// The intervals from the start to the due instant; their counted seconds add up to the limit.
    pub intervals: Vec<Interval>,
}

/// The times during which the clocks of a case stood still; one that lasts, until `at`.
pub(crate) fn suspended(case: Option<&Case>, at: Instant) -> Vec<(Instant, Instant)> {
    let Some(case) = case else { return Vec::new() };
    case.suspensions
        .iter()
        .map(|(from, until)| (*from, until.unwrap_or(at)))
        .collect()
}

/// The limit that applies to a case now: the first whose condition holds; none without limits.
pub(crate) fn limit_of<'d>(
    limits: &'d [Limit],
    case: &Case,
    of: &str,
    clause: &str,
) -> Result<Option<&'d Limit>, Refusal> {
    let look_up = |path: &crate::value::Path| case.value(path);
    let found = limits
        .iter()
        .find(|l| l.when.as_ref().is_none_or(|guard| guard.holds(&look_up)));
    if found.is_none() && !limits.is_empty() {
        return Err(Refusal::new(refusal::FACT_UNKNOWN, clause).with("of", of));
    }
    Ok(found)
}

/// From when the limit of a visit counts: its own opening, or that of the latest visit before it of the stage that
/// its stage counts from.
pub(crate) fn start_of_visit(
    stage: Option<&Stage>,
    case: &Case,
    visit: u32,
    opened_at: Instant,
) -> Instant {
    let from = stage.and_then(|stage| stage.counts_from.as_ref());
    case.visits
        .iter()
        .rev()
        .find(|v| v.number < visit && Some(&v.stage) == from)
        .map_or(opened_at, |v| v.opened_at)
}

/// Reckons a limit, with its clause, from an instant.
pub(crate) fn reckon(
    ctx: &Context<'_>,
    case: Option<&Case>,
    from: Instant,
    (span, clause): (Span, &str),
) -> Result<Deadline, Refusal> {
    let suspended = suspended(case, ctx.at);
    let reckoning = Reckoning {
        zone: ctx.zone,
        calendar: ctx.calendar,
        suspended: &suspended,
    };
    let beyond = |e: crate::calendar::CalendarError| {
        Refusal::new(refusal::BEYOND_CALENDAR, clause).with("why", e)
    };
    let due = reckoning.due(from, span).map_err(beyond)?;
    let notice_at = match ctx.definition.reminders.notice_percent {
        Some(percent) => Some(
            reckoning
                .notice(from, &due, u32::from(percent))
                .map_err(beyond)?,
        ),
        None => None,
    };
    Ok(Deadline {
        limit: span,
        clause: clause.to_owned(),
        due: due.at,
        notice_at,
        provisional: due.provisional,
    })
}

/// Explains a deadline of a case as intervals that add up to its limit.
///
/// # Errors
/// `unknown_visit` for a visit that is not, `fact_unknown` for a subject without a limit, `beyond_calendar`.
pub fn explain(ctx: &Context<'_>, case: &Case, subject: Subject) -> Result<Explanation, Refusal> {
    let asked = match subject {
        Subject::Case => 0,
        Subject::Visit(number) => number,
    };
    let (from, deadline) = match subject {
        Subject::Case => case
            .clock
            .as_ref()
            .map(|c| (c.started_at, Some(&c.deadline))),
        Subject::Visit(number) => case.visit(number).map(|v| {
            let stage = ctx.definition.stage(v.stage.as_str());
            let from = start_of_visit(stage, case, v.number, v.opened_at);
            (from, v.deadline.as_ref())
        }),
    }
    .ok_or_else(|| Refusal::new(refusal::UNKNOWN_VISIT, "A3").with("visit", asked))?;
    let deadline =
        deadline.ok_or_else(|| Refusal::new(refusal::NO_LIMIT, "A9").with("visit", asked))?;
    let suspended = suspended(Some(case), ctx.at);
    let reckoning = Reckoning {
        zone: ctx.zone,
        calendar: ctx.calendar,
        suspended: &suspended,
    };
    let beyond = |e: crate::calendar::CalendarError| {
        Refusal::new(refusal::BEYOND_CALENDAR, &deadline.clause).with("why", e)
    };
    let limit_seconds = reckoning
        .limit_seconds(from, deadline.limit)
        .map_err(beyond)?;
    let intervals = reckoning
        .explain(from, deadline.due, deadline.limit)
        .map_err(beyond)?;
    Ok(Explanation {
        subject,
        from,
        deadline: deadline.clone(),
        limit_seconds,
        intervals,
    })
}
