//! `redress case list`: the register (客户抱怨案件登记追踪表).

use redress::views::CaseStatus;
use redress::views::register::RegisterFilter;
use redress_kernel::id::DefinitionId;
use redress_kernel::time::Month;

use crate::commands::round::name;
use crate::failure::Failure;
use crate::naming;
use crate::output::{Cell, Listing, column};
use crate::session::Session;
use crate::story::{self, Titles};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Of this workflow
    #[arg(long)]
    definition: Option<DefinitionId>,
    /// open, closed or withdrawn
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// With a number of this month
    #[arg(long, value_name = "MONTH")]
    accepted_in: Option<Month>,
    /// Counted in the statistics of this month
    #[arg(long, value_name = "MONTH")]
    closed_in: Option<Month>,
    /// Of this customer
    #[arg(long)]
    customer: Option<String>,
    /// Held by this department
    #[arg(long)]
    department: Option<String>,
    /// With this text in number, id, customer, product, order or item
    #[arg(long)]
    text: Option<String>,
    /// At most so many
    #[arg(long)]
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Status {
    Open,
    Closed,
    Withdrawn,
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let titles = Titles::of(session, &desk).await?;
    if let Some(department) = &args.department {
        titles.must_know(department)?;
    }
    let filter = RegisterFilter {
        definition: args.definition.clone(),
        status: args.status.map(|status| match status {
            Status::Open => CaseStatus::Open,
            Status::Closed => CaseStatus::Closed,
            Status::Withdrawn => CaseStatus::Withdrawn,
        }),
        accepted_in: args.accepted_in,
        closed_in: args.closed_in,
        customer: args.customer.clone(),
        text: args.text.clone(),
        // A department is looked for behind the view, so that the limit counts what is shown.
        limit: args.limit.filter(|_| args.department.is_none()),
    };
    let rows = desk
        .register(&filter)
        .await
        .map_err(|e| session.failed(&e))?;
    let lang = session.output.lang;
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("definition", "流程", "Workflow").data_only(),
        column("status", "状态", "Status"),
        column("customer", "客户", "Customer"),
        column("product", "产品", "Product"),
        column("market", "市场", "Market"),
        column("kind", "性质", "Kind").data_only(),
        column("cause", "原因", "Cause").data_only(),
        column("lodged_at", "立案", "Lodged"),
        column("accepted_at", "受理", "Accepted").data_only(),
        column("stage", "所处阶段", "Stands at"),
        column("department", "部门", "Held by"),
        column("stage_due", "阶段到期", "Stage due"),
        column("due", "案件到期", "Case due"),
        column("provisional", "暂定", "Provisional").data_only(),
        column("closed_at", "结案", "Closed"),
        column("late_seconds", "逾期", "Late by"),
        column("taken_seconds", "用时", "Taken").data_only(),
        column("outcome", "核决结果", "Outcome").data_only(),
        column("amount", "核决金额", "Amount"),
        column("imported", "导入自", "Imported from").data_only(),
    ];
    let mut listing = Listing::new("redress/register@1", "cases", columns);
    let wanted = rows.iter().filter(|row| {
        args.department.as_ref().is_none_or(|wanted| {
            row.department
                .as_ref()
                .is_some_and(|d| d.as_str() == wanted)
        })
    });
    for row in wanted.take(args.limit.unwrap_or(usize::MAX)) {
        let definition = titles.definition(&row.definition);
        let text = |text: &Option<String>| Cell::of(text.as_ref(), |t| Cell::text(t.clone()));
        let named = |id: &Option<String>, at: &str| {
            Cell::of(id.as_ref(), |id| naming::word(id, at, definition, lang))
        };
        let status = match row.status {
            CaseStatus::Open => Cell::word("open", lang.pick("办理中", "open")),
            CaseStatus::Closed => Cell::word("closed", lang.pick("已结案", "closed")),
            CaseStatus::Withdrawn => Cell::word("withdrawn", lang.pick("已撤回", "withdrawn")),
        };
        listing.row(vec![
            Cell::text(row.case.to_string()),
            name(row.number.as_ref(), row.case),
            Cell::text(row.definition.as_str()),
            status,
            text(&row.customer),
            text(&row.product),
            named(&row.market, "fact.market"),
            named(&row.kind, "opening.kind"),
            named(&row.cause, "opening.cause"),
            Cell::Instant(row.lodged_at),
            Cell::of(row.accepted_at, Cell::Instant),
            Cell::of(row.stage.as_ref(), |s| story::stage(s, definition, lang)),
            Cell::of(row.department.as_ref(), |d| {
                story::department(d, definition, lang)
            }),
            Cell::of(row.stage_due, Cell::Instant),
            Cell::of(row.due, Cell::Instant),
            Cell::Boolean(!row.provisional.is_empty()),
            Cell::of(row.closed_at, Cell::Instant),
            Cell::of(row.late_seconds, story::late),
            Cell::of(row.taken_seconds, Cell::Seconds),
            Cell::of(row.outcome, |o| {
                Cell::text(
                    serde_json::to_value(o)
                        .ok()
                        .and_then(|v| v.as_str().map(String::from))
                        .unwrap_or_default(),
                )
            }),
            Cell::of(row.amount, Cell::Money),
            text(&row.imported),
        ]);
    }
    let count = Cell::count(listing.rows.len());
    listing.member(column("count", "件数", "Cases"), count);
    session.output.listing(&listing, &session.zones())
}
