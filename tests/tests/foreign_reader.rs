//! A reader written from `docs/event-log-format.md` alone, in another language, agrees with the engine:
//! on every record of a log of 100,000, and on what is whole, torn or damaged.

#[path = "foreign_reader/damage.rs"]
mod damage;
#[path = "foreign_reader/events.rs"]
mod events;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use redress_log::{EventLog, Filter, Journal, Position, ReadError, Recorded};
use serde_json::Value;

use damage::{KINDS, Lying, damage, unclean};
use events::{Chance, close, found, options, write};

const EVENTS: u64 = 100_000;
const DAMAGES: usize = 240;

/// A record in a spelling of the test's own: keys sorted, nothing beyond ASCII.
fn plain(record: &Recorded) -> String {
    let Recorded {
        position,
        turn,
        part,
        recorded_at,
        stream,
        version,
        id,
        kind,
        schema,
        occurred_at,
        actor,
        command,
        payload,
    } = record;
    let mut line = format!(
        "[{position},{turn},[{},{}],\"{recorded_at}\",",
        part.number, part.of
    );
    plain_text(stream.as_str(), &mut line);
    write!(
        line,
        ",{version},\"{id}\",\"{kind}\",{schema},\"{occurred_at}\""
    )
    .unwrap();
    for raw in [actor, command, payload] {
        line.push(',');
        plain_value(&raw.parse().unwrap(), &mut line);
    }
    line.push(']');
    line
}

fn plain_value(value: &Value, line: &mut String) {
    match value {
        Value::String(text) => plain_text(text, line),
        Value::Array(items) => {
            for (nth, item) in items.iter().enumerate() {
                line.push(if nth == 0 { '[' } else { ',' });
                plain_value(item, line);
            }
            line.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            for (nth, (key, value)) in members.iter().enumerate() {
                line.push(if nth == 0 { '{' } else { ',' });
                plain_text(key, line);
                line.push(':');
                plain_value(value, line);
            }
            line.push_str(if members.is_empty() { "{}" } else { "}" });
        }
        other => write!(line, "{other}").unwrap(),
    }
}

fn plain_text(text: &str, line: &mut String) {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => line.extend(['\\', c]),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            '\u{8}' => line.push_str("\\b"),
            '\u{c}' => line.push_str("\\f"),
            ' '..='~' => line.push(c),
            _ => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|half| write!(line, "\\u{half:04x}").unwrap()),
        }
    }
    line.push('"');
}

/// The same of what the foreign reader has parsed; then its verdict.
const SAY_ALL: &str = r#"
import json, sys
import read_journal
log = read_journal.Log(sys.argv[1])
for fields, _ in log.records():
    print(json.dumps(list(fields.values()), sort_keys=True, separators=(",", ":")))
print(json.dumps(log.verdict()))
"#;

fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn python() -> Command {
    let mut python = Command::new("python3");
    // It writes nothing beside its source.
    python
        .arg("-B")
        .env("PYTHONPATH", tests())
        .env("PYTHONIOENCODING", "utf-8");
    python
}

fn reader(arguments: &[&str], directories: &[PathBuf]) -> (Option<i32>, String) {
    let out = python()
        .arg(tests().join("read_journal.py"))
        .args(directories)
        .args(arguments)
        .output()
        .expect("python3 is needed for this test");
    assert!(
        out.stderr.is_empty() || out.status.code() != Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    (out.status.code(), String::from_utf8(out.stdout).unwrap())
}

/// What the engine says of a directory: in opening, then in reading every record.
async fn engine_says(directory: &Path) -> String {
    let Ok(log) = Journal::open_read_only(directory) else {
        return "not redress".into();
    };
    let recovery = log.recovery();
    if let Some(first) = recovery.damage.first() {
        return format!(
            "damaged: {} line {} byte {}",
            first.file, first.line, first.offset
        );
    }
    let everything = Filter::everything();
    let mut from = Position::FIRST;
    loop {
        match log.all(from, &everything, 1000).await {
            Ok(page) if page.end => break,
            Ok(page) => from = page.next,
            Err(ReadError::Damaged(at)) => {
                return format!("damaged: {} line {} byte {}", at.file, at.line, at.offset);
            }
            Err(other) => panic!("{other}"),
        }
    }
    let head = log.tree_head().unwrap();
    let end = format!("position {} tree {}", head.position, head.hash);
    match &recovery.cut {
        None => format!("whole: {end}"),
        Some(cut) => format!(
            "torn: {} line {} byte {}, {} bytes, {end}",
            cut.file, cut.line, cut.offset, cut.bytes
        ),
    }
}

/// What the foreign reader said, in the same words.
fn reader_said(line: &str) -> String {
    let said: Value = serde_json::from_str(line).unwrap();
    if said.get("not_redress").is_some() {
        return "not redress".into();
    }
    let place = |at: &Value| {
        format!(
            "{} line {} byte {}",
            at["file"].as_str().unwrap(),
            at["line"],
            at["offset"]
        )
    };
    if let Some(first) = said["findings"].get(0) {
        return format!("damaged: {}", place(first));
    }
    let tree = said["tree"].as_str().unwrap();
    let end = format!("position {} tree {tree}", said["position"]);
    match &said["torn"] {
        Value::Null => format!("whole: {end}"),
        torn => format!("torn: {}, {} bytes, {end}", place(torn), torn["bytes"]),
    }
}
#[tokio::test]
async fn both_read_every_record_alike() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let mut chance = Chance(26);
    let mut log = found(&path, 6 << 20);
    for reopened in 1..=5 {
        write(&log, &mut chance, EVENTS * reopened / 5, 120).await;
        close(log).await;
        log = options(6 << 20).open(&path).unwrap();
    }
    drop(log);

    let mut python = python()
        .args(["-c", SAY_ALL])
        .arg(&path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed for this test");
    let mut said = BufReader::new(python.stdout.take().unwrap()).lines();
    let log = Journal::open_read_only(&path).unwrap();
    let everything = Filter::everything();
    let mut page = log.all(Position::FIRST, &everything, 1000).await.unwrap();
    let mut records = 0;
    loop {
        for record in &page.records {
            let said = said
                .next()
                .expect("the foreign reader has fewer records")
                .unwrap();
            assert_eq!(said, plain(record), "position {}", record.position);
            records += 1;
        }
        if page.end {
            break;
        }
        page = log.all(page.next, &everything, 1000).await.unwrap();
    }
    let verdict: Value = serde_json::from_str(&said.next().unwrap().unwrap()).unwrap();
    assert!(said.next().is_none() && python.wait().unwrap().success());
    let head = log.tree_head().unwrap();
    assert!(records >= EVENTS, "{records}");
    assert_eq!(verdict["records"], records);
    assert_eq!(verdict["position"], head.position.0);
    assert_eq!(verdict["tree"], head.hash.to_string());
    assert_eq!(
        (&verdict["torn"], &verdict["findings"]),
        (&Value::Null, &serde_json::json!([]))
    );
    assert!(verdict["segments"].as_u64().unwrap() > 5, "{verdict}");
}

#[tokio::test]
async fn both_find_the_same_damage() {
    let directory = tempfile::tempdir().unwrap();
    let mut chance = Chance(8);
    let whole = unclean(&directory.path().join("whole"), &mut chance).await;
    assert!(whole.segments.len() > 3, "{}", whole.segments.len());

    let mut directories = Vec::new();
    let mut engine = Vec::new();
    for nth in 0..DAMAGES {
        let mut log = whole.clone();
        let mut done = damage(&mut log, nth % KINDS, &mut chance);
        // Now and then two at once.
        if nth % KINDS < KINDS - 1
            && nth >= 4 * KINDS
            && chance.below(3) == 0
            && !log.segments.iter().any(|s| s.1.is_empty())
        {
            let kind = chance.below(KINDS - 1);
            write!(done, ", {}", damage(&mut log, kind, &mut chance)).unwrap();
        }
        let path = directory.path().join(nth.to_string());
        log.write(&path);
        engine.push((done, engine_says(&path).await));
        directories.push(path);
    }

    let (_, said) = reader(&[], &directories);
    let said: Vec<String> = said.lines().map(reader_said).collect();
    assert_eq!(said.len(), engine.len());
    let differing: String = engine
        .iter()
        .zip(&said)
        .enumerate()
        .filter(|(_, ((_, engine), said))| engine != *said)
        .map(|(nth, ((done, engine), said))| {
            format!("{nth}: {done}\n    engine: {engine}\n    reader: {said}\n")
        })
        .collect();
    if !differing.is_empty() {
        panic!(
            "they differ; the directories stay in {}\n{differing}",
            directory.keep().display()
        );
    }
    for verdict in ["whole", "torn", "damaged", "not redress"] {
        let so_many = said.iter().filter(|said| said.starts_with(verdict)).count();
        assert!(so_many >= 5, "{verdict}: {so_many}");
        println!("{verdict}: {so_many}");
    }
}

#[tokio::test]
async fn the_reader_prints_what_is_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let log = found(&path, 20 << 10);
    write(&log, &mut Chance(3), 60, 5).await;
    close(log).await;
    let whole = Lying::read(&path);

    let records: Vec<&[u8]> = whole
        .segments
        .iter()
        .flat_map(|(_, lines)| lines)
        .map(Vec::as_slice)
        .filter(|line| line.starts_with(b"{\"position\":"))
        .collect();
    let paths = [path.clone()];
    let (code, lines) = reader(&["--format", "jsonl"], &paths);
    assert_eq!((code, lines.as_bytes()), (Some(0), &*records.concat()));
    let (_, lines) = reader(&["--format", "jsonl", "--from", "11", "--to", "20"], &paths);
    assert_eq!(lines.as_bytes(), records[10..20].concat());

    // The second segment's header states the head over all records of the first.
    let header: Value = serde_json::from_slice(&whole.segments[1].1[0]).unwrap();
    let to = header["first"].as_u64().unwrap() - 1;
    let (code, head) = reader(&["--format", "head", "--to", &to.to_string()], &paths);
    let head: Value = serde_json::from_str(&head).unwrap();
    assert_eq!((code, &head["position"]), (Some(0), &to.into()));
    assert_eq!(head["tree"], header["tree"]);

    let empty = [directory.path().to_owned()];
    assert_eq!(reader(&[], &empty).0, Some(4));
    let mut torn = whole.clone();
    torn.segments.last_mut().unwrap().1.push(b"{".to_vec());
    torn.write(&directory.path().join("torn"));
    assert_eq!(reader(&[], &[directory.path().join("torn")]).0, Some(1));
    let mut damaged = whole;
    damaged.segments[0].1[1][30] ^= 1;
    damaged.write(&directory.path().join("damaged"));
    assert_eq!(reader(&[], &[directory.path().join("damaged")]).0, Some(7));

    // A journal that is gone is not whole; a pipe in it is not waited for.
    let journal = path.join("journal");
    std::fs::remove_dir_all(&journal).unwrap();
    let (code, said) = reader(&[], &paths);
    assert_eq!(code, Some(7), "{said}");
    assert!(said.contains("no segment"), "{said}");
    if cfg!(unix) {
        std::fs::create_dir(&journal).unwrap();
        let pipe = journal.join("00000000000000000001.jsonl");
        let made = Command::new("mkfifo").arg(pipe).status().unwrap();
        assert!(made.success());
        assert_eq!(reader(&[], &paths).0, Some(8));
    }
}
