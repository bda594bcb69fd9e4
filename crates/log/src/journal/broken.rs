//! Streams that damaged lines still name: what they end with is not known.

use std::collections::BTreeMap;

use crate::{
    error::Damage,
    index::{Index, IndexError},
    position::Version,
    stream_id::{self, StreamId},
};

/// Of so many streams it is noted; of a log with more the damage itself is told all the same.
const MOST: usize = 10_000;

/// Streams that damaged lines name, each with the damage that was met first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Broken(BTreeMap<String, Damage>);

impl Broken {
    /// Notes which streams a damaged line names, unless what it names was taken.
    pub(super) fn note(
        &mut self,
        line: &[u8],
        damage: &Damage,
        index: &dyn Index,
    ) -> Result<(), IndexError> {
        for (stream, version) in named(line) {
            let taken = match version {
                Some(version) => version <= index.last(stream)?,
                None => false,
            };
            if !taken && self.0.len() < MOST {
                let first = self.0.entry(stream.to_owned());
                first.or_insert_with(|| damage.clone());
            }
        }
        Ok(())
    }

    /// The damage to a stream's records.
    pub(super) fn of(&self, stream: &StreamId) -> Option<&Damage> {
        self.0.get(stream.as_str())
    }
}

/// The streams that a damaged line names, each with the version, where that can be read too.
fn named(line: &[u8]) -> impl Iterator<Item = (&str, Option<Version>)> {
    const STREAM: &[u8] = b",\"stream\":\"";
    const VERSION: &[u8] = b"\",\"version\":";
    memchr::memmem::find_iter(line, STREAM).filter_map(|at| {
        let rest = line.get(at + STREAM.len()..)?;
        let name = rest.get(..memchr::memchr(b'"', rest)?)?;
        let stream = std::str::from_utf8(name).ok()?;
        stream_id::check(stream).ok()?;
        let digits = rest.get(name.len()..)?.strip_prefix(VERSION);
        let digits = digits.and_then(|digits| digits.get(..memchr::memchr(b',', digits)?));
        let version = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        Some((stream, version.map(Version)))
    })
}
