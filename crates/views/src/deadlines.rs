//! What is overdue or due soon, now or at a past moment (A1, A13, M14).
//!
//! What is overdue and goes on is keyed by the moment since when; what is over, by its length and beginning.
//! A moment's answer is then found in the rows that hold it and a few beside them, however long the history is.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use redress_kernel::event::Subject;
use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, StageId};
use redress_kernel::time::Instant;
use serde::{Deserialize, Serialize};

use crate::case_row::CaseRow;
use crate::error::ViewError;
use crate::key::{DEADLINES, Key, Micros, case_in};
use crate::piece::{Lateness, Piece, pieces};
use crate::rows::Rows;
use crate::store::{self, Made, between, decode, encode, unreadable};

/// A case or a visit that is overdue at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overdue {
    /// The case.
    pub case: CaseId,
    /// Its workflow.
    pub definition: DefinitionId,
    /// Its number in print, if it has one by now.
    pub number: Option<String>,
    /// Whether the case is overdue, or a visit.
    pub subject: Subject,
    /// The stage at which the case stood.
    pub stage: Option<StageId>,
    /// The department that held it.
    pub department: Option<DepartmentId>,
    /// The due instant as it stood.
    pub due: Instant,
    /// Whole seconds behind it.
    pub late_seconds: i64,
}

/// A case or a visit that is due soon at a moment: the notice's instant is reached, the due instant not passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueSoon {
    /// The case.
    pub case: CaseId,
    /// Its workflow.
    pub definition: DefinitionId,
    /// Its number in print, if it has one by now.
    pub number: Option<String>,
    /// Whether the case is due, or a visit.
    pub subject: Subject,
    /// The stage at which the case stood.
    pub stage: Option<StageId>,
    /// The department that held it.
    pub department: Option<DepartmentId>,
    /// The due instant as it stood.
    pub due: Instant,
    /// Whole seconds until then.
    pub remaining_seconds: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Micros>,
    due: Micros,
    definition: DefinitionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<StageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    department: Option<DepartmentId>,
}

const OPEN: &str = "open";
const LATE: &str = "late";
const SOON: &str = "soon";
const PROVISIONAL: &str = "provisional";

/// From the first instant that can be written to the last there are fewer than 2⁵⁸ microseconds.
const CLASSES: u32 = 58;

/// Number of binary digits of a length.
fn class(from: Micros, until: Micros) -> u64 {
    let length = until.0.saturating_sub(from.0).max(1);
    u64::from(i64::BITS - length.leading_zeros())
}

/// The rows of a case.
pub(crate) fn rows(case: CaseId, row: &CaseRow, made: &mut Made) -> Result<(), ViewError> {
    for piece in pieces(row, Lateness::Overdue) {
        let key = match piece.until {
            None => Key::of(DEADLINES, OPEN),
            Some(until) => Key::of(DEADLINES, LATE).number(class(piece.from, until), 2),
        };
        put(key, case, row, &piece, made)?;
    }
    for piece in pieces(row, Lateness::Soon) {
        let until = piece.until.unwrap_or(piece.due.next());
        let key = Key::of(DEADLINES, SOON).number(class(piece.from, until), 2);
        put(key, case, row, &piece, made)?;
    }
    let clock = row.clock.iter().filter(|clock| clock.stopped.is_none());
    let visit = row.open_visit().map(|visit| &visit.dues);
    let mut running = clock.map(|clock| &clock.dues).chain(visit);
    if running.any(|dues| dues.latest().is_some_and(|d| !d.provisional.is_empty())) {
        let key = Key::of(DEADLINES, PROVISIONAL).case(case).bytes();
        made.push((key, Vec::new()));
    }
    Ok(())
}

fn put(
    key: Key,
    case: CaseId,
    row: &CaseRow,
    piece: &Piece<'_>,
    made: &mut Made,
) -> Result<(), ViewError> {
    let subject = match piece.subject {
        Subject::Case => 0,
        Subject::Visit(number) => u64::from(number),
    };
    let key = key
        .instant(piece.from)
        .case(case)
        .number(subject, 4)
        .bytes();
    let value = Row {
        until: piece.until,
        due: piece.due,
        definition: row.head.definition.clone(),
        number: row.head.print(),
        stage: piece.holder.map(|visit| visit.stage.clone()),
        department: piece.holder.map(|visit| visit.department.clone()),
    };
    let value = encode(&key, &value)?;
    made.push((key, value));
    Ok(())
}

struct Found {
    case: CaseId,
    subject: Subject,
    row: Row,
}

/// What is overdue at a moment and still is.
fn still_overdue<R: Rows + ?Sized>(
    rows: &R,
    at: Instant,
    found: &mut Vec<Found>,
) -> Result<(), ViewError> {
    let open = Key::of(DEADLINES, OPEN);
    let until = open.clone().instant(Micros::from(at).next()).prefix();
    between(rows, &open.prefix(), &until, &mut |key, bytes| {
        found.push(read(key, bytes, 1)?);
        Ok(ControlFlow::Continue(()))
    })
}

/// What is overdue at a moment, the longest overdue first.
pub(crate) fn overdue<R: Rows + ?Sized>(rows: &R, at: Instant) -> Result<Vec<Overdue>, ViewError> {
    let at = at.to_whole_second();
    let mut found = Vec::new();
    still_overdue(rows, at, &mut found)?;
    stab(rows, LATE, at, &mut found)?;
    sort(&mut found);
    Ok(found
        .into_iter()
        .map(|Found { case, subject, row }| {
            let due = row.due.instant();
            Overdue {
                case,
                definition: row.definition,
                number: row.number,
                subject,
                stage: row.stage,
                department: row.department,
                due,
                late_seconds: at.seconds_since(due),
            }
        })
        .collect())
}

/// What is due soon at a moment, the soonest first.
pub(crate) fn due_soon<R: Rows + ?Sized>(rows: &R, at: Instant) -> Result<Vec<DueSoon>, ViewError> {
    let at = at.to_whole_second();
    let mut found = Vec::new();
    stab(rows, SOON, at, &mut found)?;
    sort(&mut found);
    Ok(found
        .into_iter()
        .map(|Found { case, subject, row }| {
            let due = row.due.instant();
            DueSoon {
                case,
                definition: row.definition,
                number: row.number,
                subject,
                stage: row.stage,
                department: row.department,
                due,
                remaining_seconds: due.seconds_since(at),
            }
        })
        .collect())
}

/// The cases that a round at a moment has to look at, and no other: overdue, due soon, or with a deadline that
/// runs and is provisional. They are candidates: the round decides on each anew.
pub(crate) fn round_candidates<R: Rows + ?Sized>(
    rows: &R,
    at: Instant,
) -> Result<BTreeSet<CaseId>, ViewError> {
    let at = at.to_whole_second();
    let mut found = Vec::new();
    still_overdue(rows, at, &mut found)?;
    stab(rows, SOON, at, &mut found)?;
    let mut cases: BTreeSet<CaseId> = found.into_iter().map(|f| f.case).collect();
    let provisional = Key::of(DEADLINES, PROVISIONAL).prefix();
    store::under(rows, &provisional, &mut |key, _| {
        cases.extend(case_in(key, 0));
        Ok(())
    })?;
    Ok(cases)
}

fn sort(found: &mut [Found]) {
    found.sort_by_key(|f| (f.row.due, f.case, f.subject));
}

/// The pieces that hold a moment. A piece of n binary digits began less than 2ⁿ microseconds before it, so of
/// each length class only that stretch is read; about half of what is read is an answer.
fn stab<R: Rows + ?Sized>(
    rows: &R,
    index: &str,
    at: Instant,
    found: &mut Vec<Found>,
) -> Result<(), ViewError> {
    let at = Micros::from(at);
    for class in 1..=CLASSES {
        let key = Key::of(DEADLINES, index).number(u64::from(class), 2);
        let from = key.clone().instant(at.minus(1 << class)).prefix();
        let until = key.instant(at.next()).prefix();
        between(rows, &from, &until, &mut |key, bytes| {
            let one = read(key, bytes, 2)?;
            if one.row.until.is_none_or(|until| at < until) {
                found.push(one);
            }
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(())
}

/// `part` is the place of the case's id in the key; the subject follows it.
fn read(key: &[u8], bytes: &[u8], part: usize) -> Result<Found, ViewError> {
    let case = case_in(key, part).ok_or_else(|| unreadable(key, &"no case in its key"))?;
    let subject = crate::key::parts(key)
        .nth(part + 1)
        .and_then(|number| u32::from_str_radix(number, 16).ok())
        .ok_or_else(|| unreadable(key, &"no subject in its key"))?;
    Ok(Found {
        case,
        subject: match subject {
            0 => Subject::Case,
            number => Subject::Visit(number),
        },
        row: decode(key, bytes)?,
    })
}
