//! Rules in the log: versions and approval (M15), running cases that keep theirs, calendars published later.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use redress::kernel::command::CaseCommand;
use redress::kernel::event::{Imported, ImportedStep, Subject};
use redress::kernel::id::{DefinitionId, StageId};
use redress::kernel::value::Values;
use redress::workflow::{CHINA, builtin_files};
use redress::{Error, Files, Lodging, Redress, Request};
use support::{at, by, complaint, lodge, memory};

fn second_version() -> Files {
    let mut files = builtin_files().remove("customer-complaint").unwrap();
    let head = files.get_mut("workflow.toml").unwrap();
    *head = head.replace("version = \"2026-1\"", "version = \"2026-2\"");
    let clock = files.get_mut("clock.toml").unwrap();
    *clock = clock.replace("13 natural_day", "12 natural_day");
    files
}

#[tokio::test]
async fn a_version_takes_effect_with_the_general_manager_s_approval_alone() {
    let (desk, clock) = memory().await;
    let old = lodge(&desk).await;
    desk.accept(old, &by("E-office")).await.unwrap();
    let refused = desk.adopt(second_version(), &by("E-office")).await;
    assert_eq!(refused.unwrap_err().code(), "approval_missing");
    clock.advance(60);
    let adopted = desk.adopt(second_version(), &by("E-gm")).await.unwrap();
    assert_eq!(adopted.workflow.definition.version, "2026-2");
    // The same again changes nothing; the same name with other files is refused.
    let head = desk.head();
    desk.adopt(second_version(), &by("E-gm")).await.unwrap();
    assert_eq!(desk.head(), head);
    let mut other = second_version();
    other.values_mut().for_each(|text| text.push('\n'));
    let error = desk.adopt(other, &by("E-gm")).await.unwrap_err();
    assert_eq!(error.code(), "invalid");
    let mut faulty = second_version();
    faulty.insert("more.toml".into(), "speed = 7".into());
    let error = desk.adopt(faulty, &by("E-gm")).await.unwrap_err();
    assert!(matches!(error, Error::Rules { .. }), "{error}");
    // A running case keeps its version.
    clock.advance(60);
    let new = lodge(&desk).await;
    clock.advance(60);
    desk.accept(new, &by("E-office")).await.unwrap();
    for (case, version, due) in [
        (old, "2026-1", "2026-03-15T09:00:00+08:00"),
        (new, "2026-2", "2026-03-14T09:03:00+08:00"),
    ] {
        let view = desk.case(case).await.unwrap();
        assert_eq!(view.due(), Some(at(due)));
        assert_eq!(view.workflow.definition.version, version);
    }
    // A desk that remembers nothing reads the same rules out of the log.
    let again = Redress::builder()
        .log(desk.log().clone())
        .clock(clock)
        .open()
        .await
        .unwrap();
    let definition = DefinitionId::new("customer-complaint").unwrap();
    let in_force = again.workflow(&definition, None).await.unwrap();
    assert_eq!(in_force.workflow.hash, adopted.workflow.hash);
    assert_eq!(again.workflows().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_case_keeps_the_version_in_force_at_its_acceptance() {
    let (desk, clock) = memory().await;
    let (case, behind) = (lodge(&desk).await, lodge(&desk).await);
    clock.advance(3600);
    desk.adopt(second_version(), &by("E-gm")).await.unwrap();
    clock.advance(3600);
    // Entered late: accepted before the adoption.
    let acceptance = CaseCommand::Report {
        stage: StageId::new("acceptance").unwrap(),
        visit: None,
        values: Values::new(),
    };
    let early = Request::new(by("E-office"), acceptance)
        .on(behind)
        .occurred_at(at("2026-03-02T09:30:00+08:00"));
    desk.execute(early).await.unwrap();
    desk.accept(case, &by("E-office")).await.unwrap();
    clock.advance(60);
    let mut third = second_version();
    for text in third.values_mut() {
        *text = text
            .replace("\"2026-2\"", "\"2026-3\"")
            .replace("12 natural_day", "11 natural_day");
    }
    desk.adopt(third, &by("E-gm")).await.unwrap();
    clock.advance(60);
    for case in [case, behind] {
        desk.report(case, &by("E-quality"), support::investigation())
            .await
            .unwrap();
    }
    let again = Redress::builder()
        .log(desk.log().clone())
        .clock(clock)
        .open()
        .await
        .unwrap();
    for desk in [&desk, &again] {
        for (case, version, due) in [
            (case, "2026-2", "2026-03-14T11:00:00+08:00"),
            (behind, "2026-1", "2026-03-15T09:30:00+08:00"),
        ] {
            let view = desk.case(case).await.unwrap();
            assert_eq!(view.due(), Some(at(due)));
            assert_eq!(view.complaint.case.version, version);
            assert_eq!(view.workflow.definition.version, version);
        }
        // Before its acceptance it went by what was in force.
        for (moment, version) in [("09:30", "2026-1"), ("10:30", "2026-2")] {
            let moment = at(&format!("2026-03-02T{moment}:00+08:00"));
            let then = desk.case(case).as_of(moment).await.unwrap();
            assert_eq!(then.complaint.case.version, "2026-1");
            assert_eq!(then.workflow.definition.version, version);
        }
    }
    assert_eq!(
        desk.views_rebuilt().await.unwrap().rows(),
        desk.views().await.unwrap().rows()
    );
}

#[tokio::test]
async fn a_historic_case_goes_by_the_version_in_force_at_its_acceptance() {
    let (desk, clock) = memory().await;
    clock.advance(3600);
    desk.adopt(second_version(), &by("E-gm")).await.unwrap();
    clock.advance(3600);
    let definition = DefinitionId::new("customer-complaint").unwrap();
    for (row, accepted, version) in [
        ("1", "2026-03-02T09:30:00+08:00", "2026-1"),
        ("2", "2026-03-02T10:30:00+08:00", "2026-2"),
    ] {
        let record = Imported {
            source: "desk".into(),
            row: row.into(),
            opened_at: at("2026-03-02T09:00:00+08:00"),
            values: serde_json::from_value(serde_json::json!({ "market": "domestic" })).unwrap(),
            steps: vec![ImportedStep {
                stage: StageId::new("acceptance").unwrap(),
                ended_at: at(accepted),
                values: Values::new(),
            }],
        };
        let case = desk.import(record, &definition).await.unwrap().case;
        let view = desk.case(case).await.unwrap();
        assert_eq!(view.complaint.case.version, version);
    }
}

/// The complaint by working days.
fn by_working_days() -> Files {
    let mut files = second_version();
    for text in files.values_mut() {
        *text = text.replace("natural_day", "working_day");
    }
    files
}

#[tokio::test]
async fn a_provisional_deadline_is_reckoned_anew_when_the_holidays_are_published() {
    let (desk, clock) = memory().await;
    clock.set(at("2026-12-21T09:00:00+08:00"));
    desk.adopt(by_working_days(), &by("E-gm")).await.unwrap();
    let case = lodge(&desk).await;
    desk.accept(case, &by("E-office")).await.unwrap();
    let view = desk.case(case).await.unwrap();
    let deadline = &view.complaint.case.clock.as_ref().unwrap().deadline;
    assert_eq!(deadline.provisional, [2027]);
    let before = deadline.due;
    assert_eq!(desk.round().await.unwrap().moved, []);
    let published = CHINA.replacen("published = [", "published = [2027, ", 1)
        + "\n[[years]]\nyear = 2027\nholidays = [{ from = \"2027-01-01\", zh = \"元旦\", en = \"New Year's Day\" }]\n";
    // It moves deadlines: the general manager approves it, and it is recorded once (M15).
    let head = desk.head();
    let refused = desk
        .adopt_calendar(published.clone(), &by("E-office"))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "approval_missing");
    assert_eq!(desk.head(), head);
    desk.adopt_calendar(published.clone(), &by("E-gm"))
        .await
        .unwrap();
    desk.adopt_calendar(published, &by("E-gm")).await.unwrap();
    assert_eq!(desk.head(), head + 1);
    let report = desk.round().await.unwrap();
    assert_eq!(report.moved.len(), 1);
    assert_eq!(
        (report.moved[0].case, report.moved[0].subject),
        (case, Subject::Case)
    );
    let after = desk.case(case).await.unwrap().due().unwrap();
    assert_eq!(after.seconds_since(before), 86_400);
    assert_eq!(desk.round().await.unwrap().moved, []);
}

#[tokio::test]
async fn an_inspection_is_linked_with_the_complaint_it_came_before() {
    let (desk, clock) = memory().await;
    let inspection = Lodging::default()
        .of(DefinitionId::new("joint-inspection").unwrap())
        .with("customer", "customer:C1")
        .with("product", "PCB-4")
        .with("called_quality", "quality")
        .with("called_manufacturing", "manufacturing")
        .with("reason", "the whole lot is affected");
    let inspection = desk.lodge(&by("E-sales"), inspection).await.unwrap();
    clock.advance(60);
    let lodging = Lodging::from(complaint()).joint_inspection(inspection);
    let case = desk.lodge(&by("E-sales"), lodging).await.unwrap();
    let view = desk.case(inspection).await.unwrap();
    let link = &view.complaint.case.links[0];
    assert_eq!(link.relation, "joint-inspection-of");
    assert_eq!(link.case, case);
    assert_eq!(
        desk.worklist(by("E-quality").employee, desk.now().await.unwrap())
            .await
            .unwrap()
            .len(),
        1
    );
}
