//! The arrows between the crates: cli → redress → {workflow, log, views} → core → kernel. The log knows neither.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Who may depend on whom. A new crate takes its place here, or the test fails.
const ARROWS: &[(&str, &[&str])] = &[
    ("redress-kernel", &[]),
    ("redress-core", &["redress-kernel"]),
    ("redress-log", &[]),
    ("redress-workflow", &["redress-core", "redress-kernel"]),
    ("redress-views", &["redress-core", "redress-kernel"]),
    (
        "redress-casebook",
        &["redress-core", "redress-kernel", "redress-workflow"],
    ),
    (
        "redress",
        &[
            "redress-core",
            "redress-kernel",
            "redress-log",
            "redress-views",
            "redress-workflow",
        ],
    ),
    (
        "redress-cli",
        &[
            "redress",
            "redress-core",
            "redress-kernel",
            "redress-log",
            "redress-views",
            "redress-workflow",
        ],
    ),
    (
        "redress-tests",
        &[
            "redress",
            "redress-casebook",
            "redress-core",
            "redress-kernel",
            "redress-log",
            "redress-views",
            "redress-workflow",
        ],
    ),
];

/// Everything that the pure crates may be built on.
const PURE: &[(&str, &[&str])] = &[
    (
        "redress-kernel",
        &[
            "chrono",
            "chrono-tz",
            "serde",
            "serde_json",
            "thiserror",
            "uuid",
        ],
    ),
    ("redress-core", &["redress-kernel", "serde", "serde_json"]),
];

/// What does I/O, schedules tasks or stores things, by name or by the beginning of it.
const IMPURE: &[&str] = &[
    "tokio",
    "mio",
    "socket2",
    "sled",
    "hyper",
    "reqwest",
    "async-",
    "futures",
    "smol",
    "redb",
    "rusqlite",
    "tempfile",
    "notify",
    "getrandom",
];

fn metadata() -> Value {
    let out = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).unwrap()
}

/// The dependencies of each member that its library or program is built with; those of tests left out.
fn dependencies(metadata: &Value) -> BTreeMap<String, Vec<Value>> {
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let name = package["name"].as_str().unwrap().to_owned();
            let own = package["dependencies"].as_array().unwrap();
            let built = own
                .iter()
                .filter(|d| d["kind"].is_null() || name == "redress-tests");
            (name.clone(), built.cloned().collect())
        })
        .collect()
}

fn names(dependencies: &[Value]) -> BTreeSet<&str> {
    dependencies
        .iter()
        .map(|d| d["name"].as_str().unwrap())
        .collect()
}

#[test]
fn every_arrow_points_inwards() {
    let metadata = metadata();
    let all = dependencies(&metadata);
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let found: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(
        found, known,
        "each crate has its place in this test's list of arrows"
    );
    for (name, allowed) in ARROWS {
        let inner: BTreeSet<&str> = names(&all[*name])
            .into_iter()
            .filter(|d| known.contains(d))
            .collect();
        let wrong: Vec<&&str> = inner.iter().filter(|d| !allowed.contains(d)).collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
    }
}

/// Every library that a crate is built with on this machine, near and far, by name.
fn reached(name: &str) -> BTreeSet<String> {
    let tree = [
        "tree",
        "--offline",
        "-p",
        name,
        "-e",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let out = Command::new(env!("CARGO"))
        .args(tree)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn kernel_and_core_are_built_on_nothing_impure() {
    let metadata = metadata();
    let all = dependencies(&metadata);
    for (name, allowed) in PURE {
        let wrong: Vec<&str> = names(&all[*name])
            .into_iter()
            .filter(|d| !allowed.contains(d))
            .collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
        let reached = reached(name);
        assert!(
            reached.contains("serde_core"),
            "the tree was not understood"
        );
        let impure: Vec<&String> = reached
            .iter()
            .filter(|d| IMPURE.iter().any(|bad| d.starts_with(bad)))
            .collect();
        assert!(impure.is_empty(), "{name} is built on {impure:?}");
    }
}

#[test]
fn kernel_and_core_take_neither_a_clock_nor_chance_from_a_library() {
    let metadata = metadata();
    let all = dependencies(&metadata);
    for (name, _) in PURE {
        for dependency in &all[*name] {
            let of = dependency["name"].as_str().unwrap();
            let features = dependency["features"].as_array().unwrap();
            let asks = |feature: &str| features.iter().any(|f| f == feature);
            let defaults = dependency["uses_default_features"].as_bool().unwrap();
            match of {
                "chrono" => assert!(
                    !defaults && !asks("clock") && !asks("now"),
                    "{name}: chrono without its clock"
                ),
                "uuid" => assert!(
                    !["v1", "v4", "v6", "v7"].into_iter().any(asks),
                    "{name}: ids come from the caller"
                ),
                _ => {}
            }
        }
    }
}

#[test]
fn nobody_but_the_kernel_uses_the_time_library() {
    let metadata = metadata();
    for (name, dependencies) in dependencies(&metadata) {
        let uses = names(&dependencies).iter().any(|d| d.starts_with("chrono"));
        assert!(
            !uses || name == "redress-kernel",
            "{name} uses chrono: take redress_kernel::time"
        );
    }
}

/// The text of every Rust file of a crate.
fn sources(folder: &std::path::Path) -> String {
    let mut text = String::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

#[test]
fn every_dependency_is_used() {
    let metadata = metadata();
    let mut unused = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let manifest = package["manifest_path"].as_str().unwrap();
        let text = sources(std::path::Path::new(manifest).parent().unwrap());
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["name"].as_str().unwrap().replace('-', "_");
            let named = text.match_indices(&name).any(|(at, _)| {
                let part = |c: char| c.is_alphanumeric() || c == '_';
                !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part)
            });
            if !named {
                unused.push(format!("{}: {name}", package["name"].as_str().unwrap()));
            }
        }
    }
    assert!(unused.is_empty(), "declared and never used: {unused:?}");
}
