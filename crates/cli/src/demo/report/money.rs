//! What came of the money: the frozen months, one person's ledger, one memo.

use std::cmp::Reverse;

use redress::{Error, Explained, Redress};
use redress_core::account::{Account, ItemKind};
use redress_core::memo::Memo;
use redress_core::month::MonthClosed;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::{Date, Month};

use crate::output::{Cell, Listing, column};
use crate::settings::Lang;
use crate::story;

/// The sums of a closed month: key, Chinese, English, what it means in both, the sum.
type Figure = (
    &'static str,
    (&'static str, &'static str),
    (&'static str, &'static str),
    fn(&MonthClosed) -> Money,
);

const FIGURES: [Figure; 8] = [
    (
        "loss",
        ("损失", "Loss"),
        (
            "按损失核算基准，属我方责任的案件 (M9-7)",
            "by the loss basis, of cases that were our fault (M9-7)",
        ),
        |closed| closed.loss,
    ),
    (
        "recovered",
        ("向第三方追偿", "Recovered"),
        ("供应商分担部分 (M9-13)", "suppliers' shares (M9-13)"),
        |closed| closed.recovered,
    ),
    (
        "charged",
        ("应扣个人", "Charged to people"),
        (
            "按奖罚通知单，到组、到人 (M12)",
            "by penalty notices, to groups and persons (M12)",
        ),
        |closed| closed.charged,
    ),
    (
        "fined",
        ("罚款", "Fined"),
        (
            "处分：警告、记过，自奖金扣 (D5)",
            "discipline: warnings and demerits, from bonuses (D5)",
        ),
        |closed| closed.fined,
    ),
    (
        "deducted",
        ("扣款", "Deducted"),
        (
            "损失分摊，自奖金扣，以上限为止 (P3)",
            "parts of losses, from bonuses up to the ceiling (P3)",
        ),
        |closed| closed.deducted,
    ),
    (
        "given_back",
        ("退还", "Given back"),
        (
            "月结后更正，多扣的部分 (A16)",
            "too much, after a correction behind the close (A16)",
        ),
        |closed| closed.given_back,
    ),
    (
        "carried",
        ("转入下月", "Carried forward"),
        (
            "当月奖金不足扣的部分 (P3)",
            "what these bonuses could not pay (P3)",
        ),
        |closed| closed.carried,
    ),
    (
        "claims",
        ("离职者欠款", "Claims"),
        ("离职者尚欠部分 (A24)", "on somebody who has left (A24)"),
        |closed| closed.claims,
    ),
];

/// The months that are closed, in order.
pub(crate) struct Months(Vec<Closed>);

struct Closed {
    month: Month,
    due: Date,
    on: Date,
    sums: MonthClosed,
}

impl Months {
    /// Reads them.
    pub(crate) async fn read(desk: &Redress) -> Result<Self, Error> {
        let zone = desk.zone();
        let mut months = Vec::new();
        for month in desk.opened_months().await? {
            let state = desk.month(month).await?.unwrap_or_default();
            if let (Some((_, opened)), Some((at, sums))) = (state.opened, state.closed) {
                months.push(Closed {
                    month,
                    due: zone.date_of(opened.due),
                    on: zone.date_of(at),
                    sums,
                });
            }
        }
        Ok(Self(months))
    }

    /// A row a month.
    pub(crate) fn by_month(&self) -> Listing {
        let mut columns = vec![
            column("month", "月份", "Month"),
            column("due", "期限", "Due"),
            column("closed", "结账", "Closed"),
            column("case_count", "件数", "Cases"),
        ];
        columns.extend(FIGURES.map(|(key, (zh, en), ..)| column(key, zh, en)));
        let mut listing = Listing::new("redress/demo-months@1", "months", columns);
        for closed in &self.0 {
            let mut row = vec![
                Cell::Month(closed.month),
                Cell::Date(closed.due),
                Cell::Date(closed.on),
                Cell::count(closed.sums.cases),
            ];
            row.extend(FIGURES.map(|(.., sum)| Cell::Money(sum(&closed.sums))));
            listing.row(row);
        }
        listing
    }

    /// A row a figure, the last two months side by side, with what each figure means.
    pub(crate) fn by_figure(&self, lang: Lang) -> Listing {
        let columns = vec![
            column("figure", "项目", "Figure"),
            column("month", "月份", "Month"),
            column("next_month", "次月", "Next month"),
            column("meaning", "说明", "What it is"),
        ];
        let mut listing = Listing::new("redress/demo-months@1", "figures", columns);
        let months = self.0.get(self.0.len().saturating_sub(2)..);
        let months = months.unwrap_or_default();
        let mut row = |title: &str, meaning: &str, of: &dyn Fn(&Closed) -> Cell| {
            let mut cells = vec![Cell::text(title)];
            cells.extend((0..2).map(|place| Cell::of(months.get(place), of)));
            cells.push(Cell::text(meaning));
            listing.row(cells);
        };
        row(lang.pick("月份", "Month"), "", &|closed| {
            Cell::Month(closed.month)
        });
        row(
            lang.pick("期限", "Due"),
            lang.pick("次月几日前结账 (M9-10)", "to be closed by (M9-10)"),
            &|closed| Cell::Date(closed.due),
        );
        row(
            lang.pick("结账", "Closed"),
            lang.pick(
                "此后不再变动 (A19)",
                "from then on nothing of it changes (A19)",
            ),
            &|closed| Cell::Date(closed.on),
        );
        row(
            lang.pick("件数", "Cases"),
            lang.pick(
                "当月结案及更正的案件 (M9-10)",
                "closed in it, or corrected since an earlier one (M9-10)",
            ),
            &|closed| Cell::count(closed.sums.cases),
        );
        for (_, (zh, en), (meant_zh, meant_en), sum) in FIGURES {
            row(
                lang.pick(zh, en),
                lang.pick(meant_zh, meant_en),
                &|closed| Cell::Money(sum(&closed.sums)),
            );
        }
        listing
    }
}

/// A person whose ledger is worth telling.
pub(crate) struct Telling {
    /// Who.
    pub(crate) employee: EmployeeId,
    /// The ledger.
    pub(crate) account: Account,
    /// The printed number of the case for which money was given back.
    pub(crate) number: String,
    /// That of a case for which the person was fined.
    pub(crate) fined: Option<String>,
}

/// The ledger of somebody to whom money was given back, if there is one of somebody who was also fined; the shortest of
/// these.
pub(crate) async fn ledger_worth_telling(desk: &Redress) -> Result<Option<Telling>, Error> {
    let mut best: Option<((bool, Reverse<usize>), Telling)> = None;
    for employee in desk.organisation().await?.employees() {
        let Some(account) = desk.account(employee).await? else {
            continue;
        };
        let Some(number) = given_back(desk, &account).await? else {
            continue;
        };
        let mut items = account.items().iter();
        let fined = items.find(|item| item.key.kind == ItemKind::Fine);
        let worth = (fined.is_some(), Reverse(account.lines().len()));
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            let telling = Telling {
                employee: employee.clone(),
                number,
                fined: fined.map(|item| item.number.clone()),
                account,
            };
            best = Some((worth, telling));
        }
    }
    Ok(best.map(|(_, telling)| telling))
}

/// The number of a case for which money was given back because a petition was upheld; a new form may have been the reason
/// too (A16).
async fn given_back(desk: &Redress, account: &Account) -> Result<Option<String>, Error> {
    for line in account.lines().iter().filter(|line| line.is_given_back()) {
        let view = desk.case(line.number.as_str()).await?;
        let objections = view.complaint.objections.iter();
        let mut ruled = objections.filter_map(|objection| objection.ruled.as_ref());
        if ruled.any(|(_, ruled)| ruled.upheld) {
            return Ok(Some(line.number.clone()));
        }
    }
    Ok(None)
}

/// Why so much was taken for the case of which money was given back.
pub(crate) async fn memo(desk: &Redress, telling: &Telling, lang: Lang) -> Result<Memo, Error> {
    let case = desk.find(telling.number.as_str()).await?;
    let explained = Explained::Deduction(Some(telling.employee.clone()));
    desk.explain_figures(case, &explained, lang.of_sentences())
        .await
}

/// The lines of a ledger.
pub(crate) fn lines(account: &Account, lang: Lang) -> Listing {
    let mut listing = Listing::new("redress/demo-ledger@1", "ledger", story::ledger_columns());
    for line in account.lines() {
        listing.row(story::ledger_cells(line, lang));
    }
    listing
}

/// The steps of a memo.
pub(crate) fn steps(memo: &Memo) -> Listing {
    let columns = vec![
        column("clause", "条款", "Clause"),
        column("at", "时间", "At"),
        column("text", "说明", "What"),
    ];
    let mut listing = Listing::new("redress/demo-memo@1", "memo", columns);
    for step in &memo.steps {
        listing.row(vec![
            Cell::text(step.clause.clone()),
            Cell::of(step.at, Cell::Instant),
            Cell::text(step.text.clone()),
        ]);
    }
    listing
}
