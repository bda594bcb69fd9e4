//! Whether discipline rests on what holds by now (D2, D3, M9-12): on the loss and the shares of the case, of a chain of new
//! forms those of its last (A16), of goods that came back behind the decision the loss on them (D1, A17).

use std::collections::BTreeMap;

use redress_kernel::case::Status;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;

use super::{Booked, Desk, MonthGathered};
use crate::complaint::Complaint;
use crate::decide::graded_loss;
use crate::discipline::{self, GradeApplied};

use crate::refusal;

impl<'a> Desk<'a> {
    /// D3: nobody is fined by a share that is another by now, where the table gives that another grade. The general manager
    /// decides anew; what was settled before is corrected with this month (M9-12).
    pub(super) fn check_grounds(&self, gathered: &MonthGathered) -> Result<(), Refusal> {
        let chains = self.chains_of_forms();
        for case in &gathered.cases {
            // Of a chain the last case says it, for all of them.
            let booked = self.books.cases.get(&case.case);
            let Some(booked) = booked.filter(|_| case.replaced_by.is_none()) else {
                continue;
            };
            let chain = chains.get(booked.chain).map_or(&[][..], Vec::as_slice);
            let mut sentenced: BTreeMap<&EmployeeId, &Complaint> = BTreeMap::new();
            for complaint in chain {
                let theirs = complaint.sentences.iter();
                sentenced.extend(theirs.map(|(_, sentence)| (&sentence.employee, *complaint)));
            }
            for (employee, complaint) in sentenced {
                if let Some((share, applied)) = self.another(booked, complaint, employee)? {
                    return Err(Refusal::new(refusal::SENTENCE_OUTDATED, "D3")
                        .with("number", &case.print)
                        .with("employee", employee)
                        .with("share", share)
                        .with("grade", applied.grade.id()));
                }
            }
        }
        Ok(())
    }

    /// Whether a case that a month has counted is to be taken once more, as the loss on goods that came back since grades
    /// somebody otherwise (D1, A17).
    pub(super) fn rests_on_another(&self, booked: &Booked<'a>) -> Result<bool, Refusal> {
        let complaint = booked.complaint;
        let counted = complaint.counted.last();
        if complaint.d_loss.is_none() || counted.is_none_or(|(_, c)| c.month >= self.month) {
            return Ok(false);
        }
        for employee in complaint.grounds.keys() {
            if self.another(booked, complaint, employee)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The closed cases of each chain of new forms, in the order of their decisions.
    fn chains_of_forms(&self) -> BTreeMap<&'a str, Vec<&'a Complaint>> {
        let mut chains: BTreeMap<&str, Vec<&Complaint>> = BTreeMap::new();
        for booked in self.books.cases.values() {
            if matches!(booked.complaint.case.status, Status::Closed { month, .. } if month <= self.month)
            {
                let chain = chains.entry(booked.chain).or_default();
                chain.push(booked.complaint);
            }
        }
        for chain in chains.values_mut() {
            chain.sort_by_key(|complaint| complaint.decision.as_ref().map(|(at, _)| *at));
        }
        chains
    }

    /// The share of somebody who was sentenced in a case, by what holds in the one that counts, and the grade for it, if the
    /// table gives another than the petition had and the general manager decided. None where the loss is not known yet.
    fn another(
        &self,
        counts: &Booked<'a>,
        sentenced_in: &Complaint,
        employee: &EmployeeId,
    ) -> Result<Option<(Money, GradeApplied)>, Refusal> {
        let regulation = counts.workflow.regulation.as_ref();
        let (Some(table), Some(determined), Some(petition), Some(sentence)) = (
            regulation.and_then(|regulation| regulation.tables.discipline.as_ref()),
            counts.complaint.determined(),
            sentenced_in.grounds.get(employee),
            sentenced_in.sentence_of(employee),
        ) else {
            return Ok(None);
        };
        let due = sentenced_in.settles_with(sentence) <= self.month;
        if !due || counts.complaint.loss_pending() {
            return Ok(None);
        }
        let of = graded_loss(counts.complaint, table)?;
        let parts = discipline::party_shares(of, &determined.carried, self.roster(counts))?;
        let share = discipline::share_of(&parts, employee)?;
        let share = share.unwrap_or(Money::zero(of.currency()));
        let version = &counts.workflow.definition.version;
        let applied = discipline::grade(table, share, version)?;
        let same = [petition.applied.grade, sentence.sentence.grade].contains(&applied.grade);
        Ok(Some((share, applied)).filter(|_| !same))
    }
}
