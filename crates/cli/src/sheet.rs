//! A CSV file of facts to be entered row by row: all rows are read and checked before the first is stored, each is stored
//! once, however often the file is imported.

use std::path::Path;

use redress::{Error, Redress};
use redress_kernel::actor::By;
use uuid::Uuid;

use crate::failure::{Exit, Failure};
use crate::import::table::{Cells, Table};
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::settings::Format;

/// The namespace of the ids of rows.
const ROWS: Uuid = Uuid::from_u128(0x5b0f_2c64_91d7_5c1e_8d3a_6f1b_27e4_9a50);

/// The columns of a file and its rows.
#[derive(Debug)]
pub(crate) struct Sheet {
    columns: Vec<String>,
    /// Each row with its line, from 1.
    pub(crate) rows: Vec<(u64, Result<Cells, String>)>,
}

/// A row that can be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'s> {
    columns: &'s [String],
    cells: &'s Cells,
}

impl Sheet {
    /// Reads a file that has the columns it must have, and no others than those it may have.
    fn read(path: &Path, must: &[&str], may: &[&str]) -> Result<Self, Failure> {
        let table = Table::read(path).map_err(|e| Failure::unreadable(path, &e))?;
        let known = |name: &str| must.contains(&name) || may.contains(&name);
        let missing = must
            .iter()
            .find(|name| !table.columns.iter().any(|c| c == *name));
        let stray = table.columns.iter().find(|name| !known(name));
        let wrong = match (missing, stray) {
            (Some(name), _) => (
                format!("the column `{name}` is missing"),
                format!("缺少“{name}”列"),
            ),
            (None, Some(name)) => (
                format!("nothing is known of a column `{name}`"),
                format!("不认识“{name}”列"),
            ),
            (None, None) => {
                if let Some(name) = table.twice(known) {
                    return Err(stands_twice(path, name));
                }
                return Ok(Self {
                    columns: table.columns,
                    rows: table.rows,
                });
            }
        };
        let names = [must, may].concat().join(",");
        Err(Failure::new(Exit::InvalidFile, "columns", wrong.0)
            .chinese(wrong.1)
            .help_both(
                format!("the first line names the columns: {names}"),
                format!("首行写列名：{names}"),
            )
            .at(path.display().to_string(), Some(1)))
    }

    /// A row with its cells by the names of the columns.
    pub(crate) fn row<'s>(&'s self, cells: &'s Result<Cells, String>) -> Result<Row<'s>, Failure> {
        match cells {
            Ok(cells) => Ok(Row {
                columns: &self.columns,
                cells,
            }),
            Err(reason) => Err(bad(
                "malformed_row",
                reason,
                "此行格数与首行列数不符，或不是 UTF-8 文本",
            )),
        }
    }
}

impl<'s> Row<'s> {
    /// What stands in a column; nothing for an empty cell.
    pub(crate) fn get(&self, name: &str) -> Option<&'s str> {
        let place = self.columns.iter().position(|column| column == name)?;
        self.cells.at(place)
    }

    /// What must stand in a column, as it is read.
    pub(crate) fn must<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let read = self.may(name, read)?;
        read.ok_or_else(|| {
            let english = format!("the cell `{name}` is empty");
            bad("empty_cell", &english, &format!("“{name}”一格为空"))
        })
    }

    /// What may stand in a column, as it is read.
    pub(crate) fn may<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failure> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        read(text).map(Some).map_err(|reason| {
            let english = format!("`{name}`: {reason}");
            let chinese = format!("“{name}”一格“{text}”有误，{}", expected(name));
            bad("unreadable_value", &english, &chinese)
        })
    }
}

/// What is wrong with a table in which a column stands twice.
pub(crate) fn stands_twice(path: &Path, name: &str) -> Failure {
    let english = format!("the column `{name}` stands twice");
    Failure::new(Exit::InvalidFile, "columns", english)
        .chinese(format!("“{name}”列重复出现"))
        .help_both(
            "take one of them out, or rename it",
            "请删除其中一列，或改其列名",
        )
        .at(path.display().to_string(), Some(1))
}

/// What is wrong with a row.
pub(crate) fn bad(code: &str, english: &str, chinese: &str) -> Failure {
    Failure::new(Exit::InvalidFile, code, english).chinese(chinese)
}

/// What stands in a column, in Chinese; in English whoever reads a value says it.
fn expected(column: &str) -> &'static str {
    match column {
        "amount" => "应为金额，如 3000.00 或 3000.00 CNY",
        "month" => "应为月份，如 2026-03",
        "from" => "应为日期，如 2026-03-01",
        "points" | "base_units" => "应为数，小数至多两位，如 5.0",
        "kind" => "应为 shift、group、section、department 之一",
        _ => "应为编号，只用字母、数字和连字符等",
    }
}

/// The id of the command that a row is: the same row again is the same command.
pub(crate) fn id(parts: &[&str]) -> Uuid {
    Uuid::new_v5(&ROWS, parts.join("\n").as_bytes())
}

/// What came of a file.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many rows it has.
    pub(crate) rows: usize,
    /// How many facts were stored, or would be.
    pub(crate) recorded: usize,
    /// How many were so already.
    pub(crate) unchanged: usize,
    /// Rows that cannot be taken, by line: then nothing is stored.
    pub(crate) bad: Vec<(u64, Failure)>,
}

impl Outcome {
    /// Says it. A file with a bad row is taken as a whole or not at all.
    fn say(self, session: &Session, schema: &'static str) -> Result<(), Failure> {
        let columns = vec![
            column("line", "行", "Line"),
            column("code", "代码", "Code"),
            column("clause", "条款", "Clause"),
            column("reason", "原因", "Reason"),
        ];
        let dry_run = session.settings.dry_run;
        let members = [
            (column("rows", "行数", "Rows"), Cell::count(self.rows)),
            (
                column("recorded", "登记", "Recorded"),
                Cell::count(self.recorded),
            ),
            (
                column("unchanged", "此前已登记", "So already"),
                Cell::count(self.unchanged),
            ),
            (
                column("refused", "有误", "Bad rows"),
                Cell::count(self.bad.len()),
            ),
            (
                column("dry_run", "试运行", "Dry run"),
                Cell::Boolean(dry_run),
            ),
        ];
        let zones = session.zones();
        if self.bad.is_empty() && session.output.format == Format::Table {
            let mut record = Record::new(schema);
            record.members.extend(members);
            return session.output.record(&record, &zones);
        }
        let mut listing = Listing::new(schema, "bad_rows", columns);
        listing.members.extend(members);
        for (line, failure) in &self.bad {
            let json = failure.json(session.output.lang);
            let clause = json.get("clause").and_then(serde_json::Value::as_str);
            listing.row(vec![
                Cell::count(*line),
                Cell::text(failure.code.clone()),
                Cell::of(clause, Cell::text),
                Cell::text(failure.message(session.output.lang)),
            ]);
        }
        let printed = session.output.listing(&listing, &zones);
        let found = match self.bad.is_empty() {
            true => Ok(()),
            false => Err(Failure::silent(Exit::InvalidFile)),
        };
        Failure::after(printed, found)
    }
}

/// A file to be imported: where it lies, which columns it must and may have, how what came of it is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File<'f> {
    pub(crate) path: &'f Path,
    pub(crate) must: &'f [&'f str],
    pub(crate) may: &'f [&'f str],
    pub(crate) schema: &'static str,
}

/// Imports a file. `check` gives what is new with its lines, each decided behind those before it, and puts aside the rows that
/// cannot be taken; `enter` stores one, or tries it out, and says whether it had been stored before.
pub(crate) async fn import<C>(
    session: &Session,
    file: File<'_>,
    check: impl AsyncFnOnce(&Redress, &Sheet, &mut Outcome) -> Result<Vec<(u64, C)>, Failure>,
    enter: impl AsyncFn(&Redress, &By, C) -> Result<bool, Error>,
) -> Result<(), Failure> {
    let by = session.by()?;
    let sheet = Sheet::read(file.path, file.must, file.may)?;
    let desk = session.desk(None).await?;
    let outcome = async {
        let mut outcome = Outcome {
            rows: sheet.rows.len(),
            ..Outcome::default()
        };
        let new = check(&desk, &sheet, &mut outcome).await?;
        if !outcome.bad.is_empty() {
            return Ok(outcome);
        }
        for (line, fact) in new {
            match enter(&desk, &by, fact).await {
                Ok(false) => outcome.recorded += 1,
                // Tried out, the rows before it are not there, on which it may rest; `check` decided it behind them. The
                // first that is new rests on none: it meets what would refuse them all, as the duty.
                Err(Error::Refused(_)) if session.settings.dry_run && outcome.recorded > 0 => {
                    outcome.recorded += 1;
                }
                // It was imported before, perhaps by somebody else, and is not so any more.
                Ok(true) | Err(Error::OtherContent { .. }) => {
                    changed_since(session, line);
                    outcome.unchanged += 1;
                }
                Err(e) => return Err(midway(session.failed(&e), file.path, line)),
            }
        }
        Ok(outcome)
    };
    let outcome = outcome.await;
    session.close(&desk).await?;
    outcome?.say(session, file.schema)
}

/// Tells of a row that was imported before and has been changed by somebody since: it stays changed.
fn changed_since(session: &Session, line: u64) {
    session.output.warn(
        "changed_since",
        &format!("第 {line} 行此前已导入，其后又有变更，现予保留；如须改回，请单独登记"),
        &format!(
            "line {line} was imported before and what it says was changed since: it stays changed; \
             enter it by a command of its own to change it back"
        ),
    );
}

/// A row that was checked and yet refused, as when somebody else came between.
fn midway(failure: Failure, path: &Path, line: u64) -> Failure {
    failure.at(path.display().to_string(), usize::try_from(line).ok())
}
