//! The organisation: who may act for whom, and who says so.

use crate::desk::Desk;

#[test]
fn a_deputy_is_named_and_acts() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    let report = [
        "case",
        "accept",
        &id,
        "--as",
        "S1",
        "--for",
        "G1",
        "--occurred-at",
        "2026-03-02 09:30",
    ];
    assert_eq!(desk.refused(&report).0["code"], "not_deputy");
    let before = desk.events();
    for (words, code) in [
        (vec!["G1", "nobody"], "unknown_employee"),
        (vec!["nobody", "S1"], "unknown_employee"),
    ] {
        let all = [&["organisation", "deputy"][..], &words, &["--as", "GM"]].concat();
        let (error, _) = desk.refused(&all);
        assert_eq!(error["code"], code, "{words:?}: {error}");
    }
    assert_eq!(desk.events(), before);
    let named = [
        "organisation",
        "deputy",
        "G1",
        "S1",
        "--as",
        "GM",
        "--from",
        "2026-03-01",
        "--until",
        "2026-04-01",
    ];
    let told = desk.run(&named);
    assert_eq!(told.code, 0, "{}", told.err);
    desk.json(&report);
    let list = desk.json(&["organisation", "list"]);
    let deputy = list["employees"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["employee"] == "S1")
        .unwrap();
    assert_eq!(deputy["deputy_for"], serde_json::json!(["G1"]));
    // By title where people read, by id where programs do.
    let zh = desk.run(&["organisation", "list", "--lang", "zh"]);
    assert!(zh.out.contains("总经理"), "{}", zh.out);
    assert!(!zh.out.contains("general-manager"), "{}", zh.out);
}

#[test]
fn an_import_says_in_the_readers_language_why_a_row_is_not_taken() {
    let desk = Desk::simulated();
    let write = |name: &str, text: &str| std::fs::write(desk.path().join(name), text).unwrap();
    write(
        "map.toml",
        "source = \"old\"\nkey = \"id\"\nopened_at = \"opened\"\nzone = \"Asia/Shanghai\"\n",
    );
    write("old.csv", "id,opened\n1,noon\n2\n,2024-02-01 09:00\n");
    let words = ["import", "old.csv", "--map", "map.toml"];
    let zh = desk.run(&[&words[..], &["--lang", "zh"]].concat());
    assert_eq!(zh.code, 5, "{}", zh.err);
    for word in ["内容无法识别：", "此行格式有误：", "主键为空："] {
        assert!(zh.out.contains(word), "{word}: {}", zh.out);
    }
    let en = desk.run(&words);
    assert!(
        en.out.contains("gives no key") && !en.out.contains('：'),
        "{}",
        en.out
    );
}

#[test]
fn an_import_by_a_column_that_stands_twice_is_refused_another_one_may() {
    let desk = Desk::simulated();
    let write = |name: &str, text: &str| std::fs::write(desk.path().join(name), text).unwrap();
    write(
        "map.toml",
        "source = \"old\"\nkey = \"id\"\nopened_at = \"opened\"\nzone = \"Asia/Shanghai\"\n",
    );
    let words = ["import", "old.csv", "--map", "map.toml"];
    write(
        "old.csv",
        "id,opened,opened\n1,2024-02-01 09:00,2024-02-02 09:00\n",
    );
    let (error, exit) = desk.refused(&words);
    assert_eq!((&error["code"], exit), (&"columns".into(), 3), "{error}");
    // Spreadsheets leave empty columns behind.
    write("old.csv", "id,opened,,\n1,2024-02-01 09:00,,\n");
    assert_eq!(desk.json(&words)["imported"], 1);
}

#[test]
fn links_are_told_in_the_readers_language() {
    let desk = Desk::simulated();
    let notice = desk.json(&[
        "case",
        "lodge",
        "--definition",
        "abnormality-notice",
        "--as",
        "S1",
        "--set",
        "customer=customer:C1",
        "--set",
        "product=P",
        "--set",
        "concerned=department:quality",
        "--set",
        "description=x",
    ]);
    let notice = notice["case"].as_str().unwrap();
    let mut words = vec!["case", "lodge", "--as", "S1", "--raised-from", notice];
    for field in crate::desk::LODGING {
        words.extend(["--set", field]);
    }
    let case = desk.json(&words);
    let case = case["case"].as_str().unwrap();
    let zh = desk.run(&["case", "show", case, "--lang", "zh"]);
    assert!(zh.out.contains("由异常处理单转入"), "{}", zh.out);
    let json = desk.json(&["case", "show", case, "--lang", "zh"]);
    assert_eq!(json["links"][0]["relation"], "raised-from");
}
