//! `redress case timeline CASE [--at WHEN] [--known WHEN]`: the events of a case, in order.

use redress::TimelineEntry;

use super::{Case, Told};
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Listing, column};
use crate::session::Session;
use crate::story;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    #[command(flatten)]
    told: Told,
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let id = session.find(&desk, &args.case.case).await?;
    let view = desk.case(id).await.map_err(|e| session.failed(&e))?;
    let definition = &view.workflow.definition;
    let lang = session.output.lang;
    let zones = session.zones();
    let columns = vec![
        column("version", "版本", "Version"),
        column("position", "位置", "Position").data_only(),
        column("occurred_at", "发生时间", "When"),
        column("recorded_at", "记录时间", "Recorded").data_only(),
        column("kind", "事件", "Event"),
        column("actor", "办理人", "Who"),
        column("story", "内容", "What"),
        column("command", "命令号", "Command").data_only(),
        column("schema", "数据版本", "Schema").data_only(),
        column("payload", "数据", "Data").data_only(),
    ];
    let mut listing = Listing::new("redress/timeline@1", "events", columns);
    listing.member(column("case", "案件", "Case"), Cell::text(id.to_string()));
    listing.member(
        column("number", "编号", "Number"),
        Cell::of(view.complaint.case.number.as_ref(), |n| {
            Cell::text(n.print.clone())
        }),
    );
    for entry in told(session, &desk, id, args.told).await? {
        listing.row(vec![
            Cell::count(entry.version),
            Cell::count(entry.position),
            Cell::Instant(entry.occurred_at),
            Cell::Instant(entry.recorded_at),
            Cell::word(&entry.kind, story::kind(&entry.kind, lang)),
            story::actor(&entry.actor, Some(definition), lang),
            Cell::text(story::event(&entry.event, Some(definition), lang, &zones)),
            Cell::text(entry.command.to_string()),
            Cell::Integer(i64::from(entry.schema)),
            Cell::Parts {
                json: story::payload(&entry.payload, &zones),
                shown: String::new(),
            },
        ]);
    }
    session.output.listing(&listing, &zones)
}

/// The events of a case by the moments asked for. That there are none yet is an error: nobody takes it for a case
/// without a history.
pub(crate) async fn told(
    session: &Session,
    desk: &redress::Redress,
    id: redress_kernel::id::CaseId,
    told: Told,
) -> Result<Vec<TimelineEntry>, Failure> {
    let zone = desk.zone();
    let entries = desk.timeline(id).await.map_err(|e| session.failed(&e))?;
    let until = told.at.map(|at| at.instant(&zone));
    let known = told.known.map(|known| known.instant(&zone));
    let first = entries.first().map(|e| (e.occurred_at, e.recorded_at));
    let entries: Vec<TimelineEntry> = entries
        .into_iter()
        .filter(|entry| until.is_none_or(|until| entry.occurred_at <= until))
        .filter(|entry| known.is_none_or(|known| entry.recorded_at <= known))
        .collect();
    match (first, entries.is_empty()) {
        (Some((opened, recorded)), true) => {
            let zones = session.zones();
            let short = |at| zones.shown.short(at);
            Err(match (until.filter(|until| *until < opened), known) {
                (None, Some(known)) => not_yet(
                    format!(
                        "nothing of the case `{id}` was recorded by {}",
                        short(known)
                    ),
                    format!("至 {} 尚无案件 `{id}` 的记录", short(known)),
                    &short(recorded),
                ),
                (until, _) => {
                    let asked = until.map(short).unwrap_or_default();
                    not_yet(
                        format!("the case `{id}` was not opened yet at {asked}"),
                        format!("{asked} 时案件 `{id}` 尚未立案"),
                        &short(opened),
                    )
                }
            })
        }
        _ => Ok(entries),
    }
}

fn not_yet(english: String, chinese: String, from: &str) -> Failure {
    Failure::new(Exit::NotFound, "not_opened_yet", english)
        .chinese(chinese)
        .help_both(
            format!("ask for a moment from {from} on"),
            format!("请指定 {from} 或其后的时间"),
        )
}
