//! A company at work in memory: commands in, records out, decided by the real rules.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};

use redress_core::command::Command;
use redress_core::complaint::Complaint;
use redress_core::decide::decide;
use redress_core::event::Event;
use redress_core::regulation::Workflow;
use redress_kernel::actor::{Actor, By};
use redress_kernel::calendar::Calendar;
use redress_kernel::case::Meta;
use redress_kernel::command::CaseCommand;
use redress_kernel::decide::{Context, Who};
use redress_kernel::definition::Duty;
use redress_kernel::event::{CaseEvent, Link};
use redress_kernel::id::{CaseId, DepartmentId};
use redress_kernel::organisation::{Organisation, OrganisationCommand};
use redress_kernel::refusal::Refusal;
use redress_kernel::time::{Instant, Month, Zone};
use redress_kernel::value::{Value, Values};
use redress_views::Record;

pub(crate) const ZONE: Zone = Zone::SHANGHAI;

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// An event as a log keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) position: u64,
    pub(crate) stream: String,
    pub(crate) version: u64,
    pub(crate) event: Event,
    pub(crate) payload: String,
    pub(crate) occurred_at: Instant,
    pub(crate) recorded_at: Instant,
    pub(crate) actor: Actor,
}

impl Stored {
    pub(crate) fn record(&self) -> Record<'_> {
        Record {
            position: self.position,
            stream: &self.stream,
            version: self.version,
            kind: self.event.kind(),
            schema: self.event.schema(),
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            actor: &self.actor,
            payload: &self.payload,
        }
    }
    pub(crate) fn meta(&self) -> Meta {
        Meta {
            at: self.occurred_at,
            actor: self.actor.clone(),
        }
    }
}

pub(crate) struct Company {
    pub(crate) workflow: Workflow,
    pub(crate) calendar: Calendar,
    pub(crate) organisation: Organisation,
    pub(crate) cases: Vec<(CaseId, Complaint, u64)>,
    pub(crate) log: Vec<Stored>,
    serials: BTreeMap<Month, u64>,
}

/// Who acts: an employee and, for some, an office.
pub(crate) const PEOPLE: &[(&str, &str, &[&str])] = &[
    ("sam", "sales", &["sales-manager"]),
    ("sue", "sales", &[]),
    ("gus", "gm-office", &["general-manager"]),
    ("quinn", "quality", &[]),
    ("mo", "manufacturing", &[]),
    ("pam", "manufacturing", &["plant-manager"]),
    ("rae", "rnd", &[]),
];

impl Default for Company {
    fn default() -> Self {
        let mut workflow = redress_workflow::builtin_workflow("customer-complaint").unwrap();
        workflow.definition.suspension = Some(Duty {
            departments: vec![],
            clause: "S".to_owned(),
        });
        let calendar = redress_workflow::builtin_calendar().unwrap();
        let mut organisation = Organisation::default();
        let from = at("2020-01-01T00:00:00Z");
        let mut change = |command| {
            for event in organisation.decide(&command).unwrap() {
                organisation.evolve(&event);
            }
        };
        for (employee, department, offices) in PEOPLE {
            change(OrganisationCommand::Join {
                employee: employee.parse().unwrap(),
                department: department.parse().unwrap(),
                unit: None,
                from,
            });
            for office in *offices {
                change(OrganisationCommand::HoldOffice {
                    office: office.parse().unwrap(),
                    employee: employee.parse().unwrap(),
                    from,
                });
            }
        }
        Self {
            workflow,
            calendar,
            organisation,
            cases: Vec::new(),
            log: Vec::new(),
            serials: BTreeMap::new(),
        }
    }
}

pub(crate) fn money(minor: i64) -> Value {
    use redress_kernel::money::{Currency, Money};
    let cny: Currency = "CNY".parse().unwrap();
    Value::Money(Money::new(minor, cny).unwrap())
}

pub(crate) fn values(entries: &[(&str, Value)]) -> Values {
    entries
        .iter()
        .map(|(field, value)| (field.parse().unwrap(), value.clone()))
        .collect()
}

fn t(text: &str) -> Value {
    Value::text(text)
}

/// The form that opens a complaint.
pub(crate) fn form(customer: &str, country: &str, product: &str) -> Values {
    values(&[
        ("customer", t(&format!("customer:{customer}"))),
        ("country", t(country)),
        ("product", t(product)),
        ("order_no", t("A-2602-17")),
        ("item_no", t("PCB-40")),
        ("quantity", Value::Integer(500)),
        ("ship_date", t("2026-02-10")),
        ("loss_caused", Value::Boolean(true)),
        ("kind", t("quality")),
        ("demand", Value::List(vec!["allowance".to_owned()])),
        ("reasons", t("blistered")),
    ])
}

/// An ordinary report of a stage.
pub(crate) fn report(stage: &str, choice: u8) -> Values {
    match stage {
        "investigation" => values(&[
            (
                "cause_category",
                t(["bath", "drill", "film"][usize::from(choice % 3)]),
            ),
            ("findings", t("too little copper")),
            (
                "responsible_departments",
                Value::List(match choice % 4 {
                    0 => vec!["department:manufacturing".to_owned()],
                    1 => vec!["department:sales".to_owned()],
                    _ => vec![
                        "department:manufacturing".to_owned(),
                        "department:sales".to_owned(),
                    ],
                }),
            ),
            (
                "technical_opinion",
                Value::Boolean(choice.is_multiple_of(5)),
            ),
        ]),
        "countermeasure" => values(&[
            ("abnormality_cause", t("bath not analysed")),
            ("countermeasure", t("analyse it")),
        ]),
        "technical-opinion" | "review" | "consolidation" => values(&[("opinion", t("agreed"))]),
        "handling-proposal" => values(&[
            ("handling", Value::List(vec!["allowance".to_owned()])),
            ("allowance", money(50_000)),
            ("negotiation", t("the customer asks for an allowance")),
        ]),
        "approval" => values(&[
            ("outcome", t("granted")),
            ("occurred_at_unit", t("unit:group-3")),
            ("our_fault", Value::Boolean(false)),
        ]),
        "settlement" => values(&[("kind", t("none"))]),
        _ => Values::new(),
    }
}

fn person(department: &DepartmentId) -> &'static str {
    PEOPLE
        .iter()
        .find(|(_, d, _)| *department == **d)
        .map_or("gus", |(employee, _, _)| employee)
}

impl Company {
    pub(crate) fn case_id(number: usize) -> CaseId {
        // Spread, so that prefixes of ids differ.
        let number = u128::try_from(number).unwrap() + 1;
        let id = number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        format!("{id:032x}").parse().unwrap()
    }

    pub(crate) fn complaint(&self, case: usize) -> &Complaint {
        &self.cases[case].1
    }

    /// Lodges a complaint; its place in `cases`.
    pub(crate) fn lodge(
        &mut self,
        form: Values,
        links: Vec<Link>,
        when: Instant,
        now: Instant,
    ) -> Result<usize, Refusal> {
        let command = CaseCommand::Open {
            values: form,
            links,
        };
        let case = self.cases.len();
        self.run(case, command.into(), Some("sue"), when, now)?;
        Ok(case)
    }

    /// Carries out a command as somebody, or as the engine itself.
    pub(crate) fn run(
        &mut self,
        case: usize,
        command: Command,
        by: Option<&str>,
        when: Instant,
        now: Instant,
    ) -> Result<usize, Refusal> {
        let by = by.map(|name| By::employee(name.parse().unwrap()));
        let who = match (&command, &by) {
            (Command::Case(CaseCommand::Import { .. }), _) => Who::Import,
            (_, Some(by)) => Who::Person(by),
            (_, None) => Who::Engine,
        };
        let period = Month::of(when.to_whole_second(), &ZONE);
        let ctx = Context {
            definition: &self.workflow.definition,
            calendar: &self.calendar,
            zone: &ZONE,
            organisation: &self.organisation,
            who,
            at: when,
            now,
            serial: Some(self.serials.get(&period).copied().unwrap_or(0) + 1),
        };
        let known = self.cases.get(case).map(|(_, complaint, _)| complaint);
        let decision = decide(
            &self.workflow,
            known,
            &command,
            &ctx,
            &redress_core::decide::Beside {
                staff: &redress_core::staff::Staff::default(),
                successor_withdrawn: false,
                sentenced_before: &BTreeSet::new(),
            },
        )?;
        let id = Self::case_id(case);
        let mut complaint = known.cloned();
        let mut version = self.cases.get(case).map_or(0, |(_, _, version)| *version);
        let count = decision.events.len();
        for dated in decision.events {
            version += 1;
            if let Event::Case(CaseEvent::Numbered(n)) = &dated.event {
                self.serials.insert(n.period, n.serial);
            }
            let stored = Stored {
                position: u64::try_from(self.log.len()).unwrap() + 1,
                stream: format!("complaint/{id}"),
                version,
                payload: dated.event.payload().unwrap(),
                event: dated.event,
                occurred_at: dated.at,
                recorded_at: now,
                actor: decision.actor.clone(),
            };
            complaint = Complaint::fold(complaint, &stored.event, &stored.meta());
            self.log.push(stored);
        }
        if let Some(complaint) = complaint {
            if case < self.cases.len() {
                self.cases[case] = (id, complaint, version);
            } else {
                self.cases.push((id, complaint, version));
            }
        }
        Ok(count)
    }

    /// The next ordinary step of a case: the report of the stage, or its endorsement.
    pub(crate) fn step(
        &mut self,
        case: usize,
        choice: u8,
        when: Instant,
        now: Instant,
    ) -> Result<usize, Refusal> {
        let Some(visit) = self.cases[case].1.case.open_visit().cloned() else {
            return Ok(0);
        };
        let definition = &self.workflow.definition;
        let stage = definition.stage(visit.stage.as_str()).unwrap().clone();
        let (command, by) = if visit.reported.is_some() {
            let by = match visit.stage.as_str() {
                "countermeasure" => "pam",
                _ => "sam",
            };
            let endorse = CaseCommand::Endorse {
                stage: stage.id,
                visit: None,
                remark: None,
            };
            (endorse, by)
        } else {
            let by = match visit.stage.as_str() {
                "approval" => "gus",
                "handling-proposal" => "sue",
                _ => person(&visit.department),
            };
            let report = CaseCommand::Report {
                values: report(stage.id.as_str(), choice),
                stage: stage.id,
                visit: None,
            };
            (report, by)
        };
        self.run(case, command.into(), Some(by), when, now)
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.log.iter().map(Stored::record)
    }

    /// The complaint as of a moment: the events that had happened by then, in the order of the stream.
    pub(crate) fn as_of(&self, case: CaseId, then: Instant) -> Option<Complaint> {
        let stream = format!("complaint/{case}");
        self.log
            .iter()
            .filter(|s| s.stream == stream && s.occurred_at <= then)
            .fold(None, |c, s| Complaint::fold(c, &s.event, &s.meta()))
    }
}

pub(crate) fn case(command: CaseCommand) -> Command {
    command.into()
}
