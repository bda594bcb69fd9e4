//! The same scenario answered by the rules of the engine: its losses, shares, grades and fines, and its months, decided
//! one after the other on cases and persons' accounts as they are kept.

#[path = "held.rs"]
mod held;

use std::collections::{BTreeMap, BTreeSet};

use redress_core::account::{Account, ItemKind};
use redress_core::complaint::Complaint;
use redress_core::concession::RecordedRate;
use redress_core::discipline::{self, Sentence};
use redress_core::event::money::{
    CriteriaApplied, DisciplineDecided, NoticeIssued, ResponsibilityDetermined,
};
use redress_core::event::{ComplaintEvent, Event};
use redress_core::loss::{self, LossEntry, Resale, Resold, Returned};
use redress_core::month::{
    self, Booked, Books, MonthCommand, MonthConfirmed, MonthDecision, MonthEvent, MonthOpened,
    MonthState, NoticesApproved,
};
use redress_core::person::{self, PersonCommand, PersonEvent};
use redress_core::regulation::{Regulation, Workflow};
use redress_core::responsibility::{self, Known, ResponsibleShare};
use redress_core::staff::{Roster, Staff};
use redress_core::tables::Grade;
use redress_kernel::actor::Actor;
use redress_kernel::calendar::{Calendar, Reckoning};
use redress_kernel::case::Meta;
use redress_kernel::decide::{Context, Who};
use redress_kernel::id::{CaseId, DepartmentId, EmployeeId, FieldId, StageId};
use redress_kernel::money::{Money, Rate};
use redress_kernel::organisation::Organisation;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::{Date, Instant, Month, Zone};
use redress_kernel::value::Value;
use uuid::Uuid;

use crate::inputs::{
    HOME, complaint, decision, entry, grade, id, instant, key, money, organisation, place,
    regulation, staff, word,
};
use crate::scenario::{self, Answer, CaseAnswer, DLoss, Graded, MonthSums, Owed, Scenario, Step};

/// What every scenario is answered with.
pub(crate) struct House {
    workflow: Workflow,
    calendar: Calendar,
    zone: Zone,
    /// Where the production date stands: stage and field.
    production_date: (StageId, FieldId),
}

impl House {
    pub(crate) fn new() -> Self {
        let workflow = redress_workflow::builtin_workflow("customer-complaint").unwrap();
        let definition = &workflow.definition;
        let production_date = definition
            .stages
            .iter()
            .find_map(|stage| {
                let fields = &definition.form(stage.form.as_str())?.fields;
                let bound = fields
                    .iter()
                    .find(|field| field.binds.as_deref() == Some("production_date"))?;
                Some((stage.id.clone(), bound.id.clone()))
            })
            .unwrap();
        Self {
            calendar: redress_workflow::builtin_calendar().unwrap(),
            zone: Zone::parse("Asia/Shanghai").unwrap(),
            production_date,
            workflow,
        }
    }

    /// The answer; with `held`, every invariant is held on the way, and whatever is recorded is written and read back.
    pub(crate) fn answer(&self, scenario: &Scenario, held: bool) -> Answer {
        match self.run(scenario, held) {
            Ok(answer) => answer,
            Err(refusal) => Answer {
                refused: Some(refusal.clause.to_string()),
                ..Answer::default()
            },
        }
    }

    fn run(&self, scenario: &Scenario, held: bool) -> Result<Answer, Refusal> {
        let mut run = Run::new(self, scenario, held);
        // Of several faults the oldest case's is told (A22), whatever the order of input.
        let mut cases: Vec<(usize, &scenario::Case)> = scenario.cases.iter().enumerate().collect();
        cases.sort_by_key(|(_, case)| (&case.decided_at, place(&case.number)));
        for (nth, case) in cases {
            run.assess(nth, case)?;
        }
        for month in &scenario.months {
            run.settle(month.parse().unwrap())?;
        }
        Ok(run.told())
    }
}

struct Run<'a> {
    house: &'a House,
    scenario: &'a Scenario,
    held: bool,
    regulation: Regulation,
    staff: Staff,
    organisation: Organisation,
    complaints: BTreeMap<CaseId, Complaint>,
    /// Of each case the scenario's, and the key of the first of its chain.
    told_of: BTreeMap<CaseId, (&'a scenario::Case, String)>,
    accounts: BTreeMap<EmployeeId, Account>,
    answers: BTreeMap<String, CaseAnswer>,
    sums: BTreeMap<String, MonthSums>,
    /// Discipline, with the month in which it is decided.
    undecided: Vec<(String, CaseId, DisciplineDecided)>,
}

impl<'a> Run<'a> {
    fn new(house: &'a House, scenario: &'a Scenario, held: bool) -> Self {
        Self {
            house,
            scenario,
            held,
            regulation: regulation(house.workflow.regulation.as_ref().unwrap(), scenario),
            staff: staff(scenario),
            organisation: organisation(scenario, &house.zone),
            complaints: BTreeMap::new(),
            told_of: BTreeMap::new(),
            accounts: BTreeMap::new(),
            answers: BTreeMap::new(),
            sums: BTreeMap::new(),
            undecided: Vec::new(),
        }
    }

    fn assess(&mut self, nth: usize, case: &'a scenario::Case) -> Result<(), Refusal> {
        let month: Month = id(&case.month);
        let produced: Option<Date> = case.production_date.as_deref().map(id);
        let day = produced.unwrap_or_else(|| month.last_day());
        let entries: Vec<LossEntry> = case.lines.iter().map(entry).collect();
        let rate = case.rate.map(|rate| RecordedRate {
            from: "USD".parse().unwrap(),
            rate: Rate::new(rate.mantissa, rate.scale).unwrap().to_string(),
        });
        let table = self.regulation.tables.loss.as_ref().unwrap();
        let loss = loss::loss(table, &entries, HOME, rate.as_ref(), "1")?.amount;
        let determined = self.determine(case, loss, day)?;

        let shared: i64 = determined.carried.iter().map(|c| c.amount.minor()).sum();
        assert_eq!(shared, loss.minor(), "the shares of {}", case.number);

        let resale = case.resale.as_ref().map(|resale| self.resale(resale));
        let d_loss = match &resale {
            Some(resale) => {
                loss::d_loss(resale, resale.until.plus_seconds(86_400), &self.house.zone)?
            }
            None => None,
        };
        let graded_loss = d_loss.as_ref().map_or(loss, |known| known.amount);
        let carried = &determined.carried;
        let roster = Roster {
            staff: &self.staff,
            organisation: &self.organisation,
            zone: &self.house.zone,
            day,
        };
        let shares =
            discipline::personal_shares(&discipline::party_shares(graded_loss, carried, roster)?)?;
        let table = self.regulation.tables.discipline.as_ref().unwrap();
        let mut graded = BTreeMap::new();
        for share in &shares {
            let proposed = discipline::grade(table, share.amount, "1")?;
            let told = Graded {
                share: share.amount.minor(),
                grade: word(proposed.grade).to_owned(),
            };
            graded.insert(share.employee.to_string(), told);
        }

        for decided in &case.discipline {
            let sentence = self.sentence(decided)?;
            let known = decided.known.clone();
            self.undecided.push((known, case_id(nth), sentence));
        }
        let told = CaseAnswer {
            loss: loss.minor(),
            parties: carried
                .iter()
                .map(|carried| (carried.party.clone(), carried.amount.minor()))
                .collect(),
            charged: BTreeMap::new(),
            d_loss: d_loss.as_ref().map(|known| DLoss {
                minor: known.amount.minor(),
                settles: known.month.to_string(),
            }),
            graded,
        };
        self.answers.insert(case.number.clone(), told);

        let decided_at = instant(&case.decided_at);
        let mut complaint = complaint(
            case,
            month,
            produced.map(|day| {
                let (stage, field) = self.house.production_date.clone();
                (stage, field, Value::text(day.to_string()))
            }),
        );
        complaint.decision = Some((decided_at, decision(loss)));
        complaint.determinations.push((decided_at, determined));
        complaint.resale = resale;
        complaint.d_loss = d_loss.map(|known| (known.known_at, known));
        let mut later: Vec<(usize, &scenario::Case)> = self
            .scenario
            .cases
            .iter()
            .enumerate()
            .filter(|(_, other)| other.chain == case.chain && other.decided_at > case.decided_at)
            .collect();
        later.sort_by(|(_, a), (_, b)| a.decided_at.cmp(&b.decided_at));
        complaint.successor = later.first().map(|(nth, _)| case_id(*nth));
        self.complaints.insert(case_id(nth), complaint);
        self.told_of.insert(case_id(nth), (case, key(&case.chain)));
        Ok(())
    }

    fn determine(
        &self,
        case: &scenario::Case,
        loss: Money,
        day: Date,
    ) -> Result<ResponsibilityDetermined, Refusal> {
        let shares: Vec<ResponsibleShare> = case
            .parties
            .iter()
            .map(|party| ResponsibleShare {
                party: party.party.clone(),
                basis_points: party.bp,
                why_not_smaller: Some("nobody saw who it was".to_owned()),
                department: None,
                kind: None,
            })
            .collect();
        let department_of = |employee: &EmployeeId| {
            let party = format!("person:{employee}");
            let named = case.parties.iter().find(|named| named.party == party)?;
            Some(id::<DepartmentId>(named.department.as_deref()?))
        };
        let known = Known {
            staff: &self.staff,
            day,
            department_of: &department_of,
            is_department: &|_| true,
        };
        let table = self.regulation.tables.penalty.as_ref().unwrap();
        let shares = responsibility::check(table, &shares, &known)?;
        let (row, number) = responsibility::row(table, None)?;
        Ok(ResponsibilityDetermined {
            determination: 1,
            loss,
            criteria: CriteriaApplied {
                version: "1".to_owned(),
                row: number,
                charged: case.charged_bp,
                ruled: None,
                mark: table.mark,
            },
            carried: responsibility::carry(table, row, case.charged_bp, loss, &shares)?,
            reason: None,
        })
    }

    fn resale(&self, resale: &scenario::Resale) -> Resale {
        let reckoning = Reckoning {
            zone: &self.house.zone,
            calendar: &self.house.calendar,
            suspended: &[],
        };
        let table = self.regulation.tables.discipline.as_ref().unwrap();
        let from = instant(&resale.decided_at);
        let sales = resale.sales.iter().map(|sale| {
            let resold = Resold {
                quantity: sale.quantity,
                proceeds: money(sale.proceeds),
            };
            (instant(&sale.at), resold)
        });
        Resale {
            from,
            until: reckoning.due(from, table.resale).unwrap().at,
            returned: Returned {
                quantity: resale.quantity,
                grade_a: money(resale.grade_a),
                actual_loss: money(resale.actual_loss),
            },
            sales: sales.collect(),
        }
    }

    fn sentence(&self, decided: &scenario::Sentence) -> Result<DisciplineDecided, Refusal> {
        let grade = grade(decided.grade);
        let fined = matches!(grade, Grade::Warning | Grade::MinorDemerit);
        let sentence = Sentence {
            grade,
            count: decided.count,
            rate: fined.then(|| money(decided.rate)),
        };
        let base_units = (grade == Grade::MinorDemerit).then_some(decided.base_units);
        let table = self.regulation.tables.discipline.as_ref().unwrap();
        Ok(DisciplineDecided {
            employee: id(&decided.employee),
            proposed: grade,
            fine: discipline::fine(table, &sentence, (&id(&decided.employee), base_units))?,
            sentence,
            base_units,
            reason: None,
            corrects: None,
            month: id(&decided.month),
        })
    }

    /// Records a bonus, for the first time or anew with a reason, unless it stands so.
    fn pay(
        &mut self,
        bonus: &scenario::Bonus,
        minor: i64,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let employee: EmployeeId = id(&bonus.employee);
        let account = self.accounts.entry(employee.clone());
        let account = account.or_insert(Account::new(HOME));
        let month = id(&bonus.month);
        if account.bonus(month) == Some(money(minor)) {
            return Ok(());
        }
        let corrects = account.bonus(month).filter(|_| account.is_charged(month));
        let command = PersonCommand::RecordBonus {
            month,
            amount: money(minor),
            reason: reason.map(ToOwned::to_owned),
        };
        let event = person::decide(account, &employee, &command)?;
        let PersonEvent::BonusRecorded(recorded) = &event else {
            panic!("{event:?}");
        };
        assert_eq!(recorded.corrects, corrects);
        let event = if self.held {
            let payload = event.payload().unwrap();
            PersonEvent::read(event.kind(), event.schema(), &payload).unwrap()
        } else {
            event
        };
        person::evolve(account, &event);
        Ok(())
    }

    /// What became known in a month, and then the month itself.
    fn settle(&mut self, month: Month) -> Result<(), Refusal> {
        let settled = month.to_string();
        let earlier = self.scenario.months.first() == Some(&settled);
        for bonus in &self.scenario.bonuses {
            if bonus.known == settled || earlier && bonus.known < settled {
                self.pay(bonus, bonus.minor, None)?;
            }
            for corrected in bonus.corrected.iter().filter(|c| c.known == settled) {
                self.pay(bonus, corrected.minor, Some("it was mistyped"))?;
            }
        }
        let at = month.end(&self.house.zone);
        for (_, case, sentence) in self
            .undecided
            .extract_if(.., |(known, ..)| *known == settled)
        {
            let complaint = self.complaints.get_mut(&case).unwrap();
            let employee = sentence.employee.clone();
            complaint.sentences.push((at, sentence));
            let number = complaint.sentences_on(&employee);
            complaint.announced.insert(employee, (number, at));
        }
        for (case, (told, _)) in &self.told_of {
            for change in &told.changes {
                if change.month == settled {
                    let complaint = self.complaints.get_mut(case).unwrap();
                    upheld(complaint, change.charged_bp, month.first_day())?;
                }
            }
        }

        let at = month.end(&self.house.zone).plus_seconds(60);
        let meta = Meta {
            at,
            actor: Actor::Engine,
        };
        let mut state = MonthState::default();
        let opened = MonthOpened {
            month,
            due: at,
            notice_at: None,
        };
        state.evolve(&MonthEvent::Opened(opened), &meta);
        self.take(
            self.decide(&state, &MonthCommand::GatherMonth { month })?,
            &mut state,
        );
        let gathered = state.gathered.as_ref().unwrap().1.cases.clone();
        let table = self.regulation.tables.month.as_ref().unwrap();
        let mut heads: BTreeSet<DepartmentId> = table.confirmed_by.iter().cloned().collect();
        heads.extend(gathered.iter().flat_map(|case| case.departments.clone()));
        for department in heads {
            let cases = gathered
                .iter()
                .filter_map(|case| Some((case.case, case.determination?)));
            let confirmed = MonthConfirmed {
                department,
                office: None,
                cases: cases.collect(),
            };
            state.evolve(&MonthEvent::Confirmed(confirmed), &meta);
        }
        self.take(
            self.decide(&state, &MonthCommand::ListDiscipline { month })?,
            &mut state,
        );
        self.take(
            self.decide(&state, &MonthCommand::IssueNotices { month })?,
            &mut state,
        );
        let approved = MonthEvent::NoticesApproved(NoticesApproved {});
        state.evolve(&approved, &meta);
        self.take(
            self.decide(&state, &MonthCommand::CloseMonth { month })?,
            &mut state,
        );
        if self.held {
            self.hold(month, &state)?;
        }
        let (_, closed) = state.closed.as_ref().unwrap();
        let sums = MonthSums {
            loss: closed.loss.minor(),
            charged: closed.charged.minor(),
            recovered: closed.recovered.minor(),
        };
        self.sums.insert(settled, sums);
        Ok(())
    }

    fn decide(&self, state: &MonthState, command: &MonthCommand) -> Result<MonthDecision, Refusal> {
        let cases: BTreeMap<CaseId, Booked<'_>> = self
            .complaints
            .iter()
            .map(|(case, complaint)| {
                let (_, chain) = &self.told_of[case];
                let booked = Booked {
                    complaint,
                    workflow: &self.house.workflow,
                    chain,
                };
                (*case, booked)
            })
            .collect();
        // Months are settled one after the other: all before this one are closed.
        let earlier = std::iter::successors(Some(command.month().prev()), |m| Some(m.prev()));
        let closed: BTreeSet<Month> = earlier.take(24).collect();
        let books = Books {
            tree_head: None,
            closed: &closed,
            founded: Instant::MIN,
            told: &BTreeSet::new(),
            regulation: &self.regulation,
            cases: &cases,
            accounts: &self.accounts,
            staff: &self.staff,
            still_open: None,
        };
        let at = command.month().end(&self.house.zone).plus_seconds(60);
        let context = Context {
            definition: &self.house.workflow.definition,
            calendar: &self.house.calendar,
            zone: &self.house.zone,
            organisation: &self.organisation,
            who: Who::Engine,
            at,
            now: at,
            serial: None,
        };
        month::decide(state, command, &books, &context)
    }

    /// Enters what was decided, as whoever reads the log does.
    fn take(&mut self, decision: MonthDecision, state: &mut MonthState) {
        let meta = Meta {
            at: decision.at,
            actor: decision.actor,
        };
        for event in decision.month {
            let event = self.read_back(
                event,
                MonthEvent::kind,
                MonthEvent::schema,
                MonthEvent::payload,
                |k, s, p| MonthEvent::read(k, s, p).unwrap(),
            );
            state.evolve(&event, &meta);
            if let MonthEvent::Closed(_) = event {
                let closed = state.opened.as_ref().unwrap().1.month;
                for account in self.accounts.values_mut() {
                    account.put_closed(closed);
                }
            }
        }
        for (case, event) in decision.cases {
            let event = self.read_back(
                Event::Complaint(event),
                Event::kind,
                Event::schema,
                Event::payload,
                |k, s, p| Event::read(k, s, p).unwrap(),
            );
            if let Event::Complaint(ComplaintEvent::NoticeIssued(notice)) = &event {
                self.note(case, notice);
            }
            let complaint = self.complaints.remove(&case);
            let complaint = Complaint::fold(complaint, &event, &meta).unwrap();
            self.complaints.insert(case, complaint);
        }
        for (employee, event) in decision.persons {
            let event = self.read_back(
                event,
                PersonEvent::kind,
                PersonEvent::schema,
                PersonEvent::payload,
                |k, s, p| PersonEvent::read(k, s, p).unwrap(),
            );
            let account = self.accounts.entry(employee);
            person::evolve(account.or_insert(Account::new(HOME)), &event);
        }
    }

    fn read_back<E: PartialEq + std::fmt::Debug>(
        &self,
        event: E,
        kind: impl Fn(&E) -> &'static str,
        schema: impl Fn(&E) -> u32,
        payload: impl Fn(&E) -> Result<String, serde_json::Error>,
        read: impl Fn(&str, u32, &str) -> E,
    ) -> E {
        if !self.held {
            return event;
        }
        let again = read(kind(&event), schema(&event), &payload(&event).unwrap());
        assert_eq!(again, event);
        again
    }

    /// What a case's first notice charges each person.
    fn note(&mut self, case: CaseId, notice: &NoticeIssued) {
        for party in &notice.parties {
            let shared: i64 = party
                .members
                .iter()
                .map(|member| member.amount.minor())
                .sum();
            assert_eq!(
                shared,
                party.charged.minor(),
                "the members of {}",
                party.party
            );
        }
        let (told, _) = self.told_of[&case];
        if told.month != notice.month.to_string() {
            return;
        }
        let charged = &mut self.answers.get_mut(&told.number).unwrap().charged;
        for member in notice.parties.iter().flat_map(|party| &party.members) {
            *charged.entry(member.employee.to_string()).or_default() += member.amount.minor();
        }
    }

    fn told(self) -> Answer {
        let print: BTreeMap<String, &str> = self
            .scenario
            .cases
            .iter()
            .map(|case| (key(&case.number), case.number.as_str()))
            .collect();
        let kind = |kind| match kind {
            ItemKind::WholeBonus => "whole_bonus",
            ItemKind::Fine => "fine",
            ItemKind::Deduction => "deduction",
        };
        let mut answer = Answer {
            cases: self.answers,
            months: self.sums,
            ..Answer::default()
        };
        for (employee, account) in &self.accounts {
            let lines = account.lines().iter().filter(|line| !line.amount.is_zero());
            let steps: Vec<Step> = lines
                .map(|line| Step {
                    settled: line.settled.to_string(),
                    bonus: line.bonus_month.or(line.corrected).map(|m| m.to_string()),
                    kind: match line.is_given_back() {
                        true => "given_back".to_owned(),
                        false => kind(line.key.kind).to_owned(),
                    },
                    case: print[&line.key.case].to_owned(),
                    minor: line.amount.minor(),
                })
                .collect();
            if !steps.is_empty() {
                answer.persons.insert(employee.to_string(), steps);
            }
            let owing: Vec<Owed> = account
                .open_items()
                .filter(|item| item.key.kind != ItemKind::WholeBonus)
                .map(|item| Owed {
                    kind: kind(item.key.kind).to_owned(),
                    case: print[&item.key.case].to_owned(),
                    minor: item.remaining().minor(),
                })
                .collect();
            if !owing.is_empty() {
                answer.owing.insert(employee.to_string(), owing);
            }
        }
        answer
    }
}

fn case_id(nth: usize) -> CaseId {
    CaseId(Uuid::from_u128(u128::try_from(nth).unwrap()))
}

/// An objection was upheld: from now on another part is charged.
fn upheld(complaint: &mut Complaint, charged: u32, on: Date) -> Result<(), Refusal> {
    let (at, before) = complaint.determinations.last().unwrap().clone();
    let mut criteria = before.criteria;
    criteria.charged = charged;
    criteria.ruled = Some(charged);
    let after = ResponsibilityDetermined {
        determination: before.determination + 1,
        loss: before.loss,
        carried: responsibility::carry_again(&before.carried, charged, before.loss)?,
        criteria,
        reason: Some(format!("an objection was upheld on {on}")),
    };
    complaint.determinations.push((at, after));
    Ok(())
}
