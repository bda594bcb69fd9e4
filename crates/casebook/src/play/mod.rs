//! Plays a story by the rules: kernel and core decide, this only remembers what they said.

mod command;
mod hurry;
mod money;
mod month;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redress_core::account::Account;
use redress_core::command::Command;
use redress_core::complaint::Complaint;
use redress_core::decide::{Beside, command_of, decide};
use redress_core::event::Event;
use redress_core::month::{MonthEvent, MonthState};
use redress_core::regulation::Workflow;
use redress_core::staff::Staff;
use redress_kernel::actor::{Actor, By};
use redress_kernel::adoption;
use redress_kernel::calendar::Calendar;
use redress_kernel::case::{Meta, Status};
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::{Context, Decision, Who};
use redress_kernel::event::{CaseEvent, Numbered};
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::organisation::Organisation;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::{Instant, Month};

use crate::fault::{Fault, Wrong, wrong};
use crate::people;
use crate::rules::{self, Rules};
use crate::sentence::{Acting, Deed, Sentence};
use crate::story::Story;
use crate::table::Table;

/// What a story led to.
pub(crate) struct Play<'s> {
    pub(crate) story: &'s Story,
    rules: Rules,
    /// The workflow of the story, by id.
    main: String,
    organisation: Organisation,
    pub(crate) staff: Staff,
    /// Persons' ledgers.
    pub(crate) accounts: BTreeMap<EmployeeId, Account>,
    /// Months that were opened.
    pub(crate) months: BTreeMap<Month, MonthState>,
    /// What rounds did about months, in order.
    pub(crate) by_rounds: Vec<(Instant, Month, MonthEvent)>,
    pub(crate) cases: Vec<Told>,
    /// Numbers given, by series and month, with the short name of the case.
    pub(crate) numbers: BTreeMap<(String, Month), Vec<Given>>,
    /// Ids of cases by their short names; they may be named before they are opened.
    pub(crate) names: Vec<String>,
    now: Instant,
    /// When the story's first deed was recorded: its log begins there.
    founded: Option<Instant>,
    pub(crate) refusals: Vec<(String, Refusal)>,
    pub(crate) asked: Vec<Table>,
    /// Versions adopted by the story, with the instant.
    adopted: Vec<(Instant, Arc<Workflow>)>,
}

/// A number, and the short name of the case that got it.
pub(crate) struct Given {
    pub(crate) number: Numbered,
    pub(crate) case: String,
}

impl Given {
    /// Whether it was given to one of the others.
    pub(crate) fn is_other(&self) -> bool {
        self.case.starts_with(OTHER)
    }
}

/// One case of a story.
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) workflow: Arc<Workflow>,
    pub(crate) complaint: Complaint,
    pub(crate) events: Vec<Recorded>,
}

impl Told {
    /// Whether it is one of the others, of which a story only says how many there are.
    pub(crate) fn is_other(&self) -> bool {
        self.name.starts_with(OTHER)
    }
}

/// The short name of a case that no table shows begins so.
const OTHER: char = '#';

/// One event with its frame.
pub(crate) struct Recorded {
    pub(crate) at: Instant,
    pub(crate) recorded: Instant,
    pub(crate) actor: Actor,
    pub(crate) event: Event,
}

/// Why a sentence did not come about.
pub(crate) enum Stop {
    /// A rule says no.
    Refused(Box<Refusal>),
    /// The sentence makes no sense, or the rules contradict themselves.
    Wrong(Wrong),
}

impl From<Wrong> for Stop {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl<'s> Play<'s> {
    /// Plays the whole story.
    ///
    /// # Errors
    /// The first [`Fault`]: something that the story does not foresee.
    pub(crate) fn of(story: &'s Story, rules: &Rules) -> Result<Self, Fault> {
        let main = rules.workflow(&story.workflow).cloned().ok_or_else(|| {
            let known: Vec<&str> = rules
                .workflows
                .iter()
                .map(|w| w.definition.id.as_str())
                .collect();
            wrong(
                format!("there is no workflow `{}`", story.workflow),
                format!("the workflows are: {}", known.join(", ")),
            )
            .at(&story.file, 1)
        })?;
        let mut rules = rules.clone();
        let mut workflow = (*main).clone();
        for entry in &story.with {
            workflow =
                rules::change(&workflow, entry).map_err(|w| w.at(&story.file, entry.line))?;
        }
        let main = workflow.definition.id.to_string();
        if !story.with.is_empty() {
            rules.workflows.push(Arc::new(workflow));
        }
        let organisation = people::company()
            .map_err(|e| wrong(e.to_string(), "mend the standard company").at(&story.file, 1))?;
        let mut play = Self {
            story,
            rules,
            main,
            organisation,
            staff: Staff::default(),
            accounts: BTreeMap::new(),
            months: BTreeMap::new(),
            by_rounds: Vec::new(),
            cases: Vec::new(),
            numbers: BTreeMap::new(),
            names: Vec::new(),
            now: Instant::MIN,
            founded: None,
            refusals: Vec::new(),
            asked: Vec::new(),
            adopted: Vec::new(),
        };
        for sentence in &story.sentences {
            play.sentence(sentence)?;
        }
        Ok(play)
    }

    fn sentence(&mut self, sentence: &Sentence) -> Result<(), Fault> {
        let at_line = |wrong: Wrong| wrong.at(&self.story.file, sentence.line);
        if let Some(at) = sentence.at {
            let recorded = sentence.recorded.unwrap_or(at);
            if recorded < self.now {
                return Err(at_line(wrong(
                    "the story goes back in time",
                    "say when it was recorded: `2026-03-02 09:30 (recorded 2026-03-05 10:00) …`",
                )));
            }
            self.now = recorded;
            self.founded.get_or_insert(recorded);
        }
        let outcome = self.deed(sentence, sentence.at.unwrap_or(self.now));
        let at_line = |wrong: Wrong| wrong.at(&self.story.file, sentence.line);
        match (outcome, sentence.refused) {
            (Ok(()), false) => Ok(()),
            (Err(Stop::Refused(refusal)), true) => {
                self.refusals.push((sentence.text.clone(), *refusal));
                Ok(())
            }
            (Ok(()), true) => Err(at_line(wrong(
                format!("`{}` was not refused", sentence.text),
                "take `refused:` away, or find out why no rule says no",
            ))),
            (Err(Stop::Refused(refusal)), false) => Err(at_line(wrong(
                format!(
                    "`{}` was refused, {}: {} {:?}",
                    sentence.text, refusal.clause, refusal.code, refusal.args
                ),
                "write `refused:` before the deed if that is right",
            ))),
            (Err(Stop::Wrong(wrong)), _) => Err(at_line(wrong)),
        }
    }

    fn deed(&mut self, sentence: &Sentence, at: Instant) -> Result<(), Stop> {
        self.follow_rules(at)?;
        if let Some(acting) = &sentence.who {
            self.check_department(acting, at)?;
        }
        if let Some(entry) = sentence.entries.first().filter(|_| !sentence.takes_lines()) {
            return Err(wrong(
                format!(
                    "`{}` stands below a sentence that takes no lines",
                    entry.name
                ),
                "take the indented lines away",
            )
            .into());
        }
        match &sentence.deed {
            Deed::Go { case, until } => self.hurry(case, until, &sentence.entries, at),
            Deed::Many { count } => self.many(*count, at),
            Deed::Round => {
                for index in 0..self.cases.len() {
                    self.round(index, at)?;
                }
                self.round_of_months(at)
            }
            Deed::AskOverdue | Deed::AskRules => {
                let table = match sentence.deed {
                    Deed::AskOverdue => crate::answer::overdue(self, at),
                    _ => crate::answer::rules(self.workflow_at(at)?),
                };
                self.asked.extend(table);
                Ok(())
            }
            Deed::AskForm { form } => {
                let table = crate::answer::form(self.workflow_at(at)?, form)?;
                self.asked.push(table);
                Ok(())
            }
            Deed::AskExplain { case, visit } => {
                let told = self.told(case)?;
                let calendar = self.calendar_of(&told.workflow)?;
                let table = crate::answer::explain(self, told, &calendar, *visit)?;
                self.asked.push(table);
                Ok(())
            }
            Deed::AskYear { year } => {
                let calendar = self.calendar_of(self.workflow_at(at)?)?;
                self.asked.push(crate::answer::year(&calendar, *year)?);
                Ok(())
            }
            Deed::AskDue { span, from } => {
                let workflow = self.workflow_at(at)?.clone();
                let calendar = self.calendar_of(&workflow)?;
                let row = crate::answer::due(&calendar, &self.story.zone, *span, *from)?;
                crate::answer::add_due(&mut self.asked, row);
                Ok(())
            }
            Deed::Publish { year } => self.publish(*year, &sentence.entries),
            Deed::Adopt { version } => self.adopt(sentence, version, at),
            Deed::Join { .. }
            | Deed::Leave
            | Deed::Hold { .. }
            | Deed::Head { .. }
            | Deed::Deputise { .. } => self.organise(sentence, at),
            Deed::Money(deed) => self.money(sentence, deed, at),
            _ => self.command(sentence, at),
        }
    }

    fn check_department(&self, acting: &Acting, at: Instant) -> Result<(), Wrong> {
        let Some(said) = &acting.department else {
            return Ok(());
        };
        let works_in = self.organisation.department_of(&acting.employee, at);
        if works_in == Some(said) {
            return Ok(());
        }
        let works_in = works_in.map_or_else(
            || "does not work here".to_owned(),
            |d| format!("works in {d}"),
        );
        Err(wrong(
            format!("{} {works_in}, not in {said}", acting.employee),
            "name somebody of that department, or let the person join it",
        ))
    }

    /// The cases that tables show.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Told> {
        self.cases.iter().filter(|told| !told.is_other())
    }

    /// The id of a case by its short name.
    pub(crate) fn id(&mut self, name: &str) -> Result<CaseId, Wrong> {
        let place = match self.names.iter().position(|n| n == name) {
            Some(place) => place,
            None => {
                self.names.push(name.to_owned());
                self.names.len() - 1
            }
        };
        id_at(place).ok_or_else(|| wrong("too many cases", "tell fewer in one story"))
    }

    /// The id of a case whose short name has been used.
    pub(crate) fn known_id(&self, name: &str) -> Option<CaseId> {
        id_at(self.names.iter().position(|n| n == name)?)
    }

    /// The short name of a case by its id.
    pub(crate) fn name(&self, id: CaseId) -> String {
        let id = id.to_string();
        id.rsplit('-')
            .next()
            .and_then(|n| n.parse::<usize>().ok())
            .and_then(|n| self.names.get(n.checked_sub(1)?))
            .cloned()
            .unwrap_or(id)
    }

    pub(crate) fn told(&self, name: &str) -> Result<&Told, Wrong> {
        self.cases.iter().find(|c| c.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.cases.iter().map(|c| c.name.as_str()).collect();
            wrong(
                format!("{name} has not been opened"),
                format!("cases so far: {}", known.join(", ")),
            )
        })
    }

    /// The version of the story's workflow in force at an instant (M15).
    fn workflow_at(&self, at: Instant) -> Result<&Arc<Workflow>, Wrong> {
        let adopted = self
            .adopted
            .iter()
            .rev()
            .find(|(from, _)| *from <= at)
            .map(|(_, workflow)| workflow);
        match adopted {
            Some(workflow) => Ok(workflow),
            None => self.workflow_of(&self.main),
        }
    }

    /// A case that has not been accepted goes by the version in force at the instant of what is done on it (M15).
    fn follow_rules(&mut self, at: Instant) -> Result<(), Wrong> {
        let in_force = self.workflow_at(at)?.clone();
        for told in &mut self.cases {
            let (case, own) = (&told.complaint.case, &told.workflow.definition);
            if own.id == in_force.definition.id
                && adoption::goes_by_version_in_force(case, own, &in_force.definition)
            {
                told.workflow = in_force.clone();
            }
        }
        Ok(())
    }

    fn workflow_of(&self, id: &str) -> Result<&Arc<Workflow>, Wrong> {
        self.rules.workflow(id).ok_or_else(|| {
            wrong(
                format!("there is no workflow `{id}`"),
                "name a workflow that is built in",
            )
        })
    }

    pub(crate) fn calendar_of(&self, workflow: &Workflow) -> Result<Arc<Calendar>, Wrong> {
        let id = &workflow.definition.calendar;
        self.rules.calendar(id).cloned().ok_or_else(|| {
            wrong(
                format!("there is no calendar `{id}`"),
                "name a calendar that is built in",
            )
        })
    }

    fn round(&mut self, index: usize, at: Instant) -> Result<(), Stop> {
        let Some(told) = self.cases.get(index) else {
            return Ok(());
        };
        let name = told.name.clone();
        self.decide(&name, &CaseCommand::Round {}.into(), Who::Engine, at)
    }

    /// Lets the rules decide a command on a case that is known, and remembers what they said.
    fn decide(
        &mut self,
        name: &str,
        command: &Command,
        who: Who<'_>,
        at: Instant,
    ) -> Result<(), Stop> {
        let told = self.told(name)?;
        let workflow = told.workflow.clone();
        let decision = self.decision(&workflow, Some(&told.complaint), command, who, at)?;
        self.remember(name, &workflow, decision)
    }

    /// Opens a case.
    fn open(
        &mut self,
        name: &str,
        workflow: &Arc<Workflow>,
        command: &Command,
        by: &By,
        at: Instant,
    ) -> Result<(), Stop> {
        if self.cases.iter().any(|c| c.name == name) {
            return Err(wrong(
                format!("{name} has been opened already"),
                "give the new case a short name of its own",
            )
            .into());
        }
        self.id(name)?;
        let decision = self.decision(workflow, None, command, Who::Person(by), at)?;
        self.remember(name, workflow, decision)
    }

    fn decision(
        &self,
        workflow: &Workflow,
        complaint: Option<&Complaint>,
        command: &Command,
        who: Who<'_>,
        at: Instant,
    ) -> Result<Decision<Event>, Stop> {
        let calendar = self.calendar_of(workflow)?;
        let period = Month::of(at, &self.story.zone);
        let serial = workflow.definition.numbering.as_ref().map(|numbering| {
            let given = self.numbers.get(&(numbering.series.clone(), period));
            given.map_or(0, |list| list.len() as u64) + 1
        });
        let context = Context {
            definition: &workflow.definition,
            calendar: &calendar,
            zone: &self.story.zone,
            organisation: &self.organisation,
            who,
            at,
            now: self.now,
            serial,
        };
        let successor = complaint.and_then(|complaint| complaint.successor);
        let successor = successor.and_then(|id| self.told(&self.name(id)).ok());
        let sentenced_before = complaint.map_or_else(BTreeSet::new, |c| self.sentenced_before(c));
        let beside = Beside {
            staff: &self.staff,
            sentenced_before: &sentenced_before,
            successor_withdrawn: successor
                .is_some_and(|c| matches!(c.complaint.case.status, Status::Withdrawn { .. })),
        };
        let decision = decide(workflow, complaint, command, &context, &beside)?;
        let events: Vec<Event> = decision.events.iter().map(|d| d.event.clone()).collect();
        if events.is_empty() {
            return Ok(decision);
        }
        // What is recorded must tell what was commanded, and lead to the same again.
        let again = command_of(&events)
            .map(|command| decide(workflow, complaint, &command, &context, &beside));
        if again.as_ref() == Some(&Ok(decision.clone())) {
            Ok(decision)
        } else {
            Err(wrong(
                "the command read from the events does not lead to the same events",
                "mend `command_of`: decide(state, command_of(events)) == events",
            )
            .into())
        }
    }

    fn remember(
        &mut self,
        name: &str,
        workflow: &Arc<Workflow>,
        decision: Decision<Event>,
    ) -> Result<(), Stop> {
        let place = self.cases.iter().position(|c| c.name == name);
        let (mut complaint, mut events) = match place.map(|place| self.cases.remove(place)) {
            Some(told) => (Some(told.complaint), told.events),
            None => (None, Vec::new()),
        };
        for dated in decision.events {
            let meta = Meta {
                at: dated.at,
                actor: decision.actor.clone(),
            };
            complaint = Complaint::fold(complaint, &dated.event, &meta);
            if let Event::Case(CaseEvent::Numbered(number)) = &dated.event {
                self.numbers
                    .entry((number.series.clone(), number.period))
                    .or_default()
                    .push(Given {
                        number: number.clone(),
                        case: name.to_owned(),
                    });
            }
            events.push(Recorded {
                at: dated.at,
                recorded: self.now,
                actor: decision.actor.clone(),
                event: dated.event,
            });
        }
        let complaint = complaint
            .ok_or_else(|| wrong("a case without an opening", "this is a fault of the rules"))?;
        let told = Told {
            name: name.to_owned(),
            workflow: workflow.clone(),
            complaint,
            events,
        };
        match place {
            Some(place) => self.cases.insert(place, told),
            None => self.cases.push(told),
        }
        Ok(())
    }
}

/// The id of the case whose short name was used as the n-th, from 0.
fn id_at(place: usize) -> Option<CaseId> {
    format!("00000000-0000-4000-8000-{:012}", place + 1)
        .parse()
        .ok()
}

/// Who acts, as the rules want to be told.
fn by(acting: &Acting) -> By {
    By {
        employee: acting.employee.clone(),
        office: acting.office.clone(),
        principal: acting.principal.clone(),
    }
}
