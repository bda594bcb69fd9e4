//! The files of a workflow as text: how they are gathered, bounded and hashed.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::fault::{Fault, FaultCode, Faults};

/// The files of a workflow: name within the directory, with `/` → text.
pub type Files = BTreeMap<String, String>;

/// The most files of a workflow.
pub const MOST_FILES: usize = 64;
/// The longest file, in bytes.
pub const MOST_BYTES: usize = 1024 * 1024;
/// How deep a workflow's directories may be nested.
const DEEPEST: usize = 4;

pub(crate) fn whole(file: &str, code: FaultCode, sentence: String, hint: &str) -> Fault {
    Fault {
        file: file.to_owned(),
        line: 0,
        column: 0,
        code,
        sentence,
        hint: hint.to_owned(),
        start: 0,
        end: 0,
    }
}

/// SHA-256 over names and bytes, hexadecimal: for each file in order of its name the length of the name, the name,
/// the length of the text and the text, lengths as eight bytes, the most significant first.
#[must_use]
pub fn hash(files: &Files) -> String {
    let mut digest = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            digest.update(length.to_be_bytes());
            digest.update(part.as_bytes());
        }
    }
    hexadecimal(&digest.finalize())
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Gathers every `*.toml` of a directory and the directories within it.
///
/// # Errors
/// [`Faults`] if the directory cannot be read, holds no such file, or is beyond the bounds.
pub fn files_of_dir(directory: &Path) -> Result<Files, Faults> {
    let mut files = Files::new();
    let mut faults = Vec::new();
    gather(directory, "", 0, &mut files, &mut faults);
    if files.is_empty() && faults.is_empty() {
        faults.push(whole(
            "",
            FaultCode::NoFiles,
            "the directory holds no `.toml` file".to_owned(),
            "name the directory of a workflow, such as `workflows/customer-complaint`",
        ));
    }
    if faults.is_empty() {
        Ok(files)
    } else {
        Err(Faults::new(faults))
    }
}

fn gather(
    directory: &Path,
    prefix: &str,
    depth: usize,
    files: &mut Files,
    faults: &mut Vec<Fault>,
) {
    let unreadable = |file: &str, why: std::io::Error| {
        whole(
            file,
            FaultCode::Unreadable,
            format!("cannot be read: {why}"),
            "check that it exists and that you may read it",
        )
    };
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(why) => return faults.push(unreadable(prefix.trim_end_matches('/'), why)),
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            if depth < DEEPEST {
                gather(&path, &format!("{name}/"), depth + 1, files, faults);
            }
            continue;
        }
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        if files.len() >= MOST_FILES {
            faults.push(too_many_files());
            return;
        }
        // The length is asked first: a file of many gigabytes is never read.
        match std::fs::metadata(&path) {
            Ok(about) if usize::try_from(about.len()).unwrap_or(usize::MAX) > MOST_BYTES => {
                faults.push(too_large(&name));
                continue;
            }
            Ok(_) => {}
            Err(why) => {
                faults.push(unreadable(&name, why));
                continue;
            }
        }
        match std::fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => {
                files.insert(name, text);
            }
            Ok(Err(_)) => faults.push(whole(
                &name,
                FaultCode::NotUtf8,
                "is not UTF-8".to_owned(),
                "save the file as UTF-8",
            )),
            Err(why) => faults.push(unreadable(&name, why)),
        }
    }
}

fn too_many_files() -> Fault {
    whole(
        "",
        FaultCode::TooManyFiles,
        format!("a workflow has at most {MOST_FILES} files"),
        "put topics together",
    )
}

fn too_large(name: &str) -> Fault {
    whole(
        name,
        FaultCode::FileTooLarge,
        format!("is longer than {MOST_BYTES} bytes"),
        "a workflow file is short; split it by topic",
    )
}

/// Checks the bounds of files that were given as text.
pub(crate) fn check_bounds(files: &Files) -> Vec<Fault> {
    let mut faults = Vec::new();
    if files.is_empty() {
        faults.push(whole(
            "",
            FaultCode::NoFiles,
            "there are no files".to_owned(),
            "a workflow needs at least one",
        ));
    }
    if files.len() > MOST_FILES {
        faults.push(too_many_files());
    }
    for (name, text) in files {
        if text.len() > MOST_BYTES {
            faults.push(too_large(name));
        }
    }
    faults
}
