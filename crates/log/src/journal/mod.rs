//! The journal: the log on disk. Segments of JSON Lines, one writer, one sync for all that wait.
//!
//! In reading order: `marker` (whose directory is it), `segment` (the files), `scan` (reading
//! them through), `recovery` (setting right an unclean end), `writer` (the state machine),
//! `queue` (what waits for it, and its thread), `reader` (pages of records), `pause` (between two
//! looks at what another process writes).

mod marker;
mod open_error;
mod pause;
mod queue;
mod reader;
mod recovery;
mod scan;
mod segment;
mod writer;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

pub use marker::Founding;
pub use open_error::OpenError;
pub use recovery::{Cut, Recovery};

use self::{
    pause::Pause,
    queue::{Queue, WriterThread},
    reader::Shared,
    recovery::Opened,
    scan::{Progress, ScanError},
    segment::Segment,
    writer::Writer,
};
use crate::{
    disk::{Disk, RealDisk},
    error::{AppendError, Damage, ReadError},
    event_log::{BoxFuture, EventLog, Filter, LogInfo},
    index::{Index, MemoryIndex},
    position::{Position, Version},
    record::{Appended, Page},
    stream_id::StreamId,
    write::Append,
};

/// How a journal is opened; what is not set is as it is by default.
#[derive(Clone, Debug)]
pub struct JournalOptions {
    segment_bytes: u64,
    queue_appends: usize,
    queue_bytes: u64,
    index: Option<Arc<dyn Index>>,
}

impl Default for JournalOptions {
    fn default() -> JournalOptions {
        JournalOptions {
            segment_bytes: 128 << 20,
            queue_appends: 8192,
            queue_bytes: 64 << 20,
            index: None,
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

    /// How many appends may wait (8,192), and how many bytes of them (64 MiB); beyond it the
    /// answer is `Busy`.
    #[must_use]
    pub fn queue(mut self, appends: usize, bytes: u64) -> JournalOptions {
        self.queue_appends = appends;
        self.queue_bytes = bytes;
        self
    }

    /// The index to fill; it must be empty. By default one in memory.
    #[must_use]
    pub fn index(mut self, index: Arc<dyn Index>) -> JournalOptions {
        self.index = Some(index);
        self
    }

    /// Founds a log in a directory that is empty or does not exist, and opens it.
    ///
    /// # Errors
    /// When something is there already, another process holds it, or the disk fails.
    pub fn create(self, path: impl AsRef<Path>, founding: &Founding) -> Result<Journal, OpenError> {
        self.create_on(Arc::new(RealDisk::new(path.as_ref())), founding)
    }

    /// Opens a log for reading and writing.
    ///
    /// # Errors
    /// When the directory is none of ours, another process holds it, or the disk fails.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Journal, OpenError> {
        self.open_on(Arc::new(RealDisk::new(path.as_ref())))
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
        disk.create_dir("")
            .map_err(|error| OpenError::io(&*disk, "make", "", &error))?;
        // Before the lock file is made, so that nothing is left in a directory of another's.
        marker::vacant(&*disk)?;
        let lock = recovery::lock(&*disk)?;
        let info = marker::found(&*disk, founding)?;
        self.write_on(disk, lock, info)
    }

    /// As [`open`](Self::open), on a disk of the caller's.
    ///
    /// # Errors
    /// As there.
    pub fn open_on(self, disk: Arc<dyn Disk>) -> Result<Journal, OpenError> {
        let info = marker::read(&*disk)?;
        let lock = recovery::lock(&*disk)?;
        self.write_on(disk, lock, info)
    }

    /// As [`open_read_only`](Self::open_read_only), on a disk of the caller's.
    ///
    /// # Errors
    /// As there.
    pub fn open_read_only_on(self, disk: Arc<dyn Disk>) -> Result<Journal, OpenError> {
        let info = marker::read(&*disk)?;
        let index = self
            .index
            .clone()
            .unwrap_or_else(|| Arc::new(MemoryIndex::default()));
        Ok(Journal::reading(recovery::survey(disk, index, info)?))
    }

    fn write_on(
        self,
        disk: Arc<dyn Disk>,
        lock: Box<dyn crate::disk::DiskLock>,
        info: LogInfo,
    ) -> Result<Journal, OpenError> {
        let index = self
            .index
            .clone()
            .unwrap_or_else(|| Arc::new(MemoryIndex::default()));
        let opened = recovery::recover(disk.clone(), index, info)?;
        let Opened {
            shared,
            progress,
            recovery,
        } = opened;
        if !recovery.damage.is_empty() {
            // Nothing will be written: the lock goes back with this return.
            return Ok(Journal::reading(Opened {
                shared,
                progress,
                recovery,
            }));
        }
        let shared = Arc::new(shared);
        let failed =
            |error: &std::io::Error| OpenError::io(&*disk, "write", segment::DIRECTORY, error);
        let writer = Writer::new(shared.clone(), &progress, self.segment_bytes)
            .ok_or_else(|| failed(&std::io::ErrorKind::NotFound.into()))?;
        let queue = Arc::new(Queue::new(self.queue_appends, self.queue_bytes));
        let thread = WriterThread::start(queue, writer, lock, shared.clone())
            .map_err(|error| failed(&error))?;
        if let Some(cut) = &recovery.cut {
            tracing::warn!(file = %cut.file, bytes = cut.bytes, position = %cut.position, "a torn end was cut");
        }
        Ok(Journal {
            shared,
            mode: Mode::Writing(thread),
            pause: Pause::default(),
            recovery,
        })
    }
}

/// The log on disk. See `docs/event-log-format.md` for what lies there.
///
/// Reading is done where it is asked for, with plain reads of a page's records: a caller
/// who must not be held up by the disk asks from a thread that may be. Writing is done by
/// one thread, which ends, after sealing, when the journal is closed or dropped.
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
        let names = match shared.disk.list(segment::DIRECTORY) {
            Ok(names) => names,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(unlisted(&error)),
        };
        let known = shared.segments.last();
        let mut firsts = segment::firsts(&names);
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
        let position = Position(progress.next.0 - 1);
        shared.head.send_if_modified(|head| {
            let grown = head.position < position;
            head.position = head.position.max(position);
            grown
        });
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
    if size < progress.good_bytes {
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

fn unlisted(error: &std::io::Error) -> ReadError {
    ReadError::Io {
        file: segment::DIRECTORY.to_owned(),
        reason: error.to_string(),
    }
}

impl EventLog for Journal {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let queued = match &self.mode {
            Mode::Writing(writer) => writer.queue.push(append),
            Mode::Reading(_) => Err(AppendError::ReadOnly {
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

    fn info(&self) -> &LogInfo {
        &self.shared.info
    }

    fn close(&self) -> BoxFuture<'_, Result<(), AppendError>> {
        let ended = match &self.mode {
            Mode::Writing(writer) => {
                writer.queue.close();
                Some(writer.queue.ended.subscribe())
            }
            Mode::Reading(_) => {
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
