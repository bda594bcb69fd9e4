//! Following a log: the events behind a position, those that are there and those to come.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    num::NonZeroUsize,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use tokio::task::coop;

use crate::{
    error::ReadError,
    event_log::{BoxFuture, EventLog, Filter},
    position::Position,
    record::{Page, Recorded},
};

/// How many records are read at a time, if nothing else is said.
const PAGE_RECORDS: usize = 256;

/// The events of a log behind a position that pass a filter: each once, in order, for ever.
///
/// It reads pages by [`EventLog::all`] and, when it has seen everything, waits by
/// [`EventLog::beyond`]; it knows no difference between catching up and being live. At most
/// one page is held. A record is handed out only when its whole append can be read; an append
/// may stretch over two pages.
///
/// **At least once.** The host stores [`position`](Subscription::position) beside what it did
/// with the events, and begins there the next time; what it did and had not stored it meets
/// again. A position is one of this log: in a copy that was restored and went on differently,
/// other events may stand there.
///
/// **Errors** end nothing. The next call tries again at the same place: after a failure that
/// passes it goes on there, and damage is met again, never skipped, whether or not the filter
/// would have left the damaged record out. Whoever repeats after an error does so at a pace of
/// his own. When the log closes, what is left is handed out first; then every call says
/// [`ReadError::Closed`], and as a [`Stream`] it has ended.
///
/// It holds the log: a journal opened for writing keeps its directory until its subscriptions
/// are dropped too.
pub struct Subscription {
    log: Arc<dyn EventLog>,
    filter: Arc<Filter>,
    page_records: NonZeroUsize,
    /// What has been read and not handed out.
    page: VecDeque<Recorded>,
    // INVARIANT: what stands at or before it was handed out, was left out by the filter, or
    // lies in `page`.
    read: Position,
    /// Whether everything has been read: then what comes is waited for.
    at_end: bool,
    /// What is under way. It stands here and not in the caller's future, which may be dropped.
    step: Option<BoxFuture<'static, Step>>,
}

enum Step {
    Read(Result<Page<Position>, ReadError>),
    Grown(Result<Position, ReadError>),
}

impl Subscription {
    /// The events of a log behind a position ([`Position::NONE`]: from its beginning) that pass
    /// a filter. Nothing is read until it is asked.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>, after: Position, filter: Filter) -> Subscription {
        Subscription {
            log,
            filter: Arc::new(filter),
            page_records: NonZeroUsize::new(PAGE_RECORDS).unwrap_or(NonZeroUsize::MIN),
            page: VecDeque::new(),
            read: after,
            at_end: false,
            step: None,
        }
    }

    /// How many records are read at a time, and held (256).
    #[must_use]
    pub fn pages_of(mut self, records: NonZeroUsize) -> Subscription {
        self.page_records = records;
        self
    }

    /// The next event; waits until there is one. Dropping the future loses nothing.
    ///
    /// # Errors
    /// As reading fails; `Closed` when the log closed and nothing is left. See [`Subscription`].
    pub async fn next(&mut self) -> Result<Recorded, ReadError> {
        poll_fn(|cx| self.poll_one(cx)).await
    }

    /// The next events, as many as are at hand and at least one; waits until there is one.
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    /// As [`next`](Subscription::next).
    pub async fn next_page(&mut self) -> Result<Vec<Recorded>, ReadError> {
        poll_fn(|cx| self.poll_page(cx)).await?;
        Ok(std::mem::take(&mut self.page).into())
    }

    /// The position to store: every event at or before it was handed out, or was left out by
    /// the filter. So it moves on also while nothing passes.
    #[must_use]
    pub fn position(&self) -> Position {
        match self.page.front() {
            Some(next) => Position(next.position.0.saturating_sub(1)),
            None => self.read,
        }
    }

    fn poll_one(&mut self, cx: &mut Context<'_>) -> Poll<Result<Recorded, ReadError>> {
        loop {
            if let Err(error) = ready!(self.poll_page(cx)) {
                return Poll::Ready(Err(error));
            }
            if let Some(record) = self.page.pop_front() {
                return Poll::Ready(Ok(record));
            }
        }
    }

    /// Sees to it that the page holds something.
    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ReadError>> {
        // Who catches up is never kept waiting: without this it would not let other tasks run.
        let budget = ready!(coop::poll_proceed(cx));
        while self.page.is_empty() {
            let mut step = self.step.take().unwrap_or_else(|| self.begin());
            let Poll::Ready(done) = step.as_mut().poll(cx) else {
                self.step = Some(step);
                return Poll::Pending;
            };
            budget.made_progress();
            match done {
                Step::Read(page) => {
                    let page = page?;
                    self.read = self.read.max(Position(page.next.0.saturating_sub(1)));
                    self.at_end = page.end;
                    self.page = page.records.into();
                }
                Step::Grown(head) => {
                    head?;
                    self.at_end = false;
                }
            }
        }
        budget.made_progress();
        Poll::Ready(Ok(()))
    }

    fn begin(&self) -> BoxFuture<'static, Step> {
        let (log, read) = (self.log.clone(), self.read);
        if self.at_end {
            return Box::pin(async move { Step::Grown(log.beyond(read).await) });
        }
        let (filter, limit) = (self.filter.clone(), self.page_records.get());
        Box::pin(async move { Step::Read(log.all(read.next(), &filter, limit).await) })
    }
}

impl Stream for Subscription {
    type Item = Result<Recorded, ReadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_one(cx).map(|next| match next {
            Err(ReadError::Closed) => None,
            next => Some(next),
        })
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("log", &self.log.log_id())
            .field("position", &self.position())
            .field("filter", &self.filter)
            .finish_non_exhaustive()
    }
}
