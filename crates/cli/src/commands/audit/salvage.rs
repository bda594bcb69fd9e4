//! `redress audit salvage DIR`: exports everything that is whole of a damaged data directory.
//!
//! DIR gets `records.jsonl` (every whole record, byte for byte, in order of position), `lost.jsonl` (each damaged stretch,
//! the positions and the versions of streams that are missing, records that contradict each other or whose append is
//! incomplete, and files of another log, of which nothing is exported), and in `damaged/` the damaged bytes themselves. Of the data directory only `journal/` is needed, and it is
//! only read. To go on working, restore a backup; what was recorded since stands in the export. Ends with 0 when the
//! export is complete, whatever was lost.

use std::path::PathBuf;

use redress_log::{Lost, Salvage, SalvageError};

use crate::commands::backup::no_dry_run;
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Listing, Reading, Record, column};
use crate::session::Session;
use crate::settings::Lang;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The directory of the export: new or empty
    #[arg(value_name = "DIR")]
    destination: PathBuf,
}

/// Exports it.
pub(crate) fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    no_dry_run(session)?;
    let reading = Reading::new(&session.output);
    let salvaged = Salvage::new()
        .tell(reading.tell())
        .export(&session.settings.data, &args.destination);
    drop(reading);
    let salvaged = salvaged.map_err(|error| match &error {
        SalvageError::Open(open) => session.failed(&open.clone().into()),
        _ => Failure::new(Exit::NotFound, error.code(), error.to_string())
            .chinese(format!(
                "`{}` 中没有 `journal` 目录",
                session.settings.data.display()
            ))
            .help_both(
                "name the directory that holds `journal/` with `--data DIR`",
                "请用 `--data 目录` 指定含有 `journal/` 的目录",
            ),
    })?;
    let mut record = Record::new("redress/salvage@1");
    record.member(
        column("export", "导出目录", "Export"),
        Cell::Text(args.destination.display().to_string()),
    );
    record.member(
        column("records", "完好记录", "Whole records"),
        Cell::count(salvaged.records),
    );
    record.member(
        column("reaches", "日志至位置", "The log reached"),
        Cell::count(salvaged.reaches.0),
    );
    record.member(
        column("positions_missing", "缺失位置", "Positions missing"),
        Cell::count(missing(&salvaged.lost)),
    );
    let columns = vec![
        column("kind", "类别", "What"),
        column("stream", "事件流", "Stream"),
        column("from", "自", "From"),
        column("to", "至", "To"),
        column("file", "文件", "File"),
        column("offset", "偏移", "Offset"),
        column("bytes", "字节", "Bytes"),
        column("reason", "说明", "Why"),
    ];
    let mut listing = Listing::new("redress/salvage@1", "lost", columns);
    for lost in &salvaged.lost {
        listing.row(row(lost, session.output.lang));
    }
    record.part("lost", listing);
    session.output.record(&record, &session.zones())
}

/// How many positions are missing.
fn missing(lost: &[Lost]) -> u64 {
    let counts = lost.iter().map(|lost| match lost {
        Lost::Missing { from, to } => to.0 + 1 - from.0,
        _ => 0,
    });
    counts.sum()
}

fn row(lost: &Lost, lang: Lang) -> Vec<Cell> {
    let word = |id: &str, zh: &str, en: &str| Cell::word(id, lang.pick(zh, en));
    let mut cells = vec![Cell::Empty; 8];
    let mut put = |place: usize, cell: Cell| {
        if let Some(held) = cells.get_mut(place) {
            *held = cell;
        }
    };
    match lost {
        Lost::Damaged {
            file,
            offset,
            bytes,
            reason,
            ..
        } => {
            put(0, word("damaged", "损坏", "damaged"));
            put(4, Cell::text(file));
            put(5, Cell::count(*offset));
            put(6, Cell::count(*bytes));
            put(7, Cell::text(reason));
        }
        Lost::OtherLog { file, log, bytes } => {
            put(0, word("other_log", "属于另一日志", "another log's"));
            put(4, Cell::text(file));
            put(6, Cell::count(*bytes));
            let reason = match lang {
                Lang::Zh => format!("其首行属于日志 {log}：未导出"),
                Lang::En => format!("its header names the log {log}: not exported"),
            };
            put(7, Cell::Text(reason));
        }
        Lost::Missing { from, to } => {
            put(0, word("missing", "位置缺失", "positions missing"));
            put(2, Cell::count(from.0));
            put(3, Cell::count(to.0));
        }
        Lost::Versions { stream, from, to } => {
            put(0, word("versions", "版本缺失", "versions missing"));
            put(1, Cell::text(stream));
            put(2, Cell::count(from.0));
            put(3, Cell::count(to.0));
        }
        Lost::Duplicate {
            position,
            file,
            offset,
        } => {
            put(
                0,
                word("duplicate", "同一位置互相矛盾", "contradicting records"),
            );
            put(2, Cell::count(position.0));
            put(3, Cell::count(position.0));
            put(4, Cell::text(file));
            put(5, Cell::count(*offset));
        }
        Lost::Incomplete { from, to, .. } => {
            put(0, word("incomplete", "写入不完整", "incomplete append"));
            put(2, Cell::count(from.0));
            put(3, Cell::count(to.0));
        }
        _ => {}
    }
    cells
}
