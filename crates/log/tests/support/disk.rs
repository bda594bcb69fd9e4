//! A disk in memory that forgets what was not synced, fails when told to, and can be full.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redress_log::{Disk, DiskFile, DiskLock, LockFailure};

/// How much an unsynced change survives a power cut in one piece.
const SECTOR: usize = 64;

#[derive(Clone, Debug)]
pub(crate) struct TestDisk {
    state: Arc<Mutex<State>>,
    locked: Arc<AtomicBool>,
}

#[derive(Clone, Debug, Default)]
struct State {
    files: Vec<Content>,
    dirs: BTreeSet<String>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    rules: Rules,
    calls: u64,
    syncs: u64,
    /// Syncs that wait because they are held.
    held: u64,
}

/// When the disk does not do what it is asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    /// From this changing call on (counted from 1) every one fails.
    pub(crate) dies_at: Option<u64>,
    /// The next sync of a file fails, once.
    pub(crate) next_sync_fails: bool,
    /// The next write fails half way, once.
    pub(crate) next_write_fails: bool,
    /// The most bytes that all files hold.
    pub(crate) room: Option<usize>,
    /// Whether a sync waits until this is taken back.
    pub(crate) syncs_held: bool,
}

#[derive(Clone, Debug, Default)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
    since: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// What a power cut leaves of the changes that were not synced.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keep {
    Nothing,
    Everything,
    /// Some, by a seed.
    Some(u64),
}

impl TestDisk {
    pub(crate) fn new() -> TestDisk {
        TestDisk {
            state: Arc::default(),
            locked: Arc::default(),
        }
    }

    pub(crate) fn shared(&self) -> Arc<dyn Disk> {
        Arc::new(self.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Rules)) {
        change(&mut self.state().rules);
    }

    /// Holds every sync from now on, until [`TestDisk::release_syncs`].
    pub(crate) fn hold_syncs(&self) {
        self.set(|rules| rules.syncs_held = true);
    }

    /// Comes back once a sync is held: its turn is closed, what is handed in now waits for the next.
    pub(crate) fn until_a_sync_is_held(&self) {
        while self.state().held == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn release_syncs(&self) {
        self.set(|rules| rules.syncs_held = false);
    }

    fn wait_while_held(&self) {
        if !self.state().rules.syncs_held {
            return;
        }
        self.state().held += 1;
        while self.state().rules.syncs_held {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.state().held -= 1;
    }

    pub(crate) fn calls(&self) -> u64 {
        self.state().calls
    }

    pub(crate) fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// How many bytes all files hold.
    pub(crate) fn used(&self) -> usize {
        self.state().used()
    }

    /// The files as they are now, with nothing held and no rules: as after the death of the process.
    pub(crate) fn copy(&self) -> TestDisk {
        let mut state = self.state().clone();
        state.rules = Rules::default();
        state.calls = 0;
        TestDisk {
            state: Arc::new(Mutex::new(state)),
            locked: Arc::default(),
        }
    }

    /// The files as a power cut leaves them.
    pub(crate) fn power_cut(&self, keep: Keep) -> TestDisk {
        let copy = self.copy();
        let mut state = copy.state();
        let mut seed = match keep {
            Keep::Some(seed) => seed,
            _ => 0,
        };
        let mut kept = || match keep {
            Keep::Nothing => false,
            Keep::Everything => true,
            Keep::Some(_) => {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                seed >> 40 & 1 == 1
            }
        };
        for file in &mut state.files {
            for change in std::mem::take(&mut file.since) {
                match change {
                    Change::Truncate(size) if kept() => file.durable.truncate(size),
                    Change::Truncate(_) => {}
                    Change::Write(offset, bytes) => {
                        for (nth, sector) in bytes.chunks(SECTOR).enumerate() {
                            if kept() {
                                put(&mut file.durable, offset + nth * SECTOR, sector);
                            }
                        }
                    }
                }
            }
            file.now = file.durable.clone();
        }
        if kept() {
            state.durable_names = state.names.clone();
        } else {
            state.names = state.durable_names.clone();
        }
        drop(state);
        copy
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.state().names.keys().cloned().collect()
    }

    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        let state = self.state();
        state.files[state.names[path]].now.clone()
    }

    /// Changes a file behind the journal's back.
    pub(crate) fn tamper(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        let at = state.names[path];
        let file = &mut state.files[at];
        change(&mut file.now);
        file.durable = file.now.clone();
        file.since.clear();
    }
}

fn put(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(bytes);
}

impl State {
    /// A call that changes something.
    fn call(&mut self) -> io::Result<()> {
        self.calls += 1;
        if self.rules.dies_at.is_some_and(|at| self.calls >= at) {
            return Err(io::Error::other("the disk is gone"));
        }
        Ok(())
    }

    fn used(&self) -> usize {
        self.names
            .values()
            .map(|at| self.files[*at].now.len())
            .sum()
    }

    fn at(&self, path: &str) -> io::Result<usize> {
        self.names
            .get(path)
            .copied()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

impl Disk for TestDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let state = self.state();
        if !state.dirs.contains(dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let files = state.names.keys();
        let inside = files
            .chain(&state.dirs)
            .filter(|path| !path.is_empty() && dir_of(path) == dir);
        Ok(inside
            .map(|path| path.rsplit('/').next().unwrap().to_owned())
            .collect())
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        state.dirs.insert(dir.to_owned());
        Ok(())
    }

    fn open_to_read(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let at = self.state().at(path)?;
        Ok(Arc::new(TestFile {
            disk: self.clone(),
            at,
            writable: false,
        }))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let at = self.state().at(path)?;
        Ok(Arc::new(TestFile {
            disk: self.clone(),
            at,
            writable: true,
        }))
    }

    fn create(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state();
        state.call()?;
        if state.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let at = state.files.len();
        state.files.push(Content::default());
        state.names.insert(path.to_owned(), at);
        Ok(Arc::new(TestFile {
            disk: self.clone(),
            at,
            writable: true,
        }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        let at = state.at(from)?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), at);
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut state = self.state();
        state.at(path)?;
        state.call()?;
        state.names.remove(path);
        Ok(())
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        let now: BTreeMap<String, usize> = state
            .names
            .iter()
            .filter(|(path, _)| dir_of(path) == dir)
            .map(|(p, at)| (p.clone(), *at))
            .collect();
        state.durable_names.retain(|path, _| dir_of(path) != dir);
        state.durable_names.extend(now);
        Ok(())
    }

    fn lock(&self, _path: &str) -> Result<Box<dyn DiskLock>, LockFailure> {
        if self.locked.swap(true, Ordering::SeqCst) {
            return Err(LockFailure::Held { holder: Some(1) });
        }
        Ok(Box::new(TestLock(self.locked.clone())))
    }

    fn place(&self, path: &str) -> PathBuf {
        PathBuf::from("/test").join(path)
    }
}

#[derive(Debug)]
struct TestLock(Arc<AtomicBool>);

impl DiskLock for TestLock {}

impl Drop for TestLock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[derive(Debug)]
struct TestFile {
    disk: TestDisk,
    at: usize,
    writable: bool,
}

impl TestFile {
    fn change(&self, state: &mut State) -> io::Result<()> {
        assert!(
            self.writable,
            "a file that was opened for reading is changed"
        );
        state.call()
    }
}

impl DiskFile for TestFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.state().files[self.at].now.len() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let state = self.disk.state();
        let now = &state.files[self.at].now;
        let from = usize::try_from(offset).unwrap().min(now.len());
        let length = buffer.len().min(now.len() - from);
        buffer[..length].copy_from_slice(&now[from..from + length]);
        Ok(length)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        let offset = usize::try_from(offset).unwrap();
        let dying = self.change(&mut state);
        let growth = (offset + bytes.len()).saturating_sub(state.files[self.at].now.len());
        let full = state
            .rules
            .room
            .is_some_and(|room| state.used() + growth > room);
        let failing = std::mem::take(&mut state.rules.next_write_fails);
        // Half of it arrives all the same.
        let arrives = if dying.is_err() || full || failing {
            bytes.len() / 2
        } else {
            bytes.len()
        };
        let file = &mut state.files[self.at];
        put(&mut file.now, offset, &bytes[..arrives]);
        file.since
            .push(Change::Write(offset, bytes[..arrives].to_vec()));
        dying?;
        if full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if failing {
            return Err(io::Error::other("the write failed"));
        }
        Ok(())
    }

    fn reserve(&self, _from: u64, size: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        self.change(&mut state)?;
        let size = usize::try_from(size).unwrap();
        let growth = size.saturating_sub(state.files[self.at].now.len());
        if state
            .rules
            .room
            .is_some_and(|room| state.used() + growth > room)
        {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        self.change(&mut state)?;
        let size = usize::try_from(size).unwrap();
        let file = &mut state.files[self.at];
        file.now.truncate(size);
        file.since.push(Change::Truncate(size));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.wait_while_held();
        let mut state = self.disk.state();
        state.syncs += 1;
        self.change(&mut state)?;
        if std::mem::take(&mut state.rules.next_sync_fails) {
            return Err(io::Error::other("the sync failed"));
        }
        let file = &mut state.files[self.at];
        file.durable = file.now.clone();
        file.since.clear();
        Ok(())
    }
}
