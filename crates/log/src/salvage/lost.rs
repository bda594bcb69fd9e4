//! What is lost, as far as what is left tells.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;
use uuid::Uuid;

use super::lines::{Found, Swept};
use crate::{
    checkpoint::Checkpoint,
    disk::RealDisk,
    index::each_run,
    journal::manifest,
    position::{Position, Version},
    scratch::Scratch,
    store::{Look, Shelf},
};

/// Something that is lost or doubtful: a line of `lost.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lost {
    /// Bytes that are part of no whole line.
    Damaged {
        /// The file, as its path inside the data directory.
        file: String,
        /// Where they begin.
        offset: u64,
        /// How many they are.
        bytes: u64,
        /// What is wrong with the first line of them.
        reason: String,
        /// The file that keeps them, as its path inside the export.
        kept_as: String,
    },
    /// A file whose header names another log. None of its records is exported: it stays where it is.
    OtherLog {
        /// The file, as its path inside the data directory.
        file: String,
        /// The log that it belongs to.
        log: Uuid,
        /// How many bytes it has.
        bytes: u64,
    },
    /// Positions of which there is no whole record.
    Missing {
        /// The first.
        from: Position,
        /// The last.
        to: Position,
    },
    /// Versions of a stream of which there is no whole record, as far as it is known. What was lost at a stream's end
    /// is known only if the index was closed behind it.
    Versions {
        /// The stream.
        stream: String,
        /// The first.
        from: Version,
        /// The last.
        to: Version,
    },
    /// Records that contradict each other: several at one position. All are exported.
    Duplicate {
        /// The position.
        position: Position,
        /// The file that one of them stands in.
        file: String,
        /// Where in it.
        offset: u64,
    },
    /// Records of an append whose other records are lost, or were never written. They are exported.
    Incomplete {
        /// The first position of the append that is there.
        from: Position,
        /// The last.
        to: Position,
        /// How many records the append has.
        of: u32,
    },
}

/// What is found out about losses.
#[derive(Debug, Default)]
pub(super) struct Losses {
    pub(super) lost: Vec<Lost>,
    pub(super) reaches: Position,
    versions: BTreeMap<Box<str>, Vec<u64>>,
    /// The last version of each stream that the index knows.
    indexed: BTreeMap<Box<str>, u64>,
}

impl Losses {
    /// Takes what a file tells.
    pub(super) fn take(&mut self, swept: &Swept) {
        self.reaches = self.reaches.max(swept.reaches);
        for (stream, version) in &swept.versions {
            match self.versions.get_mut(stream) {
                Some(versions) => versions.push(version.0),
                None => {
                    self.versions.insert(stream.clone(), vec![version.0]);
                }
            }
        }
    }

    /// Asks the index what there was, if it was closed; and the manifest, if it is a backup. Whatever does not answer
    /// is not needed.
    pub(super) fn known_by_index(&mut self, source: &Path) {
        if let Ok(manifest) = manifest::read(&RealDisk::new(source)) {
            self.reaches = self.reaches.max(manifest.position);
        }
        let Look::Closed(note) = Shelf::new(source).look::<Checkpoint>() else {
            return;
        };
        self.reaches = self.reaches.max(note.checkpoint.position());
        let Ok(scratch) = Scratch::below(&std::env::temp_dir()) else {
            return;
        };
        let asked = Shelf::new(source).copy_to(scratch.path()).and_then(|copy| {
            match copy.look::<Checkpoint>() {
                Look::Closed(note) => copy.open(note).map(Some),
                _ => Ok(None),
            }
        });
        if let Ok(Some(store)) = asked {
            let indexed = &mut self.indexed;
            let told = each_run(&store, &mut |stream, last| {
                indexed.insert(stream.into(), last.0);
            });
            if let Err(error) = told.and_then(|()| store.body().close()) {
                tracing::warn!(%error, "the index does not tell everything");
            }
        }
    }

    /// Concludes from what is there what is not.
    pub(super) fn conclude(&mut self, whole: &[Found]) {
        let missing = gaps(whole.iter().map(|record| record.position.0), self.reaches.0);
        for (from, to) in &missing {
            self.lost.push(Lost::Missing {
                from: Position(*from),
                to: Position(*to),
            });
        }
        for versions in self.versions.values_mut() {
            versions.sort_unstable();
            versions.dedup();
        }
        self.missing_versions();
        self.incomplete(whole);
    }

    fn missing_versions(&mut self) {
        for stream in std::mem::take(&mut self.indexed) {
            let known = self.versions.entry(stream.0).or_default();
            // The one behind the last is where the gaps end.
            if known.last().is_none_or(|last| *last < stream.1) {
                known.push(stream.1 + 1);
            }
        }
        for (stream, versions) in &self.versions {
            let last = versions.last().copied().unwrap_or(0);
            for (from, to) in gaps(versions.iter().copied(), last) {
                self.lost.push(Lost::Versions {
                    stream: stream.to_string(),
                    from: Version(from),
                    to: Version(to),
                });
            }
        }
    }

    /// Appends of which not all records are there.
    fn incomplete(&mut self, whole: &[Found]) {
        let begins =
            |record: &Found| (record.position.0 + 1).saturating_sub(u64::from(record.number));
        let same = |a: &Found, b: &Found| begins(a) == begins(b) && a.of == b.of;
        for append in whole.chunk_by(same) {
            let (Some(first), Some(last)) = (append.first(), append.last()) else {
                continue;
            };
            let all = first.number == 1
                && last.number == last.of
                && append.len() as u64 >= u64::from(first.of);
            if !all {
                self.lost.push(Lost::Incomplete {
                    from: first.position,
                    to: last.position,
                    of: first.of,
                });
            }
        }
    }
}

/// The numbers from 1 to `last` that do not occur in an ordered row.
fn gaps(row: impl Iterator<Item = u64>, last: u64) -> Vec<(u64, u64)> {
    let mut gaps = Vec::new();
    let mut due = 1;
    for number in row {
        if number > due {
            gaps.push((due, number - 1));
        }
        due = due.max(number + 1);
    }
    if due <= last {
        gaps.push((due, last));
    }
    gaps
}
