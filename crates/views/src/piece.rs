//! When a case or a visit was overdue or due soon: pieces of time, each with the department that held it.
//!
//! A moment lies in a piece if the case, folded as of that moment, says so: what is open, by the deadline as it
//! stood, and not while the clocks stood still.

use redress_kernel::event::Subject;

use crate::case_row::{CaseRow, Dues, VisitRow};
use crate::key::Micros;

/// A piece of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece<'r> {
    pub(crate) subject: Subject,
    /// Its first moment.
    pub(crate) from: Micros,
    /// The first moment behind it; none: it lasts.
    pub(crate) until: Option<Micros>,
    pub(crate) due: Micros,
    /// The visit that was open.
    pub(crate) holder: Option<&'r VisitRow>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lateness {
    /// Behind the due instant (A1).
    Overdue,
    /// From the notice to the due instant (A13).
    Soon,
}

/// Every piece of a case, in no particular order.
pub(crate) fn pieces(row: &CaseRow, what: Lateness) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    if let Some(clock) = &row.clock {
        let stopped = clock.stopped.map(|(at, _)| at);
        for (from, until, due) in spans(&clock.dues, clock.started_at, stopped, what) {
            for (from, until) in running(row, from, until) {
                by_holder(row, from, until, due, &mut pieces);
            }
        }
    }
    for visit in &row.visits {
        let ended = visit.ended.as_ref().map(|ended| ended.at);
        for (from, until, due) in spans(&visit.dues, visit.opened_at, ended, what) {
            for (from, until) in running(row, from, until) {
                pieces.push(Piece {
                    subject: Subject::Visit(visit.number),
                    from,
                    until,
                    due,
                    holder: Some(visit),
                });
            }
        }
    }
    pieces
}

fn earlier(one: Option<Micros>, other: Option<Micros>) -> Option<Micros> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

type Span = (Micros, Option<Micros>);

fn lasting((from, until): &Span) -> bool {
    until.is_none_or(|until| *from < until)
}

/// The times during which each deadline of a subject was exceeded, or near.
fn spans(
    dues: &Dues,
    opened: Micros,
    ended: Option<Micros>,
    what: Lateness,
) -> Vec<(Micros, Option<Micros>, Micros)> {
    let nexts = dues.0.iter().skip(1).map(|next| Some(next.from));
    dues.0
        .iter()
        .zip(nexts.chain(std::iter::once(None)))
        .filter_map(|(row, next)| {
            let due = row.due?;
            let stood = (row.from.max(opened), earlier(next, ended));
            let (from, until) = match what {
                Lateness::Overdue => (stood.0.max(due.next()), stood.1),
                Lateness::Soon => (
                    stood.0.max(row.notice_at?),
                    earlier(stood.1, Some(due.next())),
                ),
            };
            lasting(&(from, until)).then_some((from, until, due))
        })
        .collect()
}

/// What is left of a time without the suspensions.
fn running(row: &CaseRow, from: Micros, until: Option<Micros>) -> Vec<Span> {
    let mut left = vec![(from, until)];
    for (begun, resumed) in &row.suspensions {
        left = left
            .into_iter()
            .flat_map(|(from, until)| {
                let before = (from, earlier(until, Some(*begun)));
                let after = resumed.map(|resumed| (from.max(resumed), until));
                std::iter::once(before).chain(after)
            })
            .filter(lasting)
            .collect();
    }
    left
}

/// Parts a time of the case's clock by who held the case.
fn by_holder<'r>(
    row: &'r CaseRow,
    from: Micros,
    until: Option<Micros>,
    due: Micros,
    pieces: &mut Vec<Piece<'r>>,
) {
    let mut cuts: Vec<Micros> = row
        .visits
        .iter()
        .flat_map(|v| std::iter::once(v.opened_at).chain(v.ended.as_ref().map(|e| e.at)))
        .filter(|at| from < *at && until.is_none_or(|until| *at < until))
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let ends = cuts.iter().copied().map(Some).chain([until]);
    let starts = std::iter::once(from).chain(cuts.iter().copied());
    for (from, until) in starts.zip(ends) {
        pieces.push(Piece {
            subject: Subject::Case,
            from,
            until,
            due,
            holder: row.holder_at(from),
        });
    }
}
