//! The only place that asks what time it is.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use redress_kernel::actor::By;
use redress_kernel::time::Instant;
use redress_log::{Append, ClockKind, Expected, Recorded};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::{NoContext, Timestamp, Uuid};

use crate::desk::Redress;
use crate::error::{Error, of_append};
use crate::frame::{self, Mark};

/// Where the present moment comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
    /// What kind of clock it is; a directory remembers the kind it was founded with.
    fn kind(&self) -> ClockKind;
    /// A clock beside it that nobody can set, by which it is seen that this one was set ahead. None: it is not
    /// watched, as one that is moved by hand.
    fn steady(&self) -> Option<std::time::Instant> {
        None
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks what time it is"
    )]
    fn now(&self) -> Instant {
        let micros = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |m| -m),
        };
        Instant::from_micros(micros).unwrap_or(if micros < 0 {
            Instant::MIN
        } else {
            Instant::MAX
        })
    }

    fn kind(&self) -> ClockKind {
        ClockKind::System
    }

    fn steady(&self) -> Option<std::time::Instant> {
        Some(std::time::Instant::now())
    }
}

/// A clock moved by hand: for tests, for demonstrations. What it says never happened.
#[derive(Debug)]
pub struct HandClock(Mutex<Instant>);

impl HandClock {
    /// A clock that stands at an instant.
    #[must_use]
    pub fn at(instant: Instant) -> Self {
        Self(Mutex::new(instant))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, instant: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = instant;
    }

    /// Moves it by seconds.
    pub fn advance(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.plus_seconds(seconds);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kind(&self) -> ClockKind {
        ClockKind::Simulated
    }
}

/// Draws an id for a command.
pub(crate) fn draw_id(clock: &dyn Clock) -> Uuid {
    let now = clock.now();
    let seconds = u64::try_from(now.whole_seconds()).unwrap_or_default();
    let micros = u32::try_from(now.micros().rem_euclid(1_000_000)).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, micros * 1000))
}

/// How far a clock may be behind the log, in seconds, before commands are refused.
const TOLERANCE_SECONDS: i64 = 300;

/// Whether a clock is too far behind the last recording, so that commands are refused until it is confirmed.
#[must_use]
pub fn is_behind(clock: Instant, recorded: Instant) -> bool {
    clock.plus_seconds(TOLERANCE_SECONDS) < recorded
}

/// What a clock and the steady one beside it said at the same moment: when the desk was opened, or the clock was
/// confirmed last. One instant of a clock set ahead by mistake would hold the whole log back for good.
#[derive(Debug)]
pub(crate) struct Watch(Mutex<Option<(Instant, std::time::Instant)>>);

impl Watch {
    pub(crate) fn of(clock: &dyn Clock) -> Self {
        let watch = Self(Mutex::default());
        watch.set(clock);
        watch
    }

    fn set(&self, clock: &dyn Clock) {
        let both = clock.steady().map(|steady| (clock.now(), steady));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = both;
    }

    /// Refuses a clock that has gone further than the time that has passed.
    pub(crate) fn check(&self, clock: &dyn Clock) -> Result<(), Error> {
        let both = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some((told, since)), Some(steady)) = (both, clock.steady()) else {
            return Ok(());
        };
        let passed = steady.saturating_duration_since(since).as_secs();
        let expected = told.plus_seconds(i64::try_from(passed).unwrap_or(i64::MAX));
        let clock = clock.now();
        if is_behind(expected, clock) {
            return Err(Error::ClockAhead { clock, expected });
        }
        Ok(())
    }
}

redress_kernel::events! {
    /// An event of the stream `clock/main`.
    pub enum ClockEvent {
        /// Somebody confirmed that the clock is right although it is behind the log, or was set ahead.
        Confirmed(ClockConfirmed) = "clock.confirmed", 2, from [clock_confirmed_1_to_2];
    }
}

/// See [`ClockEvent::Confirmed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockConfirmed {
    /// What the clock said.
    pub clock: Instant,
    /// What the log had been written at last.
    pub recorded: Instant,
    /// How the clock was found: why commands had been refused.
    pub found: Found,
}

/// How a clock was found when it was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// More than five minutes behind the log.
    Behind,
    /// Set ahead, by more than five minutes, of the time that had passed.
    Ahead,
    /// Neither: no command had been refused for it.
    InStep,
}

impl Found {
    /// The word that is recorded.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::Ahead => "ahead",
            Self::InStep => "in_step",
        }
    }
}

/// Schema 1 was `{"clock", "recorded"}` and left open how the clock was found. Which of the two is the earlier tells it,
/// as far as it can be told: nobody confirms a clock without need, so one that is not behind the log was set ahead.
fn clock_confirmed_1_to_2(payload: Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Schema1 {
        clock: Instant,
        recorded: Instant,
    }
    let Schema1 { clock, recorded } = serde_json::from_value(payload).map_err(|e| e.to_string())?;
    let found = if clock < recorded { "behind" } else { "ahead" };
    Ok(json!({ "clock": clock, "recorded": recorded, "found": found }))
}

/// What has been confirmed last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Confirmed(Option<ClockConfirmed>);

impl Confirmed {
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), Error> {
        let event = ClockEvent::read(&recorded.kind, recorded.schema, recorded.payload.as_str())?;
        let ClockEvent::Confirmed(confirmed) = event;
        self.0 = Some(confirmed);
        Ok(())
    }

    /// Whether a clock that is behind was confirmed: it has not fallen further back since, and while it is
    /// behind, everything is recorded at the instant that was known then.
    pub(crate) fn covers(&self, clock: Instant, recorded: Instant) -> bool {
        self.0
            .as_ref()
            .is_some_and(|c| !is_behind(clock, c.clock) && recorded <= c.recorded)
    }
}

impl Redress {
    /// Whether commands are refused because the clock is behind the log, and nobody has confirmed it.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn clock_is_behind(&self) -> Result<bool, Error> {
        let inner = &self.inner;
        let recorded = self.last_recorded().await?;
        let clock = inner.clock.now();
        if !is_behind(clock, recorded) {
            return Ok(false);
        }
        let confirmed = inner.confirmed.current(&*inner.log, Confirmed::apply);
        Ok(!confirmed.await?.state.covers(clock, recorded))
    }

    /// Confirms that the clock is right although it is behind the log, or ahead of the time that has passed since
    /// the desk was opened; commands are taken again. The answer is what was recorded.
    ///
    /// # Errors
    /// `unknown_employee`, `read_only`, or what the log meets.
    pub async fn clock_confirm(&self, by: &By) -> Result<ClockConfirmed, Error> {
        self.is_recorded().await?;
        let recorded = self.last_recorded().await?;
        let clock = self.inner.clock.now();
        let now = recorded.max(clock);
        let organised = self.organised().await?;
        let actor = organised.state.organisation.resolve(by, &[], now)?;
        let id = draw_id(&*self.inner.clock);
        // In the order in which a command would be refused.
        let found = match self.inner.watch.check(&*self.inner.clock) {
            Err(_) => Found::Ahead,
            Ok(()) if is_behind(clock, recorded) => Found::Behind,
            Ok(()) => Found::InStep,
        };
        let confirmed = ClockConfirmed {
            clock,
            recorded,
            found,
        };
        let mark = Mark::of(id, &confirmed)?;
        let event = ClockEvent::Confirmed(confirmed.clone());
        let parts = (event.kind(), event.schema(), event.payload());
        let at = now.to_whole_second();
        let record = frame::record(mark.event_id(0), parts, at, &actor, &mark)?;
        let stream = self.inner.confirmed.stream().clone();
        let append = Append::one(frame::stamp(now)?, stream, Expected::Any, vec![record]);
        let appended = self.inner.log.append(append).await;
        let appended = appended.map_err(|e| of_append(e, id))?;
        self.inner.watch.set(&*self.inner.clock);
        self.inner
            .note_recorded(appended.last, frame::instant(appended.recorded_at)?);
        Ok(confirmed)
    }
}
