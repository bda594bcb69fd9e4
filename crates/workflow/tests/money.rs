//! The tables about money as they are shipped: what is read, what the page shows, what two versions differ in.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use redress_core::sentence::Lang;
use redress_core::tables::{Grade, LossBasis, Tables, UnitKind};
use redress_kernel::definition::Mark;
use redress_workflow::{Files, Reading, builtin_files, diff, show, study};

const TABLES: [&str; 4] = ["loss", "penalty", "discipline", "month"];

fn complaint_files() -> Files {
    builtin_files().remove("customer-complaint").unwrap()
}

fn reading(files: &Files) -> Reading {
    study(files).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The shipped workflow with one text replaced in one file.
fn with(file: &str, old: &str, new: &str) -> Reading {
    let mut files = complaint_files();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(old), "{file} holds no {old}");
    *text = text.replacen(old, new, 1);
    reading(&files)
}

fn tables(reading: &Reading) -> Tables {
    reading.workflow.regulation.clone().unwrap().tables
}

/// The lines of the page under the heading of a topic.
fn section(page: &str, heading: &str) -> Vec<String> {
    page.lines()
        .skip_while(|line| !line.contains(heading))
        .take_while(|line| !line.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

fn changes(old: &Reading, new: &Reading) -> Vec<String> {
    let all = diff(old, new);
    all.iter().map(|change| change.text(Lang::En)).collect()
}

#[test]
fn the_shipped_tables_are_those_of_the_regulation() {
    let tables = tables(&reading(&complaint_files()));
    let loss = tables.loss.unwrap();
    let kinds: Vec<_> = loss.rows.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "allowance",
            "return",
            "rework",
            "replacement",
            "compensation",
            "freight",
            "travel",
            "sorting"
        ]
    );
    let marks: Vec<Mark> = loss.rows.iter().map(|row| row.mark).collect();
    assert_eq!(marks[0], Mark::Recovered);
    assert!(marks[1..].iter().all(|mark| *mark == Mark::Example));
    assert_eq!(loss.rows[1].basis, LossBasis::Returned);

    let penalty = tables.penalty.unwrap();
    let row = &penalty.rows[0];
    assert_eq!(
        (penalty.rows.len(), &row.cause, row.charged),
        (1, &None, 10_000)
    );
    assert!(row.carried_by.is_empty());
    let units: Vec<_> = penalty
        .charged
        .iter()
        .map(|row| {
            let department = row.department.as_str();
            (department, row.smallest, row.otherwise, row.clause.as_str())
        })
        .collect();
    use UnitKind::{Department, Group, Person, Section};
    assert_eq!(
        units,
        [
            ("manufacturing", Group, Section, "P1"),
            ("sales", Person, Department, "P2"),
            ("service", Person, Department, "P2"),
        ]
    );
    assert_eq!(
        (penalty.ceiling, penalty.ceiling_clause.as_str()),
        (5_000, "P3")
    );

    let discipline = tables.discipline.unwrap();
    let rows: Vec<_> = discipline
        .rows
        .iter()
        .map(|row| (row.from.minor(), row.grade))
        .collect();
    assert_eq!(
        rows,
        [
            (0, Grade::None),
            (100_000, Grade::Warning),
            (500_000, Grade::MinorDemerit),
            (2_000_000, Grade::MajorDemerit),
        ]
    );
    let fines = (discipline.warning.minor(), discipline.minor_demerit.minor());
    assert_eq!(fines, (40_000, 80_000));
    assert_eq!(discipline.resale.to_string(), "1 month");

    let month = tables.month.unwrap();
    assert_eq!((month.due_day, month.mark), (10, Mark::Source));
    let heads: Vec<_> = month.confirmed_by.iter().map(|d| d.as_str()).collect();
    assert_eq!(heads, ["manufacturing", "quality", "rnd"]);
    let instead: Vec<_> = month.without_head.iter().map(|o| o.as_str()).collect();
    assert_eq!(instead, ["general-manager"]);
}

#[test]
fn a_table_that_no_file_sets_is_not_set() {
    for table in TABLES {
        let mut files = complaint_files();
        files.remove(&format!("{table}.toml")).unwrap();
        let tables = tables(&reading(&files));
        let set = [
            tables.loss.is_some(),
            tables.penalty.is_some(),
            tables.discipline.is_some(),
            tables.month.is_some(),
        ];
        let expected = TABLES.map(|other| other != table);
        assert_eq!(set, expected, "without {table}");
    }
}

#[test]
fn example_figures_are_marked_wherever_they_show() {
    let reading = reading(&complaint_files());
    for (lang, headings, example) in [
        (
            Lang::En,
            ["loss basis", "penalty criteria", "discipline ["],
            "example]",
        ),
        (
            Lang::Zh,
            ["损失金额核算基准", "罚扣判定基准", "行政处分标准"],
            "示例]",
        ),
    ] {
        let page = show(&reading, lang);
        let marked = headings.map(|heading| {
            let section = section(&page, heading);
            section
                .iter()
                .filter(|line| line.ends_with(example))
                .count()
        });
        // Each heading with its rows: seven kinds of loss, one criterion, four grades.
        assert_eq!(marked, [8, 2, 5], "{page}");
    }
}

#[test]
fn floors_ceiling_and_the_day_are_the_sources() {
    let page = show(&reading(&complaint_files()), Lang::Zh);
    for line in [
        "罚扣最高金额：全月奖金的 50% [P3，原文]",
        "罚扣折算（最低）：警告一次 400.00 CNY；小过一次每基数 800.00 CNY [D5，原文]",
        "转售时间：1 个月 [D1，原文]",
        "次月截止日：10 [M9-10，原文]",
    ] {
        assert!(page.contains(line), "{line}");
    }
}

#[test]
fn basis_points_are_shown_as_percent() {
    for (bp, en) in [(0, "0 %"), (5, "0.05 %"), (333, "3.33 %"), (1250, "12.5 %")] {
        let row = format!("charged_bp = {bp}");
        let page = show(&with("penalty.toml", "charged_bp = 10000", &row), Lang::En);
        assert!(
            page.contains(&format!("charged {en} [P3, example]")),
            "{bp}"
        );
    }
}

#[test]
fn a_mark_of_the_rows_is_that_of_each_row() {
    let marked = with(
        "loss.toml",
        "mark = \"example\"",
        "mark = \"example\"\nmarks = { rows = { clause = \"M9-7\", mark = \"default\" } }",
    );
    let loss = tables(&marked).loss.unwrap();
    assert_eq!(loss.mark, Mark::Default);
    assert_eq!(
        (loss.rows[0].mark, loss.rows[1].mark),
        (Mark::Recovered, Mark::Default)
    );
    assert_eq!(
        marked.leaves["loss.rows.return.returned"].mark,
        Mark::Default
    );
}

#[test]
fn a_criterion_by_cause_names_who_carries_the_loss() {
    let rows = "{ cause = \"late-delivery\", carried_by = [\"person\", \"group\"], charged_bp = 5000 },\n  { charged_bp = 10000 }";
    let changed = with("penalty.toml", "{ charged_bp = 10000 }", rows);
    let row = tables(&changed).penalty.unwrap().rows.remove(0);
    assert_eq!(row.cause.as_deref(), Some("late-delivery"));
    assert_eq!(row.carried_by, [UnitKind::Person, UnitKind::Group].into());
    let page = show(&changed, Lang::Zh);
    let line = "1：原因 late-delivery；归属至 个人, 组；罚扣损失的 50% [P3，示例]";
    assert!(page.contains(line), "{page}");
}

#[test]
fn a_changed_figure_is_one_line_with_its_clause() {
    let old = reading(&complaint_files());
    for (file, before, after, line) in [
        (
            "penalty.toml",
            "bonus_bp = 5000",
            "bonus_bp = 4000",
            "penalty.ceiling.bonus_bp: 5000 → 4000 [P3]",
        ),
        (
            "discipline.toml",
            "5000.00 CNY",
            "6000.00 CNY",
            "discipline.rows.3.from: 5000.00 CNY → 6000.00 CNY [D3]",
        ),
        (
            "discipline.toml",
            "400.00 CNY",
            "500.00 CNY",
            "discipline.fines.warning: 400.00 CNY → 500.00 CNY [D5]",
        ),
        (
            "loss.toml",
            "[\"labour\", \"material\"]",
            "[\"labour\"]",
            "loss.rows.rework.parts: labour, material → labour [M9-7]",
        ),
        (
            "month.toml",
            "due_day = 10",
            "due_day = 12",
            "month.due_day: 10 → 12 [M9-10]",
        ),
    ] {
        assert_eq!(changes(&old, &with(file, before, after)), [line]);
    }
}

#[test]
fn a_table_that_is_gone_is_one_change() {
    let old = reading(&complaint_files());
    let mut files = complaint_files();
    files.remove("month.toml").unwrap();
    let lines = changes(&old, &reading(&files));
    assert_eq!(
        lines,
        [
            "month: gone: clause = M9-10; confirmed_by = manufacturing, quality, rnd; due_day = 10; marks.without_head = default; without_head = general-manager [M9-10]"
        ]
    );
}
