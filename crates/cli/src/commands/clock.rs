//! `redress clock confirm`: the clock is right although it is behind the log; commands are taken again.

use redress::Found;

use super::backup::no_dry_run;
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;
use crate::settings::Lang;

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
            no_dry_run(session)?;
            let by = session.by()?;
            let desk = session.desk(None).await?;
            let confirmed = desk
                .clock_confirm(&by)
                .await
                .map_err(|e| session.failed(&e));
            let now = desk.now().await.map_err(|e| session.failed(&e));
            session.close(&desk).await?;
            let found = confirmed?.found;
            let mut record = Record::new("redress/clock-confirm@1");
            record.member(
                column("confirmed", "已确认", "Confirmed"),
                Cell::Boolean(true),
            );
            record.member(
                column("found", "核对结果", "Found"),
                Cell::word(found.as_str(), title(found, session.output.lang)),
            );
            record.member(
                column("now", "当前时间", "Taken for now"),
                Cell::Instant(now?),
            );
            session.output.record(&record, &session.zones())
        }
    }
}

/// How the clock was found, as people read it.
fn title(found: Found, lang: Lang) -> &'static str {
    let (zh, en) = match found {
        Found::Behind => ("落后于日志", "behind the log"),
        Found::Ahead => ("被拨快", "set ahead"),
        Found::InStep => ("相符", "in step"),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
