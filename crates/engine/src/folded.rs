//! A stream's state, kept and read on: what stands behind the known version is read before each use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redress_log::{EventLog, Recorded, StreamId, Version};

use crate::error::Error;

/// How many events are read at once.
pub(crate) const PAGE: usize = 512;

/// A stream folded into a state. Whoever asks shares it; what is read on is applied in place where nobody holds it any
/// more, so that ten thousand facts entered one by one cost ten thousand applications and no copies. Whoever waits for the
/// log lets go of it before.
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
        loop {
            let from = Version(self.lock().version + 1);
            let page = log.stream(&self.stream, from, PAGE).await?;
            let known = self.take_in(&page.records, &apply)?;
            if page.end || page.records.is_empty() {
                return Ok(known);
            }
        }
    }

    /// Applies what another has not applied meanwhile. INVARIANT: `apply` changes nothing where it fails, so that what is
    /// known tells up to its version and no further.
    fn take_in(
        &self,
        records: &[Recorded],
        apply: &impl Fn(&mut T, &Recorded) -> Result<(), Error>,
    ) -> Result<Arc<Known<T>>, Error> {
        let mut known = self.lock();
        for recorded in records {
            if recorded.version.0 <= known.version {
                continue;
            }
            let known = Arc::make_mut(&mut known);
            apply(&mut known.state, recorded)?;
            known.version = recorded.version.0;
        }
        Ok(known.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Known<T>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
