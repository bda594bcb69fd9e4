//! Calendars: which time counts towards a limit, and when a limit is reached (A4, A5).
