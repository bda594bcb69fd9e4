//! `redress workflow adopt DIR|ID`, `redress workflow adopt --calendar FILE`: a version takes effect only with the recorded
//! approval of the office that must give it (M15). A running case keeps its version.

use std::path::PathBuf;

use super::{Source, calendar_file};
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A directory, or the id of a built-in workflow
    #[arg(value_name = "WORKFLOW", required_unless_present = "calendar")]
    source: Option<Source>,
    /// A calendar file, such as one with the holidays of another year
    #[arg(long, value_name = "FILE", conflicts_with = "source")]
    calendar: Option<PathBuf>,
}

/// Adopts it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let by = session.by()?;
    if session.settings.dry_run {
        return Err(Failure::usage("no_dry_run", "an adoption has no dry run")
            .help("`redress workflow check` checks it"));
    }
    let mut record = Record::new("redress/workflow-adopt@1");
    if let Some(path) = &args.calendar {
        let text = calendar_file(session, path)?;
        let hash = redress_workflow::calendar_hash(&text);
        let desk = session.desk(None).await?;
        let outcome = desk
            .adopt_calendar(text, &by)
            .await
            .map_err(|e| session.failed(&e));
        session.close(&desk).await?;
        outcome?;
        record.member(
            column("calendar", "日历", "Calendar"),
            Cell::text(path.display().to_string()),
        );
        record.member(column("hash", "摘要", "Hash"), Cell::Text(hash));
    } else if let Some(source) = &args.source {
        let reading = source.study(session).await?;
        let desk = session.desk(None).await?;
        let outcome = desk
            .adopt(reading.files, &by)
            .await
            .map_err(|e| session.failed(&e));
        session.close(&desk).await?;
        let adopted = outcome?;
        let definition = &adopted.workflow.definition;
        record.member(
            column("definition", "流程", "Workflow"),
            Cell::text(definition.id.as_str()),
        );
        record.member(
            column("version", "版本", "Version"),
            Cell::text(definition.version.clone()),
        );
        record.member(
            column("hash", "摘要", "Hash"),
            Cell::text(adopted.workflow.hash.clone()),
        );
        record.member(
            column("adopted_at", "采用时间", "Adopted"),
            Cell::Instant(adopted.adopted_at),
        );
        record.member(
            column("approved_by", "批准人", "Approved by"),
            Cell::text(adopted.approved_by.as_str()),
        );
    }
    session.output.record(&record, &session.zones())
}
