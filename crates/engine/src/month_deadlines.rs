//! Months before their due instants and behind them, and what was issued about them: beside the lists of cases.

use redress_core::month::{MonthReminder, Standing};
use redress_kernel::id::DepartmentId;
use redress_kernel::time::{Instant, Month};
use serde::Serialize;

use crate::desk::Redress;
use crate::error::Error;

/// A month that is not closed at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthDeadline {
    /// Which.
    pub month: Month,
    /// The departments that keep it by the rules in force now (M9-10).
    pub departments: Vec<DepartmentId>,
    /// The due instant.
    pub due: Instant,
    /// The highest level issued by then; 0: the due-soon notice.
    pub level: Option<u8>,
}

impl Redress {
    /// The months that are, or were, due soon or overdue at a moment, in order (A1, A13).
    ///
    /// # Errors
    /// What the log meets.
    pub async fn month_deadlines(
        &self,
        standing: Standing,
        at: Instant,
    ) -> Result<Vec<MonthDeadline>, Error> {
        self.refresh()?;
        let departments = self.keepers().await?;
        self.look(|books| {
            let months = books.months.iter();
            let stand = months.filter(|(_, booked)| booked.state.standing(at) == standing);
            stand
                .filter_map(|(month, booked)| {
                    let (_, opened) = booked.state.opened.as_ref()?;
                    Some(MonthDeadline {
                        month: *month,
                        departments: departments.clone(),
                        due: opened.due,
                        level: booked.state.level(at),
                    })
                })
                .collect()
        })
        .await
    }

    /// All notices and reminders that were issued about months, in order of their instants.
    ///
    /// # Errors
    /// What the log meets.
    pub async fn month_reminders(&self) -> Result<Vec<(Month, MonthReminder)>, Error> {
        self.refresh()?;
        self.look(|books| {
            let months = books.months.iter();
            let mut issued: Vec<(Month, MonthReminder)> = months
                .flat_map(|(month, booked)| {
                    let issued = booked.state.reminders.iter();
                    issued.map(|issued| (*month, issued.clone()))
                })
                .collect();
            issued.sort_by_key(|(month, issued)| (issued.at, *month, issued.level));
            issued
        })
        .await
    }

    /// Who keeps months by the rules in force; nobody, where there are none.
    async fn keepers(&self) -> Result<Vec<DepartmentId>, Error> {
        let present = self.present().await?;
        let Ok(workflow) = self.complaint_workflow(&present, present.now) else {
            return Ok(Vec::new());
        };
        let regulation = workflow.regulation.as_ref();
        let duties = regulation.and_then(|regulation| regulation.money.as_ref());
        Ok(duties.map_or_else(Vec::new, |duties| duties.keeps.departments.clone()))
    }
}
