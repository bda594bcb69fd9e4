//! `redress round`: the sweep. Who is late is reminded, each case, visit or month and level once; months that are over are
//! opened, goods whose month of resale has ended are settled (M9-10, M14, A13, A17).
//!
//! It may run as often as one likes. While a service runs on the data directory, the service makes the round.

use redress::RoundReport;
use redress_kernel::definition::Definition;
use redress_kernel::id::CaseId;

use super::backup::no_dry_run;
use crate::failure::Failure;
use crate::moment::Moment;
use crate::output::{Cell, Listing, Record, Zones, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::story::{self, Titles};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Move a simulated clock to this moment first; a real one is never moved
    #[arg(long, value_name = "WHEN")]
    now: Option<Moment>,
}

/// Makes it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    no_dry_run(session)?;
    let desk = session.desk_moved(args.now).await?;
    let report = desk.round().await.map_err(|e| session.failed(&e));
    let titles = Titles::of(session, &desk).await;
    session.close(&desk).await?;
    let (report, titles) = (report?, titles?);
    let lang = session.output.lang;
    let zones = session.zones();
    let mut record = Record::new("redress/round@1");
    record.member(column("at", "时间", "Made at"), Cell::Instant(report.at));
    let reminders = report.issued.iter().filter(|i| i.level > 0).count();
    record.member(
        column("reminders_issued", "催办单", "Reminders"),
        Cell::count(reminders),
    );
    record.member(
        column("notices_issued", "临期通知", "Due-soon notices"),
        Cell::count(report.issued.len() - reminders),
    );
    record.member(
        column("moved_count", "期限重算", "Reckoned anew"),
        Cell::count(report.moved.len()),
    );
    for (column, count) in [
        (
            column("opened_count", "开启月结", "Months opened"),
            report.opened.len(),
        ),
        (
            column("urged_count", "月结催办", "Months urged"),
            report.urged.len(),
        ),
        (
            column("settled_count", "转售结算", "Resales settled"),
            report.settled.len(),
        ),
    ] {
        record.member(column, Cell::count(count));
    }
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("subject", "事项", "About"),
        column("stage", "阶段", "Stage"),
        column("level", "级别", "Level"),
        column("due", "到期", "Due"),
        column("to", "发往", "To"),
    ];
    let mut issued = Listing::new("redress/round@1", "issued", columns);
    for item in &report.issued {
        issued.row(vec![
            Cell::text(item.case.to_string()),
            name(item.number.as_ref(), item.case),
            story::subject(item.subject, lang),
            Cell::of(item.stage.as_ref(), |s| {
                story::stage(s, titles.naming(s), lang)
            }),
            Cell::count(item.level),
            Cell::Instant(item.due),
            story::addressees(
                &item.to,
                item.stage.as_ref().and_then(|s| titles.naming(s)),
                lang,
                &zones,
            ),
        ]);
    }
    record.part("issued", issued);
    let columns = vec![
        column("case", "案件", "Case"),
        column("subject", "事项", "Of"),
        column("due", "到期", "Due"),
    ];
    let mut moved = Listing::new("redress/round@1", "moved", columns);
    for item in &report.moved {
        moved.row(vec![
            Cell::text(item.case.to_string()),
            story::subject(item.subject, lang),
            Cell::of(item.due, Cell::Instant),
        ]);
    }
    record.part("moved", moved);
    let columns = vec![
        column("case", "案件", "Case"),
        column("code", "原因", "Why"),
    ];
    let mut skipped = Listing::new("redress/round@1", "skipped", columns);
    for (case, code) in &report.skipped {
        skipped.row(vec![Cell::text(case.to_string()), Cell::text(code.clone())]);
    }
    record.part("skipped", skipped);
    of_months(&mut record, &report, titles.complaint(), lang, &zones);
    record.part("settled", settled(&report));
    session.output.record(&record, &zones)
}

/// The months that were opened, and what was issued about those that are not closed.
fn of_months(
    record: &mut Record,
    report: &RoundReport,
    definition: Option<&Definition>,
    lang: Lang,
    zones: &Zones,
) {
    let columns = vec![
        column("month", "月份", "Month"),
        column("due", "期限", "Due"),
    ];
    let mut opened = Listing::new("redress/round@1", "opened", columns);
    for item in &report.opened {
        opened.row(vec![Cell::Month(item.month), Cell::Instant(item.due)]);
    }
    record.part("opened", opened);
    let columns = vec![
        column("month", "月份", "Month"),
        column("level", "级别", "Level"),
        column("due", "到期", "Due"),
        column("to", "发往", "To"),
    ];
    let mut urged = Listing::new("redress/round@1", "urged", columns);
    for item in &report.urged {
        urged.row(vec![
            Cell::Month(item.month),
            Cell::count(item.level),
            Cell::Instant(item.due),
            story::addressees(&item.to, definition, lang, zones),
        ]);
    }
    record.part("urged", urged);
    let columns = vec![
        column("month", "月份", "Month"),
        column("code", "原因", "Why"),
    ];
    let mut skipped = Listing::new("redress/round@1", "skipped_months", columns);
    for (month, code) in &report.skipped_months {
        skipped.row(vec![Cell::Month(*month), Cell::text(code.clone())]);
    }
    record.part("skipped_months", skipped);
}

/// The goods that were settled, with their losses.
fn settled(report: &RoundReport) -> Listing {
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("unsold", "未售", "Unsold"),
        column("loss", "损失", "Loss"),
        column("known_at", "确定", "Known"),
        column("month", "归属月份", "Settles with"),
    ];
    let mut settled = Listing::new("redress/round@1", "settled", columns);
    for item in &report.settled {
        settled.row(vec![
            Cell::text(item.case.to_string()),
            name(item.number.as_ref(), item.case),
            Cell::Integer(item.loss.unsold),
            Cell::Money(item.loss.amount),
            Cell::Instant(item.loss.known_at),
            Cell::Month(item.loss.month),
        ]);
    }
    settled
}

/// How people call a case: by its number, else by the beginning of its id.
pub(crate) fn name(number: Option<&String>, case: CaseId) -> Cell {
    match number {
        Some(number) => Cell::text(number.clone()),
        None => {
            let id = case.to_string();
            let short = id.get(..8).unwrap_or(&id).to_owned();
            Cell::Parts {
                json: serde_json::Value::Null,
                shown: short,
            }
        }
    }
}
