//! `redress case complete CASE PATH VALUE`: a value that was "not yet determined" (M9-1), such as `opening.return-quantity 40`.

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
    /// Which value: `opening.FIELD`, `STAGE.FIELD`
    path: Path,
    /// What it is
    value: String,
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
    let command = CaseCommand::Complete {
        path: args.path.clone(),
        value,
    };
    Ok(Asked::on(case, command, &args.deed))
}
