//! Documents are true: links lead somewhere, words are in both languages, the first program is the one that is run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use redress_kernel::definition::Title;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(place: &str) -> String {
    fs::read_to_string(root().join(place)).unwrap_or_else(|e| panic!("{place}: {e}"))
}

/// The files that belong to the project: what git tracks, else what lies there.
fn files() -> Vec<String> {
    let git = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output();
    if let Ok(out) = git
        && out.status.success()
    {
        return String::from_utf8(out.stdout)
            .unwrap()
            .split('\0')
            .filter(|name| !name.is_empty() && root().join(name).is_file())
            .map(ToOwned::to_owned)
            .collect();
    }
    let mut found = Vec::new();
    let mut waiting = vec![root()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if name != "target" && name != ".git" {
                    waiting.push(path);
                }
            } else {
                let place = path.strip_prefix(root()).unwrap();
                found.push(place.to_str().unwrap().to_owned());
            }
        }
    }
    found
}

fn pages() -> Vec<String> {
    let pages: Vec<String> = files().into_iter().filter(|f| f.ends_with(".md")).collect();
    assert!(
        pages.iter().any(|p| p == "README.md"),
        "the pages are found"
    );
    pages
}

/// The text without its fenced blocks.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// The targets of the links of a page.
fn links(text: &str) -> Vec<String> {
    let text = prose(text);
    let inline = text
        .split("](")
        .skip(1)
        .filter_map(|tail| tail.split_once(')').map(|(target, _)| target.to_owned()));
    let tags = ["src=\"", "href=\""].into_iter().flat_map(|tag| {
        text.split(tag)
            .skip(1)
            .filter_map(|tail| tail.split_once('"'))
            .map(|(t, _)| t.to_owned())
    });
    inline.chain(tags.collect::<Vec<_>>()).collect()
}

/// The anchors of a page's headings, as they are spelled in links.
fn anchors(text: &str) -> BTreeSet<String> {
    prose(text)
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

#[test]
fn every_relative_link_leads_somewhere() {
    let mut faults = Vec::new();
    for page in pages() {
        let folder = root().join(&page).parent().unwrap().to_path_buf();
        for link in links(&read(&page)) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (place, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if place.is_empty() {
                root().join(&page)
            } else {
                folder.join(place)
            };
            if !target.exists() {
                faults.push(format!("{page}: {link} leads nowhere"));
            } else if !anchor.is_empty()
                && !anchors(&fs::read_to_string(&target).unwrap_or_default()).contains(anchor)
            {
                faults.push(format!("{page}: {link}: no such heading"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    // Spelled in parts, so that this file does not name them.
    let places = [
        ["/wo", "rk/"],
        ["/ho", "me/"],
        ["/ro", "ot/"],
        ["/Us", "ers/"],
        ["C:", "\\"],
        ["/tm", "p/"],
    ];
    let mut faults = Vec::new();
    for file in files() {
        if file == "Cargo.lock" || file.ends_with(".csv") {
            continue;
        }
        let Ok(text) = fs::read_to_string(root().join(&file)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for place in &places {
                let place = place.concat();
                // A path of its own, not the middle of a relative one such as `homework/`.
                let names = line.match_indices(&place).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    !before
                        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}'))
                });
                if names {
                    faults.push(format!("{file}:{}: {place}", number + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_glossary_has_both_titles_of_everybody_in_the_shipped_workflows() {
    let glossary = read("docs/glossary.md");
    let mut faults = Vec::new();
    let mut look = |id: &str, title: &Title| {
        let found = glossary.lines().any(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            cells.contains(&format!("`{id}`").as_str())
                && cells.contains(&title.zh.as_str())
                && cells.contains(&title.en.as_str())
        });
        if !found {
            faults.push(format!("`{id}`: {}, {}", title.zh, title.en));
        }
    };
    for workflow in redress_workflow::builtin().unwrap() {
        let definition = &workflow.definition;
        for department in &definition.departments {
            look(department.id.as_str(), &department.title);
        }
        for office in &definition.offices {
            look(office.id.as_str(), &office.title);
        }
        for stage in &definition.stages {
            look(stage.id.as_str(), &stage.title);
        }
    }
    assert!(
        faults.is_empty(),
        "not in docs/glossary.md:\n{}",
        faults.join("\n")
    );
}

#[test]
fn the_table_of_rules_names_files_that_speak_of_the_clause() {
    let page = read("ARCHITECTURE.md");
    let mut rows = 0;
    let mut faults = Vec::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, clause, what, data, code, _] = cells.as_slice() else {
            continue;
        };
        if *clause == "clause" || clause.starts_with('-') {
            continue;
        }
        rows += 1;
        for link in links(data).into_iter().chain(links(code)) {
            let text = read(&link);
            let speaks = text.match_indices(clause).any(|(at, _)| {
                !text[at + clause.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
            });
            if !speaks {
                faults.push(format!("{clause} ({what}): {link} does not speak of it"));
            }
        }
    }
    assert!(rows > 30, "the table is found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The fenced Rust blocks of a text, without lines that a doctest hides.
fn programs(text: &str) -> Vec<String> {
    let mut programs = Vec::new();
    let mut inside: Option<String> = None;
    for line in text.lines() {
        let line = line
            .strip_prefix("//!")
            .map_or(line, |doc| doc.strip_prefix(' ').unwrap_or(doc));
        match &mut inside {
            None if line.starts_with("```rust") => inside = Some(String::new()),
            None => {}
            Some(program) if line.starts_with("```") => {
                programs.push(program.trim_end().to_owned());
                inside = None;
            }
            Some(_) if line.starts_with("# ") || line == "#" => {}
            Some(program) => {
                program.push_str(line);
                program.push('\n');
            }
        }
    }
    programs
}

#[test]
fn the_first_program_of_the_readme_is_the_engines_doctest() {
    let tested = programs(&read("crates/engine/src/lib.rs"));
    let shown = programs(&read("README.md"));
    let first = shown.first().expect("the README shows a program");
    assert!(
        tested.contains(first),
        "README.md shows a program that no doctest runs:\n{first}"
    );
}

#[test]
fn the_readme_names_the_two_commands_and_each_page_links_the_other_language() {
    let readme = read("README.md");
    let commands: Vec<&str> = readme
        .split("```sh")
        .nth(1)
        .and_then(|tail| tail.split("```").next())
        .unwrap()
        .lines()
        .map(|line| line.split('#').next().unwrap().trim())
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(
        commands.len(),
        2,
        "the first block of commands holds two: {commands:?}"
    );
    assert!(
        commands[0].contains(" demo"),
        "the first runs the demonstration"
    );
    assert_eq!(commands[1], "./test");
    assert!(readme.contains("](README.zh-CN.md)"));
    assert!(read("README.zh-CN.md").contains("](README.md)"));
}
