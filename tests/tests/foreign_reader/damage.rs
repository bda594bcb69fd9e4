//! What happens to a log: thirty-one kinds of damage, at places drawn by a seed.

use std::fs;
use std::path::Path;

use redress_log::{Append, EventLog, Expected, Stamp, StreamWrite};

use crate::events::{Chance, close, event, found, options, stream, write};

/// A data directory as it lies on disk: the marker, and the lines of each segment.
#[derive(Clone)]
pub(crate) struct Lying {
    pub(crate) marker: String,
    pub(crate) segments: Vec<(String, Vec<Vec<u8>>)>,
}

impl Lying {
    pub(crate) fn read(directory: &Path) -> Lying {
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

    pub(crate) fn write(&self, directory: &Path) {
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
pub(crate) fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |register, byte| {
        (0..8).fold(register ^ u32::from(*byte), |register, _| {
            (register >> 1) ^ ((register & 1) * 0x82F6_3B78)
        })
    })
}

/// Changes a line's text and gives it the checksum that fits.
pub(crate) fn forge(line: &mut Vec<u8>, change: impl FnOnce(&mut String)) {
    pub(crate) const END: usize = ",\"crc\":\"00000000\"}\n".len();
    let Some(body) = line.len().checked_sub(END) else {
        return;
    };
    let mut text = String::from_utf8_lossy(&line[..body]).into_owned();
    change(&mut text);
    let crc = crc32c(text.as_bytes());
    *line = format!("{text},\"crc\":\"{crc:08x}\"}}\n").into_bytes();
}

/// Puts another number (or text) behind a key of a line's beginning, if the key is there.
pub(crate) fn put(line: &mut Vec<u8>, key: &str, change: impl FnOnce(&str) -> String) {
    forge(line, |text| {
        let key = format!("\"{key}\":");
        if let Some(at) = text.find(&key).map(|at| at + key.len()) {
            let length = text[at..].find(',').unwrap_or(text.len() - at);
            let new = change(&text[at..at + length]);
            text.replace_range(at..at + length, &new);
        }
    });
}

pub(crate) fn raised(by: i64) -> impl FnOnce(&str) -> String {
    move |number| (number.parse::<i64>().unwrap_or(0) + by).to_string()
}

/// Does one kind of damage; says what it was.
pub(crate) fn damage(log: &mut Lying, kind: usize, chance: &mut Chance) -> String {
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

pub(crate) const KINDS: usize = 31;

/// A log of several segments, with seals inside them, of the fourth of its lives, that ends without a seal.
pub(crate) async fn unclean(directory: &Path, chance: &mut Chance) -> Lying {
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
