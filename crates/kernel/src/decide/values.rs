//! What was entered: facts derived from it, values completed and corrected, and the deadlines that move with them (A8).

use crate::case::Case;
use crate::deadline;
use crate::decide::{Context, Decision, Plan, actor, duty, of_department};
use crate::definition::{Definition, Limit};
use crate::event::{CaseEvent, DeadlineMoved, MoveReason, Subject, ValueCompleted, ValueCorrected};
use crate::form::{self, Field, Form};
use crate::id::StageId;
use crate::refusal::{self, Refusal};
use crate::time::Instant;
use crate::value::{Path, Scope, Value, Values};

pub(super) fn form<'d>(ctx: &Context<'d>, id: &str, clause: &str) -> Result<&'d Form, Refusal> {
    ctx.definition.form(id).ok_or_else(|| {
        Refusal::new(refusal::NOT_PROVIDED, clause)
            .with("what", id)
            .with("definition", &ctx.definition.id)
    })
}

/// The facts that can be told from what is entered.
fn facts<'a>(definition: &Definition, look_up: &dyn Fn(&Path) -> Option<&'a Value>) -> Values {
    let known = |path: &Path| look_up(path).filter(|v| !v.is_pending());
    let mut facts = Values::new();
    for fact in &definition.facts {
        let given = fact.given_by.iter().find_map(known).cloned();
        let derived = || {
            let value = fact.derived_from.as_ref().and_then(known)?;
            let case = fact
                .cases
                .iter()
                .find(|c| c.from == *value)
                .map(|c| c.to.clone());
            case.or_else(|| fact.otherwise.clone())
        };
        if let Some(value) = given.or_else(derived) {
            facts.insert(fact.id.clone(), value);
        }
    }
    facts
}

pub(super) fn facts_of_opening(definition: &Definition, opening: &Values) -> Values {
    facts(definition, &|path| match path.scope {
        Scope::Opening => opening.get(&path.field),
        _ => None,
    })
}

/// The facts that a report changes.
pub(super) fn facts_after_report(
    definition: &Definition,
    case: &Case,
    stage: &StageId,
    report: &Values,
) -> Values {
    let after = facts(definition, &|path| match &path.scope {
        Scope::Stage(s) if s == stage => report.get(&path.field),
        _ => case.value(path),
    });
    changed(case, after)
}

fn facts_after_value(definition: &Definition, case: &Case, at: &Path, value: &Value) -> Values {
    let after = facts(definition, &|path| {
        if path == at {
            Some(value)
        } else {
            case.value(path)
        }
    });
    changed(case, after)
}

fn changed(case: &Case, after: Values) -> Values {
    after
        .into_iter()
        .filter(|(name, value)| case.facts.get(name) != Some(value))
        .collect()
}

fn field_at<'d>(ctx: &Context<'d>, path: &Path) -> Result<(&'d Form, &'d Field), Refusal> {
    let definition = ctx.definition;
    let unknown = || {
        // A fact is nobody's to enter: what gives it is corrected (A8).
        let givers: Vec<String> = definition
            .facts
            .iter()
            .filter(|fact| path.scope == Scope::Fact && fact.id == path.field)
            .flat_map(|fact| fact.given_by.iter().chain(&fact.derived_from))
            .map(ToString::to_string)
            .collect();
        let fields = if givers.is_empty() {
            "opening.FIELD, STAGE.FIELD".to_owned()
        } else {
            givers.join(", ")
        };
        Refusal::new(refusal::UNKNOWN_FIELD, &definition.opening.clause)
            .with("field", path)
            .with("form", "case")
            .with("fields", fields)
    };
    let form = match &path.scope {
        Scope::Opening => definition.form(definition.opening.form.as_str()),
        Scope::Stage(stage) => definition
            .stage(stage.as_str())
            .and_then(|stage| definition.form(stage.form.as_str())),
        Scope::Form | Scope::Fact => None,
    }
    .ok_or_else(unknown)?;
    let field = form.field(path.field.as_str()).ok_or_else(unknown)?;
    Ok((form, field))
}

pub(super) fn complete(
    case: &Case,
    path: &Path,
    value: &Value,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    let (form, field) = field_at(ctx, path)?;
    let clause = field.clause.as_ref().unwrap_or(&form.clause);
    // What the form left out can be entered like what it left open, once the form itself is in.
    let form_is_in = match &path.scope {
        Scope::Stage(stage) => case.reports.contains_key(stage),
        _ => true,
    };
    if !form_is_in {
        return Err(Refusal::new(refusal::NOT_ENTERED, clause).with("field", path));
    }
    if case.value(path).is_some_and(|value| !value.is_pending()) {
        return Err(Refusal::new(refusal::NOT_PENDING, clause).with("field", path));
    }
    let actor = match &path.scope {
        Scope::Stage(stage) => {
            let stage = ctx
                .definition
                .stage(stage.as_str())
                .ok_or_else(|| Refusal::new(refusal::NOT_ENTERED, clause).with("field", path))?;
            super::route::may_report(stage, ctx)?
        }
        _ => {
            let actor = actor(ctx, &[])?;
            of_department(&actor, &ctx.definition.opening.departments, clause)?;
            actor
        }
    };
    let value = form.check_field(field, value)?;
    if value.is_pending() {
        return Err(Refusal::new(refusal::NOTHING_CHANGED, clause).with("field", path));
    }
    let facts = facts_after_value(ctx.definition, case, path, &value);
    let moves = !facts.is_empty();
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::ValueCompleted(ValueCompleted {
        path: path.clone(),
        value,
        facts,
    }));
    if moves {
        move_deadlines(&mut plan, MoveReason::FactCorrected)?;
    }
    Ok(plan.decision())
}

pub(super) fn correct(
    case: &Case,
    path: &Path,
    value: &Value,
    reason: &str,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    let duty = duty(ctx.definition.correction.as_ref(), ctx, "correction")?;
    let (form, field) = field_at(ctx, path)?;
    let before = case
        .value(path)
        .ok_or_else(|| Refusal::new(refusal::NOT_ENTERED, &duty.clause).with("field", path))?;
    let actor = actor(ctx, &[])?;
    of_department(&actor, &duty.departments, &duty.clause)?;
    form::check_reason("reason", reason, &duty.clause)?;
    let value = form.check_field(field, value)?;
    if value == *before {
        return Err(Refusal::new(refusal::NOTHING_CHANGED, &duty.clause).with("field", path));
    }
    // What the form requires, it requires of the corrected form too; of an imported one nothing is required.
    let whole = match &path.scope {
        Scope::Stage(stage) => case.reports.get(stage),
        _ => Some(&case.opening),
    };
    if let Some(whole) = whole.filter(|_| case.imported.is_none()) {
        let mut whole = whole.clone();
        whole.insert(path.field.clone(), value.clone());
        form.check(&whole, &|other| case.value(other))?;
    }
    let facts = facts_after_value(ctx.definition, case, path, &value);
    let moves = !facts.is_empty();
    let before = before.clone();
    let mut plan = Plan::on(case, actor, ctx);
    let reason = reason.to_owned();
    plan.push(CaseEvent::ValueCorrected(ValueCorrected {
        path: path.clone(),
        before,
        value,
        reason,
        facts,
    }));
    if moves {
        move_deadlines(&mut plan, MoveReason::FactCorrected)?;
    }
    Ok(plan.decision())
}

/// The instant by which something that has ended is judged: nobody is late against the date that he was told because
/// holidays were published afterwards.
fn no_later(told: Instant, now: Instant, reason: MoveReason) -> Instant {
    match reason {
        MoveReason::CalendarPublished => told.max(now),
        MoveReason::FactCorrected | MoveReason::Resumed => now,
    }
}

/// Reckons every deadline of the case anew from its own start, and moves those that change (A8). What has
/// ended is judged by its new due instant; reminders that were issued stand.
pub(crate) fn move_deadlines(plan: &mut Plan<'_>, reason: MoveReason) -> Result<(), Refusal> {
    let ctx = plan.ctx;
    let mut moved = Vec::new();
    if let (Some(clock), Some(rule)) = (&plan.case.clock, &ctx.definition.clock)
        && let Some(limit) = deadline::limit_of(&rule.limits, &plan.case, "case", &rule.clause)?
    {
        let deadline = deadline::reckon(ctx, Some(&plan.case), clock.started_at, limit.told())?;
        if deadline != clock.deadline {
            let judged_by = no_later(clock.deadline.due, deadline.due, reason);
            let late_seconds = clock
                .stopped
                .map(|(at, _)| at.seconds_since(judged_by).max(0));
            moved.push(DeadlineMoved {
                subject: Subject::Case,
                deadline: Some(deadline),
                late_seconds,
                reason,
            });
        }
    }
    for visit in &plan.case.visits {
        // What ended before the clocks stood still has lost none of its limit.
        if reason == MoveReason::Resumed && visit.ended.is_some() {
            continue;
        }
        let Some(stage) = ctx.definition.stage(visit.stage.as_str()) else {
            continue;
        };
        // Between the steps that a source records, stages may lie that it does not: such a visit has no limit.
        if plan.case.imported.is_some() && visit.deadline.is_none() {
            continue;
        }
        let limit = if visit.version == ctx.definition.version {
            deadline::limit_of(&stage.limits, &plan.case, stage.id.as_str(), &stage.clause)?
                .map(Limit::told)
        } else {
            // It opened by another version of the rules than these: it keeps the limit that it was told then.
            let told = visit.deadline.as_ref();
            told.map(|told| (told.limit, told.clause.as_str()))
        };
        let deadline = match limit {
            Some(limit) => Some(deadline::reckon(
                ctx,
                Some(&plan.case),
                deadline::start_of_visit(Some(stage), &plan.case, visit.number, visit.opened_at),
                limit,
            )?),
            None => None,
        };
        if deadline != visit.deadline {
            let late_seconds = visit.ended.as_ref().map(|ended| {
                deadline.as_ref().map_or(0, |d| {
                    let told = visit.deadline.as_ref().map_or(d.due, |told| told.due);
                    ended.at.seconds_since(no_later(told, d.due, reason)).max(0)
                })
            });
            moved.push(DeadlineMoved {
                subject: Subject::Visit(visit.number),
                deadline,
                late_seconds,
                reason,
            });
        }
    }
    for event in moved {
        plan.push(CaseEvent::DeadlineMoved(event));
    }
    Ok(())
}
