//! `redress import`: historic cases from CSV, by a map of columns.

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
        "the import is not built yet",
    ))
}
