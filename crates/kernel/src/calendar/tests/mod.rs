mod files;
mod limits;
mod properties;
mod worked_examples;

use super::*;
use crate::time::{Date, Instant, Zone};

/// The calendar that is shipped.
fn china() -> Calendar {
    let text = include_str!("../../../../../workflows/calendars/china.toml");
    toml::from_str(text).unwrap()
}

fn calendar(toml: &str) -> Calendar {
    toml::from_str(toml).unwrap()
}

fn span(text: &str) -> Span {
    text.parse().unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// An instant as Shanghai's clocks show it, seconds optional.
fn at(text: &str) -> Instant {
    let seconds = if text.len() == 16 { ":00" } else { "" };
    format!("{}{seconds}+08:00", text.replace(' ', "T"))
        .parse()
        .unwrap()
}

const SHANGHAI: Zone = Zone::SHANGHAI;

fn reckoning(calendar: &Calendar) -> Reckoning<'_> {
    Reckoning {
        zone: &SHANGHAI,
        calendar,
        suspended: &[],
    }
}

fn due(start: &str, limit: &str) -> String {
    let due = reckoning(&china()).due(at(start), span(limit)).unwrap();
    SHANGHAI.short(due.at)
}

fn told(intervals: &[Interval]) -> Vec<String> {
    let line = |interval: &Interval| {
        let reason = match &interval.reason {
            Reason::Counted => "counted",
            Reason::OutsideHours => "outside hours",
            Reason::Weekend => "weekend",
            Reason::Holiday(name) => name.en.as_str(),
            Reason::MakeUpDay(_) => "make-up day",
            Reason::Suspended => "suspended",
        };
        let from = SHANGHAI.short(interval.from);
        format!("{} {reason} {}", &from[5..16], interval.seconds_counted)
    };
    intervals.iter().map(line).collect()
}
