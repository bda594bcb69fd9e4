//! The books: every month and every person's ledger, and the cases that a month may still have to take. A fold over the
//! log that is read on before each use; what is decided on it is appended at the versions that it tells.

use std::collections::{BTreeMap, BTreeSet};

use redress_core::account::Account;
use redress_core::event::{ComplaintEvent, Event};
use redress_core::month::{self, MonthEvent, MonthState};
use redress_core::person::{self, PersonEvent};
use redress_core::tables::Grade;
use redress_kernel::actor::Actor;
use redress_kernel::case::Meta;
use redress_kernel::event::CaseEvent;
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::money::Currency;
use redress_kernel::time::{Instant, Month};
use redress_log::{EventLog, Filter, Position, Recorded};
use tokio::sync::Mutex;

use crate::error::Error;
use crate::folded::PAGE;
use crate::frame::{self, Done};

/// Category of the streams of months.
pub(crate) const MONTHS: &str = "month";
/// Category of the streams of persons' ledgers.
pub(crate) const PERSONS: &str = "person";

/// A stream's state with its version and the commands that were done on it.
#[derive(Debug, Clone)]
pub(crate) struct Booked<T> {
    pub(crate) version: u64,
    pub(crate) state: T,
    pub(crate) done: Done,
}

impl<T> Booked<T> {
    fn new(state: T) -> Self {
        Self {
            version: 0,
            state,
            done: Done::default(),
        }
    }
}

/// A case that waits for a month.
#[derive(Debug, Clone, Copy, Default)]
struct Closing {
    /// The month of its closing.
    month: Option<Month>,
    /// Whether it was decided: only what is decided counts in a month.
    decided: bool,
}

/// What the log says of months and persons, up to a position.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    position: u64,
    pub(crate) months: BTreeMap<Month, Booked<MonthState>>,
    pub(crate) persons: BTreeMap<EmployeeId, Booked<Account>>,
    /// Closed cases that no month has counted, and those of which something was corrected since.
    uncounted: BTreeSet<CaseId>,
    /// Whose discipline no month has settled yet.
    unsettled: BTreeMap<CaseId, BTreeSet<EmployeeId>>,
    /// Decided cases that no month has counted; of what an import closed, none is.
    closings: BTreeMap<CaseId, Closing>,
    /// Goods that came back and are not settled, with the last second in which they may be sold.
    resales: BTreeMap<CaseId, Instant>,
    /// Tracked improvements that are not done, and those done that no closed month has told.
    improving: BTreeSet<CaseId>,
}

impl Books {
    /// The cases that a month may have to take. Whether it does, is decided on the cases themselves.
    pub(crate) fn candidates(&self) -> BTreeSet<CaseId> {
        let unsettled = self.unsettled.keys();
        let cases = self.uncounted.iter().chain(unsettled);
        cases.chain(&self.improving).copied().collect()
    }

    /// The cases whose improvement may not be done yet. Whether it is, the cases themselves tell.
    pub(crate) fn improving(&self) -> BTreeSet<CaseId> {
        self.improving.clone()
    }

    /// The cases whose improvement a closed month has told as done.
    pub(crate) fn told(&self) -> BTreeSet<CaseId> {
        month::told(self.months.values().map(|booked| &booked.state))
    }

    /// The last month before one that was opened and is not closed.
    pub(crate) fn still_open(&self, month: Month) -> Option<Month> {
        let earlier = self.months.range(..month).rev();
        let open = |booked: &Booked<MonthState>| booked.state.closed.is_none();
        earlier
            .filter(|(_, booked)| open(booked))
            .map(|(month, _)| *month)
            .next()
    }

    /// The months that are closed.
    pub(crate) fn closed(&self) -> BTreeSet<Month> {
        let months = self.months.iter();
        let closed = months.filter(|(_, booked)| booked.state.closed.is_some());
        closed.map(|(month, _)| *month).collect()
    }

    /// The cases whose closing asks for a month that is not closed yet, the earliest month first. What is told of them
    /// is a proposal: the cases themselves say whether they count.
    pub(crate) fn awaiting(&self) -> Vec<(Month, CaseId)> {
        let is_closed = |month: Month| {
            let booked = self.months.get(&month);
            booked.is_some_and(|booked| booked.state.closed.is_some())
        };
        let decided = self.closings.iter().filter(|(_, closing)| closing.decided);
        let dated = decided.filter_map(|(case, closing)| Some((closing.month?, *case)));
        let mut list: Vec<_> = dated.filter(|(month, _)| !is_closed(*month)).collect();
        list.sort();
        list
    }

    /// The cases whose closing asks for one month, likewise.
    pub(crate) fn waiting_for(&self, month: Month) -> BTreeSet<CaseId> {
        let awaiting = self.awaiting().into_iter();
        let its = awaiting.filter(|(of, _)| *of == month);
        its.map(|(_, case)| case).collect()
    }

    /// The cases whose closing lies in a month or before it, and that no month has counted.
    pub(crate) fn closed_by(&self, month: Month) -> BTreeSet<CaseId> {
        let closed = |closing: &Closing| closing.month.is_some_and(|closed| closed <= month);
        let closings = self.closings.iter();
        let closed = closings.filter(|(_, closing)| closing.decided && closed(closing));
        closed.map(|(case, _)| *case).collect()
    }

    /// The months that were opened and are not closed.
    pub(crate) fn open_months(&self) -> Vec<Month> {
        let months = self.months.iter();
        let open = months.filter(|(_, booked)| booked.state.closed.is_none());
        open.map(|(month, _)| *month).collect()
    }

    /// The cases whose goods could be sold until before an instant, and are not settled.
    pub(crate) fn unsold(&self, at: Instant) -> Vec<CaseId> {
        let resales = self.resales.iter();
        let over = resales.filter(|(_, until)| **until < at.to_whole_second());
        over.map(|(case, _)| *case).collect()
    }

    fn apply(&mut self, recorded: &Recorded) -> Result<(), Error> {
        let (kind, schema) = (recorded.kind.as_str(), recorded.schema);
        let payload = recorded.payload.as_str();
        let id = recorded.stream.id();
        if kind.starts_with("month.") {
            let month: Month = id.parse().map_err(|_| named_wrongly(recorded))?;
            let event = MonthEvent::read(kind, schema, payload)?;
            let meta = Meta {
                at: frame::instant(recorded.occurred_at)?,
                actor: frame::actor(recorded)?,
            };
            let new = || Booked::new(MonthState::default());
            let booked = self.months.entry(month).or_insert_with(new);
            booked.state.evolve(&event, &meta);
            note(booked, recorded)?;
            if let MonthEvent::Closed(_) = event {
                for booked in self.persons.values_mut() {
                    booked.state.put_closed(month);
                }
            }
            let told = month::told(std::iter::once(&booked.state));
            self.improving.retain(|case| !told.contains(case));
        } else if kind.starts_with("person.") {
            let employee: EmployeeId = id.parse().map_err(|_| named_wrongly(recorded))?;
            let event = PersonEvent::read(kind, schema, payload)?;
            let currency = currency_of(&event);
            let new = || Booked::new(Account::new(currency));
            let booked = self.persons.entry(employee).or_insert_with(new);
            person::evolve(&mut booked.state, &event);
            note(booked, recorded)?;
        } else {
            let case: CaseId = id.parse().map_err(|_| named_wrongly(recorded))?;
            let event = Event::read(kind, schema, payload)?;
            if !matches!(frame::actor(recorded)?, Actor::Import) {
                self.note_closing(case, &event);
            }
            self.note_case(case, &event);
        }
        Ok(())
    }

    fn note_closing(&mut self, case: CaseId, event: &Event) {
        match event {
            Event::Case(CaseEvent::Closed(closed)) => {
                self.closings.entry(case).or_default().month = Some(closed.month);
            }
            Event::Complaint(ComplaintEvent::Decided(_)) => {
                self.closings.entry(case).or_default().decided = true;
            }
            _ => {}
        }
    }

    fn note_case(&mut self, case: CaseId, event: &Event) {
        match event {
            Event::Complaint(ComplaintEvent::Decided(_)) => {}
            Event::Complaint(ComplaintEvent::GoodsTakenBack(taken)) => {
                self.resales.insert(case, taken.until);
            }
            Event::Complaint(ComplaintEvent::ResaleSettled(_)) => {
                self.resales.remove(&case);
                self.uncounted.insert(case);
            }
            Event::Complaint(ComplaintEvent::Counted(counted)) => {
                self.uncounted.remove(&case);
                self.closings.remove(&case);
                if let Some(persons) = self.unsettled.get_mut(&case) {
                    persons.retain(|person| !counted.disciplined.contains(person));
                    if persons.is_empty() {
                        self.unsettled.remove(&case);
                    }
                }
            }
            // One to nothing that corrects another gives back what that cost. Any other one to nothing is looked at with the
            // next month: it may be of a case that replaces one with a fine (A16).
            Event::Complaint(ComplaintEvent::DisciplineDecided(decided))
                if decided.sentence.grade != Grade::None || decided.corrects.is_some() =>
            {
                let persons = self.unsettled.entry(case).or_default();
                persons.insert(decided.employee.clone());
            }
            Event::Complaint(ComplaintEvent::ImprovementTracked(_)) => {
                self.improving.insert(case);
            }
            Event::Complaint(ComplaintEvent::ImprovementReleased(_)) => {
                self.improving.remove(&case);
            }
            _ => {
                self.uncounted.insert(case);
            }
        }
    }
}

fn note<T>(booked: &mut Booked<T>, recorded: &Recorded) -> Result<(), Error> {
    booked.done.note(recorded)?;
    booked.version = recorded.version.0;
    Ok(())
}

fn named_wrongly(recorded: &Recorded) -> Error {
    Error::Integrity {
        reason: format!(
            "position {}: `{}` names no month, person or case",
            recorded.position,
            recorded.stream.as_str()
        ),
    }
}

/// The currency in which a person's first event speaks.
fn currency_of(event: &PersonEvent) -> Currency {
    match event {
        PersonEvent::BonusRecorded(e) => e.amount.currency(),
        PersonEvent::Settled(e) => e.currency,
    }
}

/// The books as far as they were read. They are read on and looked at under one lock: to copy ten thousand ledgers for
/// each bonus that is entered would cost more than all the rest.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    books: Mutex<Books>,
}

impl Shelf {
    /// Looks at the books as the log has them now.
    pub(crate) async fn look<T>(
        &self,
        log: &dyn EventLog,
        look: impl FnOnce(&Books) -> T,
    ) -> Result<T, Error> {
        let mut books = self.books.lock().await;
        if books.position < log.head().0 {
            let filter = filter();
            loop {
                let from = Position(books.position + 1);
                let page = log.all(from, &filter, PAGE).await?;
                for recorded in &page.records {
                    books.apply(recorded)?;
                    // Record by record: what cannot be read is met again, and nothing before it is applied twice.
                    books.position = recorded.position.0;
                }
                books.position = page.next.0.saturating_sub(1).max(books.position);
                if page.end {
                    break;
                }
            }
        }
        Ok(look(&books))
    }
}

/// The types of events that the books are made of.
fn filter() -> Filter {
    let of_cases = [
        "case.closed",
        "complaint.responsibility_determined",
        "complaint.discipline_decided",
        "complaint.counted",
        "complaint.decided",
        "complaint.goods_taken_back",
        "complaint.resale_settled",
        "complaint.improvement_tracked",
        "complaint.improvement_released",
    ];
    let months = MonthEvent::KINDS.iter().map(|kind| kind.name);
    let persons = PersonEvent::KINDS.iter().map(|kind| kind.name);
    Filter::everything().kinds(of_cases.into_iter().chain(months).chain(persons))
}
