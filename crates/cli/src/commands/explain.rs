//! `redress explain CASE deadline|number|loss|decision|deduction|fine`: why a due instant lies where it lies, why a number
//! or a figure is what it is.
//!
//! A deadline is told as the intervals from its start to its due instant; what counts of them adds up to the limit.

use redress::Explained;
use redress_core::event::Event;
use redress_core::memo::{Memo, Step};
use redress_kernel::definition::Definition;
use redress_kernel::event::{CaseEvent, Subject};
use redress_kernel::id::EmployeeId;

use crate::failure::{Exit, Failure};
use crate::output::{Cell, Record, Zones, column, harmless, intervals};
use crate::session::Session;
use crate::{naming, story};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The case: its number, its id or the beginning of it
    case: String,
    #[command(subcommand)]
    what: What,
}

/// What is to be explained.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// The deadline of the case, or of one visit
    Deadline {
        /// A visit by its number, instead of the case
        #[arg(long)]
        visit: Option<u32>,
    },
    /// The number of the case (M8)
    Number,
    /// The loss of the case, line by line (M9-7)
    Loss,
    /// The decision: what was granted, and who had to decide it (M11)
    Decision,
    /// What is deducted from bonuses, step by step (P3)
    Deduction {
        /// From whom: that one's steps, and the lines of that ledger
        #[arg(long, value_name = "EMPLOYEE")]
        for_employee: Option<EmployeeId>,
    },
    /// Somebody's discipline and what it costs, step by step (D1 to D6)
    Fine {
        /// Whose
        employee: EmployeeId,
    },
}

/// Explains it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let explained = match &args.what {
        What::Deadline { visit } => return deadline(session, &args.case, *visit).await,
        What::Number => return number(session, &args.case).await,
        What::Loss => Explained::Loss,
        What::Decision => Explained::Decision,
        What::Deduction { for_employee } => Explained::Deduction(for_employee.clone()),
        What::Fine { employee } => Explained::Fine(employee.clone()),
    };
    figures(session, &args.case, &explained).await
}

async fn figures(session: &Session, case: &str, explained: &Explained) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let id = session.find(&desk, case).await?;
    let lang = session.output.lang.of_sentences();
    let memo = desk
        .explain_figures(id, explained, lang)
        .await
        .map_err(|e| session.failed(&e))?;
    let zones = session.zones();
    if session.output.is_json() {
        let steps: Vec<_> = memo
            .steps
            .iter()
            .map(|step| step_json(step, &zones))
            .collect();
        return session.output.json(&serde_json::json!({
            "schema": "redress/explain-figures@1",
            "case": id.to_string(),
            "title": memo.title,
            "steps": steps,
        }));
    }
    session.output.print(&told(&memo, &zones))
}

/// A memo as people read it: its title, and its steps with their clauses.
pub(crate) fn told(memo: &Memo, zones: &Zones) -> String {
    let mut text = format!("{}\n\n", memo.title);
    for (step, number) in memo.steps.iter().zip(1_u32..) {
        let at = step.at.map(|at| zones.shown.short(at));
        let told = harmless(&step.text);
        let at = at.map_or_else(String::new, |at| format!(" · {at}"));
        let on = step.event.as_ref().map_or_else(String::new, |event| {
            let (stream, version, position) = (&event.stream, event.version, event.position);
            format!(" · {} {stream}@{version} #{position}", event.kind)
        });
        text.push_str(&format!(
            "{number:>3}. {}{at}{on}\n     {told}\n",
            step.clause
        ));
    }
    text
}

fn step_json(step: &Step, zones: &Zones) -> serde_json::Value {
    serde_json::json!({
        "clause": step.clause,
        "at": Cell::of(step.at, Cell::Instant).json(zones),
        "event": step.event,
        "mark": step.mark,
        "text": step.text,
    })
}

async fn deadline(session: &Session, case: &str, visit: Option<u32>) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let id = session.find(&desk, case).await?;
    let subject = visit.map_or(Subject::Case, Subject::Visit);
    let explained = desk
        .explain_deadline(id, subject)
        .await
        .map_err(|e| session.failed(&e))?;
    let lang = session.output.lang;
    let mut record = Record::new("redress/explain-deadline@1");
    record.member(column("case", "案件", "Case"), Cell::text(id.to_string()));
    record.member(
        column("subject", "事项", "Of"),
        story::subject(subject, lang),
    );
    record.member(
        column("from", "起算", "From"),
        Cell::Instant(explained.from),
    );
    record.member(
        column("due", "到期", "Due"),
        Cell::Instant(explained.deadline.due),
    );
    record.member(
        column("limit", "期限", "Limit"),
        naming::span(explained.deadline.limit, lang),
    );
    record.member(
        column("clause", "条款", "Clause"),
        Cell::text(explained.deadline.clause.clone()),
    );
    record.member(
        column("limit_seconds", "合计", "Adds up to"),
        Cell::Seconds(explained.limit_seconds),
    );
    record.member(
        column("notice_at", "临期通知", "Due-soon notice"),
        Cell::of(explained.deadline.notice_at, Cell::Instant),
    );
    let years = &explained.deadline.provisional;
    record.member(
        column("provisional", "暂定年份", "Provisional years"),
        Cell::Parts {
            json: serde_json::json!(years),
            shown: years
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        },
    );
    record.part("intervals", intervals(&explained.intervals, lang));
    session.output.record(&record, &session.zones())
}

async fn number(session: &Session, case: &str) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let id = session.find(&desk, case).await?;
    let timeline = desk.timeline(id).await.map_err(|e| session.failed(&e))?;
    let view = desk.case(id).await.map_err(|e| session.failed(&e))?;
    let numbered = timeline.iter().find_map(|entry| match &entry.event {
        Event::Case(CaseEvent::Numbered(numbered)) => Some((entry, numbered)),
        _ => None,
    });
    let Some((entry, numbered)) = numbered else {
        return Err(
            Failure::new(Exit::NotFound, "no_number", "the case has no number yet")
                .chinese("此案件尚无编号")
                .clause("M8")
                .help_both(
                    "a complaint is numbered when it is accepted",
                    "案件在受理时编号",
                ),
        );
    };
    let definition: &Definition = &view.workflow.definition;
    let lang = session.output.lang;
    let mut record = Record::new("redress/explain-number@1");
    record.member(column("case", "案件", "Case"), Cell::text(id.to_string()));
    record.member(
        column("number", "编号", "Number"),
        Cell::text(numbered.print.clone()),
    );
    record.member(
        column("key", "排序号", "Key"),
        Cell::text(numbered.key.clone()),
    );
    record.member(
        column("series", "系列", "Series"),
        Cell::text(numbered.series.clone()),
    );
    record.member(
        column("period", "月份", "Month"),
        Cell::Month(numbered.period),
    );
    record.member(
        column("serial", "序号", "Serial"),
        Cell::count(numbered.serial),
    );
    record.member(
        column("occurred_at", "编号时间", "Given"),
        Cell::Instant(entry.occurred_at),
    );
    record.member(
        column("recorded_at", "记录时间", "Recorded"),
        Cell::Instant(entry.recorded_at),
    );
    record.member(
        column("actor", "办理人", "By"),
        story::actor(&entry.actor, Some(definition), lang),
    );
    record.member(
        column("clause", "条款", "Clause"),
        Cell::of(definition.numbering.as_ref(), |n| {
            Cell::text(n.clause.clone())
        }),
    );
    let why = match lang {
        crate::settings::Lang::Zh => format!(
            "{} 第 {} 件受理（按公司时区，按记录次序，无缺号）",
            numbered.period.chinese(),
            numbered.serial
        ),
        crate::settings::Lang::En => format!(
            "number {} of {}, in order of recording; the month goes by the company's zone, no serial is left out",
            numbered.serial, numbered.period
        ),
    };
    record.member(column("why", "依据", "Why"), Cell::Text(why));
    session.output.record(&record, &session.zones())
}
