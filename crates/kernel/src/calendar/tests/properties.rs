//! What must hold of every reckoning, whatever the zone, the calendar, the limit.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static CHINA: LazyLock<Calendar> = LazyLock::new(china);

/// Working hours round the clock and over midnight, where clocks are put forward and back.
static NIGHTS: LazyLock<Calendar> = LazyLock::new(|| {
    let file = CalendarFile {
        id: "nights".to_owned(),
        working_hours: vec!["00:00-06:30".to_owned(), "21:15-24:00".to_owned()],
        ..CHINA.clone().into()
    };
    file.try_into().unwrap()
});

#[derive(Debug, Clone)]
struct Scene {
    zone: Zone,
    nights: bool,
    suspended: Vec<(Instant, Instant)>,
    start: Instant,
    span: Span,
}

impl Scene {
    fn reckoning(&self) -> Reckoning<'_> {
        Reckoning {
            zone: &self.zone,
            calendar: if self.nights { &NIGHTS } else { &CHINA },
            suspended: &self.suspended,
        }
    }
}

fn zones() -> impl Strategy<Value = Zone> {
    let names = [
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "America/Havana",
    ];
    prop::sample::select(names.map(|name| name.parse::<Zone>().unwrap()).to_vec())
}

/// An instant of the years 1986 to 1991, when Shanghai had summer time, or of 2017 to 2027.
fn instants() -> impl Strategy<Value = Instant> {
    let years = 365 * 86_400_i64;
    let early = 16 * years..22 * years;
    let late = 47 * years..58 * years;
    let whole = prop_oneof![early, late];
    (whole, 0..1_000_000_i64)
        .prop_map(|(seconds, micros)| Instant::from_micros(seconds * 1_000_000 + micros).unwrap())
}

fn spans() -> impl Strategy<Value = Span> {
    (prop::sample::select(Unit::ALL.to_vec()), 0..60_i64).prop_map(|(unit, halves)| {
        let halves = match unit {
            Unit::Month => (halves / 10 + 1) * 2,
            Unit::CivilDay => halves / 2 * 2,
            _ => halves,
        };
        Span::of_halves(halves, unit).unwrap()
    })
}

fn scenes() -> impl Strategy<Value = Scene> {
    let pause = (-5 * 86_400..30 * 86_400_i64, -3600..5 * 86_400_i64);
    let pauses = prop::collection::vec(pause, 0..4);
    (zones(), any::<bool>(), pauses, instants(), spans()).prop_map(
        |(zone, nights, pauses, start, span)| Scene {
            zone,
            nights,
            suspended: pauses
                .into_iter()
                .map(|(after, length)| {
                    let from = start.plus_seconds(after);
                    (from, from.plus_seconds(length))
                })
                .collect(),
            start,
            span,
        },
    )
}

proptest! {
    #[test]
    fn the_time_held_until_the_due_instant_is_the_limit(scene in scenes()) {
        let reckoning = scene.reckoning();
        let due = reckoning.due(scene.start, scene.span).unwrap();
        let unit = scene.span.unit();
        prop_assert_eq!(reckoning.held_seconds(scene.start, due.at, unit), due.limit_seconds);
        // It is the earliest such instant.
        if due.limit_seconds > 0 {
            let before = due.at.plus_seconds(-1);
            let held = reckoning.held_seconds(scene.start, before, unit);
            prop_assert_eq!(held, due.limit_seconds - 1);
        }
        prop_assert_eq!(due.at, due.at.to_whole_second());
    }

    #[test]
    fn an_explanation_has_no_gap_and_adds_up_to_the_limit(scene in scenes()) {
        let reckoning = scene.reckoning();
        let due = reckoning.due(scene.start, scene.span).unwrap();
        let story = reckoning.explain(scene.start, due.at, scene.span).unwrap();
        let counted: i64 = story.iter().map(|interval| interval.seconds_counted).sum();
        prop_assert_eq!(counted, due.limit_seconds);
        let mut told = scene.start.to_whole_second();
        for interval in &story {
            prop_assert_eq!(interval.from, told);
            prop_assert!(interval.from < interval.to);
            let length = interval.to.seconds_since(interval.from);
            let expected = if interval.reason.counts() { length } else { 0 };
            prop_assert_eq!(interval.seconds_counted, expected);
            told = interval.to;
        }
        prop_assert_eq!(told, due.at);
        for pair in story.windows(2) {
            prop_assert_ne!(&pair[0].reason, &pair[1].reason);
        }
    }

    #[test]
    fn a_later_start_or_a_longer_limit_is_never_due_earlier(
        scene in scenes(), later in 0..400_000_i64, more in 0..20_i64,
    ) {
        let mut reckoning = scene.reckoning();
        // A month, a civil day is a stretch of dates: one that begins within a pause loses less of it the later
        // it begins, but ends on the same date.
        if matches!(scene.span.unit(), Unit::Month | Unit::CivilDay) {
            reckoning.suspended = &[];
        }
        let due = |start, span| reckoning.due(start, span).unwrap().at;
        let first = due(scene.start, scene.span);
        prop_assert!(first >= scene.start.to_whole_second());
        prop_assert!(first <= due(scene.start.plus_seconds(later), scene.span));
        let halves = scene.span.halves() + more * 2;
        let longer = Span::of_halves(halves, scene.span.unit()).unwrap();
        prop_assert!(first <= due(scene.start, longer));
    }

    #[test]
    fn time_held_adds_up_over_any_instant_between(scene in scenes(), one in 0..4_000_000_i64, two in 0..4_000_000_i64) {
        let reckoning = scene.reckoning();
        let unit = scene.span.unit();
        let middle = scene.start.plus_seconds(one);
        let end = middle.plus_seconds(two);
        let sum = reckoning.held_seconds(scene.start, middle, unit)
            + reckoning.held_seconds(middle, end, unit);
        prop_assert_eq!(sum, reckoning.held_seconds(scene.start, end, unit));
        prop_assert_eq!(reckoning.held_seconds(end, scene.start, unit), 0);
    }

    #[test]
    fn natural_time_without_a_pause_is_the_time_that_passed(scene in scenes()) {
        let reckoning = Reckoning { suspended: &[], ..scene.reckoning() };
        if scene.span.unit().is_working() {
            return Ok(());
        }
        let due = reckoning.due(scene.start, scene.span).unwrap();
        prop_assert_eq!(due.at.seconds_since(scene.start.to_whole_second()), due.limit_seconds);
        if scene.span.unit() == Unit::NaturalDay {
            prop_assert_eq!(due.limit_seconds, scene.span.halves() * 43_200);
        }
    }

    #[test]
    fn the_notice_lies_between_start_and_due(scene in scenes(), percent in 0..=100_u32) {
        let reckoning = scene.reckoning();
        let due = reckoning.due(scene.start, scene.span).unwrap();
        let notice = reckoning.notice(scene.start, &due, percent).unwrap();
        prop_assert!(notice >= scene.start.to_whole_second() && notice <= due.at);
        let held = reckoning.held_seconds(scene.start, notice, scene.span.unit());
        prop_assert_eq!(held, due.limit_seconds * i64::from(percent) / 100);
    }

    #[test]
    fn dates_counted_by_working_days_are_worked_and_as_many(days in 0..16_000_i64, limit in 1..40_i64) {
        let from = Date::new(1990, 1, 1).unwrap().plus_days(days).unwrap();
        let zone = Zone::default();
        let reckoning = Reckoning { zone: &zone, calendar: &CHINA, suspended: &[] };
        let span = Span::of_whole(limit, Unit::WorkingDay).unwrap();
        let (date, provisional) = reckoning.due_by_date(from, span).unwrap();
        prop_assert!(CHINA.is_worked(date));
        let between = (1..=date.days_since(from)).filter_map(|days| from.plus_days(days));
        let worked = between.filter(|date| CHINA.is_worked(*date)).count();
        prop_assert_eq!(i64::try_from(worked).unwrap(), limit);
        let unpublished = [from.year(), date.year()].into_iter().filter(|year| !(2018..=2026).contains(year));
        prop_assert!(unpublished.into_iter().all(|year| provisional.contains(&year)));
    }

    #[test]
    fn any_text_is_a_length_of_time_or_refused(text in "[0-9/ .\\-]{0,12}(natural_day|working_hour|month|\\PC{0,6})?") {
        if let Ok(span) = text.parse::<Span>() {
            prop_assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_input_panics(
        micros in prop_oneof![
            Just(Instant::MIN.micros()), Just(Instant::MAX.micros()),
            Instant::MIN.micros()..=Instant::MAX.micros(),
        ],
        length in any::<i64>(),
        amount in prop_oneof![0..100_i64, 0..=Span::MAX_AMOUNT],
        unit in prop::sample::select(Unit::ALL.to_vec()),
        seconds in any::<i64>(),
        percent in any::<u32>(),
        zone in zones(),
        nights in any::<bool>(),
    ) {
        let start = Instant::from_micros(micros).unwrap();
        let span = Span::of_whole(amount.max(1), unit).unwrap();
        let scene = Scene { zone, nights, suspended: vec![(start, start.plus_seconds(length))], start, span };
        let reckoning = scene.reckoning();
        let _ = reckoning.advance(start, seconds, unit);
        let _ = reckoning.due_by_date(zone.date_of(start), span);
        if let Ok(due) = reckoning.due(start, span) {
            let _ = reckoning.notice(start, &due, percent);
            let _ = reckoning.level_passed(due.at, percent, unit);
            let _ = reckoning.explain(start, due.at, span);
            let _ = reckoning.explain(due.at, start, span);
        }
    }
}
