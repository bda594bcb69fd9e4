//! `redress case refile CASE --set FIELD=VALUE …`: the customer does not accept the conclusion; sales files a new form
//! with the old one attached (M9-9). Both are linked; the new case has a number and a clock of its own.

use redress::Redress;
use redress_kernel::id::DefinitionId;

use super::{Case, lodge};
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::fill::Fill;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    /// The workflow of the new form
    #[arg(long, default_value = "customer-complaint")]
    definition: DefinitionId,
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
    let related = [(redress::FOLLOWS, Some(args.case.case.as_str()))];
    lodge::open(
        session,
        desk,
        &args.definition,
        &related,
        &args.fill,
        &args.deed,
    )
    .await
}
