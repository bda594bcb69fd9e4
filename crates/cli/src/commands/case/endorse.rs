//! `redress case endorse CASE [--remark TEXT]`: an office endorses the report of the stage; the visit ends with it (A16a).

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
    /// The stage [default: the one at which the case stands]
    #[arg(long)]
    stage: Option<StageId>,
    /// The visit that is expected to be open
    #[arg(long)]
    visit: Option<u32>,
    /// The instruction
    #[arg(long)]
    remark: Option<String>,
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
    let stage = session.stage_of(desk, case, args.stage.as_ref()).await?;
    let command = CaseCommand::Endorse {
        stage,
        visit: args.visit,
        remark: args.remark.clone(),
    };
    Ok(Asked::on(case, command, &args.deed))
}
