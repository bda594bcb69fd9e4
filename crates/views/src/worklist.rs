//! The worklist: what a department, or a person, has to do.

use redress_kernel::definition::{Definition, Stage};
use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, EmployeeId, OfficeId, StageId};
use redress_kernel::time::Instant;
use serde::{Deserialize, Serialize};

use crate::case_row::{CaseRow, CaseStatus};
use crate::error::ViewError;
use crate::facts::Wanted;
use crate::inquiries;
use crate::key::{Key, Micros, WORKLIST, case_in};
use crate::rows::{Rows, behind};
use crate::store::{self, Made, decode, encode, unreadable};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// The stage is to be reported.
    Report,
    /// The report is to be endorsed (A16a).
    Endorse,
    /// A stage behind the closing is to be reported: the settlement (M9-8, M13).
    Settle,
    /// An inquiry is to be answered (洽办单, M14).
    AnswerInquiry,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkItem {
    /// What.
    pub task: Task,
    /// The case.
    pub case: CaseId,
    /// Its workflow.
    pub definition: DefinitionId,
    /// Its number in print, if it has one.
    pub number: Option<String>,
    /// The customer.
    pub customer: Option<String>,
    /// The product.
    pub product: Option<String>,
    /// The stage; of an inquiry: the stage inquired into.
    pub stage: Option<StageId>,
    /// The visit.
    pub visit: u32,
    /// The how-manieth visit of the stage.
    pub round: Option<u32>,
    /// The inquiry.
    pub inquiry: Option<u32>,
    /// The department that holds it.
    pub department: DepartmentId,
    /// The offices one of which has to do it; empty: the department. Known only where the definitions are.
    pub offices: Vec<OfficeId>,
    /// Since when.
    pub opened_at: Instant,
    /// When the visit is due; none: no limit of its own.
    pub due: Option<Instant>,
    /// When the case is due.
    pub case_due: Option<Instant>,
    /// The years whose holidays were not published when the due instant was reckoned.
    pub provisional: Vec<i32>,
    /// Whether it is overdue: by its own limit, or by the case's where it has none of its own (A1, A9).
    pub overdue: bool,
    /// Whether the clocks stand still.
    pub suspended: bool,
}

/// A person at work.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The person, who does not endorse a report of his own; none: whoever may.
    pub employee: Option<&'a EmployeeId>,
    /// The departments for which the person acts, as a member or as a deputy.
    pub departments: &'a [DepartmentId],
    /// The offices that the person holds, or is deputy of.
    pub offices: &'a [OfficeId],
    /// The definitions in use, every version by which a case may run: they say which stage is whose.
    pub definitions: &'a [&'a Definition],
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    task: Task,
    definition: DefinitionId,
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    stage: StageId,
    visit: u32,
    round: u32,
    department: DepartmentId,
    opened_at: Micros,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<Micros>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case_due: Option<Micros>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    provisional: Vec<i32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    /// Who reported it, where it waits for an endorsement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    authors: Vec<EmployeeId>,
}

const DEPARTMENT: &str = "d";
const STAGE: &str = "s";
const REPORT: u64 = 0;
const ENDORSE: u64 = 1;

/// The rows of a case: its open visit, by department and by stage.
pub(crate) fn rows(case: CaseId, row: &CaseRow, made: &mut Made) -> Result<(), ViewError> {
    let head = &row.head;
    let Some(visit) = row.open_visit() else {
        return Ok(());
    };
    let task = match (visit.reported_at, head.status) {
        (Some(_), _) => Task::Endorse,
        (None, CaseStatus::Open) => Task::Report,
        (None, _) => Task::Settle,
    };
    let value = Row {
        task,
        definition: head.definition.clone(),
        version: head.version.clone(),
        number: head.print(),
        customer: head.facts.one(Wanted::Customer),
        product: head.facts.one(Wanted::Product),
        stage: visit.stage.clone(),
        visit: visit.number,
        round: visit.round,
        department: visit.department.clone(),
        opened_at: visit.opened_at,
        due: visit.dues.due(),
        case_due: head.due.filter(|_| head.status == CaseStatus::Open),
        provisional: visit
            .dues
            .latest()
            .map(|latest| latest.provisional.clone())
            .unwrap_or_default(),
        suspended: head.suspended,
        authors: visit.authors.clone(),
    };
    let by_department = Key::of(WORKLIST, DEPARTMENT)
        .text(visit.department.as_str())
        .case(case)
        .bytes();
    let waits = if task == Task::Endorse {
        ENDORSE
    } else {
        REPORT
    };
    let by_stage = Key::of(WORKLIST, STAGE)
        .text(head.definition.as_str())
        .text(&head.version)
        .text(visit.stage.as_str())
        .number(waits, 1)
        .case(case)
        .bytes();
    let value = encode(&by_department, &value)?;
    made.push((by_stage, value.clone()));
    made.push((by_department, value));
    Ok(())
}

impl Row {
    fn item(self, case: CaseId, offices: &[OfficeId], now: Instant) -> WorkItem {
        let deadline = self.due.or(self.case_due).map(Micros::instant);
        WorkItem {
            task: self.task,
            case,
            definition: self.definition,
            number: self.number,
            customer: self.customer,
            product: self.product,
            stage: Some(self.stage),
            visit: self.visit,
            round: Some(self.round),
            inquiry: None,
            department: self.department,
            offices: offices.to_vec(),
            opened_at: self.opened_at.instant(),
            due: self.due.map(Micros::instant),
            case_due: self.case_due.map(Micros::instant),
            provisional: self.provisional,
            overdue: !self.suspended && deadline.is_some_and(|due| now > due),
            suspended: self.suspended,
        }
    }
}

/// What a department holds, and the inquiries that it has to answer.
pub(crate) fn of_department<R: Rows + ?Sized>(
    rows: &R,
    department: &DepartmentId,
    now: Instant,
) -> Result<Vec<WorkItem>, ViewError> {
    let now = now.to_whole_second();
    let mut items = inquiries::to_answer(rows, department)?;
    let prefix = Key::of(WORKLIST, DEPARTMENT).text(department.as_str());
    store::under(rows, &prefix.prefix(), &mut |key, bytes| {
        let (case, row) = read(key, bytes, 1)?;
        items.push(row.item(case, &[], now));
        Ok(())
    })?;
    sort(&mut items);
    Ok(items)
}

/// What a person may do: report for a department or by an office, endorse by an office, answer inquiries.
pub(crate) fn of_person<R: Rows + ?Sized>(
    rows: &R,
    desk: &Desk<'_>,
    now: Instant,
) -> Result<Vec<WorkItem>, ViewError> {
    let now = now.to_whole_second();
    let mut items = Vec::new();
    for department in desk.departments {
        items.extend(inquiries::to_answer(rows, department)?);
    }
    // From one stage in use to the next: what the person has nothing to do with is leapt over.
    let all = Key::of(WORKLIST, STAGE).prefix();
    let mut from = all.clone();
    while let Some(key) = store::first_under(rows, &from, &all)? {
        let group = group_of(&key).ok_or_else(|| unreadable(&key, &"no stage in its key"))?;
        let (_, first) = rows
            .get(&key)?
            .map(|bytes| read(&key, &bytes, 4))
            .transpose()?
            .ok_or_else(|| unreadable(&key, &"it is gone"))?;
        if let Some(offices) = desk.owes(&first) {
            store::under(rows, &group, &mut |key, bytes| {
                let (case, row) = read(key, bytes, 4)?;
                if desk.employee.is_none_or(|e| !row.authors.contains(e)) {
                    items.push(row.item(case, offices, now));
                }
                Ok(())
            })?;
        }
        from = behind(&group);
    }
    sort(&mut items);
    Ok(items)
}

/// The part of a key up to the case: definition, version, stage, what it waits for.
fn group_of(key: &[u8]) -> Option<Vec<u8>> {
    let end = key.iter().rposition(|byte| *byte == b'/')?;
    key.get(..=end).map(<[u8]>::to_vec)
}

fn read(key: &[u8], bytes: &[u8], part: usize) -> Result<(CaseId, Row), ViewError> {
    let case = case_in(key, part).ok_or_else(|| unreadable(key, &"no case in its key"))?;
    Ok((case, decode(key, bytes)?))
}

impl<'a> Desk<'a> {
    /// The offices that may do it, if the person is among those who may.
    fn owes(&self, row: &Row) -> Option<&'a [OfficeId]> {
        let stage = self
            .definitions
            .iter()
            .find(|d| d.id == row.definition && d.version == row.version)
            .and_then(|d| d.stage(row.stage.as_str()));
        let Some(stage) = stage else {
            // Of a definition that is not at hand only the department is known.
            return self.departments.contains(&row.department).then_some(&[]);
        };
        let offices = offices_of(stage, row.task);
        let may = if offices.is_empty() {
            stage
                .departments
                .iter()
                .any(|d| self.departments.contains(d))
        } else {
            offices.iter().any(|office| self.offices.contains(office))
        };
        may.then_some(offices)
    }
}

fn offices_of(stage: &Stage, task: Task) -> &[OfficeId] {
    match (task, &stage.endorsement) {
        (Task::Endorse, Some(endorsement)) => &endorsement.offices,
        _ => &stage.offices,
    }
}

/// The earliest due first, then what has been open longest.
fn sort(items: &mut [WorkItem]) {
    items.sort_by_key(|item| {
        let due = item.due.or(item.case_due);
        (due.is_none(), due, item.opened_at, item.case, item.inquiry)
    });
}
