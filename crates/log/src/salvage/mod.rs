//! What can be had of a damaged directory: everything that is whole, byte for byte, and a list of what is not.
//!
//! It asks nothing of the directory but that it holds `journal/`: no marker, no order of the files, no lines before
//! or behind the one that is whole.

mod lines;
mod lost;

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;
use uuid::Uuid;

pub use self::lost::Lost;
use self::{
    lines::{Found, Swept, sweep},
    lost::Losses,
};
use crate::{
    copying::names,
    disk::{Disk, DiskFile, RealDisk},
    journal::{OpenError, Scanned, behind::header, marker, scan::Tell, segment},
    position::Position,
};

/// The exported records, in order of position.
const RECORDS: &str = "records.jsonl";
/// What is lost, a line each.
const LOST: &str = "lost.jsonl";
/// The directory of the damaged bytes.
const DAMAGED: &str = "damaged";
/// How much of a file is read at once, and how much is given up where that cannot be read.
const CHUNK_BYTES: u64 = 1 << 20;
const BLOCK_BYTES: u64 = 4096;

/// An export of everything that is whole.
#[derive(Clone, Debug, Default)]
pub struct Salvage {
    tell: Option<Tell>,
}

/// What an export came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Salvaged {
    /// How many record lines were exported.
    pub records: u64,
    /// Up to where there must have been records, as far as anything tells.
    pub reaches: Position,
    /// What is lost or doubtful, as it stands in `lost.jsonl`.
    pub lost: Vec<Lost>,
}

/// Why nothing was exported, or not everything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SalvageError {
    /// A directory cannot be opened, or the disk fails.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no journal in the source.
    #[error("`{}` holds no directory `journal`", path.display())]
    NoJournal {
        /// The source.
        path: PathBuf,
    },
}

impl SalvageError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            SalvageError::Open(error) => error.code(),
            SalvageError::NoJournal { .. } => "no_journal",
        }
    }
}

impl Salvage {
    /// An export.
    #[must_use]
    pub fn new() -> Salvage {
        Salvage::default()
    }

    /// Who is told how far the reading is.
    #[must_use]
    pub fn tell(mut self, tell: impl Fn(Scanned) + Send + Sync + 'static) -> Salvage {
        self.tell = Some(Tell(Arc::new(tell)));
        self
    }

    /// Exports into a directory that is new or empty. The source is only read.
    ///
    /// # Errors
    /// See [`SalvageError`].
    pub fn export(
        self,
        source: impl AsRef<Path>,
        destination: impl AsRef<Path>,
    ) -> Result<Salvaged, SalvageError> {
        let source = source.as_ref();
        let from = RealDisk::new(source);
        let to = RealDisk::new(destination.as_ref());
        let files = files(&from, source)?;
        to.create_dir("")
            .map_err(|error| OpenError::io(&to, "make", "", &error))?;
        let mut found = names(&to, "").map_err(|e| OpenError::io(&to, "list", "", &e))?;
        if !found.is_empty() {
            found.sort();
            found.truncate(5);
            let path = to.place("");
            return Err(OpenError::NotEmpty { path, found }.into());
        }
        let mut losses = Losses::default();
        let mut whole = Vec::new();
        let ours = ours(&from, &files);
        let total = files.iter().map(|file| file.size).sum();
        let mut read = 0;
        for (nth, file) in files.iter().enumerate() {
            if let Some(log) = file.log
                && Some(log) != ours
            {
                losses.lost.push(Lost::OtherLog {
                    file: file.path.clone(),
                    log,
                    bytes: file.size,
                });
                read += file.size;
                continue;
            }
            let bytes = read_all(&*file.file, file.size);
            let swept = sweep(&bytes, u32::try_from(nth).unwrap_or(u32::MAX));
            self.keep_damaged(&to, &file.path, &bytes, &swept, &mut losses)?;
            losses.take(&swept);
            whole.extend(swept.records);
            read += file.size;
            if let Some(Tell(tell)) = &self.tell {
                tell(Scanned {
                    position: losses.reaches,
                    bytes: read,
                    of_bytes: total,
                });
            }
        }
        whole.sort_by_key(|record: &Found| (record.position, record.file, record.offset));
        losses.known_by_index(source);
        let records = write_records(&to, &files, &whole, &mut losses)?;
        losses.conclude(&whole);
        let lost = losses.lost;
        write_lines(&to, LOST, &lost)?;
        to.sync_dir("")
            .map_err(|error| OpenError::io(&to, "sync", "", &error))?;
        Ok(Salvaged {
            records,
            reaches: losses.reaches,
            lost,
        })
    }

    /// Keeps what is no whole line, as it is.
    fn keep_damaged(
        &self,
        to: &RealDisk,
        path: &str,
        bytes: &[u8],
        swept: &Swept,
        losses: &mut Losses,
    ) -> Result<(), OpenError> {
        for stretch in &swept.damaged {
            let name = path.rsplit('/').next().unwrap_or(path);
            let kept_as = format!("{DAMAGED}/{name}-{}", stretch.offset);
            let from = usize::try_from(stretch.offset).unwrap_or(usize::MAX);
            let until = usize::try_from(stretch.end).unwrap_or(usize::MAX);
            to.create_dir(DAMAGED)
                .and_then(|()| {
                    let file = to.create(&kept_as)?;
                    file.write_at(bytes.get(from..until).unwrap_or_default(), 0)?;
                    file.sync_data()
                })
                .map_err(|error| OpenError::io(to, "write", &kept_as, &error))?;
            losses.lost.push(Lost::Damaged {
                file: path.to_owned(),
                offset: stretch.offset,
                bytes: stretch.end - stretch.offset,
                reason: stretch.reason.to_owned(),
                kept_as,
            });
        }
        Ok(())
    }
}

/// A file that is swept.
#[derive(Debug)]
struct SourceFile {
    path: String,
    file: Arc<dyn DiskFile>,
    size: u64,
    /// The log that its header names, if it has a whole one.
    log: Option<Uuid>,
}

/// The log that is salvaged: the one that the marker names, if there is anything of it; else the one that most bytes
/// belong to. None where no file says what it belongs to.
fn ours(from: &RealDisk, files: &[SourceFile]) -> Option<Uuid> {
    let mut bytes: BTreeMap<Uuid, u64> = BTreeMap::new();
    for file in files {
        if let Some(log) = file.log {
            *bytes.entry(log).or_default() += file.size;
        }
    }
    let named = marker::read_either(Arc::new(from.clone())).ok();
    let named = named.map(|to_read| to_read.info.log_id);
    let most = || bytes.iter().max_by_key(|(_, bytes)| **bytes);
    named
        .filter(|log| bytes.contains_key(log))
        .or_else(|| most().map(|(log, _)| *log))
}

/// The files of the journal's directory: the segments in order, then whatever else is there.
fn files(from: &RealDisk, source: &Path) -> Result<Vec<SourceFile>, SalvageError> {
    let dir = segment::DIRECTORY;
    let mut names = match from.list(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let path = source.to_owned();
            return Err(match source.is_dir() {
                true => SalvageError::NoJournal { path },
                false => OpenError::NotFound { path }.into(),
            });
        }
        listed => listed.map_err(|error| OpenError::io(from, "list", dir, &error))?,
    };
    names.sort();
    let (mut ordered, others): (Vec<String>, Vec<String>) =
        names.into_iter().partition(|name| name.ends_with(".jsonl"));
    ordered.extend(others);
    let mut files = Vec::with_capacity(ordered.len());
    for name in ordered {
        let path = format!("{dir}/{name}");
        if from.place(&path).is_dir() {
            continue;
        }
        let file = from
            .open_to_read(&path)
            .map_err(|error| OpenError::io(from, "open", &path, &error))?;
        let size = file
            .size()
            .map_err(|error| OpenError::io(from, "read", &path, &error))?;
        // One whose beginning cannot be read says nothing of itself.
        let log = header(&*file).ok().flatten().map(|header| header.log);
        files.push(SourceFile {
            path,
            file,
            size,
            log,
        });
    }
    Ok(files)
}

/// A file's bytes. Where the disk does not give them there are zeros, which are no line.
fn read_all(file: &dyn DiskFile, size: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
    let mut at = 0;
    while at < size {
        let end = (at + CHUNK_BYTES).min(size);
        if read_into(&mut bytes, file, at, end).is_err() {
            let mut block = at;
            while block < end {
                let until = (block + BLOCK_BYTES).min(end);
                // What cannot be read stays zero, and is told as damaged.
                let _ = read_into(&mut bytes, file, block, until);
                block = until;
            }
        }
        at = end;
    }
    bytes
}

fn read_into(bytes: &mut [u8], file: &dyn DiskFile, at: u64, end: u64) -> io::Result<usize> {
    let from = usize::try_from(at).map_err(io::Error::other)?;
    let until = usize::try_from(end).map_err(io::Error::other)?;
    let room = bytes.get_mut(from..until).unwrap_or_default();
    file.read_at(room, at)
}

/// Writes the whole lines in order; of lines that are the same to the byte, one.
fn write_records(
    to: &RealDisk,
    files: &[SourceFile],
    whole: &[Found],
    losses: &mut Losses,
) -> Result<u64, OpenError> {
    let failed = |error: &io::Error| OpenError::io(to, "write", RECORDS, error);
    let line_of = |record: &Found| -> Result<Vec<u8>, OpenError> {
        let Some(file) = usize::try_from(record.file).ok().and_then(|n| files.get(n)) else {
            return Ok(Vec::new());
        };
        let length = u64::from(record.length);
        crate::copying::read_stretch(&*file.file, record.offset, length)
            .map_err(|error| OpenError::io(to, "read", &file.path, &error))
    };
    let mut out = io::BufWriter::with_capacity(1 << 20, create(to, RECORDS)?);
    let mut written = 0;
    for same in whole.chunk_by(|a, b| a.position == b.position) {
        let mut lines: Vec<(Vec<u8>, &Found)> = Vec::with_capacity(1);
        for record in same {
            let line = line_of(record)?;
            if lines.iter().all(|(before, _)| *before != line) {
                lines.push((line, record));
            }
        }
        for (line, record) in &lines {
            out.write_all(line)
                .and_then(|()| out.write_all(b"\n"))
                .map_err(|error| failed(&error))?;
            written += 1;
            let file = usize::try_from(record.file).ok().and_then(|n| files.get(n));
            if let (true, Some(file)) = (lines.len() > 1, file) {
                losses.lost.push(Lost::Duplicate {
                    position: record.position,
                    file: file.path.clone(),
                    offset: record.offset,
                });
            }
        }
    }
    let file = out.into_inner().map_err(|error| failed(error.error()))?;
    file.sync_all().map_err(|error| failed(&error))?;
    Ok(written)
}

fn write_lines(to: &RealDisk, name: &str, lines: &[impl Serialize]) -> Result<(), OpenError> {
    let failed = |error: &io::Error| OpenError::io(to, "write", name, error);
    let mut out = io::BufWriter::new(create(to, name)?);
    for line in lines {
        serde_json::to_writer(&mut out, line)
            .map_err(io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
            .map_err(|error| failed(&error))?;
    }
    let file = out.into_inner().map_err(|error| failed(error.error()))?;
    file.sync_all().map_err(|error| failed(&error))
}

fn create(to: &RealDisk, name: &str) -> Result<std::fs::File, OpenError> {
    std::fs::File::create_new(to.place(name))
        .map_err(|error| OpenError::io(to, "write", name, &error))
}
