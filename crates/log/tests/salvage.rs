//! Of a damaged directory everything that is whole is exported, to the byte, and the rest is named.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{collections::BTreeSet, fs, path::Path};

use redress_log::{
    EventLog, Founding, Journal, JournalOptions, Lost, Position, Salvage, SalvageError, Salvaged,
    Version,
};
use support::{
    files::{self, Seeded, go_on, record_lines, resealed, written},
    founding, one,
};

fn salvage(source: &Path) -> (Salvaged, Vec<Vec<u8>>, tempfile::TempDir) {
    let to = tempfile::tempdir().unwrap();
    let before = files::bytes(source);
    let salvaged = Salvage::new().export(source, to.path()).unwrap();
    assert_eq!(files::bytes(source), before, "the source was changed");
    let text = fs::read(to.path().join("records.jsonl")).unwrap();
    let lines: Vec<Vec<u8>> = text
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\n").unwrap().to_vec())
        .collect();
    assert_eq!(lines.len() as u64, salvaged.records);
    let told = fs::read_to_string(to.path().join("lost.jsonl")).unwrap();
    assert_eq!(told.lines().count(), salvaged.lost.len());
    for lost in &salvaged.lost {
        if let Lost::Damaged {
            file,
            offset,
            bytes,
            kept_as,
            ..
        } = lost
        {
            let whole = fs::read(source.join(file)).unwrap();
            let from = usize::try_from(*offset).unwrap();
            let kept = &whole[from..from + usize::try_from(*bytes).unwrap()];
            assert_eq!(fs::read(to.path().join(kept_as)).unwrap(), kept);
        }
    }
    (salvaged, lines, to)
}

/// The positions that are told to be missing.
fn missing(salvaged: &Salvaged) -> BTreeSet<u64> {
    let ranges = salvaged.lost.iter().filter_map(|lost| match lost {
        Lost::Missing { from, to } => Some(from.0..=to.0),
        _ => None,
    });
    ranges.flatten().collect()
}

/// The streams' versions that are told to be missing.
fn missing_versions(salvaged: &Salvaged) -> usize {
    let counts = salvaged.lost.iter().map(|lost| match lost {
        Lost::Versions { from, to, .. } => usize::try_from(to.0 - from.0 + 1).unwrap(),
        _ => 0,
    });
    counts.sum()
}

fn damaged(salvaged: &Salvaged) -> usize {
    let damaged = |lost: &&Lost| matches!(lost, Lost::Damaged { .. });
    salvaged.lost.iter().filter(damaged).count()
}

#[tokio::test]
async fn of_a_whole_directory_everything_is_exported_with_and_without_a_marker() {
    let dir = tempfile::tempdir().unwrap();
    let heads = written(dir.path(), 20).await;
    let lines = record_lines(dir.path());
    for bare in [false, true] {
        if bare {
            fs::remove_file(dir.path().join("redress.json")).unwrap();
            fs::remove_dir_all(dir.path().join("index")).unwrap();
        }
        let (salvaged, exported, _to) = salvage(dir.path());
        assert_eq!(exported, lines);
        assert_eq!(
            (salvaged.lost, salvaged.reaches),
            (vec![], heads.last().unwrap().position)
        );
    }
}

/// A record's place: file, first byte, the byte behind its last, without the line break.
fn places(root: &Path) -> Vec<(usize, usize, usize)> {
    let mut places = Vec::new();
    for (nth, segment) in files::segments(root).iter().enumerate() {
        let mut at = 0;
        for line in fs::read(segment).unwrap().split_inclusive(|b| *b == b'\n') {
            if line.starts_with(b"{\"position\":") {
                places.push((nth, at, at + line.len() - 1));
            }
            at += line.len();
        }
    }
    places
}

#[tokio::test]
async fn after_flips_exactly_the_untouched_records_are_exported_and_the_rest_is_named() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 24).await;
    let lines = record_lines(dir.path());
    let places = places(dir.path());
    assert_eq!(lines.len(), places.len());
    let segments = files::segments(dir.path());
    let whole: Vec<Vec<u8>> = segments
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    let mut seeded = Seeded(7);
    let mut lost_altogether = 0;
    for round in 0..80 {
        let mut changed = whole.clone();
        let mut flips = Vec::new();
        for _ in 0..1 + round % 4 {
            let file = seeded.below(whole.len());
            let at = match seeded.below(3) {
                // A line break, every third time.
                0 => {
                    let breaks: Vec<usize> = (0..whole[file].len())
                        .filter(|at| whole[file][*at] == b'\n')
                        .collect();
                    breaks[seeded.below(breaks.len())]
                }
                _ => seeded.below(whole[file].len()),
            };
            changed[file][at] ^= 1 << seeded.below(8);
            flips.push((file, at));
        }
        for (path, bytes) in segments.iter().zip(&changed) {
            fs::write(path, bytes).unwrap();
        }
        let is_touched = |nth: usize| {
            let (file, from, end) = places[nth];
            (from..end).any(|at| changed[file][at] != whole[file][at])
        };
        let (salvaged, exported, _to) = salvage(dir.path());
        let untouched: Vec<Vec<u8>> = (0..lines.len())
            .filter(|nth| !is_touched(*nth))
            .map(|nth| lines[nth].clone())
            .collect();
        assert_eq!(exported, untouched, "{flips:?}");
        let gone: BTreeSet<u64> = (0..lines.len())
            .filter(|nth| is_touched(*nth))
            .map(|nth| nth as u64 + 1)
            .collect();
        // The index was closed: it tells how far the journal reached, and each stream.
        assert_eq!(missing(&salvaged), gone, "{flips:?}");
        assert_eq!(missing_versions(&salvaged), gone.len(), "{flips:?}");
        let last_byte = |(file, at): &(usize, usize)| *at + 1 == whole[*file].len();
        if changed != whole && !flips.iter().any(last_byte) {
            assert!(damaged(&salvaged) > 0, "{flips:?}");
        }
        lost_altogether += gone.len();
    }
    assert!(lost_altogether > 80, "{lost_altogether}");
}

#[tokio::test]
async fn after_cuts_zeros_and_missing_segments_the_rest_is_exported() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 24).await;
    let lines = record_lines(dir.path());
    let places = places(dir.path());
    let segments = files::segments(dir.path());
    let whole: Vec<Vec<u8>> = segments
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    let mut seeded = Seeded(99);
    for round in 0..36 {
        let file = seeded.below(whole.len());
        let from = seeded.below(whole[file].len());
        let length = 1 + seeded.below(1500.min(whole[file].len() - from));
        let end = from + length;
        let mut changed = whole[file].clone();
        match round % 3 {
            // Gone from the midst: what is behind moves up.
            0 => drop(changed.drain(from..end)),
            1 => changed[from..end].fill(0),
            _ => changed.truncate(from),
        }
        let end = if round % 3 == 2 { usize::MAX } else { end };
        fs::write(&segments[file], &changed).unwrap();
        let untouched: Vec<Vec<u8>> = places
            .iter()
            .zip(&lines)
            .filter(|((nth, start, stop), _)| {
                // What is cut out may be the same byte that moves up; then the record stands as it stood.
                *nth != file || *stop <= from || *start >= end
            })
            .map(|(_, line)| line.clone())
            .collect();
        let (salvaged, exported, _to) = salvage(dir.path());
        let more: Vec<&Vec<u8>> = exported.iter().filter(|l| !untouched.contains(l)).collect();
        assert!(more.iter().all(|line| lines.contains(line)), "{round}");
        assert!(more.len() <= usize::from(round % 3 == 0), "{round}");
        assert!(
            untouched.iter().all(|line| exported.contains(line)),
            "{round}"
        );
        assert_eq!(missing(&salvaged).len(), lines.len() - exported.len());
        fs::write(&segments[file], &whole[file]).unwrap();
    }
    // A segment is gone; without the index, the next one's header tells how far it reached.
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    for gone in 0..segments.len() - 1 {
        fs::remove_file(&segments[gone]).unwrap();
        let (salvaged, exported, _to) = salvage(dir.path());
        let rest: Vec<(usize, &Vec<u8>)> = (1..)
            .zip(&lines)
            .filter(|(position, _)| places[position - 1].0 != gone)
            .collect();
        assert_eq!(
            exported,
            rest.iter().map(|(_, l)| (*l).clone()).collect::<Vec<_>>()
        );
        let kept: BTreeSet<u64> = rest.iter().map(|(position, _)| *position as u64).collect();
        let all: BTreeSet<u64> = (1..=lines.len() as u64).collect();
        assert_eq!(missing(&salvaged), &all - &kept);
        fs::write(&segments[gone], &whole[gone]).unwrap();
    }
}

#[tokio::test]
async fn records_that_contradict_each_other_are_both_kept_and_the_same_one_once() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 6).await;
    let lines = record_lines(dir.path());
    // The third as another had it, and the fourth as it stands, in an end that was cut off.
    let text = String::from_utf8(lines[2].clone()).unwrap();
    let other = resealed(text.replace("工号7", "工号8").as_bytes());
    let cut = [&other[..], b"\n", &lines[3], b"\nhalf a li"].concat();
    fs::write(dir.path().join("journal/cut-00000000000000000003"), cut).unwrap();
    let (salvaged, exported, _to) = salvage(dir.path());
    let mut expected = lines.clone();
    expected.insert(3, other);
    assert_eq!(exported, expected);
    let doubtful: Vec<&Lost> = salvaged
        .lost
        .iter()
        .filter(|lost| {
            matches!(
                lost,
                Lost::Duplicate {
                    position: Position(3),
                    ..
                }
            )
        })
        .collect();
    assert_eq!(doubtful.len(), 2, "{:?}", salvaged.lost);
    assert_eq!(damaged(&salvaged), 1);
    assert_eq!(missing(&salvaged), BTreeSet::new());
}

#[tokio::test]
async fn an_append_that_is_there_in_part_is_told_and_a_record_inside_another_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let inner = {
        let other = tempfile::tempdir().unwrap();
        written(other.path(), 3).await;
        String::from_utf8(record_lines(other.path())[0].clone()).unwrap()
    };
    let log = Journal::create(dir.path(), &founding()).unwrap();
    go_on(&log, 3).await;
    let mut event = support::event(9);
    // A whole record as a value in another's payload, alone, in a list, behind a member.
    let payload = format!(r#"{{"a":{inner},"b":[{inner},{inner}],"c":1}}"#);
    event.payload = redress_log::RawJson::new(payload).unwrap();
    let mut append = one("case/9", 0, [9]);
    append.writes[0].events = vec![event];
    log.append(append).await.unwrap();
    log.close().await.unwrap();
    drop(log);
    let path = files::segments(dir.path()).remove(0);
    let text = fs::read_to_string(&path).unwrap();
    let lines = record_lines(dir.path());
    // The outer one is damaged at its end, the third part of the append before it is gone.
    let damaged_text = text.replacen("\"c\":1", "\"c\":2", 1).replacen(
        std::str::from_utf8(&lines[5]).unwrap(),
        "",
        1,
    );
    fs::write(&path, damaged_text).unwrap();
    let (salvaged, exported, _to) = salvage(dir.path());
    assert_eq!(exported, lines[..5]);
    assert_eq!(missing(&salvaged), BTreeSet::from([6, 7]));
    assert!(salvaged.lost.contains(&Lost::Incomplete {
        from: Position(4),
        to: Position(5),
        of: 3
    }));
    // What is lost at a stream's end is not known without an index.
    let versions = |lost: &&Lost| {
        matches!(
            lost,
            Lost::Versions {
                from: Version(_),
                ..
            }
        )
    };
    assert_eq!(salvaged.lost.iter().filter(versions).count(), 0);
}

#[tokio::test]
async fn what_is_no_source_or_no_place_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("data");
    written(&source, 3).await;
    let refused = |from: &Path, to: &Path| Salvage::new().export(from, to).unwrap_err();
    let nowhere = dir.path().join("nowhere");
    assert_eq!(
        refused(&nowhere, &dir.path().join("x")).code(),
        "directory_not_found"
    );
    let bare = dir.path().join("bare");
    fs::create_dir(&bare).unwrap();
    let to = dir.path().join("x");
    assert_eq!(
        refused(&bare, &to),
        SalvageError::NoJournal { path: bare.clone() }
    );
    fs::write(bare.join("photo.jpg"), "x").unwrap();
    assert_eq!(refused(&source, &bare).code(), "directory_not_empty");
    assert_eq!(files::files(&bare).len(), 1);
}

#[tokio::test]
async fn records_of_another_log_are_told_and_not_exported() {
    let dir = tempfile::tempdir().unwrap();
    let (ours, other) = (dir.path().join("ours"), dir.path().join("other"));
    written(&ours, 40).await;
    let theirs = Founding {
        log_id: uuid::Uuid::from_u128(9),
        ..founding()
    };
    let log = JournalOptions::new()
        .segment_bytes(4000)
        .create(&other, &theirs)
        .unwrap();
    go_on(&log, 60).await;
    log.close().await.unwrap();
    let lines = record_lines(&ours);
    // Behind the end, with records at positions of their own, and in the place of a segment that is lost.
    let behind = files::segments(&other).pop().unwrap();
    assert!(
        !ours
            .join("journal")
            .join(behind.file_name().unwrap())
            .exists()
    );
    fs::copy(
        &behind,
        ours.join("journal").join(behind.file_name().unwrap()),
    )
    .unwrap();
    let file = format!("journal/{}", behind.file_name().unwrap().to_str().unwrap());
    let bytes = fs::metadata(&behind).unwrap().len();
    for without in ["", "redress.json"] {
        let _ = fs::remove_file(ours.join(without));
        let (salvaged, exported, _to) = salvage(&ours);
        assert_eq!(exported, lines);
        let log = theirs.log_id;
        let file = file.clone();
        assert_eq!(salvaged.lost, [Lost::OtherLog { file, log, bytes }]);
    }
    // A marker of another log, of which there is nothing, is no reason to leave everything out.
    let (salvaged, exported, _to) = {
        fs::remove_file(ours.join(&file)).unwrap();
        fs::copy(other.join("redress.json"), ours.join("redress.json")).unwrap();
        salvage(&ours)
    };
    assert_eq!((exported, salvaged.lost), (lines, vec![]));
}
