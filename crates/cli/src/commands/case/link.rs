//! `redress case link CASE --relation WORD --to CASE`: links the case with another.

use redress::Redress;
use redress_kernel::command::CaseCommand;

use super::Case;
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    /// What the other is to this one
    #[arg(long)]
    relation: String,
    /// The other case
    #[arg(long, value_name = "CASE")]
    to: String,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// The command.
pub(crate) async fn asked(
    session: &Session,
    desk: &Redress,
    args: &Args,
) -> Result<Asked, Failure> {
    let case = session.find(desk, &args.case.case).await?;
    let command = CaseCommand::Link {
        relation: args.relation.clone(),
        case: session.find(desk, &args.to).await?,
    };
    Ok(Asked::on(case, command, &args.deed))
}
