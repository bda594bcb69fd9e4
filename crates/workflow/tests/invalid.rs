//! Every directory under `tests/workflows/invalid` is a faulty workflow; `expected.txt` beside it says what is told
//! of it. A file `on` names a shipped workflow whose other files stand around those of the directory.
//! `UPDATE_CASES=1` writes `expected.txt` anew.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use redress_workflow::{FaultCode, Files, builtin_files, files_of_dir, read};

fn directories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/workflows/invalid");
    let mut all: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    all.sort();
    all
}

fn files(directory: &Path) -> Files {
    let mut files = match std::fs::read_to_string(directory.join("on")) {
        Ok(on) => builtin_files()[on.trim()].clone(),
        Err(_) => Files::new(),
    };
    files.extend(files_of_dir(directory).unwrap());
    files
}

#[test]
fn every_invalid_workflow_is_told_what_is_wrong_with_it() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = Vec::new();
    for directory in directories() {
        let told = match read(&files(&directory)) {
            Ok(_) => "no faults\n".to_owned(),
            Err(faults) => format!("{faults}\n"),
        };
        let expected = directory.join("expected.txt");
        if update {
            std::fs::write(&expected, &told).unwrap();
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        if told != wanted || told == "no faults\n" {
            wrong.push(format!("{}:\n{told}", directory.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_of_fault_is_met() {
    // These are not met in the text of a workflow; they have tests of their own.
    let elsewhere = [
        FaultCode::Unreadable,
        FaultCode::NotUtf8,
        FaultCode::NoFiles,
        FaultCode::TooManyFiles,
        FaultCode::FileTooLarge,
        FaultCode::TooMany,
        FaultCode::NobodyHolds,
        FaultCode::Calendar,
        FaultCode::MoreFaults,
    ];
    let mut met: BTreeSet<FaultCode> = elsewhere.into_iter().collect();
    for directory in directories() {
        if let Err(faults) = read(&files(&directory)) {
            met.extend(faults.all().iter().map(|fault| fault.code));
        }
    }
    let unmet: Vec<_> = FaultCode::ALL.iter().filter(|c| !met.contains(c)).collect();
    assert!(unmet.is_empty(), "{unmet:?}");
}
