//! What an event says, in a few words.

use redress_core::event::{ComplaintEvent, Event, Means, Outcome};
use redress_kernel::actor::Actor;
use redress_kernel::event::{Addressee, CaseEvent, MoveReason, VisitOutcome};

use crate::answer::{provisional, subject};
use crate::entry;
use crate::play::{Play, Told};
use crate::table::seconds;

/// Who did it, as tables show it: `dora for gail (general-manager)`.
pub(crate) fn who(actor: &Actor) -> String {
    match actor {
        Actor::Person {
            employee,
            department,
            office,
            principal,
        } => {
            let mut text = employee.to_string();
            if let Some(principal) = principal {
                text.push_str(&format!(" for {principal}"));
            }
            let place = office
                .as_ref()
                .map(ToString::to_string)
                .or_else(|| department.as_ref().map(ToString::to_string));
            if let Some(place) = place {
                text.push_str(&format!(" ({place})"));
            }
            text
        }
        Actor::Engine => "engine".to_owned(),
        Actor::Import => "import".to_owned(),
    }
}

pub(crate) fn outcome(outcome: VisitOutcome) -> &'static str {
    match outcome {
        VisitOutcome::Done => "done",
        VisitOutcome::SentBack => "sent back",
        VisitOutcome::Withdrawn => "withdrawn",
    }
}

pub(crate) fn decision(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Granted => "granted",
        Outcome::NotEstablished => "not established",
    }
}

/// Whom a reminder goes to, with the names of those who stand for it where the story plays.
pub(crate) fn addressees(to: &[Addressee]) -> String {
    to.iter()
        .map(|a| match a {
            Addressee::Department(d) => d.to_string(),
            Addressee::Head(d) => format!("head of {d}"),
            Addressee::Office(o) => o.to_string(),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// The gist of an event.
pub(crate) fn event(play: &Play<'_>, told: &Told, event: &Event) -> String {
    match event {
        Event::Case(event) => of_case(play, told, event),
        Event::Complaint(event) => of_complaint(play, event),
    }
}

fn of_case(play: &Play<'_>, told: &Told, event: &CaseEvent) -> String {
    let zone = &play.story.zone;
    match event {
        CaseEvent::Opened(e) => format!("{} {}", e.definition, e.version),
        CaseEvent::VisitOpened(e) => {
            let due = e.deadline.as_ref().map_or("no limit".to_owned(), |d| {
                format!("due {}", zone.short(d.due))
            });
            format!("visit {} {}, {due}", e.visit, e.stage)
        }
        CaseEvent::StageReported(e) => format!("visit {} {}", e.visit, e.stage),
        CaseEvent::StageEndorsed(e) => format!("visit {} {} by {}", e.visit, e.stage, e.office),
        CaseEvent::SentBack(e) => format!("from {} to {}: {}", e.from, e.to, e.reason),
        CaseEvent::VisitEnded(e) => {
            format!("visit {} {}, {}", e.visit, e.stage, outcome(e.outcome))
        }
        CaseEvent::StageSkipped(e) => format!("{}, not called for", e.stage),
        CaseEvent::Numbered(e) => e.print.clone(),
        CaseEvent::ClockStarted(e) => format!(
            "by {}, due {}{}",
            e.version,
            zone.short(e.deadline.due),
            provisional(&e.deadline.provisional)
        ),
        CaseEvent::DeadlineMoved(e) => {
            let due = e.deadline.as_ref().map_or("no limit".to_owned(), |d| {
                format!("due {}", zone.short(d.due))
            });
            let why = match e.reason {
                MoveReason::FactCorrected => "a fact was corrected",
                MoveReason::CalendarPublished => "holidays were published",
                MoveReason::Resumed => "the case was suspended",
            };
            format!("{} {due}: {why}", subject(told, e.subject))
        }
        CaseEvent::Closed(e) => format!("counts in {}", e.month),
        CaseEvent::Withdrawn(e) => e.reason.clone(),
        CaseEvent::ValueCompleted(e) => format!("{} = {}", e.path, entry::show(&e.value)),
        CaseEvent::ValueCorrected(e) => format!(
            "{} = {}, was {}: {}",
            e.path,
            entry::show(&e.value),
            entry::show(&e.before),
            e.reason
        ),
        CaseEvent::Suspended(e) => e.reason.clone(),
        CaseEvent::Resumed(_) => String::new(),
        CaseEvent::DueSoonNoticed(e) => {
            format!("{} to {}", subject(told, e.subject), addressees(&e.to))
        }
        CaseEvent::ReminderIssued(e) => format!(
            "{} level {} to {}",
            subject(told, e.subject),
            e.level,
            addressees(&e.to)
        ),
        CaseEvent::InquiryIssued(e) => format!(
            "inquiry {} into visit {} to {}, {} late",
            e.inquiry,
            e.visit,
            e.department,
            seconds(e.late_seconds)
        ),
        CaseEvent::InquiryAnswered(e) => format!("inquiry {}: {}", e.inquiry, e.reason),
        CaseEvent::Linked(e) => format!("{} {}", e.link.relation, play.name(e.link.case)),
    }
}

fn of_complaint(play: &Play<'_>, event: &ComplaintEvent) -> String {
    match event {
        ComplaintEvent::Decided(e) => {
            format!("{}, {} by {}", decision(e.outcome), e.amount, e.office)
        }
        ComplaintEvent::CopiesDistributed(e) => format!("{} copies", e.copies.len()),
        ComplaintEvent::Answered(e) => {
            let means = match e.means {
                Means::Letter => "letter",
                Means::Telephone => "telephone",
            };
            e.concedes.map_or_else(
                || format!("by {means}"),
                |amount| format!("by {means}, conceding {amount}"),
            )
        }
        ComplaintEvent::CustomerRefused(e) => format!("new form {}", play.name(e.successor)),
        ComplaintEvent::ObjectionFiled(e) => format!("objection {}", e.objection),
        ComplaintEvent::ObjectionRuled(e) => {
            let how = if e.upheld { "upheld" } else { "rejected" };
            format!("objection {} {how}", e.objection)
        }
        ComplaintEvent::ThirdPartyNamed(e) => e.party.clone(),
        ComplaintEvent::LossStated(e) => e.loss.amount.to_string(),
        ComplaintEvent::ResponsibilityProposed(e) => {
            let shares = e.shares.iter();
            let shares =
                shares.map(|share| format!("{} {}", share.party, percent(share.basis_points)));
            shares.collect::<Vec<_>>().join(", ")
        }
        ComplaintEvent::ResponsibilityDetermined(e) => {
            let carried = e.carried.iter();
            let carried = carried.map(|carried| format!("{} {}", carried.party, carried.amount));
            carried.collect::<Vec<_>>().join(", ")
        }
        ComplaintEvent::GoodsTakenBack(e) => format!(
            "{} pieces, to be resold until {}",
            e.returned.quantity,
            play.story.zone.short(e.until)
        ),
        ComplaintEvent::GoodsResold(e) => {
            format!("{} pieces for {}", e.resold.quantity, e.resold.proceeds)
        }
        ComplaintEvent::ResaleSettled(e) => {
            format!("{}, settles with {}", e.loss.amount, e.loss.month)
        }
        ComplaintEvent::DisciplineProposed(e) => {
            format!("{}, {} of {}", e.employee, e.applied.grade.id(), e.share)
        }
        ComplaintEvent::DisciplineDecided(e) => {
            format!("{}, {}", e.employee, e.sentence.grade.id())
        }
        ComplaintEvent::DisciplineAnnounced(e) => e.employee.to_string(),
        ComplaintEvent::NoticeIssued(e) => format!("{} for {}", e.parties.len(), e.month),
        ComplaintEvent::Counted(e) => e.month.to_string(),
        ComplaintEvent::ImprovementTracked(_)
        | ComplaintEvent::ImprovementReleased(_)
        | ComplaintEvent::ImprovementOpened(_) => String::new(),
        ComplaintEvent::ImprovementDrafted(e) => {
            let items = e.items.iter();
            let items =
                items.map(|i| format!("item {} {} until {}", i.item, i.department, i.until));
            format!(
                "round {}: {}",
                e.round,
                items.collect::<Vec<_>>().join(", ")
            )
        }
        ComplaintEvent::ImprovementReturned(e) => format!("round {}: {}", e.round, e.reason),
        ComplaintEvent::ImprovementConfirmed(e) => format!("round {}", e.round),
        ComplaintEvent::ImprovementCarriedOut(e) => format!("item {}: {}", e.item, e.done),
        ComplaintEvent::ImprovementFoundEffective(e) => format!("round {}: {}", e.round, e.finding),
        ComplaintEvent::ImprovementFoundIneffective(e) => {
            format!("round {}: {}", e.round, e.finding)
        }
    }
}

/// Basis points as percent: `45 %`, `33.34 %`.
pub(crate) fn percent(basis_points: u32) -> String {
    match (basis_points / 100, basis_points % 100) {
        (whole, 0) => format!("{whole} %"),
        (whole, rest) => format!("{whole}.{rest:02} %"),
    }
}
