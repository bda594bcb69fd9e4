//! The improvements that a month reviews, as they stood when it was gathered (M9-10).

use redress_core::month::ImprovementFigures;

use crate::commands::improvements::alarm;
use crate::output::{Cell, Listing, column};
use crate::settings::Lang;
use crate::story;

/// Lists them.
pub(super) fn listing<'f>(
    schema: &'static str,
    improvements: impl Iterator<Item = &'f ImprovementFigures>,
    lang: Lang,
) -> Listing {
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("standing", "状态", "State"),
        column("since", "自", "Since"),
        column("tracked_at", "列案", "Tracked since"),
        column("round", "轮次", "Round"),
        column("items", "项目", "Items"),
        column("open", "未完成", "Open"),
        column("overdue", "逾期", "Overdue"),
    ];
    let mut listing = Listing::new(schema, "improvements", columns);
    for figures in improvements {
        listing.row(vec![
            Cell::text(figures.case.to_string()),
            Cell::text(figures.print.clone()),
            story::standing(figures.standing, lang),
            Cell::Instant(figures.since),
            Cell::Instant(figures.tracked_at),
            Cell::count(figures.round),
            Cell::count(figures.items),
            Cell::count(figures.open),
            alarm(figures.overdue),
        ]);
    }
    listing
}
