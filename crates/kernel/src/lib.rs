//! Route, visits, clocks, calendars, forms, guards, roles, reminders: pure, and knows no complaint.

// Time, calendars and money: values that everything else is told in.
pub mod calendar;
pub mod money;
pub mod time;
