//! The chain of new forms to which customers' refusals lead (M9-9): it has one loss, and one fine of each person (A16).

use std::collections::BTreeSet;
use std::sync::Arc;

use redress_core::command::{Command, ComplaintCommand};
use redress_core::complaint::Complaint;
use redress_kernel::case::Status;
use redress_kernel::id::{CaseId, EmployeeId};

use crate::desk::Redress;
use crate::error::Error;
use crate::held::Held;
use crate::links;
use crate::rules::Rules;

/// How long a chain is followed; none is nearly so long.
const LONGEST: usize = 64;

/// The form that a case carries on.
pub(crate) fn before(complaint: &Complaint) -> Option<CaseId> {
    links::follows(&complaint.case)
}

/// The new form that a case's customer led to.
pub(crate) fn behind(complaint: &Complaint) -> Option<CaseId> {
    complaint.successor
}

/// The number of a chain's first case, as a key: that of the chain.
pub(crate) fn key(first: &Held) -> String {
    let number = first.complaint.case.number.as_ref();
    number.map_or_else(String::new, |number| number.key.clone())
}

/// What the rules on a case are told of the other forms of its chain.
#[derive(Debug, Default)]
pub(crate) struct OtherForms {
    /// Whether the new form that its customer led to was withdrawn.
    pub(crate) successor_withdrawn: bool,
    /// Who was sentenced in an earlier one.
    pub(crate) sentenced_before: BTreeSet<EmployeeId>,
}

impl Redress {
    /// The forms [`before`] a case, or [`behind`] it, the nearest first.
    pub(crate) async fn forms(
        &self,
        held: &Held,
        next: fn(&Complaint) -> Option<CaseId>,
        rules: &Rules,
    ) -> Result<Vec<Arc<Held>>, Error> {
        let mut forms: Vec<Arc<Held>> = Vec::new();
        let mut form = next(&held.complaint);
        while let Some(id) = form.filter(|_| forms.len() < LONGEST) {
            let Some(held) = self.load(id, rules).await? else {
                break;
            };
            form = next(&held.complaint);
            forms.push(held);
        }
        Ok(forms)
    }

    /// What a command on a case needs to be told of the others.
    pub(crate) async fn other_forms(
        &self,
        held: Option<&Held>,
        command: &Command,
        rules: &Rules,
    ) -> Result<OtherForms, Error> {
        let mut others = OtherForms::default();
        let Some(held) = held else {
            return Ok(others);
        };
        if let Some(successor) = behind(&held.complaint) {
            let successor = self.load(successor, rules).await?;
            others.successor_withdrawn = successor.is_some_and(|successor| {
                matches!(successor.complaint.case.status, Status::Withdrawn { .. })
            });
        }
        if let Command::Complaint(ComplaintCommand::ProposeDiscipline { .. }) = command {
            let forms = self.forms(held, before, rules).await?;
            let sentences = forms.iter().flat_map(|form| &form.complaint.sentences);
            let sentenced = sentences.map(|(_, sentence)| sentence.employee.clone());
            others.sentenced_before.extend(sentenced);
        }
        Ok(others)
    }
}
