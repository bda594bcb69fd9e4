//! `redress workflow check [DIR|ID]…`: every fault of the files at once, with file, line and hint; and the budget of the
//! stages' limits. Exit code 3 if there is a fault. `--staffed` asks the data directory whether every office is held.

use std::path::PathBuf;

use super::{Source, budget, fault_rows};
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Record, column};
use crate::session::Session;
use crate::story;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A directory, the id of a built-in workflow, or `adopted:ID[@VERSION]` [default: the built-in ones]
    #[arg(value_name = "WORKFLOW")]
    sources: Vec<Source>,
    /// Also tell which offices and departments of the data directory nobody holds
    #[arg(long)]
    staffed: bool,
}

/// Checks them.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let built_in = || {
        redress_workflow::builtin_files()
            .into_keys()
            .map(Source::BuiltIn)
            .collect()
    };
    let sources: Vec<Source> = if args.sources.is_empty() {
        built_in()
    } else {
        args.sources.clone()
    };
    let mut worst = None;
    for source in &sources {
        let (path, files) = source.files(session).await?;
        let failure = one(session, args, &path, &files).await?;
        worst = worst.or(failure);
    }
    worst.map_or(Ok(()), Err)
}

async fn one(
    session: &Session,
    args: &Args,
    path: &std::path::Path,
    files: &redress_workflow::Files,
) -> Result<Option<Failure>, Failure> {
    let lang = session.output.lang;
    let mut record = Record::new("redress/workflow-check@1");
    record.member(
        column("workflow", "流程", "Workflow"),
        Cell::text(path.display().to_string()),
    );
    let failure = match redress_workflow::study(files) {
        Ok(reading) => {
            let definition = &reading.workflow.definition;
            record.member(
                column("id", "代号", "Id"),
                Cell::text(definition.id.as_str()),
            );
            record.member(
                column("title", "名称", "Title"),
                Cell::Text(story::title(&definition.title, lang)),
            );
            record.member(
                column("version", "版本", "Version"),
                Cell::text(definition.version.clone()),
            );
            record.member(
                column("hash", "摘要", "Hash"),
                Cell::text(reading.workflow.hash.clone()),
            );
            record.member(
                column("stages", "阶段数", "Stages"),
                Cell::count(definition.stages.len()),
            );
            record.member(
                column("values", "数值项", "Values"),
                Cell::count(reading.leaves.len()),
            );
            record.member(column("fault_count", "问题数", "Faults"), Cell::Integer(0));
            record.part("budget", budget::budget(definition, session.output.lang));
            if args.staffed {
                let desk = session.reading().await?;
                let at = session.at(&desk, None).await?;
                let organisation = desk.organisation().await.map_err(|e| session.failed(&e))?;
                let open = redress_workflow::nobody_holds(&reading, &organisation, at);
                record.part("open_roles", fault_rows(open));
            }
            None
        }
        Err(faults) => {
            record.member(
                column("fault_count", "问题数", "Faults"),
                Cell::count(faults.count()),
            );
            let first = faults.all().first().cloned();
            record.part("faults", fault_rows(faults.all().iter().cloned()));
            let count = faults.count();
            let failure = Failure::new(
                Exit::InvalidFile,
                first
                    .as_ref()
                    .map_or("workflow_invalid", |f| f.code.as_str()),
                format!("{} has {count} fault(s)", path.display()),
            )
            .chinese(format!("{} 有 {count} 处问题", path.display()));
            Some(match first {
                Some(fault) => failure.help(fault.hint.clone()).at(
                    PathBuf::from(path).join(&fault.file).display().to_string(),
                    Some(fault.line),
                ),
                None => failure,
            })
        }
    };
    session.output.record(&record, &session.zones())?;
    if !session.output.is_json() {
        session.output.print("\n")?;
    }
    Ok(failure)
}
