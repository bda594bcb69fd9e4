//! The views, brought up to the log's head when they are asked: nothing runs between two questions.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use redress_kernel::actor::Actor;
use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, EmployeeId};
use redress_kernel::time::{Instant, Month};
use redress_log::{Filter, Position, Recorded};
use redress_views::deadlines::{DueSoon, Overdue};
use redress_views::inquiries::{CandidateFilter, InquiryCandidate, InquiryEntry, InquiryFilter};
use redress_views::register::{RegisterFilter, RegisterRow};
use redress_views::reminders::{ReminderEntry, ReminderFilter};
use redress_views::statistics::{MonthStatistics, StatisticsQuery};
use redress_views::worklist::{Desk, WorkItem};
use redress_views::{Record, ViewError, Views};
use tokio::sync::RwLockReadGuard;

use crate::desk::Redress;
use crate::error::Error;
use crate::frame;

/// How many records are read at once.
const PAGE: usize = 4096;

/// The views and what the rounds have seen of them.
pub(crate) struct Projected {
    views: Views,
    /// The version of the rules at which every open case was looked at last.
    looked_at: Mutex<Option<u64>>,
}

impl Projected {
    pub(crate) fn new() -> Self {
        Self {
            views: Views::new(),
            looked_at: Mutex::new(None),
        }
    }
}

/// The views at a position of the log; while it is held, they do not move, and nobody else's can catch up: ask it
/// what is to be asked and let it go, before another query of the desk is awaited.
pub struct Reading<'d>(RwLockReadGuard<'d, Projected>);

impl Deref for Reading<'_> {
    type Target = Views;
    fn deref(&self) -> &Views {
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
        Self::Integrity {
            reason: error.to_string(),
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
        if projected.views.position() >= head {
            return Ok(Reading(projected));
        }
        drop(projected);
        let mut projected = self.inner.projected.write().await;
        self.catch_up(&mut projected.views, head).await?;
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

    #[tracing::instrument(level = "debug", skip_all, fields(from = views.position(), head))]
    async fn catch_up(&self, views: &mut Views, head: u64) -> Result<(), Error> {
        // Streams that hold no cases are left out; of those that do nothing is, so that an event of a later
        // build is refused and not passed over.
        let mut categories = self.rules().await?.state.categories();
        while views.position() < head {
            let from = Position(views.position() + 1);
            if categories.is_empty() {
                // A filter that names none would let everything pass.
                views.advance(head)?;
                return Ok(());
            }
            let filter = Filter::everything().categories(&categories);
            let page = self.inner.log.all(from, &filter, PAGE).await?;
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
            views.extend(told.iter().map(Told::record))?;
            views.advance(page.next.0 - 1)?;
            if page.end {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The register (客户抱怨案件登记追踪表).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn register(&self, filter: &RegisterFilter) -> Result<Vec<RegisterRow>, Error> {
        Ok(self.views().await?.register(filter)?)
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
                return Ok(self.views().await?.worklist(&department, now)?);
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
        Ok(self.views().await?.worklist_of(&desk, now)?)
    }

    /// What is overdue at a moment, past or present (A1).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn overdue(&self, at: Instant) -> Result<Vec<Overdue>, Error> {
        Ok(self.views().await?.overdue(at)?)
    }

    /// What is due soon at a moment, past or present (A13).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn due_soon(&self, at: Instant) -> Result<Vec<DueSoon>, Error> {
        Ok(self.views().await?.due_soon(at)?)
    }

    /// Notices and reminders (催办单).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn reminders(&self, filter: &ReminderFilter) -> Result<Vec<ReminderEntry>, Error> {
        Ok(self.views().await?.reminders(filter)?)
    }

    /// Inquiries (洽办单).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn inquiries(&self, filter: &InquiryFilter) -> Result<Vec<InquiryEntry>, Error> {
        Ok(self.views().await?.inquiries(filter)?)
    }

    /// Overdue visits of closed cases that nobody has inquired into (A16a).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn inquiry_candidates(
        &self,
        filter: &CandidateFilter,
    ) -> Result<Vec<InquiryCandidate>, Error> {
        Ok(self.views().await?.inquiry_candidates(filter)?)
    }

    /// The statistics of a month (客户投诉案件统计表).
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn statistics(&self, query: &StatisticsQuery) -> Result<MonthStatistics, Error> {
        Ok(self.views().await?.statistics(query)?)
    }

    /// The months in which cases were closed.
    ///
    /// # Errors
    /// As [`Redress::views`].
    pub async fn months(&self, definition: Option<&DefinitionId>) -> Result<Vec<Month>, Error> {
        Ok(self.views().await?.months(definition)?)
    }

    /// The cases on which the round may have something to do at a moment: those overdue or due soon, and every
    /// open one when the rules have changed since they were looked at, since a calendar may have.
    ///
    /// With the cases: the version of the rules, to be told to [`Redress::looked_at`] when all are done.
    pub(crate) async fn candidates(&self, at: Instant) -> Result<(Vec<CaseId>, u64), Error> {
        let rules = self.rules().await?.version;
        let views = self.views().await?;
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
