//! `redress month open|gather|confirm|discipline|notices|approve|close|list|show|report`: the month by which closed
//! cases are confirmed, noticed, charged and frozen (M9-10, M12, A19).

mod act;
mod improvements;
mod list;
mod report;
mod show;

use redress::Redress;
use redress_core::month::{MonthState, Standing};
use redress_kernel::id::DepartmentId;
use redress_kernel::time::{Instant, Month};
use uuid::Uuid;

use crate::failure::{Exit, Failure};
use crate::moment::Moment;
use crate::output::Cell;
use crate::session::Session;
use crate::settings::Lang;

/// Which month, under which id.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Which {
    /// The month
    #[arg(value_name = "YYYY-MM")]
    month: Month,
    /// The command's own id: sent again under the same id it is done once
    #[arg(long, value_name = "UUID")]
    id: Option<Uuid>,
    /// Move a simulated clock to this moment first; a real one is never moved
    #[arg(long, value_name = "WHEN")]
    now: Option<Moment>,
}

/// What can be done to a month or asked about it.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Open a month that is over (M9-10)
    Open(Which),
    /// Gather its closed cases; again, after something was corrected (M9-10, A14)
    Gather(Which),
    /// Confirm responsibility and ratios as the head of a department (M9-10)
    Confirm {
        /// For which department
        department: DepartmentId,
        #[command(flatten)]
        which: Which,
    },
    /// Draw up the list of discipline for personnel (M12)
    Discipline(Which),
    /// Issue the penalty notices (M12, P3)
    Notices(Which),
    /// Approve the notices, as the general manager (M12)
    Approve(Which),
    /// Close it: charge the bonuses and freeze the figures (A19)
    Close(Which),
    /// List the months that were opened
    List,
    /// Show a month as it stands: what is gathered, who still has to confirm
    Show {
        /// The month
        #[arg(value_name = "YYYY-MM")]
        month: Month,
    },
    /// Print the frozen report of a closed month
    Report {
        /// The month
        #[arg(value_name = "YYYY-MM")]
        month: Month,
    },
}

/// Runs it.
pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => list::run(session).await,
        Command::Show { month } => show::run(session, month).await,
        Command::Report { month } => report::run(session, month).await,
        command => act::run(session, command).await,
    }
}

/// A month that was opened.
async fn opened(session: &Session, desk: &Redress, month: Month) -> Result<MonthState, Failure> {
    let state = desk.month(month).await.map_err(|e| session.failed(&e))?;
    state.ok_or_else(|| {
        Failure::new(
            Exit::NotFound,
            "not_found",
            format!("the month {month} has not been opened"),
        )
        .chinese(format!("{month} 尚未开启月结"))
        .help_both(
            "`redress month list` names the months; `redress month open MONTH` opens one that is over",
            "用 `redress month list` 查看各月；月份结束后用 `redress month open 月份` 开启",
        )
    })
}

/// How far a month has come.
fn stands(state: &MonthState, lang: Lang) -> Cell {
    let (id, zh, en) = if state.closed.is_some() {
        ("closed", "已结", "closed")
    } else if state.approved.is_some() {
        ("approved", "通知单已核准", "notices approved")
    } else if state.notices.is_some() {
        ("noticed", "已开通知单", "notices issued")
    } else if state.listed.is_some() {
        ("disciplined", "已列处分名单", "discipline listed")
    } else if state.gathered.is_some() {
        ("gathered", "已汇总", "gathered")
    } else {
        ("opened", "已开启", "opened")
    };
    Cell::word(id, lang.pick(zh, en))
}

/// Whether there is time, it is due soon, or overdue; nothing where it is closed.
fn deadline(state: &MonthState, at: Instant, lang: Lang) -> Cell {
    match state.standing(at) {
        Standing::Unopened | Standing::Closed => Cell::Empty,
        Standing::Open => Cell::word("open", lang.pick("未到期", "in time")),
        Standing::DueSoon => Cell::word("due_soon", lang.pick("临期", "due soon")),
        Standing::Overdue => {
            let word = Cell::word("overdue", lang.pick("逾期", "overdue"));
            Cell::Alarm(Box::new(word))
        }
    }
}

/// What the record of a month calls it, where listings speak of cases.
pub(super) fn subject(month: Month, lang: Lang) -> Cell {
    Cell::Parts {
        json: serde_json::json!({ "month": month }),
        shown: match lang {
            Lang::Zh => format!("{month} 月结"),
            Lang::En => format!("month {month}"),
        },
    }
}
