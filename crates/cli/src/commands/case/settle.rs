//! `redress case settle CASE --set …`: sales carries the decision out, after the closing (M13).

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
        stage: At::Settlement,
        visit: None,
        fill: &args.fill,
        deed: &args.deed,
    }
    .asked(session, desk)
    .await
}
