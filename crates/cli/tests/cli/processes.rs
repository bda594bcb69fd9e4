//! Two processes at one directory, and readers that go away.

use std::io::Read;
use std::process::Stdio;

use crate::desk::{Desk, LODGING};

#[test]
fn reading_goes_on_beside_a_writer_and_writing_says_who_holds_the_lock() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    let mut writer = desk.writer();
    for words in [
        &["case", "list"][..],
        &["case", "show", &id],
        &["overdue", "--at", "2026-03-05"],
        &["statistics", "--month", "2026-03"],
        &["worklist", "--department", "gm-office"],
        &["case", "why-not", "accept", &id, "--as", "G1"],
        &["case", "accept", &id, "--as", "G1", "--dry-run"],
    ] {
        desk.json(words);
    }
    let before = desk.events();
    let (error, exit) = desk.refused(&["case", "accept", &id, "--as", "G1"]);
    assert_eq!((error["code"].as_str(), exit), (Some("locked"), 8));
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains(&writer.id().to_string()),
        "{error}"
    );
    assert_eq!(desk.events(), before);
    drop(writer.stdin.take());
    writer.wait().unwrap();
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
}

#[test]
fn a_reader_that_goes_away_ends_the_command_without_a_word() {
    let desk = Desk::simulated();
    for words in [
        &["calendar", "show", "--year", "2026"][..],
        &["workflow", "show", "--values"],
        &["case", "list"],
        &["man"],
        &["completions", "bash"],
        &["schema"],
    ] {
        let mut child = desk
            .command(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{words:?}: {err}");
        assert!(
            !err.contains("panic") && !err.contains("error"),
            "{words:?}: {err}"
        );
    }
}

#[test]
fn a_writer_whose_answers_nobody_reads_has_done_its_work() {
    let desk = Desk::simulated();
    let mut words = vec![
        "case",
        "lodge",
        "--as",
        "S1",
        "--occurred-at",
        "2026-03-02 09:00",
    ];
    for field in LODGING {
        words.extend(["--set", field]);
    }
    let mut child = desk
        .command(&words)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(desk.json(&["case", "list"])["count"], 1);
}

#[test]
fn a_torn_end_is_told_by_who_reads_and_cut_by_who_writes() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    let journal = std::fs::read_dir(desk.path().join("data/journal"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let whole = std::fs::read(&journal).unwrap();
    let events = desk.events();
    // Half of the last record, as a power cut leaves it; the seal of the clean close is gone with it.
    let sealed = String::from_utf8(whole).unwrap();
    let records: Vec<&str> = sealed.lines().filter(|l| !l.contains("\"next\"")).collect();
    let last = records.last().unwrap();
    let torn = format!("{}\n{}", records.join("\n"), &last[..last.len() / 2]);
    std::fs::write(&journal, torn).unwrap();
    let told = desk.run(&["case", "list"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.err.contains("no whole record"), "{}", told.err);
    let told = desk.run(&[
        "case",
        "accept",
        &id,
        "--as",
        "G1",
        "--occurred-at",
        "2026-03-02 09:30",
    ]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.err.contains("kept as"), "{}", told.err);
    assert!(desk.events() > events);
    assert!(!desk.run(&["case", "list"]).err.contains("whole record"));
}

#[test]
fn manuals_and_completions_are_written() {
    let desk = Desk::simulated();
    assert!(desk.run(&["man"]).out.contains(".TH"));
    assert_eq!(desk.run(&["man", "--to", "pages"]).code, 0);
    let pages = std::fs::read_dir(desk.path().join("pages"))
        .unwrap()
        .count();
    assert!(pages > 40, "{pages}");
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            desk.run(&["completions", shell]).out.contains("redress"),
            "{shell}"
        );
    }
}
