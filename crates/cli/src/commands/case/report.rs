//! `redress case report CASE [--stage STAGE] --set FIELD=VALUE …`: the report of the stage at which a case stands (M9-4).

use redress::Redress;

use super::{At, Case, StageReport};
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::fill::Fill;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    /// The stage [default: the one at which the case stands]
    #[arg(long)]
    stage: Option<String>,
    /// The visit that is expected to be open
    #[arg(long)]
    visit: Option<u32>,
    #[command(flatten)]
    fill: Fill,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// The command.
pub(crate) async fn asked(
    session: &Session,
    desk: &Redress,
    args: &Args,
) -> Result<Asked, Failure> {
    StageReport {
        case: &args.case,
        stage: At::Named(args.stage.as_deref()),
        visit: args.visit,
        fill: &args.fill,
        deed: &args.deed,
    }
    .asked(session, desk)
    .await
}
