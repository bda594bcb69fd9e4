//! What can be said on the command line, before the nouns and verbs of the commands themselves.

use std::path::PathBuf;

use clap::{CommandFactory, Parser};

use crate::commands::Command;
use crate::settings::{Color, Format, Lang};

/// Handle complaints: every case a stream of events, every deadline explained, everybody who is late reminded.
///
/// 客户投诉管理：每个案件是一串事件，每个期限都有依据，逾期即催办。
#[derive(Debug, Parser)]
#[command(
    name = "redress",
    version,
    propagate_version = true,
    max_term_width = 120
)]
#[command(after_help = "\
Exit codes: 0 done, 1 failure, 2 usage, 3 invalid file, 4 not found, 5 refused or in conflict, 6 not permitted,
7 integrity, 8 locked or unavailable, 9 calendar not published, 10 overdue (with --exit-code), 130 interrupted.
Settings: flag, else REDRESS_DATA, REDRESS_FORMAT, REDRESS_LANG, REDRESS_AS, REDRESS_FOR, REDRESS_COLOR, REDRESS_ZONE,
else ./redress.toml, else the user's redress/redress.toml, else /etc/redress/redress.toml, else the default.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The data directory [default: complaints]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// How data is written [default: table]
    #[arg(
        long,
        global = true,
        value_enum,
        hide_possible_values = true,
        value_name = "table|json|jsonl|csv"
    )]
    pub(crate) format: Option<Format>,
    /// The language of headings, titles and sentences [default: by the locale]
    #[arg(
        long,
        global = true,
        value_enum,
        hide_possible_values = true,
        value_name = "zh|en"
    )]
    pub(crate) lang: Option<Lang>,
    /// Who acts, and in which office
    #[arg(id = "as", long, global = true, value_name = "EMPLOYEE[:OFFICE]")]
    pub(crate) acting: Option<String>,
    /// For whom, when the actor is somebody's deputy
    #[arg(id = "for", long, global = true, value_name = "EMPLOYEE")]
    pub(crate) principal: Option<String>,
    /// Whether colours are used [default: auto]
    #[arg(
        long,
        global = true,
        value_enum,
        hide_possible_values = true,
        value_name = "auto|always|never"
    )]
    pub(crate) color: Option<Color>,
    /// Decide, say what would be recorded, and store nothing
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// The zone in which tables show times; deadlines always go by the company's
    #[arg(long, global = true, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
}

/// The whole command line, as the manual and the completions need it.
pub fn command() -> clap::Command {
    Arguments::command()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// An argument of a command under the id of a global one would be read as the global one.
    #[test]
    fn no_command_has_an_argument_under_the_name_of_a_global_one() {
        let command = super::command();
        let global: BTreeSet<String> = command
            .get_arguments()
            .map(|argument| argument.get_id().to_string())
            .collect();
        let mut waiting: Vec<clap::Command> = command.get_subcommands().cloned().collect();
        let mut seen = 0;
        while let Some(command) = waiting.pop() {
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                assert!(!global.contains(id), "{}: {id}", command.get_name());
                seen += 1;
            }
            waiting.extend(command.get_subcommands().cloned());
        }
        assert!(seen > 100, "{seen}");
    }

    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
