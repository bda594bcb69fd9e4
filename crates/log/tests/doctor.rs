//! What is wrong with a directory is told by name, and nothing is done about it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{fs, path::Path};

use redress_log::{
    Backup, Diagnosis, Doctor, EventLog, Journal, JournalOptions, Position, Restore, Severity, Sign,
};
use support::{
    files::{self, go_on, written},
    founding, stamp,
};

fn examine(path: &Path) -> Diagnosis {
    let before = path.is_dir().then(|| files::bytes(path));
    let diagnosis = Doctor::new().examine(path);
    assert_eq!(path.is_dir().then(|| files::bytes(path)), before);
    diagnosis
}

/// The names of all signs that are more than in order.
fn told(diagnosis: &Diagnosis) -> Vec<&'static str> {
    let signs = diagnosis.signs.iter();
    signs
        .filter(|sign| sign.severity() > Severity::Ok)
        .map(Sign::code)
        .collect()
}

fn seal_of(bytes: &[u8]) -> usize {
    bytes
        .windows(16)
        .rposition(|w| w == b"{\"redress\":\"seal")
        .unwrap()
}

#[tokio::test]
async fn a_sound_directory_has_nothing_worse_than_a_note() {
    let dir = tempfile::tempdir().unwrap();
    let heads = written(dir.path(), 12).await;
    let diagnosis = examine(dir.path());
    assert_eq!(told(&diagnosis), [""; 0], "{:?}", diagnosis.signs);
    assert_eq!(diagnosis.position, heads.last().unwrap().position);
    assert_eq!(diagnosis.recorded_at, Some(stamp(10)));
    assert_eq!(diagnosis.info.unwrap().epoch, 1);
    let position = diagnosis.position;
    assert!(diagnosis.signs.contains(&Sign::IndexSound { position }));
    assert!(
        diagnosis
            .signs
            .iter()
            .any(|sign| matches!(sign, Sign::Room { .. }))
    );
}

#[tokio::test]
async fn directories_that_are_none_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let worst = |path: &Path| {
        let diagnosis = examine(path);
        assert_eq!(diagnosis.severity(), Severity::Fault);
        assert_eq!(diagnosis.info, None);
        (diagnosis.signs[0].code(), diagnosis.signs[0].is_integrity())
    };
    assert_eq!(worst(&dir.path().join("x")), ("directory_not_found", false));
    let path = dir.path().join("data");
    fs::create_dir(&path).unwrap();
    assert_eq!(worst(&path), ("not_a_redress_directory", false));
    drop(Journal::create(&path, &founding()).unwrap());
    let marker = fs::read_to_string(path.join("redress.json")).unwrap();
    fs::write(
        path.join("redress.json"),
        marker.replace("\"format\":0", "\"format\":99"),
    )
    .unwrap();
    assert_eq!(worst(&path), ("other_format", false));
    // Without it there is still a log; a first backup that was cut short is something else.
    fs::remove_file(path.join("redress.json")).unwrap();
    assert_eq!(worst(&path), ("marker_lost", true));
    fs::write(path.join("backup.begun"), "").unwrap();
    assert_eq!(worst(&path), ("backup_cut_short", false));
    fs::remove_file(path.join("backup.begun")).unwrap();
    fs::write(path.join("redress.json"), &marker[..20]).unwrap();
    assert_eq!(worst(&path), ("marker_damaged", true));
    // Spelled otherwise, it still says what it said.
    fs::write(path.join("redress.json"), marker.replace(',', ", ")).unwrap();
    assert_eq!(told(&examine(&path)), ["marker_damaged", "index_absent"]);
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert_eq!(worst(&file), ("not_a_redress_directory", false));
}

#[tokio::test]
async fn who_holds_it_is_a_fact_and_an_end_without_a_seal_is_told_when_nobody_does() {
    let dir = tempfile::tempdir().unwrap();
    let log = JournalOptions::new()
        .tail(1)
        .create(dir.path(), &founding())
        .unwrap();
    go_on(&log, 3).await;
    // A directory that is being written to changes by itself: only the names are compared here.
    let diagnosis = Doctor::new().examine(dir.path());
    assert_eq!(told(&diagnosis), ["locked"]);
    let holder = Some(std::process::id());
    assert!(diagnosis.signs.contains(&Sign::Locked { holder }));
    log.close().await.unwrap();
    drop(log);
    assert_eq!(told(&examine(dir.path())), [""; 0]);
    let path = files::segments(dir.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..seal_of(&whole)]).unwrap();
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    assert_eq!(told(&examine(dir.path())), ["unclean_end", "index_absent"]);
    fs::write(&path, &whole[..seal_of(&whole) - 9]).unwrap();
    let diagnosis = examine(dir.path());
    assert_eq!(
        told(&diagnosis),
        ["torn_end", "unclean_end", "index_absent"]
    );
    assert_eq!(diagnosis.severity(), Severity::Warning);
    drop(Journal::open(dir.path()).unwrap());
    assert_eq!(told(&examine(dir.path())), ["leftover", "index_absent"]);
}

#[tokio::test]
async fn a_lock_that_cannot_be_taken_is_told() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 3).await;
    assert_eq!(examine(dir.path()).severity(), Severity::Ok);
    let lock = dir.path().join("redress.lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let diagnosis = examine(dir.path());
    assert!(
        told(&diagnosis).contains(&"not_writable"),
        "{:?}",
        told(&diagnosis)
    );
    assert_ne!(diagnosis.severity(), Severity::Ok);
}

#[tokio::test]
async fn the_index_is_absent_unclosed_wrong_or_ahead() {
    let dir = tempfile::tempdir().unwrap();
    let heads = written(dir.path(), 12).await;
    let index = dir.path().join("index");
    // The last segment is as an older copy has it: records that the index knows are missing.
    let last = files::segments(dir.path()).pop().unwrap();
    let whole = fs::read(&last).unwrap();
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    fs::write(&last, &whole[..header]).unwrap();
    let diagnosis = examine(dir.path());
    assert_eq!(told(&diagnosis), ["index_ahead"]);
    let end = diagnosis.position;
    let position = heads.last().unwrap().position;
    assert!(end < position);
    assert!(
        diagnosis
            .signs
            .contains(&Sign::IndexAhead { position, end })
    );
    assert!(diagnosis.signs.iter().any(Sign::is_integrity));
    fs::write(&last, &whole).unwrap();
    let note = fs::read(index.join("closed.json")).unwrap();
    let mut wrong = note.clone();
    wrong[30] ^= 1;
    fs::write(index.join("closed.json"), wrong).unwrap();
    let diagnosis = examine(dir.path());
    assert_eq!(told(&diagnosis), ["index_wrong"]);
    assert_eq!(diagnosis.severity(), Severity::Fault);
    fs::remove_file(index.join("closed.json")).unwrap();
    assert_eq!(told(&examine(dir.path())), ["index_unclosed"]);
    fs::rename(&index, dir.path().join("index-aside")).unwrap();
    assert_eq!(
        told(&examine(dir.path())),
        ["index_absent", "index_set_aside"]
    );
}

#[tokio::test]
async fn damage_backups_and_restores_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let (data, copy) = (dir.path().join("data"), dir.path().join("copy"));
    written(&data, 12).await;
    let taken = Backup::at(stamp(20)).take(&data, &copy).unwrap();
    let position = taken.head.position;
    let diagnosis = examine(&copy);
    assert_eq!(told(&diagnosis), ["is_a_backup"]);
    assert!(diagnosis.signs.contains(&Sign::Backup { position }));
    let restored = dir.path().join("restored");
    Restore::new().make(&copy, &restored).unwrap();
    assert_eq!(
        told(&examine(&restored))[..1],
        ["restored"],
        "{:?}",
        examine(&restored).signs
    );
    fs::remove_file(restored.join("redress.json")).unwrap();
    let diagnosis = examine(&restored);
    assert_eq!(told(&diagnosis), ["restore_cut_short"]);
    for root in [&data, &copy] {
        let segment = &files::segments(root)[1];
        let mut bytes = fs::read(segment).unwrap();
        bytes[500] ^= 1;
        bytes[1500] ^= 1;
        fs::write(segment, bytes).unwrap();
        let diagnosis = examine(root);
        let Some(Sign::Damaged { first, more }) = diagnosis
            .signs
            .iter()
            .find(|sign| sign.code() == "journal_damaged")
        else {
            panic!("{:?}", diagnosis.signs);
        };
        let name = segment.file_name().unwrap().to_str().unwrap();
        assert_eq!(first.file, format!("journal/{name}"));
        assert!(*more >= 1 && first.position > Some(Position(1)));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_source_that_cannot_be_written_to_is_examined_backed_up_and_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let heads = written(&data, 12).await;
    let set = |mode: u32| {
        for name in files::files(&data) {
            fs::set_permissions(data.join(name), fs::Permissions::from_mode(mode & 0o666)).unwrap();
        }
        for name in ["journal", ""] {
            fs::set_permissions(data.join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0o555);
    // Whoever may do everything is not kept from writing.
    let is_kept = fs::write(data.join("probe"), "x").is_err();
    let diagnosis = examine(&data);
    assert_eq!(told(&diagnosis).contains(&"not_writable"), is_kept);
    let taken = Backup::at(stamp(1))
        .take(&data, dir.path().join("copy"))
        .unwrap();
    assert_eq!(Some(&taken.head), heads.last());
    set(0o755);
}
