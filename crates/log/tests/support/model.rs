//! What a log must hold, kept beside it as a plain list.

use std::collections::BTreeMap;

use redress_log::{
    Append, AppendError, Appended, EventLog, Expected, Filter, Page, Position, ReadError, Recorded,
    Version,
};

use super::{play::now, stream};

/// A record as far as the model knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) stream: String,
    pub(crate) version: u64,
    pub(crate) number: u128,
    pub(crate) part: (u32, u32),
}

/// What an append must be answered if nothing fails.
#[derive(Clone, Debug)]
pub(crate) enum Due {
    Stored(Vec<Known>),
    Conflict,
}

/// All records, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) records: Vec<Known>,
    counts: BTreeMap<String, u64>,
}

impl Model {
    /// How many events a stream holds.
    pub(crate) fn count(&self, stream: &str) -> u64 {
        self.counts.get(stream).copied().unwrap_or(0)
    }

    /// What an append must come to after what is here.
    pub(crate) fn due(&self, append: &Append) -> Due {
        let of: usize = append.writes.iter().map(|write| write.events.len()).sum();
        let of = u32::try_from(of).unwrap();
        let mut records = Vec::new();
        for write in &append.writes {
            let count = self.count(write.stream.as_str());
            if matches!(write.expected, Expected::Count(expected) if expected != count) {
                return Due::Conflict;
            }
            for (nth, event) in (1..).zip(&write.events) {
                let number = u32::try_from(records.len()).unwrap() + 1;
                records.push(Known {
                    stream: write.stream.as_str().to_owned(),
                    version: count + nth,
                    number: event.id.as_u128(),
                    part: (number, of),
                });
            }
        }
        Due::Stored(records)
    }

    pub(crate) fn adopt(&mut self, due: &Due) {
        let Due::Stored(records) = due else { return };
        for record in records {
            self.counts.insert(record.stream.clone(), record.version);
            self.records.push(record.clone());
        }
    }

    /// An answer is what was due.
    pub(crate) fn agrees(due: &Due, answer: &Result<Appended, AppendError>) -> bool {
        match (due, answer) {
            (Due::Stored(records), Ok(appended)) => {
                appended.last.0 - appended.first.0 + 1 == records.len() as u64
            }
            (Due::Conflict, Err(AppendError::Conflict { .. })) => true,
            _ => false,
        }
    }

    /// The log holds exactly this.
    pub(crate) fn assert_held(&self, log: &dyn EventLog, case: &str) {
        self.clone().assert_held_with(log, &[], case);
    }

    /// The log holds this, and after it the first few of the appends that may have been stored, each whole or
    /// not at all. From then on the model has them too.
    pub(crate) fn assert_held_with(&mut self, log: &dyn EventLog, may: &[Due], case: &str) {
        let held = read_all(log).unwrap_or_else(|error| panic!("{case}: {error}"));
        for due in may {
            if self.records.len() < held.len() {
                self.adopt(due);
            }
        }
        for (record, due) in held.iter().zip(&self.records) {
            assert_eq!(&known(record), due, "{case}: at {}", record.position);
        }
        assert_eq!(held.len(), self.records.len(), "{case}");
        assert_eq!(log.head(), Position(held.len() as u64), "{case}");
        for (nth, record) in (1..).zip(&held) {
            assert_eq!(record.position, Position(nth), "{case}");
        }
        for (name, count) in &self.counts {
            let page = read_stream(log, name).unwrap_or_else(|error| panic!("{case}: {error}"));
            let records: Vec<Known> = page.records.iter().map(known).collect();
            let due = self.records.iter().filter(|record| record.stream == *name);
            assert!(page.end, "{case}: {name}");
            assert_eq!(records.len() as u64, *count, "{case}: {name}");
            assert!(records.iter().eq(due), "{case}: {name}");
        }
    }
}

fn known(record: &Recorded) -> Known {
    Known {
        stream: record.stream.as_str().to_owned(),
        version: record.version.0,
        number: record.id.as_u128(),
        part: (record.part.number.get(), record.part.of.get()),
    }
}

/// Everything, in pages of fifty.
pub(crate) fn read_all(log: &dyn EventLog) -> Result<Vec<Recorded>, ReadError> {
    let everything = Filter::everything();
    let (mut records, mut from) = (Vec::new(), Position::FIRST);
    loop {
        let page = now(log.all(from, &everything, 50))?;
        records.extend(page.records);
        if page.end {
            return Ok(records);
        }
        from = page.next;
    }
}

pub(crate) fn read_stream(log: &dyn EventLog, name: &str) -> Result<Page<Version>, ReadError> {
    now(log.stream(&stream(name), Version::FIRST, usize::MAX))
}
