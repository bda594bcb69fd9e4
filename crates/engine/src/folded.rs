//! A stream's state, kept and read on: what stands behind the known version is read before each use.

use std::sync::{Arc, Mutex, PoisonError};

use redress_log::{EventLog, Recorded, StreamId, Version};

use crate::error::Error;

/// How many events are read at once.
pub(crate) const PAGE: usize = 512;

/// A stream folded into a state.
#[derive(Debug)]
pub(crate) struct Folded<T> {
    stream: StreamId,
    known: Mutex<Arc<Known<T>>>,
}

/// A state and the version up to which it tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known<T> {
    pub(crate) version: u64,
    pub(crate) state: T,
}

impl<T: Clone + Default> Folded<T> {
    pub(crate) fn new(stream: StreamId) -> Self {
        Self {
            stream,
            known: Mutex::new(Arc::new(Known::default())),
        }
    }

    pub(crate) fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// The state as the log has it now.
    pub(crate) async fn current(
        &self,
        log: &dyn EventLog,
        apply: impl Fn(&mut T, &Recorded) -> Result<(), Error>,
    ) -> Result<Arc<Known<T>>, Error> {
        let mut known = self.get();
        loop {
            let page = log
                .stream(&self.stream, Version(known.version + 1), PAGE)
                .await?;
            if page.records.is_empty() {
                return Ok(known);
            }
            let mut next = Known::clone(&known);
            for recorded in &page.records {
                apply(&mut next.state, recorded)?;
                next.version = recorded.version.0;
            }
            known = self.keep(next);
            if page.end {
                return Ok(known);
            }
        }
    }

    fn get(&self) -> Arc<Known<T>> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps the newer of what is known and what was read.
    fn keep(&self, next: Known<T>) -> Arc<Known<T>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.version < next.version {
            *known = Arc::new(next);
        }
        known.clone()
    }
}
