//! The journal: the log on disk. Segments of JSON Lines, one writer, one sync for all that wait.
//!
//! In reading order: `marker` (whose directory is it), `segment` (the files), `scan` (reading
//! them through), `behind` (what need not be read), `recovery` (setting right an unclean end),
//! `writer` (the state machine), `leaves` (the tree over what it wrote), `queue` (what waits for it,
//! and who drives it), `reader` (pages of records), `pause` (between two looks at what another
//! process writes). For those who do not open it: `examine` (reading all of it), `manifest` (what a backup
//! says of itself), `bounded` (no more of a backup than that).

pub(crate) mod behind;
pub(crate) mod bounded;
pub(crate) mod examine;
mod leaves;
pub(crate) mod manifest;
pub(crate) mod marker;
mod open_error;
mod pause;
mod queue;
mod reader;
pub(crate) mod recovery;
pub(crate) mod scan;
pub(crate) mod segment;
mod writer;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

pub use marker::Founding;
pub use open_error::OpenError;
pub use recovery::{Cut, Recovery};
pub use scan::Scanned;

use self::{
    behind::Stand,
    pause::Pause,
    queue::{ByHand, Queue, WriterThread},
    reader::Shared,
    recovery::{Opened, With},
    scan::{Progress, ScanError, Tell},
    segment::Segment,
    writer::Writer,
};
use crate::{
    checkpoint::Checkpoint,
    disk::{Disk, DiskLock, RealDisk},
    error::{AppendError, Damage, ReadError},
    event_log::{BoxFuture, EventLog, Filter, LogInfo},
    index::{Index, MemoryIndex, StoredIndex},
    position::{Position, Version},
    record::{Appended, Page},
    store::{ClosingNote, Look, Shelf, Store, StoreError, closed_at},
    stream_id::StreamId,
    tree::TreeHead,
    write::Append,
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

/// The log on disk. See `docs/event-log-format.md` for what lies there.
///
/// Reading is done where it is asked for, with plain reads of a page's records: a caller
/// who must not be held up by the disk asks from a thread that may be. Four threads write: one
/// decides and answers, one writes and syncs, one hashes, one moves the index into the store.
/// They end, after sealing, when the journal is closed or dropped.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    mode: Mode,
    /// Between two looks in waiting, when it is only read.
    pause: Pause,
    recovery: Recovery,
}

#[derive(Debug)]
enum Mode {
    Writing(WriterThread),
    ByHand(Box<ByHand>),
    Reading(Mutex<Progress>),
}

impl Journal {
    /// Founds a log in a directory that is empty or does not exist, and opens it.
    ///
    /// # Errors
    /// When something is there already, another process holds it, or the disk fails.
    pub fn create(path: impl AsRef<Path>, founding: &Founding) -> Result<Journal, OpenError> {
        JournalOptions::new().create(path, founding)
    }

    /// Opens a log for reading and writing. With damage in it (see [`Journal::damage`]) it is
    /// open for reading only.
    ///
    /// # Errors
    /// When the directory is none of ours, another process holds it, or the disk fails.
    pub fn open(path: impl AsRef<Path>) -> Result<Journal, OpenError> {
        JournalOptions::new().open(path)
    }

    /// Opens a log for reading: takes no lock, writes nothing, reads up to the last whole
    /// append; [`Journal::refresh`] reads on, and so does waiting by `beyond`, which looks about
    /// five times a second. Beside a writer it may see an append a moment before the writer
    /// knows it to be durable.
    ///
    /// # Errors
    /// When the directory is none of ours, or the disk fails.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Journal, OpenError> {
        JournalOptions::new().open_read_only(path)
    }

    fn reading(opened: Opened) -> Journal {
        let Opened {
            shared,
            progress,
            recovery,
            ..
        } = opened;
        Journal {
            shared: Arc::new(shared),
            mode: Mode::Reading(Mutex::new(progress)),
            pause: Pause::default(),
            recovery,
        }
    }

    /// What opening found and did.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The damage that forbids to write, as it was found in opening.
    #[must_use]
    pub fn damage(&self) -> Option<&Damage> {
        self.recovery.damage.first()
    }

    /// Whether appends can be taken at all.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        matches!(self.mode, Mode::Reading(_))
    }

    /// The head of the Merkle tree over all records that are durable, with the last of their positions: beside a
    /// running writer it may be a moment ahead of what can be read. None behind damage, where it cannot be known.
    #[must_use]
    pub fn tree_head(&self) -> Option<TreeHead> {
        self.shared.tree_head()
    }

    /// Where views may keep their rows beside the index, if there is such a place now. Its rows are lost
    /// whenever it is rebuilt; it fails for good when the journal is closed.
    #[must_use]
    pub fn store(&self) -> Option<Arc<dyn Store>> {
        self.shared.index.store()
    }

    /// What stands in the store was found wrong by whoever keeps rows there: nobody uses it any more, and the
    /// next opening builds it anew from the journal.
    pub fn distrust_store(&self, reason: &str) {
        tracing::warn!(%reason, "the store is not believed any more");
        self.shared.index.distrust(reason);
    }

    /// A journal opened [`by_hand`](JournalOptions::by_hand): writes and answers all appends that wait, as one
    /// turn; a closed one seals. Says how many it answered. Otherwise does nothing.
    pub fn drive(&self) -> usize {
        self.drive_in_turns(1)
    }

    /// As [`drive`](Self::drive), in several turns: each is decided while the one before is on its way to the
    /// disk, as it is when threads drive the journal.
    pub fn drive_in_turns(&self, turns: usize) -> usize {
        match &self.mode {
            Mode::ByHand(by_hand) => by_hand.drive(&self.shared, turns),
            Mode::Writing(_) | Mode::Reading(_) => 0,
        }
    }

    /// The queue before the writer, if there is one.
    fn queue(&self) -> Option<&Queue> {
        match &self.mode {
            Mode::Writing(writer) => Some(&writer.queue),
            Mode::ByHand(by_hand) => Some(&by_hand.queue),
            Mode::Reading(_) => None,
        }
    }

    /// Opened for reading only: looks what another process has written since, and says the
    /// head. Otherwise just says the head.
    ///
    /// # Errors
    /// When the disk does not answer, or the journal was cut back behind this reader: then
    /// it must be opened again.
    pub fn refresh(&self) -> Result<Position, ReadError> {
        let Mode::Reading(progress) = &self.mode else {
            return Ok(self.head());
        };
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = &self.shared;
        let known = shared.segments.last();
        let damages = progress.damages.len();
        let mut firsts = segment::listed(&*shared.disk).map_err(|error| unlisted(&error))?;
        firsts.retain(|first| known.as_ref().is_none_or(|known| *first > known.first));
        if let Some(known) = &known {
            read_on(shared, known, &mut progress, firsts.is_empty())?;
        }
        for (nth, first) in firsts.iter().enumerate() {
            let path = segment::path_of(*first);
            let file = shared
                .disk
                .open_to_read(&path)
                .map_err(|error| ReadError::Io {
                    file: path,
                    reason: error.to_string(),
                })?;
            let segment = Arc::new(Segment::new(*first, file, 0));
            progress.enter(&segment);
            shared.segments.push(segment.clone());
            read_on(shared, &segment, &mut progress, nth + 1 == firsts.len())?;
        }
        if let Some(damage) = progress.damages.get(damages) {
            shared.lose_by(damage);
        }
        let position = Position(progress.next.0 - 1);
        shared.head.send_if_modified(|head| {
            let grown = head.position < position;
            head.position = head.position.max(position);
            grown
        });
        shared.leaves.set(progress.tree.clone());
        Ok(position)
    }
}

/// Takes up reading a segment where it was left.
fn read_on(
    shared: &Shared,
    segment: &Arc<Segment>,
    progress: &mut Progress,
    is_last: bool,
) -> Result<(), ReadError> {
    let size = segment
        .file
        .size()
        .map_err(|error| reader::unread(segment, &error))?;
    if size < progress.good_bytes || !ends_as_it_did(segment, progress)? {
        let reason = "the journal was cut back behind this reader: open it again".to_owned();
        return Err(ReadError::Io {
            file: segment.path.clone(),
            reason,
        });
    }
    let read = progress.read(segment, size, is_last, &shared.info, &*shared.index);
    segment.set_readable(progress.good_bytes);
    match read {
        Ok(_) => Ok(()),
        Err(ScanError::Io(error)) => Err(reader::unread(segment, &error)),
        Err(ScanError::Index(error)) => Err(ReadError::Index { reason: error.0 }),
    }
}

/// Whether the last line that was read still stands there: a writer whose disk failed cuts back and goes on.
fn ends_as_it_did(segment: &Segment, progress: &Progress) -> Result<bool, ReadError> {
    let mut end = [0; 11];
    let Some(at) = progress.good_bytes.checked_sub(end.len() as u64) else {
        return Ok(true);
    };
    let read = segment.file.read_at(&mut end, at);
    let read = read.map_err(|error| reader::unread(segment, &error))?;
    // Behind damage it is not known.
    let unknown = progress.good_end == [0; 10] || !progress.damages.is_empty();
    Ok(unknown || (read == end.len() && end.strip_suffix(b"\n") == Some(&progress.good_end)))
}

fn unlisted(error: &std::io::Error) -> ReadError {
    ReadError::Io {
        file: segment::DIRECTORY.to_owned(),
        reason: error.to_string(),
    }
}

impl EventLog for Journal {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let queued = match self.queue() {
            Some(queue) => queue.push(append),
            None => Err(AppendError::ReadOnly {
                damage: self.damage().cloned(),
            }),
        };
        Box::pin(async move {
            let lost = || AppendError::Unknown {
                reason: "the writer ended without an answer".into(),
            };
            queued?.await.unwrap_or_else(|_| Err(lost()))
        })
    }

    fn stream<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Version>, ReadError>> {
        Box::pin(async move { self.shared.stream_page(stream, from, limit) })
    }

    fn all<'a>(
        &'a self,
        from: Position,
        filter: &'a Filter,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Position>, ReadError>> {
        Box::pin(async move { self.shared.all_page(from, filter, limit) })
    }

    fn head(&self) -> Position {
        self.shared.head()
    }

    fn beyond(&self, position: Position) -> BoxFuture<'_, Result<Position, ReadError>> {
        Box::pin(async move {
            if !self.is_read_only() {
                return self.shared.beyond(position).await;
            }
            loop {
                self.refresh()?;
                tokio::select! {
                    biased;
                    head = self.shared.beyond(position) => return head,
                    () = self.pause.over() => {}
                }
            }
        })
    }

    fn tree_head(&self) -> Option<TreeHead> {
        Journal::tree_head(self)
    }

    fn info(&self) -> &LogInfo {
        &self.shared.info
    }

    fn close(&self) -> BoxFuture<'_, Result<(), AppendError>> {
        let ended = match self.queue() {
            Some(queue) => {
                queue.close();
                Some(queue.ended.subscribe())
            }
            None => {
                self.shared.head.send_modify(|head| head.open = false);
                None
            }
        };
        Box::pin(async move {
            let Some(mut ended) = ended else {
                return Ok(());
            };
            let outcome = ended.wait_for(Option::is_some).await;
            match outcome {
                Ok(outcome) => outcome.clone().unwrap_or(Ok(())),
                Err(_) => Err(AppendError::Closed {
                    reason: "the writer ended".into(),
                }),
            }
        })
    }
}
