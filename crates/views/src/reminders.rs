//! Notices and reminders (催办单) that were issued (M14, A13).

use redress_kernel::event::{Addressee, Subject};
use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, StageId};
use redress_kernel::time::{Instant, Month, Zone};
use serde::{Deserialize, Serialize};

use crate::case_row::{CaseRow, ReminderRow};
use crate::error::ViewError;
use crate::key::{Key, Micros, REMINDERS, case_in};
use crate::rows::{Rows, behind};
use crate::store::{self, Made, decode, encode, unreadable};

/// A notice or a reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReminderEntry {
    /// The case.
    pub case: CaseId,
    /// Its workflow.
    pub definition: DefinitionId,
    /// Its number in print.
    pub number: Option<String>,
    /// What was late, or due soon.
    pub subject: Subject,
    /// The stage at which the case stood.
    pub stage: Option<StageId>,
    /// The department that held it.
    pub department: Option<DepartmentId>,
    /// 0: due soon, no 催办单; from 1: the level of the reminder.
    pub level: u8,
    /// When it was issued.
    pub at: Instant,
    /// When that was recorded.
    pub recorded_at: Instant,
    /// The due instant that it reminds of.
    pub due: Instant,
    /// To whom it went.
    pub to: Vec<Addressee>,
    /// Lower levels that it overtook (A13).
    pub overtaken: Vec<u8>,
    /// Whether a later entry told that what it is about had ended by then; the reminder stays.
    pub overtaken_by_late_entry: bool,
}

/// Which are wanted. What is left out lets every one through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReminderFilter {
    /// Issued from the first instant on and before the second.
    pub between: Option<(Instant, Instant)>,
    /// About a case or a visit that this department held, or sent to it or its head.
    pub department: Option<DepartmentId>,
    /// Of this case.
    pub case: Option<CaseId>,
    /// Of this workflow.
    pub definition: Option<DefinitionId>,
    /// Of this level; 0: notices.
    pub level: Option<u8>,
    /// Without the notices of level 0.
    pub without_notices: bool,
}

impl ReminderFilter {
    /// Those issued in a month of the company's zone (A6).
    #[must_use]
    pub fn month(month: Month, zone: &Zone) -> Self {
        Self {
            between: Some(span(month, zone)),
            ..Self::default()
        }
    }

    fn lets(&self, entry: &ReminderEntry) -> bool {
        self.between
            .is_none_or(|(from, until)| from <= entry.at && entry.at < until)
            && self.department.as_ref().is_none_or(|department| {
                entry.department.as_ref() == Some(department)
                    || entry.to.iter().any(|to| match to {
                        Addressee::Department(d) | Addressee::Head(d) => d == department,
                        Addressee::Office(_) => false,
                    })
            })
            && self.case.is_none_or(|case| case == entry.case)
            && self
                .definition
                .as_ref()
                .is_none_or(|d| *d == entry.definition)
            && self.level.is_none_or(|level| level == entry.level)
            && !(self.without_notices && entry.level == 0)
    }
}

/// The first instant of a month, and that of the next.
pub(crate) fn span(month: Month, zone: &Zone) -> (Instant, Instant) {
    let next = month.next();
    let until = if next == month {
        Instant::MAX
    } else {
        next.start(zone)
    };
    (month.start(zone), until)
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    definition: DefinitionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<StageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    department: Option<DepartmentId>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    late_entry: bool,
    reminder: ReminderRow,
}

const ISSUED: &str = "at";

fn row_of(row: &CaseRow, reminder: &ReminderRow) -> Row {
    let about = match reminder.subject {
        Subject::Case => row.holder_at(reminder.at),
        Subject::Visit(number) => row.visit(number),
    };
    let ended = match reminder.subject {
        Subject::Case => row.clock.as_ref().and_then(|clock| clock.stopped),
        Subject::Visit(_) => about
            .and_then(|visit| visit.ended.as_ref())
            .map(|ended| (ended.at, ended.version)),
    };
    Row {
        definition: row.head.definition.clone(),
        number: row.head.print(),
        stage: about.map(|visit| visit.stage.clone()),
        department: about.map(|visit| visit.department.clone()),
        late_entry: ended
            .is_some_and(|(at, version)| at <= reminder.at && version > reminder.version),
        reminder: reminder.clone(),
    }
}

/// The rows of a case.
pub(crate) fn rows(case: CaseId, row: &CaseRow, made: &mut Made) -> Result<(), ViewError> {
    for reminder in &row.reminders {
        let key = Key::of(REMINDERS, ISSUED)
            .instant(reminder.at)
            .case(case)
            .number(reminder.version, 16)
            .bytes();
        let value = encode(&key, &row_of(row, reminder))?;
        made.push((key, value));
    }
    Ok(())
}

fn entry(case: CaseId, row: Row) -> ReminderEntry {
    let Row {
        definition,
        number,
        stage,
        department,
        late_entry,
        reminder,
    } = row;
    ReminderEntry {
        case,
        definition,
        number,
        subject: reminder.subject,
        stage,
        department,
        level: reminder.level,
        at: reminder.at.instant(),
        recorded_at: reminder.recorded_at.instant(),
        due: reminder.due.instant(),
        to: reminder.to,
        overtaken: reminder.overtaken,
        overtaken_by_late_entry: late_entry,
    }
}

/// Notices and reminders, the earliest first.
pub(crate) fn list<R: Rows + ?Sized>(
    rows: &R,
    filter: &ReminderFilter,
) -> Result<Vec<ReminderEntry>, ViewError> {
    let mut list = Vec::new();
    if let Some(case) = filter.case {
        if let Some(row) = store::case(rows, case)? {
            let all = row.reminders.iter().map(|r| entry(case, row_of(&row, r)));
            list.extend(all.filter(|entry| filter.lets(entry)));
        }
        list.sort_by_key(|entry| entry.at);
        return Ok(list);
    }
    let all = Key::of(REMINDERS, ISSUED);
    let (from, until) = match filter.between {
        Some((from, until)) => {
            let bound = |at: Instant| all.clone().instant(Micros::from(at)).prefix();
            (bound(from), bound(until))
        }
        None => (all.clone().prefix(), behind(&all.prefix())),
    };
    store::between(rows, &from, &until, &mut |key, bytes| {
        let case = case_in(key, 1).ok_or_else(|| unreadable(key, &"no case in its key"))?;
        let entry = entry(case, decode(key, bytes)?);
        if filter.lets(&entry) {
            list.push(entry);
        }
        Ok(std::ops::ControlFlow::Continue(()))
    })?;
    Ok(list)
}
