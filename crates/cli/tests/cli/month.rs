//! The month by the command line: a case is decided, its loss carried, the month gathered, confirmed, noticed, closed;
//! bonuses come from a file; what was closed says the same for ever.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::desk::{Desk, binary, run};

const SINCE: &str = "2026-01-01T00:00:00+08:00";

/// A company with people who are paid, on a simulated clock.
pub(crate) fn company() -> Desk {
    let desk = Desk::simulated();
    let joins = [
        ("A1", "accounting"),
        ("H1", "hr"),
        ("M2", "manufacturing"),
    ]
    .map(|(employee, department)| {
        json!({ "command": "join", "employee": employee, "department": department, "from": SINCE })
    });
    let heads = [("manufacturing", "M9"), ("quality", "Q1"), ("rnd", "R1")].map(
        |(department, employee)| {
            json!({ "command": "head", "department": department, "employee": employee, "from": SINCE })
        },
    );
    done(&desk, "GM", &joins);
    done(&desk, "GM", &heads);
    std::fs::write(
        desk.path().join("staff.csv"),
        "unit,kind,department,employee,points,base_units,from\n\
         group-3,group,manufacturing,M1,5.0,1,2026-01-01\n\
         group-3,group,manufacturing,M2,3.0,1.5,2026-01-01\n",
    )
    .unwrap();
    let entered = desk.json(&["staff", "import", "staff.csv", "--as", "H1"]);
    assert_eq!(
        (&entered["recorded"], &entered["unchanged"]),
        (&5.into(), &0.into())
    );
    desk
}

/// Commands as JSON lines, all of which must succeed.
fn done(desk: &Desk, who: &str, commands: &[Json]) {
    let lines: Vec<String> = commands.iter().map(ToString::to_string).collect();
    let told = desk.run_with(&["do", "--as", who], &lines.join("\n"));
    assert_eq!(told.code, 0, "{}", told.out);
}

/// A complaint decided on 5 March: a loss of 9,000.00, of which group 3 carries 60 % and a supplier the rest.
fn decided(desk: &Desk) {
    decided_by(
        desk,
        &[
            "outcome=granted",
            "occurred_at_unit=unit:group-3",
            "our_fault=false",
            "allowance=9000.00 CNY",
        ],
    );
}

/// The same, by another decision.
pub(crate) fn decided_by(desk: &Desk, decision: &[&str]) {
    let id = desk.lodge("2026-03-02 09:00", &[]);
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    let report = |who, at: &str, fields: &[&str]| {
        let mut words = vec!["case", "report", "26-03-01"];
        for field in fields {
            words.extend(["--set", field]);
        }
        desk.act(who, at, &words);
    };
    let findings = [
        "findings=刮伤",
        "responsible_departments=department:manufacturing",
    ];
    report("Q1", "2026-03-02 15:00", &findings);
    report(
        "M1",
        "2026-03-02 16:00",
        &["abnormality_cause=夹具", "countermeasure=更换"],
    );
    desk.act("M9", "2026-03-02 17:00", &["case", "endorse", "26-03-01"]);
    report("G1", "2026-03-03 09:00", &["opinion=属实"]);
    let proposal = [
        "handling=allowance",
        "allowance=9000.00 CNY",
        "negotiation=客户同意",
    ];
    report("S1", "2026-03-04 09:00", &proposal);
    desk.act("S9", "2026-03-04 10:00", &["case", "endorse", "26-03-01"]);
    report("G1", "2026-03-04 11:00", &["opinion=同意"]);
    let on_case = |mut command: Json| {
        command["case"] = "26-03-01".into();
        command["occurred_at"] = "2026-03-04T12:00:00+08:00".into();
        command
    };
    let lines = json!([{ "kind": "allowance", "amounts": { "allowed": "9000.00 CNY" } }]);
    let shares = json!([
        { "party": "unit:group-3", "basis_points": 6000 },
        { "party": "supplier:S4", "basis_points": 4000 },
    ]);
    let commands = [
        on_case(json!({ "command": "state_loss", "lines": lines })),
        on_case(json!({ "command": "propose_responsibility", "shares": shares })),
    ];
    done(desk, "G1", &commands);
    let mut words = vec!["case", "decide", "26-03-01"];
    for field in decision {
        words.extend(["--set", field]);
    }
    desk.act("S9", "2026-03-05 09:00", &words);
}

/// A warning for M1, whose share of the loss is 3,375.00 (D3).
fn disciplined(desk: &Desk) {
    let case = |verb, more: &[&'static str]| [&["case", verb, "26-03-01", "M1"][..], more].concat();
    desk.act("G1", "2026-03-06 09:00", &case("propose-discipline", &[]));
    desk.act(
        "GM",
        "2026-03-06 10:00",
        &case("decide-discipline", &["warning"]),
    );
    desk.act("H1", "2026-03-06 11:00", &case("announce", &[]));
}

/// A command on March that must succeed.
pub(crate) fn month(desk: &Desk, who: &str, words: &[&str]) -> Json {
    let words = [&["month"][..], words, &["2026-03", "--as", who]].concat();
    desk.json(&words)
}

pub(crate) fn file(desk: &Desk, name: &str, text: &str) {
    std::fs::write(desk.path().join(name), text).unwrap();
}

/// Everything up to the approval of the notices.
pub(crate) fn approved(desk: &Desk) {
    month(desk, "G1", &["open", "--now", "2026-04-02 09:00"]);
    month(desk, "G1", &["gather"]);
    for (department, head) in [("manufacturing", "M9"), ("quality", "Q1"), ("rnd", "R1")] {
        month(desk, head, &["confirm", department]);
    }
    month(desk, "G1", &["discipline"]);
    month(desk, "G1", &["notices"]);
    month(desk, "GM", &["approve"]);
}

#[test]
fn a_month_is_gathered_confirmed_noticed_charged_and_frozen() {
    let desk = company();
    decided(&desk);
    disciplined(&desk);
    file(
        &desk,
        "march.csv",
        "employee,month,amount\nM1,2026-03,3000\nM2,2026-03,2000.00 CNY\n",
    );
    let import = ["bonus", "import", "march.csv", "--as", "A1"];
    let entered = desk.json(&import);
    assert_eq!(entered["recorded"], 2, "{entered}");

    let opened = month(&desk, "G1", &["open", "--now", "2026-04-02 09:00"]);
    assert_eq!(opened["due"], "2026-04-10T23:59:59+08:00");
    assert_eq!(
        (&opened["state"], &opened["version"]),
        (&"opened".into(), &1.into())
    );
    month(&desk, "G1", &["gather"]);
    month(&desk, "M9", &["confirm", "manufacturing"]);
    let shown = desk.json(&["month", "show", "2026-03"]);
    let case = &shown["cases"][0];
    assert_eq!(case["number"], "26-03-01");
    assert_eq!(case["missing"], json!(["quality", "rnd"]), "{case}");
    assert_eq!(shown["confirmations"][0]["done"], true, "{shown}");
    assert_eq!(shown["confirmations"][1]["head"], "Q1");
    month(&desk, "Q1", &["confirm", "quality"]);
    month(&desk, "R1", &["confirm", "rnd"]);
    month(&desk, "G1", &["discipline"]);
    let noticed = month(&desk, "G1", &["notices"]);
    assert_eq!(noticed["cases"], 1, "{noticed}");
    month(&desk, "GM", &["approve"]);
    let shown = desk.json(&["month", "show", "2026-03"]);
    assert_eq!(shown["state"], "approved");
    assert_eq!(shown["discipline"][0]["grade"], "warning");
    assert_eq!(shown["discipline"][0]["announced"], true);
    let members: Vec<String> = shown["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {} {}",
                row["employee"], row["points"], row["amount"]["amount"]
            )
        })
        .collect();
    assert_eq!(
        members,
        [r#""M1" "5.00" "3375.00""#, r#""M2" "3.00" "2025.00""#]
    );

    let id = "0b9f7b1e-4d0c-4a57-9c5b-0e6f3f1d2a3b";
    let closed = month(
        &desk,
        "G1",
        &["close", "--id", id, "--now", "2026-04-09 16:00"],
    );
    assert_eq!(
        (&closed["cases"], &closed["persons"]),
        (&1.into(), &2.into())
    );
    assert_eq!(closed["state"], "closed");
    let again = month(&desk, "G1", &["close", "--id", id]);
    assert_eq!(again["repeated"], true);
    let listed = desk.json(&["month", "list"]);
    assert_eq!(
        (&listed["months"][0]["state"], &listed["months"][0]["late"]),
        (&"closed".into(), &false.into())
    );

    // A fine, then the deduction: at most half the full bonus, and no more than is left.
    let ledger = desk.json(&["ledger", "M1"]);
    let lines = ledger["lines"].as_array().unwrap();
    let figures: Vec<String> = lines
        .iter()
        .map(|line| {
            let money = |member: &str| line[member]["amount"].as_str().unwrap().to_owned();
            let words = [
                line["kind"].as_str().unwrap(),
                line["clause"].as_str().unwrap(),
            ]
            .join(" ");
            let sums = ["owed_before", "limit", "amount", "remaining"].map(money);
            format!("{words} {}", sums.join(" "))
        })
        .collect();
    assert_eq!(
        figures,
        [
            "fine D5 400.00 3000.00 400.00 0.00",
            "deduction P3 3375.00 1500.00 1500.00 1875.00"
        ]
    );
    let by: Vec<_> = lines
        .iter()
        .map(|line| (&line["table"], &line["row"], &line["ceiling_bp"]))
        .collect();
    assert_eq!(
        by,
        [
            (&"discipline".into(), &"fines".into(), &Json::Null),
            (&"penalty".into(), &"ceiling".into(), &5000.into())
        ]
    );
    assert_eq!(ledger["still_owed"]["amount"], "1875.00");
    assert_eq!(ledger["bonuses"][0]["charged"], true);
    let report = desk.json(&["month", "report", "2026-03"]);
    for (sum, amount) in [
        ("loss", "9000.00"),
        ("recovered", "3600.00"),
        ("charged", "5400.00"),
        ("fined", "400.00"),
        ("deducted", "2500.00"),
        ("carried", "2900.00"),
        ("claims", "0.00"),
    ] {
        assert_eq!(report[sum]["amount"], amount, "{sum}");
    }
    assert_eq!(report["lines"].as_array().unwrap().len(), 3);
}

#[test]
fn a_bonus_that_was_charged_is_corrected_with_a_reason_alone() {
    let desk = company();
    decided(&desk);
    let record = |amount, more: &[&'static str]| {
        let words = ["bonus", "record", "M1", "2026-03", amount, "--as", "A1"];
        [&words[..], more].concat()
    };
    desk.json(&record("30000.00", &[]));
    approved(&desk);
    month(&desk, "G1", &["close", "--now", "2026-04-09 16:00"]);
    let reason = &["--reason", "a nought too many"];

    let (error, exit) = desk.refused(&record("3000.00", &[]));
    assert_eq!((&error["code"], exit), (&"bonus_charged".into(), 5));
    let hint = error["help"].as_str().unwrap();
    assert!(hint.contains("--reason"), "{hint}");
    file(
        &desk,
        "march.csv",
        "employee,month,amount\nM1,2026-03,3000\n",
    );
    let import = desk.run(&["bonus", "import", "march.csv", "--as", "A1"]);
    assert!(import.code != 0 && import.out.contains("bonus_charged"));
    let (error, _) = desk.refused(&record("3000.00", &["--reason", " "]));
    assert_eq!(error["code"], "missing_field");
    let (error, _) = desk.refused(&record("30000.00", reason));
    assert_eq!(error["code"], "nothing_changed");
    let corrected = desk.json(&record("3000.00", reason));
    assert_eq!(corrected["amount"]["amount"], "3000.00");

    // What it was charged stands until the next close: 1,875.00 of 3,375.00 are then given back, and owed again.
    let of_april = |who, words: &[&str]| {
        desk.json(&[&["month"][..], words, &["2026-04", "--as", who]].concat());
    };
    of_april("G1", &["open", "--now", "2026-05-02 09:00"]);
    of_april("G1", &["gather"]);
    for (department, head) in [("manufacturing", "M9"), ("quality", "Q1"), ("rnd", "R1")] {
        of_april(head, &["confirm", department]);
    }
    of_april("G1", &["discipline"]);
    of_april("G1", &["notices"]);
    of_april("GM", &["approve"]);
    of_april("G1", &["close"]);
    let ledger = desk.json(&["ledger", "M1"]);
    let line = &ledger["lines"][1];
    assert_eq!(
        (&line["given_back"], &line["month"], &line["bonus_month"]),
        (&true.into(), &"2026-04".into(), &"2026-03".into())
    );
    let figures = ["bonus", "limit", "amount", "remaining"].map(|member| &line[member]["amount"]);
    assert_eq!(figures, ["3000.00", "3375.00", "1875.00", "1875.00"]);
    assert_eq!(ledger["still_owed"]["amount"], "1875.00");
    let report = desk.json(&["month", "report", "2026-04"]);
    assert_eq!(report["given_back"]["amount"], "1875.00");
}

#[test]
fn a_closed_months_report_is_the_same_bytes_whatever_happened_since() {
    let desk = company();
    decided(&desk);
    approved(&desk);
    month(&desk, "G1", &["close"]);
    let said = |format| {
        let told = desk.run(&["month", "report", "2026-03", "--format", format]);
        assert_eq!(told.code, 0, "{}", told.err);
        told.out
    };
    let formats = ["table", "json", "jsonl", "csv"];
    let before = formats.map(said);
    // Corrected, paid, renamed, left: all of it stands in later months.
    let correct = [
        "case",
        "determine",
        "26-03-01",
        "--share",
        "supplier:S4=100%",
        "--reason",
        "鉴定",
    ];
    desk.act("G1", "2026-04-03 09:00", &correct);
    desk.json(&["bonus", "record", "M1", "2026-04", "2500.00", "--as", "A1"]);
    desk.json(&["organisation", "leave", "M2", "--as", "GM"]);
    let april = |who, words: &[&str]| {
        desk.json(&[&["month"][..], words, &["2026-04", "--as", who]].concat());
    };
    april("G1", &["open", "--now", "2026-05-12 09:00"]);
    april("G1", &["gather"]);
    let shown = desk.json(&["month", "show", "2026-04"]);
    assert_eq!(shown["cases"][0]["again"], true, "{shown}");
    assert_eq!(formats.map(said), before);
    let listed = desk.json(&["month", "list"]);
    assert_eq!(listed["months"][1]["late"], true, "the 10th of May is past");
}

#[test]
fn a_bonus_of_a_month_behind_the_last_one_here_is_told_as_charged_by_nobody() {
    let desk = company();
    decided(&desk);
    let bonus = |month, amount| {
        desk.json(&["bonus", "record", "M1", month, amount, "--as", "A1"]);
    };
    bonus("2026-03", "3000.00");
    let from = ["--from", "2026-04-01 00:00"];
    let leave = ["organisation", "leave", "M1", "--as", "GM"];
    desk.json(&[&leave[..], &from].concat());
    bonus("2026-04", "800.00");
    approved(&desk);
    month(&desk, "G1", &["close"]);
    let ledger = desk.json(&["ledger", "M1"]);
    assert_eq!(ledger["left"], "2026-03");
    let charged = |place: usize| &ledger["bonuses"][place]["charged"];
    assert_eq!((charged(0), charged(1)), (&json!(true), &json!(false)));
    for (lang, told) in [
        ("en", "no, not employed here then (A24)"),
        ("zh", "否，该月不在职（A24）"),
    ] {
        let ledger = desk.run(&["ledger", "M1", "--lang", lang]);
        assert!(ledger.out.contains(told), "{}", ledger.out);
    }
}

/// The company's zone belongs to the data directory: neither the machine's, nor the reader's, nor the day nor the place of
/// reading is in the report.
#[test]
fn a_closed_months_report_is_the_same_bytes_wherever_and_whenever_it_is_read() {
    let desk = company();
    decided(&desk);
    disciplined(&desk);
    desk.json(&["bonus", "record", "M1", "2026-03", "3000.00", "--as", "A1"]);
    approved(&desk);
    month(&desk, "G1", &["close", "--now", "2026-04-09 16:00"]);
    // As it is read in a place, with what the surroundings say.
    let read = |place: &Path, data: &str, around: &[(&str, &str)]| {
        ["table", "json", "jsonl", "csv"].map(|format| {
            let mut command = binary(place);
            command.args(["--data", data, "--lang", "en", "--format", format]);
            command.args(["month", "report", "2026-03"]);
            command.envs(around.iter().copied());
            let told = run(&mut command, "");
            assert_eq!(told.code, 0, "{}", told.err);
            told.out
        })
    };
    let place = desk.path();
    let before = read(&place, "data", &[]);
    assert!(before[0].contains("2026-04-09 16:00"), "{}", before[0]);
    assert!(
        before[1].contains("2026-04-09T16:00:00+08:00"),
        "{}",
        before[1]
    );

    let new_york = ("TZ", "America/New_York");
    for around in [
        &[new_york][..],
        &[new_york, ("LANG", "de_DE.UTF-8")],
        &[new_york, ("LANG", "zh_CN.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
        &[("REDRESS_ZONE", "America/New_York")],
        &[("REDRESS_LANG", "zh"), ("COLUMNS", "40")],
    ] {
        assert_eq!(read(&place, "data", around), before, "{around:?}");
    }
    // Data says the same in each language; only the headings of tables are translated.
    let chinese = desk.run(&[
        "month", "report", "2026-03", "--format", "json", "--lang", "zh",
    ]);
    assert_eq!(chinese.out, before[1]);

    // Copied file by file to another place.
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("a copy/of it");
    copied(&place.join("data"), &copy);
    let far = elsewhere.path();
    assert_eq!(read(far, "a copy/of it", &[]), before);
    assert_eq!(read(far, copy.to_str().unwrap(), &[new_york]), before);

    // The company's clocks go on: on another day, a year later, the same is read, here and from the copy.
    let later = ["month", "open", "2026-04", "--now", "2027-05-31 23:59:59"];
    desk.json(&[&later[..], &["--as", "G1"]].concat());
    let shown = desk.json(&["month", "list"]);
    assert_eq!(shown["months"][1]["late"], true, "it is 2027: {shown}");
    assert_eq!(read(&place, "data", &[]), before);
    assert_eq!(read(far, "a copy/of it", &[new_york]), before);
}

/// Copies a directory with all that it holds.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copied(&entry.path(), &target),
            false => {
                std::fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}

#[test]
fn who_confirmed_a_month_without_a_case_is_shown() {
    let desk = company();
    month(&desk, "G1", &["open", "--now", "2026-04-02 09:00"]);
    month(&desk, "G1", &["gather"]);
    let shown = desk.json(&["month", "show", "2026-03"]);
    assert_eq!(shown["confirmations"], json!([]), "{shown}");
    month(&desk, "Q1", &["confirm", "quality"]);
    let shown = desk.json(&["month", "show", "2026-03"]);
    let one = &shown["confirmations"][0];
    assert_eq!(shown["confirmations"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&one["department"], &one["to_confirm"], &one["done"]),
        (&"quality".into(), &0.into(), &true.into()),
        "{one}"
    );
}

#[test]
fn what_is_refused_says_why_and_what_comes_first() {
    let desk = company();
    decided(&desk);
    let on_march = |who, words: &[&str]| {
        let (error, exit) =
            desk.refused(&[&["month"][..], words, &["2026-03", "--as", who]].concat());
        (error["code"].as_str().unwrap().to_owned(), exit)
    };
    let refused = |code: &str| (code.to_owned(), 5);
    assert_eq!(on_march("G1", &["open"]), refused("month_not_over"));
    assert_eq!(on_march("G1", &["gather"]), refused("month_not_opened"));
    assert_eq!(
        on_march("G1", &["open", "--dry-run"]),
        refused("month_not_over")
    );
    let (error, exit) = desk.refused(&["month", "show", "2026-03"]);
    assert_eq!((error["code"].as_str(), exit), (Some("not_found"), 4));
    let before = desk.events();
    let tried = month(
        &desk,
        "G1",
        &["open", "--now", "2026-04-02 09:00", "--dry-run"],
    );
    assert_eq!(
        (&tried["version"], &tried["dry_run"]),
        (&1.into(), &true.into())
    );
    assert_eq!(desk.events(), before, "nothing is stored");
    month(&desk, "G1", &["open", "--now", "2026-04-02 09:00"]);
    assert_eq!(
        on_march("G1", &["open", "--now", "2026-04-01 09:00"]),
        ("clock_goes_on".to_owned(), 2)
    );
    assert_eq!(
        on_march("S1", &["gather"]),
        ("wrong_department".to_owned(), 6)
    );
    assert_eq!(on_march("G1", &["notices"]), refused("not_gathered"));
    month(&desk, "G1", &["gather"]);
    assert_eq!(on_march("G1", &["notices"]), refused("unconfirmed"));
    assert_eq!(
        on_march("G1", &["confirm", "quality"]),
        refused("not_the_head")
    );
    assert_eq!(on_march("G1", &["report"]), refused("month_not_closed"));
    let (error, exit) = desk.refused(&["ledger", "X9"]);
    assert_eq!((error["code"].as_str(), exit), (Some("not_found"), 4));
    // Somebody whom nothing concerns has an empty ledger.
    assert_eq!(desk.json(&["ledger", "S1"])["lines"], json!([]));
    let record = ["bonus", "record", "M1", "2026-03", "3000"];
    let (error, exit) = desk.refused(&[&record[..], &["--as", "S1"]].concat());
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("wrong_department"), 6)
    );
    let share = [
        "case",
        "determine",
        "26-03-01",
        "--as",
        "G1",
        "--share",
        "unit:group-3=4500",
    ];
    assert_eq!(
        desk.refused(&share).0["code"],
        "share",
        "basis points are no percentage"
    );
}

#[test]
fn the_round_opens_and_urges_a_month_and_the_lists_show_it() {
    let desk = company();
    decided(&desk);
    let round = desk.json(&["round", "--now", "2026-04-09 08:00"]);
    let due = "2026-04-10T23:59:59+08:00";
    assert_eq!(round["opened"], json!([{ "month": "2026-03", "due": due }]));
    let to = json!([{ "department": "gm-office" }]);
    let notice = json!({ "month": "2026-03", "level": 0, "due": due, "to": to });
    assert_eq!(round["urged"], json!([notice]));
    let row = |words: &[&str], list: &str| desk.json(words)[list][0].clone();
    let soon = row(&["due-soon"], "due_soon");
    assert_eq!(
        (&soon["month"], &soon["case"], &soon["subject"]),
        (
            &json!("2026-03"),
            &Json::Null,
            &json!({ "month": "2026-03" })
        )
    );
    let left = 24 * 3600 + 16 * 3600 - 1;
    assert_eq!(soon["remaining_seconds"], json!(left));

    let round = desk.json(&["round", "--now", "2026-04-12 00:00"]);
    assert_eq!(round["opened_count"], json!(0));
    assert_eq!(round["urged"][0]["level"], json!(2));
    assert_eq!(desk.json(&["round"])["urged_count"], json!(0));
    let late = row(&["overdue"], "overdue");
    assert_eq!(
        (&late["month"], &late["department"], &late["late_seconds"]),
        (
            &json!("2026-03"),
            &json!("gm-office"),
            &json!(24 * 3600 + 1)
        )
    );
    assert_eq!(
        desk.json(&["overdue", "--at", "2026-04-10 23:59:59"])["count"],
        json!(0)
    );
    assert_eq!(
        desk.json(&["overdue", "--department", "sales"])["count"],
        json!(0)
    );
    assert_eq!(desk.run(&["overdue", "--exit-code"]).code, 10);
    let issued = desk.json(&["reminders", "--level", "2"]);
    assert_eq!(issued["reminders"][0]["overtaken"], json!([1]));
    assert_eq!(issued["count"], json!(1));
    let listed = row(&["month", "list"], "months");
    assert_eq!(
        (&listed["deadline"], &listed["level"]),
        (&json!("overdue"), &json!(2))
    );
    let shown = desk.run(&["--lang", "zh", "overdue"]);
    assert!(shown.out.contains("2026-03 月结"), "{}", shown.out);
    let shown = desk.run(&["--lang", "en", "month", "show", "2026-03"]);
    assert!(shown.out.contains("overdue"), "{}", shown.out);
}

#[test]
fn the_report_of_a_closed_month_tells_the_tree_head_that_an_audit_finds() {
    let desk = company();
    decided(&desk);
    approved(&desk);
    month(&desk, "G1", &["close"]);
    let report = desk.json(&["month", "report", "2026-03"]);
    let (head, position) = (&report["tree_head"], &report["tree_position"]);
    let head = head.as_str().unwrap();
    assert_eq!(head.len(), 64);
    let groups = desk.run(&["month", "report", "2026-03"]).out;
    let first: Vec<String> = [0, 4, 8].map(|at| head[at..at + 4].to_owned()).into();
    assert!(groups.contains(&first.join(" ")), "{groups}");
    let verified = desk.json(&[
        "audit",
        "verify",
        "--position",
        &position.to_string(),
        "--expect",
        head,
    ]);
    assert_eq!(verified["whole"], json!(true));
    assert_eq!(desk.json(&["audit", "verify"])["whole"], json!(true));
}
