//! `redress bench append`: durable appends of many writers, each waiting for its answer before the next, against a
//! bare file to which as many writers append the same: it numbers and spells the same lines, with one sync for all that
//! wait, and does nothing else: it compares no versions, keeps no index and no tree, and shows nothing to readers. A
//! second bare file is handed its lines ready-made: how much faster it is tells what the spelling costs. All run in turns
//! within one run; the medians are compared.
//!
//! The writers are threads, as in a service that handles each request on one, or tasks of one thread: then they
//! cost next to nothing themselves, and what is compared is the work of the log alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use redress_log::{
    Append, AppendError, ClockKind, EventLog, Expected, Founding, JournalOptions, NewEvent,
    RawJson, Stamp, StreamId,
};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::bare::{Bare, Piece};
use super::{Scratch, failed, median, per_second, ratio};
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many append at once
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=8192))]
    writers: u64,
    /// What the writers are: threads of their own, or tasks of one thread
    #[arg(long, value_enum, value_name = "KIND", default_value_t = Kind::Threads)]
    writers_as: Kind,
    /// How many events a run
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1..))]
    events: u64,
    /// How many runs of each
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=99))]
    runs: u64,
    /// The directory below which the files are made, and taken away again
    #[arg(long, value_name = "DIR", default_value = ".")]
    below: PathBuf,
}

/// What a writer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Threads,
    Tasks,
}

impl Kind {
    /// Runs all writers to their ends; how many microseconds that takes.
    async fn run(
        self,
        writers: Vec<impl Future<Output = Result<(), AppendError>> + Send + 'static>,
    ) -> Result<u64, Failure> {
        let begun = Instant::now();
        let mut ends = Vec::new();
        match self {
            Kind::Threads => {
                let mut threads = Vec::new();
                for writer in writers {
                    let runtime = Handle::current();
                    let thread = std::thread::Builder::new().stack_size(128 << 10);
                    let thread = thread.spawn(move || runtime.block_on(writer));
                    threads.push(thread.map_err(|e| failed("starting a writer", e))?);
                }
                for thread in threads {
                    ends.push(
                        thread
                            .join()
                            .map_err(|_| failed("a writer", "it panicked"))?,
                    );
                }
            }
            Kind::Tasks => {
                let tasks: Vec<_> = writers.into_iter().map(tokio::spawn).collect();
                for task in tasks {
                    ends.push(task.await.map_err(|e| failed("a writer", e))?);
                }
            }
        }
        let micros = begun.elapsed().as_micros();
        ends.into_iter()
            .collect::<Result<(), _>>()
            .map_err(|e| failed("a writer", e))?;
        Ok(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

/// Measures it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let scratch = Scratch::below(&args.below, "append")?;
    let per_writer = args.events.div_ceil(args.writers);
    let events = per_writer * args.writers;
    let (mut journals, mut bares, mut handed) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0;
    for run in 0..args.runs {
        let directory = scratch.0.join(format!("journal-{run}"));
        journals.push(journal(&directory, args, per_writer).await?);
        let lines = lines(&directory)?;
        bytes = lines.iter().map(|line| line.len() as u64).sum();
        std::fs::remove_dir_all(&directory).map_err(|e| failed("taking a journal away", e))?;
        let mut shares = Vec::new();
        for writer in 0..args.writers {
            let appends = appends(writer, per_writer)?;
            shares.push(appends.into_iter().map(Piece::Append).collect());
        }
        let file = scratch.0.join(format!("bare-{run}"));
        bares.push(bare(&file, args, shares).await?);
        let each = usize::try_from(per_writer).unwrap_or(usize::MAX).max(1);
        let shares = lines.chunks(each);
        let shares = shares.map(|share| share.iter().cloned().map(Piece::Line).collect());
        handed.push(bare(&file, args, shares.collect()).await?);
        std::fs::remove_file(&file).map_err(|e| failed("taking a file away", e))?;
    }
    let (journal, bare, handed) = (median(journals), median(bares), median(handed));
    let mut record = Record::new("redress/bench-append@1");
    let count = |n: u64| Cell::Integer(i64::try_from(n).unwrap_or(i64::MAX));
    record.member(column("writers", "写入者", "Writers"), count(args.writers));
    record.member(column("events", "事件数", "Events"), count(events));
    record.member(column("bytes", "字节数", "Bytes"), count(bytes));
    record.member(column("runs", "次数", "Runs"), count(args.runs));
    record.member(
        column("log_per_second", "日志每秒", "Log, events a second"),
        count(per_second(events, journal)),
    );
    record.member(
        column(
            "bare_per_second",
            "裸文件每秒",
            "Bare file, events a second",
        ),
        count(per_second(events, bare)),
    );
    record.member(
        column("ratio", "比值", "Log against bare file"),
        Cell::text(ratio(bare, journal)),
    );
    record.member(
        column(
            "handed_per_second",
            "现成行每秒",
            "Bare file handed its lines, lines a second",
        ),
        count(per_second(events, handed)),
    );
    record.member(
        column(
            "ratio_to_handed",
            "与现成行之比",
            "Log against a bare file handed its lines",
        ),
        Cell::text(ratio(handed, journal)),
    );
    session.output.record(&record, &session.zones())
}

/// An event about as large as those of a case.
fn event(writer: u64) -> Result<NewEvent, Failure> {
    let wrong = |e: &dyn std::fmt::Display| failed("making an event", e);
    let text = "板面发现多处起泡，切片显示内层分层；".repeat(7);
    let form = serde_json::json!({
        "visit": 3, "form": {"cause": text, "responsible": "manufacturing", "quantity": 1200, "writer": writer},
    });
    let actor = serde_json::json!({"employee": "E-1042", "department": "quality", "office": null});
    let command = serde_json::json!({"id": Uuid::nil(), "digest": "0".repeat(64)});
    Ok(NewEvent {
        id: Uuid::nil(),
        kind: "case.stage_reported".into(),
        schema: 1,
        occurred_at: Stamp::parse("2026-03-02T01:30:00.000000Z").map_err(|e| wrong(&e))?,
        actor: RawJson::of(&actor).map_err(|e| wrong(&e))?,
        command: RawJson::of(&command).map_err(|e| wrong(&e))?,
        payload: RawJson::of(&form).map_err(|e| wrong(&e))?,
    })
}

/// How many microseconds the journal takes.
async fn journal(directory: &Path, args: &Args, each: u64) -> Result<u64, Failure> {
    let founding = Founding {
        log_id: Uuid::from_u128(1),
        zone: "Asia/Shanghai".into(),
        clock: ClockKind::Simulated,
    };
    let log = JournalOptions::new().create(directory, &founding);
    let log = Arc::new(log.map_err(|e| failed("founding a journal", e))?);
    let mut writers = Vec::new();
    for writer in 0..args.writers {
        let (share, log) = (appends(writer, each)?, log.clone());
        writers.push(async move {
            for append in share {
                log.append(append).await?;
            }
            Ok(())
        });
    }
    let micros = args.writers_as.run(writers).await?;
    log.close().await.map_err(|e| failed("closing", e))?;
    Ok(micros)
}

/// What one writer appends. It is made before the time is taken, as the lines of the bare file are.
fn appends(writer: u64, each: u64) -> Result<Vec<Append>, Failure> {
    let event = event(writer)?;
    let mut appends = Vec::new();
    for n in 0..each {
        // Twenty events a case, as a complaint has.
        let case = u128::from(writer) << 64 | u128::from(n / 20);
        let stream = StreamId::new("complaint", &Uuid::from_u128(case).to_string())
            .map_err(|e| failed("naming a stream", e))?;
        let event = NewEvent {
            id: Uuid::from_u128(u128::from(writer) << 96 | u128::from(n)),
            ..event.clone()
        };
        let expected = Expected::Count(n % 20);
        appends.push(Append::one(
            event.occurred_at,
            stream,
            expected,
            vec![event],
        ));
    }
    Ok(appends)
}

/// The lines that the journal wrote, in order.
fn lines(directory: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let read = |e| failed("reading the journal", e);
    let segments = std::fs::read_dir(directory.join("journal")).map_err(read)?;
    let mut names: Vec<PathBuf> = segments
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(read)?;
    names.sort();
    let mut lines = Vec::new();
    for name in names {
        let bytes = std::fs::read(name).map_err(read)?;
        let records = bytes.split_inclusive(|byte| *byte == b'\n');
        lines.extend(
            records
                .filter(|line| line.starts_with(b"{\"position\":"))
                .map(<[u8]>::to_vec),
        );
    }
    Ok(lines)
}

/// How many microseconds a bare file takes.
async fn bare(path: &Path, args: &Args, shares: Vec<Vec<Piece>>) -> Result<u64, Failure> {
    let file = Arc::new(Bare::create(path).map_err(|e| failed("making a file", e))?);
    let writers = shares.into_iter().map(|share| {
        let file = file.clone();
        async move {
            for piece in share {
                // A writer that has ended says why when it is closed.
                let _gone = file.append(piece).await;
            }
            Ok(())
        }
    });
    let micros = args.writers_as.run(writers.collect()).await?;
    if let Some(file) = Arc::into_inner(file) {
        file.close().map_err(|e| failed("a bare file", e))?;
    }
    Ok(micros)
}
