//! Whatever is done to the files of a workflow, reading them gives a workflow or faults, never a panic.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use proptest::prelude::*;
use redress_core::sentence::Lang;
use redress_workflow::{Files, builtin_files, diff, schema, show, study};

/// Words that a file may suddenly hold.
const WORDS: &[&str] = &[
    "\"",
    "'",
    "'''",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\n",
    "\r",
    "#",
    ".",
    ",",
    "true",
    "0",
    "-1",
    "9223372036854775808",
    "1e400",
    "nan",
    "0x7fffffffffffffff",
    "1979-05-27T07:32:00Z",
    "\u{202e}",
    "\u{0}",
    "\u{feff}",
    "é",
    "投诉",
    "\\u0000",
    "id = \"x\"\n",
    "[[stages]]\n",
    "fields = []\n",
    "\"1 month\"",
    "\"-1 natural_day\"",
    "{ not = { not = { not = { any = [] } } } }",
    "path = \"opening.kind\"",
    "closing",
    "a.b.c.d.e.f.g = 1\n",
    "limits = [{}]\n",
];

#[derive(Debug, Clone)]
enum Change {
    Cut(usize, usize),
    Insert(usize, usize),
    Repeat(usize, usize),
    Swap(usize, usize),
    Text(usize, String),
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<usize>(), 1usize..60).prop_map(|(at, length)| Change::Cut(at, length)),
        (any::<usize>(), 0..WORDS.len()).prop_map(|(at, word)| Change::Insert(at, word)),
        (any::<usize>(), 1usize..200).prop_map(|(at, length)| Change::Repeat(at, length)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Change::Swap(a, b)),
        (any::<usize>(), "\\PC{0,12}").prop_map(|(at, text)| Change::Text(at, text)),
    ]
}

fn apply(text: &str, change: &Change) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let place = |at: usize| at % (chars.len() + 1);
    match change {
        Change::Cut(at, length) => {
            let at = place(*at);
            let end = (at + length).min(chars.len());
            chars.drain(at..end);
        }
        Change::Insert(at, word) => {
            let at = place(*at);
            chars.splice(at..at, WORDS[*word].chars());
        }
        Change::Repeat(at, length) => {
            let at = place(*at);
            let again = chars[at..(at + length).min(chars.len())].to_vec();
            chars.splice(at..at, again);
        }
        Change::Swap(a, b) => {
            let mut lines: Vec<&str> = text.lines().collect();
            if !lines.is_empty() {
                let count = lines.len();
                lines.swap(a % count, b % count);
            }
            return lines.join("\n");
        }
        Change::Text(at, inserted) => {
            let at = place(*at);
            chars.splice(at..at, inserted.chars());
        }
    }
    chars.into_iter().collect()
}

fn examine(files: &Files) {
    match study(files) {
        Ok(reading) => {
            for lang in Lang::ALL {
                assert!(!show(&reading, lang).is_empty());
            }
            assert!(schema(&reading.workflow.definition).is_object());
            assert!(diff(&reading, &reading).is_empty());
        }
        Err(faults) => {
            assert!(faults.count() > 0);
            for fault in faults.all() {
                assert!(!fault.sentence.is_empty());
                assert!(fault.start <= fault.end);
                assert!(
                    !fault
                        .to_string()
                        .chars()
                        .any(|c| c.is_control() && c != '\n')
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_workflow_never_panics(
        workflow in 0usize..3,
        file in any::<usize>(),
        changes in prop::collection::vec(changes(), 1..6),
    ) {
        let mut files = builtin_files().into_values().nth(workflow).unwrap();
        let name = files.keys().nth(file % files.len()).unwrap().clone();
        let text = changes.iter().fold(files[&name].clone(), |text, change| apply(&text, change));
        files.insert(name, text);
        examine(&files);
    }

    #[test]
    fn noise_never_panics(text in "\\PC{0,200}", name in "\\PC{0,20}") {
        examine(&Files::from([(name, text)]));
    }
}

#[test]
fn deep_nesting_never_panics() {
    for (open, close) in [("[", "]"), ("{a=", "}"), ("{not=", "}")] {
        for depth in [10, 79, 81, 100_000] {
            let text = format!("stages = {}1{}", open.repeat(depth), close.repeat(depth));
            examine(&Files::from([("a.toml".to_owned(), text)]));
        }
    }
    let dotted = format!("{} = 1", vec!["a"; 100_000].join("."));
    examine(&Files::from([("a.toml".to_owned(), dotted)]));
}

#[test]
fn a_hostile_file_is_answered_in_bounded_time() {
    let lines = |line: &str| line.repeat(1024 * 1024 / line.len());
    for line in [
        "=\n",
        "[[a]]\n",
        "[[stages]]\n",
        "a\n",
        "\u{202e}",
        "[[stages]]\nid = \"x\"\n",
        "'''",
        "x = [\n",
    ] {
        examine(&Files::from([("a.toml".to_owned(), lines(line))]));
    }
    let keys: String = (0..60_000).map(|n| format!("key{n} = {n}\n")).collect();
    examine(&Files::from([("a.toml".to_owned(), keys)]));
}
