//! The index over a store: what was added last lies in memory, the rest is moved behind into the store.
//!
//! Keys in the store: `i 00 STREAM 00 VERSION` for a run of entries from that version on, `w 00 POSITION` for a
//! waymark, `r` for the last position that was moved; numbers as eight bytes, the highest first.

use std::{
    ops::ControlFlow,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock},
};

use uuid::Uuid;

use super::{Entry, Index, IndexError, Indexed, memory::Places};
use crate::{
    checkpoint::Checkpoint,
    event_log::LogInfo,
    position::{Position, Version},
    store::{DiskStore, Shelf, Store, StoreChange, StoreError},
};

/// How many entries a run in the store holds at most.
const RUN_ENTRIES: usize = 256;
/// How many times the tail's entries are moved at once when there is a store already: each move reads and writes anew
/// the last run of every stream that it adds to.
const TAILS_AT_ONCE: usize = 3;
const REACHED: &[u8] = b"r";
pub(super) const WAYMARKS: &[u8] = b"w\0";

/// See the head of the file. INVARIANT: together, tail, what is moving and the store hold every entry that
/// was added, unless `missing` says why not.
#[derive(Debug)]
pub(crate) struct StoredIndex {
    shelf: Shelf,
    log: Uuid,
    epoch: u32,
    /// From how many entries on a store is begun.
    most: usize,
    inner: RwLock<Inner>,
    /// Held by whoever moves, closes or resets.
    mover: Mutex<Mover>,
    signal: Mutex<Signal>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    tail: Places,
    /// What is on its way into the store.
    moving: Option<Arc<Places>>,
    store: Option<Arc<DiskStore>>,
    /// Why the index cannot answer; it has to be reset and filled anew.
    missing: Option<String>,
    /// It was reset or begun, and what was added since is not everything yet.
    filling: bool,
}

#[derive(Debug, Default)]
struct Mover {
    /// No store is begun any more: one failed in this process, or the index is closed.
    without: bool,
}

#[derive(Debug, Default)]
struct Signal {
    due: bool,
    ended: bool,
}

impl StoredIndex {
    /// An empty index; a store is begun when there is more than fits in the tail.
    pub(crate) fn new(shelf: Shelf, info: &LogInfo, most: usize) -> StoredIndex {
        StoredIndex {
            shelf,
            log: info.log_id,
            epoch: info.epoch,
            most: most.max(1),
            inner: RwLock::default(),
            mover: Mutex::default(),
            signal: Mutex::default(),
            wake: Condvar::new(),
        }
    }

    /// An index that is being filled: nothing goes into a store before everything was found to be sound.
    pub(crate) fn to_fill(shelf: Shelf, info: &LogInfo, most: usize) -> StoredIndex {
        let index = StoredIndex::new(shelf, info, most);
        index.inner_mut().filling = true;
        index
    }

    /// An index whose store was closed, cleanly, at a position.
    pub(crate) fn over(
        shelf: Shelf,
        info: &LogInfo,
        most: usize,
        store: DiskStore,
        position: Position,
    ) -> StoredIndex {
        let index = StoredIndex::new(shelf, info, most);
        {
            let mut inner = index.inner_mut();
            inner.tail = Places::behind(position);
            inner.store = Some(Arc::new(store));
        }
        index
    }

    /// The last position that a store says was moved into it.
    pub(crate) fn reached_in(store: &dyn Store) -> Result<Position, StoreError> {
        let bytes = store.get(REACHED)?;
        Ok(Position(bytes.as_deref().map_or(0, number_of)))
    }

    fn inner_mut(&self) -> std::sync::RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn signal(&self) -> MutexGuard<'_, Signal> {
        self.signal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mover(&self) -> MutexGuard<'_, Mover> {
        self.mover.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked<T>(&self, ask: impl FnOnce(&Inner) -> Result<T, StoreError>) -> Result<T, IndexError> {
        // The lock is held over the look into the store, so that an entry on its way is seen here or there.
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = &inner.missing {
            return Err(IndexError(reason.clone()));
        }
        ask(&inner).map_err(|error| IndexError(error.to_string()))
    }

    /// Moves what is to be moved; whether anything was. With `all`, the tail however short it is.
    fn move_tail(&self, mover: &mut Mover, all: bool) -> bool {
        let (places, store) = {
            let mut inner = self.inner_mut();
            let enough = all && inner.tail.count > 0 || inner.tail.count >= inner.due_at(self.most);
            let whole = inner.missing.is_none() && !inner.filling;
            if mover.without || !whole || (inner.moving.is_none() && !enough) {
                return false;
            }
            // A full disk is no place for a store. What waits is bounded by what the journal can still take.
            if !self.shelf.has_room() {
                return false;
            }
            if inner.moving.is_none() {
                let next = inner.tail.successor();
                inner.moving = Some(Arc::new(std::mem::replace(&mut inner.tail, next)));
            }
            let Some(places) = inner.moving.clone() else {
                return false;
            };
            (places, inner.store.clone())
        };
        let store = match store.map_or_else(|| self.shelf.begin().map(Arc::new), Ok) {
            Ok(store) => store,
            Err(error) => {
                tracing::warn!(%error, "no store can be begun: the index stays in memory");
                mover.without = true;
                return false;
            }
        };
        let written = changes(&places, &*store).and_then(|changes| store.write(&changes));
        let mut inner = self.inner_mut();
        match written {
            Ok(()) => {
                inner.store = Some(store);
                inner.moving = None;
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the store failed: the index will be built anew in memory");
                mover.without = true;
                inner.missing = Some(error.to_string());
                false
            }
        }
    }
}

impl Index for StoredIndex {
    fn add(&self, records: &[Indexed<'_>]) -> Result<(), IndexError> {
        let (count, due_at) = {
            let mut inner = self.inner_mut();
            inner.tail.add(records);
            (inner.tail.count, inner.due_at(self.most))
        };
        if count >= due_at {
            self.signal().due = true;
            self.wake.notify_one();
        }
        // Whoever adds faster than it is moved away helps, so that the tail stays bounded.
        if count >= due_at.saturating_mul(4) {
            self.write_behind();
        }
        Ok(())
    }

    fn last(&self, stream: &str) -> Result<Version, IndexError> {
        self.asked(|inner| {
            let in_memory = inner.in_memory().find_map(|places| places.last(stream));
            match (in_memory, &inner.store) {
                (Some(last), _) => Ok(last),
                (None, Some(store)) => {
                    let run = last_run(&**store, stream, Version(u64::MAX))?;
                    Ok(run.map_or(Version::NONE, |(first, run)| {
                        Version(first.0 + run.len() as u64 - 1)
                    }))
                }
                (None, None) => Ok(Version::NONE),
            }
        })
    }

    fn entries(
        &self,
        stream: &str,
        from: Version,
        limit: usize,
    ) -> Result<Vec<(Version, Entry)>, IndexError> {
        self.asked(|inner| {
            let mut found = Vec::new();
            if let Some(store) = &inner.store
                && inner.begins_in_memory(stream) > from
            {
                runs(&**store, stream, from, limit, &mut found)?;
            }
            let memory = [inner.moving.as_deref(), Some(&inner.tail)];
            for places in memory.into_iter().flatten() {
                let next = found.last().map_or(from, |(version, _)| version.next());
                let room = limit.saturating_sub(found.len());
                let runs = places.streams.get(stream);
                found.extend(runs.iter().flat_map(|runs| runs.from(next)).take(room));
            }
            Ok(found)
        })
    }

    fn near(&self, position: Position) -> Result<Option<Entry>, IndexError> {
        self.asked(|inner| {
            if let Some(near) = inner.in_memory().find_map(|places| places.near(position)) {
                return Ok(Some(near));
            }
            let Some(store) = &inner.store else {
                return Ok(None);
            };
            let until = key(WAYMARKS, position.0.saturating_add(1));
            let mut near = None;
            store.scan_back(WAYMARKS, &until, &mut |_, value| {
                near = decode(value).first().copied();
                ControlFlow::Break(())
            })?;
            Ok(near)
        })
    }

    fn reached(&self) -> Result<Position, IndexError> {
        // Known whatever became of the store: the writer asks it behind every turn.
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        Ok(inner.tail.reached)
    }

    fn reset(&self) -> Result<bool, IndexError> {
        let mover = self.mover();
        let mut inner = self.inner_mut();
        if inner.missing.is_none() && inner.store.is_none() && !inner.filling {
            return Ok(false);
        }
        let before = std::mem::take(&mut *inner);
        inner.filling = true;
        drop(before.moving);
        if let Some(store) = before.store {
            if let Err(error) = store.body().close() {
                tracing::debug!(%error, "a store that is not believed did not close");
            }
            if !mover.without {
                self.put_aside();
            }
        }
        Ok(true)
    }

    fn filled(&self) {
        let due = {
            let mut inner = self.inner_mut();
            inner.filling = false;
            inner.tail.count >= inner.due_at(self.most)
        };
        if due {
            self.signal().due = true;
            self.wake.notify_one();
        }
    }

    fn write_behind(&self) -> bool {
        self.signal().due = false;
        self.move_tail(&mut self.mover(), false)
    }

    fn wait_behind(&self) -> bool {
        let mut signal = self.signal();
        while !signal.due && !signal.ended {
            signal = self
                .wake
                .wait(signal)
                .unwrap_or_else(PoisonError::into_inner);
        }
        !signal.ended
    }

    fn close(&self, end: Option<&Checkpoint>) {
        self.signal().ended = true;
        self.wake.notify_all();
        let mut mover = self.mover();
        if mover.without {
            return;
        }
        // What is moving first, then the rest. One that is due is begun even now: a process that lives too short for the
        // thread that moves would leave it to the next, which reads everything again.
        let due = {
            let inner = self.inner_mut();
            inner.store.is_some() || inner.tail.count >= self.most
        };
        if due && end.is_some() {
            while self.move_tail(&mut mover, true) {}
        }
        mover.without = true;
        let mut inner = self.inner_mut();
        let Some(store) = inner.store.take() else {
            return;
        };
        let all_there = inner.missing.is_none() && inner.moving.is_none() && inner.tail.count == 0;
        inner.missing = Some("the store was closed".into());
        let closed = match end.filter(|_| all_there) {
            Some(end) => self.shelf.close(&store, self.log, self.epoch, end),
            None => store.body().close(),
        };
        if let Err(error) = closed {
            tracing::warn!(%error, "the store could not be closed: it will be built anew");
        }
    }

    fn distrust(&self, reason: &str) {
        let mut mover = self.mover();
        let mut inner = self.inner_mut();
        let Some(store) = inner.store.take() else {
            return;
        };
        mover.without = true;
        inner.missing.get_or_insert_with(|| reason.to_owned());
        // Closed without a note, so that the next opening does not believe it either.
        if let Err(error) = store.body().close() {
            tracing::debug!(%error, "a store that is not believed did not close");
        }
    }

    fn store(&self) -> Option<Arc<dyn Store>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let store = inner.store.clone()?;
        inner.missing.is_none().then_some(store as Arc<dyn Store>)
    }
}

impl StoredIndex {
    fn put_aside(&self) {
        match self.shelf.set_aside() {
            Ok(Some(path)) => tracing::warn!(path = %path.display(), "the store was set aside"),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the store could not be set aside"),
        }
    }
}

impl Inner {
    /// From how many entries on the tail is moved, if a store is begun from so many on.
    fn due_at(&self, most: usize) -> usize {
        if self.store.is_some() {
            most.saturating_mul(TAILS_AT_ONCE)
        } else {
            most
        }
    }

    /// What is in memory, the newest first.
    fn in_memory(&self) -> impl Iterator<Item = &Places> {
        std::iter::once(&self.tail).chain(self.moving.as_deref())
    }

    /// The first version of a stream that is in memory.
    fn begins_in_memory(&self, stream: &str) -> Version {
        let firsts = self.in_memory().filter_map(|places| {
            let runs = places.streams.get(stream)?;
            runs.all().next().map(|(first, _)| first)
        });
        firsts.min().unwrap_or(Version(u64::MAX))
    }
}

/// What has to be put into the store, so that it holds these places too.
fn changes(places: &Places, store: &dyn Store) -> Result<Vec<StoreChange>, StoreError> {
    let mut changes = Vec::with_capacity(places.streams.len() + places.waymarks.len() + 1);
    for (stream, runs) in &places.streams {
        for (first, entries) in runs.all() {
            let (first, joined) = match last_before(store, stream, first)? {
                Some((before, mut run)) if run.len() + entries.len() <= RUN_ENTRIES => {
                    run.extend_from_slice(entries);
                    (before, run)
                }
                _ => (first, entries.to_vec()),
            };
            for (nth, run) in joined.chunks(RUN_ENTRIES).enumerate() {
                let first = first.0 + (nth * RUN_ENTRIES) as u64;
                changes.push(StoreChange::put(
                    key(&stream_key(stream), first),
                    encode(run),
                ));
            }
        }
    }
    for (position, entry) in &places.waymarks {
        changes.push(StoreChange::put(
            key(WAYMARKS, position.0),
            encode(&[*entry]),
        ));
    }
    let reached = places.reached.0.to_be_bytes().to_vec();
    changes.push(StoreChange::put(REACHED.to_vec(), reached));
    Ok(changes)
}

/// The run in the store that ends just before a version.
fn last_before(
    store: &dyn Store,
    stream: &str,
    version: Version,
) -> Result<Option<(Version, Vec<Entry>)>, StoreError> {
    if version == Version::FIRST {
        return Ok(None);
    }
    let last = last_run(store, stream, version)?;
    Ok(last.filter(|(first, run)| first.0 + run.len() as u64 == version.0))
}

/// The last run of a stream that begins before a version.
fn last_run(
    store: &dyn Store,
    stream: &str,
    before: Version,
) -> Result<Option<(Version, Vec<Entry>)>, StoreError> {
    let prefix = stream_key(stream);
    let mut found = None;
    store.scan_back(&prefix, &key(&prefix, before.0), &mut |key, value| {
        found = Some((Version(number_of(tail_of(key))), decode(value)));
        ControlFlow::Break(())
    })?;
    Ok(found)
}

/// Adds the entries of a stream from a version on, up to a limit.
fn runs(
    store: &dyn Store,
    stream: &str,
    from: Version,
    limit: usize,
    found: &mut Vec<(Version, Entry)>,
) -> Result<(), StoreError> {
    let prefix = stream_key(stream);
    let start = last_run(store, stream, from.next())?.map_or(from, |(first, _)| first);
    let (start, until) = (key(&prefix, start.0), key(&prefix, u64::MAX));
    store.scan(&start, &until, &mut |key, value| {
        let first = number_of(tail_of(key));
        for (entry, version) in decode(value).into_iter().zip(first..) {
            if found.len() >= limit {
                return ControlFlow::Break(());
            }
            if version >= from.0 {
                found.push((Version(version), entry));
            }
        }
        ControlFlow::Continue(())
    })
}

fn stream_key(stream: &str) -> Vec<u8> {
    [b"i\0", stream.as_bytes(), b"\0"].concat()
}

fn key(prefix: &[u8], number: u64) -> Vec<u8> {
    [prefix, &number.to_be_bytes()].concat()
}

/// The number at a key's end.
pub(super) fn tail_of(key: &[u8]) -> &[u8] {
    key.get(key.len().saturating_sub(8)..).unwrap_or_default()
}

pub(super) fn number_of(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Entries as differences to the one before, in numbers of as many bytes as they need.
pub(super) fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 7);
    let mut before = (0_u64, 0_u64);
    for entry in entries {
        put(&mut bytes, entry.position.0.wrapping_sub(before.0));
        put(&mut bytes, entry.offset.wrapping_sub(before.1));
        put(&mut bytes, u64::from(entry.length));
        before = (entry.position.0, entry.offset);
    }
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(bytes.len() / 5);
    let mut rest = bytes;
    let mut before = (0_u64, 0_u64);
    while let (Some(position), Some(offset), Some(length)) =
        (take(&mut rest), take(&mut rest), take(&mut rest))
    {
        before = (
            before.0.wrapping_add(position),
            before.1.wrapping_add(offset),
        );
        entries.push(Entry {
            position: Position(before.0),
            offset: before.1,
            length: u32::try_from(length).unwrap_or(u32::MAX),
        });
    }
    entries
}

/// Seven bits a byte, the lowest first; small differences to both sides are short.
fn put(bytes: &mut Vec<u8>, difference: u64) {
    let signed = difference.cast_signed();
    let mut rest = ((signed << 1) ^ (signed >> 63)).cast_unsigned();
    loop {
        let low = u8::try_from(rest & 0x7f).unwrap_or(0);
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some((value >> 1) ^ (value & 1).wrapping_neg());
        }
    }
    None
}
