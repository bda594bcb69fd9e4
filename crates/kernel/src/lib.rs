//! Route, visits, clocks, calendars, forms, guards, roles, reminders: pure, and knows no complaint.
//!
//! In reading order:
//!
//! - [`definition`]: a workflow as data; [`form`], [`guard`], [`value`] are its parts.
//! - [`case`]: what is known of a case, folded from its [`event`]s, also those of an earlier schema; [`command`]: what may be asked of it.
//! - [`decide`]: which events follow from a command, or the [`refusal`]; [`reminder`]: what the round issues.
//! - [`deadline`]: due instants and their explanation, reckoned by [`calendar`].
//! - [`organisation`]: who works where, who holds which office; [`actor`]: who acts.
//! - [`numbering`]: gap-free numbers; [`adoption`]: versions of rules in the log.
//! - [`time`], [`money`], [`id`], [`text`]: the values that everything is told in.
//!
//! *Invariant:* nothing here asks the time, reads a file or waits.

pub mod definition;
pub mod form;
pub mod guard;
pub mod value;

pub mod case;
pub mod command;
pub mod event;
mod schema;

pub mod deadline;
pub mod decide;
pub mod refusal;
pub mod reminder;

pub mod adoption;
pub mod numbering;

pub mod actor;
pub mod organisation;

// Time, calendars and money: values that everything else is told in.
pub mod calendar;
pub mod id;
pub mod money;
pub mod text;
pub mod time;
