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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use redress_kernel::actor::Actor;
    use redress_kernel::time::Instant;
    use redress_log::{Append, ClockKind, Expected, MemoryLog};
    use uuid::Uuid;

    use super::*;
    use crate::frame::{self, Mark};

    static COPIES: AtomicUsize = AtomicUsize::new(0);

    /// A count that knows how often it was copied, and takes no payload `"bad"`.
    #[derive(Debug, Default)]
    struct Count(u64);

    impl Clone for Count {
        fn clone(&self) -> Self {
            COPIES.fetch_add(1, Ordering::SeqCst);
            Self(self.0)
        }
    }

    fn apply(count: &mut Count, recorded: &Recorded) -> Result<(), Error> {
        if recorded.payload.as_str().contains("bad") {
            return Err(Error::Busy);
        }
        count.0 += 1;
        Ok(())
    }

    async fn append(log: &MemoryLog, stream: &StreamId, nth: u64, payload: &str) {
        let at: Instant = "2026-03-02T09:00:00+08:00".parse().unwrap();
        let mark = Mark::of(Uuid::from_u128(u128::from(nth) + 1), &nth).unwrap();
        let parts = ("test.counted", 1, Ok(payload.to_owned()));
        let record = frame::record(mark.event_id(0), parts, at, &Actor::Engine, &mark).unwrap();
        let expected = Expected::Count(nth);
        let stamp = frame::stamp(at).unwrap();
        let append = Append::one(stamp, stream.clone(), expected, vec![record]);
        log.append(append).await.unwrap();
    }

    #[tokio::test]
    async fn facts_that_come_one_by_one_are_applied_in_place_and_copied_only_for_who_still_looks() {
        let log = MemoryLog::new(Uuid::nil(), "Asia/Shanghai", ClockKind::Simulated);
        let stream = StreamId::new("count", "main").unwrap();
        let folded: Folded<Count> = Folded::new(stream.clone());
        for nth in 0..100 {
            append(&log, &stream, nth, "{}").await;
            let known = folded.current(&log, apply).await.unwrap();
            assert_eq!((known.version, known.state.0), (nth + 1, nth + 1));
        }
        assert_eq!(COPIES.load(Ordering::SeqCst), 0);
        // Who holds a state keeps it as it was: one copy, then the next ones are in place again.
        let held = folded.current(&log, apply).await.unwrap();
        for nth in 100..200 {
            append(&log, &stream, nth, "{}").await;
            let known = folded.current(&log, apply).await.unwrap();
            assert_eq!((known.version, known.state.0), (nth + 1, nth + 1));
        }
        assert_eq!((held.version, held.state.0), (100, 100));
        assert_eq!(COPIES.load(Ordering::SeqCst), 1);
        // What cannot be read is met again and again, and nothing before it is applied twice.
        append(&log, &stream, 200, "{}").await;
        append(&log, &stream, 201, r#"{"bad":1}"#).await;
        for _ in 0..3 {
            assert!(folded.current(&log, apply).await.is_err());
        }
        let known = folded.lock();
        assert_eq!((known.version, known.state.0), (201, 201));
    }
}
