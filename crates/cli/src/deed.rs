//! A command that changes a case: who, when, under which id, and what is said of its outcome.

use redress::{Answer, Redress, Request};
use redress_core::command::Command;
use redress_kernel::id::{CaseId, DefinitionId};
use uuid::Uuid;

use crate::failure::Failure;
use crate::moment::Moment;
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::story;

/// What every command that changes a case understands.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "The deed")]
pub(crate) struct Deed {
    /// When it happened [default: now]
    #[arg(long, value_name = "WHEN")]
    pub(crate) occurred_at: Option<Moment>,
    /// The command's own id: sent again under the same id it is done once
    #[arg(long, value_name = "UUID")]
    pub(crate) id: Option<Uuid>,
    /// The version at which the case must still be
    #[arg(long, value_name = "VERSION")]
    pub(crate) expect: Option<u64>,
}

/// A command, ready to be decided.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) case: Option<CaseId>,
    pub(crate) definition: Option<DefinitionId>,
    pub(crate) command: Command,
    pub(crate) deed: Deed,
}

impl Asked {
    /// A command on a case.
    pub(crate) fn on(case: CaseId, command: impl Into<Command>, deed: &Deed) -> Self {
        Self {
            case: Some(case),
            definition: None,
            command: command.into(),
            deed: deed.clone(),
        }
    }

    /// The request by whoever acts in this session.
    pub(crate) fn request(self, session: &Session, desk: &Redress) -> Result<Request, Failure> {
        let zone = desk.zone();
        let mut request = Request::new(session.by()?, self.command);
        request.id = self.deed.id;
        request.case = self.case;
        request.definition = self.definition;
        request.occurred_at = self.deed.occurred_at.map(|moment| moment.instant(&zone));
        request.expect = self.deed.expect;
        request.dry_run = session.settings.dry_run;
        Ok(request)
    }
}

/// Says what a command came to.
pub(crate) fn answer(session: &Session, answer: &Answer) -> Result<(), Failure> {
    session
        .output
        .record(&record(session, answer), &session.zones())
}

/// The answer as data.
pub(crate) fn record(session: &Session, answer: &Answer) -> Record {
    let dry_run = session.settings.dry_run;
    let mut record = Record::new("redress/answer@1");
    record.member(
        column("case", "案件", "Case"),
        Cell::text(answer.case.to_string()),
    );
    // Only a command that assigns a number has one; a dash would read as if the case had none.
    let number = column("number", "编号", "Number");
    record.member(
        match &answer.number {
            Some(_) => number,
            None => number.data_only(),
        },
        Cell::of(answer.number.clone(), Cell::Text),
    );
    record.member(
        column("version", "版本", "Version"),
        Cell::count(answer.version),
    );
    record.member(
        column("position", "位置", "Position").data_only(),
        Cell::count(answer.position),
    );
    record.member(
        column("command", "命令号", "Command").data_only(),
        Cell::text(answer.command.to_string()),
    );
    record.member(
        column("repeated", "重复提交", "Done before"),
        Cell::Boolean(answer.repeated),
    );
    record.member(
        column("dry_run", "试运行", "Dry run"),
        Cell::Boolean(dry_run),
    );
    let columns = vec![
        column("occurred_at", "发生时间", "When"),
        column("kind", "事件", "Event"),
        column("version", "版本", "Version"),
    ];
    let mut events = Listing::new("redress/answer@1", "events", columns);
    for event in &answer.events {
        events.row(vec![
            Cell::Instant(event.occurred_at),
            Cell::word(&event.kind, story::kind(&event.kind, session.output.lang)),
            Cell::count(event.version),
        ]);
    }
    record.part("events", events);
    record
}
