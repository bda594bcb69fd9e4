//! Answers to the customer, who is promised nothing beyond the decision (M9-11).

use redress_kernel::decide::{Context, Decision};
use redress_kernel::form::check_reason;
use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;

use super::{by_duty, loss, one};
use crate::complaint::Complaint;
use crate::concession;
use crate::event::{Answered, ComplaintEvent, Event, Granted, Means};
use crate::refusal;
use crate::regulation::Regulation;

/// M9-11, A15: nothing is conceded before the decision, nothing beyond it. What was conceded before counts: an answer
/// that only repeats another states no concession of its own.
pub(super) fn answer(
    regulation: &Regulation,
    complaint: &Complaint,
    means: Means,
    text: &str,
    concedes: Option<Money>,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &regulation.answer;
    let actor = by_duty(duty, ctx)?;
    check_reason("text", text, &duty.clause)?;
    if let Some(concedes) = concedes.filter(|c| c.minor() != 0) {
        let Some((_, decided)) = &complaint.decision else {
            return Err(
                Refusal::new(refusal::CONCESSION_BEFORE_DECISION, &duty.clause)
                    .with("amount", concedes),
            );
        };
        let field = concession::answer_field()?;
        let before = complaint.answers.iter().filter_map(|(_, a)| a.concedes);
        let lines: Vec<Granted> = before
            .chain([concedes])
            .map(|amount| Granted {
                field: field.clone(),
                amount,
            })
            .collect();
        let rate = loss::rate(regulation, complaint, ctx)?;
        let (amount, _) = concession::sum(&lines, regulation.currency, rate.as_ref())?;
        if amount.minor() < 0 || amount.minor() > decided.amount.minor() {
            return Err(
                Refusal::new(refusal::CONCESSION_BEYOND_DECISION, &duty.clause)
                    .with("amount", amount)
                    .with("decided", decided.amount),
            );
        }
    }
    one(
        actor,
        ComplaintEvent::Answered(Answered {
            means,
            text: text.to_owned(),
            concedes,
        }),
        ctx,
    )
}
