//! Memos: a case, its rules, ledgers and months brought together for `redress_core::memo`.

use std::collections::BTreeMap;

use redress_core::memo::{self, Ground, Happened, Memo, Source};
use redress_core::person::PersonEvent;
use redress_core::sentence::Lang;
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::time::{Instant, Month};
use redress_log::Recorded;

use crate::books::{Books, PERSONS};
use crate::chain;
use crate::desk::{Redress, stream};
use crate::error::Error;
use crate::frame;

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
        let forms = self.forms(&held, chain::before, &present.rules.state);
        let forms = forms.await?;
        let chain = chain::key(forms.last().unwrap_or(&held));
        let employee = explained.employee();
        let closings = self.look(closings).await?;
        let account = match employee {
            Some(employee) => {
                self.ledger(employee, &present.organised.state.organisation)
                    .await?
            }
            None => None,
        };
        let events = complaint_events(&self.records(&held.stream).await?)?;
        let ledger = match employee.filter(|_| account.is_some()) {
            Some(employee) => {
                let stream = stream(PERSONS, employee.as_str())?;
                person_events(&self.records(&stream).await?)?
            }
            None => Vec::new(),
        };
        let zone = self.zone();
        let source = Source {
            complaint: &held.complaint,
            workflow: &workflow,
            chain: &chain,
            zone: &zone,
            events: &events,
            ledger: &ledger,
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

fn ground(recorded: &Recorded) -> Ground {
    Ground {
        kind: recorded.kind.clone(),
        stream: recorded.stream.as_str().to_owned(),
        version: recorded.version.0,
        position: recorded.position.0,
    }
}

/// A complaint's events, each with its place.
fn complaint_events(records: &[Recorded]) -> Result<Vec<Happened>, Error> {
    let read = |recorded: &Recorded| {
        let entry = frame::entry(recorded)?;
        Ok(Happened {
            ground: ground(recorded),
            meta: entry.meta,
            command: entry.mark.id.to_string(),
            event: entry.event,
        })
    };
    records.iter().map(read).collect()
}

/// A ledger's events, each with its place.
fn person_events(records: &[Recorded]) -> Result<Vec<(Ground, PersonEvent)>, Error> {
    let read = |recorded: &Recorded| {
        let (kind, payload) = (recorded.kind.as_str(), recorded.payload.as_str());
        let event = PersonEvent::read(kind, recorded.schema, payload)?;
        Ok((ground(recorded), event))
    };
    records.iter().map(read).collect()
}

fn closings(books: &Books) -> BTreeMap<Month, Instant> {
    let months = books.months.iter();
    months
        .filter_map(|(month, booked)| Some((*month, booked.state.closed.as_ref()?.0)))
        .collect()
}
