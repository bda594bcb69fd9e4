//! `redress demo`: a company handles real complaints, every deed through the engine, on a simulated clock.
//!
//! Real: products, components, dates and the senders' words (`demo/README.md` says where they come from and what is
//! left out). Acted: the company, its people, its customers' countries, how long everything takes and how it ends;
//! all of it follows from the seed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use redress::{Founding, HandClock, Redress};
use redress_kernel::id::EmployeeId;
use redress_kernel::organisation::Period;
use redress_kernel::time::{Date, Instant, Month, Zone};
use redress_log::ClockKind;

use crate::demo::hours::Hours;
use crate::demo::play::{Play, Stage, Stumble, Tally};
use crate::demo::report::{self, Words};
use crate::demo::{company, source};
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Record, column};
use crate::session::Session;
use crate::settings::{Format, Lang};

/// What can be said.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The complaints are real: received by the US road-safety authority in February and March 2024, public domain, nobody
named in them. The company that handles them is made up, and so is everything that it does; the same seed gives the
same play. The directory stays, to be explored; its clock is simulated, and every command says so.")]
pub(crate) struct Args {
    /// The directory of the play [default: redress-demo]
    #[arg(from_global)]
    data: Option<PathBuf>,
    /// What everything that is acted follows from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Plays in the directory of an earlier demo, whose play is lost
    #[arg(long)]
    force: bool,
}

/// Where the play is kept when nothing is said.
const DIRECTORY: &str = "redress-demo";
/// The general manager travels: his deputy decides for him.
const AWAY: (&str, &str) = ("2024-03-04T00:00:00+08:00", "2024-03-16T00:00:00+08:00");
/// People have worked here since.
const SINCE: &str = "2024-01-01T00:00:00+08:00";
/// The desk is founded the evening before the first complaint.
const FOUNDED: &str = "2024-01-31T17:00:00+08:00";
/// The curtain falls.
const UNTIL: &str = "2024-04-10T18:00:00+08:00";
/// The moment whose overdue list is shown.
const MOMENT: &str = "2024-03-01T17:00:00+08:00";

/// Runs it.
pub(crate) async fn run(session: &Session, args: Args) -> Result<(), Failure> {
    let directory = args.data.unwrap_or_else(|| PathBuf::from(DIRECTORY));
    make_room(&directory, args.force).await?;
    let began = std::time::Instant::now();
    let complaints = source::complaints().map_err(|e| faulty(&e))?;
    let clock = Arc::new(HandClock::at(instant(FOUNDED)?));
    let away = Period {
        from: instant(AWAY.0)?,
        until: Some(instant(AWAY.1)?),
    };
    let desk = found(session, &directory, clock.clone(), away).await?;
    session.output.note(&format!(
        "{} complaints received in February and March 2024, handled from 1 February to 3 April by a company that is made up …",
        complaints.len()
    ));
    let until = instant(UNTIL)?;
    let bar = progress(instant(FOUNDED)?, until);
    let play = Play::new(Stage {
        desk: &desk,
        clock,
        hours: Hours::new(company::calendar().map_err(|e| faulty(&e))?, Zone::SHANGHAI),
        complaints: &complaints,
        seed: args.seed,
        away,
        first: "2024-02-01".parse::<Date>().map_err(|e| faulty(&e))?,
        until,
    });
    let first = instant(FOUNDED)?;
    let told = |at: Instant| bar.set_position(at.seconds_since(first).max(0).unsigned_abs());
    let tally = play.run(told).await.map_err(|stumble| stumbled(&stumble))?;
    bar.finish_and_clear();
    desk.close().await.map_err(|e| session.failed(&e))?;
    drop(desk);
    let seconds = began.elapsed().as_secs();
    session.output.note(&format!(
        "{} commands and {} rounds in {seconds} s; all that follows is read back from {}",
        tally.commands,
        tally.rounds,
        directory.display()
    ));
    tell(session, &directory, tally).await
}

/// Refuses a directory that something else lives in; an earlier demo's goes only by `--force`.
async fn make_room(directory: &Path, force: bool) -> Result<(), Failure> {
    let mut entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => {
            return Err(
                Failure::new(Exit::Unavailable, "directory_unreadable", e.to_string())
                    .at(directory.display().to_string(), None),
            );
        }
    };
    if entries.next().is_none() {
        return Ok(());
    }
    let shown = directory.display().to_string();
    let earlier = Redress::builder()
        .directory(directory)
        .read_only()
        .open()
        .await;
    let simulated = earlier.is_ok_and(|desk| desk.info().clock == ClockKind::Simulated);
    if !simulated {
        return Err(Failure::new(
            Exit::Usage,
            "not_a_demo",
            "the directory is there already and holds no demo: nothing was touched",
        )
        .help("name another with `--data DIR`")
        .at(shown, None));
    }
    if !force {
        return Err(Failure::new(
            Exit::Usage,
            "demo_exists",
            "an earlier demo lies there",
        )
        .help(format!(
            "explore it (`redress --data {shown} overdue --at 2024-03-01`), or play anew with `--force`: the earlier play is then lost"
        ))
        .at(shown, None));
    }
    std::fs::remove_dir_all(directory).map_err(|e| {
        Failure::new(Exit::Unavailable, "directory_unwritable", e.to_string()).at(shown, None)
    })
}

async fn found(
    session: &Session,
    directory: &Path,
    clock: Arc<HandClock>,
    away: Period,
) -> Result<Redress, Failure> {
    let general_manager = EmployeeId::new(company::GENERAL_MANAGER).map_err(|e| faulty(&e))?;
    let organisation = company::organisation(instant(SINCE)?, away).map_err(|e| faulty(&e))?;
    let founding = Founding::by(general_manager)
        .organisation(organisation)
        .simulated();
    Redress::builder()
        .directory(directory)
        .clock(clock)
        .found(founding)
        .await
        .map_err(|e| session.failed(&e))
}

/// A bar on standard error while people look at it.
fn progress(first: Instant, until: Instant) -> ProgressBar {
    let bar = ProgressBar::new(until.seconds_since(first).max(0).unsigned_abs());
    if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} {wide_bar} {percent} %") {
        bar.set_style(style);
    }
    bar
}

/// Reads the directory and tells what came of the play.
async fn tell(session: &Session, directory: &Path, tally: Tally) -> Result<(), Failure> {
    let desk = Redress::builder()
        .directory(directory)
        .read_only()
        .open()
        .await
        .map_err(|e| session.failed(&e))?;
    let output = &session.output;
    let lang = output.lang;
    let zones = output.zones(&desk.zone());
    let definition = report::complaints().map_err(|e| session.failed(&e))?;
    let adopted = desk
        .workflow(&definition, None)
        .await
        .map_err(|e| session.failed(&e))?;
    let words = Words {
        lang,
        definition: &adopted.workflow.definition,
        zones: &zones,
    };
    let moment = instant(MOMENT)?;
    let february = Month::new(2024, 2).map_err(|e| faulty(&e))?;

    let (overdue, whole) = report::overdue(&desk, moment, &words)
        .await
        .map_err(|e| session.failed(&e))?;
    let levels = report::reminders_by_level(&desk, lang)
        .await
        .map_err(|e| session.failed(&e))?;
    let reminders = report::some_reminders(&desk, &words)
        .await
        .map_err(|e| session.failed(&e))?;
    let case = report::worth_telling(&desk)
        .await
        .map_err(|e| session.failed(&e))?;
    let number = case
        .as_ref()
        .and_then(|case| case.number.clone())
        .unwrap_or_default();
    let timeline = match &case {
        Some(case) => Some(
            report::timeline(&desk, case.case, &words)
                .await
                .map_err(|e| session.failed(&e))?,
        ),
        None => None,
    };
    let (month, stages) = report::month(&desk, february, &words)
        .await
        .map_err(|e| session.failed(&e))?;

    if output.format != Format::Table {
        let mut record = Record::new("redress/demo@1");
        record.member(
            column("data", "数据目录", "Data"),
            Cell::text(directory.display().to_string()),
        );
        record.member(
            column("commands", "命令", "Commands"),
            Cell::count(tally.commands),
        );
        record.member(
            column("overdue_at", "时点", "Moment"),
            Cell::Instant(moment),
        );
        record.member(
            column("overdue_count", "逾期", "Overdue"),
            Cell::count(whole),
        );
        record.member(column("case", "案件", "Case"), Cell::text(number));
        record.part("overdue", overdue);
        record.part("reminders_by_level", levels);
        record.part("reminders", reminders);
        if let Some(timeline) = timeline {
            record.part("timeline", timeline);
        }
        record.part("statistics", month);
        record.part("stages", stages);
        return output.record(&record, &zones);
    }
    let moment = zones.shown.short(moment);
    output.print(&match lang {
        Lang::Zh => format!("\n{moment} 逾期 {whole} 项，其中最久的：\n"),
        Lang::En => format!("\nOverdue at {moment}: {whole}, of these the latest:\n"),
    })?;
    output.listing(&overdue, &zones)?;
    output.print(lang.pick("\n催办单：\n", "\nNotices and reminders (催办单) issued:\n"))?;
    output.listing(&levels, &zones)?;
    output.listing(&reminders, &zones)?;
    if let (Some(timeline), Some(case)) = (timeline, &case) {
        let product = case.product.clone().unwrap_or_default();
        output.print(&match lang {
            Lang::Zh => format!("\n案件 {number}（{product}）的经过：\n"),
            Lang::En => format!("\nThe way of {number}, {product}:\n"),
        })?;
        output.listing(&timeline, &zones)?;
    }
    output.print(lang.pick("\n2024 年 2 月结案统计：\n", "\nClosed in February 2024:\n"))?;
    output.listing(&month, &zones)?;
    output.listing(&stages, &zones)?;
    // A day after it was lodged, whichever case it is.
    let back = case.as_ref().map_or_else(
        || moment.clone(),
        |case| zones.shown.short(case.lodged_at.plus_seconds(86_400)),
    );
    output.print(&explore(
        directory,
        &number,
        &back,
        lang.pick("继续查看：", "Explore it:"),
    ))
}

/// The commands that go on from here.
fn explore(directory: &Path, number: &str, back: &str, heading: &str) -> String {
    let directory = directory.display();
    let commands = [
        "overdue --at 2024-03-08T17:00:00+08:00".to_owned(),
        "statistics --month 2024-03".to_owned(),
        format!("case timeline {number}"),
        format!("explain {number} deadline"),
        format!("case show {number} --at \"{back}\""),
        "worklist --department quality".to_owned(),
        "case list".to_owned(),
    ];
    let mut text = format!("\n{heading}\n");
    for command in commands {
        text.push_str(&format!("  redress --data {directory} {command}\n"));
    }
    text
}

fn instant(text: &str) -> Result<Instant, Failure> {
    Instant::parse_rfc3339(text).map_err(|e| faulty(&e))
}

/// What is shipped with the demo does not hold together: our fault.
fn faulty(what: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Exit::Failure,
        "demo_faulty",
        format!("the demo does not hold together: {what}"),
    )
}

fn stumbled(stumble: &Stumble) -> Failure {
    match &stumble.error {
        Some(error) => faulty(&format!("{}: {error}", stumble.what)),
        None => faulty(&stumble.what),
    }
}
