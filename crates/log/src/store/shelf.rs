//! Where a data directory keeps its store, and the rules by which it is trusted.
//!
//! A store is trusted if it was closed and every byte of its files is as it was at closing.
//! Anything else is set aside untried and rebuilt: the library panics on damage, or loses rows
//! without a word.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    Checked, ClosingNote, SledStore, StoreError,
    note::{FileSum, MAX_NOTE_BYTES, NOTE, Written},
};
use crate::{
    disk::{free_bytes, sync_directory},
    line,
};

/// The store's directory inside the data directory.
const INDEX: &str = "index";
/// Where it goes when it is not trusted: the first name that can be had.
const ASIDE: [&str; 3] = ["index-aside", "index-aside-2", "index-aside-3"];
const NEW_NOTE: &str = "closed.json.new";
/// The library's directory inside the store's, and the one it makes in there.
const FILES: &str = "sled";
const DIRECTORIES: [&str; 2] = [FILES, "sled/blobs"];
/// The file that the library locks while it is open.
const LOCKED: &str = "sled/db";
/// Below this the library is not let near the disk: it does not survive a full one.
const ROOM_BYTES: u64 = 32 << 20;
/// How much is read at once when files are summed.
const CHUNK_BYTES: usize = 1 << 20;

/// What lies on the shelf.
#[derive(Debug, PartialEq, Eq)]
pub enum Look<C> {
    /// Nothing.
    Absent,
    /// A store that was closed and is as it was.
    Closed(ClosingNote<C>),
    /// A store without a note: its process ended otherwise, or it is open.
    Unclosed,
    /// Something that is not as it was.
    Wrong {
        /// What is wrong.
        reason: String,
    },
}

/// Where a data directory keeps its store: `index/`, the library's files in `index/sled/`, the
/// note of its closing in `index/closed.json`. The caller holds the data directory's lock.
#[derive(Clone, Debug)]
pub struct Shelf {
    root: PathBuf,
    index: PathBuf,
}

impl Shelf {
    /// The name of the store's directory.
    pub(crate) const DIRECTORY: &str = INDEX;

    /// The shelf of a data directory, which must exist before a store is begun.
    #[must_use]
    pub fn new(data_directory: impl Into<PathBuf>) -> Shelf {
        let root = data_directory.into();
        let index = root.join(INDEX);
        Shelf { root, index }
    }

    /// What is there. Reads only, all of it; the library is not asked.
    #[must_use]
    pub fn look<C: DeserializeOwned>(&self) -> Look<C> {
        match fs::symlink_metadata(&self.index) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Look::Absent,
            Err(error) => return wrong(&self.index, &error),
            Ok(_) => {}
        }
        let note = self.index.join(NOTE);
        let bytes = match read_bounded(&note, MAX_NOTE_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Look::Unclosed,
            Err(error) => return wrong(&note, &error),
        };
        let written = match Written::<C>::read(&bytes) {
            Ok(written) => written,
            Err(reason) => return Look::Wrong { reason },
        };
        if let Err(reason) = self.compare(&written.files) {
            return Look::Wrong { reason };
        }
        Look::Closed(ClosingNote {
            place: self.index.clone(),
            log: written.log,
            epoch: written.epoch,
            checkpoint: written.checkpoint,
            bytes: written.files.iter().map(|file| file.bytes).sum(),
        })
    }

    /// Opens a store that was found as it was. Its note is gone before the library is let near:
    /// from here on until it is closed, it is not trusted.
    ///
    /// # Errors
    /// `NoRoom`, and all is as before; otherwise the store is to be set aside.
    pub fn open<C>(&self, note: ClosingNote<C>) -> Result<Checked<SledStore>, StoreError> {
        if note.place != self.index {
            return Err(StoreError::Failed("the note is of another store".into()));
        }
        if !self.has_room() {
            return Err(StoreError::NoRoom);
        }
        fs::remove_file(self.index.join(NOTE))
            .and_then(|()| sync_directory(&self.index))
            .map_err(|error| StoreError::failed("taking the note away", error))?;
        SledStore::open(&self.index.join(FILES), false).map(Checked::new)
    }

    /// Begins a new, empty store; what is there is set aside.
    ///
    /// # Errors
    /// `NoRoom`, and all is as before; otherwise there is no store.
    pub fn begin(&self) -> Result<Checked<SledStore>, StoreError> {
        if !self.has_room() {
            return Err(StoreError::NoRoom);
        }
        self.set_aside()?;
        fs::create_dir(&self.index)
            .and_then(|()| fs::create_dir(self.index.join(FILES)))
            .and_then(|()| sync_directory(&self.index))
            .and_then(|()| sync_directory(&self.root))
            .map_err(|error| StoreError::failed("making the store's directory", error))?;
        SledStore::open(&self.index.join(FILES), true).map(Checked::new)
    }

    /// Moves what is there out of the way, untried, and says where to; one older such thing is
    /// deleted, and if that cannot be, another name is taken. Nothing is written but names, so it
    /// works on a full disk.
    ///
    /// # Errors
    /// When the disk refuses; then it is still there.
    pub fn set_aside(&self) -> Result<Option<PathBuf>, StoreError> {
        let failed = |error| StoreError::failed("setting the store aside", error);
        match fs::symlink_metadata(&self.index) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
            Ok(_) => {}
        }
        let mut tried = Ok(());
        for aside in ASIDE.map(|name| self.root.join(name)) {
            tried = remove(&aside).and_then(|()| fs::rename(&self.index, &aside));
            if tried.is_ok() {
                sync_directory(&self.root).map_err(failed)?;
                return Ok(Some(aside));
            }
        }
        tried.map(|()| None).map_err(failed)
    }

    /// Closes a store and writes its note. Whatever fails, there is no note, and the store is
    /// not trusted when it is looked at again.
    ///
    /// # Errors
    /// What kept it from being closed.
    pub fn close<C: Serialize>(
        &self,
        store: &Checked<SledStore>,
        log: Uuid,
        epoch: u32,
        checkpoint: &C,
    ) -> Result<(), StoreError> {
        store.body().close()?;
        let _lock = self.wait_until_let_go()?;
        self.note(log, epoch, checkpoint)
            .map_err(|error| StoreError::failed("writing the note", error))
    }

    /// Whether the disk has room enough for the library: below 32 MiB nothing is to be written
    /// into the store.
    #[must_use]
    pub fn has_room(&self) -> bool {
        // A store may lie on another disk by way of a link.
        let place = if self.index.is_dir() {
            &self.index
        } else {
            &self.root
        };
        free_bytes(place).is_ok_and(|free| free >= ROOM_BYTES)
    }

    /// Copies the store, note and all, into another directory, which gets a shelf of its own:
    /// whoever examines a store opens the copy and leaves the original alone.
    ///
    /// # Errors
    /// When it cannot be read, or the directory has a store already or takes none.
    pub fn copy_to(&self, directory: &Path) -> Result<Shelf, StoreError> {
        let copy = Shelf::new(directory);
        let copied = || -> io::Result<()> {
            fs::create_dir(&copy.index)?;
            for inner in DIRECTORIES {
                fs::create_dir_all(copy.index.join(inner))?;
            }
            let mut names = self.names()?;
            names.insert(NOTE.into(), 0);
            for name in names.keys() {
                fs::copy(self.index.join(name), copy.index.join(name))?;
            }
            Ok(())
        };
        copied().map_err(|error| StoreError::failed("copying the store", error))?;
        Ok(copy)
    }

    /// Whether the files are those of the note, byte by byte; the quick question first.
    fn compare(&self, files: &[FileSum]) -> Result<(), String> {
        let found = self.names().map_err(|error| error.to_string())?;
        let noted: BTreeMap<String, u64> = files
            .iter()
            .map(|file| (file.name.clone(), file.bytes))
            .collect();
        if let Some((name, _)) = found.iter().find(|(name, _)| !noted.contains_key(*name)) {
            return Err(format!("`{name}` is not in the note"));
        }
        for (name, bytes) in &noted {
            match found.get(name) {
                None => return Err(format!("`{name}` is missing")),
                Some(stands) if stands != bytes => {
                    return Err(format!("`{name}` has {stands} bytes, not {bytes}"));
                }
                Some(_) => {}
            }
        }
        let mut chunk = vec![0; CHUNK_BYTES];
        for file in files {
            let summed = File::open(self.index.join(&file.name))
                .and_then(|open| sum(&open, &mut chunk))
                .map_err(|error| format!("`{}`: {error}", file.name))?;
            if summed != (file.bytes, file.crc.clone()) {
                return Err(format!("`{}` is not as it was", file.name));
            }
        }
        Ok(())
    }

    /// All files but the note, by their paths with `/`, and their lengths. Anything that is
    /// neither a file nor one of the library's directories is an error.
    fn names(&self) -> io::Result<BTreeMap<String, u64>> {
        let mut found = BTreeMap::new();
        let mut waiting = vec![String::new()];
        while let Some(directory) = waiting.pop() {
            for entry in fs::read_dir(self.index.join(&directory))? {
                let entry = entry?;
                let name = entry
                    .file_name()
                    .into_string()
                    .map_err(|name| io::Error::other(format!("a strange name: {name:?}")))?;
                let path = if directory.is_empty() {
                    name
                } else {
                    format!("{directory}/{name}")
                };
                let kind = entry.metadata()?;
                if kind.is_file() {
                    found.insert(path, kind.len());
                } else if kind.is_dir() && DIRECTORIES.contains(&path.as_str()) {
                    waiting.push(path);
                } else {
                    return Err(io::Error::other(format!("`{path}` does not belong there")));
                }
            }
        }
        found.remove(NOTE);
        Ok(found)
    }

    /// Waits until the library's threads have let go of the files: then nobody writes them any
    /// more. Takes the library's own lock meanwhile.
    fn wait_until_let_go(&self) -> Result<File, StoreError> {
        let failed = |error| StoreError::failed("waiting for the store's files", error);
        let file = File::open(self.index.join(LOCKED)).map_err(failed)?;
        // Ten seconds altogether.
        let waits_ms = [0, 1, 1, 2, 5, 10, 20, 50];
        for wait_ms in waits_ms.into_iter().chain([100; 99]) {
            std::thread::sleep(Duration::from_millis(wait_ms));
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Err(StoreError::Failed(
            "the store's files are still held: it stays unclosed".into(),
        ))
    }

    /// Makes every file durable, sums them, and writes the note.
    fn note<C: Serialize>(&self, log: Uuid, epoch: u32, checkpoint: &C) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut files = Vec::new();
        for name in self.names()?.into_keys() {
            // Windows makes durable only what was opened for writing.
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .open(self.index.join(&name))?;
            file.sync_all()?;
            let (bytes, crc) = sum(&file, &mut chunk)?;
            files.push(FileSum { name, bytes, crc });
        }
        for inner in DIRECTORIES {
            sync_directory(&self.index.join(inner))?;
        }
        let line = Written::new(log, epoch, checkpoint, files).line()?;
        let new = self.index.join(NEW_NOTE);
        let written = File::create(&new)
            .and_then(|mut file| file.write_all(&line).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&new, self.index.join(NOTE)));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written?;
        sync_directory(&self.index)
    }
}

fn wrong<C>(path: &Path, error: &io::Error) -> Look<C> {
    Look::Wrong {
        reason: format!("cannot read `{}`: {error}", path.display()),
    }
}

/// Reads a file that must not be longer than that.
fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other("too long for a note"));
    }
    Ok(bytes)
}

fn crc_text(crc: u32) -> String {
    line::hex(crc).into_iter().map(char::from).collect()
}

/// How long a file is and its checksum.
fn sum(mut file: &File, chunk: &mut [u8]) -> io::Result<(u64, String)> {
    let mut bytes = 0;
    let mut crc = 0;
    loop {
        let read = match file.read(chunk) {
            Ok(0) => return Ok((bytes, crc_text(crc))),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        bytes += read as u64;
        crc = crc32c::crc32c_append(crc, chunk.get(..read).unwrap_or_default());
    }
}

/// Takes away whatever has that name.
fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(kind) if kind.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
