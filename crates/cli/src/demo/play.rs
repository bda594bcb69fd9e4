//! The play: an agenda in the order of time, a clock that is moved by hand, and every deed a command to the engine.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::sync::Arc;

use redress::{Answer, CaseView, HandClock, Redress, Request};
use redress_core::authority;
use redress_core::command::{Command, ComplaintCommand};
use redress_core::event::{Means, Outcome};
use redress_kernel::actor::By;
use redress_kernel::case::Status;
use redress_kernel::command::CaseCommand;
use redress_kernel::event::Link;
use redress_kernel::id::{CaseId, DefinitionId, OfficeId, StageId};
use redress_kernel::money::{Currency, Money, Rate};
use redress_kernel::organisation::Period;
use redress_kernel::time::{Date, Instant};
use redress_kernel::value::{Path, Value, Values};
use uuid::Uuid;

use crate::demo::company;
use crate::demo::dice::Dice;
use crate::demo::fate::{Fate, Handling};
use crate::demo::forms::{self, Desk};
use crate::demo::hours::Hours;
use crate::demo::source::Received;
use crate::demo::words;

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

/// Something that is to happen. Behind the instant the order of entry decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    /// The round is made.
    Round,
    /// An abnormality notice is written about a complaint.
    Notice(usize),
    /// Sales calls for a joint inspection.
    Inspect(usize),
    /// A complaint is lodged.
    Lodge(Lodge),
    /// Whoever has the case on the desk does the next thing.
    Work(usize),
    /// Something beside the route.
    Beside(usize, Deed),
}

/// The lodging of a complaint, by the places of the cases before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Lodge {
    complaint: usize,
    follows: Option<usize>,
    raised_from: Option<usize>,
}

/// A deed beside the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    CorrectCountry,
    CompleteQuantities,
    NameSupplier,
    AnswerCustomer,
    CustomerObjects,
    Petition,
    Rule(u32),
    Inquire(u32),
    AnswerInquiry(u32),
}

/// A case that the company has on its hands.
struct Running {
    id: CaseId,
    complaint: usize,
    /// How often its customer has filed it before.
    again: u32,
    fate: Rc<Fate>,
    dice: Dice,
    /// What the ids of its commands are made of.
    name: String,
    steps: u32,
    sent_back: bool,
    registered: bool,
    closed: bool,
}

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
    agenda: BinaryHeap<Reverse<(Instant, u64, Task)>>,
    entries: u64,
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
            agenda: BinaryHeap::new(),
            entries: 0,
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
        while let Some(Reverse((at, _, task))) = self.agenda.pop() {
            if at > self.until {
                break;
            }
            self.clock.set(at);
            told(at);
            self.perform(at, task).await?;
        }
        self.clock.set(self.until);
        Ok(self.tally)
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

    async fn perform(&mut self, at: Instant, task: Task) -> Result<(), Stumble> {
        match task {
            Task::Round => {
                self.tally.rounds += 1;
                let round = self.desk.round().await;
                round.map(|_| ()).map_err(|e| stumble("the round", e))
            }
            Task::Notice(complaint) => self.write_notice(at, complaint).await,
            Task::Inspect(complaint) => self.call_inspection(at, complaint).await,
            Task::Lodge(lodge) => self.lodge(at, lodge).await,
            Task::Work(place) => self.work(at, place).await,
            Task::Beside(place, deed) => self.beside(at, place, deed).await,
        }
    }

    /// Gives the engine a command, under an id that the seed alone decides.
    async fn give(&mut self, name: &str, request: Request) -> Result<Answer, Stumble> {
        self.tally.commands += 1;
        let id = Uuid::new_v5(&COMMANDS, format!("{} {name}", self.seed).as_bytes());
        let answer = self.desk.execute(request.id(id)).await;
        answer.map_err(|error| stumble(name, error))
    }

    async fn on(
        &mut self,
        place: usize,
        by: By,
        command: impl Into<Command>,
    ) -> Result<Answer, Stumble> {
        let Some(case) = self.cases.get_mut(place) else {
            return Err(lost(place));
        };
        case.steps += 1;
        let name = format!("{} step {}", case.name, case.steps);
        let request = Request::new(by, command).on(case.id);
        self.give(&name, request).await
    }

    async fn open(
        &mut self,
        complaint: usize,
        what: &str,
        again: u32,
        (values, links): (Values, Vec<Link>),
    ) -> Result<usize, Stumble> {
        let received = self
            .complaints
            .get(complaint)
            .ok_or_else(|| lost(complaint))?;
        let fate = Rc::new(Fate::draw(self.seed, received, again));
        let name = format!("{what} {} filed {again}", received.complaint_id);
        let request = Request::new(
            company::by(fate.desks.sales)?,
            CaseCommand::Open { values, links },
        )
        .of(DefinitionId::new(what)?);
        let answer = self.give(&name, request).await?;
        let dice = self.dice(&name);
        self.cases.push(Running {
            id: answer.case,
            complaint,
            again,
            fate,
            dice,
            name,
            steps: 0,
            sent_back: false,
            registered: false,
            closed: false,
        });
        Ok(self.cases.len() - 1)
    }

    async fn write_notice(&mut self, at: Instant, complaint: usize) -> Result<(), Stumble> {
        let received = self
            .complaints
            .get(complaint)
            .ok_or_else(|| lost(complaint))?;
        let fate = Fate::draw(self.seed, received, 0);
        let values = forms::notice(received, &fate).filled()?;
        let place = self
            .open(complaint, "abnormality-notice", 0, (values, Vec::new()))
            .await?;
        if fate.raised {
            let lodge = Lodge {
                complaint,
                follows: None,
                raised_from: Some(place),
            };
            self.later(at, 900, Task::Lodge(lodge));
        }
        self.next(at, place).await
    }

    async fn call_inspection(&mut self, at: Instant, complaint: usize) -> Result<(), Stumble> {
        let received = self
            .complaints
            .get(complaint)
            .ok_or_else(|| lost(complaint))?;
        let fate = Fate::draw(self.seed, received, 0);
        let values = forms::inspection(received, &fate).filled()?;
        let place = self
            .open(complaint, "joint-inspection", 0, (values, Vec::new()))
            .await?;
        if let Some(inspection) = self.inspections.get_mut(complaint) {
            *inspection = Some(place);
        }
        self.next(at, place).await
    }

    async fn lodge(&mut self, at: Instant, lodge: Lodge) -> Result<(), Stumble> {
        let Lodge {
            complaint,
            follows,
            raised_from,
        } = lodge;
        let received = self
            .complaints
            .get(complaint)
            .ok_or_else(|| lost(complaint))?;
        let again = u32::from(follows.is_some());
        let fate = Fate::draw(self.seed, received, again);
        let inspection = match again {
            0 => self.inspections.get(complaint).copied().flatten(),
            _ => None,
        };
        let links = [
            ("follows", follows),
            ("raised-from", raised_from),
            ("joint-inspection", inspection),
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
        let place = self
            .open(complaint, "customer-complaint", again, (values, links))
            .await?;
        if fate.quantities_pending {
            let task = Task::Beside(place, Deed::CompleteQuantities);
            self.later(at, dice.between(480, 1_400), task);
        }
        self.next(at, place).await
    }

    async fn look(&self, place: usize) -> Result<CaseView, Stumble> {
        let case = self.cases.get(place).ok_or_else(|| lost(place))?;
        let view = self.desk.case(case.id).await;
        view.map_err(|error| stumble(&case.name, error))
    }

    /// Enters who does the next thing on a case, and when.
    async fn next(&mut self, at: Instant, place: usize) -> Result<(), Stumble> {
        let view = self.look(place).await?;
        let case = &view.complaint.case;
        let Some(running) = self.cases.get_mut(place) else {
            return Err(lost(place));
        };
        let fate = running.fate.clone();
        if let Some(visit) = case.open_visit() {
            // What the customer does not accept is not carried out.
            let refused = visit.stage.as_str() == "settlement"
                && fate.customer_refuses
                && !fate.not_established;
            if !refused {
                let endorsing = visit.reported.is_some();
                let minutes = fate.minutes(&mut running.dice, visit.stage.as_str(), endorsing);
                self.later(at, minutes, Task::Work(place));
            }
        }
        self.aside(at, place, &view);
        Ok(())
    }

    /// What acceptance and closing bring with them beside the route.
    fn aside(&mut self, at: Instant, place: usize, view: &CaseView) {
        let case = &view.complaint.case;
        let Some(running) = self.cases.get_mut(place) else {
            return;
        };
        let fate = running.fate.clone();
        let mut dice = running.dice.clone();
        let (registered, again) = (running.registered, running.again);
        let closes = !running.closed && matches!(case.status, Status::Closed { .. });
        running.registered |= case.number.is_some();
        running.closed |= closes;
        let complaint = running.complaint;
        if view.workflow.regulation.is_none() {
            return;
        }
        let mut tell = |minutes: (i64, i64), deed: Deed| {
            let minutes = dice.between(minutes.0, minutes.1);
            self.later(at, minutes, Task::Beside(place, deed));
        };
        if case.number.is_some() && !registered {
            if fate.wrong_country {
                tell((60, 600), Deed::CorrectCountry);
            }
            if fate.supplier.is_some() {
                tell((700, 2_400), Deed::NameSupplier);
            }
        }
        if !closes {
            return;
        }
        tell((30, 480), Deed::AnswerCustomer);
        if fate.petition {
            tell((480, 1_400), Deed::Petition);
        }
        if fate.inquired {
            let late = case.visits.iter().filter(|visit| {
                visit
                    .ended
                    .as_ref()
                    .is_some_and(|ended| ended.late_seconds > 0)
            });
            for visit in late.take(2) {
                tell((480, 1_440), Deed::Inquire(visit.number));
            }
        }
        if fate.customer_refuses && again == 0 {
            if fate.not_established {
                tell((600, 1_900), Deed::CustomerObjects);
            } else {
                let lodge = Lodge {
                    complaint,
                    follows: Some(place),
                    raised_from: None,
                };
                let minutes = dice.between(960, 2_900);
                self.later(at, minutes, Task::Lodge(lodge));
            }
        }
    }

    /// Whoever has the case on the desk does the next thing.
    async fn work(&mut self, at: Instant, place: usize) -> Result<(), Stumble> {
        let view = self.look(place).await?;
        let case = &view.complaint.case;
        let Some(visit) = case.open_visit() else {
            return Ok(());
        };
        let stage = visit.stage.clone();
        let decides = authority_for(&view, self.cases.get(place).map(|running| &*running.fate));
        let Some(running) = self.cases.get_mut(place) else {
            return Err(lost(place));
        };
        let fate = running.fate.clone();
        let received = self
            .complaints
            .get(running.complaint)
            .ok_or_else(|| lost(place))?;
        let dice = &mut running.dice;
        let name = stage.as_str();
        if visit.reported.is_some() {
            let (by, remark) = forms::endorsement(name, dice)?;
            let command = CaseCommand::Endorse {
                stage,
                visit: None,
                remark,
            };
            self.on(place, by, command).await?;
            return self.next(at, place).await;
        }
        if fate.withdrawn_at == Some(name) && view.workflow.regulation.is_some() {
            let reason = dice.text(words::WITHDRAWALS).to_owned();
            let by = company::by(fate.desks.sales)?;
            self.on(place, by, CaseCommand::Withdraw { reason }).await?;
            return Ok(());
        }
        let desk = Desk {
            received,
            fate: &fate,
            round: visit.round,
            decides,
            away: self.away,
            at,
        };
        let Some((by, values)) = forms::report(name, &desk, dice)? else {
            return Ok(());
        };
        let command = match fate.sent_back {
            Some((from, to)) if from == name && !running.sent_back => {
                running.sent_back = true;
                let reason = dice.text(words::SENT_BACK).to_owned();
                CaseCommand::SendBack {
                    to: StageId::new(to)?,
                    visit: None,
                    reason,
                }
            }
            _ => CaseCommand::Report {
                stage,
                visit: None,
                values,
            },
        };
        self.on(place, by, command).await?;
        self.next(at, place).await
    }

    async fn beside(&mut self, at: Instant, place: usize, deed: Deed) -> Result<(), Stumble> {
        let view = self.look(place).await?;
        let case = &view.complaint.case;
        if matches!(case.status, Status::Withdrawn { .. }) {
            return Ok(());
        }
        let Some(running) = self.cases.get_mut(place) else {
            return Err(lost(place));
        };
        let fate = running.fate.clone();
        let mut dice = running.dice.clone();
        let sales = company::by(fate.desks.sales)?;
        let office = company::by(fate.desks.office)?;
        match deed {
            Deed::CorrectCountry => {
                let command = CaseCommand::Correct {
                    path: path("opening.country")?,
                    value: Value::text(fate.country),
                    reason: "the order's consignee, not the forwarder, is the customer".to_owned(),
                };
                self.on(place, office, command).await?;
            }
            Deed::CompleteQuantities => {
                for field in ["opening.defect_quantity", "opening.return_quantity"] {
                    let path = path(field)?;
                    if case.value(&path).is_some_and(Value::is_pending) {
                        let value = Value::Integer(fate.defects);
                        let command = CaseCommand::Complete { path, value };
                        self.on(place, sales.clone(), command).await?;
                    }
                }
            }
            Deed::NameSupplier => {
                let command = ComplaintCommand::NameThirdParty {
                    party: fate.supplier.clone().unwrap_or_default(),
                    reason: "the deviating part was delivered in this state".to_owned(),
                };
                self.on(place, office, command).await?;
            }
            Deed::AnswerCustomer => {
                let command = answer(&view, &mut dice);
                self.on(place, sales, command).await?;
            }
            Deed::CustomerObjects => {
                let petition = "the customer does not agree that nothing is established".to_owned();
                let command = ComplaintCommand::Object {
                    petition,
                    from_customer: true,
                };
                self.on(place, sales, command).await?;
                let number = next_objection(&view);
                self.later(at, 700, Task::Beside(place, Deed::Rule(number)));
            }
            Deed::Petition => {
                let petition = dice.text(words::PETITIONS).to_owned();
                let command = ComplaintCommand::Object {
                    petition,
                    from_customer: false,
                };
                let by = company::by(fate.desks.plant)?;
                self.on(place, by, command).await?;
                let number = next_objection(&view);
                self.later(at, 1_100, Task::Beside(place, Deed::Rule(number)));
            }
            Deed::Rule(objection) => {
                let received = self
                    .complaints
                    .get(running.complaint)
                    .ok_or_else(|| lost(place))?;
                let desk = Desk {
                    received,
                    fate: &fate,
                    round: 1,
                    decides: None,
                    away: self.away,
                    at,
                };
                let upheld = dice.chance(400);
                let ruling = words::RULINGS
                    .get(usize::from(upheld))
                    .copied()
                    .unwrap_or_default();
                let command = ComplaintCommand::Rule {
                    objection,
                    upheld,
                    ruling: ruling.to_owned(),
                };
                let by = forms::general_manager(&desk)?;
                self.on(place, by, command).await?;
            }
            Deed::Inquire(visit) => {
                self.on(place, office, CaseCommand::Inquire { visit })
                    .await?;
                let number = u32::try_from(case.inquiries.len()).unwrap_or_default() + 1;
                let minutes = dice.between(240, 1_400);
                self.later(
                    at,
                    minutes,
                    Task::Beside(place, Deed::AnswerInquiry(number)),
                );
            }
            Deed::AnswerInquiry(inquiry) => {
                let asked = case.inquiries.iter().find(|asked| asked.number == inquiry);
                let Some(asked) = asked else {
                    return Ok(());
                };
                let by = company::by(colleague(asked.department.as_str(), &fate))?;
                let reason = dice.text(words::EXCUSES).to_owned();
                self.on(place, by, CaseCommand::AnswerInquiry { inquiry, reason })
                    .await?;
            }
        }
        Ok(())
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

fn path(text: &str) -> Result<Path, Stumble> {
    text.parse()
        .map_err(|what: String| Stumble { what, error: None })
}

fn next_objection(view: &CaseView) -> u32 {
    u32::try_from(view.complaint.objections.len()).unwrap_or_default() + 1
}

/// Who works on the case in a department.
fn colleague(department: &str, fate: &Fate) -> &'static str {
    match department {
        "sales" => fate.desks.sales,
        "quality" => fate.desks.quality,
        "manufacturing" => fate.desks.plant,
        "rnd" => fate.desks.rnd,
        _ => fate.desks.office,
    }
}

/// The answer to the customer: what was decided, no more (M9-11).
fn answer(view: &CaseView, dice: &mut Dice) -> ComplaintCommand {
    let means = if dice.chance(300) {
        Means::Telephone
    } else {
        Means::Letter
    };
    let decided = view.complaint.decision.as_ref().map(|(_, decided)| decided);
    let granted = decided.filter(|decided| decided.outcome == Outcome::Granted);
    let text = match granted {
        Some(_) => {
            "we regret the trouble; the cause has been found and removed, and we grant what was agreed"
        }
        None => "the parts were examined with care; the complaint could not be established",
    };
    ComplaintCommand::Answer {
        means,
        text: text.to_owned(),
        concedes: granted.map(|decided| decided.amount),
    }
}

/// The office that may decide what this fate is going to cost (M11), told by the rules' own table.
fn authority_for(view: &CaseView, fate: Option<&Fate>) -> Option<OfficeId> {
    let table = view.workflow.regulation.as_ref()?.authority.as_ref()?;
    let row = authority::row(table, cost(fate?)?, &view.workflow.definition.version).ok()?;
    Some(row.office)
}

/// What the customer gets, in CNY.
fn cost(fate: &Fate) -> Option<Money> {
    if fate.not_established {
        return Some(Money::zero(Currency::CNY));
    }
    let whole = match fate.handling {
        Handling::Return => fate.amount.checked_mul(fate.defects).ok()?,
        _ => fate.amount,
    };
    match &fate.rate {
        Some(rate) => rate
            .parse::<Rate>()
            .ok()?
            .convert_half_up(whole, Currency::CNY)
            .ok(),
        None => Some(whole),
    }
}
