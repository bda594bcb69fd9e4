//! `redress demo`: a company handles real complaints, every deed through the engine, on a simulated clock.
//!
//! Real: products, components, dates and the senders' words (`demo/README.md` says where they come from and what is
//! left out). Acted: the company, its people, its customers' countries, how long everything takes and how it ends;
//! all of it follows from the seed.

mod told;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use redress::{Founding, HandClock, Redress};
use redress_kernel::id::EmployeeId;
use redress_kernel::organisation::Period;
use redress_kernel::time::{Date, Instant, Zone};
use redress_log::ClockKind;

use super::backup::no_dry_run;
use crate::demo::hours::Hours;
use crate::demo::play::{Play, Stage, Stumble};
use crate::demo::{company, source};
use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::settings::Lang;

/// What can be said.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The complaints are real: received by the US road-safety authority in February and March 2024, public domain, nobody
named in them. The company that handles them is made up, and so is everything that it does, loses, charges to bonuses
and gives back; the same seed gives the same play. Two months are closed in it. The directory stays, to be explored;
its clock is simulated, and every command says so.

Without `--data` it plays in `redress-demo`, whatever the settings say.")]
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
const SINCE: &str = "2010-01-04T00:00:00+08:00";
/// The desk is founded the evening before the first complaint.
const FOUNDED: &str = "2024-01-31T17:00:00+08:00";
/// The first day.
const FIRST: &str = "2024-02-01";
/// The curtain falls: March is to be closed by then (M9-10).
const UNTIL: &str = "2024-04-10T18:00:00+08:00";

/// Runs it.
pub(crate) async fn run(session: &Session, args: Args) -> Result<(), Failure> {
    no_dry_run(session)?;
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
    let until = instant(UNTIL)?;
    let (count, first, last) = (complaints.len(), FIRST, Zone::SHANGHAI.date_of(until));
    session.output.note(&match session.output.lang {
        Lang::Zh => format!("2024 年 2 月至 3 月收到的 {count} 件投诉，由一家虚构的公司自 {first} 办理至 {last} ……"),
        Lang::En => format!(
            "{count} complaints received in February and March 2024, handled from {first} to {last} by a company that is made up …"
        ),
    });
    let bar = progress(instant(FOUNDED)?, until);
    let play = Play::new(Stage {
        desk: &desk,
        clock,
        hours: Hours::new(company::calendar().map_err(|e| faulty(&e))?, Zone::SHANGHAI),
        complaints: &complaints,
        seed: args.seed,
        away,
        first: FIRST.parse::<Date>().map_err(|e| faulty(&e))?,
        until,
    });
    let first = instant(FOUNDED)?;
    let told = |at: Instant| bar.set_position(at.seconds_since(first).max(0).unsigned_abs());
    let tally = play.run(told).await.map_err(|stumble| stumbled(&stumble))?;
    bar.finish_and_clear();
    desk.close().await.map_err(|e| session.failed(&e))?;
    drop(desk);
    let seconds = began.elapsed().as_secs();
    let (commands, rounds, place) = (tally.commands, tally.rounds, directory.display());
    session.output.note(&match session.output.lang {
        Lang::Zh => format!("{commands} 条命令，{rounds} 次巡查，用时 {seconds} 秒；以下内容均由 {place} 读出"),
        Lang::En => format!(
            "{commands} commands and {rounds} rounds in {seconds} s; all that follows is read back from {place}"
        ),
    });
    told::tell(session, &directory, tally).await
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
