//! A case as it stands and as it stood: by what had happened (T), by what was known (K), or both.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use redress_core::complaint::Complaint;
use redress_core::event::Event;
use redress_kernel::deadline::{self, Explanation};
use redress_kernel::decide::Who;
use redress_kernel::event::{CaseEvent, Subject};
use redress_kernel::id::CaseId;
use redress_kernel::time::Instant;
use redress_kernel::value::Path;
use redress_log::{Recorded, StreamId, Version};

use crate::desk::Redress;
use crate::error::Error;
use crate::folded::PAGE;
use crate::frame;
use crate::request::CaseRef;
use crate::view::{CaseView, TimelineEntry};

/// A question about one case; awaiting it gives the answer.
#[derive(Debug)]
#[must_use = "it is asked by awaiting it"]
pub struct CaseQuery<'d> {
    desk: &'d Redress,
    case: CaseRef,
    as_of: Option<Instant>,
    known_at: Option<Instant>,
}

impl CaseQuery<'_> {
    /// As it stood: by what had happened until then.
    pub fn as_of(mut self, at: Instant) -> Self {
        self.as_of = Some(at);
        self
    }

    /// As it was known: by what had been recorded until then.
    pub fn known_at(mut self, at: Instant) -> Self {
        self.known_at = Some(at);
        self
    }
}

impl<'d> IntoFuture for CaseQuery<'d> {
    type Output = Result<CaseView, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'd>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let id = self.desk.find(self.case).await?;
            self.desk.case_as_of(id, self.as_of, self.known_at).await
        })
    }
}

impl Redress {
    /// Asks about a case: `desk.case("26-03-07").await`, `desk.case(id).as_of(instant).await`.
    pub fn case(&self, case: impl Into<CaseRef>) -> CaseQuery<'_> {
        CaseQuery {
            desk: self,
            case: case.into(),
            as_of: None,
            known_at: None,
        }
    }

    /// A case by what had happened until `as_of` and was recorded until `known_at`; none: the present. Corrections
    /// count from their own instant; what was corrected later is named.
    ///
    /// # Errors
    /// `not_found`, also for a case that was not opened then.
    #[tracing::instrument(level = "debug", skip(self))]
    pub async fn case_as_of(
        &self,
        id: CaseId,
        as_of: Option<Instant>,
        known_at: Option<Instant>,
    ) -> Result<CaseView, Error> {
        self.refresh()?;
        let rules = self.rules().await?;
        let held = self.must_load(id, &rules.state).await?;
        if as_of.is_none() && known_at.is_none() {
            return Ok(CaseView {
                id,
                complaint: held.complaint.clone(),
                version: held.version,
                workflow: rules.state.of_case(&held, self.now().await?)?,
                as_of,
                known_at,
                corrected_later: Vec::new(),
            });
        }
        let (mut complaint, mut version, mut corrected_later) = (None, 0, Vec::new());
        for recorded in self.records(&held.stream).await? {
            let entry = frame::entry(&recorded)?;
            let happened = as_of.is_none_or(|at| entry.meta.at <= at);
            let recorded_at = frame::instant(recorded.recorded_at)?;
            let known = known_at.is_none_or(|at| recorded_at <= at);
            if happened && known {
                complaint = Complaint::fold(complaint, &entry.event, &entry.meta);
                version = recorded.version.0;
            } else if let Some(path) = corrected(&entry.event) {
                corrected_later.push(path.clone());
            }
        }
        let complaint = complaint.ok_or_else(|| Error::unknown_case(id))?;
        let case = &complaint.case;
        let own = &rules
            .state
            .version(&case.definition, &case.version)?
            .workflow;
        let moment = match as_of.or(known_at) {
            Some(moment) => moment,
            None => self.now().await?,
        };
        let workflow = rules.state.of_state(case, own, moment)?;
        corrected_later.retain(|path| complaint.case.value(path).is_some());
        corrected_later.sort();
        corrected_later.dedup();
        Ok(CaseView {
            id,
            complaint,
            version,
            workflow,
            as_of,
            known_at,
            corrected_later,
        })
    }

    /// Every event of a case, in order.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn timeline(&self, case: impl Into<CaseRef>) -> Result<Vec<TimelineEntry>, Error> {
        let id = self.find(case).await?;
        self.refresh()?;
        let rules = self.rules().await?;
        let held = self.must_load(id, &rules.state).await?;
        let mut entries = Vec::new();
        for recorded in self.records(&held.stream).await? {
            entries.push(timeline_entry(&recorded)?);
        }
        Ok(entries)
    }

    /// How a deadline comes about: the intervals that add up to its limit.
    ///
    /// # Errors
    /// `not_found`, `unknown_visit`, `fact_unknown` for a subject without a limit, `beyond_calendar`.
    pub async fn explain_deadline(
        &self,
        case: impl Into<CaseRef>,
        subject: Subject,
    ) -> Result<Explanation, Error> {
        let view = self.case(case).await?;
        let present = self.present().await?;
        let ctx = self.context(&present, &view.workflow, Who::Engine, present.now, None)?;
        Ok(deadline::explain(&ctx, &view.complaint.case, subject)?)
    }

    /// The records of a stream, in order.
    pub(crate) async fn records(&self, stream: &StreamId) -> Result<Vec<Recorded>, Error> {
        let (mut from, mut all) = (Version::FIRST, Vec::new());
        loop {
            let page = self.inner.log.stream(stream, from, PAGE).await?;
            from = page.next;
            all.extend(page.records);
            if page.end {
                return Ok(all);
            }
        }
    }
}

pub(crate) fn timeline_entry(recorded: &Recorded) -> Result<TimelineEntry, Error> {
    let entry = frame::entry(recorded)?;
    let mut payload: serde_json::Value =
        serde_json::from_str(recorded.payload.as_str()).map_err(|e| Error::Integrity {
            reason: format!("position {}: {e}", recorded.position),
        })?;
    payload.sort_all_objects();
    Ok(TimelineEntry {
        position: recorded.position.0,
        version: recorded.version.0,
        recorded_at: frame::instant(recorded.recorded_at)?,
        occurred_at: entry.meta.at,
        actor: entry.meta.actor,
        command: entry.mark.id,
        kind: recorded.kind.clone(),
        schema: recorded.schema,
        payload,
        event: entry.event,
    })
}

fn corrected(event: &Event) -> Option<&Path> {
    match event {
        Event::Case(CaseEvent::ValueCorrected(corrected)) => Some(&corrected.path),
        _ => None,
    }
}
