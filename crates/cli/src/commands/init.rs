//! `redress init --general-manager EMPLOYEE`: founds a data directory.
//!
//! The company's zone and the kind of clock are settled here for good. The built-in rules are adopted with the general
//! manager's approval (M15); `--organisation FILE` takes JSON lines such as
//! `{"command":"join","employee":"E17","department":"quality","from":"2026-01-01T00:00:00+08:00"}`.

use std::path::PathBuf;
use std::sync::Arc;

use redress::{Founding, HandClock, Redress};
use redress_kernel::id::EmployeeId;
use redress_kernel::organisation::OrganisationCommand;
use redress_kernel::time::Zone;

use super::backup::no_dry_run;
use crate::failure::{Exit, Failure};
use crate::moment::Moment;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The general manager, who approves the rules (M15)
    #[arg(long, value_name = "EMPLOYEE")]
    general_manager: EmployeeId,
    /// The company's zone: months, numbers and calendars go by it
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    company_zone: Zone,
    /// Who works where, as JSON lines
    #[arg(long, value_name = "FILE")]
    organisation: Option<PathBuf>,
    /// A workflow of one's own instead of the built-in ones (repeatable)
    #[arg(long, value_name = "DIR")]
    workflow: Vec<PathBuf>,
    /// A calendar of one's own instead of the built-in one (repeatable)
    #[arg(long, value_name = "FILE")]
    calendar: Vec<PathBuf>,
    /// Found it by a simulated clock that begins here: nothing in it will be taken for real
    #[arg(long, value_name = "WHEN")]
    simulated: Option<Moment>,
}

/// Founds it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    no_dry_run(session)?;
    let mut founding = Founding::by(args.general_manager.clone()).zone(args.company_zone);
    if let Some(path) = &args.organisation {
        founding = founding.organisation(changes(path)?);
    }
    if !args.workflow.is_empty() {
        let mut workflows = Vec::new();
        for directory in &args.workflow {
            let files = redress_workflow::files_of_dir(directory)
                .and_then(|files| redress_workflow::read(&files).map(|_| files))
                .map_err(|faults| super::workflow::faulty(session, directory, &faults))?;
            workflows.push(files);
        }
        founding.workflows = Some(workflows);
    }
    if !args.calendar.is_empty() {
        let mut calendars = Vec::new();
        for path in &args.calendar {
            calendars.push(super::workflow::calendar_file(session, path)?);
        }
        founding.calendars = Some(calendars);
    }
    let mut builder = Redress::builder().directory(&session.settings.data);
    if let Some(moment) = args.simulated {
        founding = founding.simulated();
        let begin = moment.beginning(&args.company_zone);
        builder = builder.clock(Arc::new(HandClock::at(begin)));
    }
    let desk = builder
        .found(founding)
        .await
        .map_err(|e| match (&args.organisation, &e) {
            (Some(path), redress::Error::Refused(_)) => {
                session.failed(&e).at(path.display().to_string(), None)
            }
            _ => session.failed(&e),
        })?;
    let mut record = Record::new("redress/init@1");
    let path = session.settings.data.display().to_string();
    record.member(
        column("data", "数据目录", "Data directory"),
        Cell::Text(path),
    );
    record.member(
        column("log_id", "日志号", "Log"),
        Cell::text(desk.info().log_id.to_string()),
    );
    record.member(
        column("zone", "时区", "Zone"),
        Cell::text(desk.zone().name()),
    );
    record.member(
        column("clock", "时钟", "Clock"),
        Cell::text(desk.info().clock.as_str()),
    );
    let workflows = desk.workflows().await.map_err(|e| session.failed(&e))?;
    record.member(
        column("workflows", "流程", "Workflows"),
        Cell::List(
            workflows
                .iter()
                .map(|w| {
                    format!(
                        "{} {}",
                        w.workflow.definition.id, w.workflow.definition.version
                    )
                })
                .collect(),
        ),
    );
    session.close(&desk).await?;
    session
        .output
        .record(&record, &session.output.zones(&args.company_zone))
}

fn changes(path: &std::path::Path) -> Result<Vec<OrganisationCommand>, Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| Failure::unreadable(path, &e))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|e| {
                Failure::new(Exit::InvalidFile, "organisation_invalid", e.to_string())
                    .help("a line is one of the commands join, leave, hold_office, head, deputise as JSON")
                    .at(&shown, Some(index + 1))
            })
        })
        .collect()
}
