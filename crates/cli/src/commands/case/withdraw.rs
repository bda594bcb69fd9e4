//! `redress case withdraw CASE --reason TEXT`: the customer withdraws the complaint.

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
    let reason = args.reason.clone();
    let command = CaseCommand::Withdraw { reason };
    Ok(Asked::on(case, command, &args.deed))
}
