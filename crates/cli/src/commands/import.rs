//! `redress import FILE.csv --map MAP.toml`: historic cases with the instants at which things really happened.
//!
//! The cases are marked as imported and numbered in a series of their own (`I13-01-07`); what the source leaves out is
//! *not recorded*, and nobody is reminded of what was due before the import. A row is known by source and key: a second
//! import of it does nothing. Rows that cannot be taken are listed with line and reason, the others are kept; the exit
//! code is then 5.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use redress::{Error, Founding, ImportReport, Redress, imported_case};
use redress_kernel::event::Imported;
use redress_kernel::id::{DefinitionId, EmployeeId};

use crate::failure::{Exit, Failure};
use crate::import::map::{Map, MapFault};
use crate::import::row::{BadRow, Rows};
use crate::import::table::Table;
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::settings::{Format, Lang};
use crate::sheet::stands_twice;

/// What can be said.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The map is a TOML file: `source` names the source, `key` and `opened_at` name columns, `[opening]` the fields of the
opening form, each `[[step]]` a stage with the column of the instant at which it ended. `[observed]` names a column that
lists which instants are real; a step with `observed_as` is taken only if it is listed. Instants without an offset are
meant in the map's `zone`. An example: tests/import/helpdesk.toml.

If the data directory does not exist yet, it is founded, as by `redress init`.")]
pub(crate) struct Args {
    /// The table: CSV, UTF-8, the names of the columns on its first line
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which column means what
    #[arg(long, value_name = "MAP.toml")]
    map: PathBuf,
}

/// The general manager of a directory that is founded by an import.
const GENERAL_MANAGER: &str = "GM";

/// Runs it.
pub(crate) async fn run(session: &Session, args: Args) -> Result<(), Failure> {
    let text =
        std::fs::read_to_string(&args.map).map_err(|e| Failure::unreadable(&args.map, &e))?;
    let map = Map::read(&text).map_err(|fault| faulty(&args.map, fault))?;
    let table = Table::read(&args.file).map_err(|e| Failure::unreadable(&args.file, &e))?;
    let named = |name: &str| map.columns().any(|(_, column)| column == name);
    if let Some(name) = table.twice(named) {
        return Err(stands_twice(&args.file, name));
    }
    let definition = DefinitionId::new(map.definition_id()).map_err(|e| {
        faulty(
            &args.map,
            MapFault {
                line: None,
                message: e.to_string(),
            },
        )
    })?;

    let desks = open(session).await?;
    let adopted = desks
        .takes
        .workflow(&definition, None)
        .await
        .map_err(|e| session.failed(&e))?;
    map.check(&text, &adopted.workflow.definition, &table.columns)
        .map_err(|fault| faulty(&args.map, fault))?;

    let (mut good, mut bad, mut lines) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut rows = Rows::new(&map, &adopted.workflow.definition, &table.columns);
    for (line, cells) in &table.rows {
        match rows.read(*line, cells.as_ref()) {
            Ok(record) => {
                lines.insert(record.row.clone(), *line);
                good.push(record);
            }
            Err(row) => bad.push(row),
        }
    }
    let (good, known) = desks.without_known(good).await;
    let stored = !session.settings.dry_run;
    let desk = if stored && !session.settings.data.exists() {
        &found(session).await?
    } else {
        &desks.takes
    };
    let mut report = store(desk, good, &definition, session).await?;
    report.repeated += known;
    bad.extend(
        report
            .refused
            .iter()
            .map(|(row, error)| refused(session, &lines, row, error)),
    );
    bad.sort_by_key(|row| row.line);
    let bad_rows = bad.len();
    let printed = say(session, desk, &report, table.rows.len(), bad);
    if !session.settings.dry_run {
        desk.close().await.map_err(|e| session.failed(&e))?;
    }
    let found = match bad_rows {
        0 => Ok(()),
        _ => Err(Failure::silent(Exit::Refused)),
    };
    Failure::after(printed, found)
}

/// The desk that the rows go to, and, in a dry run, the directory as it stands.
struct Desks {
    takes: Redress,
    stands: Option<Redress>,
}

/// Opens the data directory. A dry run happens in memory, by the directory's rules.
async fn open(session: &Session) -> Result<Desks, Failure> {
    let directory = &session.settings.data;
    let exists = directory.exists();
    if session.settings.dry_run {
        let mut founding = founding()?;
        let mut stands = None;
        if exists {
            let desk = Redress::builder()
                .directory(directory)
                .read_only()
                .open()
                .await;
            let desk = desk.map_err(|e| session.failed(&e))?;
            founding.zone = desk.zone();
            let versions = desk.workflows().await.map_err(|e| session.failed(&e))?;
            // The last version of each is the one in force.
            let newest: BTreeMap<_, _> = versions
                .into_iter()
                .map(|version| (version.workflow.definition.id.clone(), version.files))
                .collect();
            founding.workflows = Some(
                newest
                    .into_values()
                    .map(|files| files.as_ref().clone())
                    .collect(),
            );
            stands = Some(desk);
        }
        let takes = Redress::builder().memory().found(founding).await;
        return Ok(Desks {
            takes: takes.map_err(|e| session.failed(&e))?,
            stands,
        });
    }
    if exists {
        let takes = Redress::builder().directory(directory).open().await;
        let takes = takes.map_err(|e| session.failed(&e))?;
        return Ok(Desks {
            takes,
            stands: None,
        });
    }
    // Nothing is founded before the map is known to be good: until then its rules stand in memory.
    let takes = Redress::builder().memory().found(founding()?).await;
    Ok(Desks {
        takes: takes.map_err(|e| session.failed(&e))?,
        stands: None,
    })
}

/// Founds the data directory for its first import.
async fn found(session: &Session) -> Result<Redress, Failure> {
    let directory = &session.settings.data;
    let shown = directory.display();
    session.output.warn(
        "data_directory_founded",
        &format!("数据目录 {shown} 不存在，现予建立（总经理：{GENERAL_MANAGER}）"),
        &format!("there was no data directory {shown}: it is founded, with {GENERAL_MANAGER} as general manager"),
    );
    let desk = Redress::builder()
        .directory(directory)
        .found(founding()?)
        .await;
    desk.map_err(|e| session.failed(&e))
}

impl Desks {
    /// Takes out the rows that the directory has already, and counts them. Only a dry run needs to: a desk that stores
    /// finds them itself.
    async fn without_known(&self, good: Vec<Imported>) -> (Vec<Imported>, u64) {
        let Some(desk) = &self.stands else {
            return (good, 0);
        };
        let (mut new, mut known) = (Vec::new(), 0);
        for record in good {
            if desk
                .case(imported_case(&record.source, &record.row))
                .await
                .is_ok()
            {
                known += 1;
            } else {
                new.push(record);
            }
        }
        (new, known)
    }
}

fn founding() -> Result<Founding, Failure> {
    let manager = EmployeeId::new(GENERAL_MANAGER)
        .map_err(|e| Failure::new(Exit::Failure, "founding", e.to_string()))?;
    Ok(Founding::by(manager))
}

/// Stores the good rows, with a bar on standard error while people look at it.
async fn store(
    desk: &Redress,
    good: Vec<Imported>,
    definition: &DefinitionId,
    session: &Session,
) -> Result<ImportReport, Failure> {
    let bar = ProgressBar::new(u64::try_from(good.len()).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_bar} {eta}") {
        bar.set_style(style);
    }
    if session.output.is_json() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    let report = desk
        .import_all(good, definition, |done| bar.set_position(done))
        .await;
    bar.finish_and_clear();
    report.map_err(|stopped| {
        let (stored, known) = (stopped.report.imported, stopped.report.repeated);
        session.output.warn(
            "import_stopped",
            &format!("导入中断：本次已导入 {stored} 行，此前已导入 {known} 行，均已保存；排除原因后再次导入同一文件即可续行"),
            &format!("the import stopped: {stored} rows were imported and {known} had been before, all of them kept; once the \
                      cause is removed, import the same file again"),
        );
        session.failed(&stopped.error)
    })
}

/// A row that the rules refuse.
fn refused(session: &Session, lines: &BTreeMap<String, u64>, row: &str, error: &Error) -> BadRow {
    let failure = session.failed(error);
    let reason = match error {
        Error::OtherContent { .. } => session
            .output
            .pick(
                "此行此前已导入，但内容不同",
                "the row was imported before, with other content",
            )
            .to_owned(),
        _ => failure.message(session.output.lang).to_owned(),
    };
    BadRow {
        line: lines.get(row).copied().unwrap_or_default(),
        row: Some(row.to_owned()),
        code: error.code().to_owned(),
        clause: error.refusal().map(|refusal| refusal.clause.clone()),
        reason,
    }
}

/// The summary and the rows that were not taken.
fn say(
    session: &Session,
    desk: &Redress,
    report: &ImportReport,
    rows: usize,
    bad: Vec<BadRow>,
) -> Result<(), Failure> {
    let mut listing = Listing::new(
        "redress/import@1",
        "bad_rows",
        vec![
            column("line", "行", "Line"),
            column("row", "主键", "Row"),
            column("code", "代码", "Code"),
            column("clause", "条款", "Clause"),
            column("reason", "原因", "Reason"),
        ],
    );
    let (rows, refused) = (Cell::count(rows), Cell::count(bad.len()));
    for row in bad {
        listing.row(vec![
            Cell::count(row.line),
            Cell::of(row.row, Cell::Text),
            Cell::text(&row.code),
            Cell::of(row.clause, Cell::Text),
            Cell::Text(reason(session, &row.code, row.reason)),
        ]);
    }
    let members = [
        (column("rows", "行数", "Rows"), rows),
        (
            column("imported", "导入", "Imported"),
            Cell::count(report.imported),
        ),
        (
            column("repeated", "此前已导入", "Imported before"),
            Cell::count(report.repeated),
        ),
        (column("refused", "未予导入", "Not taken"), refused),
        (
            column("dry_run", "试运行", "Dry run"),
            Cell::Boolean(session.settings.dry_run),
        ),
    ];
    let zones = session.output.zones(&desk.zone());
    if listing.rows.is_empty() && session.output.format == Format::Table {
        let mut summary = Record::new("redress/import@1");
        summary.members.extend(members);
        return session.output.record(&summary, &zones);
    }
    listing.members.extend(members);
    session.output.listing(&listing, &zones)
}

/// Why a row is not taken, in the reader's language; what the row itself says stays as it is.
fn reason(session: &Session, code: &str, english: String) -> String {
    let chinese = match code {
        "malformed_row" => "此行格式有误",
        "missing_key" => "主键为空",
        "repeated_key" => "主键重复",
        "unreadable_value" => "内容无法识别",
        // A rule's refusal comes in the reader's language already.
        _ => return english,
    };
    match session.output.lang {
        Lang::Zh => format!("{chinese}：{english}"),
        Lang::En => english,
    }
}

fn faulty(path: &Path, fault: MapFault) -> Failure {
    Failure::new(Exit::InvalidFile, "map_invalid", fault.message)
        .help("`redress import --help` says what a map holds")
        .at(path.display().to_string(), fault.line)
}
