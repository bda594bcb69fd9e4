//! The command line of redress.
//!
//! Reading order: what can be said (`arguments`), where its defaults come from (`settings`), what a command is
//! handed (`session`), what it says (`output`) and how it fails (`failure`); then one file a command (`commands`).

mod amount;
mod arguments;
mod changed;
mod commands;
mod deed;
mod demo;
mod failure;
mod fill;
mod hundredths;
mod import;
mod misunderstood;
mod moment;
mod naming;
mod output;
mod run;
mod session;
mod settings;
mod sheet;
mod story;
mod waiting;

pub use arguments::command;
pub use run::main;
