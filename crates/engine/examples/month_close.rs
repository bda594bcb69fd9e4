//! How long a large month takes: a thousand decisions of one month, ten thousand persons with a bonus, and the closing that
//! charges them all in one append.
//!
//! `cargo run --release -p redress --example month_close [-- CASES PERSONS]`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement that ends where something fails"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant as Watch;

use redress::Redress;
use serde_json::json;
use support::{at, by, pay};

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

    told("organisation", organisation(&desk, persons)).await;
    told("units and base points", staff(&desk, groups, persons)).await;
    told("bonuses", bonuses(&desk, persons)).await;
    told("decisions", decisions(&desk, cases, groups)).await;
    clock.set(at("2026-04-05T09:00:00+08:00"));
    for (who, command) in pay::CLOSING {
        let done = async { pay::month(&desk, who, command, "2026-03").await.unwrap() };
        told(command, done).await;
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

/// Whoever works in manufacturing.
fn worker(person: usize) -> String {
    format!("W{person:05}")
}

async fn organisation(desk: &Redress, persons: usize) {
    let since = "2020-01-01T00:00:00+08:00";
    pay::people(desk, &[]).await;
    for person in 0..persons {
        let change = redress::join(&worker(person), "manufacturing", since).unwrap();
        desk.organise(&by("E-gm"), change, None).await.unwrap();
    }
}

async fn staff(desk: &Redress, groups: usize, persons: usize) {
    for group in 0..groups {
        let unit = format!("g{group}");
        pay::unit(desk, (&unit, "group"), "2026-01-01", &[]).await;
    }
    for person in 0..persons {
        let points = 100 + person % 700;
        let unit = format!("g{}", person / GROUP);
        let fact = json!({"command": "set_base_points", "unit": unit, "employee": worker(person), "points": points, "from": "2026-01-01"});
        pay::enter(desk, fact).await;
    }
}

async fn bonuses(desk: &Redress, persons: usize) {
    let mut tasks = Vec::new();
    for person in 0..persons {
        let desk = desk.clone();
        tasks.push(tokio::spawn(async move {
            let amount = format!("{}.00 CNY", 500 + person % 1500);
            pay::bonus(&desk, &worker(person), "2026-03", &amount)
                .await
                .unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

/// A thousand complaints, each charged to one group.
async fn decisions(desk: &Redress, cases: usize, groups: usize) {
    // All in one day: the clock that moves on between the stages is not the company's.
    let aside = support::clock();
    for number in 0..cases {
        let case = support::to_approval(desk, &aside).await;
        let loss = format!("{}.{:02} CNY", 100 + number * 7 % 3000, number % 100);
        let lines = json!([{"kind": "allowance", "amounts": {"allowed": loss}}]);
        pay::say(
            desk,
            "E-office",
            case,
            json!({"command": "state_loss", "lines": lines}),
        )
        .await
        .unwrap();
        let shares =
            json!([{"party": format!("unit:g{}", number % groups), "basis_points": 10_000}]);
        let proposal = json!({"command": "propose_responsibility", "shares": shares});
        pay::say(desk, "E-quality", case, proposal).await.unwrap();
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
