//! Making a data directory of a backup, or of the copy of a directory: the same log in its next life.
//!
//! The marker comes last: until then there is no redress directory. A note, `restored.json`, comes first and
//! stays: it says what is being restored, and later what was.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    backup::BESIDE,
    copying::{copy_directory, copy_stretch, empty_file, is_there, names},
    disk::{Disk, RealDisk},
    error::Damage,
    event_log::LogInfo,
    index::Ledger,
    journal::{
        OpenError, Scanned,
        behind::header,
        examine::{End, Examined, Examining, examine},
        manifest::{note_line, read_note},
        marker::{self, ToRead},
        recovery,
        scan::Tell,
        segment,
    },
    position::Position,
    stamp::Stamp,
    store::{Shelf, closed_at},
    tree::{Tree, TreeHash, TreeHead},
};

/// The note's name.
pub(crate) const NAME: &str = "restored.json";
const UNFINISHED: &str = "restored.json.tmp";
const VERSION: u32 = 1;

/// A restore to be made.
#[derive(Clone, Debug, Default)]
pub struct Restore {
    position: Option<Position>,
    tell: Option<Tell>,
}

/// What a directory was restored from. It stays in the directory as `restored.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restored {
    /// The log.
    pub log: Uuid,
    /// Its life from now on.
    pub epoch: u32,
    /// The life that what was restored came from.
    pub from_epoch: u32,
    /// The tree head over everything that was restored, and with it the last position.
    pub head: TreeHead,
    /// When the backup was taken; none when it was no backup, but the copy of a directory.
    pub taken_at: Option<Stamp>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    redress: String,
    version: u32,
    format: u32,
    log: Uuid,
    epoch: u32,
    from_epoch: u32,
    position: Position,
    tree: TreeHash,
    taken_at: Option<Stamp>,
}

/// Why nothing was restored. What is left in the destination is no redress directory; the same restore takes it up
/// again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// A directory cannot be opened, or the disk fails.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What is to be restored is damaged.
    #[error("`{}` is damaged: {reason}", path.display())]
    SourceDamaged {
        /// The source.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// It does not reach the position that was asked for.
    #[error("`{}` ends at position {end}, before position {position}", path.display())]
    Beyond {
        /// The source.
        path: PathBuf,
        /// The position that was asked for.
        position: Position,
        /// Its last position.
        end: Position,
    },
    /// The destination is a log that lost its marker: it holds what no restore leaves that was cut short. Nothing was
    /// changed.
    #[error("`{}` is no restore that was cut short: it holds {found}; it is a log whose `redress.json` is gone", path.display())]
    MarkerLost {
        /// The destination.
        path: PathBuf,
        /// What only a log holds.
        found: String,
    },
    /// What was cut short in the destination was a restore of something else. Nothing was changed.
    #[error(
        "in `{}` another restore was cut short: {}; this one is {}",
        path.display(), restore_of(begun), restore_of(asked)
    )]
    OtherRestore {
        /// The destination.
        path: PathBuf,
        /// What was being restored there.
        begun: Box<Restored>,
        /// What was to be restored now.
        asked: Box<Restored>,
    },
    /// There is no whole append up to the position that was asked for.
    #[error("`{}` holds no whole append up to there", path.display())]
    Nothing {
        /// The source.
        path: PathBuf,
    },
    /// What was copied is not what the source holds.
    #[error("the copy in `{}` is not what was to be restored: {reason}", path.display())]
    CopyDamaged {
        /// The destination.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
}

impl RestoreError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            RestoreError::Open(error) => error.code(),
            RestoreError::SourceDamaged { .. } => "source_damaged",
            RestoreError::Beyond { .. } => "position_beyond_the_end",
            RestoreError::MarkerLost { .. } => "marker_lost",
            RestoreError::OtherRestore { .. } => "other_restore_begun",
            RestoreError::Nothing { .. } => "nothing_to_restore",
            RestoreError::CopyDamaged { .. } => "copy_damaged",
        }
    }
}

fn restore_of(restored: &Restored) -> String {
    let Restored {
        log,
        epoch,
        from_epoch,
        head,
        ..
    } = restored;
    format!(
        "the log {log} from life {from_epoch} to life {epoch}, up to position {} with the tree head {}",
        head.position, head.hash
    )
}

impl Restored {
    /// What the directory says of its restore; none if it was never restored.
    ///
    /// # Errors
    /// When the note cannot be read.
    pub fn of(directory: impl AsRef<Path>) -> Result<Option<Restored>, OpenError> {
        Restored::on(&RealDisk::new(directory.as_ref()))
    }

    pub(crate) fn on(disk: &dyn Disk) -> Result<Option<Restored>, OpenError> {
        match read_note::<Note>(disk, NAME) {
            Ok(note) => Ok(Some(Restored {
                log: note.log,
                epoch: note.epoch,
                from_epoch: note.from_epoch,
                head: TreeHead {
                    position: note.position,
                    hash: note.tree,
                },
                taken_at: note.taken_at,
            })),
            Err(OpenError::Io {
                kind: io::ErrorKind::NotFound,
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, disk: &dyn Disk, format: u32) -> Result<(), OpenError> {
        let note = Note {
            redress: "restored".into(),
            version: VERSION,
            format,
            log: self.log,
            epoch: self.epoch,
            from_epoch: self.from_epoch,
            position: self.head.position,
            tree: self.head.hash,
            taken_at: self.taken_at,
        };
        marker::write_whole(disk, NAME, UNFINISHED, &note_line(&note))
            .map_err(|error| OpenError::io(disk, "write", NAME, &error))
    }
}

impl Restore {
    /// A restore of everything.
    #[must_use]
    pub fn new() -> Restore {
        Restore::default()
    }

    /// Only up to the last whole append at or before a position.
    #[must_use]
    pub fn up_to(mut self, position: Position) -> Restore {
        self.position = Some(position);
        self
    }

    /// Who is told how far the reading is: first of the source, then of the destination.
    #[must_use]
    pub fn tell(mut self, tell: impl Fn(Scanned) + Send + Sync + 'static) -> Restore {
        self.tell = Some(Tell(Arc::new(tell)));
        self
    }

    /// Makes a data directory of a backup, or of a data directory, in one that is new or empty, or that an
    /// earlier try of this restore left. One that this restore has made already is left as it is.
    ///
    /// # Errors
    /// See [`RestoreError`].
    pub fn make(
        self,
        source: impl AsRef<Path>,
        destination: impl AsRef<Path>,
    ) -> Result<Restored, RestoreError> {
        self.make_on(
            Arc::new(RealDisk::new(source.as_ref())),
            Arc::new(RealDisk::new(destination.as_ref())),
        )
    }

    /// As [`make`](Self::make), on disks of the caller's.
    ///
    /// # Errors
    /// As there.
    pub fn make_on(
        self,
        source: Arc<dyn Disk>,
        destination: Arc<dyn Disk>,
    ) -> Result<Restored, RestoreError> {
        let source = marker::read_either(source)?;
        let to = &*destination;
        to.create_dir("")
            .map_err(|error| OpenError::io(to, "make", "", &error))?;
        let found = names(to, "").map_err(|error| OpenError::io(to, "list", "", &error))?;
        let has = |name: &str| found.iter().any(|found| found == name);
        let begun = has(NAME);
        if has(marker::NAME) && begun {
            return self.made_before(&source, to);
        }
        // Of a try that came no further than the note's beginning, there is nothing else.
        if !begun
            && found
                .iter()
                .any(|name| name != UNFINISHED && name != marker::LOCK)
        {
            marker::vacant(to)?;
        }
        let _lock = recovery::lock(to)?;
        let (examined, end) = self.examine_source(&source)?;
        let head = end.tree.head();
        let info = LogInfo {
            epoch: source.info.epoch.saturating_add(1),
            ..source.info.clone()
        };
        let restored = Restored {
            log: info.log_id,
            epoch: info.epoch,
            from_epoch: source.info.epoch,
            head,
            taken_at: source.manifest.as_ref().map(|manifest| manifest.taken_at),
        };
        if begun {
            is_this_cut_short(to, &restored)?;
            clear(to)?;
        }
        restored.write(to, info.format)?;
        copy(&source, to, &examined, &end)?;
        self.examine_copy(to, &info, &end.tree)?;
        marker::write(to, &info)?;
        Ok(restored)
    }

    /// The destination is a directory already. It is right if it is what this restore would have made.
    fn made_before(&self, source: &ToRead, to: &dyn Disk) -> Result<Restored, RestoreError> {
        let exists = || OpenError::Exists { path: to.place("") };
        let info = marker::read(to)?;
        let restored = Restored::on(to)?.ok_or_else(exists)?;
        let same = (restored.log, restored.from_epoch) == (source.info.log_id, source.info.epoch)
            && (restored.log, restored.epoch) == (info.log_id, info.epoch)
            && self.examine_source(source)?.1.tree.head() == restored.head;
        match same {
            true => Ok(restored),
            false => Err(exists().into()),
        }
    }

    fn examine_source(&self, source: &ToRead) -> Result<(Examined, End), RestoreError> {
        let disk = &*source.disk;
        let path = || disk.place("");
        let mut examining = Examining::new([]);
        if let Some(position) = self.position {
            examining = examining.until(position);
        }
        let ledger = Ledger::new(false);
        let indexed = match &source.manifest {
            Some(_) => None,
            None => closed_at(disk, &source.info),
        };
        let examined = examine(disk, &source.info, &ledger, examining, self.tell.clone())?;
        if let Some(damage) = examined.damage(indexed) {
            return Err(RestoreError::SourceDamaged {
                path: path(),
                reason: damage.to_string(),
            });
        }
        let stated = source.manifest.as_ref().map(|manifest| manifest.head());
        let head = examined.progress.tree.as_ref().map(Tree::head);
        if stated.is_some() && stated != head {
            return Err(RestoreError::SourceDamaged {
                path: path(),
                reason: "its records do not have the tree head that its manifest states".into(),
            });
        }
        if let Some(position) = self.position
            && position > examined.position()
        {
            return Err(RestoreError::Beyond {
                path: path(),
                position,
                end: examined.position(),
            });
        }
        let end = examined
            .end()
            .ok_or_else(|| RestoreError::Nothing { path: path() })?;
        Ok((examined, end))
    }

    fn examine_copy(&self, to: &dyn Disk, info: &LogInfo, tree: &Tree) -> Result<(), RestoreError> {
        let ledger = Ledger::new(false);
        let copy = examine(to, info, &ledger, Examining::new([]), self.tell.clone())?;
        let torn: Option<&Damage> = copy.torn.as_ref().map(|torn| &torn.at);
        let reason = match copy.progress.damages.first().or(torn) {
            None if copy.progress.tree.as_ref() == Some(tree) => return Ok(()),
            Some(damage) => damage.to_string(),
            None => "its tree head is another".to_owned(),
        };
        Err(RestoreError::CopyDamaged {
            path: to.place(""),
            reason,
        })
    }
}

/// Looks whether what is in the destination is what an earlier try of this very restore left, which may be taken away.
fn is_this_cut_short(to: &dyn Disk, asked: &Restored) -> Result<(), RestoreError> {
    let path = || to.place("");
    let Some(begun) = Restored::on(to)? else {
        return Ok(());
    };
    if let Some(found) = lived_on(to, &begun)? {
        return Err(RestoreError::MarkerLost {
            path: path(),
            found,
        });
    }
    // A backup that was taken again without anything new says another instant, and the same state.
    let same = Restored {
        taken_at: begun.taken_at,
        ..asked.clone()
    } == begun;
    match same {
        true => Ok(()),
        false => Err(RestoreError::OtherRestore {
            path: path(),
            begun: Box::new(begun),
            asked: Box::new(asked.clone()),
        }),
    }
}

/// What a directory without a marker holds that no restore leaves there which was cut short: then it was whole once, a
/// log was written in it, and only its marker is gone. A restore copies up to its position, and no index.
pub(crate) fn lived_on(disk: &dyn Disk, note: &Restored) -> Result<Option<String>, OpenError> {
    let read = |path: &str, error: &io::Error| OpenError::io(disk, "read", path, error);
    if is_there(disk, Shelf::DIRECTORY)? {
        return Ok(Some(format!("`{}`", Shelf::DIRECTORY)));
    }
    let firsts = segment::listed(disk).map_err(|error| read(segment::DIRECTORY, &error))?;
    let mut info = None;
    for first in firsts {
        let path = segment::path_of(first);
        if first > note.head.position {
            return Ok(Some(format!(
                "`{path}`, behind position {} up to which it was restored",
                note.head.position
            )));
        }
        let header = disk.open_to_read(&path).and_then(|file| header(&*file));
        let Some(header) = header.map_err(|error| read(&path, &error))? else {
            continue;
        };
        if header.log != note.log {
            return Ok(Some(format!("`{path}` of the log {}", header.log)));
        }
        if header.epoch > note.from_epoch {
            return Ok(Some(format!("`{path}` of life {}", header.epoch)));
        }
        info = Some(LogInfo {
            log_id: note.log,
            epoch: note.from_epoch,
            format: header.format,
            zone: header.zone,
            clock: header.clock,
        });
    }
    let Some(info) = info else {
        return Ok(None);
    };
    let reached = examine(disk, &info, &Ledger::new(false), Examining::new([]), None)?.position();
    Ok((reached > note.head.position).then(|| {
        format!(
            "records up to position {reached}, behind position {} up to which it was restored",
            note.head.position
        )
    }))
}

/// Takes away what an earlier try left; the note stays until there is another.
fn clear(to: &dyn Disk) -> Result<(), OpenError> {
    for dir in BESIDE.into_iter().chain([segment::DIRECTORY]) {
        let listed = names(to, dir).map_err(|error| OpenError::io(to, "list", dir, &error))?;
        for name in listed {
            let path = format!("{dir}/{name}");
            to.remove(&path)
                .map_err(|error| OpenError::io(to, "remove", &path, &error))?;
        }
    }
    Ok(())
}

fn copy(source: &ToRead, to: &dyn Disk, examined: &Examined, end: &End) -> Result<(), OpenError> {
    let failed = |path: &str| {
        let path = path.to_owned();
        move |error| OpenError::io(to, "copy", &path, &error)
    };
    to.create_dir(segment::DIRECTORY)
        .map_err(failed(segment::DIRECTORY))?;
    for (segment, size) in &examined.segments {
        if segment.first > end.segment {
            break;
        }
        let until = if segment.first == end.segment {
            end.bytes
        } else {
            *size
        };
        empty_file(to, &segment.path)
            .and_then(|file| {
                copy_stretch(&*segment.file, &*file, 0, until)?;
                file.sync_data()
            })
            .map_err(failed(&segment.path))?;
    }
    for dir in BESIDE {
        // What a backup's manifest does not name was erased since it was copied.
        let named = (source.manifest.as_ref())
            .is_none_or(|manifest| manifest.beside.iter().any(|name| name == dir));
        if named && is_there(&*source.disk, dir)? {
            copy_directory(&*source.disk, to, dir).map_err(failed(dir))?;
        }
    }
    to.sync_dir(segment::DIRECTORY)
        .and_then(|()| to.sync_dir(""))
        .map_err(failed(segment::DIRECTORY))
}
