//! The command line from outside: the binary is run, what it says and how it ends is looked at.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that stops is a test that fails"
)]

mod calendar;
mod desk;
mod do_lines;
mod golden;
mod hostile;
mod improvement;
mod moments;
mod month;
mod newcomer;
mod operations;
mod output;
mod pay;
mod people;
mod processes;
mod route;
mod settings;
mod workflow;
