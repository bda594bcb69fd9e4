//! `redress worklist [--department D | --employee E] [--at WHEN]`: what a department holds, what a person may do.
//!
//! Without either it is the worklist of whoever acts (`--as`).

use redress::Whose;
use redress::views::worklist::Task;
use redress_kernel::id::{DepartmentId, EmployeeId};

use super::round::name;
use crate::failure::{Exit, Failure};
use crate::moment::Moment;
use crate::output::{Cell, Listing, column};
use crate::session::Session;
use crate::story::{self, Titles};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What this department holds
    #[arg(long, conflicts_with = "employee")]
    department: Option<DepartmentId>,
    /// What this person may do: as a member, in offices, as a deputy
    #[arg(long)]
    employee: Option<EmployeeId>,
    /// Overdue as of this moment [default: now]
    #[arg(long, value_name = "WHEN")]
    at: Option<Moment>,
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let whose: Whose = match (&args.department, &args.employee) {
        (Some(department), _) => department.clone().into(),
        (None, Some(employee)) => employee.clone().into(),
        (None, None) => session.by()?.employee.into(),
    };
    let desk = session.reading().await?;
    let at = session.at(&desk, args.at).await?;
    let titles = Titles::of(session, &desk).await?;
    if let Some(department) = &args.department {
        titles.must_know(department.as_str())?;
    }
    if let Whose::Employee(employee) = &whose {
        let organisation = desk.organisation().await.map_err(|e| session.failed(&e))?;
        if !organisation.employees().any(|known| known == employee) {
            return Err(Failure::new(
                Exit::NotFound,
                "not_found",
                format!("there is no employee `{employee}`"),
            )
            .chinese(format!("没有员工 `{employee}`"))
            .help_both(
                "`redress organisation list` names who works here",
                "用 `redress organisation list` 查看在职人员",
            ));
        }
    }
    let items = desk
        .worklist(whose, at)
        .await
        .map_err(|e| session.failed(&e))?;
    let lang = session.output.lang;
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("task", "事项", "To do"),
        column("stage", "阶段", "Stage"),
        column("visit", "次序", "Visit").data_only(),
        column("inquiry", "洽办单", "Inquiry").data_only(),
        column("department", "部门", "Department"),
        column("offices", "职务", "Office"),
        column("customer", "客户", "Customer"),
        column("product", "产品", "Product").data_only(),
        column("opened_at", "开始", "Since"),
        column("due", "到期", "Due"),
        column("case_due", "案件到期", "Case due"),
        column("overdue", "逾期", "Overdue"),
        column("suspended", "中止计时", "Suspended").data_only(),
    ];
    let mut listing = Listing::new("redress/worklist@1", "items", columns);
    listing.member(column("at", "截至", "At"), Cell::Instant(at));
    for item in items {
        let definition = titles.definition(&item.definition);
        let task = match item.task {
            Task::Report => Cell::word("report", lang.pick("提交报告", "report")),
            Task::Endorse => Cell::word("endorse", lang.pick("批示", "endorse")),
            Task::Settle => Cell::word("settle", lang.pick("执行核决", "settle")),
            Task::AnswerInquiry => {
                Cell::word("answer_inquiry", lang.pick("答复洽办单", "answer inquiry"))
            }
        };
        let overdue = Cell::Boolean(item.overdue);
        listing.row(vec![
            Cell::text(item.case.to_string()),
            name(item.number.as_ref(), item.case),
            task,
            Cell::of(item.stage.as_ref(), |s| story::stage(s, definition, lang)),
            Cell::count(item.visit),
            Cell::of(item.inquiry, Cell::count),
            story::department(&item.department, definition, lang),
            Cell::words(
                item.offices
                    .iter()
                    .map(|o| story::office(o, definition, lang)),
                lang,
            ),
            Cell::of(item.customer, Cell::Text),
            Cell::of(item.product, Cell::Text),
            Cell::Instant(item.opened_at),
            Cell::of(item.due, Cell::Instant),
            Cell::of(item.case_due, Cell::Instant),
            if item.overdue {
                Cell::Alarm(Box::new(overdue))
            } else {
                overdue
            },
            Cell::Boolean(item.suspended),
        ]);
    }
    session.output.listing(&listing, &session.zones())
}
