//! Projections of the log: register, worklist, overdue, reminders, inquiries, statistics.
