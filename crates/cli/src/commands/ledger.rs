//! `redress ledger EMPLOYEE`: a person's bonus ledger (P3, D5, A20 to A24): every line with the figures that explain it,
//! the bonuses that are known, and what is still owed.

use redress_core::account::{Account, Item};
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::Month;

use crate::failure::Failure;
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::story;

const SCHEMA: &str = "redress/ledger@1";

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose
    employee: EmployeeId,
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let account = desk
        .account(&args.employee)
        .await
        .map_err(|e| session.failed(&e))?;
    if account.is_none() {
        let known = desk.must_be_known(&args.employee).await;
        known.map_err(|e| session.failed(&e))?;
    }
    let record = record(&args.employee, account.as_ref(), session.output.lang);
    session.output.record(&record, &session.zones())
}

/// Whether a month's bonus has been charged. A month in which somebody did not work here has none, whatever was recorded:
/// nothing was charged of it, and nothing will be (A24).
fn charged(account: &Account, month: Month, lang: Lang) -> Cell {
    if account.is_here(month) {
        return Cell::Boolean(account.is_charged(month));
    }
    Cell::Parts {
        json: serde_json::json!(false),
        shown: lang
            .pick("否，该月不在职（A24）", "no, not employed here then (A24)")
            .to_owned(),
    }
}

/// The ledger as it is shown.
pub(crate) fn record(employee: &EmployeeId, account: Option<&Account>, lang: Lang) -> Record {
    let mut record = Record::new(SCHEMA);
    record.member(
        column("employee", "员工", "Employee"),
        Cell::text(employee.as_str()),
    );
    let recorded = column("recorded", "登记", "Recorded");
    match account {
        Some(_) => record.member(recorded.data_only(), Cell::Boolean(true)),
        // An empty page would leave it open whether the question was understood.
        None => record.member(
            recorded,
            Cell::Parts {
                json: serde_json::json!(false),
                shown: lang
                    .pick(
                        "尚无奖金，亦无扣款或罚款",
                        "no bonus, no deduction and no fine yet",
                    )
                    .to_owned(),
            },
        ),
    }
    let still_owed = account.map(|account| {
        let open = account.open_items().map(Item::remaining);
        Money::sum(account.currency(), open)
    });
    record.member(
        column("still_owed", "尚欠", "Still owed"),
        Cell::of(still_owed.and_then(Result::ok), Cell::Money),
    );
    let left = account.and_then(Account::left);
    let last = column("left", "最后奖金月份", "Left, last bonus of");
    record.member(
        if left.is_some() {
            last
        } else {
            last.data_only()
        },
        Cell::of(left, Cell::Month),
    );
    let mut lines = Listing::new(SCHEMA, "lines", story::ledger_columns());
    let columns = vec![
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("kind", "事由", "What for"),
        column("decided_at", "核决", "Decided"),
        column("month", "结算自", "Settles from"),
        column("owed", "应扣", "Owed"),
        column("charged", "已扣", "Charged"),
        column("given_back", "已退", "Given back"),
        column("remaining", "尚欠", "Still owed"),
        column("forfeited", "全额扣发月份", "Forfeited"),
        column("open", "未结", "Open"),
    ];
    let mut items = Listing::new(SCHEMA, "items", columns);
    let columns = vec![
        column("month", "奖金月份", "Bonus of"),
        column("amount", "效益奖金", "Bonus"),
        column("charged", "已结算", "Charged"),
    ];
    let mut bonuses = Listing::new(SCHEMA, "bonuses", columns);
    if let Some(account) = account {
        for line in account.lines() {
            lines.row(story::ledger_cells(line, lang));
        }
        for item in account.items() {
            items.row(vec![
                Cell::text(item.key.case.clone()),
                Cell::text(item.number.clone()),
                story::item_kind(item.key.kind, lang),
                Cell::Instant(item.decided_at),
                Cell::Month(item.month),
                Cell::Money(item.owed),
                Cell::Money(item.charged),
                Cell::Money(item.given_back),
                Cell::Money(item.remaining()),
                Cell::of(item.forfeited, Cell::Month),
                Cell::Boolean(item.is_open()),
            ]);
        }
        for (month, amount) in account.bonuses() {
            bonuses.row(vec![
                Cell::Month(month),
                Cell::Money(amount),
                charged(account, month, lang),
            ]);
        }
    }
    record.part("lines", lines);
    record.part("items", items);
    record.part("bonuses", bonuses);
    record
}
