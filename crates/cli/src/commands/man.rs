//! `redress man [--to DIR]`: the manual page of redress, or one page a command as files.

use std::path::{Path, PathBuf};

use clap_mangen::Man;

use crate::arguments;
use crate::failure::{Exit, Failure};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write a page for each command into this directory
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

/// Prints or writes the pages.
pub(crate) fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let mut command = arguments::command();
    command.build();
    let Some(directory) = &args.to else {
        let mut page = Vec::new();
        Man::new(command)
            .render(&mut page)
            .map_err(|e| failed(&e))?;
        return session.output.bytes(&page);
    };
    std::fs::create_dir_all(directory).map_err(|e| failed(&e))?;
    write(&command, directory)
}

fn write(command: &clap::Command, directory: &Path) -> Result<(), Failure> {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    let mut page = Vec::new();
    Man::new(command.clone())
        .render(&mut page)
        .map_err(|e| failed(&e))?;
    std::fs::write(directory.join(format!("{name}.1")), page).map_err(|e| failed(&e))?;
    command
        .get_subcommands()
        .filter(|c| c.get_name() != "help")
        .try_for_each(|c| write(c, directory))
}

fn failed(e: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Failure,
        "output_failed",
        format!("the manual cannot be written: {e}"),
    )
}
