//! What came of it, read back from the data directory: who is late, who was reminded, one case's way, a month.

use redress::{Error, Redress, TimelineEntry};
use redress_core::event::{ComplaintEvent, Event};
use redress_kernel::actor::Actor;
use redress_kernel::event::{Addressee, CaseEvent, Subject};
use redress_kernel::id::{CaseId, DefinitionId};
use redress_kernel::time::{Instant, Month};
use redress_views::register::{RegisterFilter, RegisterRow};
use redress_views::reminders::ReminderFilter;
use redress_views::statistics::{Chains, StatisticsQuery};

use crate::output::{Cell, Listing, column};
use crate::settings::Lang;

/// How many rows of a long list are printed.
const SHOWN: usize = 10;

/// The workflow of complaints.
pub(crate) fn complaints() -> Result<DefinitionId, Error> {
    DefinitionId::new("customer-complaint").map_err(|e| Error::Invalid {
        what: e.to_string(),
        place: "definition".to_owned(),
        hint: String::new(),
    })
}

fn subject(subject: Subject, stage: Option<&str>, lang: Lang) -> Cell {
    match (subject, stage) {
        (Subject::Case, _) => Cell::word("case", lang.pick("整案", "the whole case")),
        (Subject::Visit(_), Some(stage)) => Cell::text(stage),
        (Subject::Visit(visit), None) => Cell::Integer(i64::from(visit)),
    }
}

/// What was overdue at a moment, the latest first; and how much it was in all.
pub(crate) async fn overdue(
    desk: &Redress,
    at: Instant,
    lang: Lang,
) -> Result<(Listing, usize), Error> {
    let mut rows = desk.overdue(at).await?;
    rows.sort_by_key(|row| (std::cmp::Reverse(row.late_seconds), row.case));
    let mut listing = Listing::new(
        "redress/demo-overdue@1",
        "overdue",
        vec![
            column("number", "编号", "Number"),
            column("subject", "逾期事项", "What is late"),
            column("department", "部门", "Department"),
            column("due", "期限", "Due"),
            column("late_seconds", "已逾期", "Late by"),
        ],
    );
    let whole = rows.len();
    for row in rows.into_iter().take(SHOWN) {
        listing.row(vec![
            Cell::of(row.number, Cell::Text),
            subject(row.subject, row.stage.as_ref().map(|s| s.as_str()), lang),
            Cell::of(row.department, |d| Cell::text(d.as_str())),
            Cell::Instant(row.due),
            Cell::Seconds(row.late_seconds),
        ]);
    }
    Ok((listing, whole))
}

/// How many notices and reminders were issued, by level.
pub(crate) async fn reminders_by_level(desk: &Redress, lang: Lang) -> Result<Listing, Error> {
    let all = desk.reminders(&ReminderFilter::default()).await?;
    let mut listing = Listing::new(
        "redress/demo-reminders@1",
        "reminders_by_level",
        vec![
            column("level", "级别", "Level"),
            column("to", "对象", "To"),
            column("count", "份数", "Issued"),
        ],
    );
    let levels = [
        (0, lang.pick("将到期提示", "due-soon notice")),
        (1, lang.pick("部门", "the department")),
        (2, lang.pick("部门及其主管", "also its head")),
        (3, lang.pick("并报总经理", "also the general manager")),
    ];
    for (level, to) in levels {
        let count = all.iter().filter(|entry| entry.level == level).count();
        listing.row(vec![
            Cell::Integer(i64::from(level)),
            Cell::text(to),
            Cell::count(count),
        ]);
    }
    Ok(listing)
}

/// A few of the gravest reminders.
pub(crate) async fn some_reminders(desk: &Redress, lang: Lang) -> Result<Listing, Error> {
    let filter = ReminderFilter {
        level: Some(3),
        ..ReminderFilter::default()
    };
    let mut listing = Listing::new(
        "redress/demo-reminders@1",
        "reminders",
        vec![
            column("at", "时间", "Issued"),
            column("number", "编号", "Number"),
            column("subject", "事项", "About"),
            column("level", "级别", "Level"),
            column("to", "送达", "To"),
        ],
    );
    for entry in desk.reminders(&filter).await?.into_iter().take(4) {
        let to = entry.to.iter().map(|to| match to {
            Addressee::Department(department) => department.to_string(),
            Addressee::Head(department) => format!("{} {department}", lang.pick("主管", "head of")),
            Addressee::Office(office) => office.to_string(),
        });
        listing.row(vec![
            Cell::Instant(entry.at),
            Cell::of(entry.number, Cell::Text),
            subject(
                entry.subject,
                entry.stage.as_ref().map(|s| s.as_str()),
                lang,
            ),
            Cell::Integer(i64::from(entry.level)),
            Cell::List(to.collect()),
        ]);
    }
    Ok(listing)
}

/// A case whose way is worth telling: closed, much reminded of, filed anew or sent back.
pub(crate) async fn worth_telling(desk: &Redress) -> Result<Option<RegisterRow>, Error> {
    let filter = RegisterFilter {
        definition: Some(complaints()?),
        ..RegisterFilter::default()
    };
    let rows = desk.register(&filter).await?;
    let mut best: Option<(usize, RegisterRow)> = None;
    for row in rows.into_iter().filter(|row| row.closed_at.is_some()) {
        let view = desk.case(row.case).await?;
        let case = &view.complaint.case;
        let worth = usize::from(case.visits.iter().any(|visit| visit.round > 1)) * 2
            + usize::from(row.successor.is_some()) * 2
            + usize::from(row.late_seconds > Some(0))
            + usize::from(!case.inquiries.is_empty())
            + usize::from(!view.complaint.third_parties.is_empty())
            + usize::from(case.reminders.iter().any(|r| r.level > 0))
            + usize::from(
                case.visits
                    .iter()
                    .any(|visit| visit.stage.as_str() == "technical-opinion"),
            )
            + usize::from(case.visits.len() < 14);
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, row));
        }
    }
    Ok(best.map(|(_, row)| row))
}

/// Every event of a case in a line.
pub(crate) async fn timeline(desk: &Redress, case: CaseId, lang: Lang) -> Result<Listing, Error> {
    let mut listing = Listing::new(
        "redress/demo-timeline@1",
        "timeline",
        vec![
            column("occurred_at", "时间", "When"),
            column("actor", "经办", "Who"),
            column("event", "事件", "Event"),
            column("detail", "内容", "What"),
        ],
    );
    for entry in desk.timeline(case).await? {
        let who = match &entry.actor {
            Actor::Person {
                employee,
                principal: Some(principal),
                ..
            } => format!("{employee} ({principal})"),
            Actor::Person { employee, .. } => employee.to_string(),
            Actor::Engine => lang.pick("系统", "the engine").to_owned(),
            Actor::Import => lang.pick("导入", "import").to_owned(),
        };
        if let Some(detail) = told(&entry, desk) {
            listing.row(vec![
                Cell::Instant(entry.occurred_at),
                Cell::Text(who),
                Cell::Text(entry.kind),
                Cell::Text(detail),
            ]);
        }
    }
    Ok(listing)
}

/// An event in a few words; nothing for one that only says what the others imply.
fn told(entry: &TimelineEntry, desk: &Redress) -> Option<String> {
    let at = |instant: Instant| desk.zone().short(instant);
    Some(match &entry.event {
        Event::Case(event) => match event {
            CaseEvent::VisitOpened(e) => match &e.deadline {
                Some(deadline) => {
                    format!("{} (visit {}): due {}", e.stage, e.visit, at(deadline.due))
                }
                None => format!("{} (visit {})", e.stage, e.visit),
            },
            CaseEvent::StageReported(e) => e.stage.to_string(),
            CaseEvent::StageEndorsed(e) => format!("{} by {}", e.stage, e.office),
            CaseEvent::SentBack(e) => format!("{} → {}: {}", e.from, e.to, e.reason),
            CaseEvent::VisitEnded(e) if e.late_seconds > 0 => {
                format!("{}: {} late", e.stage, span(e.late_seconds))
            }
            CaseEvent::VisitEnded(_) | CaseEvent::StageSkipped(_) => return None,
            CaseEvent::Numbered(e) => e.print.clone(),
            CaseEvent::ClockStarted(e) => format!("due {}", at(e.deadline.due)),
            CaseEvent::Closed(e) => match e.late_seconds {
                Some(late) if late > 0 => format!("{} late", span(late)),
                _ => "on time".to_owned(),
            },
            CaseEvent::DueSoonNoticed(e) => format!("due {}", at(e.due)),
            CaseEvent::ReminderIssued(e) => format!("level {}, was due {}", e.level, at(e.due)),
            CaseEvent::InquiryIssued(e) => {
                format!("{}: {} late", e.department, span(e.late_seconds))
            }
            CaseEvent::InquiryAnswered(e) => e.reason.clone(),
            CaseEvent::Withdrawn(e) => e.reason.clone(),
            CaseEvent::ValueCompleted(e) => e.path.to_string(),
            CaseEvent::ValueCorrected(e) => e.path.to_string(),
            CaseEvent::Linked(e) => e.link.relation.clone(),
            _ => String::new(),
        },
        Event::Complaint(event) => match event {
            ComplaintEvent::Decided(e) => format!("{} by {}", e.amount, e.office),
            ComplaintEvent::CopiesDistributed(e) => {
                let to: Vec<_> = e
                    .copies
                    .iter()
                    .map(|copy| copy.department.to_string())
                    .collect();
                to.join(", ")
            }
            ComplaintEvent::ThirdPartyNamed(e) => e.party.clone(),
            ComplaintEvent::ObjectionFiled(e) => e.petition.clone(),
            ComplaintEvent::ObjectionRuled(e) => e.ruling.clone(),
            ComplaintEvent::Answered(_) | ComplaintEvent::CustomerRefused(_) => String::new(),
        },
    })
}

/// Seconds as days, hours and minutes.
fn span(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// A month's statistics: its totals, and the stages.
pub(crate) async fn month(
    desk: &Redress,
    month: Month,
    lang: Lang,
) -> Result<(Listing, Listing), Error> {
    let query = StatisticsQuery {
        definition: complaints()?,
        month,
        zone: desk.zone(),
        chains: Chains::Each,
    };
    let figures = desk.statistics(&query).await?;
    let group_columns = |key: &'static str, zh: &'static str, en: &'static str| {
        vec![
            column(key, zh, en),
            column("closed", "结案", "Closed"),
            column("on_time", "按期", "On time"),
            column("late", "逾期", "Late"),
        ]
    };
    let mut closed = Listing::new(
        "redress/demo-statistics@1",
        "statistics",
        group_columns("market", "内外销", "Market"),
    );
    for group in &figures.by_market {
        let key = group.key.clone().unwrap_or_default();
        let count = &group.figures;
        closed.row(vec![
            Cell::Text(key),
            Cell::count(count.closed),
            Cell::count(count.on_time),
            Cell::count(count.late),
        ]);
    }
    closed.row(vec![
        Cell::word("all", lang.pick("合计", "all")),
        Cell::count(figures.closed),
        Cell::count(figures.on_time),
        Cell::count(figures.late),
    ]);
    let mut stages = Listing::new(
        "redress/demo-statistics@1",
        "stages",
        vec![
            column("stage", "阶段", "Stage"),
            column("visits", "次数", "Visits"),
            column("late_visits", "逾期", "Late"),
            column("median_seconds", "中位用时", "Median held"),
        ],
    );
    for stage in &figures.by_stage {
        stages.row(vec![
            Cell::text(stage.stage.as_str()),
            Cell::count(stage.visits),
            Cell::count(stage.late_visits),
            Cell::of(stage.held.median_seconds, Cell::Seconds),
        ]);
    }
    Ok((closed, stages))
}
