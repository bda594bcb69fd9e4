//! A desk under load is killed a hundred times with SIGKILL: every acknowledged command is there, whole, and once.
//! With `REDRESS_FULL=1`, as `./test --full` sets it, a thousand times.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop with a panic"
)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use redress::{Founding, Redress, Request, by, employee, join};
use redress_core::command::Command as Deed;
use serde_json::json;
use uuid::Uuid;

/// Where the child finds its directory, and from which number its commands count.
const HELD: &str = "REDRESS_TEST_KILLED_DIRECTORY";
const FROM: &str = "REDRESS_TEST_KILLED_FROM";
const TASKS: u64 = 16;
/// How often a directory's desk is killed; the long run does it to ten directories.
const KILLS: u64 = 100;

/// The n-th command: a complaint is lodged. Its id comes from its number, so that it can be asked for again.
fn lodging(n: u64) -> Request {
    let values = json!({
        "command": "open",
        "values": {
            "customer": "customer:K1", "country": "CN", "product": "PCB", "order_no": format!("O-{n}"),
            "item_no": "I-1", "quantity": 10, "ship_date": "2026-01-05", "kind": "quality",
            "loss_caused": true, "demand": ["allowance"], "reasons": "blistered",
        },
    });
    let command = Deed::from_json(values).unwrap();
    Request {
        id: Some(Uuid::from_u128(u128::from(n))),
        ..Request::new(by("lin").unwrap(), command)
    }
}

#[test]
#[ignore = "the child of the test below, which starts it"]
fn work_until_killed() {
    let (Ok(directory), Ok(from)) = (std::env::var(HELD), std::env::var(FROM)) else {
        return;
    };
    let from: u64 = from.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let desk = Redress::open(directory).await.unwrap();
        std::io::stdout().write_all(b"\nready\n").unwrap();
        let mut tasks = Vec::new();
        for task in 0..TASKS {
            let desk = desk.clone();
            tasks.push(tokio::spawn(async move {
                for n in (0..2_000).map(|round| from + round * TASKS + task) {
                    let answer = desk.execute(lodging(n)).await.unwrap();
                    // One write a line, so that a kill cuts no line in two that was acknowledged.
                    let line = format!("\nack {n} {}\n", answer.case);
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
}

/// Lets a child work for a while, kills it, and gives what it acknowledged.
fn work_and_die(directory: &std::path::Path, kill: u64) -> Vec<(u64, String)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "work_until_killed", "--nocapture"])
        .env(HELD, directory)
        .env(FROM, (kill * 1_000_000 + 1).to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    // Every other child is killed some time after it has opened; the rest wherever they are by then.
    if kill.is_multiple_of(2) {
        let mut line = String::new();
        while line != "ready\n" {
            line.clear();
            assert_ne!(
                output.read_line(&mut line).unwrap(),
                0,
                "the child never opened"
            );
        }
    }
    let reader = std::thread::spawn(move || {
        let mut acknowledged = Vec::new();
        for line in output.lines() {
            let Ok(line) = line else { break };
            if let Some((n, case)) = line
                .strip_prefix("ack ")
                .and_then(|rest| rest.split_once(' '))
            {
                // A last line that the kill cut short is no acknowledgement that anybody read.
                if case.len() == 36 {
                    acknowledged.push((n.parse().unwrap(), case.to_owned()));
                }
            }
        }
        acknowledged
    });
    // 5 to 250 ms of life, spread over the kills.
    std::thread::sleep(Duration::from_millis(5 + (kill * 97) % 246));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn a_hundred_kills_lose_no_acknowledged_command() {
    let directories = if std::env::var("REDRESS_FULL").is_ok() {
        10
    } else {
        1
    };
    for nth in 0..directories {
        kill_a_hundred_times(nth * KILLS);
    }
}

fn kill_a_hundred_times(first: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("complaints");
    runtime.block_on(async {
        let staff = vec![join("lin", "sales", "2020-01-01T00:00:00Z").unwrap()];
        let founding = Founding::by(employee("zhao").unwrap()).organisation(staff);
        let desk = Redress::builder()
            .directory(&path)
            .found(founding)
            .await
            .unwrap();
        desk.close().await.unwrap();
    });
    let mut acknowledged = Vec::new();
    let mut fruitful = 0;
    for kill in first..first + KILLS {
        let acks = work_and_die(&path, kill);
        fruitful += u64::from(!acks.is_empty());
        acknowledged.extend(acks);
    }
    println!(
        "{} commands acknowledged over {KILLS} kills, {fruitful} of them under load",
        acknowledged.len()
    );
    assert!(fruitful > KILLS / 4, "the children died before they worked");
    runtime.block_on(async {
        let desk = Redress::open(&path).await.unwrap();
        for (n, case) in &acknowledged {
            // The same command again finds itself: the recorded answer, nothing new.
            let head = desk.head();
            let again = desk.execute(lodging(*n)).await.unwrap();
            assert!(again.repeated, "command {n} was acknowledged and is gone");
            assert_eq!(again.case.to_string(), *case);
            assert_eq!(desk.head(), head);
        }
        desk.close().await.unwrap();
    });
}
