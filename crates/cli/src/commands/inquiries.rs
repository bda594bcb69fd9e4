//! `redress inquiries [--candidates]`: inquiries (洽办单) issued; or the late visits of closed cases that nobody has
//! inquired into yet (M14, A16a).

use redress::views::inquiries::{CandidateFilter, InquiryFilter};
use redress_kernel::id::DepartmentId;
use redress_kernel::time::Month;

use super::round::name;
use crate::failure::Failure;
use crate::output::{Cell, Listing, column};
use crate::session::Session;
use crate::story::{self, Titles};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// List what may be inquired into instead
    #[arg(long)]
    candidates: bool,
    /// Candidates of cases that count in this month
    #[arg(long, requires = "candidates")]
    month: Option<Month>,
    /// Of this department
    #[arg(long)]
    department: Option<DepartmentId>,
    /// Not answered yet
    #[arg(long, conflicts_with = "candidates")]
    open: bool,
}

/// Prints them.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let titles = Titles::of(session, &desk).await?;
    let lang = session.output.lang;
    if args.candidates {
        let filter = CandidateFilter {
            month: args.month,
            definition: None,
            department: args.department.clone(),
        };
        let rows = desk
            .inquiry_candidates(&filter)
            .await
            .map_err(|e| session.failed(&e))?;
        let columns = vec![
            column("case", "案件", "Case").data_only(),
            column("number", "编号", "Number"),
            column("month", "月份", "Month"),
            column("visit", "次序", "Visit"),
            column("stage", "阶段", "Stage"),
            column("department", "部门", "Department"),
            column("due", "到期", "Due"),
            column("ended_at", "结束", "Ended"),
            column("late_seconds", "逾期", "Late by"),
        ];
        let mut listing = Listing::new("redress/inquiry-candidates@1", "candidates", columns);
        for row in &rows {
            let definition = titles.definition(&row.definition);
            listing.row(vec![
                Cell::text(row.case.to_string()),
                name(row.number.as_ref(), row.case),
                Cell::Month(row.month),
                Cell::count(row.visit),
                story::stage(&row.stage, definition, lang),
                story::department(&row.department, definition, lang),
                Cell::of(row.due, Cell::Instant),
                Cell::Instant(row.ended_at),
                story::late(row.late_seconds),
            ]);
        }
        return session.output.listing(&listing, &session.zones());
    }
    let filter = InquiryFilter {
        answered: args.open.then_some(false),
        department: args.department.clone(),
        ..InquiryFilter::default()
    };
    let rows = desk
        .inquiries(&filter)
        .await
        .map_err(|e| session.failed(&e))?;
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("inquiry", "洽办单", "Inquiry"),
        column("visit", "次序", "Visit"),
        column("stage", "阶段", "Stage"),
        column("department", "部门", "Department"),
        column("late_seconds", "逾期", "Late by"),
        column("issued_at", "发出", "Issued"),
        column("answered_at", "答复", "Answered"),
        column("reason", "原因", "Reason"),
    ];
    let mut listing = Listing::new("redress/inquiries@1", "inquiries", columns);
    for row in &rows {
        let definition = titles.definition(&row.definition);
        listing.row(vec![
            Cell::text(row.case.to_string()),
            name(row.number.as_ref(), row.case),
            Cell::count(row.inquiry),
            Cell::count(row.visit),
            Cell::of(row.stage.as_ref(), |s| story::stage(s, definition, lang)),
            story::department(&row.department, definition, lang),
            story::late(row.late_seconds),
            Cell::Instant(row.issued_at),
            Cell::of(row.answered_at, Cell::Instant),
            Cell::of(row.reason.clone(), Cell::Text),
        ]);
    }
    session.output.listing(&listing, &session.zones())
}
