//! `redress case send-back CASE --to STAGE --reason TEXT`: the case goes back to an earlier stage (A12).

use redress::Redress;
use redress_kernel::command::CaseCommand;
use redress_kernel::id::StageId;

use super::Case;
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    /// The earlier stage
    #[arg(long)]
    to: StageId,
    /// The visit that is expected to be open
    #[arg(long)]
    visit: Option<u32>,
    /// Why
    #[arg(long)]
    reason: String,
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
    let command = CaseCommand::SendBack {
        to: args.to.clone(),
        visit: args.visit,
        reason: args.reason.clone(),
    };
    Ok(Asked::on(case, command, &args.deed))
}
