//! Numbers of a month (M8): given in the order of recording, gap-free, however many are asked for at once.
//!
//! Who needs a number takes the series, decides with the free serial, hands its append to the log and lets the
//! series go *before* the answer comes: the next append is in the queue behind it, and both are made durable together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use redress_log::{Append, AppendError, EventLog, Expected, Stamp, StreamId, StreamWrite, Version};
use uuid::Uuid;

use crate::error::{Error, of_append};
use crate::folded::PAGE;

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
            // A dry run on a log that is only read: the numbers are counted, and others may go on giving them.
            Err(AppendError::ReadOnly { .. }) => return counted(log, stream).await,
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

/// How many numbers a stream holds, by reading it.
async fn counted(log: &dyn EventLog, stream: &StreamId) -> Result<u64, Error> {
    let (mut from, mut count) = (Version::FIRST, 0);
    loop {
        let page = log.stream(stream, from, PAGE).await?;
        count = page.records.last().map_or(count, |last| last.version.0);
        from = page.next;
        if page.end {
            return Ok(count);
        }
    }
}
