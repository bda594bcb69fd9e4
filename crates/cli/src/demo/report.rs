//! What came of it, read back from the data directory: who is late, who was reminded, one case's way, a month.

pub(crate) mod money;

use redress::{Error, Redress};
use redress_core::event::Event;
use redress_kernel::definition::Definition;
use redress_kernel::event::{CaseEvent, Subject};
use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, StageId};
use redress_kernel::time::{Instant, Month};
use redress_views::register::{RegisterFilter, RegisterRow};
use redress_views::reminders::ReminderFilter;
use redress_views::statistics::{Chains, StatisticsQuery};

use crate::output::{Cell, Listing, Zones, column};
use crate::settings::Lang;
use crate::story;

/// How many rows of a long list are printed.
const SHOWN: usize = 10;
/// How many characters of an event are printed.
const BRIEF: usize = 72;

/// In whose words things are told.
pub(crate) struct Words<'w> {
    /// The language.
    pub(crate) lang: Lang,
    /// The workflow of complaints, whose titles are used.
    pub(crate) definition: &'w Definition,
    /// The zones in which instants are written.
    pub(crate) zones: &'w Zones,
}

impl Words<'_> {
    /// The case, or the stage that is meant.
    fn about(&self, subject: Subject, stage: Option<&StageId>) -> Cell {
        match (subject, stage) {
            (Subject::Visit(_), Some(stage)) => {
                story::stage(stage, Some(self.definition), self.lang)
            }
            _ => story::subject(subject, self.lang),
        }
    }

    fn department(&self, department: Option<&DepartmentId>) -> Cell {
        Cell::of(department, |d| {
            story::department(d, Some(self.definition), self.lang)
        })
    }
}

/// The workflow of complaints.
pub(crate) fn complaints() -> Result<DefinitionId, Error> {
    DefinitionId::new("customer-complaint").map_err(|e| Error::Invalid {
        what: e.to_string(),
        place: "definition".to_owned(),
        hint: String::new(),
    })
}

/// What was overdue at a moment, the latest first; and how much it was in all.
pub(crate) async fn overdue(
    desk: &Redress,
    at: Instant,
    words: &Words<'_>,
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
            words.about(row.subject, row.stage.as_ref()),
            words.department(row.department.as_ref()),
            Cell::Instant(row.due),
            story::late(row.late_seconds),
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
pub(crate) async fn some_reminders(desk: &Redress, words: &Words<'_>) -> Result<Listing, Error> {
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
        let to = entry
            .to
            .iter()
            .map(|to| story::addressee(to, Some(words.definition), words.lang, words.zones));
        listing.row(vec![
            Cell::Instant(entry.at),
            Cell::of(entry.number, Cell::Text),
            words.about(entry.subject, entry.stage.as_ref()),
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
pub(crate) async fn timeline(
    desk: &Redress,
    case: CaseId,
    words: &Words<'_>,
) -> Result<Listing, Error> {
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
        // What only says what the others imply is left to `case timeline`.
        let implied = match &entry.event {
            Event::Case(CaseEvent::VisitEnded(ended)) => ended.late_seconds == 0,
            Event::Case(CaseEvent::StageSkipped(_)) => true,
            _ => false,
        };
        if implied {
            continue;
        }
        let told = story::event(
            &entry.event,
            Some(words.definition),
            words.lang,
            words.zones,
        );
        listing.row(vec![
            Cell::Instant(entry.occurred_at),
            story::actor(&entry.actor, Some(words.definition), words.lang),
            Cell::word(&entry.kind, story::kind(&entry.kind, words.lang)),
            Cell::Text(brief(&told)),
        ]);
    }
    Ok(listing)
}

/// A text that fits beside the others of a row.
fn brief(text: &str) -> String {
    let mut brief: String = text.chars().take(BRIEF).collect();
    if brief.len() < text.len() {
        brief.push('…');
    }
    brief
}

/// A month's statistics: its totals, and the stages.
pub(crate) async fn month(
    desk: &Redress,
    month: Month,
    words: &Words<'_>,
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
        Cell::word("all", words.lang.pick("合计", "all")),
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
            story::stage(&stage.stage, Some(words.definition), words.lang),
            Cell::count(stage.visits),
            Cell::count(stage.late_visits),
            Cell::of(stage.held.median_seconds, Cell::Seconds),
        ]);
    }
    Ok((closed, stages))
}
