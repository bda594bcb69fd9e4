//! The store's body on disk. The one file of the project that names its library.

use std::{
    fmt,
    path::Path,
    pin::pin,
    sync::{Arc, Mutex, PoisonError, RwLock, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
    time::Duration,
};

use super::{Store, StoreChange, StoreError, StoreVisit};

/// How much of the pages is kept in memory.
const CACHE_BYTES: u64 = 64 << 20;
/// The unit in which the file grows and is cleaned. A page holds up to 16 rows; one of more than
/// a quarter of this becomes a file of its own, so rows should stay below some 4 KiB.
const SEGMENT_BYTES: usize = 256 << 10;
/// After so many bytes of changes, keys and values, they are handed to the operating system.
///
/// Two reasons, both measured. What was written over comes free only then: rows written again
/// and again in one go took up to 90 times their size. And the library stands still for ever when
/// it waits for its file to be shortened while each of its threads has a segment to write,
/// so few segments are left waiting: what is written comes to some eight times the changes.
const BYTES_AT_ONCE: usize = 32 << 10;
/// How long is waited for the library to write or to close. Then it is taken to stand still, and the store
/// is given up: what it held is in the journal.
const PATIENCE: Duration = Duration::from_secs(30);

/// Rows on disk. It is opened by a [`Shelf`](super::Shelf) alone, and closed by it.
///
/// Idle threads of the library's, seven or more, stay with the process once a store was opened; they are
/// shared by all stores. Another writes, so that whoever hands over changes can stop waiting.
pub struct SledStore {
    /// `None` once closed or given up.
    tree: RwLock<Option<sled::Db>>,
    /// To the thread that writes; `None` once closed or given up.
    work: Mutex<Option<mpsc::Sender<Work>>>,
}

/// What the thread is to do, and whom to tell.
enum Work {
    Write(Vec<StoreChange>, mpsc::Sender<sled::Result<()>>),
    Close(sled::Db, mpsc::Sender<sled::Result<()>>),
}

impl SledStore {
    /// Opens the files in a directory of its own; a new store must find none.
    pub(super) fn open(dir: &Path, new: bool) -> Result<SledStore, StoreError> {
        let dir = std::path::absolute(dir)
            .map_err(|error| StoreError::failed("finding the store", error))?;
        let db = sled::Config::new()
            .path(dir)
            .create_new(new)
            .cache_capacity(CACHE_BYTES)
            .segment_size(SEGMENT_BYTES)
            // No thread that flushes: whoever writes does, and what is not closed is not trusted.
            .flush_every_ms(None)
            .open()
            .map_err(|error| StoreError::failed("opening", error))?;
        let (work, to_do) = mpsc::channel();
        let tree = (*db).clone();
        // It is never waited for: if the library is stuck, so is it.
        std::thread::Builder::new()
            .name("redress-store".into())
            .spawn(move || attend(tree, &to_do))
            .map_err(|error| StoreError::failed("opening", error))?;
        Ok(SledStore {
            tree: RwLock::new(Some(db)),
            work: Mutex::new(Some(work)),
        })
    }

    /// Hands all rows to the operating system and lets go of the files; every call fails from
    /// now on. The library's threads may hold the files a moment longer.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        let (db, work) = self.take();
        let (db, work) = db.zip(work).ok_or_else(closed)?;
        let (done, answer) = mpsc::channel();
        work.send(Work::Close(db, done))
            .map_err(|_| StoreError::failed("closing", "its thread is gone"))?;
        answer
            .recv_timeout(PATIENCE)
            .map_err(|_| StoreError::failed("closing", "it does not answer"))?
            .map_err(|error| StoreError::failed("flushing", error))
    }

    fn take(&self) -> (Option<sled::Db>, Option<mpsc::Sender<Work>>) {
        let mut tree = self.tree.write().unwrap_or_else(PoisonError::into_inner);
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        (tree.take(), work.take())
    }

    /// The tree; cloned, so that no lock is held while a visit does what it likes.
    fn tree(&self) -> Result<sled::Tree, StoreError> {
        let tree = self.tree.read().unwrap_or_else(PoisonError::into_inner);
        tree.as_ref().map(|db| (**db).clone()).ok_or_else(closed)
    }
}

/// Does the work of a store until it is closed or nobody has any more.
fn attend(tree: sled::Tree, to_do: &mpsc::Receiver<Work>) {
    while let Ok(work) = to_do.recv() {
        match work {
            Work::Write(changes, done) => {
                // Nobody listens any more when patience is over.
                let _ = done.send(write(&tree, &changes));
            }
            Work::Close(db, done) => {
                let flushed = db.flush().map(|_| ());
                drop(db);
                drop(tree);
                let _ = done.send(flushed);
                return;
            }
        }
    }
}

/// One by one, not as the library's batch: that would stop all readers of all stores of the process
/// meanwhile, and what a batch is for, an unclean end, this store does not survive.
fn write(tree: &sled::Tree, changes: &[StoreChange]) -> sled::Result<()> {
    let mut bytes = 0;
    for StoreChange { key, value } in changes {
        match value {
            Some(value) => tree.insert(key, value.as_slice())?,
            None => tree.remove(key)?,
        };
        bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        if bytes >= BYTES_AT_ONCE {
            bytes = 0;
            wait_for(tree.flush_async())?;
        }
    }
    wait_for(tree.flush_async()).map(|_| ())
}

/// Waits for a task of the library's threads. They take tasks in order, so all that it had to do
/// before has been taken up when a flush is done.
fn wait_for<T>(task: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut task = pin!(task);
    loop {
        match task.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn closed() -> StoreError {
    StoreError::Failed("closed".into())
}

fn show(
    rows: impl Iterator<Item = sled::Result<(sled::IVec, sled::IVec)>>,
    visit: &mut StoreVisit<'_>,
) -> Result<(), StoreError> {
    for row in rows {
        let (key, value) = row.map_err(|error| StoreError::failed("reading", error))?;
        if visit(&key, &value).is_break() {
            break;
        }
    }
    Ok(())
}

// The library's own rendering would print every row.
impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore")
            .field("closed", &self.tree().is_err())
            .finish()
    }
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.tree()?.get(key);
        let value = value.map_err(|error| StoreError::failed("reading", error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError> {
        if from >= until {
            return Ok(());
        }
        show(self.tree()?.range(from..until), visit)
    }

    fn scan_back(
        &self,
        from: &[u8],
        until: &[u8],
        visit: &mut StoreVisit<'_>,
    ) -> Result<(), StoreError> {
        if from >= until {
            return Ok(());
        }
        show(self.tree()?.range(from..until).rev(), visit)
    }

    fn write(&self, changes: &[StoreChange]) -> Result<(), StoreError> {
        let (done, answer) = mpsc::channel();
        {
            let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
            let work = work.as_ref().ok_or_else(closed)?;
            work.send(Work::Write(changes.to_vec(), done))
                .map_err(|_| StoreError::failed("writing", "its thread is gone"))?;
        }
        match answer.recv_timeout(PATIENCE) {
            Ok(written) => written.map_err(|error| StoreError::failed("writing", error)),
            Err(_) => {
                // Its thread holds on to the files; they are not closed and so not believed again.
                drop(self.take());
                Err(StoreError::failed("writing", "it stands still"))
            }
        }
    }
}
