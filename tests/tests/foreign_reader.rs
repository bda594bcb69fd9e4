//! A reader written from `docs/event-log-format.md` alone, in another language, agrees with the engine:
//! on every record of a log of 100,000, and on what is whole, torn or damaged.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use redress_log::{
    Append, ClockKind, EventLog, Expected, Filter, Founding, Journal, JournalOptions, NewEvent,
    Position, RawJson, ReadError, Recorded, Stamp, StreamId, StreamWrite,
};
use serde_json::Value;
use uuid::Uuid;

const EVENTS: u64 = 100_000;
const DAMAGES: usize = 240;

/// Numbers that look like chance and are the same every day.
struct Chance(u64);

impl Chance {
    fn number(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.number()).unwrap() % bound.max(1)
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

// What is written.

const TEXTS: [&str; 18] = [
    "\"",
    "\\",
    "\n\r\t",
    "\u{8}\u{c}",
    "\0",
    "\u{1}\u{b}\u{1f}",
    "\u{7f}\u{80}",
    "\u{2028}\u{2029}",
    "\u{feff}\u{fffd}",
    "\u{ffff}\u{10ffff}",
    "客户投诉：外观不良",
    "不合格品 12 件",
    "🧯👩‍🔧🇨🇳",
    "e\u{301}א",
    "</script>&amp;'",
    "\\u0041",
    r#"{"position":1,"crc":"00000000"}"#,
    "plain words of a customer",
];
const INTEGERS: [&str; 8] = [
    "0",
    "-1",
    "7",
    "9007199254740991",
    "-9007199254740991",
    "4294967296",
    "-2147483649",
    "20240203",
];

fn text(chance: &mut Chance) -> String {
    let pieces: String = (0..chance.below(6)).map(|_| chance.one(&TEXTS)).collect();
    serde_json::to_string(&pieces).unwrap()
}

/// A value as text, so that keys stand in every order.
fn value(chance: &mut Chance, depth: usize) -> String {
    match chance.below(if depth == 0 { 6 } else { 8 }) {
        0 | 1 => text(chance),
        2 | 3 => chance.one(&INTEGERS).to_owned(),
        4 => chance.one(&["null", "true", "false"]).to_owned(),
        5 => chance.one(&["{}", "[]", "\"\""]).to_owned(),
        6 => {
            let items = (0..chance.below(5)).map(|_| value(chance, depth - 1));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        _ => object(chance, depth),
    }
}

fn object(chance: &mut Chance, depth: usize) -> String {
    let start = chance.below(90);
    let members = (0..chance.below(6)).map(|nth| {
        let key = serde_json::to_string(&format!("{}{}", chance.one(&TEXTS), 97 - start - nth));
        format!("{}:{}", key.unwrap(), value(chance, depth - 1))
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn payload(chance: &mut Chance) -> RawJson {
    let written = match chance.below(40) {
        0 => "{}".to_owned(),
        1 => "null".to_owned(),
        2 => format!("{}{}", "[".repeat(100), "]".repeat(100)),
        3 => format!("{}-1{}", r#"{"":"#.repeat(100), "}".repeat(100)),
        4 => chance.one(&INTEGERS).to_owned(),
        _ => object(chance, 4),
    };
    RawJson::new(written).unwrap()
}

fn event(chance: &mut Chance) -> NewEvent {
    let kinds = ["case.stage_reported", "a", "x-1.y_2", "case.closed"];
    let occurred = [
        "0000-01-01T00:00:00.000000Z",
        "2024-02-30T23:59:59.999999Z",
        "9999-12-31T23:59:59.999999Z",
    ];
    let high = u128::from(chance.number()) << 96;
    NewEvent {
        id: Uuid::from_u128(high | u128::from(chance.number()) << 40 | u128::from(chance.number())),
        kind: chance.one(&kinds).to_owned(),
        schema: [1, 2, 0, u32::MAX][chance.below(4)],
        occurred_at: Stamp::parse(chance.one(&occurred)).unwrap(),
        actor: RawJson::new(text(chance)).unwrap(),
        command: RawJson::new(value(chance, 2)).unwrap(),
        payload: payload(chance),
    }
}

fn stream(number: usize) -> StreamId {
    let names = ["complaint/", "a_b-1/Ünï~@+:.", "organisation/投诉-", "c/ⓐ٣"];
    StreamId::parse(&format!("{}{number}", names[number % names.len()])).unwrap()
}

/// One append to up to five streams, now and then to very many records or to none.
fn append(chance: &mut Chance, second: u64) -> Append {
    let most = if chance.below(400) == 0 { 1500 } else { 3 };
    let streams = [1, 1, 1, 2, 5][chance.below(5)];
    let first = chance.below(3000);
    let writes = (0..streams)
        .map(|nth| StreamWrite {
            stream: stream(first + nth),
            expected: Expected::Any,
            events: (0..chance.below(most + 1)).map(|_| event(chance)).collect(),
        })
        .collect();
    let at = format!(
        "2024-{:02}-{:02}T{:02}:{:02}:{:02}.000{:03}Z",
        second / 2_419_200 % 12 + 1,
        second / 86400 % 28 + 1,
        second / 3600 % 24,
        second / 60 % 60,
        second % 60,
        chance.below(1000),
    );
    Append {
        recorded_at: Stamp::parse(&at).unwrap(),
        writes,
    }
}

fn options(segment_bytes: u64) -> JournalOptions {
    JournalOptions::new()
        .segment_bytes(segment_bytes)
        .tail(usize::MAX)
        .by_hand()
}

fn found(directory: &Path, segment_bytes: u64) -> Journal {
    let founding = Founding {
        log_id: Uuid::from_u128(0x0191_0000_0000_7000_8000_0000_0000_0009),
        zone: "Asia/Shanghai".into(),
        clock: ClockKind::System,
    };
    options(segment_bytes).create(directory, &founding).unwrap()
}

/// Writes some turns of some appends, until the log has so many records.
async fn write(log: &Journal, chance: &mut Chance, until: u64, most_appends: usize) {
    while log.head().0 < until {
        let second = log.head().0;
        let appends: Vec<_> = (0..=chance.below(most_appends))
            .map(|_| {
                // A clock that goes back now and then: the log keeps its order.
                let back = 30 * u64::from(chance.below(5) == 0);
                log.append(append(chance, second + 60 - back))
            })
            .collect();
        log.drive();
        for append in appends {
            append.await.unwrap();
        }
    }
}

async fn close(log: Journal) {
    let closing = log.close();
    log.drive();
    closing.await.unwrap();
}

// What both say of it.

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

// Damage.

/// A data directory as it lies on disk: the marker, and the lines of each segment.
#[derive(Clone)]
struct Lying {
    marker: String,
    segments: Vec<(String, Vec<Vec<u8>>)>,
}

impl Lying {
    fn read(directory: &Path) -> Lying {
        let mut segments: Vec<_> = fs::read_dir(directory.join("journal"))
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let bytes = fs::read(entry.path()).unwrap();
                let lines = bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec);
                (
                    entry.file_name().into_string().unwrap(),
                    lines.collect::<Vec<_>>(),
                )
            })
            .collect();
        segments.sort();
        let marker = fs::read_to_string(directory.join("redress.json")).unwrap();
        Lying { marker, segments }
    }

    fn write(&self, directory: &Path) {
        fs::create_dir_all(directory.join("journal")).unwrap();
        if !self.marker.is_empty() {
            fs::write(directory.join("redress.json"), &self.marker).unwrap();
        }
        for (name, lines) in &self.segments {
            fs::write(directory.join("journal").join(name), lines.concat()).unwrap();
        }
    }
}

/// The checksum as the page says it, a bit at a time.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |register, byte| {
        (0..8).fold(register ^ u32::from(*byte), |register, _| {
            register >> 1 ^ (register & 1) * 0x82F6_3B78
        })
    })
}

/// Changes a line's text and gives it the checksum that fits.
fn forge(line: &mut Vec<u8>, change: impl FnOnce(&mut String)) {
    const END: usize = ",\"crc\":\"00000000\"}\n".len();
    let Some(body) = line.len().checked_sub(END) else {
        return;
    };
    let mut text = String::from_utf8_lossy(&line[..body]).into_owned();
    change(&mut text);
    let crc = crc32c(text.as_bytes());
    *line = format!("{text},\"crc\":\"{crc:08x}\"}}\n").into_bytes();
}

/// Puts another number (or text) behind a key of a line's beginning, if the key is there.
fn put(line: &mut Vec<u8>, key: &str, change: impl FnOnce(&str) -> String) {
    forge(line, |text| {
        let key = format!("\"{key}\":");
        if let Some(at) = text.find(&key).map(|at| at + key.len()) {
            let length = text[at..].find(',').unwrap_or(text.len() - at);
            let new = change(&text[at..at + length]);
            text.replace_range(at..at + length, &new);
        }
    });
}

fn raised(by: i64) -> impl FnOnce(&str) -> String {
    move |number| (number.parse::<i64>().unwrap_or(0) + by).to_string()
}

/// Does one kind of damage; says what it was.
fn damage(log: &mut Lying, kind: usize, chance: &mut Chance) -> String {
    let last = log.segments.len() - 1;
    // The end is where it is hard to tell; half of the damages lie there.
    let nth = if chance.below(2) == 0 {
        last
    } else {
        chance.below(last + 1)
    };
    let lines = &mut log.segments[nth].1;
    let at = if lines.len() > 12 && chance.below(2) == 0 {
        lines.len() - 1 - chance.below(12)
    } else {
        chance.below(lines.len())
    };
    let byte = chance.below(lines[at].len());
    let bit = 1 << chance.below(8);
    let what = match kind {
        0 | 1 => {
            lines[at][byte] ^= bit;
            "a bit flipped"
        }
        2 => {
            *lines[at].last_mut().unwrap() ^= bit;
            "a line feed flipped"
        }
        3 => {
            lines.truncate(at + 1);
            lines[at].truncate(byte);
            "cut"
        }
        4 => {
            lines.truncate(at);
            "cut between lines"
        }
        5 => {
            lines.remove(at);
            "a line dropped"
        }
        6 => {
            let copy = lines[at].clone();
            lines.insert(at, copy);
            "a line doubled"
        }
        7 => {
            let other = (at + 1).min(lines.len() - 1);
            lines.swap(at, other);
            "two neighbours swapped"
        }
        8 => {
            let other = chance.below(lines.len());
            lines.swap(at, other);
            "two lines swapped"
        }
        9 => {
            lines.insert(at, b"\n".to_vec());
            "an empty line"
        }
        10 => {
            lines.push(vec![0; 1 + chance.below(5000)]);
            "zeros behind"
        }
        11 => {
            let half = lines[at][..byte].to_vec();
            lines.push(half);
            "half a line behind"
        }
        12 => {
            let of = [0, lines.len() - 1][chance.below(2)];
            put(&mut lines[of], "tree", |head| {
                head.replacen(['0', '1'], "2", 1)
            });
            "another tree head"
        }
        13 => {
            put(&mut lines[0], "epoch", raised([-1, 1, 2][chance.below(3)]));
            "another epoch in a header"
        }
        14 => {
            log.marker = log.marker.replace("\"epoch\":4", "\"epoch\":3");
            "another epoch in the marker"
        }
        15 => {
            let key = chance.one(&["log", "zone", "clock", "format", "first"]);
            put(&mut lines[0], key, |old| old.replace(['i', '0', '1'], "2"));
            "a header of another log"
        }
        16 => {
            let key = chance.one(&["position", "turn", "version", "next"]);
            put(&mut lines[at], key, raised([-3, -1, 1, 2][chance.below(4)]));
            "another number in a record or seal"
        }
        17 => {
            let part = [
                "\"1/1\"", "\"1/2\"", "\"2/2\"", "\"01/1\"", "\"2/1\"", "\"0/1\"",
            ];
            let part = chance.one(&part);
            put(&mut lines[at], "part", |_| part.to_owned());
            "another part"
        }
        18 => {
            let year = chance.one(&["2023", "2025"]);
            put(&mut lines[at], "recorded_at", |old| {
                old.replacen("2024", year, 1)
            });
            "recorded in another year"
        }
        19 => {
            forge(&mut lines[at], |text| {
                if let Some(payload) = text.find("\"payload\":") {
                    text.replace_range(payload.., "\"payload\":\"forged\"");
                }
            });
            "another payload, with its checksum"
        }
        20 => {
            put(&mut lines[at], "tree", str::to_uppercase);
            put(&mut lines[at], "recorded_at", str::to_lowercase);
            "letters of the other case"
        }
        21 => {
            let key = chance.one(&["position", "turn", "version", "next", "first"]);
            put(&mut lines[at], key, |old| {
                let spelled = [format!("0{old}"), format!(" {old}"), format!("{old}.0")];
                spelled[byte % 3].clone()
            });
            "a number spelled otherwise"
        }
        22 => {
            put(&mut lines[at], "stream", |_| "\"complaint/7\"".into());
            "another stream"
        }
        23 => {
            log.segments.remove(nth);
            "a segment missing"
        }
        24 => {
            lines.clear();
            "an empty segment"
        }
        25 => {
            lines.truncate(1);
            lines[0].truncate(byte);
            "a header cut"
        }
        26 => {
            let taken = lines.split_off(at);
            let seal = log.segments[nth / 2].1.last().cloned();
            let lines = &mut log.segments[nth].1;
            lines.extend(seal);
            lines.extend(taken);
            "a seal from elsewhere"
        }
        27 => {
            log.segments[nth].0 = format!("{:020}.jsonl", 1 + chance.below(500));
            "a segment under another name"
        }
        28 => {
            let marker = ["", "{}", "null", "{\"format\":0}", &log.marker[..40]];
            log.marker = chance.one(&marker).to_owned();
            "a broken marker"
        }
        29 => {
            let seals = |line: &Vec<u8>| line.starts_with(b"{\"redress\":\"seal\"");
            lines.retain(|line| !seals(line));
            "seals dropped"
        }
        _ => {
            // The engine trusts the checksum for what stands behind the version, until a record is read. So this
            // is behind the last seal only: elsewhere it notices the tree head first.
            let (key, new) = [
                ("id", "\"0191F000-0000-7000-8000-00000000000A\""),
                ("schema", "4294967296"),
                ("occurred_at", "\"2024-13-01T00:00:00.000000Z\""),
            ][chance.below(3)];
            let lines = &mut log.segments[last].1;
            let at = (lines.len() - 1).saturating_sub(chance.below(12));
            put(&mut lines[at], key, |_| new.into());
            "a field spelled otherwise behind the last seal"
        }
    };
    format!("{what} in segment {nth} at line {}", at + 1)
}

const KINDS: usize = 31;

/// A log of several segments, with seals inside them, of the fourth of its lives, that ends without a seal.
async fn unclean(directory: &Path, chance: &mut Chance) -> Lying {
    let size = 24 << 10;
    let mut log = found(directory, size);
    for until in [30, 70, 140, 160] {
        write(&log, chance, until, 3).await;
        close(log).await;
        log = options(size).open(directory).unwrap();
    }
    write(&log, chance, 190, 5).await;
    // The last turn has several appends, the last of several records.
    let appends: Vec<_> = (0..4)
        .map(|nth| {
            log.append(Append {
                recorded_at: Stamp::parse("2024-12-30T00:00:00.000000Z").unwrap(),
                writes: vec![StreamWrite {
                    stream: stream(nth),
                    expected: Expected::Any,
                    events: (0..=nth).map(|_| event(chance)).collect(),
                }],
            })
        })
        .collect();
    log.drive();
    for append in appends {
        append.await.unwrap();
    }
    let mut lying = Lying::read(directory);
    lying.marker = lying.marker.replace("\"epoch\":1", "\"epoch\":4");
    let last = lying.segments.len() - 1;
    for (nth, (_, lines)) in lying.segments.iter_mut().enumerate() {
        put(&mut lines[0], "epoch", |_| (1 + 3 * nth / last).to_string());
    }
    lying
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
}
