//! What is said: tables that line up, JSON, CSV, colours, zones.

use crate::desk::Desk;

/// Columns that a text takes on a terminal: two for what is wide.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x1100..=0x115f
            | 0x2e80..=0x303e
            | 0x3041..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6 => 2,
            _ => 1,
        })
        .sum()
}

/// Whether blanks stand wherever the rule of dashes has them.
fn lines_up(table: &str) {
    let lines: Vec<&str> = table.lines().collect();
    let place = lines
        .iter()
        .position(|line| line.starts_with("--"))
        .expect("a rule of dashes");
    let gaps: Vec<usize> = lines[place]
        .char_indices()
        .filter(|(_, c)| *c == ' ')
        .map(|(i, _)| i)
        .collect();
    assert!(!gaps.is_empty());
    // Beneath the rows stand members such as `At: …`, which no row begins with.
    let body = lines[place + 1..].iter().take_while(|line| {
        !line
            .split(' ')
            .next()
            .is_some_and(|w| w.contains([':', '：']))
    });
    for line in std::iter::once(&lines[place - 1]).chain(body) {
        for gap in &gaps {
            let mut at = 0;
            for c in line.chars() {
                let wide = width(&c.to_string());
                if at <= *gap && *gap < at + wide {
                    assert_eq!(c, ' ', "column {gap} of {line:?} in\n{table}");
                }
                at += wide;
            }
        }
    }
}

#[test]
fn tables_line_up_with_chinese_text() {
    let desk = Desk::simulated();
    for (product, customer) in [
        ("电路板", "customer:C1"),
        ("PCB mixed 混合", "customer:C77"),
        ("p", "customer:x"),
    ] {
        let product = format!("product={product}");
        let customer = format!("customer={customer}");
        desk.lodge("2026-03-02 09:00", &[&product, &customer]);
    }
    for lang in ["zh", "en"] {
        lines_up(&desk.run(&["case", "list", "--lang", lang]).out);
        lines_up(
            &desk
                .run(&["worklist", "--department", "gm-office", "--lang", lang])
                .out,
        );
        lines_up(
            &desk
                .run(&["overdue", "--at", "2026-04-01", "--lang", lang])
                .out,
        );
        lines_up(&desk.run(&["organisation", "list", "--lang", lang]).out);
    }
}

#[test]
fn json_has_a_schema_and_jsonl_a_row_a_line() {
    let desk = Desk::simulated();
    desk.lodge("2026-03-02 09:00", &[]);
    desk.lodge("2026-03-02 09:00", &["product=B"]);
    assert_eq!(desk.json(&["case", "list"])["schema"], "redress/register@1");
    let told = desk.run(&["case", "list", "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> = told
        .out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["schema"], "redress/register@1");
    assert_eq!(rows[0]["lodged_at"], "2026-03-02T09:00:00+08:00");
}

#[test]
fn csv_is_marked_as_utf8_and_holds_no_formula() {
    let desk = Desk::simulated();
    for product in ["=1+1", "+7", "-7", "@SUM(A1)", "电,路\"板"] {
        desk.lodge("2026-03-02 09:00", &[&format!("product={product}")]);
    }
    let csv = desk.run(&["case", "list", "--format", "csv"]).out;
    assert!(csv.starts_with("\u{feff}case,number,"), "{csv}");
    for cell in ["'=1+1", "'+7", "'-7", "'@SUM(A1)", "\"电,路\"\"板\""] {
        assert!(csv.contains(&format!(",{cell},")), "{cell} in {csv}");
    }
}

#[test]
fn colours_come_only_when_asked_for() {
    let desk = Desk::simulated();
    desk.lodge("2026-03-02 09:00", &[]);
    let words = ["overdue", "--at", "2026-04-01"];
    assert!(!desk.run(&words).out.contains('\u{1b}'));
    assert!(
        desk.run(&[&words[..], &["--color", "always"]].concat())
            .out
            .contains('\u{1b}')
    );
    let mut command = desk.command(&words);
    assert!(
        !crate::desk::run(command.env("NO_COLOR", "1"), "")
            .out
            .contains('\u{1b}')
    );
    let json = desk.run(&[&words[..], &["--color", "always", "--format", "json"]].concat());
    assert!(!json.out.contains('\u{1b}'));
}

#[test]
fn a_zone_is_for_the_eye_alone() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    let shown = desk.run(&["case", "show", &id, "--zone", "UTC"]);
    assert!(shown.out.contains("2026-03-02 01:00:00"), "{}", shown.out);
    let json = desk.json(&["case", "show", &id, "--zone", "UTC"]);
    assert_eq!(json["opened_at"], "2026-03-02T09:00:00+08:00");
    let mut command = desk.command(&["case", "show", &id, "--format", "json"]);
    let other = crate::desk::run(command.env("TZ", "America/New_York"), "").json();
    assert_eq!(other["visits"][0]["due"], "2026-03-02T21:00:00+08:00");
}

#[test]
fn a_simulated_clock_says_so_with_each_command() {
    let desk = Desk::simulated();
    for words in [
        &["case", "list"][..],
        &["round"],
        &["overdue"],
        &["organisation", "list"],
    ] {
        let told = desk.run(words);
        assert!(
            told.err.contains("simulated clock"),
            "{words:?}: {}",
            told.err
        );
        assert!(!told.out.contains("simulated"));
    }
    let real = Desk::real();
    assert!(real.run(&["case", "list"]).err.is_empty());
    assert_eq!(real.run(&["round", "--now", "2026-03-01"]).code, 2);
}

#[test]
fn people_read_titles_and_programs_ids() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    for words in [
        vec!["case", "show", &id],
        vec!["case", "timeline", &id],
        vec!["case", "list"],
        vec!["case", "diff", &id, "--from", "2026-03-02 09:00"],
        vec!["explain", &id, "deadline"],
        vec!["workflow", "show"],
        vec!["workflow", "check"],
    ] {
        let told = desk.run(&[&words[..], &["--lang", "zh"]].concat());
        assert_eq!(told.code, 0, "{words:?}: {}", told.err);
        for id in ["natural_day", "domestic", "allowance", ", "] {
            let prose = told.out.replace("country, ", "");
            assert!(!prose.contains(id), "{words:?}: `{id}` in\n{}", told.out);
        }
    }
    let list = desk.json(&["case", "list", "--lang", "zh"]);
    assert_eq!(list["cases"][0]["market"], "domestic");
    let show = desk.json(&["case", "show", &id, "--lang", "zh"]);
    assert_eq!(show["limit"], "13 natural_day (M10)");
    assert_eq!(show["facts"][0]["value"], "domestic");
    // Data of a comparison does not go by the language either.
    let diff = ["case", "diff", &id, "--from", "2026-03-02 09:00"];
    let zh = desk.json(&[&diff[..], &["--lang", "zh"]].concat());
    assert_eq!(zh, desk.json(&[&diff[..], &["--lang", "en"]].concat()));
    let due = zh["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["what"] == "due")
        .unwrap();
    assert_eq!(due["after"], "2026-03-15T09:30:00+08:00");
}
