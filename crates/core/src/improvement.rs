//! The improvement of a case (M9-7): what the decision wants tracked is opened, drafted, confirmed, carried out, and judged
//! by its effect. Off the clock of M10, behind the closing as well; reviewed every month until it is done (M9-10).

use std::collections::BTreeSet;

use redress_kernel::case::Meta;
use redress_kernel::id::DepartmentId;
use redress_kernel::time::{Date, Instant};
use serde::{Deserialize, Serialize};

use crate::event::ComplaintEvent;
use crate::regulation::ImprovementDuties;

/// An item (改善项目) as it is drafted: what is to be done, by whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemDraft {
    /// What is to be done.
    pub what: String,
    /// The department that carries it out.
    pub department: DepartmentId,
    /// The last day on which it is carried out in time, in the company's zone.
    pub until: Date,
}

/// An item with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Number within the case, from 1; a later round counts on, a returned draft gives its numbers back.
    pub item: u32,
    /// What is to be done.
    pub what: String,
    /// The department that carries it out.
    pub department: DepartmentId,
    /// The last day on which it is carried out in time, in the company's zone.
    pub until: Date,
}

impl Item {
    /// The item as it was drafted, without its number.
    pub(crate) fn draft(&self) -> ItemDraft {
        ItemDraft {
            what: self.what.clone(),
            department: self.department.clone(),
            until: self.until,
        }
    }
}

/// What is known of a case's improvement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Improvement {
    /// Since when it is tracked: the decision, or the correction that wants it tracked.
    pub tracked_at: Instant,
    /// When the form was opened.
    pub opened_at: Option<Instant>,
    /// Rounds; the last is the one in hand. A round begins with its first draft.
    pub rounds: Vec<Round>,
    /// When its effect was confirmed, and what was found: nothing more is to be done.
    pub done: Option<(Instant, String)>,
}

/// Items that are drafted, carried out and judged together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// When the draft that stands was handed in.
    pub drafted_at: Instant,
    /// Its items.
    pub items: Vec<TrackedItem>,
    /// When and why that draft was returned.
    pub returned: Option<(Instant, String)>,
    /// When it was confirmed.
    pub confirmed_at: Option<Instant>,
    /// When what was done was found without effect, and what was found.
    pub ineffective: Option<(Instant, String)>,
}

/// An item, and what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedItem {
    /// The item.
    pub item: Item,
    /// When it was carried out, and what was done.
    pub carried_out: Option<(Instant, String)>,
}

impl TrackedItem {
    /// Whether it is still to be carried out though its day has passed.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.carried_out.is_none() && today > self.item.until
    }
}

/// How far an improvement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is to be tracked; the form is not opened.
    Tracked,
    /// The form is open; nothing is drafted.
    Opened,
    /// A draft waits to be confirmed.
    Drafted,
    /// The draft was returned; another is awaited.
    Returned,
    /// The items are being carried out.
    UnderWay,
    /// All are carried out; the effect is to be judged.
    CarriedOut,
    /// What was done had no effect; another draft is awaited.
    Ineffective,
    /// The effect is confirmed.
    Done,
}

impl Standing {
    /// The name under which it is recorded and shown as data.
    pub fn id(self) -> &'static str {
        match self {
            Self::Tracked => "tracked",
            Self::Opened => "opened",
            Self::Drafted => "drafted",
            Self::Returned => "returned",
            Self::UnderWay => "under_way",
            Self::CarriedOut => "carried_out",
            Self::Ineffective => "ineffective",
            Self::Done => "done",
        }
    }
}

impl Improvement {
    fn new(tracked_at: Instant) -> Self {
        Self {
            tracked_at,
            opened_at: None,
            rounds: Vec::new(),
            done: None,
        }
    }

    /// How far it is, and since when it stands there.
    pub fn standing(&self) -> (Standing, Instant) {
        if let Some((at, _)) = &self.done {
            return (Standing::Done, *at);
        }
        let Some(opened) = self.opened_at else {
            return (Standing::Tracked, self.tracked_at);
        };
        let Some(round) = self.rounds.last() else {
            return (Standing::Opened, opened);
        };
        if let Some((at, _)) = &round.ineffective {
            return (Standing::Ineffective, *at);
        }
        let Some(confirmed) = round.confirmed_at else {
            return match &round.returned {
                Some((at, _)) => (Standing::Returned, *at),
                None => (Standing::Drafted, round.drafted_at),
            };
        };
        let mut last = confirmed;
        for item in &round.items {
            match &item.carried_out {
                Some((at, _)) => last = last.max(*at),
                None => return (Standing::UnderWay, confirmed),
            }
        }
        (Standing::CarriedOut, last)
    }

    /// The number of the round in hand; 0 before the first draft.
    pub fn round(&self) -> u32 {
        u32::try_from(self.rounds.len()).unwrap_or(u32::MAX)
    }

    /// The items of the round in hand, as they stand in its last draft.
    pub fn items(&self) -> &[TrackedItem] {
        self.rounds.last().map_or(&[], |round| &round.items)
    }

    /// The items that are confirmed and still to be carried out.
    pub fn open_items(&self) -> impl Iterator<Item = &TrackedItem> {
        let round = self.rounds.last();
        let confirmed = round.filter(|round| round.confirmed_at.is_some());
        let items = confirmed.into_iter().flat_map(|round| &round.items);
        items.filter(|item| item.carried_out.is_none())
    }

    /// The departments that have to act next; none when it is done.
    pub fn waits_for(&self, duties: &ImprovementDuties) -> Vec<DepartmentId> {
        match self.standing().0 {
            Standing::Tracked => duties.opens.departments.clone(),
            Standing::Opened | Standing::Returned | Standing::Ineffective => {
                duties.drafts.departments.clone()
            }
            Standing::Drafted => duties.confirms.departments.clone(),
            Standing::UnderWay => {
                let items = self.open_items().map(|item| &item.item.department);
                let departments: BTreeSet<&DepartmentId> = items.collect();
                departments.into_iter().cloned().collect()
            }
            Standing::CarriedOut => duties.judges.departments.clone(),
            Standing::Done => Vec::new(),
        }
    }

    /// The number and the items' first number that a draft would have now: a returned draft is replaced, a round without
    /// effect is followed by another.
    pub(crate) fn next_draft(&self) -> (u32, u32) {
        let replaces = self.rounds.last().is_some_and(|r| r.returned.is_some());
        let kept = self.rounds.len().saturating_sub(usize::from(replaces));
        let before = self.rounds.iter().take(kept);
        let items: usize = before.map(|round| round.items.len()).sum();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
        (number(kept), number(items))
    }
}

/// Folds an event of a complaint into what is known of its improvement. INVARIANT: it only copies.
pub(crate) fn fold(known: &mut Option<Improvement>, event: &ComplaintEvent, meta: &Meta) {
    match event {
        ComplaintEvent::ImprovementTracked(_) => *known = Some(Improvement::new(meta.at)),
        ComplaintEvent::ImprovementReleased(_) => *known = None,
        _ => {
            if let Some(improvement) = known {
                improvement.apply(event, meta);
            }
        }
    }
}

impl Improvement {
    fn apply(&mut self, event: &ComplaintEvent, meta: &Meta) {
        let at = meta.at;
        match event {
            ComplaintEvent::ImprovementOpened(_) => self.opened_at = Some(at),
            ComplaintEvent::ImprovementDrafted(e) => {
                // A draft of the same round replaces the one that was returned.
                let earlier = usize::try_from(e.round.saturating_sub(1)).unwrap_or(usize::MAX);
                self.rounds.truncate(earlier);
                let items = e.items.iter().cloned();
                self.rounds.push(Round {
                    drafted_at: at,
                    items: items
                        .map(|item| TrackedItem {
                            item,
                            carried_out: None,
                        })
                        .collect(),
                    returned: None,
                    confirmed_at: None,
                    ineffective: None,
                });
            }
            ComplaintEvent::ImprovementReturned(e) => {
                if let Some(round) = self.rounds.last_mut() {
                    round.returned = Some((at, e.reason.clone()));
                }
            }
            ComplaintEvent::ImprovementConfirmed(_) => {
                if let Some(round) = self.rounds.last_mut() {
                    round.confirmed_at = Some(at);
                }
            }
            ComplaintEvent::ImprovementCarriedOut(e) => {
                let items = self.rounds.last_mut().map(|round| &mut round.items);
                let mut items = items.into_iter().flatten();
                if let Some(item) = items.find(|item| item.item.item == e.item) {
                    item.carried_out = Some((at, e.done.clone()));
                }
            }
            ComplaintEvent::ImprovementFoundEffective(e) => {
                self.done = Some((at, e.finding.clone()));
            }
            ComplaintEvent::ImprovementFoundIneffective(e) => {
                if let Some(round) = self.rounds.last_mut() {
                    round.ineffective = Some((at, e.finding.clone()));
                }
            }
            _ => {}
        }
    }
}
