//! Questions to a case.

use crate::case::{Case, Status, Visit};
use crate::event::{Deadline, Subject};
use crate::time::Instant;
use crate::value::{Path, Scope, Value};

impl Case {
    /// The visit that is open, if any.
    pub fn open_visit(&self) -> Option<&Visit> {
        self.visits.iter().rev().find(|v| v.ended.is_none())
    }

    /// A visit by its number.
    pub fn visit(&self, number: u32) -> Option<&Visit> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.visits.get(place)
    }

    /// The value at a path; none if it was never entered.
    pub fn value(&self, path: &Path) -> Option<&Value> {
        match &path.scope {
            Scope::Opening => self.opening.get(&path.field),
            Scope::Stage(stage) => self.reports.get(stage)?.get(&path.field),
            Scope::Fact => self.facts.get(&path.field),
            Scope::Form => None,
        }
    }

    /// Whether the case goes on.
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// Whether a deadline was reckoned before the holidays of a year that it crosses were published, and now they are.
    pub fn awaits(&self, calendar: &crate::calendar::Calendar) -> bool {
        let clock = self.clock.iter().map(|c| &c.deadline);
        let visits = self.visits.iter().filter_map(|v| v.deadline.as_ref());
        clock
            .chain(visits)
            .flat_map(|deadline| deadline.provisional.iter())
            .any(|year| calendar.published().contains(year))
    }

    /// Whether the clocks stand still.
    pub fn is_suspended(&self) -> bool {
        self.suspensions
            .last()
            .is_some_and(|(_, until)| until.is_none())
    }

    /// Whether a notice (level 0) or reminder was issued.
    pub fn reminded(&self, subject: Subject, level: u8) -> bool {
        self.reminders
            .iter()
            .any(|r| r.subject == subject && r.level == level)
    }

    /// The deadlines that still run, with the instant from which each is reckoned.
    pub fn running(&self) -> Vec<(Subject, Instant, &Deadline)> {
        let clock = self
            .clock
            .iter()
            .filter(|c| c.stopped.is_none())
            .map(|c| (Subject::Case, c.started_at, &c.deadline));
        let visit = self.open_visit().and_then(|v| {
            v.deadline
                .as_ref()
                .map(|d| (Subject::Visit(v.number), v.opened_at, d))
        });
        clock.chain(visit).collect()
    }
}
