//! Inquiries into overdue visits (洽办单, M14, A16a): issued by command after the closing, answered by the department.

use crate::case::{Case, Status};
use crate::decide::{Context, Decision, Plan, actor, duty, of_department};
use crate::event::{CaseEvent, InquiryAnswered, InquiryIssued};
use crate::form;
use crate::refusal::{self, Refusal};

pub(super) fn inquire(
    case: &Case,
    number: u32,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    let duty = duty(ctx.definition.inquiry.as_ref(), ctx, "inquiry")?;
    if !matches!(case.status, Status::Closed { .. }) {
        return Err(Refusal::new(refusal::CASE_NOT_CLOSED, &duty.clause));
    }
    let actor = actor(ctx, &[])?;
    of_department(&actor, &duty.departments, &duty.clause)?;
    let visit = case
        .visit(number)
        .ok_or_else(|| Refusal::new(refusal::UNKNOWN_VISIT, &duty.clause).with("visit", number))?;
    let late_seconds = visit.ended.as_ref().map_or(0, |ended| ended.late_seconds);
    if late_seconds == 0 {
        return Err(Refusal::new(refusal::NOT_OVERDUE, &duty.clause).with("visit", number));
    }
    if case.inquiries.iter().any(|i| i.visit == number) {
        return Err(Refusal::new(refusal::INQUIRY_EXISTS, &duty.clause).with("visit", number));
    }
    let inquiry = u32::try_from(case.inquiries.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let department = visit.department.clone();
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::InquiryIssued(InquiryIssued {
        inquiry,
        visit: number,
        department,
        late_seconds,
    }));
    Ok(plan.decision())
}

pub(super) fn answer(
    case: &Case,
    number: u32,
    reason: &str,
    ctx: &Context<'_>,
) -> Result<Decision<CaseEvent>, Refusal> {
    let duty = duty(ctx.definition.inquiry.as_ref(), ctx, "inquiry")?;
    let inquiry = case
        .inquiries
        .iter()
        .find(|i| i.number == number)
        .ok_or_else(|| {
            Refusal::new(refusal::UNKNOWN_INQUIRY, &duty.clause).with("inquiry", number)
        })?;
    let actor = actor(ctx, &[])?;
    of_department(
        &actor,
        std::slice::from_ref(&inquiry.department),
        &duty.clause,
    )?;
    if inquiry.answered.is_some() {
        return Err(Refusal::new(refusal::INQUIRY_ANSWERED, &duty.clause).with("inquiry", number));
    }
    form::check_reason("reason", reason, &duty.clause)?;
    let mut plan = Plan::on(case, actor, ctx);
    plan.push(CaseEvent::InquiryAnswered(InquiryAnswered {
        inquiry: number,
        reason: reason.to_owned(),
    }));
    Ok(plan.decision())
}
