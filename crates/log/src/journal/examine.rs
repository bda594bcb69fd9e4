//! Reading a journal through to examine it: nothing is opened, nothing is written.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{
    open_error::OpenError,
    recovery::missing,
    scan::{Progress, ScanError, Tell, Torn},
    segment::{self, Segment},
};
use crate::{
    disk::Disk,
    error::Damage,
    event_log::LogInfo,
    index::Index,
    line::Record,
    position::Position,
    record::Recorded,
    tree::{Tree, TreeHash, TreeHead},
};

/// An append holds at most so many records; so many positions before the wanted end, ends are noted.
const WINDOW: u64 = crate::write::MAX_APPEND_RECORDS;

/// Reads the tree head that a record states; what it says instead if it should state one and does not.
pub(crate) type ReadHead = dyn Fn(&Recorded) -> Result<Option<TreeHead>, String> + Send + Sync;

/// Which records state tree heads, and how they are read.
#[derive(Clone)]
pub(crate) struct Stating {
    pub(crate) kinds: Vec<String>,
    pub(crate) read: Arc<ReadHead>,
}

impl fmt::Debug for Stating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stating").field(&self.kinds).finish()
    }
}

/// A tree head that a record states.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    /// The stream of the record, its position, its segment.
    pub(crate) stream: String,
    pub(crate) position: Position,
    pub(crate) file: String,
    pub(crate) head: Result<TreeHead, String>,
}

/// What is noted of a journal that is examined, beyond what opening it needs.
#[derive(Clone, Debug)]
pub(crate) struct Examining {
    /// The trees that are wanted, each up to a position.
    pub(crate) heads: BTreeMap<Position, Option<Tree>>,
    /// Where the last whole append at or before this position ends is wanted.
    until: Position,
    pub(crate) end: Option<End>,
    /// The lives of the log, each with the first position of its first segment.
    pub(crate) epochs: Vec<(u32, Position)>,
    pub(crate) most_damages: usize,
    stating: Option<Stating>,
    stated: Vec<Stated>,
    /// The leaves of all records before the first damage, kept where records state heads: which ones will be wanted is
    /// not known when they are read.
    leaves: Vec<TreeHash>,
}

/// A place behind a whole append, and what is before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// The segment, by its first position.
    pub(crate) segment: Position,
    /// The bytes of it that are before the place.
    pub(crate) bytes: u64,
    /// The tree over all records before.
    pub(crate) tree: Tree,
}

impl Examining {
    /// Notes the trees up to some positions, and the last end.
    pub(crate) fn new(heads: impl IntoIterator<Item = Position>) -> Examining {
        Examining {
            heads: heads
                .into_iter()
                .map(|position| {
                    let nothing = (position == Position::NONE).then(Tree::default);
                    (position, nothing)
                })
                .collect(),
            until: Position(u64::MAX),
            end: None,
            epochs: Vec::new(),
            most_damages: 1000,
            stating: None,
            stated: Vec::new(),
            leaves: Vec::new(),
        }
    }

    /// Compares the heads that records state with what stands before them.
    pub(crate) fn stating(mut self, stating: Option<Stating>) -> Examining {
        self.stating = stating;
        self
    }

    /// Notes the head that a record states.
    pub(super) fn state(&mut self, record: &Record<'_>, segment: &Segment) {
        let Some(stating) = &self.stating else {
            return;
        };
        let named = record.name();
        if !named.is_some_and(|(_, kind)| stating.kinds.iter().any(|wanted| wanted == kind)) {
            return;
        }
        let Some(recorded) = record.decode() else {
            return;
        };
        let head = (stating.read)(&recorded).transpose();
        self.stated.extend(head.map(|head| Stated {
            stream: recorded.stream.as_str().to_owned(),
            position: recorded.position,
            file: segment.path.clone(),
            head,
        }));
    }

    /// What records state that is not so: each with what is wrong about it.
    pub(crate) fn misstated(&self, last: Position) -> Vec<(&Stated, String)> {
        let mut stated: Vec<&Stated> = self.stated.iter().collect();
        stated.retain(|stated| stated.position <= last);
        stated.sort_by_key(|stated| stated.head.as_ref().map_or(0, |head| head.position.0));
        let mut leaves = self.leaves.iter();
        let mut tree = Tree::default();
        let mut wrong = Vec::new();
        for stated in stated {
            let head = match &stated.head {
                Ok(head) => head,
                Err(reason) => {
                    wrong.push((
                        stated,
                        format!("its tree head cannot be compared: {reason}"),
                    ));
                    continue;
                }
            };
            if head.position >= stated.position {
                let what = "it states a tree head over records that come after it".to_owned();
                wrong.push((stated, what));
                continue;
            }
            while tree.size() < head.position.0
                && let Some(leaf) = leaves.next()
            {
                tree.push(*leaf);
            }
            // Behind damage it cannot be known; that there is damage is told.
            if tree.size() == head.position.0 && tree.hash() != head.hash {
                let found = tree.hash();
                let what = format!(
                    "it states that position {} has the tree head {}; the records have {found}: one up to there is not \
                     the one that was written, or the statement is not",
                    head.position, head.hash
                );
                wrong.push((stated, what));
            }
        }
        wrong
    }

    /// Notes the last end at or before a position.
    pub(crate) fn until(mut self, position: Position) -> Examining {
        self.until = position;
        self
    }

    pub(super) fn enter(&mut self, epoch: u32, first: Position) {
        if self.epochs.last().is_none_or(|(last, _)| *last != epoch) {
            self.epochs.push((epoch, first));
        }
    }

    pub(super) fn grown(&mut self, tree: &Tree, leaf: TreeHash) {
        if self.stating.is_some() {
            self.leaves.push(leaf);
        }
        if let Some(wanted) = self.heads.get_mut(&Position(tree.size())) {
            *wanted = Some(tree.clone());
        }
    }

    pub(super) fn wants_end(&self, position: Position) -> bool {
        self.until != Position(u64::MAX)
            && position <= self.until
            && self.until.0 - position.0 <= WINDOW
    }
}

/// A journal that was read through.
pub(crate) struct Examined {
    pub(crate) progress: Progress,
    pub(crate) examining: Examining,
    /// What stands behind the last whole append.
    pub(crate) torn: Option<Torn>,
    pub(crate) segments: Vec<(Arc<Segment>, u64)>,
}

impl Examined {
    /// The last position of a whole append.
    pub(crate) fn position(&self) -> Position {
        Position(self.progress.next.0.saturating_sub(1))
    }

    /// What is wrong with the journal, first of all; that it ends before a position that is known to have been there comes
    /// last.
    pub(crate) fn damage(&self, known: Option<Position>) -> Option<Damage> {
        if let Some(damage) = self.progress.damages.first() {
            return Some(damage.clone());
        }
        let reason = missing(self.position(), known)?;
        let last = self.segments.last();
        Some(Damage {
            file: segment::path_of(last.map_or(Position::FIRST, |(last, _)| last.first)),
            line: self.progress.good_lines.max(1),
            offset: last.map_or(0, |(_, size)| *size),
            position: self.position().next(),
            wanted: None,
            reason,
        })
    }

    /// The place behind the last whole append, or behind that at or before the position that was asked for;
    /// none behind damage, and in a log without records.
    pub(crate) fn end(&self) -> Option<End> {
        if self.examining.until < self.position() {
            return self.examining.end.clone();
        }
        let tree = self.progress.tree.clone()?;
        let (last, _) = self.segments.last()?;
        if last.first <= self.position() {
            return Some(End {
                segment: last.first,
                bytes: self.progress.good_bytes,
                tree,
            });
        }
        let (before, size) = self.segments.iter().rev().nth(1)?;
        Some(End {
            segment: before.first,
            bytes: *size,
            tree,
        })
    }
}

/// Reads all segments from front to back: every line, every record's content.
pub(crate) fn examine(
    disk: &dyn Disk,
    info: &LogInfo,
    index: &dyn Index,
    examining: Examining,
    tell: Option<Tell>,
) -> Result<Examined, OpenError> {
    let failed =
        |action, path: &str, error: &std::io::Error| OpenError::io(disk, action, path, error);
    let firsts =
        segment::listed(disk).map_err(|error| failed("list", segment::DIRECTORY, &error))?;
    let mut segments = Vec::with_capacity(firsts.len());
    let mut bytes = 0;
    for first in firsts {
        let path = segment::path_of(first);
        let file = disk
            .open_to_read(&path)
            .map_err(|error| failed("open", &path, &error))?;
        let size = file.size().map_err(|error| failed("read", &path, &error))?;
        bytes += size;
        segments.push((Arc::new(Segment::new(first, file, size)), size));
    }
    let mut progress = Progress::start().telling(tell, bytes);
    progress.examining = Some(Box::new(examining));
    let mut torn = None;
    for (nth, (segment, size)) in segments.iter().enumerate() {
        progress.enter(segment);
        let is_last = nth + 1 == segments.len();
        torn = progress
            .read(segment, *size, is_last, info, index)
            .map_err(|error| match error {
                ScanError::Io(error) => failed("read", &segment.path, &error),
                ScanError::Index(error) => OpenError::Index { reason: error.0 },
            })?;
    }
    let examining = progress
        .examining
        .take()
        .map_or_else(|| Examining::new([]), |examining| *examining);
    Ok(Examined {
        progress,
        examining,
        torn,
        segments,
    })
}
