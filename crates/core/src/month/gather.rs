//! Which cases a month takes (A14), and which discipline settles with it (A17).

use std::collections::BTreeSet;

use redress_kernel::case::Status;
use redress_kernel::event::Numbered;
use redress_kernel::id::{CaseId, DepartmentId, EmployeeId};
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
            if !takes(booked, month, self.month) && !self.rests_on_another(booked)? {
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
                    loss_pending: complaint.loss_pending(),
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
            if first && takes(booked, month, self.month) && !known.contains(id) {
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

fn takes(booked: &Booked<'_>, closed_in: Month, month: Month) -> bool {
    let complaint = booked.complaint;
    match complaint.counted.last() {
        None => closed_in <= month,
        Some((_, counted)) => {
            counted.month < month
                && (complaint.determined().map(|d| d.determination) != counted.determination
                    || unsettled(booked, month).next().is_some())
        }
    }
}

/// The discipline that no month has settled, and that is due by this one: of each person the last sentence. One to nothing
/// settles where it corrects what a month settled (M9-12), or may do so in the chain of new forms (A16).
fn unsettled<'a>(
    booked: &Booked<'a>,
    month: Month,
) -> impl Iterator<Item = &'a DisciplineDecided> + use<'a> {
    let complaint = booked.complaint;
    let number = complaint.case.number.as_ref();
    let is_new_form = number.is_some_and(|number| number.key != booked.chain);
    let sentences = complaint.sentences.iter().map(|(_, sentence)| sentence);
    sentences.filter(move |sentence| {
        let employee = &sentence.employee;
        let last = complaint.sentence_of(employee);
        let settled = complaint.settled.get(employee);
        last.is_some_and(|last| std::ptr::eq(last, *sentence))
            && settled != Some(&complaint.sentences_on(employee))
            // D1, A17: goods that came back behind the decision give it a month more.
            && !complaint.loss_pending()
            && complaint.settles_with(sentence) <= month
            && (sentence.sentence.grade != Grade::None || settled.is_some() || is_new_form)
    })
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
pub(super) fn settling<'a>(
    books: &Books<'a>,
    case: &GatheredCase,
    month: Month,
) -> Vec<&'a DisciplineDecided> {
    let booked = books.cases.get(&case.case);
    booked.map_or_else(Vec::new, |booked| unsettled(booked, month).collect())
}

/// What of it personnel is to announce (M12).
pub(super) fn sentences<'a>(
    books: &Books<'a>,
    case: &GatheredCase,
    month: Month,
) -> Vec<&'a DisciplineDecided> {
    let complaint = books.cases.get(&case.case).map(|booked| booked.complaint);
    let mut sentences = settling(books, case, month);
    sentences.retain(|sentence| complaint.is_some_and(|c| c.is_announceable(&sentence.employee)));
    sentences
}

/// Whether a later case of the chain of new forms says what somebody is fined: one with a sentence that a month has settled,
/// or that settles with this one (A16).
pub(super) fn is_superseded(
    books: &Books<'_>,
    gathered: &[GatheredCase],
    (complaint, employee): (&Complaint, &EmployeeId),
    month: Month,
) -> bool {
    let next = |complaint: &Complaint| {
        let (id, booked) = books.cases.get_key_value(&complaint.successor?)?;
        Some((*id, booked.complaint))
    };
    let mut later = std::iter::successors(next(complaint), |(_, complaint)| next(complaint));
    later.any(|(id, complaint)| {
        let due = |sentence: &DisciplineDecided| {
            complaint.settles_with(sentence) <= month && gathered.iter().any(|case| case.case == id)
        };
        complaint.settled.contains_key(employee) || complaint.sentence_of(employee).is_some_and(due)
    })
}
