//! The improvement (M9-7): tracked right behind the decision that wants it; opened, drafted, confirmed, carried out,
//! judged by those whose duty it is. No clock of a case knows of it.

use redress_kernel::decide::{Context, Decision, of_department};
use redress_kernel::form::{Field, check_reason};
use redress_kernel::id::DepartmentId;
use redress_kernel::refusal::Refusal;
use redress_kernel::value::{Path, Scope, Value, Values};

use super::loss::not_set;
use super::{by_duty, decided, one};
use crate::complaint::Complaint;
use crate::concession;
use crate::event::improvement::{
    ImprovementCarriedOut, ImprovementConfirmed, ImprovementDrafted, ImprovementFoundEffective,
    ImprovementFoundIneffective, ImprovementOpened, ImprovementReleased, ImprovementReturned,
    ImprovementTracked,
};
use crate::event::{ComplaintEvent, Event};
use crate::improvement::{Improvement, Item, ItemDraft, Standing};
use crate::refusal;
use crate::regulation::{ImprovementDuties, Regulation};

/// The field of the decision that says whether the improvement is tracked binds to this.
const BINDING: &str = "improvement_tracked";
/// The clause under which improvements are refused where no duty has one of its own.
const CLAUSE: &str = "M9-7";
/// So many items one draft has at most.
const MOST_ITEMS: usize = 99;

/// The field of the decision's form that says whether the improvement is tracked.
fn field<'d>(regulation: &Regulation, ctx: &Context<'d>) -> Option<&'d Field> {
    let definition = ctx.definition;
    let stage = definition.stage(regulation.decision_stage.as_str())?;
    concession::bound(definition.form(stage.form.as_str()), BINDING).next()
}

/// What stands right behind a decision that wants the improvement tracked.
pub(super) fn at_decision(
    regulation: &Regulation,
    report: &Values,
    ctx: &Context<'_>,
) -> Option<ComplaintEvent> {
    let field = field(regulation, ctx)?;
    let tracked = report.get(&field.id) == Some(&Value::Boolean(true));
    tracked.then_some(ComplaintEvent::ImprovementTracked(ImprovementTracked {}))
}

/// What the correction of a decision does to the tracking: what a ruling wants tracked is tracked from then on (M9-12);
/// what it exempts is released, unless the form has been opened.
pub(super) fn at_correction(
    regulation: &Regulation,
    complaint: &Complaint,
    (path, value): (&Path, &Value),
    ctx: &Context<'_>,
) -> Result<Option<ComplaintEvent>, Refusal> {
    let field = field(regulation, ctx);
    let of_decision =
        matches!(&path.scope, Scope::Stage(stage) if *stage == regulation.decision_stage);
    if complaint.decision.is_none() || !of_decision || field.is_none_or(|f| f.id != path.field) {
        return Ok(None);
    }
    match (value, &complaint.improvement) {
        (Value::Boolean(true), None) => Ok(Some(ComplaintEvent::ImprovementTracked(
            ImprovementTracked {},
        ))),
        (Value::Boolean(false), Some(known)) if known.opened_at.is_some() => {
            Err(Refusal::new(refusal::IMPROVEMENT_OPENED_ALREADY, CLAUSE))
        }
        (Value::Boolean(false), Some(_)) => Ok(Some(ComplaintEvent::ImprovementReleased(
            ImprovementReleased {},
        ))),
        _ => Ok(None),
    }
}

fn duties(regulation: &Regulation) -> Result<&ImprovementDuties, Refusal> {
    let duties = regulation.improvement.as_ref();
    duties.ok_or_else(|| not_set("improvement", CLAUSE))
}

/// The improvement that is in hand.
fn tracked<'c>(complaint: &'c Complaint, clause: &str) -> Result<&'c Improvement, Refusal> {
    decided(complaint, clause)?;
    let improvement = complaint.improvement.as_ref();
    let improvement =
        improvement.ok_or_else(|| Refusal::new(refusal::IMPROVEMENT_NOT_TRACKED, clause))?;
    match &improvement.done {
        Some((at, _)) => Err(Refusal::new(refusal::IMPROVEMENT_DONE, clause).with("at", *at)),
        None => Ok(improvement),
    }
}

/// The same, once its form is open.
fn opened<'c>(complaint: &'c Complaint, clause: &str) -> Result<&'c Improvement, Refusal> {
    let improvement = tracked(complaint, clause)?;
    match improvement.opened_at {
        Some(_) => Ok(improvement),
        None => Err(Refusal::new(refusal::IMPROVEMENT_NOT_OPENED, clause)),
    }
}

/// The general manager's office opens the form.
pub(super) fn open(
    regulation: &Regulation,
    complaint: &Complaint,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.opens;
    let actor = by_duty(duty, ctx)?;
    let improvement = tracked(complaint, &duty.clause)?;
    if improvement.opened_at.is_some() {
        return Err(Refusal::new(
            refusal::IMPROVEMENT_OPENED_ALREADY,
            &duty.clause,
        ));
    }
    one(
        actor,
        ComplaintEvent::ImprovementOpened(ImprovementOpened {}),
        ctx,
    )
}

/// Manufacturing drafts the items: the first time, after a draft was returned, after a round without effect.
pub(super) fn draft(
    regulation: &Regulation,
    complaint: &Complaint,
    items: &[ItemDraft],
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duties = duties(regulation)?;
    let duty = &duties.drafts;
    let actor = by_duty(duty, ctx)?;
    let improvement = opened(complaint, &duty.clause)?;
    if !matches!(
        improvement.standing().0,
        Standing::Opened | Standing::Returned | Standing::Ineffective
    ) {
        return Err(
            Refusal::new(refusal::IMPROVEMENT_DRAFTED_ALREADY, &duty.clause)
                .with("round", improvement.round()),
        );
    }
    if items.is_empty() || items.len() > MOST_ITEMS {
        return Err(Refusal::new(refusal::NUMBER_OF_ITEMS, &duty.clause)
            .with("count", items.len())
            .with("max", MOST_ITEMS));
    }
    let (round, first) = improvement.next_draft();
    let mut drafted = Vec::with_capacity(items.len());
    for (draft, number) in items.iter().zip(first..) {
        check_item(duties, draft, number, ctx)?;
        drafted.push(Item {
            item: number,
            what: draft.what.clone(),
            department: draft.department.clone(),
            until: draft.until,
        });
    }
    let drafted = ImprovementDrafted {
        round,
        items: drafted,
    };
    one(actor, ComplaintEvent::ImprovementDrafted(drafted), ctx)
}

fn check_item(
    duties: &ImprovementDuties,
    draft: &ItemDraft,
    number: u32,
    ctx: &Context<'_>,
) -> Result<(), Refusal> {
    check_reason("what", &draft.what, &duties.drafts.clause)?;
    let duty = &duties.carries_out;
    let known = ctx.definition.department(draft.department.as_str());
    let named = duty.departments.is_empty() || duty.departments.contains(&draft.department);
    if known.is_none() || !named {
        return Err(Refusal::new(refusal::CARRIES_OUT_NOTHING, &duty.clause)
            .with("item", number)
            .with("department", &draft.department));
    }
    let today = ctx.zone.date_of(ctx.at);
    if draft.until < today {
        return Err(Refusal::new(refusal::DATE_PASSED, &duties.drafts.clause)
            .with("item", number)
            .with("until", draft.until)
            .with("today", today));
    }
    Ok(())
}

/// The general manager's office returns the draft.
pub(super) fn send_back(
    regulation: &Regulation,
    complaint: &Complaint,
    reason: &str,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.confirms;
    let actor = by_duty(duty, ctx)?;
    let round = waiting_draft(complaint, &duty.clause)?;
    check_reason("reason", reason, &duty.clause)?;
    let returned = ImprovementReturned {
        round,
        reason: reason.to_owned(),
    };
    one(actor, ComplaintEvent::ImprovementReturned(returned), ctx)
}

/// The general manager's office confirms the draft.
pub(super) fn confirm(
    regulation: &Regulation,
    complaint: &Complaint,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.confirms;
    let actor = by_duty(duty, ctx)?;
    let round = waiting_draft(complaint, &duty.clause)?;
    one(
        actor,
        ComplaintEvent::ImprovementConfirmed(ImprovementConfirmed { round }),
        ctx,
    )
}

/// The round whose draft waits to be confirmed.
fn waiting_draft(complaint: &Complaint, clause: &str) -> Result<u32, Refusal> {
    let improvement = opened(complaint, clause)?;
    match improvement.standing().0 {
        Standing::Drafted => Ok(improvement.round()),
        _ => Err(Refusal::new(refusal::NO_DRAFT_TO_CONFIRM, clause)),
    }
}

/// The improvement whose confirmed items are being carried out, or are to be judged.
fn confirmed<'c>(complaint: &'c Complaint, clause: &str) -> Result<&'c Improvement, Refusal> {
    let improvement = opened(complaint, clause)?;
    match improvement.standing().0 {
        Standing::UnderWay | Standing::CarriedOut => Ok(improvement),
        _ => Err(Refusal::new(refusal::IMPROVEMENT_NOT_CONFIRMED, clause)),
    }
}

/// A department records what it did; each carries out its own items.
pub(super) fn carry_out(
    regulation: &Regulation,
    complaint: &Complaint,
    (number, done): (u32, &str),
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.carries_out;
    let actor = by_duty(duty, ctx)?;
    let improvement = confirmed(complaint, &duty.clause)?;
    let mut items = improvement.items().iter();
    let item = items
        .find(|item| item.item.item == number)
        .ok_or_else(|| Refusal::new(refusal::UNKNOWN_ITEM, &duty.clause).with("item", number))?;
    let owner: &DepartmentId = &item.item.department;
    of_department(&actor, std::slice::from_ref(owner), &duty.clause)?;
    if let Some((at, _)) = &item.carried_out {
        return Err(Refusal::new(refusal::CARRIED_OUT_ALREADY, &duty.clause)
            .with("item", number)
            .with("at", *at));
    }
    check_reason("done", done, &duty.clause)?;
    let carried_out = ImprovementCarriedOut {
        item: number,
        done: done.to_owned(),
    };
    one(
        actor,
        ComplaintEvent::ImprovementCarriedOut(carried_out),
        ctx,
    )
}

/// The general manager's office confirms the effect, or finds none; then it is drafted again.
pub(super) fn judge(
    regulation: &Regulation,
    complaint: &Complaint,
    (effective, finding): (bool, &str),
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.judges;
    let actor = by_duty(duty, ctx)?;
    let improvement = confirmed(complaint, &duty.clause)?;
    if let Some(item) = improvement.open_items().next() {
        return Err(Refusal::new(refusal::ITEMS_OUTSTANDING, &duty.clause)
            .with("item", item.item.item)
            .with("department", &item.item.department));
    }
    check_reason("finding", finding, &duty.clause)?;
    let (round, finding) = (improvement.round(), finding.to_owned());
    let event = if effective {
        ComplaintEvent::ImprovementFoundEffective(ImprovementFoundEffective { round, finding })
    } else {
        ComplaintEvent::ImprovementFoundIneffective(ImprovementFoundIneffective { round, finding })
    };
    one(actor, event, ctx)
}
