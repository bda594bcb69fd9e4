//! Historic cases: real instants, marked as imported; what the source leaves out is *not recorded*.

use crate::actor::Actor;
use crate::decide::values;
use crate::decide::{Context, Decision, Plan};
use crate::event::{CaseEvent, Imported, ImportedStep, Opened, StageReported, VisitOutcome};
use crate::form::{self, Form, Required};
use crate::refusal::{self, Refusal};
use crate::time::Instant;
use crate::value::Values;

pub(super) fn import(record: &Imported, ctx: &Context<'_>) -> Result<Decision<CaseEvent>, Refusal> {
    let definition = ctx.definition;
    let clause = &definition.opening.clause;
    form::check_reason("source", &record.source, clause)?;
    form::check_reason("row", &record.row, clause)?;
    in_order(record, ctx)?;
    let form = values::form(ctx, definition.opening.form.as_str(), clause)?;
    let checked = check_known(form, &record.values)?;
    let facts = values::facts_of_opening(definition, &checked);
    let opened = Opened {
        definition: definition.id.clone(),
        version: definition.version.clone(),
        values: checked,
        facts,
        links: Vec::new(),
        imported: Some(Box::new(record.clone())),
        reminders_from: Some(ctx.now.to_whole_second()),
    };
    let mut plan = Plan::opening_at(
        opened,
        Actor::Import,
        ctx,
        record.opened_at.to_whole_second(),
    )?;
    if let Some(numbering) = definition
        .numbering
        .as_ref()
        .filter(|n| n.at_end_of.is_none())
    {
        plan.number(numbering)?;
    }
    if let Some(clock) = definition
        .clock
        .as_ref()
        .filter(|c| c.starts_at_end_of.is_none())
    {
        plan.start_clock(clock)?;
    }
    // A visit opens where the recorded step before it ended; stages between two steps are not recorded.
    let mut next = 0;
    for step in &record.steps {
        let stage = definition.stage(step.stage.as_str()).ok_or_else(|| {
            Refusal::new(refusal::UNKNOWN_STAGE, clause)
                .with("stage", &step.stage)
                .with(
                    "stages",
                    definition
                        .stages
                        .iter()
                        .map(|s| s.id.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                )
        })?;
        let index = definition
            .stage_index(stage.id.as_str())
            .unwrap_or_default();
        // A stage that is always visited but not recorded lies before this one: when this one began is not known.
        let gap = definition
            .stages
            .iter()
            .take(index)
            .skip(next)
            .any(|between| between.called_for.is_none());
        next = index + 1;
        plan.enter_with(stage, gap)?;
        plan.set_at(step.ended_at.to_whole_second());
        let form = values::form(ctx, stage.form.as_str(), &stage.clause)?;
        let checked = check_known(form, &step.values)?;
        let facts = values::facts_after_report(definition, &plan.case, &stage.id, &checked);
        let visit = plan.case.open_visit().map_or(0, |v| v.number);
        plan.push(CaseEvent::StageReported(StageReported {
            visit,
            stage: stage.id.clone(),
            values: checked,
            facts,
        }));
        plan.end_open_visit(VisitOutcome::Done)?;
        plan.pass(stage)?;
    }
    let last = record
        .steps
        .last()
        .and_then(|step| definition.stage_index(step.stage.as_str()));
    // What follows the closing of a historic case is over too, or not recorded: nobody is given it to do.
    if plan.case.is_open() {
        plan.enter_from(last.map_or(0, |index| index + 1), false)?;
    }
    Ok(plan.decision())
}

/// Checks the values that the source knows; nothing is required of it.
fn check_known(form: &Form, entered: &Values) -> Result<Values, Refusal> {
    let lenient = Form {
        fields: form
            .fields
            .iter()
            .cloned()
            .map(|mut field| {
                field.required = Required::Optional;
                field
            })
            .collect(),
        ..form.clone()
    };
    lenient.check(entered, &|_| None)
}

fn in_order(record: &Imported, ctx: &Context<'_>) -> Result<(), Refusal> {
    let out_of_order = |stage: &str, at: Instant, after: Instant| {
        Refusal::new(refusal::IMPORT_OUT_OF_ORDER, &ctx.definition.opening.clause)
            .with("stage", stage)
            .with("at", at)
            .with("after", after)
    };
    let (mut last_at, mut last_index) = (record.opened_at, None);
    for step in &record.steps {
        let index = ctx.definition.stage_index(step.stage.as_str());
        if step.ended_at < last_at
            || (index.is_some() && last_index.is_some() && index <= last_index)
        {
            return Err(out_of_order(step.stage.as_str(), step.ended_at, last_at));
        }
        (last_at, last_index) = (step.ended_at, index);
    }
    let closing = |step: &ImportedStep| step.stage == ctx.definition.closes_at_end_of;
    if let Some(step) = record
        .steps
        .iter()
        .find(|s| ctx.definition.follows_closing(s.stage.as_str()))
        && !record.steps.iter().any(closing)
    {
        return Err(out_of_order(
            step.stage.as_str(),
            step.ended_at,
            record.opened_at,
        ));
    }
    if last_at > ctx.now {
        return Err(Refusal::new(refusal::OCCURRED_IN_FUTURE, "A1")
            .with("at", last_at)
            .with("now", ctx.now));
    }
    Ok(())
}
