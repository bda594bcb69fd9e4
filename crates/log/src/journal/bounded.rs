//! A disk of which no more of the journal is seen than up to a place. A backup that is being extended holds bytes
//! behind the place that its manifest vouches for.

use std::{io, path::PathBuf, sync::Arc};

use super::segment;
use crate::{
    disk::{Disk, DiskFile, DiskLock, LockFailure},
    position::Position,
};

/// See the head of the file. It is for reading alone.
#[derive(Debug)]
pub(crate) struct Bounded {
    disk: Arc<dyn Disk>,
    segment: Position,
    bytes: u64,
}

impl Bounded {
    /// Shows the journal up to so many bytes of a segment.
    pub(crate) fn new(disk: Arc<dyn Disk>, segment: Position, bytes: u64) -> Bounded {
        Bounded {
            disk,
            segment,
            bytes,
        }
    }
}

fn reading_only<T>() -> io::Result<T> {
    Err(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Disk for Bounded {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let mut names = self.disk.list(dir)?;
        if dir == segment::DIRECTORY {
            let last = segment::path_of(self.segment);
            let is_behind = |name: &String| {
                name.ends_with(".jsonl") && format!("{}/{name}", segment::DIRECTORY) > last
            };
            names.retain(|name| !is_behind(name));
        }
        Ok(names)
    }

    fn create_dir(&self, _dir: &str) -> io::Result<()> {
        reading_only()
    }

    fn open_to_read(&self, path: &str) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.disk.open_to_read(path)?;
        if path == segment::path_of(self.segment) {
            let most = self.bytes;
            return Ok(Arc::new(BoundedFile { file, most }));
        }
        Ok(file)
    }

    fn open(&self, _path: &str) -> io::Result<Arc<dyn DiskFile>> {
        reading_only()
    }

    fn create(&self, _path: &str) -> io::Result<Arc<dyn DiskFile>> {
        reading_only()
    }

    fn rename(&self, _from: &str, _to: &str) -> io::Result<()> {
        reading_only()
    }

    fn remove(&self, _path: &str) -> io::Result<()> {
        reading_only()
    }

    fn sync_dir(&self, _dir: &str) -> io::Result<()> {
        reading_only()
    }

    fn lock(&self, _path: &str) -> Result<Box<dyn DiskLock>, LockFailure> {
        reading_only().map_err(LockFailure::Io)
    }

    fn place(&self, path: &str) -> PathBuf {
        self.disk.place(path)
    }
}

#[derive(Debug)]
struct BoundedFile {
    file: Arc<dyn DiskFile>,
    most: u64,
}

impl DiskFile for BoundedFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.file.size()?.min(self.most))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.most.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        self.file
            .read_at(buffer.get_mut(..length).unwrap_or_default(), offset)
    }

    fn write_at(&self, _bytes: &[u8], _offset: u64) -> io::Result<()> {
        reading_only()
    }

    fn reserve(&self, _from: u64, _size: u64) -> io::Result<()> {
        reading_only()
    }

    fn truncate(&self, _size: u64) -> io::Result<()> {
        reading_only()
    }

    fn sync_data(&self) -> io::Result<()> {
        reading_only()
    }
}
