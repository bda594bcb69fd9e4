//! Goods resold for a month (D1), and discipline: proposed by petition, decided by the general manager, announced by
//! personnel (D4, D6, M12).

use redress_kernel::calendar::Reckoning;
use redress_kernel::decide::{Context, Decision, Who, of_office};
use redress_kernel::form::check_reason;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::refusal::{self as kernel_refusal, Refusal};
use redress_kernel::time::Month;

use super::loss::{duties, members_on, not_set};
use super::{Beside, by_duty, check_not_author, decided, events_of, one};
use crate::complaint::Complaint;
use crate::discipline::{self, Sentence};
use crate::event::money::{
    DisciplineAnnounced, DisciplineDecided, DisciplineProposed, GoodsResold, GoodsTakenBack,
    ResaleSettled,
};
use crate::event::{ComplaintEvent, Event};
use crate::loss::{self, DLoss, Resold, Returned};
use crate::refusal;
use crate::regulation::Regulation;
use crate::staff::Roster;
use crate::tables::{DisciplineTable, Grade};

/// D1: goods came back. The month to resell them begins with the decision.
pub(super) fn take_back(
    regulation: &Regulation,
    complaint: &Complaint,
    returned: &Returned,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.goods;
    let actor = by_duty(duty, ctx)?;
    let table = table(regulation)?;
    decided(complaint, &table.resale_clause)?;
    if complaint.resale.is_some() {
        return Err(Refusal::new(
            refusal::TAKEN_BACK_ALREADY,
            &table.resale_clause,
        ));
    }
    loss::check_returned(returned, regulation.currency)?;
    let from = complaint.decision.as_ref().map_or(ctx.at, |(at, _)| *at);
    let reckoning = Reckoning {
        zone: ctx.zone,
        calendar: ctx.calendar,
        suspended: &[],
    };
    let until = reckoning.due(from, table.resale).map_err(|error| {
        Refusal::new(kernel_refusal::BEYOND_CALENDAR, &table.resale_clause).with("why", error)
    })?;
    let taken = GoodsTakenBack {
        returned: returned.clone(),
        from,
        until: until.at,
    };
    one(actor, ComplaintEvent::GoodsTakenBack(taken), ctx)
}

/// D1: some were sold. With the last of them the loss is known. A sale of the resale month counts whenever it is entered,
/// behind the month's end too, until discipline is proposed.
pub(super) fn resell(
    regulation: &Regulation,
    complaint: &Complaint,
    resold: &Resold,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.goods;
    let actor = by_duty(duty, ctx)?;
    let table = table(regulation)?;
    let resale = complaint
        .resale
        .as_ref()
        .ok_or_else(|| Refusal::new(refusal::NOTHING_TAKEN_BACK, &table.resale_clause))?;
    let at = ctx.at.to_whole_second();
    if at < resale.from {
        return Err(
            Refusal::new(refusal::RESALE_NOT_BEGUN, &table.resale_clause).with("from", resale.from),
        );
    }
    let settled = complaint.d_loss.as_ref().map(|(_, loss)| loss);
    // Sold in time and entered late: while no petition rests on the loss, it is settled anew. Else somebody would be graded
    // by a loss that did not arise.
    let known_at = complaint.d_loss.as_ref().map(|(at, _)| *at);
    let mut petitions = complaint.petitions.iter();
    let rests = petitions.any(|(at, _)| known_at.is_some_and(|known_at| known_at <= *at));
    let anew = settled.is_some_and(|loss| loss.unsold > 0) && !rests;
    if at > resale.until || (settled.is_some() && !anew) {
        return Err(
            Refusal::new(refusal::RESALE_OVER, &table.resale_clause).with("until", resale.until)
        );
    }
    loss::check_resold(resold, resale, regulation.currency)?;
    let mut after = resale.clone();
    after.sales.push((at, resold.clone()));
    let mut events = vec![ComplaintEvent::GoodsResold(GoodsResold {
        resold: resold.clone(),
    })];
    // What was sold later may have been entered before.
    let last_sold = after
        .sales
        .iter()
        .map(|(when, _)| *when)
        .max()
        .unwrap_or(at);
    let known_by = if anew { ctx.now } else { last_sold };
    if let Some(loss) = loss::d_loss(&after, known_by, ctx.zone)? {
        events.push(ComplaintEvent::ResaleSettled(ResaleSettled { loss }));
    }
    Ok(events_of(actor, events, ctx))
}

/// A17: the month has ended; what was not sold counts with its actual loss.
pub(super) fn settle_resale(
    regulation: &Regulation,
    complaint: &Complaint,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.keeps;
    let actor = match ctx.who {
        Who::Person(_) => by_duty(duty, ctx)?,
        Who::Engine | Who::Import => redress_kernel::decide::actor(ctx, &[])?,
    };
    let table = table(regulation)?;
    let resale = complaint
        .resale
        .as_ref()
        .ok_or_else(|| Refusal::new(refusal::NOTHING_TAKEN_BACK, &table.resale_clause))?;
    if complaint.d_loss.is_some() {
        return Err(
            Refusal::new(refusal::RESALE_OVER, &table.resale_clause).with("until", resale.until)
        );
    }
    match loss::d_loss(resale, ctx.at.to_whole_second(), ctx.zone)? {
        Some(loss) => one(
            actor,
            ComplaintEvent::ResaleSettled(ResaleSettled { loss }),
            ctx,
        ),
        None => {
            Err(Refusal::new(refusal::LOSS_PENDING, &table.resale_clause)
                .with("until", resale.until))
        }
    }
}

/// D6: the general manager's office proposes by petition; the grade follows from the person's share (D2, D3). About somebody
/// who was sentenced only where the sentence may be corrected (M9-12).
pub(super) fn propose(
    regulation: &Regulation,
    complaint: &Complaint,
    employee: &EmployeeId,
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.keeps;
    let actor = by_duty(duty, ctx)?;
    let table = table(regulation)?;
    decided(complaint, &table.clause)?;
    check_open(complaint, employee, table)?;
    let of = graded_loss(complaint, table)?;
    let determined = complaint
        .determined()
        .ok_or_else(|| Refusal::new(refusal::RESPONSIBILITY_NOT_DETERMINED, "D2"))?;
    // Before the closing nobody knows its month.
    let members_on = members_on(complaint, ctx.definition);
    let members_on = members_on.unwrap_or_else(|| ctx.zone.date_of(ctx.at));
    let roster = Roster {
        staff: beside.staff,
        organisation: ctx.organisation,
        zone: ctx.zone,
        day: members_on,
    };
    let mut parts = discipline::party_shares(of, &determined.carried, roster)?;
    let share = discipline::share_of(&parts, employee)?
        // Whoever was sentenced, also in the form that this one replaces, and carries nothing any more: the petition is for
        // the correction (M9-12, A16).
        .or((complaint.sentence_of(employee).is_some()
            || beside.sentenced_before.contains(employee))
        .then(|| Money::zero(of.currency())))
        .ok_or_else(|| Refusal::new(refusal::NOT_RESPONSIBLE, "D2").with("employee", employee))?;
    let applied = discipline::grade(table, share, &ctx.definition.version)?;
    parts.retain(|part| {
        part.members
            .iter()
            .any(|member| member.employee == *employee)
    });
    one(
        actor,
        ComplaintEvent::DisciplineProposed(DisciplineProposed {
            employee: employee.clone(),
            share,
            of,
            determination: determined.determination,
            members_on,
            parts,
            applied,
        }),
        ctx,
    )
}

/// The loss of which a person's share grades: the D-loss where goods came back, else the P-loss (A17, A18).
pub(crate) fn graded_loss(
    complaint: &Complaint,
    table: &DisciplineTable,
) -> Result<Money, Refusal> {
    match (&complaint.resale, &complaint.d_loss) {
        (_, Some((_, loss))) => Ok(loss.amount),
        (Some(resale), None) => {
            Err(Refusal::new(refusal::LOSS_PENDING, &table.resale_clause)
                .with("until", resale.until))
        }
        (None, None) => complaint
            .determined()
            .map(|determined| determined.loss)
            .ok_or_else(|| Refusal::new(refusal::RESPONSIBILITY_NOT_DETERMINED, "D2")),
    }
}

/// M9-12: a sentence stands, until a petition against a resolution of the case is upheld, or until the loss by which it
/// graded, or the determination, is another.
fn check_open(
    complaint: &Complaint,
    employee: &EmployeeId,
    table: &DisciplineTable,
) -> Result<(), Refusal> {
    if complaint.sentence_of(employee).is_none() || complaint.contested.contains(employee) {
        return Ok(());
    }
    let ground = complaint.grounds.get(employee);
    if ground.is_some_and(|petition| check_ground(complaint, petition, table).is_err()) {
        return Ok(());
    }
    Err(Refusal::new(refusal::DISCIPLINE_DECIDED, "D6").with("employee", employee))
}

/// D2, D6: what is decided rests on a petition whose loss and determination still hold. Else somebody would be graded by a
/// share that was corrected since, or by a loss that is not known yet (A17).
fn check_ground(
    complaint: &Complaint,
    petition: &DisciplineProposed,
    table: &DisciplineTable,
) -> Result<(), Refusal> {
    let of = graded_loss(complaint, table)?;
    let determined = complaint.determined();
    let stands = determined.is_some_and(|d| d.determination == petition.determination);
    if of == petition.of && stands {
        return Ok(());
    }
    Err(Refusal::new(refusal::PETITION_OUTDATED, "D2")
        .with("employee", &petition.employee)
        .with("determination", petition.determination)
        .with("of", petition.of))
}

/// D4, D5: the general manager decides on a petition that still holds; another grade than the proposed one needs a reason,
/// and so does a correction (M9-12). Nothing lies below the floors.
pub(super) fn decide(
    regulation: &Regulation,
    complaint: &Complaint,
    (employee, sentence, reason): (&EmployeeId, &Sentence, Option<&str>),
    ctx: &Context<'_>,
    beside: &Beside<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.decides;
    let actor = redress_kernel::decide::actor(ctx, &duty.offices)?;
    of_office(&actor, &duty.offices, &duty.clause)?;
    let table = table(regulation)?;
    let proposed = complaint
        .petition_of(employee)
        .ok_or_else(|| Refusal::new(refusal::NOT_PROPOSED, "D6").with("employee", employee))?;
    let proposed_grade = proposed.applied.grade;
    check_open(complaint, employee, table)?;
    check_ground(complaint, proposed, table)?;
    if let Some(petitioners) = complaint.petitioners.get(employee) {
        check_not_author(&actor, petitioners)?;
    }
    let corrects = Some(complaint.sentences_on(employee)).filter(|number| *number > 0);
    if sentence.grade != proposed_grade || corrects.is_some() {
        check_reason("reason", reason.unwrap_or_default(), &table.clause)?;
    } else if let Some(reason) = reason {
        check_reason("reason", reason, &table.clause)?;
    }
    let base_units = match sentence.grade {
        Grade::MinorDemerit => beside.staff.base_units(employee, ctx.zone.date_of(ctx.at)),
        _ => None,
    };
    let fine = discipline::fine(table, sentence, (employee, base_units))?;
    one(
        actor,
        ComplaintEvent::DisciplineDecided(DisciplineDecided {
            employee: employee.clone(),
            proposed: proposed_grade,
            sentence: sentence.clone(),
            fine,
            base_units,
            reason: reason.map(ToOwned::to_owned),
            corrects,
            month: settles(complaint, employee, ctx),
        }),
        ctx,
    )
}

/// A17, A20: the month in which the D-loss was known, else that of the case's closing. What corrects a sentence that a month
/// has settled, settles with the month in which its ground changed, or with the next that is not frozen (A16, A19).
fn settles(complaint: &Complaint, employee: &EmployeeId, ctx: &Context<'_>) -> Month {
    let this = Month::of(ctx.at, ctx.zone);
    if complaint.settled.contains_key(employee) {
        return changed_in(complaint, employee, ctx).unwrap_or(this);
    }
    match (&complaint.d_loss, &complaint.case.status) {
        (Some((_, DLoss { month, .. })), _) => *month,
        (None, redress_kernel::case::Status::Closed { month, .. }) => *month,
        (None, _) => this,
    }
}

/// The month in which something happened last that lets somebody's sentence be corrected: a determination, the loss on goods
/// that came back, a petition that was upheld (M9-12).
fn changed_in(complaint: &Complaint, employee: &EmployeeId, ctx: &Context<'_>) -> Option<Month> {
    let mut sentences = complaint.sentences.iter().rev();
    let (sentenced, _) = sentences.find(|(_, sentence)| sentence.employee == *employee)?;
    let determined = complaint.determinations.last().map(|(at, _)| *at);
    let upheld = complaint.objections.iter().filter_map(|objection| {
        let ruled = objection.ruled.as_ref().filter(|(_, ruled)| ruled.upheld);
        ruled.map(|(at, _)| *at)
    });
    let known = complaint.d_loss.as_ref();
    let known = known.filter(|(at, _)| sentenced < at);
    let changes = upheld.chain(determined).filter(|at| sentenced < at);
    let months = changes.map(|at| Month::of(at, ctx.zone));
    months.chain(known.map(|(_, loss)| loss.month)).max()
}

/// M12, D6: personnel announces what the general manager decided; once more what was corrected since, also to nothing.
pub(super) fn announce(
    regulation: &Regulation,
    complaint: &Complaint,
    employee: &EmployeeId,
    ctx: &Context<'_>,
) -> Result<Decision<Event>, Refusal> {
    let duty = &duties(regulation)?.announces;
    let actor = by_duty(duty, ctx)?;
    if !complaint.is_announceable(employee) {
        return Err(
            Refusal::new(refusal::NOTHING_TO_ANNOUNCE, &duty.clause).with("employee", employee)
        );
    }
    if complaint.announcement_of(employee).is_some() {
        return Err(
            Refusal::new(refusal::ANNOUNCED_ALREADY, &duty.clause).with("employee", employee)
        );
    }
    one(
        actor,
        ComplaintEvent::DisciplineAnnounced(DisciplineAnnounced {
            employee: employee.clone(),
        }),
        ctx,
    )
}

fn table(regulation: &Regulation) -> Result<&DisciplineTable, Refusal> {
    let table = regulation.tables.discipline.as_ref();
    table.ok_or_else(|| not_set("discipline", "D3"))
}
