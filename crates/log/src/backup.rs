//! A copy of the log that is a prefix of whole appends, extended by what was appended since.
//!
//! New bytes go behind those that the manifest vouches for; only when they are durable and have been read
//! through does the next manifest take the place of the last. A backup that is cut short leaves the one before.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use uuid::Uuid;

use crate::{
    copying::{copy_directory, copy_stretch, empty_file, erase_others, is_there, names, same_tail},
    disk::{Disk, RealDisk},
    error::Damage,
    event_log::LogInfo,
    index::Ledger,
    journal::{
        OpenError, Scanned,
        bounded::Bounded,
        examine::{End, Examined, Examining, examine},
        manifest::{self, Manifest},
        marker, recovery,
        scan::Tell,
        segment,
    },
    position::Position,
    stamp::Stamp,
    store::closed_at,
    tree::{Tree, TreeHead},
};

/// The directories beside the journal that belong to a backup, if there are any.
pub(crate) const BESIDE: [&str; 1] = ["personal"];

/// The first thing that a first backup makes; it is there until there is a manifest.
pub(crate) const BEGUN: &str = "backup.begun";

/// A backup to be taken.
#[derive(Clone, Debug)]
pub struct Backup {
    taken_at: Stamp,
    tell: Option<Tell>,
}

/// What a backup came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackedUp {
    /// The log.
    pub info: LogInfo,
    /// The tree head over everything in the backup, and with it the last position.
    pub head: TreeHead,
    /// The last position of the backup that was there before; none if there was none.
    pub before: Option<Position>,
    /// Segments that were copied, or extended.
    pub segments_copied: u64,
    /// Segments that were there already.
    pub segments_kept: u64,
    /// Bytes of the journal that were copied.
    pub bytes_copied: u64,
    /// Files beside the journal that were copied, and that were taken away because they are gone.
    pub beside_copied: u64,
    /// See there.
    pub beside_erased: u64,
    /// What stood behind the last whole append and is not in the backup.
    pub torn: Option<Damage>,
}

/// Why no backup was taken. The one before, if any, is as usable as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A directory cannot be opened, or the disk fails.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What is to be backed up is damaged.
    #[error("`{}` is damaged: {damage}", path.display())]
    SourceDamaged {
        /// The source.
        path: PathBuf,
        /// The first damaged place.
        damage: Damage,
    },
    /// There is nothing to back up yet.
    #[error("`{}` holds no event", path.display())]
    Nothing {
        /// The source.
        path: PathBuf,
    },
    /// The destination is neither empty nor a backup.
    #[error("`{}` is neither empty nor a backup: it holds {}", path.display(), found.join(", "))]
    Occupied {
        /// The destination.
        path: PathBuf,
        /// Some of what is in it.
        found: Vec<String>,
    },
    /// The destination is a backup of another log.
    #[error("`{}` is a backup of the log {log}", path.display())]
    OtherLog {
        /// The destination.
        path: PathBuf,
        /// The log that it is a backup of.
        log: Uuid,
    },
    /// The destination holds records that the source does not have: one of the two was restored meanwhile.
    #[error(
        "the backup in `{}` reaches position {position} in life {epoch} and holds records that the source does not \
         have (it is at position {source_position} in life {source_epoch})",
        path.display()
    )]
    Diverged {
        /// The destination.
        path: PathBuf,
        /// Its last position.
        position: Position,
        /// Its life.
        epoch: u32,
        /// The source's last position.
        source_position: Position,
        /// The source's life.
        source_epoch: u32,
    },
    /// What was copied, or what was there before, is not what the source holds.
    #[error("the backup in `{}` is damaged: {reason}", path.display())]
    DestinationDamaged {
        /// The destination.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// The source was cut back while it was read: its disk failed, or somebody restored it.
    #[error("`{}` was cut back while it was read: try again", path.display())]
    SourceChanged {
        /// The source.
        path: PathBuf,
    },
}

impl BackupError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            BackupError::Open(error) => error.code(),
            BackupError::SourceDamaged { .. } => "source_damaged",
            BackupError::Nothing { .. } => "nothing_to_back_up",
            BackupError::Occupied { .. } => "destination_occupied",
            BackupError::OtherLog { .. } => "backup_of_another_log",
            BackupError::Diverged { .. } => "backup_diverged",
            BackupError::DestinationDamaged { .. } => "backup_damaged",
            BackupError::SourceChanged { .. } => "source_changed",
        }
    }
}

impl Backup {
    /// A backup that says it was taken at an instant.
    #[must_use]
    pub fn at(taken_at: Stamp) -> Backup {
        Backup {
            taken_at,
            tell: None,
        }
    }

    /// Who is told how far the reading is: first of the source, then of the destination.
    #[must_use]
    pub fn tell(mut self, tell: impl Fn(Scanned) + Send + Sync + 'static) -> Backup {
        self.tell = Some(Tell(Arc::new(tell)));
        self
    }

    /// Backs a data directory up into one that is new, empty, or a backup of the same log.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn take(
        self,
        source: impl AsRef<Path>,
        destination: impl AsRef<Path>,
    ) -> Result<BackedUp, BackupError> {
        self.take_on(
            Arc::new(RealDisk::new(source.as_ref())),
            Arc::new(RealDisk::new(destination.as_ref())),
        )
    }

    /// As [`take`](Self::take), on disks of the caller's.
    ///
    /// # Errors
    /// As there.
    pub fn take_on(
        self,
        source: Arc<dyn Disk>,
        destination: Arc<dyn Disk>,
    ) -> Result<BackedUp, BackupError> {
        let info = marker::read(&*source)?;
        let to = &*destination;
        to.create_dir("")
            .map_err(|error| OpenError::io(to, "make", "", &error))?;
        // Before the lock's file is made: nothing is left in a directory of another's.
        standing(to, &info)?;
        let _lock = recovery::lock(to)?;
        let before = standing(to, &info)?;
        let (examined, end) = self.examine_source(&*source, to, &info, before.as_ref())?;
        make_durable(&*source, &end)?;
        let mut copied = Copied::default();
        copied
            .journal(&*source, to, &examined, &end, before.as_ref())
            .map_err(|error| error.told(to))?;
        let mut beside = Vec::new();
        for dir in BESIDE {
            if is_there(&*source, dir)? {
                copied.beside += copy_directory(&*source, to, dir)
                    .map_err(|error| OpenError::io(to, "copy", dir, &error))?;
                beside.push(dir.to_owned());
            }
        }
        self.examine_copy(&destination, &info, &end)?;
        still_there(&*source, to, &end)?;
        let head = end.tree.head();
        let place = (end.segment, end.bytes);
        let manifest = Manifest::new(&info, head, place, self.taken_at, beside.clone());
        manifest.write(to)?;
        // Only now that the manifest is durable: one of the two is always there.
        match to.remove(BEGUN) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(OpenError::io(to, "remove", BEGUN, &error).into());
            }
            _ => {}
        }
        let mut beside_erased = 0;
        for dir in BESIDE {
            beside_erased += erase_others(&*source, to, dir)
                .map_err(|error| OpenError::io(to, "erase in", dir, &error))?;
        }
        Ok(BackedUp {
            head,
            before: before.map(|manifest| manifest.position),
            segments_copied: copied.segments,
            segments_kept: copied.kept,
            bytes_copied: copied.bytes,
            beside_copied: copied.beside,
            beside_erased,
            torn: examined.torn.map(|torn| torn.at),
            info,
        })
    }

    /// Reads the source through, and finds what the backup is to reach.
    fn examine_source(
        &self,
        source: &dyn Disk,
        to: &dyn Disk,
        info: &LogInfo,
        before: Option<&Manifest>,
    ) -> Result<(Examined, End), BackupError> {
        let known = before.map(|manifest| manifest.position);
        let ledger = Ledger::new(false);
        let indexed = closed_at(source, info);
        let examined = examine(
            source,
            info,
            &ledger,
            Examining::new(known),
            self.tell.clone(),
        )?;
        if let Some(damage) = examined.damage(indexed) {
            return Err(BackupError::SourceDamaged {
                path: source.place(""),
                damage,
            });
        }
        let end = examined.end().ok_or_else(|| BackupError::Nothing {
            path: source.place(""),
        })?;
        if let Some(manifest) = before {
            let there = examined.examining.heads.get(&manifest.position);
            let there = there.and_then(Option::as_ref).map(Tree::hash);
            if there != Some(manifest.tree) || manifest.epoch > info.epoch {
                return Err(BackupError::Diverged {
                    path: to.place(""),
                    position: manifest.position,
                    epoch: manifest.epoch,
                    source_position: examined.position(),
                    source_epoch: info.epoch,
                });
            }
        }
        Ok((examined, end))
    }

    /// Reads the destination through as it will be.
    fn examine_copy(
        &self,
        destination: &Arc<dyn Disk>,
        info: &LogInfo,
        end: &End,
    ) -> Result<(), BackupError> {
        let bounded = Bounded::new(destination.clone(), end.segment, end.bytes);
        let tell = self.tell.clone();
        let ledger = Ledger::new(false);
        let copy = examine(&bounded, info, &ledger, Examining::new([]), tell)?;
        let torn = copy.torn.as_ref().map(|torn| &torn.at);
        let damaged = copy.progress.damages.first().or(torn);
        let reason = match (damaged, &copy.progress.tree) {
            (None, Some(tree)) if *tree == end.tree => return Ok(()),
            (Some(damage), _) => damage.to_string(),
            (None, _) => "its tree head is not the source's".to_owned(),
        };
        Err(BackupError::DestinationDamaged {
            path: destination.place(""),
            reason,
        })
    }
}

/// What is in the destination: a backup of this log, or nothing but the remains of a first one.
fn standing(to: &dyn Disk, info: &LogInfo) -> Result<Option<Manifest>, BackupError> {
    let mut found = names(to, "").map_err(|error| OpenError::io(to, "list", "", &error))?;
    let has = |name: &str| found.iter().any(|found| found == name);
    if has(manifest::NAME) && !has(marker::NAME) {
        let manifest = manifest::read(to)?;
        if manifest.log != info.log_id {
            return Err(BackupError::OtherLog {
                path: to.place(""),
                log: manifest.log,
            });
        }
        return Ok(Some(manifest));
    }
    let begun = has(BEGUN) && !has(marker::NAME);
    found.retain(|name| {
        let ours = name == segment::DIRECTORY
            || name == manifest::UNFINISHED
            || name == BEGUN
            || BESIDE.contains(&name.as_str());
        name != marker::LOCK && !(begun && ours)
    });
    if found.is_empty() {
        return Ok(None);
    }
    found.sort();
    found.truncate(5);
    Err(BackupError::Occupied {
        path: to.place(""),
        found,
    })
}

/// Sees to it that what was read will still be there after a power cut. A reader may ask for that; where it may
/// not, nothing is being written either.
fn make_durable(source: &dyn Disk, end: &End) -> Result<(), OpenError> {
    let path = segment::path_of(end.segment);
    let synced = source.open_to_read(&path).and_then(|file| file.sync_data());
    match synced {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::ReadOnlyFilesystem
                    | io::ErrorKind::PermissionDenied
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
            ) =>
        {
            Err(OpenError::io(source, "sync", &path, &error))
        }
        _ => Ok(()),
    }
}

/// Looks whether the source still ends where it did, or behind: a writer whose disk failed cuts back.
fn still_there(source: &dyn Disk, to: &dyn Disk, end: &End) -> Result<(), BackupError> {
    let path = segment::path_of(end.segment);
    let same = source
        .open_to_read(&path)
        .and_then(|one| same_tail(&*one, &*to.open_to_read(&path)?, end.bytes))
        .map_err(|error| OpenError::io(source, "read", &path, &error))?;
    match same {
        true => Ok(()),
        false => Err(BackupError::SourceChanged {
            path: source.place(""),
        }),
    }
}

/// What has been copied.
#[derive(Debug, Default)]
struct Copied {
    segments: u64,
    kept: u64,
    bytes: u64,
    beside: u64,
}

/// What went wrong with a file.
enum CopyFault {
    Io(String, io::Error),
    /// The backup's file is not the beginning of the source's.
    Other(String),
    /// The backup's file is gone.
    Gone(String),
}

impl CopyFault {
    fn told(self, to: &dyn Disk) -> BackupError {
        match self {
            CopyFault::Io(path, error) => OpenError::io(to, "copy", &path, &error).into(),
            CopyFault::Other(path) => BackupError::DestinationDamaged {
                path: to.place(""),
                reason: format!("{path} is not what the source's file began with"),
            },
            CopyFault::Gone(path) => BackupError::DestinationDamaged {
                path: to.place(""),
                reason: format!("{path} is missing"),
            },
        }
    }
}

impl Copied {
    /// Copies what the backup lacks. Nothing that its manifest vouches for is touched.
    fn journal(
        &mut self,
        source: &dyn Disk,
        to: &dyn Disk,
        examined: &Examined,
        end: &End,
        before: Option<&Manifest>,
    ) -> Result<(), CopyFault> {
        let failed = |path: &str| {
            let path = path.to_owned();
            move |error| CopyFault::Io(path, error)
        };
        if before.is_none() {
            empty_file(to, BEGUN)
                .and_then(|file| file.sync_data())
                .and_then(|()| to.sync_dir(""))
                .map_err(failed(BEGUN))?;
        }
        to.create_dir(segment::DIRECTORY)
            .map_err(failed(segment::DIRECTORY))?;
        clear(to, examined, end, before).map_err(failed(segment::DIRECTORY))?;
        for (segment, size) in &examined.segments {
            if segment.first > end.segment {
                break;
            }
            let until = if segment.first == end.segment {
                end.bytes
            } else {
                *size
            };
            let path = &segment.path;
            let vouched = match before {
                Some(manifest) if segment.first < manifest.segment => until,
                Some(manifest) if segment.first == manifest.segment => manifest.bytes,
                _ => 0,
            };
            if vouched > 0 {
                self.extend(&*segment.file, to, path, vouched, until)?;
            } else {
                let from = source.open_to_read(path).map_err(failed(path))?;
                let file = empty_file(to, path).map_err(failed(path))?;
                copy_stretch(&*from, &*file, 0, until)
                    .and_then(|()| file.sync_data())
                    .map_err(failed(path))?;
                self.segments += 1;
                self.bytes += until;
            }
        }
        to.sync_dir(segment::DIRECTORY)
            .and_then(|()| to.sync_dir(""))
            .map_err(failed(segment::DIRECTORY))
    }

    /// Goes on behind what is vouched for.
    fn extend(
        &mut self,
        from: &dyn crate::disk::DiskFile,
        to: &dyn Disk,
        path: &str,
        vouched: u64,
        until: u64,
    ) -> Result<(), CopyFault> {
        let failed = |error| CopyFault::Io(path.to_owned(), error);
        let stands = to.open_to_read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CopyFault::Gone(path.to_owned()),
            _ => failed(error),
        })?;
        let size = stands.size().map_err(failed)?;
        let goes_on = vouched <= until && same_tail(from, &*stands, vouched).map_err(failed)?;
        if !goes_on {
            return Err(CopyFault::Other(path.to_owned()));
        }
        if size == until && vouched == until {
            self.kept += 1;
            return Ok(());
        }
        let file = to.open(path).map_err(failed)?;
        copy_stretch(from, &*file, vouched, until)
            .and_then(|()| file.truncate(until))
            .and_then(|()| file.sync_data())
            .map_err(failed)?;
        self.segments += 1;
        self.bytes += until - vouched;
        Ok(())
    }
}

/// Takes away segments that a backup which was cut short left, and that are not the source's any more.
fn clear(
    to: &dyn Disk,
    examined: &Examined,
    end: &End,
    before: Option<&Manifest>,
) -> io::Result<()> {
    let vouched = before.map(|manifest| manifest.segment);
    for first in segment::listed(to)? {
        let copied = first <= end.segment
            && examined
                .segments
                .iter()
                .any(|(segment, _)| segment.first == first);
        if !copied && vouched.is_none_or(|last| first > last) {
            to.remove(&segment::path_of(first))?;
        }
    }
    Ok(())
}
