//! `redress audit …`: whether what is stored is what was written, and what can be had of it if not.

mod salvage;
mod verify;

use crate::failure::Failure;
use crate::output::Cell;
use crate::session::Session;

/// What can be audited.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Read everything through and compare it with what was written; nothing is changed
    Verify(verify::Args),
    /// Export everything that is whole of a damaged directory, and list what is lost
    Salvage(salvage::Args),
}

/// Does it.
pub(crate) async fn run(session: &Session, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Verify(args) => verify::run(session, args),
        Command::Salvage(args) => salvage::run(session, args),
    }
}

/// A tree head: 64 digits as data, in groups of four to people.
pub(crate) fn tree(hash: &str) -> Cell {
    let digits: Vec<char> = hash.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|c| c.iter().collect()).collect();
    Cell::Parts {
        json: serde_json::json!(hash),
        shown: groups.join(" "),
    }
}
