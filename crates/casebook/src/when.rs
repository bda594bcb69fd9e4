//! Dates and instants as a story writes them, by the clocks of the company's zone.

use redress_kernel::time::{Date, Instant, Zone};

use crate::fault::{Wrong, wrong};

/// Reads `2026-03-02` and `09:30`, `09:30:01` or `09:30:01.25`.
pub(crate) fn instant(date: &str, time: &str, zone: &Zone) -> Result<Instant, Wrong> {
    let hint = "write an instant as `2026-03-02 09:30` or `2026-03-02 09:30:01`";
    let not = || wrong(format!("`{date} {time}` is not an instant"), hint);
    let date: Date = date.parse().map_err(|_| not())?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let micros = (fraction.len() <= 6)
        .then(|| format!("{fraction:0<6}").parse::<u32>().ok())
        .flatten()
        .ok_or_else(not)?;
    let parts: Vec<&str> = time.split(':').collect();
    let number = |text: &str, max: u32| {
        (text.len() == 2)
            .then(|| text.parse::<u32>().ok())
            .flatten()
            .filter(|n| *n <= max)
    };
    let of_day = match parts.as_slice() {
        [h, m] => number(h, 23).zip(number(m, 59)).map(|(h, m)| (h, m, 0)),
        [h, m, s] => number(h, 23)
            .zip(number(m, 59))
            .zip(number(s, 59))
            .map(|((h, m), s)| (h, m, s)),
        _ => None,
    };
    let (h, m, s) = of_day.ok_or_else(not)?;
    let whole = zone.instant_of(date, h * 3600 + m * 60 + s);
    Instant::from_micros(whole.micros() + i64::from(micros)).map_err(|_| not())
}

/// Takes an instant from the front of a text; gives what stands behind it.
pub(crate) fn take<'t>(text: &'t str, zone: &Zone) -> Result<(Instant, &'t str), Wrong> {
    let (date, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (time, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    Ok((instant(date, time, zone)?, rest.trim_start()))
}
