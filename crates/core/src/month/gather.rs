//! Which cases a month takes (A14), and which discipline settles with it (A17).

use std::collections::BTreeSet;

use redress_kernel::case::Status;
use redress_kernel::event::Numbered;
use redress_kernel::id::{CaseId, DepartmentId};
use redress_kernel::refusal::Refusal;
use redress_kernel::time::{Instant, Month};

use super::{Booked, Books, Desk, GatheredCase, MonthDecision, MonthEvent, MonthGathered, review};
use crate::complaint::Complaint;
use crate::event::money::DisciplineDecided;
use crate::refusal;
use crate::tables::Grade;

impl Desk<'_> {
    /// M9-10: the closed cases of the month, those learnt of too late for an earlier one, and those of which something
    /// was corrected or decided since an earlier one counted them. While an earlier month is open, they are its cases
    /// (A14).
    pub(super) fn gather(&self) -> Result<MonthDecision, Refusal> {
        let actor = self.keeper()?;
        self.check_order()?;
        let mut cases: Vec<((Month, u64), GatheredCase)> = Vec::new();
        for (id, booked) in self.books.cases {
            let complaint = booked.complaint;
            let Some((at, month, number)) = closing(complaint) else {
                continue;
            };
            if !takes(complaint, month, self.month) {
                continue;
            }
            // A14: a later month takes what came too late for one that is closed, not what nobody has settled yet.
            let first = complaint.counted.is_empty();
            if first && month < self.month && !self.books.closed.contains(&month) {
                return Err(self
                    .refuse_by("A14", refusal::EARLIER_MONTH_OPEN)
                    .with("earlier", month));
            }
            let determination = complaint.determined();
            cases.push((
                (number.period, number.serial),
                GatheredCase {
                    case: *id,
                    number: number.key.clone(),
                    print: number.print.clone(),
                    closed_at: at,
                    late_for: Some(month).filter(|month| first && *month < self.month),
                    determination: determination.map(|d| d.determination),
                    departments: departments(complaint),
                    again: !first,
                    replaced_by: replaced_by(self.books, booked, self.month),
                    loss_pending: complaint.resale.is_some() && complaint.d_loss.is_none(),
                },
            ));
        }
        cases.sort_by_key(|(number, _)| *number);
        let cases: Vec<GatheredCase> = cases.into_iter().map(|(_, case)| case).collect();
        let known = self
            .state
            .gathered
            .as_ref()
            .map(|(_, gathered)| &gathered.cases);
        let improvements = self.improvements();
        if known == Some(&cases) && self.state.improvements == improvements {
            return Err(
                Refusal::new(redress_kernel::refusal::NOTHING_CHANGED, &self.table.clause)
                    .with("field", "gathering"),
            );
        }
        let gathered = MonthEvent::Gathered(MonthGathered { cases });
        let events = std::iter::once(gathered).chain(review::gathered(&improvements));
        Ok(self.decided(actor, events.collect()))
    }
}

impl Desk<'_> {
    /// A14: a closing belongs to its month as long as that is not closed, also one that was recorded behind the gathering.
    pub(super) fn check_complete(&self, gathered: &MonthGathered) -> Result<(), Refusal> {
        let known: BTreeSet<CaseId> = gathered.cases.iter().map(|case| case.case).collect();
        for (id, booked) in self.books.cases {
            let complaint = booked.complaint;
            let Some((_, month, number)) = closing(complaint) else {
                continue;
            };
            let first = complaint.counted.is_empty();
            if first && takes(complaint, month, self.month) && !known.contains(id) {
                return Err(self
                    .refuse_by("A14", refusal::CLOSED_SINCE)
                    .with("number", &number.print));
            }
        }
        Ok(())
    }
}

/// The closing of a case that a month may count, with its number; none of an import's.
fn closing(complaint: &Complaint) -> Option<(Instant, Month, &Numbered)> {
    let case = &complaint.case;
    match (&case.status, &case.number, &case.imported) {
        (Status::Closed { at, month }, Some(number), None) => Some((*at, *month, number)),
        _ => None,
    }
}

/// The new form that settles in a case's place, by its printed number: a case whose customer refused settles until its
/// successor is closed (M9-9, A16).
pub(super) fn replaced_by(books: &Books<'_>, booked: &Booked<'_>, month: Month) -> Option<String> {
    let successor = &books
        .cases
        .get(&booked.complaint.successor?)?
        .complaint
        .case;
    match successor.status {
        Status::Closed { month: closed, .. } if closed <= month => {
            Some(successor.number.as_ref()?.print.clone())
        }
        _ => None,
    }
}

fn takes(complaint: &Complaint, closed_in: Month, month: Month) -> bool {
    match complaint.counted.last() {
        None => closed_in <= month,
        Some((_, counted)) => {
            counted.month < month
                && (complaint.determined().map(|d| d.determination) != counted.determination
                    || unsettled(complaint, month).next().is_some())
        }
    }
}

/// The discipline that no month has settled, and that is due by this one.
fn unsettled(complaint: &Complaint, month: Month) -> impl Iterator<Item = &DisciplineDecided> {
    let settled = move |sentence: &&DisciplineDecided| {
        let mut counted = complaint.counted.iter();
        counted.any(|(_, counted)| counted.disciplined.contains(&sentence.employee))
    };
    let sentences = complaint.sentences.iter().map(|(_, sentence)| sentence);
    sentences
        .filter(move |sentence| !settled(sentence))
        .filter(move |sentence| sentence.sentence.grade != Grade::None && sentence.month <= month)
}

/// The departments concerned: those that carry a share, or whose people and units do.
fn departments(complaint: &Complaint) -> BTreeSet<DepartmentId> {
    let carried = complaint.determined().map(|determined| &determined.carried);
    let departments = carried.into_iter().flatten();
    departments
        .filter_map(|carried| carried.department.clone())
        .collect()
}

/// The discipline of a case that settles with a month: what no earlier month settled, and was due by then.
pub(super) fn sentences<'a>(
    books: &Books<'a>,
    case: &GatheredCase,
    month: Month,
) -> Vec<&'a DisciplineDecided> {
    let booked = books.cases.get(&case.case);
    booked.map_or_else(Vec::new, |booked| {
        unsettled(booked.complaint, month).collect()
    })
}
