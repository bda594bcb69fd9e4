//! Follows what is overdue: makes the round each five minutes, and tells each reminder behind the position that the
//! last run left, those that are there and those to come, whoever issues them. A service keeps that position beside
//! what it did with the reminders. Runs until it is interrupted.
//!
//! `cargo run -p redress --example follow_overdue -- complaints 0`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use redress::Redress;
use redress::log::Filter;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or("complaints".to_owned());
    let position: u64 = args.next().unwrap_or("0".to_owned()).parse()?;
    let desk = Redress::open(path).await?;
    let reminders = Filter::everything().kinds(["case.reminder_issued"]);
    let mut reminders = desk.subscribe(position, reminders);
    let mut rounds = tokio::time::interval(Duration::from_secs(300));
    loop {
        tokio::select! {
            // The round goes first when it is due. The wait that it breaks off loses nothing.
            biased;
            _ = rounds.tick() => {
                desk.round().await?;
                println!("up to position {}", reminders.position());
            }
            reminder = reminders.next() => {
                let reminder = reminder?;
                println!("{} {} {}", reminder.position, reminder.stream, reminder.payload.as_str());
            }
        }
    }
}
