//! Inquiries (洽办单) into overdue visits of closed cases, and what may be inquired into (M14, A16a).

use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, StageId};
use redress_kernel::time::{Instant, Month};
use serde::{Deserialize, Serialize};

use crate::case_row::{CaseRow, CaseStatus, InquiryRow};
use crate::error::ViewError;
use crate::facts::Wanted;
use crate::key::{INQUIRIES, Key, Micros, case_in};
use crate::rows::{Rows, behind};
use crate::store::{self, Made, decode, encode, unreadable};
use crate::worklist::{Task, WorkItem};

/// An inquiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InquiryEntry {
    /// The case.
    pub case: CaseId,
    /// Its workflow.
    pub definition: DefinitionId,
    /// Its number in print.
    pub number: Option<String>,
    /// Number of the inquiry within the case.
    pub inquiry: u32,
    /// The visit inquired into.
    pub visit: u32,
    /// Its stage.
    pub stage: Option<StageId>,
    /// The department asked.
    pub department: DepartmentId,
    /// How many seconds late the visit was when it was asked.
    pub late_seconds: i64,
    /// When it was issued.
    pub issued_at: Instant,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// The reason given.
    pub reason: Option<String>,
}

/// An overdue visit of a closed case that nobody has inquired into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InquiryCandidate {
    /// The case.
    pub case: CaseId,
    /// Its workflow.
    pub definition: DefinitionId,
    /// Its number in print.
    pub number: Option<String>,
    /// The month in whose statistics the case counts.
    pub month: Month,
    /// The visit.
    pub visit: u32,
    /// Its stage.
    pub stage: StageId,
    /// The department that held it.
    pub department: DepartmentId,
    /// When it was due.
    pub due: Option<Instant>,
    /// When it ended.
    pub ended_at: Instant,
    /// How many seconds late.
    pub late_seconds: i64,
}

/// Which inquiries are wanted. What is left out lets every one through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InquiryFilter {
    /// Answered, or not.
    pub answered: Option<bool>,
    /// To this department.
    pub department: Option<DepartmentId>,
    /// Of this case.
    pub case: Option<CaseId>,
    /// Issued from the first instant on and before the second.
    pub between: Option<(Instant, Instant)>,
}

impl InquiryFilter {
    fn lets(&self, entry: &InquiryEntry) -> bool {
        self.answered
            .is_none_or(|answered| answered == entry.answered_at.is_some())
            && self
                .department
                .as_ref()
                .is_none_or(|d| *d == entry.department)
            && self.case.is_none_or(|case| case == entry.case)
            && self
                .between
                .is_none_or(|(from, until)| from <= entry.issued_at && entry.issued_at < until)
    }
}

/// Which candidates are wanted. What is left out lets every one through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CandidateFilter {
    /// Of cases that count in this month.
    pub month: Option<Month>,
    /// Of this workflow.
    pub definition: Option<DefinitionId>,
    /// Held by this department.
    pub department: Option<DepartmentId>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    definition: DefinitionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<StageId>,
    inquiry: InquiryRow,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct CandidateRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    definition: DefinitionId,
    month: Month,
    stage: StageId,
    department: DepartmentId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<Micros>,
    ended_at: Micros,
    late_seconds: i64,
}

const ISSUED: &str = "at";
const UNANSWERED: &str = "u";
const CANDIDATE: &str = "c";

fn row_of(row: &CaseRow, inquiry: &InquiryRow) -> Row {
    Row {
        definition: row.head.definition.clone(),
        number: row.head.print(),
        customer: row.head.facts.one(Wanted::Customer),
        product: row.head.facts.one(Wanted::Product),
        stage: row.visit(inquiry.visit).map(|visit| visit.stage.clone()),
        inquiry: inquiry.clone(),
    }
}

/// The rows of a case.
pub(crate) fn rows(case: CaseId, row: &CaseRow, made: &mut Made) -> Result<(), ViewError> {
    for inquiry in &row.inquiries {
        let number = u64::from(inquiry.number);
        let key = Key::of(INQUIRIES, ISSUED)
            .instant(inquiry.issued_at)
            .case(case)
            .number(number, 4)
            .bytes();
        let value = encode(&key, &row_of(row, inquiry))?;
        if inquiry.answered.is_none() {
            let unanswered = Key::of(INQUIRIES, UNANSWERED)
                .text(inquiry.department.as_str())
                .case(case)
                .number(number, 4)
                .bytes();
            made.push((unanswered, value.clone()));
        }
        made.push((key, value));
    }
    let (CaseStatus::Closed, Some(month)) = (row.head.status, row.head.month) else {
        return Ok(());
    };
    for visit in &row.visits {
        let Some(ended) = visit.ended.as_ref().filter(|ended| ended.late_seconds > 0) else {
            continue;
        };
        if row.inquiries.iter().any(|i| i.visit == visit.number) {
            continue;
        }
        let key = Key::of(INQUIRIES, CANDIDATE)
            .text(&month.to_string())
            .case(case)
            .number(u64::from(visit.number), 4)
            .bytes();
        let value = CandidateRow {
            number: row.head.print(),
            definition: row.head.definition.clone(),
            month,
            stage: visit.stage.clone(),
            department: visit.department.clone(),
            due: visit.dues.due(),
            ended_at: ended.at,
            late_seconds: ended.late_seconds,
        };
        let value = encode(&key, &value)?;
        made.push((key, value));
    }
    Ok(())
}

fn entry(case: CaseId, row: Row) -> InquiryEntry {
    let (answered_at, reason) = match row.inquiry.answered {
        Some((at, reason)) => (Some(at.instant()), Some(reason)),
        None => (None, None),
    };
    InquiryEntry {
        case,
        definition: row.definition,
        number: row.number,
        inquiry: row.inquiry.number,
        visit: row.inquiry.visit,
        stage: row.stage,
        department: row.inquiry.department,
        late_seconds: row.inquiry.late_seconds,
        issued_at: row.inquiry.issued_at.instant(),
        answered_at,
        reason,
    }
}

/// Inquiries, the earliest first.
pub(crate) fn list<R: Rows + ?Sized>(
    rows: &R,
    filter: &InquiryFilter,
) -> Result<Vec<InquiryEntry>, ViewError> {
    let mut list = Vec::new();
    if let Some(case) = filter.case {
        if let Some(row) = store::case(rows, case)? {
            let all = row.inquiries.iter().map(|i| entry(case, row_of(&row, i)));
            list.extend(all.filter(|entry| filter.lets(entry)));
        }
    } else {
        let (from, until, part) = bounds(filter);
        store::between(rows, &from, &until, &mut |key, bytes| {
            let case = case_in(key, part).ok_or_else(|| unreadable(key, &"no case in its key"))?;
            let entry = entry(case, decode(key, bytes)?);
            if filter.lets(&entry) {
                list.push(entry);
            }
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
    }
    list.sort_by_key(|entry| (entry.issued_at, entry.case, entry.inquiry));
    Ok(list)
}

/// Where the rows stand that may be wanted, and which part of their keys names the case.
fn bounds(filter: &InquiryFilter) -> (Vec<u8>, Vec<u8>, usize) {
    if filter.answered == Some(false) {
        let prefix = Key::of(INQUIRIES, UNANSWERED);
        let prefix = match &filter.department {
            Some(department) => prefix.text(department.as_str()),
            None => prefix,
        }
        .prefix();
        let until = behind(&prefix);
        return (prefix, until, 1);
    }
    let all = Key::of(INQUIRIES, ISSUED);
    match filter.between {
        Some((from, until)) => {
            let bound = |at: Instant| all.clone().instant(Micros::from(at)).prefix();
            (bound(from), bound(until), 1)
        }
        None => (all.clone().prefix(), behind(&all.prefix()), 1),
    }
}

/// What a department has to answer.
pub(crate) fn to_answer<R: Rows + ?Sized>(
    rows: &R,
    department: &DepartmentId,
) -> Result<Vec<WorkItem>, ViewError> {
    let mut items = Vec::new();
    let prefix = Key::of(INQUIRIES, UNANSWERED).text(department.as_str());
    store::under(rows, &prefix.prefix(), &mut |key, bytes| {
        let case = case_in(key, 1).ok_or_else(|| unreadable(key, &"no case in its key"))?;
        let row: Row = decode(key, bytes)?;
        items.push(WorkItem {
            task: Task::AnswerInquiry,
            case,
            definition: row.definition,
            number: row.number,
            customer: row.customer,
            product: row.product,
            stage: row.stage,
            visit: row.inquiry.visit,
            round: None,
            inquiry: Some(row.inquiry.number),
            department: row.inquiry.department,
            offices: Vec::new(),
            opened_at: row.inquiry.issued_at.instant(),
            due: None,
            case_due: None,
            provisional: Vec::new(),
            overdue: false,
            suspended: false,
        });
        Ok(())
    })?;
    Ok(items)
}

/// What may be inquired into, by month of closing.
pub(crate) fn candidates<R: Rows + ?Sized>(
    rows: &R,
    filter: &CandidateFilter,
) -> Result<Vec<InquiryCandidate>, ViewError> {
    let prefix = Key::of(INQUIRIES, CANDIDATE);
    let prefix = match filter.month {
        Some(month) => prefix.text(&month.to_string()),
        None => prefix,
    };
    let mut list = Vec::new();
    store::under(rows, &prefix.prefix(), &mut |key, bytes| {
        let case = case_in(key, 1).ok_or_else(|| unreadable(key, &"no case in its key"))?;
        let visit = crate::key::parts(key)
            .nth(2)
            .and_then(|number| u32::from_str_radix(number, 16).ok())
            .ok_or_else(|| unreadable(key, &"no visit in its key"))?;
        let row: CandidateRow = decode(key, bytes)?;
        let wanted = filter
            .definition
            .as_ref()
            .is_none_or(|d| *d == row.definition)
            && filter
                .department
                .as_ref()
                .is_none_or(|d| *d == row.department);
        if wanted {
            list.push(InquiryCandidate {
                case,
                definition: row.definition,
                number: row.number,
                month: row.month,
                visit,
                stage: row.stage,
                department: row.department,
                due: row.due.map(Micros::instant),
                ended_at: row.ended_at.instant(),
                late_seconds: row.late_seconds,
            });
        }
        Ok(())
    })?;
    list.sort_by_key(|c| (c.month, c.ended_at, c.case, c.visit));
    Ok(list)
}
