//! Random histories: rebuilt views are the same bytes, past moments and statistics are what a plain fold says.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use redress_kernel::case::{Case, Status};
use redress_kernel::command::CaseCommand;
use redress_kernel::event::{CaseEvent, Subject};
use redress_kernel::id::{CaseId, DepartmentId};
use redress_kernel::time::{Instant, Month};
use redress_kernel::value::Value;
use redress_views::Views;
use redress_views::inquiries::CandidateFilter;
use redress_views::reminders::ReminderFilter;
use redress_views::rows::{Change, MemoryRows, Rows, RowsError, Visit};
use redress_views::statistics::{Chains, StatisticsQuery};
use support::{Company, ZONE, case, form};

/// One deed of a random history.
#[derive(Debug, Clone)]
struct Deed {
    what: u8,
    case: u8,
    choice: u8,
    /// Minutes that pass before it.
    minutes: u32,
    /// Minutes by which it is entered late.
    back: u32,
}

fn deed() -> impl Strategy<Value = Deed> {
    let minutes = prop_oneof![
        3 => 0u32..300,
        2 => 300u32..4_000,
        1 => 4_000u32..20_000,
    ];
    let back = prop_oneof![3 => Just(0u32), 1 => 0u32..3_000];
    (0u8..20, any::<u8>(), any::<u8>(), minutes, back).prop_map(
        |(what, case, choice, minutes, back)| Deed {
            what,
            case,
            choice,
            minutes,
            back,
        },
    )
}

fn company_of(deeds: &[Deed]) -> Company {
    let mut company = Company::default();
    let mut now = support::at("2026-02-10T01:00:00Z");
    for deed in deeds {
        now = now.plus_seconds(i64::from(deed.minutes) * 60);
        let when = now.plus_seconds(-i64::from(deed.back) * 60);
        // A refusal is as good as nothing: the histories are those that the rules let happen.
        let _ = play(&mut company, deed, when, now);
    }
    company
}

fn play(
    company: &mut Company,
    deed: &Deed,
    when: Instant,
    now: Instant,
) -> Result<usize, redress_kernel::refusal::Refusal> {
    let count = company.cases.len();
    let choice = deed.choice;
    if count == 0 || (deed.what == 0 && count < 8) {
        let customer = format!("K{}", choice % 3);
        let country = if choice.is_multiple_of(2) { "CN" } else { "US" };
        let product = if choice.is_multiple_of(3) {
            "PCB"
        } else {
            "Drill"
        };
        return company.lodge(form(&customer, country, product), vec![], when, now);
    }
    let one = usize::from(deed.case) % count;
    let text = || "there is a reason".to_owned();
    let (command, by) = match deed.what {
        0..=11 => return company.step(one, choice, when, now),
        12 => {
            let to = ["investigation", "countermeasure", "review"][usize::from(choice % 3)];
            let reason = text();
            let visit = company.complaint(one).case.open_visit();
            let reported = visit.is_some_and(|v| v.reported.is_some());
            let department = visit.map(|v| v.department.to_string());
            let by = match department.as_deref() {
                Some("manufacturing") if reported => "pam",
                Some("manufacturing") => "mo",
                Some("quality") => "quinn",
                Some("sales") => "sam",
                Some("rnd") => "rae",
                _ => "gus",
            };
            let to = to.parse().unwrap();
            let visit = None;
            (CaseCommand::SendBack { to, visit, reason }, by)
        }
        13 | 14 => {
            for one in 0..count {
                let _ = company.run(one, case(CaseCommand::Round {}), None, now, now);
            }
            return Ok(0);
        }
        15 => {
            let value = Value::text(if choice.is_multiple_of(2) { "CN" } else { "US" });
            let path = "opening.country".parse().unwrap();
            let reason = text();
            (
                CaseCommand::Correct {
                    path,
                    value,
                    reason,
                },
                "gus",
            )
        }
        16 => (CaseCommand::Suspend { reason: text() }, "gus"),
        17 => (CaseCommand::Resume {}, "gus"),
        18 => {
            let visits = company.complaint(one).case.visits.len();
            let visit = u32::from(choice) % u32::try_from(visits.max(1)).unwrap() + 1;
            (CaseCommand::Inquire { visit }, "gus")
        }
        _ if choice.is_multiple_of(4) => (CaseCommand::Withdraw { reason: text() }, "sue"),
        _ => {
            let asked = company.complaint(one).case.inquiries.first();
            let by = match asked.map(|i| i.department.as_str()) {
                Some("manufacturing") => "mo",
                Some("quality") => "quinn",
                Some("sales") => "sue",
                _ => "gus",
            };
            let reason = text();
            let inquiry = 1;
            (CaseCommand::AnswerInquiry { inquiry, reason }, by)
        }
    };
    company.run(one, case(command), Some(by), when, now)
}

/// Refusals are passed over, so a rule that changed could quietly leave the histories poor.
#[test]
fn random_histories_get_far() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..60 {
        let deeds = prop::collection::vec(deed(), 100..200);
        let deeds = deeds.new_tree(&mut runner).unwrap().current();
        for stored in company_of(&deeds).log {
            *kinds.entry(stored.event.kind().to_owned()).or_default() += 1;
        }
    }
    for kind in redress_views::WANTED {
        // Forms with links are told of in the stories.
        if !matches!(
            *kind,
            "case.linked" | "case.value_completed" | "complaint.customer_refused"
        ) {
            assert!(
                kinds.get(*kind).is_some_and(|n| *n >= 10),
                "{kind} in {kinds:?}"
            );
        }
    }
}

/// Moments at which something may change, and some between.
fn moments(company: &Company) -> Vec<Instant> {
    let mut moments = BTreeSet::new();
    for stored in &company.log {
        moments.insert(stored.occurred_at);
        if let redress_core::event::Event::Case(event) = &stored.event {
            let deadline = match event {
                CaseEvent::VisitOpened(e) => e.deadline.as_ref(),
                CaseEvent::ClockStarted(e) => Some(&e.deadline),
                CaseEvent::DeadlineMoved(e) => e.deadline.as_ref(),
                _ => None,
            };
            if let Some(deadline) = deadline {
                moments.insert(deadline.due);
                moments.extend(deadline.notice_at);
            }
        }
    }
    let around = moments
        .iter()
        .flat_map(|m| [m.plus_seconds(-1), *m, m.plus_seconds(1)]);
    around.collect()
}

type Late = (CaseId, Subject, Instant, i64, Option<DepartmentId>);

/// What was overdue, or due soon, at a moment, by folding every case as of it.
fn by_fold(company: &Company, then: Instant, soon: bool) -> Vec<Late> {
    let mut late = Vec::new();
    for (id, _, _) in &company.cases {
        let Some(complaint) = company.as_of(*id, then) else {
            continue;
        };
        let case: &Case = &complaint.case;
        if matches!(case.status, Status::Withdrawn { .. }) || case.is_suspended() {
            continue;
        }
        let holder = case.open_visit().map(|v| v.department.clone());
        for (subject, _, deadline) in case.running() {
            let is = if soon {
                deadline.notice_at.is_some_and(|notice| notice <= then) && then <= deadline.due
            } else {
                then > deadline.due
            };
            if is {
                let by = then.seconds_since(deadline.due);
                late.push((*id, subject, deadline.due, by, holder.clone()));
            }
        }
    }
    late.sort();
    late
}

fn overdue(views: &Views, then: Instant) -> Vec<Late> {
    let mut late: Vec<Late> = views
        .overdue(then)
        .unwrap()
        .into_iter()
        .map(|o| (o.case, o.subject, o.due, o.late_seconds, o.department))
        .collect();
    late.sort();
    late
}

fn due_soon(views: &Views, then: Instant) -> Vec<Late> {
    let mut late: Vec<Late> = views
        .due_soon(then)
        .unwrap()
        .into_iter()
        .map(|o| (o.case, o.subject, o.due, -o.remaining_seconds, o.department))
        .collect();
    late.sort();
    late
}

fn rebuilt(company: &Company, count: usize) -> Views {
    let mut views = Views::new();
    views.extend(company.records().take(count)).unwrap();
    views
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn rebuilt_views_are_the_same_bytes_at_every_prefix(
        deeds in prop::collection::vec(deed(), 1..50),
        cut in any::<prop::sample::Index>(),
    ) {
        let company = company_of(&deeds);
        let mut one_by_one = Views::new();
        // Each record with no case in memory: everything comes back from the rows.
        let mut forgetful = MemoryRows::default();
        for (count, record) in company.records().enumerate() {
            one_by_one.apply(&record).unwrap();
            let mut views = Views::over(forgetful).unwrap();
            views.apply(&record).unwrap();
            forgetful = views.into_rows();
            if count == cut.index(company.log.len()) || count + 1 == company.log.len() {
                prop_assert_eq!(&forgetful, one_by_one.rows());
                let rebuilt = rebuilt(&company, count + 1);
                prop_assert_eq!(rebuilt.rows(), one_by_one.rows());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_past_moment_is_what_a_fold_as_of_it_says(
        deeds in prop::collection::vec(deed(), 1..80),
    ) {
        let company = company_of(&deeds);
        let views = rebuilt(&company, company.log.len());
        for then in moments(&company) {
            prop_assert_eq!(overdue(&views, then), by_fold(&company, then, false), "overdue at {}", then);
            prop_assert_eq!(due_soon(&views, then), by_fold(&company, then, true), "due soon at {}", then);
        }
    }

    #[test]
    fn a_round_finds_nothing_to_do_beside_its_candidates(
        deeds in prop::collection::vec(deed(), 1..60),
        minutes in 0u32..20_000,
    ) {
        let mut company = company_of(&deeds);
        let views = rebuilt(&company, company.log.len());
        let last = company.log.last().unwrap().recorded_at;
        let now = last.plus_seconds(i64::from(minutes) * 60);
        let candidates = views.round_candidates(now).unwrap();
        for one in 0..company.cases.len() {
            let id = company.cases[one].0;
            let issued = company.run(one, case(CaseCommand::Round {}), None, now, now);
            prop_assert!(issued.unwrap() == 0 || candidates.contains(&id));
        }
    }

    #[test]
    fn statistics_are_what_a_fold_says(
        deeds in prop::collection::vec(deed(), 30..200),
    ) {
        let company = company_of(&deeds);
        let views = rebuilt(&company, company.log.len());
        let mut months: BTreeMap<Month, Vec<&Case>> = BTreeMap::new();
        for (_, complaint, _) in &company.cases {
            if let Status::Closed { month, .. } = complaint.case.status {
                months.entry(month).or_default().push(&complaint.case);
            }
        }
        let known: Vec<Month> = months.keys().copied().collect();
        prop_assert_eq!(views.months(None).unwrap(), known);
        for (month, cases) in months {
            check_month(&views, month, &cases);
        }
    }

    #[test]
    fn what_may_be_inquired_into_is_what_a_fold_says(
        deeds in prop::collection::vec(deed(), 30..200),
    ) {
        let company = company_of(&deeds);
        let views = rebuilt(&company, company.log.len());
        let mut expected = BTreeSet::new();
        let mut reminders = 0;
        for (id, complaint, _) in &company.cases {
            let case = &complaint.case;
            reminders += case.reminders.len();
            if !matches!(case.status, Status::Closed { .. }) {
                continue;
            }
            for visit in &case.visits {
                let late = visit.ended.as_ref().is_some_and(|e| e.late_seconds > 0);
                if late && case.inquiries.iter().all(|i| i.visit != visit.number) {
                    expected.insert((*id, visit.number));
                }
            }
        }
        let found = views.inquiry_candidates(&CandidateFilter::default()).unwrap();
        let found: BTreeSet<_> = found.into_iter().map(|c| (c.case, c.visit)).collect();
        prop_assert_eq!(found, expected);
        let issued = views.reminders(&ReminderFilter::default()).unwrap();
        prop_assert_eq!(issued.len(), reminders);
        prop_assert!(issued.is_sorted_by_key(|r| r.at));
    }
}

fn check_month(views: &Views, month: Month, cases: &[&Case]) {
    let query = StatisticsQuery {
        definition: "customer-complaint".parse().unwrap(),
        month,
        zone: ZONE,
        chains: Chains::Each,
    };
    let figures = views.statistics(&query).unwrap();
    let stopped = |case: &&Case| {
        let clock = case.clock.as_ref().unwrap();
        let (at, late) = clock.stopped.unwrap();
        (at.seconds_since(clock.started_at), late)
    };
    let mut taken: Vec<i64> = cases.iter().map(|c| stopped(c).0).collect();
    taken.sort_unstable();
    let late = cases.iter().filter(|c| stopped(c).1 > 0).count();
    assert_eq!(figures.closed, cases.len());
    assert_eq!(figures.late, late);
    assert_eq!(figures.on_time, cases.len() - late);
    let count = i64::try_from(taken.len()).unwrap();
    assert_eq!(
        figures.taken.mean_seconds,
        Some(taken.iter().sum::<i64>() / count)
    );
    assert_eq!(
        figures.taken.median_seconds,
        Some(taken[(taken.len() - 1) / 2])
    );
    assert_eq!(
        figures.taken.p90_seconds,
        Some(taken[(taken.len() * 9).div_ceil(10) - 1])
    );
    for groups in [
        &figures.by_cause,
        &figures.by_product,
        &figures.by_customer,
        &figures.by_market,
    ] {
        assert_eq!(
            groups.iter().map(|g| g.figures.closed).sum::<usize>(),
            cases.len()
        );
        assert_eq!(groups.iter().map(|g| g.figures.late).sum::<usize>(), late);
    }
    for stage in &figures.by_stage {
        let visits = cases
            .iter()
            .flat_map(|c| &c.visits)
            .filter(|v| v.stage == stage.stage)
            .filter_map(|v| v.ended.as_ref());
        let (mut count, mut late, mut held) = (0, 0, 0);
        for ended in visits {
            count += 1;
            late += usize::from(ended.late_seconds > 0);
            held += ended.held_seconds;
        }
        assert_eq!((stage.visits, stage.late_visits), (count, late));
        assert_eq!(stage.held.total_seconds, held);
        let departments: i64 = stage.departments.iter().map(|d| d.held_seconds).sum();
        assert_eq!(departments, held);
        let late_cases = cases.iter().filter(|c| {
            c.visits.iter().any(|v| {
                v.stage == stage.stage && v.ended.as_ref().is_some_and(|e| e.late_seconds > 0)
            })
        });
        assert_eq!(stage.late_cases, late_cases.count());
    }
}

/// Rows that count what is read of them, and may refuse to be written.
#[derive(Debug, Default)]
struct Counting {
    rows: MemoryRows,
    read: std::cell::Cell<usize>,
    full: bool,
}

impl Rows for Counting {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.read.set(self.read.get() + 1);
        self.rows.get(key)
    }
    fn scan(&self, from: &[u8], until: &[u8], visit: &mut Visit<'_>) -> Result<(), RowsError> {
        self.rows.scan(from, until, &mut |key, value| {
            self.read.set(self.read.get() + 1);
            visit(key, value)
        })
    }
    fn write(&mut self, changes: Vec<Change>) -> Result<(), RowsError> {
        if self.full {
            return Err(RowsError("no space".to_owned()));
        }
        self.rows.write(changes)
    }
}

#[test]
fn an_answer_costs_what_it_returns() {
    let mut company = Company::default();
    let start = support::at("2026-01-05T01:00:00Z");
    let mut now = start;
    for n in 0..300 {
        now = start.plus_seconds(n * 4 * 3600);
        let one = company
            .lodge(form("K1", "CN", "PCB"), vec![], now, now)
            .unwrap();
        // Stage after stage every 30 hours of this case's time: each late by hours.
        let mut then = now;
        while company.complaint(one).case.is_open() {
            then = then.plus_seconds(30 * 3600);
            company.step(one, 1, then, then).unwrap();
        }
    }
    let mut views = Views::over(Counting::default()).unwrap();
    views.extend(company.records()).unwrap();
    views.rows().read.set(0);
    let late = views.overdue(now).unwrap().len();
    assert!(late > 10, "{late}");
    let read = views.rows().read.get();
    assert!(read <= 4 * late, "{read} rows were read for {late}");
    views.rows().read.set(0);
    let none = views.overdue(start).unwrap().len();
    assert_eq!((none, views.rows().read.get()), (0, 0));
}

#[test]
fn what_could_not_be_written_was_not_taken() {
    let mut company = Company::default();
    let now = support::at("2026-01-05T01:00:00Z");
    let one = company
        .lodge(form("K1", "CN", "PCB"), vec![], now, now)
        .unwrap();
    company.step(one, 1, now, now).unwrap();
    let mut views = Views::over(Counting::default()).unwrap();
    views.extend(company.records().take(2)).unwrap();
    let mut rows_now = views.into_rows();
    rows_now.full = true;
    let mut views = Views::over(rows_now).unwrap();
    assert!(views.extend(company.records()).is_err());
    assert_eq!(views.position(), 2);
    let mut rows_now = views.into_rows();
    rows_now.full = false;
    let mut views = Views::over(rows_now).unwrap();
    views.extend(company.records()).unwrap();
    let rebuilt = rebuilt(&company, company.log.len());
    assert_eq!(&views.into_rows().rows, rebuilt.rows());
}
