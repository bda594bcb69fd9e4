//! The closing of a month: what each person owes, and what is taken of each bonus (A19 to A24).

use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::Month;

use super::figures::{add, pages};
use super::{Booked, CaseFigures, Desk, GatheredCase, MonthDecision, PersonFigures, gather};
use crate::account::{Account, Debt, ItemKey, ItemKind, Line, Terms};
use crate::discipline::Fine;
use crate::employment::{away_in, left_in};
use crate::event::money::DisciplineDecided;
use crate::person::{PersonEvent, PersonSettled};
use crate::refusal;

impl Desk<'_> {
    /// Charges the bonuses, and freezes the figures. Whatever is learnt later goes into the month in which it is learnt.
    pub(super) fn close(&self) -> Result<MonthDecision, Refusal> {
        let actor = self.keeper()?;
        self.check_order()?;
        let gathered = self.check_confirmed()?;
        self.check_listed(gathered)?;
        let (Some((_, notices)), Some(_)) = (&self.state.notices, self.state.approved) else {
            return Err(self.refuse_by("M12", refusal::NOTICES_NOT_APPROVED));
        };
        for case in &gathered.cases {
            let outdated = notices
                .cases
                .get(&case.case)
                .is_some_and(|number| Some(*number) != case.determination);
            if outdated {
                return Err(self
                    .refuse_by("A19", refusal::GATHERING_OUTDATED)
                    .with("number", &case.print));
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

    /// What the month does to one person: what is owed is entered, what corrected bonuses paid too much is given back, then
    /// bonuses are charged, of somebody who left up to the month of leaving (A24). No event where nothing happens, no
    /// figures where nothing is to be reported; a claim is reported as long as it stands.
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
            after.put(debt, self.month);
            if let Some(line) = line {
                after.apply(&line);
                given_back.push(line);
            }
        }
        let discipline = self.books.regulation.tables.discipline.as_ref();
        let terms = Terms::of(self.penalty()?, discipline, &self.ctx.definition.version);
        for line in after.give_back(self.month, &terms)? {
            after.apply(&line);
            given_back.push(line);
        }
        let left = self.left_in(employee);
        after.put_left(left);
        after.put_away(away_in(
            self.ctx.organisation,
            self.ctx.zone,
            employee,
            self.month,
        ));
        let settlement = after.settle(self.month, &terms)?;
        let silent = settlement.lines.is_empty() && settlement.unknown.is_empty();
        let nothing = debts.is_empty() && given_back.is_empty() && silent;
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
            if booked
                .complaint
                .announcement_of(&sentence.employee)
                .is_none()
            {
                return Err(Refusal::new(refusal::NOT_ANNOUNCED, "M12")
                    .with("number", &case.print)
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
            for (employee, debt) in self.fines(booked, case, gathered) {
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
            let counted = booked.complaint.counted.last();
            let charged = counted.is_some_and(|(_, c)| c.determination == case.determination);
            if case.replaced_by.is_none() && !charged {
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

    /// D5: what discipline costs. A chain of new forms has one fine, that of its last case with a sentence on the person, and
    /// a sentence may be corrected (A16, M9-12): the difference is charged or given back.
    fn fines(
        &self,
        booked: &Booked<'_>,
        case: &GatheredCase,
        gathered: &[GatheredCase],
    ) -> Vec<(EmployeeId, Debt)> {
        let counted = booked.complaint.counted.first();
        let first = counted.map_or(self.month, |(_, counted)| counted.month);
        let mut debts = Vec::new();
        for sentence in gather::settling(self.books, case, self.month) {
            let of = (booked.complaint, &sentence.employee);
            if gather::is_superseded(self.books, gathered, of, self.month) {
                continue;
            }
            for kind in [ItemKind::WholeBonus, ItemKind::Fine] {
                // A20: decided late, it still settles with its own month, and takes the bonus of that one first where
                // nothing has charged it yet.
                let month = booked.complaint.settles_with(sentence).max(first);
                let debt = self.fine(booked, sentence, kind, month);
                debts.extend(debt.map(|debt| (sentence.employee.clone(), debt)));
            }
        }
        debts
    }

    /// A sentence's fine or forfeiture; none where it costs none, and none stands on the ledger either.
    fn fine(
        &self,
        booked: &Booked<'_>,
        sentence: &DisciplineDecided,
        kind: ItemKind,
        month: Month,
    ) -> Option<Debt> {
        let zero = Money::zero(self.books.regulation.currency);
        let key = ItemKey {
            case: booked.chain.to_owned(),
            kind,
        };
        let account = self.books.accounts.get(&sentence.employee);
        let stands = account.and_then(|account| account.item(&key));
        let (amount, lifted) = match (kind, sentence.fine) {
            (ItemKind::WholeBonus, Fine::WholeBonus) => (zero, false),
            (ItemKind::WholeBonus, _) => {
                stands.filter(|item| !item.lifted)?;
                (zero, true)
            }
            (_, Fine::Sum(amount)) => (amount, false),
            (_, _) => {
                stands.filter(|item| !item.owed.is_zero())?;
                (zero, false)
            }
        };
        let mut debt = self.debt(kind, booked.chain, booked, amount)?;
        // No amount comes before one that stands already.
        let standing = stands.and_then(|item| item.amounts.keys().next_back());
        debt.month = standing.map_or(month, |standing| month.max(*standing));
        debt.lifted = lifted;
        Some(debt)
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
            lifted: false,
        })
    }

    fn left_in(&self, employee: &EmployeeId) -> Option<Month> {
        left_in(self.ctx.organisation, self.ctx.zone, employee, self.month)
    }
}
