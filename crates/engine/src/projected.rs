//! The views, brought up to the log's head when they are asked: nothing runs between two questions.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use redress_kernel::actor::Actor;
use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, EmployeeId};
use redress_kernel::time::{Instant, Month};
use redress_log::{AppendError, Filter, Position, Recorded, Store};
use redress_views::deadlines::{DueSoon, Overdue};
use redress_views::inquiries::{CandidateFilter, InquiryCandidate, InquiryEntry, InquiryFilter};
use redress_views::register::{RegisterFilter, RegisterRow};
use redress_views::reminders::{ReminderEntry, ReminderFilter};
use redress_views::rows::Rows;
use redress_views::statistics::{MonthStatistics, StatisticsQuery};
use redress_views::worklist::{Desk, WorkItem};
use redress_views::{Record, ViewError, Views};
use tokio::sync::RwLockReadGuard;

use crate::builder::Progress;
use crate::desk::Redress;
use crate::error::Error;
use crate::frame;
use crate::rows::{self, Home};

/// How many records are read at once.
const PAGE: usize = 8192;
/// How many records the views may be behind for closing to bring them up: about a second's worth.
const MOST_AT_CLOSING: u64 = 200_000;

/// The views and what the rounds have seen of them.
#[derive(Default)]
pub(crate) struct Projected {
    views: Views<Home>,
    /// The store failed, or was closed with the log: from then on the rows live in memory.
    without: bool,
    /// The version of the rules at which every open case was looked at last.
    looked_at: Mutex<Option<u64>>,
}

/// The views at a position of the log; while it is held, they do not move, and nobody else's can catch up: ask it
/// what is to be asked and let it go, before another query of the desk, or its closing, is awaited.
///
/// An answer may fail when the rows live in a store that fails; the desk's own queries are then answered anew.
pub struct Reading<'d>(RwLockReadGuard<'d, Projected>);

impl Deref for Reading<'_> {
    type Target = Views<Home>;
    fn deref(&self) -> &Views<Home> {
        &self.0.views
    }
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading")
            .field("position", &self.position())
            .finish()
    }
}

impl From<ViewError> for Error {
    fn from(error: ViewError) -> Self {
        let reason = error.to_string();
        match error {
            ViewError::Event { why, .. } if why.is_of_later_build() => Self::LaterBuild { reason },
            _ => Self::Integrity { reason },
        }
    }
}

/// Whose worklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// What a department holds.
    Department(DepartmentId),
    /// What a person may do: as a member, in his offices, as a deputy.
    Employee(EmployeeId),
}

impl From<DepartmentId> for Whose {
    fn from(department: DepartmentId) -> Self {
        Self::Department(department)
    }
}

impl From<EmployeeId> for Whose {
    fn from(employee: EmployeeId) -> Self {
        Self::Employee(employee)
    }
}

impl Redress {
    /// The views, with everything that was recorded before this was asked.
    ///
    /// # Errors
    /// `integrity` if a record cannot be read; what the log meets.
    pub async fn views(&self) -> Result<Reading<'_>, Error> {
        self.refresh()?;
        let head = self.inner.log.head().0;
        let projected = self.inner.projected.read().await;
        if projected.views.position() >= head && self.is_at_home(&projected) {
            return Ok(Reading(projected));
        }
        drop(projected);
        let mut projected = self.inner.projected.write().await;
        self.bring_up(&mut projected, head).await?;
        Ok(Reading(projected.downgrade()))
    }

    /// Views built anew from the first event on; for checking those that were built event by event.
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn views_rebuilt(&self) -> Result<Views, Error> {
        self.refresh()?;
        let mut views = Views::new();
        self.catch_up(&mut views, self.inner.log.head().0).await?;
        Ok(views)
    }

    /// Asks the views. When the store in which their rows live fails, or a row there does not read, they are built
    /// anew in memory, and asked again: nothing is answered from a store that was found wrong.
    async fn asked<T>(
        &self,
        ask: impl Fn(&Reading<'_>) -> Result<T, ViewError>,
    ) -> Result<T, Error> {
        loop {
            let reading = self.views().await?;
            let error = match ask(&reading) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let home = reading.rows().clone_store();
            drop(reading);
            let Some(home) = home else {
                return Err(error.into());
            };
            let mut projected = self.inner.projected.write().await;
            // Unless another has left that store meanwhile.
            if projected.views.rows().is_in(Some(&home)) {
                self.leave_store(&mut projected, &error.to_string());
            }
        }
    }

    /// Where the rows may live beside the journal, if there is such a place now and it is believed.
    fn store_of(&self, projected: &Projected) -> Option<Arc<dyn Store>> {
        let journal = self.inner.journal.as_ref()?;
        journal.store().filter(|_| !projected.without)
    }

    fn is_at_home(&self, projected: &Projected) -> bool {
        projected
            .views
            .rows()
            .is_in(self.store_of(projected).as_ref())
    }

    /// Brings the views up to the head, where they belong now.
    async fn bring_up(&self, projected: &mut Projected, head: u64) -> Result<(), Error> {
        self.settle_in(projected, head);
        let error = match self.catch_up(&mut projected.views, head).await {
            Err(CatchUp::Views(error @ (ViewError::Rows(_) | ViewError::Row { .. })))
                if projected.views.rows().is_store() =>
            {
                error
            }
            other => return Ok(other?),
        };
        self.leave_store(projected, &error.to_string());
        Ok(self.catch_up(&mut projected.views, head).await?)
    }

    /// Moves the views into the store beside the journal once there is one, and out of one that is no more.
    fn settle_in(&self, projected: &mut Projected, head: u64) {
        if self.is_at_home(projected) {
            return;
        }
        let Some(store) = self.store_of(projected) else {
            return self.leave_store(projected, "it was set aside");
        };
        match rows::moved(&projected.views, store) {
            Ok(views) if views.position() <= head => {
                tracing::debug!(position = views.position(), "the views live in the store");
                projected.views = views;
            }
            Ok(views) => {
                let position = views.position();
                projected.views = views;
                let reason = format!("its views know position {position}, the log ends at {head}");
                self.leave_store(projected, &reason);
            }
            Err(error) => {
                let reason = error.to_string();
                if projected.views.rows().is_store() {
                    self.leave_store(projected, &reason);
                } else {
                    // What lies in memory is as good as before.
                    self.distrust(projected, &reason);
                }
            }
        }
    }

    /// From a store that is not to be believed, or not there any more, to empty rows in memory.
    fn leave_store(&self, projected: &mut Projected, reason: &str) {
        let store = self.store_of(projected);
        let left = std::mem::take(&mut projected.views);
        if !left.rows().is_store() {
            return;
        }
        tracing::warn!(%reason, "the views leave the store and are built anew from the log");
        // If it was set aside by the log itself, there is nothing left to distrust.
        if left.rows().is_in(store.as_ref()) {
            self.distrust(projected, reason);
        }
    }

    fn distrust(&self, projected: &mut Projected, reason: &str) {
        projected.without = true;
        if let Some(journal) = &self.inner.journal {
            journal.distrust_store(reason);
        }
    }

    /// Closes the log behind its views: if they are to live in its store and are not far behind, they are brought
    /// up to the head before, and need not be the next time. From then on rows live in memory.
    pub(crate) async fn close_behind_views(&self) -> Result<(), AppendError> {
        let mut projected = self.inner.projected.write().await;
        let head = self.inner.log.head().0;
        if self.store_of(&projected).is_some() {
            self.settle_in(&mut projected, head);
            let behind = head.saturating_sub(projected.views.position());
            if projected.views.rows().is_store()
                && behind <= MOST_AT_CLOSING
                && let Err(error) = self.bring_up(&mut projected, head).await
            {
                // Whoever opens it next meets it again.
                tracing::warn!(%error, "the views were not brought up to the head in closing");
            }
        }
        let closed = self.inner.log.close().await;
        projected.without = true;
        if projected.views.rows().is_store() {
            projected.views = Views::default();
        }
        closed
    }

    #[tracing::instrument(level = "debug", skip_all, fields(from = views.position(), head))]
    async fn catch_up<R: Rows>(&self, views: &mut Views<R>, head: u64) -> Result<(), CatchUp> {
        // Streams that hold no cases are left out; of those that do nothing is, so that an event of a later
        // build is refused and not passed over.
        let mut categories = self.rules().await?.state.categories();
        while views.taken() < head {
            let from = Position(views.taken() + 1);
            if categories.is_empty() {
                // A filter that names none would let everything pass.
                return Ok(views.advance(head)?);
            }
            let filter = Filter::everything().categories(&categories);
            let page = self.inner.log.all(from, &filter, PAGE).await;
            let page = page.map_err(Error::from)?;
            // The page may reach beyond an adoption that was not known before it: read it with the new category.
            let known = self.rules().await?.state.categories();
            if known != categories {
                categories = known;
                continue;
            }
            let mut told = Vec::with_capacity(page.records.len());
            for recorded in &page.records {
                told.push(Told::of(recorded)?);
            }
            let gathered = views.gather(told.iter().map(Told::record), page.next.0 - 1);
            if gathered.is_err() {
                // What came before the record in question is answered.
                views.settle()?;
            }
            gathered?;
            if let Some(tell) = &self.inner.tell
                && (!page.end || page.records.len() >= PAGE)
            {
                let position = views.taken();
                tell(Progress::Views { position, head });
            }
            if page.end {
                break;
            }
        }
        Ok(views.settle()?)
    }

    /// The register (客户抱怨案件登记追踪表).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn register(&self, filter: &RegisterFilter) -> Result<Vec<RegisterRow>, Error> {
        self.asked(|views| views.register(filter)).await
    }

    /// What a department or a person has to do, the earliest due first.
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn worklist(
        &self,
        whose: impl Into<Whose>,
        now: Instant,
    ) -> Result<Vec<WorkItem>, Error> {
        let employee = match whose.into() {
            Whose::Department(department) => {
                return self.asked(|views| views.worklist(&department, now)).await;
            }
            Whose::Employee(employee) => employee,
        };
        let organised = self.organised().await?;
        let organisation = &organised.state.organisation;
        let rules = self.rules().await?;
        let persons: Vec<&EmployeeId> = organisation
            .employees()
            .filter(|e| **e == employee || organisation.is_deputy(&employee, e, now))
            .collect();
        let mut departments: Vec<DepartmentId> = persons
            .iter()
            .filter_map(|e| organisation.department_of(e, now).cloned())
            .collect();
        departments.sort();
        departments.dedup();
        let offices: Vec<_> = persons
            .iter()
            .flat_map(|e| organisation.offices_of(e, now))
            .cloned()
            .collect();
        let definitions: Vec<_> = rules
            .state
            .versions()
            .map(|version| &version.workflow.definition)
            .collect();
        let desk = Desk {
            employee: Some(&employee),
            departments: &departments,
            offices: &offices,
            definitions: &definitions,
        };
        self.asked(|views| views.worklist_of(&desk, now)).await
    }

    /// What is overdue at a moment, past or present (A1).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn overdue(&self, at: Instant) -> Result<Vec<Overdue>, Error> {
        self.asked(|views| views.overdue(at)).await
    }

    /// What is due soon at a moment, past or present (A13).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn due_soon(&self, at: Instant) -> Result<Vec<DueSoon>, Error> {
        self.asked(|views| views.due_soon(at)).await
    }

    /// Notices and reminders (催办单).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn reminders(&self, filter: &ReminderFilter) -> Result<Vec<ReminderEntry>, Error> {
        self.asked(|views| views.reminders(filter)).await
    }

    /// Inquiries (洽办单).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn inquiries(&self, filter: &InquiryFilter) -> Result<Vec<InquiryEntry>, Error> {
        self.asked(|views| views.inquiries(filter)).await
    }

    /// Overdue visits of closed cases that nobody has inquired into (A16a).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn inquiry_candidates(
        &self,
        filter: &CandidateFilter,
    ) -> Result<Vec<InquiryCandidate>, Error> {
        self.asked(|views| views.inquiry_candidates(filter)).await
    }

    /// The statistics of a month (客户投诉案件统计表).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn statistics(&self, query: &StatisticsQuery) -> Result<MonthStatistics, Error> {
        self.asked(|views| views.statistics(query)).await
    }

    /// The months in which cases were closed.
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn months(&self, definition: Option<&DefinitionId>) -> Result<Vec<Month>, Error> {
        self.asked(|views| views.months(definition)).await
    }

    /// The cases on which the round may have something to do at a moment: those overdue or due soon, and every
    /// open one when the rules have changed since they were looked at, since a calendar may have.
    ///
    /// With the cases: the version of the rules, to be told to [`Redress::looked_at`] when all are done.
    pub(crate) async fn candidates(&self, at: Instant) -> Result<(Vec<CaseId>, u64), Error> {
        let rules = self.rules().await?.version;
        let candidates = |views: &Reading<'_>| {
            let overdue = views.overdue(at)?;
            let soon = views.due_soon(at)?;
            let mut cases: Vec<CaseId> = overdue.iter().map(|row| row.case).collect();
            cases.extend(soon.iter().map(|row| row.case));
            let looked_at = *views
                .0
                .looked_at
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if looked_at != Some(rules) {
                let open = RegisterFilter::default();
                cases.extend(
                    views
                        .register(&open)?
                        .iter()
                        .filter(|row| row.stage.is_some())
                        .map(|row| row.case),
                );
            }
            Ok(cases)
        };
        let mut cases = self.asked(candidates).await?;
        cases.sort();
        cases.dedup();
        Ok((cases, rules))
    }

    /// Every open case was looked at under a version of the rules.
    pub(crate) async fn looked_at(&self, rules: u64) {
        let projected = self.inner.projected.read().await;
        let mut looked_at = projected
            .looked_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *looked_at = Some(rules);
    }
}

/// Why the views could not be brought up.
enum CatchUp {
    Views(ViewError),
    Other(Error),
}

impl From<ViewError> for CatchUp {
    fn from(error: ViewError) -> Self {
        Self::Views(error)
    }
}

impl From<Error> for CatchUp {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<CatchUp> for Error {
    fn from(error: CatchUp) -> Self {
        match error {
            CatchUp::Views(error) => error.into(),
            CatchUp::Other(error) => error,
        }
    }
}

/// A record with its parts read, for the views to look at.
struct Told<'r> {
    recorded: &'r Recorded,
    occurred_at: Instant,
    recorded_at: Instant,
    actor: Actor,
}

impl<'r> Told<'r> {
    fn of(recorded: &'r Recorded) -> Result<Self, Error> {
        Ok(Self {
            recorded,
            occurred_at: frame::instant(recorded.occurred_at)?,
            recorded_at: frame::instant(recorded.recorded_at)?,
            actor: frame::actor(recorded)?,
        })
    }

    fn record(&self) -> Record<'_> {
        let recorded = self.recorded;
        Record {
            position: recorded.position.0,
            stream: recorded.stream.as_str(),
            version: recorded.version.0,
            kind: &recorded.kind,
            schema: recorded.schema,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            actor: &self.actor,
            payload: recorded.payload.as_str(),
        }
    }
}
