//! How a journal is opened: founded, to be written to, to be read; with which index.

use std::{path::Path, sync::Arc};

use super::{
    Journal, Mode,
    behind::{self, Stand},
    marker::{self, Founding},
    open_error::OpenError,
    pause::Pause,
    queue::{ByHand, Queue, WriterThread},
    recovery::{self, Opened, With},
    scan::{Scanned, Tell},
    segment,
    writer::Writer,
};
use crate::{
    checkpoint::Checkpoint,
    disk::{Disk, DiskLock, RealDisk},
    event_log::LogInfo,
    index::{Index, MemoryIndex, StoredIndex},
    store::{ClosingNote, Look, Shelf, StoreError, closed_at},
};

/// How a journal is opened; what is not set is as it is by default.
#[derive(Clone, Debug)]
pub struct JournalOptions {
    segment_bytes: u64,
    queue_appends: usize,
    queue_bytes: u64,
    index: Option<Arc<dyn Index>>,
    tail: usize,
    by_hand: bool,
    tell: Option<Tell>,
}

impl Default for JournalOptions {
    fn default() -> JournalOptions {
        JournalOptions {
            segment_bytes: 128 << 20,
            queue_appends: 8192,
            queue_bytes: 160 << 20,
            index: None,
            tail: 20_000,
            by_hand: false,
            tell: None,
        }
    }
}

impl JournalOptions {
    /// The options by default.
    #[must_use]
    pub fn new() -> JournalOptions {
        JournalOptions::default()
    }

    /// After how many bytes a new segment is begun (128 MiB). A turn is never divided.
    #[must_use]
    pub fn segment_bytes(mut self, bytes: u64) -> JournalOptions {
        self.segment_bytes = bytes;
        self
    }

    /// How many appends may wait (8,192), and how many bytes of them (160 MiB); beyond it the
    /// answer is `Busy`.
    #[must_use]
    pub fn queue(mut self, appends: usize, bytes: u64) -> JournalOptions {
        self.queue_appends = appends;
        self.queue_bytes = bytes;
        self
    }

    /// The index to fill; it must be empty. By default one whose bulk lies in a store beside the journal,
    /// or, on a disk of the caller's, one in memory.
    #[must_use]
    pub fn index(mut self, index: Arc<dyn Index>) -> JournalOptions {
        self.index = Some(index);
        self
    }

    /// From how many records on the index is moved from memory into a store (20,000), and from then on whenever
    /// three times as many have come. A log that has fewer has no store.
    #[must_use]
    pub fn tail(mut self, records: usize) -> JournalOptions {
        self.tail = records;
        self
    }

    /// Starts none of the journal's threads: nothing is written until [`Journal::drive`] is called.
    #[must_use]
    pub fn by_hand(mut self) -> JournalOptions {
        self.by_hand = true;
        self
    }

    /// Who is told how far the journal is read, in opening and when an index is built anew.
    #[must_use]
    pub fn tell(mut self, tell: impl Fn(Scanned) + Send + Sync + 'static) -> JournalOptions {
        self.tell = Some(Tell(Arc::new(tell)));
        self
    }

    /// Founds a log in a directory that is empty or does not exist, and opens it.
    ///
    /// # Errors
    /// When something is there already, another process holds it, or the disk fails.
    pub fn create(self, path: impl AsRef<Path>, founding: &Founding) -> Result<Journal, OpenError> {
        let shelf = Shelf::new(path.as_ref());
        self.found(
            Arc::new(RealDisk::new(path.as_ref())),
            founding,
            Some(shelf),
        )
    }

    /// Opens a log for reading and writing.
    ///
    /// # Errors
    /// When the directory is none of ours, another process holds it, or the disk fails.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Journal, OpenError> {
        let shelf = Shelf::new(path.as_ref());
        self.open_with(Arc::new(RealDisk::new(path.as_ref())), Some(shelf))
    }

    /// Goes on with a founding that was cut off, and opens the log for reading and writing. The caller has seen that
    /// nothing is recorded: a journal that is gone looks the same.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`OpenError::Exists`] in a later epoch, in which something was recorded.
    pub fn found_again(self, path: impl AsRef<Path>) -> Result<Journal, OpenError> {
        let shelf = Shelf::new(path.as_ref());
        self.found_again_with(Arc::new(RealDisk::new(path.as_ref())), Some(shelf))
    }

    /// As [`found_again`](Self::found_again), on a disk of the caller's.
    ///
    /// # Errors
    /// As there.
    pub fn found_again_on(self, disk: Arc<dyn Disk>) -> Result<Journal, OpenError> {
        self.found_again_with(disk, None)
    }

    /// Opens a log for reading: takes no lock, writes nothing.
    ///
    /// # Errors
    /// When the directory is none of ours, or the disk fails.
    pub fn open_read_only(self, path: impl AsRef<Path>) -> Result<Journal, OpenError> {
        self.open_read_only_on(Arc::new(RealDisk::new(path.as_ref())))
    }

    /// As [`create`](Self::create), on a disk of the caller's.
    ///
    /// # Errors
    /// As there.
    pub fn create_on(self, disk: Arc<dyn Disk>, founding: &Founding) -> Result<Journal, OpenError> {
        self.found(disk, founding, None)
    }

    /// As [`open`](Self::open), on a disk of the caller's.
    ///
    /// # Errors
    /// As there.
    pub fn open_on(self, disk: Arc<dyn Disk>) -> Result<Journal, OpenError> {
        self.open_with(disk, None)
    }

    /// As [`open_read_only`](Self::open_read_only), on a disk of the caller's.
    ///
    /// # Errors
    /// As there.
    pub fn open_read_only_on(self, disk: Arc<dyn Disk>) -> Result<Journal, OpenError> {
        let to_read = marker::read_either(disk)?;
        // A backup says itself up to where it reaches; beside a journal an index may.
        let known = match to_read.manifest {
            Some(manifest) => Some(manifest.position),
            None => closed_at(&*to_read.disk, &to_read.info),
        };
        let mut with = self.with(to_read.disk, to_read.info);
        with.known = known;
        Ok(Journal::reading(recovery::survey(with)?))
    }

    fn found(
        self,
        disk: Arc<dyn Disk>,
        founding: &Founding,
        shelf: Option<Shelf>,
    ) -> Result<Journal, OpenError> {
        disk.create_dir("")
            .map_err(|error| OpenError::io(&*disk, "make", "", &error))?;
        // Before the lock file is made, so that nothing is left in a directory of another's.
        marker::vacant(&*disk)?;
        let lock = recovery::lock(&*disk)?;
        let info = marker::found(&*disk, founding)?;
        self.write_on(disk, info, lock, shelf, true)
    }

    fn found_again_with(
        self,
        disk: Arc<dyn Disk>,
        shelf: Option<Shelf>,
    ) -> Result<Journal, OpenError> {
        let info = marker::read(&*disk)?;
        // Only a restore begins a later epoch, and it writes the segments before the marker.
        if info.epoch > 1 {
            return Err(OpenError::Exists {
                path: disk.place(""),
            });
        }
        let lock = recovery::lock(&*disk)?;
        self.write_on(disk, info, lock, shelf, true)
    }

    fn open_with(self, disk: Arc<dyn Disk>, shelf: Option<Shelf>) -> Result<Journal, OpenError> {
        let info = marker::read(&*disk)?;
        let lock = recovery::lock(&*disk)?;
        self.write_on(disk, info, lock, shelf, false)
    }

    /// Everything is to be read, into an index in memory unless one was given.
    fn with(&self, disk: Arc<dyn Disk>, info: LogInfo) -> With {
        let index = self.index.clone();
        With {
            disk,
            info,
            index: index.unwrap_or_else(|| Arc::new(MemoryIndex::default())),
            skipped: None,
            known: None,
            tell: self.tell.clone(),
        }
    }

    /// Looks whether the store beside the journal can be believed; if not, says why, and everything is read.
    fn with_store(
        &self,
        disk: Arc<dyn Disk>,
        info: LogInfo,
        shelf: &Shelf,
    ) -> Result<(With, Option<String>), OpenError> {
        let anew = |info: &LogInfo| Arc::new(StoredIndex::to_fill(shelf.clone(), info, self.tail));
        let mut with = self.with(disk.clone(), info);
        let info = &with.info;
        let note: ClosingNote<Checkpoint> = match shelf.look() {
            Look::Absent => {
                with.index = anew(info);
                return Ok((with, None));
            }
            Look::Closed(note) => note,
            Look::Unclosed => {
                with.index = anew(info);
                return Ok((with, Some("it was not closed".into())));
            }
            Look::Wrong { reason } => {
                with.index = anew(info);
                return Ok((with, Some(reason)));
            }
        };
        let position = note.checkpoint.position();
        if (note.log, note.epoch) != (info.log_id, info.epoch) || !note.checkpoint.tree.is_sound() {
            with.index = anew(info);
            return Ok((with, Some("it belongs to another log".into())));
        }
        let stand = behind::stand(&*disk, info, note.checkpoint.clone())
            .map_err(|error| OpenError::io(&*disk, "read", segment::DIRECTORY, &error))?;
        let skipped = match stand {
            Stand::Behind(skipped) => skipped,
            Stand::Ahead => {
                with.known = Some(position);
                return Ok((with, None));
            }
            Stand::Other(reason) => {
                // What it knew must be there in whatever form before it is given up: else records are lost.
                let read = recovery::survey(self.with(disk, info.clone()))?;
                if read.shared.head() < position {
                    with.known = Some(position);
                    return Ok((with, None));
                }
                with.index = anew(info);
                return Ok((with, Some(reason)));
            }
        };
        let opened = shelf.open(note).and_then(|store| {
            let reached = StoredIndex::reached_in(&store)?;
            if reached == position {
                return Ok(store);
            }
            let reason = format!("it says that it reaches {reached}, its note {position}");
            Err(StoreError::Failed(reason))
        });
        match opened {
            Ok(store) => {
                let over = StoredIndex::over(shelf.clone(), info, self.tail, store, position);
                with.index = Arc::new(over);
                with.skipped = Some(skipped);
                Ok((with, None))
            }
            // A full disk: it stays as it is, and everything is read.
            Err(StoreError::NoRoom) => {
                with.index = anew(info);
                Ok((with, None))
            }
            Err(error) => {
                with.index = anew(info);
                Ok((with, Some(error.to_string())))
            }
        }
    }

    fn write_on(
        self,
        disk: Arc<dyn Disk>,
        info: LogInfo,
        lock: Box<dyn DiskLock>,
        shelf: Option<Shelf>,
        founding: bool,
    ) -> Result<Journal, OpenError> {
        if founding {
            disk.create_dir(segment::DIRECTORY)
                .map_err(|error| OpenError::io(&*disk, "make", segment::DIRECTORY, &error))?;
        }
        let lock = recovery::lock_journal(&*disk, lock)?;
        let shelf = shelf.filter(|_| self.index.is_none());
        let (with, doubt) = match &shelf {
            Some(shelf) => self.with_store(disk.clone(), info, shelf)?,
            None => (self.with(disk.clone(), info), None),
        };
        let Opened {
            shared,
            progress,
            mut recovery,
            uncut,
        } = recovery::recover(with, founding)?;
        if !recovery.damage.is_empty() {
            // Nothing will be written: the lock goes back with this return.
            shared.told_of_damage();
            shared.index.close(None);
            return Ok(Journal::reading(Opened {
                shared,
                progress,
                recovery,
                uncut,
            }));
        }
        if let (Some(reason), Some(shelf)) = (doubt, &shelf) {
            tracing::warn!(%reason, "the index was not believed and was built anew");
            if shared.index.store().is_none()
                && let Err(error) = shelf.set_aside()
            {
                tracing::warn!(%error, "it could not be set aside");
            }
            recovery.index_rebuilt = Some(reason);
        }
        if let Some(cut) = &recovery.cut {
            tracing::warn!(file = %cut.file, bytes = cut.bytes, position = %cut.position, "a torn end was cut");
        }
        // Known to be sound: from here on what is in memory may go into a store.
        shared.index.filled();
        let shared = Arc::new(shared);
        let failed =
            |error: &std::io::Error| OpenError::io(&*disk, "write", segment::DIRECTORY, error);
        let writer = Writer::new(shared.clone(), &progress, uncut, self.segment_bytes)
            .ok_or_else(|| failed(&std::io::ErrorKind::NotFound.into()))?;
        let queue = Arc::new(Queue::new(self.queue_appends, self.queue_bytes));
        let mode = if self.by_hand {
            Mode::ByHand(Box::new(ByHand::new(queue, writer, lock)))
        } else {
            let thread = WriterThread::start(queue, writer, lock, shared.clone());
            Mode::Writing(thread.map_err(|error| failed(&error))?)
        };
        Ok(Journal {
            shared,
            mode,
            pause: Pause::default(),
            recovery,
        })
    }
}
