//! Following the log: a loop over [`Redress::events`] and [`Redress::beyond`], catch-up and live alike. The host
//! keeps the position; what it has not confirmed for itself it sees again.

use std::time::Duration;

use redress_log::{Filter, Page, Position};

use crate::desk::Redress;
use crate::error::Error;

impl Redress {
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
    /// five times a second.
    ///
    /// # Errors
    /// `unavailable` when the log closes before.
    pub async fn beyond(&self, position: u64) -> Result<u64, Error> {
        while self.inner.reading && self.inner.journal.is_some() {
            self.refresh()?;
            tokio::select! {
                biased;
                head = self.inner.log.beyond(Position(position)) => return Ok(head?.0),
                () = pause() => {}
            }
        }
        Ok(self.inner.log.beyond(Position(position)).await?.0)
    }
}

/// Between two looks at what another process has written. A timer of the runtime's might not be switched on.
async fn pause() {
    let sleep = || std::thread::sleep(Duration::from_millis(200));
    if tokio::runtime::Handle::try_current().is_err() {
        sleep();
    } else if let Err(error) = tokio::task::spawn_blocking(sleep).await {
        tracing::debug!(%error, "a pause was broken off");
    }
}
