//! What the office does by itself: units and members, bonuses, somebody leaves; and the close of a month (M9-10, M12).

use std::collections::{BTreeMap, BTreeSet};

use redress_core::account::ItemKind;
use redress_core::command::ComplaintCommand;
use redress_core::complaint::Complaint;
use redress_core::month::{GatheredCase, MonthCommand, MonthState};
use redress_core::person::PersonCommand;
use redress_core::staff::StaffCommand;
use redress_core::tables::Grade;
use redress_kernel::actor::By;
use redress_kernel::id::{CaseId, DepartmentId, EmployeeId};
use redress_kernel::organisation::OrganisationCommand;
use redress_kernel::time::{Date, Instant, Month};

use super::task::{MoneyDeed, OfficeTask, Task, Then};
use super::{Play, Stumble, stumble};
use crate::demo::company::{self, ACCOUNTING, PERSONNEL};
use crate::demo::staff;

/// The next thing that a month asks for.
enum Step {
    /// A command on it.
    Month(By, MonthCommand),
    /// Personnel announces discipline of its cases.
    Announce(Vec<(CaseId, EmployeeId)>),
}

impl Play<'_> {
    /// Enters what the office does by itself, month by month until the curtain falls.
    pub(super) fn enter_office(&mut self, first: Date) {
        let zone = self.hours.zone();
        let first_day = zone.start_of_day(first);
        self.later(first_day, 1, Task::Office(OfficeTask::Staff));
        let mut month = Month::of(first_day, &zone);
        let day_before = month.last_day().plus_days(-1).unwrap_or(first);
        let told = zone.start_of_day(day_before);
        self.later(told, 100, Task::Office(OfficeTask::Leave(month)));
        while month.end(&zone) < self.until {
            let over = month.next().start(&zone);
            let mut dice = self.dice(&format!("close of {month}"));
            self.later(
                over,
                dice.between(30, 90),
                Task::Office(OfficeTask::Close(month)),
            );
            self.later(
                over,
                dice.between(490, 600),
                Task::Office(OfficeTask::Pay(month)),
            );
            let late = zone.start_of_day(month.next().day_or_last(20));
            self.later(
                late,
                dice.between(30, 400),
                Task::Office(OfficeTask::PayLate(month)),
            );
            month = month.next();
        }
    }

    /// Does it.
    pub(super) async fn office(&mut self, at: Instant, task: OfficeTask) -> Result<(), Stumble> {
        match task {
            OfficeTask::Staff => self.enter_staff(staff::facts(self.seed)?).await,
            OfficeTask::Leave(month) => self.leave(month.next().first_day()).await,
            OfficeTask::Pay(month) => self.pay(month, false).await,
            OfficeTask::PayLate(month) => self.pay(month, true).await,
            OfficeTask::Close(month) => self.close(at, month).await,
        }
    }

    /// A name for the next command of the office, of which its id is made.
    fn office_step(&mut self, what: &str) -> String {
        self.office_steps += 1;
        self.tally.commands += 1;
        format!("office step {}: {what}", self.office_steps)
    }

    async fn enter_staff(&mut self, facts: Vec<StaffCommand>) -> Result<(), Stumble> {
        let by = company::by(PERSONNEL)?;
        for fact in facts {
            let name = self.office_step("units and members");
            let entered = self.desk.enter_staff(&by, fact, Some(self.id(&name))).await;
            entered.map_err(|error| stumble(&name, error))?;
        }
        Ok(())
    }

    async fn leave(&mut self, from: Date) -> Result<(), Stumble> {
        let Some(leaver) = staff::leaver(self.seed) else {
            return Ok(());
        };
        let command = OrganisationCommand::Leave {
            employee: leaver.employee()?,
            from: self.hours.zone().start_of_day(from),
        };
        let by = company::by(PERSONNEL)?;
        let name = self.office_step("somebody leaves");
        let left = self.desk.organise(&by, command, Some(self.id(&name))).await;
        left.map_err(|error| stumble(&name, error))?;
        self.enter_staff(staff::leaves(&leaver, from)?).await
    }

    /// Accounting enters the bonuses of a month of those who worked here in it: at first all whose lists are there, later
    /// the others. Each ledger is a stream of its own: all become durable together.
    async fn pay(&mut self, month: Month, late: bool) -> Result<(), Stumble> {
        let by = company::by(ACCOUNTING)?;
        let organisation = self.desk.organisation().await?;
        let began = month.start(&self.hours.zone());
        let mut entries = tokio::task::JoinSet::new();
        for employee in staff::with_bonus()? {
            let here = organisation.department_of(&employee, began).is_some();
            if !here || staff::list_is_late(&employee) != late {
                continue;
            }
            let Some(amount) = staff::bonus(self.seed, &employee, month) else {
                continue;
            };
            let name = self.office_step("a bonus");
            let id = Some(self.id(&name));
            let command = PersonCommand::RecordBonus {
                month,
                amount,
                reason: None,
            };
            let (desk, by) = (self.desk.clone(), by.clone());
            entries.spawn(async move {
                let paid = desk.do_person(&by, &employee, command, id).await;
                paid.map_err(|error| stumble(&name, error))
            });
        }
        while let Some(done) = entries.join_next().await {
            done??;
        }
        Ok(())
    }

    /// Does the next thing that the close of a month asks for, and enters when the one after it is done. An earlier
    /// month that was opened goes first: months are closed in order.
    async fn close(&mut self, at: Instant, last: Month) -> Result<(), Stumble> {
        let Some((month, state)) = self.first_unclosed(last).await? else {
            return Ok(());
        };
        match self.next_step(at, month, &state).await? {
            Step::Month(by, command) => {
                let closes = matches!(command, MonthCommand::CloseMonth { .. });
                let name = self.office_step("the month");
                let id = Some(self.id(&name));
                let done = self.desk.do_month(&by, command, id).await;
                done.map_err(|error| stumble(&format!("{name} {month}"), error))?;
                if closes {
                    self.object(at, month).await?;
                }
            }
            Step::Announce(sentences) => {
                for (case, employee) in sentences {
                    let Some(place) = self.place_of(case) else {
                        continue;
                    };
                    let command = ComplaintCommand::AnnounceDiscipline { employee };
                    let by = company::by(PERSONNEL)?;
                    let announced = self.on(at, place, (by, command), Then::Nothing)?;
                    self.carry_out(announced.into_iter().collect()).await?;
                }
            }
        }
        let minutes = self.dice(&format!("office at {at}")).between(50, 170);
        self.later(at, minutes, Task::Office(OfficeTask::Close(last)));
        Ok(())
    }

    /// The first month that is open, up to this one; this one too if nobody has opened it. None: all are closed.
    async fn first_unclosed(&self, last: Month) -> Result<Option<(Month, MonthState)>, Stumble> {
        let mut months: BTreeSet<Month> = self.desk.opened_months().await?.into_iter().collect();
        months.insert(last);
        for month in months.range(..=last) {
            let state = self.desk.month(*month).await?.unwrap_or_default();
            if state.closed.is_none() {
                return Ok(Some((*month, state)));
            }
        }
        Ok(None)
    }

    async fn next_step(
        &self,
        at: Instant,
        month: Month,
        state: &MonthState,
    ) -> Result<Step, Stumble> {
        let office = company::head("gm-office").unwrap_or_default();
        let keeps = |command| Ok(Step::Month(company::by(office)?, command));
        if state.opened.is_none() {
            return keeps(MonthCommand::OpenMonth { month });
        }
        let Some((_, gathered)) = &state.gathered else {
            return keeps(MonthCommand::GatherMonth { month });
        };
        let mut sentences = Vec::new();
        for case in &gathered.cases {
            // Where nobody carries anything there is nothing to confirm, to announce or to correct.
            let Some(place) = self
                .place_of(case.case)
                .filter(|_| case.determination.is_some())
            else {
                continue;
            };
            let complaint = self.look(place).await?.complaint;
            let stands = complaint.determined().map(|stands| stands.determination);
            if stands != case.determination {
                return keeps(MonthCommand::GatherMonth { month });
            }
            sentences.extend(unannounced(case.case, &complaint, month));
        }
        if let Some(department) = self.unconfirmed(state, &gathered.cases).await? {
            let head = company::head(department.as_str()).unwrap_or_default();
            let command = MonthCommand::ConfirmMonth { month, department };
            return Ok(Step::Month(company::by(head)?, command));
        }
        // What was decided since the list was drawn up is not on it.
        let on_list = |(case, employee): &(CaseId, EmployeeId)| {
            let listed = state.listed.iter().flat_map(|(_, listed)| &listed.entries);
            listed
                .into_iter()
                .any(|entry| entry.case == *case && entry.employee == *employee)
        };
        if state.listed.is_none() || !sentences.iter().all(on_list) {
            return keeps(MonthCommand::ListDiscipline { month });
        }
        if !sentences.is_empty() {
            return Ok(Step::Announce(sentences));
        }
        if state.notices.is_none() {
            return keeps(MonthCommand::IssueNotices { month });
        }
        if state.approved.is_none() {
            let by = company::general_manager(self.away, at)?;
            return Ok(Step::Month(by, MonthCommand::ApproveNotices { month }));
        }
        keeps(MonthCommand::CloseMonth { month })
    }

    /// A department whose head still has to confirm a case as it stands.
    async fn unconfirmed(
        &self,
        state: &MonthState,
        cases: &[GatheredCase],
    ) -> Result<Option<DepartmentId>, Stumble> {
        let definition = crate::demo::report::complaints()?;
        let adopted = self.desk.workflow(&definition, None).await?;
        let regulation = adopted.workflow.regulation.as_ref();
        let table = regulation.and_then(|regulation| regulation.tables.month.as_ref());
        let every = table.map_or(&[][..], |table| &table.confirmed_by);
        let missing = |department: &&DepartmentId, case: &GatheredCase| {
            let confirmed = state.confirmed.get(*department);
            let number = confirmed.and_then(|cases| cases.get(&case.case));
            number != case.determination.as_ref()
        };
        Ok(cases
            .iter()
            .filter(|case| case.determination.is_some())
            .find_map(|case| {
                let mut concerned = every.iter().chain(&case.departments);
                concerned.find(|department| missing(department, case))
            })
            .cloned())
    }

    fn place_of(&self, case: CaseId) -> Option<usize> {
        self.cases.iter().position(|running| running.id == case)
    }

    /// After the first close the plant petitions against the case that took most from its people; what comes of it goes
    /// into the month after (A16).
    async fn object(&mut self, at: Instant, month: Month) -> Result<(), Stumble> {
        if self.objected {
            return Ok(());
        }
        let closed = self.desk.month(month).await?.unwrap_or_default();
        let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
        let persons = closed.figures.iter().flat_map(|page| &page.persons);
        for line in persons.flat_map(|person| &person.lines) {
            if line.key.kind == ItemKind::Deduction && !line.is_given_back() {
                *taken.entry(&line.key.case).or_default() += line.amount.minor();
            }
        }
        let cases = closed.figures.iter().flat_map(|page| &page.cases);
        let most = cases
            .filter(|figures| figures.carried.iter().any(|c| c.party.starts_with("unit:")))
            .filter_map(|figures| Some((taken.get(&*figures.case.number)?, figures.case.case)))
            .max_by_key(|(minor, _)| **minor);
        if let Some(place) = most.and_then(|(_, case)| self.place_of(case)) {
            self.objected = true;
            let minutes = self.dice("who objects").between(500, 1_400);
            self.later(at, minutes, Task::Money(place, MoneyDeed::NewEvidence));
        }
        Ok(())
    }
}

/// The discipline of a case that is due by a month and that personnel has not announced.
fn unannounced(
    case: CaseId,
    complaint: &Complaint,
    month: Month,
) -> impl Iterator<Item = (CaseId, EmployeeId)> {
    let sentences = complaint.sentences.iter().map(|(_, sentence)| sentence);
    sentences
        .filter(move |sentence| sentence.sentence.grade != Grade::None && sentence.month <= month)
        .filter(|sentence| complaint.announcement_of(&sentence.employee).is_none())
        .map(move |sentence| (case, sentence.employee.clone()))
}
