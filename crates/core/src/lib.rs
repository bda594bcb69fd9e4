//! The complaint: lodging, acceptance, the decision by authority, settlement. Pure: no I/O, no async, no clock, no randomness.
//!
//! In reading order:
//!
//! - [`regulation`]: what a workflow of complaints sets beyond the route.
//! - [`tables`]: by which losses, responsibility, discipline and deductions are reckoned.
//! - [`complaint`]: what is known of a complaint, folded from its [`event`]s.
//! - [`command`]: what may be asked; [`decide`]: which events follow, or the refusal.
//! - [`apportionment`]: shares of a sum that add up to it exactly.
//! - [`loss`]: what was lost; [`responsibility`]: who carries it; [`staff`]: units and their members;
//!   [`deduction`]: what each member is charged; [`discipline`]: grades and fines.
//! - [`account`]: what a person owes, and what each month takes of the bonus.
//! - [`sentence`]: what a refusal says, in both languages.

pub mod account;
pub mod apportionment;
pub mod authority;
pub mod command;
pub mod complaint;
pub mod concession;
pub mod decide;
pub mod deduction;
pub mod discipline;
pub mod event;
pub mod loss;
pub mod refusal;
pub mod regulation;
pub mod responsibility;
pub mod sentence;
pub mod staff;
pub mod tables;
