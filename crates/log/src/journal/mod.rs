//! The journal: the log on disk. Segments of JSON Lines, one writer, one sync for all that wait.
//!
//! In reading order: `options` (how it is opened), `marker` (whose directory is it), `segment` (the files), `scan` (reading
//! them through), `broken` (streams of which damage is met), `behind` (what need not be read), `recovery` (setting right an unclean end),
//! `writer` (the state machine), `leaves` (the tree over what it wrote), `queue` (what waits for it,
//! and who drives it), `reader` (pages of records), `pause` (between two looks at what another
//! process writes). For those who do not open it: `examine` (reading all of it), `manifest` (what a backup
//! says of itself), `bounded` (no more of a backup than that).

pub(crate) mod behind;
pub(crate) mod bounded;
mod broken;
pub(crate) mod examine;
mod leaves;
pub(crate) mod manifest;
pub(crate) mod marker;
mod open_error;
mod options;
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
pub use options::JournalOptions;
pub use recovery::{Cut, Recovery};
pub use scan::Scanned;

use self::{
    pause::Pause,
    queue::{ByHand, Queue, WriterThread},
    reader::Shared,
    recovery::Opened,
    scan::{Progress, ScanError},
    segment::Segment,
};
use crate::{
    error::{AppendError, Damage, ReadError},
    event_log::{BoxFuture, EventLog, Filter, LogInfo},
    position::{Position, Version},
    record::{Appended, Page},
    store::Store,
    stream_id::StreamId,
    tree::TreeHead,
    write::Append,
};

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
