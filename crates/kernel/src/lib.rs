//! Route, visits, clocks, calendars, forms, guards, roles, reminders: pure, and knows no complaint.
