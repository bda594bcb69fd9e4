//! Flips bits at random over all files of a directory, as the test of this name does, and ends with 1 if an answer
//! was wrong. Built with `--profile abort` it shows that nothing panics: a panic would end it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "it is a test that is run as a program"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use support::flips::flip;

fn main() -> std::process::ExitCode {
    let flips = std::env::args()
        .nth(1)
        .map_or(600, |flips| flips.parse().unwrap());
    let tally = flip(flips);
    println!("{tally}");
    for wrong in &tally.wrong {
        println!("{wrong}");
    }
    std::process::ExitCode::from(u8::from(!tally.wrong.is_empty()))
}
