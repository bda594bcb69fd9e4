//! The complaint: lodging, acceptance, the decision by authority, settlement. Pure: no I/O, no async, no clock, no randomness.
//!
//! In reading order:
//!
//! - [`regulation`]: what a workflow of complaints sets beyond the route.
//! - [`tables`]: by which losses, responsibility, discipline and deductions are reckoned.
//! - [`complaint`]: what is known of a complaint, folded from its [`event`]s.
//! - [`command`]: what may be asked; [`decide`]: which events follow, or the refusal.
//! - [`sentence`]: what a refusal says, [`memo`]: why a figure is what it is; in both languages.

pub mod account;
pub mod apportionment;
pub mod authority;
pub mod command;
pub mod complaint;
pub mod concession;
pub mod decide;
pub mod deduction;
pub mod discipline;
pub mod employment;
pub mod event;
pub mod improvement;
pub mod loss;
pub mod memo;
pub mod month;
pub mod person;
pub mod refusal;
pub mod regulation;
pub mod responsibility;
pub mod sentence;
pub mod staff;
pub mod tables;
