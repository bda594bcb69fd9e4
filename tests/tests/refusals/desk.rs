//! A desk for the gallery: a company, a workflow, one case, units, ledgers and months in memory, commands as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use redress_core::account::Account;
use redress_core::command::Command;
use redress_core::complaint::Complaint;
use redress_core::decide::{Beside, decide};
use redress_core::event::Event;
use redress_core::month::{self, Booked, Books, MonthCommand, MonthState};
use redress_core::person::{self, PersonCommand};
use redress_core::regulation::Workflow;
use redress_core::staff::{Staff, StaffCommand};
use redress_kernel::actor::By;
use redress_kernel::calendar::Calendar;
use redress_kernel::case::Meta;
use redress_kernel::decide::{Context, Who};
use redress_kernel::form::{Field, FieldKind};
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::organisation::{Organisation, OrganisationCommand};
use redress_kernel::refusal::{MISSING_FIELD, Refusal};
use redress_kernel::time::{Instant, Month, Zone};
use serde_json::{Value as Json, json};

/// Something that was refused: who asked for what, and the refusal.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) asked: String,
    pub(crate) refusal: Refusal,
}

pub(crate) struct Desk {
    pub(crate) workflow: Workflow,
    pub(crate) organisation: Organisation,
    pub(crate) case: Option<Complaint>,
    pub(crate) staff: Staff,
    accounts: BTreeMap<EmployeeId, Account>,
    months: BTreeMap<Month, MonthState>,
    pub(crate) now: Instant,
    pub(crate) serial: Option<u64>,
    calendar: Calendar,
    zone: Zone,
}

pub(crate) fn instant(local: &str) -> Instant {
    Instant::parse_rfc3339(&format!("{}+08:00", local.replace(' ', "T"))).unwrap()
}

/// Who works here: id, department, and the office held.
const PEOPLE: &[(&str, &str, &str)] = &[
    ("lin", "sales", ""),
    ("sun", "sales", "sales-manager"),
    ("guo", "gm-office", ""),
    ("deng", "gm-office", "deputy-general-manager"),
    ("zhao", "gm-office", "general-manager"),
    ("qian", "quality", ""),
    ("ma", "manufacturing", ""),
    ("peng", "manufacturing", "plant-manager"),
    ("yan", "rnd", ""),
    ("wei", "hr", ""),
    ("jin", "accounting", ""),
];

/// Who heads a department.
const HEADS: &[(&str, &str)] = &[
    ("manufacturing", "peng"),
    ("quality", "qian"),
    ("rnd", "yan"),
];

impl Desk {
    pub(crate) fn new(definition: &str) -> Self {
        static SHIPPED: OnceLock<Vec<Workflow>> = OnceLock::new();
        let workflow = SHIPPED
            .get_or_init(|| redress_workflow::builtin().unwrap())
            .iter()
            .find(|w| w.definition.id == *definition)
            .unwrap()
            .clone();
        let mut desk = Self {
            workflow,
            organisation: Organisation::default(),
            case: None,
            staff: Staff::default(),
            accounts: BTreeMap::new(),
            months: BTreeMap::new(),
            now: instant("2026-03-02 09:00:00"),
            serial: Some(7),
            calendar: redress_workflow::builtin_calendar().unwrap(),
            zone: Zone::parse("Asia/Shanghai").unwrap(),
        };
        for (employee, department, office) in PEOPLE {
            let from = instant("2020-01-01 00:00:00");
            desk.organise(json!({"command": "join", "employee": employee, "department": department, "from": from}));
            if !office.is_empty() {
                desk.organise(json!({"command": "hold_office", "office": office, "employee": employee, "from": from}));
            }
        }
        for (department, head) in HEADS {
            let from = instant("2020-01-01 00:00:00");
            desk.organise(json!({"command": "head", "department": department, "employee": head, "from": from}));
        }
        desk
    }

    /// A desk with a complaint lodged at nine, from China.
    pub(crate) fn lodged() -> Self {
        let mut desk = Self::new("customer-complaint");
        desk.open("lin", json!({"country": "CN"})).unwrap();
        desk
    }

    /// A desk whose complaint has come to a stage; each step takes an hour.
    pub(crate) fn at(stage: &str) -> Self {
        let mut desk = Self::lodged();
        desk.go_to(stage);
        desk
    }

    /// A desk whose complaint was closed by a decision.
    pub(crate) fn closed(decision: Json) -> Self {
        let mut desk = Self::at("approval");
        desk.later("01:00");
        desk.report("zhao", "approval", decision).unwrap();
        desk
    }

    pub(crate) fn go_to(&mut self, stage: &str) {
        while let Some(visit) = self.case.as_ref().unwrap().case.open_visit() {
            let standing = visit.stage.to_string();
            if standing == stage {
                return;
            }
            self.later("01:00");
            let (who, endorser) = holder(&standing);
            self.report(who, &standing, json!({})).unwrap();
            if let Some(endorser) = endorser {
                let endorse = json!({"command": "endorse", "stage": standing});
                self.ask(endorser, endorse).unwrap();
            }
        }
        panic!("the case never comes to {stage}");
    }

    /// Moves the clock on by hours and minutes.
    pub(crate) fn later(&mut self, span: &str) {
        let (hours, minutes) = span.split_once(':').unwrap();
        let minutes = hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap();
        self.now = self.now.plus_seconds(minutes * 60);
    }

    pub(crate) fn organise(&mut self, command: Json) {
        let command: OrganisationCommand = serde_json::from_value(command).unwrap();
        for event in self.organisation.decide(&command).unwrap() {
            self.organisation.evolve(&event);
        }
    }

    /// Changes the organisation, which the rules must refuse.
    pub(crate) fn organise_refused(&self, command: Json) -> Told {
        let asked = format!("the host: {command}");
        let command: OrganisationCommand = serde_json::from_value(command).unwrap();
        let refusal = Organisation::check_places(&command, [&self.workflow.definition])
            .and_then(|()| self.organisation.decide(&command))
            .unwrap_err();
        Told { asked, refusal }
    }

    /// A filled form; what the form requires beyond what is given is filled in.
    pub(crate) fn open(&mut self, who: &str, given: Json) -> Result<(), Told> {
        let form = self.workflow.definition.opening.form.to_string();
        self.filled(
            who,
            &form,
            given,
            |values| json!({"command": "open", "values": values}),
        )
    }

    /// A report; what its form requires beyond what is given is filled in.
    pub(crate) fn report(&mut self, who: &str, stage: &str, given: Json) -> Result<(), Told> {
        let form = self
            .workflow
            .definition
            .stage(stage)
            .unwrap()
            .form
            .to_string();
        self.filled(
            who,
            &form,
            given,
            |values| json!({"command": "report", "stage": stage, "values": values}),
        )
    }

    fn filled(
        &mut self,
        who: &str,
        form: &str,
        given: Json,
        command: impl Fn(&Json) -> Json,
    ) -> Result<(), Told> {
        let form = self.workflow.definition.form(form).unwrap().clone();
        let asked = command(&given);
        let mut values = given;
        loop {
            match self.ask(who, command(&values)) {
                Err(told)
                    if told.refusal.code == MISSING_FIELD
                        && told.refusal.args["form"] != "command" =>
                {
                    let field = form.field(&told.refusal.args["field"]).unwrap();
                    values[field.id.as_str()] = something(field);
                }
                Err(told) => {
                    return Err(Told {
                        asked: format!("{who}: {asked}"),
                        refusal: told.refusal,
                    });
                }
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Asks for something now.
    pub(crate) fn ask(&mut self, who: &str, command: Json) -> Result<(), Told> {
        self.ask_at(who, self.now, command)
    }

    /// Asks for something that happened at another moment. `who` may be `lin`, `sun:sales-manager`, `lin for sun`.
    pub(crate) fn ask_at(&mut self, who: &str, at: Instant, command: Json) -> Result<(), Told> {
        let asked = if at == self.now {
            format!("{who}: {command}")
        } else {
            format!("{who}, of {}: {command}", self.zone.short(at))
        };
        let (person, principal) = who
            .split_once(" for ")
            .map_or((who, None), |(a, b)| (a, Some(b)));
        let (employee, office) = person
            .split_once(':')
            .map_or((person, None), |(a, b)| (a, Some(b)));
        let by = By {
            employee: employee.parse().unwrap(),
            office: office.map(|o| o.parse().unwrap()),
            principal: principal.map(|p| p.parse().unwrap()),
        };
        let who = if who == "import" {
            Who::Import
        } else {
            Who::Person(&by)
        };
        let ctx = self.context(who, at);
        let command = Command::from_json(command).unwrap();
        let decision = decide(
            &self.workflow,
            self.case.as_ref(),
            &command,
            &ctx,
            &Beside {
                staff: &self.staff,
                successor_withdrawn: false,
                sentenced_before: &BTreeSet::new(),
            },
        )
        .map_err(|refusal| Told { asked, refusal })?;
        for dated in decision.events {
            let meta = Meta {
                at: dated.at,
                actor: decision.actor.clone(),
            };
            self.case = Complaint::fold(self.case.take(), &dated.event, &meta);
        }
        Ok(())
    }

    fn context<'a>(&'a self, who: Who<'a>, at: Instant) -> Context<'a> {
        Context {
            definition: &self.workflow.definition,
            calendar: &self.calendar,
            zone: &self.zone,
            organisation: &self.organisation,
            who,
            at,
            now: self.now,
            serial: self.serial,
        }
    }

    /// Says something of units and members.
    pub(crate) fn enter(&mut self, fact: Json) -> Result<(), Told> {
        let asked = format!("jin: {fact}");
        let fact: StaffCommand = serde_json::from_value(fact).unwrap();
        let event = self
            .staff
            .decide(&fact)
            .map_err(|refusal| Told { asked, refusal })?;
        self.staff.evolve(&event);
        Ok(())
    }

    /// Asks something of a person's bonus ledger.
    pub(crate) fn pay(&mut self, employee: &str, command: Json) -> Result<(), Told> {
        let asked = format!("jin, of {employee}: {command}");
        let command: PersonCommand = serde_json::from_value(command).unwrap();
        let employee: EmployeeId = employee.parse().unwrap();
        let account = self.account(&employee);
        let event = person::decide(account, &employee, &command)
            .map_err(|refusal| Told { asked, refusal })?;
        person::evolve(account, &event);
        Ok(())
    }

    fn account(&mut self, employee: &EmployeeId) -> &mut Account {
        let currency = self.workflow.regulation.as_ref().unwrap().currency;
        let account = self.accounts.entry(employee.clone());
        account.or_insert_with(|| Account::new(currency))
    }

    /// Asks something of a month; the case of the desk is the one that it may take.
    pub(crate) fn settle(&mut self, who: &str, command: Json) -> Result<(), Told> {
        let asked = format!("{who}: {command}");
        let command: MonthCommand = serde_json::from_value(command).unwrap();
        let state = self.months.entry(command.month()).or_default().clone();
        let before = self.months.range(..command.month()).next_back();
        let closed = self.months.iter().filter(|(_, m)| m.closed.is_some());
        let closed = closed.map(|(month, _)| *month).collect();
        let told = month::told(self.months.values());
        let cases: BTreeMap<CaseId, Booked<'_>> = self
            .case
            .iter()
            .map(|complaint| {
                let booked = Booked {
                    complaint,
                    workflow: &self.workflow,
                    chain: complaint.case.number.as_ref().map_or("", |n| &n.key),
                };
                (CASE.parse().unwrap(), booked)
            })
            .collect();
        let books = Books {
            tree_head: None,
            regulation: self.workflow.regulation.as_ref().unwrap(),
            cases: &cases,
            accounts: &self.accounts,
            staff: &self.staff,
            closed: &closed,
            founded: instant("2026-03-02 09:00:00"),
            told: &told,
            still_open: before
                .filter(|(_, state)| state.opened.is_some() && state.closed.is_none())
                .map(|(month, _)| *month),
        };
        let by = By::employee(who.parse().unwrap());
        let ctx = self.context(Who::Person(&by), self.now);
        let decision = month::decide(&state, &command, &books, &ctx)
            .map_err(|refusal| Told { asked, refusal })?;
        let meta = Meta {
            at: decision.at,
            actor: decision.actor,
        };
        for event in decision.month {
            let state = self.months.entry(command.month()).or_default();
            state.evolve(&event, &meta);
        }
        for (_, event) in decision.cases {
            let event = Event::Complaint(event);
            self.case = Complaint::fold(self.case.take(), &event, &meta);
        }
        for (employee, event) in decision.persons {
            person::evolve(self.account(&employee), &event);
        }
        Ok(())
    }
}

/// The id of the case of the desk, where somebody else needs it.
const CASE: &str = "019585a0-0000-7000-8000-000000000001";

/// Who reports at a stage, and who endorses.
fn holder(stage: &str) -> (&'static str, Option<&'static str>) {
    match stage {
        "investigation" => ("qian", None),
        "countermeasure" => ("ma", Some("peng")),
        "technical-opinion" => ("yan", None),
        "handling-proposal" => ("lin", Some("sun")),
        "approval" => ("zhao", None),
        "settlement" => ("lin", None),
        _ => ("guo", None),
    }
}

/// Something that a field takes.
fn something(field: &Field) -> Json {
    match &field.kind {
        FieldKind::Text { .. } => json!("see file"),
        FieldKind::Integer { min, .. } => json!((*min).max(100)),
        FieldKind::Boolean => json!(true),
        FieldKind::Date => json!("2026-02-11"),
        FieldKind::Instant => json!("2026-02-11T01:00:00Z"),
        FieldKind::Money { .. } => json!("0.00 CNY"),
        FieldKind::Choice { choices } => json!(choices[0].id),
        FieldKind::Choices { choices } => json!([choices[0].id]),
        FieldKind::Party => json!("customer:C9"),
        FieldKind::Parties => json!(["department:manufacturing"]),
        FieldKind::Shares => json!([{"party": "department:manufacturing", "bp": 10_000}]),
    }
}
