//! Memos: a case, its rules, ledgers and months brought together for `redress_core::memo`.

use std::collections::BTreeMap;

use redress_core::account::Account;
use redress_core::memo::{self, Closing, Memo, Source};
use redress_core::sentence::Lang;
use redress_core::staff::Staff;
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::time::{Instant, Month};

use crate::books::Books;
use crate::desk::Redress;
use crate::error::Error;

/// What a memo explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explained {
    /// The loss by the loss basis (M9-7).
    Loss,
    /// The decision by authority (M11).
    Decision,
    /// What is deducted, of one employee or of all (P3).
    Deduction(Option<EmployeeId>),
    /// Discipline of an employee, and what it costs (D1 to D6).
    Fine(EmployeeId),
}

impl Explained {
    fn employee(&self) -> Option<&EmployeeId> {
        match self {
            Self::Loss | Self::Decision => None,
            Self::Deduction(employee) => employee.as_ref(),
            Self::Fine(employee) => Some(employee),
        }
    }
}

impl Redress {
    /// Why a figure of a case is what it is, step by step.
    ///
    /// # Errors
    /// `not_found` for the case, or an employee who never joined the organisation; what the log meets.
    pub async fn explain_figures(
        &self,
        case: CaseId,
        explained: &Explained,
        lang: Lang,
    ) -> Result<Memo, Error> {
        self.refresh()?;
        if let Some(employee) = explained.employee() {
            // A slip of the pen would be told that nothing is charged.
            self.must_be_known(employee).await?;
        }
        let present = self.present().await?;
        let held = self.must_load(case, &present.rules.state).await?;
        let workflow = present.rules.state.of_case(&held, present.now)?;
        let chain = self.chain(&held, &present).await?;
        let employee = explained.employee();
        let (closed, account) = self
            .look(|books| (closed(books), account(books, employee)))
            .await?;
        let mut closings = BTreeMap::new();
        for (month, at) in closed {
            // The ceiling of the rules that were in force when the month was closed.
            let workflow = self.complaint_workflow(&present, at)?;
            let regulation = workflow.regulation.as_ref();
            if let Some(penalty) = regulation.and_then(|r| r.tables.penalty.as_ref()) {
                let closing = Closing {
                    at,
                    ceiling: penalty.ceiling,
                    clause: penalty.ceiling_clause.clone(),
                    version: workflow.definition.version.clone(),
                };
                closings.insert(month, closing);
            }
        }
        let zone = self.zone();
        let staff: &Staff = &present.staffed.state.staff;
        let source = Source {
            complaint: &held.complaint,
            workflow: &workflow,
            staff,
            chain: &chain,
            zone: &zone,
            closings: &closings,
            lang,
        };
        let account = account.as_ref();
        Ok(match explained {
            Explained::Loss => memo::loss(&source),
            Explained::Decision => memo::decision(&source),
            Explained::Deduction(employee) => memo::deduction(&source, employee.as_ref(), account),
            Explained::Fine(employee) => memo::fine(&source, employee, account),
        })
    }
}

fn closed(books: &Books) -> Vec<(Month, Instant)> {
    let months = books.months.iter();
    months
        .filter_map(|(month, booked)| Some((*month, booked.state.closed.as_ref()?.0)))
        .collect()
}

fn account(books: &Books, employee: Option<&EmployeeId>) -> Option<Account> {
    let booked = books.persons.get(employee?)?;
    Some(booked.state.clone())
}
