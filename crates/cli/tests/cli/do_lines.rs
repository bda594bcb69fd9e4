//! `redress do`: a command a line, an answer a line.

use std::collections::BTreeSet;

use redress_core::command::ComplaintCommand;
use redress_core::month::MonthCommand;
use redress_core::person::PersonCommand;
use redress_core::staff::StaffCommand;
use redress_kernel::command::CaseCommand;
use redress_kernel::organisation::OrganisationCommand;
use serde_json::{Value as Json, json};

use crate::desk::Desk;
use crate::month::company;
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
fn a_member_that_stands_twice_is_refused_wherever_it_stands() {
    let desk = company();
    let before = desk.events();
    let bonus = r#"{"command":"record_bonus","employee":"M1","month":"2026-03","amount":"1.00 CNY","amount":"2.00 CNY"}"#;
    let lodging = LODGE
        .replace("ID", ID)
        .replace("\"quantity\":1", "\"quantity\":1,\"quantity\":2");
    let told = desk.run_with(&["do", "--as", "A1"], &format!("{bonus}\n{lodging}\n"));
    let answers = answers(&told.out);
    for (answer, member) in answers.iter().zip(["amount", "quantity"]) {
        assert_eq!(answer["error"]["code"], "invalid");
        let said = answer["error"]["message"].as_str().unwrap();
        assert_eq!(said, format!("the member `{member}` stands twice"));
    }
    assert_eq!((answers.len(), told.code), (2, 2));
    assert_eq!(desk.events(), before);
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
fn the_schema_describes_the_forms() {
    let desk = Desk::simulated();
    let json = desk.json(&["schema"]);
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

/// A value such as a schema describes; a member that nobody can guess is given by the caller.
fn instance(schema: &Json, defs: &Json) -> Json {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/$defs/");
        return match name {
            "value" => json!("text"),
            _ => instance(&defs[name], defs),
        };
    }
    if let Some(word) = schema.get("const") {
        return word.clone();
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    match schema["type"].as_str().unwrap() {
        "integer" => json!(schema["minimum"].as_i64().unwrap_or(0).max(1)),
        "boolean" => json!(false),
        "array" => json!([instance(&schema["items"], defs)]),
        "object" => {
            let members = schema["properties"].as_object().into_iter().flatten();
            let filled = members.map(|(name, of)| (name.clone(), instance(of, defs)));
            Json::Object(filled.collect())
        }
        "string" => match (schema["format"].as_str(), schema["description"].as_str()) {
            (Some("uuid"), _) => json!(ID),
            (Some("date"), _) => json!("2026-03-01"),
            (Some("date-time"), _) => json!("2026-03-01T08:00:00+08:00"),
            (_, Some("such as 1250.00 CNY")) => json!("1250.00 CNY"),
            (_, Some("such as 2026-03")) => json!("2026-03"),
            (_, Some(text)) if text.starts_with("unit:group-3") => json!("unit:group-3"),
            _ => json!("x"),
        },
        other => panic!("nothing is known of a type {other}"),
    }
}

/// Each command that the schema describes is taken with all its members, refused with another one, and refused without
/// any of those that it must have: what is refused by a rule has been read.
#[test]
fn every_command_of_the_schema_is_read_as_the_schema_says() {
    let desk = Desk::simulated();
    let other = desk.lodge("2026-03-01 08:00", &[]);
    let case = desk.lodge("2026-03-01 08:00", &[]);
    desk.act("G1", "2026-03-01 08:00", &["case", "accept", &case]);
    let schema = desk.json(&["schema"]);
    let (commands, defs) = (schema["oneOf"].as_array().unwrap(), &schema["$defs"]);
    let mut lines = Vec::new();
    let mut wanted = Vec::new();
    for schema in commands {
        let mut whole = instance(schema, defs);
        let members = whole.as_object_mut().unwrap();
        if members.contains_key("by") {
            members.insert("by".to_owned(), json!({ "employee": "S1" }));
        }
        // Each under its own id; at whichever version.
        members.remove("id");
        members.remove("expect");
        for (name, id) in [("case", &case), ("other", &other)] {
            if members.contains_key(name) {
                members.insert(name.to_owned(), json!(id));
            }
        }
        if members.contains_key("definition") {
            members.insert("definition".to_owned(), json!("customer-complaint"));
            members.remove("links");
        }
        if members.contains_key("path") {
            members.insert("path".to_owned(), json!("opening.country"));
        }
        for loss in members
            .get_mut("lines")
            .into_iter()
            .flat_map(Json::as_array_mut)
        {
            loss[0]["amounts"] = json!({});
        }
        let name = whole["command"].clone();
        lines.push(whole.to_string());
        wanted.push((name.clone(), "", true));
        let mut more = whole.clone();
        more["stray"] = json!(1);
        lines.push(more.to_string());
        wanted.push((name.clone(), "stray", false));
        for must in schema["required"].as_array().unwrap() {
            let must = must.as_str().unwrap();
            let mut less = whole.clone();
            less.as_object_mut().unwrap().remove(must);
            lines.push(less.to_string());
            wanted.push((name.clone(), must, false));
        }
    }
    let told = desk.run_with(&["do"], &lines.join("\n"));
    let answers = answers(&told.out);
    assert_eq!(answers.len(), wanted.len());
    for ((answer, line), (name, member, taken)) in answers.iter().zip(&lines).zip(&wanted) {
        let code = answer["error"]["code"].as_str();
        let unread = matches!(code, Some("invalid" | "unknown_command"));
        assert_eq!(!unread, *taken, "{name} {member}: {line}\n{answer}");
    }
}

/// What a deserializer says of a command that is none: the names of all that are.
fn known<T: serde::de::DeserializeOwned>() -> BTreeSet<String> {
    let error = serde_json::from_value::<T>(json!({ "command": "?" }));
    let said = error.err().unwrap().to_string();
    let (_, names) = said.split_once("expected ").unwrap();
    let names = names.split('`').skip(1).step_by(2);
    names.map(ToOwned::to_owned).collect()
}

/// The other way round: what the library takes, the schema describes, under the same members.
#[test]
fn the_schema_names_all_commands_that_there_are() {
    let desk = Desk::simulated();
    let schema = desk.json(&["schema"]);
    let commands = schema["oneOf"].as_array().unwrap();
    let named: BTreeSet<String> = commands
        .iter()
        .map(|command| command["properties"]["command"]["const"].to_string())
        .map(|name| name.trim_matches('"').to_owned())
        .collect();
    assert_eq!(named.len(), commands.len(), "none twice");
    let lists = [
        (known::<ComplaintCommand>(), ComplaintCommand::NAMES),
        (known::<OrganisationCommand>(), OrganisationCommand::NAMES),
        (known::<StaffCommand>(), StaffCommand::NAMES),
        (known::<PersonCommand>(), PersonCommand::NAMES),
        (known::<MonthCommand>(), MonthCommand::NAMES),
    ];
    let mut all = known::<CaseCommand>();
    for (there, listed) in lists {
        let listed: BTreeSet<String> = listed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(there, listed);
        all.extend(there);
    }
    // A historic case has a verb of its own; the customer's refusal is filed by `refile`.
    all.remove("import");
    all.remove("customer_refuses");
    all.extend(["refile", "clock_confirm"].map(ToOwned::to_owned));
    assert_eq!(named, all);
}

/// A whole month by lines: bonuses and units are entered, the month opened, confirmed, closed; each under its id once.
#[test]
fn a_month_goes_by_lines() {
    let desk = company();
    let since = "2026-03-01";
    let entered = [
        json!({"command": "form_unit", "by": {"employee": "H1"}, "unit": "group-4", "kind": "group", "department": "manufacturing", "from": since}),
        json!({"command": "set_base_points", "by": {"employee": "H1"}, "unit": "group-4", "employee": "M2", "points": 150, "from": since}),
        json!({"command": "set_base_units", "by": {"employee": "H1"}, "employee": "M2", "units": 250, "from": since}),
        json!({"command": "record_bonus", "by": {"employee": "A1"}, "employee": "M2", "month": "2026-03", "amount": "2000.00 CNY", "id": ID}),
        json!({"command": "record_bonus", "by": {"employee": "A1"}, "employee": "M2", "month": "2026-03", "amount": "2000.00 CNY", "id": ID}),
        json!({"command": "record_bonus", "by": {"employee": "A1"}, "employee": "M2", "month": "2026-03", "amount": "2000.01 CNY", "id": ID}),
        json!({"command": "record_bonus", "by": {"employee": "S1"}, "employee": "M2", "month": "2026-03", "amount": "1.00 CNY"}),
        json!({"command": "record_bonus", "by": {"employee": "A1"}, "employee": "X9", "month": "2026-03", "amount": "1.00 CNY"}),
        json!({"command": "set_base_points", "by": {"employee": "H1"}, "unit": "group-9", "employee": "M2", "points": 1, "from": since}),
        json!({"command": "form_unit", "by": {"employee": "H1"}, "unit": "g", "kind": "group", "department": "nowhere", "from": since}),
        json!({"command": "open_month", "by": {"employee": "G1"}, "month": "2026-13"}),
        json!({"command": "open_month", "by": {"employee": "G1"}, "month": "2026-03", "occurred_at": "2026-03-01T08:00:00+08:00"}),
        json!({"command": "close_month", "by": {"employee": "G1"}, "month": "2026-03"}),
    ];
    let said = |now: &str, commands: &[Json]| {
        let lines: Vec<String> = commands.iter().map(ToString::to_string).collect();
        let told = desk.run_with(&["do", "--now", now], &lines.join("\n"));
        answers(&told.out)
    };
    let told = said("2026-03-01 09:00", &entered);
    let outcomes: Vec<&str> = told
        .iter()
        .map(
            |answer| match (&answer["error"]["code"], &answer["repeated"]) {
                (Json::String(code), _) => code,
                (_, Json::Bool(true)) => "repeated",
                _ => "done",
            },
        )
        .collect();
    assert_eq!(
        outcomes,
        [
            "done",
            "done",
            "done",
            "done",
            "repeated",
            "other_content",
            "wrong_department",
            "unknown_employee",
            "unknown_unit",
            "unknown_department",
            "invalid",
            "invalid",
            "month_not_opened",
        ]
    );
    assert_eq!(told[4]["version"], told[3]["version"]);
    for answer in &told[6..10] {
        let error = &answer["error"];
        assert!(
            error["clause"].is_string() && error["help"].is_string(),
            "{error}"
        );
    }
    assert!(
        told[10]["error"].to_string().contains("2026-13"),
        "{}",
        told[10]
    );
    let on_march = |who: &str, name: &str, department: Option<&str>| {
        let mut command = json!({"command": name, "by": {"employee": who}, "month": "2026-03"});
        if let Some(department) = department {
            command["department"] = json!(department);
        }
        command
    };
    let before = desk.events();
    let mut tried = on_march("G1", "open_month", None);
    tried["dry_run"] = json!(true);
    let tried = said("2026-04-02 09:00", &[tried]);
    assert_eq!(
        (&tried[0]["version"], &tried[0]["month"]),
        (&1.into(), &"2026-03".into())
    );
    assert_eq!(desk.events(), before);
    let month = [
        on_march("G1", "open_month", None),
        on_march("G1", "gather_month", None),
        on_march("M9", "confirm_month", Some("manufacturing")),
        on_march("M9", "confirm_month", Some("manufacturing")),
        on_march("G1", "list_discipline", None),
        on_march("G1", "issue_notices", None),
        on_march("GM", "approve_notices", None),
        on_march("G1", "close_month", None),
    ];
    let told = said("2026-04-02 09:00", &month);
    let codes: Vec<&Json> = told.iter().map(|answer| &answer["error"]["code"]).collect();
    // Nothing was closed in March: that is confirmed once, and nobody is charged.
    let nothing = json!("nothing_changed");
    let none = Json::Null;
    assert_eq!(
        codes,
        [&none, &none, &none, &nothing, &none, &none, &none, &none],
        "{told:?}"
    );
    assert_eq!(
        desk.json(&["month", "list"])["months"][0]["state"],
        "closed"
    );
}
