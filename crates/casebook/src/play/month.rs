//! Units and their members, persons' ledgers, and months.

use std::collections::{BTreeMap, BTreeSet};

use redress_core::account::Account;
use redress_core::command::ComplaintCommand;
use redress_core::complaint::Complaint;
use redress_core::event::Event;
use redress_core::month::{
    self, Booked, Books, MonthCommand, MonthDecision, MonthEvent, MonthState,
};
use redress_core::person::{self, PersonCommand, PersonEvent};
use redress_core::regulation::{MoneyDuties, Regulation, Workflow};
use redress_core::staff::{StaffCommand, StaffEvent};
use redress_kernel::actor::{Actor, By};
use redress_kernel::calendar::Calendar;
use redress_kernel::case::{Meta, Status};
use redress_kernel::decide::{self as kernel, Context, Dated, Decision, Who, of_department};
use redress_kernel::id::{CaseId, DepartmentId, EmployeeId};
use redress_kernel::time::{Instant, Month};

use super::{Play, Stop, Told, by};
use crate::fault::{Wrong, wrong};
use crate::sentence::{MoneyDeed, Sentence};

impl Play<'_> {
    /// A deed about money.
    pub(super) fn money(
        &mut self,
        sentence: &Sentence,
        deed: &MoneyDeed,
        at: Instant,
    ) -> Result<(), Stop> {
        if let MoneyDeed::MonthAsUsual { month, closes } = deed {
            return self.month_as_usual(*month, *closes, at);
        }
        let who = sentence
            .who
            .as_ref()
            .map(by)
            .ok_or_else(|| wrong("nobody does it", "say who"))?;
        let from = self.story.zone.date_of(at);
        match deed {
            MoneyDeed::Case { case, deed } => {
                let command = self.money_command(case, deed, &sentence.entries)?;
                self.decide(case, &command, Who::Person(&who), at)
            }
            MoneyDeed::Form {
                unit,
                kind,
                department,
            } => {
                let command = StaffCommand::FormUnit {
                    unit: unit.clone(),
                    kind: *kind,
                    department: department.clone(),
                    from,
                };
                self.say(&command, &who, at)
            }
            MoneyDeed::Points {
                employee,
                points,
                unit,
            } => {
                let command = StaffCommand::SetBasePoints {
                    unit: unit.clone(),
                    employee: employee.clone(),
                    points: *points,
                    from,
                };
                self.say(&command, &who, at)
            }
            MoneyDeed::Units { employee, units } => {
                let command = StaffCommand::SetBaseUnits {
                    employee: employee.clone(),
                    units: *units,
                    from,
                };
                self.say(&command, &who, at)
            }
            MoneyDeed::Person { employee, command } => self.pay(employee, command, &who, at),
            MoneyDeed::Month(command) => self.on_month(command, &who, at),
            MoneyDeed::MonthAsUsual { .. } => Ok(()),
        }
    }

    /// A fact about units and members.
    fn say(&mut self, command: &StaffCommand, who: &By, at: Instant) -> Result<(), Stop> {
        self.check_pay(who, at)?;
        let definition = &self.workflow_at(at)?.definition;
        command.check_names(&self.organisation, [definition])?;
        let event = self.staff.decide(command)?;
        let again = StaffEvent::read(
            event.kind(),
            event.schema(),
            &event.payload().map_err(unread)?,
        );
        same(&event, again.as_ref())?;
        let StaffEvent::Changed(said) = &event;
        let after = {
            let mut after = self.staff.clone();
            after.evolve(&event);
            after
        };
        if said.fact != *command {
            return Err(not_the_same().into());
        }
        self.staff = after;
        Ok(())
    }

    /// A bonus becomes known.
    fn pay(
        &mut self,
        employee: &EmployeeId,
        command: &PersonCommand,
        who: &By,
        at: Instant,
    ) -> Result<(), Stop> {
        let currency = self.check_pay(who, at)?;
        command.check_person(&self.organisation, employee)?;
        let account = self.accounts.get(employee).cloned();
        let account = account.unwrap_or_else(|| Account::new(currency));
        let event = person::decide(&account, employee, command)?;
        self.enter(employee, &event)
    }

    /// Only those whose duty it is enter units, base points, base units and bonuses (P3).
    fn check_pay(&self, who: &By, at: Instant) -> Result<redress_kernel::money::Currency, Stop> {
        let workflow = self.workflow_at(at)?;
        let regulation = regulation(workflow)?;
        let calendar = self.calendar_of(workflow)?;
        let ctx = self.context(workflow, &calendar, Who::Person(who), at);
        kernel::check_time(&ctx, None)?;
        let actor = kernel::actor(&ctx, &[])?;
        if let Some(duty) = regulation.money.as_ref().map(|duties| &duties.pay) {
            of_department(&actor, &duty.departments, &duty.clause)?;
        }
        Ok(regulation.currency)
    }

    fn enter(&mut self, employee: &EmployeeId, event: &PersonEvent) -> Result<(), Stop> {
        let payload = event.payload().map_err(unread)?;
        same(
            event,
            PersonEvent::read(event.kind(), event.schema(), &payload).as_ref(),
        )?;
        let currency = match event {
            PersonEvent::BonusRecorded(e) => Some(e.amount.currency()),
            PersonEvent::Settled(e) => e.debts.first().map(|debt| debt.amount.currency()),
        };
        if let Some(currency) = currency {
            self.accounts
                .entry(employee.clone())
                .or_insert_with(|| Account::new(currency));
        }
        if let Some(account) = self.accounts.get_mut(employee) {
            person::evolve(account, event);
        }
        Ok(())
    }

    fn context<'c>(
        &'c self,
        workflow: &'c Workflow,
        calendar: &'c Calendar,
        who: Who<'c>,
        at: Instant,
    ) -> Context<'c> {
        Context {
            definition: &workflow.definition,
            calendar,
            zone: &self.story.zone,
            organisation: &self.organisation,
            who,
            at,
            now: self.now,
            serial: None,
        }
    }

    /// A command on a month, with everything that follows from it elsewhere.
    fn on_month(&mut self, command: &MonthCommand, who: &By, at: Instant) -> Result<(), Stop> {
        command.check_names([&self.workflow_at(at)?.definition])?;
        let decision = self.month_decision(command, Who::Person(who), at)?;
        self.remember_month(command.month(), decision)
    }

    fn month_decision(
        &self,
        command: &MonthCommand,
        who: Who<'_>,
        at: Instant,
    ) -> Result<MonthDecision, Stop> {
        let workflow = self.workflow_at(at)?;
        let calendar = self.calendar_of(workflow)?;
        let chains: Vec<(CaseId, &Told, String)> = self
            .cases
            .iter()
            .filter(|told| matches!(told.complaint.case.status, Status::Closed { .. }))
            .filter_map(|told| Some((self.known_id(&told.name)?, told, self.chain(told))))
            .collect();
        let cases: BTreeMap<CaseId, Booked<'_>> = chains
            .iter()
            .map(|(id, told, chain)| {
                let booked = Booked {
                    complaint: &told.complaint,
                    workflow: &told.workflow,
                    chain,
                };
                (*id, booked)
            })
            .collect();
        let earlier = self.months.range(..command.month()).next_back();
        let months = self.months.iter();
        let closed = months.filter(|(_, state)| state.closed.is_some());
        let closed: BTreeSet<Month> = closed.map(|(month, _)| *month).collect();
        let told = month::told(self.months.values());
        let books = Books {
            closed: &closed,
            founded: self.founded.unwrap_or(Instant::MIN),
            // A story has no log.
            tree_head: None,
            told: &told,
            regulation: regulation(workflow)?,
            cases: &cases,
            accounts: &self.accounts,
            staff: &self.staff,
            still_open: earlier
                .filter(|(_, state)| state.closed.is_none())
                .map(|(month, _)| *month),
        };
        let unknown = MonthState::default();
        let state = self.months.get(&command.month()).unwrap_or(&unknown);
        let ctx = self.context(workflow, &calendar, who, at);
        let decision = month::decide(state, command, &books, &ctx)?;
        // Decided again on the same books, the same follows.
        if month::decide(state, command, &books, &ctx).as_ref() != Ok(&decision) {
            return Err(not_the_same().into());
        }
        Ok(decision)
    }

    /// What the round does about goods and months (M9-10, A13, A17).
    pub(super) fn round_of_months(&mut self, at: Instant) -> Result<(), Stop> {
        let over = |told: &&Told| {
            let complaint = &told.complaint;
            let until = complaint.resale.as_ref().map(|resale| resale.until);
            complaint.d_loss.is_none() && until.is_some_and(|until| until < at.to_whole_second())
        };
        let unsold: Vec<String> = self
            .cases
            .iter()
            .filter(over)
            .map(|c| c.name.clone())
            .collect();
        for name in unsold {
            let command = ComplaintCommand::SettleResale {}.into();
            self.decide(&name, &command, Who::Engine, at)?;
        }
        let workflow = self.workflow_at(at)?.clone();
        let Some(regulation) = workflow.regulation.as_ref().filter(|r| month::is_kept(r)) else {
            return Ok(());
        };
        for month in self.months_to_open(at) {
            let command = MonthCommand::OpenMonth { month };
            let decision = self.month_decision(&command, Who::Engine, at)?;
            self.remember_month(month, decision)?;
        }
        let calendar = self.calendar_of(&workflow)?;
        let mut urged = Vec::new();
        for (month, state) in &self.months {
            let ctx = self.context(&workflow, &calendar, Who::Engine, at);
            let event = month::urge(state, regulation, &ctx)?;
            urged.extend(event.map(|event| (*month, event)));
        }
        for (month, event) in urged {
            let decision = MonthDecision {
                actor: Actor::Engine,
                at: at.to_whole_second(),
                month: vec![event],
                cases: Vec::new(),
                persons: Vec::new(),
            };
            self.remember_month(month, decision)?;
        }
        Ok(())
    }

    fn months_to_open(&self, at: Instant) -> BTreeSet<Month> {
        let opened: BTreeSet<Month> = self.months.keys().copied().collect();
        let months = self.months.iter();
        let closed = months.filter(|(_, state)| state.closed.is_some());
        let closed = closed.map(|(month, _)| *month).collect();
        let waiting = self.cases.iter().filter(|told| {
            let complaint = &told.complaint;
            complaint.decision.is_some()
                && complaint.counted.is_empty()
                && complaint.case.imported.is_none()
        });
        let awaited = waiting.filter_map(|told| match told.complaint.case.status {
            Status::Closed { month, .. } => Some(month),
            _ => None,
        });
        let awaited = awaited.filter(|month| !opened.contains(month)).collect();
        let last = Month::of(at, &self.story.zone).prev();
        month::to_open(&opened, &closed, &awaited, last)
    }

    /// The number, as a key, of the first case of a chain of new forms (A16).
    fn chain(&self, told: &Told) -> String {
        let first = self.forms_before(told).last().unwrap_or(told);
        let number = first.complaint.case.number.as_ref();
        number.map_or_else(|| told.name.clone(), |number| number.key.clone())
    }

    /// The cases that led to one by their customers' refusals, the last first.
    fn forms_before<'s>(&'s self, told: &'s Told) -> impl Iterator<Item = &'s Told> {
        let before = |told: &&'s Told| {
            let id = self.known_id(&told.name)?;
            let mut cases = self.cases.iter();
            cases.find(|case| case.complaint.successor == Some(id))
        };
        // A chain has no more links than there are cases.
        std::iter::successors(before(&told), before).take(self.cases.len())
    }

    /// Who was sentenced in an earlier case of the chain of new forms (A16).
    pub(super) fn sentenced_before(&self, complaint: &Complaint) -> BTreeSet<EmployeeId> {
        let told = self.cases.iter().find(|told| told.complaint == *complaint);
        let before = told.into_iter().flat_map(|told| self.forms_before(told));
        let sentences = before.flat_map(|told| &told.complaint.sentences);
        sentences
            .map(|(_, sentence)| sentence.employee.clone())
            .collect()
    }

    fn remember_month(&mut self, month: Month, decision: MonthDecision) -> Result<(), Stop> {
        let meta = Meta {
            at: decision.at,
            actor: decision.actor.clone(),
        };
        for event in &decision.month {
            let payload = event.payload().map_err(unread)?;
            same(
                event,
                MonthEvent::read(event.kind(), event.schema(), &payload).as_ref(),
            )?;
            self.months.entry(month).or_default().evolve(event, &meta);
            if let MonthEvent::Closed(_) = event {
                for account in self.accounts.values_mut() {
                    account.put_closed(month);
                }
            }
            if decision.actor == Actor::Engine {
                self.by_rounds.push((meta.at, month, event.clone()));
            }
        }
        for (id, event) in decision.cases {
            let event = Event::Complaint(event);
            let payload = event.payload().map_err(unread)?;
            same(
                &event,
                Event::read(event.kind(), event.schema(), &payload).as_ref(),
            )?;
            let name = self.name(id);
            let workflow = self.told(&name)?.workflow.clone();
            let dated = Decision {
                actor: decision.actor.clone(),
                events: vec![Dated {
                    at: decision.at,
                    event,
                }],
            };
            self.remember(&name, &workflow, dated)?;
        }
        for (employee, event) in decision.persons {
            self.enter(&employee, &event)?;
        }
        Ok(())
    }

    /// Everything from the opening of a month to its closing, by those whose duty it is; what has been done is not done
    /// again.
    fn month_as_usual(&mut self, month: Month, closes: bool, at: Instant) -> Result<(), Stop> {
        let workflow = self.workflow_at(at)?.clone();
        let regulation = regulation(&workflow)?;
        let no_duties = || wrong("nobody keeps a month", "set the duties of the regulation");
        let duties: &MoneyDuties = regulation.money.as_ref().ok_or_else(no_duties)?;
        let keeper = self.somebody(&duties.keeps.departments, at)?;
        if !self.months.contains_key(&month) {
            self.on_month(&MonthCommand::OpenMonth { month }, &keeper, at)?;
        }
        self.unless_done(&MonthCommand::GatherMonth { month }, &keeper, at)?;
        let table = regulation.tables.month.as_ref();
        let instead = table.map_or_else(Vec::new, |table| table.without_head.clone());
        for department in self.confirming(regulation, month) {
            let by = match self.organisation.head(&department, at) {
                Some(head) => By::employee(head.clone()),
                None => self.holder(instead.iter(), at)?,
            };
            let command = MonthCommand::ConfirmMonth { month, department };
            self.unless_done(&command, &by, at)?;
        }
        self.on_month(&MonthCommand::ListDiscipline { month }, &keeper, at)?;
        let listed = self.months.get(&month).and_then(|m| m.listed.clone());
        for listed in listed.into_iter().flat_map(|(_, listed)| listed.entries) {
            let name = self.name(listed.case);
            let complaint = &self.told(&name)?.complaint;
            if complaint.announcement_of(&listed.employee).is_some() {
                continue;
            }
            let by = self.somebody(&duties.announces.departments, at)?;
            let employee = listed.employee;
            let command = ComplaintCommand::AnnounceDiscipline { employee }.into();
            self.decide(&name, &command, Who::Person(&by), at)?;
        }
        self.on_month(&MonthCommand::IssueNotices { month }, &keeper, at)?;
        let approver = self.holder(duties.decides.offices.iter(), at)?;
        self.on_month(&MonthCommand::ApproveNotices { month }, &approver, at)?;
        if closes {
            self.on_month(&MonthCommand::CloseMonth { month }, &keeper, at)?;
        }
        Ok(())
    }

    /// The departments whose heads confirm: those of every month, and those concerned.
    fn confirming(&self, regulation: &Regulation, month: Month) -> Vec<DepartmentId> {
        let every = regulation.tables.month.iter();
        let mut departments: Vec<DepartmentId> = every
            .flat_map(|table| table.confirmed_by.iter().cloned())
            .collect();
        let gathered = self.months.get(&month).and_then(|m| m.gathered.as_ref());
        for case in gathered.iter().flat_map(|(_, gathered)| &gathered.cases) {
            departments.extend(case.departments.iter().cloned());
        }
        departments.sort();
        departments.dedup();
        departments
    }

    fn unless_done(&mut self, command: &MonthCommand, who: &By, at: Instant) -> Result<(), Stop> {
        match self.on_month(command, who, at) {
            Err(Stop::Refused(refusal))
                if refusal.code == redress_kernel::refusal::NOTHING_CHANGED =>
            {
                Ok(())
            }
            other => other,
        }
    }
}

fn regulation(workflow: &Workflow) -> Result<&Regulation, Wrong> {
    workflow.regulation.as_ref().ok_or_else(|| {
        wrong(
            "the story's workflow is no complaint: it knows no money",
            "name another workflow in the head",
        )
    })
}

fn unread(error: serde_json::Error) -> Wrong {
    wrong(
        format!("an event has no JSON form: {error}"),
        "mend the event",
    )
}

fn not_the_same() -> Wrong {
    wrong(
        "what was decided is not what was said, or not the same again",
        "mend the rules: they decide by what they are given alone",
    )
}

/// What is recorded reads back as what was decided.
fn same<E: PartialEq, F: std::fmt::Display>(event: &E, again: Result<&E, &F>) -> Result<(), Wrong> {
    match again {
        Ok(again) if again == event => Ok(()),
        Ok(_) => Err(wrong(
            "an event reads back as another",
            "mend how it is written",
        )),
        Err(why) => Err(wrong(
            format!("an event cannot be read back: {why}"),
            "mend how it is written",
        )),
    }
}
