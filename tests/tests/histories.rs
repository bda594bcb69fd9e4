//! A thousand random histories: the command behind each append is recovered from its events, and a replay of the
//! recorded events gives the same state; views built step by step equal views rebuilt from zero.

use redress_core::command::{Command, ComplaintCommand};
use redress_core::complaint::Complaint;
use redress_core::decide::{command_of, decide};
use redress_core::event::{Event, Means};
use redress_core::regulation::Workflow;
use redress_kernel::actor::{Actor, By};
use redress_kernel::calendar::Calendar;
use redress_kernel::case::{Meta, Status};
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::{Context, Dated, Who};
use redress_kernel::event::CaseEvent;
use redress_kernel::form::{FieldKind, Form};
use redress_kernel::id::CaseId;
use redress_kernel::money::Money;
use redress_kernel::organisation::{Organisation, OrganisationCommand};
use redress_kernel::time::{Instant, Zone};
use redress_kernel::value::{Share, Value, Values};
use redress_views::{Record, Views};

/// SplitMix64: a seed gives the same history on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }
    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }
}

fn instant(text: &str) -> Instant {
    Instant::parse_rfc3339(text).unwrap()
}

/// One or two people in each department of the workflow, a holder for each office, a deputy for each holder.
fn organisation(workflow: &Workflow) -> (Organisation, Vec<By>) {
    let from = instant("2020-01-01T00:00:00Z");
    let mut organisation = Organisation::default();
    let mut people = Vec::new();
    let mut change = |command: OrganisationCommand| {
        for event in organisation.decide(&command).unwrap() {
            organisation.evolve(&event);
        }
    };
    for department in &workflow.definition.departments {
        for n in 1..=2 {
            let employee: redress_kernel::id::EmployeeId =
                format!("{}-{n}", department.id).parse().unwrap();
            change(OrganisationCommand::Join {
                employee: employee.clone(),
                department: department.id.clone(),
                unit: None,
                from,
            });
            people.push(By::employee(employee));
        }
    }
    for (n, office) in workflow.definition.offices.iter().enumerate() {
        let department = workflow.definition.departments[n % workflow.definition.departments.len()]
            .id
            .clone();
        let holder: redress_kernel::id::EmployeeId =
            format!("holder-{}", office.id).parse().unwrap();
        let deputy: redress_kernel::id::EmployeeId =
            format!("deputy-{}", office.id).parse().unwrap();
        for employee in [&holder, &deputy] {
            change(OrganisationCommand::Join {
                employee: employee.clone(),
                department: department.clone(),
                unit: None,
                from,
            });
        }
        change(OrganisationCommand::HoldOffice {
            office: office.id.clone(),
            employee: holder.clone(),
            from,
        });
        change(OrganisationCommand::Deputise {
            principal: holder.clone(),
            deputy: deputy.clone(),
            period: redress_kernel::organisation::Period { from, until: None },
        });
        people.push(By::employee(holder.clone()));
        people.push(By {
            employee: deputy,
            office: None,
            principal: Some(holder),
        });
    }
    (organisation, people)
}

fn fill(form: &Form, dice: &mut Dice) -> Values {
    let mut values = Values::new();
    for field in &form.fields {
        if !matches!(field.required, redress_kernel::form::Required::Always) && dice.one_in(3) {
            continue;
        }
        if field.deferrable && dice.one_in(3) {
            values.insert(field.id.clone(), Value::PENDING);
            continue;
        }
        let text = |text: &str| Value::Text(text.to_owned());
        let value = match &field.kind {
            FieldKind::Text { .. } if field.binds.as_deref() == Some("exchange_rate") => {
                text("7.1234")
            }
            FieldKind::Text { .. } if field.id == "country" => {
                text(dice.pick::<&str>(&["CN", "DE", "US"]))
            }
            FieldKind::Text { .. } => {
                text(dice.pick::<&str>(&["划痕", "short circuit", "不良 / bad"]))
            }
            FieldKind::Integer { min, max } => Value::Integer(
                (*min)
                    .max(0)
                    .saturating_add(dice.below(50) as i64)
                    .min(*max),
            ),
            FieldKind::Boolean if field.binds.as_deref() == Some("loss_caused") => {
                Value::Boolean(true)
            }
            FieldKind::Boolean => Value::Boolean(dice.one_in(3)),
            FieldKind::Date => text("2026-02-17"),
            FieldKind::Instant => text("2026-02-17T08:00:00Z"),
            FieldKind::Money { .. } => {
                let currency = if dice.one_in(6) { "USD" } else { "CNY" };
                Value::Money(
                    Money::new(dice.below(4_000_000) as i64, currency.parse().unwrap()).unwrap(),
                )
            }
            FieldKind::Choice { choices } => text(&dice.pick(choices).id),
            FieldKind::Choices { choices } => Value::List(vec![dice.pick(choices).id.clone()]),
            FieldKind::Party => {
                text(dice.pick::<&str>(&["customer:K1", "department:quality", "unit:g3"]))
            }
            FieldKind::Parties => Value::List(vec!["department:manufacturing".to_owned()]),
            FieldKind::Shares => Value::Shares(vec![
                Share {
                    party: "unit:g1".to_owned(),
                    bp: 4_500,
                },
                Share {
                    party: "supplier:S1".to_owned(),
                    bp: 5_500,
                },
            ]),
        };
        values.insert(field.id.clone(), value);
    }
    // What is not established grants nothing; most decisions of the dice are to make sense.
    let not_established = Value::Text("not_established".to_owned());
    if values.values().any(|value| *value == not_established) && !dice.one_in(4) {
        let grants = |binds: &str| binds.starts_with("concession");
        for field in form
            .fields
            .iter()
            .filter(|f| f.binds.as_deref().is_some_and(grants))
        {
            values.remove(&field.id);
        }
    }
    values
}

fn some_command(workflow: &Workflow, complaint: Option<&Complaint>, dice: &mut Dice) -> Command {
    let definition = &workflow.definition;
    let form = |id: &str| definition.form(id).unwrap();
    let Some(complaint) = complaint else {
        let values = fill(form(definition.opening.form.as_str()), dice);
        return CaseCommand::Open {
            values,
            links: Vec::new(),
        }
        .into();
    };
    let case = &complaint.case;
    let some_path = |dice: &mut Dice| {
        let mut paths: Vec<String> = case
            .opening
            .keys()
            .map(|f| format!("opening.{f}"))
            .collect();
        for (stage, values) in &case.reports {
            paths.extend(values.keys().map(|f| format!("{stage}.{f}")));
        }
        dice.pick(&paths).parse().unwrap()
    };
    let reason = "因为 because".to_owned();
    match dice.below(16) {
        0..=6 => match case.open_visit() {
            Some(visit) if visit.reported.is_some() => CaseCommand::Endorse {
                stage: visit.stage.clone(),
                visit: None,
                remark: None,
            }
            .into(),
            Some(visit) => {
                let stage = definition.stage(visit.stage.as_str()).unwrap();
                let values = fill(form(stage.form.as_str()), dice);
                CaseCommand::Report {
                    stage: stage.id.clone(),
                    visit: None,
                    values,
                }
                .into()
            }
            None => CaseCommand::Round {}.into(),
        },
        7 => CaseCommand::SendBack {
            to: dice.pick(&definition.stages).id.clone(),
            visit: None,
            reason,
        }
        .into(),
        8 => {
            let path: redress_kernel::value::Path = some_path(dice);
            let value = fresh_value(definition, &path, dice);
            CaseCommand::Correct {
                path,
                value,
                reason,
            }
            .into()
        }
        9 => {
            let path: redress_kernel::value::Path = some_path(dice);
            let value = fresh_value(definition, &path, dice);
            CaseCommand::Complete { path, value }.into()
        }
        10 if dice.one_in(6) => CaseCommand::Withdraw { reason }.into(),
        10 => CaseCommand::Link {
            relation: "see-also".to_owned(),
            case: CaseId(uuid(dice)),
        }
        .into(),
        11 => CaseCommand::Inquire {
            visit: dice.below(8) as u32,
        }
        .into(),
        12 => CaseCommand::AnswerInquiry { inquiry: 1, reason }.into(),
        13 if case.is_suspended() => CaseCommand::Resume {}.into(),
        13 => CaseCommand::Suspend { reason }.into(),
        14 => match dice.below(5) {
            0 => ComplaintCommand::Object {
                petition: reason,
                from_customer: dice.one_in(2),
            }
            .into(),
            1 => ComplaintCommand::Rule {
                objection: 1,
                upheld: dice.one_in(2),
                ruling: reason,
            }
            .into(),
            2 => ComplaintCommand::NameThirdParty {
                party: "supplier:S4".to_owned(),
                reason,
            }
            .into(),
            3 => ComplaintCommand::CustomerRefuses {
                successor: CaseId(uuid(dice)),
            }
            .into(),
            _ => ComplaintCommand::Answer {
                means: Means::Letter,
                text: reason,
                concedes: dice.one_in(2).then(|| "120.00 CNY".parse().unwrap()),
            }
            .into(),
        },
        _ => CaseCommand::Round {}.into(),
    }
}

fn fresh_value(
    definition: &redress_kernel::definition::Definition,
    path: &redress_kernel::value::Path,
    dice: &mut Dice,
) -> Value {
    use redress_kernel::value::Scope;
    let form = match &path.scope {
        Scope::Opening => definition.form(definition.opening.form.as_str()),
        Scope::Stage(stage) => {
            definition.form(definition.stage(stage.as_str()).unwrap().form.as_str())
        }
        Scope::Form | Scope::Fact => None,
    };
    fill(form.unwrap(), dice)
        .remove(&path.field)
        .unwrap_or(Value::Integer(7))
}

fn uuid(dice: &mut Dice) -> uuid::Uuid {
    uuid::Uuid::from_u64_pair(dice.roll(), dice.roll())
}

/// One append of a history, as the log would hold it.
struct Append {
    at: Instant,
    now: Instant,
    actor: Actor,
    events: Vec<Dated<Event>>,
}

struct History {
    complaint: Option<Complaint>,
    appends: Vec<Append>,
    refused: usize,
}

fn fold(complaint: Option<Complaint>, append: &Append) -> Option<Complaint> {
    append.events.iter().fold(complaint, |complaint, dated| {
        let meta = Meta {
            at: dated.at,
            actor: append.actor.clone(),
        };
        Complaint::fold(complaint, &dated.event, &meta)
    })
}

fn serial_of(events: &[Dated<Event>]) -> Option<u64> {
    events.iter().find_map(|dated| match &dated.event {
        Event::Case(CaseEvent::Numbered(n)) => Some(n.serial),
        _ => None,
    })
}

fn by_of(actor: &Actor) -> Option<By> {
    match actor {
        Actor::Person {
            employee,
            office,
            principal,
            ..
        } => Some(By {
            employee: employee.clone(),
            office: office.clone(),
            principal: principal.clone(),
        }),
        Actor::Engine | Actor::Import => None,
    }
}

fn play(workflow: &Workflow, calendar: &Calendar, steps: usize, dice: &mut Dice) -> History {
    let (organisation, people) = organisation(workflow);
    let zone = Zone::SHANGHAI;
    let mut now = instant("2026-03-02T01:00:00Z");
    let mut history = History {
        complaint: None,
        appends: Vec::new(),
        refused: 0,
    };
    for _ in 0..steps {
        now = now.plus_seconds(dice.below(60_000) as i64);
        let command = some_command(workflow, history.complaint.as_ref(), dice);
        let round = matches!(command, Command::Case(CaseCommand::Round {}));
        let at = if round || !dice.one_in(5) {
            now
        } else {
            now.plus_seconds(-(dice.below(40_000) as i64))
        };
        // Everybody tries in an order of the dice until somebody may; all others are refused.
        let start = dice.below(people.len() as u64) as usize;
        for n in 0..people.len() {
            let by = &people[(start + n) % people.len()];
            let who = if round { Who::Engine } else { Who::Person(by) };
            let ctx = Context {
                definition: &workflow.definition,
                calendar,
                zone: &zone,
                organisation: &organisation,
                who,
                at,
                now,
                serial: Some(1 + dice.below(120)),
            };
            match decide(
                workflow,
                history.complaint.as_ref(),
                &command,
                &ctx,
                &redress_core::decide::Beside {
                    staff: &redress_core::staff::Staff::default(),
                    successor_withdrawn: false,
                    sentenced_before: &std::collections::BTreeSet::new(),
                },
            ) {
                Err(_) => history.refused += 1,
                Ok(decision) if decision.events.is_empty() => break,
                Ok(decision) => {
                    let append = Append {
                        at,
                        now,
                        actor: decision.actor,
                        events: decision.events,
                    };
                    recovers(
                        workflow,
                        calendar,
                        &organisation,
                        history.complaint.as_ref(),
                        &append,
                    );
                    history.complaint = fold(history.complaint, &append);
                    history.appends.push(append);
                    break;
                }
            }
        }
    }
    history
}

/// `decide(state, command_of(events), at) == events`, through the JSON texts that the log would hold.
fn recovers(
    workflow: &Workflow,
    calendar: &Calendar,
    organisation: &Organisation,
    before: Option<&Complaint>,
    append: &Append,
) {
    let read: Vec<Event> = append
        .events
        .iter()
        .map(|d| {
            Event::read(
                d.event.kind(),
                d.event.schema(),
                &d.event.payload().unwrap(),
            )
            .unwrap()
        })
        .collect();
    let command = command_of(&read).unwrap();
    let command = Command::from_json(command.to_json().unwrap()).unwrap();
    let by = by_of(&append.actor);
    let ctx = Context {
        definition: &workflow.definition,
        calendar,
        zone: &Zone::SHANGHAI,
        organisation,
        who: by.as_ref().map_or(Who::Engine, Who::Person),
        at: append.at,
        now: append.now,
        serial: serial_of(&append.events),
    };
    let again = decide(
        workflow,
        before,
        &command,
        &ctx,
        &redress_core::decide::Beside {
            staff: &redress_core::staff::Staff::default(),
            successor_withdrawn: false,
            sentenced_before: &std::collections::BTreeSet::new(),
        },
    )
    .unwrap();
    assert_eq!(again.actor, append.actor);
    assert_eq!(again.events, append.events);
}

/// The records that a log would hold of a history.
fn records(category: &str, seed: u64, history: &History) -> Vec<Line> {
    let stream = format!("{category}/{}", uuid::Uuid::from_u128(u128::from(seed) + 1));
    let mut lines = Vec::new();
    for append in &history.appends {
        for dated in &append.events {
            lines.push(Line {
                stream: stream.clone(),
                version: lines.len() as u64 + 1,
                kind: dated.event.kind(),
                schema: dated.event.schema(),
                occurred_at: dated.at,
                recorded_at: append.now,
                actor: append.actor.clone(),
                payload: dated.event.payload().unwrap(),
            });
        }
    }
    lines
}

struct Line {
    stream: String,
    version: u64,
    kind: &'static str,
    schema: u32,
    occurred_at: Instant,
    recorded_at: Instant,
    actor: Actor,
    payload: String,
}

impl Line {
    fn record(&self, position: u64) -> Record<'_> {
        Record {
            position,
            stream: &self.stream,
            version: self.version,
            kind: self.kind,
            schema: self.schema,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            actor: &self.actor,
            payload: &self.payload,
        }
    }
}

/// Ten histories at a time are shuffled into one log, as a desk would write them: each keeps its own order.
#[test]
fn views_of_a_thousand_histories_are_the_same_built_step_by_step_and_rebuilt() {
    let calendar = redress_workflow::builtin_calendar().unwrap();
    let workflows = redress_workflow::builtin().unwrap();
    let mut rows = 0;
    for hundred in 0..100u64 {
        let mut dice = Dice(1_000_000 + hundred);
        let mut logs: Vec<std::collections::VecDeque<Line>> = (0..10)
            .map(|n| {
                let workflow = if n == 0 {
                    dice.pick(&workflows)
                } else {
                    &workflows[0]
                };
                let history = play(workflow, &calendar, 40, &mut dice);
                records(&workflow.definition.category, hundred * 10 + n, &history).into()
            })
            .collect();
        let mut lines = Vec::new();
        while logs.iter().any(|log| !log.is_empty()) {
            let n = dice.below(logs.len() as u64) as usize;
            for _ in 0..=dice.below(3) {
                lines.extend(logs[n].pop_front());
            }
        }
        let positions = 1u64..;
        // Step by step, with a question in between now and then: asking changes nothing.
        let mut grown = Views::new();
        for (line, position) in lines.iter().zip(positions.clone()) {
            grown.apply(&line.record(position)).unwrap();
            if dice.one_in(50) {
                grown.overdue(line.recorded_at).unwrap();
            }
        }
        let mut rebuilt = Views::new();
        rebuilt
            .extend(
                lines
                    .iter()
                    .zip(positions)
                    .map(|(line, position)| line.record(position)),
            )
            .unwrap();
        assert_eq!(grown.position(), rebuilt.position());
        let (grown, rebuilt): (Vec<_>, Vec<_>) = (
            grown.rows().iter().collect(),
            rebuilt.rows().iter().collect(),
        );
        rows += grown.len();
        assert_eq!(grown, rebuilt, "hundred {hundred}");
    }
    println!("{rows} rows");
    assert!(rows > 10_000, "the views hold nothing");
}

#[test]
fn the_command_behind_each_append_of_a_thousand_histories_is_recovered() {
    let calendar = redress_workflow::builtin_calendar().unwrap();
    let workflows = redress_workflow::builtin().unwrap();
    let (mut appends, mut refused, mut closed, mut decided) = (0, 0, 0, 0);
    for seed in 0..1_000 {
        let mut dice = Dice(seed);
        let workflow = if dice.one_in(5) {
            dice.pick(&workflows)
        } else {
            workflows
                .iter()
                .find(|w| w.definition.id == "customer-complaint")
                .unwrap()
        };
        let history = play(workflow, &calendar, 60, &mut dice);
        let replayed = history.appends.iter().fold(None, fold);
        assert_eq!(replayed, history.complaint, "seed {seed}");
        appends += history.appends.len();
        refused += history.refused;
        if let Some(complaint) = &history.complaint {
            closed += usize::from(matches!(complaint.case.status, Status::Closed { .. }));
            decided += usize::from(complaint.decision.is_some());
        }
    }
    println!("{appends} appends, {refused} refusals, {closed} closed, {decided} decided");
    assert!(
        appends > 10_000 && refused > 10_000 && closed > 100 && decided > 50,
        "the histories go nowhere"
    );
}
