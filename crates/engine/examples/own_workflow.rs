//! A workflow of one's own: a directory of TOML files, adopted with the approval that it asks for, used at once.
//!
//! `cargo run -p redress --example own_workflow -- tests/workflows/valid/service-call`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::path::PathBuf;

use redress::kernel::actor::By;
use redress::workflow::files_of_dir;
use redress::{Founding, Redress, employee};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args()
        .nth(1)
        .unwrap_or("tests/workflows/valid/service-call".to_owned());
    let manager = employee("chen")?;
    let founding = Founding::by(manager.clone());
    let desk = Redress::builder().memory().found(founding).await?;
    let files = files_of_dir(&PathBuf::from(directory))?;
    let adopted = desk.adopt(files, &By::employee(manager)).await?;
    let definition = &adopted.workflow.definition;
    println!(
        "{} {} has taken effect at {}",
        definition.title.zh,
        definition.version,
        desk.zone().chinese(adopted.adopted_at)
    );
    for stage in &definition.stages {
        println!("  {} {}", stage.id, stage.title.en);
    }
    Ok(())
}
