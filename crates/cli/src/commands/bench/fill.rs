//! `redress bench fill`: a log as large as a company's of many years. One case is brought from its lodging to its
//! settlement by commands; its events are written again and again for other cases that begin one after the other,
//! with ids, numbers and instants of their own, in the order of time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redress::{
    Complaint, Concessions, Consolidation, Countermeasure, Decision, Founding, Goods, HandClock,
    HandlingProposal, Investigation, Redress, Review, Settlement, by, employee, hold_office, join,
};
use redress_kernel::time::{Instant, Month, Zone};
use redress_log::{
    Append, AppendError, BoxFuture, EventLog, Expected, Journal, NewEvent, RawJson, Recorded,
    Stamp, StreamId, StreamWrite, Version,
};
use serde_json::Value;
use uuid::Uuid;

use super::failed;
use crate::commands::backup::no_dry_run;
use crate::failure::Failure;
use crate::output::{Cell, Record, column};
use crate::session::Session;

/// How many appends are on their way at once.
const ON_THEIR_WAY: usize = 2048;
const BEGIN: &str = "2010-01-04T09:00:00+08:00";

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The data directory, which is made
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// About how many events
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    events: u64,
    /// Minutes between the lodgings of two cases
    #[arg(long, default_value_t = 44, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
}

/// Fills it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    no_dry_run(session)?;
    let begun = std::time::Instant::now();
    let case = one_case(session, &args.directory).await?;
    let log = Journal::open(&args.directory).map_err(|e| failed("opening the journal", e))?;
    let template = Template::read(&log, case).await?;
    let cases = args.events.div_ceil(template.events);
    write(&log, &template, cases, args.minutes).await?;
    let events = log.head().0;
    log.close().await.map_err(|e| failed("closing", e))?;
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let mut record = Record::new("redress/bench-fill@1");
    record.member(column("cases", "案件数", "Cases"), Cell::count(cases));
    record.member(column("events", "事件数", "Events"), Cell::count(events));
    record.member(
        column("events_per_second", "事件每秒", "Events a second"),
        Cell::count(super::per_second(events, micros)),
    );
    session.output.record(&record, &session.zones())
}

/// Founds a company in the directory and brings a case to its settlement, with a reminder on the way.
async fn one_case(
    session: &Session,
    directory: &Path,
) -> Result<redress_kernel::id::CaseId, Failure> {
    let play = async {
        let begin = Instant::parse_rfc3339(BEGIN).unwrap_or(Instant::MIN);
        let clock = Arc::new(HandClock::at(begin));
        let since = "2000-01-01T00:00:00Z";
        let people = vec![
            join("lin", "sales", since)?,
            join("he", "sales", since)?,
            hold_office("he", "sales-manager", since)?,
            join("guo", "gm-office", since)?,
            join("qian", "quality", since)?,
            join("ma", "manufacturing", since)?,
            join("tian", "manufacturing", since)?,
            hold_office("tian", "plant-manager", since)?,
        ];
        let founding = Founding::by(employee("zhao")?)
            .organisation(people)
            .simulated();
        let desk = Redress::builder()
            .directory(directory)
            .clock(clock.clone())
            .found(founding)
            .await?;
        let hours = |hours: i64| clock.advance(hours * 3600);
        let case = desk.lodge(&by("lin")?, complaint()?.into()).await?;
        hours(3);
        desk.accept(case, &by("guo")?).await?;
        hours(30);
        // The investigation is late by six hours.
        desk.round().await?;
        let found = Investigation::found("板面多处起泡，切片显示内层分层", "manufacturing");
        desk.report(case, &by("qian")?, found).await?;
        hours(20);
        let countermeasure = Countermeasure {
            abnormality_cause: "压合温度偏低，树脂固化不足".into(),
            countermeasure: "更换加热板，每班首件切片".into(),
            ..Countermeasure::default()
        };
        desk.report(case, &by("ma")?, countermeasure).await?;
        let tian = by("tian")?;
        desk.endorse(case, &tian, "countermeasure", None).await?;
        hours(9);
        let review = Review {
            opinion: "同意".into(),
            technical_opinion: false,
        };
        desk.report(case, &by("guo")?, review).await?;
        hours(70);
        let proposal = HandlingProposal {
            handling: vec!["allowance".into()],
            negotiation: "客户接受折让".into(),
            concessions: allowance(),
            ..HandlingProposal::default()
        };
        desk.report(case, &by("lin")?, proposal).await?;
        let he = by("he")?;
        desk.endorse(case, &he, "handling-proposal", None).await?;
        hours(5);
        let opinion = Consolidation {
            opinion: "拟予折让".into(),
        };
        desk.report(case, &by("guo")?, opinion).await?;
        hours(30);
        let granted = Decision {
            established: true,
            occurred_at_unit: Some("unit:group-3".to_owned()),
            ..Decision::default()
        };
        desk.decide(case, &by("zhao")?, granted).await?;
        hours(100);
        let settlement = Settlement {
            kind: "allowance".into(),
            evidence: Some("allowance-certificate".to_owned()),
            concessions: allowance(),
            ..Settlement::default()
        };
        desk.settle(case, &by("lin")?, settlement).await?;
        desk.close().await?;
        Ok::<_, redress::Error>(case)
    };
    play.await.map_err(|e| session.failed(&e))
}

fn allowance() -> Concessions {
    Concessions {
        allowance: "1200.00 CNY".parse().ok(),
        ..Concessions::default()
    }
}

/// A complaint as it may come any day.
pub(super) fn complaint() -> Result<Complaint, redress::Error> {
    let goods = Goods {
        product: "PCB-4",
        order_no: "O-77",
        item_no: "I-1",
        quantity: 1000,
        ship_date: "2009-12-10".parse().map_err(|_| redress::Error::Busy)?,
    };
    Ok(Complaint::about(
        goods,
        "customer:C9",
        "CN",
        &["allowance"],
        "收货检验发现板面起泡，要求折让",
    ))
}

/// The appends of a case, and how long after its lodging each comes.
struct Template {
    begin: Instant,
    steps: Vec<Step>,
    events: u64,
    case: String,
}

struct Step {
    seconds: i64,
    events: Vec<Recorded>,
    number: Option<Recorded>,
}

impl Template {
    async fn read(log: &Journal, case: redress_kernel::id::CaseId) -> Result<Self, Failure> {
        let read = |e: redress_log::ReadError| failed("reading the case", e);
        let stream = StreamId::new("complaint", &case.to_string());
        let stream = stream.map_err(|e| failed("naming a stream", e))?;
        let numbers = StreamId::new("numbers", "complaint-2010-01");
        let numbers = numbers.map_err(|e| failed("naming a stream", e))?;
        let page = log.stream(&stream, Version::FIRST, 1000).await;
        let records = page.map_err(read)?.records;
        let numbered = log.stream(&numbers, Version::FIRST, 1).await;
        let numbered = numbered.map_err(read)?.records.pop();
        let begin = match records.first() {
            Some(first) => instant(&first.recorded_at)?,
            None => return Err(failed("reading the case", "it has no events")),
        };
        let mut steps: Vec<Step> = Vec::new();
        for record in records {
            let seconds = instant(&record.recorded_at)?.seconds_since(begin);
            let number = numbered.clone().filter(|n| n.turn == record.turn);
            match steps.last_mut() {
                Some(step) if record.part.number.get() > 1 => step.events.push(record),
                _ => steps.push(Step {
                    seconds,
                    events: vec![record],
                    number,
                }),
            }
        }
        let count = |step: &Step| step.events.len() + usize::from(step.number.is_some());
        Ok(Self {
            begin,
            events: steps.iter().map(count).sum::<usize>() as u64,
            steps,
            case: case.to_string(),
        })
    }
}

/// Writes the cases, in the order of time.
async fn write(
    log: &Journal,
    template: &Template,
    cases: u64,
    minutes: u64,
) -> Result<(), Failure> {
    let mut waiting: BinaryHeap<Reverse<(i64, u64, usize)>> = BinaryHeap::new();
    let mut serials: BTreeMap<Month, u64> = BTreeMap::new();
    let mut on_their_way: VecDeque<BoxFuture<'static, _>> = VecDeque::new();
    let first = template.steps.last().map_or(0, |step| step.seconds) + 86_400;
    let apart = i64::try_from(minutes).unwrap_or(44) * 60;
    for case in 0..cases {
        let begin = first + i64::try_from(case).unwrap_or(0) * apart;
        waiting.push(Reverse((begin, case, 0)));
        // All that comes before the next case begins.
        while let Some(Reverse((at, case, nth))) = waiting.peek().copied() {
            if at >= begin + apart && case + 1 < cases {
                break;
            }
            waiting.pop();
            let Some(step) = template.steps.get(nth) else {
                continue;
            };
            let copy = Copy::new(template, case, at - step.seconds);
            on_their_way.push_back(log.append(copy.append(step, &mut serials)?));
            if let Some(next) = template.steps.get(nth + 1) {
                waiting.push(Reverse((at - step.seconds + next.seconds, case, nth + 1)));
            }
            if on_their_way.len() >= ON_THEIR_WAY {
                arrived(on_their_way.pop_front()).await?;
            }
        }
    }
    while let Some(append) = on_their_way.pop_front() {
        arrived(Some(append)).await?;
    }
    Ok(())
}

async fn arrived(
    append: Option<BoxFuture<'static, Result<redress_log::Appended, AppendError>>>,
) -> Result<(), Failure> {
    if let Some(append) = append {
        append.await.map_err(|e| failed("an append", e))?;
    }
    Ok(())
}

/// A case written after the template.
struct Copy<'t> {
    template: &'t Template,
    id: Uuid,
    /// How much later than the template's it is.
    seconds: i64,
}

impl<'t> Copy<'t> {
    fn new(template: &'t Template, case: u64, seconds: i64) -> Self {
        Self {
            template,
            id: Uuid::new_v5(&Uuid::NAMESPACE_OID, &case.to_be_bytes()),
            seconds,
        }
    }

    fn append(&self, step: &Step, serials: &mut BTreeMap<Month, u64>) -> Result<Append, Failure> {
        let at = self
            .template
            .begin
            .plus_seconds(self.seconds + step.seconds);
        let month = Month::of(at, &Zone::SHANGHAI);
        let mut serial = 0;
        if step.number.is_some() {
            let last = serials.entry(month).or_insert(0);
            *last += 1;
            serial = *last;
        }
        let stream = |category, id: &str| {
            StreamId::new(category, id).map_err(|e| failed("naming a stream", e))
        };
        let before = step.events.first().map_or(0, |e| e.version.0 - 1);
        let events = step.events.iter().map(|e| self.event(e, month, serial));
        let mut writes = vec![StreamWrite {
            stream: stream("complaint", &self.id.to_string())?,
            expected: Expected::Count(before),
            events: events.collect::<Result<_, _>>()?,
        }];
        if let Some(number) = &step.number {
            writes.push(StreamWrite {
                stream: stream("numbers", &format!("complaint-{month}"))?,
                expected: Expected::Any,
                events: vec![self.event(number, month, serial)?],
            });
        }
        Ok(Append {
            recorded_at: stamp(at)?,
            writes,
        })
    }

    fn event(&self, of: &Recorded, month: Month, serial: u64) -> Result<NewEvent, Failure> {
        let mut payload: Value =
            serde_json::from_str(of.payload.as_str()).map_err(|e| failed("reading an event", e))?;
        self.later(&mut payload);
        if let Value::Object(members) = &mut payload {
            for (name, value) in members.iter_mut() {
                let short = format!("{:02}-{:02}", month.year() % 100, month.number());
                match name.as_str() {
                    "period" | "month" => *value = Value::from(month.to_string()),
                    "serial" => *value = Value::from(serial),
                    "print" => *value = Value::from(format!("{short}-{serial:02}")),
                    "key" => {
                        *value = Value::from(format!("{}{serial:02}", short.replace('-', "")));
                    }
                    _ => {}
                }
            }
        }
        let occurred_at = instant(&of.occurred_at)?.plus_seconds(self.seconds);
        let name = [of.stream.category().as_bytes(), &of.version.0.to_be_bytes()].concat();
        Ok(NewEvent {
            id: Uuid::new_v5(&self.id, &name),
            kind: of.kind.clone(),
            schema: of.schema,
            occurred_at: stamp(occurred_at)?,
            actor: of.actor.clone(),
            command: of.command.clone(),
            payload: RawJson::of(&payload).map_err(|e| failed("making an event", e))?,
        })
    }

    /// Moves every instant in a value, and puts the case's id for the template's.
    fn later(&self, value: &mut Value) {
        match value {
            Value::String(text) if *text == self.template.case => *text = self.id.to_string(),
            Value::String(text) if text.len() == 27 && text.ends_with('Z') => {
                if let Ok(instant) = Instant::parse_rfc3339(text) {
                    *text = instant.plus_seconds(self.seconds).to_string();
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.later(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.later(value)),
            _ => {}
        }
    }
}

fn instant(stamp: &Stamp) -> Result<Instant, Failure> {
    Instant::parse_rfc3339(stamp.as_str()).map_err(|e| failed("reading an instant", e))
}

fn stamp(instant: Instant) -> Result<Stamp, Failure> {
    Stamp::parse(&instant.to_string()).map_err(|e| failed("writing an instant", e))
}
