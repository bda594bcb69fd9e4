//! `redress completions SHELL`: a script by which the shell completes commands and options.
//!
//! `redress completions bash > ~/.local/share/bash-completion/completions/redress`

use crate::arguments;
use crate::failure::Failure;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints the script.
pub(crate) fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut arguments::command(),
        "redress",
        &mut script,
    );
    session.output.bytes(&script)
}
