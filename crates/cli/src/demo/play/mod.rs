//! The play: an agenda in the order of time, a clock that is moved by hand, and every deed a command to the engine.

mod agenda;
mod beside;
mod improvement;
mod money;
mod month;
mod route;
mod task;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::rc::Rc;
use std::sync::Arc;

use redress::{CaseView, FOLLOWS, HandClock, JOINT_INSPECTION, RAISED_FROM, Redress, Request};
use redress_core::command::Command;
use redress_kernel::actor::By;
use redress_kernel::command::CaseCommand;
use redress_kernel::event::Link;
use redress_kernel::id::{CaseId, DefinitionId};
use redress_kernel::organisation::Period;
use redress_kernel::time::{Date, Instant, Month};
use redress_kernel::value::Values;
use uuid::Uuid;

use crate::demo::company;
use crate::demo::dice::Dice;
use crate::demo::fate::Fate;
use crate::demo::fault::Fault;
use crate::demo::forms;
use crate::demo::hours::Hours;
use crate::demo::source::Received;

use task::{Deed, Lodge, Opened, Planned, Running, Task, Then};

/// What went wrong in the play, and where.
#[derive(Debug)]
pub(crate) struct Stumble {
    /// What was being done.
    pub(crate) what: String,
    /// The engine's error, if it was the engine that said no.
    pub(crate) error: Option<redress::Error>,
}

impl<E: std::error::Error> From<E> for Stumble {
    fn from(error: E) -> Self {
        Self {
            what: error.to_string(),
            error: None,
        }
    }
}

/// The namespace of the ids of the demo's commands.
const COMMANDS: Uuid = Uuid::from_u128(0x9d31_52c0_44f7_4d0e_8a3e_0c17_d5b2_6f88);

/// How the play went, besides what stands in the log.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// Commands given.
    pub(crate) commands: u64,
    /// Rounds made.
    pub(crate) rounds: u64,
}

/// The company at work.
pub(crate) struct Play<'a> {
    desk: &'a Redress,
    clock: Arc<HandClock>,
    hours: Hours,
    complaints: &'a [Received],
    seed: u64,
    away: Period,
    until: Instant,
    cases: Vec<Running>,
    /// The joint inspection that goes before a complaint.
    inspections: Vec<Option<usize>>,
    /// The months in which numbers of a series were given.
    begun: BTreeSet<(&'static str, Month)>,
    agenda: BinaryHeap<Reverse<(Instant, u64, Task)>>,
    entries: u64,
    /// What the ids of the office's commands are made of.
    office_steps: u32,
    /// Whether a department has petitioned against what a closed month charged.
    objected: bool,
    tally: Tally,
}

/// What a play begins with.
pub(crate) struct Stage<'a> {
    /// The desk, founded.
    pub(crate) desk: &'a Redress,
    /// Its clock.
    pub(crate) clock: Arc<HandClock>,
    /// Office hours.
    pub(crate) hours: Hours,
    /// The complaints, by the date of receipt.
    pub(crate) complaints: &'a [Received],
    /// The seed.
    pub(crate) seed: u64,
    /// When the general manager travels.
    pub(crate) away: Period,
    /// The first day, on which the rounds begin.
    pub(crate) first: Date,
    /// When the curtain falls.
    pub(crate) until: Instant,
}

/// The hours at which the round is made, every day: a machine has no holidays.
const ROUNDS: &[u32] = &[8, 11, 14, 17, 20];

impl<'a> Play<'a> {
    /// Sets the stage: what is received when, and when the rounds are made.
    pub(crate) fn new(stage: Stage<'a>) -> Self {
        let mut play = Self {
            desk: stage.desk,
            clock: stage.clock,
            hours: stage.hours,
            complaints: stage.complaints,
            seed: stage.seed,
            away: stage.away,
            until: stage.until,
            cases: Vec::new(),
            inspections: vec![None; stage.complaints.len()],
            begun: BTreeSet::new(),
            agenda: BinaryHeap::new(),
            entries: 0,
            office_steps: 0,
            objected: false,
            tally: Tally::default(),
        };
        let zone = play.hours.zone();
        let mut day = stage.first;
        while zone.start_of_day(day) < stage.until {
            for hour in ROUNDS {
                play.enter(zone.instant_of(day, hour * 3600), Task::Round);
            }
            day = day.succ();
        }
        play.enter_office(stage.first);
        for (complaint, received) in stage.complaints.iter().enumerate() {
            let fate = Fate::draw(stage.seed, received, 0);
            let mut dice = play.dice(&format!("{} arrives", received.complaint_id));
            let second = u32::try_from(dice.between(0, 86_399)).unwrap_or_default();
            let at = zone.instant_of(received.received_date, second);
            let lodge = Task::Lodge(Lodge {
                complaint,
                follows: None,
                raised_from: None,
            });
            if fate.notice {
                play.later(at, dice.between(20, 240), Task::Notice(complaint));
            } else if fate.inspected {
                play.later(at, dice.between(10, 45), Task::Inspect(complaint));
                play.later(at, dice.between(240, 700), lodge);
            } else {
                play.later(at, dice.between(20, 240), lodge);
            }
        }
        play
    }

    /// Plays to the end. `told` is told each moment that is reached.
    pub(crate) async fn run(mut self, mut told: impl FnMut(Instant)) -> Result<Tally, Stumble> {
        while let Some(tasks) = self.side_by_side() {
            let Some((last, _)) = tasks.last() else {
                break;
            };
            self.clock.set(*last);
            told(*last);
            match tasks.as_slice() {
                [(_, Task::Round)] => {
                    self.tally.rounds += 1;
                    let round = self.desk.round().await;
                    round.map_err(|error| stumble("the round", error))?;
                    continue;
                }
                [(at, Task::Office(task))] => {
                    self.office(*at, *task).await?;
                    continue;
                }
                _ => {}
            }
            let mut planned = Vec::new();
            for (at, task) in tasks {
                planned.extend(self.plan(at, task).await?);
            }
            self.carry_out(planned).await?;
        }
        self.clock.set(self.until);
        Ok(self.tally)
    }

    /// Gives the commands to the engine, all at once and in this order, and enters what follows from them.
    async fn carry_out(&mut self, planned: Vec<Planned>) -> Result<(), Stumble> {
        let mut tasks = tokio::task::JoinSet::new();
        for (place, plan) in planned.iter().enumerate() {
            let (desk, request) = (self.desk.clone(), plan.request.clone());
            tasks.spawn(async move { (place, desk.execute(request).await) });
        }
        self.tally.commands += u64::try_from(planned.len()).unwrap_or_default();
        let mut answers = BTreeMap::new();
        while let Some(done) = tasks.join_next().await {
            let (place, answer) = done?;
            answers.insert(place, answer);
        }
        for (plan, answer) in planned.into_iter().zip(answers.into_values()) {
            let answer = answer.map_err(|error| stumble(&plan.name, error))?;
            match plan.then {
                Then::Nothing => {}
                Then::Again(place) => self.later(plan.at, 10, Task::Work(place)),
                Then::Next(place) => self.next(plan.at, place).await?,
                Then::Opened(opened) => self.opened(plan.at, answer.case, opened).await?,
            }
        }
        Ok(())
    }

    fn dice(&self, purpose: &str) -> Dice {
        Dice::new(self.seed, purpose)
    }

    fn enter(&mut self, at: Instant, task: Task) {
        self.entries += 1;
        self.agenda.push(Reverse((at, self.entries, task)));
    }

    /// Enters what will be done after so many minutes of work.
    fn later(&mut self, from: Instant, minutes: i64, task: Task) {
        let at = self.hours.after(from, minutes);
        self.enter(at, task);
    }

    /// The command of a task; none if there is nothing to do any more.
    async fn plan(&mut self, at: Instant, task: Task) -> Result<Option<Planned>, Stumble> {
        match task {
            Task::Round | Task::Office(_) => Ok(None),
            Task::Notice(complaint) => {
                let (received, fate) = self.fate(complaint, 0)?;
                let values = forms::notice(received, &fate).filled()?;
                let opened = Opened::new("abnormality-notice", complaint, fate, 0);
                self.open(at, opened, values, Vec::new()).map(Some)
            }
            Task::Inspect(complaint) => {
                let (received, fate) = self.fate(complaint, 0)?;
                let values = forms::inspection(received, &fate).filled()?;
                let opened = Opened::new("joint-inspection", complaint, fate, 0);
                self.open(at, opened, values, Vec::new()).map(Some)
            }
            Task::Lodge(lodge) => self.lodge(at, lodge).map(Some),
            Task::Work(place) => self.work(at, place).await,
            Task::Beside(place, deed) => self.beside(at, place, deed).await,
            Task::Money(place, deed) => self.money(at, place, deed).await,
        }
    }

    fn fate(&self, complaint: usize, again: u32) -> Result<(&'a Received, Rc<Fate>), Stumble> {
        let received = self
            .complaints
            .get(complaint)
            .ok_or_else(|| lost(complaint))?;
        Ok((received, Rc::new(Fate::draw(self.seed, received, again))))
    }

    /// The id of a command, which the seed and its name alone decide.
    fn id(&self, name: &str) -> Uuid {
        Uuid::new_v5(&COMMANDS, format!("{} {name}", self.seed).as_bytes())
    }

    /// A command under such an id.
    fn planned(&self, at: Instant, name: String, request: Request, then: Then) -> Planned {
        let request = request.id(self.id(&name)).occurred_at(at);
        Planned {
            at,
            name,
            request,
            then,
        }
    }

    /// A command on a case.
    fn on(
        &mut self,
        at: Instant,
        place: usize,
        (by, command): (By, impl Into<Command>),
        then: Then,
    ) -> Result<Option<Planned>, Stumble> {
        let case = self.cases.get_mut(place).ok_or_else(|| lost(place))?;
        case.steps += 1;
        let name = format!("{} step {}", case.name, case.steps);
        let request = Request::new(by, command).on(case.id);
        Ok(Some(self.planned(at, name, request, then)))
    }

    fn open(
        &self,
        at: Instant,
        mut opened: Opened,
        values: Values,
        links: Vec<Link>,
    ) -> Result<Planned, Stumble> {
        let received = self
            .complaints
            .get(opened.complaint)
            .ok_or_else(|| lost(opened.complaint))?;
        opened.name = format!(
            "{} {} filed {}",
            opened.what, received.complaint_id, opened.again
        );
        let by = company::by(opened.fate.desks.sales)?;
        let request = Request::new(by, CaseCommand::Open { values, links })
            .of(DefinitionId::new(opened.what)?);
        Ok(self.planned(at, opened.name.clone(), request, Then::Opened(opened)))
    }

    /// A case was opened: what follows from that.
    async fn opened(&mut self, at: Instant, id: CaseId, opened: Opened) -> Result<(), Stumble> {
        let place = self.cases.len();
        let mut dice = self.dice(&opened.name);
        let (fate, complaint) = (opened.fate.clone(), opened.complaint);
        match opened.what {
            "abnormality-notice" if fate.raised => {
                let lodge = Lodge {
                    complaint,
                    follows: None,
                    raised_from: Some(place),
                };
                self.later(at, 900, Task::Lodge(lodge));
            }
            "joint-inspection" => {
                if let Some(inspection) = self.inspections.get_mut(complaint) {
                    *inspection = Some(place);
                }
            }
            "customer-complaint" if fate.quantities_pending => {
                let task = Task::Beside(place, Deed::CompleteQuantities);
                self.later(at, dice.between(480, 1_400), task);
            }
            _ => {}
        }
        let is_complaint = opened.what == "customer-complaint";
        let fault = match is_complaint {
            true => Fault::draw(self.seed, &opened.name, &opened.fate)?,
            false => None,
        };
        self.cases.push(Running {
            id,
            complaint,
            is_complaint,
            again: opened.again,
            fate: opened.fate,
            fault: fault.map(Rc::new),
            dice,
            name: opened.name,
            steps: 0,
            sent_back: false,
            registered: false,
            closed: false,
        });
        self.next(at, place).await
    }

    fn lodge(&self, at: Instant, lodge: Lodge) -> Result<Planned, Stumble> {
        let Lodge {
            complaint,
            follows,
            raised_from,
        } = lodge;
        let again = u32::from(follows.is_some());
        let (received, fate) = self.fate(complaint, again)?;
        let inspection = match again {
            0 => self.inspections.get(complaint).copied().flatten(),
            _ => None,
        };
        let links = [
            (FOLLOWS, follows),
            (RAISED_FROM, raised_from),
            (JOINT_INSPECTION, inspection),
        ]
        .into_iter()
        .filter_map(|(relation, place)| {
            let case = self.cases.get(place?)?.id;
            Some(Link {
                relation: relation.to_owned(),
                case,
            })
        })
        .collect();
        let mut dice = self.dice(&format!(
            "{} is written for time {again}",
            received.complaint_id
        ));
        let values = forms::complaint(received, &fate, &mut dice, again).filled()?;
        let opened = Opened::new("customer-complaint", complaint, fate, again);
        self.open(at, opened, values, links)
    }

    async fn look(&self, place: usize) -> Result<CaseView, Stumble> {
        let case = self.cases.get(place).ok_or_else(|| lost(place))?;
        let view = self.desk.case(case.id).await;
        view.map_err(|error| stumble(&case.name, error))
    }
}

fn stumble(what: &str, error: redress::Error) -> Stumble {
    Stumble {
        what: what.to_owned(),
        error: Some(error),
    }
}

fn lost(place: usize) -> Stumble {
    Stumble {
        what: format!("nothing lies at place {place}"),
        error: None,
    }
}
