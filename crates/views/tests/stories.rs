//! Stories by hand: what each view answers.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use redress_core::command::ComplaintCommand;
use redress_kernel::command::CaseCommand;
use redress_kernel::event::{Addressee, Imported, ImportedStep, Link, Subject};
use redress_kernel::id::OfficeId;
use redress_kernel::time::Instant;
use redress_kernel::value::{Value, Values};
use redress_views::inquiries::{CandidateFilter, InquiryFilter};
use redress_views::register::RegisterFilter;
use redress_views::reminders::ReminderFilter;
use redress_views::statistics::{Chains, StatisticsQuery};
use redress_views::worklist::{Desk, Task};
use redress_views::{CaseStatus, Views};
use support::{Company, ZONE, at, case, form, values};

fn views(company: &Company) -> Views {
    let mut views = Views::new();
    views.extend(company.records()).unwrap();
    views
}

/// Worked example 1: lodged 2026-03-02 09:00, accepted 09:30 in Shanghai.
fn accepted(company: &mut Company, country: &str) -> usize {
    let lodged = at("2026-03-02T09:00:00+08:00");
    let one = company
        .lodge(form("K7", country, "PCB"), vec![], lodged, lodged)
        .unwrap();
    let then = at("2026-03-02T09:30:00+08:00");
    company.step(one, 0, then, then).unwrap();
    one
}

fn close(company: &mut Company, one: usize, choice: u8, hours: i64) -> Instant {
    let mut now = company.log.last().unwrap().recorded_at;
    while company.complaint(one).case.is_open() {
        now = now.plus_seconds(hours * 3600);
        company.step(one, choice, now, now).unwrap();
    }
    now
}

fn query(month: &str, chains: Chains) -> StatisticsQuery {
    StatisticsQuery {
        definition: "customer-complaint".parse().unwrap(),
        month: month.parse().unwrap(),
        zone: ZONE,
        chains,
    }
}

#[test]
fn the_register_shows_where_a_case_stands() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    let views = views(&company);
    let row = views.case(Company::case_id(one)).unwrap().unwrap();
    assert_eq!(row.number.as_deref(), Some("26-03-01"));
    assert_eq!(row.key.as_deref(), Some("260301"));
    assert_eq!(row.customer.as_deref(), Some("K7"));
    assert_eq!(row.market.as_deref(), Some("domestic"));
    assert_eq!(row.stage.unwrap().as_str(), "investigation");
    assert_eq!(row.department.unwrap().as_str(), "quality");
    assert_eq!(row.due, Some(at("2026-03-15T09:30:00+08:00")));
    assert_eq!(row.stage_due, Some(at("2026-03-03T09:30:00+08:00")));
    assert_eq!(row.status, CaseStatus::Open);
    let id = Company::case_id(one).to_string();
    for text in [
        "26-03-01",
        "260301",
        &id,
        &id[..8],
        &id[..12].to_uppercase(),
    ] {
        let found = views.look_up(text, 5).unwrap();
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].case, Company::case_id(one));
    }
    assert!(views.look_up("260302", 5).unwrap().is_empty());
}

#[test]
fn the_register_sorts_by_serial_as_a_number_and_filters() {
    let mut company = Company::default();
    let lodged = at("2026-03-02T09:00:00+08:00");
    for n in 0..102 {
        let customer = format!("K{}", n % 3);
        let one = company
            .lodge(form(&customer, "CN", "PCB"), vec![], lodged, lodged)
            .unwrap();
        company.step(one, 0, lodged, lodged).unwrap();
    }
    let waits = company
        .lodge(form("K9", "US", "Drill"), vec![], lodged, lodged)
        .unwrap();
    close(&mut company, 4, 0, 1);
    let views = views(&company);
    let all = views.register(&RegisterFilter::default()).unwrap();
    let numbers: Vec<_> = all.iter().filter_map(|row| row.serial).collect();
    assert_eq!(numbers, (1..=102).collect::<Vec<u64>>());
    assert_eq!(all.last().unwrap().case, Company::case_id(waits));
    let list = |filter: RegisterFilter| views.register(&filter).unwrap();
    let march = Some("2026-03".parse().unwrap());
    let of = |customer: &str| RegisterFilter {
        customer: Some(customer.to_owned()),
        ..RegisterFilter::default()
    };
    assert_eq!(list(of("K1")).len(), 34);
    assert_eq!(list(of("customer:K9")).len(), 1);
    assert_eq!(
        list(RegisterFilter {
            accepted_in: march,
            ..RegisterFilter::default()
        })
        .len(),
        102
    );
    for closed in [
        RegisterFilter {
            closed_in: march,
            ..RegisterFilter::default()
        },
        RegisterFilter {
            status: Some(CaseStatus::Closed),
            ..RegisterFilter::default()
        },
    ] {
        let closed = list(closed);
        assert_eq!(closed.len(), 1);
        assert_eq!(closed[0].serial, Some(5));
    }
    let drills = list(RegisterFilter {
        text: Some("drill".to_owned()),
        ..RegisterFilter::default()
    });
    assert_eq!(drills.len(), 1);
    let first = list(RegisterFilter {
        limit: Some(3),
        ..RegisterFilter::default()
    });
    assert_eq!(first.len(), 3);
}

#[test]
fn who_has_to_do_it_finds_it_on_the_worklist() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    let definition = company.workflow.definition.clone();
    let now = at("2026-03-03T09:30:01+08:00");
    let before = views(&company);
    let quality = before.worklist(&"quality".parse().unwrap(), now).unwrap();
    assert_eq!(quality.len(), 1);
    assert_eq!(quality[0].task, Task::Report);
    assert!(quality[0].overdue);
    let on_time = at("2026-03-03T09:30:00+08:00");
    let quality = before.worklist(&"quality".parse().unwrap(), on_time);
    assert!(!quality.unwrap()[0].overdue);

    company.step(one, 1, on_time, on_time).unwrap();
    company.step(one, 1, on_time, on_time).unwrap();
    let after = views(&company);
    let list = |departments: &[&str], offices: &[&str]| {
        let departments: Vec<_> = departments.iter().map(|d| d.parse().unwrap()).collect();
        let offices: Vec<OfficeId> = offices.iter().map(|o| o.parse().unwrap()).collect();
        let desk = Desk {
            employee: None,
            departments: &departments,
            offices: &offices,
            definitions: &[&definition],
        };
        after.worklist_of(&desk, now).unwrap()
    };
    assert!(list(&["manufacturing"], &[]).is_empty());
    let endorse = list(&["manufacturing"], &["plant-manager"]);
    assert_eq!(endorse.len(), 1);
    assert_eq!(endorse[0].task, Task::Endorse);
    assert_eq!(endorse[0].offices[0].as_str(), "plant-manager");
    assert!(list(&["sales"], &["sales-manager"]).is_empty());
    // Whoever reported it does not endorse it.
    let author = "mo".parse().unwrap();
    let desk = Desk {
        employee: Some(&author),
        departments: &[],
        offices: &["plant-manager".parse().unwrap()],
        definitions: &[&definition],
    };
    assert!(after.worklist_of(&desk, now).unwrap().is_empty());

    while company.complaint(one).case.open_visit().unwrap().stage != *"approval" {
        company.step(one, 1, now, now).unwrap();
    }
    let after = views(&company);
    let list = |departments: &[&str], offices: &[&str]| {
        let departments: Vec<_> = departments.iter().map(|d| d.parse().unwrap()).collect();
        let offices: Vec<OfficeId> = offices.iter().map(|o| o.parse().unwrap()).collect();
        let desk = Desk {
            employee: None,
            departments: &departments,
            offices: &offices,
            definitions: &[&definition],
        };
        after.worklist_of(&desk, now).unwrap()
    };
    assert!(list(&["gm-office"], &[]).is_empty());
    let decide = list(&["sales"], &["deputy-general-manager"]);
    assert_eq!(decide.len(), 1);
    assert!(decide[0].due.is_none());
    assert_eq!(decide[0].case_due, Some(at("2026-03-15T09:30:00+08:00")));

    company.step(one, 1, now, now).unwrap();
    let after = views(&company);
    let settle = after.worklist(&"sales".parse().unwrap(), now).unwrap();
    assert_eq!(settle[0].task, Task::Settle);
    assert!(settle[0].case_due.is_none());
}

#[test]
fn overdue_is_what_lies_behind_the_due_instant() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    let done = at("2026-03-04T12:00:00+08:00");
    company.step(one, 1, done, done).unwrap();
    let views = views(&company);
    let at_due = at("2026-03-03T09:30:00+08:00");
    assert!(views.overdue(at_due).unwrap().is_empty());
    let soon = views.due_soon(at_due).unwrap();
    assert_eq!(soon.len(), 1);
    assert_eq!(soon[0].remaining_seconds, 0);
    let late = views.overdue(at_due.plus_seconds(1)).unwrap();
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].subject, Subject::Visit(2));
    assert_eq!(late[0].late_seconds, 1);
    assert_eq!(late[0].number.as_deref(), Some("26-03-01"));
    assert_eq!(late[0].department.as_ref().unwrap().as_str(), "quality");
    assert!(views.due_soon(at_due.plus_seconds(1)).unwrap().is_empty());
    assert!(views.overdue(done).unwrap().is_empty());
    let case_late = views.overdue(at("2026-03-15T09:30:01+08:00")).unwrap();
    assert_eq!(case_late.len(), 2);
    assert!(case_late.iter().any(|o| o.subject == Subject::Case
        && o.late_seconds == 1
        && o.department.as_ref().unwrap().as_str() == "manufacturing"));
}

#[test]
fn a_case_that_stands_still_is_not_overdue() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    let quiet = at("2026-03-02T12:00:00+08:00");
    let suspend = CaseCommand::Suspend {
        reason: "samples are on the way".to_owned(),
    };
    company
        .run(one, case(suspend), Some("gus"), quiet, quiet)
        .unwrap();
    let then = at("2026-03-20T12:00:00+08:00");
    let standing = views(&company);
    assert!(standing.overdue(then).unwrap().is_empty());
    assert!(
        standing
            .case(Company::case_id(one))
            .unwrap()
            .unwrap()
            .suspended
    );
    assert!(standing.round_candidates(then).unwrap().is_empty());
    company
        .run(one, case(CaseCommand::Resume {}), Some("gus"), then, then)
        .unwrap();
    let going = views(&company);
    assert!(going.overdue(then).unwrap().is_empty());
    let late = going.overdue(at("2026-03-22T12:00:00+08:00")).unwrap();
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].due, at("2026-03-21T09:30:00+08:00"));
}

#[test]
fn a_reminder_overtaken_by_a_late_entry_stays_and_says_so() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    let round = |company: &mut Company, now: &str| {
        let now = at(now);
        company
            .run(one, case(CaseCommand::Round {}), None, now, now)
            .unwrap()
    };
    assert_eq!(round(&mut company, "2026-03-03T04:43:00+08:00"), 1);
    assert_eq!(round(&mut company, "2026-03-03T10:00:00+08:00"), 1);
    assert_eq!(round(&mut company, "2026-03-07T10:00:00+08:00"), 1);
    let told = at("2026-03-08T10:00:00+08:00");
    let done = at("2026-03-03T09:00:00+08:00");
    company.step(one, 1, done, told).unwrap();
    let views = views(&company);
    let list = |filter: &ReminderFilter| views.reminders(filter).unwrap();
    let all = list(&ReminderFilter::default());
    let levels: Vec<u8> = all.iter().map(|r| r.level).collect();
    assert_eq!(levels, [0, 1, 3]);
    let late: Vec<bool> = all.iter().map(|r| r.overtaken_by_late_entry).collect();
    assert_eq!(late, [false, true, true]);
    assert_eq!(all[2].overtaken, [2]);
    let gm = Addressee::Office("general-manager".parse().unwrap());
    assert!(all[2].to.contains(&gm));
    assert_eq!(all[1].department.as_ref().unwrap().as_str(), "quality");
    let march = ReminderFilter::month("2026-03".parse().unwrap(), &ZONE);
    assert_eq!(list(&march).len(), 3);
    let april = ReminderFilter::month("2026-04".parse().unwrap(), &ZONE);
    assert!(list(&april).is_empty());
    let of_case = ReminderFilter {
        case: Some(Company::case_id(one)),
        without_notices: true,
        department: Some("quality".parse().unwrap()),
        ..ReminderFilter::default()
    };
    assert_eq!(list(&of_case).len(), 2);
}

#[test]
fn an_overdue_visit_of_a_closed_case_may_be_inquired_into() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    let late = at("2026-03-04T09:30:00+08:00");
    company.step(one, 1, late, late).unwrap();
    let none = CandidateFilter::default();
    assert!(
        views(&company)
            .inquiry_candidates(&none)
            .unwrap()
            .is_empty()
    );
    let closed = close(&mut company, one, 1, 1);
    let candidates = views(&company).inquiry_candidates(&none).unwrap();
    assert_eq!(candidates.len(), 1);
    assert_eq!(candidates[0].visit, 2);
    assert_eq!(candidates[0].late_seconds, 86_400);
    company
        .run(
            one,
            case(CaseCommand::Inquire { visit: 2 }),
            Some("gus"),
            closed,
            closed,
        )
        .unwrap();
    let asked = views(&company);
    assert!(asked.inquiry_candidates(&none).unwrap().is_empty());
    let quality = "quality".parse().unwrap();
    let work = asked.worklist(&quality, closed).unwrap();
    assert_eq!(work[0].task, Task::AnswerInquiry);
    let unanswered = InquiryFilter {
        answered: Some(false),
        department: Some(quality.clone()),
        ..InquiryFilter::default()
    };
    assert_eq!(asked.inquiries(&unanswered).unwrap().len(), 1);
    let answer = CaseCommand::AnswerInquiry {
        inquiry: 1,
        reason: "the microscope was broken".to_owned(),
    };
    company
        .run(one, case(answer), Some("quinn"), closed, closed)
        .unwrap();
    let answered = views(&company);
    assert!(answered.inquiries(&unanswered).unwrap().is_empty());
    assert!(answered.worklist(&quality, closed).unwrap().is_empty());
    let all = answered.inquiries(&InquiryFilter::default()).unwrap();
    assert_eq!(all[0].reason.as_deref(), Some("the microscope was broken"));
}

#[test]
fn a_correction_after_closing_moves_lateness_in_the_statistics() {
    let mut company = Company::default();
    let one = accepted(&mut company, "US");
    // Closed 15 days after acceptance: on time overseas, late domestic.
    while company.complaint(one).case.open_visit().unwrap().stage != *"approval" {
        let now = at("2026-03-03T09:00:00+08:00");
        company.step(one, 1, now, now).unwrap();
    }
    let closed = at("2026-03-17T09:30:00+08:00");
    company.step(one, 1, closed, closed).unwrap();
    let each = query("2026-03", Chains::Each);
    let before = views(&company).statistics(&each).unwrap();
    assert_eq!((before.closed, before.on_time, before.late), (1, 1, 0));
    assert_eq!(before.taken.median_seconds, Some(15 * 86_400));
    let correct = CaseCommand::Correct {
        path: "opening.country".parse().unwrap(),
        value: Value::text("CN"),
        reason: "the customer's plant is in Suzhou".to_owned(),
    };
    let later = at("2026-03-20T09:30:00+08:00");
    company
        .run(one, case(correct), Some("gus"), later, later)
        .unwrap();
    let views = views(&company);
    let after = views.statistics(&each).unwrap();
    assert_eq!((after.closed, after.on_time, after.late), (1, 0, 1));
    assert_eq!(after.by_market[0].key.as_deref(), Some("domestic"));
    // What was not overdue then is not made so for that moment.
    assert!(
        views
            .overdue(at("2026-03-16T09:30:00+08:00"))
            .unwrap()
            .is_empty()
    );
    assert_eq!(views.months(None).unwrap(), ["2026-03".parse().unwrap()]);
}

#[test]
fn a_chain_counts_once_or_each() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    let now = close(&mut company, one, 1, 1);
    let next = Company::case_id(company.cases.len());
    let refuses = ComplaintCommand::CustomerRefuses { successor: next };
    company
        .run(one, refuses.into(), Some("sue"), now, now)
        .unwrap();
    let follows = Link {
        relation: "follows".to_owned(),
        case: Company::case_id(one),
    };
    let two = company
        .lodge(form("K7", "CN", "PCB"), vec![follows], now, now)
        .unwrap();
    let once = query("2026-03", Chains::Once);
    let each = query("2026-03", Chains::Each);
    assert_eq!(views(&company).statistics(&once).unwrap().closed, 1);
    close(&mut company, two, 1, 1);
    let views = views(&company);
    assert_eq!(views.statistics(&once).unwrap().closed, 1);
    assert_eq!(views.statistics(&each).unwrap().closed, 2);
    let row = views.case(Company::case_id(one)).unwrap().unwrap();
    assert_eq!(row.successor, Some(next));
}

#[test]
fn a_withdrawn_case_is_counted_apart() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    let now = at("2026-04-01T00:00:00+08:00");
    let withdraw = CaseCommand::Withdraw {
        reason: "the customer found the goods".to_owned(),
    };
    company
        .run(one, case(withdraw), Some("sue"), now, now)
        .unwrap();
    let views = views(&company);
    let of = |month| views.statistics(&query(month, Chains::Each)).unwrap();
    assert_eq!((of("2026-03").closed, of("2026-03").withdrawn), (0, 0));
    assert_eq!((of("2026-04").closed, of("2026-04").withdrawn), (0, 1));
    assert!(views.overdue(now).unwrap().is_empty());
    assert_eq!(views.overdue(now.plus_seconds(-1)).unwrap().len(), 2);
    assert!(views.months(None).unwrap().is_empty());
}

#[test]
fn statistics_are_json_with_the_figures_on_top() {
    let mut company = Company::default();
    let one = accepted(&mut company, "CN");
    close(&mut company, one, 2, 1);
    let figures = views(&company)
        .statistics(&query("2026-03", Chains::Each))
        .unwrap();
    let json = serde_json::to_value(&figures).unwrap();
    assert_eq!(json["closed"], 1);
    assert_eq!(json["on_time"], 1);
    assert_eq!(json["late"], 0);
    assert_eq!(json["month"], "2026-03");
    let keys: Vec<_> = figures
        .by_department
        .iter()
        .map(|g| g.key.as_deref())
        .collect();
    assert_eq!(keys, [Some("manufacturing"), Some("sales")]);
    assert_eq!(json["by_cause"][0]["key"], "film");
    assert_eq!(json["by_cause"][0]["closed"], 1);
}

#[test]
fn an_imported_case_counts_like_any_other() {
    let mut company = Company::default();
    let stage = |stage: &str, ended: &str| ImportedStep {
        stage: stage.parse().unwrap(),
        ended_at: at(ended),
        values: Values::new(),
    };
    let record = Imported {
        source: "helpdesk".to_owned(),
        row: "Case 1".to_owned(),
        opened_at: at("2012-01-30T09:00:00+08:00"),
        values: values(&[
            ("customer", Value::text("customer:C1")),
            ("market", Value::text("domestic")),
        ]),
        steps: vec![
            stage("acceptance", "2012-01-30T10:00:00+08:00"),
            stage("approval", "2012-03-01T00:00:00+08:00"),
        ],
    };
    let import = CaseCommand::Import {
        record: Box::new(record),
    };
    let now = at("2026-03-02T09:00:00+08:00");
    company.run(0, case(import), None, now, now).unwrap();
    let views = views(&company);
    let figures = views.statistics(&query("2012-03", Chains::Each)).unwrap();
    assert_eq!((figures.closed, figures.late, figures.imported), (1, 1, 1));
    // Nobody recorded who is responsible.
    assert_eq!(figures.by_department[0].key, None);
    assert_eq!(figures.by_customer[0].key.as_deref(), Some("C1"));
    let row = views.case(Company::case_id(0)).unwrap().unwrap();
    assert_eq!(row.imported.as_deref(), Some("helpdesk"));
    assert_eq!(row.closed_at, Some(at("2012-03-01T00:00:00+08:00")));
    assert_eq!(
        row.late_seconds,
        Some(row.taken_seconds.unwrap() - 13 * 86_400)
    );
    let then = views.overdue(at("2012-02-20T00:00:00+08:00")).unwrap();
    assert_eq!(then.len(), 1);
    assert_eq!(then[0].subject, Subject::Case);
}

#[test]
fn an_event_that_cannot_be_read_is_refused_and_nothing_is_taken() {
    let mut company = Company::default();
    accepted(&mut company, "CN");
    let mut views = Views::new();
    let good = company.log[0].record();
    views.apply(&good).unwrap();
    let mut future = company.log[1].record();
    future.schema = 99;
    assert!(views.apply(&future).is_err());
    let mut unknown = company.log[1].record();
    unknown.kind = "case.dreamt";
    assert!(views.apply(&unknown).is_err());
    let mut other = company.log[1].record();
    other.kind = "numbers.assigned";
    other.stream = "numbers/complaint-2026-03";
    assert_eq!(views.position(), 1);
    views.apply(&company.log[1].record()).unwrap();
    // A record that comes again is passed over.
    views.apply(&good).unwrap();
    assert_eq!(views.position(), 2);
    other.position = 3;
    views.apply(&other).unwrap();
    assert_eq!(views.position(), 3);
}
