//! `redress do`: a command a line, an answer a line.

use serde_json::Value as Json;

use redress_core::command::ComplaintCommand;

use crate::desk::Desk;
use crate::route::{DECISION, at_approval};

fn answers(out: &str) -> Vec<Json> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const LODGE: &str = r#"{"command":"open","id":"ID","definition":"customer-complaint","occurred_at":"2026-03-02T09:00:00+08:00","values":{"customer":"customer:C1","country":"DE","product":"P","order_no":"O","item_no":"I","quantity":1,"ship_date":"2026-02-01","kind":"quality","loss_caused":true,"demand":["allowance"],"reasons":"r"}}"#;

const ID: &str = "0b9f7b1e-4d0c-4a57-9c5b-0e6f3f1d2a3b";

#[test]
fn each_line_is_answered_and_a_bad_one_stops_nothing() {
    let desk = Desk::simulated();
    let lodge = LODGE.replace("ID", ID);
    let input = format!(
        "{lodge}\n\n{{\"broken\nnot json at all\n[1,2]\n{{\"command\":\"fly\"}}\n{{\"command\":\"report\"}}\n{lodge}\n"
    );
    let told = desk.run_with(&["do", "--as", "S1"], &input);
    let answers = answers(&told.out);
    assert_eq!(answers.len(), 7, "{}", told.out);
    assert_eq!(answers[0]["schema"], "redress/do-answer@1");
    for (place, line) in [(1, 3), (2, 4), (3, 5), (4, 6), (5, 7)] {
        assert_eq!(answers[place]["error"]["line"], line, "{}", answers[place]);
    }
    assert_eq!(answers[4]["error"]["code"], "unknown_command");
    // The same command again is done once, with the same answer.
    assert_eq!(answers[6], answers[0]);
    assert_eq!(told.code, 2, "that of the first that failed");
    assert_eq!(desk.json(&["case", "list"])["count"], 1);
}

#[test]
fn the_same_id_for_something_else_is_refused() {
    let desk = Desk::simulated();
    let lodge = LODGE.replace("ID", ID);
    let other = lodge.replace("\"quantity\":1", "\"quantity\":2");
    let told = desk.run_with(&["do", "--as", "S1"], &format!("{lodge}\n{other}\n"));
    let answers = answers(&told.out);
    assert_eq!(answers[1]["error"]["code"], "other_content");
    assert_eq!(told.code, 5);
}

#[test]
fn a_line_without_end_is_cut_short() {
    let desk = Desk::simulated();
    let before = desk.events();
    let told = desk.run_with(&["do", "--as", "S1"], &"x".repeat(3 * 1024 * 1024));
    assert_eq!(answers(&told.out)[0]["error"]["code"], "line_too_long");
    assert_eq!(told.code, 2);
    assert_eq!(desk.events(), before);
}

#[test]
fn a_dry_run_stores_nothing() {
    let desk = Desk::simulated();
    let before = desk.events();
    let told = desk.run_with(
        &["do", "--as", "S1", "--dry-run"],
        &format!("{}\n", LODGE.replace("ID", ID)),
    );
    assert_eq!(
        told.code, 5,
        "on a clock that does not move the deed lies ahead: {}",
        told.out
    );
    let now = LODGE
        .replace("ID", ID)
        .replace("2026-03-02T09:00:00", "2026-03-01T08:00:00");
    let told = desk.run_with(&["do", "--as", "S1", "--dry-run"], &format!("{now}\n"));
    assert_eq!(told.code, 0, "{}", told.out);
    assert_eq!(answers(&told.out)[0]["events"][0]["kind"], "case.opened");
    assert_eq!(desk.events(), before);
}

#[test]
fn the_schema_names_every_command_and_form() {
    let desk = Desk::simulated();
    let json = desk.json(&["schema"]);
    let names: Vec<&str> = json["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|command| command["properties"]["command"]["const"].as_str())
        .collect();
    for name in [
        "open",
        "refile",
        "report",
        "send_back",
        "answer",
        "object",
        "rule",
        "join",
        "round",
        "clock_confirm",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    // The customer's refusal is filed by `refile`.
    for name in ComplaintCommand::NAMES {
        assert!(
            names.contains(name) != (*name == "customer_refuses"),
            "{name}"
        );
    }
    assert!(json["$defs"]["forms"]["complaint-form"]["properties"]["quantity"].is_object());
}

#[test]
fn a_confirmation_of_the_clock_says_how_it_was_found() {
    let desk = Desk::simulated();
    let told = desk.run_with(&["do", "--as", "S1"], "{\"command\":\"clock_confirm\"}\n");
    let said = &answers(&told.out)[0];
    assert_eq!(said["confirmed"], true, "{}", told.out);
    assert_eq!(said["found"], "in_step", "{}", told.out);
    let said = desk.json(&["clock", "confirm", "--as", "S1"]);
    assert_eq!(said["found"], "in_step", "{said}");
    let told = desk.run(&["clock", "confirm", "--as", "S1", "--lang", "zh"]);
    assert!(told.out.contains("相符"), "{}", told.out);
}

#[test]
fn what_stands_behind_an_overlong_line_is_done() {
    let desk = Desk::simulated();
    let lodge = LODGE.replace("ID", ID);
    let input = format!("\"{}\"\n\n{lodge}\n", "x".repeat(2 * 1024 * 1024));
    let told = desk.run_with(&["do", "--as", "S1"], &input);
    let said = answers(&told.out);
    assert_eq!(said[0]["error"]["code"], "line_too_long");
    assert_eq!(said[1]["events"][0]["kind"], "case.opened", "{}", told.out);
    assert_eq!(said.len(), 2);
    assert_eq!(told.code, 2);
}

#[test]
fn a_fault_is_told_with_the_member_that_holds_it() {
    let desk = Desk::simulated();
    let before = desk.events();
    for (line, names) in [
        (
            r#"{"command":"open","values":{"quantity":1.5}}"#,
            "`quantity`",
        ),
        (
            r#"{"command":"open","values":{"quantity":1e30}}"#,
            "`quantity`",
        ),
        (
            r#"{"command":"open","values":{},"occurred_at":"noon"}"#,
            "`occurred_at`",
        ),
        (r#"{"command":"open","values":{},"id":"x"}"#, "`id`"),
        (r#"{"command":"open","#, "at column 18"),
    ] {
        for (lang, word) in [("en", "redress schema"), ("zh", "`redress schema` 列出")] {
            let told = desk.run_with(
                &["do", "--as", "S1", "--lang", lang],
                &format!("\n\n{line}\n"),
            );
            let error = &answers(&told.out)[0]["error"];
            assert_eq!(
                (&error["line"], &error["code"]),
                (&3.into(), &"invalid".into()),
                "{error}"
            );
            if lang == "en" {
                let message = error["message"].as_str().unwrap();
                assert!(message.contains(names), "{line}: {message}");
                assert!(!message.contains("line 1"), "{message}");
            }
            let help = error["help"].as_str().unwrap();
            assert!(
                help.contains(word) || names == "`quantity`",
                "{line}: {help}"
            );
        }
    }
    assert_eq!(desk.events(), before);
}

#[test]
fn loss_responsibility_goods_and_discipline_go_by_lines() {
    let desk = Desk::simulated();
    at_approval(&desk, "9000.00 CNY");
    desk.act("GM", "2026-03-04 14:00", DECISION);
    let lines = [
        r#"{"command":"state_loss","at":"15:00","by":"G1","lines":[{"kind":"allowance","amounts":{"allowed":"9000.00 CNY"}},{"kind":"return","quantity":10,"unit_price":"120.00 CNY","proceeds":"200.00 CNY"}]}"#,
        r#"{"command":"determine_responsibility","at":"15:10","by":"G1","shares":[{"party":"person:Q1","basis_points":6000},{"party":"supplier:S4","basis_points":4000}],"charged":5000,"reason":"as ruled"}"#,
        r#"{"command":"take_back_goods","at":"15:20","by":"S1","returned":{"quantity":10,"grade_a":"1200.00 CNY","actual_loss":"800.00 CNY"}}"#,
        r#"{"command":"resell_goods","at":"15:30","by":"S1","resold":{"quantity":10,"proceeds":"2000.00 CNY"}}"#,
        r#"{"command":"propose_discipline","at":"15:40","by":"G1","employee":"Q1"}"#,
        r#"{"command":"decide_discipline","at":"15:50","by":"GM","employee":"Q1","sentence":{"grade":"warning","count":2,"rate":"450.00 CNY"},"reason":"the first time"}"#,
        r#"{"command":"settle_resale","at":"16:00","by":"G1"}"#,
        r#"{"command":"state_loss","at":"16:10","by":"G1","lines":[{"kind":"allowance","worth":1}]}"#,
    ];
    let input: String = lines
        .iter()
        .map(|line| {
            let (head, rest) = line.split_once(r#""at":""#).unwrap();
            let (at, rest) = rest.split_once(r#"","by":""#).unwrap();
            let (by, rest) = rest.split_once('"').unwrap();
            format!(
                r#"{head}"case":"26-03-01","occurred_at":"2026-03-04T{at}:00+08:00","by":{{"employee":"{by}"}}{rest}"#
            ) + "\n"
        })
        .collect();
    let told = desk.run_with(&["do"], &input);
    let answers = answers(&told.out);
    let kinds: Vec<&str> = answers
        .iter()
        .filter_map(|answer| answer["events"].as_array())
        .flatten()
        .filter_map(|event| event["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "complaint.loss_stated",
            "complaint.responsibility_determined",
            "complaint.goods_taken_back",
            "complaint.goods_resold",
            "complaint.resale_settled",
            "complaint.discipline_proposed",
            "complaint.discipline_decided",
        ],
        "{}",
        told.out
    );
    assert_eq!(answers[6]["error"]["code"], "resale_over", "{}", told.out);
    let fault = &answers[7]["error"];
    assert!(fault.to_string().contains("`worth`"), "{fault}");
}
