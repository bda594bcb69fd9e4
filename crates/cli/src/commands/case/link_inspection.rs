//! `redress case link-inspection CASE INSPECTION`: the joint inspection that belongs to a complaint lodged already (M9-2).

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
    /// The joint inspection
    #[arg(value_name = "INSPECTION")]
    inspection: String,
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
        relation: redress::JOINT_INSPECTION.to_owned(),
        case: session.find(desk, &args.inspection).await?,
    };
    Ok(Asked::on(case, command, &args.deed))
}
