//! The lives of a log: it was restored, and went on. That is recorded before anything else is.

use redress_kernel::actor::By;
use redress_kernel::time::Instant;
use redress_log::{Append, Expected, Position, Recorded, Restored, Version};
use serde::{Deserialize, Serialize};

use crate::clock::draw_id;
use crate::desk::Redress;
use crate::error::{Error, of_append};
use crate::folded::PAGE;
use crate::frame::{self, Mark};
use crate::organise::Organised;

redress_kernel::events! {
    /// An event of the stream `log/main`.
    pub enum LogEvent {
        /// The log was restored, and goes on in its next life.
        Restored(LogRestored) = "log.restored", 1;
    }
}

/// See [`LogEvent::Restored`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRestored {
    /// The life that begins.
    pub epoch: u32,
    /// The life that what was restored came from.
    pub from_epoch: u32,
    /// The last position that was restored.
    pub position: u64,
    /// The tree head over everything up to there.
    pub tree: String,
    /// When the backup was taken; nothing if it was the copy of a directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Instant>,
}

/// The life that was recorded last; a log that was never restored is in its first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lives(Option<LogRestored>);

impl Lives {
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), Error> {
        let event = LogEvent::read(&recorded.kind, recorded.schema, recorded.payload.as_str())?;
        let LogEvent::Restored(restored) = event;
        self.0 = Some(restored);
        Ok(())
    }
}

impl Redress {
    /// Refuses whatever would be recorded, on a log that was restored, before that is.
    pub(crate) async fn is_recorded(&self) -> Result<(), Error> {
        self.not_reading()?;
        match self.restore_is_recorded().await? {
            true => Ok(()),
            false => Err(Error::RestoreUnrecorded {
                epoch: self.info().epoch,
            }),
        }
    }

    /// Whether the life in which the log is has been recorded; the first needs no recording.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn restore_is_recorded(&self) -> Result<bool, Error> {
        let epoch = self.info().epoch;
        if epoch <= 1 {
            return Ok(true);
        }
        let inner = &self.inner;
        let lives = inner.lives.current(&*inner.log, Lives::apply).await?;
        Ok(lives
            .state
            .0
            .as_ref()
            .is_some_and(|restored| restored.epoch == epoch))
    }

    /// Whether somebody may record a restore of this log up to a position, or of all of it: is known to the organisation
    /// as it stands there.
    ///
    /// # Errors
    /// As [`Redress::record_restored`], of whoever is not known; what the log meets.
    pub async fn may_restore(&self, by: &By, up_to: Option<Position>) -> Result<(), Error> {
        let inner = &self.inner;
        let stream = inner.organisation.stream();
        let mut there = Organised::default();
        let mut from = Version(1);
        loop {
            let page = inner.log.stream(stream, from, PAGE).await?;
            let kept = |recorded: &&Recorded| up_to.is_none_or(|last| recorded.position <= last);
            for recorded in page.records.iter().take_while(kept) {
                there.apply(recorded)?;
            }
            match page.records.last() {
                Some(last) if !page.end && kept(&last) => from = Version(last.version.0 + 1),
                _ => break,
            }
        }
        there.organisation.resolve(by, &[], self.now().await?)?;
        Ok(())
    }

    /// Records that the log was restored, as the first event of its next life. Once it is recorded, nothing is done.
    /// The answer is whether it was recorded now.
    ///
    /// # Errors
    /// `unknown_employee`, `read_only`, `integrity` if it is another log, life or state that was restored, or what the
    /// log meets.
    pub async fn record_restored(&self, by: &By, restored: &Restored) -> Result<bool, Error> {
        match self.is_recorded().await {
            Ok(()) => return Ok(false),
            Err(Error::RestoreUnrecorded { .. }) => {}
            Err(error) => return Err(error),
        }
        let info = self.info();
        if (restored.log, restored.epoch) != (info.log_id, info.epoch) {
            return Err(Error::Integrity {
                reason: "the note of the restore is of another log or another life".to_owned(),
            });
        }
        // Nothing is recorded in a life before its restore is: the log must end where the note says, with its tree head.
        let log = &self.inner.log;
        let stated = restored.head;
        let found = log.tree_head();
        if log.head() != stated.position || found.is_some_and(|head| head != stated) {
            let found = found.map_or_else(|| "none".to_owned(), |head| head.hash.to_string());
            return Err(Error::Integrity {
                reason: format!(
                    "the note of the restore says that the log was restored up to position {} with the tree head {}; the \
                     log ends at position {} with the tree head {found}",
                    stated.position,
                    stated.hash,
                    log.head()
                ),
            });
        }
        let organised = self.organised().await?;
        let now = self.now().await?;
        let actor = organised.state.organisation.resolve(by, &[], now)?;
        let event = LogEvent::Restored(LogRestored {
            epoch: restored.epoch,
            from_epoch: restored.from_epoch,
            position: restored.head.position.0,
            tree: restored.head.hash.to_string(),
            taken_at: restored.taken_at.map(frame::instant).transpose()?,
        });
        let id = draw_id(&*self.inner.clock);
        let LogEvent::Restored(content) = &event;
        let mark = Mark::of(id, content)?;
        let parts = (event.kind(), event.schema(), event.payload());
        let at = now.to_whole_second();
        let record = frame::record(mark.event_id(0), parts, at, &actor, &mark)?;
        let inner = &self.inner;
        let lives = inner.lives.current(&*inner.log, Lives::apply).await?;
        let stream = inner.lives.stream().clone();
        let append = Append::one(
            frame::stamp(now)?,
            stream,
            Expected::Count(lives.version),
            vec![record],
        );
        let appended = inner.log.append(append).await;
        let appended = appended.map_err(|e| of_append(e, id))?;
        inner.note_recorded(appended.last, frame::instant(appended.recorded_at)?);
        Ok(true)
    }
}
