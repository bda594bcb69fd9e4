//! Bonuses, units and base points: entered one by one, or from files that change nothing when they are imported again.

use serde_json::{Value as Json, json};

use crate::month::{company, file};

#[test]
fn bonuses_imported_again_change_nothing_and_undo_no_correction() {
    let desk = company();
    let rows = "employee,month,amount\nM1,2026-03,3000\nM2,2026-03,2000\n";
    file(&desk, "march.csv", rows);
    let import = ["bonus", "import", "march.csv", "--as", "A1"];
    let dry = desk.json(&[&import[..], &["--dry-run"]].concat());
    assert_eq!(
        (&dry["recorded"], &dry["dry_run"]),
        (&2.into(), &true.into())
    );
    assert_eq!(desk.json(&import)["recorded"], 2);
    let before = desk.events();
    for who in ["A1", "H1"] {
        let again = desk.json(&["bonus", "import", "march.csv", "--as", who]);
        assert_eq!(
            (&again["recorded"], &again["unchanged"]),
            (&0.into(), &2.into())
        );
    }
    assert_eq!(desk.events(), before);
    // One amount was corrected by hand since: the old file does not bring the mistake back.
    desk.json(&["bonus", "record", "M1", "2026-03", "3100.00", "--as", "A1"]);
    let before = desk.events();
    for who in ["A1", "H1"] {
        let told = desk.run(&[
            "bonus",
            "import",
            "march.csv",
            "--as",
            who,
            "--format",
            "json",
        ]);
        assert_eq!(told.json()["recorded"], 0);
        assert!(
            told.err.contains("changed_since") && told.err.contains("line 2"),
            "{}",
            told.err
        );
    }
    assert_eq!(desk.events(), before);
    assert_eq!(
        desk.json(&["ledger", "M1"])["bonuses"][0]["amount"]["amount"],
        "3100.00"
    );
    // The units of the company too.
    let again = desk.json(&["staff", "import", "staff.csv", "--as", "H1"]);
    assert_eq!(
        (&again["recorded"], &again["unchanged"]),
        (&0.into(), &4.into())
    );
}

#[test]
fn an_import_that_is_tried_out_says_what_the_real_one_would() {
    let desk = company();
    file(
        &desk,
        "march.csv",
        "employee,month,amount\nM1,2026-03,3000\n",
    );
    file(
        &desk,
        "units.csv",
        "unit,kind,department,employee,points\ngroup-5,group,manufacturing,M1,2.0\ngroup-5,,,M2,1.0\n",
    );
    for words in [
        ["bonus", "import", "march.csv", "--as", "S1"],
        ["staff", "import", "units.csv", "--as", "S1"],
    ] {
        let (tried, exit) = desk.refused(&[&words[..], &["--dry-run"]].concat());
        assert_eq!((&tried["clause"], exit), (&"P3".into(), 6), "{tried}");
        assert_eq!(desk.refused(&words), (tried, exit));
    }
    // Rows that rest on rows before them are tried out behind these.
    let units = ["staff", "import", "units.csv", "--as", "H1"];
    let dry = [&units[..], &["--dry-run"]].concat();
    assert_eq!(desk.json(&dry)["recorded"], 3);
    assert_eq!(desk.json(&units)["recorded"], 3);
    let bonuses = ["bonus", "import", "march.csv", "--as", "A1"];
    desk.json(&bonuses);
    // What was changed since stays changed: the real run records none of it.
    desk.json(&["bonus", "record", "M1", "2026-03", "3100.00", "--as", "A1"]);
    desk.json(&["staff", "points", "group-5", "M1", "1.0", "--as", "H1"]);
    for words in [bonuses, units] {
        let words = [&words[..], &["--format", "json"]].concat();
        let tried = desk.run(&[&words[..], &["--dry-run"]].concat());
        let real = desk.run(&words);
        assert!(tried.err.contains("changed_since"), "{}", tried.err);
        let told = |told: Json| (told["recorded"].clone(), told["unchanged"].clone());
        let (tried, real) = (told(tried.json()), told(real.json()));
        assert_eq!(tried, real);
        assert_eq!(tried.0, 0);
    }
}

#[test]
fn a_file_with_a_bad_row_is_not_taken_at_all_and_each_bad_row_is_told_with_its_line() {
    let desk = company();
    let before = desk.events();
    let rows = "employee,month,amount\nM1,2026-03,3000\nM2,2026-13,1\nX9,2026-03,1\nM1,2026-03,5\n\
                M2,2026-03,1.005\nM2,2026-02,\nM2,2026-01\n";
    file(&desk, "bad.csv", rows);
    let told = desk.run(&[
        "bonus", "import", "bad.csv", "--as", "A1", "--format", "json",
    ]);
    assert_eq!(told.code, 3, "{}", told.err);
    let said: Json = serde_json::from_str(&told.out).unwrap();
    let rows: Vec<String> = said["bad_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}", row["line"], row["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [
            "3 unreadable_value",
            "4 unknown_employee",
            "5 repeated_row",
            "6 unreadable_value",
            "7 empty_cell",
            "8 malformed_row"
        ]
    );
    file(&desk, "columns.csv", "who,month,amount\n");
    let (error, exit) = desk.refused(&["bonus", "import", "columns.csv", "--as", "A1"]);
    assert_eq!((error["code"].as_str(), exit), (Some("columns"), 3));
    assert_eq!(error["line"], 1);
    let told = desk.run(&[
        "bonus", "import", "bad.csv", "--as", "A1", "--lang", "zh", "--format", "json",
    ]);
    let said: Json = serde_json::from_str(&told.out).unwrap();
    for row in said["bad_rows"].as_array().unwrap() {
        let reason = row["reason"].as_str().unwrap();
        let english = [" is ", " no ", "the ", "has "];
        assert!(
            !english.iter().any(|word| reason.contains(word)),
            "{reason}"
        );
    }
    let twice = "employee,month,amount,amount\nM1,2026-03,1.00,2.00\n";
    file(&desk, "columns.csv", twice);
    let (error, exit) = desk.refused(&["bonus", "import", "columns.csv", "--as", "A1"]);
    assert_eq!((error["code"].as_str(), exit), (Some("columns"), 3));
    let said = error["message"].as_str().unwrap();
    assert!(said.contains("the column `amount` stands twice"), "{said}");
    std::fs::write(
        desk.path().join("staff.csv"),
        "unit,kind,department,employee,points\ngroup-4,group,nowhere,,\ngroup-3,,,M1,1.255\ngroup-9,,,M1,1\n,,,M1,\n",
    )
    .unwrap();
    let told = desk.run(&[
        "staff",
        "import",
        "staff.csv",
        "--as",
        "H1",
        "--format",
        "json",
    ]);
    assert_eq!(told.code, 3, "{}", told.err);
    let said: Json = serde_json::from_str(&told.out).unwrap();
    let codes: Vec<&str> = said["bad_rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["code"].as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "unknown_department",
            "unreadable_value",
            "unknown_unit",
            "incomplete_row"
        ]
    );
    assert_eq!(desk.events(), before);
}

#[test]
fn units_members_and_base_units_are_told_as_they_are_on_a_day() {
    let desk = company();
    let points = [
        "staff",
        "points",
        "group-3",
        "M2",
        "0",
        "--from",
        "2026-02-01",
        "--as",
        "H1",
    ];
    assert_eq!(desk.json(&points)["from"], "2026-02-01");
    let on = |day| desk.json(&["staff", "list", "--on", day]);
    assert_eq!(on("2025-12-31")["units"], json!([]));
    let then = on("2026-01-31");
    assert_eq!(
        then["members"][1],
        json!({ "unit": "group-3", "employee": "M2", "points": "3.00" })
    );
    assert_eq!(
        then["base_units"][1],
        json!({ "employee": "M2", "units": "1.50" })
    );
    assert_eq!(on("2026-02-01")["members"].as_array().unwrap().len(), 1);
    let unit = [
        "staff",
        "unit",
        "shift-1",
        "shift",
        "manufacturing",
        "--as",
        "H1",
    ];
    assert_eq!(
        desk.json(&unit)["from"],
        "2026-03-01",
        "today, by the company's clocks"
    );
    // Said again it keeps its first day: what was so before stays so.
    let again = [
        "staff",
        "unit",
        "group-3",
        "group",
        "manufacturing",
        "--as",
        "H1",
    ];
    assert_eq!(desk.refused(&again).0["code"], "nothing_changed");
    assert_eq!(on("2026-01-31"), then);
    let told = desk.run(&["staff", "points", "group-3", "M1", "1.255", "--as", "H1"]);
    assert_eq!(told.code, 2, "{}", told.err);
    let unknown = |words: &[&str], code: &str| {
        let (error, _) = desk.refused(words);
        assert_eq!(
            (&error["code"], &error["clause"]),
            (&code.into(), &"M7".into())
        );
        assert!(error["help"].is_string(), "{error}");
    };
    unknown(
        &["staff", "base-units", "X9", "1", "--as", "H1"],
        "unknown_employee",
    );
    unknown(
        &["staff", "points", "group-3", "X9", "1", "--as", "H1"],
        "unknown_employee",
    );
    unknown(
        &["bonus", "record", "X9", "2026-03", "1", "--as", "A1"],
        "unknown_employee",
    );
    unknown(
        &["staff", "unit", "g-9", "group", "nowhere", "--as", "H1"],
        "unknown_department",
    );
    // Tried out, nothing is stored.
    let before = desk.events();
    for words in [
        &["staff", "base-units", "M1", "2", "--as", "H1"][..],
        &["bonus", "record", "M1", "2026-03", "1", "--as", "A1"],
        &["organisation", "leave", "M1", "--as", "GM"],
    ] {
        let tried = desk.json(&[words, &["--dry-run"]].concat());
        assert_eq!(
            (&tried["dry_run"], &tried["repeated"]),
            (&true.into(), &false.into()),
            "{tried}"
        );
    }
    assert_eq!(desk.events(), before);
}
