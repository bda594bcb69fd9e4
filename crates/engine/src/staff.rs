//! Units, their members, base points and base units: facts of the stream `staff/main`.

use redress_core::refusal;
use redress_core::staff::{Staff, StaffCommand, StaffEvent};
use redress_kernel::actor::By;
use redress_kernel::decide::of_department;
use redress_kernel::refusal::Refusal;
use redress_log::Recorded;
use uuid::Uuid;

use crate::clock;
use crate::desk::Redress;
use crate::error::Error;
use crate::execute;
use crate::frame::{self, Done, Mark};
use crate::organise::Organising;

/// How often a change is tried anew when another came between.
const ATTEMPTS: usize = 32;

/// What the stream `staff/main` says, with the commands that were done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Staffed {
    pub(crate) staff: Staff,
    done: Done,
}

impl Staffed {
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), Error> {
        let payload = recorded.payload.as_str();
        let event = StaffEvent::read(&recorded.kind, recorded.schema, payload)?;
        self.staff.evolve(&event);
        self.done.note(recorded)
    }
}

impl Redress {
    /// Units, members and base units as they are recorded.
    ///
    /// # Errors
    /// What the log meets.
    pub async fn staff(&self) -> Result<Staff, Error> {
        self.refresh()?;
        Ok(self.staffed().await?.state.staff.clone())
    }

    /// Enters a fact about units, members or base units (P3, D5).
    ///
    /// # Errors
    /// The refusals of [`Staff::decide`]; `wrong_department` for whoever has not the duty, `table_not_set` where the
    /// rules name nobody for it; `other_content`, or what the log meets.
    pub async fn enter_staff(
        &self,
        by: &By,
        command: StaffCommand,
        id: Option<Uuid>,
    ) -> Result<Organising, Error> {
        self.writable().await?;
        let id = id.unwrap_or_else(|| clock::draw_id(&*self.inner.clock));
        let mark = Mark::of(id, &(by, &command))?;
        // All change one stream: at once they would only stand in each other's way.
        let _turn = self.inner.organising.lock().await;
        for _ in 0..ATTEMPTS {
            let staffed = self.staffed().await?;
            if let Some(version) = staffed.state.done.version(&mark)? {
                return Ok(Organising {
                    command: id,
                    version,
                    repeated: true,
                });
            }
            let now = self.now().await?;
            let organised = self.organised().await?;
            let actor = organised.state.organisation.resolve(by, &[], now)?;
            let rules = self.rules().await?;
            let adopted = rules.state.in_force(&execute::complaint()?, now)?;
            let duties = adopted.workflow.regulation.as_ref();
            let duties = duties.and_then(|regulation| regulation.money.as_ref());
            let duty = &duties
                .ok_or_else(|| Refusal::new(refusal::TABLE_NOT_SET, "P3").with("table", "money"))?
                .pay;
            of_department(&actor, &duty.departments, &duty.clause)?;
            let event = staffed.state.staff.decide(&command)?;
            let parts = (event.kind(), event.schema(), event.payload());
            let at = now.to_whole_second();
            let record = frame::record(mark.event_id(0), parts, at, &actor, &mark)?;
            let stream = self.inner.staff.stream().clone();
            let stored = self
                .store(stream, staffed.version, vec![record], now, id)
                .await?;
            if let Some(version) = stored {
                return Ok(Organising {
                    command: id,
                    version,
                    repeated: false,
                });
            }
        }
        Err(Error::Busy)
    }
}
