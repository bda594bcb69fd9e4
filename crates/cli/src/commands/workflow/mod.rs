//! `redress workflow check|show|diff|adopt|schema`: the regulation as data.

mod adopt;
mod budget;
mod check;
mod diff;
mod schema;
mod show;

pub(crate) use schema::forms;

use std::path::{Path, PathBuf};

use redress::Redress;
use redress_kernel::id::DefinitionId;
use redress_workflow::{Faults, Files, Reading};

use crate::failure::{Exit, Failure};
use crate::output::{Cell, Listing, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Check the files of a workflow; every fault at once
    Check(check::Args),
    /// Show a workflow on the page that a manager signs
    Show(show::Args),
    /// Show in which values two versions differ
    Diff(diff::Args),
    /// Adopt a version of a workflow, or a calendar, with the recorded approval that it needs (M15)
    Adopt(adopt::Args),
    /// Print the JSON Schema of a workflow's forms
    Schema(schema::Args),
}

/// Runs it.
pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Check(args) => check::run(session, &args).await,
        Command::Show(args) => show::run(session, &args).await,
        Command::Diff(args) => diff::run(session, &args).await,
        Command::Adopt(args) => adopt::run(session, &args).await,
        Command::Schema(args) => schema::run(session, &args).await,
    }
}

/// Where a workflow is taken from: a directory, the built-in ones by id, `adopted:ID[@VERSION]` of the data directory.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Directory(PathBuf),
    BuiltIn(String),
    Adopted(DefinitionId, Option<String>),
}

impl std::str::FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(name) = text.strip_prefix("adopted:") {
            let (id, version) = match name.split_once('@') {
                Some((id, version)) => (id, Some(version.to_owned())),
                None => (name, None),
            };
            let id = id
                .parse()
                .map_err(|e: redress_kernel::id::IdError| e.to_string())?;
            return Ok(Self::Adopted(id, version));
        }
        if redress_workflow::builtin_files().contains_key(text) && !Path::new(text).is_dir() {
            return Ok(Self::BuiltIn(text.to_owned()));
        }
        Ok(Self::Directory(PathBuf::from(text)))
    }
}

impl Source {
    /// The files and what they say.
    pub(crate) async fn study(&self, session: &Session) -> Result<Reading, Failure> {
        let (path, files) = self.files(session).await?;
        redress_workflow::study(&files).map_err(|faults| faulty(session, &path, &faults))
    }

    /// The files, and what their place is called.
    pub(crate) async fn files(&self, session: &Session) -> Result<(PathBuf, Files), Failure> {
        match self {
            Self::Directory(path) => {
                if !path.is_dir() {
                    let builtin: Vec<String> =
                        redress_workflow::builtin_files().into_keys().collect();
                    return Err(Failure::new(
                        Exit::NotFound,
                        "no_such_workflow",
                        format!(
                            "`{}` is neither a directory nor a built-in workflow",
                            path.display()
                        ),
                    )
                    .chinese(format!("`{}` 既非目录，也非内置流程", path.display()))
                    .help_both(
                        format!(
                            "built in are {}; `adopted:ID` names one of the data directory",
                            builtin.join(", ")
                        ),
                        format!(
                            "内置流程：{}；`adopted:代号` 指数据目录中已采用的流程",
                            builtin.join("、")
                        ),
                    ));
                }
                redress_workflow::files_of_dir(path)
                    .map(|files| (path.clone(), files))
                    .map_err(|faults| faulty(session, path, &faults))
            }
            Self::BuiltIn(id) => {
                let files = redress_workflow::builtin_files()
                    .remove(id)
                    .unwrap_or_default();
                Ok((PathBuf::from(id), files))
            }
            Self::Adopted(id, version) => {
                let desk: Redress = session.reading().await?;
                let adopted = desk
                    .workflow(id, version.as_deref())
                    .await
                    .map_err(|e| session.failed(&e))?;
                Ok((PathBuf::from(id.as_str()), (*adopted.files).clone()))
            }
        }
    }
}

/// Faults of files: all of them to standard error, the first as the failure.
pub(crate) fn faulty(session: &Session, directory: &Path, faults: &Faults) -> Failure {
    if !session.output.is_json() && faults.count() > 1 {
        session.output.note(&faults.to_string());
    }
    let first = faults.all().first();
    let (message, code, hint) = first.map_or(
        (String::new(), "workflow_invalid", String::new()),
        |fault| {
            (
                fault.sentence.clone(),
                fault.code.as_str(),
                fault.hint.clone(),
            )
        },
    );
    let more = faults.count().saturating_sub(1);
    let message = match more {
        0 => message,
        more => format!("{message} (and {more} more)"),
    };
    let place = first.filter(|fault| !fault.file.is_empty()).map_or_else(
        || directory.display().to_string(),
        |fault| directory.join(&fault.file).display().to_string(),
    );
    let line = first.map(|fault| fault.line).filter(|line| *line > 0);
    Failure::new(Exit::InvalidFile, code, message)
        .help(hint)
        .at(place, line)
}

/// Faults as rows.
fn fault_rows(faults: impl IntoIterator<Item = redress_workflow::Fault>) -> Listing {
    let columns = vec![
        column("file", "文件", "File"),
        column("line", "行", "Line"),
        column("column", "列", "Column"),
        column("code", "代码", "Code"),
        column("message", "问题", "What is wrong"),
        column("help", "应如何", "What to do"),
    ];
    let mut listing = Listing::new("redress/workflow-check@1", "faults", columns);
    for fault in faults {
        listing.row(vec![
            Cell::text(fault.file.clone()),
            Cell::count(fault.line),
            Cell::count(fault.column),
            Cell::text(fault.code.as_str()),
            Cell::text(fault.sentence.clone()),
            Cell::text(fault.hint.clone()),
        ]);
    }
    listing
}

/// A calendar file, checked.
pub(crate) fn calendar_file(session: &Session, path: &Path) -> Result<String, Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| Failure::unreadable(path, &e))?;
    let name = path
        .file_name()
        .map_or_else(|| shown.clone(), |n| n.to_string_lossy().into_owned());
    redress_workflow::read_calendar(&name, &text).map_err(|faults| {
        faulty(
            session,
            path.parent().unwrap_or_else(|| Path::new("")),
            &faults,
        )
    })?;
    Ok(text)
}
