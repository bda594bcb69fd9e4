//! What was lost, who proposes who carries it, and who determines it (M9-4, M9-7, M12).

use redress_kernel::case::Status;
use redress_kernel::decide::{Context, Decision};
use redress_kernel::definition::Definition;
use redress_kernel::form::check_reason;
use redress_kernel::id::{DepartmentId, EmployeeId};
use redress_kernel::refusal::Refusal;
use redress_kernel::time::Date;
use redress_kernel::value::{Path, Scope, Value};

use super::{Beside, by_duty, decided, events_of, one};
use crate::complaint::Complaint;
use crate::concession;
use crate::event::money::{
    CriteriaApplied, LossStated, ResponsibilityDetermined, ResponsibilityProposed,
};
use crate::event::{ComplaintEvent, Event};
use crate::loss::{self, LossEntry};
use crate::refusal;
use crate::regulation::{MoneyDuties, Regulation};
use crate::responsibility::{self, Carried, Known, ResponsibleShare};
use crate::tables::{PenaltyTable, UnitKind};

/// M9-7: the loss by the loss basis. Behind the decision it corrects what was stated, and says why; what is carried
/// follows it.
pub(super) fn state(
    regulation: &Regulation,
    complaint: &Complaint,
    lines: &[LossEntry],
    reason: Option<&str>,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.keeps;
    let actor = by_duty(duty, ctx)?;
    accepted(complaint, &duty.clause)?;
    let table = regulation.tables.loss.as_ref();
    let table = table.ok_or_else(|| not_set("loss", "M9-7"))?;
    let decided = complaint.decision.as_ref();
    needs_reason(
        decided.is_some() && complaint.loss().is_some(),
        reason,
        &duty.clause,
    )?;
    let rate = rate(regulation, complaint, ctx)?;
    let loss = loss::loss(
        table,
        lines,
        regulation.currency,
        rate.as_ref(),
        &ctx.definition.version,
    )?;
    let amount = loss.amount;
    let stated = LossStated {
        statement: next(complaint.losses.len()),
        loss,
        reason: reason.map(ToOwned::to_owned),
    };
    let mut events = vec![ComplaintEvent::LossStated(stated)];
    if let Some(before) = complaint.determined() {
        let carried =
            responsibility::carry_again(&before.carried, before.criteria.charged, amount)?;
        events.push(ComplaintEvent::ResponsibilityDetermined(
            ResponsibilityDetermined {
                determination: before.determination.saturating_add(1),
                loss: amount,
                criteria: before.criteria.clone(),
                carried,
                reason: reason.map(ToOwned::to_owned),
            },
        ));
    }
    Ok(events_of(actor, events, ctx))
}

/// M9-4: quality proposes who is responsible; so may the general manager's office, which drafts it (M9-7).
pub(super) fn propose(
    regulation: &Regulation,
    complaint: &Complaint,
    shares: &[ResponsibleShare],
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.proposes;
    let actor = by_duty(duty, ctx)?;
    accepted(complaint, &duty.clause)?;
    if complaint.decision.is_some() {
        return Err(
            Refusal::new(refusal::DECIDED_ALREADY, &duty.clause).with("field", "responsibility")
        );
    }
    let table = penalty(regulation)?;
    let shares = checked(table, complaint, shares, ctx, beside)?;
    one(
        actor,
        ComplaintEvent::ResponsibilityProposed(ResponsibilityProposed {
            proposal: next(complaint.proposals.len()),
            shares,
        }),
        ctx,
    )
}

/// M12: the general manager's office determines who carries the loss, or corrects it with a reason. What is charged
/// may be less than the criteria say, by a ruling on a petition (M9-12) or without one: the reason says why, and the general
/// manager approves the notices.
pub(super) fn determine(
    regulation: &Regulation,
    complaint: &Complaint,
    (shares, charged, reason): (&[ResponsibleShare], Option<u32>, Option<&str>),
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.keeps;
    let actor = by_duty(duty, ctx)?;
    decided(complaint, &duty.clause)?;
    let corrects = complaint.determined().is_some();
    needs_reason(corrects || charged.is_some(), reason, &duty.clause)?;
    let table = penalty(regulation)?;
    let shares = checked(table, complaint, shares, ctx, beside)?;
    let determined = determination(regulation, complaint, &shares, charged, reason, ctx)?;
    one(
        actor,
        ComplaintEvent::ResponsibilityDetermined(determined),
        ctx,
    )
}

/// What is determined with the decision: what was proposed, of the loss that was stated. None where either is missing.
pub(super) fn at_decision(
    regulation: &Regulation,
    complaint: &Complaint,
    ctx: &Context<'_>,
) -> Result<Option<ResponsibilityDetermined>, Refusal> {
    let Some(shares) = complaint.proposals.last().map(|(_, p)| &p.shares) else {
        return Ok(None);
    };
    if complaint.loss().is_none() || regulation.tables.penalty.is_none() {
        return Ok(None);
    }
    determination(regulation, complaint, shares, None, None, ctx).map(Some)
}

/// What a revised production date or a revised cause makes of the determination: by the date go the members of the units
/// that carry it (A24), by the cause the row of the penalty criteria (P3). As after a corrected loss the ratios stand; by the
/// new determination months and petitions see that they rest on another one.
pub(super) fn at_revision(
    regulation: &Regulation,
    complaint: &Complaint,
    (path, value, reason): (&Path, &Value, Option<&str>),
    ctx: &Context<'_>,
) -> Result<Option<ComplaintEvent>, Refusal> {
    let Some(before) = complaint.determined() else {
        return Ok(None);
    };
    let mut revised = complaint.clone();
    let form = match &path.scope {
        Scope::Opening => &mut revised.case.opening,
        Scope::Stage(stage) => revised.case.reports.entry(stage.clone()).or_default(),
        Scope::Form | Scope::Fact => return Ok(None),
    };
    form.insert(path.field.clone(), value.clone());
    let day = |complaint| production_date_of(complaint, ctx.definition);
    let shared = |carried: &Carried| carried.kind.is_some_and(|kind| kind != UnitKind::Person);
    let other_members = day(&revised) != day(complaint) && before.carried.iter().any(shared);
    let mut criteria = before.criteria.clone();
    let mut carried = before.carried.clone();
    if cause(&revised, ctx) != cause(complaint, ctx) {
        let table = penalty(regulation)?;
        let (row, number) = responsibility::row(table, cause(&revised, ctx))?;
        if number != criteria.row {
            // A milder ruling stands, unless the other row charges less still.
            let ruled = criteria.ruled.map(|ruled| ruled.min(row.charged));
            let part = ruled.unwrap_or(row.charged);
            criteria = applied(table, (number, part), ruled, ctx);
            let shares: Vec<ResponsibleShare> = carried.iter().map(Carried::share).collect();
            carried = responsibility::carry(table, row, part, before.loss, &shares)?;
        }
    }
    if !other_members && criteria == before.criteria {
        return Ok(None);
    }
    Ok(Some(ComplaintEvent::ResponsibilityDetermined(
        ResponsibilityDetermined {
            determination: before.determination.saturating_add(1),
            loss: before.loss,
            criteria,
            carried,
            reason: reason.map(ToOwned::to_owned),
        },
    )))
}

fn applied(
    table: &PenaltyTable,
    (row, charged): (u32, u32),
    ruled: Option<u32>,
    ctx: &Context<'_>,
) -> CriteriaApplied {
    CriteriaApplied {
        version: ctx.definition.version.clone(),
        row,
        charged,
        ruled,
        mark: table.mark,
    }
}

fn determination(
    regulation: &Regulation,
    complaint: &Complaint,
    shares: &[ResponsibleShare],
    charged: Option<u32>,
    reason: Option<&str>,
    ctx: &Context<'_>,
) -> Result<ResponsibilityDetermined, Refusal> {
    let table = penalty(regulation)?;
    let loss = complaint
        .loss()
        .ok_or_else(|| Refusal::new(refusal::LOSS_NOT_STATED, "M9-7"))?
        .loss
        .amount;
    let (row, number) = responsibility::row(table, cause(complaint, ctx))?;
    let most = row.charged;
    let part = charged.unwrap_or(most);
    if part > most {
        return Err(
            Refusal::new(refusal::CHARGED_BEYOND_CRITERIA, &table.clause)
                .with("charged", part)
                .with("most", most),
        );
    }
    Ok(ResponsibilityDetermined {
        determination: complaint
            .determined()
            .map_or(1, |before| before.determination.saturating_add(1)),
        loss,
        criteria: applied(table, (number, part), charged, ctx),
        carried: responsibility::carry(table, row, part, loss, shares)?,
        reason: reason.map(ToOwned::to_owned),
    })
}

fn checked(
    table: &PenaltyTable,
    complaint: &Complaint,
    shares: &[ResponsibleShare],
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<Vec<ResponsibleShare>, Refusal> {
    let named = production_date_of(complaint, ctx.definition);
    let day = named.unwrap_or_else(|| ctx.zone.date_of(ctx.at));
    // Who is named alone carries the loss whenever he left (A24): what counts is where he worked last by that day, of somebody
    // who came after it where he has worked since.
    let department_of = |employee: &EmployeeId| {
        let last = |at| ctx.organisation.last_department_of(employee, at);
        last(ctx.zone.end_of_day(day))
            .or_else(|| last(ctx.at))
            .cloned()
    };
    let is_department = |department: &DepartmentId| {
        let mut departments = ctx.definition.departments.iter();
        departments.any(|known| known.id == *department)
    };
    let known = Known {
        staff: beside.staff,
        day,
        department_of: &department_of,
        is_department: &is_department,
    };
    responsibility::check(table, shares, &known)
}

/// The production date that manufacturing named (A24).
pub(crate) fn production_date_of(complaint: &Complaint, definition: &Definition) -> Option<Date> {
    let value = bound(complaint, definition, "production_date")?;
    value.as_text()?.parse().ok()
}

/// The day whose members and base points count: the production date, else the last day of the month of the closing; none of
/// a case that has neither (A24).
pub(crate) fn members_on(complaint: &Complaint, definition: &Definition) -> Option<Date> {
    let closed = match complaint.case.status {
        Status::Closed { month, .. } => Some(month.last_day()),
        _ => None,
    };
    production_date_of(complaint, definition).or(closed)
}

/// Whether a value is that production date.
pub(crate) fn is_production_date(definition: &Definition, path: &Path) -> bool {
    let form = match &path.scope {
        Scope::Opening => Some(&definition.opening.form),
        Scope::Stage(stage) => definition.stage(stage.as_str()).map(|stage| &stage.form),
        Scope::Form | Scope::Fact => None,
    };
    let form = form.and_then(|form| definition.form(form.as_str()));
    let field = form.and_then(|form| form.field(path.field.as_str()));
    field.is_some_and(|field| field.binds.as_deref() == Some("production_date"))
}

/// The cause by which the penalty criteria go (P3).
fn cause<'c>(complaint: &'c Complaint, ctx: &Context<'_>) -> Option<&'c str> {
    bound(complaint, ctx.definition, "cause").and_then(Value::as_text)
}

/// The value that a form's field binds, in the opening or in a stage's report.
fn bound<'c>(complaint: &'c Complaint, definition: &Definition, to: &str) -> Option<&'c Value> {
    let opening = (
        definition.opening.form.as_str(),
        Some(&complaint.case.opening),
    );
    let stages = definition
        .stages
        .iter()
        .map(|stage| (stage.form.as_str(), complaint.case.reports.get(&stage.id)));
    std::iter::once(opening)
        .chain(stages)
        .filter_map(|(form, values)| Some((definition.form(form)?, values?)))
        .flat_map(|(form, values)| form.fields.iter().map(move |field| (field, values)))
        .filter(|(field, _)| field.binds.as_deref() == Some(to))
        .find_map(|(field, values)| values.get(&field.id))
}

/// The rate at which another currency counts: the one that the decision took, or the one that the proposal records, where
/// the decision needed none (A25).
pub(super) fn rate(
    regulation: &Regulation,
    complaint: &Complaint,
    ctx: &Context<'_>,
) -> Result<Option<concession::RecordedRate>, Refusal> {
    let taken = complaint.decision.as_ref();
    if let Some(taken) = taken.and_then(|(_, decided)| decided.rate.clone()) {
        return Ok(Some(taken));
    }
    let stage = &regulation.proposal_stage;
    match complaint.case.reports.get(stage) {
        Some(report) => {
            concession::recorded_rate(ctx.definition, stage, report, regulation.currency)
        }
        None => Ok(None),
    }
}

pub(super) fn duties(regulation: &Regulation) -> Result<&MoneyDuties, Refusal> {
    let duties = regulation.money.as_ref();
    duties.ok_or_else(|| not_set("money", "M9-7"))
}

pub(super) fn penalty(regulation: &Regulation) -> Result<&PenaltyTable, Refusal> {
    let table = regulation.tables.penalty.as_ref();
    table.ok_or_else(|| not_set("penalty", "P3"))
}

pub(super) fn not_set(table: &str, clause: &str) -> Refusal {
    Refusal::new(refusal::TABLE_NOT_SET, clause).with("table", table)
}

fn accepted(complaint: &Complaint, clause: &str) -> Result<(), Refusal> {
    if complaint.case.number.is_some() {
        Ok(())
    } else {
        Err(Refusal::new(refusal::NOT_ACCEPTED, clause))
    }
}

/// What corrects something says why; what corrects nothing has nothing to say.
fn needs_reason(corrects: bool, reason: Option<&str>, clause: &str) -> Result<(), Refusal> {
    match (corrects, reason) {
        (true, None) => check_reason("reason", "", clause),
        (_, Some(reason)) => check_reason("reason", reason, clause),
        (false, None) => Ok(()),
    }
}

pub(super) fn next(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}
