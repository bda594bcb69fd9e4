//! `redress month report MONTH`: what a closed month says of itself. Only the events of its closing are printed, ids
//! rather than titles, times by the company's clocks whoever reads them where: the same bytes whatever was corrected,
//! renamed or adopted since. Only the headings follow the reader's language. The tree head at its end tells later whether
//! anything before the closing was changed: `redress audit verify --position N --expect HEAD`.

use redress_core::month::{CaseFigures, MonthClosed, MonthState, PersonFigures};
use redress_kernel::time::{Instant, Month};

use crate::failure::{Exit, Failure};
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::story;

const SCHEMA: &str = "redress/month-report@1";

/// Prints it.
pub(super) async fn run(session: &Session, month: Month) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let state = super::opened(session, &desk, month).await?;
    let Some((at, closed)) = &state.closed else {
        return Err(Failure::new(
            Exit::Refused,
            "month_not_closed",
            format!("the month {month} is not closed yet: nothing of it is final"),
        )
        .chinese(format!("{month} 尚未结账，数字未定"))
        .clause("A19")
        .help_both(
            "`redress month show MONTH` shows it as it stands, `redress month close MONTH` closes it",
            "用 `redress month show 月份` 查看现状，用 `redress month close 月份` 结账",
        ));
    };
    let record = record(month, *at, closed, &state, session.output.lang);
    session.output.record(&record, &session.company_zones())
}

fn record(
    month: Month,
    at: Instant,
    closed: &MonthClosed,
    state: &MonthState,
    lang: Lang,
) -> Record {
    let mut record = Record::new(SCHEMA);
    record.member(column("month", "月份", "Month"), Cell::Month(month));
    record.member(column("closed_at", "结账", "Closed"), Cell::Instant(at));
    record.member(column("late", "逾期", "Late"), Cell::Boolean(closed.late));
    record.member(
        column("case_count", "件数", "Cases"),
        Cell::count(closed.cases),
    );
    let sums = [
        (column("loss", "损失", "Loss"), closed.loss),
        (
            column("recovered", "向第三方追偿", "Recovered from third parties"),
            closed.recovered,
        ),
        (
            column("charged", "应扣个人", "Charged to people"),
            closed.charged,
        ),
        (column("fined", "罚款", "Fined"), closed.fined),
        (column("deducted", "扣款", "Deducted"), closed.deducted),
        (
            column("given_back", "退还", "Given back"),
            closed.given_back,
        ),
        (
            column("carried", "转入下月", "Carried forward"),
            closed.carried,
        ),
        (
            column("claims", "离职者欠款", "Claims on those who left"),
            closed.claims,
        ),
    ];
    for (column, sum) in sums {
        record.member(column, Cell::Money(sum));
    }
    let head = closed.tree_head.as_ref();
    record.member(
        column("tree_position", "树头位置", "Tree head at position"),
        Cell::of(head, |head| Cell::count(head.size)),
    );
    record.member(
        column("tree_head", "树头", "Tree head"),
        Cell::of(head, |head| crate::commands::audit::tree(&head.root)),
    );
    let cases = || state.figures.iter().flat_map(|page| &page.cases);
    let persons = || state.figures.iter().flat_map(|page| &page.persons);
    record.part("cases", of_cases(cases()));
    record.part("shares", of_shares(cases()));
    record.part("persons", of_persons(persons()));
    record.part("lines", of_lines(persons(), lang));
    let improvements = state.figures.iter().flat_map(|page| &page.improvements);
    record.part(
        "improvements",
        super::improvements::listing(SCHEMA, improvements, lang),
    );
    record
}

fn of_cases<'f>(cases: impl Iterator<Item = &'f CaseFigures>) -> Listing {
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("closed_at", "结案", "Closed"),
        column("late_for", "补计", "Late for"),
        column("again", "再计", "Again"),
        column("replaced_by", "由新表单取代", "Replaced by"),
        column("loss_pending", "损失待定", "Loss pending"),
        column("determination", "判定", "Determination"),
        column("departments", "部门", "Departments"),
        column("loss", "损失", "Loss"),
    ];
    let mut listing = Listing::new(SCHEMA, "cases", columns);
    for figures in cases {
        let case = &figures.case;
        listing.row(vec![
            Cell::text(case.case.to_string()),
            Cell::text(case.print.clone()),
            Cell::Instant(case.closed_at),
            Cell::of(case.late_for, Cell::Month),
            Cell::Boolean(case.again),
            Cell::of(case.replaced_by.clone(), Cell::text),
            Cell::Boolean(case.loss_pending),
            Cell::of(case.determination, Cell::count),
            Cell::List(case.departments.iter().map(ToString::to_string).collect()),
            Cell::of(figures.loss, Cell::Money),
        ]);
    }
    listing
}

fn of_shares<'f>(cases: impl Iterator<Item = &'f CaseFigures>) -> Listing {
    let columns = vec![
        column("number", "编号", "Number"),
        column("party", "责任方", "Party"),
        column("basis_points", "万分点", "Basis points"),
        column("amount", "分担", "Share"),
        column("charged", "应扣", "Charged"),
    ];
    let mut listing = Listing::new(SCHEMA, "shares", columns);
    for figures in cases {
        for carried in &figures.carried {
            listing.row(vec![
                Cell::text(figures.case.print.clone()),
                Cell::text(carried.party.clone()),
                Cell::count(carried.basis_points),
                Cell::Money(carried.amount),
                Cell::Money(carried.charged),
            ]);
        }
    }
    listing
}

fn of_persons<'f>(persons: impl Iterator<Item = &'f PersonFigures>) -> Listing {
    let columns = vec![
        column("employee", "员工", "Employee"),
        column("carried", "尚欠", "Still owed"),
        column("left", "已离职", "Left"),
        column("unknown", "奖金未知月份", "Bonus not known"),
    ];
    let mut listing = Listing::new(SCHEMA, "persons", columns);
    for person in persons {
        listing.row(vec![
            Cell::text(person.employee.as_str()),
            Cell::Money(person.carried),
            Cell::Boolean(person.left),
            Cell::List(person.unknown.iter().map(ToString::to_string).collect()),
        ]);
    }
    listing
}

fn of_lines<'f>(persons: impl Iterator<Item = &'f PersonFigures>, lang: Lang) -> Listing {
    let mut columns = vec![column("employee", "员工", "Employee")];
    columns.extend(story::ledger_columns());
    let mut listing = Listing::new(SCHEMA, "lines", columns);
    for person in persons {
        for line in &person.lines {
            let mut row = vec![Cell::text(person.employee.as_str())];
            row.extend(story::ledger_cells(line, lang));
            listing.row(row);
        }
    }
    listing
}
