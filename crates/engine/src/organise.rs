//! Changes of the organisation and of the rules, each in its stream.

use redress_kernel::actor::{Actor, By};
use redress_kernel::adoption;
use redress_kernel::adoption::RulesEvent;
use redress_kernel::organisation::{Organisation, OrganisationCommand, OrganisationEvent};
use redress_kernel::time::Instant;
use redress_log::{Append, AppendError, Expected, NewEvent, Recorded, StreamId};
use uuid::Uuid;

use crate::change::{Organising, Parts, Sending};
use crate::clock;
use crate::desk::Redress;
use crate::error::{Error, of_append};
use crate::execute::Present;
use crate::frame::{self, Done, Mark};
use crate::rules::{self, AdoptedWorkflow, Files};

/// How often a change is tried anew when another came between.
const ATTEMPTS: usize = 32;

/// What the stream `organisation/main` says, with the commands that were done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Organised {
    pub(crate) organisation: Organisation,
    done: Done,
}

impl Organised {
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), Error> {
        let payload = recorded.payload.as_str();
        let event = OrganisationEvent::read(&recorded.kind, recorded.schema, payload)?;
        // The note may fail, the fold does not.
        self.done.note(recorded)?;
        self.organisation.evolve(&event);
        Ok(())
    }
}

/// The commands that were done on the stream, and its version.
fn done(present: &Present) -> (&Done, u64) {
    let known = &present.organised;
    (&known.state.done, known.version)
}

impl Redress {
    /// Changes the organisation. The host vouches for who may.
    ///
    /// # Errors
    /// The refusals of [`Organisation::check_places`] and [`Organisation::decide`], `other_content`, or what the log meets.
    pub async fn organise(
        &self,
        by: &By,
        command: OrganisationCommand,
        sending: impl Into<Sending>,
    ) -> Result<Organising, Error> {
        let sending = sending.into();
        let mark = self.admit(sending, &(by, &command)).await?;
        let stream = self.inner.organisation.stream();
        self.change(by, (sending, mark), stream, done, |present, _| {
            let versions = present.rules.state.versions();
            let definitions = versions.map(|version| &version.workflow.definition);
            Organisation::check_places(&command, definitions)?;
            let events = present.organised.state.organisation.decide(&command)?;
            Ok(parts(&events))
        })
        .await
    }

    /// Adopts a version of a workflow, approved by the holder of the office that must (M15).
    ///
    /// # Errors
    /// `approval_missing`, `rules_faulty`, `invalid` if the version is adopted already with other files, or what
    /// the log meets.
    pub async fn adopt(&self, files: Files, by: &By) -> Result<AdoptedWorkflow, Error> {
        self.writable().await?;
        let (workflow, _) = rules::adoption(files.clone(), &by.employee)?;
        let definition = &workflow.definition;
        for _ in 0..ATTEMPTS {
            let known = self.rules().await?;
            if let Ok(adopted) = known.state.version(&definition.id, &definition.version) {
                if adopted.workflow.hash == workflow.hash {
                    return Ok(adopted.clone());
                }
                return Err(Error::invalid(
                    format!(
                        "version `{}` of `{}` has been adopted with other files",
                        definition.version, definition.id
                    ),
                    "version",
                    "give the new text of the rules a new version",
                ));
            }
            known.state.calendar(&definition.calendar)?;
            let now = self.now().await?;
            let organised = self.organised().await?;
            let in_force = known
                .state
                .in_force(&definition.id, now)
                .ok()
                .map(|v| &v.workflow.definition);
            let actor =
                adoption::approve(in_force, definition, &organised.state.organisation, by, now)?;
            let approved_by = principal(by);
            let (_, event) = rules::adoption(files.clone(), approved_by)?;
            if self.store_rules(&event, known.version, &actor, now).await? {
                let rules = self.rules().await?;
                return rules
                    .state
                    .version(&definition.id, &definition.version)
                    .cloned();
            }
        }
        Err(Error::Busy)
    }

    /// Adopts a calendar's file, such as one with the holidays of another year. Deadlines that were provisional
    /// are reckoned anew by the next round. It moves deadlines, so whoever must approve a workflow that goes by it must
    /// approve it too (M15). A calendar that is in force already is not recorded again.
    ///
    /// # Errors
    /// `rules_faulty`, `unknown_employee`, `approval_missing`, or what the log meets.
    pub async fn adopt_calendar(&self, file: String, by: &By) -> Result<(), Error> {
        self.writable().await?;
        let (calendar, event) = rules::calendar_adoption(file)?;
        for _ in 0..ATTEMPTS {
            let known = self.rules().await?;
            let now = self.now().await?;
            let organised = self.organised().await?;
            let organisation = &organised.state.organisation;
            let mut actor = organisation.resolve(by, &[], now)?;
            for definition in known.state.going_by(calendar.id(), now) {
                actor = adoption::approve(Some(definition), definition, organisation, by, now)?;
            }
            let in_force = known.state.calendar(calendar.id());
            if in_force.is_ok_and(|in_force| **in_force == calendar)
                || self.store_rules(&event, known.version, &actor, now).await?
            {
                return Ok(());
            }
        }
        Err(Error::Busy)
    }

    async fn store_rules(
        &self,
        event: &RulesEvent,
        version: u64,
        actor: &Actor,
        now: Instant,
    ) -> Result<bool, Error> {
        let id = clock::draw_id(&*self.inner.clock);
        let record = of_rules(event, now, actor, &Mark::of(id, &"adopt")?, 0)?;
        let stream = self.inner.rules.stream().clone();
        let stored = self.store(stream, version, vec![record], now, id).await?;
        Ok(stored.is_some())
    }

    /// Stores records in a stream at a version; none if another came between.
    pub(crate) async fn store(
        &self,
        stream: StreamId,
        version: u64,
        records: Vec<NewEvent>,
        now: Instant,
        command: Uuid,
    ) -> Result<Option<u64>, Error> {
        let expected = Expected::Count(version);
        let append = Append::one(frame::stamp(now)?, stream.clone(), expected, records);
        match self.inner.log.append(append).await {
            Ok(appended) => {
                let at = frame::instant(appended.recorded_at)?;
                self.inner.note_recorded(appended.last, at);
                Ok(appended.version(&stream).map(|v| v.0))
            }
            Err(AppendError::Conflict { .. }) => Ok(None),
            Err(error) => Err(of_append(error, command)),
        }
    }
}

/// In whose name somebody acts.
pub(crate) fn principal(by: &By) -> &redress_kernel::id::EmployeeId {
    by.principal.as_ref().unwrap_or(&by.employee)
}

/// The parts of events of the organisation.
pub(crate) fn parts(events: &[OrganisationEvent]) -> Vec<Parts> {
    let parts = |event: &OrganisationEvent| (event.kind(), event.schema(), event.payload());
    events.iter().map(parts).collect()
}

pub(crate) fn of_rules(
    event: &RulesEvent,
    at: Instant,
    actor: &Actor,
    mark: &Mark,
    index: usize,
) -> Result<NewEvent, Error> {
    let parts = (event.kind(), event.schema(), event.payload());
    let at = at.to_whole_second();
    frame::record(mark.event_id(index), parts, at, actor, mark)
}
