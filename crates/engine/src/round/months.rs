//! What the round does about months: those that are over are opened, those that are not closed are urged (M9-10, A6,
//! A13).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redress_core::month::{self, MonthCommand, MonthDecision, MonthEvent};
use redress_core::regulation::Workflow;
use redress_kernel::actor::Actor;
use redress_kernel::case::Status;
use redress_kernel::decide::Who;
use redress_kernel::id::CaseId;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::Month;
use uuid::Uuid;

use super::{ATTEMPTS, OpenedMonth, RoundReport, UrgedMonth};
use crate::books::Books;
use crate::desk::Redress;
use crate::error::Error;
use crate::execute::Present;
use crate::frame::Mark;
use crate::months::{AsOf, Asked, regulation, writes};

/// The namespace of the ids of what the engine does to months.
const MONTHS: Uuid = Uuid::from_u128(0x2d1f_6c0b_93a8_4f57_8e42_7b0d_51c9_a6e3);

impl Redress {
    /// Opens what is over and was never opened, then urges what is not closed. Where the rules in force keep no months,
    /// nothing happens.
    pub(super) async fn round_of_months(&self, report: &mut RoundReport) -> Result<(), Error> {
        let present = self.present().await?;
        if self.keeping_months(&present).is_none() {
            return Ok(());
        }
        for month in self.to_open(&present).await? {
            match self.open_by_itself(month).await {
                Ok(opened) => report.opened.extend(opened),
                Err(Error::Refused(refusal)) => skip(report, month, &refusal),
                Err(error) => return Err(error),
            }
        }
        for month in self.look(Books::open_months).await? {
            match self.urge_by_itself(month).await {
                Ok(urged) => report.urged.extend(urged),
                Err(Error::Refused(refusal)) => skip(report, month, &refusal),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The rules in force, where they keep months.
    fn keeping_months(&self, present: &Present) -> Option<Arc<Workflow>> {
        let workflow = self.complaint_workflow(present, present.now).ok()?;
        let kept = workflow.regulation.as_ref().is_some_and(month::is_kept);
        kept.then_some(workflow)
    }

    /// The months that are over and were never opened, in order.
    async fn to_open(&self, present: &Present) -> Result<BTreeSet<Month>, Error> {
        let last = Month::of(present.now, &self.inner.zone).prev();
        let (awaiting, opened, closed) = self
            .look(|books| {
                let opened: BTreeSet<Month> = books.months.keys().copied().collect();
                (books.awaiting(), opened, books.closed())
            })
            .await?;
        let mut awaited = BTreeSet::new();
        for (month, case) in awaiting {
            let settles = month > last || opened.contains(&month) || awaited.contains(&month);
            if !settles && self.waits_for(case, month, present).await? {
                awaited.insert(month);
            }
        }
        Ok(month::to_open(&opened, &closed, &awaited, last))
    }

    /// Whether a case waits to be counted by a month, as its own stream says.
    async fn waits_for(
        &self,
        case: CaseId,
        month: Month,
        present: &Present,
    ) -> Result<bool, Error> {
        let held = self.load(case, &present.rules.state).await?;
        Ok(held.is_some_and(|held| {
            let complaint = &held.complaint;
            complaint.case.imported.is_none()
                && complaint.decision.is_some()
                && complaint.counted.is_empty()
                && matches!(complaint.case.status, Status::Closed { month: of, .. } if of == month)
        }))
    }

    /// Opens a month; none if it is open already.
    async fn open_by_itself(&self, month: Month) -> Result<Option<OpenedMonth>, Error> {
        let command = MonthCommand::OpenMonth { month };
        let asked = Asked::of(&command);
        let mark = mark(month, "opened")?;
        for _ in 0..ATTEMPTS {
            let present = self.present().await?;
            let known = self.look(|books| asked.see(books)).await?;
            if known.month.is_some() {
                return Ok(None);
            }
            let cases = BTreeMap::new();
            let decision = self.judge_month(&present, &known, &cases, &command, Who::Engine)?;
            let due = decision.month.iter().find_map(|event| match event {
                MonthEvent::Opened(opened) => Some(opened.due),
                _ => None,
            });
            let writes = writes(&mark, month, &decision, &cases, &known)?;
            if self.append(writes, AsOf::of(&present), mark.id).await? {
                return Ok(due.map(|due| OpenedMonth { month, due }));
            }
        }
        Err(Error::Busy)
    }

    /// Issues what the ladder asks for about a month; none if there is nothing.
    async fn urge_by_itself(&self, month: Month) -> Result<Option<UrgedMonth>, Error> {
        for _ in 0..ATTEMPTS {
            let present = self.present().await?;
            let Some(workflow) = self.keeping_months(&present) else {
                return Ok(None);
            };
            let asked = Asked::of(&MonthCommand::OpenMonth { month });
            let known = self.look(|books| asked.see(books)).await?;
            let Some(booked) = &known.month else {
                return Ok(None);
            };
            let ctx = self.context(&present, &workflow, Who::Engine, present.now, None)?;
            let Some(event) = month::urge(&booked.state, regulation(&workflow)?, &ctx)? else {
                return Ok(None);
            };
            let urged = match &event {
                MonthEvent::DueSoonNoticed(e) => (0, e.due, e.to.clone()),
                MonthEvent::ReminderIssued(e) => (e.level, e.due, e.to.clone()),
                _ => return Ok(None),
            };
            let (level, due, to) = urged;
            let mark = mark(month, &format!("level {level}"))?;
            let decision = MonthDecision {
                actor: Actor::Engine,
                at: present.now.to_whole_second(),
                month: vec![event],
                cases: Vec::new(),
                persons: Vec::new(),
            };
            let writes = writes(&mark, month, &decision, &BTreeMap::new(), &known)?;
            if self.append(writes, AsOf::of(&present), mark.id).await? {
                return Ok(Some(UrgedMonth {
                    month,
                    level,
                    due,
                    to,
                }));
            }
        }
        Err(Error::Busy)
    }
}

fn skip(report: &mut RoundReport, month: Month, refusal: &Refusal) {
    let code = refusal.code.0.to_owned();
    report.skipped_months.push((month, code));
}

/// The mark of what the engine does to a month: from the month and the deed alone, so that it happens once.
fn mark(month: Month, deed: &str) -> Result<Mark, Error> {
    let id = Uuid::new_v5(&MONTHS, format!("{month} {deed}").as_bytes());
    Mark::of(id, &("round", month, deed))
}
