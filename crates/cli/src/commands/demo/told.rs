//! What the demo tells when the play is over: everything is read back from the directory.

use std::path::Path;

use redress::Redress;
use redress_core::memo::Memo;
use redress_kernel::time::{Instant, Month};
use redress_views::register::RegisterRow;

use super::{faulty, instant};
use crate::commands::{explain, ledger};
use crate::demo::play::Tally;
use crate::demo::report::money::{self, Months, Telling};
use crate::demo::report::{self, Words};
use crate::failure::Failure;
use crate::output::{Cell, Listing, Output, Record, Zones, column};
use crate::session::Session;
use crate::settings::{Format, Lang};

/// The moment whose overdue list is shown.
const MOMENT: &str = "2024-03-01T17:00:00+08:00";

/// All that is told.
struct Told {
    moment: Instant,
    overdue: Listing,
    overdue_count: usize,
    levels: Listing,
    reminders: Listing,
    /// A case, with its way.
    case: Option<(RegisterRow, Listing)>,
    month: Month,
    statistics: Listing,
    stages: Listing,
    months: Months,
    /// Whose ledger is told, with a memo about one of its lines.
    ledger: Option<(Telling, Memo)>,
}

/// Reads the directory and tells what came of the play.
pub(super) async fn tell(session: &Session, directory: &Path, tally: Tally) -> Result<(), Failure> {
    let desk = Redress::builder()
        .directory(directory)
        .read_only()
        .open()
        .await
        .map_err(|e| session.failed(&e))?;
    let output = &session.output;
    let zones = output.zones(&desk.zone());
    let moment = instant(MOMENT)?;
    let month = Month::new(2024, 2).map_err(|e| faulty(&e))?;
    let told = Told::read(&desk, moment, month, output.lang, &zones)
        .await
        .map_err(|e| session.failed(&e))?;
    if output.format != Format::Table {
        return output.record(&told.record(directory, tally, output.lang), &zones);
    }
    told.print(output, &zones)?;
    output.print(&told.explore(directory, output.lang, &zones))
}

impl Told {
    async fn read(
        desk: &Redress,
        moment: Instant,
        month: Month,
        lang: Lang,
        zones: &Zones,
    ) -> Result<Self, redress::Error> {
        let definition = report::complaints()?;
        let adopted = desk.workflow(&definition, None).await?;
        let words = Words {
            lang,
            definition: &adopted.workflow.definition,
            zones,
        };
        let (overdue, overdue_count) = report::overdue(desk, moment, &words).await?;
        let case = match report::worth_telling(desk).await? {
            Some(row) => {
                let timeline = report::timeline(desk, row.case, &words).await?;
                Some((row, timeline))
            }
            None => None,
        };
        let (statistics, stages) = report::month(desk, month, &words).await?;
        let ledger = match money::ledger_worth_telling(desk).await? {
            Some(telling) => {
                let memo = money::memo(desk, &telling, lang).await?;
                Some((telling, memo))
            }
            None => None,
        };
        Ok(Self {
            moment,
            overdue,
            overdue_count,
            levels: report::reminders_by_level(desk, lang).await?,
            reminders: report::some_reminders(desk, &words).await?,
            case,
            month,
            statistics,
            stages,
            months: Months::read(desk).await?,
            ledger,
        })
    }

    fn number(&self) -> &str {
        let row = self.case.as_ref().map(|(row, _)| row);
        row.and_then(|row| row.number.as_deref())
            .unwrap_or_default()
    }

    fn record(self, directory: &Path, tally: Tally, lang: Lang) -> Record {
        let mut record = Record::new("redress/demo@1");
        record.member(
            column("data", "数据目录", "Data"),
            Cell::text(directory.display().to_string()),
        );
        record.member(
            column("commands", "命令", "Commands"),
            Cell::count(tally.commands),
        );
        record.member(
            column("overdue_at", "时点", "Moment"),
            Cell::Instant(self.moment),
        );
        record.member(
            column("overdue_count", "逾期", "Overdue"),
            Cell::count(self.overdue_count),
        );
        record.member(column("case", "案件", "Case"), Cell::text(self.number()));
        let telling = self.ledger.as_ref().map(|(telling, _)| telling);
        record.member(
            column("employee", "员工", "Employee"),
            Cell::of(telling, |telling| Cell::text(telling.employee.as_str())),
        );
        record.member(
            column("explained", "说明案件", "Explained"),
            Cell::of(telling, |telling| Cell::text(telling.number.clone())),
        );
        record.part("overdue", self.overdue);
        record.part("reminders_by_level", self.levels);
        record.part("reminders", self.reminders);
        if let Some((_, timeline)) = self.case {
            record.part("timeline", timeline);
        }
        record.part("statistics", self.statistics);
        record.part("stages", self.stages);
        record.part("months", self.months.by_month());
        if let Some((telling, memo)) = self.ledger {
            record.part("ledger", money::lines(&telling.account, lang));
            record.part("memo", money::steps(&memo));
        }
        record
    }

    fn print(&self, output: &Output, zones: &Zones) -> Result<(), Failure> {
        let lang = output.lang;
        let moment = zones.shown.short(self.moment);
        let whole = self.overdue_count;
        output.print(lang.pick(
            "\n以下：1 谁逾期；2 一件投诉的全程；3 一个月的结案统计；4 两个月的月结；5 一人的奖金台账；6 其数字从何而来。\n",
            "\nIn what follows: 1 who is late; 2 one complaint from lodging to settlement; 3 a month's closed cases; 4 two months'\nclose; 5 one person's bonus ledger; 6 where its figures come from.\n",
        ))?;
        output.print(&match lang {
            Lang::Zh => format!("\n1. {moment} 逾期 {whole} 项，其中最久的：\n"),
            Lang::En => format!("\n1. Overdue at {moment}: {whole}, of these the latest:\n"),
        })?;
        output.listing(&self.overdue, zones)?;
        output.print(lang.pick("\n催办单：\n", "\nNotices and reminders (催办单) issued:\n"))?;
        output.listing(&self.levels, zones)?;
        output.listing(&self.reminders, zones)?;
        if let Some((row, timeline)) = &self.case {
            let number = self.number();
            let product = row.product.clone().unwrap_or_default();
            output.print(&match lang {
                Lang::Zh => format!("\n2. 案件 {number}（{product}）的经过：\n"),
                Lang::En => format!("\n2. The way of {number}, {product}:\n"),
            })?;
            output.listing(timeline, zones)?;
        }
        let month = self.month;
        output.print(&match lang {
            Lang::Zh => format!("\n3. {} 结案统计：\n", month.chinese()),
            Lang::En => format!("\n3. Closed in {month}:\n"),
        })?;
        output.listing(&self.statistics, zones)?;
        output.listing(&self.stages, zones)?;
        output.print(lang.pick(
            "\n4. 月结：各部门主管确认责任后，按奖罚通知单扣发奖金，数字就此冻结：\n",
            "\n4. The months' close: the heads confirm who carries the losses, bonuses are charged, the figures are frozen:\n",
        ))?;
        output.listing(&self.months.by_figure(lang), zones)?;
        let Some((telling, memo)) = &self.ledger else {
            return Ok(());
        };
        let (employee, number) = (&telling.employee, &telling.number);
        output.print(&match lang {
            Lang::Zh => format!(
                "\n5. {employee} 的奖金台账全文。先扣罚款，再扣损失分摊，以上限为止，余额转入下月；\n   {number} 的签呈在月结后获准，多扣的部分退还：\n\n"
            ),
            Lang::En => format!(
                "\n5. The bonus ledger of {employee} in full. Fines come first, then parts of losses up to the ceiling; the rest waits for\n   the next bonus. A petition about {number} was upheld after the close: what was taken too much is given back.\n\n"
            ),
        })?;
        let shown = ledger::record(employee, Some(&telling.account), lang);
        output.record(&shown, zones)?;
        output.print(lang.pick(
            "\n6. 每个数字都能逐步验算：\n\n",
            "\n6. And why each figure is what it is, step by step, to be reckoned by hand:\n\n",
        ))?;
        output.print(&explain::told(memo, zones))
    }

    /// The commands that go on from here.
    fn explore(&self, directory: &Path, lang: Lang, zones: &Zones) -> String {
        let number = self.number();
        let row = self.case.as_ref().map(|(row, _)| row);
        // A day after it was lodged, whichever case it is.
        let back = row.map_or(self.moment, |row| row.lodged_at.plus_seconds(86_400));
        let back = zones.shown.short(back);
        let month = self.month;
        let mut commands = vec![
            "overdue --at 2024-03-08T17:00:00+08:00".to_owned(),
            format!("statistics --month {}", month.next()),
            format!("case timeline {number}"),
            format!("explain {number} deadline"),
            format!("case show {number} --at \"{back}\""),
            "worklist --department quality".to_owned(),
            "case list".to_owned(),
            "month list".to_owned(),
            format!("month report {month}"),
            format!("month show {}", month.next()),
            "staff list".to_owned(),
        ];
        if let Some((telling, _)) = &self.ledger {
            let (employee, number) = (&telling.employee, &telling.number);
            commands.push(format!("ledger {employee}"));
            commands.push(format!("explain {number} loss"));
            commands.push(format!("explain {number} deduction"));
            commands.push(format!(
                "explain {number} deduction --for-employee {employee}"
            ));
            if let Some(fined) = &telling.fined {
                commands.push(format!("explain {fined} fine {employee}"));
            }
        }
        let directory = directory.display();
        let mut text = format!("\n{}\n", lang.pick("继续查看：", "Explore it:"));
        for command in commands {
            text.push_str(&format!("  redress --data {directory} {command}\n"));
        }
        text
    }
}
