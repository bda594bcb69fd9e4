//! A disk in memory that forgets what was not synced, fails when told to, and can be full.
//!
//! Chance comes from seeds, so that each run is like the last. In reading order: `content` (the bytes
//! of a file), `names` (the directories), `faults` (what goes wrong, and when).

mod content;
mod faults;
mod names;

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redress_log::{Disk, DiskFile, DiskLock, LockFailure};

pub(crate) use self::faults::{Call, Counts, Fault, Rules, Way};
use self::{
    content::Content,
    names::{Names, Node},
};
use super::dice::Dice;

#[derive(Clone, Debug)]
pub(crate) struct TestDisk {
    state: Arc<Mutex<State>>,
    locked: Arc<AtomicBool>,
}

#[derive(Clone, Debug)]
struct State {
    /// How much of a file survives a power cut, or does not, in one piece.
    page_bytes: usize,
    files: Vec<Content>,
    names: Names,
    rules: Rules,
    /// How many calls changed something.
    calls: u64,
    counts: Counts,
    syncs: u64,
    /// Syncs that wait because they are held.
    held: u64,
    dice: Dice,
    /// Before which changing call a picture is taken.
    picture_at: Option<u64>,
    picture: Option<Box<State>>,
}

/// What a power cut leaves of the changes that were not synced.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keep {
    Nothing,
    Everything,
    /// Some, by a seed.
    Some(u64),
}

/// Chooses what a power cut leaves.
struct Pick {
    keep: Keep,
    dice: Dice,
    /// Of so many choices by chance one is the oldest or the newest, so that some cuts keep nearly all.
    mood: u64,
}

impl Pick {
    fn new(keep: Keep) -> Pick {
        let mut dice = Dice::new(match keep {
            Keep::Some(seed) => seed,
            _ => 0,
        });
        let mood = dice.below(3);
        Pick { keep, dice, mood }
    }

    /// Which of so many states since the last sync stays; `None`: the one that was synced.
    fn of(&mut self, states: usize) -> Option<usize> {
        match self.keep {
            _ if states == 0 => None,
            Keep::Nothing => None,
            Keep::Everything => Some(states - 1),
            Keep::Some(_) => match self.mood {
                1 if !self.dice.one_in(6) => Some(states - 1),
                2 if !self.dice.one_in(6) => None,
                _ => self.dice.choose(states + 1).checked_sub(1),
            },
        }
    }
}

impl TestDisk {
    /// A disk whose pages are shorter than any line.
    pub(crate) fn new() -> TestDisk {
        TestDisk::with_pages(64)
    }

    /// A disk with pages of so many bytes.
    pub(crate) fn with_pages(page_bytes: usize) -> TestDisk {
        TestDisk::of(State {
            page_bytes,
            files: Vec::new(),
            names: Names::default(),
            rules: Rules::default(),
            calls: 0,
            counts: Counts::default(),
            syncs: 0,
            held: 0,
            dice: Dice::new(page_bytes as u64),
            picture_at: None,
            picture: None,
        })
    }

    fn of(state: State) -> TestDisk {
        TestDisk {
            state: Arc::new(Mutex::new(state)),
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

    /// Lets a call fail; the calls are counted from now on.
    pub(crate) fn fail(&self, fault: Fault) {
        let mut state = self.state();
        state.rules.fault = Some(fault);
        state.counts = Counts::default();
    }

    /// Lets no call fail any more.
    pub(crate) fn heal(&self) {
        self.set(|rules| rules.fault = None);
    }

    /// How often each call was made since the disk was made, copied or told to fail.
    pub(crate) fn counts(&self) -> Counts {
        self.state().counts
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

    /// How many calls changed something.
    pub(crate) fn calls(&self) -> u64 {
        self.state().calls
    }

    pub(crate) fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// How many bytes all files hold, with what is reserved for them.
    pub(crate) fn used(&self) -> usize {
        self.state().used()
    }

    /// How many bytes all files hold.
    pub(crate) fn held(&self) -> usize {
        let state = self.state();
        let held = |at: usize| state.files[at].now.len();
        state.names.contents().into_iter().map(held).sum()
    }

    /// The files as they are now, with nothing held and no rules: as after the death of the process.
    pub(crate) fn copy(&self) -> TestDisk {
        TestDisk::of(self.state().bare())
    }

    /// Takes a picture of the disk before the changing call that is so many calls away, 1 being the next.
    pub(crate) fn picture_in(&self, calls: u64) {
        let mut state = self.state();
        state.picture_at = Some(state.calls + calls);
        state.picture = None;
    }

    /// The picture, if so many calls were made.
    pub(crate) fn picture(&self) -> Option<TestDisk> {
        let mut state = self.state();
        state.picture_at = None;
        state.picture.take().map(|taken| TestDisk::of(*taken))
    }

    /// The files as a power cut leaves them.
    pub(crate) fn power_cut(&self, keep: Keep) -> TestDisk {
        let copy = self.copy();
        let mut state = copy.state();
        let mut pick = Pick::new(keep);
        state.files.iter_mut().for_each(|file| file.cut(&mut pick));
        state.names.cut(&mut pick);
        drop(state);
        copy
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> Vec<String> {
        let state = self.state();
        let paths = state.names.now.keys();
        paths
            .filter(|path| state.names.file(path).is_some())
            .cloned()
            .collect()
    }

    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        let state = self.state();
        state.files[state.names.file(path).unwrap()].now.clone()
    }

    /// Changes a file behind the journal's back.
    pub(crate) fn tamper(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.bytes(path);
        change(&mut bytes);
        self.put(path, bytes);
    }

    /// Puts a file there behind the journal's back.
    pub(crate) fn put(&self, path: &str, bytes: Vec<u8>) {
        let mut state = self.state();
        let content = Content::whole(state.page_bytes, bytes);
        match state.names.file(path) {
            Some(at) => state.files[at] = content,
            None => {
                let at = state.files.len();
                state.files.push(content);
                state.names.fix(path, Node::File(at));
            }
        }
    }
}

impl State {
    /// The files alone.
    fn bare(&self) -> State {
        State {
            files: self.files.clone(),
            names: self.names.clone(),
            rules: Rules::default(),
            calls: 0,
            counts: Counts::default(),
            picture_at: None,
            picture: None,
            dice: self.dice.clone(),
            ..*self
        }
    }

    /// Counts a call, and says how it fails if it does.
    fn call(&mut self, call: Call) -> Option<Way> {
        let fault = self.counts.count(call, &self.rules);
        if call.only_looks() {
            return fault;
        }
        assert!(
            !self.rules.read_only,
            "{call:?} on a disk that is only read"
        );
        if matches!(call, Call::Open | Call::Lock) {
            return fault;
        }
        self.calls += 1;
        if self.picture_at == Some(self.calls) {
            self.picture = Some(Box::new(self.bare()));
        }
        let dead = self.rules.dies_at.is_some_and(|at| self.calls >= at);
        if dead { Some(Way::Half) } else { fault }
    }

    /// Does what a call is for, or fails.
    fn obey<T>(
        &mut self,
        call: Call,
        act: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> io::Result<T> {
        match self.call(call) {
            None => act(self),
            Some(Way::DoneAllTheSame) => {
                act(self)?;
                Err(Way::DoneAllTheSame.error())
            }
            Some(way) => Err(way.error()),
        }
    }

    fn used(&self) -> usize {
        let contents = self.names.contents().into_iter();
        contents.map(|at| self.files[at].taken()).sum()
    }

    fn left(&self) -> usize {
        let room = self.rules.room.unwrap_or(usize::MAX);
        room.saturating_sub(self.used())
    }

    fn at(&self, path: &str) -> io::Result<usize> {
        self.names
            .file(path)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn write(&mut self, at: usize, bytes: &[u8], offset: usize) -> io::Result<()> {
        let way = match self.call(Call::WriteAt) {
            None if std::mem::take(&mut self.rules.next_write_fails) => Some(Way::Half),
            way => way,
        };
        let before = self.files[at].taken().max(offset);
        let fits = (before - offset).saturating_add(self.left());
        // Half of it arrives all the same.
        let arrives = match way {
            Some(Way::Error) => 0,
            Some(Way::Half | Way::NoSpace) => bytes.len() / 2,
            _ => bytes.len(),
        };
        self.files[at].write(&bytes[..arrives.min(fits)], offset);
        match way {
            Some(way) => Err(way.error()),
            None if fits < bytes.len() => Err(Way::NoSpace.error()),
            None => Ok(()),
        }
    }

    fn reserve(&mut self, at: usize, size: usize) -> io::Result<()> {
        let before = self.files[at].taken();
        let wanted = size.saturating_sub(before);
        let granted = wanted.min(self.left());
        // What there is, is set apart even when it is not enough.
        self.files[at].reserve(before + granted);
        if granted < wanted {
            return Err(Way::NoSpace.error());
        }
        Ok(())
    }

    fn sync(&mut self, at: usize) -> io::Result<()> {
        self.syncs += 1;
        let way = match self.call(Call::SyncData) {
            None if std::mem::take(&mut self.rules.next_sync_fails) => Some(Way::Error),
            way => way,
        };
        match way {
            None | Some(Way::DoneAllTheSame) => self.files[at].sync(),
            Some(Way::Forgets) => self.files[at].forget(&mut self.dice),
            Some(_) => {}
        }
        way.map_or(Ok(()), |way| Err(way.error()))
    }
}

impl Disk for TestDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        self.state().obey(Call::List, |state| {
            if !state.names.has_dir(dir) {
                return Err(io::ErrorKind::NotFound.into());
            }
            Ok(state.names.within(dir))
        })
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        self.state().obey(Call::CreateDir, |state| {
            if dir.is_empty() {
                state.names.fix(dir, Node::Dir);
            } else if !state.names.has_dir(dir) {
                state.names.set(dir, Some(Node::Dir));
            }
            Ok(())
        })
    }

    fn open_to_read(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let at = self
            .state()
            .obey(Call::OpenToRead, |state| state.at(path))?;
        Ok(self.file(at, false))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let at = self.state().obey(Call::Open, |state| state.at(path))?;
        Ok(self.file(at, true))
    }

    fn create(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let at = self.state().obey(Call::Create, |state| {
            if state.names.now.contains_key(path) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            let at = state.files.len();
            state.files.push(Content::new(state.page_bytes));
            state.names.set(path, Some(Node::File(at)));
            Ok(at)
        })?;
        Ok(self.file(at, true))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.state().obey(Call::Rename, |state| {
            let at = state.at(from)?;
            state.names.set(from, None);
            state.names.set(to, Some(Node::File(at)));
            Ok(())
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.state().obey(Call::Remove, |state| {
            state.at(path)?;
            state.names.set(path, None);
            Ok(())
        })
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        self.state().obey(Call::SyncDir, |state| {
            state.names.sync(dir);
            Ok(())
        })
    }

    fn lock(&self, _path: &str) -> Result<Box<dyn DiskLock>, LockFailure> {
        if let Some(way) = self.state().call(Call::Lock) {
            return Err(LockFailure::Io(way.error()));
        }
        if self.locked.swap(true, Ordering::SeqCst) {
            return Err(LockFailure::Held { holder: Some(1) });
        }
        Ok(Box::new(TestLock(self.locked.clone())))
    }

    fn place(&self, path: &str) -> PathBuf {
        PathBuf::from("/test").join(path)
    }
}

impl TestDisk {
    fn file(&self, at: usize, writable: bool) -> Arc<dyn DiskFile> {
        Arc::new(TestFile {
            disk: self.clone(),
            at,
            writable,
        })
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
    /// The state, to be changed.
    fn state(&self) -> MutexGuard<'_, State> {
        assert!(
            self.writable,
            "a file that was opened for reading is changed"
        );
        self.disk.state()
    }
}

impl DiskFile for TestFile {
    fn size(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        state.obey(
            Call::Size,
            |state| Ok(state.files[self.at].now.len() as u64),
        )
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.state();
        state.obey(Call::ReadAt, |state| {
            let now = &state.files[self.at].now;
            let from = usize::try_from(offset).unwrap().min(now.len());
            let length = buffer.len().min(now.len() - from);
            buffer[..length].copy_from_slice(&now[from..from + length]);
            Ok(length)
        })
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let offset = usize::try_from(offset).unwrap();
        self.state().write(self.at, bytes, offset)
    }

    fn reserve(&self, _from: u64, size: u64) -> io::Result<()> {
        let size = usize::try_from(size).unwrap();
        let at = self.at;
        self.state()
            .obey(Call::Reserve, |state| state.reserve(at, size))
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        let size = usize::try_from(size).unwrap();
        self.state().obey(Call::Truncate, |state| {
            state.files[self.at].truncate(size);
            Ok(())
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.wait_while_held();
        self.state().sync(self.at)
    }
}
