//! The append-only event log: the trait EventLog, the journal on disk, and the log in memory.
