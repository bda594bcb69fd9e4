//! A service keeps its complaints in a directory: found it once, open it again, ask.
//!
//! `cargo run -p redress --example embed -- complaints`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use redress::{Complaint, Error, Founding, Goods, Redress, by, employee, join};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or("complaints".to_owned());
    let desk = match Redress::open(&path).await {
        Ok(desk) => desk,
        Err(Error::NotFound { .. }) => {
            let since = "2020-01-01T00:00:00Z";
            let staff = vec![
                join("wang", "sales", since)?,
                join("li", "gm-office", since)?,
            ];
            let founding = Founding::by(employee("chen")?).organisation(staff);
            Redress::builder().directory(&path).found(founding).await?
        }
        Err(error) => return Err(error.into()),
    };
    let goods = Goods {
        product: "PCB-4",
        order_no: "O-77",
        item_no: "I-1",
        quantity: 1000,
        ship_date: "2026-02-10".parse()?,
    };
    let complaint = Complaint::about(goods, "customer:C17", "DE", &["allowance"], "delaminated");
    let case = desk.lodge(&by("wang")?, complaint.into()).await?;
    let accepted = desk.accept(case, &by("li")?).await?;
    let view = desk.case(case).await?;
    if let (Some(number), Some(due)) = (accepted.number, view.due()) {
        println!("{number} is due on {}", desk.zone().chinese(due));
    }
    desk.close().await?;
    Ok(())
}
