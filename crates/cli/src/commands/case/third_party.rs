//! `redress case third-party CASE --party supplier:S4 --reason TEXT`: another company or a supplier may be responsible (M9-13).

use redress::Redress;
use redress_core::command::ComplaintCommand;

use super::Case;
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    /// `supplier:ID` or `company:ID`
    #[arg(long)]
    party: String,
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
    let command = ComplaintCommand::NameThirdParty {
        party: args.party.clone(),
        reason: args.reason.clone(),
    };
    Ok(Asked::on(case, command, &args.deed))
}
