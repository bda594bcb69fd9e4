//! The decision by authority, which closes the case (M9-7, M9-8, M11), and the settlement within it (A25).

use redress_kernel::case::Case;
use redress_kernel::decide::{Context, Dated, Decision};
use redress_kernel::event::CaseEvent;
use redress_kernel::id::EmployeeId;
use redress_kernel::refusal::{self as kernel_refusal, Refusal};
use redress_kernel::value::Values;

use super::{Beside, improvement, loss, of_case};
use crate::authority;
use crate::complaint::Complaint;
use crate::concession;
use crate::event::{ComplaintEvent, CopiesDistributed, Decided, Event, Outcome};
use crate::refusal;
use crate::regulation::Regulation;

/// M11, A25: the office must have the authority, and no author of the proposal decides. The decision stands
/// right behind its report; the copies (M9-8) right behind the closing.
pub(super) fn decide_complaint(
    regulation: &Regulation,
    complaint: Option<&Complaint>,
    decision: Decision<CaseEvent>,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let (Some(complaint), Some(report)) = (complaint, report_of(&decision)) else {
        return Ok(of_case(decision));
    };
    let case = &complaint.case;
    let proposal = case.reports.get(&regulation.proposal_stage);
    let none = Values::new();
    let outcome = concession::outcome(ctx.definition, &regulation.decision_stage, report);
    let granted = match outcome {
        // A25: not established is 0.00, whatever was proposed; a decision that says otherwise contradicts itself.
        Outcome::NotEstablished => {
            let stated = concession::stated(ctx.definition, &regulation.decision_stage, report)?;
            if let Some(line) = stated.iter().find(|line| !line.amount.is_zero()) {
                return Err(
                    Refusal::new(refusal::GRANTS_NOTHING, "M9-14").with("field", &line.field)
                );
            }
            Vec::new()
        }
        Outcome::Granted => concession::granted(
            ctx.definition,
            (&regulation.proposal_stage, proposal.unwrap_or(&none)),
            (&regulation.decision_stage, report),
        )?,
    };
    let rate = match outcome {
        // 0.00 needs no rate, and what was proposed need not be determined.
        Outcome::NotEstablished => None,
        Outcome::Granted => concession::recorded_rate(
            ctx.definition,
            &regulation.proposal_stage,
            proposal.unwrap_or(&none),
            regulation.currency,
        )?,
    };
    let (amount, rate_used) = concession::sum(&granted, regulation.currency, rate.as_ref())?;
    let table = regulation
        .authority
        .as_ref()
        .ok_or_else(|| Refusal::new(refusal::AUTHORITY_NOT_SET, "M11"))?;
    let proposed_by = proposers(case, regulation);
    if let Some(author) = decision.actor.persons().find(|p| proposed_by.contains(p)) {
        return Err(Refusal::new(refusal::AUTHOR_DECIDES, &table.clause).with("employee", author));
    }
    let office = decision.actor.office().cloned().ok_or_else(|| {
        Refusal::new(kernel_refusal::WRONG_OFFICE, &table.clause).with(
            "offices",
            table
                .rows
                .iter()
                .map(|r| r.office.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        )
    })?;
    let authority = authority::row(table, amount, &ctx.definition.version)?;
    authority::check(ctx.definition, &authority, &office, amount, &table.clause)?;
    let determined = match outcome {
        Outcome::Granted => loss::at_decision(regulation, complaint, ctx)?,
        Outcome::NotEstablished => None,
    };
    let tracked = match outcome {
        Outcome::Granted => improvement::at_decision(regulation, report, ctx),
        Outcome::NotEstablished => None,
    };
    let decided = Decided {
        outcome,
        granted,
        amount,
        rate: rate_used,
        office,
        authority,
        proposed_by,
    };
    let mut events = Vec::new();
    for Dated { at, event } in decision.events {
        let after: Vec<ComplaintEvent> = match &event {
            CaseEvent::StageReported(_) => {
                let determined = determined.clone();
                let determined = determined.map(ComplaintEvent::ResponsibilityDetermined);
                let decided = ComplaintEvent::Decided(decided.clone());
                let tracked = tracked.clone();
                std::iter::once(decided)
                    .chain(determined)
                    .chain(tracked)
                    .collect()
            }
            CaseEvent::Closed(_) => {
                vec![ComplaintEvent::CopiesDistributed(CopiesDistributed {
                    copies: regulation.copies.clone(),
                })]
            }
            _ => Vec::new(),
        };
        events.push(Dated {
            at,
            event: Event::Case(event),
        });
        events.extend(after.into_iter().map(|event| Dated {
            at,
            event: Event::Complaint(event),
        }));
    }
    Ok(Decision {
        actor: decision.actor,
        events,
    })
}

/// The report of the decision, taken from the events that the kernel decided.
pub(super) fn report_of(decision: &Decision<CaseEvent>) -> Option<&Values> {
    decision.events.iter().find_map(|dated| match &dated.event {
        CaseEvent::StageReported(report) => Some(&report.values),
        _ => None,
    })
}

/// Everybody who reported the latest visit of the proposal, or revised it since.
fn proposers(case: &Case, regulation: &Regulation) -> Vec<EmployeeId> {
    let stage = &regulation.proposal_stage;
    let visit = case
        .visits
        .iter()
        .rev()
        .find(|v| v.stage == *stage && v.reported.is_some());
    let authors = visit.iter().flat_map(|v| v.authors());
    let revisers = case.revised_by.get(stage).into_iter().flatten();
    let mut proposers: Vec<EmployeeId> = authors.chain(revisers).cloned().collect();
    proposers.sort();
    proposers.dedup();
    proposers
}

/// A25: a settlement above the decision needs a new one. A16: once the customer has refused, the new case settles, unless it
/// was withdrawn.
pub(super) fn check_settlement(
    regulation: &Regulation,
    complaint: Option<&Complaint>,
    report: &Values,
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<(), Refusal> {
    let Some(complaint) = complaint else {
        return Ok(());
    };
    if let Some(successor) = beside.successor_of(complaint) {
        return Err(Refusal::new(refusal::ALREADY_REFILED, "A16").with("successor", successor));
    }
    let Some((_, decided)) = &complaint.decision else {
        return Ok(());
    };
    let stage = &regulation.settlement_stage;
    let settled = concession::stated(ctx.definition, stage, report)?;
    let rate = loss::rate(regulation, complaint, ctx)?;
    let (amount, _) = concession::sum(&settled, regulation.currency, rate.as_ref())?;
    if amount.minor() > decided.amount.minor() {
        return Err(Refusal::new(refusal::SETTLEMENT_BEYOND_DECISION, "A25")
            .with("amount", amount)
            .with("decided", decided.amount));
    }
    Ok(())
}
