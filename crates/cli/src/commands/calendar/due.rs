//! `redress calendar due --from WHEN --limit AMOUNT --unit UNIT`: when a limit is reached.
//!
//! A date counts whole days after it: `--from 2024-09-27 --limit 13 --unit working_day` is 2024-10-21. An instant
//! counts from that instant (A4). A year whose holidays are not published makes the answer provisional: it is given,
//! with a warning.

use redress_kernel::calendar::{CalendarError, Reckoning, Span, Unit};
use redress_kernel::time::Zone;

use super::Which;
use crate::failure::{Exit, Failure};
use crate::moment::Moment;
use crate::naming;
use crate::output::{Cell, Record, column};
use crate::session::Session;
use crate::settings::Format;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A date (whole days after it) or a moment (from that moment)
    #[arg(long, value_name = "WHEN")]
    from: Moment,
    /// How many: `13`, `1/2`, `1 1/2`
    #[arg(long, value_name = "AMOUNT")]
    limit: String,
    /// natural_day, natural_hour, working_day, working_hour or month
    #[arg(long, value_name = "UNIT")]
    unit: Unit,
    /// List the intervals that add up to the limit
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    which: Which,
}

/// Reckons and prints.
pub(crate) fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let calendar = args.which.read(session)?;
    let zone = Zone::default();
    let span: Span = format!("{} {}", args.limit.trim(), args.unit)
        .parse()
        .map_err(|e: redress_kernel::calendar::SpanError| cannot_read(&e))?;
    let reckoning = Reckoning {
        zone: &zone,
        calendar: &calendar,
        suspended: &[],
    };
    let (from, due, provisional) = match args.from {
        Moment::Date(date) => {
            let (due, provisional) = reckoning.due_by_date(date, span).map_err(cannot)?;
            (Cell::Date(date), Cell::Date(due), provisional)
        }
        moment => {
            let start = moment.instant(&zone);
            let due = reckoning.due(start, span).map_err(cannot)?;
            (Cell::Instant(start), Cell::Instant(due.at), due.provisional)
        }
    };
    if !provisional.is_empty() {
        let years = list(&provisional);
        session.output.warn(
            "provisional",
            &format!("{years} 年的节假日安排尚未公布：结果为暂定"),
            &format!("the holidays of {years} are not published: the answer is provisional"),
        );
    }
    let zones = session.zones();
    if session.settings.format == Format::Table && !args.explain {
        return session
            .output
            .print(&format!("{}\n", due.shown(session.output.lang, &zones)));
    }
    let mut record = Record::new("redress/calendar-due@1");
    record.member(column("due", "到期", "Due"), due);
    record.member(column("from", "起算", "From"), from);
    record.member(
        column("limit", "期限", "Limit"),
        naming::span(span, session.output.lang),
    );
    record.member(
        column("calendar", "日历", "Calendar"),
        Cell::text(calendar.id()),
    );
    let years = Cell::Parts {
        json: serde_json::json!(provisional),
        shown: list(&provisional),
    };
    record.member(
        column("provisional", "暂定年份", "Provisional years"),
        years,
    );
    if let (true, moment @ (Moment::Instant(_) | Moment::Local(..))) = (args.explain, args.from) {
        let start = moment.instant(&zone);
        let at = reckoning.due(start, span).map_err(cannot)?.at;
        let intervals = reckoning.explain(start, at, span).map_err(cannot)?;
        record.part(
            "intervals",
            crate::output::intervals(&intervals, session.output.lang),
        );
    }
    session.output.record(&record, &zones)
}

fn list(years: &[i32]) -> String {
    years
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn cannot_read(e: &redress_kernel::calendar::SpanError) -> Failure {
    Failure::usage(e.code(), e.to_string())
        .chinese(format!("期限有误：{e}"))
        .help_both(
            "write `--limit 13 --unit natural_day`, `--limit 1/2 --unit working_day`, `--limit 1 --unit month`",
            "请写 `--limit 13 --unit natural_day`、`--limit 1/2 --unit working_day`、`--limit 1 --unit month`",
        )
}

fn cannot(e: CalendarError) -> Failure {
    Failure::new(Exit::Usage, e.code(), e.to_string())
        .chinese(format!("无法推算：{e}"))
        .help_both(
            "give an instant as `--from` for halves and hours; a calendar reaches a hundred years, time the year 9999",
            "半天和小时请用时刻作 `--from`；日历至多推算一百年，时间至 9999 年",
        )
}
