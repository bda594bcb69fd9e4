//! The rulebook's worked examples, by their numbers.

use super::*;

#[test]
fn example_1_half_days_days_and_the_case() {
    assert_eq!(
        due("2026-03-02 09:00", "1/2 natural_day"),
        "2026-03-02 21:00:00"
    );
    assert_eq!(
        due("2026-03-02 09:30", "13 natural_day"),
        "2026-03-15 09:30:00"
    );
    assert_eq!(
        due("2026-03-02 09:30", "17 natural_day"),
        "2026-03-19 09:30:00"
    );
    assert_eq!(
        due("2026-03-02 09:30", "1 natural_day"),
        "2026-03-03 09:30:00"
    );
    // Done at 09:30:00 on time, at 09:30:01 overdue by one second (A1); fractions are cut.
    let limit = at("2026-03-03 09:30");
    let held = |done: &str| reckoning(&china()).held_seconds(limit, at(done), Unit::NaturalDay);
    assert_eq!(
        (held("2026-03-03 09:30:00"), held("2026-03-03 09:30:01")),
        (0, 1)
    );
    let with_fraction: Instant = "2026-03-02T01:30:00.7Z".parse().unwrap();
    let cut = reckoning(&china())
        .due(with_fraction, span("1 natural_day"))
        .unwrap();
    assert_eq!(cut.at, limit);
}

#[test]
fn example_9_a_resale_month_ends_with_the_last_second_of_the_same_date() {
    assert_eq!(due("2026-01-31 15:00", "1 month"), "2026-02-28 23:59:59");
    assert_eq!(due("2024-01-31 15:00", "1 month"), "2024-02-29 23:59:59");
    assert_eq!(due("2026-02-28 15:00", "1 month"), "2026-03-28 23:59:59");
    assert_eq!(due("2026-03-10 00:00", "2 month"), "2026-05-10 23:59:59");
    assert_eq!(due("2025-12-31 23:59:59", "1 month"), "2026-01-31 23:59:59");
}

#[test]
fn example_10_each_visit_has_a_full_limit_and_a_department_has_its_sum() {
    assert_eq!(
        due("2026-03-03 20:00", "1 natural_day"),
        "2026-03-04 20:00:00"
    );
    assert_eq!(
        due("2026-03-04 18:30", "1 natural_day"),
        "2026-03-05 18:30:00"
    );
    let china = china();
    let held = |from, until| reckoning(&china).held_seconds(at(from), at(until), Unit::NaturalDay);
    let sum =
        held("2026-03-02 09:30", "2026-03-03 08:00") + held("2026-03-03 20:00", "2026-03-04 18:30");
    assert_eq!(sum, 45 * 3600);
}

#[test]
fn example_11_the_case_of_a_month_end() {
    assert_eq!(
        due("2026-03-18 23:30", "13 natural_day"),
        "2026-03-31 23:30:00"
    );
    let china = china();
    let late = |until: &str| {
        let reckoning = reckoning(&china);
        reckoning.held_seconds(at("2026-03-31 23:30"), at(until), Unit::NaturalDay)
    };
    assert_eq!(late("2026-03-31 23:59:59"), 29 * 60 + 59);
    assert_eq!(late("2026-04-01 00:00:00"), 30 * 60);
}

#[test]
fn example_12_notice_and_levels() {
    let china = china();
    let reckoning = reckoning(&china);
    let opened = at("2026-03-02 14:00");
    let due = reckoning.due(opened, span("1 natural_day")).unwrap();
    assert_eq!(due.at, at("2026-03-03 14:00"));
    assert_eq!(
        reckoning.notice(opened, &due, 80).unwrap(),
        at("2026-03-03 09:12")
    );
    let level = |days| {
        let passed = reckoning.level_passed(due.at, days, Unit::NaturalDay);
        SHANGHAI.short(passed.unwrap())
    };
    assert_eq!(level(0), "2026-03-03 14:00:00");
    assert_eq!(level(1), "2026-03-04 14:00:00");
    assert_eq!(level(3), "2026-03-06 14:00:00");
    // Levels of a working case are working days: Friday 16:30, level 1 on Monday.
    let friday = at("2026-03-06 16:30");
    let passed = reckoning
        .level_passed(friday, 1, Unit::WorkingHour)
        .unwrap();
    assert_eq!(passed, at("2026-03-09 16:30"));
}

#[test]
fn example_13_working_time() {
    assert_eq!(
        due("2026-03-02 09:00", "1/2 working_day"),
        "2026-03-02 14:00:00"
    );
    assert_eq!(
        due("2026-03-06 16:30", "1 working_day"),
        "2026-03-09 16:30:00"
    );
    assert_eq!(
        due("2026-03-02 09:30", "13 working_day"),
        "2026-03-19 09:30:00"
    );
    assert_eq!(
        due("2026-03-02 09:30", "17 working_day"),
        "2026-03-25 09:30:00"
    );
    // A4: the earliest instant.
    assert_eq!(
        due("2026-03-02 08:00", "1 working_day"),
        "2026-03-02 17:00:00"
    );
    assert_eq!(
        due("2026-03-02 07:00", "4 working_hour"),
        "2026-03-02 12:00:00"
    );
    assert_eq!(
        due("2026-03-02 12:30", "1/2 working_hour"),
        "2026-03-02 13:30:00"
    );
    // Friday evening, the weekend passes: the make-up Saturday 2026-02-28 does not.
    assert_eq!(
        due("2026-02-27 18:00", "1 working_day"),
        "2026-02-28 17:00:00"
    );
    assert_eq!(
        due("2026-03-06 18:00", "0 working_day"),
        "2026-03-06 18:00:00"
    );
}

#[test]
fn example_13_days_counted_by_dates() {
    let china = china();
    let by_date = |from: &str, limit: &str| reckoning(&china).due_by_date(date(from), span(limit));
    for (from, expected) in [
        ("2024-09-27", "2024-10-21"),
        ("2025-01-22", "2025-02-14"),
        ("2026-02-10", "2026-03-05"),
    ] {
        assert_eq!(
            by_date(from, "13 working_day"),
            Ok((date(expected), vec![]))
        );
    }
    let new_year = by_date("2026-12-25", "13 working_day").unwrap();
    assert_eq!(new_year, (date("2027-01-13"), vec![2027]));
    assert_eq!(
        by_date("2026-12-25", "13 natural_day").unwrap().0,
        date("2027-01-07")
    );
    assert_eq!(
        by_date("2026-01-31", "1 month").unwrap().0,
        date("2026-02-28")
    );
    assert_eq!(
        by_date("2026-01-31", "0 working_day").unwrap().0,
        date("2026-01-31")
    );
    for refused in ["1/2 working_day", "4 working_hour", "1 natural_hour"] {
        assert_eq!(
            by_date("2026-01-31", refused).unwrap_err().code(),
            "calendar_not_whole_days"
        );
    }
}
