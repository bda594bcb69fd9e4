//! The command behind the events: `decide(state, command_of(events), at)` gives the events again.

use crate::command::CaseCommand;
use crate::event::CaseEvent;

/// The command that led to the events of one append; the first event tells. None for an empty list, or one
/// that begins with a consequence.
pub fn command_of(events: &[CaseEvent]) -> Option<CaseCommand> {
    Some(match events.first()? {
        CaseEvent::Opened(e) => match &e.imported {
            Some(record) => CaseCommand::Import {
                record: record.clone(),
            },
            None => CaseCommand::Open {
                values: e.values.clone(),
                links: e.links.clone(),
            },
        },
        CaseEvent::StageReported(e) => CaseCommand::Report {
            stage: e.stage.clone(),
            visit: Some(e.visit),
            values: e.values.clone(),
        },
        CaseEvent::StageEndorsed(e) => CaseCommand::Endorse {
            stage: e.stage.clone(),
            visit: Some(e.visit),
            remark: e.remark.clone(),
        },
        CaseEvent::SentBack(e) => CaseCommand::SendBack {
            to: e.to.clone(),
            visit: Some(e.visit),
            reason: e.reason.clone(),
        },
        CaseEvent::ValueCompleted(e) => CaseCommand::Complete {
            path: e.path.clone(),
            value: e.value.clone(),
        },
        CaseEvent::ValueCorrected(e) => CaseCommand::Correct {
            path: e.path.clone(),
            value: e.value.clone(),
            reason: e.reason.clone(),
        },
        CaseEvent::Suspended(e) => CaseCommand::Suspend {
            reason: e.reason.clone(),
        },
        CaseEvent::Resumed(_) => CaseCommand::Resume {},
        CaseEvent::Withdrawn(e) => CaseCommand::Withdraw {
            reason: e.reason.clone(),
        },
        CaseEvent::InquiryIssued(e) => CaseCommand::Inquire { visit: e.visit },
        CaseEvent::InquiryAnswered(e) => CaseCommand::AnswerInquiry {
            inquiry: e.inquiry,
            reason: e.reason.clone(),
        },
        CaseEvent::Linked(e) => CaseCommand::Link {
            relation: e.link.relation.clone(),
            case: e.link.case,
        },
        CaseEvent::DueSoonNoticed(_)
        | CaseEvent::ReminderIssued(_)
        | CaseEvent::DeadlineMoved(_) => CaseCommand::Round {},
        CaseEvent::VisitOpened(_)
        | CaseEvent::VisitEnded(_)
        | CaseEvent::StageSkipped(_)
        | CaseEvent::Numbered(_)
        | CaseEvent::ClockStarted(_)
        | CaseEvent::Closed(_) => return None,
    })
}
