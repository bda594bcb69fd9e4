//! Verifying, backing up and restoring a data directory.

use std::path::{Path, PathBuf};

use redress_log::Restore;
use serde_json::{Value as Json, json};

use crate::desk::{Desk, Told};

/// A desk with a case, on a simulated clock.
fn desk() -> (Desk, String) {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:00", &[]);
    (desk, id)
}

fn segment(data: &Path) -> PathBuf {
    let mut segments: Vec<PathBuf> = std::fs::read_dir(data.join("journal"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    segments.sort();
    segments.remove(0)
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

/// The answer of a command that ends with 7 and has said everything on standard output.
fn not_whole(told: &Told) -> Json {
    assert_eq!(told.code, 7, "{}{}", told.out, told.err);
    assert!(told.err.is_empty(), "{}", told.err);
    serde_json::from_str(&told.out).unwrap()
}

#[test]
fn verify_says_the_head_and_compares_it_with_a_printed_one() {
    let (desk, id) = desk();
    let first = desk.json(&["audit", "verify"]);
    assert_eq!(first["schema"], "redress/verify@1");
    assert_eq!(
        (&first["whole"], &first["findings"]),
        (&true.into(), &Json::Array(vec![]))
    );
    let head = first["tree_head"].as_str().unwrap().to_owned();
    let csv = desk.run(&["audit", "verify", "--format", "csv"]).out;
    assert!(
        csv.contains(&head) && !csv.contains(&format!("\"{head}")),
        "{csv}"
    );
    let position = first["position"].to_string();
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    // As it was printed: in groups, its first half.
    let groups: Vec<&str> = (0..8).map(|n| &head[4 * n..4 * n + 4]).collect();
    let printed = groups.join(" ").to_uppercase();
    let same = [
        "audit",
        "verify",
        "--position",
        &position,
        "--expect",
        &printed,
    ];
    assert_eq!(desk.json(&same)["tree_head"], head.as_str());
    let json = ["--format", "json"];
    let told = desk.run(&[&["audit", "verify", "--expect", &head][..], &json].concat());
    let other = not_whole(&told);
    assert_eq!(other["findings"][0]["kind"], "tree_head");
    let told = desk.run(&["audit", "verify", "--expect", "beef"]);
    assert_eq!(told.code, 2, "too few digits: {}", told.err);
    let (error, exit) = desk.refused(&["audit", "verify", "--position", "100000"]);
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("position_beyond_the_end"), 4)
    );
    let beyond = ["audit", "verify", "--position", "100000", "--expect", &head];
    not_whole(&desk.run(&[&beyond[..], &json].concat()));
}

#[test]
fn verify_names_the_place_in_both_languages_and_touches_nothing() {
    let (desk, _) = desk();
    let path = segment(&desk.path().join("data"));
    let whole = std::fs::read(&path).unwrap();
    flip(&path, whole.len() / 2);
    let damaged = std::fs::read(&path).unwrap();
    let told = desk.run(&["audit", "verify", "--format", "json"]);
    let json = not_whole(&told);
    let finding = &json["findings"][0];
    assert_eq!(finding["kind"], "damage");
    assert_eq!(finding["file"], "journal/00000000000000000001.jsonl");
    let offset = usize::try_from(finding["offset"].as_u64().unwrap()).unwrap();
    assert!(offset <= whole.len() / 2 && whole[offset..].starts_with(b"{\"position\":"));
    assert_eq!(json["tree_head"], Json::Null);
    for (lang, word) in [("zh", "损坏"), ("en", "damage")] {
        let told = desk.run(&["audit", "verify", "--lang", lang]);
        assert_eq!(told.code, 7);
        assert!(told.out.contains(word), "{}", told.out);
    }
    assert_eq!(std::fs::read(&path).unwrap(), damaged);
    // Torn: the seal's end is missing.
    std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    let json = not_whole(&desk.run(&["audit", "verify", "--format", "json"]));
    assert_eq!(json["findings"][0]["kind"], "torn_end");
    let (error, exit) = (desk.run(&["audit", "verify", "--data", "nowhere"]), 4);
    assert_eq!(error.code, exit);
}

#[test]
fn a_reader_who_goes_away_changes_no_exit_code() {
    let (desk, _) = desk();
    let unheard = |words: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = desk.command(words).stdout(writer).status();
        ended.unwrap().code()
    };
    assert_eq!(unheard(&["audit", "verify"]), Some(0));
    assert_eq!(unheard(&["doctor"]), Some(0));
    flip(&segment(&desk.path().join("data")), 700);
    assert_eq!(unheard(&["audit", "verify"]), Some(7));
    assert_eq!(unheard(&["doctor", "--format", "json"]), Some(7));
}

#[test]
fn a_backup_is_taken_beside_a_service_read_as_it_is_and_restored() {
    let (desk, id) = desk();
    let mut service = desk.writer();
    let taken = desk.json(&["backup", "copy"]);
    assert_eq!(taken["schema"], "redress/backup@1");
    assert_eq!(taken["before"], Json::Null);
    drop(service.stdin.take());
    service.wait().unwrap();
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    let extended = desk.json(&["backup", "copy"]);
    assert_eq!(extended["before"], taken["position"]);
    let verified = desk.json(&["audit", "verify", "--data", "copy"]);
    assert_eq!(
        (&verified["backup"], &verified["tree_head"]),
        (&true.into(), &extended["tree_head"])
    );
    // Read as it is, written to by nobody.
    assert_eq!(desk.json(&["case", "list", "--data", "copy"])["count"], 1);
    let write = ["round", "--data", "copy"];
    let (error, exit) = desk.refused(&write);
    assert_eq!((error["code"].as_str(), exit), (Some("is_a_backup"), 8));
    assert!(error["help"].as_str().unwrap().contains("redress restore"));
    // Somebody the log does not know restores nothing.
    let (error, exit) = desk.refused(&["restore", "copy", "new", "--as", "X9"]);
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("unknown_employee"), 6)
    );
    assert!(!desk.path().join("new").exists());
    let restored = desk.json(&["restore", "copy", "new", "--as", "S1"]);
    assert_eq!(restored["schema"], "redress/restore@1");
    assert_eq!(
        (&restored["epoch"], &restored["recorded"]),
        (&2.into(), &true.into())
    );
    assert_eq!(restored["tree_head"], extended["tree_head"]);
    // Its first event says so, by whom; then it goes on.
    let text = std::fs::read_dir(desk.path().join("new/journal"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .find(|text| text.contains("log.restored"))
        .unwrap();
    let first: Json = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    assert_eq!(first["stream"], "log/main");
    assert_eq!(
        first["position"].as_u64().unwrap(),
        extended["position"].as_u64().unwrap() + 1
    );
    assert_eq!(first["payload"]["tree"], extended["tree_head"]);
    assert_eq!(first["actor"]["employee"], "S1");
    assert_eq!(desk.json(&["case", "list", "--data", "new"])["count"], 1);
    let at = [
        "--occurred-at",
        "2026-03-03 10:00",
        "--as",
        "Q1",
        "--data",
        "new",
    ];
    let report = [
        &["case", "report", "26-03-01", "--set", "findings=刮伤"][..],
        &["--set", "responsible_departments=department:manufacturing"],
        &at,
    ];
    desk.json(&report.concat());
    desk.json(&["round", "--now", "2026-03-20 10:00", "--data", "new"]);
    let verified = desk.json(&["audit", "verify", "--data", "new"]);
    assert_eq!(verified["epochs"].as_array().unwrap().len(), 2);
    // Done once: the same command does nothing more, and another directory is not overwritten.
    let again = desk.json(&["restore", "copy", "new", "--as", "S1"]);
    assert_eq!(again["recorded"], false);
    assert_eq!(
        desk.refused(&["restore", "copy", "data", "--as", "S1"]).0["code"],
        "log_exists"
    );
    // Without its marker it is still a log: nothing is restored over what was recorded in it.
    let marker = desk.path().join("new/redress.json");
    let line = std::fs::read(&marker).unwrap();
    std::fs::remove_file(&marker).unwrap();
    let (error, exit) = desk.refused(&["restore", "copy", "new", "--as", "S1"]);
    assert_eq!((error["code"].as_str(), exit), (Some("marker_lost"), 7));
    let told = not_whole(&desk.run(&["doctor", "--data", "new", "--format", "json"]));
    for text in [&error["help"], &told["findings"][0]["advice"]] {
        assert!(text.as_str().unwrap().contains("redress.json"), "{text}");
    }
    std::fs::write(&marker, line).unwrap();
    // The restored log goes into the same backup; the one it replaced does so no more.
    desk.json(&["backup", "copy", "--data", "new"]);
    desk.json(&["round", "--now", "2026-03-20 10:00"]);
    let (error, exit) = desk.refused(&["backup", "copy"]);
    assert_eq!((error["code"].as_str(), exit), (Some("backup_diverged"), 5));
}

#[test]
fn a_restore_that_is_not_recorded_refuses_commands_by_name_until_it_is() {
    let (desk, id) = desk();
    desk.json(&["backup", "copy"]);
    let restored = desk.path().join("new");
    // The process died between the directory and the event.
    Restore::new()
        .make(desk.path().join("copy"), &restored)
        .unwrap();
    for words in [
        &[
            "case",
            "accept",
            &id,
            "--as",
            "G1",
            "--occurred-at",
            "2026-03-02 09:30",
        ][..],
        &["round"],
        &["clock", "confirm", "--as", "G1"],
    ] {
        let (error, exit) = desk.refused(&[words, &["--data", "new"]].concat());
        assert_eq!(
            (error["code"].as_str(), exit),
            (Some("restore_unrecorded"), 8)
        );
        assert!(error["help"].as_str().unwrap().contains("--record"));
    }
    assert_eq!(desk.json(&["case", "list", "--data", "new"])["count"], 1);
    let copies = ["second", "third"];
    for name in copies {
        Restore::new()
            .make(desk.path().join("copy"), desk.path().join(name))
            .unwrap();
    }
    let again = desk.json(&["restore", "copy", "new", "--as", "S1"]);
    assert_eq!(again["recorded"], true);
    desk.json(&["round", "--data", "new"]);
    // Without the backup at hand.
    let only = ["restore", "--record", "--as", "S1", "--data", "second"];
    assert_eq!(desk.json(&only)["recorded"], true);
    assert_eq!(desk.json(&only)["recorded"], false);
    desk.json(&["round", "--data", "second"]);
    let (error, exit) = desk.refused(&["restore", "--record", "--as", "S1"]);
    assert_eq!((error["code"].as_str(), exit), (Some("not_restored"), 4));
    let nobody = ["restore", "--record", "--as", "X9", "--data", "third"];
    assert_eq!(desk.refused(&nobody).1, 6);
    // One who takes the note of the restore for that of another life is refused, too.
    std::fs::copy(
        desk.path().join("new/restored.json"),
        desk.path().join("data/restored.json"),
    )
    .unwrap();
    assert_eq!(
        desk.json(&["restore", "--record", "--as", "S1"])["recorded"],
        false
    );
}

#[test]
fn a_damaged_log_is_not_backed_up_and_a_restore_goes_back_to_a_position() {
    let (desk, id) = desk();
    let position = desk.json(&["audit", "verify"])["position"].to_string();
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    let joins = json!({
        "command": "join", "employee": "N1", "department": "sales", "from": "2026-03-01T00:00:00+08:00"
    });
    let told = desk.run_with(&["do", "--as", "GM"], &joins.to_string());
    assert_eq!(told.code, 0, "{}", told.out);
    desk.json(&["backup", "copy"]);
    let to = ["restore", "copy", "new", "--position", &position, "--as"];
    // Whoever was not known there could not record it: said before anything is copied.
    let (error, exit) = desk.refused(&[&to[..], &["N1"]].concat());
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("unknown_employee"), 6)
    );
    assert!(!desk.path().join("new").exists());
    let restored = desk.json(&[&to[..], &["S1"]].concat());
    assert_eq!(restored["position"].to_string(), position);
    let listed = desk.json(&["case", "list", "--data", "new"]);
    assert_eq!(
        listed["cases"][0]["number"],
        Json::Null,
        "not accepted yet: {listed}"
    );
    let path = segment(&desk.path().join("data"));
    flip(&path, 900);
    let (error, exit) = desk.refused(&["backup", "copy"]);
    assert_eq!((error["code"].as_str(), exit), (Some("source_damaged"), 7));
    assert!(
        error["message"].as_str().unwrap().contains("line"),
        "{error}"
    );
    assert!(error["help"].as_str().unwrap().contains("salvage"));
    std::fs::create_dir(desk.path().join("photos")).unwrap();
    std::fs::write(desk.path().join("photos/a.jpg"), "x").unwrap();
    flip(&path, 900);
    let (error, exit) = desk.refused(&["backup", "photos"]);
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("destination_occupied"), 5)
    );
    for words in [
        &["backup", "x"][..],
        &["round"],
        &["clock", "confirm", "--as", "GM"],
    ] {
        let (error, exit) = desk.refused(&[words, &["--dry-run"]].concat());
        assert_eq!(
            (&error["code"], exit),
            (&"no_dry_run".into(), 2),
            "{words:?}"
        );
    }
}

#[test]
fn what_is_whole_of_a_damaged_log_is_salvaged() {
    let (desk, _) = desk();
    let events = desk.events();
    let path = segment(&desk.path().join("data"));
    let text = std::fs::read_to_string(&path).unwrap();
    let records: Vec<&str> = text
        .lines()
        .filter(|l| l.starts_with("{\"position\":"))
        .collect();
    assert_eq!(records.len(), events);
    flip(&path, text.find(records[1]).unwrap() + 40);
    std::fs::remove_file(desk.path().join("data/redress.json")).unwrap();
    let told = desk.json(&["audit", "salvage", "rescued"]);
    assert_eq!(told["schema"], "redress/salvage@1");
    assert_eq!(told["records"], events - 1);
    assert_eq!(told["positions_missing"], 1);
    let exported = std::fs::read_to_string(desk.path().join("rescued/records.jsonl")).unwrap();
    let whole: Vec<&str> = records
        .iter()
        .enumerate()
        .filter(|(n, _)| *n != 1)
        .map(|(_, r)| *r)
        .collect();
    assert_eq!(exported.lines().collect::<Vec<_>>(), whole);
    let lost = std::fs::read_to_string(desk.path().join("rescued/lost.jsonl")).unwrap();
    let first: Json = serde_json::from_str(lost.lines().next().unwrap()).unwrap();
    assert_eq!(first["kind"], "damaged");
    assert!(
        desk.path()
            .join("rescued")
            .join(first["kept_as"].as_str().unwrap())
            .is_file()
    );
    for (lang, word) in [("zh", "位置缺失"), ("en", "positions missing")] {
        let told = desk.run(&["audit", "salvage", &format!("in-{lang}"), "--lang", lang]);
        assert!(told.out.contains(word), "{}{}", told.out, told.err);
    }
    let (error, exit) = desk.refused(&["audit", "salvage", "rescued"]);
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("directory_not_empty"), 8)
    );
    let (error, exit) = desk.refused(&["audit", "salvage", "x", "--data", "rescued"]);
    assert_eq!((error["code"].as_str(), exit), (Some("no_journal"), 4));
}

/// The codes of what the doctor finds, but for what is in order, and how it ends.
fn found(desk: &Desk, data: &str) -> (Vec<String>, i32) {
    let told = desk.run(&["doctor", "--format", "json", "--data", data]);
    let json: Json =
        serde_json::from_str(&told.out).unwrap_or_else(|e| panic!("{e}: {}", told.err));
    assert_eq!(json["schema"], "redress/doctor@1");
    let findings = json["findings"].as_array().unwrap();
    for finding in findings {
        let named = finding["what"].as_str().is_some_and(|what| what.len() > 5);
        assert!(named, "{finding}");
        if ["warning", "fault"].contains(&finding["severity"].as_str().unwrap()) {
            assert!(finding["advice"].is_string(), "{finding}");
        }
    }
    let codes = findings
        .iter()
        .filter(|finding| finding["severity"] != "ok")
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect();
    (codes, told.code)
}

#[test]
fn the_doctor_names_what_is_wrong_and_what_to_do() {
    let (desk, _) = desk();
    let codes = |list: &[&str]| {
        list.iter()
            .map(|code| (*code).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&desk, "data"), (codes(&["index_absent"]), 0));
    assert_eq!(
        found(&desk, "nowhere"),
        (codes(&["directory_not_found"]), 8)
    );
    let mut service = desk.writer();
    let (with_service, exit) = found(&desk, "data");
    assert_eq!(
        (with_service, exit),
        (codes(&["locked", "index_absent"]), 0)
    );
    let told = desk.run(&["doctor", "--lang", "en"]);
    assert!(
        told.out.contains(&format!("process {}", service.id())),
        "{}",
        told.out
    );
    drop(service.stdin.take());
    service.wait().unwrap();
    desk.json(&["backup", "copy"]);
    assert_eq!(found(&desk, "copy"), (codes(&["is_a_backup"]), 0));
    Restore::new()
        .make(desk.path().join("copy"), desk.path().join("new"))
        .unwrap();
    let (unrecorded, exit) = found(&desk, "new");
    assert!(
        unrecorded.contains(&"restore_unrecorded".to_owned()),
        "{unrecorded:?}"
    );
    assert_eq!(exit, 8);
    desk.json(&["restore", "copy", "new", "--as", "S1"]);
    let (recorded, exit) = found(&desk, "new");
    assert!(
        !recorded.contains(&"restore_unrecorded".to_owned()),
        "{recorded:?}"
    );
    assert_eq!(exit, 0);
    let path = segment(&desk.path().join("data"));
    flip(&path, 700);
    let (damaged, exit) = found(&desk, "data");
    assert_eq!((damaged[0].as_str(), exit), ("journal_damaged", 7));
    for (lang, word) in [("zh", "日志损坏"), ("en", "the journal is damaged")] {
        let told = desk.run(&["doctor", "--lang", lang]);
        assert!(told.out.contains(word), "{}", told.out);
    }
}

#[test]
fn the_doctor_tells_of_a_clock_behind_the_log() {
    let desk = Desk::real();
    let path = segment(&desk.path().join("data"));
    let text = std::fs::read_to_string(&path).unwrap();
    // The founding as it would stand if it had been recorded far in the future: by a log of its own.
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|l| !l.contains("\"seal\"")) {
        let at = line.find("\"recorded_at\":\"").map(|at| at + 15);
        let body = &line[..line.len() - 18];
        let body = match at {
            Some(at) => format!("{}2099{}", &body[..at], &body[at + 4..]),
            None => body.to_owned(),
        };
        lines.push(format!(
            "{body},\"crc\":\"{:08x}\"}}\n",
            checksum(body.as_bytes())
        ));
    }
    std::fs::write(&path, lines.concat()).unwrap();
    let (codes, exit) = found(&desk, "data");
    assert!(codes.contains(&"clock_behind".to_owned()), "{codes:?}");
    assert_eq!(exit, 0, "a warning is no fault");
    // Once it was confirmed, commands are taken, and there is nothing to be confirmed any more.
    desk.json(&["clock", "confirm", "--as", "GM"]);
    let (codes, _) = found(&desk, "data");
    assert!(!codes.contains(&"clock_behind".to_owned()), "{codes:?}");
}

#[test]
fn a_restore_that_did_not_reach_where_its_note_says_is_not_recorded_as_if_it_had() {
    let (desk, id) = desk();
    let position = desk.json(&["audit", "verify"])["position"]
        .as_u64()
        .unwrap();
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &id]);
    desk.json(&["backup", "copy"]);
    let path = |name: &str| desk.path().join(name);
    let restored = |to: &str, position: Option<u64>| {
        let restore = match position {
            Some(position) => Restore::new().up_to(redress_log::Position(position)),
            None => Restore::new(),
        };
        restore.make(path("copy"), path(to)).unwrap();
    };
    restored("short", Some(position));
    restored("full", None);
    let not_recorded = |data: &str| {
        let (error, exit) = desk.refused(&["restore", "--record", "--as", "S1", "--data", data]);
        assert_eq!(
            (error["code"].as_str(), exit),
            (Some("integrity"), 7),
            "{error}"
        );
        let verify = ["audit", "verify", "--data", data, "--format", "json"];
        let told = not_whole(&desk.run(&verify));
        assert_eq!(told["findings"][0]["file"], "restored.json", "{told}");
        let (codes, exit) = found(&desk, data);
        assert!(
            codes.contains(&"journal_damaged".to_owned()) && exit == 7,
            "{codes:?}"
        );
    };
    let note = |name: &str| std::fs::read(path(name).join("restored.json")).unwrap();
    let (short, full) = (note("short"), note("full"));
    std::fs::write(path("short/restored.json"), &full).unwrap();
    not_recorded("short");
    std::fs::write(path("full/restored.json"), &short).unwrap();
    let (error, exit) = desk.refused(&["restore", "--record", "--as", "S1", "--data", "full"]);
    assert_eq!(
        (error["code"].as_str(), exit),
        (Some("integrity"), 7),
        "{error}"
    );
    // As it should be, it is recorded; and what the event states is compared, too.
    std::fs::write(path("full/restored.json"), &full).unwrap();
    desk.json(&["restore", "--record", "--as", "S1", "--data", "full"]);
    assert_eq!(found(&desk, "full").1, 0);
    let mut segments: Vec<PathBuf> = std::fs::read_dir(path("full/journal"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    segments.sort();
    let last = segments.pop().unwrap();
    let text = std::fs::read_to_string(&last).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let body = &lines[1][..lines[1].len() - 18];
    let at = body.find("\"tree\":\"").unwrap() + 8;
    let other = if body[at..].starts_with('0') {
        "1"
    } else {
        "0"
    };
    let body = format!("{}{other}{}", &body[..at], &body[at + 1..]);
    let forged = format!("{body},\"crc\":\"{:08x}\"}}\n", checksum(body.as_bytes()));
    std::fs::write(&last, format!("{}\n{forged}", lines[0])).unwrap();
    let verify = ["audit", "verify", "--data", "full", "--format", "json"];
    let told = not_whole(&desk.run(&verify));
    assert_eq!(told["findings"][0]["kind"], "tree_head", "{told}");
    let (codes, exit) = found(&desk, "full");
    assert!(
        codes.contains(&"journal_damaged".to_owned()) && exit == 7,
        "{codes:?}"
    );
}

/// CRC-32C, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}
