//! The sentences of a story: who does what, when.

mod grammar;
mod improvement;
mod money;
mod words;

use redress_core::event::Means;
use redress_kernel::calendar::Span;
use redress_kernel::id::{DefinitionId, DepartmentId, EmployeeId, OfficeId, StageId};
use redress_kernel::money::Money;
use redress_kernel::time::{Date, Instant, Zone};
use redress_kernel::value::Path;

pub(crate) use money::{CaseDeed, MoneyDeed, hundredths, money};

use crate::fault::{Wrong, wrong};
use crate::when;

/// One sentence of a story.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    /// Its line in the file.
    pub(crate) line: usize,
    /// The sentence without its date, as tables quote it.
    pub(crate) text: String,
    /// When it happened; none for a question about nothing but the calendar.
    pub(crate) at: Option<Instant>,
    /// When it was recorded, if that is said.
    pub(crate) recorded: Option<Instant>,
    /// Whether the story says that it is refused.
    pub(crate) refused: bool,
    /// Who acts.
    pub(crate) who: Option<Acting>,
    /// What is done.
    pub(crate) deed: Deed,
    /// The lines below it.
    pub(crate) entries: Vec<Entry>,
}

impl Sentence {
    /// Whether lines may stand below it.
    pub(crate) fn takes_lines(&self) -> bool {
        if let Deed::Money(deed) = &self.deed {
            return deed.takes_lines();
        }
        matches!(
            self.deed,
            Deed::Open { .. }
                | Deed::First { .. }
                | Deed::Report { .. }
                | Deed::Decide { .. }
                | Deed::Settle { .. }
                | Deed::Refile { .. }
                | Deed::Adopt { .. }
                | Deed::Go { .. }
                | Deed::Publish { .. }
        )
    }
}

/// Who acts, and as what.
#[derive(Debug, Clone)]
pub(crate) struct Acting {
    pub(crate) employee: EmployeeId,
    /// The department in brackets: it is checked, not believed.
    pub(crate) department: Option<DepartmentId>,
    pub(crate) office: Option<OfficeId>,
    pub(crate) principal: Option<EmployeeId>,
}

/// A line below a sentence.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// From when the calendar is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum From {
    Date(Date),
    Instant(Instant),
}

/// What is done, or asked.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Open {
        case: String,
        definition: Option<DefinitionId>,
        usual: bool,
    },
    First {
        case: String,
        usual: bool,
    },
    Report {
        case: String,
        stage: StageId,
        visit: Option<u32>,
        usual: bool,
    },
    Decide {
        case: String,
        usual: bool,
    },
    Settle {
        case: String,
        usual: bool,
    },
    Endorse {
        case: String,
        stage: StageId,
        remark: Option<String>,
    },
    SendBack {
        case: String,
        to: StageId,
        reason: String,
    },
    Complete {
        case: String,
        path: Path,
        value: String,
    },
    Correct {
        case: String,
        path: Path,
        value: String,
        reason: String,
    },
    Suspend {
        case: String,
        reason: String,
    },
    Resume {
        case: String,
    },
    Withdraw {
        case: String,
        reason: String,
    },
    Inquire {
        case: String,
        visit: u32,
    },
    AnswerInquiry {
        case: String,
        inquiry: u32,
        reason: String,
    },
    Answer {
        case: String,
        means: Means,
        concedes: Option<Money>,
        text: String,
    },
    Refile {
        case: String,
        successor: String,
        usual: bool,
    },
    Object {
        case: String,
        from_customer: bool,
        petition: String,
    },
    Rule {
        case: String,
        objection: u32,
        upheld: bool,
        ruling: String,
    },
    ThirdParty {
        case: String,
        party: String,
        reason: String,
    },
    Link {
        case: String,
        other: String,
        relation: String,
    },
    Join {
        department: DepartmentId,
    },
    Leave,
    Hold {
        office: OfficeId,
    },
    Head {
        department: DepartmentId,
    },
    Deputise {
        principal: EmployeeId,
        until: Option<Instant>,
    },
    Adopt {
        version: String,
    },
    /// The story hurries on: a case goes its ordinary way until a stage is open.
    Go {
        case: String,
        until: StageId,
    },
    /// So many other cases are lodged and accepted, which no table shows.
    Many {
        count: u32,
    },
    Publish {
        year: i32,
    },
    /// About money: losses, responsibility, discipline, units, bonuses, months.
    Money(MoneyDeed),
    Round,
    AskOverdue,
    AskExplain {
        case: String,
        visit: Option<u32>,
    },
    AskRules,
    AskForm {
        form: String,
    },
    AskYear {
        year: i32,
    },
    AskDue {
        span: Span,
        from: From,
    },
}

/// Reads the line of a sentence.
pub(crate) fn read(line: usize, text: &str, zone: &Zone) -> Result<Sentence, Wrong> {
    let timeless = match (
        text.strip_prefix("ask due "),
        text.strip_prefix("ask year "),
    ) {
        (Some(question), _) => Some(grammar::ask_due(question, zone)?),
        (_, Some(year)) => Some(Deed::AskYear {
            year: year
                .trim()
                .parse()
                .map_err(|_| wrong(format!("`{year}` is not a year"), "write `ask year 2026`"))?,
        }),
        _ => None,
    };
    if let Some(deed) = timeless {
        return Ok(Sentence {
            line,
            text: text.to_owned(),
            at: None,
            recorded: None,
            refused: false,
            who: None,
            deed,
            entries: Vec::new(),
        });
    }
    let (at, rest) = when::take(text, zone)?;
    let (recorded, rest) = match rest.strip_prefix("(recorded ") {
        Some(rest) => {
            let (inner, rest) = rest.split_once(')').ok_or_else(|| {
                wrong(
                    "`(recorded …` is not closed",
                    "write `(recorded 2026-03-05 10:00)`",
                )
            })?;
            let (recorded, left) = when::take(inner, zone)?;
            if !left.is_empty() {
                return Err(wrong(
                    format!("`{left}` stands behind the instant of recording"),
                    "write `(recorded 2026-03-05 10:00)`",
                ));
            }
            (Some(recorded), rest.trim_start())
        }
        None => (None, rest),
    };
    let (refused, rest) = match rest.strip_prefix("refused: ") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, rest),
    };
    let (who, deed) = grammar::deed(rest, zone)?;
    Ok(Sentence {
        line,
        text: rest.trim_end_matches(':').to_owned(),
        at: Some(at),
        recorded,
        refused,
        who,
        deed,
        entries: Vec::new(),
    })
}
