//! Follows what is overdue: makes the round, then tells each reminder that the log holds behind the position that
//! the last run left. A service keeps that position beside what it did with the reminders.
//!
//! `cargo run -p redress --example follow_overdue -- complaints 0`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use redress::Redress;
use redress::log::Filter;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or("complaints".to_owned());
    let mut position: u64 = args.next().unwrap_or("0".to_owned()).parse()?;
    let desk = Redress::open(path).await?;
    desk.round().await?;
    let reminders = Filter::everything().kinds(["case.reminder_issued"]);
    loop {
        let page = desk.events(position + 1, &reminders, 100).await?;
        for reminder in &page.records {
            println!("{} {}", reminder.stream, reminder.payload.as_str());
        }
        position = page.next.0 - 1;
        if page.end {
            // A service that goes on would wait here: `desk.beyond(position).await?`.
            println!("up to position {position}");
            return Ok(());
        }
    }
}
