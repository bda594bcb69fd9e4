//! Projections of the log: register, worklist, overdue, reminders, inquiries, statistics.
//!
//! In reading order:
//!
//! - [`Views`] takes [`Record`]s of the log ([`WANTED`] lists the types of events that it reads) and answers.
//! - What it answers: the [`register`]; the [`worklist`]; what is overdue or due soon ([`deadlines`]);
//!   [`reminders`]; [`inquiries`]; [`statistics`], made of [`figures`].
//! - [`rows`]: the seam to where the rows are kept; [`error`]: what can go wrong.
//!
//! Within: the fold keeps one row a case (`case_row`, `facts`), with everything as it stood at each moment; all
//! other rows follow from it alone (`piece` finds when it was overdue). So rows that were built event by event
//! and rows that were built at one go are the same bytes.
//!
//! *Invariant:* a view may propose, it never decides. It asks no clock and computes nothing that an event carries.

mod case_row;
mod facts;
mod key;
mod piece;
mod record;
mod store;
mod views;

pub mod deadlines;
pub mod error;
pub mod figures;
pub mod inquiries;
pub mod register;
pub mod reminders;
pub mod rows;
pub mod statistics;
pub mod worklist;

pub use case_row::CaseStatus;
pub use error::ViewError;
pub use record::{Record, WANTED, wants};
pub use views::Views;
