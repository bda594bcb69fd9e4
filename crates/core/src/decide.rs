//! Which events follow from a command on a complaint, or the refusal.
//!
//! The kernel decides what any case understands; here the complaint's own rules come before and behind it.

mod answer;
mod command_of;
mod decision;
mod discipline;
mod improvement;
mod loss;
mod objection;

pub use self::command_of::command_of;
pub(crate) use self::discipline::graded_loss;
pub(crate) use self::loss::{is_production_date, members_on, production_date_of};

use std::collections::BTreeSet;

use redress_kernel::actor::Actor;
use redress_kernel::case::Status;
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::{self as kernel, Context, Dated, Decision, of_department};
use redress_kernel::definition::Duty;
use redress_kernel::event::CaseEvent;
use redress_kernel::form::{check_reason, is_party};
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::refusal::{self as kernel_refusal, Refusal};
use redress_kernel::value::{Path, Scope, Value, Values};

use crate::command::{Command, ComplaintCommand};
use crate::complaint::Complaint;
use crate::concession;
use crate::event::{ComplaintEvent, CustomerRefused, Decided, Event, ThirdPartyNamed};
use crate::refusal;
use crate::regulation::{Regulation, Workflow};
use crate::staff::Staff;

/// What the rules of a complaint are told besides those of any case.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// Units, their members, base points and base units.
    pub staff: &'a Staff,
    /// Whether the new form that the customer's refusal led to was withdrawn.
    pub successor_withdrawn: bool,
    /// Who was sentenced in an earlier case of the chain of new forms (A16).
    pub sentenced_before: &'a BTreeSet<EmployeeId>,
}

impl Beside<'_> {
    /// The new form that settles in the place of a case. One that was withdrawn settles nothing: then the old decision does,
    /// and the customer may refuse it again (M9-9, A16).
    fn successor_of(&self, complaint: &Complaint) -> Option<CaseId> {
        complaint.successor.filter(|_| !self.successor_withdrawn)
    }
}

/// M11: the author of a proposal never decides it, not as a deputy either.
pub(crate) fn check_not_author(
    actor: &Actor,
    authors: &BTreeSet<EmployeeId>,
) -> Result<(), Refusal> {
    match actor.persons().find(|person| authors.contains(*person)) {
        Some(author) => Err(Refusal::new(refusal::AUTHOR_DECIDES, "M11").with("employee", author)),
        None => Ok(()),
    }
}

/// Decides a command.
///
/// `ctx.definition` is that of `workflow`.
///
/// # Errors
/// The [`Refusal`] of the rule that says no.
pub fn decide(
    workflow: &Workflow,
    complaint: Option<&Complaint>,
    command: &Command,
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<Decision<Event>, Refusal> {
    let case = complaint.map(|c| &c.case);
    match (command, &workflow.regulation, complaint) {
        (Command::Case(command), None, _) => Ok(of_case(kernel::decide(case, command, ctx)?)),
        (Command::Case(command), Some(regulation), complaint) => {
            on_case(regulation, complaint, command, ctx, beside)
        }
        (Command::Complaint(command), Some(regulation), Some(complaint)) => {
            on_complaint(regulation, complaint, command, ctx, beside)
        }
        (Command::Complaint(_), _, _) => Err(Refusal::new(
            kernel_refusal::NOT_PROVIDED,
            &ctx.definition.opening.clause,
        )
        .with("what", "complaint")
        .with("definition", &ctx.definition.id)),
    }
}

fn of_case(decision: Decision<CaseEvent>) -> Decision<Event> {
    Decision {
        actor: decision.actor,
        events: decision
            .events
            .into_iter()
            .map(|dated| Dated {
                at: dated.at,
                event: Event::Case(dated.event),
            })
            .collect(),
    }
}

/// A command of the kernel, with the complaint's rules around it.
fn on_case(
    regulation: &Regulation,
    complaint: Option<&Complaint>,
    command: &CaseCommand,
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<Decision<Event>, Refusal> {
    let case = complaint.map(|c| &c.case);
    let decision = kernel::decide(case, command, ctx)?;
    match command {
        CaseCommand::Open { .. } => {
            for dated in &decision.events {
                if let CaseEvent::Opened(opened) = &dated.event {
                    check_lodging(&opened.values, ctx)?;
                }
            }
            Ok(of_case(decision))
        }
        CaseCommand::Report { stage, .. } if *stage == regulation.decision_stage => {
            decision::decide_complaint(regulation, complaint, decision, ctx)
        }
        CaseCommand::Report { stage, .. } if *stage == regulation.settlement_stage => {
            if let Some(report) = decision::report_of(&decision) {
                decision::check_settlement(regulation, complaint, report, ctx, beside)?;
            }
            Ok(of_case(decision))
        }
        CaseCommand::Complete { path, value } | CaseCommand::Correct { path, value, .. } => {
            let mut decision = of_case(decision);
            if let Some(complaint) = complaint {
                check_revision(regulation, complaint, (path, value), ctx, beside)?;
                let tracking =
                    improvement::at_correction(regulation, complaint, (path, value), ctx)?;
                let reason = match command {
                    CaseCommand::Correct { reason, .. } => Some(reason.as_str()),
                    _ => None,
                };
                let entered = entered(&decision).unwrap_or(value);
                let determined =
                    loss::at_revision(regulation, complaint, (path, entered, reason), ctx)?;
                let at = ctx.at.to_whole_second();
                let dated = |event| Dated {
                    at,
                    event: Event::Complaint(event),
                };
                let follows = tracking.into_iter().chain(determined);
                decision.events.extend(follows.map(dated));
            }
            Ok(decision)
        }
        _ => Ok(of_case(decision)),
    }
}

/// The value that a revision left in the form.
fn entered(decision: &Decision<Event>) -> Option<&Value> {
    decision.events.iter().find_map(|dated| match &dated.event {
        Event::Case(CaseEvent::ValueCompleted(completed)) => Some(&completed.value),
        Event::Case(CaseEvent::ValueCorrected(corrected)) => Some(&corrected.value),
        _ => None,
    })
}

/// M3: without a loss it is an abnormality notice. A8: the country decides the market, so it must be one.
fn check_lodging(values: &Values, ctx: &Context<'_>) -> Result<(), Refusal> {
    let Some(form) = ctx.definition.form(ctx.definition.opening.form.as_str()) else {
        return Ok(());
    };
    for field in &form.fields {
        let clause = field.clause.as_ref().unwrap_or(&form.clause);
        match (field.binds.as_deref(), values.get(&field.id)) {
            (Some("loss_caused"), Some(Value::Boolean(false))) => {
                return Err(Refusal::new(refusal::NO_LOSS, clause));
            }
            (Some("country"), Some(Value::Text(country)))
                if country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase()) =>
            {
                return Err(Refusal::new(refusal::NOT_A_COUNTRY, clause).with("country", country));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What a revision may not do: bring a form about that could not have been entered, or change what was decided (A25).
fn check_revision(
    regulation: &Regulation,
    complaint: &Complaint,
    (path, value): (&Path, &Value),
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<(), Refusal> {
    let Scope::Stage(stage) = &path.scope else {
        let mut revised = complaint.case.opening.clone();
        revised.insert(path.field.clone(), value.clone());
        return check_lodging(&revised, ctx);
    };
    let decides = concession::decides(ctx.definition, stage, &path.field);
    if decides && complaint.decision.is_some() && *stage != regulation.settlement_stage {
        return Err(Refusal::new(refusal::DECIDED_ALREADY, "A25").with("field", path));
    }
    if *stage == regulation.settlement_stage {
        let mut revised = complaint
            .case
            .reports
            .get(stage)
            .cloned()
            .unwrap_or_default();
        revised.insert(path.field.clone(), value.clone());
        return decision::check_settlement(regulation, Some(complaint), &revised, ctx, beside);
    }
    Ok(())
}

fn on_complaint(
    regulation: &Regulation,
    complaint: &Complaint,
    command: &ComplaintCommand,
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<Decision<Event>, Refusal> {
    let case = &complaint.case;
    // D1: what was sold in time counts, whatever else was entered of the case before anybody told of the sale.
    let last_person_at = match command {
        ComplaintCommand::ResellGoods { .. } => None,
        _ => case.last_person_at,
    };
    kernel::check_time(ctx, last_person_at)?;
    if let Status::Withdrawn { at } = case.status {
        return Err(Refusal::new(
            kernel_refusal::CASE_WITHDRAWN,
            &ctx.definition.opening.clause,
        )
        .with("at", at));
    }
    match command {
        ComplaintCommand::Answer {
            means,
            text,
            concedes,
        } => answer::answer(regulation, complaint, *means, text, *concedes, ctx),
        ComplaintCommand::CustomerRefuses { successor } => {
            let duty = &regulation.refusal_by_customer;
            let actor = by_duty(duty, ctx)?;
            decided(complaint, &duty.clause)?;
            if let Some(successor) = beside.successor_of(complaint) {
                return Err(Refusal::new(refusal::ALREADY_REFILED, &duty.clause)
                    .with("successor", successor));
            }
            one(
                actor,
                ComplaintEvent::CustomerRefused(CustomerRefused {
                    successor: *successor,
                }),
                ctx,
            )
        }
        ComplaintCommand::Object {
            petition,
            from_customer,
        } => objection::object(regulation, complaint, petition, *from_customer, ctx),
        ComplaintCommand::Rule {
            objection,
            upheld,
            ruling,
        } => objection::rule(regulation, complaint, *objection, *upheld, ruling, ctx),
        ComplaintCommand::NameThirdParty { party, reason } => {
            let duty = &regulation.third_party;
            let actor = by_duty(duty, ctx)?;
            check_reason("reason", reason, &duty.clause)?;
            check_reason("party", party, &duty.clause)?;
            let outside = party.starts_with("supplier:") || party.starts_with("company:");
            if !outside || !is_party(party) {
                return Err(
                    Refusal::new(refusal::NOT_A_THIRD_PARTY, &duty.clause).with("party", party)
                );
            }
            if complaint
                .third_parties
                .iter()
                .any(|(_, t)| t.party == *party)
            {
                return Err(Refusal::new(refusal::ALREADY_NAMED, &duty.clause).with("party", party));
            }
            let named = ThirdPartyNamed {
                party: party.clone(),
                reason: reason.clone(),
            };
            one(actor, ComplaintEvent::ThirdPartyNamed(named), ctx)
        }
        ComplaintCommand::StateLoss { lines, reason } => {
            loss::state(regulation, complaint, lines, reason.as_deref(), ctx)
        }
        ComplaintCommand::ProposeResponsibility { shares } => {
            loss::propose(regulation, complaint, shares, ctx, beside)
        }
        ComplaintCommand::DetermineResponsibility {
            shares,
            charged,
            reason,
        } => loss::determine(
            regulation,
            complaint,
            (shares, *charged, reason.as_deref()),
            ctx,
            beside,
        ),
        ComplaintCommand::TakeBackGoods { returned } => {
            discipline::take_back(regulation, complaint, returned, ctx)
        }
        ComplaintCommand::ResellGoods { resold } => {
            discipline::resell(regulation, complaint, resold, ctx)
        }
        ComplaintCommand::SettleResale {} => discipline::settle_resale(regulation, complaint, ctx),
        ComplaintCommand::ProposeDiscipline { employee } => {
            discipline::propose(regulation, complaint, employee, ctx, beside)
        }
        ComplaintCommand::DecideDiscipline {
            employee,
            sentence,
            reason,
        } => discipline::decide(
            regulation,
            complaint,
            (employee, sentence, reason.as_deref()),
            ctx,
            beside,
        ),
        ComplaintCommand::AnnounceDiscipline { employee } => {
            discipline::announce(regulation, complaint, employee, ctx)
        }
        ComplaintCommand::OpenImprovement {} => improvement::open(regulation, complaint, ctx),
        ComplaintCommand::DraftImprovement { items } => {
            improvement::draft(regulation, complaint, items, ctx)
        }
        ComplaintCommand::ReturnImprovement { reason } => {
            improvement::send_back(regulation, complaint, reason, ctx)
        }
        ComplaintCommand::ConfirmImprovement {} => improvement::confirm(regulation, complaint, ctx),
        ComplaintCommand::CarryOutImprovement { item, done } => {
            improvement::carry_out(regulation, complaint, (*item, done), ctx)
        }
        ComplaintCommand::JudgeImprovement { effective, finding } => {
            improvement::judge(regulation, complaint, (*effective, finding), ctx)
        }
    }
}

fn by_duty(duty: &Duty, ctx: &Context<'_>) -> Result<redress_kernel::actor::Actor, Refusal> {
    let actor = kernel::actor(ctx, &[])?;
    of_department(&actor, &duty.departments, &duty.clause)?;
    Ok(actor)
}

fn one(
    actor: redress_kernel::actor::Actor,
    event: ComplaintEvent,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    Ok(events_of(actor, vec![event], ctx))
}

fn events_of(
    actor: redress_kernel::actor::Actor,
    events: Vec<ComplaintEvent>,
    ctx: &Context<'_>,
) -> Decision<Event> {
    let at = ctx.at.to_whole_second();
    let dated = |event| Dated {
        at,
        event: Event::Complaint(event),
    };
    Decision {
        actor,
        events: events.into_iter().map(dated).collect(),
    }
}

fn decided<'c>(complaint: &'c Complaint, clause: &str) -> Result<&'c Decided, Refusal> {
    complaint
        .decision
        .as_ref()
        .map(|(_, decided)| decided)
        .ok_or_else(|| Refusal::new(refusal::NOT_DECIDED, clause))
}
