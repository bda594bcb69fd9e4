//! Limits: provisional, suspended, explained, refused.

use super::*;

#[test]
fn a_year_that_is_not_published_makes_a_working_limit_provisional() {
    let china = china();
    let provisional = |start: &str, limit: &str| {
        let due = reckoning(&china).due(at(start), span(limit)).unwrap();
        due.provisional
    };
    assert_eq!(provisional("2026-12-25 09:00", "13 working_day"), [2027]);
    assert_eq!(
        provisional("2026-12-25 09:00", "300 working_day"),
        [2027, 2028]
    );
    assert_eq!(
        provisional("2026-12-25 09:00", "13 natural_day"),
        Vec::<i32>::new()
    );
    assert_eq!(
        provisional("2026-12-31 09:00", "1/2 working_day"),
        Vec::<i32>::new()
    );
    assert_eq!(provisional("2017-12-29 09:00", "3 working_day"), [2017]);
    // Only weekends are known there: 1 January 2027, a Friday, is worked until told otherwise.
    assert_eq!(
        due("2026-12-31 09:00", "1 working_day"),
        "2027-01-01 09:00:00"
    );
}

#[test]
fn what_is_suspended_does_not_count() {
    let china = china();
    let suspended = [
        (at("2026-03-05 12:00"), at("2026-03-06 12:00")),
        (at("2026-03-03 10:00"), at("2026-03-03 11:00")),
        (at("2026-03-05 18:00"), at("2026-03-05 20:00")),
        (at("2026-03-09 10:00"), at("2026-03-08 10:00")),
    ];
    let reckoning = Reckoning {
        suspended: &suspended,
        ..reckoning(&china)
    };
    let due = |start: &str, limit: &str| {
        SHANGHAI.short(reckoning.due(at(start), span(limit)).unwrap().at)
    };
    assert_eq!(
        due("2026-03-02 09:30", "13 natural_day"),
        "2026-03-16 10:30:00"
    );
    assert_eq!(
        due("2026-03-03 09:00", "1 working_day"),
        "2026-03-04 10:00:00"
    );
    // Reached at the instant at which the suspension begins.
    assert_eq!(
        due("2026-03-03 09:00", "1 natural_hour"),
        "2026-03-03 10:00:00"
    );
    assert_eq!(
        due("2026-03-03 10:30", "1 natural_hour"),
        "2026-03-03 12:00:00"
    );
    assert_eq!(
        due("2026-03-05 08:00", "1 working_day"),
        "2026-03-06 17:00:00"
    );
    assert_eq!(due("2026-02-10 08:00", "1 month"), "2026-03-12 00:59:59");
    let until = at("2026-03-06 13:00");
    let held = reckoning.held_seconds(at("2026-03-05 08:00"), until, Unit::NaturalDay);
    assert_eq!(held, 5 * 3600);
    let story = reckoning.explain(
        at("2026-03-05 16:00"),
        at("2026-03-06 14:00"),
        span("1 working_hour"),
    );
    assert_eq!(
        told(&story.unwrap()),
        [
            "03-05 16:00 suspended 0",
            "03-06 12:00 outside hours 0",
            "03-06 13:00 counted 3600"
        ]
    );
    let for_ever = [(at("2026-03-03 10:00"), Instant::MAX)];
    let reckoning = Reckoning {
        suspended: &for_ever,
        ..reckoning
    };
    for (limit, code) in [
        ("13 natural_day", "calendar_beyond_last_year"),
        ("13 working_day", "calendar_too_long"),
        ("1 month", "calendar_beyond_last_year"),
    ] {
        let error = reckoning
            .due(at("2026-03-02 09:30"), span(limit))
            .unwrap_err();
        assert_eq!(error.code(), code, "{limit}");
    }
}

#[test]
fn an_explanation_names_what_was_counted_and_what_was_not() {
    let china = china();
    let reckoning = reckoning(&china);
    let limit = span("1 1/2 working_day");
    let start = at("2026-02-13 16:00");
    let due = reckoning.due(start, limit).unwrap();
    assert_eq!(
        (due.at, due.limit_seconds),
        (at("2026-02-24 11:00"), 12 * 3600)
    );
    let story = reckoning.explain(start, due.at, limit).unwrap();
    assert_eq!(
        told(&story),
        [
            "02-13 16:00 counted 3600",
            "02-13 17:00 outside hours 0",
            "02-14 08:00 make-up day 14400",
            "02-14 12:00 outside hours 0",
            "02-14 13:00 make-up day 14400",
            "02-14 17:00 outside hours 0",
            "02-15 00:00 Spring Festival 0",
            "02-24 00:00 outside hours 0",
            "02-24 08:00 counted 10800",
        ]
    );
    let natural = reckoning
        .explain(start, at("2026-02-14 16:00"), span("1 natural_day"))
        .unwrap();
    assert_eq!(told(&natural), ["02-13 16:00 counted 86400"]);
    let json = serde_json::to_string(&story[6]).unwrap();
    assert_eq!(
        json,
        r#"{"from":"2026-02-14T16:00:00.000000Z","to":"2026-02-23T16:00:00.000000Z","seconds_counted":0,"reason":{"holiday":{"zh":"春节","en":"Spring Festival"}}}"#
    );
    assert_eq!(serde_json::from_str::<Interval>(&json).unwrap(), story[6]);
}

#[test]
fn natural_days_are_24_hours_whatever_the_clocks_do() {
    let china = china();
    for (name, start, expected) in [
        (
            "Europe/Berlin",
            "2026-03-28T12:00:00+01:00",
            "2026-03-29T13:00:00+02:00",
        ),
        (
            "Europe/Berlin",
            "2026-10-24T12:00:00+02:00",
            "2026-10-25T11:00:00+01:00",
        ),
        (
            "America/New_York",
            "2026-03-07T12:00:00-05:00",
            "2026-03-08T13:00:00-04:00",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-03T12:00:00+10:30",
            "2026-10-04T12:30:00+11:00",
        ),
        (
            "Asia/Shanghai",
            "1986-05-03T12:00:00+08:00",
            "1986-05-04T13:00:00+09:00",
        ),
        (
            "Asia/Shanghai",
            "1991-09-14T12:00:00+09:00",
            "1991-09-15T11:00:00+08:00",
        ),
    ] {
        let zone: Zone = name.parse().unwrap();
        let reckoning = Reckoning {
            zone: &zone,
            ..reckoning(&china)
        };
        let due = reckoning
            .due(start.parse().unwrap(), span("1 natural_day"))
            .unwrap();
        assert_eq!(zone.rfc3339(due.at), expected);
    }
}

#[test]
fn a_night_shift_counts_the_hours_that_pass() {
    let nights = calendar(
        r#"
        id = "nights"
        title = { zh = "夜班", en = "Nights" }
        working_hours = ["00:00-06:00", "22:00-24:00"]
        weekend = []
        "#,
    );
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    let reckoning = Reckoning {
        zone: &zone,
        calendar: &nights,
        suspended: &[],
    };
    let held = |from: &str, until: &str| {
        let (from, until) = (from.parse().unwrap(), until.parse().unwrap());
        reckoning.held_seconds(from, until, Unit::WorkingDay) / 3600
    };
    assert_eq!(
        held("2026-03-27T22:00:00+01:00", "2026-03-28T06:00:00+01:00"),
        8
    );
    assert_eq!(
        held("2026-03-28T22:00:00+01:00", "2026-03-29T06:00:00+02:00"),
        7
    );
    assert_eq!(
        held("2026-10-24T22:00:00+02:00", "2026-10-25T06:00:00+01:00"),
        9
    );
    let start = "2026-03-28T22:00:00+01:00".parse().unwrap();
    let due = reckoning.due(start, span("1 working_day")).unwrap();
    assert_eq!(zone.rfc3339(due.at), "2026-03-29T23:00:00+02:00");
}

#[test]
fn a_limit_that_cannot_be_reached_is_refused() {
    let natural = calendar("id = \"plain\"\ntitle = { zh = \"日历\", en = \"Plain\" }");
    let refusal = |calendar: &Calendar, start: Instant, limit: &str| {
        let error = reckoning(calendar).due(start, span(limit)).unwrap_err();
        error.code()
    };
    let start = at("2026-03-02 09:00");
    let china = china();
    assert_eq!(
        refusal(&natural, start, "1 working_day"),
        "calendar_no_working_time"
    );
    assert_eq!(
        refusal(&natural, start, "0 working_hour"),
        "calendar_no_working_time"
    );
    assert_eq!(
        refusal(&china, start, "1000000 working_day"),
        "calendar_too_long"
    );
    assert_eq!(
        refusal(&china, Instant::MAX, "1 working_day"),
        "calendar_beyond_last_year"
    );
    assert_eq!(
        refusal(&china, Instant::MAX, "1 natural_day"),
        "calendar_beyond_last_year"
    );
    assert_eq!(
        refusal(&china, Instant::MAX, "1 month"),
        "calendar_beyond_last_year"
    );
    assert_eq!(
        refusal(&china, start, "1000000 month"),
        "calendar_beyond_last_year"
    );
    let no_day = calendar(
        r#"
        id = "never"
        title = { zh = "从不", en = "Never" }
        working_hours = ["08:00-12:00"]
        weekend = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        "#,
    );
    assert_eq!(
        refusal(&no_day, start, "1 working_hour"),
        "calendar_too_long"
    );
    let by_date = reckoning(&no_day).due_by_date(date("2026-03-02"), span("1 working_day"));
    assert_eq!(by_date.unwrap_err().code(), "calendar_too_long");
    let story = reckoning(&china).explain(Instant::MIN, Instant::MAX, span("1 working_day"));
    assert_eq!(story.unwrap_err().code(), "calendar_too_long");
}

#[test]
fn a_length_of_time_names_its_unit() {
    for (text, halves, unit) in [
        ("13 natural_day", 26, Unit::NaturalDay),
        ("1/2 natural_day", 1, Unit::NaturalDay),
        ("1 1/2 working_day", 3, Unit::WorkingDay),
        ("6 working_hour", 12, Unit::WorkingHour),
        ("0 natural_hour", 0, Unit::NaturalHour),
        ("1 month", 2, Unit::Month),
        ("13 civil_day", 26, Unit::CivilDay),
    ] {
        assert_eq!((span(text).halves(), span(text).unit()), (halves, unit));
        assert_eq!(span(text).to_string(), text);
        let json = serde_json::to_string(&span(text)).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Span>(&json).unwrap(), span(text));
    }
    for (wrong, code) in [
        ("13", "span_no_unit"),
        ("1/2", "span_no_unit"),
        ("-1", "span_no_unit"),
        ("", "span_not_an_amount"),
        ("natural_day", "span_not_an_amount"),
        ("0.5 natural_day", "span_not_an_amount"),
        ("-1 natural_day", "span_not_an_amount"),
        ("1/3 natural_day", "span_not_an_amount"),
        ("1 2 natural_day", "span_not_an_amount"),
        ("99999999999999999999 month", "span_not_an_amount"),
        ("13 days", "span_unknown_unit"),
        ("1/2 month", "span_half_month"),
        ("1 1/2 civil_day", "span_half_civil_day"),
        ("0 month", "span_out_of_range"),
        ("9999999999999999999 natural_day", "span_not_an_amount"),
        ("1000001 natural_day", "span_out_of_range"),
    ] {
        assert_eq!(wrong.parse::<Span>().unwrap_err().code(), code, "{wrong}");
    }
    let bare = "13".parse::<Span>().unwrap_err().to_string();
    assert_eq!(
        bare,
        "`13` has no unit; write `13 natural_day` or `13 working_day`"
    );
}

#[test]
fn a_century_of_working_time_is_counted_and_explained() {
    let china = china();
    let reckoning = reckoning(&china);
    let (from, until) = (at("1990-01-01 00:00"), at("2089-12-31 00:00"));
    let held = reckoning.held_seconds(from, until, Unit::WorkingDay);
    assert!(held > 99 * 248 * 8 * 3600, "{held}");
    let story = reckoning
        .explain(from, until, span("1 working_day"))
        .unwrap();
    let counted: i64 = story.iter().map(|interval| interval.seconds_counted).sum();
    assert_eq!(counted, held);
}
