//! The intervals that add up to a limit, as a listing.

use redress_kernel::calendar::{Interval, Reason};

use super::{Cell, Listing, column};
use crate::settings::Lang;

/// The intervals of an explanation.
pub(crate) fn intervals(intervals: &[Interval], lang: Lang) -> Listing {
    let columns = vec![
        column("from", "自", "From"),
        column("to", "至", "To"),
        column("counted_seconds", "计入", "Counted"),
        column("reason", "说明", "Why"),
        column("name", "名称", "Name"),
    ];
    let mut listing = Listing::new("redress/intervals@1", "intervals", columns);
    for interval in intervals {
        let (id, zh, en, name) = match &interval.reason {
            Reason::Counted => ("counted", "计入", "counts", None),
            Reason::OutsideHours => ("outside_hours", "非工作时间", "outside working hours", None),
            Reason::Weekend => ("weekend", "周末", "weekend", None),
            Reason::Holiday(name) => ("holiday", "节假日", "holiday", Some(name)),
            Reason::MakeUpDay(name) => (
                "make_up_day",
                "调休上班，计入",
                "make-up day, counts",
                Some(name),
            ),
            Reason::Suspended => ("suspended", "中止计时", "suspended", None),
        };
        listing.row(vec![
            Cell::Instant(interval.from),
            Cell::Instant(interval.to),
            Cell::Seconds(interval.seconds_counted),
            Cell::word(id, lang.pick(zh, en)),
            Cell::of(name, |name| Cell::text(lang.pick(&name.zh, &name.en))),
        ]);
    }
    listing
}
