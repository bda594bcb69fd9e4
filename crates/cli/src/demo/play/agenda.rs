//! Which tasks are done at once.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use redress_kernel::time::{Instant, Month};

use super::Play;
use super::task::Task;

impl Play<'_> {
    /// What is to be done next: a round, or all that is done on different cases within a quarter of an hour. People
    /// work side by side; what they enter at nearly the same time becomes durable together.
    pub(super) fn side_by_side(&mut self) -> Option<Vec<(Instant, Task)>> {
        let mut tasks: Vec<(Instant, Task)> = Vec::new();
        let mut touched = BTreeSet::new();
        while let Some(Reverse((at, _, task))) = self.agenda.peek() {
            let (at, task) = (*at, task.clone());
            let first = tasks.first().map_or(at, |(at, _)| *at);
            let touches = self.touched_by(&task);
            let apart = at.seconds_since(first) > 900
                || touches.iter().any(|place| touched.contains(place))
                || (!tasks.is_empty() && self.goes_alone(at, &task));
            if at > self.until || apart {
                break;
            }
            self.agenda.pop();
            touched.extend(touches);
            let alone = self.goes_alone(at, &task);
            if let Some(series) = self.series_of(at, &task) {
                self.begun.insert(series);
            }
            tasks.push((at, task));
            if alone {
                break;
            }
        }
        (!tasks.is_empty()).then_some(tasks)
    }

    /// The cases that a task changes.
    fn touched_by(&self, task: &Task) -> Vec<usize> {
        match task {
            Task::Work(place) | Task::Beside(place, _) | Task::Money(place, _) => vec![*place],
            Task::Lodge(lodge) => {
                let inspection = self.inspections.get(lodge.complaint).copied().flatten();
                [lodge.follows, lodge.raised_from, inspection]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Task::Round | Task::Office(_) | Task::Notice(_) | Task::Inspect(_) => Vec::new(),
        }
    }

    /// Rounds, what the office does, and the first number of a month, for which the engine has to look into the log: who is at it at the same
    /// time could come before or behind it, and the journal would not be the same each time.
    fn goes_alone(&self, at: Instant, task: &Task) -> bool {
        task.is_alone()
            || self
                .series_of(at, task)
                .is_some_and(|series| !self.begun.contains(&series))
    }

    /// The numbers that a task takes one of.
    fn series_of(&self, at: Instant, task: &Task) -> Option<(&'static str, Month)> {
        let month = Month::of(at, &self.hours.zone());
        match task {
            Task::Notice(_) => Some(("notice", month)),
            Task::Work(place) => {
                let case = self.cases.get(*place)?;
                (case.is_complaint && !case.registered).then_some(("complaint", month))
            }
            _ => None,
        }
    }
}
