//! `redress case why-not VERB …`: whether a command would be refused, and why. Nothing is stored.
//!
//! `redress case why-not decide 26-03-07 --as E40 --set outcome=granted`

use redress::Error;

use super::Verb;
use crate::deed;
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Box<Verb>,
}

/// Decides, and says what would come of it. That is an answer: the exit code is 0 either way.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    session.by()?;
    let desk = session.looking(args.verb.deed().occurred_at).await?;
    let asked = args.verb.asked(session, &desk).await?;
    let request = asked.request(session, &desk)?.dry_run();
    let refused = |failure: &Failure| {
        let lang = session.output.lang;
        let json = failure.json(lang);
        let text = |member: &str| {
            json.get(member)
                .and_then(|v| v.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        let mut record = Record::new("redress/why-not@1");
        record.member(
            column("allowed", "可办理", "Allowed"),
            Cell::Alarm(Box::new(Cell::Boolean(false))),
        );
        record.member(column("code", "代码", "Code"), Cell::text(text("code")));
        record.member(
            column("clause", "条款", "Clause"),
            Cell::text(text("clause")),
        );
        record.member(
            column("message", "原因", "Why not"),
            Cell::text(text("message")),
        );
        record.member(
            column("help", "应如何", "What to do"),
            Cell::text(text("help")),
        );
        record
    };
    match desk.execute(request).await {
        Ok(answer) => {
            let mut record = Record::new("redress/why-not@1");
            record.member(column("allowed", "可办理", "Allowed"), Cell::Boolean(true));
            let would = deed::record(session, &answer);
            record
                .members
                .extend(would.members.into_iter().filter(|(c, _)| c.key == "number"));
            record.parts = would.parts;
            session.output.record(&record, &session.zones())
        }
        Err(error @ (Error::Refused(_) | Error::Conflict { .. })) => session
            .output
            .record(&refused(&session.failed(&error)), &session.zones()),
        Err(error) => Err(session.failed(&error)),
    }
}
