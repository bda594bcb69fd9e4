//! Shown text is golden: the help of every command, and a page of each kind in both languages. `UPDATE_GOLDEN=1` writes
//! the files anew; the difference is reviewed.

use std::path::Path;

use crate::desk::{Desk, binary, run};

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, expected,
        "{name} differs; UPDATE_GOLDEN=1 writes it anew"
    );
}

fn help_of(command: &clap::Command, words: &[&str], all: &mut String) {
    let directory = tempfile::tempdir().unwrap();
    let told = run(
        binary(directory.path())
            .env("COLUMNS", "110")
            .args(words)
            .arg("--help"),
        "",
    );
    assert_eq!(told.code, 0, "{words:?}");
    // The options that every command has are told once.
    let own = match words {
        [] => &told.out,
        _ => told.out.split("\nGlobal options:").next().unwrap(),
    };
    all.push_str(&format!(
        "## redress {}\n\n{}\n\n",
        words.join(" "),
        own.trim_end()
    ));
    for sub in command.get_subcommands().filter(|c| c.get_name() != "help") {
        // The verbs under `why-not` are those of `case`.
        if words.last() != Some(&"why-not") {
            help_of(sub, &[words, &[sub.get_name()]].concat(), all);
        }
    }
}

#[test]
fn the_help_of_every_command() {
    let mut all = String::new();
    help_of(&redress_cli::command(), &[], &mut all);
    let version = env!("CARGO_PKG_VERSION");
    golden("help.txt", &all.replace(version, "VERSION"));
}

#[test]
fn pages_in_both_languages() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    let findings = [
        "--set",
        "findings=刮伤",
        "--set",
        "responsible_departments=department:manufacturing",
    ];
    let report = [&["case", "report", "26-03-01"][..], &findings].concat();
    desk.act("Q1", "2026-03-03 09:30:01", &report);
    desk.json(&["round", "--now", "2026-03-07 10:00"]);
    for lang in ["zh", "en"] {
        let mut all = String::new();
        for words in [
            &["case", "list"][..],
            &["case", "show", "26-03-01"],
            &["case", "timeline", "26-03-01"],
            &["case", "replay", "26-03-01"],
            &[
                "case",
                "diff",
                "26-03-01",
                "--from",
                "2026-03-02 09:10",
                "--to",
                "2026-03-02 10:00",
            ],
            &["case", "why-not", "report", "26-03-01", "--as", "S1"],
            &["case", "show", "26-03-99"],
            &["explain", "26-03-01", "deadline"],
            &["explain", "26-03-01", "number"],
            &["overdue"],
            &["reminders"],
            &["worklist", "--department", "manufacturing"],
            &["statistics", "--month", "2026-03"],
            &["organisation", "list"],
            &["calendar", "show", "--year", "2024"],
        ] {
            let told = desk.run(&[words, &["--lang", lang]].concat());
            // Ids are drawn, hashes follow the files.
            let out = told.out.replace(&id, "CASE-ID");
            let out: String = out
                .lines()
                .filter(|line| !line.starts_with("摘要") && !line.starts_with("Hash"))
                .map(|line| format!("{line}\n"))
                .collect();
            all.push_str(&format!(
                "$ redress {}\n{out}{}\n",
                words.join(" "),
                told.err
            ));
        }
        golden(&format!("pages.{lang}.txt"), &all);
    }
}
