//! Historic cases through `redress import`: a small table always, the help desk's where it lies beside the project.

use std::path::{Path, PathBuf};
use std::process::Output;

use redress::Redress;
use redress_kernel::id::DefinitionId;
use redress_kernel::time::{Instant, Zone};
use redress_tests::binary;
use redress_views::statistics::{Chains, MonthStatistics, StatisticsQuery};
use serde_json::Value as Json;

const MAP: &str = r#"
source = "paper register"
key = "no"
opened_at = "lodged"
zone = "Asia/Shanghai"
time_of_day = "17:00"

[observed]
column = "sure"
separator = ","

[opening]
customer = { column = "customer", prefix = "customer:" }
product = "product"
kind = { value = "quality" }
market = { column = "market", words = { "内销" = "domestic", "外销" = "overseas" } }
quantity = "pieces"

[[step]]
stage = "acceptance"
ended_at = "accepted"

[[step]]
stage = "investigation"
ended_at = "looked_at"
observed_as = "looked_at"

[[step]]
stage = "approval"
ended_at = "closed"
"#;

// P-2 looked at on a day that nobody is sure of; P-3 still open; P-4 overseas, in time by its 17 days.
const TABLE: &str = "\
no,customer,product,market,pieces,lodged,accepted,looked_at,closed,sure
P-1,acme,board,内销,12,2024-03-01 08:00,2024-03-01 09:00,2024-03-04 10:00,2024-03-14 09:00,looked_at
P-2,acme,board,内销,,2024-03-01 08:00,2024-03-01 09:00,2024-03-04 10:00,2024-03-14T01:00:01Z,
P-3,brown,cable,外销,3,2024-03-05,2024-03-06,,,
P-4,brown,cable,外销,3,2024-03-05T10:00:00+01:00,2024-03-06 08:00,,2024-03-23 08:00,
";

const BAD_ROWS: &str = "\
P-1,acme,board,内销,12,2024-03-01 08:00,2024-03-01 09:00,,,
P-5,acme,board,近销,12,2024-03-01 08:00,2024-03-01 09:00,,,
P-6,acme,board,内销,dozen,2024-03-01 08:00,2024-03-01 09:00,,,
P-7,acme,board,内销,12,yesterday,2024-03-01 09:00,,,
P-8,acme,board,内销,12,2024-03-01 08:00,2024-03-01 09:00
,acme,board,内销,12,2024-03-01 08:00,2024-03-01 09:00,,,
P-9,acme,board,内销,12,2024-03-02 08:00,2024-03-01 09:00,,,
P-10,acme & sons,board,内销,12,2024-03-01 08:00,2024-03-01 09:00,,,
P-11,acme,board,内销,12,2024-03-01 08:00,2024-03-01 09:00,,2124-03-01 09:00,
P-12,acme,board,内销,0,2024-03-01 08:00,2024-03-01 09:00,,,
";

struct Bench {
    place: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            place: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.place.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("complaints")
    }

    fn import(&self, table: &Path, map: &Path, more: &[&str]) -> Output {
        let mut call = binary::call().unwrap();
        call.arg("--data")
            .arg(self.data())
            .args(["--format", "json", "import"]);
        call.arg(table).arg("--map").arg(map).args(more);
        call.output().unwrap()
    }

    async fn desk(&self) -> Redress {
        let builder = Redress::builder().directory(self.data()).read_only();
        builder.open().await.unwrap()
    }
}

fn answer(output: &Output) -> Json {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text)
        .unwrap_or_else(|e| panic!("{e}: {text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

async fn months(desk: &Redress) -> Vec<MonthStatistics> {
    let definition = DefinitionId::new("customer-complaint").unwrap();
    let mut all = Vec::new();
    for month in desk.months(Some(&definition)).await.unwrap() {
        let query = StatisticsQuery {
            definition: definition.clone(),
            month,
            zone: Zone::SHANGHAI,
            chains: Chains::Each,
        };
        all.push(desk.statistics(&query).await.unwrap());
    }
    all
}

fn sum(months: &[MonthStatistics]) -> (usize, usize, usize) {
    let add = |of: fn(&MonthStatistics) -> usize| months.iter().map(of).sum();
    (add(|m| m.closed), add(|m| m.on_time), add(|m| m.late))
}

#[tokio::test]
async fn real_instants_are_taken_and_what_is_not_known_is_left_out() {
    let bench = Bench::new();
    let (table, map) = (bench.file("table.csv", TABLE), bench.file("map.toml", MAP));
    let output = bench.import(&table, &map, &[]);
    let said = answer(&output);
    assert_eq!(
        (code(&output), &said["imported"], &said["refused"]),
        (0, &4.into(), &0.into()),
        "{said}"
    );

    let desk = bench.desk().await;
    let figures = months(&desk).await;
    // P-1 and P-4 close at their due instant, which is on time (A1); P-2 one second after it.
    assert_eq!(sum(&figures), (3, 2, 1));
    assert_eq!(figures.iter().map(|m| m.imported).sum::<usize>(), 3);

    let view = desk.case("I24-03-01").await.unwrap();
    let case = &view.complaint.case;
    assert_eq!(case.imported.as_ref().unwrap().row, "P-1");
    assert_eq!(
        case.opened_at,
        Instant::parse_rfc3339("2024-03-01T08:00:00+08:00").unwrap()
    );
    let stages: Vec<_> = case
        .visits
        .iter()
        .map(|visit| visit.stage.as_str())
        .collect();
    // The settlement is over, or not recorded: nobody is given it to do.
    assert_eq!(stages, ["acceptance", "investigation", "approval"]);
    let second = desk.case("I24-03-02").await.unwrap();
    assert!(
        second
            .complaint
            .case
            .visits
            .iter()
            .all(|visit| visit.stage.as_str() != "investigation")
    );
    // A bare date means the map's time of day.
    let third = desk.case("I24-03-03").await.unwrap();
    assert_eq!(
        third.complaint.case.opened_at,
        Instant::parse_rfc3339("2024-03-05T17:00:00+08:00").unwrap()
    );
}

#[tokio::test]
async fn nobody_is_reminded_of_what_was_due_before_the_import() {
    let bench = Bench::new();
    let (table, map) = (bench.file("table.csv", TABLE), bench.file("map.toml", MAP));
    bench.import(&table, &map, &[]);
    let desk = Redress::open(bench.data()).await.unwrap();
    let round = desk.round().await.unwrap();
    assert_eq!(round.opened, [], "no month counts what was imported");
    assert_eq!(round.issued, Vec::new());
    let overdue = desk.overdue(desk.now().await.unwrap()).await.unwrap();
    assert!(!overdue.is_empty(), "P-3 is open and late all the same");
    desk.close().await.unwrap();
}

#[tokio::test]
async fn a_second_import_does_nothing_and_another_content_is_refused() {
    let bench = Bench::new();
    let (table, map) = (bench.file("table.csv", TABLE), bench.file("map.toml", MAP));
    bench.import(&table, &map, &[]);
    let head = bench.desk().await.head();
    let again = answer(&bench.import(&table, &map, &[]));
    assert_eq!(
        (&again["imported"], &again["repeated"]),
        (&0.into(), &4.into())
    );
    assert_eq!(bench.desk().await.head(), head);

    let changed = bench.file("changed.csv", &TABLE.replace("P-1,acme", "P-1,zeta"));
    let output = bench.import(&changed, &map, &[]);
    let said = answer(&output);
    assert_eq!((code(&output), &said["repeated"]), (5, &3.into()));
    assert_eq!(said["bad_rows"][0]["line"], 2);
    assert_eq!(said["bad_rows"][0]["code"], "other_content");
    assert_eq!(bench.desk().await.head(), head);
}

#[test]
fn bad_rows_are_listed_with_line_and_reason_and_the_good_ones_kept() {
    let bench = Bench::new();
    let table = bench.file("table.csv", &format!("{TABLE}{BAD_ROWS}"));
    let map = bench.file("map.toml", MAP);
    let output = bench.import(&table, &map, &[]);
    let said = answer(&output);
    assert_eq!(
        (code(&output), &said["imported"], &said["refused"]),
        (5, &4.into(), &10.into()),
        "{said:#}"
    );
    let bad: Vec<(i64, String)> = said["bad_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["line"].as_i64().unwrap(),
                row["code"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [
        (6, "repeated_key"),
        (7, "unreadable_value"),
        (8, "unreadable_value"),
        (9, "unreadable_value"),
        (10, "malformed_row"),
        (11, "missing_key"),
        (12, "import_out_of_order"),
        (13, "wrong_type"),
        (14, "occurred_in_future"),
        (15, "out_of_range"),
    ];
    assert_eq!(bad, expected.map(|(line, code)| (line, code.to_owned())));
    let reasons: Vec<_> = said["bad_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["reason"])
        .collect();
    assert!(
        reasons[0].as_str().unwrap().contains("line 2"),
        "{}",
        reasons[0]
    );
    assert!(
        reasons[1].as_str().unwrap().contains("近销"),
        "{}",
        reasons[1]
    );
}

#[test]
fn a_dry_run_says_the_same_and_makes_nothing() {
    let bench = Bench::new();
    let table = bench.file("table.csv", &format!("{TABLE}{BAD_ROWS}"));
    let map = bench.file("map.toml", MAP);
    let dry = answer(&bench.import(&table, &map, &["--dry-run"]));
    assert!(!bench.data().exists());
    assert_eq!(
        (&dry["imported"], &dry["refused"], &dry["dry_run"]),
        (&4.into(), &10.into(), &true.into())
    );
    bench.import(&table, &map, &[]);
    let dry = answer(&bench.import(&table, &map, &["--dry-run"]));
    assert_eq!(
        (&dry["imported"], &dry["repeated"], &dry["refused"]),
        (&0.into(), &4.into(), &10.into())
    );
}

#[test]
fn a_faulty_map_is_refused_with_its_line_before_anything_is_made() {
    let bench = Bench::new();
    let table = bench.file("table.csv", TABLE);
    for (from, to, line, word) in [
        ("\"pieces\"", "\"peaces\"", 17, "peaces"),
        ("quantity =", "quantities =", 17, "quantities"),
        ("stage = \"approval\"", "stage = \"aproval\"", 29, "aproval"),
        (
            "stage = \"approval\"",
            "stage = \"acceptance\"",
            29,
            "order of the route",
        ),
        ("zone =", "zones =", 5, "zones"),
        ("Asia/Shanghai", "Asia/Shangai", 5, "Shangai"),
    ] {
        let map = bench.file("map.toml", &MAP.replace(from, to));
        let output = bench.import(&table, &map, &[]);
        let said: Json = serde_json::from_slice(&output.stderr)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!((code(&output), &said["line"]), (3, &line.into()), "{said}");
        assert!(said["message"].as_str().unwrap().contains(word), "{said}");
        assert!(!bench.data().exists(), "{word}");
    }
}

#[tokio::test]
async fn the_help_desks_years_come_in_whole() {
    let table =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/helpdesk_cases_resolve.csv");
    if !table.exists() {
        println!(
            "passed over: {} is not there (it must not be shipped)",
            table.display()
        );
        return;
    }
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/helpdesk.toml");
    let bench = Bench::new();
    let said = answer(&bench.import(&table, &map, &[]));
    assert_eq!(
        (&said["imported"], &said["refused"]),
        (&4580.into(), &0.into()),
        "{said}"
    );
    let again = answer(&bench.import(&table, &map, &[]));
    assert_eq!(
        (&again["imported"], &again["repeated"]),
        (&0.into(), &4580.into()),
        "{again}"
    );

    let desk = bench.desk().await;
    let figures = months(&desk).await;
    assert_eq!(sum(&figures), (4_569, 4_569 - 1_758, 1_758));
    let opinions = figures.iter().flat_map(|month| &month.by_stage);
    let opinions: usize = opinions
        .filter(|s| s.stage.as_str() == "technical-opinion")
        .map(|s| s.visits)
        .sum();
    // 59 have one; of the 11 that never closed some do.
    assert!((48..=59).contains(&opinions), "{opinions}");

    // The command says what the library says.
    let month = figures.iter().max_by_key(|month| month.closed).unwrap();
    let mut call = binary::call().unwrap();
    call.arg("--data")
        .arg(bench.data())
        .args(["--format", "json", "statistics", "--month"]);
    let output = call.arg(month.month.to_string()).output().unwrap();
    let said = answer(&output);
    assert_eq!(said["closed"], month.closed, "{said}");
    assert_eq!(said["on_time"], month.on_time);
    assert_eq!(said["late"], month.late);
}
