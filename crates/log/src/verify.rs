//! Reading everything and believing nothing: whether a directory is, to the byte, what was written.
//!
//! Nothing is changed or repaired, no lock is taken: it runs beside a writer, and on media that cannot be
//! written to. Of the index a copy is opened, elsewhere.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    checkpoint::Checkpoint,
    disk::{Disk, RealDisk},
    error::Damage,
    event_log::LogInfo,
    index::{Ledger, difference},
    journal::{
        OpenError, Scanned,
        behind::{self, Stand},
        examine::{Examined, Examining, Stating, examine},
        marker::{self, ToRead},
        scan::Tell,
        segment,
    },
    position::Position,
    record::Recorded,
    restore::{self, Restored},
    scratch::Scratch,
    stamp::Stamp,
    store::{ClosingNote, DiskStore, Look, Shelf},
    tree::{Tree, TreeHead},
};

/// The file that a finding about the index names.
const INDEX: &str = "index";
/// How often a store is looked at again that changes while it is looked at.
const LOOKS: usize = 5;

/// How a directory is verified; what is not set is as it is by default.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    up_to: Option<Position>,
    scratch: Option<PathBuf>,
    tell: Option<Tell>,
    stating: Option<Stating>,
}

/// What a directory was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// What the log was founded with.
    pub info: LogInfo,
    /// Whether it is a backup. Of one, no more is looked at than its manifest vouches for.
    pub is_backup: bool,
    /// What is not as it was written, in the order of the journal; the index comes last.
    pub findings: Vec<Finding>,
    /// How many damaged places more there are than are told.
    pub untold: u64,
    /// The last position of a whole append.
    pub position: Position,
    /// The tree head there; none behind damage, where it cannot be known.
    pub head: Option<TreeHead>,
    /// The tree head at the position that was asked for; none if the log ends before, or behind damage.
    pub head_at: Option<TreeHead>,
    /// When the last record was recorded.
    pub recorded_at: Option<Stamp>,
    /// Whether the last writer closed the log: it ends with a seal, or nothing was written yet.
    pub clean: bool,
    /// What there is.
    pub counts: Counts,
    /// The lives of the log, each with the first position that is in it.
    pub epochs: Vec<(u32, Position)>,
    /// What the index is.
    pub index: IndexState,
    /// Files in the journal's directory that are no segments: ends that were cut off, a segment's beginning.
    pub leftovers: Vec<String>,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Files of the journal.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whole records.
    pub records: u64,
    /// Streams.
    pub streams: u64,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The file, as its path inside the directory.
    pub file: String,
    /// The line, counted from 1, where there are lines.
    pub line: Option<u64>,
    /// Where the line begins, in bytes.
    pub offset: Option<u64>,
    /// The position that should stand there.
    pub position: Option<Position>,
    /// What is wrong.
    pub what: String,
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// The journal holds something else than was written, or lacks something.
    Damage,
    /// The journal ends in something that is no whole append. It was never acknowledged.
    Torn,
    /// The index says otherwise than the journal, or its files are not what they were.
    Index,
    /// The index knows records behind the journal's end: they were acknowledged and are missing.
    Ahead,
    /// The records have another tree head than is stated: by the manifest of a backup, or by a later record.
    Head,
    /// The marker is not spelled as it was written.
    Marker,
}

impl FindingKind {
    /// A stable name for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::Damage => "damage",
            FindingKind::Torn => "torn_end",
            FindingKind::Index => "index",
            FindingKind::Ahead => "index_ahead",
            FindingKind::Head => "tree_head",
            FindingKind::Marker => "marker",
        }
    }
}

/// What the index beside the journal was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexState {
    /// There is none: the log is small, or it was never written to here.
    Absent,
    /// It is open, or was not closed: the next opening builds it anew.
    Unclosed,
    /// It was closed at this position, and says what the journal holds.
    Sound {
        /// The position.
        position: Position,
    },
    /// Its files are what they were; its rows could not be compared.
    NotCompared {
        /// Why not.
        reason: String,
    },
    /// It is not what it was, or not this journal's; a finding says it too. The next opening sets it aside and
    /// builds it anew.
    Wrong {
        /// What is wrong.
        reason: String,
    },
    /// It reaches further than the journal; a finding says it too.
    Ahead {
        /// Up to where.
        position: Position,
    },
}

impl IndexState {
    /// A stable name for programs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            IndexState::Absent => "absent",
            IndexState::Unclosed => "unclosed",
            IndexState::Sound { .. } => "sound",
            IndexState::NotCompared { .. } => "not_compared",
            IndexState::Wrong { .. } => "wrong",
            IndexState::Ahead { .. } => "ahead",
        }
    }
}

impl Verification {
    /// The verification by default.
    #[must_use]
    pub fn new() -> Verification {
        Verification::default()
    }

    /// Says the tree head at a position, too.
    #[must_use]
    pub fn up_to(mut self, position: Position) -> Verification {
        self.up_to = Some(position);
        self
    }

    /// Where the copy of the index is made; by default where the system keeps what is temporary.
    #[must_use]
    pub fn scratch(mut self, directory: impl Into<PathBuf>) -> Verification {
        self.scratch = Some(directory.into());
        self
    }

    /// Who is told how far the reading is.
    #[must_use]
    pub fn tell(mut self, tell: impl Fn(Scanned) + Send + Sync + 'static) -> Verification {
        self.tell = Some(Tell(Arc::new(tell)));
        self
    }

    /// Compares the tree heads that records of some types state with the records before them. To whom the records mean
    /// something, reads the head out of one: none if it states none, a reason if it should and cannot be read.
    #[must_use]
    pub fn stating(
        mut self,
        kinds: impl IntoIterator<Item = impl Into<String>>,
        read: impl Fn(&Recorded) -> Result<Option<TreeHead>, String> + Send + Sync + 'static,
    ) -> Verification {
        self.stating = Some(Stating {
            kinds: kinds.into_iter().map(Into::into).collect(),
            read: Arc::new(read),
        });
        self
    }

    /// Reads a directory through: a data directory or a backup.
    ///
    /// # Errors
    /// When it is neither, or the disk does not answer. Whatever is wrong inside is a finding.
    pub fn read(self, directory: impl AsRef<Path>) -> Result<Verified, OpenError> {
        let directory = directory.as_ref();
        let ToRead {
            info,
            disk,
            manifest,
        } = marker::read_either(Arc::new(RealDisk::new(directory)))?;
        let mut findings = Vec::new();
        if manifest.is_none() && !marker::is_spelled(&*disk, &info)? {
            let what = "it says what was written, spelled otherwise".to_owned();
            findings.push(Finding::of_file(FindingKind::Marker, marker::NAME, what));
        }
        // The index first: what was closed before the journal is read ends before the journal does.
        let shelved = match &manifest {
            None => self.take_index(directory),
            Some(_) => Shelved::State(IndexState::Absent),
        };
        let noted = match &shelved {
            Shelved::Copy(copy) => Some(copy.note.checkpoint.position()),
            Shelved::State(_) => None,
        };
        let restored = match Restored::on(&*disk) {
            Err(OpenError::Marker { reason, .. }) => {
                findings.push(Finding::of_file(FindingKind::Marker, restore::NAME, reason));
                None
            }
            read => read?.filter(|_| manifest.is_none()),
        };
        let ledger = Ledger::new(noted.is_some());
        let noted_too = restored.as_ref().map(|restored| restored.head.position);
        let wanted = self.up_to.into_iter().chain(noted).chain(noted_too);
        let examining = Examining::new(wanted).stating(self.stating.clone());
        let examined = examine(&*disk, &info, &ledger, examining, self.tell.clone())?;
        findings.extend(in_journal(&examined));
        let head = examined.progress.tree.as_ref().map(Tree::head);
        if let Some(stated) = manifest
            .as_ref()
            .map(crate::journal::manifest::Manifest::head)
            && head.is_some_and(|head| head != stated)
        {
            let what = format!(
                "it says that position {} has the tree head {}; the records do not",
                stated.position, stated.hash
            );
            let name = crate::journal::manifest::NAME;
            findings.push(Finding::of_file(FindingKind::Head, name, what));
        }
        findings.extend(restored.and_then(|restored| of_restore(&restored, &info, &examined)));
        let index = match shelved {
            Shelved::State(state) => state,
            Shelved::Copy(copy) => copy.compare(&*disk, &info, &examined, &ledger)?,
        };
        findings.extend(of_index(&index, &examined));
        let (streams, records) = ledger.counts();
        let at = |position| {
            let tree = examined.examining.heads.get(&position)?;
            tree.as_ref().map(Tree::head)
        };
        Ok(Verified {
            is_backup: manifest.is_some(),
            findings,
            untold: examined.progress.untold,
            position: examined.position(),
            head,
            head_at: self.up_to.and_then(at),
            recorded_at: examined.progress.recorded_at,
            clean: examined.progress.sealed && examined.torn.is_none(),
            counts: Counts {
                segments: examined.segments.len() as u64,
                bytes: examined.segments.iter().map(|(_, size)| size).sum(),
                records,
                streams,
            },
            epochs: examined.examining.epochs.clone(),
            index,
            leftovers: leftovers(&*disk)?,
            info,
        })
    }

    /// Looks at the store and copies it if it was closed.
    fn take_index(&self, directory: &Path) -> Shelved {
        let shelf = Shelf::new(directory);
        let note_bytes = || std::fs::read(directory.join(INDEX).join("closed.json")).ok();
        let mut changed = "it changed while it was looked at".to_owned();
        for _ in 0..LOOKS {
            let before = note_bytes();
            let state = match shelf.look::<Checkpoint>() {
                Look::Absent => IndexState::Absent,
                Look::Unclosed => IndexState::Unclosed,
                // A writer that opens it takes the note away before it changes anything.
                Look::Wrong { .. } if before != note_bytes() => continue,
                Look::Wrong { reason } => IndexState::Wrong { reason },
                Look::Closed(_) => match self.copy(&shelf) {
                    Ok(Some(copy)) => return Shelved::Copy(Box::new(copy)),
                    Ok(None) => continue,
                    Err(_) if before != note_bytes() => continue,
                    Err(reason) => {
                        changed = reason;
                        break;
                    }
                },
            };
            return Shelved::State(state);
        }
        Shelved::State(IndexState::NotCompared { reason: changed })
    }

    /// A copy of a closed store; none if it is not what was looked at.
    fn copy(&self, shelf: &Shelf) -> Result<Option<Copy>, String> {
        let below = self.scratch.clone().unwrap_or_else(std::env::temp_dir);
        let scratch = Scratch::below(&below)
            .map_err(|error| format!("no copy in `{}`: {error}", below.display()))?;
        let shelf = shelf
            .copy_to(scratch.path())
            .map_err(|error| error.to_string())?;
        let Look::Closed(note) = shelf.look::<Checkpoint>() else {
            return Ok(None);
        };
        Ok(Some(Copy {
            shelf,
            note,
            _scratch: scratch,
        }))
    }
}

/// What was found where a store would be.
enum Shelved {
    State(IndexState),
    Copy(Box<Copy>),
}

/// A copy of a closed store.
struct Copy {
    shelf: Shelf,
    note: ClosingNote<Checkpoint>,
    _scratch: Scratch,
}

impl Copy {
    fn compare(
        self,
        disk: &dyn Disk,
        info: &LogInfo,
        examined: &Examined,
        ledger: &Ledger,
    ) -> Result<IndexState, OpenError> {
        let wrong = |reason: &str| {
            Ok(IndexState::Wrong {
                reason: reason.to_owned(),
            })
        };
        let checkpoint = self.note.checkpoint.clone();
        let position = checkpoint.position();
        if self.note.log != info.log_id || !checkpoint.tree.is_sound() {
            return wrong("it belongs to another log");
        }
        if self.note.epoch != info.epoch {
            return wrong("it belongs to another life of the log");
        }
        if position > examined.position() {
            return Ok(IndexState::Ahead { position });
        }
        let Some(tree) = &examined.progress.tree else {
            return Ok(IndexState::NotCompared {
                reason: "the journal is damaged".into(),
            });
        };
        let at = match position {
            last if last == tree.head().position => Some(tree),
            _ => examined
                .examining
                .heads
                .get(&position)
                .and_then(Option::as_ref),
        };
        if at != Some(&checkpoint.tree) {
            return wrong("the journal has other records than the index");
        }
        match behind::stand(disk, info, checkpoint) {
            Ok(Stand::Behind(_)) => {}
            Ok(Stand::Ahead) => return Ok(IndexState::Ahead { position }),
            Ok(Stand::Other(reason)) => return wrong(&reason),
            Err(error) => {
                return Err(OpenError::io(disk, "read", segment::DIRECTORY, &error));
            }
        }
        let compared = self.shelf.open(self.note).and_then(|store: DiskStore| {
            let found = difference(&store, ledger, position);
            store.body().close()?;
            found
        });
        Ok(match compared {
            Ok(None) => IndexState::Sound { position },
            Ok(Some(reason)) => IndexState::Wrong { reason },
            Err(crate::store::StoreError::NoRoom) => IndexState::NotCompared {
                reason: "there is too little room for a copy".into(),
            },
            Err(error) => IndexState::Wrong {
                reason: error.to_string(),
            },
        })
    }
}

impl Finding {
    fn of(kind: FindingKind, damage: &Damage) -> Finding {
        Finding {
            kind,
            file: damage.file.clone(),
            line: Some(damage.line),
            offset: Some(damage.offset),
            position: Some(damage.position),
            what: damage.reason.clone(),
        }
    }

    fn of_file(kind: FindingKind, file: &str, what: String) -> Finding {
        Finding {
            kind,
            file: file.to_owned(),
            line: None,
            offset: None,
            position: None,
            what,
        }
    }
}

/// What the journal itself shows.
fn in_journal(examined: &Examined) -> Vec<Finding> {
    let damages = examined.progress.damages.iter();
    let mut findings: Vec<Finding> = damages
        .map(|damage| Finding::of(FindingKind::Damage, damage))
        .collect();
    for (stated, what) in examined.examining.misstated(examined.position()) {
        let what = format!("`{}`, position {}: {what}", stated.stream, stated.position);
        let mut finding = Finding::of_file(FindingKind::Head, &stated.file, what);
        finding.position = Some(stated.position);
        findings.push(finding);
    }
    if let Some(torn) = &examined.torn {
        findings.push(Finding::of(FindingKind::Torn, &torn.at));
    }
    if examined.segments.is_empty() {
        let what = "there is no segment: the founding was cut short, or they are gone".to_owned();
        findings.push(Finding::of_file(
            FindingKind::Damage,
            segment::DIRECTORY,
            what,
        ));
    }
    findings
}

/// What the note of a restore says that is not so.
fn of_restore(restored: &Restored, info: &LogInfo, examined: &Examined) -> Option<Finding> {
    let stated = restored.head;
    let end = examined.position();
    let tree = examined.examining.heads.get(&stated.position);
    let what = if (restored.log, restored.epoch) != (info.log_id, info.epoch) {
        let (log, epoch) = (restored.log, restored.epoch);
        format!("it is of the log {log} in life {epoch}")
    } else if stated.position > end {
        let position = stated.position;
        format!(
            "it says that the log was restored up to position {position}; the journal ends at {end}"
        )
    } else if let Some(Some(tree)) = tree
        && tree.head() != stated
    {
        format!(
            "it says that position {} has the tree head {}; the records have {}",
            stated.position,
            stated.hash,
            tree.hash()
        )
    } else {
        return None;
    };
    Some(Finding::of_file(FindingKind::Head, restore::NAME, what))
}

fn of_index(state: &IndexState, examined: &Examined) -> Option<Finding> {
    match state {
        IndexState::Wrong { reason } => {
            Some(Finding::of_file(FindingKind::Index, INDEX, reason.clone()))
        }
        IndexState::Ahead { position } => {
            let what = format!(
                "it knows records up to position {position}: they were acknowledged and are missing"
            );
            let mut finding = Finding::of_file(FindingKind::Ahead, INDEX, what);
            finding.position = Some(examined.position().next());
            Some(finding)
        }
        _ => None,
    }
}

/// What lies in the journal's directory and is no segment.
pub(crate) fn leftovers(disk: &dyn Disk) -> Result<Vec<String>, OpenError> {
    let mut names = match disk.list(segment::DIRECTORY) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        listed => {
            listed.map_err(|error| OpenError::io(disk, "list", segment::DIRECTORY, &error))?
        }
    };
    let firsts =
        segment::listed(disk).map_err(|e| OpenError::io(disk, "list", segment::DIRECTORY, &e))?;
    let known: Vec<String> = firsts.into_iter().map(segment::path_of).collect();
    names.retain(|name| !known.contains(&format!("{}/{name}", segment::DIRECTORY)));
    names.sort();
    let path = |name: &String| format!("{}/{name}", segment::DIRECTORY);
    Ok(names.iter().map(path).collect())
}
