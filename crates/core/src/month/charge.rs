//! Penalty notices (M12, P3), and the closing that charges them (A19 to A24).

use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::money::Money;
use redress_kernel::refusal::{self as kernel_refusal, Refusal};
use redress_kernel::time::{Date, Month};

use super::{
    Booked, CarriedFigures, CaseFigures, Desk, GatheredCase, ImprovementFigures, MonthClosed,
    MonthDecision, MonthEvent, MonthFigures, NoticesIssued, PersonFigures, gather,
};
use crate::account::{Account, Debt, ItemKey, ItemKind, Line, Terms};
use crate::decide::production_date_of;
use crate::deduction;
use crate::discipline::Fine;
use crate::event::ComplaintEvent;
use crate::event::money::{Counted, NoticeIssued, NoticeParty};
use crate::person::{PersonEvent, PersonSettled};
use crate::refusal;

/// How many cases or persons stand on a page of figures: a page is one event, and an event is bounded.
const PAGE: usize = 200;
/// How many months back somebody's leaving is looked for.
const FARTHEST_BACK: usize = 240;

impl Desk<'_> {
    /// M12: a notice for each case that charges somebody, with the members and base points of its day (A24).
    pub(super) fn issue_notices(&self) -> Result<MonthDecision, Refusal> {
        let actor = self.keeper()?;
        let gathered = self.check_confirmed()?;
        if self.state.listed.is_none() {
            return Err(self.refuse(refusal::DISCIPLINE_NOT_LISTED));
        }
        let currency = self.books.regulation.currency;
        let mut numbers = BTreeMap::new();
        let mut charged = Money::zero(currency);
        let mut events = Vec::new();
        for case in &gathered.cases {
            let Some(booked) = self.books.cases.get(&case.case) else {
                continue;
            };
            let Some(notice) = self.notice(booked)? else {
                continue;
            };
            for party in &notice.parties {
                charged = add(charged, party.charged)?;
            }
            numbers.insert(case.case, notice.determination);
            events.push((case.case, ComplaintEvent::NoticeIssued(notice)));
        }
        let issued = MonthEvent::NoticesIssued(NoticesIssued {
            cases: numbers,
            charged,
        });
        let mut decision = self.decided(actor, vec![issued]);
        decision.cases = events;
        Ok(decision)
    }

    /// The notice of a case; none where it charges nobody and never did.
    fn notice(&self, booked: &Booked<'_>) -> Result<Option<NoticeIssued>, Refusal> {
        let complaint = booked.complaint;
        let Some(determined) = complaint.determined() else {
            return Ok(None);
        };
        // Gathered again for something else: what an earlier month noticed and charged stands.
        let counted = complaint.counted.last();
        if counted.is_some_and(|(_, c)| c.determination == Some(determined.determination)) {
            return Ok(None);
        }
        let day = self.members_on(booked);
        let mut parties = Vec::new();
        for carried in determined.carried.iter().filter(|carried| carried.deducts) {
            let members = deduction::members_of(carried, self.books.staff, day)?;
            parties.push(NoticeParty {
                party: carried.party.clone(),
                charged: carried.charged,
                members: deduction::shares(carried.charged, &members)?,
            });
        }
        if parties.is_empty() && complaint.notices.is_empty() {
            return Ok(None);
        }
        Ok(Some(NoticeIssued {
            month: self.month,
            determination: determined.determination,
            members_on: day,
            parties,
        }))
    }

    /// A24: the production date that manufacturing named, else the last day of the month of the closing.
    fn members_on(&self, booked: &Booked<'_>) -> Date {
        let named = production_date_of(booked.complaint, &booked.workflow.definition);
        named.unwrap_or_else(|| match booked.complaint.case.status {
            redress_kernel::case::Status::Closed { month, .. } => month.last_day(),
            _ => self.month.last_day(),
        })
    }

    /// Charges the bonuses, and freezes the figures. Whatever is learnt later goes into the month in which it is learnt.
    pub(super) fn close(&self) -> Result<MonthDecision, Refusal> {
        let actor = self.keeper()?;
        self.check_order()?;
        let gathered = self.check_confirmed()?;
        let (Some((_, notices)), Some(_)) = (&self.state.notices, self.state.approved) else {
            return Err(self.refuse(refusal::NOTICES_NOT_APPROVED));
        };
        for case in &gathered.cases {
            let outdated = notices
                .cases
                .get(&case.case)
                .is_some_and(|number| Some(*number) != case.determination);
            if outdated {
                return Err(self
                    .refuse(refusal::GATHERING_OUTDATED)
                    .with("number", &case.number));
            }
            self.check_announced(case)?;
        }
        let mut owed = self.owed(&gathered.cases)?;
        let everybody: BTreeSet<EmployeeId> = owed
            .keys()
            .chain(self.books.accounts.keys())
            .cloned()
            .collect();
        let mut persons = Vec::new();
        let mut figures = Vec::new();
        for employee in everybody {
            let debts = owed.remove(&employee).unwrap_or_default();
            let (settled, person) = self.settle(&employee, debts)?;
            figures.extend(person);
            persons.extend(settled.map(|settled| (employee, PersonEvent::Settled(settled))));
        }
        let cases: Vec<CaseFigures> = gathered
            .cases
            .iter()
            .map(|case| self.figures(case))
            .collect();
        let closed = self.sums(&cases, &figures)?;
        let counted = gathered
            .cases
            .iter()
            .map(|case| self.counted(case))
            .collect();
        let mut decision = self.decided(
            actor,
            pages(cases, figures, &self.state.improvements, closed),
        );
        decision.cases = counted;
        decision.persons = persons;
        Ok(decision)
    }

    /// What the month does to one person: what is owed is entered, then bonuses are charged, of somebody who left up to
    /// the month of leaving (A24). No event where nothing happens, no figures where nothing is to be reported; a claim
    /// is reported as long as it stands.
    fn settle(
        &self,
        employee: &EmployeeId,
        debts: Vec<Debt>,
    ) -> Result<(Option<PersonSettled>, Option<PersonFigures>), Refusal> {
        let currency = self.books.regulation.currency;
        let account = self.books.accounts.get(employee);
        let mut after = account.map_or_else(|| Account::new(currency), Account::clone);
        let mut given_back = Vec::new();
        for debt in &debts {
            let line = after.owe(debt, self.month)?;
            after.put(debt);
            if let Some(line) = line {
                after.apply(&line);
                given_back.push(line);
            }
        }
        let left = self.left_in(employee);
        after.put_left(left);
        let discipline = self.books.regulation.tables.discipline.as_ref();
        let terms = Terms::of(self.penalty()?, discipline);
        let settlement = after.settle(self.month, &terms)?;
        let silent = settlement.lines.is_empty() && settlement.unknown.is_empty();
        let nothing = debts.is_empty() && silent;
        after.apply_settlement(&settlement);
        if nothing && after.claims(self.month).is_empty() {
            return Ok((None, None));
        }
        let mut carried = Money::zero(currency);
        for item in after.open_items() {
            carried = add(carried, item.remaining())?;
        }
        let lines: Vec<Line> = given_back
            .iter()
            .chain(&settlement.lines)
            .cloned()
            .collect();
        let figures = PersonFigures {
            employee: employee.clone(),
            lines,
            carried,
            left: left.is_some(),
            unknown: settlement.unknown.clone(),
        };
        let settled = PersonSettled {
            month: self.month,
            currency,
            debts,
            given_back,
            settlement,
        };
        Ok((Some(settled).filter(|_| !nothing), Some(figures)))
    }

    /// M12, D6: discipline that was decided has been announced before it costs anything.
    fn check_announced(&self, case: &GatheredCase) -> Result<(), Refusal> {
        let Some(booked) = self.books.cases.get(&case.case) else {
            return Ok(());
        };
        for sentence in gather::sentences(self.books, case, self.month) {
            if !booked.complaint.announced.contains_key(&sentence.employee) {
                return Err(Refusal::new(refusal::NOT_ANNOUNCED, "M12")
                    .with("number", &case.number)
                    .with("employee", &sentence.employee));
            }
        }
        Ok(())
    }

    /// What each person owes from this month on, where that is new or changed.
    fn owed(&self, gathered: &[GatheredCase]) -> Result<BTreeMap<EmployeeId, Vec<Debt>>, Refusal> {
        let mut owed: BTreeMap<EmployeeId, Vec<Debt>> = BTreeMap::new();
        for case in gathered {
            let Some(booked) = self.books.cases.get(&case.case) else {
                continue;
            };
            for (employee, debt) in self.fines(booked, case) {
                owed.entry(employee).or_default().push(debt);
            }
        }
        for (chain, (case, booked)) in self.chains(gathered) {
            for (employee, debt) in self.deductions(chain, case, booked)? {
                owed.entry(employee).or_default().push(debt);
            }
        }
        Ok(owed)
    }

    /// The case that counts for each chain of new forms: the one closed last (A16).
    fn chains<'g>(
        &'g self,
        gathered: &'g [GatheredCase],
    ) -> BTreeMap<&'g str, (&'g GatheredCase, &'g Booked<'g>)> {
        let mut chains: BTreeMap<&str, (&GatheredCase, &Booked<'_>)> = BTreeMap::new();
        for case in gathered {
            let Some(booked) = self.books.cases.get(&case.case) else {
                continue;
            };
            // A case whose customer refused counts until its successor is closed.
            let replaced = booked.complaint.successor.is_some_and(|successor| {
                let successor = self.books.cases.get(&successor);
                successor.is_some_and(|successor| {
                    matches!(
                        successor.complaint.case.status,
                        redress_kernel::case::Status::Closed { month, .. } if month <= self.month
                    )
                })
            });
            let counted = booked.complaint.counted.last();
            let charged = counted.is_some_and(|(_, c)| c.determination == case.determination);
            if !replaced && !charged {
                chains.insert(booked.chain, (case, booked));
            }
        }
        chains
    }

    fn deductions(
        &self,
        chain: &str,
        case: &GatheredCase,
        booked: &Booked<'_>,
    ) -> Result<BTreeMap<EmployeeId, Debt>, Refusal> {
        let currency = self.books.regulation.currency;
        let mut amounts: BTreeMap<EmployeeId, Money> = BTreeMap::new();
        let notice = booked.complaint.notices.last().map(|(_, notice)| notice);
        let notice = notice.filter(|notice| Some(notice.determination) == case.determination);
        for member in notice
            .iter()
            .flat_map(|notice| &notice.parties)
            .flat_map(|party| &party.members)
        {
            let amount = amounts
                .entry(member.employee.clone())
                .or_insert(Money::zero(currency));
            *amount = add(*amount, member.amount)?;
        }
        let key = ItemKey {
            case: chain.to_owned(),
            kind: ItemKind::Deduction,
        };
        // Whom an earlier notice of the chain charged and this one does not, owes nothing of it any more.
        for (employee, account) in self.books.accounts {
            if account.item(&key).is_some_and(|item| !item.owed.is_zero()) {
                amounts
                    .entry(employee.clone())
                    .or_insert(Money::zero(currency));
            }
        }
        let debt = |amount| self.debt(ItemKind::Deduction, chain, booked, amount);
        Ok(amounts
            .into_iter()
            .filter_map(|(employee, amount)| Some((employee, debt(amount)?)))
            .collect())
    }

    fn fines(&self, booked: &Booked<'_>, case: &GatheredCase) -> Vec<(EmployeeId, Debt)> {
        let currency = self.books.regulation.currency;
        gather::sentences(self.books, case, self.month)
            .into_iter()
            .filter_map(|sentence| {
                let (kind, amount) = match sentence.fine {
                    Fine::None => return None,
                    Fine::Sum(amount) => (ItemKind::Fine, amount),
                    Fine::WholeBonus => (ItemKind::WholeBonus, Money::zero(currency)),
                };
                let debt = self.debt(kind, &case.number, booked, amount)?;
                Some((sentence.employee.clone(), debt))
            })
            .collect()
    }

    fn debt(&self, kind: ItemKind, case: &str, booked: &Booked<'_>, amount: Money) -> Option<Debt> {
        let number = booked.complaint.case.number.as_ref()?;
        let (decided_at, _) = booked.complaint.decision.as_ref()?;
        Some(Debt {
            key: ItemKey {
                case: case.to_owned(),
                kind,
            },
            decided_at: *decided_at,
            number: number.print.clone(),
            month: self.month,
            amount,
        })
    }

    /// The last month in which somebody who has left by the end of this one worked here: the last that has a bonus. None
    /// for whoever is here still, and for whom the organisation never knew.
    fn left_in(&self, employee: &EmployeeId) -> Option<Month> {
        let (organisation, zone) = (self.ctx.organisation, self.ctx.zone);
        let end = self.month.end(zone);
        if organisation.department_of(employee, end).is_some() {
            return None;
        }
        let earlier = std::iter::successors(Some(self.month), |month| month.plus_months(-1));
        earlier.take(FARTHEST_BACK).find(|month| {
            organisation
                .department_of(employee, month.start(zone))
                .is_some()
        })
    }

    fn figures(&self, case: &GatheredCase) -> CaseFigures {
        let booked = self.books.cases.get(&case.case);
        let determined = booked.and_then(|booked| booked.complaint.determined());
        let carried = determined.iter().flat_map(|determined| &determined.carried);
        CaseFigures {
            case: case.clone(),
            loss: determined.map(|determined| determined.loss),
            carried: carried
                .map(|carried| CarriedFigures {
                    party: carried.party.clone(),
                    basis_points: carried.basis_points,
                    amount: carried.amount,
                    charged: carried.charged,
                })
                .collect(),
        }
    }

    fn counted(&self, case: &GatheredCase) -> (CaseId, ComplaintEvent) {
        let sentences = gather::sentences(self.books, case, self.month);
        let counted = Counted {
            month: self.month,
            determination: case.determination,
            disciplined: sentences
                .into_iter()
                .map(|sentence| sentence.employee.clone())
                .collect(),
        };
        (case.case, ComplaintEvent::Counted(counted))
    }

    fn sums(
        &self,
        cases: &[CaseFigures],
        persons: &[PersonFigures],
    ) -> Result<MonthClosed, Refusal> {
        let zero = Money::zero(self.books.regulation.currency);
        let due = self.state.opened.as_ref().map(|(_, opened)| opened.due);
        let mut sums = MonthClosed {
            pages: 0,
            cases: cases.len() as u64,
            loss: zero,
            recovered: zero,
            charged: zero,
            fined: zero,
            deducted: zero,
            given_back: zero,
            carried: zero,
            claims: zero,
            late: due.is_some_and(|due| self.ctx.at.to_whole_second() > due),
        };
        // What is counted again was summed when it was counted first; what its correction takes or gives back is summed
        // below.
        for case in cases.iter().filter(|figures| !figures.case.again) {
            sums.loss = add(sums.loss, case.loss.unwrap_or(zero))?;
            for carried in &case.carried {
                sums.charged = add(sums.charged, carried.charged)?;
                if carried.party.starts_with("supplier:") || carried.party.starts_with("company:") {
                    sums.recovered = add(sums.recovered, carried.amount)?;
                }
            }
        }
        for person in persons {
            for line in &person.lines {
                let sum = match line.key.kind {
                    ItemKind::WholeBonus | ItemKind::Fine => &mut sums.fined,
                    ItemKind::Deduction => &mut sums.deducted,
                };
                let sum = if line.is_given_back() {
                    &mut sums.given_back
                } else {
                    sum
                };
                *sum = add(*sum, line.amount)?;
            }
            let sum = if person.left {
                &mut sums.claims
            } else {
                &mut sums.carried
            };
            *sum = add(*sum, person.carried)?;
        }
        Ok(sums)
    }
}

fn add(a: Money, b: Money) -> Result<Money, Refusal> {
    a.checked_add(b).map_err(|_| {
        Refusal::new(kernel_refusal::OUT_OF_RANGE, "A23")
            .with("field", "amount")
            .with("form", "month")
            .with("min", 0)
            .with("max", i64::MAX)
    })
}

/// The figures in pages, and the closing behind them.
fn pages(
    cases: Vec<CaseFigures>,
    persons: Vec<PersonFigures>,
    improvements: &[ImprovementFigures],
    closed: MonthClosed,
) -> Vec<MonthEvent> {
    let mut events = Vec::new();
    let mut page = 0_u32;
    let mut put =
        |cases: &[CaseFigures], persons: &[PersonFigures], improvements: &[ImprovementFigures]| {
            page = page.saturating_add(1);
            events.push(MonthEvent::Figures(MonthFigures {
                page,
                cases: cases.to_vec(),
                persons: persons.to_vec(),
                improvements: improvements.to_vec(),
            }));
        };
    for cases in cases.chunks(PAGE) {
        put(cases, &[], &[]);
    }
    for persons in persons.chunks(PAGE) {
        put(&[], persons, &[]);
    }
    for improvements in improvements.chunks(PAGE) {
        put(&[], &[], improvements);
    }
    events.push(MonthEvent::Closed(MonthClosed {
        pages: page,
        ..closed
    }));
    events
}
