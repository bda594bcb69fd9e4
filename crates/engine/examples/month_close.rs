//! How long a large month takes: a thousand decisions of one month, ten thousand persons with a bonus, and the closing that
//! charges them all in one append.
//!
//! `cargo run --release -p redress --example month_close [-- CASES PERSONS]`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement that ends where something fails"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant as Watch;

use redress::core::command::{Command, ComplaintCommand};
use redress::core::month::MonthCommand;
use redress::core::person::PersonCommand;
use redress::core::staff::StaffCommand;
use redress::kernel::id::CaseId;
use redress::kernel::organisation::OrganisationCommand;
use redress::{Redress, Request};
use serde_json::{Value as Json, json};
use support::{at, by, employee};

/// Members of a group.
const GROUP: usize = 100;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise: usize| arguments.next().map_or(otherwise, |n| n.parse().unwrap());
    let (cases, persons) = (number(1000), number(10_000));
    let place = tempfile::tempdir_in(".").unwrap();
    let (desk, clock) = support::directory(place.path()).await;
    let groups = persons.div_ceil(GROUP).max(1);

    told(
        "units, base points and bonuses",
        staff(&desk, groups, persons),
    )
    .await;
    told("decisions", decisions(&desk, cases, groups)).await;
    clock.set(at("2026-04-05T09:00:00+08:00"));
    for (who, command) in [
        ("E-office", json!({"command": "open_month"})),
        ("E-office", json!({"command": "gather_month"})),
        (
            "E-plant-head",
            json!({"command": "confirm_month", "department": "manufacturing"}),
        ),
        (
            "E-quality",
            json!({"command": "confirm_month", "department": "quality"}),
        ),
        (
            "E-rnd",
            json!({"command": "confirm_month", "department": "rnd"}),
        ),
        ("E-office", json!({"command": "list_discipline"})),
        ("E-office", json!({"command": "issue_notices"})),
        ("E-gm", json!({"command": "approve_notices"})),
        ("E-office", json!({"command": "close_month"})),
    ] {
        let name = command["command"].as_str().unwrap().to_owned();
        let mut command = command;
        command["month"] = json!("2026-03");
        let command: MonthCommand = serde_json::from_value(command).unwrap();
        let by = by(who);
        let done = async { desk.do_month(&by, command, None).await.unwrap() };
        told(&name, done).await;
    }
    let month = desk
        .month("2026-03".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let (_, closed) = month.closed.unwrap();
    println!(
        "{} cases, {} deducted, {} carried",
        closed.cases, closed.deducted, closed.carried
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("VmHWM: unknown");
    println!(
        "most memory held {}",
        peak.trim_start_matches("VmHWM:").trim()
    );
    desk.close().await.unwrap();
}

async fn told<T>(what: &str, done: impl Future<Output = T>) -> T {
    let begun = Watch::now();
    let result = done.await;
    println!("{:>8} ms  {what}", begun.elapsed().as_millis());
    result
}

async fn staff(desk: &Redress, groups: usize, persons: usize) {
    let from = "2020-01-01T00:00:00+08:00";
    let change = redress::join("E-books", "accounting", from).unwrap();
    desk.organise(&by("E-gm"), change, None).await.unwrap();
    for (department, head) in [
        ("manufacturing", "E-plant-head"),
        ("quality", "E-quality"),
        ("rnd", "E-rnd"),
    ] {
        let change = OrganisationCommand::Head {
            department: department.parse().unwrap(),
            employee: employee(head),
            from: at(from),
        };
        desk.organise(&by("E-gm"), change, None).await.unwrap();
    }
    for group in 0..groups {
        let fact = json!({"command": "form_unit", "unit": format!("g{group}"), "kind": "group", "department": "manufacturing", "from": "2026-01-01"});
        enter(desk, fact).await;
    }
    let mut tasks = Vec::new();
    for person in 0..persons {
        let points = 100 + person % 700;
        let who = format!("W{person:05}");
        let unit = format!("g{}", person / GROUP);
        let fact = json!({"command": "set_base_points", "unit": unit, "employee": who, "points": points, "from": "2026-01-01"});
        enter(desk, fact).await;
        let desk = desk.clone();
        tasks.push(tokio::spawn(async move {
            let command = PersonCommand::RecordBonus {
                month: "2026-03".parse().unwrap(),
                amount: format!("{}.00 CNY", 500 + person % 1500).parse().unwrap(),
            };
            desk.do_person(&by("E-books"), &employee(&who), command, None)
                .await
                .unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

async fn enter(desk: &Redress, fact: Json) {
    let fact: StaffCommand = serde_json::from_value(fact).unwrap();
    desk.enter_staff(&by("E-books"), fact, None).await.unwrap();
}

/// A thousand complaints, each charged to one group.
async fn decisions(desk: &Redress, cases: usize, groups: usize) {
    // All in one day: the clock that moves on between the stages is not the company's.
    let aside = support::clock();
    for number in 0..cases {
        let case = support::to_approval(desk, &aside).await;
        let loss = format!("{}.{:02} CNY", 100 + number * 7 % 3000, number % 100);
        let lines = json!([{"kind": "allowance", "amounts": {"allowed": loss}}]);
        say(
            desk,
            "E-office",
            case,
            json!({"command": "state_loss", "lines": lines}),
        )
        .await;
        let shares =
            json!([{"party": format!("unit:g{}", number % groups), "basis_points": 10_000}]);
        let proposal = json!({"command": "propose_responsibility", "shares": shares});
        say(desk, "E-quality", case, proposal).await;
        let granted = redress::Decision {
            established: true,
            occurred_at_unit: Some("unit:group-3".to_owned()),
            ..redress::Decision::default()
        };
        desk.decide(case, &by("E-sales-head"), granted)
            .await
            .unwrap();
    }
}

async fn say(desk: &Redress, who: &str, case: CaseId, command: Json) {
    let command: ComplaintCommand = serde_json::from_value(command).unwrap();
    let request = Request::new(by(who), Command::Complaint(command)).on(case);
    desk.execute(request).await.unwrap();
}
