//! The month: its closed cases are gathered, confirmed by the heads of departments, noticed, charged, and frozen
//! (M9-10, M12, A14, A19).
//!
//! A command on a month decides on the month, on its cases and on persons' ledgers together: what follows is
//! appended to all of these streams or to none.

mod charge;
mod event;
mod figures;
mod gather;
mod ground;
mod notice;
mod review;
mod urge;

use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::actor::Actor;
use redress_kernel::case::Status;
use redress_kernel::decide::{self as kernel, Context, of_department, of_office};
use redress_kernel::definition::Definition;
use redress_kernel::id::{CaseId, DepartmentId, EmployeeId, OfficeId};
use redress_kernel::organisation::Organisation;
use redress_kernel::refusal::{self as kernel_refusal, Refusal};
use redress_kernel::time::{Instant, Month, Zone};
use serde::{Deserialize, Serialize};

pub use event::{
    CarriedFigures, CaseFigures, DisciplineListed, GatheredCase, ImprovementFigures,
    ImprovementsGathered, Listed, MonthClosed, MonthConfirmed, MonthEvent, MonthFigures,
    MonthGathered, MonthNoticed, MonthOpened, MonthReminded, MonthReminder, MonthState,
    NoticesApproved, NoticesIssued, PersonFigures, TreeHead,
};
pub use review::told;
pub use urge::{Standing, is_kept, to_open, urge};

use crate::account::Account;
use crate::complaint::Complaint;
use crate::decide::check_not_author;
use crate::event::ComplaintEvent;
use crate::person::PersonEvent;
use crate::refusal;
use crate::regulation::{MoneyDuties, Regulation, Workflow};
use crate::staff::Staff;
use crate::tables::{MonthTable, PenaltyTable};

/// What somebody asks of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum MonthCommand {
    /// Open it, once it is over.
    OpenMonth {
        /// Which.
        month: Month,
    },
    /// Gather its closed cases; again, after something was corrected.
    GatherMonth {
        /// Which.
        month: Month,
    },
    /// Confirm responsibility and ratios for a department, as its head.
    ConfirmMonth {
        /// Which.
        month: Month,
        /// For which department.
        department: DepartmentId,
    },
    /// Draw up the list of discipline for personnel.
    ListDiscipline {
        /// Which.
        month: Month,
    },
    /// Issue the penalty notices.
    IssueNotices {
        /// Which.
        month: Month,
    },
    /// Approve them.
    ApproveNotices {
        /// Which.
        month: Month,
    },
    /// Close it: charge the bonuses and freeze the figures.
    CloseMonth {
        /// Which.
        month: Month,
    },
}

impl MonthCommand {
    /// The names of all of them, as the member `command` gives them.
    pub const NAMES: &'static [&'static str] = &[
        "open_month",
        "gather_month",
        "confirm_month",
        "list_discipline",
        "issue_notices",
        "approve_notices",
        "close_month",
    ];

    /// Checks that a department that it names is known to one of the definitions: for any other there is nothing to confirm,
    /// and never was.
    ///
    /// # Errors
    /// `unknown_department`.
    pub fn check_names<'d>(
        &self,
        definitions: impl IntoIterator<Item = &'d Definition>,
    ) -> Result<(), Refusal> {
        match self {
            Self::ConfirmMonth { department, .. } => {
                Organisation::check_department(department, definitions)
            }
            _ => Ok(()),
        }
    }

    /// The month that it is about.
    pub fn month(&self) -> Month {
        match self {
            Self::OpenMonth { month }
            | Self::GatherMonth { month }
            | Self::ConfirmMonth { month, .. }
            | Self::ListDiscipline { month }
            | Self::IssueNotices { month }
            | Self::ApproveNotices { month }
            | Self::CloseMonth { month } => *month,
        }
    }
}

/// A case that a month may take.
#[derive(Debug, Clone, Copy)]
pub struct Booked<'a> {
    /// The case.
    pub complaint: &'a Complaint,
    /// The version of the rules that it keeps (M15).
    pub workflow: &'a Workflow,
    /// The number, as a key, of the first case of its chain of new forms: its own if it is alone (A16).
    pub chain: &'a str,
}

/// Everything that a month is decided on, besides itself.
#[derive(Debug, Clone, Copy)]
pub struct Books<'a> {
    /// The regulation in force.
    pub regulation: &'a Regulation,
    /// The cases that it may take, or has taken.
    pub cases: &'a BTreeMap<CaseId, Booked<'a>>,
    /// The ledgers of the persons concerned; one who is missing owes nothing and has no bonus.
    pub accounts: &'a BTreeMap<EmployeeId, Account>,
    /// Units and their members.
    pub staff: &'a Staff,
    /// An earlier month that was opened and is not closed.
    pub still_open: Option<Month>,
    /// The months that are closed.
    pub closed: &'a BTreeSet<Month>,
    /// When the log began.
    pub founded: Instant,
    /// The head of the log's tree now; none where it has no tree.
    pub tree_head: Option<&'a TreeHead>,
    /// The cases whose improvement a closed month has told as done (see [`told`]).
    pub told: &'a BTreeSet<CaseId>,
}

/// What follows from a command on a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthDecision {
    /// Who acted.
    pub actor: Actor,
    /// When.
    pub at: Instant,
    /// Events of the month.
    pub month: Vec<MonthEvent>,
    /// Events of its cases.
    pub cases: Vec<(CaseId, ComplaintEvent)>,
    /// Events of persons' ledgers.
    pub persons: Vec<(EmployeeId, PersonEvent)>,
}

/// What is asked, of whom, by whom: handed from rule to rule.
struct Desk<'a> {
    state: &'a MonthState,
    month: Month,
    books: &'a Books<'a>,
    ctx: &'a Context<'a>,
    duties: &'a MoneyDuties,
    table: &'a MonthTable,
}

/// Decides a command on a month. Whoever calls checks [`MonthCommand::check_names`].
///
/// # Errors
/// The [`Refusal`] of the rule that says no.
pub fn decide(
    state: &MonthState,
    command: &MonthCommand,
    books: &Books<'_>,
    ctx: &Context<'_>,
) -> Result<MonthDecision, Refusal> {
    kernel::check_time(ctx, None)?;
    let desk = Desk {
        state,
        month: command.month(),
        books,
        ctx,
        duties: duties(books.regulation)?,
        table: table(books.regulation)?,
    };
    match (command, &state.opened) {
        (MonthCommand::OpenMonth { .. }, _) => desk.open(),
        (_, None) => Err(desk.refuse(refusal::MONTH_NOT_OPENED)),
        (_, Some(_)) if state.closed.is_some() => Err(desk.refuse_by("A19", refusal::MONTH_CLOSED)),
        (MonthCommand::GatherMonth { .. }, _) => desk.gather(),
        (MonthCommand::ConfirmMonth { department, .. }, _) => desk.confirm(department),
        (MonthCommand::ListDiscipline { .. }, _) => desk.list_discipline(),
        (MonthCommand::IssueNotices { .. }, _) => desk.issue_notices(),
        (MonthCommand::ApproveNotices { .. }, _) => desk.approve_notices(),
        (MonthCommand::CloseMonth { .. }, _) => desk.close(),
    }
}

/// Until when a month is to be closed: the last second of a day of the next month, holiday or not (A6).
pub fn due(table: &MonthTable, month: Month, zone: &Zone) -> Instant {
    zone.end_of_day(month.next().day_or_last(table.due_day))
}

fn duties(regulation: &Regulation) -> Result<&MoneyDuties, Refusal> {
    let duties = regulation.money.as_ref();
    duties.ok_or_else(|| not_set("money", "M9-10"))
}

fn table(regulation: &Regulation) -> Result<&MonthTable, Refusal> {
    let table = regulation.tables.month.as_ref();
    table.ok_or_else(|| not_set("month", "M9-10"))
}

fn not_set(table: &str, clause: &str) -> Refusal {
    Refusal::new(refusal::TABLE_NOT_SET, clause).with("table", table)
}

impl Desk<'_> {
    fn refuse(&self, code: redress_kernel::refusal::Code) -> Refusal {
        self.refuse_by(&self.table.clause, code)
    }

    fn refuse_by(&self, clause: &str, code: redress_kernel::refusal::Code) -> Refusal {
        Refusal::new(code, clause).with("month", self.month)
    }

    /// Whoever keeps the month; opening is the engine's too, since a round catches up with months that nobody opened.
    fn keeper(&self) -> Result<Actor, Refusal> {
        let actor = kernel::actor(self.ctx, &[])?;
        if actor.is_person() {
            // The duty is named with losses and responsibility too (M9-7); the month has a clause of its own.
            of_department(&actor, &self.duties.keeps.departments, &self.table.clause)?;
        }
        Ok(actor)
    }

    fn decided(&self, actor: Actor, month: Vec<MonthEvent>) -> MonthDecision {
        MonthDecision {
            actor,
            at: self.ctx.at.to_whole_second(),
            month,
            cases: Vec::new(),
            persons: Vec::new(),
        }
    }

    fn open(&self) -> Result<MonthDecision, Refusal> {
        let actor = self.keeper()?;
        if self.state.opened.is_some() {
            return Err(self.refuse(refusal::MONTH_OPENED_ALREADY));
        }
        if self.ctx.at.to_whole_second() <= self.month.end(self.ctx.zone) {
            return Err(self.refuse(refusal::MONTH_NOT_OVER));
        }
        if actor.is_person() && !self.is_awaited() {
            self.check_within_reach()?;
        }
        let opened = MonthOpened {
            month: self.month,
            due: due(self.table, self.month, self.ctx.zone),
            notice_at: urge::notice_at(self.table, self.month, self.ctx),
        };
        Ok(self.decided(actor, vec![MonthEvent::Opened(opened)]))
    }

    /// A19: a mistyped month would hold up all later ones until each month between was closed. What the round opens is
    /// reckoned, not typed.
    fn check_within_reach(&self) -> Result<(), Refusal> {
        let later = self.books.closed.last();
        if let Some(later) = later.filter(|later| self.month < **later) {
            return Err(self
                .refuse_by("A19", refusal::LATER_MONTH_CLOSED)
                .with("later", later));
        }
        if self.month.end(self.ctx.zone) < self.books.founded {
            let since = self.ctx.zone.date_of(self.books.founded);
            return Err(self.refuse(refusal::MONTH_BEFORE_LOG).with("since", since));
        }
        Ok(())
    }

    /// Whether a case closed in the month waits to be counted: no other month takes it (A14).
    fn is_awaited(&self) -> bool {
        self.books.cases.values().any(|booked| {
            let complaint = booked.complaint;
            let closed = matches!(&complaint.case.status, Status::Closed { month, .. } if *month == self.month);
            closed
                && complaint.case.imported.is_none()
                && complaint.decision.is_some()
                && complaint.counted.is_empty()
        })
    }

    /// M9-10: the head confirms what concerns the department; those whom the table names confirm every case.
    fn confirm(&self, department: &DepartmentId) -> Result<MonthDecision, Refusal> {
        let (actor, office) = self.confirms(department)?;
        let gathered = self.gathered()?;
        let every = self.table.confirmed_by.contains(department);
        let cases: BTreeMap<CaseId, u32> = gathered
            .cases
            .iter()
            .filter(|case| every || case.departments.contains(department))
            .filter_map(|case| Some((case.case, case.determination?)))
            .collect();
        // A month without a case is confirmed too: that it is empty.
        let known = self.state.confirmed.get(department);
        let again = known.is_some_and(|known| {
            let mut cases = cases.iter();
            cases.all(|(case, number)| known.get(case) == Some(number))
        });
        if again {
            return Err(
                Refusal::new(kernel_refusal::NOTHING_CHANGED, &self.table.clause)
                    .with("field", "confirmation"),
            );
        }
        let confirmed = MonthConfirmed {
            department: department.clone(),
            office,
            cases,
        };
        Ok(self.decided(actor, vec![MonthEvent::Confirmed(confirmed)]))
    }

    /// Who confirms for a department: its head, or a deputy for the head; where nobody heads it, an office that the
    /// table names, which is given.
    fn confirms(&self, department: &DepartmentId) -> Result<(Actor, Option<OfficeId>), Refusal> {
        let refuse = |code| {
            Refusal::new(code, &self.table.clause)
                .with("month", self.month)
                .with("department", department)
        };
        let offices = &self.table.without_head;
        match self.ctx.organisation.head(department, self.ctx.at) {
            Some(head) => {
                let actor = kernel::actor(self.ctx, &[])?;
                // A deputy acts for the principal, not for himself.
                match actor.persons().last() == Some(head) {
                    true => Ok((actor, None)),
                    false => Err(refuse(refusal::NOT_THE_HEAD)),
                }
            }
            None if offices.is_empty() => Err(refuse(refusal::NOT_THE_HEAD)),
            None => {
                let actor = kernel::actor(self.ctx, offices)?;
                let office = actor.office().filter(|office| offices.contains(office));
                let office = office.cloned().ok_or_else(|| {
                    let offices: Vec<&str> = offices.iter().map(OfficeId::as_str).collect();
                    refuse(refusal::HEAD_VACANT).with("offices", offices.join(", "))
                })?;
                Ok((actor, Some(office)))
            }
        }
    }

    /// Months go in order: what an earlier one has not counted yet would be counted twice.
    fn check_order(&self) -> Result<(), Refusal> {
        match self.books.still_open {
            Some(earlier) => Err(self
                .refuse_by("A19", refusal::EARLIER_MONTH_OPEN)
                .with("earlier", earlier)),
            None => Ok(()),
        }
    }

    fn gathered(&self) -> Result<&MonthGathered, Refusal> {
        let gathered = self.state.gathered.as_ref().map(|(_, gathered)| gathered);
        gathered.ok_or_else(|| self.refuse(refusal::NOT_GATHERED))
    }

    /// A19: nothing goes on before every case is confirmed as it stands now.
    fn check_confirmed(&self) -> Result<&MonthGathered, Refusal> {
        let gathered = self.gathered()?;
        self.check_complete(gathered)?;
        for case in &gathered.cases {
            let booked = self.books.cases.get(&case.case);
            let stands = booked.and_then(|booked| booked.complaint.determined());
            // Another month may have counted it since: then it is not this one's, or not for the same reason.
            let counted = booked.is_some_and(|booked| !booked.complaint.counted.is_empty());
            // A new form may have been closed since: then it settles, and not this case (A16).
            let replaced = booked.and_then(|b| gather::replaced_by(self.books, b, self.month));
            if stands.map(|stands| stands.determination) != case.determination
                || counted != case.again
                || replaced != case.replaced_by
            {
                return Err(self
                    .refuse_by("A19", refusal::GATHERING_OUTDATED)
                    .with("number", &case.print));
            }
            let Some(number) = case.determination else {
                continue;
            };
            for department in self.table.confirmed_by.iter().chain(&case.departments) {
                let confirmed = self.state.confirmed.get(department);
                if confirmed.and_then(|cases| cases.get(&case.case)) != Some(&number) {
                    return Err(Refusal::new(refusal::UNCONFIRMED, "A19")
                        .with("month", self.month)
                        .with("number", &case.print)
                        .with("department", department));
                }
            }
        }
        Ok(gathered)
    }

    /// M12: the list names whatever discipline settles with the month, also what was decided since it was drawn up.
    fn check_listed(&self, gathered: &MonthGathered) -> Result<(), Refusal> {
        let Some((_, listed)) = &self.state.listed else {
            return Err(self.refuse_by("A19", refusal::DISCIPLINE_NOT_LISTED));
        };
        self.check_grounds(gathered)?;
        for case in &gathered.cases {
            for sentence in gather::sentences(self.books, case, self.month) {
                let is_named = listed.entries.iter().any(|entry| {
                    (entry.case, &entry.employee) == (case.case, &sentence.employee)
                        && entry.grade == sentence.sentence.grade
                });
                if !is_named {
                    return Err(Refusal::new(refusal::DISCIPLINE_OUTDATED, "M12")
                        .with("month", self.month)
                        .with("number", &case.print)
                        .with("employee", &sentence.employee));
                }
            }
        }
        Ok(())
    }

    /// M12: what was decided as disciplinary goes to personnel.
    fn list_discipline(&self) -> Result<MonthDecision, Refusal> {
        let actor = self.keeper()?;
        let gathered = self.check_confirmed()?;
        self.check_grounds(gathered)?;
        let mut entries = Vec::new();
        for case in &gathered.cases {
            for sentence in gather::sentences(self.books, case, self.month) {
                entries.push(Listed {
                    case: case.case,
                    number: case.number.clone(),
                    print: case.print.clone(),
                    employee: sentence.employee.clone(),
                    grade: sentence.sentence.grade,
                });
            }
        }
        let listed = DisciplineListed { entries };
        Ok(self.decided(actor, vec![MonthEvent::DisciplineListed(listed)]))
    }

    /// M12: approved by the general manager.
    fn approve_notices(&self) -> Result<MonthDecision, Refusal> {
        let duty = &self.duties.decides;
        let actor = kernel::actor(self.ctx, &duty.offices)?;
        of_office(&actor, &duty.offices, "M12")?;
        if self.state.notices.is_none() {
            return Err(self.refuse_by("M12", refusal::NO_NOTICES));
        }
        check_not_author(&actor, &self.state.issued_by)?;
        if self.state.approved.is_some() {
            return Err(
                Refusal::new(kernel_refusal::NOTHING_CHANGED, "M12").with("field", "approval")
            );
        }
        let approved = MonthEvent::NoticesApproved(NoticesApproved {});
        Ok(self.decided(actor, vec![approved]))
    }

    fn penalty(&self) -> Result<&PenaltyTable, Refusal> {
        let table = self.books.regulation.tables.penalty.as_ref();
        table.ok_or_else(|| not_set("penalty", "P3"))
    }
}
