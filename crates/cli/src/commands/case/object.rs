//! `redress case object CASE --petition TEXT [--from-customer]`: a petition against the resolution (M9-12, M9-14).

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
    /// The petition
    #[arg(long)]
    petition: String,
    /// It is the customer's objection to "not established" (M9-14)
    #[arg(long)]
    from_customer: bool,
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
    let command = ComplaintCommand::Object {
        petition: args.petition.clone(),
        from_customer: args.from_customer,
    };
    Ok(Asked::on(case, command, &args.deed))
}
