//! The round: what the engine does by itself when the time has come. Months that are over are opened, what is due soon is
//! noticed and what is late reminded of, goods that nobody bought are settled; each once, however often it is made (M9-10,
//! M14, A13, A17).

mod cases;
mod months;
mod resale;

use redress_core::loss::DLoss;
use redress_kernel::event::{Addressee, Subject};
use redress_kernel::id::{CaseId, StageId};
use redress_kernel::time::{Instant, Month};
use serde::Serialize;

use crate::desk::Redress;
use crate::error::Error;

/// How often something is decided anew when others came between.
const ATTEMPTS: usize = 32;

/// What a round issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundReport {
    /// The moment of which it was made: now, or the last recording if the clock is behind it.
    pub at: Instant,
    /// Due-soon notices (level 0) and reminders, in order of the cases' ids.
    pub issued: Vec<Issued>,
    /// Deadlines that were reckoned anew because holidays were published.
    pub moved: Vec<Moved>,
    /// Months that were over and were opened, in order (M9-10).
    pub opened: Vec<OpenedMonth>,
    /// Due-soon notices (level 0) and reminders about months that are not closed, in order.
    pub urged: Vec<UrgedMonth>,
    /// Cases whose resale month had ended (A17).
    pub settled: Vec<SettledResale>,
    /// Cases that could not be decided, with the refusal's code: a deadline beyond the calendar, say.
    pub skipped: Vec<(CaseId, String)>,
    /// Months likewise.
    pub skipped_months: Vec<(Month, String)>,
}

impl RoundReport {
    fn of(at: Instant) -> Self {
        Self {
            at,
            issued: Vec::new(),
            moved: Vec::new(),
            opened: Vec::new(),
            urged: Vec::new(),
            settled: Vec::new(),
            skipped: Vec::new(),
            skipped_months: Vec::new(),
        }
    }
}

/// A notice or reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issued {
    /// The case.
    pub case: CaseId,
    /// Its number in print, if it has one.
    pub number: Option<String>,
    /// About the case or one of its visits.
    pub subject: Subject,
    /// The stage at which the case stands.
    pub stage: Option<StageId>,
    /// 0: due soon; from 1: overdue.
    pub level: u8,
    /// The due instant.
    pub due: Instant,
    /// To whom.
    pub to: Vec<Addressee>,
}

/// A deadline that was reckoned anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The case.
    pub case: CaseId,
    /// Of the case or one of its visits.
    pub subject: Subject,
    /// The due instant from now on.
    pub due: Option<Instant>,
}

/// A month that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenedMonth {
    /// Which.
    pub month: Month,
    /// Until when it is to be closed.
    pub due: Instant,
}

/// A notice or reminder that a month is to be closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UrgedMonth {
    /// Which.
    pub month: Month,
    /// 0: due soon; from 1: overdue.
    pub level: u8,
    /// The due instant.
    pub due: Instant,
    /// To whom.
    pub to: Vec<Addressee>,
}

/// Goods that came back, whose loss became known with the end of their month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettledResale {
    /// The case.
    pub case: CaseId,
    /// Its number in print, if it has one.
    pub number: Option<String>,
    /// The loss.
    pub loss: DLoss,
}

impl Redress {
    /// Makes the round. Goods whose month of resale has ended are settled; months that are over are opened, those
    /// missed in turn; deadlines whose holidays were published are reckoned anew; what is due soon is noticed, what is
    /// overdue is reminded of. Made twice at one moment, after a restart, by two processes, with a clock set back: each
    /// resale, each month, each (case, visit or month, level) once.
    ///
    /// # Errors
    /// `clock_ahead`, or what the log meets; what was issued before stands, the next round goes on.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn round(&self) -> Result<RoundReport, Error> {
        self.is_recorded().await?;
        // A clock that is behind does no harm here; one set ahead would remind of what is not late.
        self.inner.watch.check(&*self.inner.clock)?;
        let mut report = RoundReport::of(self.now().await?);
        self.round_of_resales(&mut report).await?;
        self.round_of_months(&mut report).await?;
        self.round_of_cases(&mut report).await?;
        tracing::debug!(
            issued = report.issued.len(),
            opened = report.opened.len(),
            urged = report.urged.len(),
            settled = report.settled.len(),
            "round made"
        );
        Ok(report)
    }
}
