//! What must not be called where: the pure crates touch nothing, the time is asked in one file, one room knows chrono.

use std::fs;
use std::path::{Path, PathBuf};

/// What neither kernel nor core may name, and why.
const IMPURE: &[(&str, &str)] = &[
    ("std::fs", "no files: what is needed is handed in"),
    ("std::net", "no network"),
    ("std::io", "no input or output"),
    ("std::env", "no environment"),
    ("std::process", "no other programs"),
    ("std::thread", "no threads"),
    ("SystemTime", "time is a value"),
    ("Instant::now", "time is a value"),
    ("Utc::now", "time is a value"),
    ("Local::now", "time is a value"),
    ("thread_rng", "no chance: ids come from the caller"),
    ("rand", "no chance: ids come from the caller"),
    ("new_v4", "no chance: ids come from the caller"),
    ("now_v7", "no chance: ids come from the caller"),
    ("async", "rules are synchronous"),
    ("await", "rules are synchronous"),
    ("tokio", "rules are synchronous"),
    ("f32", "no floating point for money or time"),
    ("f64", "no floating point for money or time"),
    ("HashMap", "its order is chance: use BTreeMap"),
    ("HashSet", "its order is chance: use BTreeSet"),
    ("unsafe", "forbidden"),
];

/// What only one place may name: the word, where, why.
const ONE_PLACE: &[(&str, &[&str], &str)] = &[
    (
        "chrono",
        &["crates/kernel/src/time/"],
        "all calendar and zone code stands in one room",
    ),
    (
        "chrono_tz",
        &["crates/kernel/src/time/"],
        "all calendar and zone code stands in one room",
    ),
    (
        "SystemTime",
        &["crates/engine/src/clock.rs"],
        "one file asks what time it is",
    ),
    (
        "Instant::now",
        &[
            "crates/engine/src/clock.rs",
            "crates/cli/src/commands/demo.rs",
            "crates/cli/src/commands/bench/",
        ],
        "one file asks what time it is; the demonstration and the measurements hold a stopwatch",
    ),
    (
        "sled",
        &[STORE_FILE],
        "the store stands behind the seam Store",
    ),
];

/// The one file that names the store's library, and the one manifest.
const STORE_FILE: &str = "crates/log/src/store/sled.rs";
const STORE_MANIFEST: &str = "crates/log/Cargo.toml";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The source files under a folder but for those that hold tests alone.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                if name != "tests" {
                    waiting.push(path);
                }
            } else if name.ends_with(".rs") && name != "tests.rs" && !name.ends_with("_tests.rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no sources under {}", folder.display());
    found
}

/// The code of a file, line by line: comments and texts are blanked, a module of tests at its end is left out.
fn code(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut in_text = false;
    for line in text.lines() {
        if line.trim() == "#[cfg(test)]" {
            break;
        }
        let mut kept = String::new();
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if in_text => {
                    chars.next();
                }
                '"' => in_text = !in_text,
                _ if in_text => {}
                // A quote as a character, so that it opens no text.
                '\'' if chars.peek() == Some(&'"') => {
                    chars.next();
                    chars.next();
                }
                '/' if chars.peek() == Some(&'/') => break,
                _ => kept.push(c),
            }
        }
        lines.push(kept);
    }
    lines
}

/// Whether the line names the word, and not merely a longer one that holds it.
fn names(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[test]
fn kernel_and_core_touch_nothing() {
    let mut faults = Vec::new();
    for folder in ["crates/kernel/src", "crates/core/src"] {
        for path in sources(&root().join(folder)) {
            for (number, line) in code(&fs::read_to_string(&path).unwrap()).iter().enumerate() {
                for (word, why) in IMPURE {
                    if names(line, word) {
                        faults.push(format!(
                            "{}:{}: `{word}`: {why}",
                            path.display(),
                            number + 1
                        ));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The line without a module of ours that is called like the word: its declaration, and paths from it.
fn without_module(line: &str, word: &str) -> String {
    line.replace(&format!("mod {word};"), "")
        .replace(&format!("self::{word}::"), "")
}

#[test]
fn what_belongs_to_one_place_is_named_there_alone() {
    let mut faults = Vec::new();
    let root = root();
    for path in sources(&root.join("crates")) {
        let place = path
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        if !place.contains("/src/") {
            continue;
        }
        for (number, line) in code(&fs::read_to_string(&path).unwrap()).iter().enumerate() {
            for (word, places, why) in ONE_PLACE {
                if names(&without_module(line, word), word)
                    && !places.iter().any(|p| place.starts_with(p))
                {
                    faults.push(format!("{place}:{}: `{word}`: {why}", number + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// All files of the project with an ending, but for what is built.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                files(&path, ending, found);
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

#[test]
fn one_file_and_one_manifest_name_the_stores_library() {
    let root = root();
    let mut found = Vec::new();
    files(&root, ".rs", &mut found);
    files(&root, "Cargo.toml", &mut found);
    let mut naming = Vec::new();
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        // Tests count here, too; a manifest's comment begins otherwise.
        let rust = path.extension().is_some_and(|e| e == "rs");
        let text = text.replace(if rust { "#[cfg(test)]" } else { "# " }, "//");
        if code(&text)
            .iter()
            .any(|line| names(&without_module(line, "sled"), "sled"))
        {
            let place = path.strip_prefix(&root).unwrap();
            naming.push(place.to_str().unwrap().replace('\\', "/"));
        }
    }
    naming.sort();
    assert_eq!(naming, [STORE_MANIFEST, STORE_FILE]);
}

#[test]
fn the_scan_sees_calls_and_overlooks_comments_texts_and_longer_words() {
    let text = "let a = 1; // f64 here\nlet b = \"f64 \\\" f64\"; let c: f64 = x;\nlet strand = '\"'; std::fs::read(p);\n#[cfg(test)]\nmod tests { f64 }";
    let lines = code(text);
    assert_eq!(lines.len(), 3);
    assert!(!names(&lines[0], "f64"));
    assert!(names(&lines[1], "f64"));
    assert!(!names(&lines[2], "rand"));
    assert!(names(&lines[2], "std::fs"));
}
