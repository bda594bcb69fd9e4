//! Which events follow from a command on a complaint, or the refusal.
//!
//! The kernel decides what any case understands; here the complaint's own rules come before and behind it.

mod discipline;
mod improvement;
mod loss;

pub(crate) use self::loss::production_date_of;

use redress_kernel::case::{Case, Status};
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::{self as kernel, Context, Dated, Decision, of_department, of_office};
use redress_kernel::definition::Duty;
use redress_kernel::event::CaseEvent;
use redress_kernel::form::{check_reason, is_party};
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::refusal::{self as kernel_refusal, Refusal};
use redress_kernel::value::{Path, Scope, Value, Values};

use crate::authority;
use crate::command::{Command, ComplaintCommand};
use crate::complaint::Complaint;
use crate::concession;
use crate::event::{
    Answered, ComplaintEvent, CopiesDistributed, CustomerRefused, Decided, Event, Means,
    ObjectionFiled, ObjectionRuled, Outcome, ThirdPartyNamed,
};
use crate::improvement::Item;
use crate::refusal;
use crate::regulation::{Regulation, Workflow};
use crate::responsibility::Carried;
use crate::staff::Staff;

/// What the rules of a complaint are told besides those of any case.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// Units, their members, base points and base units.
    pub staff: &'a Staff,
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
            on_case(regulation, complaint, command, ctx)
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
            decide_complaint(regulation, complaint, decision, ctx)
        }
        CaseCommand::Report { stage, .. } if *stage == regulation.settlement_stage => {
            if let Some(report) = report_of(&decision) {
                check_settlement(regulation, complaint, report, ctx)?;
            }
            Ok(of_case(decision))
        }
        CaseCommand::Complete { path, value } | CaseCommand::Correct { path, value, .. } => {
            let mut decision = of_case(decision);
            if let Some(complaint) = complaint {
                check_revision(regulation, complaint, path, value, ctx)?;
                let tracking =
                    improvement::at_correction(regulation, complaint, (path, value), ctx)?;
                let at = ctx.at.to_whole_second();
                let dated = |event| Dated {
                    at,
                    event: Event::Complaint(event),
                };
                decision.events.extend(tracking.map(dated));
            }
            Ok(decision)
        }
        _ => Ok(of_case(decision)),
    }
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
    path: &Path,
    value: &Value,
    ctx: &Context<'_>,
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
        return check_settlement(regulation, Some(complaint), &revised, ctx);
    }
    Ok(())
}

/// The report of the decision, taken from the events that the kernel decided.
fn report_of(decision: &Decision<CaseEvent>) -> Option<&Values> {
    decision.events.iter().find_map(|dated| match &dated.event {
        CaseEvent::StageReported(report) => Some(&report.values),
        _ => None,
    })
}

/// M11, A25: the office must have the authority, and no author of the proposal decides. The decision stands
/// right behind its report; the copies (M9-8) right behind the closing.
fn decide_complaint(
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
    let rate = concession::recorded_rate(
        ctx.definition,
        &regulation.proposal_stage,
        proposal.unwrap_or(&none),
        regulation.currency,
    )?;
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

/// A25: a settlement above the decision needs a new one. A16: once the customer has refused, the new case settles.
fn check_settlement(
    regulation: &Regulation,
    complaint: Option<&Complaint>,
    report: &Values,
    ctx: &Context<'_>,
) -> Result<(), Refusal> {
    if let Some(successor) = complaint.and_then(|c| c.successor) {
        return Err(Refusal::new(refusal::ALREADY_REFILED, "A16").with("successor", successor));
    }
    let Some((_, decided)) = complaint.and_then(|c| c.decision.as_ref()) else {
        return Ok(());
    };
    let stage = &regulation.settlement_stage;
    let settled = concession::granted(ctx.definition, (stage, report), (stage, report))?;
    let (amount, _) = concession::sum(&settled, regulation.currency, decided.rate.as_ref())?;
    if amount.minor() > decided.amount.minor() {
        return Err(Refusal::new(refusal::SETTLEMENT_BEYOND_DECISION, "A25")
            .with("amount", amount)
            .with("decided", decided.amount));
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
    kernel::check_time(ctx, complaint.case.last_person_at)?;
    let case = &complaint.case;
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
        } => answer(regulation, complaint, *means, text, *concedes, ctx),
        ComplaintCommand::CustomerRefuses { successor } => {
            let duty = &regulation.refusal_by_customer;
            let actor = by_duty(duty, ctx)?;
            decided(complaint, &duty.clause)?;
            if let Some(successor) = complaint.successor {
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
        } => object(regulation, complaint, petition, *from_customer, ctx),
        ComplaintCommand::Rule {
            objection,
            upheld,
            ruling,
        } => rule(regulation, complaint, *objection, *upheld, ruling, ctx),
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

/// M9-11, A15: nothing is conceded before the decision, nothing beyond it. What was conceded before counts: an answer
/// that only repeats another states no concession of its own.
fn answer(
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
        let lines: Vec<crate::event::Granted> = before
            .chain([concedes])
            .map(|amount| crate::event::Granted {
                field: field.clone(),
                amount,
            })
            .collect();
        let (amount, _) = concession::sum(&lines, regulation.currency, decided.rate.as_ref())?;
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

/// M9-12: any department against a resolution; M9-14: the customer's against "not established".
fn object(
    regulation: &Regulation,
    complaint: &Complaint,
    petition: &str,
    from_customer: bool,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let rule = if from_customer {
        &regulation.customer_objection
    } else {
        &regulation.objection
    };
    let actor = kernel::actor(ctx, &[])?;
    of_department(&actor, &rule.departments, &rule.clause)?;
    let resolution = decided(complaint, &rule.clause)?;
    if from_customer && resolution.outcome != Outcome::NotEstablished {
        return Err(Refusal::new(refusal::ESTABLISHED, &rule.clause));
    }
    check_reason("petition", petition, &rule.clause)?;
    let objection = u32::try_from(complaint.objections.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let filed = ObjectionFiled {
        objection,
        from_customer,
        petition: petition.to_owned(),
    };
    one(actor, ComplaintEvent::ObjectionFiled(filed), ctx)
}

fn rule(
    regulation: &Regulation,
    complaint: &Complaint,
    number: u32,
    upheld: bool,
    ruling: &str,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let objection = complaint
        .objections
        .iter()
        .find(|o| o.filed.objection == number)
        .ok_or_else(|| {
            Refusal::new(refusal::UNKNOWN_OBJECTION, "M9-12").with("objection", number)
        })?;
    let rule = if objection.filed.from_customer {
        &regulation.customer_objection
    } else {
        &regulation.objection
    };
    let actor = kernel::actor(ctx, &rule.ruled_by)?;
    of_office(&actor, &rule.ruled_by, &rule.clause)?;
    if objection.ruled.is_some() {
        return Err(Refusal::new(refusal::ALREADY_RULED, &rule.clause).with("objection", number));
    }
    check_reason("ruling", ruling, &rule.clause)?;
    let ruled = ObjectionRuled {
        objection: number,
        upheld,
        ruling: ruling.to_owned(),
    };
    one(actor, ComplaintEvent::ObjectionRuled(ruled), ctx)
}

/// The command that led to the events of one append; the first event tells.
pub fn command_of(events: &[Event]) -> Option<Command> {
    let case_events: Vec<CaseEvent> = events
        .iter()
        .filter_map(|event| match event {
            Event::Case(event) => Some(event.clone()),
            Event::Complaint(_) => None,
        })
        .collect();
    Some(match events.first()? {
        Event::Case(_) => Command::Case(kernel::command_of(&case_events)?),
        Event::Complaint(event) => Command::Complaint(match event {
            ComplaintEvent::Answered(e) => ComplaintCommand::Answer {
                means: e.means,
                text: e.text.clone(),
                concedes: e.concedes,
            },
            ComplaintEvent::CustomerRefused(e) => ComplaintCommand::CustomerRefuses {
                successor: e.successor,
            },
            ComplaintEvent::ObjectionFiled(e) => ComplaintCommand::Object {
                petition: e.petition.clone(),
                from_customer: e.from_customer,
            },
            ComplaintEvent::ObjectionRuled(e) => ComplaintCommand::Rule {
                objection: e.objection,
                upheld: e.upheld,
                ruling: e.ruling.clone(),
            },
            ComplaintEvent::ThirdPartyNamed(e) => ComplaintCommand::NameThirdParty {
                party: e.party.clone(),
                reason: e.reason.clone(),
            },
            ComplaintEvent::LossStated(e) => ComplaintCommand::StateLoss {
                lines: e.loss.lines.iter().map(|line| line.entry.clone()).collect(),
                reason: e.reason.clone(),
            },
            ComplaintEvent::ResponsibilityProposed(e) => ComplaintCommand::ProposeResponsibility {
                shares: e.shares.clone(),
            },
            ComplaintEvent::ResponsibilityDetermined(e) => {
                ComplaintCommand::DetermineResponsibility {
                    shares: e.carried.iter().map(Carried::share).collect(),
                    charged: e.criteria.ruled,
                    reason: e.reason.clone(),
                }
            }
            ComplaintEvent::GoodsTakenBack(e) => ComplaintCommand::TakeBackGoods {
                returned: e.returned.clone(),
            },
            ComplaintEvent::GoodsResold(e) => ComplaintCommand::ResellGoods {
                resold: e.resold.clone(),
            },
            ComplaintEvent::ResaleSettled(_) => ComplaintCommand::SettleResale {},
            ComplaintEvent::DisciplineProposed(e) => ComplaintCommand::ProposeDiscipline {
                employee: e.employee.clone(),
            },
            ComplaintEvent::DisciplineDecided(e) => ComplaintCommand::DecideDiscipline {
                employee: e.employee.clone(),
                sentence: e.sentence.clone(),
                reason: e.reason.clone(),
            },
            ComplaintEvent::DisciplineAnnounced(e) => ComplaintCommand::AnnounceDiscipline {
                employee: e.employee.clone(),
            },
            ComplaintEvent::ImprovementOpened(_) => ComplaintCommand::OpenImprovement {},
            ComplaintEvent::ImprovementDrafted(e) => ComplaintCommand::DraftImprovement {
                items: e.items.iter().map(Item::draft).collect(),
            },
            ComplaintEvent::ImprovementReturned(e) => ComplaintCommand::ReturnImprovement {
                reason: e.reason.clone(),
            },
            ComplaintEvent::ImprovementConfirmed(_) => ComplaintCommand::ConfirmImprovement {},
            ComplaintEvent::ImprovementCarriedOut(e) => ComplaintCommand::CarryOutImprovement {
                item: e.item,
                done: e.done.clone(),
            },
            ComplaintEvent::ImprovementFoundEffective(e) => ComplaintCommand::JudgeImprovement {
                effective: true,
                finding: e.finding.clone(),
            },
            ComplaintEvent::ImprovementFoundIneffective(e) => ComplaintCommand::JudgeImprovement {
                effective: false,
                finding: e.finding.clone(),
            },
            ComplaintEvent::Decided(_)
            | ComplaintEvent::CopiesDistributed(_)
            | ComplaintEvent::ImprovementTracked(_)
            | ComplaintEvent::ImprovementReleased(_)
            | ComplaintEvent::NoticeIssued(_)
            | ComplaintEvent::Counted(_) => return None,
        }),
    })
}
