//! Which events follow from a command, or the refusal. Pure: the time, the calendar, the organisation come as values.

mod import;
mod inquiry;
mod recover;
mod route;
mod values;

use crate::actor::{Actor, By};
use crate::calendar::{Calendar, Reckoning};
use crate::case::{Case, Meta, Status};
use crate::command::CaseCommand;
use crate::definition::{Definition, Duty, Stage};
use crate::event::{CaseEvent, Link, Linked, Opened, Resumed, Suspended, VisitOutcome, Withdrawn};
use crate::form;
use crate::id::{CaseId, DepartmentId, OfficeId};
use crate::organisation::Organisation;
use crate::refusal::{self, Refusal};
use crate::time::{Instant, Zone};
use crate::value::Values;

pub use recover::command_of;

/// Everything that a rule is told.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The version of the rules by which the case runs.
    pub definition: &'a Definition,
    /// The calendar that the definition reckons by, as it is in force now.
    pub calendar: &'a Calendar,
    /// The company's zone.
    pub zone: &'a Zone,
    /// Who works where, who holds which office.
    pub organisation: &'a Organisation,
    /// Who acts.
    pub who: Who<'a>,
    /// When it happened.
    pub at: Instant,
    /// When it is recorded; nothing happens later than that.
    pub now: Instant,
    /// The serial that is free, for a command that gives a number.
    pub serial: Option<u64>,
}

/// Who acts, as the rules are told.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// A person.
    Person(&'a By),
    /// The engine itself.
    Engine,
    /// An import.
    Import,
}

/// An event with the instant at which it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<E> {
    /// When.
    pub at: Instant,
    /// What.
    pub event: E,
}

/// What was decided: who acted, and the events in order. Without events there was nothing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<E> {
    /// Who acted.
    pub actor: Actor,
    /// The events.
    pub events: Vec<Dated<E>>,
}

/// Decides a command on a case.
///
/// # Errors
/// The [`Refusal`] of the rule that says no.
pub fn decide(
    case: Option<&Case>,
    command: &CaseCommand,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    match (case, command) {
        (None, CaseCommand::Open { values, links }) => open(values, links, ctx),
        (_, CaseCommand::Import { .. }) if !matches!(ctx.who, Who::Import) => {
            Err(Refusal::new(refusal::ENGINE_ONLY, "M7").with("command", "import"))
        }
        (_, CaseCommand::Round {}) if !matches!(ctx.who, Who::Engine) => {
            Err(Refusal::new(refusal::ENGINE_ONLY, "M7").with("command", "round"))
        }
        (None, CaseCommand::Import { record }) => import::import(record, ctx),
        (Some(_), CaseCommand::Open { .. } | CaseCommand::Import { .. }) => Err(Refusal::new(
            refusal::ALREADY_OPEN,
            &ctx.definition.opening.clause,
        )),
        (None, _) => Err(Refusal::new(
            refusal::NOT_OPENED,
            &ctx.definition.opening.clause,
        )),
        (Some(case), CaseCommand::Round {}) => {
            check_time(ctx, None)?;
            crate::reminder::round(case, ctx)
        }
        (Some(case), command) => on_case(case, command, ctx),
    }
}

fn on_case(
    case: &Case,
    command: &CaseCommand,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    check_time(ctx, case.last_person_at)?;
    if let Status::Withdrawn { at } = case.status {
        return Err(
            Refusal::new(refusal::CASE_WITHDRAWN, &ctx.definition.opening.clause).with("at", at),
        );
    }
    match command {
        CaseCommand::Report {
            stage,
            visit,
            values,
        } => route::report(case, stage, *visit, values, ctx),
        CaseCommand::Endorse {
            stage,
            visit,
            remark,
        } => route::endorse(case, stage, *visit, remark.as_deref(), ctx),
        CaseCommand::SendBack { to, visit, reason } => {
            route::send_back(case, to, *visit, reason, ctx)
        }
        CaseCommand::Complete { path, value } => values::complete(case, path, value, ctx),
        CaseCommand::Correct {
            path,
            value,
            reason,
        } => values::correct(case, path, value, reason, ctx),
        CaseCommand::Suspend { reason } => suspend(case, reason, ctx),
        CaseCommand::Resume {} => resume(case, ctx),
        CaseCommand::Withdraw { reason } => withdraw(case, reason, ctx),
        CaseCommand::Inquire { visit } => inquiry::inquire(case, *visit, ctx),
        CaseCommand::AnswerInquiry { inquiry, reason } => {
            inquiry::answer(case, *inquiry, reason, ctx)
        }
        CaseCommand::Link {
            relation,
            case: other,
        } => link(case, relation, *other, ctx),
        CaseCommand::Open { .. } | CaseCommand::Import { .. } | CaseCommand::Round {} => Err(
            Refusal::new(refusal::ALREADY_OPEN, &ctx.definition.opening.clause),
        ),
    }
}

fn open(
    values: &Values,
    links: &[Link],
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    check_time(ctx, None)?;
    let opening = &ctx.definition.opening;
    let actor = actor(ctx, &[])?;
    of_department(&actor, &opening.departments, &opening.clause)?;
    let form = values::form(ctx, opening.form.as_str(), &opening.clause)?;
    let checked = form.check(values, &|_| None)?;
    for (place, link) in links.iter().enumerate() {
        check_link(link, &opening.clause)?;
        if links.iter().take(place).any(|earlier| earlier == link) {
            return Err(Refusal::new(refusal::ALREADY_LINKED, &opening.clause)
                .with("relation", &link.relation)
                .with("case", link.case));
        }
    }
    let facts = values::facts_of_opening(ctx.definition, &checked);
    let opened = Opened {
        definition: ctx.definition.id.clone(),
        version: ctx.definition.version.clone(),
        values: checked,
        facts,
        links: links.to_vec(),
        imported: None,
        reminders_from: None,
    };
    let mut plan = Plan::opening(opened, actor, ctx)?;
    if let Some(numbering) = ctx
        .definition
        .numbering
        .as_ref()
        .filter(|n| n.at_end_of.is_none())
    {
        plan.number(numbering)?;
    }
    if let Some(clock) = ctx
        .definition
        .clock
        .as_ref()
        .filter(|c| c.starts_at_end_of.is_none())
    {
        plan.start_clock(clock)?;
    }
    plan.enter_from(0, false)?;
    Ok(plan.decision())
}

/// Those who open such cases, and those who correct them, link them.
fn link(
    case: &Case,
    relation: &str,
    other: CaseId,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    let opening = &ctx.definition.opening;
    let actor = actor(ctx, &[])?;
    let corrects = ctx
        .definition
        .correction
        .as_ref()
        .is_some_and(|duty| of_department(&actor, &duty.departments, &duty.clause).is_ok());
    if !corrects {
        of_department(&actor, &opening.departments, &opening.clause)?;
    }
    let link = Link {
        relation: relation.to_owned(),
        case: other,
    };
    check_link(&link, &opening.clause)?;
    if case.links.contains(&link) {
        return Err(Refusal::new(refusal::ALREADY_LINKED, &opening.clause)
            .with("relation", relation)
            .with("case", other));
    }
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::Linked(Linked { link }));
    Ok(plan.decision())
}

fn check_link(link: &Link, clause: &str) -> Result<(), Refusal> {
    crate::id::FieldId::new(link.relation.as_str())
        .map(|_| ())
        .map_err(|_| {
            Refusal::new(refusal::WRONG_TYPE, clause)
                .with("field", "relation")
                .with("form", "command")
                .with("wanted", "relation")
        })
}

fn suspend(case: &Case, reason: &str, ctx: &Context<'_>) -> Result<Decision<CaseEvent>, Refusal> {
    let duty = duty(ctx.definition.suspension.as_ref(), ctx, "suspension")?;
    still_open(case, ctx)?;
    if case.is_suspended() {
        return Err(Refusal::new(refusal::CASE_SUSPENDED, &duty.clause));
    }
    let actor = actor(ctx, &[])?;
    of_department(&actor, &duty.departments, &duty.clause)?;
    form::check_reason("reason", reason, &duty.clause)?;
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::Suspended(Suspended {
        reason: reason.to_owned(),
    }));
    Ok(plan.decision())
}

fn resume(case: &Case, ctx: &Context<'_>) -> Result<Decision<CaseEvent>, Refusal> {
    let duty = duty(ctx.definition.suspension.as_ref(), ctx, "suspension")?;
    still_open(case, ctx)?;
    if !case.is_suspended() {
        return Err(Refusal::new(refusal::NOT_SUSPENDED, &duty.clause));
    }
    let actor = actor(ctx, &[])?;
    of_department(&actor, &duty.departments, &duty.clause)?;
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::Resumed(Resumed {}));
    values::move_deadlines(&mut plan, crate::event::MoveReason::Resumed)?;
    Ok(plan.decision())
}

fn withdraw(case: &Case, reason: &str, ctx: &Context<'_>) -> Result<Decision<CaseEvent>, Refusal> {
    let duty = duty(ctx.definition.withdrawal.as_ref(), ctx, "withdrawal")?;
    still_open(case, ctx)?;
    let actor = actor(ctx, &[])?;
    of_department(&actor, &duty.departments, &duty.clause)?;
    form::check_reason("reason", reason, &duty.clause)?;
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::Withdrawn(Withdrawn {
        reason: reason.to_owned(),
    }));
    plan.end_open_visit(VisitOutcome::Withdrawn)?;
    Ok(plan.decision())
}

/// Checks when something is said to have happened (section "Two times" of the architecture).
///
/// # Errors
/// `occurred_in_future`, `before_last_event`, `too_far_back`.
pub fn check_time(ctx: &Context<'_>, last_person_at: Option<Instant>) -> Result<(), Refusal> {
    let at = ctx.at.to_whole_second();
    if at > ctx.now {
        return Err(Refusal::new(refusal::OCCURRED_IN_FUTURE, "A1")
            .with("at", at)
            .with("now", ctx.now));
    }
    if let Some(last) = last_person_at
        && at < last
        && matches!(ctx.who, Who::Person(_))
    {
        return Err(Refusal::new(refusal::BEFORE_LAST_EVENT, "A3")
            .with("at", at)
            .with("last", last));
    }
    if let (Some(span), Who::Person(_)) = (ctx.definition.max_backdating, ctx.who) {
        let reckoning = Reckoning {
            zone: ctx.zone,
            calendar: ctx.calendar,
            suspended: &[],
        };
        let latest = reckoning.due(at, span).map(|due| due.at);
        if latest.is_ok_and(|latest| ctx.now.to_whole_second() > latest) {
            return Err(Refusal::new(refusal::TOO_FAR_BACK, "A1")
                .with("at", at)
                .with("span", span));
        }
    }
    Ok(())
}

/// Resolves who acts.
///
/// # Errors
/// `unknown_employee`, `not_deputy`, `office_not_held`.
pub fn actor(ctx: &Context<'_>, offices: &[OfficeId]) -> Result<Actor, Refusal> {
    match ctx.who {
        Who::Person(by) => ctx
            .organisation
            .resolve(by, offices, ctx.at.to_whole_second()),
        Who::Engine => Ok(Actor::Engine),
        Who::Import => Ok(Actor::Import),
    }
}

/// Refuses an actor of another department; an empty list lets every one.
///
/// # Errors
/// `wrong_department`.
pub fn of_department(
    actor: &Actor,
    departments: &[DepartmentId],
    clause: &str,
) -> Result<(), Refusal> {
    let allowed =
        departments.is_empty() || actor.department().is_some_and(|d| departments.contains(d));
    if allowed {
        return Ok(());
    }
    let theirs = actor
        .department()
        .map_or_else(|| "-".to_owned(), ToString::to_string);
    Err(Refusal::new(refusal::WRONG_DEPARTMENT, clause)
        .with("department", theirs)
        .with(
            "departments",
            departments
                .iter()
                .map(DepartmentId::as_str)
                .collect::<Vec<_>>()
                .join(", "),
        ))
}

/// Refuses an actor who holds none of the offices.
///
/// # Errors
/// `wrong_office`.
pub fn of_office<'a>(
    actor: &'a Actor,
    offices: &[OfficeId],
    clause: &str,
) -> Result<&'a OfficeId, Refusal> {
    actor
        .office()
        .filter(|o| offices.contains(o))
        .ok_or_else(|| {
            Refusal::new(refusal::WRONG_OFFICE, clause).with(
                "offices",
                offices
                    .iter()
                    .map(OfficeId::as_str)
                    .collect::<Vec<_>>()
                    .join(", "),
            )
        })
}

fn duty<'d>(duty: Option<&'d Duty>, ctx: &Context<'_>, what: &str) -> Result<&'d Duty, Refusal> {
    duty.ok_or_else(|| {
        Refusal::new(refusal::NOT_PROVIDED, &ctx.definition.opening.clause)
            .with("what", what)
            .with("definition", &ctx.definition.id)
    })
}

fn still_open(case: &Case, ctx: &Context<'_>) -> Result<(), Refusal> {
    match case.status {
        Status::Open => Ok(()),
        Status::Closed { at, .. } => {
            Err(Refusal::new(refusal::CASE_CLOSED, closing_clause(ctx.definition)).with("at", at))
        }
        Status::Withdrawn { at } => Err(Refusal::new(
            refusal::CASE_WITHDRAWN,
            &ctx.definition.opening.clause,
        )
        .with("at", at)),
    }
}

fn closing_clause(definition: &Definition) -> &str {
    definition
        .stage(definition.closes_at_end_of.as_str())
        .map_or(definition.opening.clause.as_str(), |stage: &Stage| {
            stage.clause.as_str()
        })
}

/// Reckons deadlines anew whose holidays have been published since.
pub(crate) fn reissue(plan: &mut Plan<'_>) -> Result<(), Refusal> {
    values::move_deadlines(plan, crate::event::MoveReason::CalendarPublished)
}

/// The events decided so far, and the case as they leave it.
pub(crate) struct Plan<'a> {
    pub(crate) ctx: &'a Context<'a>,
    pub(crate) case: Case,
    at: Instant,
    actor: Actor,
    events: Vec<Dated<CaseEvent>>,
}

impl<'a> Plan<'a> {
    pub(crate) fn on(case: &Case, actor: Actor, ctx: &'a Context<'a>) -> Self {
        Self {
            ctx,
            case: case.clone(),
            at: ctx.at.to_whole_second(),
            actor,
            events: Vec::new(),
        }
    }

    pub(crate) fn opening(
        opened: Opened,
        actor: Actor,
        ctx: &'a Context<'a>,
    ) -> Result<Self, Refusal> {
        Self::opening_at(opened, actor, ctx, ctx.at.to_whole_second())
    }

    pub(crate) fn opening_at(
        opened: Opened,
        actor: Actor,
        ctx: &'a Context<'a>,
        at: Instant,
    ) -> Result<Self, Refusal> {
        let event = CaseEvent::Opened(opened);
        let case = Case::fold(
            None,
            &event,
            &Meta {
                at,
                actor: actor.clone(),
            },
        )
        .ok_or_else(|| Refusal::new(refusal::ALREADY_OPEN, &ctx.definition.opening.clause))?;
        Ok(Self {
            ctx,
            case,
            at,
            actor,
            events: vec![Dated { at, event }],
        })
    }

    /// Sets the instant at which what follows happened (imports).
    pub(crate) fn set_at(&mut self, at: Instant) {
        self.at = at;
    }

    pub(crate) fn at(&self) -> Instant {
        self.at
    }

    pub(crate) fn push(&mut self, event: CaseEvent) {
        let meta = Meta {
            at: self.at,
            actor: self.actor.clone(),
        };
        self.case.apply(&event, &meta);
        self.events.push(Dated { at: self.at, event });
    }

    pub(crate) fn decision(self) -> Decision<CaseEvent> {
        Decision {
            actor: self.actor,
            events: self.events,
        }
    }
}
