//! How a desk is opened, and how a new one is founded.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use redress_kernel::actor::{Actor, By};
use redress_kernel::adoption;
use redress_kernel::adoption::RulesEvent;
use redress_kernel::definition::Definition;
use redress_kernel::id::EmployeeId;
use redress_kernel::organisation::{Organisation, OrganisationCommand};
use redress_kernel::time::{Instant, Zone};
use redress_log::{
    Append, ClockKind, EventLog, Expected, Journal, JournalOptions, MemoryLog, OpenError, Recovery,
    Scanned, StreamWrite,
};

use crate::books;
use crate::change;
use crate::clock::{Clock, HandClock, SystemClock, draw_id};
use crate::desk::{Inner, Redress, stream};
use crate::error::{Error, of_append};
use crate::folded::Folded;
use crate::frame::{self, Mark};
use crate::held::Cases;
use crate::organise;
use crate::projected::Projected;
use crate::rules::{self, Files};

/// How a desk is opened; what is not set is as it is by default.
#[derive(Default)]
pub struct Builder {
    place: Place,
    clock: Option<Arc<dyn Clock>>,
    read_only: bool,
    cases: Option<usize>,
    journal: JournalOptions,
    tell: Option<Tell>,
}

/// How far a reading is that may take a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The journal is read through, in opening or to build its index anew.
    Journal(Scanned),
    /// The views are brought up to the log's head.
    Views {
        /// The position that they have reached.
        position: u64,
        /// The head.
        head: u64,
    },
}

pub(crate) type Tell = Arc<dyn Fn(Progress) + Send + Sync>;

#[derive(Default)]
enum Place {
    #[default]
    Memory,
    Directory(PathBuf),
    Log(Arc<dyn EventLog>),
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

/// What a new log begins with; it lasts.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The company's zone: months and numbers go by it (A6).
    pub zone: Zone,
    /// What the instants are read from.
    pub clock: ClockKind,
    /// The general manager, who approves the rules (M15). If `organisation` does not name him, he joins with
    /// the founding and holds the office.
    pub general_manager: EmployeeId,
    /// Who works where, who holds which office.
    pub organisation: Vec<OrganisationCommand>,
    /// The files of the workflows; none: the built-in ones.
    pub workflows: Option<Vec<Files>>,
    /// The files of the calendars; none: the built-in one.
    pub calendars: Option<Vec<String>>,
}

impl Founding {
    /// A founding with the built-in rules, in Shanghai's zone, by the machine's clock.
    #[must_use]
    pub fn by(general_manager: EmployeeId) -> Self {
        Self {
            zone: Zone::SHANGHAI,
            clock: ClockKind::System,
            general_manager,
            organisation: Vec::new(),
            workflows: None,
            calendars: None,
        }
    }

    /// Says who works where.
    #[must_use]
    pub fn organisation(mut self, changes: Vec<OrganisationCommand>) -> Self {
        self.organisation = changes;
        self
    }

    /// Sets the company's zone.
    #[must_use]
    pub fn zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// Founds by a clock that is moved by hand.
    #[must_use]
    pub fn simulated(mut self) -> Self {
        self.clock = ClockKind::Simulated;
        self
    }
}

impl Builder {
    /// Keeps the log in a directory.
    #[must_use]
    pub fn directory(mut self, path: impl AsRef<Path>) -> Self {
        self.place = Place::Directory(path.as_ref().to_owned());
        self
    }

    /// Keeps the log in memory, for as long as the desk lives.
    #[must_use]
    pub fn memory(mut self) -> Self {
        self.place = Place::Memory;
        self
    }

    /// Takes a log that the host opened.
    #[must_use]
    pub fn log(mut self, log: Arc<dyn EventLog>) -> Self {
        self.place = Place::Log(log);
        self
    }

    /// Takes the time from a clock of the host's. By default: the machine's, or, for a log that was founded with
    /// a simulated clock, one that stands at the last recording.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Opens for reading only: takes no lock, writes nothing, reads beside a process that writes.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// How many cases are kept in memory (4,096).
    #[must_use]
    pub fn cases_in_memory(mut self, cases: usize) -> Self {
        self.cases = Some(cases);
        self
    }

    /// How the journal of a directory is opened: the sizes of its segments, its queue, its index. It must not be
    /// one that is driven [by hand](JournalOptions::by_hand).
    #[must_use]
    pub fn journal(mut self, options: JournalOptions) -> Self {
        self.journal = options;
        self
    }

    /// Who is told how far a reading is that may take a while: of the journal, where what its store knows is not
    /// believed, and of the views. Told from within; it must return soon.
    #[must_use]
    pub fn progress(mut self, tell: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.tell = Some(Arc::new(tell));
        self
    }

    /// The options of the journal, with who is told.
    fn options(&self) -> JournalOptions {
        let options = self.journal.clone();
        match self.tell.clone() {
            Some(tell) => options.tell(move |scanned| tell(Progress::Journal(scanned))),
            None => options,
        }
    }

    /// Opens a log that was founded before.
    ///
    /// # Errors
    /// `not_found`, `locked`, or why the directory cannot be opened; `directory_not_founded` if its founding
    /// was cut off; `other_clock`.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn open(self) -> Result<Redress, Error> {
        let mut recovery = Recovery::default();
        let mut damaged = None;
        let (log, journal) = match &self.place {
            Place::Memory => {
                return Err(Error::invalid(
                    "a log in memory holds nothing that could be opened",
                    "builder",
                    "found it, or name a directory",
                ));
            }
            Place::Log(log) => (log.clone(), None),
            Place::Directory(path) => {
                let path = path.clone();
                let read_only = self.read_only;
                let options = self.options();
                let open = move || match read_only {
                    true => options.open_read_only(&path),
                    false => options.open(&path),
                };
                let journal = Arc::new(apart(open).await?);
                if let Some(damage) = journal.damage() {
                    tracing::warn!(%damage, "the journal is damaged: open for reading only");
                }
                damaged = journal.damage().map(|damage| damage.to_string());
                recovery = journal.recovery().clone();
                (journal.clone() as Arc<dyn EventLog>, Some(journal))
            }
        };
        let desk = self.desk(log, journal, recovery).await?;
        if desk.rules().await?.version == 0 {
            // Behind damage the rules may only be out of sight.
            if let Some(damage) = damaged {
                return Err(Error::Integrity { reason: damage });
            }
            return Err(Error::Directory {
                code: "directory_not_founded",
                reason: "the log is empty: its founding was cut off, or its journal is gone; found it again only if nothing \
                         was recorded in it"
                    .to_owned(),
            });
        }
        Ok(desk)
    }

    /// Founds a log: records the organisation, the calendars and the workflows with the general manager's
    /// approval (M15), all in one append. A directory whose founding was cut off is founded anew.
    ///
    /// # Errors
    /// Why the directory cannot be taken, `rules_faulty`, the refusals of the organisation, `approval_missing`.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn found(self, founding: Founding) -> Result<Redress, Error> {
        let clock = match (&self.clock, founding.clock) {
            (Some(clock), kind) if clock.kind() != kind => {
                return Err(Error::OtherClock { founded: kind });
            }
            (Some(clock), _) => clock.clone(),
            (None, ClockKind::System) => Arc::new(SystemClock) as Arc<dyn Clock>,
            (None, ClockKind::Simulated) => {
                return Err(Error::invalid(
                    "a log is founded with a simulated clock, and none is given",
                    "clock",
                    "hand the builder a clock that is moved by hand",
                ));
            }
        };
        // Everything is read before anything is made: faulty rules leave no directory behind.
        let opening = Opening::of(&founding, clock.now())?;
        let log_id = draw_id(&*clock);
        let (log, journal) = match &self.place {
            Place::Memory => {
                let log = MemoryLog::new(log_id, founding.zone.name(), founding.clock);
                (Arc::new(log) as Arc<dyn EventLog>, None)
            }
            Place::Log(log) => (log.clone(), None),
            Place::Directory(path) => {
                let path = path.clone();
                let marker = redress_log::Founding {
                    log_id,
                    zone: founding.zone.name().to_owned(),
                    clock: founding.clock,
                };
                let options = self.options();
                let create = move || match options.clone().create(&path, &marker) {
                    // Looked at first: a log that is there already is not touched.
                    Err(error @ OpenError::Exists { .. }) => match Journal::open_read_only(&path) {
                        Ok(journal)
                            if journal.head().0 == 0
                                && journal.damage().is_none()
                                && journal.info().zone == marker.zone
                                && journal.info().clock == marker.clock =>
                        {
                            options.found_again(&path)
                        }
                        _ => Err(error),
                    },
                    other => other,
                };
                let journal = Arc::new(apart(create).await?);
                (journal.clone() as Arc<dyn EventLog>, Some(journal))
            }
        };
        let builder = Self {
            clock: Some(clock),
            ..self
        };
        let desk = builder.desk(log, journal, Recovery::default()).await?;
        desk.record_founding(opening).await?;
        Ok(desk)
    }

    async fn desk(
        self,
        log: Arc<dyn EventLog>,
        journal: Option<Arc<Journal>>,
        recovery: Recovery,
    ) -> Result<Redress, Error> {
        let info = log.info();
        let zone = Zone::parse(&info.zone).map_err(|e| Error::Integrity {
            reason: e.to_string(),
        })?;
        let founded = info.clock;
        let clock = match self.clock {
            Some(clock) if clock.kind() != founded => return Err(Error::OtherClock { founded }),
            Some(clock) => clock,
            None => match founded {
                ClockKind::System => Arc::new(SystemClock) as Arc<dyn Clock>,
                ClockKind::Simulated => Arc::new(HandClock::at(last_recorded(&*log).await?)),
            },
        };
        let desk = Redress {
            inner: Arc::new(Inner {
                reading: self.read_only || journal.as_ref().is_some_and(|j| j.is_read_only()),
                journal,
                tell: self.tell,
                recovery,
                zone,
                watch: crate::clock::Watch::of(&*clock),
                clock,
                rules: Folded::new(stream("rules", "main")?),
                organisation: Folded::new(stream("organisation", "main")?),
                staff: Folded::new(stream("staff", "main")?),
                books: books::Shelf::default(),
                confirmed: Folded::new(stream("clock", "main")?),
                lives: Folded::new(stream("log", "main")?),
                organising: tokio::sync::Mutex::default(),
                cases: Cases::new(self.cases.unwrap_or(4096)),
                series: crate::series::AllSeries::default(),
                flights: Mutex::default(),
                recorded: Mutex::new((0, Instant::MIN)),
                projected: tokio::sync::RwLock::new(Projected::default()),
                log,
            }),
        };
        tracing::debug!(log = %desk.info().log_id, head = desk.head(), "opened");
        Ok(desk)
    }
}

/// When a log was last written to.
async fn last_recorded(log: &dyn EventLog) -> Result<Instant, Error> {
    let everything = redress_log::Filter::everything();
    let page = log.all(log.head(), &everything, 1).await?;
    match page.records.first() {
        Some(recorded) => frame::instant(recorded.recorded_at),
        None => Ok(Instant::MIN),
    }
}

/// What a log's first append holds.
struct Opening {
    organisation: Vec<redress_kernel::organisation::OrganisationEvent>,
    rules: Vec<RulesEvent>,
    actor: Actor,
    at: Instant,
}

impl Opening {
    fn of(founding: &Founding, at: Instant) -> Result<Self, Error> {
        let manager = &founding.general_manager;
        let calendars = match &founding.calendars {
            Some(files) => files.clone(),
            None => rules::built_in_calendars(),
        };
        let workflows = match &founding.workflows {
            Some(workflows) => workflows.clone(),
            None => rules::built_in_workflows(),
        };
        let mut adopted = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        for file in calendars {
            let (calendar, event) = rules::calendar_adoption(file)?;
            known.insert(calendar.id().to_owned());
            adopted.push(event);
        }
        let mut definitions = Vec::new();
        for files in workflows {
            let (workflow, event) = rules::adoption(files, manager)?;
            if !known.contains(&workflow.definition.calendar) {
                return Err(Error::CalendarMissing {
                    calendar: workflow.definition.calendar,
                });
            }
            definitions.push(workflow.definition);
            adopted.push(event);
        }
        let at = at.to_whole_second();
        let changes = with_manager(founding, &definitions, at);
        let mut organisation = Organisation::default();
        let mut events = Vec::new();
        for command in &changes {
            Organisation::check_places(command, &definitions)?;
            for event in organisation.decide(command)? {
                organisation.evolve(&event);
                events.push(event);
            }
        }
        let by = By::employee(manager.clone());
        let mut actor = organisation.resolve(&by, &[], at)?;
        for definition in &definitions {
            actor = adoption::approve(None, definition, &organisation, &by, at)?;
        }
        Ok(Self {
            organisation: events,
            rules: adopted,
            actor,
            at,
        })
    }
}

/// The changes of a founding; a general manager whom they do not name joins and takes the office.
fn with_manager(
    founding: &Founding,
    definitions: &[Definition],
    from: Instant,
) -> Vec<OrganisationCommand> {
    let employee = &founding.general_manager;
    let named = founding.organisation.iter().any(
        |change| matches!(change, OrganisationCommand::Join { employee: e, .. } if e == employee),
    );
    let mut changes = Vec::new();
    if !named {
        let departments = || definitions.iter().flat_map(|d| &d.departments);
        let department = departments()
            .find(|department| department.id == "gm-office")
            .or_else(|| departments().next());
        changes.extend(department.map(|department| OrganisationCommand::Join {
            employee: employee.clone(),
            department: department.id.clone(),
            unit: None,
            from,
        }));
        let duty = definitions.iter().find_map(|d| d.approved_by.as_ref());
        changes.extend(duty.map(|duty| OrganisationCommand::HoldOffice {
            office: duty.office.clone(),
            employee: employee.clone(),
            from,
        }));
    }
    changes.extend(founding.organisation.iter().cloned());
    changes
}

impl Redress {
    async fn record_founding(&self, opening: Opening) -> Result<(), Error> {
        let id = draw_id(&*self.inner.clock);
        let mark = Mark::of(id, &"found")?;
        let Opening {
            organisation,
            rules,
            actor,
            at,
        } = opening;
        let organisation = change::records(organise::parts(&organisation), at, &actor, &mark)?;
        let mut adopted = Vec::with_capacity(rules.len());
        for (event, index) in rules.iter().zip(organisation.len()..) {
            adopted.push(organise::of_rules(event, at, &actor, &mark, index)?);
        }
        let write = |stream: &redress_log::StreamId, events| StreamWrite {
            stream: stream.clone(),
            expected: Expected::Count(0),
            events,
        };
        let append = Append {
            recorded_at: frame::stamp(self.inner.clock.now())?,
            writes: vec![
                write(self.inner.organisation.stream(), organisation),
                write(self.inner.rules.stream(), adopted),
            ],
        };
        let appended = self.inner.log.append(append).await;
        let appended = appended.map_err(|e| of_append(e, id))?;
        let at = frame::instant(appended.recorded_at)?;
        self.inner.note_recorded(appended.last, at);
        Ok(())
    }
}

/// Opens a journal where it may take its time, if there is such a place.
async fn apart<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, Error> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Ok(open()?);
    }
    match tokio::task::spawn_blocking(open).await {
        Ok(opened) => Ok(opened?),
        Err(error) => Err(Error::Unavailable {
            reason: format!("opening was broken off: {error}"),
        }),
    }
}
