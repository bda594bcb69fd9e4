//! What happens to a month, and what is known of it.

use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::case::Meta;
use redress_kernel::event::Addressee;
use redress_kernel::events;
use redress_kernel::id::{CaseId, DepartmentId, EmployeeId, OfficeId};
use redress_kernel::money::Money;
use redress_kernel::time::{Instant, Month};
use serde::{Deserialize, Serialize};

use crate::account::Line;
use crate::improvement::Standing;
use crate::tables::Grade;

events! {
    /// An event of a month's stream.
    pub enum MonthEvent {
        /// It was opened.
        Opened(MonthOpened) = "month.opened", 1;
        /// It is due soon.
        DueSoonNoticed(MonthNoticed) = "month.due_soon_noticed", 1;
        /// Those who keep it were reminded that it is not closed (催办单).
        ReminderIssued(MonthReminded) = "month.reminder_issued", 1;
        /// Its cases were gathered.
        Gathered(MonthGathered) = "month.gathered", 1;
        /// The improvements that it reviews were gathered with them: a page of them.
        ImprovementsGathered(ImprovementsGathered) = "month.improvements_gathered", 1;
        /// The head of a department confirmed responsibility and ratios.
        Confirmed(MonthConfirmed) = "month.confirmed", 1;
        /// The list of discipline went to personnel.
        DisciplineListed(DisciplineListed) = "month.discipline_listed", 1;
        /// The penalty notices were issued.
        NoticesIssued(NoticesIssued) = "month.notices_issued", 1;
        /// The general manager approved them.
        NoticesApproved(NoticesApproved) = "month.notices_approved", 1;
        /// A page of the frozen figures.
        Figures(MonthFigures) = "month.figures", 1;
        /// It was closed: nothing of it changes any more.
        Closed(MonthClosed) = "month.closed", 1;
    }
}

/// See [`MonthEvent::Opened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthOpened {
    /// Which.
    pub month: Month,
    /// The last second at which it may be closed in time (M9-10, A6).
    pub due: Instant,
    /// From when on it is due soon; none: there is no notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_at: Option<Instant>,
}

/// See [`MonthEvent::DueSoonNoticed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthNoticed {
    /// When it is due.
    pub due: Instant,
    /// To whom.
    pub to: Vec<Addressee>,
}

/// See [`MonthEvent::ReminderIssued`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthReminded {
    /// Level, from 1.
    pub level: u8,
    /// Since when it was due.
    pub due: Instant,
    /// To whom.
    pub to: Vec<Addressee>,
    /// Lower levels that were passed without having been issued (A13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overtaken: Vec<u8>,
}

/// See [`MonthEvent::Gathered`]. Another gathering replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthGathered {
    /// The cases, by number.
    pub cases: Vec<GatheredCase>,
}

/// A case of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatheredCase {
    /// Which.
    pub case: CaseId,
    /// Its number as a key (M8).
    pub number: String,
    /// Its number as printed.
    pub print: String,
    /// When it was closed.
    pub closed_at: Instant,
    /// The month to which it belongs by its closing, where that was closed before this was learnt (A14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_for: Option<Month>,
    /// The determination of responsibility that stands; none: nobody carries anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub determination: Option<u32>,
    /// The departments concerned, whose heads confirm (M9-10).
    pub departments: BTreeSet<DepartmentId>,
    /// Whether an earlier month charged it: it is gathered again because something was corrected since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The new form that settles in its place, by its printed number: closed by the end of the month. It charges what
    /// the chain lost; this case charges nothing (M9-9, A16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Whether its D-loss is not known yet (A17).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub loss_pending: bool,
}

/// See [`MonthEvent::ImprovementsGathered`]. Pages stand right behind the gathering to which they belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementsGathered {
    /// Number of the page, from 1.
    pub page: u32,
    /// Improvements, by the number of their case.
    pub improvements: Vec<ImprovementFigures>,
}

/// What a month says of an improvement: how it stood when the month was gathered (M9-10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImprovementFigures {
    /// Of which case.
    pub case: CaseId,
    /// Its number as a key (M8).
    pub number: String,
    /// Its number as it is printed (M8).
    pub print: String,
    /// How far it was.
    pub standing: Standing,
    /// Since when it stood there.
    pub since: Instant,
    /// Since when it is tracked.
    pub tracked_at: Instant,
    /// The round in hand; 0 before the first draft.
    pub round: u32,
    /// How many items the round has.
    pub items: u32,
    /// How many of them, confirmed, were still to be carried out.
    pub open: u32,
    /// How many of these had passed their day.
    pub overdue: u32,
}

/// See [`MonthEvent::Confirmed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthConfirmed {
    /// Whose head confirmed.
    pub department: DepartmentId,
    /// The office that confirmed instead, since nobody headed the department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeId>,
    /// The cases, each with the determination that was confirmed.
    pub cases: BTreeMap<CaseId, u32>,
}

/// See [`MonthEvent::DisciplineListed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisciplineListed {
    /// What personnel announces.
    pub entries: Vec<Listed>,
}

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Case.
    pub case: CaseId,
    /// Its number as a key.
    pub number: String,
    /// Its number as printed.
    pub print: String,
    /// Who.
    pub employee: EmployeeId,
    /// What.
    pub grade: Grade,
}

/// See [`MonthEvent::NoticesIssued`]. Another issue replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticesIssued {
    /// The cases that have one, each with its determination.
    pub cases: BTreeMap<CaseId, u32>,
    /// The sum of what is charged.
    pub charged: Money,
}

/// See [`MonthEvent::NoticesApproved`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticesApproved {}

/// See [`MonthEvent::Figures`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthFigures {
    /// Number of the page, from 1.
    pub page: u32,
    /// Cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseFigures>,
    /// Persons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<PersonFigures>,
    /// Improvements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub improvements: Vec<ImprovementFigures>,
}

/// What a month says of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFigures {
    /// Which.
    pub case: GatheredCase,
    /// The loss that is carried; none of a case that was replaced: its chain has one loss, that of the last (A16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<Money>,
    /// Who carries how much; nobody for a case that was replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<CarriedFigures>,
}

/// What a party carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedFigures {
    /// Who.
    pub party: String,
    /// Basis points.
    pub basis_points: u32,
    /// Its share of the loss.
    pub amount: Money,
    /// What of it is charged to people.
    pub charged: Money,
}

/// What a month says of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonFigures {
    /// Who.
    pub employee: EmployeeId,
    /// What was taken and given back, line by line.
    pub lines: Vec<Line>,
    /// What remains to be paid.
    pub carried: Money,
    /// Whether the person has left: what remains is a claim (A24).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// Months whose bonus is not known though something is owed (A22).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Month>,
}

/// See [`MonthEvent::Closed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthClosed {
    /// How many pages of figures stand before it.
    pub pages: u32,
    /// How many cases.
    pub cases: u64,
    /// The losses that are carried, of the cases that no earlier month counted as determined; so too the next two sums.
    pub loss: Money,
    /// What is recovered from suppliers and other companies (M9-13).
    pub recovered: Money,
    /// What is charged to people.
    pub charged: Money,
    /// What was taken from bonuses: fines and whole bonuses (D5).
    pub fined: Money,
    /// What was taken from bonuses: deductions (P3).
    pub deducted: Money,
    /// What was given back.
    pub given_back: Money,
    /// What remains to be paid by those who are here.
    pub carried: Money,
    /// What remains to be paid by those who have left (A24).
    pub claims: Money,
    /// Whether it was closed behind its due instant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// The head of the log's tree when the closing was decided: printed with the report, it tells later whether
    /// anything before was changed. None where the log has no tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree_head: Option<TreeHead>,
}

/// The head of the Merkle tree over the log's records up to one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeHead {
    /// How many records it covers: the position of the last.
    pub size: u64,
    /// The hash over them, in 64 lower-case hexadecimal digits.
    pub root: String,
}

/// What is known of a month.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MonthState {
    /// When it was opened, and until when it is to be closed.
    pub opened: Option<(Instant, MonthOpened)>,
    /// Notices and reminders that it is to be closed, in order.
    pub reminders: Vec<MonthReminder>,
    /// Its cases.
    pub gathered: Option<(Instant, MonthGathered)>,
    /// The improvements that were gathered with them, by number.
    pub improvements: Vec<ImprovementFigures>,
    /// What was confirmed by each department, the last of each case counting.
    pub confirmed: BTreeMap<DepartmentId, BTreeMap<CaseId, u32>>,
    /// The list for personnel.
    pub listed: Option<(Instant, DisciplineListed)>,
    /// The notices.
    pub notices: Option<(Instant, NoticesIssued)>,
    /// Who issued them.
    pub issued_by: BTreeSet<EmployeeId>,
    /// When they were approved.
    pub approved: Option<Instant>,
    /// The frozen figures.
    pub figures: Vec<MonthFigures>,
    /// When it was closed, and with what sums.
    pub closed: Option<(Instant, MonthClosed)>,
}

/// A notice or reminder that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthReminder {
    /// When.
    pub at: Instant,
    /// 0: the due-soon notice; from 1: a reminder.
    pub level: u8,
    /// The due instant that it reminds of.
    pub due: Instant,
    /// To whom.
    pub to: Vec<Addressee>,
    /// Lower levels that it overtook (A13).
    pub overtaken: Vec<u8>,
}

impl MonthState {
    /// Folds an event. INVARIANT: it only copies.
    pub fn evolve(&mut self, event: &MonthEvent, meta: &Meta) {
        match event {
            MonthEvent::Opened(e) => self.opened = Some((meta.at, e.clone())),
            MonthEvent::DueSoonNoticed(e) => self.reminders.push(MonthReminder {
                at: meta.at,
                level: 0,
                due: e.due,
                to: e.to.clone(),
                overtaken: Vec::new(),
            }),
            MonthEvent::ReminderIssued(e) => self.reminders.push(MonthReminder {
                at: meta.at,
                level: e.level,
                due: e.due,
                to: e.to.clone(),
                overtaken: e.overtaken.clone(),
            }),
            MonthEvent::Gathered(e) => {
                self.gathered = Some((meta.at, e.clone()));
                self.improvements.clear();
                self.listed = None;
                self.notices = None;
                self.approved = None;
            }
            MonthEvent::ImprovementsGathered(e) => {
                self.improvements.extend(e.improvements.iter().cloned());
            }
            MonthEvent::Confirmed(e) => {
                let confirmed = self.confirmed.entry(e.department.clone()).or_default();
                confirmed.extend(e.cases.iter().map(|(case, number)| (*case, *number)));
            }
            MonthEvent::DisciplineListed(e) => self.listed = Some((meta.at, e.clone())),
            MonthEvent::NoticesIssued(e) => {
                self.notices = Some((meta.at, e.clone()));
                self.issued_by = meta.actor.persons().cloned().collect();
                self.approved = None;
            }
            MonthEvent::NoticesApproved(_) => self.approved = Some(meta.at),
            MonthEvent::Figures(e) => self.figures.push(e.clone()),
            MonthEvent::Closed(e) => self.closed = Some((meta.at, e.clone())),
        }
    }
}
