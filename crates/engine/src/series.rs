//! Numbers of a month (M8): given in the order of recording, gap-free, however many are asked for at once.
//!
//! Who needs a number takes the series, decides with the free serial, hands its append to the log and lets the
//! series go *before* the answer comes: the next append is in the queue behind it, and both are made durable together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use redress_log::{Append, AppendError, EventLog, Expected, Stamp, StreamId, StreamWrite, Version};
use uuid::Uuid;

use crate::error::{Error, of_append};

/// The series that numbers were asked of.
#[derive(Debug, Default)]
pub(crate) struct AllSeries(Mutex<HashMap<StreamId, Arc<Series>>>);

impl AllSeries {
    pub(crate) fn of(&self, stream: &StreamId) -> Arc<Series> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(stream.clone())
            .or_insert_with(|| Arc::new(Series::new(stream.clone())))
            .clone()
    }
}

/// One series.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) stream: StreamId,
    pub(crate) turn: tokio::sync::Mutex<Turn>,
}

/// How far a series has come, as far as this process has handed in.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Counts the failures: an append of an earlier life says nothing about the count any more.
    pub(crate) life: u64,
    count: Option<u64>,
}

impl Series {
    fn new(stream: StreamId) -> Self {
        Self {
            stream,
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// How many numbers can be read in the log; those on their way are not among them.
    pub(crate) async fn peek(&self, log: &dyn EventLog) -> Result<u64, Error> {
        // Between `below`, which is there, and `above`, which is not.
        let (mut below, mut above) = (0, 1);
        while self.is_there(log, above).await? {
            (below, above) = (above, above.saturating_mul(2));
        }
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if self.is_there(log, middle).await? {
                below = middle;
            } else {
                above = middle;
            }
        }
        Ok(below)
    }

    async fn is_there(&self, log: &dyn EventLog, serial: u64) -> Result<bool, Error> {
        let page = log.stream(&self.stream, Version(serial), 1).await?;
        Ok(!page.records.is_empty())
    }

    /// An append with a number failed: what was handed in behind it fails too, and counts anew.
    pub(crate) async fn failed(&self, life: u64) {
        let mut turn = self.turn.lock().await;
        if turn.life == life {
            turn.life += 1;
            turn.count = None;
        }
    }
}

impl Turn {
    /// How many numbers there are, those included that are still on their way to the log.
    pub(crate) async fn count(
        &mut self,
        log: &dyn EventLog,
        stream: &StreamId,
        now: Stamp,
    ) -> Result<u64, Error> {
        if let Some(count) = self.count {
            return Ok(count);
        }
        // A condition alone takes its place behind everything that was handed in, and is told the count.
        let condition = Append {
            recorded_at: now,
            writes: vec![StreamWrite {
                stream: stream.clone(),
                expected: Expected::Count(0),
                events: Vec::new(),
            }],
        };
        let count = match log.append(condition).await {
            Ok(_) => 0,
            Err(AppendError::Conflict { actual, .. }) => actual,
            // A condition stores nothing, whatever became of its turn.
            Err(AppendError::Unknown { reason }) => return Err(Error::Unavailable { reason }),
            Err(error) => return Err(of_append(error, Uuid::nil())),
        };
        self.count = Some(count);
        Ok(count)
    }

    /// A number was handed in.
    pub(crate) fn handed_in(&mut self, serial: u64) {
        self.count = Some(serial);
    }
}
