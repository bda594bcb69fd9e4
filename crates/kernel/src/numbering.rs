//! Numbers of cases: a gap-free serial for each month of a series (M8).
//!
//! The stream `numbers/SERIES-YYYY-MM` holds one event a number; the next serial is the number of its events plus one.

use serde::{Deserialize, Serialize};

use crate::definition::Numbering;
use crate::event::Numbered;
use crate::events;
use crate::id::CaseId;
use crate::time::Month;

/// A number given to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assigned {
    /// Serial, from 1.
    pub serial: u64,
    /// The case.
    pub case: CaseId,
}

events! {
    /// An event of a stream of numbers.
    pub enum NumbersEvent {
        /// A number was given.
        Assigned(Assigned) = "numbers.assigned", 1;
    }
}

/// The id of the stream that counts a series in a month, behind `numbers/`.
pub fn stream_name(series: &str, period: Month) -> String {
    format!("{series}-{period}")
}

impl Numbering {
    /// The numbering of imports: a series of their own, so that a historic case takes no number of the months in
    /// which the company has numbered its cases already. `I13-01-07` is the 7th of them accepted in January 2013.
    #[must_use]
    pub fn of_imports(&self) -> Self {
        Self {
            series: format!("{}-import", self.series),
            prefix: format!("I{}", self.prefix),
            ..self.clone()
        }
    }

    /// The number of a serial: `26-03-07` in print, `260307` as key; more digits where they are needed.
    pub fn number(&self, period: Month, serial: u64) -> Numbered {
        let year = period.year().rem_euclid(100);
        let month = period.number();
        let width = usize::from(self.digits);
        Numbered {
            series: self.series.clone(),
            period,
            serial,
            print: format!("{}{year:02}-{month:02}-{serial:0width$}", self.prefix),
            key: format!("{}{year:02}{month:02}{serial:0width$}", self.prefix),
        }
    }
}
