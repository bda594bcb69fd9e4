//! The command read back from the events that it led to.

use redress_kernel::decide as kernel;
use redress_kernel::event::CaseEvent;

use crate::command::{Command, ComplaintCommand};
use crate::event::{ComplaintEvent, Event};
use crate::improvement::Item;
use crate::responsibility::Carried;

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
