//! `redress bench open`: how long it takes to open a directory, to do a first command, to answer a first question
//! and one more, and what lies in memory and on the disk then. Each run lodges a complaint.

use std::path::{Path, PathBuf};
use std::time::Instant;

use redress::{Redress, by};

use super::{failed, median, ratio};
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The data directory; each run lodges a complaint in it, by the one who acts or by `lin`
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// How many openings
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=99))]
    runs: u64,
}

/// What one opening took, in microseconds.
struct Run {
    opening: u64,
    command: u64,
    first_view: u64,
    next_view: u64,
    closing: u64,
    resident_kib: u64,
}

/// Measures it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let mut runs = Vec::new();
    let mut events = 0;
    for _ in 0..args.runs {
        let (run, head) = open(session, &args.directory).await?;
        runs.push(run);
        events = head;
    }
    let journal = Bytes::below(&args.directory.join("journal"))?;
    let store = Bytes::below(&args.directory.join("index"))?;
    let middle = |of: fn(&Run) -> u64| Cell::count(median(runs.iter().map(of).collect()));
    let first = |of: fn(&Run) -> u64| Cell::count(runs.first().map(of).unwrap_or_default());
    let mut record = Record::new("redress/bench-open@1");
    let mut member = |key: &'static str, zh: &'static str, en: &'static str, cell: Cell| {
        record.member(column(key, zh, en), cell);
    };
    member("events", "事件数", "Events", Cell::count(events));
    member("runs", "次数", "Runs", Cell::count(args.runs));
    member(
        "opening_micros",
        "打开（微秒）",
        "Opening, µs",
        middle(|r| r.opening),
    );
    member(
        "first_command_micros",
        "首个命令（微秒）",
        "First command, µs",
        middle(|r| r.command),
    );
    member(
        "first_view_micros",
        "首次查询（微秒）",
        "First view, µs",
        middle(|r| r.first_view),
    );
    member(
        "next_view_micros",
        "再次查询（微秒）",
        "Next view, µs",
        middle(|r| r.next_view),
    );
    member(
        "closing_micros",
        "关闭（微秒）",
        "Closing, µs",
        middle(|r| r.closing),
    );
    member(
        "first_run_opening_micros",
        "首轮打开（微秒）",
        "First run: opening, µs",
        first(|r| r.opening),
    );
    member(
        "first_run_view_micros",
        "首轮查询（微秒）",
        "First run: first view, µs",
        first(|r| r.first_view),
    );
    let resident = runs.iter().map(|run| run.resident_kib).max();
    member(
        "resident_kib",
        "常驻内存（KiB）",
        "Resident at most, KiB",
        Cell::count(resident.unwrap_or_default()),
    );
    member(
        "journal_bytes",
        "日志字节数",
        "Journal, bytes of lines",
        Cell::count(journal.long),
    );
    member(
        "journal_allocated",
        "日志占用",
        "Journal, bytes on disk",
        Cell::count(journal.allocated),
    );
    member(
        "store_bytes",
        "存储字节数",
        "Store, bytes",
        Cell::count(store.long),
    );
    member(
        "store_allocated",
        "存储占用",
        "Store, bytes on disk",
        Cell::count(store.allocated),
    );
    let both = journal.allocated.saturating_add(store.allocated);
    member(
        "ratio",
        "比值",
        "On disk against lines",
        Cell::text(ratio(both, journal.long)),
    );
    session.output.record(&record, &session.zones())
}

async fn open(session: &Session, directory: &Path) -> Result<(Run, u64), Failure> {
    let told = |e: redress::Error| session.failed(&e);
    let by = match session.settings.acting {
        Some(_) => session.by()?,
        None => by("lin").map_err(told)?,
    };
    let complaint = super::fill::complaint().map_err(told)?;
    let mut at = Instant::now();
    let mut micros = || {
        let took = u64::try_from(at.elapsed().as_micros()).unwrap_or(u64::MAX);
        at = Instant::now();
        took
    };
    let desk = Redress::open(directory).await.map_err(told)?;
    let opening = micros();
    desk.lodge(&by, complaint.into()).await.map_err(told)?;
    let command = micros();
    let now = desk.now().await.map_err(told)?;
    desk.overdue(now).await.map_err(told)?;
    let first_view = micros();
    desk.overdue(now).await.map_err(told)?;
    let next_view = micros();
    let resident_kib = resident_kib();
    let head = desk.head();
    micros();
    desk.close().await.map_err(told)?;
    let run = Run {
        opening,
        command,
        first_view,
        next_view,
        closing: micros(),
        resident_kib,
    };
    Ok((run, head))
}

/// What of this process lies in memory, where the system says it.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|kib| kib.parse().ok()).unwrap_or_default()
}

/// How long files are together, and how much of the disk they take.
#[derive(Default)]
struct Bytes {
    long: u64,
    allocated: u64,
}

impl Bytes {
    /// Of all files below a directory, if there is one.
    fn below(directory: &Path) -> Result<Self, Failure> {
        let mut bytes = Self::default();
        let mut waiting = vec![directory.to_owned()];
        while let Some(directory) = waiting.pop() {
            let entries = match std::fs::read_dir(&directory) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                entries => entries.map_err(|e| failed("listing a directory", e))?,
            };
            for entry in entries {
                let entry = entry.map_err(|e| failed("listing a directory", e))?;
                let kind = entry
                    .metadata()
                    .map_err(|e| failed("looking at a file", e))?;
                if kind.is_dir() {
                    waiting.push(entry.path());
                } else {
                    bytes.long += kind.len();
                    bytes.allocated += allocated(&kind);
                }
            }
        }
        Ok(bytes)
    }
}

#[cfg(unix)]
fn allocated(file: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(file).saturating_mul(512)
}

#[cfg(not(unix))]
fn allocated(file: &std::fs::Metadata) -> u64 {
    file.len()
}
