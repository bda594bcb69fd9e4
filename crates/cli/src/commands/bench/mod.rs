//! `redress bench`: how fast redress is on this machine, each figure beside its yardstick.

mod append;
mod bare;
mod fill;
mod open;

use crate::failure::{Exit, Failure};
use crate::session::Session;

/// What can be measured.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Durable appends of many writers, against a bare file with the same bytes and the same turns
    Append(append::Args),
    /// Makes a directory with a log of many cases, to be opened
    Fill(fill::Args),
    /// Opening a directory, a first command and first questions; memory and disk
    Open(open::Args),
}

/// Measures it.
pub(crate) async fn run(session: &Session, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Append(args) => append::run(session, args).await,
        Command::Fill(args) => fill::run(session, args).await,
        Command::Open(args) => open::run(session, args).await,
    }
}

/// A file that does not do what is asked of it.
fn failed(what: &str, error: impl std::fmt::Display) -> Failure {
    Failure::new(
        Exit::Unavailable,
        "bench_failed",
        format!("{what}: {error}"),
    )
}

/// The middle one; of an even number, the lower of the two.
fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    let middle = values.len().saturating_sub(1) / 2;
    values.get(middle).copied().unwrap_or_default()
}

/// So many in so many microseconds, as a rate in a second.
fn per_second(count: u64, micros: u64) -> u64 {
    count.saturating_mul(1_000_000) / micros.max(1)
}

/// A ratio as a decimal text, in thousandths.
fn ratio(part: u64, whole: u64) -> String {
    let thousandths = part.saturating_mul(1000) / whole.max(1);
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// A directory of its own below another, gone when this is dropped.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn below(directory: &std::path::Path, name: &str) -> Result<Self, Failure> {
        let path = directory.join(format!("redress-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|e| failed("making a directory", e))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be taken away is left; its name says whose it is.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
