//! `redress case show CASE [--at WHEN] [--known WHEN]`: a case as it stands, or as it stood.

use redress::CaseView;
use redress_core::improvement::Improvement;
use redress_kernel::case::Status;
use redress_kernel::definition::Definition;
use redress_kernel::event::Deadline;
use redress_kernel::time::Instant;
use redress_kernel::value::Values;

use super::{Case, Told, timeline};
use crate::failure::Failure;
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::{naming, story};

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
    let zone = desk.zone();
    if args.told.at.is_some() || args.told.known.is_some() {
        timeline::told(session, &desk, id, args.told).await?;
    }
    let mut query = desk.case(id);
    if let Some(at) = args.told.at {
        query = query.as_of(at.instant(&zone));
    }
    if let Some(known) = args.told.known {
        query = query.known_at(known.instant(&zone));
    }
    let view = query.await.map_err(|e| session.failed(&e))?;
    let now = session.at(&desk, args.told.at).await?;
    session
        .output
        .record(&record(session, &view, now), &session.zones())
}

/// The case as data, lateness reckoned up to `now`.
pub(crate) fn record(session: &Session, view: &CaseView, now: Instant) -> Record {
    let lang = session.output.lang;
    let definition = &view.workflow.definition;
    let case = &view.complaint.case;
    let mut record = Record::new("redress/case@1");
    record.member(
        column("case", "案件", "Case"),
        Cell::text(view.id.to_string()),
    );
    record.member(
        column("number", "编号", "Number"),
        Cell::of(case.number.as_ref(), |n| Cell::text(n.print.clone())),
    );
    record.member(
        column("definition", "流程", "Workflow"),
        Cell::word(
            definition.id.as_str(),
            story::title(&definition.title, lang),
        ),
    );
    record.member(
        column("workflow_version", "流程版本", "Its version"),
        Cell::text(case.version.clone()),
    );
    record.member(
        column("version", "版本", "Version"),
        Cell::count(view.version),
    );
    if let Some(at) = view.as_of {
        record.member(column("as_of", "截至", "As of"), Cell::Instant(at));
    }
    if let Some(at) = view.known_at {
        record.member(
            column("known_at", "按当时记录", "Known at"),
            Cell::Instant(at),
        );
    }
    record.member(
        column("status", "状态", "Status"),
        status(&case.status, lang),
    );
    record.member(
        column("opened_at", "立案", "Opened"),
        Cell::Instant(case.opened_at),
    );
    record.member(
        column("opened_by", "立案人", "Opened by"),
        story::actor(&case.opened_by, Some(definition), lang),
    );
    if let Status::Closed { at, month } = case.status {
        record.member(column("closed_at", "结案", "Closed"), Cell::Instant(at));
        record.member(column("month", "统计月份", "Counts in"), Cell::Month(month));
    }
    if let Some(clock) = &case.clock {
        record.member(
            column("accepted_at", "开始计时", "Clock started"),
            Cell::Instant(clock.started_at),
        );
        record.member(
            column("due", "到期", "Due"),
            Cell::Instant(clock.deadline.due),
        );
        record.member(
            column("limit", "期限", "Limit"),
            limit(&clock.deadline, lang),
        );
        record.member(
            column("provisional", "暂定", "Provisional"),
            Cell::Boolean(!clock.deadline.provisional.is_empty()),
        );
        let late = clock.stopped.map_or_else(
            || now.seconds_since(clock.deadline.due).max(0),
            |(_, late)| late,
        );
        record.member(column("late_seconds", "逾期", "Late by"), story::late(late));
    }
    if let Some((_, decided)) = &view.complaint.decision {
        record.member(
            column("decided_by", "核决职务", "Decided by"),
            story::office(&decided.office, Some(definition), lang),
        );
        record.member(
            column("amount", "核决金额", "Amount"),
            Cell::Money(decided.amount),
        );
    }
    record.member(
        column("suspended", "中止计时", "Suspended"),
        Cell::Boolean(case.is_suspended()),
    );
    if !view.corrected_later.is_empty() {
        let paths = view
            .corrected_later
            .iter()
            .map(ToString::to_string)
            .collect();
        record.member(
            column("corrected_later", "其后更正", "Corrected later"),
            Cell::List(paths),
        );
    }
    record.part("facts", values(&[("fact", &case.facts)], definition, lang));
    record.part("visits", visits(view, now, lang));
    let mut forms = vec![("opening", &case.opening)];
    for stage in &definition.stages {
        if let Some(report) = case.reports.get(&stage.id) {
            forms.push((stage.id.as_str(), report));
        }
    }
    record.part("values", values(&forms, definition, lang));
    record.part("reminders", reminders(view, lang));
    record.part("inquiries", inquiries(view, lang));
    record.part("objections", objections(view, lang));
    if let Some(improvement) = &view.complaint.improvement {
        let (standing, since) = improvement.standing();
        record.member(
            column("improvement", "改善", "Improvement"),
            story::standing(standing, lang),
        );
        record.member(
            column("improvement_since", "改善状态自", "Improvement since"),
            Cell::Instant(since),
        );
        record.part(
            "improvement_items",
            improvement_items(view, improvement, lang),
        );
    }
    record.part("links", links(view, lang));
    record
}

/// Every item of every round.
fn improvement_items(view: &CaseView, improvement: &Improvement, lang: Lang) -> Listing {
    let columns = vec![
        column("round", "轮次", "Round"),
        column("item", "项目", "Item"),
        column("what", "改善内容", "What"),
        column("department", "部门", "Department"),
        column("until", "期限", "Until"),
        column("carried_out_at", "完成", "Carried out"),
        column("done", "办理情况", "What was done"),
    ];
    let mut listing = Listing::new("redress/case@1", "improvement_items", columns);
    for (round, number) in improvement.rounds.iter().zip(1_u32..) {
        for item in &round.items {
            let done = item.carried_out.as_ref();
            listing.row(vec![
                Cell::count(number),
                Cell::count(item.item.item),
                Cell::text(item.item.what.clone()),
                story::department(&item.item.department, Some(&view.workflow.definition), lang),
                Cell::Date(item.item.until),
                Cell::of(done, |(at, _)| Cell::Instant(*at)),
                Cell::of(done, |(_, done)| Cell::text(done.clone())),
            ]);
        }
    }
    listing
}

/// A limit with its clause.
fn limit(deadline: &Deadline, lang: Lang) -> Cell {
    let Deadline { limit, clause, .. } = deadline;
    let shown = naming::length(limit.halves(), limit.unit(), lang);
    Cell::word(
        format!("{limit} ({clause})"),
        format!(
            "{shown}{}{clause}{}",
            lang.pick("（", " ("),
            lang.pick("）", ")")
        ),
    )
}

/// Whether a case goes on.
pub(crate) fn status(status: &Status, lang: Lang) -> Cell {
    match status {
        Status::Open => Cell::word("open", lang.pick("办理中", "open")),
        Status::Closed { .. } => Cell::word("closed", lang.pick("已结案", "closed")),
        Status::Withdrawn { .. } => Cell::word("withdrawn", lang.pick("已撤回", "withdrawn")),
    }
}

fn visits(view: &CaseView, now: Instant, lang: Lang) -> Listing {
    let definition = &view.workflow.definition;
    let columns = vec![
        column("visit", "次序", "Visit"),
        column("stage", "阶段", "Stage"),
        column("department", "部门", "Department"),
        column("opened_at", "开始", "Opened"),
        column("due", "到期", "Due"),
        column("ended_at", "结束", "Ended"),
        column("outcome", "结果", "Outcome"),
        column("held_seconds", "用时", "Held"),
        column("late_seconds", "逾期", "Late by"),
    ];
    let mut listing = Listing::new("redress/case@1", "visits", columns);
    for visit in &view.complaint.case.visits {
        let due = visit.deadline.as_ref().map(|d| d.due);
        let (held, late) = match &visit.ended {
            Some(ended) => (ended.held_seconds, ended.late_seconds),
            None => (
                now.seconds_since(visit.opened_at).max(0),
                due.map_or(0, |due| now.seconds_since(due).max(0)),
            ),
        };
        let outcome = match &visit.ended {
            None => Cell::word("open", lang.pick("办理中", "open")),
            Some(ended) => match ended.outcome {
                redress_kernel::event::VisitOutcome::Done => {
                    Cell::word("done", lang.pick("完成", "done"))
                }
                redress_kernel::event::VisitOutcome::SentBack => {
                    Cell::word("sent_back", lang.pick("退回", "sent back"))
                }
                redress_kernel::event::VisitOutcome::Withdrawn => {
                    Cell::word("withdrawn", lang.pick("撤回", "withdrawn"))
                }
            },
        };
        listing.row(vec![
            Cell::count(visit.number),
            story::stage(&visit.stage, Some(definition), lang),
            story::department(&visit.department, Some(definition), lang),
            Cell::Instant(visit.opened_at),
            Cell::of(due, Cell::Instant),
            Cell::of(visit.ended.as_ref(), |e| Cell::Instant(e.at)),
            outcome,
            Cell::Seconds(held),
            story::late(late),
        ]);
    }
    listing
}

fn values(forms: &[(&str, &Values)], definition: &Definition, lang: Lang) -> Listing {
    let columns = vec![
        column("path", "字段", "Field"),
        column("title", "名称", "Title"),
        column("value", "内容", "Value"),
    ];
    let mut listing = Listing::new("redress/case@1", "values", columns);
    for (scope, values) in forms {
        for (id, value) in *values {
            let name = format!("{scope}.{id}");
            let (title, value) = match name.parse() {
                Ok(path) => (
                    naming::path(&path, Some(definition), lang),
                    naming::value(value, &path, Some(definition), lang),
                ),
                Err(_) => (id.to_string(), story::value(value, lang)),
            };
            listing.row(vec![Cell::text(name), Cell::Text(title), value]);
        }
    }
    listing
}

fn reminders(view: &CaseView, lang: Lang) -> Listing {
    let columns = vec![
        column("at", "时间", "Issued"),
        column("subject", "事项", "About"),
        column("level", "级别", "Level"),
        column("kind", "种类", "Kind"),
    ];
    let mut listing = Listing::new("redress/case@1", "reminders", columns);
    for reminder in &view.complaint.case.reminders {
        let kind = match reminder.level {
            0 => Cell::word("notice", lang.pick("临期通知", "due-soon notice")),
            _ => Cell::word("reminder", lang.pick("催办单", "reminder")),
        };
        listing.row(vec![
            Cell::Instant(reminder.at),
            story::subject(reminder.subject, lang),
            Cell::count(reminder.level),
            kind,
        ]);
    }
    listing
}

fn inquiries(view: &CaseView, lang: Lang) -> Listing {
    let columns = vec![
        column("inquiry", "洽办单", "Inquiry"),
        column("visit", "次序", "Visit"),
        column("department", "部门", "Department"),
        column("issued_at", "发出", "Issued"),
        column("answered_at", "答复", "Answered"),
        column("reason", "原因", "Reason"),
    ];
    let mut listing = Listing::new("redress/case@1", "inquiries", columns);
    for inquiry in &view.complaint.case.inquiries {
        listing.row(vec![
            Cell::count(inquiry.number),
            Cell::count(inquiry.visit),
            story::department(&inquiry.department, Some(&view.workflow.definition), lang),
            Cell::Instant(inquiry.issued_at),
            Cell::of(inquiry.answered.as_ref(), |(at, _)| Cell::Instant(*at)),
            Cell::of(inquiry.answered.as_ref(), |(_, reason)| {
                Cell::text(reason.clone())
            }),
        ]);
    }
    listing
}

fn objections(view: &CaseView, lang: Lang) -> Listing {
    let columns = vec![
        column("objection", "签呈", "Petition"),
        column("filed_at", "提出", "Filed"),
        column("department", "部门", "Department"),
        column("from_customer", "客户提出", "Customer's"),
        column("petition", "内容", "What it says"),
        column("upheld", "准否", "Upheld"),
        column("ruling", "裁定", "Ruling"),
    ];
    let mut listing = Listing::new("redress/case@1", "objections", columns);
    for objection in &view.complaint.objections {
        listing.row(vec![
            Cell::count(objection.filed.objection),
            Cell::Instant(objection.filed_at),
            Cell::of(objection.department.as_ref(), |d| {
                story::department(d, Some(&view.workflow.definition), lang)
            }),
            Cell::Boolean(objection.filed.from_customer),
            Cell::text(objection.filed.petition.clone()),
            Cell::of(objection.ruled.as_ref(), |(_, ruled)| {
                Cell::Boolean(ruled.upheld)
            }),
            Cell::of(objection.ruled.as_ref(), |(_, ruled)| {
                Cell::text(ruled.ruling.clone())
            }),
        ]);
    }
    listing
}

fn links(view: &CaseView, lang: Lang) -> Listing {
    let columns = vec![
        column("relation", "关系", "Relation"),
        column("case", "案件", "Case"),
    ];
    let mut listing = Listing::new("redress/case@1", "links", columns);
    for link in &view.complaint.case.links {
        listing.row(vec![
            story::relation(&link.relation, lang),
            Cell::text(link.case.to_string()),
        ]);
    }
    if let Some(successor) = view.complaint.successor {
        listing.row(vec![
            story::relation("successor", lang),
            Cell::text(successor.to_string()),
        ]);
    }
    listing
}
