//! What the limits of the stages come to within the limit of the case: 8.5 of 13 days, 15.5 of 17. The sums are shown,
//! never corrected.

use redress_kernel::calendar::Span;
use redress_kernel::definition::{Definition, Limit, Stage};
use redress_kernel::guard::Guard;
use redress_kernel::value::{Path, Value};

use crate::naming;
use crate::output::{Cell, Listing, column};
use crate::settings::Lang;

/// The budget for each limit of the case's clock.
pub(super) fn budget(definition: &Definition, lang: Lang) -> Listing {
    let columns = vec![
        column("when", "情形", "When"),
        column("case_limit", "案件期限", "Case limit"),
        column("stages", "各阶段合计", "Stages use"),
        column("left", "余", "Left"),
        column("without_optional", "不含按需阶段", "Without stages on call"),
    ];
    let mut listing = Listing::new("redress/workflow-check@1", "budget", columns);
    let Some(clock) = &definition.clock else {
        return listing;
    };
    let index = |stage: Option<&redress_kernel::id::StageId>| {
        stage.and_then(|s| definition.stage_index(s.as_str()))
    };
    let first = index(clock.starts_at_end_of.as_ref()).map_or(0, |start| start + 1);
    let last = index(Some(&definition.closes_at_end_of)).unwrap_or(definition.stages.len());
    let within: Vec<&Stage> = definition
        .stages
        .iter()
        .enumerate()
        .filter(|(place, _)| (first..=last).contains(place))
        .map(|(_, stage)| stage)
        .collect();
    for limit in &clock.limits {
        let assumed = assumed(limit.when.as_ref());
        let applies = |limits: &[Limit]| -> Option<Span> {
            let look_up = |path: &Path| assumed.as_ref().filter(|(p, _)| p == path).map(|(_, v)| v);
            limits
                .iter()
                .find(|l| l.when.as_ref().is_none_or(|guard| guard.holds(&look_up)))
                .map(|l| l.span)
                .filter(|span| span.unit() == limit.span.unit())
        };
        let halves = |stages: &mut dyn Iterator<Item = &&Stage>| -> i64 {
            stages
                .filter_map(|stage| applies(&stage.limits))
                .map(Span::halves)
                .sum()
        };
        let all = halves(&mut within.iter());
        let fixed = halves(&mut within.iter().filter(|stage| stage.called_for.is_none()));
        let unit = limit.span.unit();
        let shown = |halves: i64| {
            Cell::word(
                format!("{} {unit}", decimal(halves)),
                naming::length(halves, unit, lang),
            )
        };
        listing.row(vec![
            Cell::of(assumed.as_ref(), |(path, value)| {
                let id = value.as_text().unwrap_or_default();
                Cell::word(
                    format!("{path} = {id}"),
                    format!(
                        "{}{}{}",
                        naming::path(path, Some(definition), lang),
                        lang.pick("：", ": "),
                        match naming::value(value, path, Some(definition), lang) {
                            Cell::Word { title, .. } => title,
                            _ => id.to_owned(),
                        },
                    ),
                )
            }),
            naming::span(limit.span, lang),
            shown(all),
            shown(limit.span.halves() - all),
            shown(fixed),
        ]);
    }
    listing
}

fn assumed(guard: Option<&Guard>) -> Option<(Path, Value)> {
    match guard {
        Some(Guard::Is(is)) => Some((is.path.clone(), is.is.clone())),
        _ => None,
    }
}

fn decimal(halves: i64) -> String {
    let half = if halves % 2 == 0 { "" } else { ".5" };
    let sign = if halves < 0 { "-" } else { "" };
    format!("{sign}{}{half}", halves.abs() / 2)
}
