//! The desk: a handle on a log of complaints, cheap to clone, to be shared between tasks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use redress_core::regulation::Workflow;
use redress_kernel::calendar::Calendar;
use redress_kernel::id::{CaseId, DefinitionId};
use redress_kernel::organisation::Organisation;
use redress_kernel::time::{Instant, Zone};
use redress_log::{EventLog, Filter, Journal, LogInfo, Position, StreamId, Version};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::books;
use crate::builder::Builder;
use crate::clock::{self, Clock, Confirmed};
use crate::error::{Error, of_append};
use crate::folded::{Folded, Known, PAGE};
use crate::frame::{self, Mark};
use crate::held::{Cases, Held};
use crate::lives::Lives;
use crate::organise::Organised;
use crate::projected::Projected;
use crate::request::{Answer, CaseRef};
use crate::rules::{AdoptedWorkflow, Rules};
use crate::series::AllSeries;
use crate::staff::Staffed;

/// A log of complaints, opened. Clones share what they know.
///
/// Nothing runs behind the caller's back: what is read is read when it is asked for, the round is made when
/// [`Redress::round`] is called.
#[derive(Clone)]
pub struct Redress {
    pub(crate) inner: Arc<Inner>,
}

impl std::fmt::Debug for Redress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redress")
            .field("log", &self.inner.log.log_id())
            .field("zone", &self.inner.zone)
            .field("reading_only", &self.inner.reading)
            .finish_non_exhaustive()
    }
}

pub(crate) type Flight = Arc<OnceCell<Result<Answer, Error>>>;

pub(crate) struct Inner {
    pub(crate) log: Arc<dyn EventLog>,
    /// Set when the log is a journal that the desk opened. One for reading only is read on before each query.
    pub(crate) journal: Option<Arc<Journal>>,
    /// Who is told how far a long reading is.
    pub(crate) tell: Option<crate::builder::Tell>,
    /// What opening found.
    pub(crate) recovery: redress_log::Recovery,
    pub(crate) reading: bool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watch: clock::Watch,
    pub(crate) zone: Zone,
    pub(crate) rules: Folded<Rules>,
    pub(crate) organisation: Folded<Organised>,
    pub(crate) staff: Folded<Staffed>,
    pub(crate) books: books::Shelf,
    pub(crate) confirmed: Folded<Confirmed>,
    pub(crate) lives: Folded<Lives>,
    /// Who changes the organisation, one after the other.
    pub(crate) organising: tokio::sync::Mutex<()>,
    pub(crate) cases: Cases,
    pub(crate) series: AllSeries,
    /// Commands that are being done, so that the same one sent again waits for its answer.
    pub(crate) flights: Mutex<HashMap<Mark, Flight>>,
    /// The last position and instant that are known to be recorded.
    pub(crate) recorded: Mutex<(u64, Instant)>,
    pub(crate) projected: tokio::sync::RwLock<Projected>,
}

impl Redress {
    /// How a desk is opened or founded.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Opens a directory that was founded before.
    ///
    /// # Errors
    /// As [`Builder::open`].
    pub async fn open(directory: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        Self::builder().directory(directory).open().await
    }

    /// What the log was founded with.
    #[must_use]
    pub fn info(&self) -> &LogInfo {
        self.inner.log.info()
    }

    /// The company's zone.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.inner.zone
    }

    /// Whether commands are refused because the log was opened for reading only.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.inner.reading
    }

    /// What opening the directory found and did: what was cut from a torn end, what is damaged.
    #[must_use]
    pub fn recovery(&self) -> &redress_log::Recovery {
        &self.inner.recovery
    }

    /// The journal, where the desk opened a directory: the log with its tree and its store.
    #[must_use]
    pub fn journal(&self) -> Option<&Arc<Journal>> {
        self.inner.journal.as_ref()
    }

    /// The log itself.
    #[must_use]
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.inner.log
    }

    /// The last position that can be read.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.inner.log.head().0
    }

    /// What the engine takes for the present: the clock, or the last recording if the clock is behind it.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn now(&self) -> Result<Instant, Error> {
        Ok(self.last_recorded().await?.max(self.inner.clock.now()))
    }

    /// The organisation as it is recorded.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn organisation(&self) -> Result<Organisation, Error> {
        self.refresh()?;
        Ok(self.organised().await?.state.organisation.clone())
    }

    /// A workflow by version; none: the one in force.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn workflow(
        &self,
        definition: &DefinitionId,
        version: Option<&str>,
    ) -> Result<AdoptedWorkflow, Error> {
        self.refresh()?;
        let rules = self.rules().await?;
        match version {
            Some(version) => rules.state.version(definition, version).cloned(),
            None => rules.state.in_force(definition, self.now().await?).cloned(),
        }
    }

    /// Every version of every workflow that was adopted.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn workflows(&self) -> Result<Vec<AdoptedWorkflow>, Error> {
        self.refresh()?;
        Ok(self.rules().await?.state.versions().cloned().collect())
    }

    /// A calendar as it was adopted last.
    ///
    /// # Errors
    /// `calendar_missing`.
    pub async fn calendar(&self, id: &str) -> Result<Arc<Calendar>, Error> {
        self.refresh()?;
        self.rules().await?.state.calendar(id).cloned()
    }

    /// Every calendar that was adopted, as it was adopted last.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn calendars(&self) -> Result<Vec<Arc<Calendar>>, Error> {
        self.refresh()?;
        Ok(self.rules().await?.state.calendars().cloned().collect())
    }

    /// Takes no more commands, waits for those on their way, seals the log. Queries go on; views that lived in the
    /// store beside the journal are built anew in memory when they are asked. A [`Reading`](crate::Reading) that is
    /// held is waited for.
    ///
    /// # Errors
    /// If what waits cannot be stored.
    pub async fn close(&self) -> Result<(), Error> {
        let closed = self.close_behind_views().await;
        closed.map_err(|error| of_append(error, Uuid::nil()))
    }

    pub(crate) async fn rules(&self) -> Result<Arc<Known<Rules>>, Error> {
        let inner = &self.inner;
        inner.rules.current(&*inner.log, Rules::apply).await
    }

    pub(crate) async fn organised(&self) -> Result<Arc<Known<Organised>>, Error> {
        let inner = &self.inner;
        inner
            .organisation
            .current(&*inner.log, Organised::apply)
            .await
    }

    pub(crate) async fn staffed(&self) -> Result<Arc<Known<Staffed>>, Error> {
        let inner = &self.inner;
        inner.staff.current(&*inner.log, Staffed::apply).await
    }

    /// When the log was last written to.
    pub(crate) async fn last_recorded(&self) -> Result<Instant, Error> {
        let (known, at) = *self.inner.recorded();
        let head = self.inner.log.head();
        if head.0 <= known {
            return Ok(at);
        }
        let everything = Filter::everything();
        let page = self.inner.log.all(head, &everything, 1).await?;
        match page.records.first() {
            Some(recorded) => {
                let at = frame::instant(recorded.recorded_at)?;
                self.inner.note_recorded(recorded.position, at);
                Ok(at)
            }
            None => Ok(at),
        }
    }

    /// Refuses commands on a log that is read only, and while the clock is behind the log, or
    /// was set ahead, unconfirmed.
    pub(crate) async fn writable(&self) -> Result<(), Error> {
        self.is_recorded().await?;
        self.inner.watch.check(&*self.inner.clock)?;
        match self.clock_is_behind().await? {
            false => Ok(()),
            true => Err(Error::ClockBehind {
                clock: self.inner.clock.now(),
                recorded: self.last_recorded().await?,
            }),
        }
    }

    /// Refuses commands on a log that is open for reading only, and says why it is.
    pub(crate) fn not_reading(&self) -> Result<(), Error> {
        if !self.inner.reading {
            return Ok(());
        }
        let journal = self.inner.journal.as_deref();
        match journal.and_then(Journal::damage) {
            Some(damage) => Err(Error::Integrity {
                reason: format!("the journal is damaged, nothing is written: {damage}"),
            }),
            None => Err(Error::ReadOnly { holder: None }),
        }
    }

    /// Reads on what another process wrote, where this one only reads.
    pub(crate) fn refresh(&self) -> Result<(), Error> {
        if let Some(journal) = &self.inner.journal {
            journal.refresh()?;
        }
        Ok(())
    }

    /// The stream of a case of a workflow.
    pub(crate) fn case_stream(workflow: &Workflow, id: CaseId) -> Result<StreamId, Error> {
        stream(&workflow.definition.category, &id.to_string())
    }

    /// A case as the log has it now, if there is one.
    pub(crate) async fn load(&self, id: CaseId, rules: &Rules) -> Result<Option<Arc<Held>>, Error> {
        if let Some(held) = self.inner.cases.get(id) {
            let stream = held.stream.clone();
            return self.read_on(Some(held), id, &stream).await;
        }
        for category in rules.categories() {
            let stream = stream(&category, &id.to_string())?;
            if let Some(held) = self.read_on(None, id, &stream).await? {
                return Ok(Some(held));
            }
        }
        Ok(None)
    }

    async fn read_on(
        &self,
        mut held: Option<Arc<Held>>,
        id: CaseId,
        stream: &StreamId,
    ) -> Result<Option<Arc<Held>>, Error> {
        loop {
            let from = Version(held.as_ref().map_or(0, |held| held.version) + 1);
            let page = self.inner.log.stream(stream, from, PAGE).await?;
            if page.records.is_empty() {
                return Ok(held);
            }
            // Read behind the page: a version that the page names has been adopted before.
            let rules = self.rules().await?;
            let mut next = held.as_deref().cloned();
            for recorded in &page.records {
                let entry = frame::entry(recorded)?;
                next = Some(Held::fold(
                    next,
                    id,
                    stream,
                    &rules.state,
                    (&entry.event, &entry.meta),
                    (&entry.mark, recorded.version.0, recorded.position.0),
                )?);
            }
            held = next.map(|next| self.inner.cases.keep(next));
            if page.end {
                return Ok(held);
            }
        }
    }

    /// A case that must be there.
    pub(crate) async fn must_load(&self, id: CaseId, rules: &Rules) -> Result<Arc<Held>, Error> {
        self.load(id, rules)
            .await?
            .ok_or_else(|| Error::unknown_case(id))
    }

    /// Finds a case by id, number (`26-03-07`, `260307`) or the beginning of its id.
    ///
    /// # Errors
    /// `not_found`, `ambiguous`.
    pub async fn find(&self, case: impl Into<CaseRef>) -> Result<CaseId, Error> {
        match case.into() {
            CaseRef::Id(id) => Ok(id),
            CaseRef::Text(text) => self.find_text(text.trim()).await,
        }
    }
}

impl Inner {
    pub(crate) fn recorded(&self) -> std::sync::MutexGuard<'_, (u64, Instant)> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn note_recorded(&self, position: Position, at: Instant) {
        let mut recorded = self.recorded();
        if recorded.0 < position.0 {
            *recorded = (position.0, at);
        }
    }
}

pub(crate) fn stream(category: &str, id: &str) -> Result<StreamId, Error> {
    StreamId::new(category, id)
        .map_err(|e| Error::invalid(e.to_string(), "stream", "rename the category or series"))
}
