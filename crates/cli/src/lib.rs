//! The command line of redress.
