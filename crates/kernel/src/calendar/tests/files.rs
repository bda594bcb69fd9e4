//! Calendar files, and the one that is shipped.

use super::*;
use crate::time::Weekday;

fn faults(toml: &str) -> Vec<CalendarFault> {
    let file: CalendarFile = toml::from_str(toml).unwrap();
    Calendar::try_from(file).unwrap_err().0
}

#[test]
fn mainland_china_works_as_many_days_a_year_as_announced() {
    let china = china();
    let worked = |year: i32| {
        let first = Date::new(year, 1, 1).unwrap();
        let days = (0..366).filter_map(|days| first.plus_days(days));
        days.filter(|date| date.year() == year && china.is_worked(*date))
            .count()
    };
    let years: Vec<usize> = (2018..=2026).map(worked).collect();
    assert_eq!(years, [250, 250, 249, 250, 249, 249, 251, 248, 248]);
    assert_eq!(china.working_day_seconds(), 8 * 3600);
    assert_eq!(
        china.published().iter().copied().collect::<Vec<_>>(),
        (2018..=2026).collect::<Vec<_>>()
    );
}

#[test]
fn mainland_china_has_the_special_days_that_were_announced() {
    let china = china();
    let announced = include_str!("../../../tests/data/china_special_days.csv");
    let mut count = 0;
    for line in announced.lines().skip(1) {
        let [day, kind, zh, en] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}");
        };
        let name = DayName {
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        let expected = match kind {
            "holiday" => DayKind::Holiday(&name),
            "makeup_workday" => DayKind::MakeUpWorkday(&name),
            other => panic!("{other}"),
        };
        assert_eq!(china.kind_of(date(day)), expected, "{day}");
        count += 1;
    }
    assert_eq!((china.special_days().len(), count), (322, 322));
    assert_eq!(china.kind_of(date("2026-03-07")), DayKind::Weekend);
    assert_eq!(china.kind_of(date("2026-03-02")), DayKind::Workday);
}

#[test]
fn a_calendar_in_the_log_is_the_calendar_of_its_file() {
    let china = china();
    let json = serde_json::to_string(&china).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&json).unwrap(), china);
    let text = include_str!("../../../../../workflows/calendars/china.toml");
    let file: CalendarFile = toml::from_str(text).unwrap();
    assert_eq!(CalendarFile::from(china.clone()), file);
    assert_eq!(serde_json::to_string(&file).unwrap(), json);
    assert!(json.len() < 16 * 1024, "{}", json.len());
    assert_eq!(china.periods()[0].to_string(), "08:00-12:00");
    assert_eq!(china.clause(), Some("A4"));
}

#[test]
fn all_faults_of_a_calendar_file_are_told_at_once() {
    let found = faults(
        r#"
        id = " "
        title = { zh = "坏", en = "Bad" }
        working_hours = ["08:00-12:00", "11:00-13:00", "13:00-13:00", "8:00-9:00", "22:00-25:00"]
        published = [26]
        [[years]]
        year = 2026
        holidays = [
            { from = "2026-01-01", to = "2026-01-03", zh = "元旦", en = "New Year's Day" },
            { from = "2026-01-03", zh = "元旦", en = "New Year's Day" },
            { from = "2026-12-31", to = "9999-01-01", zh = "元旦", en = "New Year's Day" },
            { from = "2026-02-03", to = "2026-02-01", zh = "春节", en = "Spring Festival" },
        ]
        make_up_workdays = [{ from = "2026-01-02", zh = "元旦", en = "New Year's Day" }]
        [[years]]
        year = 2026
        "#,
    );
    let codes: Vec<&str> = found.iter().map(CalendarFault::code).collect();
    assert_eq!(
        codes,
        [
            "calendar_no_id",
            "calendar_periods_overlap",
            "calendar_not_a_period",
            "calendar_not_a_period",
            "calendar_not_a_period",
            "calendar_not_a_year",
            "calendar_day_twice",
            "calendar_wrong_year",
            "calendar_ends_before_it_begins",
            "calendar_day_twice",
            "calendar_year_twice",
        ]
    );
    let unknown = "id = \"x\"\ntitle = { zh = \"甲\", en = \"X\" }\nholiday = []";
    assert!(toml::from_str::<CalendarFile>(unknown).is_err());
}

#[test]
fn a_company_may_rest_on_other_days() {
    let friday = calendar(
        r#"
        id = "friday"
        title = { zh = "周五休息", en = "Friday off" }
        working_hours = ["09:00-17:00"]
        weekend = ["friday", "saturday"]
        "#,
    );
    assert_eq!(date("2026-03-06").weekday(), Weekday::Friday);
    assert!(!friday.is_worked(date("2026-03-06")));
    assert!(friday.is_worked(date("2026-03-08")));
}
