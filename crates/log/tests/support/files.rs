//! Directories on the real disk: made, copied, damaged at seeded places.

use std::{
    fs,
    path::{Path, PathBuf},
};

use redress_log::{EventLog, Expected, Journal, JournalOptions, Position, TreeHead};

use super::{append, founding, write};

/// Numbers by a seed; the same for ever.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }
}

/// A directory that is closed cleanly: several segments, appends of several records, a store. With the tree head behind
/// each append.
pub(crate) async fn written(path: &Path, appends: u64) -> Vec<TreeHead> {
    let options = JournalOptions::new().segment_bytes(4000).tail(1);
    let log = options.create(path, &founding()).unwrap();
    let heads = go_on(&log, appends).await;
    log.close().await.unwrap();
    heads
}

/// Appends to three streams, of one to three records each.
pub(crate) async fn go_on(log: &Journal, appends: u64) -> Vec<TreeHead> {
    let mut heads = Vec::new();
    for n in 0..appends {
        let number = log.head().0;
        let writes = (0..=n % 3)
            .map(|w| write(&format!("case/{w}"), Expected::Any, [number + w + 1]))
            .collect();
        log.append(append(writes)).await.unwrap();
        heads.push(log.tree_head().unwrap());
    }
    heads
}

/// All files below a directory, by their paths inside it, in order.
pub(crate) fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(root.join(&dir)).unwrap() {
            let entry = entry.unwrap();
            let path = dir.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                waiting.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Copies a directory with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
    // Directories without files belong to a store too.
    if from.join("index/sled").is_dir() {
        fs::create_dir_all(to.join("index/sled/blobs")).unwrap();
    }
}

/// Every byte below a directory, to see that nothing was changed.
pub(crate) fn bytes(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    files(root)
        .into_iter()
        .map(|file| {
            let bytes = fs::read(root.join(&file)).unwrap();
            (file, bytes)
        })
        .collect()
}

/// The path of a segment, by its first position.
pub(crate) fn segment(root: &Path, first: Position) -> PathBuf {
    root.join(format!("journal/{:020}.jsonl", first.0))
}

/// The segments in order.
pub(crate) fn segments(root: &Path) -> Vec<PathBuf> {
    files(root)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|e| e == "jsonl"))
        .map(|file| root.join(file))
        .collect()
}

/// The record lines of the segments, without their line breaks, in order.
pub(crate) fn record_lines(root: &Path) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for segment in segments(root) {
        for line in fs::read(segment).unwrap().split(|byte| *byte == b'\n') {
            if line.starts_with(b"{\"position\":") {
                lines.push(line.to_vec());
            }
        }
    }
    lines
}

/// A line's bytes with the checksum that is right for them.
pub(crate) fn resealed(line: &[u8]) -> Vec<u8> {
    let body = &line[..line.len() - 18];
    let mut whole = body.to_vec();
    whole.extend(format!(",\"crc\":\"{:08x}\"}}", crc32c::crc32c(body)).bytes());
    whole
}
