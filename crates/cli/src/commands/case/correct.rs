//! `redress case correct CASE PATH VALUE --reason TEXT`: a correction; due instants are reckoned anew where it matters (A8).

use redress::Redress;
use redress_kernel::command::CaseCommand;
use redress_kernel::value::Path;

use super::Case;
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    /// Which value: `opening.FIELD`, `STAGE.FIELD`; the market goes by `opening.market`, else by `opening.country`
    path: Path,
    /// What it is
    value: String,
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
    let value = session
        .value_at(desk, case, &args.path, &args.value)
        .await?;
    let command = CaseCommand::Correct {
        path: args.path.clone(),
        value,
        reason: args.reason.clone(),
    };
    Ok(Asked::on(case, command, &args.deed))
}
