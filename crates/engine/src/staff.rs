//! Units, their members, base points and base units: facts of the stream `staff/main`.

use redress_core::staff::{Staff, StaffCommand, StaffEvent};
use redress_kernel::actor::By;
use redress_kernel::decide::of_department;
use redress_log::Recorded;

use crate::change::{Organising, Sending};
use crate::desk::Redress;
use crate::error::Error;
use crate::execute::{self, Present};
use crate::frame::Done;
use crate::months;

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
        // The note may fail, the fold does not.
        self.done.note(recorded)?;
        self.staff.evolve(&event);
        Ok(())
    }
}

/// The commands that were done on the stream, and its version.
fn done(present: &Present) -> (&Done, u64) {
    let known = &present.staffed;
    (&known.state.done, known.version)
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
    /// The refusals of [`StaffCommand::check_names`] and [`Staff::decide`]; `wrong_department` for whoever has not the
    /// duty, `table_not_set` where the rules name nobody for it; `other_content`, or what the log meets.
    pub async fn enter_staff(
        &self,
        by: &By,
        command: StaffCommand,
        sending: impl Into<Sending>,
    ) -> Result<Organising, Error> {
        let sending = sending.into();
        let mark = self.admit(sending, &(by, &command)).await?;
        let stream = self.inner.staff.stream();
        self.change(by, (sending, mark), stream, done, |present, actor| {
            let rules = &present.rules.state;
            let workflow = &rules
                .in_force(&execute::complaint()?, present.now)?
                .workflow;
            let duty = &months::duties(workflow)?.pay;
            of_department(actor, &duty.departments, &duty.clause)?;
            let definitions = rules.versions().map(|version| &version.workflow.definition);
            command.check_names(&present.organised.state.organisation, definitions)?;
            let event = present.staffed.state.staff.decide(&command)?;
            Ok(vec![(event.kind(), event.schema(), event.payload())])
        })
        .await
    }
}
