//! The figures that a closing freezes: of its cases, of its people, and their sums (M9-10, A14).

use redress_kernel::id::CaseId;
use redress_kernel::money::{MAX_MINOR, Money};
use redress_kernel::refusal::{self as kernel_refusal, Refusal};

use super::{
    CarriedFigures, CaseFigures, Desk, GatheredCase, ImprovementFigures, MonthClosed, MonthEvent,
    MonthFigures, PersonFigures, gather,
};
use crate::account::ItemKind;
use crate::event::ComplaintEvent;
use crate::event::money::Counted;

/// How many cases, persons or improvements stand on a page: a page is one event, and an event is bounded.
pub(super) const PAGE: usize = 200;

impl Desk<'_> {
    pub(super) fn figures(&self, case: &GatheredCase) -> CaseFigures {
        let booked = self.books.cases.get(&case.case);
        let booked = booked.filter(|_| case.replaced_by.is_none());
        let determined = booked.and_then(|booked| booked.complaint.determined());
        let carried = determined.iter().flat_map(|determined| &determined.carried);
        CaseFigures {
            case: case.clone(),
            loss: determined.map(|determined| determined.loss),
            carried: carried
                .map(|carried| CarriedFigures {
                    party: carried.party.clone(),
                    basis_points: carried.basis_points,
                    amount: carried.amount,
                    charged: carried.charged,
                })
                .collect(),
        }
    }

    pub(super) fn counted(&self, case: &GatheredCase) -> (CaseId, ComplaintEvent) {
        let sentences = gather::settling(self.books, case, self.month);
        let counted = Counted {
            month: self.month,
            determination: case.determination,
            disciplined: sentences
                .into_iter()
                .map(|sentence| sentence.employee.clone())
                .collect(),
        };
        (case.case, ComplaintEvent::Counted(counted))
    }

    /// Whether an earlier month counted the case with a determination, and so its loss: one that was determined behind
    /// its first count stands in no month's sums before.
    fn was_summed(&self, case: &GatheredCase) -> bool {
        let booked = self.books.cases.get(&case.case);
        let mut counted = booked.iter().flat_map(|booked| &booked.complaint.counted);
        counted.any(|(_, counted)| counted.determination.is_some())
    }

    pub(super) fn sums(
        &self,
        cases: &[CaseFigures],
        persons: &[PersonFigures],
    ) -> Result<MonthClosed, Refusal> {
        let zero = Money::zero(self.books.regulation.currency);
        let due = self.state.opened.as_ref().map(|(_, opened)| opened.due);
        let mut sums = MonthClosed {
            pages: 0,
            cases: cases.len() as u64,
            loss: zero,
            recovered: zero,
            charged: zero,
            fined: zero,
            deducted: zero,
            given_back: zero,
            carried: zero,
            claims: zero,
            late: due.is_some_and(|due| self.ctx.at.to_whole_second() > due),
            tree_head: self.books.tree_head.cloned(),
        };
        // A loss is summed once: what a correction of it takes or gives back is summed below.
        for case in cases
            .iter()
            .filter(|figures| !self.was_summed(&figures.case))
        {
            sums.loss = add(sums.loss, case.loss.unwrap_or(zero))?;
            for carried in &case.carried {
                sums.charged = add(sums.charged, carried.charged)?;
                if carried.party.starts_with("supplier:") || carried.party.starts_with("company:") {
                    sums.recovered = add(sums.recovered, carried.amount)?;
                }
            }
        }
        for person in persons {
            for line in &person.lines {
                let sum = match line.key.kind {
                    ItemKind::WholeBonus | ItemKind::Fine => &mut sums.fined,
                    ItemKind::Deduction => &mut sums.deducted,
                };
                let sum = if line.is_given_back() {
                    &mut sums.given_back
                } else {
                    sum
                };
                *sum = add(*sum, line.amount)?;
            }
            let sum = if person.left {
                &mut sums.claims
            } else {
                &mut sums.carried
            };
            *sum = add(*sum, person.carried)?;
        }
        Ok(sums)
    }
}

pub(super) fn add(a: Money, b: Money) -> Result<Money, Refusal> {
    a.checked_add(b).map_err(|_| {
        Refusal::new(kernel_refusal::OUT_OF_RANGE, "A23")
            .with("field", "amount")
            .with("form", "month")
            .with("min", 0)
            .with("max", MAX_MINOR)
    })
}

/// The figures in pages, and the closing behind them.
pub(super) fn pages(
    cases: Vec<CaseFigures>,
    persons: Vec<PersonFigures>,
    improvements: &[ImprovementFigures],
    closed: MonthClosed,
) -> Vec<MonthEvent> {
    let mut events = Vec::new();
    let mut page = 0_u32;
    let mut put =
        |cases: &[CaseFigures], persons: &[PersonFigures], improvements: &[ImprovementFigures]| {
            page = page.saturating_add(1);
            events.push(MonthEvent::Figures(MonthFigures {
                page,
                cases: cases.to_vec(),
                persons: persons.to_vec(),
                improvements: improvements.to_vec(),
            }));
        };
    for cases in cases.chunks(PAGE) {
        put(cases, &[], &[]);
    }
    for persons in persons.chunks(PAGE) {
        put(&[], persons, &[]);
    }
    for improvements in improvements.chunks(PAGE) {
        put(&[], &[], improvements);
    }
    events.push(MonthEvent::Closed(MonthClosed {
        pages: page,
        ..closed
    }));
    events
}
