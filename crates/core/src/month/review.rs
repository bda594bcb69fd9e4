//! The improvements that a month reviews (M9-10): every tracked one that is not done, and those done that no closed month
//! has told, whatever month their case closed in.

use std::collections::BTreeSet;

use redress_kernel::id::CaseId;

use super::figures::PAGE;
use super::{Desk, ImprovementFigures, ImprovementsGathered, MonthEvent, MonthState};
use crate::complaint::Complaint;
use crate::improvement::{Improvement, Standing};

/// The cases whose improvement a closed month has told as done: no later month tells them again.
pub fn told<'m>(months: impl Iterator<Item = &'m MonthState>) -> BTreeSet<CaseId> {
    let closed = months.filter(|month| month.closed.is_some());
    let figures = closed.flat_map(|month| &month.improvements);
    figures
        .filter(|figures| figures.standing == Standing::Done)
        .map(|figures| figures.case)
        .collect()
}

impl Desk<'_> {
    /// Every improvement that is reviewed with the month, as it stands now, by number.
    pub(super) fn improvements(&self) -> Vec<ImprovementFigures> {
        let end = self.month.end(self.ctx.zone);
        let mut all = Vec::new();
        for (id, booked) in self.books.cases {
            let complaint = booked.complaint;
            let (Some(improvement), Some(number)) =
                (&complaint.improvement, &complaint.case.number)
            else {
                continue;
            };
            // What was decided behind the month's end is the next month's.
            if improvement.tracked_at > end || self.books.told.contains(id) {
                continue;
            }
            let key = (number.period, number.serial);
            all.push((key, self.figures_of(*id, complaint, improvement)));
        }
        all.sort_by_key(|(key, _)| *key);
        all.into_iter().map(|(_, figures)| figures).collect()
    }

    fn figures_of(
        &self,
        case: CaseId,
        complaint: &Complaint,
        improvement: &Improvement,
    ) -> ImprovementFigures {
        let today = self.ctx.zone.date_of(self.ctx.at);
        let number = complaint.case.number.as_ref();
        let (standing, since) = improvement.standing();
        let overdue = improvement
            .open_items()
            .filter(|item| item.is_overdue(today));
        ImprovementFigures {
            case,
            number: number.map_or_else(String::new, |number| number.key.clone()),
            print: number.map_or_else(String::new, |number| number.print.clone()),
            standing,
            since,
            tracked_at: improvement.tracked_at,
            round: improvement.round(),
            items: count(improvement.items().len()),
            open: count(improvement.open_items().count()),
            overdue: count(overdue.count()),
        }
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What is gathered of them, in pages.
pub(super) fn gathered(improvements: &[ImprovementFigures]) -> impl Iterator<Item = MonthEvent> {
    let pages = improvements.chunks(PAGE).zip(1_u32..);
    pages.map(|(improvements, page)| {
        MonthEvent::ImprovementsGathered(ImprovementsGathered {
            page,
            improvements: improvements.to_vec(),
        })
    })
}
