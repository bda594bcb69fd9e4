//! `redress inquire CASE --visit N`: the GM office asks a department why a visit was late (洽办单, M14). The department
//! answers with `redress case answer-inquiry`.

use redress_kernel::command::CaseCommand;

use crate::deed::{self, Asked, Deed};
use crate::failure::Failure;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The case
    case: String,
    /// The visit that was late
    #[arg(long)]
    visit: u32,
    #[command(flatten)]
    deed: Deed,
}

/// Issues it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    session.by()?;
    let desk = session.desk(args.deed.occurred_at).await?;
    let case = session.find(&desk, &args.case).await?;
    let command = CaseCommand::Inquire { visit: args.visit };
    let request = Asked::on(case, command, &args.deed).request(session, &desk)?;
    let outcome = desk.execute(request).await.map_err(|e| session.failed(&e));
    session.close(&desk).await?;
    deed::answer(session, &outcome?)
}
