//! The refusal gallery: every refusal is produced by a real command and told in both languages.
//!
//! `UPDATE_GOLDEN=1` rewrites `tests/refusals.golden.txt` and `docs/refusals.md`; the difference is reviewed.

#[path = "refusals/desk.rs"]
mod desk;
#[path = "refusals/gallery.rs"]
mod gallery;
#[path = "refusals/of_complaint.rs"]
mod of_complaint;
#[path = "refusals/of_improvements.rs"]
mod of_improvements;
#[path = "refusals/of_money.rs"]
mod of_money;
#[path = "refusals/of_months.rs"]
mod of_months;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use gallery::{Scene, scenes};
use redress_core::refusal::{COMPLAINT_CODES, IMPROVEMENT_CODES, MONEY_CODES};
use redress_core::sentence::{Lang, Sentence, placeholders, say_in};
use redress_kernel::refusal::{Code, KERNEL_CODES};
use redress_kernel::text::is_forbidden;
use redress_kernel::time::Zone;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn codes() -> Vec<Code> {
    KERNEL_CODES
        .iter()
        .chain(COMPLAINT_CODES)
        .chain(MONEY_CODES)
        .chain(IMPROVEMENT_CODES)
        .copied()
        .collect()
}

fn told(scene: &Scene, lang: Lang) -> Sentence {
    say_in(
        &scene.told.refusal,
        lang,
        &Zone::parse("Asia/Shanghai").unwrap(),
    )
}

/// What was asked, with characters that no text may hold spelled out.
fn asked(scene: &Scene) -> String {
    scene.told.asked.chars().fold(String::new(), |mut text, c| {
        if is_forbidden(c) {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
        text
    })
}

/// Compares with what is kept in a file, or keeps it.
fn golden(place: &str, text: &str) {
    let path = root().join(place);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).unwrap();
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(
        kept == text,
        "{place} is out of step from line {}; look at the difference, then UPDATE_GOLDEN=1 rewrites it",
        differs.map_or(kept.lines().count().min(text.lines().count()), |n| n) + 1
    );
}

#[test]
fn every_refusal_is_produced_by_a_command() {
    let produced: Vec<(Code, Code)> = scenes()
        .iter()
        .map(|s| (s.code, s.told.refusal.code))
        .collect();
    for (meant, met) in &produced {
        assert_eq!(meant, met);
    }
    let met: Vec<Code> = produced.into_iter().map(|(code, _)| code).collect();
    assert_eq!(
        met,
        codes(),
        "one scene for each code, in order of precedence"
    );
}

#[test]
fn every_sentence_is_complete_in_both_languages() {
    for scene in scenes() {
        for name in placeholders(scene.code) {
            let given = &scene.told.refusal.args;
            assert!(
                given.contains_key(name),
                "{} is not told its `{name}`",
                scene.code
            );
        }
        for lang in Lang::ALL {
            let sentence = told(&scene, lang);
            assert!(!sentence.message.trim().is_empty() && !sentence.hint.trim().is_empty());
        }
        assert!(
            !scene.told.refusal.clause.is_empty(),
            "{} names no clause",
            scene.code
        );
    }
}

#[test]
fn the_gallery_is_as_it_was() {
    let mut text = String::from(
        "The refusals, each met by a real command. Times are those of Asia/Shanghai.\n",
    );
    for scene in scenes() {
        let (en, zh) = (told(&scene, Lang::En), told(&scene, Lang::Zh));
        let _ = write!(
            text,
            "\n== {}\n   {}\n   {}\n   {}\n   → {}\n   {}\n   → {}\n",
            scene.code,
            scene.given,
            asked(&scene),
            en.message,
            en.hint,
            zh.message,
            zh.hint
        );
    }
    golden("tests/refusals.golden.txt", &text);
}

/// The meaning of each code, as the source that declares it says.
fn meanings() -> BTreeMap<String, String> {
    let mut meanings = BTreeMap::new();
    for place in ["crates/kernel/src/refusal.rs", "crates/core/src/refusal.rs"] {
        let source = fs::read_to_string(root().join(place)).unwrap();
        let mut meaning = String::new();
        for line in source.lines().map(str::trim) {
            if let Some(sentence) = line.strip_prefix("/// ") {
                meaning.push_str(if meaning.is_empty() { "" } else { " " });
                meaning.push_str(sentence);
            } else {
                if let Some((_, code)) = line.split_once(" = \"") {
                    meanings.insert(code.trim_end_matches("\";").to_owned(), meaning.clone());
                }
                meaning.clear();
            }
        }
    }
    meanings
}

const HEAD: &str = "\
# Refusals

A command that a rule refuses leaves nothing behind. The refusal is a stable code, the clause that refuses, and what the
sentence names; the sentences stand in one table, in English and Chinese. Programs read the code. Codes are never reused.

The refusals stand here in order of precedence: where two rules refuse, the earlier one is told. First come those of any
case, then those of a complaint, then those about losses, responsibility, discipline and months, then those about
improvements.

Meaning, example and advice are taken from the source and from commands that a test gives; the page is rewritten with
`UPDATE_GOLDEN=1 cargo test -p redress-tests --test refusals`.
";

#[test]
fn the_page_is_in_step_with_the_codes() {
    let meanings = meanings();
    let mut page = HEAD.to_owned();
    for scene in scenes() {
        let (en, zh) = (told(&scene, Lang::En), told(&scene, Lang::Zh));
        let meaning = &meanings[scene.code.0];
        let _ = write!(
            page,
            "\n## {}\n\n{meaning}\n\n*Clause:* {} (in the example) · *Example:* {}.\n\n```text\n{}\n{}\n{}\n```\n\n*What to do:* {}.\n{}。\n",
            scene.code,
            scene.told.refusal.clause,
            scene.given,
            asked(&scene),
            en.message,
            zh.message,
            en.hint,
            zh.hint
        );
    }
    golden("docs/refusals.md", &page);
    let headings: Vec<&str> = page.lines().filter_map(|l| l.strip_prefix("## ")).collect();
    let codes: Vec<&str> = codes().into_iter().map(|c| c.0).collect();
    assert_eq!(headings, codes);
}

/// Each place in the rules that refuses: file, line, code as spelled, names of the arguments.
fn refusing_places() -> Vec<(String, String, Vec<String>)> {
    let mut places = Vec::new();
    let mut folders = vec![
        root().join("crates/kernel/src"),
        root().join("crates/core/src"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "tests.rs" {
                let source = fs::read_to_string(&path).unwrap();
                for (at, _) in source.match_indices("Refusal::new(") {
                    let line = source[..at].lines().count();
                    let (code, args) = refusing(&source[at + "Refusal::new(".len()..]);
                    places.push((format!("{}:{line}", path.display()), code, args));
                }
            }
        }
    }
    places
}

/// Reads on behind `Refusal::new(`: the code, and the names in the `.with(…)` that follow.
fn refusing(source: &str) -> (String, Vec<String>) {
    let inside = |text: &str| {
        let mut depth = 1_usize;
        text.char_indices()
            .find(|(_, c)| {
                depth = match c {
                    '(' => depth + 1,
                    ')' => depth - 1,
                    _ => depth,
                };
                depth == 0
            })
            .map_or(text.len(), |(i, _)| i)
    };
    let mut end = inside(source);
    let code = source[..end].split(',').next().unwrap().trim();
    let code = code.rsplit("::").next().unwrap().to_owned();
    let mut args = Vec::new();
    while let Some(rest) = source[end..].strip_prefix(')').map(str::trim_start) {
        let Some(with) = rest.strip_prefix(".with(") else {
            break;
        };
        args.push(
            with.trim_start()
                .trim_start_matches('"')
                .split('"')
                .next()
                .unwrap()
                .to_owned(),
        );
        end = source.len() - with.len() + inside(with);
    }
    (code, args)
}

#[test]
fn every_place_that_refuses_gives_what_its_sentence_names() {
    let places = refusing_places();
    assert!(places.len() > 60, "the scan finds the places");
    let mut faults = Vec::new();
    for (place, spelled, args) in places {
        let Some(code) = codes()
            .into_iter()
            .find(|c| c.0.eq_ignore_ascii_case(&spelled))
        else {
            continue; // A function that is handed the code; its callers are met by the gallery.
        };
        for name in placeholders(code) {
            if !args.iter().any(|a| a == name) {
                faults.push(format!("{place}: {code} is not told its `{name}`"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
