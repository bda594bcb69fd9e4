//! Commands beside those on cases: how they are let in, and how one changes a stream of dated facts (the organisation;
//! units and their members).

use redress_kernel::actor::{Actor, By};
use redress_kernel::time::Instant;
use redress_log::{NewEvent, StreamId};
use serde::Serialize;
use uuid::Uuid;

use crate::clock;
use crate::desk::Redress;
use crate::error::Error;
use crate::execute::Present;
use crate::frame::{self, Done, Mark};

/// How often a change is tried anew when another came between.
const ATTEMPTS: usize = 32;

/// How a command on a month, a person or the staff is sent: under which id, and whether it is only tried out.
/// `None` and `Some(id)` say so briefly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sending {
    /// The command's own id; sent again under the same id it is done once. None: a new one is drawn.
    pub id: Option<Uuid>,
    /// Decide, and store nothing.
    pub dry_run: bool,
}

impl Sending {
    /// Asks only what would follow.
    ///
    /// ```rust
    /// # use redress::{Founding, HandClock, Redress, Sending, by, employee, join};
    /// # use redress::core::month::MonthCommand;
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let clock = std::sync::Arc::new(HandClock::at("2026-03-02T09:00:00+08:00".parse()?));
    /// # let people = vec![join("guo", "gm-office", "2026-01-01T00:00:00Z")?];
    /// # let company = Founding::by(employee("zhao")?).organisation(people).simulated();
    /// # let desk = Redress::builder().memory().clock(clock.clone()).found(company).await?;
    /// # clock.set("2026-04-02T09:00:00+08:00".parse()?);
    /// let month = "2026-03".parse()?;
    /// let would = desk.do_month(&by("guo")?, MonthCommand::OpenMonth { month }, Sending::dry_run()).await?;
    /// assert_eq!(would.version, 1);
    /// assert!(desk.month(month).await?.is_none()); // nothing is stored
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn dry_run() -> Self {
        Self {
            id: None,
            dry_run: true,
        }
    }
}

impl From<Option<Uuid>> for Sending {
    fn from(id: Option<Uuid>) -> Self {
        Self { id, dry_run: false }
    }
}

/// What a change of a stream of facts came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Organising {
    /// The command's id.
    pub command: Uuid,
    /// The version of the organisation, or of the staff, behind it.
    pub version: u64,
    /// Whether it had been done before.
    pub repeated: bool,
}

/// A kind of event, its schema, its payload.
pub(crate) type Parts = (&'static str, u32, Result<String, serde_json::Error>);

impl Redress {
    /// Lets a command in, under its mark. One that is only tried out writes nothing: a log that is only read, or
    /// closed, will do.
    pub(crate) async fn admit(
        &self,
        sending: Sending,
        content: &impl Serialize,
    ) -> Result<Mark, Error> {
        if sending.dry_run {
            self.refresh()?;
        } else {
            self.writable().await?;
        }
        let id = sending
            .id
            .unwrap_or_else(|| clock::draw_id(&*self.inner.clock));
        Mark::of(id, content)
    }

    /// Changes a stream of facts: decided on what is known of it and of all else, stored at the version on which it was
    /// decided, anew for as long as others come between.
    pub(crate) async fn change(
        &self,
        by: &By,
        (sending, mark): (Sending, Mark),
        stream: &StreamId,
        known: fn(&Present) -> (&Done, u64),
        decide: impl Fn(&Present, &Actor) -> Result<Vec<Parts>, Error>,
    ) -> Result<Organising, Error> {
        let changed = |version, repeated| Organising {
            command: mark.id,
            version,
            repeated,
        };
        // All change one stream: at once they would only stand in each other's way.
        let _turn = self.inner.organising.lock().await;
        for _ in 0..ATTEMPTS {
            let present = self.present().await?;
            let (done, version) = known(&present);
            if let Some(version) = done.version(&mark)? {
                return Ok(changed(version, true));
            }
            let now = present.now;
            let organisation = &present.organised.state.organisation;
            let actor = organisation.resolve(by, &[], now)?;
            let records = records(decide(&present, &actor)?, now, &actor, &mark)?;
            if sending.dry_run {
                let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
                return Ok(changed(version.saturating_add(count), false));
            }
            // What waits for the log holds no state: whoever reads on meanwhile need not copy it.
            drop(present);
            let stored = self.store(stream.clone(), version, records, now, mark.id);
            if let Some(version) = stored.await? {
                return Ok(changed(version, false));
            }
        }
        Err(Error::Busy)
    }
}

/// The events of a command as the log takes them.
pub(crate) fn records(
    events: Vec<Parts>,
    at: Instant,
    actor: &Actor,
    mark: &Mark,
) -> Result<Vec<NewEvent>, Error> {
    let at = at.to_whole_second();
    events
        .into_iter()
        .zip(0..)
        .map(|(parts, index)| frame::record(mark.event_id(index), parts, at, actor, mark))
        .collect()
}
