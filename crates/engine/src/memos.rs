//! Memos: a case, its rules, ledgers and months brought together for `redress_core::memo`.

use std::collections::BTreeMap;

use redress_core::account::Account;
use redress_core::memo::{self, Memo, Source};
use redress_core::sentence::Lang;
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
    /// `not_found`, or what the log meets.
    pub async fn explain_figures(
        &self,
        case: CaseId,
        explained: &Explained,
        lang: Lang,
    ) -> Result<Memo, Error> {
        self.refresh()?;
        let present = self.present().await?;
        let held = self.must_load(case, &present.rules.state).await?;
        let workflow = present.rules.state.of_case(&held, present.now)?;
        let chain = self.chain(&held, &present).await?;
        let employee = explained.employee();
        let (closings, account) = self
            .look(|books| (closings(books), account(books, employee)))
            .await?;
        let zone = self.zone();
        let source = Source {
            complaint: &held.complaint,
            workflow: &workflow,
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

fn closings(books: &Books) -> BTreeMap<Month, Instant> {
    let months = books.months.iter();
    months
        .filter_map(|(month, booked)| Some((*month, booked.state.closed.as_ref()?.0)))
        .collect()
}

fn account(books: &Books, employee: Option<&EmployeeId>) -> Option<Account> {
    let booked = books.persons.get(employee?)?;
    Some(booked.state.clone())
}
