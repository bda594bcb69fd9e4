//! From a command to its answer: load, fold what is missing, decide, append at the expected version, fold, answer.
//! A conflict decides anew.

use std::sync::{Arc, PoisonError};

use redress_core::command::{Command, ComplaintCommand};
use redress_core::decide::{self, Beside};
use redress_core::event::Event;
use redress_core::regulation::Workflow;
use redress_kernel::actor::{Actor, By};
use redress_kernel::case::Meta;
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::{Context, Dated, Decision, Who};
use redress_kernel::event::{CaseEvent, Numbered};
use redress_kernel::id::{CaseId, DefinitionId};
use redress_kernel::numbering::{self, Assigned, NumbersEvent};
use redress_kernel::time::Instant;
use redress_log::{
    Append, AppendError, Appended, BoxFuture, Expected, NewEvent, StreamId, StreamWrite,
};
use serde::Serialize;
use uuid::Uuid;

use crate::chain::OtherForms;
use crate::clock;
use crate::desk::{Flight, Redress, stream};
use crate::error::{Error, of_append};
use crate::folded::Known;
use crate::frame::{self, Mark};
use crate::held::Held;
use crate::links;
use crate::organise::Organised;
use crate::request::{Answer, EventSummary, Request};
use crate::rules::Rules;
use crate::series::Series;
use crate::staff::Staffed;

/// How often a command is decided anew when others came between.
const ATTEMPTS: usize = 128;

/// The namespace of the ids of cases, which come from the commands that open them.
const CASES: Uuid = Uuid::from_u128(0x6f0d_2a9e_5b1c_4c55_9f0a_2f8f_3d7e_0b41);

/// Who gives a command.
#[derive(Debug, Clone)]
pub(crate) enum Author {
    Person(By),
    Engine,
    Import,
}

impl Author {
    fn who(&self) -> Who<'_> {
        match self {
            Self::Person(by) => Who::Person(by),
            Self::Engine => Who::Engine,
            Self::Import => Who::Import,
        }
    }
}

/// A command on its way.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) mark: Mark,
    pub(crate) author: Author,
    pub(crate) case: CaseId,
    /// The workflow of the case that it opens; none: the case is there already.
    pub(crate) opens: Option<DefinitionId>,
    pub(crate) at: Option<Instant>,
    pub(crate) expect: Option<u64>,
    pub(crate) dry_run: bool,
    pub(crate) command: Command,
}

/// A command that was decided: answered already, or handed to the log.
pub(crate) enum Begun {
    Answered(Answer),
    Waiting(Box<Waiting>),
}

/// An append on its way, with what is to be folded when it has arrived.
pub(crate) struct Waiting {
    answer: BoxFuture<'static, Result<Appended, AppendError>>,
    mark: Mark,
    shares: Vec<Share>,
    number: Option<Numbered>,
    series: Option<(Arc<Series>, u64)>,
    rules: Arc<Known<Rules>>,
}

/// What a command adds to one case.
pub(crate) struct Share {
    pub(crate) id: CaseId,
    pub(crate) stream: StreamId,
    pub(crate) held: Option<Arc<Held>>,
    pub(crate) actor: Actor,
    pub(crate) events: Vec<Dated<Event>>,
    /// The ids of the events, where they do not come from the command's.
    pub(crate) ids: Option<Vec<Uuid>>,
}

impl Share {
    fn version(&self) -> u64 {
        self.held.as_ref().map_or(0, |held| held.version)
    }

    fn records(&self, mark: &Mark, first: usize) -> Result<Vec<NewEvent>, Error> {
        let mut records = frame::of_case(&self.events, &self.actor, mark, first)?;
        if let Some(ids) = &self.ids {
            for (record, id) in records.iter_mut().zip(ids) {
                record.id = *id;
            }
        }
        Ok(records)
    }
}

/// What a rule is told besides the case and the command.
pub(crate) struct Present {
    pub(crate) rules: Arc<Known<Rules>>,
    pub(crate) organised: Arc<Known<Organised>>,
    pub(crate) staffed: Arc<Known<Staffed>>,
    pub(crate) now: Instant,
}

impl Redress {
    /// Does a command. Under an id that was given, it is done once, however often it is sent: again it gives the
    /// answer of the first time, marked so.
    ///
    /// # Errors
    /// `Refused` by a rule; `Conflict` with an expected version; `NotFound` for a case that is not there;
    /// `OtherContent` for an id used before; `Unknown` if the disk failed in the midst; `ClockBehind`, `ClockAhead`,
    /// `ReadOnly`, `Busy`, `Unavailable`. But for `Unknown` nothing is stored.
    #[tracing::instrument(level = "debug", skip_all, fields(case = request.case.map(tracing::field::display)))]
    pub async fn execute(&self, request: Request) -> Result<Answer, Error> {
        if request.dry_run {
            // Nothing is stored, so a log that is only read will do.
            self.refresh()?;
        } else {
            self.writable().await?;
        }
        let given = request.id.is_some();
        let ask = self.ask(request).await?;
        if !given || ask.dry_run {
            return self.perform(&ask).await;
        }
        let flight = self.flight(&ask.mark);
        let mut led = false;
        let first = &mut led;
        let answer = flight.cell.get_or_init(|| async {
            *first = true;
            self.perform(&ask).await
        });
        let mut answer = answer.await.clone()?;
        answer.repeated |= !led;
        Ok(answer)
    }

    async fn ask(&self, request: Request) -> Result<Ask, Error> {
        let id = request
            .id
            .unwrap_or_else(|| clock::draw_id(&*self.inner.clock));
        let mark = Mark::of(id, &Content::of(&request))?;
        let opens = matches!(
            request.command,
            Command::Case(CaseCommand::Open { .. } | CaseCommand::Import { .. })
        );
        let (case, definition) = match (request.case, opens) {
            (Some(case), _) => (case, None),
            (None, true) => {
                let definition = match request.definition {
                    Some(definition) => definition,
                    None => complaint()?,
                };
                (
                    CaseId(Uuid::new_v5(&CASES, id.as_bytes())),
                    Some(definition),
                )
            }
            (None, false) => {
                return Err(Error::invalid(
                    "the command names no case",
                    "case",
                    "name the case by its id or number",
                ));
            }
        };
        if let Command::Case(CaseCommand::Link {
            relation,
            case: other,
        }) = &request.command
        {
            let rules = self.rules().await?;
            let held = self.must_load(*other, &rules.state).await?;
            check_relation(relation, case, &held)?;
        }
        Ok(Ask {
            mark,
            author: Author::Person(request.by),
            case,
            opens: definition,
            at: request.occurred_at,
            expect: request.expect,
            dry_run: request.dry_run,
            command: request.command,
        })
    }

    /// Decides and stores, anew for as long as others come between.
    pub(crate) async fn perform(&self, ask: &Ask) -> Result<Answer, Error> {
        for _ in 0..ATTEMPTS {
            match self.begin(ask).await? {
                Begun::Answered(answer) => return Ok(answer),
                Begun::Waiting(waiting) => {
                    if let Some(answer) = self.finish(*waiting).await? {
                        return Ok(answer);
                    }
                }
            }
            tokio::task::yield_now().await;
        }
        Err(Error::Busy)
    }

    pub(crate) async fn present(&self) -> Result<Present, Error> {
        Ok(Present {
            rules: self.rules().await?,
            organised: self.organised().await?,
            staffed: self.staffed().await?,
            now: self.now().await?,
        })
    }

    /// Decides a command and hands its append to the log.
    pub(crate) async fn begin(&self, ask: &Ask) -> Result<Begun, Error> {
        let present = self.present().await?;
        let rules = &present.rules.state;
        let held = self.load(ask.case, rules).await?;
        if let Some(held) = &held
            && let Some(answer) = held.answer(&ask.mark)?
        {
            return Ok(Begun::Answered(answer));
        }
        let at = ask.at.unwrap_or(present.now);
        let workflow = match (&held, &ask.opens) {
            (Some(held), _) => rules.of_case(held, at)?,
            (None, Some(definition)) => {
                let adopted = match &ask.command {
                    Command::Case(CaseCommand::Import { record }) => {
                        rules.of_import(definition, record)?
                    }
                    _ => rules.in_force(definition, at)?,
                };
                adopted.workflow.clone()
            }
            (None, None) => return Err(Error::unknown_case(ask.case)),
        };
        let stream = match &held {
            Some(held) => held.stream.clone(),
            None => Self::case_stream(&workflow, ask.case)?,
        };
        let version = held.as_ref().map_or(0, |held| held.version);
        if let Some(expected) = ask.expect.filter(|expected| *expected != version) {
            return Err(Error::Conflict {
                stream: stream.as_str().to_owned(),
                expected,
                actual: version,
            });
        }
        let forms = self
            .other_forms(held.as_deref(), &ask.command, rules)
            .await?;
        let told = (held.as_deref(), &forms);
        let mut decision = self.judge(&present, &workflow, told, ask, at, Some(1))?;
        let mut share = Share {
            id: ask.case,
            stream,
            held,
            actor: decision.actor.clone(),
            events: Vec::new(),
            ids: None,
        };
        let others = self.others(&present, ask, at).await?;
        let Some(numbered) = number_of(&decision) else {
            share.events = decision.events;
            let shares = std::iter::once(share).chain(others).collect();
            return self.hand_in(ask, shares, None, None, &present);
        };
        let name = numbering::stream_name(&numbered.series, numbered.period);
        let series = self.inner.series.of(&self::stream("numbers", &name)?);
        if ask.dry_run {
            // Nothing is handed in, so a log that is only read, or closed, will do.
            let serial = series.peek(&*self.inner.log).await? + 1;
            let told = (share.held.as_deref(), &forms);
            decision = self.judge(&present, &workflow, told, ask, at, Some(serial))?;
            let number = number_of(&decision).cloned();
            share.events = decision.events;
            let shares = std::iter::once(share).chain(others).collect();
            return self.hand_in(ask, shares, number, None, &present);
        }
        // From here until the append is handed in nobody else takes a number of this series.
        let mut turn = series.turn.lock().await;
        let now = frame::stamp(present.now)?;
        let count = turn.count(&*self.inner.log, &series.stream, now).await?;
        let serial = count + 1;
        decision = self.judge(
            &present,
            &workflow,
            (share.held.as_deref(), &forms),
            ask,
            at,
            Some(serial),
        )?;
        let number = number_of(&decision).cloned();
        share.events = decision.events;
        let shares = std::iter::once(share).chain(others).collect();
        let life = turn.life;
        let begun = self.hand_in(ask, shares, number, Some((&series, life)), &present)?;
        if matches!(begun, Begun::Waiting(_)) {
            turn.handed_in(serial);
        }
        Ok(begun)
    }

    fn judge(
        &self,
        present: &Present,
        workflow: &Workflow,
        (held, forms): (Option<&Held>, &OtherForms),
        ask: &Ask,
        at: Instant,
        serial: Option<u64>,
    ) -> Result<Decision<Event>, Error> {
        let ctx = self.context(present, workflow, ask.author.who(), at, serial)?;
        let complaint = held.map(|held| &held.complaint);
        let beside = Beside {
            staff: &present.staffed.state.staff,
            successor_withdrawn: forms.successor_withdrawn,
            sentenced_before: &forms.sentenced_before,
        };
        Ok(decide::decide(
            workflow,
            complaint,
            &ask.command,
            &ctx,
            &beside,
        )?)
    }

    pub(crate) fn context<'c>(
        &'c self,
        present: &'c Present,
        workflow: &'c Workflow,
        who: Who<'c>,
        at: Instant,
        serial: Option<u64>,
    ) -> Result<Context<'c>, Error> {
        let definition = &workflow.definition;
        Ok(Context {
            definition,
            calendar: present.rules.state.calendar(&definition.calendar)?,
            zone: &self.inner.zone,
            organisation: &present.organised.state.organisation,
            who,
            at,
            now: present.now,
            serial,
        })
    }

    /// What the cases are told that a new case names.
    async fn others(&self, present: &Present, ask: &Ask, at: Instant) -> Result<Vec<Share>, Error> {
        let mut shares: Vec<Share> = Vec::new();
        for (link, command) in links::told_to_others(&ask.command, ask.case) {
            let held = self.must_load(link.case, &present.rules.state).await?;
            check_relation(&link.relation, ask.case, &held)?;
            if links::knows(&held.complaint.case, &command) {
                continue;
            }
            links::check_raised_once(&held.complaint.case, &command)?;
            if shares.iter().any(|share| share.id == link.case) {
                return Err(Error::invalid(
                    format!("`{}` is linked twice", link.case),
                    "links",
                    "link a case once",
                ));
            }
            let ask = Ask {
                command,
                ..ask.clone()
            };
            let workflow = present.rules.state.of_case(&held, at)?;
            let rules = &present.rules.state;
            let forms = self.other_forms(Some(&held), &ask.command, rules).await?;
            let told = (Some(&*held), &forms);
            let decision = self.judge(present, &workflow, told, &ask, at, None)?;
            shares.push(Share {
                id: held.id,
                stream: held.stream.clone(),
                actor: decision.actor,
                events: decision.events,
                held: Some(held),
                ids: None,
            });
        }
        Ok(shares)
    }

    /// Hands the append of a command to the log; without events, or in a dry run, there is none.
    pub(crate) fn hand_in(
        &self,
        ask: &Ask,
        shares: Vec<Share>,
        number: Option<Numbered>,
        series: Option<(&Arc<Series>, u64)>,
        present: &Present,
    ) -> Result<Begun, Error> {
        let nothing = shares.iter().all(|share| share.events.is_empty());
        if nothing || ask.dry_run {
            let answer = answer_of(&ask.mark, &shares, number.as_ref(), 0)?;
            return Ok(Begun::Answered(answer));
        }
        let mut writes = Vec::with_capacity(shares.len() + 1);
        let mut count = 0;
        for share in &shares {
            let events = share.records(&ask.mark, count)?;
            count += events.len();
            writes.push(StreamWrite {
                stream: share.stream.clone(),
                expected: Expected::Count(share.version()),
                events,
            });
        }
        if let (Some(numbered), Some((series, _)), Some(main)) = (&number, series, shares.first()) {
            let event = NumbersEvent::Assigned(Assigned {
                serial: numbered.serial,
                case: main.id,
            });
            let parts = (event.kind(), event.schema(), event.payload());
            let id = ask.mark.event_id(count);
            let at = main.events.last().map_or(present.now, |dated| dated.at);
            writes.push(StreamWrite {
                stream: series.stream.clone(),
                expected: Expected::Count(numbered.serial - 1),
                events: vec![frame::record(id, parts, at, &main.actor, &ask.mark)?],
            });
        }
        // By other rules it might have been decided otherwise: a version that is adopted meanwhile decides anew.
        writes.push(StreamWrite {
            stream: self.inner.rules.stream().clone(),
            expected: Expected::Count(present.rules.version),
            events: Vec::new(),
        });
        let append = Append {
            recorded_at: frame::stamp(present.now)?,
            writes,
        };
        Ok(Begun::Waiting(Box::new(Waiting {
            answer: self.inner.log.append(append),
            mark: ask.mark.clone(),
            shares,
            number,
            series: series.map(|(series, life)| (series.clone(), life)),
            rules: present.rules.clone(),
        })))
    }

    /// Awaits an append and folds it; none: another came between, decide anew.
    pub(crate) async fn finish(&self, waiting: Waiting) -> Result<Option<Answer>, Error> {
        let appended = match waiting.answer.await {
            Ok(appended) => appended,
            Err(error) => {
                if let Some((series, life)) = &waiting.series {
                    series.failed(*life).await;
                }
                return match error {
                    AppendError::Conflict { .. } => Ok(None),
                    error => Err(of_append(error, waiting.mark.id)),
                };
            }
        };
        let recorded_at = frame::instant(appended.recorded_at)?;
        self.inner.note_recorded(appended.last, recorded_at);
        let mut position = appended.first.0;
        let mut last = position;
        for (share, nth) in waiting.shares.iter().zip(0..) {
            if let Err(error) = self.fold(share, &waiting.mark, position, &waiting.rules.state) {
                // It is stored all the same; the next who needs the case reads it out of the log.
                tracing::warn!(case = %share.id, %error, "a stored event was not taken into memory");
            }
            position += share.events.len() as u64;
            if nth == 0 {
                last = position - 1;
            }
        }
        let number = waiting.number.as_ref();
        answer_of(&waiting.mark, &waiting.shares, number, last).map(Some)
    }

    fn fold(&self, share: &Share, mark: &Mark, first: u64, rules: &Rules) -> Result<(), Error> {
        let mut held = share.held.as_deref().cloned();
        let start = share.version();
        for (dated, nth) in share.events.iter().zip(0..) {
            let meta = Meta {
                at: dated.at,
                actor: share.actor.clone(),
            };
            held = Some(Held::fold(
                held,
                share.id,
                &share.stream,
                rules,
                (&dated.event, &meta),
                (mark, start + nth + 1, first + nth),
            )?);
        }
        if let Some(held) = held {
            self.inner.cases.keep(held);
        }
        Ok(())
    }

    fn flight(&self, mark: &Mark) -> Joined<'_> {
        let flights = &self.inner.flights;
        let mut all = flights.lock().unwrap_or_else(PoisonError::into_inner);
        Joined {
            desk: self,
            mark: mark.clone(),
            cell: all.entry(mark.clone()).or_default().clone(),
        }
    }
}

/// A place among those who wait for one command; the last to leave takes it away.
struct Joined<'d> {
    desk: &'d Redress,
    mark: Mark,
    cell: Flight,
}

impl Drop for Joined<'_> {
    fn drop(&mut self) {
        let flights = &self.desk.inner.flights;
        let mut all = flights.lock().unwrap_or_else(PoisonError::into_inner);
        // One is the map's, one is this one's.
        if Arc::strong_count(&self.cell) <= 2 {
            all.remove(&self.mark);
        }
    }
}

/// What makes two commands the same.
#[derive(Serialize)]
struct Content<'a> {
    case: Option<CaseId>,
    definition: Option<&'a DefinitionId>,
    by: &'a By,
    occurred_at: Option<Instant>,
    command: Body<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Case(&'a CaseCommand),
    Complaint(&'a ComplaintCommand),
}

impl<'a> Content<'a> {
    fn of(request: &'a Request) -> Self {
        Self {
            case: request.case,
            definition: request.definition.as_ref(),
            by: &request.by,
            occurred_at: request.occurred_at,
            command: match &request.command {
                Command::Case(command) => Body::Case(command),
                Command::Complaint(command) => Body::Complaint(command),
            },
        }
    }
}

/// The workflow of a case that names none.
pub(crate) fn complaint() -> Result<DefinitionId, Error> {
    DefinitionId::new("customer-complaint")
        .map_err(|e| Error::invalid(e.to_string(), "definition", "name a workflow"))
}

/// A case is not linked with itself, and a relation that says what the other case is must name one of that workflow.
fn check_relation(relation: &str, case: CaseId, held: &Held) -> Result<(), Error> {
    if held.id == case {
        return Err(Error::invalid(
            format!("`{case}` would be linked with itself"),
            "links",
            "name another case",
        ));
    }
    let needed = match relation {
        links::JOINT_INSPECTION => "joint-inspection",
        links::RAISED_FROM => "abnormality-notice",
        _ => return Ok(()),
    };
    let found = &held.complaint.case.definition;
    if *found == needed {
        return Ok(());
    }
    Err(Error::invalid(
        format!("`{}` is a case of `{found}`, not of `{needed}`", held.id),
        "links",
        "name a case of the workflow that the relation asks for",
    ))
}

fn number_of(decision: &Decision<Event>) -> Option<&Numbered> {
    decision.events.iter().find_map(|dated| match &dated.event {
        Event::Case(CaseEvent::Numbered(numbered)) => Some(numbered),
        _ => None,
    })
}

fn answer_of(
    mark: &Mark,
    shares: &[Share],
    number: Option<&Numbered>,
    position: u64,
) -> Result<Answer, Error> {
    let main = shares.first().ok_or(Error::Busy)?;
    let start = main.version();
    let events: Vec<EventSummary> = main
        .events
        .iter()
        .zip(start + 1..)
        .map(|(dated, version)| EventSummary {
            kind: dated.event.kind().to_owned(),
            version,
            occurred_at: dated.at,
        })
        .collect();
    Ok(Answer {
        command: mark.id,
        case: main.id,
        version: start + events.len() as u64,
        position,
        number: number.map(|numbered| numbered.print.clone()),
        events,
        repeated: false,
    })
}
