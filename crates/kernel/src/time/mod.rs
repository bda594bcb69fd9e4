//! Time as a value: instants, dates, months, zones (A1, A6). Nothing here asks what time it is.
