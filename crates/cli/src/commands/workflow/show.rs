//! `redress workflow show [WORKFLOW]`: the page that a manager signs. Example tables are marked; with `--values` every
//! single value with its clause, mark and place.

use redress_kernel::definition::{AddresseeKind, Definition, Limit, Mark, Stage};
use redress_workflow::Reading;

use super::{Source, budget};
use crate::failure::Failure;
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::{naming, story};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A directory, the id of a built-in workflow, or `adopted:ID[@VERSION]`
    #[arg(value_name = "WORKFLOW", default_value = "customer-complaint")]
    source: Source,
    /// Every single value with its clause, mark and place
    #[arg(long)]
    values: bool,
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let reading = args.source.study(session).await?;
    let lang = session.output.lang;
    if args.values {
        return session
            .output
            .listing(&values(&reading, lang), &session.zones());
    }
    let definition = &reading.workflow.definition;
    let mut record = Record::new("redress/workflow@1");
    record.member(
        column("title", "名称", "Title"),
        Cell::Text(story::title(&definition.title, lang)),
    );
    record.member(
        column("id", "代号", "Id"),
        Cell::text(definition.id.as_str()),
    );
    record.member(
        column("version", "版本", "Version"),
        Cell::text(definition.version.clone()),
    );
    record.member(
        column("hash", "摘要", "Hash"),
        Cell::text(reading.workflow.hash.clone()),
    );
    record.member(
        column("calendar", "日历", "Calendar"),
        Cell::text(definition.calendar.clone()),
    );
    record.member(
        column("closes_at_end_of", "结案于", "Closes at the end of"),
        story::stage(&definition.closes_at_end_of, Some(definition), lang),
    );
    record.member(
        column("numbering", "编号", "Numbers"),
        Cell::of(definition.numbering.as_ref(), |n| {
            Cell::text(format!(
                "{}YY-MM-{} ({})",
                n.prefix,
                "0".repeat(usize::from(n.digits)),
                n.clause
            ))
        }),
    );
    record.member(
        column("max_backdating", "最多补录", "Entries may go back"),
        Cell::of(definition.max_backdating, |span| naming::span(span, lang)),
    );
    record.member(
        column("approved_by", "须批准", "Needs the approval of"),
        Cell::of(definition.approved_by.as_ref(), |duty| {
            story::office(&duty.office, Some(definition), lang)
        }),
    );
    record.part("route", route(definition, lang));
    if let Some(clock) = &definition.clock {
        record.part("clock", limits("clock", &clock.limits, lang));
    }
    record.part("budget", budget::budget(definition, lang));
    if let Some(table) = reading
        .workflow
        .regulation
        .as_ref()
        .and_then(|r| r.authority.as_ref())
    {
        let columns = vec![
            column("up_to", "至（含）", "Up to"),
            column("office", "核决职务", "Decided by"),
            column("clause", "条款", "Clause"),
            column("mark", "出处", "Mark"),
        ];
        let mut listing = Listing::new("redress/workflow@1", "authority", columns);
        for row in &table.rows {
            listing.row(vec![
                Cell::of(row.up_to, Cell::Money),
                story::office(&row.office, Some(definition), lang),
                Cell::text(table.clause.clone()),
                mark(table.mark, lang),
            ]);
        }
        record.part("authority", listing);
    }
    record.part("reminders", reminders(definition, lang));
    session.output.record(&record, &session.zones())?;
    if reading
        .leaves
        .values()
        .any(|leaf| leaf.mark == Mark::Example)
    {
        session.output.warn(
            "example_figures",
            "标为“示例”的数字并非原规定所有，使用前请改为公司自己的",
            "figures marked as examples are not from the regulation: set the company's own before use",
        );
    }
    Ok(())
}

fn mark(mark: Mark, lang: Lang) -> Cell {
    match mark {
        Mark::Source => Cell::word("source", lang.pick("原文", "source")),
        Mark::Recovered => Cell::word("recovered", lang.pick("补自他本", "recovered")),
        Mark::Default => Cell::word("default", lang.pick("默认", "default")),
        Mark::Example => Cell::Alarm(Box::new(Cell::word(
            "example",
            lang.pick("示例", "EXAMPLE"),
        ))),
    }
}

fn limit_words(limits: &[Limit], lang: Lang) -> Cell {
    let (mut spans, mut shown) = (Vec::new(), Vec::new());
    for limit in limits {
        spans.push(limit.span.to_string());
        let span = limit.span;
        shown.push(naming::length(span.halves(), span.unit(), lang));
    }
    if spans.is_empty() {
        Cell::Empty
    } else {
        Cell::word(spans.join(" / "), shown.join(" / "))
    }
}

fn route(definition: &Definition, lang: Lang) -> Listing {
    let columns = vec![
        column("place", "序", "No."),
        column("stage", "阶段", "Stage"),
        column("departments", "部门", "Departments"),
        column("offices", "职务", "Offices"),
        column("limits", "期限", "Limit"),
        column("endorsed_by", "批示", "Endorsed by"),
        column("on_call", "按需", "On call"),
        column("clause", "条款", "Clause"),
        column("mark", "出处", "Mark"),
    ];
    let mut listing = Listing::new("redress/workflow@1", "route", columns);
    for (place, stage) in definition.stages.iter().enumerate() {
        listing.row(row(definition, place, stage, lang));
    }
    listing
}

fn row(definition: &Definition, place: usize, stage: &Stage, lang: Lang) -> Vec<Cell> {
    let titles = |cells: Vec<Cell>| -> Cell {
        let ids = cells
            .iter()
            .map(|cell| match cell {
                Cell::Word { id, .. } => id.clone(),
                _ => String::new(),
            })
            .collect::<Vec<_>>();
        let shown = cells
            .iter()
            .map(|cell| match cell {
                Cell::Word { title, .. } => title.clone(),
                _ => String::new(),
            })
            .collect::<Vec<_>>()
            .join(lang.pick("、", ", "));
        Cell::Parts {
            json: serde_json::json!(ids),
            shown,
        }
    };
    let offices = |list: &[redress_kernel::id::OfficeId]| {
        titles(
            list.iter()
                .map(|o| story::office(o, Some(definition), lang))
                .collect(),
        )
    };
    vec![
        Cell::count(place + 1),
        Cell::word(
            stage.id.as_str(),
            format!("{} ({})", story::title(&stage.title, lang), stage.id),
        ),
        titles(
            stage
                .departments
                .iter()
                .map(|d| story::department(d, Some(definition), lang))
                .collect(),
        ),
        offices(&stage.offices),
        limit_words(&stage.limits, lang),
        stage
            .endorsement
            .as_ref()
            .map_or(Cell::Empty, |e| offices(&e.offices)),
        Cell::Boolean(stage.called_for.is_some()),
        Cell::text(stage.clause.clone()),
        mark(stage.mark, lang),
    ]
}

fn limits(key: &'static str, limits: &[Limit], lang: Lang) -> Listing {
    let columns = vec![
        column("limit", "案件期限", "Case limit"),
        column("clause", "条款", "Clause"),
        column("mark", "出处", "Mark"),
    ];
    let mut listing = Listing::new("redress/workflow@1", key, columns);
    for limit in limits {
        listing.row(vec![
            naming::span(limit.span, lang),
            Cell::text(limit.clause.clone()),
            mark(limit.mark, lang),
        ]);
    }
    listing
}

fn reminders(definition: &Definition, lang: Lang) -> Listing {
    let columns = vec![
        column("level", "级别", "Level"),
        column("after", "逾期后", "After due"),
        column("to", "发往", "To"),
        column("mark", "出处", "Mark"),
    ];
    let mut listing = Listing::new("redress/workflow@1", "reminders", columns);
    for (place, level) in definition.reminders.levels.iter().enumerate() {
        listing.row(vec![
            Cell::count(place + 1),
            Cell::of(level.after, |span| naming::span(span, lang)),
            match &level.to {
                AddresseeKind::Department => {
                    Cell::word("department", lang.pick("承办部门", "the department"))
                }
                AddresseeKind::Head => Cell::word("head", lang.pick("部门主管", "also its head")),
                AddresseeKind::Office(office) => story::office(office, Some(definition), lang),
            },
            mark(level.mark, lang),
        ]);
    }
    listing
}

fn values(reading: &Reading, lang: Lang) -> Listing {
    let columns = vec![
        column("path", "项目", "Value"),
        column("value", "内容", "Is"),
        column("clause", "条款", "Clause"),
        column("mark", "出处", "Mark"),
        column("file", "文件", "File"),
        column("line", "行", "Line"),
    ];
    let mut listing = Listing::new("redress/workflow-values@1", "values", columns);
    for (path, leaf) in &reading.leaves {
        listing.row(vec![
            Cell::text(path.clone()),
            Cell::text(leaf.value.clone()),
            Cell::of(leaf.clause.clone(), Cell::Text),
            mark(leaf.mark, lang),
            Cell::text(leaf.file.clone()),
            Cell::count(leaf.line),
        ]);
    }
    listing
}
