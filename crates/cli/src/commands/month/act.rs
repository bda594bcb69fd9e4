//! What is done to a month, and what came of it.

use redress::MonthAnswer;
use redress_core::month::{MonthCommand, MonthState};

use super::{Command, Which};
use crate::changed;
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// Does it. It happens when it is recorded: there is no earlier instant to be told. Tried out, it says how the month stands
/// without it.
pub(super) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    let Some((command, which)) = meant(command) else {
        return Ok(());
    };
    let by = session.by()?;
    let desk = session.desk_moved(which.now).await?;
    let outcome = desk.do_month(&by, command, session.sending(which.id)).await;
    let state = desk.month(which.month).await;
    session.close(&desk).await?;
    let answer = outcome.map_err(|e| session.failed(&e))?;
    let state = state.map_err(|e| session.failed(&e))?;
    let record = record(session, &answer, state.as_ref());
    session.output.record(&record, &session.zones())
}

fn meant(command: Command) -> Option<(MonthCommand, Which)> {
    Some(match command {
        Command::Open(which) => (MonthCommand::OpenMonth { month: which.month }, which),
        Command::Gather(which) => (MonthCommand::GatherMonth { month: which.month }, which),
        Command::Confirm { department, which } => {
            let month = which.month;
            (MonthCommand::ConfirmMonth { month, department }, which)
        }
        Command::Discipline(which) => (MonthCommand::ListDiscipline { month: which.month }, which),
        Command::Notices(which) => (MonthCommand::IssueNotices { month: which.month }, which),
        Command::Approve(which) => (MonthCommand::ApproveNotices { month: which.month }, which),
        Command::Close(which) => (MonthCommand::CloseMonth { month: which.month }, which),
        Command::List | Command::Show { .. } | Command::Report { .. } => return None,
    })
}

fn record(session: &Session, answer: &MonthAnswer, state: Option<&MonthState>) -> Record {
    let mut record = Record::new("redress/month-answer@1");
    record.member(column("month", "月份", "Month"), Cell::Month(answer.month));
    if let Some(state) = state {
        record.member(
            column("state", "状态", "State"),
            super::stands(state, session.output.lang),
        );
        let opened = state.opened.as_ref();
        record.member(
            column("due", "期限", "Due"),
            Cell::of(opened, |(_, opened)| Cell::Instant(opened.due)),
        );
        let gathered = state.gathered.as_ref();
        record.member(
            column("gathered", "件数", "Cases gathered"),
            Cell::of(gathered, |(_, gathered)| Cell::count(gathered.cases.len())),
        );
    }
    record.member(
        column("version", "版本", "Version"),
        Cell::count(answer.version),
    );
    record.member(
        column("cases", "登记案件", "Entered on cases"),
        Cell::count(answer.cases),
    );
    record.member(
        column("persons", "登记人员", "Entered on ledgers"),
        Cell::count(answer.persons),
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
        changed::tried(session),
        Cell::Boolean(session.settings.dry_run),
    );
    record
}
