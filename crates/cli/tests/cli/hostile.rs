//! Bad input: each its own error that names what, where, clause and what to do; nothing of it is stored.

use crate::desk::{Desk, LODGING};

struct Bad {
    what: &'static str,
    words: Vec<String>,
    code: &'static str,
    exit: i32,
    /// What the message names.
    names: &'static str,
}

fn bad(
    what: &'static str,
    words: &[&str],
    code: &'static str,
    exit: i32,
    names: &'static str,
) -> Bad {
    Bad {
        what,
        words: words.iter().map(ToString::to_string).collect(),
        code,
        exit,
        names,
    }
}

const REPORT: &[&str] = &[
    "case",
    "report",
    "26-03-01",
    "--set",
    "findings=刮伤",
    "--set",
    "responsible_departments=department:manufacturing",
];

#[test]
fn bad_input_is_refused_by_name_and_leaves_nothing_behind() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    let long = format!("findings={}", "长".repeat(5000));
    let set = |field: &str| {
        [
            &REPORT[..3],
            &[
                "--set",
                "responsible_departments=department:manufacturing",
                "--set",
                field,
                "--as",
                "Q1",
            ],
        ]
        .concat()
        .iter()
        .map(|w| (*w).to_owned())
        .collect::<Vec<_>>()
    };
    let by = |who: &'static str, more: &[&'static str]| [REPORT, &["--as", who], more].concat();
    let list = [
        bad(
            "unknown field",
            &[REPORT, &["--as", "Q1", "--set", "nosuch=1"]].concat(),
            "unknown_field",
            5,
            "nosuch",
        ),
        bad(
            "wrong type",
            &[
                &["case", "lodge", "--as", "S1"][..],
                &["--set", "quantity=viele"],
            ]
            .concat(),
            "wrong_type",
            5,
            "quantity",
        ),
        bad(
            "unknown case",
            &["case", "show", "26-03-99"],
            "not_found",
            4,
            "26-03-99",
        ),
        bad(
            "unknown case to report on",
            &["case", "report", "nothing", "--as", "Q1"],
            "not_found",
            4,
            "nothing",
        ),
        bad(
            "wrong department",
            &by("S1", &[]),
            "wrong_department",
            6,
            "sales",
        ),
        bad(
            "wrong stage",
            &by("Q1", &["--stage", "review"]),
            "wrong_stage",
            5,
            "investigation",
        ),
        bad(
            "unknown stage",
            &by("Q1", &["--stage", "nowhere"]),
            "unknown_stage",
            5,
            "nowhere",
        ),
        bad(
            "stale expectation",
            &by("Q1", &["--expect", "1"]),
            "conflict",
            5,
            "1 was expected",
        ),
        bad(
            "stale visit",
            &by("Q1", &["--visit", "1"]),
            "stale_visit",
            5,
            "1",
        ),
        bad(
            "before the last person",
            &by("Q1", &["--occurred-at", "2026-03-01 10:00"]),
            "before_last_event",
            5,
            "2026-03-01 10:00",
        ),
        bad(
            "unknown employee",
            &by("X7", &[]),
            "unknown_employee",
            6,
            "X7",
        ),
        bad(
            "an office not held",
            &by("Q1:general-manager", &[]),
            "office_not_held",
            6,
            "general-manager",
        ),
        bad(
            "no deputy",
            &by("Q1", &["--for", "M1"]),
            "not_deputy",
            6,
            "M1",
        ),
        Bad {
            what: "over-long text",
            words: set(&long),
            code: "text_too_long",
            exit: 5,
            names: "findings",
        },
        Bad {
            what: "control character",
            words: set("findings=a\u{7}b"),
            code: "forbidden_character",
            exit: 5,
            names: "U+0007",
        },
        Bad {
            what: "bidi override",
            words: set("findings=a\u{202e}b"),
            code: "forbidden_character",
            exit: 5,
            names: "U+202E",
        },
        bad("nobody acts", REPORT, "nobody_acts", 2, "who acts"),
        bad(
            "a name that is none",
            &by("no body", &[]),
            "actor_name",
            2,
            "no body",
        ),
        bad(
            "a field name that is none",
            &[REPORT, &["--as", "Q1", "--set", "a b=1"]].concat(),
            "field_name",
            2,
            "a b",
        ),
        bad(
            "a value without a field",
            &[REPORT, &["--as", "Q1", "--set", "novalue"]].concat(),
            "set_without_value",
            2,
            "novalue",
        ),
        bad(
            "unknown path",
            &[
                "case",
                "correct",
                "26-03-01",
                "opening.nosuch",
                "x",
                "--reason",
                "r",
                "--as",
                "G1",
            ],
            "unknown_field",
            5,
            "nosuch",
        ),
        bad(
            "an unknown department",
            &["organisation", "add", "N1", "moon", "--as", "GM"],
            "unknown_department",
            5,
            "moon",
        ),
        bad(
            "a month that is none",
            &["statistics", "--month", "2026-13"],
            "usage",
            2,
            "2026-13",
        ),
        bad(
            "another workflow",
            &["statistics", "--month", "2026-03", "--definition", "nosuch"],
            "not_found",
            4,
            "nosuch",
        ),
    ];
    let before = desk.events();
    for bad in &list {
        let words: Vec<&str> = bad.words.iter().map(String::as_str).collect();
        let (error, exit) = desk.refused(&words);
        assert_eq!(
            (error["code"].as_str(), exit),
            (Some(bad.code), bad.exit),
            "{}: {error}",
            bad.what
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(bad.names), "{}: {message}", bad.what);
        if bad.exit == 5 && bad.code != "conflict" || bad.exit == 6 {
            assert!(error["clause"].is_string(), "{}: {error}", bad.what);
        }
        if bad.code != "usage" {
            assert!(
                error["help"].as_str().is_some_and(|help| !help.is_empty()),
                "{}: {error}",
                bad.what
            );
        }
        assert_eq!(desk.events(), before, "{}", bad.what);
        // And in Chinese.
        if bad.exit == 5 || bad.exit == 6 {
            let told = desk.run(&[&words[..], &["--lang", "zh"]].concat());
            assert!(
                told.err.contains("错误：") && told.err.contains("提示："),
                "{}: {}",
                bad.what,
                told.err
            );
        }
    }
}

#[test]
fn each_field_refuses_what_is_not_of_its_type() {
    let desk = Desk::simulated();
    let before = desk.events();
    for (field, code) in [
        ("quantity=viele", "wrong_type"),
        ("quantity=0", "out_of_range"),
        ("ship_date=2026-02-30", "wrong_type"),
        ("kind=odd", "not_a_choice"),
        ("loss_caused=vielleicht", "wrong_type"),
        ("loss_caused=no", "no_loss"),
        ("demand=everything", "not_a_choice"),
        ("customer=C1", "wrong_type"),
        ("country=CHN", "text_too_long"),
    ] {
        let name = field.split('=').next().unwrap();
        let mut words = vec!["case", "lodge", "--as", "S1"];
        for other in LODGING
            .iter()
            .filter(|other| !other.starts_with(&format!("{name}=")))
        {
            words.extend(["--set", other]);
        }
        words.extend(["--set", field]);
        let (error, exit) = desk.refused(&words);
        assert_eq!(
            (error["code"].as_str(), exit),
            (Some(code), 5),
            "{field}: {error}"
        );
    }
    let mut words = vec!["case", "lodge", "--as", "S1", "--pending", "quantity"];
    for other in LODGING
        .iter()
        .filter(|other| !other.starts_with("quantity="))
    {
        words.extend(["--set", other]);
    }
    assert_eq!(desk.refused(&words).0["code"], "not_deferrable");
    assert_eq!(desk.events(), before);
}

#[test]
fn nothing_happens_in_the_future() {
    let desk = Desk::real();
    let before = desk.events();
    let mut words = vec![
        "case",
        "lodge",
        "--as",
        "S1",
        "--occurred-at",
        "2999-01-01 00:00",
    ];
    for field in LODGING {
        words.extend(["--set", field]);
    }
    let (error, exit) = desk.refused(&words);
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("occurred_in_future"), 5)
    );
    assert_eq!(desk.events(), before);
}

#[test]
fn a_file_of_values_is_named_with_the_line_that_is_wrong() {
    let desk = Desk::simulated();
    let before = desk.events();
    let path = desk.path().join("v.json");
    for (text, line) in [
        ("{\n\"quantity\": 1.5\n}", 2),
        ("{\n\"a b\": 1\n}", 2),
        ("{\n\n\"quantity\": \n}", 4),
        ("[]", 1),
        ("{\"quantity\": null}", 1),
    ] {
        std::fs::write(&path, text).unwrap();
        let told = desk.run(&[
            "case", "lodge", "--as", "S1", "--values", "v.json", "--format", "json",
        ]);
        let error = told.error();
        assert_eq!(error["path"], "v.json", "{text}: {error}");
        assert_eq!(error["line"], line, "{text}: {error}");
        assert!(told.code == 3 || told.code == 2, "{text}");
    }
    assert_eq!(
        desk.refused(&["case", "lodge", "--as", "S1", "--values", "none.json"])
            .1,
        4
    );
    assert_eq!(desk.events(), before);
}

#[test]
fn a_directory_of_something_else_is_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter.txt"), "dear").unwrap();
    let run =
        |words: &[&str]| crate::desk::run(crate::desk::binary(directory.path()).args(words), "");
    let told = run(&["--data", "other", "case", "list", "--format", "json"]);
    assert_eq!(told.code, 8, "{}", told.err);
    assert!(
        told.error()["message"]
            .as_str()
            .unwrap()
            .contains("letter.txt")
    );
    let told = run(&["--data", "other", "init", "--general-manager", "GM"]);
    assert_ne!(told.code, 0);
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1);
    let told = run(&["--data", "nowhere", "case", "list", "--format", "json"]);
    assert_eq!(told.code, 4);
    assert!(
        told.error()["help"]
            .as_str()
            .unwrap()
            .contains("redress init")
    );
    assert!(!directory.path().join("nowhere").exists());

    // Of another format.
    let desk = Desk::simulated();
    let marker = desk.path().join("data/redress.json");
    let text = std::fs::read_to_string(&marker).unwrap();
    std::fs::write(&marker, text.replace("\"format\":0", "\"format\":99")).unwrap();
    let (_, exit) = desk.refused(&["case", "list"]);
    assert!(exit == 8 || exit == 7, "{exit}");
    // Founded once, never again.
    let desk = Desk::simulated();
    let before = desk.events();
    assert_eq!(desk.refused(&["init", "--general-manager", "GM"]).1, 8);
    assert_eq!(desk.events(), before);
}

#[test]
fn an_unknown_department_or_person_is_not_an_empty_list() {
    let desk = Desk::simulated();
    for words in [
        ["worklist", "--department", "moon"].as_slice(),
        &["worklist", "--employee", "ghost"],
        &["worklist", "--as", "ghost"],
        &["case", "list", "--department", "moon"],
    ] {
        let (error, exit) = desk.refused(words);
        assert_eq!(
            (error["code"].as_str(), exit),
            (Some("not_found"), 4),
            "{words:?}"
        );
        assert!(error["help"].is_string(), "{error}");
        assert!(
            desk.run(&[words, &["--lang", "zh"]].concat())
                .err
                .contains("没有")
        );
    }
    assert_eq!(desk.run(&["worklist", "--department", "hr"]).code, 0);
    assert_eq!(desk.run(&["worklist", "--employee", "S1"]).code, 0);
}

#[test]
fn a_file_that_is_not_there_is_not_found_whoever_reads_it() {
    let desk = Desk::simulated();
    for words in [
        ["init", "--general-manager", "GM", "--organisation", "none"].as_slice(),
        &["init", "--general-manager", "GM", "--calendar", "none"],
        &["calendar", "check", "--calendar", "none"],
        &["workflow", "check", "none"],
        &["import", "none", "--map", "none"],
    ] {
        let (error, exit) = desk.refused(words);
        assert_eq!(exit, 4, "{words:?}: {error}");
        assert!(error["help"].is_string(), "{words:?}: {error}");
        let told = desk.run(&[words, &["--lang", "zh"]].concat());
        assert!(told.err.contains("提示："), "{words:?}: {}", told.err);
    }
}

#[test]
fn an_endless_form_is_cut_short() {
    let desk = Desk::simulated();
    let long = format!("{{\"reasons\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    for (words, input) in [
        (
            ["case", "lodge", "--as", "S1", "--values", "-"],
            long.as_str(),
        ),
        (["case", "lodge", "--as", "S1", "--values", "/dev/zero"], ""),
    ] {
        let told = desk.run_with(&[&words[..], &["--format", "json"]].concat(), input);
        let error = told.error();
        assert_eq!(
            (error["code"].as_str(), told.code),
            (Some("values_invalid"), 3),
            "{error}"
        );
        assert!(
            error["message"].as_str().unwrap().contains("1048576"),
            "{error}"
        );
    }
}

#[test]
fn what_was_typed_steers_no_terminal() {
    let desk = Desk::simulated();
    let told = desk.run(&["case", "show", "a\u{202e}b\u{1b}[31m"]);
    assert_eq!(told.code, 4);
    assert!(!told.err.contains(['\u{202e}', '\u{1b}']), "{:?}", told.err);
}

#[test]
fn a_fact_is_corrected_by_what_gives_it() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    let before = desk.events();
    let words = [
        "case",
        "correct",
        &id,
        "fact.market",
        "overseas",
        "--reason",
        "abroad",
        "--as",
        "G1",
    ];
    let (error, exit) = desk.refused(&words);
    assert_eq!((error["code"].as_str(), exit), (Some("unknown_field"), 5));
    assert!(
        error["help"]
            .as_str()
            .unwrap()
            .contains("opening.market, opening.country"),
        "{error}"
    );
    assert_eq!(desk.events(), before);
}
