//! The tables that a story shows of improvements.

use redress_core::improvement::Standing;
use redress_core::month::MonthState;
use redress_kernel::time::Month;

use super::money::or_nothing;
use super::when;
use crate::play::{Play, Told};
use crate::table::Table;

fn words(standing: Standing) -> String {
    standing.id().replace('_', " ")
}

/// How far the improvement of a case is, and every item of every round (M9-7).
pub(super) fn improvement(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let columns = [
        "round",
        "item",
        "department",
        "until",
        "what",
        "carried out",
        "what was done",
        "round found",
    ];
    let Some(improvement) = &told.complaint.improvement else {
        return Table::new(
            format!("improvement of {}: not tracked", told.name),
            &columns,
        );
    };
    let (standing, since) = improvement.standing();
    let title = format!(
        "improvement of {}: {} since {}",
        told.name,
        words(standing),
        zone.short(since)
    );
    let mut table = Table::new(title, &columns);
    let last = improvement.rounds.len();
    for (round, number) in improvement.rounds.iter().zip(1usize..) {
        let found = match (&round.ineffective, &improvement.done) {
            (Some((_, finding)), _) => Some(format!("without effect: {finding}")),
            (None, Some((_, finding))) if number == last => Some(format!("effective: {finding}")),
            _ => None,
        };
        for item in &round.items {
            let done = item.carried_out.as_ref();
            table.row(vec![
                number.to_string(),
                item.item.item.to_string(),
                item.item.department.to_string(),
                item.item.until.to_string(),
                item.item.what.clone(),
                when(zone, done.map(|(at, _)| *at)),
                or_nothing(done.map(|(_, done)| done)),
                or_nothing(found.as_ref()),
            ]);
        }
    }
    table
}

/// The improvements that each month reviewed, as they stood when it was gathered (M9-10).
pub(super) fn reviews(play: &Play<'_>) -> Vec<Table> {
    let months = play.months.iter();
    months
        .map(|(month, state)| review(play, *month, state))
        .collect()
}

fn review(play: &Play<'_>, month: Month, state: &MonthState) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("improvements of month {month}"),
        &[
            "number", "case", "state", "since", "tracked", "round", "items", "open", "overdue",
            "frozen",
        ],
    );
    for figures in &state.improvements {
        let frozen = state.figures.iter().flat_map(|page| &page.improvements);
        let frozen = frozen.into_iter().any(|frozen| frozen == figures);
        table.row(vec![
            figures.print.clone(),
            play.name(figures.case),
            words(figures.standing),
            zone.short(figures.since),
            zone.short(figures.tracked_at),
            figures.round.to_string(),
            figures.items.to_string(),
            figures.open.to_string(),
            figures.overdue.to_string(),
            super::money::yes_if(frozen),
        ]);
    }
    table
}
