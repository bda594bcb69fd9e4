//! The improvement by the command line: tracked with the decision, pressed, carried out, judged, and told by the months
//! until it is done.

use serde_json::{Value as Json, json};

use crate::desk::Desk;
use crate::month::{approved, company, decided_by, month};

/// A case whose improvement is tracked, decided on 5 March.
fn tracked() -> Desk {
    let desk = company();
    let decision = [
        "outcome=granted",
        "occurred_at_unit=unit:group-3",
        "our_fault=true",
        "handling=折让",
        "improvement_tracked=true",
        "allowance=9000.00 CNY",
    ];
    decided_by(&desk, &decision);
    desk
}

fn act(desk: &Desk, who: &str, at: &str, verb: &str, more: &[&str]) -> Json {
    let words = [&["case", "improvement", verb, "26-03-01"][..], more].concat();
    desk.act(who, at, &words)
}

/// One row of a listing, member by member.
fn row(row: &Json, members: &[&str]) -> Vec<Json> {
    members.iter().map(|member| row[*member].clone()).collect()
}

fn drafted(desk: &Desk) {
    act(desk, "G1", "2026-03-06 09:00", "open", &[]);
    let items = [
        "--item",
        "manufacturing:2026-03-20:每班化验: 槽液",
        "--item",
        "quality:2026-03-31:每批抽检五片",
    ];
    act(desk, "M1", "2026-03-06 10:00", "draft", &items);
}

#[test]
fn an_improvement_is_opened_drafted_confirmed_carried_out_and_judged() {
    let desk = tracked();
    let timeline = desk.json(&["case", "timeline", "26-03-01"]);
    let kinds: Vec<&str> = timeline["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    let decided = kinds.iter().position(|kind| *kind == "complaint.decided");
    let next = kinds[decided.unwrap() + 1..].iter().find(|kind| {
        // Responsibility is determined between them.
        **kind != "complaint.responsibility_determined"
    });
    assert_eq!(next, Some(&"complaint.improvement_tracked"));

    drafted(&desk);
    let reason = ["--reason", "请写明班次"];
    act(&desk, "G1", "2026-03-06 11:00", "return", &reason);
    let items = ["--item", "manufacturing:2026-03-20:三班各化验一次"];
    act(&desk, "M1", "2026-03-06 12:00", "draft", &items);
    act(&desk, "G1", "2026-03-06 13:00", "confirm", &[]);
    let done = ["1", "--done", "已列入班报表"];
    act(&desk, "M2", "2026-03-18 11:00", "carry-out", &done);
    let none = ["--finding", "夜班仍有起泡", "--none"];
    act(&desk, "G1", "2026-03-25 10:00", "effect", &none);
    let shown = desk.json(&["case", "show", "26-03-01"]);
    assert_eq!(shown["improvement"], "ineffective", "{shown}");

    let items = ["--item", "manufacturing:2026-03-31:夜班主管复核"];
    act(&desk, "M1", "2026-03-26 09:00", "draft", &items);
    act(&desk, "G1", "2026-03-26 10:00", "confirm", &[]);
    let done = ["2", "--done", "已复核"];
    act(&desk, "M2", "2026-03-30 11:00", "carry-out", &done);
    let finding = ["--finding", "三周无起泡"];
    act(&desk, "G1", "2026-03-31 10:00", "effect", &finding);
    let shown = desk.json(&["case", "show", "26-03-01"]);
    assert_eq!(shown["improvement"], "done");
    let members = ["round", "item", "department", "until", "done"];
    let items = shown["improvement_items"].as_array().unwrap();
    assert_eq!(
        row(&items[0], &members),
        [
            json!(1),
            json!(1),
            json!("manufacturing"),
            json!("2026-03-20"),
            json!("已列入班报表")
        ]
    );
    assert_eq!(
        row(&items[1], &members),
        [
            json!(2),
            json!(2),
            json!("manufacturing"),
            json!("2026-03-31"),
            json!("已复核")
        ]
    );
    assert_eq!(items.len(), 2);
    let (refused, code) = desk.refused(&["case", "improvement", "open", "26-03-01", "--as", "G1"]);
    assert_eq!((&refused["code"], code), (&"improvement_done".into(), 5));
}

#[test]
fn whoever_presses_sees_what_stands_still_and_for_whom_it_waits() {
    let desk = tracked();
    let listed = |more: &[&str]| {
        let listed = desk.json(&[&["improvements"][..], more].concat());
        listed["improvements"].as_array().unwrap().clone()
    };
    let members = ["number", "standing", "open", "overdue", "waits_for"];
    assert_eq!(
        row(&listed(&[])[0], &members),
        [
            json!("26-03-01"),
            json!("tracked"),
            json!(0),
            json!(0),
            json!(["gm-office"])
        ]
    );
    drafted(&desk);
    act(&desk, "G1", "2026-03-06 11:00", "confirm", &[]);
    let waits = row(&listed(&[])[0], &members);
    assert_eq!(waits[4], json!(["manufacturing", "quality"]));
    assert_eq!(listed(&["--department", "gm-office"]).len(), 0);
    assert_eq!(listed(&["--department", "quality"]).len(), 1);
    assert_eq!(listed(&["--overdue"]).len(), 0);
    let done = ["2", "--done", "五片均无起泡"];
    act(&desk, "Q1", "2026-03-21 00:00", "carry-out", &done);
    assert_eq!(
        row(&listed(&["--overdue"])[0], &members),
        [
            json!("26-03-01"),
            json!("under_way"),
            json!(1),
            json!(1),
            json!(["manufacturing"])
        ]
    );
}

#[test]
fn a_month_tells_improvements_until_they_are_done_and_its_report_stays_as_it_was() {
    let desk = tracked();
    drafted(&desk);
    act(&desk, "G1", "2026-03-06 11:00", "confirm", &[]);
    let done = ["1", "--done", "已列入班报表"];
    act(&desk, "M1", "2026-03-18 11:00", "carry-out", &done);
    approved(&desk);
    let members = ["number", "standing", "round", "items", "open", "overdue"];
    let stood = [
        json!("26-03-01"),
        json!("under_way"),
        json!(1),
        json!(2),
        json!(1),
        json!(1),
    ];
    let shown = desk.json(&["month", "show", "2026-03"]);
    assert_eq!(row(&shown["improvements"][0], &members), stood);
    month(&desk, "G1", &["close", "--now", "2026-04-09 16:00"]);
    let report = desk.run(&["month", "report", "2026-03", "--format", "json"]);
    let told = report.json();
    assert_eq!(row(&told["improvements"][0], &members), stood, "{told}");

    let done = ["2", "--done", "五片均无起泡"];
    act(&desk, "Q1", "2026-04-10 10:00", "carry-out", &done);
    let finding = ["--finding", "无起泡"];
    act(&desk, "G1", "2026-04-11 10:00", "effect", &finding);
    assert_eq!(
        desk.run(&["month", "report", "2026-03", "--format", "json"])
            .out,
        report.out
    );
    let of = |month: &str, verb: &[&str]| {
        desk.json(&[&["month"][..], verb, &[month, "--as", "G1"]].concat())
    };
    let standings = |month: &str| -> Vec<Json> {
        let shown = desk.json(&["month", "show", month]);
        let listed = shown["improvements"].as_array().unwrap().iter();
        listed.map(|row| row["standing"].clone()).collect()
    };
    for (month, now, told) in [
        ("2026-04", "2026-05-04 09:00", vec![json!("done")]),
        ("2026-05", "2026-06-04 09:00", vec![]),
    ] {
        of(month, &["open", "--now", now]);
        of(month, &["gather"]);
        assert_eq!(standings(month), told, "{month}");
        of(month, &["discipline"]);
        of(month, &["notices"]);
        desk.json(&["month", "approve", month, "--as", "GM"]);
        of(month, &["close"]);
        assert_eq!(standings(month), told, "{month}");
    }
}
