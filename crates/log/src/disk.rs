//! The seam to the disk: what the journal asks of it, and the real one.

use std::{
    fmt::Debug,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// A directory on a disk. Paths are relative to it, with `/`; `""` is the directory itself.
pub trait Disk: Send + Sync + Debug {
    /// The names in a directory, in no order. `NotFound` when there is no such directory.
    ///
    /// # Errors
    /// What the disk says.
    fn list(&self, dir: &str) -> io::Result<Vec<String>>;
    /// Makes a directory (and, for `""`, those above it); no error when it is there.
    ///
    /// # Errors
    /// What the disk says.
    fn create_dir(&self, dir: &str) -> io::Result<()>;
    /// Opens a file for reading only.
    ///
    /// # Errors
    /// What the disk says; `NotFound` when there is none.
    fn open_to_read(&self, path: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Opens a file for reading and writing.
    ///
    /// # Errors
    /// What the disk says; `NotFound` when there is none.
    fn open(&self, path: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Makes a new, empty file.
    ///
    /// # Errors
    /// What the disk says; `AlreadyExists` when there is one.
    fn create(&self, path: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Gives a file another name, at once; durable only after `sync_dir`.
    ///
    /// # Errors
    /// What the disk says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Takes a file away; durable only after `sync_dir`.
    ///
    /// # Errors
    /// What the disk says.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Makes the names in a directory durable.
    ///
    /// # Errors
    /// What the disk says.
    fn sync_dir(&self, dir: &str) -> io::Result<()>;
    /// Takes the lock of a file without waiting. It is free again when the guard is dropped
    /// or the process ends, however it ends.
    ///
    /// # Errors
    /// Who holds it, or what the disk says.
    fn lock(&self, path: &str) -> Result<Box<dyn DiskLock>, LockFailure>;
    /// Takes the lock of a directory, as that of a file; none where the disk has no such locks.
    ///
    /// # Errors
    /// Who holds it.
    fn lock_dir(&self, dir: &str) -> Result<Option<Box<dyn DiskLock>>, LockFailure> {
        let _ = dir;
        Ok(None)
    }
    /// How a person would name the path.
    fn place(&self, path: &str) -> PathBuf;
}

/// An open file.
pub trait DiskFile: Send + Sync + Debug {
    /// How long the file is, in bytes.
    ///
    /// # Errors
    /// What the disk says.
    fn size(&self) -> io::Result<u64>;
    /// Reads at most as many bytes as the buffer holds; fewer only at the end of the file.
    ///
    /// # Errors
    /// What the disk says.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all bytes, lengthening the file where needed; durable only after `sync_data`.
    /// On an error any part of them may have been written.
    ///
    /// # Errors
    /// What the disk says.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Sees to it that the file can be written up to `size` without the disk being full then; it
    /// does not grow by that. A disk that cannot promise it does nothing.
    ///
    /// # Errors
    /// What the disk says: above all that there is no room.
    fn reserve(&self, from: u64, size: u64) -> io::Result<()>;
    /// Cuts the file to a length and gives back what was reserved; durable only after `sync_data`.
    ///
    /// # Errors
    /// What the disk says.
    fn truncate(&self, size: u64) -> io::Result<()>;
    /// Makes the file's bytes and its length durable.
    ///
    /// # Errors
    /// What the disk says; then what is durable is unknown.
    fn sync_data(&self) -> io::Result<()>;
}

/// Holds a lock while it lives.
pub trait DiskLock: Send + Sync + Debug {}

/// Why a lock was not taken.
#[derive(Debug)]
pub enum LockFailure {
    /// Another holds it.
    Held {
        /// The holder's process id, when it has said so.
        holder: Option<u32>,
    },
    /// The disk does not answer.
    Io(io::Error),
}

/// Whether an error says that the disk is full.
pub(crate) fn is_no_space(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// Reads a whole small file.
pub(crate) fn read_whole(file: &dyn DiskFile) -> io::Result<Vec<u8>> {
    let size = usize::try_from(file.size()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; size];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// A directory of the operating system.
#[derive(Clone, Debug)]
pub struct RealDisk {
    root: PathBuf,
}

impl RealDisk {
    /// The disk below a directory, which need not exist yet.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> RealDisk {
        RealDisk { root: root.into() }
    }
}

impl Disk for RealDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.place(dir))? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    fn create_dir(&self, dir: &str) -> io::Result<()> {
        let path = self.place(dir);
        if path.is_dir() {
            return Ok(());
        }
        // Each directory that is made is a name in the one above it.
        let missing: Vec<&Path> = path.ancestors().take_while(|dir| !dir.is_dir()).collect();
        fs::create_dir_all(&path)?;
        for made in missing {
            match made.parent() {
                Some(above) if !above.as_os_str().is_empty() => sync_directory(above)?,
                Some(_) => sync_directory(Path::new("."))?,
                None => {}
            }
        }
        Ok(())
    }

    fn open_to_read(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let path = self.place(path);
        is_file(&path)?;
        Ok(Arc::new(RealFile {
            file: File::open(path)?,
        }))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let path = self.place(path);
        is_file(&path)?;
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Arc::new(RealFile { file }))
    }

    fn create(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let path = self.place(path);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)?;
        Ok(Arc::new(RealFile { file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.place(from), self.place(to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        fs::remove_file(self.place(path))
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        sync_directory(&self.place(dir))
    }

    fn lock(&self, path: &str) -> Result<Box<dyn DiskLock>, LockFailure> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.place(path))
            .map_err(LockFailure::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockFailure::Held {
                    holder: holder_of(&mut file),
                });
            }
            Err(TryLockError::Error(error)) => return Err(LockFailure::Io(error)),
        }
        let mut note = || -> io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        // The note helps a person; the lock holds without it, so a full disk is no obstacle.
        if let Err(error) = (note)().or_else(|e| if is_no_space(&e) { Ok(()) } else { Err(e) }) {
            return Err(LockFailure::Io(error));
        }
        Ok(Box::new(RealLock { _file: file }))
    }

    #[cfg(unix)]
    fn lock_dir(&self, dir: &str) -> Result<Option<Box<dyn DiskLock>>, LockFailure> {
        let Ok(handle) = File::open(self.place(dir)) else {
            return Ok(None);
        };
        match handle.try_lock() {
            Ok(()) => Ok(Some(Box::new(RealLock { _file: handle }))),
            Err(TryLockError::WouldBlock) => Err(LockFailure::Held { holder: None }),
            // Some file systems lock no directories.
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }

    fn place(&self, path: &str) -> PathBuf {
        if path.is_empty() {
            self.root.clone()
        } else {
            self.root.join(path)
        }
    }
}

/// Whoever opens a pipe waits until somebody writes to it.
fn is_file(path: &Path) -> io::Result<()> {
    let kind = fs::metadata(path)?;
    match (kind.is_file(), kind.is_dir()) {
        (true, _) => Ok(()),
        (false, true) => Err(io::ErrorKind::IsADirectory.into()),
        (false, false) => Err(io::Error::other("it is no file")),
    }
}

/// Reads who holds the lock. The holder writes its note just after taking it, so a short wait may help.
fn holder_of(file: &mut File) -> Option<u32> {
    for wait_ms in [0, 5, 20, 80] {
        std::thread::sleep(Duration::from_millis(wait_ms));
        let mut note = String::new();
        if file.rewind().is_ok()
            && file.read_to_string(&mut note).is_ok()
            && let Some(pid) = note.strip_suffix('\n').and_then(|pid| pid.parse().ok())
        {
            return Some(pid);
        }
    }
    None
}

/// How much room a directory's disk has left.
#[cfg(unix)]
pub(crate) fn free_bytes(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// How much room a directory's disk has left.
#[cfg(not(unix))]
pub(crate) fn free_bytes(_path: &Path) -> io::Result<u64> {
    // Nobody to ask: a store that fails for want of room is set aside like any other.
    Ok(u64::MAX)
}

#[cfg(unix)]
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_directory(_path: &Path) -> io::Result<()> {
    // Elsewhere a directory cannot be opened for this; the file system orders names itself.
    Ok(())
}

#[derive(Debug)]
struct RealLock {
    _file: File,
}

impl DiskLock for RealLock {}

#[derive(Debug)]
struct RealFile {
    file: File,
}

impl RealFile {
    #[cfg(unix)]
    fn read_some(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_some(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)
    }

    #[cfg(unix)]
    fn write_some(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::write_at(&self.file, bytes, offset)
    }

    #[cfg(windows)]
    fn write_some(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_write(&self.file, bytes, offset)
    }
}

impl DiskFile for RealFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.read_some(rest, offset + done as u64) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            match self.write_some(rest, offset + done as u64) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => done += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn reserve(&self, from: u64, size: u64) -> io::Result<()> {
        use rustix::{
            fs::{FallocateFlags, fallocate},
            io::Errno,
        };
        let length = size.saturating_sub(from);
        if length == 0 {
            return Ok(());
        }
        match fallocate(&self.file, FallocateFlags::KEEP_SIZE, from, length) {
            // The file system has no such promise to make; writing will tell.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL | Errno::INTR) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn reserve(&self, _from: u64, _size: u64) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.file.set_len(size)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}
