//! Penalty notices: for each case of a month what its people are charged (M12, P3, A24).

use std::collections::BTreeMap;

use redress_kernel::money::Money;
use redress_kernel::refusal::Refusal;

use super::figures::add;
use super::{Booked, Desk, MonthDecision, MonthEvent, NoticesIssued};
use crate::decide::members_on;
use crate::deduction;
use crate::event::ComplaintEvent;
use crate::event::money::{NoticeIssued, NoticeParty};
use crate::staff::Roster;

impl Desk<'_> {
    /// M12: a notice for each case that charges somebody, with the members and base points of its day (A24).
    pub(super) fn issue_notices(&self) -> Result<MonthDecision, Refusal> {
        let actor = self.keeper()?;
        let gathered = self.check_confirmed()?;
        self.check_listed(gathered)?;
        let currency = self.books.regulation.currency;
        let mut numbers = BTreeMap::new();
        let mut charged = Money::zero(currency);
        let mut events = Vec::new();
        for case in &gathered.cases {
            // The chain of new forms has one loss, that of its last closed case (A16).
            let booked = self.books.cases.get(&case.case);
            let Some(booked) = booked.filter(|_| case.replaced_by.is_none()) else {
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
        let roster = self.roster(booked);
        let mut parties = Vec::new();
        for carried in determined.carried.iter().filter(|carried| carried.deducts) {
            let members = deduction::members_of(carried, roster)?;
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
            members_on: roster.day,
            parties,
        }))
    }

    /// Who belongs to which unit on the day that counts for a case (A24).
    pub(super) fn roster(&self, booked: &Booked<'_>) -> Roster<'_> {
        let day = members_on(booked.complaint, &booked.workflow.definition);
        Roster {
            staff: self.books.staff,
            organisation: self.ctx.organisation,
            zone: self.ctx.zone,
            // A month takes closed cases alone.
            day: day.unwrap_or(self.month.last_day()),
        }
    }
}
