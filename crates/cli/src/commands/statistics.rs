//! `redress statistics --month M [--by department|stage|cause|product|customer|market]`: closed cases of a month, as far
//! as is known now (客户投诉案件统计表, M9-10). A case belongs to the month of its closing (A14).

use redress::views::figures::Taken;
use redress::views::statistics::{Chains, Group, MonthStatistics, StageFigures, StatisticsQuery};
use redress_kernel::definition::Definition;
use redress_kernel::id::{DefinitionId, DepartmentId};
use redress_kernel::time::Month;

use crate::failure::Failure;
use crate::naming;
use crate::output::{Cell, Listing, Record, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::story::{self, Titles};

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The month
    #[arg(long)]
    month: Month,
    /// Group by this alone [default: by each]
    #[arg(long, value_enum)]
    by: Option<By>,
    /// The workflow
    #[arg(long, default_value = "customer-complaint")]
    definition: DefinitionId,
    /// Count a chain of forms once, with the last that is closed (M9-9, A16)
    #[arg(long)]
    chains_once: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Department,
    Stage,
    Cause,
    Product,
    Customer,
    Market,
}

/// Prints them.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let query = StatisticsQuery {
        definition: args.definition.clone(),
        month: args.month,
        zone: desk.zone(),
        chains: if args.chains_once {
            Chains::Once
        } else {
            Chains::Each
        },
    };
    // A workflow that the directory does not know is told, rather than counted as nothing.
    desk.workflow(&args.definition, None)
        .await
        .map_err(|e| session.failed(&e))?;
    let month = desk
        .statistics(&query)
        .await
        .map_err(|e| session.failed(&e))?;
    let titles = Titles::of(session, &desk).await?;
    let definition = titles.definition(&args.definition);
    let record = record(&month, args.by, definition, session.output.lang);
    session.output.record(&record, &session.zones())
}

fn record(
    month: &MonthStatistics,
    by: Option<By>,
    definition: Option<&Definition>,
    lang: Lang,
) -> Record {
    let mut record = Record::new("redress/statistics@1");
    record.member(column("month", "月份", "Month"), Cell::Month(month.month));
    record.member(
        column("definition", "流程", "Workflow"),
        Cell::word(
            month.definition.as_str(),
            definition.map_or_else(
                || month.definition.to_string(),
                |d| story::title(&d.title, lang),
            ),
        ),
    );
    record.member(
        column("closed", "结案", "Closed"),
        Cell::count(month.closed),
    );
    record.member(
        column("on_time", "按时", "On time"),
        Cell::count(month.on_time),
    );
    record.member(column("late", "逾期", "Late"), Cell::count(month.late));
    record.member(
        column("without_clock", "无期限", "Without a clock"),
        Cell::count(month.without_clock),
    );
    record.member(
        column("imported", "其中导入", "Of these imported"),
        Cell::count(month.imported),
    );
    record.member(
        column("withdrawn", "撤回", "Withdrawn"),
        Cell::count(month.withdrawn),
    );
    for (column, cell) in taken_columns().into_iter().zip(taken(&month.taken)) {
        record.member(column, cell);
    }
    let wanted = |which| by.is_none_or(|by| by == which);
    let plain = |key: &str| Cell::text(key);
    let department = |key: &str| match key.parse::<DepartmentId>() {
        Ok(id) => story::department(&id, definition, lang),
        Err(_) => Cell::text(key),
    };
    let mut group = |which, key, heading, groups: &[Group], named: &dyn Fn(&str) -> Cell| {
        if wanted(which) {
            record.part(key, of_groups(key, heading, groups, named));
        }
    };
    group(
        By::Department,
        "by_department",
        ("部门", "Department"),
        &month.by_department,
        &department,
    );
    group(
        By::Cause,
        "by_cause",
        ("原因", "Cause"),
        &month.by_cause,
        &|key| naming::word(key, "opening.cause", definition, lang),
    );
    group(
        By::Product,
        "by_product",
        ("产品", "Product"),
        &month.by_product,
        &plain,
    );
    group(
        By::Customer,
        "by_customer",
        ("客户", "Customer"),
        &month.by_customer,
        &plain,
    );
    group(
        By::Market,
        "by_market",
        ("市场", "Market"),
        &month.by_market,
        &|key| naming::word(key, "fact.market", definition, lang),
    );
    if wanted(By::Stage) {
        // In the order of the route; what it no longer knows stands last.
        let mut stages = month.by_stage.clone();
        stages.sort_by_key(|figures| {
            let place = definition.and_then(|d| d.stage_index(figures.stage.as_str()));
            place.unwrap_or(usize::MAX)
        });
        record.part("by_stage", of_stages(&stages, definition, lang));
        record.part(
            "by_stage_department",
            of_departments(&stages, definition, lang),
        );
    }
    record
}

fn taken_columns() -> Vec<crate::output::Column> {
    vec![
        column("mean_seconds", "平均用时", "Mean"),
        column("median_seconds", "中位数", "Median"),
        column("p90_seconds", "九成以内", "90th percentile"),
    ]
}

fn taken(taken: &Taken) -> [Cell; 3] {
    [taken.mean_seconds, taken.median_seconds, taken.p90_seconds]
        .map(|s| Cell::of(s, Cell::Seconds))
}

fn of_groups(
    key: &'static str,
    heading: (&'static str, &'static str),
    groups: &[Group],
    named: &dyn Fn(&str) -> Cell,
) -> Listing {
    let mut columns = vec![
        column("key", heading.0, heading.1),
        column("closed", "结案", "Closed"),
        column("on_time", "按时", "On time"),
        column("late", "逾期", "Late"),
        column("without_clock", "无期限", "No clock").data_only(),
    ];
    columns.extend(taken_columns());
    let mut listing = Listing::new("redress/statistics@1", key, columns);
    for group in groups {
        let figures = &group.figures;
        let mut row = vec![
            Cell::of(group.key.as_deref(), named),
            Cell::count(figures.closed),
            Cell::count(figures.on_time),
            Cell::count(figures.late),
            Cell::count(figures.without_clock),
        ];
        row.extend(taken(&figures.taken));
        listing.row(row);
    }
    listing
}

fn of_stages(stages: &[StageFigures], definition: Option<&Definition>, lang: Lang) -> Listing {
    let mut columns = vec![
        column("stage", "阶段", "Stage"),
        column("cases", "件数", "Cases"),
        column("late_cases", "逾期件数", "Late cases"),
        column("visits", "次数", "Visits"),
        column("late_visits", "逾期次数", "Late visits"),
    ];
    columns.extend(taken_columns());
    let mut listing = Listing::new("redress/statistics@1", "by_stage", columns);
    for stage in stages {
        let mut row = vec![
            story::stage(&stage.stage, definition, lang),
            Cell::count(stage.cases),
            Cell::count(stage.late_cases),
            Cell::count(stage.visits),
            Cell::count(stage.late_visits),
        ];
        row.extend(taken(&stage.held));
        listing.row(row);
    }
    listing
}

fn of_departments(stages: &[StageFigures], definition: Option<&Definition>, lang: Lang) -> Listing {
    let columns = vec![
        column("stage", "阶段", "Stage"),
        column("department", "部门", "Department"),
        column("visits", "次数", "Visits"),
        column("late_visits", "逾期次数", "Late visits"),
        column("held_seconds", "合计用时", "Held in sum"),
    ];
    let mut listing = Listing::new("redress/statistics@1", "by_stage_department", columns);
    for stage in stages {
        for held in &stage.departments {
            listing.row(vec![
                story::stage(&stage.stage, definition, lang),
                story::department(&held.department, definition, lang),
                Cell::count(held.visits),
                Cell::count(held.late_visits),
                Cell::Seconds(held.held_seconds),
            ]);
        }
    }
    listing
}
