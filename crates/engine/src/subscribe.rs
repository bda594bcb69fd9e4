//! Following the log, catch-up and live alike. The host keeps the position; what it has not confirmed for itself it
//! sees again.

use redress_log::{Filter, Page, Position, Subscription};

use crate::desk::Redress;
use crate::error::Error;

impl Redress {
    /// The events behind a position (0: all of them) that pass the filter: those that are there and those to come.
    /// A desk that only reads follows what another process writes, some fifth of a second behind it.
    #[must_use]
    pub fn subscribe(&self, after: u64, filter: Filter) -> Subscription {
        Subscription::new(self.inner.log.clone(), Position(after), filter)
    }

    /// The events from a position on that pass the filter, at most `limit`.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn events(
        &self,
        from: u64,
        filter: &Filter,
        limit: usize,
    ) -> Result<Page<Position>, Error> {
        self.refresh()?;
        Ok(self.inner.log.all(Position(from), filter, limit).await?)
    }

    /// Waits until the log is past a position, then says its last. Beside another process that writes, it looks
    /// about five times a second.
    ///
    /// # Errors
    /// `unavailable` when the log closes before.
    pub async fn beyond(&self, position: u64) -> Result<u64, Error> {
        Ok(self.inner.log.beyond(Position(position)).await?.0)
    }
}
