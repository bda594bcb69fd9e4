//! `redress case rule CASE --objection N --upheld|--dismissed --ruling TEXT`: the ruling on a petition (M9-12, M9-14).

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
    /// Which petition
    #[arg(long, value_name = "N")]
    objection: u32,
    /// It is upheld
    #[arg(
        long,
        conflicts_with = "dismissed",
        required_unless_present = "dismissed"
    )]
    upheld: bool,
    /// It is dismissed
    #[arg(long)]
    dismissed: bool,
    /// The ruling
    #[arg(long)]
    ruling: String,
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
    let command = ComplaintCommand::Rule {
        objection: args.objection,
        upheld: args.upheld,
        ruling: args.ruling.clone(),
    };
    Ok(Asked::on(case, command, &args.deed))
}
