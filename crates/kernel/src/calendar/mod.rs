//! Calendars: which time counts towards a limit, and when a limit is reached (A4, A5, A13).

mod error;
mod explanation;
mod file;
mod reckoning;
mod span;
mod workdays;

#[cfg(test)]
mod tests;

pub use error::{CalendarError, CalendarFault, CalendarFaults, SpanError};
pub use explanation::{Interval, Reason};
pub use file::{CalendarFile, NamedDays, YearFile};
pub use reckoning::{Due, Reckoning};
pub use span::{Span, Unit};
pub use workdays::{Calendar, DayKind, DayName, Period, SpecialDay};
