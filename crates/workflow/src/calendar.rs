//! Calendar files.

use redress_kernel::calendar::{Calendar, CalendarFile};
use sha2::{Digest, Sha256};

use crate::fault::{FaultCode, Faults};
use crate::files::{Files, check_bounds, hexadecimal, whole};
use crate::read::parse;
use crate::tree::{Pad, Source, shown, told};

/// The calendar that is shipped: the working days of mainland China.
pub const CHINA: &str = include_str!("../../../workflows/calendars/china.toml");

/// Reads a calendar file; `name` is what faults call it.
///
/// # Errors
/// All [`Faults`] at once.
pub fn read_calendar(name: &str, text: &str) -> Result<Calendar, Faults> {
    let bounds = check_bounds(&Files::from([(name.to_owned(), text.to_owned())]));
    if !bounds.is_empty() {
        return Err(Faults::new(bounds));
    }
    let pad = Pad::default();
    let source = Source::new(name, text);
    parse(&source, &pad);
    if !pad.is_clean() {
        return Err(Faults::new(pad.into_faults()));
    }
    let file: CalendarFile = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        Faults::new(vec![source.spot(&span).fault(
            FaultCode::Calendar,
            told(&error.message().replace('\n', ", ")),
            "see `workflows/calendars/china.toml` for the shape of a calendar",
        )])
    })?;
    Calendar::try_from(file).map_err(|faults| {
        let faults = faults.0.iter().map(|fault| {
            whole(
                &shown(name),
                FaultCode::Calendar,
                fault.to_string(),
                "see `workflows/calendars/china.toml` for the shape of a calendar",
            )
        });
        Faults::new(faults.collect())
    })
}

/// The shipped calendar of mainland China.
///
/// # Errors
/// Never in a build whose tests passed.
pub fn builtin_calendar() -> Result<Calendar, Faults> {
    read_calendar("calendars/china.toml", CHINA)
}

/// SHA-256 of a calendar file, hexadecimal.
#[must_use]
pub fn calendar_hash(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}
