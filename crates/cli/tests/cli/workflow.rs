//! `redress workflow`: the regulation as data.

use crate::desk::{Desk, binary, run};

/// The files of the shipped workflow, in a directory of one's own.
fn own_copy(into: &std::path::Path) {
    for (name, text) in redress_workflow::builtin_files()
        .remove("customer-complaint")
        .unwrap()
    {
        let path = into.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn the_budget_of_the_limits_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let words = [
        "workflow",
        "check",
        "customer-complaint",
        "--format",
        "json",
    ];
    let json = run(binary(directory.path()).args(words), "").json();
    assert_eq!(json["fault_count"], 0);
    let stages = |row: usize| json["budget"][row]["stages"].as_str().unwrap().to_owned();
    assert_eq!(stages(0), "8.5 natural_day");
    assert_eq!(stages(1), "15.5 natural_day");
    assert_eq!(json["budget"][0]["left"], "4.5 natural_day");
    assert_eq!(json["budget"][1]["left"], "1.5 natural_day");
}

#[test]
fn every_fault_is_told_with_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let own = directory.path().join("own");
    own_copy(&own);
    let route = own.join("route.toml");
    let text = std::fs::read_to_string(&route).unwrap();
    std::fs::write(
        &route,
        text.replace("revisitable = false", "revisitabel = false")
            .replace("12 natural_day", "12"),
    )
    .unwrap();
    let told = run(
        binary(directory.path()).args(["workflow", "check", "own"]),
        "",
    );
    assert_eq!(told.code, 3);
    assert!(
        told.out.contains("revisitabel") && told.out.contains("route.toml"),
        "{}",
        told.out
    );
    let told = run(
        binary(directory.path()).args(["workflow", "show", "own", "--format", "json"]),
        "",
    );
    assert_eq!(told.code, 3);
    let error = told.error();
    assert!(
        error["path"].as_str().unwrap().ends_with("route.toml") && error["line"].is_u64(),
        "{error}"
    );
    let told = run(
        binary(directory.path()).args(["workflow", "check", "nowhere"]),
        "",
    );
    assert_eq!(told.code, 4);
}

#[test]
fn a_version_is_compared_and_adopted_with_the_approval_that_it_needs() {
    let desk = Desk::simulated();
    let own = desk.path().join("own");
    own_copy(&own);
    let route = own.join("route.toml");
    let text = std::fs::read_to_string(&route).unwrap();
    std::fs::write(&route, text.replace("5 natural_day", "6 natural_day")).unwrap();
    let workflow = own.join("workflow.toml");
    let text = std::fs::read_to_string(&workflow).unwrap();
    std::fs::write(&workflow, text.replace("2026-1", "2026-2")).unwrap();
    let json = desk.json(&["workflow", "diff", "adopted:customer-complaint", "own"]);
    assert_eq!(json["count"], 2, "{json}");
    let before = desk.events();
    let (error, exit) = desk.refused(&["workflow", "adopt", "own", "--as", "S1"]);
    assert_eq!(
        (error["code"].as_str(), error["clause"].as_str(), exit),
        (Some("approval_missing"), Some("M15"), 6)
    );
    assert_eq!(desk.events(), before);
    let json = desk.json(&["workflow", "adopt", "own", "--as", "GM"]);
    assert_eq!(json["version"], "2026-2");
    let json = desk.json(&["workflow", "show", "adopted:customer-complaint"]);
    assert_eq!(json["version"], "2026-2");
}

#[test]
fn example_figures_are_marked_wherever_they_show() {
    let directory = tempfile::tempdir().unwrap();
    let told = run(binary(directory.path()).args(["workflow", "show"]), "");
    assert!(
        told.out.contains("EXAMPLE") && told.err.contains("example"),
        "{}",
        told.err
    );
    let told = run(
        binary(directory.path()).args(["workflow", "show", "--lang", "zh"]),
        "",
    );
    assert!(told.out.contains("示例"));
}
