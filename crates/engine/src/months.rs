//! The month: commands on it, and on persons' bonuses. What follows goes to the month, its cases and persons' ledgers
//! in one append, each at the version on which it was decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redress_core::account::Account;
use redress_core::employment::{away_in, left_in};
use redress_core::event::Event;
use redress_core::month::{self, MonthCommand, MonthDecision, MonthState, TreeHead};
use redress_core::person::{self, PersonCommand};
use redress_core::regulation::{MoneyDuties, Workflow};
use redress_core::{month as core_month, refusal};
use redress_kernel::actor::By;
use redress_kernel::decide::{Dated, Who, of_department};
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::organisation::Organisation;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::{Instant, Month};
use redress_log::{Append, AppendError, Expected, Filter, Position, StreamWrite};
use serde::Serialize;
use uuid::Uuid;

use crate::books::{Booked, Books, MONTHS, PERSONS};
use crate::chain;
use crate::change::Sending;
use crate::desk::{Redress, stream};
use crate::error::{Error, of_append};
use crate::execute::{self, Present};
use crate::frame::{self, Mark};
use crate::held::Held;

/// How often a command is decided anew when others came between.
const ATTEMPTS: usize = 32;

/// What a command on a month came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthAnswer {
    /// The command's id.
    pub command: Uuid,
    /// The month.
    pub month: Month,
    /// Its version behind the command.
    pub version: u64,
    /// How many cases were told; 0 for a command that had been done before: it tells nobody anew.
    pub cases: usize,
    /// How many persons' ledgers were; likewise.
    pub persons: usize,
    /// Whether it had been done before.
    pub repeated: bool,
}

/// What the bonus of a person came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BonusAnswer {
    /// The command's id.
    pub command: Uuid,
    /// Who.
    pub employee: EmployeeId,
    /// The ledger's version behind the command.
    pub version: u64,
    /// Whether it had been done before.
    pub repeated: bool,
}

impl Redress {
    /// Does a command on a month (M9-10, M12). It happens when it is recorded.
    ///
    /// # Errors
    /// `Refused` by a rule, as by [`MonthCommand::check_names`]; `OtherContent` for an id used before; `Unknown` if the disk
    /// failed in the midst; `ReadOnly`, `Busy`, `Unavailable`. But for `Unknown` nothing is stored.
    pub async fn do_month(
        &self,
        by: &By,
        command: MonthCommand,
        sending: impl Into<Sending>,
    ) -> Result<MonthAnswer, Error> {
        let sending = sending.into();
        let mark = self.admit(sending, &(by, &command)).await?;
        let id = mark.id;
        let month = command.month();
        for _ in 0..ATTEMPTS {
            let present = self.present().await?;
            let asked = Asked::of(&command);
            let mut known = self.look(|books| asked.see(books)).await?;
            if asked.closes {
                known.tree_head = self.tree_head();
            }
            if asked.opens {
                known.founded = self.founded().await?;
            }
            if let Some(booked) = &known.month
                && let Some(version) = booked.done.version(&mark)?
            {
                return Ok(MonthAnswer {
                    command: id,
                    month,
                    version,
                    cases: 0,
                    persons: 0,
                    repeated: true,
                });
            }
            let versions = present.rules.state.versions();
            command.check_names(versions.map(|version| &version.workflow.definition))?;
            let cases = self.cases_of_month(&known, &command, &present).await?;
            let who = Who::Person(by);
            let decision = self.judge_month(&present, &known, &cases, &command, who)?;
            let (told, persons) = (decision.cases.len(), decision.persons.len());
            let version = known.version();
            let writes = writes(&mark, month, &decision, &cases, &known)?;
            let as_of = AsOf::of(&present);
            drop(present);
            if sending.dry_run || self.append(writes, as_of, id).await? {
                let count = u64::try_from(decision.month.len()).unwrap_or(u64::MAX);
                return Ok(MonthAnswer {
                    command: id,
                    month,
                    version: version.saturating_add(count),
                    cases: told,
                    persons,
                    repeated: false,
                });
            }
        }
        Err(Error::Busy)
    }

    /// Records the bonus of somebody's month (P3, A22).
    ///
    /// # Errors
    /// The refusals of [`PersonCommand::check_person`] and [`person::decide`]; `wrong_department` for whoever has not the
    /// duty; `OtherContent`, or what the log meets.
    pub async fn do_person(
        &self,
        by: &By,
        employee: &EmployeeId,
        command: PersonCommand,
        sending: impl Into<Sending>,
    ) -> Result<BonusAnswer, Error> {
        let sending = sending.into();
        let mark = self.admit(sending, &(by, employee, &command)).await?;
        let id = mark.id;
        let stream = stream(PERSONS, employee.as_str())?;
        for _ in 0..ATTEMPTS {
            let present = self.present().await?;
            let workflow = self.complaint_workflow(&present, present.now)?;
            let duty = &duties(&workflow)?.pay;
            let organisation = &present.organised.state.organisation;
            let actor = organisation.resolve(by, &[], present.now)?;
            of_department(&actor, &duty.departments, &duty.clause)?;
            command.check_person(organisation, employee)?;
            let booked = self
                .look(|books| books.persons.get(employee).cloned())
                .await?;
            let version = booked.as_ref().map_or(0, |booked| booked.version);
            if let Some(booked) = &booked
                && let Some(version) = booked.done.version(&mark)?
            {
                return Ok(BonusAnswer {
                    command: id,
                    employee: employee.clone(),
                    version,
                    repeated: true,
                });
            }
            let currency = regulation(&workflow)?.currency;
            let account = booked.map_or_else(|| Account::new(currency), |booked| booked.state);
            let event = person::decide(&account, employee, &command)?;
            let parts = (event.kind(), event.schema(), event.payload());
            let as_of = AsOf::of(&present);
            // What waits for the log holds no state: whoever reads on meanwhile need not copy it.
            drop(present);
            let at = as_of.now.to_whole_second();
            let record = frame::record(mark.event_id(0), parts, at, &actor, &mark)?;
            let write = StreamWrite {
                stream: stream.clone(),
                expected: Expected::Count(version),
                events: vec![record],
            };
            if sending.dry_run || self.append(vec![write], as_of, id).await? {
                return Ok(BonusAnswer {
                    command: id,
                    employee: employee.clone(),
                    version: version + 1,
                    repeated: false,
                });
            }
        }
        Err(Error::Busy)
    }

    /// A month as it is recorded; none if it was never opened.
    ///
    /// # Errors
    /// What the log meets.
    pub async fn month(&self, month: Month) -> Result<Option<MonthState>, Error> {
        self.refresh()?;
        let state = |books: &Books| books.months.get(&month).map(|booked| booked.state.clone());
        self.look(state).await
    }

    /// The months that were opened, in order.
    ///
    /// # Errors
    /// What the log meets.
    pub async fn opened_months(&self) -> Result<Vec<Month>, Error> {
        self.refresh()?;
        self.look(|books| books.months.keys().copied().collect())
            .await
    }

    /// Somebody's ledger as it is recorded; none for a person without bonus or charge. Which months have a bonus follows from
    /// when he worked here, as the last closing saw it (A24).
    ///
    /// # Errors
    /// What the log meets.
    pub async fn account(&self, employee: &EmployeeId) -> Result<Option<Account>, Error> {
        self.refresh()?;
        let organised = self.organised().await?;
        self.ledger(employee, &organised.state.organisation).await
    }

    /// As [`Redress::account`].
    pub(crate) async fn ledger(
        &self,
        employee: &EmployeeId,
        organisation: &Organisation,
    ) -> Result<Option<Account>, Error> {
        let state = |books: &Books| {
            let closed = books.months.iter().rev();
            let mut closed = closed.filter(|(_, booked)| booked.state.closed.is_some());
            let last = closed.next().map(|(month, _)| *month);
            Some((books.persons.get(employee)?.state.clone(), last))
        };
        let Some((mut account, last)) = self.look(state).await? else {
            return Ok(None);
        };
        if let Some(last) = last {
            account.put_left(left_in(organisation, &self.zone(), employee, last));
            account.put_away(away_in(organisation, &self.zone(), employee, last));
        }
        Ok(Some(account))
    }

    /// The head of the log's tree, which a closing tells; none where the log has no tree.
    fn tree_head(&self) -> Option<TreeHead> {
        let head = self.inner.log.tree_head()?;
        Some(TreeHead {
            size: head.position.0,
            root: head.hash.to_string(),
        })
    }

    /// When the log's first record was recorded.
    async fn founded(&self) -> Result<Instant, Error> {
        let everything = Filter::everything();
        let page = self.inner.log.all(Position(1), &everything, 1).await?;
        match page.records.first() {
            Some(first) => frame::instant(first.recorded_at),
            None => Ok(Instant::MIN),
        }
    }

    pub(crate) async fn look<T>(&self, look: impl FnOnce(&Books) -> T) -> Result<T, Error> {
        self.inner.books.look(&*self.inner.log, look).await
    }

    pub(crate) fn complaint_workflow(
        &self,
        present: &Present,
        at: Instant,
    ) -> Result<Arc<Workflow>, Error> {
        let rules = &present.rules.state;
        let adopted = rules.in_force(&execute::complaint()?, at)?;
        Ok(adopted.workflow.clone())
    }

    /// The cases that a command on a month looks at: those that may be gathered, or that are.
    async fn cases_of_month(
        &self,
        known: &Known,
        command: &MonthCommand,
        present: &Present,
    ) -> Result<BTreeMap<CaseId, Taken>, Error> {
        let gathered = known.month.as_ref().and_then(|m| m.state.gathered.as_ref());
        let mut ids = known.candidates.clone();
        if !matches!(command, MonthCommand::GatherMonth { .. }) {
            let gathered = gathered.iter().flat_map(|(_, gathered)| &gathered.cases);
            ids.extend(gathered.map(|case| case.case));
        }
        let rules = &present.rules.state;
        let mut cases = BTreeMap::new();
        for id in ids {
            let held = self.must_load(id, rules).await?;
            if held.complaint.decision.is_none() {
                continue;
            }
            // Whether a case counts, and what it fines, depends on those that its customer's refusals led to; what was fined
            // in an earlier one of the chain rests on the last (A16).
            let before = self.forms(&held, chain::before, rules).await?;
            let behind = self.forms(&held, chain::behind, rules).await?;
            let key = chain::key(before.last().unwrap_or(&held));
            for held in before.into_iter().chain([held]).chain(behind) {
                let taken = Taken {
                    workflow: rules.of_case(&held, present.now)?,
                    chain: key.clone(),
                    held,
                };
                cases.entry(taken.held.id).or_insert(taken);
            }
        }
        Ok(cases)
    }

    pub(crate) fn judge_month(
        &self,
        present: &Present,
        known: &Known,
        cases: &BTreeMap<CaseId, Taken>,
        command: &MonthCommand,
        who: Who<'_>,
    ) -> Result<MonthDecision, Error> {
        let workflow = self.complaint_workflow(present, present.now)?;
        let ctx = self.context(present, &workflow, who, present.now, None)?;
        let booked = cases
            .iter()
            .map(|(id, taken)| {
                let booked = month::Booked {
                    complaint: &taken.held.complaint,
                    workflow: &taken.workflow,
                    chain: &taken.chain,
                };
                (*id, booked)
            })
            .collect();
        let accounts = known
            .persons
            .iter()
            .map(|(employee, booked)| (employee.clone(), booked.state.clone()))
            .collect();
        let books = core_month::Books {
            regulation: regulation(&workflow)?,
            cases: &booked,
            accounts: &accounts,
            staff: &present.staffed.state.staff,
            still_open: known.still_open,
            closed: &known.closed,
            founded: known.founded,
            tree_head: known.tree_head.as_ref(),
            told: &known.told,
        };
        let unopened = MonthState::default();
        let state = known
            .month
            .as_ref()
            .map_or(&unopened, |booked| &booked.state);
        Ok(month::decide(state, command, &books, &ctx)?)
    }

    /// Appends; false if another came between.
    pub(crate) async fn append(
        &self,
        mut writes: Vec<StreamWrite>,
        as_of: AsOf,
        command: Uuid,
    ) -> Result<bool, Error> {
        // By other rules it might have been decided otherwise: a version that is adopted meanwhile decides anew.
        writes.push(StreamWrite {
            stream: self.inner.rules.stream().clone(),
            expected: Expected::Count(as_of.rules),
            events: Vec::new(),
        });
        let append = Append {
            recorded_at: frame::stamp(as_of.now)?,
            writes,
        };
        match self.inner.log.append(append).await {
            Ok(appended) => {
                let at = frame::instant(appended.recorded_at)?;
                self.inner.note_recorded(appended.last, at);
                Ok(true)
            }
            Err(AppendError::Conflict { .. }) => Ok(false),
            Err(error) => Err(of_append(error, command)),
        }
    }
}

/// When something was decided, and by which version of the rules: what its append needs of the present.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsOf {
    now: Instant,
    rules: u64,
}

impl AsOf {
    pub(crate) fn of(present: &Present) -> Self {
        Self {
            now: present.now,
            rules: present.rules.version,
        }
    }
}

/// What a command on a month is told of the books.
pub(crate) struct Asked {
    month: Month,
    opens: bool,
    gathers: bool,
    /// Whether it rests on the gathering being complete.
    completes: bool,
    closes: bool,
}

/// What they say.
pub(crate) struct Known {
    pub(crate) month: Option<Booked<MonthState>>,
    candidates: BTreeSet<CaseId>,
    persons: BTreeMap<EmployeeId, Booked<Account>>,
    still_open: Option<Month>,
    closed: BTreeSet<Month>,
    founded: Instant,
    tree_head: Option<TreeHead>,
    told: BTreeSet<CaseId>,
}

impl Asked {
    pub(crate) fn of(command: &MonthCommand) -> Self {
        Self {
            month: command.month(),
            opens: matches!(command, MonthCommand::OpenMonth { .. }),
            gathers: matches!(command, MonthCommand::GatherMonth { .. }),
            completes: matches!(
                command,
                MonthCommand::ListDiscipline { .. }
                    | MonthCommand::IssueNotices { .. }
                    | MonthCommand::CloseMonth { .. }
            ),
            closes: matches!(command, MonthCommand::CloseMonth { .. }),
        }
    }

    /// Copies what the command needs: all ledgers only for the closing.
    pub(crate) fn see(&self, books: &Books) -> Known {
        Known {
            month: books.months.get(&self.month).cloned(),
            candidates: match (self.gathers, self.completes, self.opens) {
                (true, ..) => books.candidates(),
                (_, true, _) => books.closed_by(self.month),
                (.., true) => books.waiting_for(self.month),
                _ => BTreeSet::new(),
            },
            persons: match self.closes {
                true => books.persons.clone(),
                false => BTreeMap::new(),
            },
            still_open: books.still_open(self.month),
            closed: match self.gathers || self.opens {
                true => books.closed(),
                false => BTreeSet::new(),
            },
            // Read from the log where it matters: the books leave its first records out.
            founded: Instant::MIN,
            tree_head: None,
            told: match self.gathers {
                true => books.told(),
                false => BTreeSet::new(),
            },
        }
    }
}

impl Known {
    fn version(&self) -> u64 {
        self.month.as_ref().map_or(0, |booked| booked.version)
    }
}

/// What is appended: events, and the versions of cases on which the decision rests.
pub(crate) fn writes(
    mark: &Mark,
    month: Month,
    decision: &MonthDecision,
    cases: &BTreeMap<CaseId, Taken>,
    known: &Known,
) -> Result<Vec<StreamWrite>, Error> {
    let (actor, at) = (&decision.actor, decision.at);
    let mut count = 0;
    let mut records = Vec::with_capacity(decision.month.len());
    for event in &decision.month {
        let parts = (event.kind(), event.schema(), event.payload());
        records.push(frame::record(mark.event_id(count), parts, at, actor, mark)?);
        count += 1;
    }
    let mut writes = vec![StreamWrite {
        stream: stream(MONTHS, &month.to_string())?,
        expected: Expected::Count(known.version()),
        events: records,
    }];
    for (id, taken) in cases {
        let events: Vec<Dated<Event>> = decision
            .cases
            .iter()
            .filter(|(case, _)| case == id)
            .map(|(_, event)| Dated {
                at,
                event: Event::Complaint(event.clone()),
            })
            .collect();
        let events = frame::of_case(&events, actor, mark, count)?;
        count += events.len();
        writes.push(StreamWrite {
            stream: taken.held.stream.clone(),
            expected: Expected::Count(taken.held.version),
            events,
        });
    }
    for (employee, event) in &decision.persons {
        let parts = (event.kind(), event.schema(), event.payload());
        let record = frame::record(mark.event_id(count), parts, at, actor, mark)?;
        count += 1;
        let booked = known.persons.get(employee);
        writes.push(StreamWrite {
            stream: stream(PERSONS, employee.as_str())?,
            expected: Expected::Count(booked.map_or(0, |booked| booked.version)),
            events: vec![record],
        });
    }
    Ok(writes)
}

/// A case that a month looks at.
pub(crate) struct Taken {
    held: Arc<Held>,
    workflow: Arc<Workflow>,
    chain: String,
}

pub(crate) fn regulation(
    workflow: &Workflow,
) -> Result<&redress_core::regulation::Regulation, Refusal> {
    let regulation = workflow.regulation.as_ref();
    regulation
        .ok_or_else(|| Refusal::new(refusal::TABLE_NOT_SET, "M9-10").with("table", "regulation"))
}

pub(crate) fn duties(workflow: &Workflow) -> Result<&MoneyDuties, Refusal> {
    let duties = regulation(workflow)?.money.as_ref();
    duties.ok_or_else(|| Refusal::new(refusal::TABLE_NOT_SET, "P3").with("table", "money"))
}
