//! `redress clock confirm`: the clock is right although it is behind the log; commands are taken again.

use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Confirm that the clock is right although it is behind the log
    Confirm,
}

/// Confirms it.
pub(crate) async fn run(session: &Session, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Confirm => {
            let by = session.by()?;
            let desk = session.desk(None).await?;
            let confirmed = desk
                .clock_confirm(&by)
                .await
                .map_err(|e| session.failed(&e));
            let now = desk.now().await.map_err(|e| session.failed(&e));
            session.close(&desk).await?;
            confirmed?;
            let mut record = Record::new("redress/clock-confirm@1");
            record.member(
                column("confirmed", "已确认", "Confirmed"),
                Cell::Boolean(true),
            );
            record.member(
                column("now", "当前时间", "Taken for now"),
                Cell::Instant(now?),
            );
            session.output.record(&record, &session.zones())
        }
    }
}
