//! `redress case answer-inquiry CASE --inquiry N --reason TEXT`: the department says why it was late (M14).

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
    /// Which inquiry
    #[arg(long, value_name = "N")]
    inquiry: u32,
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
    let command = CaseCommand::AnswerInquiry {
        inquiry: args.inquiry,
        reason: args.reason.clone(),
    };
    Ok(Asked::on(case, command, &args.deed))
}
