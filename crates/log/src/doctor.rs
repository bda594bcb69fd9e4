//! What is wrong with a directory, as far as can be seen without knowing its events. It is only read.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    backup,
    disk::{RealDisk, free_bytes},
    event_log::LogInfo,
    journal::{OpenError, Scanned, marker, scan::Tell, segment},
    position::Position,
    restore::{self, Restored},
    stamp::Stamp,
    verify::{Finding, FindingKind, IndexState, Verification, Verified},
};

/// Below this an index is not written any more, and soon no event either.
const LITTLE_BYTES: u64 = 64 << 20;
/// Below this hardly anything can be appended.
const NO_BYTES: u64 = 4 << 20;

/// An examination of a directory.
#[derive(Clone, Debug, Default)]
pub struct Doctor {
    verification: Verification,
    tell: Option<Tell>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// What the log was founded with, if that could be read.
    pub info: Option<LogInfo>,
    /// The last position of a whole append.
    pub position: Position,
    /// When the last record was recorded.
    pub recorded_at: Option<Stamp>,
    /// What was found: the directory first, then the journal, the index, the disk.
    pub signs: Vec<Sign>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Good to know.
    Note,
    /// Something to be done, or to be looked at.
    Warning,
    /// Something that keeps from working, or that was lost.
    Fault,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sign {
    /// There is no such directory.
    NotFound,
    /// It is no redress directory; some of what is in it.
    NotRedress {
        /// Some names.
        found: Vec<String>,
    },
    /// A restore into it was cut short.
    RestoreCutShort,
    /// The first backup into it was cut short.
    BackupCutShort,
    /// It is a log, and the file that says so is gone.
    MarkerLost {
        /// What only a log holds.
        found: String,
    },
    /// It is a backup, up to a position.
    Backup {
        /// The position.
        position: Position,
    },
    /// It has a format that this program does not know.
    OtherFormat {
        /// The format it states.
        found: u32,
        /// The one that is known.
        known: u32,
    },
    /// The file that says what the directory is cannot be understood, or is spelled otherwise.
    MarkerDamaged {
        /// What is wrong.
        reason: String,
    },
    /// The disk does not answer.
    Unreadable {
        /// What it said.
        reason: String,
    },
    /// A process writes to it.
    Locked {
        /// Its id, when it has said so.
        holder: Option<u32>,
    },
    /// The log was restored once.
    Restored {
        /// The life it has been in since.
        epoch: u32,
        /// The last position that was restored.
        position: Position,
    },
    /// The journal is whole up to its last position.
    Whole {
        /// The position.
        position: Position,
        /// How many records there are.
        records: u64,
    },
    /// The journal is damaged: the first place, and how many more there are.
    Damaged {
        /// The first place.
        first: Box<Finding>,
        /// How many more.
        more: u64,
    },
    /// It ends in something that is no whole append.
    Torn {
        /// Where it was noticed.
        at: Box<Finding>,
    },
    /// The last writer did not close it.
    Unclean,
    /// A file in the journal's directory that is no segment.
    Leftover {
        /// Its path inside the directory.
        file: String,
    },
    /// There is no index.
    IndexAbsent,
    /// The index was not closed.
    IndexUnclosed,
    /// The index was closed, and says what the journal holds, up to a position.
    IndexSound {
        /// The position.
        position: Position,
    },
    /// The index could not be compared.
    IndexNotCompared {
        /// Why not.
        reason: String,
    },
    /// The index is not this journal's, or not what it was.
    IndexWrong {
        /// What is wrong.
        reason: String,
    },
    /// The index knows records that the journal does not hold any more.
    IndexAhead {
        /// Up to where it reaches.
        position: Position,
        /// Where the journal ends.
        end: Position,
    },
    /// An index that was not believed lies beside the directory's own.
    SetAside,
    /// How much room the disk has.
    Room {
        /// In bytes.
        bytes: u64,
    },
    /// The directory cannot be written to.
    NotWritable {
        /// What the system said.
        reason: String,
    },
}

impl Sign {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Sign::NotFound => "directory_not_found",
            Sign::NotRedress { .. } => "not_a_redress_directory",
            Sign::RestoreCutShort => "restore_cut_short",
            Sign::BackupCutShort => "backup_cut_short",
            Sign::MarkerLost { .. } => "marker_lost",
            Sign::Backup { .. } => "is_a_backup",
            Sign::OtherFormat { .. } => "other_format",
            Sign::MarkerDamaged { .. } => "marker_damaged",
            Sign::Unreadable { .. } => "unreadable",
            Sign::Locked { .. } => "locked",
            Sign::Restored { .. } => "restored",
            Sign::Whole { .. } => "journal_whole",
            Sign::Damaged { .. } => "journal_damaged",
            Sign::Torn { .. } => "torn_end",
            Sign::Unclean => "unclean_end",
            Sign::Leftover { .. } => "leftover",
            Sign::IndexAbsent => "index_absent",
            Sign::IndexUnclosed => "index_unclosed",
            Sign::IndexSound { .. } => "index_sound",
            Sign::IndexNotCompared { .. } => "index_not_compared",
            Sign::IndexWrong { .. } => "index_wrong",
            Sign::IndexAhead { .. } => "index_ahead",
            Sign::SetAside => "index_set_aside",
            Sign::Room { .. } => "room",
            Sign::NotWritable { .. } => "not_writable",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Sign::Whole { .. } | Sign::IndexSound { .. } => Severity::Ok,
            Sign::Room { bytes } if *bytes >= LITTLE_BYTES => Severity::Ok,
            Sign::Room { bytes } if *bytes >= NO_BYTES => Severity::Warning,
            Sign::Backup { .. }
            | Sign::Locked { .. }
            | Sign::Restored { .. }
            | Sign::Leftover { .. }
            | Sign::IndexAbsent
            | Sign::IndexUnclosed
            | Sign::IndexNotCompared { .. }
            | Sign::Unclean
            | Sign::SetAside => Severity::Note,
            Sign::Torn { .. } => Severity::Warning,
            Sign::NotFound
            | Sign::NotRedress { .. }
            | Sign::RestoreCutShort
            | Sign::BackupCutShort
            | Sign::MarkerLost { .. }
            | Sign::OtherFormat { .. }
            | Sign::MarkerDamaged { .. }
            | Sign::Unreadable { .. }
            | Sign::Damaged { .. }
            | Sign::IndexWrong { .. }
            | Sign::IndexAhead { .. }
            | Sign::Room { .. }
            | Sign::NotWritable { .. } => Severity::Fault,
        }
    }

    /// Whether it says that what is stored is not what was written.
    #[must_use]
    pub fn is_integrity(&self) -> bool {
        matches!(
            self,
            Sign::MarkerLost { .. }
                | Sign::MarkerDamaged { .. }
                | Sign::Damaged { .. }
                | Sign::IndexWrong { .. }
                | Sign::IndexAhead { .. }
        )
    }
}

impl Doctor {
    /// An examination.
    #[must_use]
    pub fn new() -> Doctor {
        Doctor::default()
    }

    /// How the directory is read through: by whoever knows what its records state.
    #[must_use]
    pub fn by(mut self, verification: Verification) -> Doctor {
        self.verification = verification;
        self
    }

    /// Who is told how far the reading is.
    #[must_use]
    pub fn tell(mut self, tell: impl Fn(Scanned) + Send + Sync + 'static) -> Doctor {
        self.tell = Some(Tell(Arc::new(tell)));
        self
    }

    /// Examines a directory, whatever it is.
    pub fn examine(self, directory: impl AsRef<Path>) -> Diagnosis {
        let directory = directory.as_ref();
        let mut diagnosis = Diagnosis::default();
        let holder = held(directory);
        let mut verification = self.verification;
        if let Some(Tell(tell)) = self.tell {
            verification = verification.tell(move |scanned| tell(scanned));
        }
        match verification.read(directory) {
            Ok(verified) => diagnosis.verified(&verified, holder, directory),
            Err(error) => diagnosis.not_opened(error, directory),
        }
        if directory.is_dir() {
            diagnosis.disk(directory);
        }
        diagnosis
    }
}

impl Diagnosis {
    /// The worst of all signs.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let severities = self.signs.iter().map(Sign::severity);
        severities.max().unwrap_or(Severity::Ok)
    }

    fn not_opened(&mut self, error: OpenError, directory: &Path) {
        self.signs.push(match error {
            OpenError::NotFound { .. } => Sign::NotFound,
            OpenError::NotRedress { found, .. } => without_marker(directory, found),
            OpenError::Format { found, known, .. } => Sign::OtherFormat { found, known },
            OpenError::Marker { reason, .. } => Sign::MarkerDamaged { reason },
            other => Sign::Unreadable {
                reason: other.to_string(),
            },
        });
    }

    fn verified(&mut self, verified: &Verified, holder: Option<Option<u32>>, directory: &Path) {
        self.info = Some(verified.info.clone());
        self.position = verified.position;
        self.recorded_at = verified.recorded_at;
        let is_held = holder.is_some();
        if verified.is_backup {
            self.signs.push(Sign::Backup {
                position: verified.position,
            });
        }
        self.signs
            .extend(holder.map(|holder| Sign::Locked { holder }));
        if let Ok(Some(restored)) = Restored::of(directory) {
            self.signs.push(Sign::Restored {
                epoch: restored.epoch,
                position: restored.head.position,
            });
        }
        self.journal(verified, is_held);
        let leftovers = verified.leftovers.iter().cloned();
        self.signs
            .extend(leftovers.map(|file| Sign::Leftover { file }));
        if !verified.is_backup {
            self.index(verified, is_held);
        }
        if directory.join("index-aside").exists() {
            self.signs.push(Sign::SetAside);
        }
    }

    fn journal(&mut self, verified: &Verified, is_held: bool) {
        let of = |kinds: &'static [FindingKind]| {
            let findings = verified.findings.iter();
            findings.filter(move |finding| kinds.contains(&finding.kind))
        };
        for marker in of(&[FindingKind::Marker]) {
            let reason = marker.what.clone();
            self.signs.push(Sign::MarkerDamaged { reason });
        }
        let damaged = || of(&[FindingKind::Damage, FindingKind::Head]);
        match damaged().next() {
            Some(first) => self.signs.push(Sign::Damaged {
                first: Box::new(first.clone()),
                more: damaged().count() as u64 - 1 + verified.untold,
            }),
            None => self.signs.push(Sign::Whole {
                position: verified.position,
                records: verified.counts.records,
            }),
        }
        // While somebody writes, what is written just now is no torn end, and an end without a seal is no wonder.
        if is_held {
            return;
        }
        for torn in of(&[FindingKind::Torn]) {
            let at = Box::new(torn.clone());
            self.signs.push(Sign::Torn { at });
        }
        if !verified.clean && !verified.is_backup {
            self.signs.push(Sign::Unclean);
        }
    }

    fn index(&mut self, verified: &Verified, is_held: bool) {
        self.signs.push(match &verified.index {
            IndexState::Absent => Sign::IndexAbsent,
            IndexState::Unclosed if is_held => return,
            IndexState::Unclosed => Sign::IndexUnclosed,
            IndexState::Sound { position } => Sign::IndexSound {
                position: *position,
            },
            IndexState::NotCompared { reason } => Sign::IndexNotCompared {
                reason: reason.clone(),
            },
            IndexState::Wrong { reason } => Sign::IndexWrong {
                reason: reason.clone(),
            },
            IndexState::Ahead { position } => Sign::IndexAhead {
                position: *position,
                end: verified.position,
            },
        });
    }

    fn disk(&mut self, directory: &Path) {
        if let Err(error) = writable(directory) {
            self.signs.push(Sign::NotWritable {
                reason: error.to_string(),
            });
        }
        if let Ok(bytes) = free_bytes(directory)
            && bytes < u64::MAX
        {
            self.signs.push(Sign::Room { bytes });
        }
    }
}

/// What a directory is that says of itself neither that it is a log nor that it is a backup.
fn without_marker(directory: &Path, found: Vec<String>) -> Sign {
    if !directory.is_dir() {
        return Sign::NotRedress { found };
    }
    let disk = RealDisk::new(directory);
    if directory.join(backup::BEGUN).is_file() {
        return Sign::BackupCutShort;
    }
    let lived_on = match Restored::of(directory) {
        Ok(Some(begun)) => match restore::lived_on(&disk, &begun) {
            Ok(None) => return Sign::RestoreCutShort,
            lived_on => lived_on,
        },
        Ok(None) => segment::listed(&disk)
            .map(|firsts| {
                firsts
                    .last()
                    .map(|last| format!("`{}`", segment::path_of(*last)))
            })
            .map_err(|error| OpenError::io(&disk, "list", segment::DIRECTORY, &error)),
        Err(error) => Err(error),
    };
    match lived_on {
        Ok(Some(found)) => Sign::MarkerLost { found },
        Ok(None) => Sign::NotRedress { found },
        Err(error) => Sign::Unreadable {
            reason: error.to_string(),
        },
    }
}

/// Whether a process holds the directory, and which. Asking takes the lock for a moment, shared, through a file that
/// is opened for reading.
fn held(directory: &Path) -> Option<Option<u32>> {
    let path: PathBuf = directory.join(marker::LOCK);
    if is_locked(&path) {
        let note = fs::read_to_string(&path).unwrap_or_default();
        return Some(note.trim_end().parse().ok());
    }
    // Where the file was deleted the writer still holds the journal; who it is, nothing says then.
    is_locked(&directory.join(segment::DIRECTORY)).then_some(None)
}

fn is_locked(path: &Path) -> bool {
    let locked = File::open(path).map(|file| file.try_lock_shared());
    matches!(locked, Ok(Err(TryLockError::WouldBlock)))
}

/// Asks the system whether the directory and its journal may be written to.
#[cfg(unix)]
fn writable(directory: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    access(directory, Access::WRITE_OK)?;
    let journal = directory.join(crate::journal::segment::DIRECTORY);
    if journal.exists() {
        access(&journal, Access::WRITE_OK)?;
    }
    // Who may write into a directory need not be able to write to what is in it.
    let files = fs::read_dir(&journal).into_iter().flatten().flatten();
    let last = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .max();
    let lock = Some(directory.join(crate::journal::marker::LOCK)).filter(|lock| lock.exists());
    for file in [last, lock].into_iter().flatten() {
        access(&file, Access::READ_OK | Access::WRITE_OK)?;
        if file.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
    }
    Ok(())
}

/// Asks the system whether the directory may be written to.
#[cfg(not(unix))]
fn writable(directory: &Path) -> io::Result<()> {
    match fs::metadata(directory)?.permissions().readonly() {
        true => Err(io::ErrorKind::PermissionDenied.into()),
        false => Ok(()),
    }
}
