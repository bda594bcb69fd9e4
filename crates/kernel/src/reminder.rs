//! The round: who is late is reminded, each subject and level once (M14, A9, A13).

use crate::actor::Actor;
use crate::calendar::Reckoning;
use crate::case::{Case, Status};
use crate::deadline;
use crate::decide::{Context, Decision, Plan};
use crate::definition::{AddresseeKind, ReminderLevel, Reminders};
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
    let issued = plan.case.reminders.iter();
    let issued: Vec<u8> = issued
        .filter(|r| r.subject == subject)
        .map(|r| r.level)
        .collect();
    let deadline = Urgent {
        due,
        notice_at,
        holders: std::slice::from_ref(holder),
        issued: &issued,
    };
    let suspended = deadline::suspended(Some(&plan.case), plan.at());
    let reckoning = Reckoning {
        zone: plan.ctx.zone,
        calendar: plan.ctx.calendar,
        suspended: &suspended,
    };
    let reminders = &plan.ctx.definition.reminders;
    match urge(&deadline, plan.at(), reminders, &reckoning)? {
        None => {}
        Some(Urged { level: 0, to, .. }) => {
            plan.push(CaseEvent::DueSoonNoticed(DueSoonNoticed {
                subject,
                due,
                to,
            }));
        }
        Some(Urged {
            level,
            to,
            overtaken,
        }) => plan.push(CaseEvent::ReminderIssued(ReminderIssued {
            subject,
            level,
            due,
            to,
            overtaken,
        })),
    }
    Ok(())
}

/// Something that is to be done by an instant, and what was issued about it.
#[derive(Debug, Clone, Copy)]
pub struct Urgent<'a> {
    /// The due instant: at it, it is on time (A1).
    pub due: Instant,
    /// From when on it is due soon (A13).
    pub notice_at: Option<Instant>,
    /// The departments that have to do it.
    pub holders: &'a [DepartmentId],
    /// The levels that were issued about it; 0: the due-soon notice.
    pub issued: &'a [u8],
}

/// What is to be issued about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urged {
    /// 0: a due-soon notice; from 1: a reminder.
    pub level: u8,
    /// To whom.
    pub to: Vec<Addressee>,
    /// Lower levels that were passed without having been issued (A13).
    pub overtaken: Vec<u8>,
}

/// What the ladder asks to be issued at an instant: the highest level passed, to all addressees up to it, each level
/// once; before the due instant a notice, once (A13).
///
/// # Errors
/// `beyond_calendar`.
pub fn urge(
    deadline: &Urgent<'_>,
    now: Instant,
    reminders: &Reminders,
    reckoning: &Reckoning<'_>,
) -> Result<Option<Urged>, Refusal> {
    let issued = deadline.issued;
    let mut passed = 0u8;
    for (level, number) in reminders.levels.iter().zip(1u8..) {
        if now > threshold(deadline.due, level, &reminders.clause, reckoning)? {
            passed = number;
        }
    }
    if passed == 0 {
        let notice_at = deadline.notice_at;
        let soon = notice_at.is_some_and(|notice_at| notice_at <= now && now < deadline.due);
        if !soon || issued.contains(&0) {
            return Ok(None);
        }
        let holders = deadline.holders.iter().cloned();
        return Ok(Some(Urged {
            level: 0,
            to: holders.map(Addressee::Department).collect(),
            overtaken: Vec::new(),
        }));
    }
    if issued.iter().any(|level| *level >= passed) {
        return Ok(None);
    }
    let levels = reminders.levels.iter().take(usize::from(passed));
    // A level is known if it was issued, or overtaken by a higher one already.
    let known = |level: u8| issued.iter().any(|issued| *issued >= level);
    Ok(Some(Urged {
        level: passed,
        to: levels
            .flat_map(|level| addressees(level, deadline.holders))
            .collect(),
        overtaken: (1..passed).filter(|level| !known(*level)).collect(),
    }))
}

fn addressees(level: &ReminderLevel, holders: &[DepartmentId]) -> Vec<Addressee> {
    let holders = holders.iter().cloned();
    match &level.to {
        AddresseeKind::Department => holders.map(Addressee::Department).collect(),
        AddresseeKind::Head => holders.map(Addressee::Head).collect(),
        AddresseeKind::Office(office) => vec![Addressee::Office(office.clone())],
    }
}

/// The instant after which a level is passed: the due instant and the level's days of the calendar.
fn threshold(
    due: Instant,
    level: &ReminderLevel,
    clause: &str,
    reckoning: &Reckoning<'_>,
) -> Result<Instant, Refusal> {
    let Some(after) = level.after else {
        return Ok(due);
    };
    let passed = reckoning.due(due, after);
    passed
        .map(|d| d.at)
        .map_err(|e| Refusal::new(refusal::BEYOND_CALENDAR, clause).with("why", e))
}
