//! `redress case replay CASE`: the case folded event by event, with its state behind each.

use redress_core::complaint::Complaint;
use redress_kernel::case::Meta;

use super::{Case, Told, show, timeline};
use crate::failure::Failure;
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
    let columns = vec![
        column("version", "版本", "Version"),
        column("occurred_at", "发生时间", "When"),
        column("kind", "事件", "Event"),
        column("status", "状态", "Status"),
        column("number", "编号", "Number"),
        column("stage", "所处阶段", "Stands at"),
        column("department", "部门", "Held by"),
        column("visit_due", "阶段到期", "Stage due"),
        column("case_due", "案件到期", "Case due"),
        column("reminders", "催办数", "Reminders"),
    ];
    let mut listing = Listing::new("redress/replay@1", "steps", columns);
    listing.member(column("case", "案件", "Case"), Cell::text(id.to_string()));
    let mut folded: Option<Complaint> = None;
    for entry in timeline::told(session, &desk, id, args.told).await? {
        let meta = Meta {
            at: entry.occurred_at,
            actor: entry.actor.clone(),
        };
        folded = Complaint::fold(folded, &entry.event, &meta);
        let Some(complaint) = &folded else { continue };
        let case = &complaint.case;
        let visit = case.open_visit();
        listing.row(vec![
            Cell::count(entry.version),
            Cell::Instant(entry.occurred_at),
            Cell::word(&entry.kind, story::kind(&entry.kind, lang)),
            show::status(&case.status, lang),
            Cell::of(case.number.as_ref(), |n| Cell::text(n.print.clone())),
            Cell::of(visit, |v| story::stage(&v.stage, Some(definition), lang)),
            Cell::of(visit, |v| {
                story::department(&v.department, Some(definition), lang)
            }),
            Cell::of(visit.and_then(|v| v.deadline.as_ref()), |d| {
                Cell::Instant(d.due)
            }),
            Cell::of(case.clock.as_ref(), |c| Cell::Instant(c.deadline.due)),
            Cell::count(case.reminders.iter().filter(|r| r.level > 0).count()),
        ]);
    }
    session.output.listing(&listing, &session.zones())
}
