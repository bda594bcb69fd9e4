//! Months, bonuses and units as a service hands them over: as JSON, tried out first, under ids; and what the desk checks
//! by itself of whom and what they name.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use redress::core::sentence::{self, Lang};
use redress::kernel::refusal::{Code, UNKNOWN_DEPARTMENT, UNKNOWN_EMPLOYEE, WRONG_DEPARTMENT};
use redress::{Error, Redress, Sending};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use support::{at, by, employee, pay};

async fn company(desk: &Redress) {
    pay::people(desk, &[("E-worker", "manufacturing")]).await;
    pay::unit(
        desk,
        ("group-3", "group"),
        "2026-01-01",
        &[("E-worker", 300)],
    )
    .await;
}

async fn told(desk: &Redress, who: &str, mut command: Json) -> Result<Json, Error> {
    command["by"] = json!({ "employee": who });
    desk.execute_json(&command.to_string()).await
}

#[tokio::test]
async fn a_service_closes_a_month_by_json_each_command_once() {
    let (desk, clock) = support::memory().await;
    company(&desk).await;
    let id = Uuid::from_u128(1);
    let bonus = json!({"command": "record_bonus", "employee": "E-worker", "month": "2026-03", "amount": "600.00 CNY", "id": id});
    let first = told(&desk, "E-books", bonus.clone()).await.unwrap();
    assert_eq!(
        first,
        json!({"command": id, "employee": "E-worker", "version": 1, "repeated": false})
    );
    let again = told(&desk, "E-books", bonus).await.unwrap();
    assert_eq!(
        (&again["version"], &again["repeated"]),
        (&json!(1), &json!(true))
    );
    clock.set(at("2026-04-05T09:00:00+08:00"));
    for (who, command) in pay::CLOSING {
        let (name, department) = command.split_once(' ').unwrap_or((command, ""));
        let mut json = json!({"command": name, "month": "2026-03"});
        if !department.is_empty() {
            json["department"] = json!(department);
        }
        let head = desk.head();
        let mut tried = json.clone();
        tried["dry_run"] = json!(true);
        let tried = told(&desk, who, tried).await;
        assert_eq!(desk.head(), head, "{command} was only tried out");
        let done = told(&desk, who, json).await;
        match (tried, done) {
            (Ok(mut tried), Ok(mut done)) => {
                for answer in [&mut tried, &mut done] {
                    answer["command"] = Json::Null;
                }
                assert_eq!(tried, done, "{command}");
            }
            (tried, done) => panic!("{command}: {tried:?} {done:?}"),
        }
    }
    let march = desk
        .month("2026-03".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert!(march.closed.is_some());
}

#[tokio::test]
async fn what_is_tried_out_needs_no_log_to_write_to() {
    let place = tempfile::tempdir().unwrap();
    let (desk, clock) = support::directory(place.path()).await;
    company(&desk).await;
    let reader = support::builder(&clock).directory(place.path()).read_only();
    let reader = reader.open().await.unwrap();
    let units = json!({"command": "set_base_units", "employee": "E-worker", "units": 250, "from": "2026-01-01"});
    let join = json!({"command": "join", "employee": "E-new", "department": "sales", "from": "2026-03-01T00:00:00Z"});
    for mut command in [units, join] {
        let refused = told(&reader, "E-books", command.clone()).await;
        assert_eq!(refused.unwrap_err().code(), "read_only");
        command["dry_run"] = json!(true);
        let head = desk.head();
        let [there, here] = [&reader, &desk].map(|desk| told(desk, "E-books", command.clone()));
        let (there, here) = (there.await.unwrap(), here.await.unwrap());
        assert_eq!(there["version"], here["version"]);
        assert_eq!(desk.head(), head);
        command["dry_run"] = json!(false);
        let done = told(&desk, "E-books", command).await.unwrap();
        assert_eq!(done["version"], here["version"]);
    }
    desk.close().await.unwrap();
}

#[tokio::test]
async fn whom_and_what_a_fact_names_must_be_known() {
    let (desk, _clock) = support::memory().await;
    company(&desk).await;
    // Whoever has left, or joins only later, is known.
    let joins = redress::join("E-later", "sales", "2027-01-01T00:00:00+08:00").unwrap();
    desk.organise(&by("E-gm"), joins, None).await.unwrap();
    let left = redress::kernel::organisation::OrganisationCommand::Leave {
        employee: employee("E-worker"),
        from: at("2026-02-01T00:00:00+08:00"),
    };
    desk.organise(&by("E-gm"), left, None).await.unwrap();
    let points = |who: &str| json!({"command": "set_base_points", "unit": "group-3", "employee": who, "points": 50, "from": "2026-01-01"});
    let units = |who: &str| json!({"command": "set_base_units", "employee": who, "units": 100, "from": "2026-01-01"});
    let bonus = |who: &str| json!({"command": "record_bonus", "employee": who, "month": "2026-01", "amount": "1.00 CNY"});
    for who in ["E-later", "E-worker"] {
        for command in [points(who), units(who), bonus(who)] {
            told(&desk, "E-books", command.clone())
                .await
                .unwrap_or_else(|e| panic!("{command}: {e}"));
        }
    }
    let head = desk.head();
    let unit = json!({"command": "form_unit", "unit": "group-4", "kind": "group", "department": "nowhere", "from": "2026-01-01"});
    for (command, code, names) in [
        (points("E-wroker"), UNKNOWN_EMPLOYEE, "E-wroker"),
        (units("E-wroker"), UNKNOWN_EMPLOYEE, "2026-01-01"),
        (bonus("E-wroker"), UNKNOWN_EMPLOYEE, "2026-01"),
        (unit, UNKNOWN_DEPARTMENT, "nowhere"),
    ] {
        refused(&desk, "E-books", command.clone(), code, names).await;
        // Not whose duty it is: that comes first, and tells nobody who works here.
        refused(&desk, "E-sales", command, WRONG_DEPARTMENT, "sales").await;
    }
    assert_eq!(desk.head(), head, "nothing was stored");
}

async fn refused(desk: &Redress, who: &str, command: Json, code: Code, names: &str) {
    match told(desk, who, command.clone()).await {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.code, code, "{command}");
            assert!(!refusal.clause.is_empty());
            for lang in [Lang::En, Lang::Zh] {
                let said = sentence::say_in(&refusal, lang, &desk.zone());
                assert!(said.message.contains(names), "{}", said.message);
                assert!(!said.hint.is_empty());
            }
        }
        other => panic!("{command}: {other:?}"),
    }
}

#[tokio::test]
async fn a_repeated_id_is_told_by_every_one_of_them() {
    let (desk, clock) = support::memory().await;
    company(&desk).await;
    clock.set(at("2026-04-05T09:00:00+08:00"));
    for (nth, who, command) in [
        (
            1,
            "E-books",
            json!({"command": "form_unit", "unit": "g", "kind": "group", "department": "rnd", "from": "2026-01-01"}),
        ),
        (
            2,
            "E-gm",
            json!({"command": "join", "employee": "E-new", "department": "sales", "from": "2026-03-01T00:00:00Z"}),
        ),
        (
            3,
            "E-office",
            json!({"command": "open_month", "month": "2026-03"}),
        ),
    ] {
        let mut command = command;
        command["id"] = json!(Uuid::from_u128(nth));
        let first = told(&desk, who, command.clone()).await.unwrap();
        let head = desk.head();
        let mut tried = command.clone();
        tried["dry_run"] = json!(true);
        for again in [command, tried] {
            let second = told(&desk, who, again).await.unwrap();
            assert_eq!(second["repeated"], true);
            assert_eq!(second["version"], first["version"]);
        }
        assert_eq!(desk.head(), head);
        let other =
            json!({"command": "gather_month", "month": "2026-03", "id": Uuid::from_u128(3)});
        if nth == 3 {
            let error = told(&desk, who, other).await.unwrap_err();
            assert_eq!(error.code(), "other_content");
        }
    }
    // In types as in JSON.
    let joins = redress::join("E-x", "sales", "2026-01-01T00:00:00Z").unwrap();
    let head = desk.head();
    let tried = desk.organise(&by("E-gm"), joins, Sending::dry_run()).await;
    assert!(!tried.unwrap().repeated);
    assert_eq!(desk.head(), head);
}
