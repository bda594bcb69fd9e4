//! The command line from outside: the binary is run, what it says and how it ends is looked at.

mod calendar;
mod desk;
mod do_lines;
mod hostile;
mod output;
mod processes;
mod route;
mod settings;
mod workflow;
