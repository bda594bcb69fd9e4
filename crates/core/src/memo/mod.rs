//! Memos: why a figure is what it is, step by step, each derivable by hand from those above it.
//!
//! A figure is taken from the event that recorded it. The computation is shown with its numbers and made once more;
//! what does not follow is told as such. All prose of the memos stands here, both languages side by side.

macro_rules! say {
    ($lang:expr, $en:literal, $zh:literal $(,)?) => {
        match $lang {
            $crate::sentence::Lang::En => format!($en),
            $crate::sentence::Lang::Zh => format!($zh),
        }
    };
}

mod decision;
mod deduction;
mod fine;
mod ledger;
mod loss;
mod reckon;
mod resale;
mod shares;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use redress_kernel::case::Meta;
use redress_kernel::definition::Mark;
use redress_kernel::event::CaseEvent;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::{Instant, Month, Zone};
use serde::Serialize;

use crate::account::Account;
use crate::complaint::Complaint;
use crate::event::{ComplaintEvent, Event};
use crate::person::PersonEvent;
use crate::regulation::{Regulation, Workflow};
use crate::sentence::Lang;
use crate::tables::Tables;

/// A memo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Memo {
    /// What it explains.
    pub title: String,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// One step of a memo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The clause by which it goes.
    pub clause: String,
    /// The instant of the event from which its figure comes; none: it follows from the steps above.
    pub at: Option<Instant>,
    /// The event from which its figure comes; none as above.
    pub event: Option<Ground>,
    /// Whether the row of a table that it applies is the source's or an example; none: it applies none.
    pub mark: Option<Mark>,
    /// What is said.
    pub text: String,
}

/// The event on which a step stands: where it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ground {
    /// Its type: `complaint.loss_stated`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its stream.
    pub stream: String,
    /// Its place in the stream.
    pub version: u64,
    /// Its place in the log.
    pub position: u64,
}

/// Something that happened to the complaint.
#[derive(Debug, Clone)]
pub struct Happened {
    /// Where it lies in the log.
    pub ground: Ground,
    /// When, and who did it.
    pub meta: Meta,
    /// The id of the command that it follows from.
    pub command: String,
    /// What.
    pub event: Event,
}

/// What a memo is told from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The complaint.
    pub complaint: &'a Complaint,
    /// The rules by which it runs.
    pub workflow: &'a Workflow,
    /// The number, as a key, of the first case of the chain of new forms, which has one loss (A16).
    pub chain: &'a str,
    /// The company's zone.
    pub zone: &'a Zone,
    /// What happened to the complaint, in order.
    pub events: &'a [Happened],
    /// What happened to the ledger that is told, in order.
    pub ledger: &'a [(Ground, PersonEvent)],
    /// When months were closed.
    pub closings: &'a BTreeMap<Month, Instant>,
    /// In which language.
    pub lang: Lang,
}

/// The loss of a case by the loss basis (M9-7).
pub fn loss(source: &Source<'_>) -> Memo {
    let number = source.number();
    let title = say!(
        source.lang,
        "The loss of complaint {number}",
        "投诉 {number} 的损失"
    );
    let mut steps = Steps::new(source.lang);
    loss::all(source, &mut steps);
    Memo {
        title,
        steps: steps.list,
    }
}

/// The decision by authority (M11, A25).
pub fn decision(source: &Source<'_>) -> Memo {
    let number = source.number();
    let title = say!(
        source.lang,
        "The decision on complaint {number}",
        "投诉 {number} 的核决"
    );
    let mut steps = Steps::new(source.lang);
    decision::all(source, &mut steps);
    Memo {
        title,
        steps: steps.list,
    }
}

/// What is deducted for a case (P3): for one employee with the lines of that ledger, or for all.
pub fn deduction(
    source: &Source<'_>,
    employee: Option<&EmployeeId>,
    account: Option<&Account>,
) -> Memo {
    let number = source.number();
    let title = match employee {
        Some(employee) => say!(
            source.lang,
            "What is deducted from {employee} for complaint {number}",
            "投诉 {number} 对 {employee} 的扣款"
        ),
        None => say!(
            source.lang,
            "What is deducted for complaint {number}",
            "投诉 {number} 的扣款"
        ),
    };
    let mut steps = Steps::new(source.lang);
    deduction::all(source, employee, account, &mut steps);
    Memo {
        title,
        steps: steps.list,
    }
}

/// What discipline costs somebody for a case (D1 to D6).
pub fn fine(source: &Source<'_>, employee: &EmployeeId, account: Option<&Account>) -> Memo {
    let number = source.number();
    let title = say!(
        source.lang,
        "Discipline of {employee} for complaint {number}",
        "投诉 {number} 对 {employee} 的行政处分"
    );
    let mut steps = Steps::new(source.lang);
    fine::all(source, employee, account, &mut steps);
    Memo {
        title,
        steps: steps.list,
    }
}

impl<'a> Source<'a> {
    fn number(&self) -> String {
        let case = &self.complaint.case;
        let number = case.number.as_ref().map(|number| number.print.clone());
        number.unwrap_or_else(|| say!(self.lang, "(not numbered)", "（未编号）"))
    }

    /// Its number as a key.
    fn key(&self) -> &'a str {
        let number = self.complaint.case.number.as_ref();
        number.map_or("", |number| &number.key)
    }

    fn regulation(&self) -> Option<&'a Regulation> {
        self.workflow.regulation.as_ref()
    }

    fn tables(&self) -> Option<&'a Tables> {
        self.regulation().map(|regulation| &regulation.tables)
    }

    /// What only a complaint knows of what happened to it, in order.
    fn complaint_events(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&'a Happened, &'a ComplaintEvent)> + use<'a> {
        let events = self.events.iter();
        events.filter_map(|happened| match &happened.event {
            Event::Complaint(event) => Some((happened, event)),
            Event::Case(_) => None,
        })
    }

    /// The last event of the complaint that fits.
    fn event(&self, fits: impl Fn(&ComplaintEvent) -> bool) -> Option<&'a Ground> {
        self.happened(fits).map(|happened| &happened.ground)
    }

    /// The last that happened to the complaint and fits.
    fn happened(&self, fits: impl Fn(&ComplaintEvent) -> bool) -> Option<&'a Happened> {
        let mut events = self.complaint_events().rev();
        let found = events.find(|(_, event)| fits(event));
        found.map(|(happened, _)| happened)
    }

    /// Whether a determination followed from something else that was stated or corrected, rather than being made by itself.
    fn follows(&self, determined: &Happened) -> bool {
        let mut events = self.events.iter();
        events.any(|happened| {
            let else_said = matches!(
                &happened.event,
                Event::Case(CaseEvent::ValueCompleted(_) | CaseEvent::ValueCorrected(_))
                    | Event::Complaint(ComplaintEvent::LossStated(_))
            );
            else_said && happened.command == determined.command
        })
    }

    /// The complaint as it was known before an event of its own was recorded.
    fn before(&self, ground: &Ground) -> Option<Complaint> {
        let events = self.events.iter();
        let earlier = events.take_while(|happened| happened.ground.version < ground.version);
        earlier.fold(None, |complaint, happened| {
            Complaint::fold(complaint, &happened.event, &happened.meta)
        })
    }

    /// What a month's closing did to the ledger.
    fn settled(&self, month: Month) -> Option<&'a Ground> {
        let mut events = self.ledger.iter();
        let found = events.find(
            |(_, event)| matches!(event, PersonEvent::Settled(settled) if settled.month == month),
        );
        found.map(|(ground, _)| ground)
    }

    /// What a department is called.
    fn department(&self, id: &str) -> String {
        let mut departments = self.workflow.definition.departments.iter();
        let department = departments.find(|department| department.id.as_str() == id);
        department.map_or_else(
            || id.to_owned(),
            |department| match self.lang {
                Lang::En => department.title.en.clone(),
                Lang::Zh => department.title.zh.clone(),
            },
        )
    }

    /// When a month was closed.
    fn closed_at(&self, month: Month) -> Option<Instant> {
        self.closings.get(&month).copied()
    }
}

/// Steps as they are written down.
struct Steps {
    lang: Lang,
    list: Vec<Step>,
    /// The event from which the next steps come.
    ground: Option<Ground>,
}

impl Steps {
    fn new(lang: Lang) -> Self {
        Self {
            lang,
            list: Vec::new(),
            ground: None,
        }
    }

    /// The next steps come from this event.
    fn on(&mut self, ground: Option<&Ground>) {
        self.ground = ground.cloned();
    }

    fn push(&mut self, clause: &str, at: Option<Instant>, text: String) {
        self.list.push(Step {
            clause: clause.to_owned(),
            at,
            event: at.and(self.ground.clone()),
            mark: None,
            text,
        });
    }

    /// A step that applies the row of a table.
    fn by_row(&mut self, clause: &str, at: Option<Instant>, row: &Row<'_>, text: &str) {
        let told = row.told(self.lang);
        self.list.push(Step {
            clause: clause.to_owned(),
            at,
            event: at.and(self.ground.clone()),
            mark: Some(row.mark),
            text: format!("{text} {told}"),
        });
    }

    /// What a figure is, where another was reckoned: nothing if both are one.
    fn agrees(&self, recorded: Money, reckoned: Option<Money>) -> String {
        match reckoned {
            Some(reckoned) if reckoned == recorded => String::new(),
            Some(reckoned) => say!(
                self.lang,
                "; recorded {recorded}, reckoned {reckoned}: not in agreement",
                "；记录 {recorded}，复算 {reckoned}：不一致"
            ),
            None => say!(
                self.lang,
                "; recorded {recorded}, which cannot be reckoned",
                "；记录 {recorded}，无法复算"
            ),
        }
    }
}

/// The row of a table that a step applies.
struct Row<'a> {
    table: words::Table,
    row: u32,
    version: &'a str,
    mark: Mark,
}

impl Row<'_> {
    fn told(&self, lang: Lang) -> String {
        let (table, mark) = (self.table.name(lang), words::mark(self.mark, lang));
        let (row, version) = (self.row, self.version);
        say!(
            lang,
            "[{table}, row {row}, {mark}, rules {version}]",
            "〔{table}第 {row} 行，{mark}，规则版本 {version}〕"
        )
    }
}
