//! A log that lets others run before and after it answers, and whose reading fails when told to.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use redress_log::{
    Append, AppendError, Appended, BoxFuture, EventLog, Filter, LogInfo, Page, Position, ReadError,
    StreamId, Version,
};

pub(crate) struct Hesitant {
    log: Arc<dyn EventLog>,
    seed: AtomicU64,
    /// So many of the next readings fail.
    pub(crate) failing: AtomicU64,
}

impl Hesitant {
    pub(crate) fn new(log: Arc<dyn EventLog>, seed: u64) -> Arc<Hesitant> {
        Arc::new(Hesitant {
            log,
            seed: AtomicU64::new(seed),
            failing: AtomicU64::new(0),
        })
    }

    async fn hesitate(&self) {
        let seed = self.seed.load(Ordering::Relaxed);
        let next = super::next_seed(seed);
        self.seed.store(next, Ordering::Relaxed);
        for _ in 0..(next >> 40) % 3 {
            OneTurn(false).await;
        }
    }

    fn fails(&self) -> Result<(), ReadError> {
        let less = |left: u64| left.checked_sub(1);
        match self
            .failing
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
        {
            Ok(_) => Err(ReadError::Io {
                file: "journal".into(),
                reason: "the cable is out".into(),
            }),
            Err(_) => Ok(()),
        }
    }
}

/// Pending once.
struct OneTurn(bool);

impl Future for OneTurn {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl EventLog for Hesitant {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        self.log.append(append)
    }

    fn stream<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Version>, ReadError>> {
        self.log.stream(stream, from, limit)
    }

    fn all<'a>(
        &'a self,
        from: Position,
        filter: &'a Filter,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Position>, ReadError>> {
        Box::pin(async move {
            self.hesitate().await;
            self.fails()?;
            let page = self.log.all(from, filter, limit).await;
            self.hesitate().await;
            page
        })
    }

    fn head(&self) -> Position {
        self.log.head()
    }

    fn beyond(&self, position: Position) -> BoxFuture<'_, Result<Position, ReadError>> {
        Box::pin(async move {
            self.hesitate().await;
            self.fails()?;
            let head = self.log.beyond(position).await;
            self.hesitate().await;
            head
        })
    }

    fn info(&self) -> &LogInfo {
        self.log.info()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), AppendError>> {
        self.log.close()
    }
}
