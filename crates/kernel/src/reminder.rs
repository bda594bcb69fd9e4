//! The round: who is late is reminded, each subject and level once (M14, A9, A13).

use crate::actor::Actor;
use crate::calendar::Reckoning;
use crate::case::{Case, Status};
use crate::deadline;
use crate::decide::{Context, Decision, Plan};
use crate::definition::{AddresseeKind, ReminderLevel};
use crate::event::{Addressee, CaseEvent, DueSoonNoticed, ReminderIssued, Subject};
use crate::id::DepartmentId;
use crate::refusal::{self, Refusal};
use crate::time::Instant;

/// What the round does on one case at `ctx.at`: deadlines whose holidays were published meanwhile are reckoned
/// anew; what is due soon is noticed; what is overdue is reminded of at the highest level passed.
///
/// Twice at the same moment gives nothing the second time.
///
/// # Errors
/// `beyond_calendar`.
pub fn round(case: &Case, ctx: &Context<'_>) -> Result<Decision<CaseEvent>, Refusal> {
    let mut plan = Plan::on(case, Actor::Engine, ctx);
    if matches!(case.status, Status::Withdrawn { .. }) || case.is_suspended() {
        return Ok(plan.decision());
    }
    if case.awaits(ctx.calendar) {
        crate::decide::reissue(&mut plan)?;
    }
    let holder = plan.case.open_visit().map(|visit| visit.department.clone());
    let running: Vec<(Subject, Instant, Option<Instant>)> = plan
        .case
        .running()
        .iter()
        .map(|(subject, _, d)| (*subject, d.due, d.notice_at))
        .collect();
    for (subject, due, notice_at) in running {
        let before_import = plan.case.reminders_from.is_some_and(|from| due < from);
        if let Some(holder) = holder.as_ref().filter(|_| !before_import) {
            remind(&mut plan, subject, due, notice_at, holder)?;
        }
    }
    Ok(plan.decision())
}

fn remind(
    plan: &mut Plan<'_>,
    subject: Subject,
    due: Instant,
    notice_at: Option<Instant>,
    holder: &DepartmentId,
) -> Result<(), Refusal> {
    let now = plan.at();
    let levels = &plan.ctx.definition.reminders.levels;
    let mut passed = 0u8;
    for (level, number) in levels.iter().zip(1u8..) {
        if now > threshold(plan, due, level)? {
            passed = number;
        }
    }
    if passed == 0 {
        let soon = notice_at.is_some_and(|notice_at| notice_at <= now && now < due);
        if soon && !plan.case.reminded(subject, 0) {
            let to = vec![Addressee::Department(holder.clone())];
            plan.push(CaseEvent::DueSoonNoticed(DueSoonNoticed {
                subject,
                due,
                to,
            }));
        }
        return Ok(());
    }
    let issued_or_higher = (passed..=u8::MAX).any(|level| plan.case.reminded(subject, level));
    if issued_or_higher {
        return Ok(());
    }
    let to = levels
        .iter()
        .take(usize::from(passed))
        .map(|level| addressee(level, holder))
        .collect();
    let overtaken = (1..passed)
        .filter(|level| !known(plan, subject, *level))
        .collect();
    plan.push(CaseEvent::ReminderIssued(ReminderIssued {
        subject,
        level: passed,
        due,
        to,
        overtaken,
    }));
    Ok(())
}

/// Whether a level was issued, or overtaken by a higher one already.
fn known(plan: &Plan<'_>, subject: Subject, level: u8) -> bool {
    plan.case
        .reminders
        .iter()
        .any(|r| r.subject == subject && r.level >= level)
}

fn addressee(level: &ReminderLevel, holder: &DepartmentId) -> Addressee {
    match &level.to {
        AddresseeKind::Department => Addressee::Department(holder.clone()),
        AddresseeKind::Head => Addressee::Head(holder.clone()),
        AddresseeKind::Office(office) => Addressee::Office(office.clone()),
    }
}

/// The instant after which a level is passed: the due instant and the level's days of the case's calendar.
fn threshold(plan: &Plan<'_>, due: Instant, level: &ReminderLevel) -> Result<Instant, Refusal> {
    let Some(after) = level.after else {
        return Ok(due);
    };
    let suspended = deadline::suspended(Some(&plan.case), plan.at());
    let reckoning = Reckoning {
        zone: plan.ctx.zone,
        calendar: plan.ctx.calendar,
        suspended: &suspended,
    };
    reckoning.due(due, after).map(|d| d.at).map_err(|e| {
        Refusal::new(
            refusal::BEYOND_CALENDAR,
            &plan.ctx.definition.reminders.clause,
        )
        .with("why", e)
    })
}
