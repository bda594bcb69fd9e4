//! What the round does about goods that came back: with the end of their month what nobody bought counts with its actual
//! loss (D1, A17).

use redress_core::command::ComplaintCommand;
use redress_kernel::id::CaseId;
use uuid::Uuid;

use super::{RoundReport, SettledResale};
use crate::desk::Redress;
use crate::error::Error;
use crate::execute::{Ask, Author};
use crate::frame::Mark;

impl Redress {
    /// Settles what may no longer be sold. A person may have done so meanwhile: then there is nothing to do.
    pub(super) async fn round_of_resales(&self, report: &mut RoundReport) -> Result<(), Error> {
        let at = report.at;
        for case in self.look(|books| books.unsold(at)).await? {
            match self.perform(&settling(case)?).await {
                Ok(answer) if answer.repeated || answer.events.is_empty() => {}
                Ok(_) => {
                    let rules = self.rules().await?;
                    let held = self.must_load(case, &rules.state).await?;
                    let complaint = &held.complaint;
                    let number = complaint.case.number.as_ref();
                    let loss = complaint.d_loss.as_ref().map(|(_, loss)| loss.clone());
                    report.settled.extend(loss.map(|loss| SettledResale {
                        case,
                        number: number.map(|number| number.print.clone()),
                        loss,
                    }));
                }
                Err(Error::Refused(refusal)) => {
                    if !self.is_settled(case).await? {
                        report.skipped.push((case, refusal.code.0.to_owned()));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn is_settled(&self, case: CaseId) -> Result<bool, Error> {
        let rules = self.rules().await?;
        let held = self.must_load(case, &rules.state).await?;
        Ok(held.complaint.d_loss.is_some())
    }
}

/// The command, with an id from the case alone, so that it happens once.
fn settling(case: CaseId) -> Result<Ask, Error> {
    let id = Uuid::new_v5(&case.0, b"resale settled");
    Ok(Ask {
        mark: Mark::of(id, &("round", case, "settle_resale"))?,
        author: Author::Engine,
        case,
        opens: None,
        at: None,
        expect: None,
        dry_run: false,
        command: ComplaintCommand::SettleResale {}.into(),
    })
}
