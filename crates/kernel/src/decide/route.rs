//! The route: reports, endorsements, sending back, and what opens next (R, A3, A11, A12, A16a).

use crate::case::{Case, Status, Visit};
use crate::deadline;
use crate::decide::values;
use crate::decide::{
    Context, Decision, Plan, actor, closing_clause, of_department, of_office, still_open,
};
use crate::definition::{CaseClock, Numbering, Stage};
use crate::event::{
    CaseEvent, ClockStarted, Closed, MoveReason, SentBack, StageEndorsed, StageReported,
    StageSkipped, VisitEnded, VisitOpened, VisitOutcome,
};
use crate::form;
use crate::id::StageId;
use crate::refusal::{self, Refusal};
use crate::time::Month;
use crate::value::{Value, Values};

pub(super) fn report(
    case: &Case,
    stage: &StageId,
    expected: Option<u32>,
    entered: &Values,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    let (stage, visit) = at_stage(case, stage, expected, ctx)?;
    if visit.reported.is_some() {
        let clause = stage
            .endorsement
            .as_ref()
            .map_or(&stage.clause, |e| &e.clause);
        return Err(Refusal::new(refusal::AWAITS_ENDORSEMENT, clause).with("stage", &stage.id));
    }
    let actor = may_report(stage, ctx)?;
    let form = values::form(ctx, stage.form.as_str(), &stage.clause)?;
    let checked = form.check(entered, &|path| case.value(path))?;
    let facts = values::facts_after_report(ctx.definition, case, &stage.id, &checked);
    let visit = visit.number;
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::StageReported(StageReported {
        visit,
        stage: stage.id.clone(),
        values: checked,
        facts,
    }));
    if stage.endorsement.is_none() {
        plan.end_stage(stage)?;
    }
    Ok(plan.decision())
}

pub(super) fn endorse(
    case: &Case,
    stage: &StageId,
    expected: Option<u32>,
    remark: Option<&str>,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    let (stage, visit) = at_stage(case, stage, expected, ctx)?;
    let nothing =
        || Refusal::new(refusal::NOTHING_TO_ENDORSE, &stage.clause).with("stage", &stage.id);
    let endorsement = stage.endorsement.as_ref().ok_or_else(nothing)?;
    if visit.reported.is_none() {
        return Err(nothing());
    }
    let actor = actor(ctx, &endorsement.offices)?;
    let office = of_office(&actor, &endorsement.offices, &endorsement.clause)?.clone();
    if let Some(author) = actor.persons().find(|p| visit.authors().any(|a| a == *p)) {
        return Err(Refusal::new(refusal::AUTHOR_ENDORSES, &endorsement.clause)
            .with("employee", author)
            .with("stage", &stage.id));
    }
    if let Some(remark) = remark {
        form::check_reason("remark", remark, &endorsement.clause)?;
    }
    let visit = visit.number;
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::StageEndorsed(StageEndorsed {
        visit,
        stage: stage.id.clone(),
        office,
        remark: remark.map(ToOwned::to_owned),
    }));
    plan.end_stage(stage)?;
    Ok(plan.decision())
}

pub(super) fn send_back(
    case: &Case,
    to: &StageId,
    expected: Option<u32>,
    reason: &str,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    still_open(case, ctx)?;
    let visit = case.open_visit().ok_or_else(|| {
        Refusal::new(refusal::WRONG_STAGE, closing_clause(ctx.definition))
            .with("stage", to)
            .with("stands_at", "-")
    })?;
    let (stage, visit) = at_stage(case, &visit.stage.clone(), expected, ctx)?;
    let target = known_stage(to, ctx)?;
    let actor = match &stage.endorsement {
        // Once the report is in, it is the endorsing office that reads it and may send it back.
        Some(endorsement) if visit.reported.is_some() => {
            let actor = actor(ctx, &endorsement.offices)?;
            of_office(&actor, &endorsement.offices, &endorsement.clause)?;
            actor
        }
        _ => may_report(stage, ctx)?,
    };
    let earlier =
        ctx.definition.stage_index(to.as_str()) < ctx.definition.stage_index(stage.id.as_str());
    if !stage.sends_back || !target.revisitable || !earlier {
        return Err(Refusal::new(refusal::NOT_AN_EARLIER_STAGE, "A12")
            .with("from", &stage.id)
            .with("to", to));
    }
    form::check_reason("reason", reason, "A12")?;
    let (number, from) = (visit.number, stage.id.clone());
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::SentBack(SentBack {
        visit: number,
        from,
        to: to.clone(),
        reason: reason.to_owned(),
    }));
    plan.end_open_visit(VisitOutcome::SentBack)?;
    let index = ctx.definition.stage_index(to.as_str()).unwrap_or_default();
    plan.enter_from(index, true)?;
    Ok(plan.decision())
}

fn known_stage<'d>(stage: &StageId, ctx: &Context<'d>) -> Result<&'d Stage, Refusal> {
    ctx.definition.stage(stage.as_str()).ok_or_else(|| {
        Refusal::new(refusal::UNKNOWN_STAGE, &ctx.definition.opening.clause)
            .with("stage", stage)
            .with(
                "stages",
                ctx.definition
                    .stages
                    .iter()
                    .map(|s| s.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            )
    })
}

/// The stage of a command and the visit that is open, which must be that stage's.
fn at_stage<'c, 'd>(
    case: &'c Case,
    stage: &StageId,
    expected: Option<u32>,
    ctx: &Context<'d>,
) -> Result<(&'d Stage, &'c Visit), Refusal> {
    let stage = known_stage(stage, ctx)?;
    if let Status::Closed { at, .. } = case.status
        && !ctx.definition.follows_closing(stage.id.as_str())
    {
        return Err(
            Refusal::new(refusal::CASE_CLOSED, closing_clause(ctx.definition)).with("at", at),
        );
    }
    if case.is_suspended() {
        let clause = ctx
            .definition
            .suspension
            .as_ref()
            .map_or(&stage.clause, |d| &d.clause);
        return Err(Refusal::new(refusal::CASE_SUSPENDED, clause));
    }
    let wrong = |stands_at: &str| {
        Refusal::new(refusal::WRONG_STAGE, &stage.clause)
            .with("stage", &stage.id)
            .with("stands_at", stands_at)
    };
    let visit = case.open_visit().ok_or_else(|| wrong("-"))?;
    if visit.stage != stage.id {
        return Err(wrong(visit.stage.as_str()));
    }
    if let Some(expected) = expected
        && expected != visit.number
    {
        return Err(Refusal::new(refusal::STALE_VISIT, "A12")
            .with("expected", expected)
            .with("open", visit.number));
    }
    Ok((stage, visit))
}

pub(super) fn may_report(stage: &Stage, ctx: &Context<'_>) -> Result<crate::actor::Actor, Refusal> {
    let actor = actor(ctx, &stage.offices)?;
    if stage.offices.is_empty() {
        of_department(&actor, &stage.departments, &stage.clause)?;
    } else {
        of_office(&actor, &stage.offices, &stage.clause)?;
    }
    Ok(actor)
}

impl Plan<'_> {
    /// Ends the open visit with its stage done, and goes on along the route.
    pub(crate) fn end_stage(&mut self, stage: &Stage) -> Result<(), Refusal> {
        let definition = self.ctx.definition;
        for fact in definition
            .facts
            .iter()
            .filter(|f| f.needed_at_end_of.as_ref() == Some(&stage.id))
        {
            if self.case.facts.get(&fact.id).is_none_or(Value::is_pending) {
                return Err(Refusal::new(refusal::FACT_UNKNOWN, &fact.clause).with("of", &fact.id));
            }
        }
        self.end_open_visit(VisitOutcome::Done)?;
        self.pass(stage)?;
        let detour = stage
            .detour
            .as_ref()
            .filter(|d| d.when.holds(&|path| self.case.value(path)));
        match detour.and_then(|d| definition.stage_index(d.to.as_str())) {
            Some(index) => self.enter_from(index, true),
            None => match definition.stage_index(stage.id.as_str()) {
                Some(index) => self.enter_from(index + 1, false),
                None => Ok(()),
            },
        }
    }

    /// What happens at the end of a stage besides the route going on: number, clock, closing.
    pub(crate) fn pass(&mut self, stage: &Stage) -> Result<(), Refusal> {
        let definition = self.ctx.definition;
        if let Some(numbering) = definition.numbering.as_ref()
            && numbering.at_end_of.as_ref() == Some(&stage.id)
            && self.case.number.is_none()
        {
            self.number(numbering)?;
        }
        if let Some(clock) = definition.clock.as_ref()
            && clock.starts_at_end_of.as_ref() == Some(&stage.id)
            && self.case.clock.is_none()
        {
            self.start_clock(clock)?;
        }
        if definition.closes_at_end_of == stage.id && self.case.is_open() {
            self.close();
        }
        Ok(())
    }

    /// Gives the case its number (M8); an import one of the imports' own series.
    pub(crate) fn number(&mut self, numbering: &Numbering) -> Result<(), Refusal> {
        let of_imports;
        let numbering = if self.case.imported.is_some() {
            of_imports = numbering.of_imports();
            &of_imports
        } else {
            numbering
        };
        let serial = self
            .ctx
            .serial
            .ok_or_else(|| Refusal::new(refusal::NUMBER_NOT_RESERVED, &numbering.clause))?;
        let period = Month::of(self.at(), self.ctx.zone);
        self.push(CaseEvent::Numbered(numbering.number(period, serial)));
        Ok(())
    }

    /// Starts the clock of the case (M10), which keeps the version of the rules by which it starts (M15).
    pub(crate) fn start_clock(&mut self, clock: &CaseClock) -> Result<(), Refusal> {
        if let Some(limit) = deadline::limit_of(&clock.limits, &self.case, "case", &clock.clause)? {
            let deadline = deadline::reckon(self.ctx, Some(&self.case), self.at(), limit.told())?;
            self.push(CaseEvent::ClockStarted(ClockStarted {
                version: self.ctx.definition.version.clone(),
                deadline,
            }));
        }
        Ok(())
    }

    fn close(&mut self) {
        let at = self.at();
        let clock = self.case.clock.as_ref();
        let closed = Closed {
            month: Month::of(at, self.ctx.zone),
            late_seconds: clock.map(|c| at.seconds_since(c.deadline.due).max(0)),
            taken_seconds: clock.map(|c| at.seconds_since(c.started_at)),
        };
        self.push(CaseEvent::Closed(closed));
    }

    /// Ends the visit that is open, judged by its own limit (A12).
    pub(crate) fn end_open_visit(&mut self, outcome: VisitOutcome) -> Result<(), Refusal> {
        // What is judged here is judged by the holidays as they are published now.
        if self.case.awaits(self.ctx.calendar) {
            super::reissue(self)?;
        }
        if self.case.is_suspended() {
            values::move_deadlines(self, MoveReason::Resumed)?;
        }
        let at = self.at();
        let Some(visit) = self.case.open_visit() else {
            return Ok(());
        };
        let ended = VisitEnded {
            visit: visit.number,
            stage: visit.stage.clone(),
            outcome,
            late_seconds: visit
                .deadline
                .as_ref()
                .map_or(0, |d| at.seconds_since(d.due).max(0)),
            held_seconds: at.seconds_since(visit.opened_at),
        };
        self.push(CaseEvent::VisitEnded(ended));
        Ok(())
    }

    /// Opens the first stage from this place on that is called for; the first of all events if `forced`.
    pub(crate) fn enter_from(&mut self, index: usize, forced: bool) -> Result<(), Refusal> {
        let mut forced = forced;
        for stage in self.ctx.definition.stages.iter().skip(index) {
            let called_for = stage
                .called_for
                .as_ref()
                .is_none_or(|guard| guard.holds(&|path| self.case.value(path)));
            if called_for || forced {
                return self.enter(stage);
            }
            forced = false;
            self.push(CaseEvent::StageSkipped(StageSkipped {
                stage: stage.id.clone(),
            }));
        }
        Ok(())
    }

    /// Opens a visit of a stage with its full limit (A3, A12).
    pub(crate) fn enter(&mut self, stage: &Stage) -> Result<(), Refusal> {
        self.enter_with(stage, false)
    }

    /// As [`Plan::enter`], but without a deadline where nobody knows when the stage really began (imports).
    pub(crate) fn enter_with(&mut self, stage: &Stage, unlimited: bool) -> Result<(), Refusal> {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        let visit = count(self.case.visits.len());
        let deadline = match deadline::limit_of(
            &stage.limits,
            &self.case,
            stage.id.as_str(),
            &stage.clause,
        )? {
            Some(_) if unlimited => None,
            Some(limit) => Some(deadline::reckon(
                self.ctx,
                Some(&self.case),
                deadline::start_of_visit(Some(stage), &self.case, visit, self.at()),
                limit.told(),
            )?),
            None => None,
        };
        let Some(department) = stage.departments.first() else {
            return Err(
                Refusal::new(refusal::UNKNOWN_DEPARTMENT, &stage.clause).with("department", "-")
            );
        };
        let opened = VisitOpened {
            visit,
            stage: stage.id.clone(),
            round: count(
                self.case
                    .visits
                    .iter()
                    .filter(|v| v.stage == stage.id)
                    .count(),
            ),
            department: department.clone(),
            deadline,
        };
        self.push(CaseEvent::VisitOpened(opened));
        Ok(())
    }
}
