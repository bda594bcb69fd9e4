//! Who worked here when, as the rules about money ask it (A5, A24): the last month with a bonus, the months between leaving
//! and coming back, the days on which somebody is nobody's member.
//!
//! Of whoever joined late nothing follows: an organisation may be told of persons only after they began.

use std::collections::BTreeSet;

use redress_kernel::id::EmployeeId;
use redress_kernel::organisation::{Organisation, Period};
use redress_kernel::time::{Date, Instant, Month, Zone};

/// The last month in which somebody who has left by the end of a month worked here: the last that has a bonus (A24). None
/// of whoever is here still, and of whom the organisation never knew.
pub fn left_in(
    organisation: &Organisation,
    zone: &Zone,
    employee: &EmployeeId,
    month: Month,
) -> Option<Month> {
    let end = month.end(zone);
    let last = last_second(begun(organisation, employee, end).last()?)?;
    (last <= end).then(|| Month::of(last, zone))
}

/// The months in which somebody who left and came back by the end of a month did not work here: none of them has a bonus
/// (A24).
pub fn away_in(
    organisation: &Organisation,
    zone: &Zone,
    employee: &EmployeeId,
    month: Month,
) -> BTreeSet<Month> {
    let mut away = BTreeSet::new();
    let employed = begun(organisation, employee, month.end(zone));
    for (before, behind) in employed.iter().zip(employed.iter().skip(1)) {
        let Some(last) = last_second(before) else {
            continue;
        };
        let back = Month::of(behind.from, zone);
        let later =
            std::iter::successors(Some(Month::of(last, zone)), |month| month.plus_months(1));
        away.extend(later.skip(1).take_while(|month| *month < back));
    }
    away
}

/// Whether somebody had left before a day and was not back on it: no member of any unit on that day (A24). Not of whom the
/// organisation never knew.
pub fn gone_on(organisation: &Organisation, zone: &Zone, employee: &EmployeeId, day: Date) -> bool {
    let employed = begun(organisation, employee, zone.end_of_day(day));
    let last = employed.last().and_then(last_second);
    last.is_some_and(|last| last < zone.start_of_day(day))
}

/// The periods of employment that have begun by an instant.
fn begun(organisation: &Organisation, employee: &EmployeeId, by: Instant) -> Vec<Period> {
    let mut employed = organisation.employment(employee);
    employed.retain(|period| period.from.to_whole_second() <= by);
    employed
}

/// The last second of a period of employment. Whoever leaves with the first second of a month worked until the last one of
/// the month before, and has left with that month's end (A5): the day that ends is its own.
fn last_second(period: &Period) -> Option<Instant> {
    Some(period.until?.to_whole_second().plus_seconds(-1))
}
