//! What is to happen, and what follows from it.

use std::rc::Rc;

use redress::Request;
use redress_kernel::id::CaseId;
use redress_kernel::time::{Instant, Month};

use crate::demo::dice::Dice;
use crate::demo::fate::Fate;
use crate::demo::fault::Fault;

/// Something that is to happen. Behind the instant the order of entry decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    /// The round is made.
    Round,
    /// An abnormality notice is written about a complaint.
    Notice(usize),
    /// Sales calls for a joint inspection.
    Inspect(usize),
    /// A complaint is lodged.
    Lodge(Lodge),
    /// Whoever has the case on the desk does the next thing.
    Work(usize),
    /// Something beside the route.
    Beside(usize, Deed),
    /// What a loss, goods and discipline ask for.
    Money(usize, MoneyDeed),
    /// What the office does by itself.
    Office(OfficeTask),
}

impl Task {
    /// What changes streams of everybody: nobody does anything else at the same time.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self, Self::Round | Self::Office(_))
    }
}

/// What the office does day by day and month by month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OfficeTask {
    /// Personnel enters units, members and base units.
    Staff,
    /// Personnel enters that somebody leaves with a month.
    Leave(Month),
    /// Accounting enters the bonuses of a month.
    Pay(Month),
    /// Accounting enters those whose lists came late.
    PayLate(Month),
    /// The next thing is done that the close of a month asks for.
    Close(Month),
}

/// The lodging of a complaint, by the places of the cases before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lodge {
    pub(super) complaint: usize,
    pub(super) follows: Option<usize>,
    pub(super) raised_from: Option<usize>,
}

/// A deed beside the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    CorrectCountry,
    CompleteQuantities,
    NameSupplier,
    AnswerCustomer,
    CustomerObjects,
    Petition,
    Rule(u32),
    Inquire(u32),
    AnswerInquiry(u32),
    Improve,
}

/// A deed about money on a case that is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MoneyDeed {
    /// Goods come back (D1).
    TakeBack,
    /// A lot of them is sold.
    Resell(usize),
    /// Their loss is settled when the month is over, and discipline follows.
    SettleResale,
    /// Discipline is petitioned for (D6).
    Propose,
    /// The general manager decides it.
    Decide,
    /// A department petitions against what its month charged (M9-12).
    NewEvidence,
    /// Responsibility is determined anew after a petition was upheld.
    Redetermine,
}

/// A case that the company has on its hands.
pub(super) struct Running {
    pub(super) id: CaseId,
    pub(super) complaint: usize,
    /// Neither a notice nor an inspection.
    pub(super) is_complaint: bool,
    /// How often its customer has filed it before.
    pub(super) again: u32,
    pub(super) fate: Rc<Fate>,
    /// What our fault costs, if it is ours.
    pub(super) fault: Option<Rc<Fault>>,
    pub(super) dice: Dice,
    /// What the ids of its commands are made of.
    pub(super) name: String,
    pub(super) steps: u32,
    pub(super) sent_back: bool,
    pub(super) registered: bool,
    pub(super) closed: bool,
}

/// A command that is about to be given.
pub(super) struct Planned {
    pub(super) at: Instant,
    pub(super) name: String,
    pub(super) request: Request,
    pub(super) then: Then,
}

/// What follows from a command that was done.
pub(super) enum Then {
    Nothing,
    /// Who has the case on the desk goes on with it.
    Again(usize),
    /// Somebody else has the case on the desk now.
    Next(usize),
    /// There is a new case.
    Opened(Opened),
}

/// A case that is about to be opened.
pub(super) struct Opened {
    /// Its workflow.
    pub(super) what: &'static str,
    pub(super) complaint: usize,
    pub(super) fate: Rc<Fate>,
    pub(super) name: String,
    pub(super) again: u32,
}

impl Opened {
    pub(super) fn new(what: &'static str, complaint: usize, fate: Rc<Fate>, again: u32) -> Self {
        Self {
            what,
            complaint,
            fate,
            name: String::new(),
            again,
        }
    }
}
