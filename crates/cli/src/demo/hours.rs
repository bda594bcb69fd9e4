//! Office hours: when somebody who needs so many minutes of work will be done.

use redress_kernel::calendar::Calendar;
use redress_kernel::time::{Instant, Zone};

/// The company's working hours.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    calendar: Calendar,
    zone: Zone,
}

impl Hours {
    /// The hours of a calendar, by the clocks of a zone.
    pub(crate) fn new(calendar: Calendar, zone: Zone) -> Self {
        Self { calendar, zone }
    }

    /// The zone.
    pub(crate) fn zone(&self) -> Zone {
        self.zone
    }

    /// The instant at which so many minutes have been worked since the instant.
    pub(crate) fn after(&self, start: Instant, minutes: i64) -> Instant {
        let mut left = minutes.max(1).saturating_mul(60);
        let mut date = self.zone.date_of(start);
        let mut from = self.zone.time_of_day(start);
        // Nobody is away for a hundred days: a calendar without working days ends the search.
        for _ in 0..100 {
            if self.calendar.is_worked(date) {
                for period in self.calendar.periods() {
                    let begin = period.start_second().max(from);
                    let worked = i64::from(period.end_second()) - i64::from(begin);
                    if worked >= left {
                        let second = i64::from(begin) + left;
                        return self
                            .zone
                            .instant_of(date, u32::try_from(second).unwrap_or_default());
                    }
                    left -= worked.max(0);
                }
            }
            date = date.succ();
            from = 0;
        }
        start
    }
}

#[cfg(test)]
mod tests {
    use redress_kernel::time::{Instant, Zone};

    use super::Hours;
    use crate::demo::company::calendar;

    #[test]
    fn work_waits_for_the_spring_festival_to_end() {
        let hours = Hours::new(calendar().unwrap(), Zone::SHANGHAI);
        let at = |text: &str| Instant::parse_rfc3339(text).unwrap();
        // 2024-02-18 is a Sunday that makes up for the festival.
        assert_eq!(
            hours.after(at("2024-02-13T10:00:00+08:00"), 90),
            at("2024-02-18T09:30:00+08:00")
        );
        assert_eq!(
            hours.after(at("2024-02-21T11:30:00+08:00"), 60),
            at("2024-02-21T13:30:00+08:00")
        );
        assert_eq!(
            hours.after(at("2024-02-23T16:30:00+08:00"), 60),
            at("2024-02-26T08:30:00+08:00")
        );
    }
}
