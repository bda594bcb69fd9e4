//! Calendars need no data directory, and no time zone of the machine touches them.

use crate::desk::{Told, binary, run};

fn calendar(words: &[&str]) -> Told {
    let directory = tempfile::tempdir().unwrap();
    run(binary(directory.path()).arg("calendar").args(words), "")
}

const THIRTEEN: &[&str] = &["due", "--limit", "13", "--unit", "working_day", "--from"];

#[test]
fn thirteen_working_days_by_dates_are_counted_past_holidays() {
    for (from, due) in [
        ("2024-09-27", "2024-10-21"),
        ("2025-01-22", "2025-02-14"),
        ("2026-02-10", "2026-03-05"),
    ] {
        let told = calendar(&[THIRTEEN, &[from]].concat());
        assert_eq!((told.out.as_str(), told.code), (&*format!("{due}\n"), 0));
        assert!(told.err.is_empty(), "{}", told.err);
        let json = calendar(&[THIRTEEN, &[from, "--format", "json"]].concat()).json();
        assert_eq!(json["due"], due);
        assert_eq!(json["schema"], "redress/calendar-due@1");
    }
}

#[test]
fn from_an_instant_working_time_is_counted() {
    for (from, limit, due) in [
        ("2026-03-02 09:00", "1/2", "2026-03-02T14:00:00+08:00"),
        (
            "2026-03-06T16:30:00+08:00",
            "1",
            "2026-03-09T16:30:00+08:00",
        ),
        ("2026-03-02T01:30:00Z", "13", "2026-03-19T09:30:00+08:00"),
        ("2026-03-02 09:30", "17", "2026-03-25T09:30:00+08:00"),
    ] {
        let words = [
            "due",
            "--from",
            from,
            "--limit",
            limit,
            "--unit",
            "working_day",
            "--format",
            "json",
        ];
        assert_eq!(calendar(&words).json()["due"], due, "{from} {limit}");
    }
}

#[test]
fn the_zone_of_the_machine_touches_no_deadline() {
    let directory = tempfile::tempdir().unwrap();
    let words = [
        "calendar",
        "due",
        "--from",
        "2026-03-06 16:30",
        "--limit",
        "1",
        "--unit",
        "working_day",
    ];
    for zone in ["UTC", "America/New_York", "Pacific/Kiritimati"] {
        let told = run(binary(directory.path()).env("TZ", zone).args(words), "");
        assert_eq!(told.out, "2026-03-09 16:30:00\n", "{zone}");
    }
    // `--zone` is display.
    let told = run(
        binary(directory.path()).args(words).args(["--zone", "UTC"]),
        "",
    );
    assert_eq!(told.out, "2026-03-09 08:30:00\n");
}

#[test]
fn the_intervals_of_an_explanation_add_up() {
    let words = [
        "due",
        "--from",
        "2026-03-06 16:30",
        "--limit",
        "1",
        "--unit",
        "working_day",
        "--explain",
    ];
    let json = calendar(&[&words[..], &["--format", "json"]].concat()).json();
    let counted: i64 = json["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|interval| interval["counted_seconds"].as_i64().unwrap())
        .sum();
    assert_eq!(counted, 8 * 3600);
}

#[test]
fn an_unpublished_year_is_provisional_and_a_needed_one_is_an_exit_code() {
    let told = calendar(&[THIRTEEN, &["2026-12-25"]].concat());
    assert_eq!(told.code, 0);
    assert!(
        told.err
            .starts_with("warning: the holidays of 2027 are not published"),
        "{}",
        told.err
    );
    let told = calendar(&["check", "--year", "2027", "--format", "json"]);
    assert_eq!(told.code, 9);
    assert_eq!(told.error()["code"], "calendar_not_published");
    assert_eq!(calendar(&["check", "--year", "2026"]).code, 0);
}

#[test]
fn what_cannot_be_counted_is_a_usage_error() {
    for (words, code) in [
        (
            &[
                "due",
                "--from",
                "2026-03-06",
                "--limit",
                "1/2",
                "--unit",
                "working_day",
            ][..],
            "calendar_not_whole_days",
        ),
        (
            &[
                "due",
                "--from",
                "2026-03-06",
                "--limit",
                "x",
                "--unit",
                "working_day",
            ],
            "span_not_an_amount",
        ),
        (
            &[
                "due",
                "--from",
                "2026-03-06",
                "--limit",
                "-1",
                "--unit",
                "working_day",
            ],
            "usage",
        ),
        (
            &[
                "due",
                "--from",
                "2026-13-06",
                "--limit",
                "1",
                "--unit",
                "working_day",
            ],
            "usage",
        ),
        (
            &[
                "due",
                "--from",
                "2026-03-06",
                "--limit",
                "1",
                "--unit",
                "fortnight",
            ],
            "usage",
        ),
    ] {
        let told = calendar(&[words, &["--format", "json"]].concat());
        assert_eq!(told.code, 2, "{words:?}");
        assert_eq!(told.error()["code"], code, "{words:?}");
    }
}

#[test]
fn a_faulty_calendar_file_is_named_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("c.toml"),
        "id = \"c\"\ntitle = { zh = \"x\", en = \"x\" }\nnonsense = 1\n",
    )
    .unwrap();
    let told = run(
        binary(directory.path()).args([
            "calendar",
            "check",
            "--calendar",
            "c.toml",
            "--format",
            "json",
        ]),
        "",
    );
    assert_eq!(told.code, 3);
    let error = told.error();
    assert_eq!(
        (error["path"].as_str(), error["line"].as_u64()),
        (Some("c.toml"), Some(3))
    );
    let told = run(
        binary(directory.path()).args(["calendar", "check", "--calendar", "none.toml"]),
        "",
    );
    assert_eq!(told.code, 4);
}
