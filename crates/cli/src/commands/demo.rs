//! `redress demo`: a company handles real complaints on a simulated clock.

use crate::failure::{Exit, Failure};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs it.
pub(crate) async fn run(_session: &Session, _args: Args) -> Result<(), Failure> {
    Err(Failure::new(
        Exit::Failure,
        "not_built",
        "the demonstration is not built yet",
    ))
}
