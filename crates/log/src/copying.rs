//! Copying files from one directory to another, durably.

use std::io;

use crate::{
    disk::{Disk, DiskFile, read_whole},
    journal::OpenError,
};

const CHUNK_BYTES: u64 = 1 << 20;
/// How much of two files' ends is compared to see that one goes on where the other stops.
const TAIL_BYTES: u64 = 64 << 10;

/// Copies a stretch of a file to the same place in another.
pub(crate) fn copy_stretch(
    from: &dyn DiskFile,
    to: &dyn DiskFile,
    start: u64,
    end: u64,
) -> io::Result<()> {
    let mut at = start;
    while at < end {
        let bytes = read_stretch(from, at, (end - at).min(CHUNK_BYTES))?;
        to.write_at(&bytes, at)?;
        at += bytes.len() as u64;
    }
    Ok(())
}

/// Reads so many bytes.
pub(crate) fn read_stretch(file: &dyn DiskFile, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    if file.read_at(&mut bytes, at)? < bytes.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

/// Whether two files have the same bytes before a place, as far as that is looked at.
pub(crate) fn same_tail(one: &dyn DiskFile, other: &dyn DiskFile, end: u64) -> io::Result<bool> {
    let length = end.min(TAIL_BYTES);
    if one.size()? < end || other.size()? < end {
        return Ok(false);
    }
    let at = end - length;
    Ok(read_stretch(one, at, length)? == read_stretch(other, at, length)?)
}

/// Makes a file, or empties the one that is there.
pub(crate) fn empty_file(disk: &dyn Disk, path: &str) -> io::Result<std::sync::Arc<dyn DiskFile>> {
    match disk.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let file = disk.open(path)?;
            file.truncate(0)?;
            Ok(file)
        }
        made => made,
    }
}

/// The names in a directory; none when there is no such directory.
pub(crate) fn names(disk: &dyn Disk, dir: &str) -> io::Result<Vec<String>> {
    match disk.list(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        listed => listed,
    }
}

/// Whether there is such a directory. One that cannot be listed is no absent one: what is in it would be left out.
pub(crate) fn is_there(disk: &dyn Disk, dir: &str) -> Result<bool, OpenError> {
    match disk.list(dir) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(OpenError::io(disk, "list", dir, &error)),
    }
}

/// Copies the files of a directory that the other does not have, or has otherwise; each is there whole or as it was.
/// How many were copied.
pub(crate) fn copy_directory(from: &dyn Disk, to: &dyn Disk, dir: &str) -> io::Result<u64> {
    const UNFINISHED: &str = ".unfinished";
    let mut copied = 0;
    to.create_dir(dir)?;
    for name in names(from, dir)? {
        let path = format!("{dir}/{name}");
        let bytes = match from.open_to_read(&path).and_then(|file| read_whole(&*file)) {
            // Whoever erases a file takes it away, also while this runs.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            read => read?,
        };
        let stands = to.open_to_read(&path).and_then(|file| read_whole(&*file));
        if stands.is_ok_and(|stands| stands == bytes) {
            continue;
        }
        let unfinished = format!("{dir}/{UNFINISHED}");
        let file = empty_file(to, &unfinished)?;
        file.write_at(&bytes, 0)?;
        file.sync_data()?;
        to.rename(&unfinished, &path)?;
        copied += 1;
    }
    to.sync_dir(dir)?;
    Ok(copied)
}

/// Takes away what the other directory does not have: what was erased there is erased here.
pub(crate) fn erase_others(from: &dyn Disk, to: &dyn Disk, dir: &str) -> io::Result<u64> {
    let kept = names(from, dir)?;
    let mut erased = 0;
    for name in names(to, dir)? {
        if !kept.contains(&name) {
            to.remove(&format!("{dir}/{name}"))?;
            erased += 1;
        }
    }
    if erased > 0 {
        to.sync_dir(dir)?;
    }
    Ok(erased)
}
