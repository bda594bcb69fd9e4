//! `redress case decide CASE --set …`: the decision by authority, which closes the complaint (M9-8, M11, A25).

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
        stage: At::Decision,
        visit: None,
        fill: &args.fill,
        deed: &args.deed,
    }
    .asked(session, desk)
    .await
}
