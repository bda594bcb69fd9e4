//! What a text of a table means as an instant.

use redress_kernel::time::{Date, Instant, Zone};
use serde::Deserialize;

/// A time of day, `HH:MM` or `HH:MM:SS`, as seconds since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TimeOfDay(u32);

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        seconds(&text)
            .map(Self)
            .ok_or_else(|| format!("`{text}` is no time of day: write `17:00`"))
    }
}

/// Seconds since midnight of `HH:MM` or `HH:MM:SS`.
fn seconds(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(|part| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    });
    let hour = parts.next()??;
    let minute = parts.next()??;
    let second = match parts.next() {
        Some(second) => second?,
        None => 0,
    };
    (parts.next().is_none() && hour < 24 && minute < 60 && second < 60)
        .then_some((hour * 60 + minute) * 60 + second)
}

/// Reads an instant: RFC 3339 with its offset; without one, in the map's zone; a bare date at the map's time of day.
pub(crate) fn instant(
    text: &str,
    zone: Option<Zone>,
    time_of_day: Option<TimeOfDay>,
) -> Result<Instant, String> {
    if let Ok(instant) = Instant::parse_rfc3339(text) {
        return Ok(instant.to_whole_second());
    }
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let wrong = || {
        format!(
            "`{text}` is no instant: `2026-03-02T09:30:00+08:00`, or `2026-03-02 09:30` with `zone` in the map, was expected"
        )
    };
    let date: Date = date.parse().map_err(|_| wrong())?;
    let second_of_day = match (time, time_of_day) {
        // A fraction of a second is cut (A1).
        (Some(time), _) => {
            seconds(time.split_once('.').map_or(time, |(whole, _)| whole)).ok_or_else(wrong)?
        }
        (None, Some(TimeOfDay(seconds))) => seconds,
        (None, None) => {
            return Err(format!(
                "`{text}` says no time of day, and the map sets no `time_of_day`"
            ));
        }
    };
    let zone = zone
        .ok_or_else(|| format!("`{text}` says no offset from UTC, and the map names no `zone`"))?;
    Ok(zone.instant_of(date, second_of_day))
}

#[cfg(test)]
mod tests {
    use redress_kernel::time::Zone;

    use super::{TimeOfDay, instant};

    #[test]
    fn an_offset_is_obeyed_and_the_zone_is_taken_where_there_is_none() {
        let zone = Some(Zone::SHANGHAI);
        let say = |text: &str| instant(text, zone, None).unwrap().to_string();
        assert_eq!(
            say("2024-02-29T09:30:00+00:00"),
            "2024-02-29T09:30:00.000000Z"
        );
        assert_eq!(say("2024-02-29 09:30"), "2024-02-29T01:30:00.000000Z");
        assert_eq!(say("2024-02-29T09:30:15.75"), "2024-02-29T01:30:15.000000Z");
    }

    #[test]
    fn what_is_not_said_is_not_guessed() {
        let read = |text: &str, zone, time| instant(text, zone, time).unwrap_err();
        assert!(read("2024-02-29 09:30", None, None).contains("no `zone`"));
        assert!(read("2024-02-29", Some(Zone::UTC), None).contains("time_of_day"));
        assert!(read("2024-02-30 09:30", Some(Zone::UTC), None).contains("no instant"));
        assert!(read("2024-02-29 24:00", Some(Zone::UTC), None).contains("no instant"));
        assert!(read("soon", Some(Zone::UTC), None).contains("no instant"));
        let evening = TimeOfDay::try_from("17:00".to_owned()).unwrap();
        let read = instant("2024-02-29", Some(Zone::UTC), Some(evening)).unwrap();
        assert_eq!(read.to_string(), "2024-02-29T17:00:00.000000Z");
    }
}
