//! All views together: records in, rows out, questions answered.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use redress_core::event::Event;
use redress_kernel::event::CaseEvent;
use redress_kernel::id::{CaseId, DefinitionId, DepartmentId};
use redress_kernel::time::{Instant, Month};
use serde::{Deserialize, Serialize};

use crate::case_row::CaseRow;
use crate::deadlines::{self, DueSoon, Overdue};
use crate::error::ViewError;
use crate::inquiries::{self, CandidateFilter, InquiryCandidate, InquiryEntry, InquiryFilter};
use crate::key::{CHECKPOINT, VIEWS};
use crate::record::Record;
use crate::register::{self, RegisterFilter, RegisterRow};
use crate::reminders::{self, ReminderEntry, ReminderFilter};
use crate::rows::{Change, MemoryRows, Rows, behind};
use crate::statistics::{self, MonthStatistics, StatisticsQuery};
use crate::store::{self, Made, decode, encode};
use crate::worklist::{self, Desk, WorkItem};

/// Cases that change between two writings, when many records are taken at once. A case is written as a whole: the
/// longer its records are gathered, the less often.
const CHANGED: usize = 2_048;
/// Cases kept in memory between two writings.
const CACHED: usize = 8_192;
/// Rows deleted at once.
const DELETED: usize = 4_096;

/// The views over one log.
///
/// What is asked is answered as of [`position`](Self::position). A record that was taken before is passed
/// over, so that a reader of the log may go on from anywhere at or before it.
#[derive(Debug)]
pub struct Views<R = MemoryRows> {
    rows: R,
    /// Up to where the rows are written.
    position: u64,
    /// Up to where records were taken.
    taken: u64,
    cases: HashMap<CaseId, Cached>,
    /// Cases that differ from their rows.
    changed: Vec<CaseId>,
}

#[derive(Debug)]
struct Cached {
    row: CaseRow,
    changed: bool,
    /// The rows of the case besides its own, as they are written, in order of their keys.
    written: Made,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Checkpoint {
    position: u64,
    views: Vec<(String, u32)>,
}

impl<R: Rows + Default> Default for Views<R> {
    fn default() -> Self {
        Self::empty(R::default())
    }
}

impl Views {
    /// Views in memory, of an empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::empty(MemoryRows::default())
    }
}

impl<R: Rows> Views<R> {
    fn empty(rows: R) -> Self {
        Self {
            rows,
            position: 0,
            taken: 0,
            cases: HashMap::new(),
            changed: Vec::new(),
        }
    }

    /// Views whose rows are kept elsewhere. Rows of other versions of the views are deleted: then
    /// [`position`](Self::position) is 0, and the log is to be read anew.
    ///
    /// # Errors
    /// When the rows cannot be read or written.
    pub fn over(rows: R) -> Result<Self, ViewError> {
        let mut views = Self::empty(rows);
        let known = match views.rows.get(CHECKPOINT)? {
            Some(bytes) => decode::<Checkpoint>(CHECKPOINT, &bytes).ok(),
            None => None,
        };
        match known {
            Some(checkpoint) if checkpoint == checkpoint_at(checkpoint.position) => {
                views.position = checkpoint.position;
                views.taken = checkpoint.position;
            }
            _ => views.clear()?,
        }
        Ok(views)
    }

    /// Deletes every row, so that the views can be built anew.
    ///
    /// # Errors
    /// When the rows cannot be read or written.
    pub fn clear(&mut self) -> Result<(), ViewError> {
        // Without a checkpoint the rest is not believed, should it stay.
        let gone = |key: &[u8]| Change {
            key: key.to_vec(),
            value: None,
        };
        self.rows.write(vec![gone(CHECKPOINT)])?;
        loop {
            let mut changes = Vec::new();
            self.rows.scan(b"v/", &behind(b"v/"), &mut |key, _| {
                changes.push(gone(key));
                match changes.len() < DELETED {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            })?;
            let last = changes.len() < DELETED;
            self.rows.write(changes)?;
            if last {
                break;
            }
        }
        self.position = 0;
        self.forget();
        Ok(())
    }

    /// The position in the log up to which everything is answered.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The rows.
    pub fn rows(&self) -> &R {
        &self.rows
    }

    /// Takes one record. Many are taken faster by [`extend`](Self::extend).
    ///
    /// # Errors
    /// See [`ViewError`]; the views stand where they stood.
    pub fn apply(&mut self, record: &Record<'_>) -> Result<(), ViewError> {
        self.extend([*record])
    }

    /// Takes records, in the order of their positions. Rows are written at the end, and at times between.
    ///
    /// # Errors
    /// See [`ViewError`]; what came before the record in question has been taken.
    pub fn extend<'a>(
        &mut self,
        records: impl IntoIterator<Item = Record<'a>>,
    ) -> Result<(), ViewError> {
        self.extend_to(records, 0)
    }

    /// Takes records, and then that the log holds nothing else up to a position that the views want.
    ///
    /// # Errors
    /// As [`extend`](Self::extend).
    pub fn extend_to<'a>(
        &mut self,
        records: impl IntoIterator<Item = Record<'a>>,
        position: u64,
    ) -> Result<(), ViewError> {
        let outcome = self.gather(records, position);
        self.settle()?;
        outcome
    }

    /// As [`extend_to`](Self::extend_to), but what is taken is written only when many cases have changed, and
    /// answers are as of [`position`](Self::position) until [`settle`](Self::settle) writes the rest.
    ///
    /// # Errors
    /// As [`extend`](Self::extend).
    pub fn gather<'a>(
        &mut self,
        records: impl IntoIterator<Item = Record<'a>>,
        position: u64,
    ) -> Result<(), ViewError> {
        for record in records {
            self.take(&record)?;
            if self.changed.len() >= CHANGED {
                self.settle()?;
            }
        }
        self.taken = self.taken.max(position);
        Ok(())
    }

    /// Up to where records have been taken; the next is behind it.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Says that the log holds nothing else up to a position that the views want.
    ///
    /// # Errors
    /// When the rows cannot be written.
    pub fn advance(&mut self, position: u64) -> Result<(), ViewError> {
        self.taken = self.taken.max(position);
        self.settle()
    }

    fn take(&mut self, record: &Record<'_>) -> Result<(), ViewError> {
        if record.position <= self.taken {
            return Ok(());
        }
        if let Some(event) = record.event()? {
            let (category, case) = record.case()?;
            self.take_event(category, case, &event, record)?;
        }
        self.taken = record.position;
        Ok(())
    }

    fn take_event(
        &mut self,
        category: &str,
        case: CaseId,
        event: &Event,
        record: &Record<'_>,
    ) -> Result<(), ViewError> {
        if !self.cases.contains_key(&case) {
            let known = store::case(&self.rows, case)?;
            let cached = match (known, event) {
                (Some(row), _) => Cached {
                    written: made_of(case, &row)?,
                    row,
                    changed: false,
                },
                (None, Event::Case(CaseEvent::Opened(opened))) => Cached {
                    row: CaseRow::opened(category, opened, record),
                    changed: false,
                    written: Made::new(),
                },
                // What stands before the opening belongs to no case, as in the kernel's fold.
                (None, _) => return Ok(()),
            };
            self.cases.insert(case, cached);
        }
        if let Some(cached) = self.cases.get_mut(&case) {
            cached.row.apply(event, record);
            if !cached.changed {
                cached.changed = true;
                self.changed.push(case);
            }
        }
        Ok(())
    }

    /// Writes what changed, and how far the views are, in one go.
    ///
    /// # Errors
    /// When the rows cannot be read or written; then the views stand at [`position`](Self::position).
    pub fn settle(&mut self) -> Result<(), ViewError> {
        if self.taken == self.position {
            return Ok(());
        }
        let written = self
            .changes()
            .and_then(|changes| self.rows.write(changes).map_err(ViewError::from));
        if let Err(error) = written {
            self.forget();
            return Err(error);
        }
        self.position = self.taken;
        self.changed.clear();
        if self.cases.len() > CACHED {
            self.cases
                .retain(|_, cached| cached.row.open_visit().is_some());
        }
        if self.cases.len() > CACHED {
            self.cases.clear();
        }
        Ok(())
    }

    /// Back to what is written.
    fn forget(&mut self) {
        self.taken = self.position;
        self.cases.clear();
        self.changed.clear();
    }

    fn changes(&mut self) -> Result<Vec<Change>, ViewError> {
        let mut changes = Vec::new();
        for case in &self.changed {
            let Some(cached) = self.cases.get_mut(case) else {
                continue;
            };
            cached.changed = false;
            cached.row.stands();
            let key = store::case_key(*case);
            let value = Some(encode(&key, &cached.row)?);
            changes.push(Change { key, value });
            let made = made_of(*case, &cached.row)?;
            differences(&cached.written, &made, &mut changes);
            cached.written = made;
        }
        changes.push(Change {
            key: CHECKPOINT.to_vec(),
            value: Some(encode(CHECKPOINT, &checkpoint_at(self.taken))?),
        });
        Ok(changes)
    }

    /// The register (客户抱怨案件登记追踪表), by period, serial, instant of lodging.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn register(&self, filter: &RegisterFilter) -> Result<Vec<RegisterRow>, ViewError> {
        register::list(&self.rows, filter)
    }

    /// One case of the register.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn case(&self, case: CaseId) -> Result<Option<RegisterRow>, ViewError> {
        register::case(&self.rows, case)
    }

    /// The cases of a number, in print or as key; if there is none, at most `limit` cases whose id begins so.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn look_up(&self, text: &str, limit: usize) -> Result<Vec<RegisterRow>, ViewError> {
        register::look_up(&self.rows, text, limit)
    }

    /// What a department holds and has to answer, the earliest due first.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn worklist(
        &self,
        department: &DepartmentId,
        now: Instant,
    ) -> Result<Vec<WorkItem>, ViewError> {
        worklist::of_department(&self.rows, department, now)
    }

    /// What a person may do, the earliest due first.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn worklist_of(&self, desk: &Desk<'_>, now: Instant) -> Result<Vec<WorkItem>, ViewError> {
        worklist::of_person(&self.rows, desk, now)
    }

    /// What was overdue at a moment, past or present (A1), the longest overdue first.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn overdue(&self, at: Instant) -> Result<Vec<Overdue>, ViewError> {
        deadlines::overdue(&self.rows, at)
    }

    /// What was due soon at a moment, past or present (A13), the soonest first.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn due_soon(&self, at: Instant) -> Result<Vec<DueSoon>, ViewError> {
        deadlines::due_soon(&self.rows, at)
    }

    /// The cases that a round at a moment has to look at: overdue, due soon, or with a provisional deadline. They
    /// are candidates; the round decides on each anew.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn round_candidates(&self, at: Instant) -> Result<BTreeSet<CaseId>, ViewError> {
        deadlines::round_candidates(&self.rows, at)
    }

    /// Notices and reminders (催办单), the earliest first.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn reminders(&self, filter: &ReminderFilter) -> Result<Vec<ReminderEntry>, ViewError> {
        reminders::list(&self.rows, filter)
    }

    /// Inquiries (洽办单), the earliest first.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn inquiries(&self, filter: &InquiryFilter) -> Result<Vec<InquiryEntry>, ViewError> {
        inquiries::list(&self.rows, filter)
    }

    /// Overdue visits of closed cases that nobody has inquired into (A16a).
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn inquiry_candidates(
        &self,
        filter: &CandidateFilter,
    ) -> Result<Vec<InquiryCandidate>, ViewError> {
        inquiries::candidates(&self.rows, filter)
    }

    /// The statistics of a month, as far as is known now.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn statistics(&self, query: &StatisticsQuery) -> Result<MonthStatistics, ViewError> {
        statistics::month(&self.rows, query)
    }

    /// The months in which cases were closed, of one workflow or of any.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn months(&self, definition: Option<&DefinitionId>) -> Result<Vec<Month>, ViewError> {
        statistics::months(&self.rows, definition)
    }
}

fn checkpoint_at(position: u64) -> Checkpoint {
    Checkpoint {
        position,
        views: VIEWS
            .iter()
            .map(|view| (view.name.to_owned(), view.version))
            .collect(),
    }
}

/// Every row of a case besides its own. INVARIANT: they follow from the case's row alone, so that they are the
/// same whenever and however often the case was written.
fn made_of(case: CaseId, row: &CaseRow) -> Result<Made, ViewError> {
    let mut made = Made::new();
    register::rows(case, row, &mut made);
    worklist::rows(case, row, &mut made)?;
    deadlines::rows(case, row, &mut made)?;
    reminders::rows(case, row, &mut made)?;
    inquiries::rows(case, row, &mut made)?;
    statistics::rows(case, row, &mut made)?;
    made.sort_unstable();
    made.dedup();
    Ok(made)
}

/// What has to be put and deleted so that the one list becomes the other; both are in order of their keys.
fn differences(before: &Made, after: &Made, changes: &mut Vec<Change>) {
    let mut before = before.iter().peekable();
    for (key, value) in after {
        while let Some((gone, _)) = before.next_if(|(old, _)| old < key) {
            changes.push(Change {
                key: gone.clone(),
                value: None,
            });
        }
        let same = before.next_if(|(old, _)| old == key);
        if same.is_none_or(|(_, old)| old != value) {
            changes.push(Change {
                key: key.clone(),
                value: Some(value.clone()),
            });
        }
    }
    changes.extend(before.map(|(gone, _)| Change {
        key: gone.clone(),
        value: None,
    }));
}

impl<R> Views<R> {
    /// Gives the rows back.
    pub fn into_rows(self) -> R {
        self.rows
    }
}
