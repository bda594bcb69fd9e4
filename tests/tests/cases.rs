//! Plays every case file under `tests/cases`, and sees to it that each clause has one that passes and one that refuses.

use std::path::{Path, PathBuf};

use redress_casebook::{Casebook, Outcome, Rules};

fn base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn book() -> Casebook {
    Casebook::read(&base(), "tests/cases").unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"))
    })
}

/// The shipped rules, and the workflows that only tests know.
fn rules() -> Rules {
    let mut rules = Rules::builtin().unwrap();
    let valid = base().join("tests/workflows/valid");
    for entry in std::fs::read_dir(valid).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            let workflow = redress_workflow::read_dir(&entry.path())
                .unwrap_or_else(|faults| panic!("{}:\n{faults}", entry.path().display()));
            rules.workflows.push(workflow.into());
        }
    }
    rules
}

#[test]
fn every_case_file_holds() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let rules = rules();
    let mut red = Vec::new();
    for story in book().stories {
        match story.play(&rules) {
            Outcome::Green => {}
            Outcome::Red { follows, .. } if update => {
                std::fs::write(base().join(&story.file), story.with_below(&follows)).unwrap();
                println!("rewritten below the line: {}", story.file);
            }
            Outcome::Red { differs, .. } => red.push(format!("{}: {differs}", story.file)),
            Outcome::Broken(fault) => red.push(fault.to_string()),
        }
    }
    assert!(
        red.is_empty(),
        "{} case files do not hold:\n{}\nUPDATE_CASES=1 rewrites what is below the line; reckon it by hand before you keep it",
        red.len(),
        red.join("\n")
    );
}

/// Every clause that the main job stands on.
fn clauses() -> Vec<String> {
    let plain = [
        "M3", "M5", "M7", "M8", "M10", "M11", "M12", "M14", "M15", "R",
    ];
    let handling = (1..=14).map(|n| format!("M9-{n}"));
    let service = ["S8", "S12", "S14", "S19"];
    let money = [
        "D1", "D2", "D3", "D5", "D6", "P1", "P2", "P3", "A19", "A20", "A22", "A23", "A24", "A25",
    ];
    let reading = (1..=15).map(|n| format!("A{n}"));
    plain
        .iter()
        .map(ToString::to_string)
        .chain(handling)
        .chain(reading)
        .chain(["A16a".to_owned()])
        .chain(money.map(ToOwned::to_owned))
        .chain(service.map(ToOwned::to_owned))
        .collect()
}

/// Clauses that refuse nothing: a figure follows from each.
const ONLY_PASS: &[&str] = &["A16", "A17", "A18", "A21", "A28", "D4", "P4", "P5"];

#[test]
fn each_clause_has_a_file_that_passes_and_one_that_is_refused() {
    let book = book();
    let known = book.clauses();
    let short = |files: &[&str]| {
        let names: Vec<&str> = files
            .iter()
            .map(|f| f.trim_start_matches("tests/cases/"))
            .collect();
        names.join(" ")
    };
    println!(
        "clause  passes  |  refused, of {} files",
        book.stories.len()
    );
    for (clause, (passes, refuses)) in &known {
        println!("{clause:6}  {}  |  {}", short(passes), short(refuses));
    }
    let mut missing = Vec::new();
    for clause in clauses() {
        let (passes, refuses) = known.get(&clause).cloned().unwrap_or_default();
        if passes.is_empty() {
            missing.push(format!("{clause}: no file passes by it"));
        }
        if refuses.is_empty() {
            missing.push(format!("{clause}: no file is refused by it"));
        }
    }
    for clause in ONLY_PASS {
        if known
            .get(*clause)
            .is_none_or(|(passes, _)| passes.is_empty())
        {
            missing.push(format!("{clause}: no file passes by it"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(
        book.stories.len() >= 60,
        "only {} case files",
        book.stories.len()
    );
}

/// The manual that lies beside the case files is the one of the crate.
#[test]
fn the_manual_lies_beside_the_case_files() {
    let source = std::fs::read_to_string(base().join("crates/casebook/src/lib.rs")).unwrap();
    let mut manual: String = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    manual.insert_str(
        0,
        "<!-- Copied from crates/casebook/src/lib.rs by UPDATE_CASES=1. -->\n\n",
    );
    let path = base().join("tests/cases/README.md");
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&path, &manual).unwrap();
    }
    let beside = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        beside == manual,
        "run with UPDATE_CASES=1 to copy the manual"
    );
}
