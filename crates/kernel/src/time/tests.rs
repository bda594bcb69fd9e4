use std::iter;

use proptest::prelude::*;

use super::*;

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

#[test]
fn an_instant_is_written_in_one_form_and_read_with_any_offset() {
    let written = "2026-03-02T01:30:00.000000Z";
    for text in [
        written,
        "2026-03-02T09:30:00+08:00",
        "2026-03-02T01:30:00Z",
        "2026-03-01T20:30:00.0000009-05:00",
    ] {
        assert_eq!(instant(text).to_string(), written, "{text}");
    }
    let json = serde_json::to_string(&instant(written)).unwrap();
    assert_eq!(json, format!("\"{written}\""));
    assert_eq!(
        serde_json::from_str::<Instant>(&json).unwrap(),
        instant(written)
    );
    assert_eq!(Instant::MIN.to_string(), "1900-01-01T00:00:00.000000Z");
    assert_eq!(Instant::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
    assert_eq!(instant("1969-12-31T23:59:59.999999Z").micros(), -1);
}

#[test]
fn what_is_no_instant_is_refused_with_its_reason() {
    for wrong in [
        "",
        "2026-03-02",
        "2026-03-02T09:30:00",
        "2026-02-29T00:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T09:30:60Z",
        "2016-12-31T23:59:60Z",
        "2026-13-01T00:00:00.000000Z",
        "２026-03-02T00:00:00Z",
    ] {
        let error = wrong.parse::<Instant>().unwrap_err();
        assert_eq!(error.code(), "time_not_an_instant", "{wrong}");
    }
    for outside in ["1899-12-31T23:59:59Z", "9999-12-31T23:59:59-00:01"] {
        let error = outside.parse::<Instant>().unwrap_err();
        assert_eq!(error.code(), "time_out_of_range", "{outside}");
    }
    assert!(Instant::from_micros(i64::MAX).is_err());
    assert!(Instant::from_micros(i64::MIN).is_err());
}

#[test]
fn instants_are_cut_to_whole_seconds() {
    let cut = |text: &str| instant(text).to_whole_second().to_string();
    assert_eq!(
        cut("2026-03-02T01:30:00.999999Z"),
        "2026-03-02T01:30:00.000000Z"
    );
    assert_eq!(
        cut("1950-03-02T01:30:00.999999Z"),
        "1950-03-02T01:30:00.000000Z"
    );
    let (early, late) = (
        instant("2026-03-02T00:00:00.5Z"),
        instant("2026-03-02T00:00:02.4Z"),
    );
    assert_eq!(
        (late.seconds_since(early), early.seconds_since(late)),
        (1, -2)
    );
    assert_eq!(Instant::MAX.plus_seconds(i64::MAX), Instant::MAX);
    assert_eq!(Instant::MAX.plus_seconds(i64::MIN), Instant::MIN);
    assert_eq!(Instant::MAX.checked_plus_seconds(1), None);
    assert_eq!(
        early.checked_plus_seconds(3600),
        Some(instant("2026-03-02T01:00:00.5Z"))
    );
}

#[test]
fn dates_know_their_weekday_and_neighbours() {
    assert_eq!(Date::new(1900, 1, 1).unwrap(), Date::MIN);
    assert_eq!(Date::new(9999, 12, 31).unwrap(), Date::MAX);
    let monday = date("2026-03-02");
    assert_eq!(
        (monday.weekday(), monday.weekday().number()),
        (Weekday::Monday, 1)
    );
    assert_eq!(date("1900-01-01").weekday(), Weekday::Monday);
    assert_eq!(date("1969-12-28").weekday(), Weekday::Sunday);
    assert_eq!(monday.pred().pred(), date("2026-02-28"));
    assert_eq!(monday.succ().days_since(monday), 1);
    assert_eq!((Date::MAX.succ(), Date::MIN.pred()), (Date::MAX, Date::MIN));
    assert_eq!(
        (Date::MAX.plus_days(1), Date::MIN.plus_days(i64::MIN)),
        (None, None)
    );
    assert_eq!(monday.chinese(), "2026年3月2日");
    for wrong in [
        "2026-3-2",
        "2026-02-29",
        "1899-12-31",
        "2026-03-02 ",
        "10000-01-01",
        "",
    ] {
        assert!(wrong.parse::<Date>().is_err(), "{wrong}");
    }
}

#[test]
fn months_go_by_the_zone_and_end_with_their_last_second() {
    let shanghai = Zone::default();
    let march: Month = "2026-03".parse().unwrap();
    assert_eq!(march.start(&shanghai), instant("2026-03-01T00:00:00+08:00"));
    assert_eq!(march.end(&shanghai), instant("2026-03-31T23:59:59+08:00"));
    assert!(march.contains(instant("2026-03-31T15:59:59Z"), &shanghai));
    assert_eq!(
        Month::of(instant("2026-03-31T16:00:00Z"), &shanghai),
        march.next()
    );
    assert_eq!(march.plus_months(-3).unwrap().to_string(), "2025-12");
    assert_eq!(march.prev().days(), 28);
    assert_eq!(march.prev().day_or_last(31), date("2026-02-28"));
    assert_eq!(march.chinese(), "2026年3月");
    let last: Month = "9999-12".parse().unwrap();
    assert_eq!((last.next(), last.plus_months(i64::MAX)), (last, None));
    assert_eq!(
        last.end(&zone("America/New_York")).to_string(),
        "9999-12-31T23:59:59.000000Z"
    );
    for wrong in ["2026-13", "2026-00", "2026-3", "1899-12", "2026-03-01"] {
        assert!(wrong.parse::<Month>().is_err(), "{wrong}");
    }
}

#[test]
fn a_zone_shows_instants_as_its_clocks_do() {
    let shanghai = Zone::default();
    let at = instant("2026-03-02T01:30:05Z");
    assert_eq!(shanghai.rfc3339(at), "2026-03-02T09:30:05+08:00");
    assert_eq!(shanghai.short(at), "2026-03-02 09:30:05");
    assert_eq!(shanghai.chinese(at), "2026年3月2日 09:30");
    assert_eq!(
        (shanghai.date_of(at), shanghai.time_of_day(at)),
        (date("2026-03-02"), 34_205)
    );
    assert_eq!(shanghai.instant_of(date("2026-03-02"), 34_205), at);
    assert_eq!(
        serde_json::to_string(&shanghai).unwrap(),
        "\"Asia/Shanghai\""
    );
    let kathmandu = zone("Asia/Kathmandu").rfc3339(at);
    assert_eq!(kathmandu, "2026-03-02T07:15:05+05:45");
    assert_eq!(
        zone("America/New_York").rfc3339(at),
        "2026-03-01T20:30:05-05:00"
    );
    // Local mean time, +08:05:43, cannot be written: the instant stays the same.
    let old = instant("1900-06-01T00:00:00Z");
    assert_eq!(instant(&shanghai.rfc3339(old)), old);
    assert_eq!(shanghai.rfc3339(old), "1900-06-01T08:05:00+08:05");
}

#[test]
fn an_unknown_zone_is_refused_with_a_hint() {
    let hint = |name: &str| name.parse::<Zone>().unwrap_err().to_string();
    assert!(hint("shanghai").contains("did you mean `Asia/Shanghai`?"));
    assert!(hint("asia/shanghai").contains("`Asia/Shanghai`"));
    assert!(hint("new york").contains("`America/New_York`"));
    assert!(hint("Middle-earth").contains("IANA name"));
}

#[test]
fn a_gap_gives_the_first_instant_after_it_and_a_fold_the_earlier_one() {
    for (name, day, second, expected) in [
        (
            "Europe/Berlin",
            "2026-03-29",
            2 * 3600 + 1800,
            "2026-03-29T03:00:00+02:00",
        ),
        (
            "Europe/Berlin",
            "2026-10-25",
            2 * 3600 + 1800,
            "2026-10-25T02:30:00+02:00",
        ),
        (
            "America/New_York",
            "2026-03-08",
            2 * 3600,
            "2026-03-08T03:00:00-04:00",
        ),
        (
            "America/New_York",
            "2026-11-01",
            3600,
            "2026-11-01T01:00:00-04:00",
        ),
        // Half an hour.
        (
            "Australia/Lord_Howe",
            "2026-10-04",
            2 * 3600 + 60,
            "2026-10-04T02:30:00+11:00",
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-05",
            3600 + 1800,
            "2026-04-05T01:30:00+11:00",
        ),
        (
            "Asia/Shanghai",
            "1986-05-04",
            2 * 3600 + 1800,
            "1986-05-04T03:00:00+09:00",
        ),
        // A day without midnight, and one that was skipped altogether.
        ("Africa/Cairo", "2024-04-26", 0, "2024-04-26T01:00:00+03:00"),
        (
            "Pacific/Apia",
            "2011-12-30",
            43_200,
            "2011-12-31T00:00:00+14:00",
        ),
        (
            "Asia/Shanghai",
            "2026-03-02",
            u32::MAX,
            "2026-03-03T00:00:00+08:00",
        ),
    ] {
        let got = zone(name).instant_of(date(day), second);
        assert_eq!(got, instant(expected), "{name} {day} {second}: {got}");
    }
    let havana = zone("America/Havana");
    let day = date("2026-11-01");
    let length = havana
        .end_of_day(day)
        .seconds_since(havana.start_of_day(day))
        + 1;
    assert_eq!(length, 25 * 3600);
}

#[test]
fn the_ends_of_the_years_do_not_panic() {
    for name in [
        "Asia/Shanghai",
        "America/New_York",
        "Pacific/Kiritimati",
        "Pacific/Niue",
    ] {
        let zone = zone(name);
        for at in [Instant::MIN, Instant::MAX] {
            let _ = (
                zone.rfc3339(at),
                zone.short(at),
                zone.chinese(at),
                zone.time_of_day(at),
            );
            let date = zone.date_of(at);
            let _ = (
                zone.start_of_day(date),
                zone.end_of_day(date),
                Month::of(at, &zone),
            );
        }
    }
}

#[test]
fn a_reading_before_the_first_instant_saturates_to_it() {
    assert_eq!(zone("Asia/Shanghai").start_of_day(Date::MIN), Instant::MIN);
    assert_eq!(zone("UTC").start_of_day(Date::MIN), Instant::MIN);
    assert_eq!(
        zone("America/New_York").start_of_day(Date::MIN),
        instant("1900-01-01T05:00:00Z")
    );
}

fn any_zone() -> impl Strategy<Value = Zone> {
    let names = [
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "America/Havana",
        "Africa/Casablanca",
        "Pacific/Apia",
        "UTC",
    ];
    prop::sample::select(names.map(zone).to_vec())
}

proptest! {
    #[test]
    fn every_instant_comes_back_from_its_text(micros in Instant::MIN.micros()..=Instant::MAX.micros()) {
        let at = Instant::from_micros(micros).unwrap();
        prop_assert_eq!(instant(&at.to_string()), at);
        let slow = chrono::DateTime::parse_from_rfc3339(&at.to_string()).unwrap();
        prop_assert_eq!(slow.timestamp_micros(), micros);
        let whole = at.to_whole_second();
        prop_assert_eq!(instant(&Zone::default().rfc3339(at)), whole);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9TZ:.+\\- ]{0,30}|\\PC{0,30}") {
        let _ = (text.parse::<Instant>(), text.parse::<Date>(), text.parse::<Month>(), text.parse::<Zone>());
    }

    #[test]
    fn a_clock_reading_is_the_earliest_instant_that_shows_it_or_more(
        zone in any_zone(), days in 0_i64..55_000, second in 0_u32..=86_400,
    ) {
        let day = Date::MIN.plus_days(days).unwrap();
        let reading = |at: Instant| {
            i64::from(zone.date_of(at).days_since_1970()) * DAY_SECONDS + i64::from(zone.time_of_day(at))
        };
        let wanted = i64::from(day.days_since_1970()) * DAY_SECONDS + i64::from(second);
        let at = zone.instant_of(day, second);
        prop_assert!(reading(at) >= wanted);
        // Before the first instant there is none: a reading that lies before it saturates to it.
        let before = |seconds: i64| Some(at.plus_seconds(-seconds)).filter(|earlier| *earlier < at);
        for earlier in iter::once(1).chain((1..30).map(|half_hours| half_hours * 1800)).filter_map(before) {
            prop_assert!(reading(earlier) < wanted, "{earlier}");
        }
    }
}
