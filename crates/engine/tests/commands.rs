//! Commands: the whole route, commands repeated, commands at once, dry runs, JSON.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how long it took"
)]

mod support;

use std::sync::Arc;
use std::time::Instant as Stopwatch;

use redress::core::command::ComplaintCommand;
use redress::kernel::case::Status;
use redress::kernel::command::CaseCommand;
use redress::kernel::id::{CaseId, StageId};
use redress::kernel::value::Values;
use redress::{Decision, Error, Lodging, Redress, Request};
use support::{at, by, complaint, directory, lodge, memory, to_approval};
use uuid::Uuid;

fn acceptance() -> CaseCommand {
    CaseCommand::Report {
        stage: StageId::new("acceptance").unwrap(),
        visit: None,
        values: Values::new(),
    }
}

fn granted() -> Decision {
    Decision {
        established: true,
        occurred_at_unit: Some("unit:group-3".to_owned()),
        ..Decision::default()
    }
}

#[tokio::test]
async fn a_complaint_travels_the_whole_route() {
    let (desk, clock) = memory().await;
    let case = to_approval(&desk, &clock).await;
    let refused = desk.decide(case, &by("E-sales"), granted()).await;
    assert_eq!(refused.unwrap_err().code(), "wrong_office");
    // M11: 1,200.00 is the sales manager's to decide.
    desk.decide(case, &by("E-sales-head"), granted())
        .await
        .unwrap();
    let view = desk.case("26-03-01").await.unwrap();
    assert_eq!(view.id, case);
    assert!(matches!(view.complaint.case.status, Status::Closed { .. }));
    assert_eq!(view.complaint.copies.len(), 5);
    let before = desk
        .case(case)
        .as_of(at("2026-03-02T09:15:00+08:00"))
        .await
        .unwrap();
    let open = before.complaint.case.open_visit().unwrap();
    assert_eq!(open.stage.as_str(), "investigation");
    let timeline = desk.timeline("260301").await.unwrap();
    assert_eq!(timeline.len() as u64, view.version);
    assert!(desk.find(case.to_string().get(..8).unwrap()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_command_sent_100_times_at_once_is_done_once() {
    let (desk, _) = memory().await;
    let case = lodge(&desk).await;
    let id = Uuid::from_u128(7);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let desk = desk.clone();
        let request = Request::new(by("E-office"), acceptance()).on(case).id(id);
        tasks.spawn(async move { desk.execute(request).await.unwrap() });
    }
    let mut answers = tasks.join_all().await;
    let done = answers.iter().filter(|answer| !answer.repeated).count();
    assert_eq!(done, 1);
    let said = serde_json::to_string(&answers[0]).unwrap();
    assert!(
        answers
            .iter()
            .all(|answer| serde_json::to_string(answer).unwrap() == said)
    );
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].number.as_deref(), Some("26-03-01"));
    // Once more, by a desk that remembers nothing.
    let other = Redress::builder()
        .log(desk.log().clone())
        .clock(support::clock())
        .open()
        .await
        .unwrap();
    let request = Request::new(by("E-office"), acceptance()).on(case).id(id);
    let again = other.execute(request).await.unwrap();
    assert!(again.repeated);
    assert_eq!(again, answers[0]);
    // Other content under the same id.
    let other = Request::new(by("E-dgm"), acceptance()).on(case).id(id);
    let error = desk.execute(other).await.unwrap_err();
    assert_eq!(error.code(), "other_content");
}

#[tokio::test]
async fn a_case_opened_under_the_same_id_is_opened_once() {
    let (desk, _) = memory().await;
    let lodging = || {
        let lodging: Lodging = complaint().into();
        Request::new(
            by("E-sales"),
            CaseCommand::Open {
                values: serde_json::from_value(serde_json::json!({
                    "customer": "customer:C1", "product": "PCB", "order_no": "O", "item_no": "I",
                    "quantity": 1, "ship_date": "2026-02-10", "kind": "quality",
                    "loss_caused": true, "demand": ["other"], "reasons": "r", "country": "CN",
                }))
                .unwrap(),
                links: Vec::new(),
            },
        )
        .id(Uuid::from_u128(lodging.joint_inspection.map_or(9, |_| 0)))
    };
    let first = desk.execute(lodging()).await.unwrap();
    let head = desk.head();
    let second = desk.execute(lodging()).await.unwrap();
    assert_eq!((first.case, head), (second.case, desk.head()));
    assert!(second.repeated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_approvers_at_once_one_decides_and_the_other_is_told() {
    let (desk, clock) = memory().await;
    for _ in 0..20 {
        let case = to_approval(&desk, &clock).await;
        let (one, other) = (desk.clone(), desk.clone());
        let one = tokio::spawn(async move { one.decide(case, &by("E-dgm"), granted()).await });
        let other = tokio::spawn(async move { other.decide(case, &by("E-gm"), granted()).await });
        let answers = [one.await.unwrap(), other.await.unwrap()];
        let told: Vec<&Error> = answers.iter().filter_map(|a| a.as_ref().err()).collect();
        assert_eq!(told.len(), 1, "{answers:?}");
        assert!(told[0].refusal().is_some(), "{told:?}");
        let decided = desk.timeline(case).await.unwrap();
        let decisions = decided.iter().filter(|e| e.kind == "complaint.decided");
        assert_eq!(decisions.count(), 1);
    }
}

#[tokio::test]
async fn an_expected_version_is_held() {
    let (desk, _) = memory().await;
    let case = lodge(&desk).await;
    let request = Request::new(by("E-office"), acceptance()).on(case);
    let error = desk.execute(request.clone().expect(1)).await.unwrap_err();
    assert_eq!(error.code(), "conflict");
    let version = desk.case(case).await.unwrap().version;
    desk.execute(request.expect(version)).await.unwrap();
}

#[tokio::test]
async fn a_dry_run_stores_nothing_and_answers_as_the_deed_would() {
    let (desk, _) = memory().await;
    let case = lodge(&desk).await;
    let head = desk.head();
    let request = Request::new(by("E-office"), acceptance()).on(case);
    let dry = desk.execute(request.clone().dry_run()).await.unwrap();
    assert_eq!(desk.head(), head);
    assert_eq!(dry.position, 0);
    let wet = desk.execute(request).await.unwrap();
    assert_eq!((dry.number, dry.events), (wet.number, wet.events));
}

async fn accept_all(desk: &Redress, count: usize, tasks: usize) -> std::time::Duration {
    let mut cases = Vec::with_capacity(count);
    for _ in 0..count {
        cases.push(lodge(desk).await);
    }
    let cases = Arc::new(cases);
    let watch = Stopwatch::now();
    let mut set = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let (desk, cases) = (desk.clone(), cases.clone());
        set.spawn(async move {
            let mut numbers = Vec::new();
            for case in cases.iter().skip(task).step_by(tasks) {
                let answer = desk.accept(*case, &by("E-office")).await.unwrap();
                numbers.push(answer.number.unwrap());
            }
            numbers
        });
    }
    let mut numbers: Vec<u64> = set
        .join_all()
        .await
        .into_iter()
        .flatten()
        .map(|number| number.rsplit('-').next().unwrap().parse().unwrap())
        .collect();
    let taken = watch.elapsed();
    numbers.sort_unstable();
    let expected: Vec<u64> = (1..=count as u64).collect();
    assert_eq!(numbers, expected, "no gap, no double");
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_tasks_accept_a_thousand_complaints_in_memory() {
    let (desk, _) = memory().await;
    let taken = accept_all(&desk, 1000, 16).await;
    println!("1,000 acceptances by 16 tasks, in memory: {taken:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_tasks_accept_a_thousand_complaints_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, _) = directory(&dir.path().join("desk")).await;
    let taken = accept_all(&desk, 1000, 16).await;
    println!("1,000 acceptances by 16 tasks, on disk: {taken:?}");
    desk.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_desks_over_one_log_give_no_number_twice() {
    let (one, clock) = memory().await;
    let other = Redress::builder()
        .log(one.log().clone())
        .clock(clock)
        .open()
        .await
        .unwrap();
    let mut cases = Vec::new();
    for _ in 0..200 {
        cases.push(lodge(&one).await);
    }
    let mut set = tokio::task::JoinSet::new();
    for (index, case) in cases.into_iter().enumerate() {
        let desk = if index % 2 == 0 {
            one.clone()
        } else {
            other.clone()
        };
        set.spawn(async move { desk.accept(case, &by("E-office")).await.unwrap().number });
    }
    let mut numbers = set.join_all().await;
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 200);
    assert!(one.find("26-03-200").await.is_ok());
    assert!(one.find("26-03-201").await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acceptances_that_fail_among_others_leave_no_gap() {
    let (desk, _) = memory().await;
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let case = lodge(&desk).await;
        for _ in 0..4 {
            let desk = desk.clone();
            set.spawn(async move { desk.accept(case, &by("E-office")).await });
        }
    }
    let answers = set.join_all().await;
    let mut numbers: Vec<String> = answers
        .into_iter()
        .filter_map(|answer| answer.ok()?.number)
        .collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 100);
    assert!(desk.find("26-03-100").await.is_ok());
    assert!(desk.find("26-03-101").await.is_err());
}

#[tokio::test]
async fn a_refused_acceptance_burns_no_number() {
    let (desk, _) = memory().await;
    let first = lodge(&desk).await;
    desk.accept(first, &by("E-office")).await.unwrap();
    assert!(desk.accept(first, &by("E-office")).await.is_err());
    let second = lodge(&desk).await;
    assert!(desk.accept(second, &by("E-quality")).await.is_err());
    let answer = desk.accept(second, &by("E-office")).await.unwrap();
    assert_eq!(answer.number.as_deref(), Some("26-03-02"));
}

#[tokio::test]
async fn the_customer_s_refusal_opens_a_new_case_in_one_append() {
    let (desk, clock) = memory().await;
    let old = to_approval(&desk, &clock).await;
    let lodging: Lodging = complaint().into();
    let early = desk
        .lodge(&by("E-sales"), lodging.clone().follows(old))
        .await;
    assert_eq!(early.unwrap_err().code(), "not_decided");
    desk.decide(old, &by("E-dgm"), granted()).await.unwrap();
    let head = desk.head();
    let new = desk
        .lodge(&by("E-sales"), lodging.clone().follows(old))
        .await
        .unwrap();
    let view = desk.case(old).await.unwrap();
    assert_eq!(view.complaint.successor, Some(new));
    let link = &desk.case(new).await.unwrap().complaint.case.links[0];
    assert_eq!((link.relation.as_str(), link.case), ("follows", old));
    let page = desk
        .events(head + 1, &redress::log::Filter::everything(), 100)
        .await
        .unwrap();
    assert!(page.records.iter().all(|r| r.turn.0 == head + 1));
    let twice = desk
        .lodge(&by("E-sales"), lodging.clone().follows(old))
        .await;
    assert_eq!(twice.unwrap_err().code(), "already_refiled");
    // One that was withdrawn settles nothing (A16): the customer may refuse again.
    desk.withdraw(new, &by("E-sales"), "filed for the wrong order")
        .await
        .unwrap();
    let next = desk
        .lodge(&by("E-sales"), lodging.follows(old))
        .await
        .unwrap();
    let view = desk.case(old).await.unwrap();
    assert_eq!(view.complaint.successor, Some(next));
}

#[tokio::test]
async fn a_refusal_that_names_its_successor_is_told_to_both() {
    let (desk, clock) = memory().await;
    let old = to_approval(&desk, &clock).await;
    desk.decide(old, &by("E-dgm"), granted()).await.unwrap();
    let refusal = |successor| {
        Request::new(
            by("E-sales"),
            ComplaintCommand::CustomerRefuses { successor },
        )
        .on(old)
    };
    let itself = desk.execute(refusal(old)).await.unwrap_err();
    assert_eq!(itself.code(), "invalid");
    let nobody = CaseId(Uuid::from_u128(1));
    let unknown = desk.execute(refusal(nobody)).await.unwrap_err();
    assert_eq!(unknown.code(), "not_found");
    let new = lodge(&desk).await;
    let request = refusal(new).id(Uuid::from_u128(2));
    desk.execute(request.clone()).await.unwrap();
    let link = &desk.case(new).await.unwrap().complaint.case.links[0];
    assert_eq!((link.relation.as_str(), link.case), ("follows", old));
    let head = desk.head();
    assert!(desk.execute(request).await.unwrap().repeated);
    assert_eq!(desk.head(), head);
    // A plain link, too, must lead somewhere.
    let link = |relation: &str, case| {
        let relation = relation.to_owned();
        Request::new(by("E-sales"), CaseCommand::Link { relation, case }).on(new)
    };
    for (relation, case, code) in [
        ("same-lot", nobody, "not_found"),
        ("same-lot", new, "invalid"),
        ("joint-inspection", old, "invalid"),
    ] {
        let error = desk.execute(link(relation, case)).await.unwrap_err();
        assert_eq!(error.code(), code, "{relation}");
    }
    desk.execute(link("same-lot", old)).await.unwrap();
}

#[tokio::test]
async fn a_dry_run_tells_the_number_on_a_log_that_takes_no_commands() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk");
    let (desk, clock) = directory(&path).await;
    for _ in 0..5 {
        desk.accept(lodge(&desk).await, &by("E-office"))
            .await
            .unwrap();
    }
    let case = lodge(&desk).await;
    let reader = support::builder(&clock)
        .directory(&path)
        .read_only()
        .open()
        .await
        .unwrap();
    desk.close().await.unwrap();
    for desk in [&reader, &desk] {
        let request = Request::new(by("E-office"), acceptance()).on(case);
        let dry = desk.execute(request.dry_run()).await.unwrap();
        assert_eq!(dry.number.as_deref(), Some("26-03-06"));
    }
}

#[tokio::test]
async fn a_notice_is_raised_and_an_inspection_linked_both_ways() {
    let (desk, _) = memory().await;
    let notice = desk
        .execute_json(
            r#"{"command":"open","definition":"abnormality-notice","by":{"employee":"E-sales"},
               "values":{"customer":"customer:C1","product":"PCB","concerned":["department:quality"],
               "description":"scratches"}}"#,
        )
        .await
        .unwrap();
    assert_eq!(notice["number"], "N26-03-01");
    let raised = desk
        .raise_notice("N26-03-01", &by("E-sales"), complaint().into())
        .await
        .unwrap();
    let notice = desk.case("N260301").await.unwrap();
    let link = &notice.complaint.case.links[0];
    assert_eq!((link.relation.as_str(), link.case), ("raised-to", raised));
    // It is raised once; a second complaint names it in vain, and nothing of it is stored.
    let head = desk.head();
    let again = desk
        .raise_notice("N26-03-01", &by("E-sales"), complaint().into())
        .await;
    assert_eq!(again.unwrap_err().code(), "already_linked");
    assert_eq!(desk.head(), head);
    // The inspection must be one.
    let lodging: Lodging = complaint().into();
    let wrong = desk
        .lodge(&by("E-sales"), lodging.joint_inspection(notice.id))
        .await;
    assert_eq!(wrong.unwrap_err().code(), "invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_organisation_takes_many_changes_at_once_each_once() {
    let dir = tempfile::tempdir().unwrap();
    let (desk, _) = directory(&dir.path().join("desk")).await;
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..200_u128 {
        // Each of a hundred changes is sent twice.
        let change = nth / 2;
        let join = redress::join(&format!("E-{change}"), "sales", "2026-01-01T00:00:00Z").unwrap();
        let desk = desk.clone();
        tasks.spawn(async move {
            desk.organise(&by("E-gm"), join, Some(Uuid::from_u128(change)))
                .await
                .unwrap()
        });
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().filter(|answer| !answer.repeated).count(), 100);
    let other = redress::join("E-other", "sales", "2026-01-01T00:00:00Z").unwrap();
    let error = desk
        .organise(&by("E-gm"), other, Some(Uuid::from_u128(7)))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "other_content");
    desk.close().await.unwrap();
}

#[tokio::test]
async fn commands_are_read_from_json() {
    let (desk, _) = memory().await;
    let case = lodge(&desk).await;
    let accepted = desk
        .execute_json(&format!(
            r#"{{"command":"report","stage":"acceptance","case":"{case}","by":{{"employee":"E-office"}},
               "id":"00000000-0000-0000-0000-000000000001"}}"#
        ))
        .await
        .unwrap();
    assert_eq!(accepted["number"], "26-03-01");
    let joined = desk
        .execute_json(
            r#"{"command":"join","employee":"E-new","department":"sales",
               "from":"2026-03-01T00:00:00Z","by":{"employee":"E-gm"}}"#,
        )
        .await
        .unwrap();
    assert_eq!(joined["repeated"], false);
    for (text, place) in [
        ("[]", "command"),
        ("{", "command"),
        (r#"{"command":"report"}"#, "by"),
        (
            r#"{"command":"fly","by":{"employee":"E-gm"},"case":"26-03-01"}"#,
            "command",
        ),
        (
            r#"{"command":"report","by":{"employee":"E-gm"},"case":"26-03-01","stage":"a b"}"#,
            "command",
        ),
        (
            r#"{"command":"report","by":{"employee":"E-gm"},"case":"26-03-01","stage":"review","x":1}"#,
            "command",
        ),
        (r#"{"command":"round","dry_run":true}"#, "dry_run"),
        (
            r#"{"command":"record_bonus","by":{"employee":"E-sales"},"employee":"E-gm","month":"2026-03","amount":"3000.00 CNY","amount":"300.00 CNY"}"#,
            "amount",
        ),
        (
            r#"{"command":"clock_confirm","by":{"employee":"E-gm"},"x":1}"#,
            "x",
        ),
        (
            r#"{"command":"refile","by":{"employee":"E-sales"},"case":"26-03-01","values":{},"links":[]}"#,
            "links",
        ),
        (
            r#"{"command":"report","by":{"employee":"E-gm"},"occurred_at":"soon","stage":"review"}"#,
            "occurred_at",
        ),
    ] {
        match desk.execute_json(text).await.unwrap_err() {
            Error::Invalid { place: found, .. } => assert_eq!(found, place, "{text}"),
            other => panic!("{text}: {other}"),
        }
    }
    let unknown =
        r#"{"command":"report","by":{"employee":"E-gm"},"case":"99-01-01","stage":"review"}"#;
    assert_eq!(
        desk.execute_json(unknown).await.unwrap_err().code(),
        "not_found"
    );
}
